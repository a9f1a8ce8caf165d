// SPDX-License-Identifier: GPL-3.0-or-later
/* Systems that a back end cannot solve: another takes over, or the reason is named. */
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys.h"
#include "tests/check.h"
#include "tests/linsys_examples.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- the iteration when it does not work ---- */

/* Regions that almost only buy from each other, with column sums far above one: the iteration diverges. */
static void divergent_example(linsys_example *e, const leie_size *sizes, double density, uint64_t *seed)
{
    linsys_example_random(e, sizes, 3, density, 3.2, 3.4, seed);
    for (leie_size i = 0; i < e->n; i++)
        for (leie_size j = 0; j < e->n; j++)
            if (e->axis.of[i] == e->axis.of[j])
                *linsys_cell(e, i, j) *= 0.01;
            else
                *linsys_cell(e, i, j) *= 100 * (check_random(seed) - 0.5);
}

/* Where dense LU is more than the limit allows, the best iterate stays, and the message says so. */
static void test_no_room_to_fall(void)
{
    static const leie_size sizes[] = {200, 200, 200};
    uint64_t seed = 78;
    linsys_example e;
    leie_error err = {0};
    leie_linsys *sys = NULL;
    leie_plan plan;
    divergent_example(&e, sizes, 0.1, &seed);
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 2, 0, NULL, &err), &err);
    leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .memory_limit = plan.candidate[LEIE_SOLVER_BLOCK - 1].bytes};
    check_true(opts.memory_limit < plan.candidate[LEIE_SOLVER_LU - 1].bytes);
    double *b = linsys_random_array(e.n * 2, &seed), *x = leie_new(e.n * 2, sizeof *x);
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, false, 2, x, b, NULL, &err), &err);
    check_true(!leie_linsys_state(sys)->fell_back && !leie_linsys_state(sys)->converged);
    check_has(leie_linsys_state(sys)->message, "dense LU would take");
    leie_linsys_free(sys);
    leie_free(b);
    leie_free(x);
    linsys_example_free(&e);
}

/* Dense LU takes over. */
static void test_fall_back(void)
{
    static const leie_size sizes[] = {25, 25, 25};
    uint64_t seed = 77;
    linsys_example e;
    divergent_example(&e, sizes, 0.7, &seed);
    double *b = linsys_random_array(e.n * 2, &seed), *x = leie_new(e.n * 2, sizeof *x);
    leie_error err = {0};
    leie_linsys *sys = linsys_example_setup(&e, LEIE_SOLVER_BLOCK);
    check_ok(leie_linsys_solve(sys, false, 2, x, b, NULL, &err), &err);
    const leie_linsys_info *info = leie_linsys_state(sys);
    check_true(info->fell_back && info->converged);
    check_size(info->solver, LEIE_SOLVER_BLOCK);
    check_has(info->message, "dense LU took over");
    check_true(linsys_true_residual(&e, false, 2, x, b, 1) <= 1e-12);
    check_ok(leie_linsys_solve(sys, true, 2, x, b, NULL, &err), &err);
    check_true(linsys_true_residual(&e, true, 2, x, b, 0) <= 1e-12);
    leie_linsys_free(sys);

    leie_plan plan;
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 2, 0, NULL, &err), &err);
    leie_size need = plan.candidate[LEIE_SOLVER_BLOCK - 1].bytes;
    check_true(need > plan.candidate[LEIE_SOLVER_LU - 1].bytes); // so a limit cannot part them here
    leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK, .max_iterations = 3};
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &opts, &err), &err);
    check_ok(leie_linsys_solve(sys, false, 2, x, b, NULL, &err), &err);
    info = leie_linsys_state(sys);
    check_true(!info->converged && !info->fell_back && info->residual > 1e-12);
    check_size(info->iterations, 3);
    check_has(info->message, "3 sweeps were not enough");
    check_status(leie_linsys_condition(sys, &err), LEIE_ERR_CONVERGE, &err);
    err = (leie_error){0};
    for (int transposed = 0; transposed < 2; transposed++) { // residuals that are not just rounding
        double residual[2];
        check_ok(leie_linsys_solve(sys, transposed, 2, x, b, residual, &err), &err);
        check_near(residual[1], linsys_true_residual(&e, transposed, 2, x, b, 1), 1e-9);
    }
    leie_linsys_free(sys);
    leie_free(b);
    leie_free(x);
    linsys_example_free(&e);
}

/* A region whose own purchases use up all it makes, but which also imports what keeps the world regular:
 * its domestic block has no inverse, the system has one. */
static void test_singular_domestic_block(void)
{
    static const leie_size sizes[] = {2, 2};
    static const double A[4][4] = {{0.5, 0.5, 0.1, 0}, {0.5, 0.5, 0, 0.1}, {0.2, 0.1, 0.3, 0.1}, {0, 0.1, 0.2, 0.2}};
    linsys_example e;
    linsys_example_new(&e, sizes, 2);
    for (int t = 0; t < 16; t++)
        *linsys_cell(&e, t / 4, t % 4) = A[t / 4][t % 4];
    double b[] = {1, 2, 3, 4}, x[4];
    leie_error err = {0};
    leie_linsys *sys = linsys_example_setup(&e, LEIE_SOLVER_BLOCK);
    check_ok(leie_linsys_solve(sys, false, 1, x, b, NULL, &err), &err);
    check_true(linsys_true_residual(&e, false, 1, x, b, 0) <= 1e-12);
    check_true(leie_linsys_state(sys)->fell_back);
    check_has(leie_linsys_state(sys)->message, "domestic block of region 'R0' has no inverse");
    leie_linsys_free(sys);
    linsys_example_free(&e);
}

/* ---- errors ---- */

static void check_singular(linsys_example *e, const char *piece)
{
    double *b = leie_new(e->n, sizeof *b);
    b[0] = 1;
    for (int method = LEIE_SOLVER_LU; method < LEIE_SOLVER_FACTORED; method++) {
        leie_error err = {0};
        leie_linsys *sys = NULL;
        leie_linsys_opts opts = {.method = (leie_solver)method};
        leie_status st = leie_linsys_setup(&sys, &e->Z, e->scale, &e->axis, &opts, &err);
        if (!st) // the iteration finds out while it solves
            st = leie_linsys_solve(sys, false, 1, b, b, NULL, &err);
        check_status(st, LEIE_ERR_SINGULAR, &err);
        check_has(err.text, "I - A is singular: region 'R1', sector '");
        if (method != LEIE_SOLVER_SPARSE && method != LEIE_SOLVER_KLU)
            check_has(err.text, piece);
        leie_linsys_free(sys);
    }
    leie_free(b);
}

static void test_singular(void)
{
    static const leie_size sizes[] = {10, 8, 9};
    uint64_t seed = 19;
    linsys_example e;
    linsys_example_random(&e, sizes, 3, 0.9, 0.3, 0.8, &seed);
    for (leie_size j = 10; j < 18; j++) { // region R1 buys from itself alone and pays for nothing else
        double sum = 0;
        for (leie_size i = 0; i < e.n; i++) {
            *linsys_cell(&e, i, j) = e.axis.of[i] == 1 ? 1 + check_random(&seed) : 0;
            sum += *linsys_cell(&e, i, j);
        }
        e.scale[j] = 1 / sum;
    }
    check_singular(&e, "a block of 8 sectors in 1 region ");
    linsys_example_sparse(&e);
    check_singular(&e, "a block of 8 sectors in 1 region ");
    linsys_example_free(&e);

    linsys_example_random(&e, sizes, 3, 0.9, 0.3, 0.8, &seed);
    for (leie_size i = 0; i < e.n; i++)
        *linsys_cell(&e, i, 12) = i == 12 ? 2.385 : 0; // a sector that buys all of its own output
    e.scale[12] = 1 / 2.385;
    check_singular(&e, "sector 'c3' belongs to a block of 1 sector in 1 region ");
    linsys_example_free(&e);
}

static void test_errors(void)
{
    static const leie_size sizes[] = {3, 4}, fewer[] = {3, 3};
    uint64_t seed = 23;
    linsys_example e, other;
    leie_linsys *sys = NULL;
    leie_error err = {0};
    linsys_example_random(&e, sizes, 2, 0.8, 0.3, 0.6, &seed);
    linsys_example_new(&other, fewer, 2);

    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &other.axis, NULL, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "Z is 7 x 7 and there are 6 sectors");
    check_true(sys == NULL);

    err = (leie_error){0};
    leie_linsys_opts limited = {.method = LEIE_SOLVER_LU, .memory_limit = 100};
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &limited, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "solver 'lu' would take");
    check_has(err.text, "the memory limit is 100; ");

    err = (leie_error){0};
    leie_plan plan;
    check_ok(leie_plan_make(&plan, &e.Z, &e.axis, 3, 3, NULL, &err), &err);
    limited.memory_limit = plan.candidate[LEIE_SOLVER_LU - 1].bytes;
    limited.method = LEIE_SOLVER_BLOCK;
    check_true(limited.memory_limit < plan.candidate[LEIE_SOLVER_BLOCK - 1].bytes);
    check_status(leie_plan_make(&plan, &e.Z, &e.axis, 3, 3, &limited, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "'lu' would take");
    check_has(err.text, " and fits");
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        check_true(plan.candidate[i].seconds >= 0 && isfinite(plan.candidate[i].seconds));
    limited.memory_limit = 100;

    err = (leie_error){0};
    limited.method = LEIE_SOLVER_AUTO;
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &limited, &err), LEIE_ERR_LIMIT, &err);

    err = (leie_error){0}; // nothing fits but blocks that stay in a file
    leie_size many[40];
    linsys_example large;
    for (int r = 0; r < 40; r++)
        many[r] = 10;
    linsys_example_random(&large, many, 40, 0.5, 0.3, 0.6, &seed);
    limited = (leie_linsys_opts){.memory_limit = 1550000};
    check_status(leie_plan_make(&plan, &large.Z, &large.axis, 3, 3, &limited, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "(leie import --layout block) 'block' would take ");
    linsys_example_free(&large);

    err = (leie_error){0};
    leie_linsys_opts wrong = {.method = (leie_solver)17};
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &wrong, &err), LEIE_ERR_USAGE, &err);
    err = (leie_error){0};
    wrong = (leie_linsys_opts){.tolerance = -1};
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, &wrong, &err), LEIE_ERR_USAGE, &err);

    err = (leie_error){0};
    double kept = *linsys_cell(&e, 1, 4);
    *linsys_cell(&e, 1, 4) = NAN;
    check_status(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "region 'R0', sector 'c2' to region 'R1', sector 'c2'");
    *linsys_cell(&e, 1, 4) = kept;

    err = (leie_error){0};
    double b[] = {1, 2, 3, 4, 5, 6, 7, 1, 2, 3, INFINITY, 5, 6, 7}, x[14] = {2.385};
    check_ok(leie_linsys_setup(&sys, &e.Z, e.scale, &e.axis, NULL, &err), &err);
    check_status(leie_linsys_solve(sys, false, 2, x, b, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "right-hand side 1 is inf at region 'R1', sector 'c3'");
    check_near(x[0], 2.385, 0);
    err = (leie_error){0};
    check_ok(leie_linsys_solve(sys, true, 0, x, b, NULL, &err), &err);
    leie_linsys_free(sys);
    check_true(leie_linsys_free(NULL) == NULL);

    check_size(leie_solver_find("block"), LEIE_SOLVER_BLOCK);
    check_text(leie_solver_name(LEIE_SOLVER_SPARSE), "sparse");
    check_true(leie_solver_find("blok") < 0);
    linsys_example_free(&e);
    linsys_example_free(&other);
}

static void test_empty(void)
{
    linsys_example e;
    linsys_example_new(&e, NULL, 0);
    for (int method = LEIE_SOLVER_AUTO; method < LEIE_SOLVER_FACTORED; method++) {
        leie_error err = {0};
        double none = 0;
        leie_linsys *sys = linsys_example_setup(&e, (leie_solver)method);
        check_ok(leie_linsys_solve(sys, false, 3, &none, &none, NULL, &err), &err);
        leie_linsys_free(sys);
    }
    linsys_example_free(&e);
}

CHECK_SUITE(linsys_refused, {"falls back", test_fall_back, NULL}, {"no room to fall", test_no_room_to_fall, NULL}, {"singular domestic block", test_singular_domestic_block, NULL},
            {"singular", test_singular, NULL}, {"errors", test_errors, NULL}, {"empty", test_empty, NULL})
