// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/number.h"
#include "tests/check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static leie_number_fault read_text(double *value, const char *text)
{
    return leie_number_read(value, text, (leie_size)strlen(text));
}

// True when our reading of a text has the bits of strtod's; the first few differences are printed.
static bool as_strtod(const char *text)
{
    double got, expected = strtod(text, NULL);
    leie_number_fault fault = read_text(&got, text);
    bool good =
        isinf(expected) ? fault == LEIE_NUMBER_RANGE : fault == LEIE_NUMBER_OK && bits_of(got) == bits_of(expected);
    static int printed;
    if (!good && printed++ < 10)
        printf("\n  '%.80s': %.17g, strtod %.17g\n", text, got, expected);
    return good;
}

static uint64_t random_bits(uint64_t *state)
{
    uint64_t high = (uint64_t)(check_random(state) * 0x1p32), low = (uint64_t)(check_random(state) * 0x1p32);
    return high << 32 | low;
}

static double random_double(uint64_t *state)
{
    double value;
    do {
        uint64_t bits = random_bits(state);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

// Random doubles of every exponent with 1 to 25 digits, and random digits with random exponents.
static void test_random_against_strtod(void)
{
    uint64_t state = 20111;
    leie_size wrong = 0, cases = 500000 * (leie_size)check_effort();
    for (leie_size i = 0; i < cases; i++) {
        char text[64];
        double value = random_double(&state);
        snprintf(text, sizeof text, "%.*e", (int)(check_random(&state) * 25), value);
        wrong += !as_strtod(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)random_bits(&state),
                 (unsigned long long)random_bits(&state) >> (int)(check_random(&state) * 64),
                 (int)(check_random(&state) * 700) - 380);
        wrong += !as_strtod(text);
        snprintf(text, sizeof text, "%.*f", (int)(check_random(&state) * 12), check_random(&state) * 1e6);
        wrong += !as_strtod(text);
    }
    check_size(wrong, 0);
}

// The midpoint of two neighbours has up to 768 digits; one digit more or less far behind decides.
static void test_midpoints(void)
{
    uint64_t state = 4711;
    leie_size wrong = 0;
    for (int i = 0; i < 4000 * check_effort(); i++) {
        char text[1200], changed[1300];
        double a = i % 4 ? fabs(random_double(&state)) : (double)random_bits(&state) * 0x1p-1074;
        if (a >= DBL_MAX / 2 || a == 0)
            continue;
        long double middle = ((long double)a + (long double)nextafter(a, INFINITY)) / 2; // 64 bits hold it
        if (a < 0x1p-1000)
            middle = ldexpl(ldexpl(a, 200) + ldexpl(nextafter(a, INFINITY), 200), -201);
        snprintf(text, sizeof text, "%.800Le", middle);
        wrong += !as_strtod(text);
        char *e = strchr(text, 'e');
        int digits = (int)(e - text);
        snprintf(changed, sizeof changed, "%.*s1%s", digits, text, e);
        wrong += !as_strtod(changed);
        while (e[-1] == '0')
            e--;
        if (e[-1] != '.') {
            char *exponent = strchr(text, 'e');
            snprintf(changed, sizeof changed, "%.*s%c99%s", (int)(e - text) - 1, text, e[-1] - 1, exponent);
            wrong += !as_strtod(changed);
        }
    }
    check_size(wrong, 0);
}

static void test_hard_cases(void)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "0.0",
        "00012.50",
        ".5",
        "5.",
        "+3.25",
        "1e0",
        "1E+5",
        "2.385",
        "9007199254740993",
        "9007199254740992.99999999999999999999999999",
        "1e22",
        "1e23",
        "8.5e22",
        "123456789012345678",
        "12345678901234567890123",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "2.2250738585072011e-308",
        "2.2250738585072014e-308",
        "1.7976931348623157e308",
        "1.7976931348623158e308",
        "1.7976931348623159e308",
        "1e308",
        "1e309",
        "1e400",
        "1e-400",
        "0e999999999999999999",
        "1e-999999999999999999999",
        "7.2057594037927933e16",
        "3.0540412e5",
        "6.9294956446009195e15",
        "8.37377e9",
        "0.000000000000000000000000000000000000000000000000000001e54",
        "1e-5",
        "5e-324",
        "1e-323",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587"
        "207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711"
        "531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093"
        "042880"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        check_true(as_strtod(texts[i]));
}

// Texts that are not closed by NUL, and one of ten million digits.
static void test_slices(void)
{
    double value;
    check_size(leie_number_read(&value, "123456", 3), LEIE_NUMBER_OK);
    check_near(value, 123, 0);
    check_size(leie_number_read(&value, "1.59", 3), LEIE_NUMBER_OK);
    check_near(value, 1.5, 0);
    leie_size size = 10000000;
    char *digits = leie_new(size, 1);
    memset(digits, '0', (size_t)size);
    memcpy(digits, "0.", 2);
    memcpy(digits + size - 10, "7e10000000", 10); // the 7 is digit 9,999,989 behind the point
    check_size(leie_number_read(&value, digits, size), LEIE_NUMBER_OK);
    check_near(value, 7e11, 0);
    memset(digits, '9', (size_t)size);
    check_size(leie_number_read(&value, digits, size), LEIE_NUMBER_RANGE);
    leie_free(digits);
}

static void test_faults(void)
{
    static const struct {
        const char *text;
        leie_number_fault fault;
    } cases[] = {{"", LEIE_NUMBER_EMPTY},         {"  \t", LEIE_NUMBER_EMPTY},    {"abc", LEIE_NUMBER_TEXT},
                 {"-", LEIE_NUMBER_TEXT},         {".", LEIE_NUMBER_TEXT},        {"e5", LEIE_NUMBER_TEXT},
                 {"12abc", LEIE_NUMBER_TRAILING}, {"1 2", LEIE_NUMBER_TRAILING},  {"1e", LEIE_NUMBER_TRAILING},
                 {"1e+", LEIE_NUMBER_TRAILING},   {"0x10", LEIE_NUMBER_TRAILING}, {"1.2.3", LEIE_NUMBER_TRAILING},
                 {"1,5", LEIE_NUMBER_COMMA},      {"1.234,5", LEIE_NUMBER_COMMA}, {",5", LEIE_NUMBER_COMMA},
                 {"nan", LEIE_NUMBER_NAN},        {"-Inf", LEIE_NUMBER_NAN},      {"INFINITY", LEIE_NUMBER_NAN},
                 {"1e400", LEIE_NUMBER_RANGE},    {" 2.385 ", LEIE_NUMBER_OK}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double value = 1;
        check_size(read_text(&value, cases[i].text), cases[i].fault);
        check_true(cases[i].fault == LEIE_NUMBER_OK || value == 0);
    }
    check_has(leie_number_why(LEIE_NUMBER_COMMA), "decimal comma");
}

static void test_writing(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{2.385, "2.385"},
                 {-0.0, "-0"},
                 {1e-5, "0.00001"},
                 {1e-6, "1e-6"},
                 {1200, "1200"},
                 {1e15, "1000000000000000"},
                 {1e22, "1e+22"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {5e-324, "5e-324"},
                 {-DBL_MAX, "-1.7976931348623157e+308"},
                 {123456.789, "123456.789"},
                 {INFINITY, "inf"},
                 {NAN, "nan"}};
    char text[32];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_size(leie_number_write(text, cases[i].value), (leie_size)strlen(cases[i].text));
        check_text(text, cases[i].text);
    }
}

static void test_writing_comes_back(void)
{
    uint64_t state = 99;
    leie_size wrong = 0;
    for (int i = 0; i < 100000 * check_effort(); i++) {
        char text[32];
        double value = random_double(&state), back = 0;
        int length = leie_number_write(text, value);
        wrong += length > 31 || read_text(&back, text) != LEIE_NUMBER_OK || bits_of(back) != bits_of(value);
    }
    check_size(wrong, 0);
}

CHECK_SUITE(number, {"random against strtod", test_random_against_strtod, NULL}, {"midpoints", test_midpoints, NULL},
            {"hard cases", test_hard_cases, NULL}, {"slices", test_slices, NULL}, {"faults", test_faults, NULL},
            {"writing", test_writing, NULL}, {"writing comes back", test_writing_comes_back, NULL})
