// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/random.h"
#include "kernels/special.h"
#include "tests/check.h"

/* Known answers published with Random123 (philox4x32, 10 rounds). */
static void test_philox(void)
{
    static const struct {
        uint32_t counter[4];
        uint64_t key;
        uint32_t out[4];
    } known[] = {
        {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, 0xffffffffffffffff, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, 0x299f31d0a4093822, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint32_t out[4];
        leie_philox(out, known[i].counter, known[i].key);
        check_true(memcmp(out, known[i].out, sizeof out) == 0);
    }
}

static void test_words(void)
{
    const leie_random_stream s = {0x1234567890abcdef, 3, 17};
    uint32_t w[256];
    leie_random_words(w, 200, &s, 99);
    for (leie_size t = 0; t < 200; t++)
        check_size(leie_random_word(&s, 99, t), w[t]);
    const uint32_t counter[4] = {1, 99, 17, 3};
    uint32_t out[4];
    leie_philox(out, counter, s.seed);
    check_size(w[1], out[0]);
    check_size(w[17], out[1]);
}

/* Every input has one draw in each stratum. */
static void test_latin(void)
{
    enum { INPUTS = 70 };
    for (leie_size draws = 1; draws <= 40; draws += 13) {
        int hits[INPUTS][64] = {{0}}, same = 0;
        for (leie_size d = 0; d < draws; d++) {
            const leie_random_stream s = {7, 0, (uint32_t)d};
            uint32_t w[128];
            leie_latin_words(w, INPUTS, &s, 5, draws);
            for (int t = 0; t < INPUTS; t++)
                hits[t][(leie_size)(((uint64_t)w[t] * (uint64_t)draws) >> 32)]++;
            same += ((uint64_t)w[0] * (uint64_t)draws) >> 32 == ((uint64_t)w[1] * (uint64_t)draws) >> 32;
        }
        for (int t = 0; t < INPUTS; t++)
            for (leie_size d = 0; d < draws; d++)
                check_size(hits[t][d], 1);
        check_true(draws < 10 || same < draws / 2); // inputs have orders of their own
    }
}

/* The first 2^m points have one in each of 2^m equal strata, in every dimension; and the mean of a product over two
 * dimensions comes nearer than random points would. */
static void test_sobol(void)
{
    enum { DIMENSIONS = 60, POINTS = 1024 };
    leie_sobol *s = NULL;
    leie_error err = {0};
    if (!check_ok(leie_sobol_new(&s, DIMENSIONS, 11, &err), &err))
        return;
    for (leie_size j = 0; j < DIMENSIONS; j++) {
        bool hit[POINTS] = {false};
        leie_size strata = 0;
        for (leie_size i = 0; i < POINTS; i++) {
            uint32_t at = leie_sobol_word(s, i, j) >> 22;
            strata += !hit[at];
            hit[at] = true;
        }
        check_size(strata, POINTS);
    }
    double sum = 0;
    for (leie_size i = 0; i < POINTS; i++)
        sum += ldexp(leie_sobol_word(s, i, 0), -32) * ldexp(leie_sobol_word(s, i, 1), -32);
    check_close(sum / POINTS, 0.25, 0, 2e-3); // random points: a standard error of 7e-3
    leie_sobol_free(s);
    check_status(leie_sobol_new(&s, LEIE_SOBOL_MAX + 1, 11, &err), LEIE_ERR_USAGE, &err);
    check_ok(leie_sobol_new(&s, LEIE_SOBOL_MAX, 11, NULL), NULL);
    leie_sobol_free(s);
}

static void test_normals(void)
{
    double sum = 0, squares = 0;
    enum { N = 100000 };
    for (uint64_t i = 0; i < N; i++) {
        uint32_t w = (uint32_t)(i * 42949 + 3);
        float z;
        leie_normals(&z, &w, 1);
        double u = (w + 0.5) * 0x1p-32;
        double expected = u < 0.5 ? -leie_normal_tail_at(u) : leie_normal_tail_at(1 - u);
        check_close(z, expected, 0, fabs(expected) < 5.2 ? 3e-6 : 1e-3);
        sum += z;
        squares += z * z;
    }
    check_close(sum / N, 0, 0, 1e-3);
    check_near(squares / N, 1, 1e-3);
    const uint32_t ends[] = {0, UINT32_MAX, 0x7fffffff, 0x80000000};
    float z[4];
    leie_normals(z, ends, 4);
    check_near(z[0], -6.3379, 1e-3); // the quantile of 2^-33
    check_near(z[1], 6.3379, 1e-3);
    check_close(z[2], 0, 0, 1e-6);
    check_close(z[3], 0, 0, 1e-6);
}

static void test_lognormal(void)
{
    float a[3] = {2.385f, 2.385f, 2.385f}, z[3] = {1.5f, -3, 0.25f};
    leie_lognormal_scale(a, z, 1, 0, 0.3f, 0.045f, 2);
    check_near(a[0], 2.385 * exp(0.45 - 0.045), 5e-7);
    check_near(a[1], 2.385 * exp(-0.9 - 0.045), 5e-7);
    check_true(a[2] == 2.385f);
    leie_lognormal_scale(a + 2, z + 2, 0.6f, -1.1f, 0.2f, 0.02f, 1);
    check_near(a[2], 2.385 * exp(0.2 * (0.6 * 0.25 - 1.1) - 0.02), 5e-7);
    a[2] = 2.385f;
    leie_lognormal_scale(a, z, 0.5f, 3, 0, 0, 3);
    check_true(a[2] == 2.385f); // nothing uncertain: to the bit
}

static void test_gamma(void)
{
    static const double shapes[] = {0.3, 1, 2.5, 40};
    enum { N = 20000 };
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        double sum = 0, squares = 0;
        for (uint32_t d = 0; d < N; d++) {
            const leie_random_stream s = {5, 2, d};
            double g = leie_random_gamma(&s, (uint32_t)i, shapes[i]);
            sum += g;
            squares += g * g;
        }
        double mean = sum / N;
        check_near(mean, shapes[i], 0.05);
        check_near(squares / N - mean * mean, shapes[i], 0.1);
    }
}

CHECK_SUITE(random, {"known answers of Philox", test_philox, NULL}, {"words one by one", test_words, NULL},
            {"Latin hypercube", test_latin, NULL}, {"Sobol' points", test_sobol, NULL},
            {"normal quantiles", test_normals, NULL}, {"lognormal factors", test_lognormal, NULL},
            {"gamma", test_gamma, NULL})
