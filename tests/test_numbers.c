// SPDX-License-Identifier: GPL-3.0-or-later
/* Lines of numbers: every loop against strtod, bit for bit, on lines of random and hard numbers at every position in a
 * block of 64 bytes; what is no number by field. LEIE_TEST_EFFORT=100 compares 300 million numbers. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/numbers.h"
#include "tests/check.h"

enum { FIELDS = 500, FIELD_ROOM = 64, LINE_ROOM = FIELDS * FIELD_ROOM + LEIE_NUMBERS_PADDING };

static const char *const loops[] = {"avx512", "sse2", "plain", ""}; // "" at last: the best again
static const leie_numbers_form tabs = {'\t', '.', true}, commas = {',', '.', false};

static uint64_t random_bits(uint64_t *state)
{
    return (uint64_t)(check_random(state) * 0x1p32) << 32 | (uint64_t)(check_random(state) * 0x1p32);
}

// ---- numbers that are hard in their own ways ----

static double random_double(uint64_t *state)
{
    double value;
    do {
        uint64_t bits = random_bits(state);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

// Digits with a mark somewhere, leading zeros, and perhaps an exponent.
static int write_digits(char *text, uint64_t *state)
{
    uint64_t bits = random_bits(state), digits = random_bits(state);
    int n = 1 + (int)(bits % 22), mark = (int)(bits >> 8 & 31), zeros = (bits >> 16) % 4 ? 0 : (int)(bits >> 20 & 15);
    char *at = text;
    if (bits >> 63)
        *at++ = '-';
    for (int i = 0; i < n + zeros; i++) {
        if (i == mark)
            *at++ = '.';
        *at++ = i < zeros ? '0' : (char)('0' + digits % 10);
        digits = digits / 10 + (i % 8 == 7 ? random_bits(state) >> 32 : 0);
    }
    *at = '\0';
    if ((bits >> 40) % 3 == 0)
        at += sprintf(at, (bits >> 44) % 2 ? "e%d" : "E%+03d", (int)((bits >> 48) % 640) - 340);
    return (int)(at - text);
}

/* Halfway between two doubles, or next to it, in 17 to 19 digits: what only 128 bits decide. */
static int write_near_midpoint(char *text, uint64_t *state)
{
    double value = ldexp(0.5 + check_random(state) / 2, (int)(check_random(state) * 200) - 100);
    long double middle = ((long double)value + (long double)nextafter(value, INFINITY)) / 2;
    return sprintf(text, "%.*Le", 16 + (int)(check_random(state) * 3), middle);
}

static int write_random(char *text, uint64_t *state)
{
    static const char *const zeros[] = {"0", "0.0", "-0", "00", "0.00", "0e5", "-0.0", "", " ", "+1", "1.", ".5"};
    switch ((int)(check_random(state) * 8)) {
    case 0:
        return sprintf(text, "%.17g", random_double(state));
    case 1:
        return sprintf(text, "%.16g", 1e3 * pow(check_random(state), 9));
    case 2:
        return write_near_midpoint(text, state);
    case 3:
        return sprintf(text, "%.*f", (int)(check_random(state) * 12), check_random(state) * 1e6);
    case 4:
        return sprintf(text, "%s", zeros[(int)(check_random(state) * 12)]);
    case 5:
        return sprintf(text, "0");
    default:
        return write_digits(text, state);
    }
}

// ---- against strtod ----

typedef struct line {
    char text[LINE_ROOM];
    leie_size size, fields;
    double expected[FIELDS]; // by strtod
    bool infinite;           // one of them overflows
} line;

static void line_make(line *l, uint64_t *state)
{
    l->size = 0;
    l->infinite = false;
    l->fields = 1 + (leie_size)(check_random(state) * FIELDS);
    for (leie_size i = 0; i < l->fields; i++) {
        char *at = l->text + l->size;
        int length = write_random(at, state);
        l->expected[i] = strtod(at, NULL); // 0 for a blank
        if (isinf(l->expected[i])) {
            length = sprintf(at, "1");
            l->expected[i] = 1;
        }
        l->size += length;
        if (i + 1 < l->fields)
            l->text[l->size++] = '\t';
    }
    memset(l->text + l->size, "0\t.e-9"[(int)(check_random(state) * 6)], LEIE_NUMBERS_PADDING);
}

static bool line_right(const line *l, const char *loop)
{
    static double value[FIELDS];
    leie_numbers_found found;
    memset(value, 0, sizeof value);
    bool read = leie_numbers_read(value, l->fields, l->text, l->size, &tabs, &found);
    for (leie_size i = 0; read && i < l->fields; i++)
        if (memcmp(&value[i], &l->expected[i], sizeof value[i])) {
            fprintf(stderr, "%s: field %lld: %.17g, strtod gives %.17g\n", loop, (long long)i, value[i], l->expected[i]);
            read = false;
        }
    if (!read)
        fprintf(stderr, "%s: fault %d in '%.*s'\n", loop, (int)found.fault, (int)found.size, found.at);
    return read;
}

static void test_against_strtod(void)
{
    uint64_t state = 20260;
    leie_size wrong = 0, compared = 0, goal = (leie_size)3000000 * check_effort();
    line *l = leie_new(1, sizeof *l);
    while (compared < goal && wrong < 3) {
        line_make(l, &state);
        for (size_t k = 0; k < sizeof loops / sizeof loops[0]; k++)
            // the best loop reads everything, the others every 8th line
            if ((!loops[k][0] || compared % 8 == 0) && leie_numbers_choose(loops[k]))
                wrong += !line_right(l, loops[k]);
        compared += l->fields;
    }
    leie_numbers_choose("");
    leie_free(l);
    check_size(wrong, 0);
}

// Every length and position of one number around the edge of a block.
static void test_edges(void)
{
    static const char *const texts[] = {"0", "0.0", "7", "-7", "1.5", "123456789.0123456", "-1.2345678901234567e-123",
                                        "2e00012", "2.385e-0003", "00000000000000000000000000000002385e-3"};
    leie_size wrong = 0;
    for (size_t k = 0; k < sizeof loops / sizeof loops[0]; k++)
        for (size_t t = 0; leie_numbers_choose(loops[k]) && t < sizeof texts / sizeof texts[0]; t++)
            for (leie_size before = 0; before < 140; before++) {
                char text[400];
                double value[2] = {0};
                leie_numbers_found found;
                memset(text, '1', sizeof text);
                leie_size size = before + 1 + (leie_size)strlen(texts[t]);
                memset(text, ' ', (size_t)before);
                text[before] = ',';
                memcpy(text + before + 1, texts[t], strlen(texts[t]));
                wrong += !leie_numbers_read(value, 2, text, size, &(leie_numbers_form){',', '.', true}, &found);
                wrong += value[0] != 0 || value[1] != strtod(texts[t], NULL);
            }
    check_size(wrong, 0);
}

// ---- what is wrong with a line ----

typedef struct fault_case {
    const char *text;
    leie_numbers_form form;
    leie_size count;
    bool good;
    leie_size fields, field; // field -1: no fault
    leie_number_fault fault;
} fault_case;

enum { FIELDS_BEFORE = 50 };

// The text of a case behind some fields "77".
static bool fault_right(const fault_case *c, leie_size before)
{
    char text[512] = "";
    double value[FIELDS_BEFORE + 8] = {0};
    leie_numbers_found found, plain;
    leie_size size = 0;
    for (leie_size i = 0; i < before; i++)
        size += sprintf(text + size, "77%c", c->form.separator);
    size += sprintf(text + size, "%s", c->text);
    leie_size fields = c->fields ? c->fields + before : 0, field = c->field + (c->field >= 0 && c->fault ? before : 0);
    bool good = leie_numbers_read(value, c->count + before, text, size, &c->form, &found);
    bool right = check_true(good == c->good);
    right = check_size(found.fields, fields) && right;
    right = check_size(found.fault, c->fault) && right;
    right = (c->field < 0 || check_size(found.field, field)) && right;
    good = leie_numbers_read_ref(value, c->count + before, text, size, &c->form, &plain);
    return check_true(good == c->good && plain.fault == found.fault && plain.field == found.field &&
                      plain.fields == found.fields) && right;
}

static void test_faults(void)
{
    static const leie_numbers_form semicolons = {';', ',', true};
    const fault_case cases[] = {
        {"1,2,3", commas, 3, true, 3, -1, LEIE_NUMBER_OK},
        {"1,2,3", commas, 2, false, 3, -1, LEIE_NUMBER_OK},
        {"1,2,3", commas, 4, false, 3, -1, LEIE_NUMBER_OK},
        {"1,,3", commas, 3, false, 0, 1, LEIE_NUMBER_EMPTY},
        {"1\t\t3", tabs, 3, true, 3, -1, LEIE_NUMBER_OK},
        {"", commas, 1, false, 0, 0, LEIE_NUMBER_EMPTY},
        {"", tabs, 1, true, 1, -1, LEIE_NUMBER_OK},
        {"1,x,3", commas, 3, false, 0, 1, LEIE_NUMBER_TEXT},
        {"1,2,3x", commas, 3, false, 0, 2, LEIE_NUMBER_TRAILING},
        {"1,2,x", commas, 2, false, 3, -1, LEIE_NUMBER_OK},
        {"nan,2", commas, 2, false, 0, 0, LEIE_NUMBER_NAN},
        {"0,1e999", commas, 2, false, 0, 1, LEIE_NUMBER_RANGE},
        {"0,9e308", commas, 2, false, 0, 1, LEIE_NUMBER_RANGE},
        {"0,12345678901234567890123456789012345678901", commas, 2, true, 2, -1, LEIE_NUMBER_OK},
        {"0,1e5e", commas, 2, false, 0, 1, LEIE_NUMBER_TRAILING},
        {"0,1e", commas, 2, false, 0, 1, LEIE_NUMBER_TRAILING},
        {"0,1e-", commas, 2, false, 0, 1, LEIE_NUMBER_TRAILING},
        {"0,-", commas, 2, false, 0, 1, LEIE_NUMBER_TEXT},
        {"0,.", commas, 2, false, 0, 1, LEIE_NUMBER_TEXT},
        {"0,1.2.3", commas, 2, false, 0, 1, LEIE_NUMBER_TRAILING},
        {"\"1.5\",2", commas, 2, true, 2, -1, LEIE_NUMBER_OK},
        {"1\t2,5", tabs, 2, false, 0, 1, LEIE_NUMBER_COMMA},
        {"1,25;2;-3,5e1", semicolons, 3, true, 3, -1, LEIE_NUMBER_OK},
        {"1.25;2", semicolons, 2, false, 0, 0, LEIE_NUMBER_TRAILING},
    };
    for (size_t k = 0; k < sizeof loops / sizeof loops[0]; k++)
        for (size_t i = 0; leie_numbers_choose(loops[k]) && i < sizeof cases / sizeof cases[0]; i++)
            for (leie_size before = 0; before <= FIELDS_BEFORE; before += FIELDS_BEFORE)
                if (!fault_right(&cases[i], before))
                    fprintf(stderr, "%s: '%s' behind %lld fields\n", loops[k], cases[i].text, (long long)before);
}

static void test_decimal_comma(void)
{
    double value[3] = {0};
    leie_numbers_found found;
    char text[128] = "1,25;0,0;-3,5e1";
    check_true(leie_numbers_read(value, 3, text, (leie_size)strlen(text), &(leie_numbers_form){';', ',', false}, &found));
    check_near(value[0], 1.25, 0);
    check_near(value[1], 0, 0);
    check_near(value[2], -35, 0);
}

CHECK_SUITE(numbers, {"against strtod", test_against_strtod, NULL}, {"edges of blocks", test_edges, NULL},
            {"faults", test_faults, NULL}, {"decimal comma", test_decimal_comma, NULL})
