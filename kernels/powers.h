/* w 10^q correctly rounded by powers of five to 128 bits:
 *
 *   w 10^q = w 5^q 2^q      w a 64-bit integer, 5^q to 128 bits
 *
 * Lemire (2021), Software: Practice and Experience 51(8), 1700-1727; Mushtak and Lemire (2023) for why it needs no
 * fallback of its own. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_POWERS_H
#define LEIE_KERNELS_POWERS_H

#include <math.h>
#include <string.h>

#include "kernels/status.h"

enum {
    LEIE_POWER_FIRST = -342, // w 10^q is 0 below for any w of 64 bits
    LEIE_POWER_LAST = 308,   // and infinite above
    LEIE_POWER_CERTAIN = -27, // 128 bits always decide from here
    LEIE_POWER_EXACT = 55     // to here, where 5^q fits 128 bits
};

typedef struct leie_powers {
    uint64_t high[LEIE_POWER_LAST - LEIE_POWER_FIRST + 1], low[LEIE_POWER_LAST - LEIE_POWER_FIRST + 1];
} leie_powers;

/* The table, made by the first call. */
const leie_powers *leie_powers_get(void);

static inline double leie_double_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* w 10^q, infinite when it overflows; false when 128 bits do not decide. w > 0. */
static inline __attribute__((always_inline)) bool leie_powers_scale(double *value, const leie_powers *p, uint64_t w,
                                                                    int64_t q)
{
    if (q < LEIE_POWER_FIRST || q > LEIE_POWER_LAST) {
        *value = q < 0 ? 0.0 : (double)INFINITY;
        return true;
    }
    // the product of the aligned w with the power, the lower half of the power only where it matters
    int shift = __builtin_clzll(w);
    uint64_t aligned = w << shift;
    unsigned __int128 product = (unsigned __int128)aligned * p->high[q - LEIE_POWER_FIRST];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & 0x1ff) == 0x1ff) {
        uint64_t more = (uint64_t)((unsigned __int128)aligned * p->low[q - LEIE_POWER_FIRST] >> 64);
        low += more;
        high += low < more;
    }
    if (low == UINT64_MAX && (q < LEIE_POWER_CERTAIN || q > LEIE_POWER_EXACT))
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
        *value = leie_double_from_bits(mantissa); // a carry into bit 52 is the smallest normal number
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
                              : leie_double_from_bits((uint64_t)exponent << 52 | (mantissa & (((uint64_t)1 << 52) - 1)));
    return true;
}

#endif
