// SPDX-License-Identifier: GPL-3.0-or-later
/* Columns with values of their own for each variant. */
#include <math.h>
#include <string.h>

#include "kernels/lanes.h"
#include "kernels/memory.h"
#include "tests/check.h"

enum { ROWS = 60 };

/* A column of n cells in ascending rows. */
static leie_size some_rows(leie_index *row, uint64_t *seed)
{
    leie_size n = 0;
    for (leie_index i = 0; i < ROWS; i++)
        if (check_random(seed) < 0.6)
            row[n++] = i;
    return n;
}

static void check_spread(leie_size lanes, leie_size q, uint64_t *seed)
{
    leie_index row[ROWS];
    leie_size n = some_rows(row, seed), K = lanes * q;
    float *value = leie_new(ROWS * lanes, sizeof *value);
    double *x = leie_new(K, sizeof *x), *y = leie_new(ROWS * K, sizeof *y), *expected = leie_new(ROWS * K, sizeof *expected);
    for (leie_size c = 0; c < K; c++)
        x[c] = check_random(seed) - 0.5;
    for (leie_size t = 0; t < n * lanes; t++)
        value[t] = (float)(check_random(seed) - 0.5);
    for (leie_size t = 0; t < ROWS * K; t++)
        expected[t] = y[t] = check_random(seed);
    for (leie_size t = 0; t < n; t++)
        for (leie_size c = 0; c < K; c++) {
            double product = (double)value[t * lanes + c / q] * x[c];
            expected[row[t] * K + c] += product;
        }
    leie_lanes_spread(y, value, lanes, q, row, n, x);
    check_true(memcmp(y, expected, (size_t)(ROWS * K) * sizeof *y) == 0);
    leie_free(value);
    leie_free(x);
    leie_free(y);
    leie_free(expected);
}

static void test_spread(void)
{
    uint64_t seed = 12;
    for (leie_size lanes = 1; lanes <= 33; lanes++)
        check_spread(lanes, 1, &seed);
    for (leie_size q = 2; q < 12; q++)
        check_spread(33 / q, q, &seed);
}

static void test_change(void)
{
    enum { LANES = 43, LD = 50, N = 43 };
    uint64_t seed = 3;
    float from[LANES * LD], to[N * LANES];
    double base[N], size[LANES];
    const double before = 2.385;
    for (int t = 0; t < LANES * LD; t++)
        from[t] = (float)check_random(&seed);
    for (int t = 0; t < N; t++)
        base[t] = check_random(&seed);
    for (int d = 0; d < LANES; d++)
        size[d] = before;
    leie_lanes_change(to, size, from, LD, LANES, base, N);
    for (int d = 0; d < LANES; d++) {
        double sum = before;
        for (int t = 0; t < N; t++) {
            check_true(to[t * LANES + d] == (float)((double)from[d * LD + t] - base[t]));
            sum += fabs((double)to[t * LANES + d]);
        }
        check_near(size[d], sum, 1e-14);
    }
}

/* y = y + m' x, row after row. */
static void check_project(leie_size columns, leie_size lanes, uint64_t *seed)
{
    leie_size panels = (columns + LEIE_PANEL - 1) / LEIE_PANEL, step = (ROWS + 3) * LEIE_PANEL, ldx = lanes + 5;
    double *m = leie_new(panels * step, sizeof *m), *x = leie_new(ROWS * ldx, sizeof *x);
    double *y = leie_new(columns * lanes, sizeof *y), *expected = leie_new(columns * lanes, sizeof *expected);
    for (leie_size t = 0; t < panels * step; t++)
        m[t] = check_random(seed) - 0.5;
    for (leie_size t = 0; t < ROWS * ldx; t++)
        x[t] = check_random(seed) - 0.5;
    for (leie_size t = 0; t < columns * lanes; t++)
        expected[t] = y[t] = check_random(seed);
    for (leie_size i = 0; i < ROWS; i++)
        for (leie_size c = 0; c < columns; c++)
            for (leie_size a = 0; a < lanes; a++) {
                double product = m[c / LEIE_PANEL * step + i * LEIE_PANEL + c % LEIE_PANEL] * x[i * ldx + a];
                expected[c * lanes + a] += product;
            }
    leie_lanes_project(y, m, step, columns, x, ldx, lanes, ROWS);
    check_true(memcmp(y, expected, (size_t)(columns * lanes) * sizeof *y) == 0);
    leie_free(m);
    leie_free(x);
    leie_free(y);
    leie_free(expected);
}

static void test_project(void)
{
    uint64_t seed = 21;
    for (leie_size lanes = 1; lanes <= 60; lanes += lanes < 34 ? 1 : 13)
        check_project(1 + lanes % 9, lanes, &seed);
}

CHECK_SUITE(lanes, {"spread", test_spread, NULL}, {"change", test_change, NULL}, {"project", test_project, NULL})
