// SPDX-License-Identifier: GPL-3.0-or-later
/* What the constants of solver/linear/plan.c are on this machine, on one thread as they are meant: each from the phase
 * that it is about. The lines can be copied there; then predicted against measured seconds, goal within 30 %. */
#include <math.h>
#include <stdio.h>

#include "kernels/profile.h"
#include "perf/bench.h"
#include "perf/generate.h"

/* One back end on one table: seconds by phase, and what the plan said. */
typedef struct run {
    leie_profile factor, store, sweep, residual, substitute;
    double rest; // seconds of the solve beside sweeps and residuals
    double seconds, predicted, nonzeros, groups, cubes, n;
    leie_size iterations;
} run;

static run solve(const bench_table *t, leie_solver solver, leie_size k)
{
    leie_error err = {0};
    leie_plan plan;
    leie_linsys *sys = NULL;
    const leie_linsys_opts opts = {.method = solver};
    run r = {.n = (double)t->n, .nonzeros = (double)leie_matrix_nonzeros(&t->Z), .groups = ceil((double)k / 32)};
    double *b = leie_new(2 * t->n, (size_t)k * sizeof *b);
    if (!b)
        bench_need(LEIE_ERR_NOMEM, NULL, "solve");
    for (leie_size i = 0; i < t->n * k; i++)
        b[i] = bench_hash(98, (uint64_t)i);
    for (leie_size p = 0; p < t->axis.region.n; p++)
        r.cubes += pow((double)(t->axis.first[p + 1] - t->axis.first[p]), 3);
    bench_need(leie_plan_make(&plan, &t->Z, &t->axis, 0, k, &opts, &err), &err, "plan");
    r.predicted = plan.candidate[solver - 1].seconds;
    leie_profile_start(true);
    double begun = leie_seconds();
    bench_need(leie_linsys_setup(&sys, &t->Z, t->scale, &t->axis, &opts, &err), &err, "setup");
    bench_need(leie_linsys_solve(sys, true, k, b + t->n * k, b, NULL, &err), &err, "solve");
    r.seconds = leie_seconds() - begun;
    leie_profile_start(false);
    r.rest = leie_profile_of(LEIE_WORK_SOLVE).seconds - leie_profile_of(LEIE_WORK_SWEEP).seconds -
             leie_profile_of(LEIE_WORK_RESIDUAL).seconds;
    r.factor = leie_profile_of(LEIE_WORK_FACTOR);
    r.store = leie_profile_of(LEIE_WORK_STORE);
    r.sweep = leie_profile_of(LEIE_WORK_SWEEP);
    r.residual = leie_profile_of(LEIE_WORK_RESIDUAL);
    r.substitute = leie_profile_of(LEIE_WORK_SUBSTITUTE);
    r.iterations = leie_linsys_state(sys)->iterations;
    leie_linsys_free(sys);
    leie_free(b);
    return r;
}

static void print_block(const run *r, leie_size k)
{
    double sweeps = (double)r->sweep.calls;
    printf("    STORED   = %.2e   // a non-zero of dense Z into the store with low parts, Z read on the way\n", r->store.seconds / r->nonzeros);
    printf("    INVERTED = 1 / %.1fe9 // an operation on a domestic block\n", 1e-9 * 8 / 3 * r->cubes / r->factor.seconds);
    printf("    SWEPT    = %.2e   // a non-zero in a sweep (%lld columns)\n", r->sweep.seconds / (sweeps * r->nonzeros), (long long)k);
    printf("    JUDGED   = %.2e   // and in a residual from the store\n", r->residual.seconds / ((double)r->residual.calls * r->nonzeros));
    printf("    MIXED    = %.2e   // a row of the right-hand sides, each sweep, beside sweeps and residuals\n", r->rest / (sweeps * r->n));
    printf("    USUAL_SWEEPS = %.0f, RESIDUALS = %.0f\n", sweeps / r->groups, (double)r->residual.calls / r->groups);
}

static void print_lu(const run *r, const char *factored, const char *substituted, leie_size k)
{
    printf("    %s = 1 / %.1fe9 // an operation of a factorization\n", factored, 1e-9 * 2 / 3 * pow(r->n, 3) / r->factor.seconds);
    printf("    %s = 1 / %.1fe9 // of a substitution (%lld columns)\n", substituted,
           1e-9 * 2 * r->n * r->n * (double)k * (double)r->substitute.calls / r->substitute.seconds, (long long)k);
    printf("    JUDGED_Z = %.2e   // a non-zero in a residual from Z\n", r->residual.seconds / ((double)r->residual.calls * r->nonzeros));
}

static void report(const run *r, const char *name, leie_size n)
{
    char sizes[64], note[96];
    bench_case c = {.name = name, .sizes = sizes, .residual = NAN, .best = r->seconds, .median = r->seconds, .runs = 1, .threads = leie_threads(), .note = note};
    snprintf(sizes, sizeof sizes, "n=%lld", (long long)n);
    snprintf(note, sizeof note, "model %.3f s, %.2f of measured%s", r->predicted, r->predicted / r->seconds,
             r->predicted > 0.7 * r->seconds && r->predicted < 1.3 * r->seconds ? "" : ", NOT within 30 %");
    bench_report(&c);
}

/* The model of the iteration where a table fits the caches: WIOD's size, the better of two runs. */
static void judge_small(void)
{
    leie_error err = {0};
    bench_table t = {0};
    bench_need(bench_generate(&t, 41, 35, LEIE_DENSE, &err), &err, "generate");
    run first = solve(&t, LEIE_SOLVER_BLOCK, BENCH_STRESSORS), second = solve(&t, LEIE_SOLVER_BLOCK, BENCH_STRESSORS);
    const run *r = first.seconds < second.seconds ? &first : &second;
    printf("  at n = %lld:\n", (long long)t.n);
    print_block(r, BENCH_STRESSORS);
    report(r, "model and measured, block", t.n);
    bench_generate_clear(&t);
}

static void ask(void)
{
    leie_error err = {0};
    bench_table t = {0};
    int before = leie_threads();
    leie_size k = BENCH_STRESSORS;
    leie_threads_set(1);
    judge_small();
    bench_need(bench_generate(&t, 49, bench_large() ? 200 : 60, LEIE_DENSE, &err), &err, "generate");
    run warm = solve(&t, LEIE_SOLVER_BLOCK, k), block = solve(&t, LEIE_SOLVER_BLOCK, k);
    run lu = solve(&t, LEIE_SOLVER_LU, k), mixed = solve(&t, LEIE_SOLVER_MIXED, k);
    printf("  for plan.c, seconds of one core (n = %lld):\n", (long long)t.n);
    print_block(warm.seconds < block.seconds ? &warm : &block, k);
    print_lu(&lu, "FACTORED", "SUBSTITUTED", k);
    print_lu(&mixed, "FACTORED_F32", "SUBSTITUTED_F32", k);
    report(warm.seconds < block.seconds ? &warm : &block, "model and measured, block", t.n);
    report(&lu, "model and measured, lu", t.n);
    report(&mixed, "model and measured, mixed", t.n);
    leie_threads_set(2);
    run block2 = solve(&t, LEIE_SOLVER_BLOCK, k), lu2 = solve(&t, LEIE_SOLVER_LU, k);
    double block_power = log2(fmin(warm.seconds, block.seconds) / block2.seconds), lu_power = log2(lu.seconds / lu2.seconds);
    printf("    SCALING  = %.2f       // time falls with threads to this power (block %.2f, lu %.2f)\n",
           0.5 * (block_power + lu_power), block_power, lu_power);
    report(&block2, "model and measured, block", t.n);
    report(&lu2, "model and measured, lu", t.n);
    leie_threads_set(before);
    bench_generate_clear(&t);
}
BENCH_QUESTION(plan, "the constants of the plan on this machine, and its model against reality", ask)
