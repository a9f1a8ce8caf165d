/* Counter-based random streams: a number depends on the seed and on where it is used, never on what was drawn before.
 *
 *   word t of item i in draw d of stream s  =  Philox4x32-10(counter = (t', i, d, s), key = seed)
 *
 * so any draw can be made anew, in any order, on any thread. Words are 32 bits; u = (w + 1/2) / 2^32 lies in (0, 1).
 * Word t is word (t mod 64) / 16 of counter t' = 16 (t / 64) + t mod 16: sixteen counters go together.
 * Salmon, Moraes, Dror and Shaw (2011), Parallel random numbers: as easy as 1, 2, 3, SC11.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_RANDOM_H
#define LEIE_KERNELS_RANDOM_H

#include "kernels/status.h"

typedef struct leie_random_stream {
    uint64_t seed;
    uint32_t stream; // what is drawn: one number per array
    uint32_t draw;
} leie_random_stream;

/* Ten rounds of Philox4x32. */
LEIE_API void leie_philox(uint32_t out[4], const uint32_t counter[4], uint64_t key);

/* Words 0 .. n - 1 of an item; w has room for n rounded up to 64. Cost: about 1 ns a word. */
LEIE_API void leie_random_words(uint32_t *w, leie_size n, const leie_random_stream *s, uint32_t item);

/* One word, the same as leie_random_words gives. */
LEIE_API uint32_t leie_random_word(const leie_random_stream *s, uint32_t item, leie_size t);

/* Latin hypercube: the words of one draw of `draws`, each input having one draw in each of `draws` strata of equal
 * probability, in an order of its own (a keyed permutation, so nothing is stored). draw < draws < 2^31.
 * McKay, Beckman and Conover (1979), Technometrics 21(2). */
LEIE_API void leie_latin_words(uint32_t *w, leie_size n, const leie_random_stream *s, uint32_t item, leie_size draws);

/* z[t] = the standard normal quantile of word t, in f32: absolute error below 2e-6 up to |z| = 5.2, monotone in the
 * word but for rounding. Same bytes on any processor. Giles (2010), Approximating the erfinv function. */
LEIE_API void leie_normals(float *z, const uint32_t *w, leie_size n);

/* a[t] = a[t] exp(s (own z[t] + common) - m) in f32: relative error 2e-7 beside that of the exponent, which lies within
 * -80 .. 80. s = m = 0 leaves a as it is, to the bit. */
LEIE_API void leie_lognormal_scale(float *a, const float *z, float own, float common, float s, float m, leie_size n);

/* Gamma with shape > 0 and scale 1 from as many words as it takes: Marsaglia and Tsang (2000), ACM TOMS 26(3). */
LEIE_API double leie_random_gamma(const leie_random_stream *s, uint32_t item, double shape);

/* Sobol' points: word(point, dimension) of the first `dimensions`, scrambled by a digital shift from the seed.
 * Primitive polynomials are searched for, initial direction numbers come from a fixed stream, so pairs of high
 * dimensions are no better than random. Sobol' (1967); Bratley and Fox (1988), ACM TOMS 14(1). */
enum { LEIE_SOBOL_MAX = 1024 };
typedef struct leie_sobol leie_sobol;
LEIE_API leie_status leie_sobol_new(leie_sobol **sobol, leie_size dimensions, uint64_t seed, leie_error *err);
LEIE_API uint32_t leie_sobol_word(const leie_sobol *sobol, leie_size point, leie_size dimension);
LEIE_API leie_sobol *leie_sobol_free(leie_sobol *sobol);

#endif
