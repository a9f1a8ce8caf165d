// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/random.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#if defined __x86_64__ && defined __gnu_linux__
#include <immintrin.h>
#endif

#include "kernels/clones.h"

enum {
    LANES = 16, // counters that go together
    WORDS = 4,  // of a counter
    ROUNDS = 10,
    TOGETHER = 64 // normals that go together
};
static const uint32_t MULTIPLY[2] = {0xD2511F53, 0xCD9E8D57}, WEYL[2] = {0x9E3779B9, 0xBB67AE85};

void leie_philox(uint32_t out[4], const uint32_t counter[4], uint64_t key)
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k[2] = {(uint32_t)key, (uint32_t)(key >> 32)};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t p0 = (uint64_t)MULTIPLY[0] * c[0], p1 = (uint64_t)MULTIPLY[1] * c[2];
        uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ k[0], (uint32_t)p1, (uint32_t)(p0 >> 32) ^ c[3] ^ k[1],
                            (uint32_t)p0};
        memcpy(c, next, sizeof c);
        k[0] += WEYL[0];
        k[1] += WEYL[1];
    }
    memcpy(out, c, sizeof c);
}

/* Sixteen counters first .. first + 15 side by side: w[word * 16 + lane]. */
LEIE_CLONES
static void philox_lanes(uint32_t *w, uint32_t first, uint32_t item, uint32_t draw, uint32_t stream, uint64_t seed)
{
    uint32_t c0[LANES], c1[LANES], c2[LANES], c3[LANES];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int l = 0; l < LANES; l++) {
        c0[l] = first + (uint32_t)l;
        c1[l] = item;
        c2[l] = draw;
        c3[l] = stream;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int l = 0; l < LANES; l++) {
            uint64_t p0 = (uint64_t)MULTIPLY[0] * c0[l], p1 = (uint64_t)MULTIPLY[1] * c2[l];
            uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1[l] ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3[l] ^ k1;
            c0[l] = n0;
            c1[l] = (uint32_t)p1;
            c2[l] = n2;
            c3[l] = (uint32_t)p0;
        }
        k0 += WEYL[0];
        k1 += WEYL[1];
    }
    memcpy(w, c0, sizeof c0);
    memcpy(w + LANES, c1, sizeof c1);
    memcpy(w + 2 * LANES, c2, sizeof c2);
    memcpy(w + 3 * LANES, c3, sizeof c3);
}

#if defined __x86_64__ && defined __gnu_linux__
/* The same with a word in each 64-bit lane, even counters apart from odd ones: products are then where they are wanted. */
__attribute__((target("avx512f"))) static void philox_avx512(uint32_t *w, uint32_t first, uint32_t item, uint32_t draw,
                                                             uint32_t stream, uint64_t seed)
{
    const __m512i multiply0 = _mm512_set1_epi64(MULTIPLY[0]), multiply1 = _mm512_set1_epi64(MULTIPLY[1]);
    __m512i c0[2], c1[2], c2[2], c3[2];
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
    for (int odd = 0; odd < 2; odd++) {
        c0[odd] = _mm512_add_epi32(_mm512_set1_epi64(first + (uint32_t)odd), _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14));
        c1[odd] = _mm512_set1_epi64(item);
        c2[odd] = _mm512_set1_epi64(draw);
        c3[odd] = _mm512_set1_epi64(stream);
    }
    for (int round = 0; round < ROUNDS; round++) {
        const __m512i key0 = _mm512_set1_epi64(k0), key1 = _mm512_set1_epi64(k1);
        for (int odd = 0; odd < 2; odd++) { // upper halves of c1 and c3 are not words, and never get into one
            __m512i p0 = _mm512_mul_epu32(multiply0, c0[odd]), p1 = _mm512_mul_epu32(multiply1, c2[odd]);
            c0[odd] = _mm512_xor_epi32(_mm512_xor_epi32(_mm512_srli_epi64(p1, 32), c1[odd]), key0);
            c2[odd] = _mm512_xor_epi32(_mm512_xor_epi32(_mm512_srli_epi64(p0, 32), c3[odd]), key1);
            c1[odd] = p1;
            c3[odd] = p0;
        }
        k0 += WEYL[0];
        k1 += WEYL[1];
    }
    __m512i *c[WORDS] = {c0, c1, c2, c3};
    for (int word = 0; word < WORDS; word++)
        _mm512_storeu_si512(w + word * LANES, _mm512_mask_blend_epi32(0xAAAA, c[word][0], _mm512_slli_epi64(c[word][1], 32)));
}
#endif

typedef void (*lanes)(uint32_t *, uint32_t, uint32_t, uint32_t, uint32_t, uint64_t);
static lanes chosen = philox_lanes;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose_lanes(void)
{
#if defined __x86_64__ && defined __gnu_linux__
    if (__builtin_cpu_supports("avx512f"))
        chosen = philox_avx512;
#endif
}

void leie_random_words(uint32_t *w, leie_size n, const leie_random_stream *s, uint32_t item)
{
    pthread_once(&once, choose_lanes);
    for (leie_size t = 0; t < n; t += LANES * WORDS)
        chosen(w + t, (uint32_t)(t / WORDS), item, s->draw, s->stream, s->seed);
}

uint32_t leie_random_word(const leie_random_stream *s, uint32_t item, leie_size t)
{
    leie_size group = t / (LANES * WORDS), inside = t % (LANES * WORDS);
    const uint32_t counter[4] = {(uint32_t)(LANES * group + inside % LANES), item, s->draw, s->stream};
    uint32_t out[4];
    leie_philox(out, counter, s->seed);
    return out[inside / LANES];
}

/* ---- Latin hypercube ---- */

/* Where i of 0 .. n - 1 goes in a permutation that the key names: a few keyed bijections of the next power of two,
 * walked on until the result is below n. */
static uint32_t permute(uint32_t i, uint32_t n, uint32_t key)
{
    int bits = 1;
    while (n > 1 && bits < 31 && (1u << bits) < n)
        bits++;
    uint32_t mask = (1u << bits) - 1;
    int half = bits / 2 > 0 ? bits / 2 : 1;
    do {
        uint32_t k = key;
        for (int round = 0; round < 5; round++) {
            i = (i * (2 * k + 1) + (k >> 16)) & mask;
            i ^= i >> half;
            k = k * 0x9E3779B1u + 0x7F4A7C15u;
            k ^= k >> 15;
        }
    } while (i >= n);
    return i;
}

void leie_latin_words(uint32_t *w, leie_size n, const leie_random_stream *s, uint32_t item, leie_size draws)
{
    leie_random_stream order = {s->seed, s->stream ^ 0x80000000u, 0};
    assert(draws > 0 && draws < INT32_MAX && s->draw < draws);
    leie_random_words(w, n, s, item); // place inside the stratum
    for (leie_size t = 0; t < n; t++) {
        uint32_t stratum = permute(s->draw, (uint32_t)draws, leie_random_word(&order, item, t));
        uint64_t within = ((uint64_t)stratum << 32) | w[t];
        w[t] = (uint32_t)(within / (uint64_t)draws);
    }
}

/* ---- normal and lognormal ---- */

static inline uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* a where test < 0, else b; without a branch, so that loops become vectors. */
static inline float choose(float test, float a, float b)
{
    uint32_t mask = 0u - (bits_of(test) >> 31);
    return float_of((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

/* sqrt of v >= 0 by Newton's iteration for 1 / sqrt(v); sqrtf would set errno, and loops with it stay scalar. */
static inline float sqrt_of(float v)
{
    float y = float_of(0x5F375A86u - (bits_of(v) >> 1));
    y = y * (1.5f - 0.5f * v * y * y);
    y = y * (1.5f - 0.5f * v * y * y);
    y = y * (1.5f - 0.5f * v * y * y);
    return v * y;
}

/* log of y in (0, 1]: y = 2^e m with m near 1, log m = 2 atanh((m - 1) / (m + 1)). */
static inline float log_of(float y)
{
    uint32_t up = bits_of(y) - 0x3F3504F3u; // the bits of sqrt(1/2)
    int32_t e = (int32_t)up >> 23;
    float m = float_of((up & 0x7FFFFFu) + 0x3F3504F3u);
    float s = (m - 1) / (m + 1), q = s * s;
    float series = 1 + q * (0.333333333f + q * (0.2f + q * (0.142857143f + q * 0.111111111f)));
    return (float)e * 0.693147181f + 2 * s * series;
}

/* x of Giles' erfinv, and v = -log of what is beside both tails; whether some v needs the polynomial of the tails. */
static inline bool tails(float *restrict x, float *restrict v, const uint32_t *restrict w)
{
    uint32_t near = ~0u; // the sign of v - 5 where all are below
    for (int l = 0; l < TOGETHER; l++) {
        uint32_t upper = w[l] >> 31, folded = w[l] ^ (0u - upper);
        float t = ((float)(int32_t)folded + 0.5f) * 0x1p-31f; // probability of both tails
        x[l] = 1 - t;
        v[l] = -log_of(t * (2 - t));
        near &= bits_of(v[l] - 5);
    }
    return !(near >> 31);
}

static inline float middle(float v)
{
    float a = v - 2.5f, p = 2.81022636e-08f;
    p = p * a + 3.43273939e-07f;
    p = p * a - 3.5233877e-06f;
    p = p * a - 4.39150654e-06f;
    p = p * a + 0.00021858087f;
    p = p * a - 0.00125372503f;
    p = p * a - 0.00417768164f;
    p = p * a + 0.246640727f;
    return p * a + 1.50140941f;
}

static inline float far_out(float v)
{
    float b = sqrt_of(v) - 3, q = -0.000200214257f;
    q = q * b + 0.000100950558f;
    q = q * b + 0.00134934322f;
    q = q * b - 0.00367342844f;
    q = q * b + 0.00573950773f;
    q = q * b - 0.0076224613f;
    q = q * b + 0.00943887047f;
    q = q * b + 1.00167406f;
    return q * b + 2.83297682f;
}

/* In stages, each of them a loop without a long chain. */
LEIE_CLONES
static void normals_together(float *restrict z, const uint32_t *restrict w)
{
    float x[TOGETHER], v[TOGETHER], p[TOGETHER];
    bool far = tails(x, v, w);
    for (int l = 0; l < TOGETHER; l++)
        p[l] = middle(v[l]);
    for (int l = 0; far && l < TOGETHER; l++)
        p[l] = choose(v[l] - 5, p[l], far_out(v[l]));
    for (int l = 0; l < TOGETHER; l++)
        z[l] = float_of(bits_of(1.41421356f * x[l] * p[l]) ^ (~(w[l] >> 31) << 31));
}

void leie_normals(float *restrict z, const uint32_t *restrict w, leie_size n)
{
    uint32_t rest[TOGETHER] = {0};
    float last[TOGETHER];
    leie_size whole = n / TOGETHER * TOGETHER;
    for (leie_size t = 0; t < whole; t += TOGETHER)
        normals_together(z + t, w + t);
    if (whole == n)
        return;
    memcpy(rest, w + whole, (size_t)(n - whole) * sizeof *rest);
    normals_together(last, rest);
    memcpy(z + whole, last, (size_t)(n - whole) * sizeof *last);
}

/* exp(y) for -80 <= y <= 80; exp(0) = 1. */
static inline float exp_of(float y)
{
    float round = y * 1.44269504f + 12582912.0f; // 1.5 2^23: the nearest whole number in the low bits
    float whole = round - 12582912.0f;
    float r = (y - whole * 0.693145752f) - whole * 1.42860677e-6f;
    float p = 1 + r * (1 + r * (0.5f + r * (0.166666667f + r * (0.0416666667f + r * (0.00833333333f + r * 0.00138888889f)))));
    int32_t power = (int32_t)whole;
    return p * float_of((uint32_t)(power + 127) << 23);
}

LEIE_CLONES
void leie_lognormal_scale(float *restrict a, const float *restrict z, float own, float common, float s, float m,
                          leie_size n)
{
    for (leie_size i = 0; i < n; i++)
        a[i] *= exp_of(s * (own * z[i] + common) - m);
}

/* ---- gamma ---- */

static double uniform_of(uint32_t w)
{
    return ((double)w + 0.5) * 0x1p-32;
}

double leie_random_gamma(const leie_random_stream *s, uint32_t item, double shape)
{
    leie_size t = 0;
    double boost = 1, a = shape;
    if (a < 1) { // Gamma(a) = Gamma(a + 1) U^(1/a)
        boost = pow(uniform_of(leie_random_word(s, item, t++)), 1 / a);
        a += 1;
    }
    double d = a - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        uint32_t word = leie_random_word(s, item, t++);
        float z;
        leie_normals(&z, &word, 1);
        double v = 1 + c * (double)z, u = uniform_of(leie_random_word(s, item, t++));
        if (v <= 0)
            continue;
        v = v * v * v;
        if (log(u) < 0.5 * (double)z * (double)z + d - d * v + d * log(v))
            return boost * d * v;
    }
}
