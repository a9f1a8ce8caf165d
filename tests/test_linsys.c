// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/linsys_examples.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- worked examples ---- */

/* Miller and Blair (2009), chapter 2: L and the output for a new final demand. */
static void test_miller_blair(void)
{
    static const leie_size sizes[] = {2};
    static const double Z[] = {150, 500, 200, 100}, L[] = {1.25412541, 0.330033, 0.2640264, 1.12211221};
    for (int method = LEIE_SOLVER_AUTO; method < LEIE_SOLVER_FACTORED; method++) {
        linsys_example e;
        leie_error err = {0};
        double x[6], b[] = {1, 0, 600, 0, 1, 1500}, residual[3], m[2], s[] = {0.3, 0.25};
        linsys_example_new(&e, sizes, 1);
        for (int t = 0; t < 4; t++)
            *linsys_cell(&e, t / 2, t % 2) = Z[t];
        e.scale[0] = 1.0 / 1000;
        e.scale[1] = 1.0 / 2000;
        leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
        check_ok(leie_linsys_solve(sys, false, 3, x, b, residual, &err), &err);
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 2; j++)
                check_near(x[3 * i + j], L[2 * i + j], 1e-7);
        check_near(x[2], 1247.5247524752474, 1e-12);
        check_near(x[5], 1841.5841584158416, 1e-12);
        check_ok(leie_linsys_solve(sys, true, 1, m, s, NULL, &err), &err); // labour multipliers s L
        check_near(m[0], 0.3 * x[0] + 0.25 * x[3], 1e-14);
        check_near(m[1], 0.3 * x[1] + 0.25 * x[4], 1e-14);
        const leie_linsys_info *info = leie_linsys_state(sys);
        check_size(info->right_hand_sides, 4);
        check_true(info->converged && info->residual <= 1e-12 && residual[2] <= 1e-12);
        sys = leie_linsys_free(sys);
        check_true(sys == NULL);
        linsys_example_free(&e);
    }
}

/* Germany 1995, six branches: Eurostat Manual of Supply, Use and Input-Output Tables (2008), 15.4 and
 * 15.19 (Beutel). Backward linkages are column sums of L: a transposed solve for ones. */
static void test_germany(void)
{
    static const leie_size sizes[] = {6};
    static const double Z[] = {1131, 25480,  1,     607,   710,   762,   7930, 304584, 64167, 41082, 11981,  30360,
                               426,  7334,   3875,  5296,  23457, 9155,  3559, 72717,  14190, 74399, 10835,  21008,
                               3637, 96115,  31027, 65755, 193176, 34223, 1552, 14986, 1747,  11225, 15058,  22070};
    static const double x[] = {43910, 1079446, 245606, 540063, 692487, 508918};
    static const double backward[] = {1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782};
    for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++) {
        linsys_example e;
        leie_error err = {0};
        double m[6] = {1, 1, 1, 1, 1, 1};
        linsys_example_new(&e, sizes, 1);
        for (int t = 0; t < 36; t++)
            *linsys_cell(&e, t / 6, t % 6) = Z[t];
        for (int j = 0; j < 6; j++)
            e.scale[j] = 1 / x[j];
        leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
        check_ok(leie_linsys_solve(sys, true, 1, m, m, NULL, &err), &err); // in place
        for (int j = 0; j < 6; j++)
            check_close(m[j], backward[j], 0, 6e-5);
        leie_linsys_free(sys);
        linsys_example_free(&e);
    }
}

/* ---- a reproducible synthetic table with known answers ---- */

static double stream(uint64_t k)
{
    uint64_t z = 20240601u + (k + 1) * 0x9E3779B97F4A7C15u; // splitmix64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void synthetic(linsys_example *e, leie_size regions, leie_size sectors, double low, double span, double boost)
{
    leie_size sizes[64];
    for (leie_size r = 0; r < regions; r++)
        sizes[r] = sectors;
    linsys_example_new(e, sizes, regions);
    uint64_t n = (uint64_t)e->n;
    for (leie_size i = 0; i < e->n; i++)
        for (leie_size j = 0; j < e->n; j++) {
            uint64_t m = (uint64_t)i * n + (uint64_t)j;
            double q = stream(2 * m + 1);
            if (stream(2 * m) < 0.32)
                *linsys_cell(e, i, j) = (q * q) * (q * q) * (i / sectors == j / sectors ? boost : 1);
        }
    for (leie_size j = 0; j < e->n; j++) {
        double sum = 0;
        for (leie_size i = 0; i < e->n; i++)
            sum += *linsys_cell(e, i, j);
        e->scale[j] = (low + span * stream(2 * n * n + (uint64_t)j)) / sum;
    }
}

static void check_synthetic(leie_size regions, leie_size sectors, double low, double span, double boost,
                            double sum_x, double x_first, double x_last, double s_x)
{
    linsys_example e;
    leie_error err = {0};
    synthetic(&e, regions, sectors, low, span, boost);
    uint64_t n = (uint64_t)e.n;
    double *y = leie_new(4 * e.n, sizeof *y), *s = y + n, *x = s + n, *lambda = x + n;
    for (uint64_t i = 0; i < n; i++) {
        y[i] = stream(2 * n * n + n + i);
        s[i] = stream(2 * n * n + 2 * n + i);
    }
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
        for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++) {
            leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
            check_ok(leie_linsys_solve(sys, false, 1, x, y, NULL, &err), &err);
            check_ok(leie_linsys_solve(sys, true, 1, lambda, s, NULL, &err), &err);
            double sum = 0, sx = 0, ly = 0;
            for (uint64_t i = 0; i < n; i++) {
                sum += x[i];
                sx += s[i] * x[i];
                ly += lambda[i] * y[i];
            }
            check_near(sum, sum_x, 1e-9);
            check_near(x[0], x_first, 1e-9);
            check_near(x[n - 1], x_last, 1e-9);
            check_near(sx, s_x, 1e-9);
            check_near(ly, sx, 1e-11); // s (I - A)^-1 y both ways
            check_true(leie_linsys_state(sys)->converged && !leie_linsys_state(sys)->fell_back);
            leie_linsys_free(sys);
        }
        if (form == LEIE_DENSE)
            linsys_example_sparse(&e);
    }
    leie_free(y);
    linsys_example_free(&e);
}

static void test_synthetic(void)
{
    check_synthetic(3, 7, 0.35, 0.4, 20, 22.764866656568433, 0.8225639997863314, 0.33759106583250253,
                    12.024663951652473);
    check_synthetic(6, 50, 0.6, 0.35, 250, 670.3729886816914, 3.3372524208972902, 1.7721671080806192,
                    323.07988839706786);
}

/* ---- back ends against each other ---- */

/* Same bytes with one thread and with 2, 3 and 7: x [n, k] is what the threads of the test made of b. */
static void check_threads(linsys_example *e, leie_solver method, bool transposed, leie_size k, const double *x, const double *b)
{
    static const int threads[] = {1, 2, 3, 7};
    int before = leie_threads();
    double *again = leie_new(e->n * k, sizeof *again);
    for (int t = 0; t < 4; t++) {
        leie_error err = {0};
        leie_threads_set(threads[t]);
        leie_linsys *sys = linsys_example_setup(e, method);
        check_ok(leie_linsys_solve(sys, transposed, k, again, b, NULL, &err), &err);
        check_true(memcmp(again, x, (size_t)(e->n * k) * sizeof *x) == 0);
        leie_linsys_free(sys);
    }
    leie_threads_set(before);
    leie_free(again);
}

/* All back ends on one example: residuals by the reference, solutions against dense LU, any number of threads. */
static void compare_backends(linsys_example *e, uint64_t *seed, double tolerance, const char *what)
{
    leie_size k = 37, count = e->n * k;
    double *b = linsys_random_array(count, seed), *first = leie_new(count, sizeof *first), *x = leie_new(count, sizeof *x);
    for (leie_size i = 0; i < e->n; i++)
        b[i * k + 5] = 0; // a right-hand side without demand
    for (int transposed = 0; transposed < 2; transposed++)
        for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++) {
            double residual[37], worst = 0, size = 1e-300;
            leie_error err = {0};
            char text[512];
            leie_linsys *sys = linsys_example_setup(e, (leie_solver)method);
            if (!sys)
                continue;
            check_ok(leie_linsys_solve(sys, transposed, k, x, b, residual, &err), &err);
            if (method == LEIE_SOLVER_LU)
                memcpy(first, x, (size_t)count * sizeof *x);
            for (leie_size t = 0; t < count; t++) {
                worst = fmax(worst, fabs(x[t] - first[t]));
                size = fmax(size, fabs(first[t]));
            }
            snprintf(text, sizeof text, "%s, %s%s: differs by %.2e of %.2e, residual %.1e %s", what,
                     leie_solver_name((leie_solver)method), transposed ? " transposed" : "", worst, size,
                     leie_linsys_state(sys)->residual, leie_linsys_state(sys)->message);
            check_true_at(worst <= tolerance * size, text, __FILE__, __LINE__);
            check_true_at(leie_linsys_state(sys)->converged, text, __FILE__, __LINE__);
            check_close(linsys_true_residual(e, transposed, k, x, b, 11), residual[11], 0, 1e-14);
            check_true(residual[5] == 0 && x[5] == 0);
            leie_linsys_free(sys);
            check_threads(e, (leie_solver)method, transposed, k, x, b);
        }
    leie_free(b);
    leie_free(first);
    leie_free(x);
}

static void test_backends_agree(void)
{
    static const leie_size unequal[] = {30, 1, 17, 64, 5, 1, 22};
    uint64_t seed = 42;
    for (int round = 0; round < 2 * check_effort(); round++) {
        linsys_example e;
        linsys_example_random(&e, unequal, 7, round % 2 ? 0.05 : 0.5, 0.2, 0.9, &seed);
        if (round % 2)
            linsys_example_sparse(&e);
        compare_backends(&e, &seed, 1e-11, round % 2 ? "sparse table" : "dense table");
        linsys_example_free(&e);
    }
    leie_size many[40];
    for (int r = 0; r < 40; r++)
        many[r] = 1 + r % 9;
    linsys_example e;
    linsys_example_random(&e, many, 40, 0.3, 0.3, 0.8, &seed);
    compare_backends(&e, &seed, 1e-11, "forty regions");
    linsys_example_free(&e);
}

/* r = b - M x. */
static void difference(double *r, const linsys_example *e, bool transposed, leie_size k, const double *x, const double *b)
{
    leie_matrix_product_ref(r, &e->Z, transposed, e->scale, k, x);
    for (leie_size t = 0; t < e->n * k; t++)
        r[t] += b[t] - x[t];
}

/* Solves from a start at a distance from the solution; returns the sweeps less those from nothing. */
static leie_size solve_near(const linsys_example *e, bool transposed, double tolerance, bool known, double distance, uint64_t *seed)
{
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .tolerance = tolerance};
    leie_size k = 5, count = e->n * k;
    double *b = linsys_random_array(count, seed), *first = leie_new(count, sizeof *first), *near = leie_new(count, sizeof *near);
    double *x = leie_new(count, sizeof *x), *r = leie_new(count, sizeof *r);
    leie_error err = {0};
    leie_linsys *sys = NULL;
    check_ok(leie_linsys_setup(&sys, &e->Z, e->scale, &e->axis, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, transposed, k, first, b, NULL, &err), &err);
    leie_size sweeps = leie_linsys_state(sys)->iterations;
    for (leie_size t = 0; t < count; t++)
        near[t] = t % k == 2 ? first[t] : first[t] + distance * (check_random(seed) - 0.5); // one is there already
    difference(r, e, transposed, k, near, b);
    for (leie_size t = 0; t < count; t++)
        r[t] *= 1 + 1e-9 * check_random(seed); // a little off
    const leie_start start = {near, known ? r : NULL};
    check_ok(leie_linsys_solve_from(sys, transposed, k, x, b, &start, NULL, &err), &err);
    check_true(leie_linsys_state(sys)->converged && !leie_linsys_state(sys)->fell_back);
    for (leie_size c = 0; c < k; c++)
        check_true(linsys_true_residual(e, transposed, k, x, b, c) <= tolerance);
    for (leie_size t = 0; t < count; t++)
        check_close(x[t], first[t], 0, 1e4 * tolerance);
    sweeps = leie_linsys_state(sys)->iterations - sweeps;
    leie_linsys_free(sys);
    leie_free(b);
    leie_free(first);
    leie_free(near);
    leie_free(x);
    leie_free(r);
    return sweeps;
}

/* Residuals that may be bounds are never less than the true ones, whatever holds most of the right-hand sides; returns how many
 * differ from those of a solve that forms them all. */
static int solve_bounded(const linsys_example *e, bool transposed, double tolerance, double head, uint64_t *seed)
{
    enum { K = 5 };
    leie_size count = e->n * K;
    double *b = linsys_random_array(count, seed), *x = leie_new(count, sizeof *x), residual[2][K];
    int bounds = 0;
    for (leie_size t = 0; t < count; t++)
        b[t] *= e->axis.of[t / K] == 2 ? head : 1;
    for (int bounded = 1; bounded >= 0; bounded--) {
        const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .tolerance = tolerance, .bounds = bounded != 0};
        leie_error err = {0};
        leie_linsys *sys = NULL;
        check_ok(leie_linsys_setup(&sys, &e->Z, e->scale, &e->axis, &opts, &err), &err);
        check_ok(leie_linsys_solve(sys, transposed, K, x, b, residual[bounded], &err), &err);
        check_true(leie_linsys_state(sys)->converged);
        for (leie_size c = 0; c < K; c++) {
            double truth = linsys_true_residual(e, transposed, K, x, b, c);
            check_true(residual[bounded][c] <= tolerance && (!bounded || truth <= residual[1][c] + 1e-15));
            bounds += !bounded && residual[1][c] != residual[0][c] && residual[1][c] > 10 * truth;
        }
        leie_linsys_free(sys);
    }
    leie_free(b);
    leie_free(x);
    return bounds;
}

static void test_bounds(void)
{
    static const leie_size sizes[] = {40, 31, 25, 44, 7, 60};
    uint64_t seed = 16;
    linsys_example e;
    int bounds = 0;
    linsys_example_random(&e, sizes, 6, 0.4, 0.4, 0.8, &seed);
    for (int transposed = 0; transposed < 2; transposed++)
        for (double tolerance = 1e-12; tolerance < 1e-8; tolerance *= 10)
            for (double head = 1; head < 1e3; head *= 30)
                bounds += solve_bounded(&e, transposed != 0, tolerance, head, &seed);
    check_true(bounds > 0);
    linsys_example_free(&e);
}

/* What f32 does not see of a residual is in its bound: A and b are rounded without f32 noticing. Many sectors take from
 * two that cancel, b = (1, -1, 0, ...); half a last place of A, and a third of b, is lost in each. */
static void test_bounds_of_rounding(void)
{
    enum { PARTS = 50, N = 1600 };
    leie_size sizes[PARTS];
    leie_error err = {0};
    double *b = leie_new(N, sizeof *b), *x = leie_new(N, sizeof *x), residual;
    for (int p = 0; p < PARTS; p++)
        sizes[p] = N / PARTS;
    for (int sort = 0; sort < 4; sort++) {
        bool transposed = sort % 2 != 0, of_A = sort / 2 != 0;
        const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .tolerance = 1e-4, .bounds = true};
        linsys_example e;
        leie_linsys *sys = NULL;
        linsys_example_new(&e, sizes, PARTS);
        for (leie_size i = N / PARTS; i < N; i++)
            for (leie_size j = 0; j < 2; j++)
                *linsys_cell(&e, transposed ? j : i, transposed ? i : j) = of_A ? 0.75 + (j == 0 ? 0.49 * 0x1p-24 : 0) : 0x1p-20;
        for (leie_size i = 0; i < N; i++)
            b[i] = of_A ? (i == 0) - (i == 1) : 1 - 0x1p-24 / 3;
        check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
        check_ok(leie_linsys_solve(sys, transposed, 1, x, b, &residual, &err), &err);
        double truth = linsys_true_residual(&e, transposed, 1, x, b, 0);
        check_true(truth > 1e-9 && truth <= residual && residual <= 1e-4);
        leie_linsys_free(sys);
        linsys_example_free(&e);
    }
    leie_free(b);
    leie_free(x);
}

/* Across the store of the other direction no residual is a bound. */
static void test_bounds_across(void)
{
    static const leie_size sizes[] = {40, 31, 25, 44, 7, 60};
    uint64_t seed = 17;
    linsys_example e;
    linsys_example_random(&e, sizes, 6, 0.4, 0.4, 0.8, &seed);
    double *b = linsys_random_array(e.n, &seed), *x = leie_new(e.n, sizeof *x), residual[2];
    for (int transposed = 0; transposed < 2; transposed++) {
        for (int bounded = 0; bounded < 2; bounded++) {
            const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .tolerance = 1e-10, .bounds = bounded != 0,
                                           .plain = transposed ? 1000 : 0, .transposed = transposed ? 0 : 1000};
            leie_error err = {0};
            leie_linsys *sys = NULL;
            check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
            check_ok(leie_linsys_solve(sys, transposed != 0, 1, x, b, &residual[bounded], &err), &err);
            leie_linsys_free(sys);
        }
        check_true(residual[0] == residual[1]);
    }
    leie_free(b);
    leie_free(x);
    linsys_example_free(&e);
}

/* From a start near the solution and far from it; with its residual and without. */
static void test_start(void)
{
    static const leie_size sizes[] = {40, 31, 25, 44, 7, 60};
    uint64_t seed = 15;
    linsys_example e;
    linsys_example_random(&e, sizes, 6, 0.4, 0.4, 0.8, &seed);
    for (int transposed = 0; transposed < 2; transposed++)
        for (int known = 0; known < 2; known++) {
            check_true(solve_near(&e, transposed, 1e-8, known, 1e-3, &seed) < 0);
            check_true(solve_near(&e, transposed, 1e-12, known, 1e-3, &seed) < !known); // without r not used there
            solve_near(&e, transposed, 1e-8, known, 1e7, &seed);
            solve_near(&e, transposed, 1e-12, known, 1e7, &seed);
        }
    linsys_example_free(&e);
}

/* What the iteration treats apart: parts too wide for positions of 8 bits, regions of one sector joined into
 * parts, a memory limit that leaves room for the store of one direction only, or for one without low parts. */
static void test_parts(void)
{
    static const leie_size wide[] = {270, 1, 40, 9};
    leie_size single[300];
    uint64_t seed = 61;
    linsys_example e;
    linsys_example_random(&e, wide, 4, 0.3, 0.3, 0.8, &seed);
    compare_backends(&e, &seed, 1e-11, "a wide region");
    leie_error err = {0};
    leie_plan plan;
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 20, 20, NULL, &err), &err);
    leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .memory_limit = plan.candidate[LEIE_SOLVER_BLOCK - 1].bytes};
    leie_size k = 20;
    double *b = linsys_random_array(e.n * k, &seed), *x = leie_new(e.n * k, sizeof *x);
    leie_linsys *sys = NULL;
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    for (int transposed = 1; transposed >= 0; transposed--) {
        check_ok(leie_linsys_solve(sys, transposed, k, x, b, NULL, &err), &err);
        check_true(leie_linsys_state(sys)->converged && !leie_linsys_state(sys)->fell_back);
        check_true(linsys_true_residual(&e, transposed, k, x, b, 19) <= 1e-12);
    }
    check_true(leie_linsys_state(sys)->bytes <= opts.memory_limit);
    leie_linsys_free(sys);

    opts.memory_limit--; // room for the store without low parts: residuals from Z
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    check_true(leie_linsys_state(sys)->bytes < opts.memory_limit);
    check_ok(leie_linsys_solve(sys, true, k, x, b, NULL, &err), &err);
    check_true(leie_linsys_state(sys)->converged && linsys_true_residual(&e, true, k, x, b, 19) <= 1e-12);
    leie_linsys_free(sys);
    leie_free(b);
    leie_free(x);
    linsys_example_free(&e);

    for (int r = 0; r < 300; r++)
        single[r] = 1;
    linsys_example_random(&e, single, 300, 0.3, 0.3, 0.7, &seed);
    linsys_example_sparse(&e);
    compare_backends(&e, &seed, 1e-11, "regions of one sector");
    linsys_example_free(&e);
}

static void test_nasty(void)
{
    static const leie_size sizes[] = {8, 1, 12, 6};
    uint64_t seed = 7;
    linsys_example e;

    linsys_example_random(&e, sizes, 4, 0.6, 0.9, 1.15, &seed); // column sums about one
    compare_backends(&e, &seed, 1e-8, "column sums at and above one");
    linsys_example_free(&e);

    linsys_example_random(&e, sizes, 4, 0.6, 0.2, 0.8, &seed);
    for (leie_size t = 0; t < e.n; t++) {
        *linsys_cell(&e, 3, t) = 0;  // a sector that sells to no one
        *linsys_cell(&e, t, 10) = 0; // one that buys nothing
        *linsys_cell(&e, 8, t) = *linsys_cell(&e, t, 8) = 0; // a region of one sector without any trade
    }
    e.scale[8] = e.scale[20] = 0; // zero output; the second still shows purchases
    compare_backends(&e, &seed, 1e-11, "zero rows, columns and output");
    linsys_example_sparse(&e);
    compare_backends(&e, &seed, 1e-11, "the same, sparse");
    linsys_example_free(&e);

    linsys_example_random(&e, sizes, 4, 0.6, 0.2, 0.8, &seed);
    for (leie_size i = 0; i < e.n; i++) // units: sector i counted in grams, tonnes or millions of tonnes
        for (leie_size j = 0; j < e.n; j++)
            *linsys_cell(&e, i, j) *= pow(1e6, (double)(i % 3 - 1));
    for (leie_size j = 0; j < e.n; j++)
        e.scale[j] *= pow(1e6, -(double)(j % 3 - 1));
    compare_backends(&e, &seed, 1e-8, "units apart by 1e12");
    linsys_example_free(&e);

    linsys_example_random(&e, sizes, 4, 0.6, 0.2, 0.8, &seed);
    for (leie_size i = 0; i < e.n; i++)
        for (leie_size j = 0; j < e.n; j++)
            if ((e.axis.of[i] == 2) != (e.axis.of[j] == 2))
                *linsys_cell(&e, i, j) = 0;
    compare_backends(&e, &seed, 1e-11, "a region without trade");
    linsys_example_free(&e);

    linsys_example_random(&e, sizes, 4, 0.6, 0.2, 0.8, &seed);
    for (leie_size i = 9; i < 21; i++) // region R2 uses all but a millionth of its output, and sells little
        for (leie_size j = 9; j < 21; j++)
            *linsys_cell(&e, i, j) += i == (j - 9 + 1) % 12 + 9 ? 3 / e.scale[j] : 0;
    for (leie_size j = 9; j < 21; j++) {
        double sum = 0;
        for (leie_size i = 0; i < e.n; i++)
            sum += *linsys_cell(&e, i, j);
        for (leie_size i = 0; i < e.n; i++)
            *linsys_cell(&e, i, j) *= (1 - 1e-6) / (sum * e.scale[j]);
    }
    compare_backends(&e, &seed, 1e-7, "a block that is nearly singular");
    linsys_example_sparse(&e);
    compare_backends(&e, &seed, 1e-7, "the same, sparse");
    linsys_example_free(&e);
}

/* ---- same bytes ---- */

static void check_same_bytes(const leie_size *sizes, leie_size regions, uint64_t *seed)
{
    static const int threads[] = {1, 2, 3, 7};
    int before = leie_threads();
    linsys_example e;
    linsys_example_random(&e, sizes, regions, 0.4, 0.3, 0.9, seed);
    leie_size k = 40, count = e.n * k;
    double *b = linsys_random_array(count, seed), *x = leie_new(count, sizeof *x), *first = leie_new(count, sizeof *x);
    for (int form = LEIE_DENSE; form <= LEIE_SPARSE; form++) {
        for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++)
            for (int transposed = 0; transposed < 2; transposed++)
                for (int t = 0; t < 4; t++) {
                    leie_error err = {0};
                    leie_threads_set(threads[t]);
                    leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
                    check_ok(leie_linsys_solve(sys, transposed, k, t ? x : first, b, NULL, &err), &err);
                    check_true(t == 0 || memcmp(x, first, (size_t)count * sizeof *x) == 0);
                    leie_linsys_free(sys);
                }
        if (form == LEIE_DENSE)
            linsys_example_sparse(&e);
    }
    leie_threads_set(before);
    leie_free(b);
    leie_free(x);
    leie_free(first);
    linsys_example_free(&e);
}

static void test_same_bytes(void)
{
    static const leie_size few[] = {90, 1, 70, 130, 45};
    leie_size many[18];
    uint64_t seed = 31;
    check_same_bytes(few, 5, &seed);
    for (int r = 0; r < 18; r++)
        many[r] = 12 + r;
    check_same_bytes(many, 18, &seed); // in groups
}

/* ---- back ends by themselves ---- */

/* Rows of the Hilbert matrix make I - A too bad for f32 factors and still good for f64 ones. */
static void test_mixed(void)
{
    static const leie_size one[] = {7};
    linsys_example e;
    leie_error err = {0};
    uint64_t seed = 91;
    linsys_example_new(&e, one, 1);
    for (leie_size i = 0; i < e.n; i++)
        for (leie_size j = 0; j < e.n; j++)
            *linsys_cell(&e, i, j) = (i == j) - 1 / (double)(i + j + 1);
    double *b = linsys_random_array(e.n * 2, &seed), *x = leie_new(e.n * 2, sizeof *x);
    leie_linsys *sys = linsys_example_setup(&e, LEIE_SOLVER_MIXED);
    check_ok(leie_linsys_solve(sys, false, 2, x, b, NULL, &err), &err);
    const leie_linsys_info *info = leie_linsys_state(sys);
    check_true(info->fell_back && info->converged);
    check_has(info->message, "mixed LU stalled at a residual of ");
    check_has(info->message, "dense LU took over");
    check_true(linsys_true_residual(&e, false, 2, x, b, 1) <= 1e-12);
    leie_linsys_free(sys);

    leie_plan plan; // half of what f64 factors take
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 2, 0, NULL, &err), &err);
    leie_free(b);
    leie_free(x);
    linsys_example_free(&e);
    static const leie_size large[] = {600};
    linsys_example_random(&e, large, 1, 0.5, 0.3, 0.9, &seed);
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 2, 0, NULL, &err), &err);
    check_true(plan.candidate[LEIE_SOLVER_MIXED - 1].bytes < plan.candidate[LEIE_SOLVER_LU - 1].bytes - 600 * 600 * 3);
    b = linsys_random_array(e.n, &seed);
    sys = linsys_example_setup(&e, LEIE_SOLVER_MIXED);
    check_ok(leie_linsys_solve(sys, true, 1, b, b, NULL, &err), &err);
    check_true(leie_linsys_state(sys)->iterations >= 1 && leie_linsys_state(sys)->iterations <= 3);
    leie_linsys_free(sys);
    leie_free(b);
    linsys_example_free(&e);
}

/* Blocks of sectors that need each other, fed by earlier blocks: what KLU makes of a table in any order. */
static void test_klu(void)
{
    static const leie_size one[] = {400};
    enum { BLOCK = 40 };
    linsys_example e;
    leie_error err = {0};
    uint64_t seed = 97;
    linsys_example_new(&e, one, 1);
    for (leie_size t = 0; t < 900; t++) { // sector i of block i / BLOCK stands at 7 i mod 400
        leie_size i = (leie_size)(check_random(&seed) * 400), j = (leie_size)(check_random(&seed) * 400);
        if (i / BLOCK <= j / BLOCK)
            *linsys_cell(&e, 7 * i % 400, 7 * j % 400) = 0.05 * check_random(&seed);
    }
    for (leie_size i = 0; i < e.n; i++) { // a ring in each block
        leie_size j = i / BLOCK * BLOCK + (i + 1) % BLOCK;
        *linsys_cell(&e, 7 * i % 400, 7 * j % 400) = 0.3 + 0.2 * check_random(&seed);
    }
    linsys_example_sparse(&e);
    compare_backends(&e, &seed, 1e-11, "block triangular");
    leie_plan plan;
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 5, 5, NULL, &err), &err);
    check_size(plan.solver, LEIE_SOLVER_KLU);
    check_has(plan.candidate[LEIE_SOLVER_KLU - 1].why, "10 blocks of sectors that need each other, the largest of 40");
    check_true(plan.candidate[LEIE_SOLVER_KLU - 1].bytes < plan.candidate[LEIE_SOLVER_SPARSE - 1].bytes);
    linsys_example_free(&e);

    linsys_example_random(&e, one, 1, 0.02, 0.3, 0.8, &seed); // everybody needs everybody
    linsys_example_sparse(&e);
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 5, 5, NULL, &err), &err);
    check_true(!plan.candidate[LEIE_SOLVER_KLU - 1].possible);
    linsys_example_free(&e);
}

/* |I - A|_1 |(I - A)^-1|_1 of the table of Miller and Blair by hand; of random ones against the inverse. */
static void test_condition(void)
{
    static const leie_size two[] = {2}, sizes[] = {20, 1, 30};
    static const double A[] = {0.15, 0.25, 0.2, 0.05};
    uint64_t seed = 101;
    leie_error err = {0};
    linsys_example e;
    for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++) {
        linsys_example_new(&e, two, 1);
        for (int t = 0; t < 4; t++)
            *linsys_cell(&e, t / 2, t % 2) = A[t];
        leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
        check_near(leie_linsys_state(sys)->condition.number, 0, 0);
        check_ok(leie_linsys_condition(sys, &err), &err);
        const leie_linsys_info *info = leie_linsys_state(sys);
        check_near(info->condition.norm, 1.2, 1e-14);
        check_near(info->condition.inverse, 1.2541254125412541 + 0.2640264026402640, 1e-12);
        check_near(info->condition.number, 1.2 * info->condition.inverse, 1e-14);
        check_size(info->right_hand_sides, 0);
        check_true(info->residual == 0);
        leie_linsys_free(sys);
        linsys_example_free(&e);
    }
    for (int round = 0; round < 4 * check_effort(); round++) {
        linsys_example_random(&e, sizes, 3, 0.4, 0.5, round % 2 ? 1.3 : 0.95, &seed);
        for (leie_size i = 0; round % 2 && i < e.n; i++) // signs as after a change of prices
            *linsys_cell(&e, i, (i * 7) % e.n) *= -1;
        leie_linsys *sys = linsys_example_setup(&e, LEIE_SOLVER_LU);
        double *L = leie_new(e.n * e.n, sizeof *L), norm = 0;
        for (leie_size i = 0; i < e.n; i++)
            L[i * e.n + i] = 1;
        check_ok(leie_linsys_solve(sys, false, e.n, L, L, NULL, &err), &err);
        for (leie_size j = 0; j < e.n; j++) {
            double sum = 0;
            for (leie_size i = 0; i < e.n; i++)
                sum += fabs(L[i * e.n + j]);
            norm = fmax(norm, sum);
        }
        check_ok(leie_linsys_condition(sys, &err), &err);
        double found = leie_linsys_state(sys)->condition.inverse;
        check_true(found <= norm * (1 + 1e-9) && found >= norm / 3);
        if (round % 2 == 0) // no negative cell: the first walk ends at the truth
            check_near(found, norm, 1e-9);
        leie_free(L);
        leie_linsys_free(sys);
        linsys_example_free(&e);
    }
    // (I - A)^-1 = diag(2, 1, 1) + 50 v v', v = (0, 1, -1): the walk ends at the first column, the alternating vector sees more
    linsys_example_new(&e, (leie_size[]){3}, 1);
    *linsys_cell(&e, 0, 0) = 0.5;
    for (int t = 0; t < 4; t++)
        *linsys_cell(&e, 1 + t / 2, 1 + t % 2) = (t == 0 || t == 3 ? 50.0 : -50.0) / 101;
    leie_linsys *sys = linsys_example_setup(&e, LEIE_SOLVER_LU);
    check_ok(leie_linsys_condition(sys, &err), &err);
    check_near(leie_linsys_state(sys)->condition.inverse, 2 * (2 + 3.5 + 7 * 50) / 9, 1e-10); // of 101
    leie_linsys_free(sys);
    linsys_example_free(&e);
}

/* ---- the plan ---- */

/* An empty table of the given regions: the plan looks at sizes alone. */
static leie_solver planned(leie_size regions, leie_size sectors, double density, leie_size k, leie_size limit)
{
    leie_error err = {0};
    leie_size n = regions * sectors, row = (leie_size)(density * (double)n);
    leie_matrix Z = {.form = LEIE_SPARSE, .rows = n, .cols = n};
    leie_axis axis = {.n = n, .region = {.n = regions}};
    leie_plan plan;
    check_ok(leie_csr_new(&Z.csr, n, n, n * row, &err), &err);
    axis.first = leie_new(regions + 1, sizeof *axis.first);
    for (leie_size r = 0; r <= regions; r++)
        axis.first[r] = r * sectors;
    for (leie_size t = 0; t < n * row; t++) {
        Z.csr.col[t] = (leie_index)(t % row);
        Z.csr.val[t] = 1;
    }
    for (leie_size i = 0; i <= n; i++)
        Z.csr.row[i] = i * row;
    leie_linsys_opts opts = {.memory_limit = limit};
    leie_status st = leie_plan_make(&plan, &Z, &axis, k, k, &opts, &err);
    leie_matrix_free(&Z);
    leie_free(axis.first);
    if (st)
        return LEIE_SOLVER_AUTO;
    check_has(plan.why, leie_solver_name(plan.solver));
    check_has(plan.why, "bytes beside Z");
    check_has(plan.why, "s on one thread");
    const leie_candidate *chosen = &plan.candidate[plan.solver - 1];
    for (int c = 0; c < LEIE_SOLVERS - 1; c++)
        if (plan.candidate[c].possible && plan.candidate[c].fits)
            check_true(chosen->cost <= plan.candidate[c].cost);
    check_true(chosen->cost > 0 && chosen->seconds <= chosen->cost);
    return plan.solver;
}

static void test_plan(void)
{
    check_size(planned(41, 35, 0.2, 45, 0), LEIE_SOLVER_BLOCK); // WIOD
    check_size(planned(16, 40, 0.6, 14, 0), LEIE_SOLVER_LU);    // an iteration does not pay for small ones
    check_size(planned(1, 64, 0.6, 10, 0), LEIE_SOLVER_LU);
    check_size(planned(50, 100, 0.1, 5, 0), LEIE_SOLVER_BLOCK); // large, few right-hand sides
    check_size(planned(30, 100, 0.9, 3000, 0), LEIE_SOLVER_LU); // dense, and many
    check_size(planned(30, 100, 0.9, 3000, 70000000), LEIE_SOLVER_MIXED); // that do not fit as LU in f64
    check_size(planned(1, 8000, 0.05, 20, 0), LEIE_SOLVER_MIXED); // dense, few, and one region
    check_size(planned(30, 100, 0.2, 40, 40000000), LEIE_SOLVER_BLOCK); // nor in f32
    check_size(planned(1, 3000, 0.001, 5, 0), LEIE_SOLVER_KLU); // three sectors sell to all, the others to no one
}

CHECK_SUITE(linsys, {"Miller and Blair", test_miller_blair, NULL}, {"Germany 1995", test_germany, NULL},
            {"synthetic table", test_synthetic, NULL}, {"back ends agree", test_backends_agree, NULL},
            {"parts", test_parts, NULL}, {"from a start", test_start, NULL}, {"bounds", test_bounds, NULL},
            {"bounds of rounding", test_bounds_of_rounding, NULL}, {"bounds across", test_bounds_across, NULL},
            {"nasty systems", test_nasty, NULL}, {"same bytes", test_same_bytes, NULL},
            {"mixed LU", test_mixed, NULL}, {"block triangular", test_klu, NULL}, {"condition", test_condition, NULL},
            {"plan", test_plan, NULL})
