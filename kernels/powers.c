// SPDX-License-Identifier: GPL-3.0-or-later
/* Powers of five to 128 bits, made once by long multiplication and division. */
#include "kernels/powers.h"

#include <assert.h>
#include <threads.h>

enum {
    POWER_CEILED = -27, // from here to -1 the reciprocal is rounded up, elsewhere down (Lemire, section 5)
    BIG_WORDS = 15      // 5^342 has 795 bits; 128 more for the quotient
};

typedef struct big {
    uint64_t word[BIG_WORDS]; // lowest first
} big;

static leie_powers powers;

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
    powers.high[q - LEIE_POWER_FIRST] = (uint64_t)(value >> 64);
    powers.low[q - LEIE_POWER_FIRST] = (uint64_t)value;
}

static void powers_make(void)
{
    big five = {{1}};
    for (int k = 0; k <= -LEIE_POWER_FIRST; k++) {
        if (k <= LEIE_POWER_LAST)
            power_set(k, power_up(&five));
        if (k > 0)
            power_set(-k, power_down(&five) + (-k >= POWER_CEILED));
        if (k < -LEIE_POWER_FIRST)
            big_times_five(&five);
    }
}

const leie_powers *leie_powers_get(void)
{
    static once_flag made = ONCE_FLAG_INIT;
    call_once(&made, powers_make);
    return &powers;
}
