// SPDX-License-Identifier: GPL-3.0-or-later
/* Three ways to a correctly rounded double, the cheapest first:
 *
 *   exact       w < 2^53 and |q| <= 22: w and 10^|q| are doubles, so one product or quotient rounds once
 *               (Clinger 1990, PLDI)
 *   128 bits    w 5^q 2^q with 5^q to 128 bits (powers.h)
 *   strtod      more than 19 digits that matter; the text it gets holds no decimal point, so no locale
 *               can change what it reads
 *
 * w  the digits as an integer, q  the power of ten, so the number is w 10^q.
 */
#include "kernels/number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/powers.h"

enum {
    DIGITS_KEPT = 19,     // decimal digits that always fit 64 bits
    DIGITS_DECISIVE = 780 // no two neighbours' midpoint has more significant digits (768 suffice)
};

// ---- w 10^q ----

static bool scaled(double *value, uint64_t w, int64_t q)
{
    return leie_powers_scale(value, leie_powers_get(), w, q);
}

static bool exact(double *value, uint64_t w, int64_t q)
{
    static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (w >> 53 || q < -22 || q > 22)
        return false;
    *value = q < 0 ? (double)w / ten[-q] : (double)w * ten[q];
    return true;
}

// ---- text ----

// The parts of a number in a text.
typedef struct parts {
    char mark; // the decimal point
    bool minus;
    uint64_t w;        // first digits that are not leading zeros, up to DIGITS_KEPT
    int64_t q;         // power of ten of the last digit in w
    bool cut;          // digits behind those in w that are not all zero
    const char *first; // first digit that is not a leading zero
    const char *last;  // behind the last digit
} parts;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

// Digits with at most one point; returns where they end, NULL when there is no digit.
static const char *read_digits(parts *p, const char *at, const char *end)
{
    bool point = false, any = false;
    int kept = 0;
    for (; at < end; at++) {
        if (*at == p->mark && !point) {
            point = true;
            continue;
        }
        if (!is_digit(*at))
            break;
        any = true;
        if (kept < DIGITS_KEPT) {
            p->w = 10 * p->w + (uint64_t)(*at - '0');
            if (p->w && kept++ == 0)
                p->first = at;
            p->q -= point;
        } else {
            p->cut |= *at != '0';
            p->q += !point;
        }
    }
    p->last = at;
    return any ? at : NULL;
}

// "e-12" behind the digits; at is returned unmoved when there is none.
static const char *read_exponent(parts *p, const char *at, const char *end)
{
    const int64_t most = 1000000000000; // beyond any text's length, so a long fraction cannot outweigh it
    if (at == end || (*at != 'e' && *at != 'E'))
        return at;
    const char *next = at + 1;
    bool minus = next < end && *next == '-';
    if (next < end && (*next == '-' || *next == '+'))
        next++;
    if (next == end || !is_digit(*next))
        return at;
    int64_t exponent = 0;
    for (; next < end && is_digit(*next); next++)
        if (exponent < most)
            exponent = 10 * exponent + (*next - '0');
    p->q += minus ? -exponent : exponent;
    return next;
}

/* Digits beyond the 19th decide: strtod on the decisive digits as an integer. Digits dropped behind them
 * count as one that is not zero, which only matters when all kept digits lie on a midpoint. */
static double by_strtod(const parts *p)
{
    char text[DIGITS_DECISIVE + 32];
    int digits = 0;
    bool rest = false;
    for (const char *at = p->first; at < p->last; at++) {
        if (!is_digit(*at))
            continue;
        if (digits < DIGITS_DECISIVE)
            text[digits++] = *at;
        else
            rest |= *at != '0';
    }
    int64_t behind = digits > DIGITS_KEPT ? digits - DIGITS_KEPT : 0; // digits that are not in w
    if (rest) {
        text[digits++] = '1';
        behind++;
    }
    snprintf(text + digits, sizeof text - (size_t)digits, "e%lld", (long long)(p->q - behind));
    return strtod(text, NULL);
}

static double value_of(const parts *p)
{
    double value = 0, above;
    if (p->w == 0)
        return 0;
    if (!p->cut && (exact(&value, p->w, p->q) || scaled(&value, p->w, p->q)))
        return value;
    // the cut digits do not matter when w and w + 1 round to the same number
    if (p->cut && scaled(&value, p->w, p->q) && scaled(&above, p->w + 1, p->q) && value == above)
        return value;
    return by_strtod(p);
}

static bool starts_with_word(const char *at, const char *end, const char *word)
{
    for (; *word; at++, word++)
        if (at == end || (*at | 0x20) != *word)
            return false;
    return true;
}

static bool is_comma(const char *at, const char *end, char mark)
{
    return mark == '.' && end - at > 1 && *at == ',' && is_digit(at[1]);
}

// What a text that does not begin like a number is.
static leie_number_fault fault_of_text(const char *at, const char *end, char mark)
{
    if (starts_with_word(at, end, "nan") || starts_with_word(at, end, "inf"))
        return LEIE_NUMBER_NAN;
    return is_comma(at, end, mark) ? LEIE_NUMBER_COMMA : LEIE_NUMBER_TEXT;
}

leie_number_fault leie_number_read(double *value, const char *text, leie_size size)
{
    return leie_number_read_marked(value, text, size, '.');
}

leie_number_fault leie_number_read_marked(double *value, const char *text, leie_size size, char mark)
{
    const char *at = text, *end = text + size;
    parts p = {.mark = mark};
    *value = 0;
    while (at < end && is_blank(*at))
        at++;
    while (end > at && is_blank(end[-1]))
        end--;
    if (at == end)
        return LEIE_NUMBER_EMPTY;
    p.minus = *at == '-';
    if (*at == '-' || *at == '+')
        at++;
    const char *next = read_digits(&p, at, end);
    if (!next)
        return fault_of_text(at, end, mark);
    next = read_exponent(&p, next, end);
    if (next < end)
        return is_comma(next, end, mark) ? LEIE_NUMBER_COMMA : LEIE_NUMBER_TRAILING;
    double magnitude = value_of(&p);
    if (isinf(magnitude))
        return LEIE_NUMBER_RANGE;
    *value = p.minus ? -magnitude : magnitude;
    return LEIE_NUMBER_OK;
}

const char *leie_number_why(leie_number_fault fault)
{
    switch (fault) {
    case LEIE_NUMBER_OK:
        return "a number";
    case LEIE_NUMBER_EMPTY:
        return "nothing where a number belongs";
    case LEIE_NUMBER_TEXT:
        return "text where a number belongs";
    case LEIE_NUMBER_TRAILING:
        return "something behind the number";
    case LEIE_NUMBER_COMMA:
        return "a decimal comma where a decimal point belongs";
    case LEIE_NUMBER_NAN:
        return "NaN or Inf where a finite number belongs";
    case LEIE_NUMBER_RANGE:
        return "a number too large for a double";
    }
    return "not a number";
}

// ---- writing ----

// The digits of |value| to a precision without trailing zeros, and the power of ten of the first one.
static int digits_of(char *digits, int *power, double value, int precision)
{
    char text[64];
    int n = 0;
    snprintf(text, sizeof text, "%.*e", precision - 1, fabs(value));
    const char *at = text;
    for (; *at != 'e'; at++) // what is no digit here is the locale's decimal point
        if (is_digit(*at))
            digits[n++] = *at;
    *power = (int)strtol(at + 1, NULL, 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

// Puts digits into plain form between 1e-5 and 1e16, else into d.ddde+dd.
static int lay_out(char *text, const char *digits, int n, int power, bool minus)
{
    char *at = text;
    if (minus)
        *at++ = '-';
    bool plain = power >= -5 && power < 16;
    int before = !plain ? 1 : power < 0 ? 0 : power + 1; // digits before the point
    if (before == 0) {
        *at++ = '0';
        *at++ = '.';
        for (int k = -1; k > power; k--)
            *at++ = '0';
    }
    for (int k = 0; k < n || k < before; k++) {
        if (k == before && before > 0)
            *at++ = '.';
        *at++ = k < n ? digits[k] : '0';
    }
    if (!plain)
        at += snprintf(at, 8, "e%+d", power);
    *at = '\0';
    return (int)(at - text);
}

int leie_number_write(char *text, double value)
{
    if (!isfinite(value))
        return snprintf(text, 32, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    char digits[32];
    int n = 0, power = 0;
    // 15 digits bring back every normal number that has no more; subnormal ones have fewer
    for (int precision = fabs(value) < DBL_MIN ? 1 : 15; precision <= 17; precision++) {
        n = digits_of(digits, &power, value, precision);
        int length = lay_out(text, digits, n, power, signbit(value));
        double back;
        if (leie_number_read(&back, text, length) == LEIE_NUMBER_OK && back == value)
            return length;
    }
    return lay_out(text, digits, n, power, signbit(value));
}
