// SPDX-License-Identifier: GPL-3.0-or-later
/* Sobol' points. Dimension 0 is the van der Corput sequence; dimension j > 0 has the j-th primitive polynomial over
 * GF(2), in order of its bits:  v_i = a_1 v_(i-1) + ... + a_q v_(i-q) + v_(i-q) / 2^q, sums without carry. */
#include <assert.h>

#include "kernels/memory.h"
#include "kernels/random.h"

enum { BITS = 32, DEGREE_MAX = 14 };

struct leie_sobol {
    leie_size dimensions;
    uint32_t *direction; // [dimensions, BITS]
    uint32_t *shift;     // [dimensions]
};

/* Whether x is of order 2^q - 1 modulo the polynomial of degree q: then it is primitive. */
static bool primitive(uint32_t polynomial, int q)
{
    uint32_t full = (1u << q) - 1, power = 1;
    for (uint32_t order = 1; order <= full; order++) {
        power <<= 1;
        if (power >> q)
            power ^= polynomial;
        if (power == 1)
            return order == full;
    }
    return false;
}

/* The next primitive polynomial after *polynomial, of degree *q or more. */
static void next_polynomial(uint32_t *polynomial, int *q)
{
    do {
        *polynomial += 2; // without the constant term it is a multiple of x
        if (*polynomial >> (*q + 1))
            ++*q;
        assert(*q <= DEGREE_MAX);
    } while (!primitive(*polynomial, *q));
}

static void fill_dimension(uint32_t *v, uint32_t polynomial, int q, uint32_t dimension)
{
    const leie_random_stream fixed = {0x4c656965, 0, 0};
    for (int i = 0; i < q && i < BITS; i++) { // odd, below 2^(i + 1)
        uint32_t odd = (leie_random_word(&fixed, dimension, i) >> 1 << 1 | 1) & ((2u << i) - 1);
        v[i] = odd << (BITS - 1 - i);
    }
    for (int i = q; i < BITS; i++) {
        v[i] = v[i - q] ^ (v[i - q] >> q);
        for (int t = 1; t < q; t++)
            if (polynomial >> (q - t) & 1)
                v[i] ^= v[i - t];
    }
}

leie_status leie_sobol_new(leie_sobol **sobol, leie_size dimensions, uint64_t seed, leie_error *err)
{
    *sobol = NULL;
    if (dimensions > LEIE_SOBOL_MAX)
        return leie_fail(err, LEIE_ERR_USAGE, "a Sobol' sequence of %lld dimensions; %d are the most",
                         (long long)dimensions, LEIE_SOBOL_MAX);
    leie_sobol *s = leie_new(1, sizeof *s);
    if (s) {
        s->dimensions = dimensions;
        s->direction = leie_new(dimensions * BITS, sizeof *s->direction);
        s->shift = leie_new(dimensions, sizeof *s->shift);
    }
    if (!s || !s->direction || !s->shift) {
        leie_sobol_free(s);
        return leie_fail_memory(err, "a Sobol' sequence", dimensions * BITS, sizeof *s->direction);
    }
    const leie_random_stream shifts = {seed, UINT32_MAX, 0};
    uint32_t polynomial = 1; // x + 1 comes first
    int q = 1;
    for (leie_size j = 0; j < dimensions; j++) {
        uint32_t *v = s->direction + j * BITS;
        s->shift[j] = leie_random_word(&shifts, (uint32_t)j, 0);
        if (j == 0) {
            for (int i = 0; i < BITS; i++)
                v[i] = 1u << (BITS - 1 - i);
            continue;
        }
        next_polynomial(&polynomial, &q);
        fill_dimension(v, polynomial, q, (uint32_t)j);
    }
    *sobol = s;
    return LEIE_OK;
}

uint32_t leie_sobol_word(const leie_sobol *sobol, leie_size point, leie_size dimension)
{
    const uint32_t *v = sobol->direction + dimension * BITS;
    uint32_t word = sobol->shift[dimension];
    assert(dimension < sobol->dimensions && point >= 0);
    for (int i = 0; i < BITS && point >> i; i++)
        if (point >> i & 1)
            word ^= v[i];
    return word;
}

leie_sobol *leie_sobol_free(leie_sobol *sobol)
{
    if (sobol) {
        leie_free(sobol->direction);
        leie_free(sobol->shift);
        leie_free(sobol);
    }
    return NULL;
}
