// SPDX-License-Identifier: GPL-3.0-or-later
/* Systems with new values of A in the same cells. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/toy_table.h"

enum { K = 5 };

/* Scales cell (i, j) by 1 + strength sin(i + 3 j). */
static double factor_of(double strength, leie_size i, leie_size j)
{
    return 1 + strength * sin((double)i + 3 * (double)j);
}

static void scale_cells(void *ctx, leie_size j, leie_size n, const leie_index *row, float *value, int worker)
{
    const double *strength = ctx;
    (void)worker;
    for (leie_size t = 0; t < n; t++)
        value[t] = (float)((double)value[t] * factor_of(*strength, row[t], j));
}

static void table_of(leie_table *t, double *scale, double **b, bool sparse)
{
    leie_error err = {0};
    uint64_t seed = 5;
    toy_table(t, "BE a b c d e f g h|FR a b c d|DE a b c d e f g|NL a b c d e", "BE household", 1, 0);
    toy_fill(t, 77, 0.6);
    *toy_Z(t, 1, 2) = 1e-60; // no cell in f32
    t->x[5] = 0;             // a column that buys and has no coefficients
    for (leie_size i = 0; i < t->sector.n; i++)
        scale[i] = t->x[i] > 0 ? 1 / t->x[i] : 0;
    if (sparse) {
        leie_matrix dense = t->Z;
        check_ok(leie_matrix_copy(&t->Z, &dense, LEIE_SPARSE, &err), &err);
        leie_matrix_free(&dense);
    }
    *b = leie_new(t->sector.n * K, sizeof **b);
    for (leie_size c = 0; c < t->sector.n * K; c++)
        (*b)[c] = check_random(&seed);
}

/* The new A as a table of its own, in the precision of the draw. */
static void expected_of(double *x, const leie_table *t, const double *scale, bool transposed, double strength,
                        const double *b)
{
    leie_matrix A;
    leie_linsys *sys;
    leie_error err = {0};
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_LU};
    leie_size n = t->sector.n;
    check_ok(leie_matrix_new_dense(&A, n, n, &err), &err);
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++) {
            float a = (float)(leie_matrix_get(&t->Z, i, j) * scale[j]);
            A.val[i * A.ld + j] = (float)((double)a * factor_of(strength, i, j));
        }
    check_ok(leie_linsys_setup(&sys, &A, NULL, &t->sector, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, transposed, K, x, b, NULL, &err), &err);
    leie_linsys_free(sys);
    leie_matrix_free(&A);
}

static void check_method(leie_solver method, bool sparse)
{
    enum { N = 24 };
    leie_table t;
    leie_linsys *sys;
    leie_error err = {0};
    double scale[N], x[N * K], expected[N * K], residual[K], *b;
    const leie_linsys_opts opts = {.method = method, .tolerance = 1e-13};
    table_of(&t, scale, &b, sparse);
    check_size(t.sector.n, N);
    check_ok(leie_linsys_setup(&sys, &t.Z, scale, &t.sector, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, false, K, x, b, NULL, &err), &err); // a store that a redraw must not trust
    static const double strengths[] = {0.2, 0, 0.3, 0.2};
    for (int d = 0; d < 4; d++)
        for (int transposed = 0; transposed < 2; transposed++) {
            double strength = strengths[d];
            check_ok(leie_linsys_redraw(sys, scale_cells, &strength, &err), &err);
            check_ok(leie_linsys_solve(sys, transposed, K, x, b, residual, &err), &err);
            check_true(leie_linsys_state(sys)->converged);
            check_true(leie_linsys_state(sys)->residual <= 1e-13);
            expected_of(expected, &t, scale, transposed, strength, b);
            for (int c = 0; c < N * K; c++)
                check_near(x[c], expected[c], 1e-11);
        }
    leie_linsys_free(sys);
    leie_free(b);
    leie_table_clear(&t);
}

static void test_block(void)
{
    check_method(LEIE_SOLVER_BLOCK, false);
    check_method(LEIE_SOLVER_BLOCK, true);
}

static void test_lu(void)
{
    check_method(LEIE_SOLVER_LU, false);
    check_method(LEIE_SOLVER_LU, true);
    check_method(LEIE_SOLVER_SPARSE, true);
}

/* One thread and three: the same bytes. */
static void test_threads(void)
{
    enum { N = 24 };
    double x[2][N * K];
    int threads = leie_threads();
    for (int run = 0; run < 2; run++) {
        leie_table t;
        leie_linsys *sys;
        leie_error err = {0};
        double scale[N], *b, strength = 0.25;
        const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
        leie_threads_set(run ? 3 : 1);
        table_of(&t, scale, &b, false);
        check_ok(leie_linsys_setup(&sys, &t.Z, scale, &t.sector, &opts, &err), &err);
        check_ok(leie_linsys_redraw(sys, scale_cells, &strength, &err), &err);
        check_ok(leie_linsys_solve(sys, true, K, x[run], b, NULL, &err), &err);
        leie_linsys_free(sys);
        leie_free(b);
        leie_table_clear(&t);
    }
    leie_threads_set(threads);
    check_true(memcmp(x[0], x[1], sizeof x[0]) == 0);
}

/* A draw in which a sector uses up all it makes has no solution, and says so. */
static void use_up(void *ctx, leie_size j, leie_size n, const leie_index *row, float *value, int worker)
{
    (void)ctx;
    (void)worker;
    for (leie_size t = 0; t < n; t++)
        value[t] = row[t] == j ? 1.0f : 0.0f;
}

static void test_singular(void)
{
    enum { N = 24 };
    leie_table t;
    leie_linsys *sys;
    leie_error err = {0};
    double scale[N], x[N * K], *b, strength = 0;
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
    table_of(&t, scale, &b, false);
    check_ok(leie_linsys_setup(&sys, &t.Z, scale, &t.sector, &opts, &err), &err);
    check_ok(leie_linsys_redraw(sys, use_up, NULL, &err), &err);
    check_ok(leie_linsys_solve(sys, true, K, x, b, NULL, &err), &err);
    check_true(!leie_linsys_state(sys)->converged);
    check_ok(leie_linsys_redraw(sys, scale_cells, &strength, &err), &err); // and the next one has
    check_ok(leie_linsys_solve(sys, true, K, x, b, NULL, &err), &err);
    check_true(leie_linsys_state(sys)->converged);
    leie_linsys_free(sys);
    leie_free(b);
    leie_table_clear(&t);
}

CHECK_SUITE(redraw, {"block iteration", test_block, NULL}, {"dense and sparse LU", test_lu, NULL},
            {"threads", test_threads, NULL}, {"a draw without a solution", test_singular, NULL})
