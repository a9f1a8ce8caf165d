// SPDX-License-Identifier: GPL-3.0-or-later
/* Three ways to a correctly rounded double, the cheapest first:
 *
 *   exact       w < 2^53 and |q| <= 22: w and 10^|q| are doubles, so one product or quotient rounds once
 *               (Clinger 1990, PLDI)
 *   128 bits    w 10^q = w 5^q 2^q with 5^q to 128 bits (Lemire 2021, Software: Practice and Experience
 *               51(8), 1700-1727; Mushtak and Lemire 2023 for why it needs no fallback of its own)
 *   strtod      more than 19 digits that matter; the text it gets holds no decimal point, so no locale
 *               can change what it reads
 *
 * w  the digits as an integer, q  the power of ten, so the number is w 10^q.
 */
#include "kernels/number.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

enum {
    POWER_FIRST = -342, // w 10^q is 0 below for any w of 64 bits
    POWER_LAST = 308,   // and infinite above
    POWERS = POWER_LAST - POWER_FIRST + 1,
    POWER_CEILED = -27,   // from here to -1 the reciprocal is rounded up, elsewhere down (Lemire, section 5)
    POWER_EXACT = 55,     // 5^q fits 128 bits up to here
    DIGITS_KEPT = 19,     // decimal digits that always fit 64 bits
    DIGITS_DECISIVE = 780 // no two neighbours' midpoint has more significant digits (768 suffice)
};

// ---- powers of five, 128 bits each ----

enum { BIG_WORDS = 15 }; // 5^342 has 795 bits; 128 more for the quotient

typedef struct big {
    uint64_t word[BIG_WORDS]; // lowest first
} big;

static uint64_t power_high[POWERS], power_low[POWERS];

static int big_bits(const big *a)
{
    for (int i = BIG_WORDS - 1; i >= 0; i--)
        if (a->word[i])
            return 64 * i + 64 - __builtin_clzll(a->word[i]);
    return 0;
}

static void big_times_five(big *a)
{
    unsigned __int128 carry = 0;
    for (int i = 0; i < BIG_WORDS; i++) {
        carry += (unsigned __int128)a->word[i] * 5;
        a->word[i] = (uint64_t)carry;
        carry >>= 64;
    }
    assert(carry == 0);
}

static void big_double(big *a)
{
    for (int i = BIG_WORDS - 1; i > 0; i--)
        a->word[i] = a->word[i] << 1 | a->word[i - 1] >> 63;
    a->word[0] <<= 1;
}

static bool big_less(const big *a, const big *b)
{
    for (int i = BIG_WORDS - 1; i >= 0; i--)
        if (a->word[i] != b->word[i])
            return a->word[i] < b->word[i];
    return false;
}

static void big_subtract(big *a, const big *b)
{
    unsigned borrow = 0;
    for (int i = 0; i < BIG_WORDS; i++) {
        uint64_t minus = b->word[i] + borrow;
        borrow = minus < borrow || a->word[i] < minus;
        a->word[i] -= minus;
    }
}

// Bit number k of a, 0 below the lowest.
static unsigned big_bit(const big *a, int k)
{
    return k < 0 ? 0 : (unsigned)(a->word[k / 64] >> (k % 64) & 1);
}

// The highest 128 bits of 5^q, cut off.
static unsigned __int128 power_up(const big *five)
{
    unsigned __int128 top = 0;
    int bits = big_bits(five);
    for (int k = 1; k <= 128; k++)
        top = top << 1 | big_bit(five, bits - k);
    return top;
}

// The highest 128 bits of 1 / 5^k, cut off: long division, bit by bit.
static unsigned __int128 power_down(const big *five)
{
    int bits = big_bits(five);
    big rest = {{0}};
    rest.word[(bits - 1) / 64] = (uint64_t)1 << ((bits - 1) % 64); // below 5^k, at least half of it
    unsigned __int128 quotient = 0;
    for (int k = 0; k < 128; k++) {
        big_double(&rest);
        quotient <<= 1;
        if (!big_less(&rest, five)) {
            big_subtract(&rest, five);
            quotient |= 1;
        }
    }
    return quotient;
}

static void power_set(int q, unsigned __int128 value)
{
    power_high[q - POWER_FIRST] = (uint64_t)(value >> 64);
    power_low[q - POWER_FIRST] = (uint64_t)value;
}

static void powers_make(void)
{
    big five = {{1}};
    for (int k = 0; k <= -POWER_FIRST; k++) {
        if (k <= POWER_LAST)
            power_set(k, power_up(&five));
        if (k > 0)
            power_set(-k, power_down(&five) + (-k >= POWER_CEILED));
        if (k < -POWER_FIRST)
            big_times_five(&five);
    }
}

// ---- w 10^q ----

static double double_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* w 10^q by the 128-bit power; false when 128 bits do not decide. w > 0. */
static bool scaled(double *value, uint64_t w, int64_t q)
{
    static once_flag made = ONCE_FLAG_INIT;
    call_once(&made, powers_make);
    if (q < POWER_FIRST || q > POWER_LAST) {
        *value = q < 0 ? 0.0 : (double)INFINITY;
        return true;
    }
    // the product of the aligned w with the power, the lower half of the power only where it matters
    int shift = __builtin_clzll(w);
    uint64_t aligned = w << shift;
    unsigned __int128 product = (unsigned __int128)aligned * power_high[q - POWER_FIRST];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1ff) == 0x1ff) {
        uint64_t more = (uint64_t)((unsigned __int128)aligned * power_low[q - POWER_FIRST] >> 64);
        low += more;
        high += low < more;
    }
    if (low == UINT64_MAX && (q < POWER_CEILED || q > POWER_EXACT))
        return false;
    // 53 bits and one for rounding; the binary exponent of 5^q is floor(q log2 5)
    int top = (int)(high >> 63);
    uint64_t mantissa = high >> (top + 9);
    int64_t exponent = ((217706 * q) >> 16) + 63 + top - shift + 1023;
    if (exponent <= 0) { // subnormal
        if (exponent <= -63) {
            *value = 0.0;
            return true;
        }
        mantissa >>= 1 - exponent;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        *value = double_from_bits(mantissa); // a carry into bit 52 is the smallest normal number
        return true;
    }
    // exactly half way between two doubles (only possible for small powers): round to even
    if (low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (top + 9) == high)
        mantissa &= ~(uint64_t)1;
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    if (mantissa >> 53) {
        mantissa >>= 1;
        exponent++;
    }
    *value = exponent >= 2047 ? (double)INFINITY
                              : double_from_bits((uint64_t)exponent << 52 | (mantissa & (((uint64_t)1 << 52) - 1)));
    return true;
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
        if (*at == '.' && !point) {
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
        if (*at == '.')
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

// What a text that does not begin like a number is.
static leie_number_fault fault_of_text(const char *at, const char *end)
{
    if (starts_with_word(at, end, "nan") || starts_with_word(at, end, "inf"))
        return LEIE_NUMBER_NAN;
    return end - at > 1 && *at == ',' && is_digit(at[1]) ? LEIE_NUMBER_COMMA : LEIE_NUMBER_TEXT;
}

leie_number_fault leie_number_read(double *value, const char *text, leie_size size)
{
    const char *at = text, *end = text + size;
    parts p = {0};
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
        return fault_of_text(at, end);
    next = read_exponent(&p, next, end);
    if (next < end)
        return *next == ',' && end - next > 1 && is_digit(next[1]) ? LEIE_NUMBER_COMMA : LEIE_NUMBER_TRAILING;
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
