// SPDX-License-Identifier: GPL-3.0-or-later
/* What does a solve cost, by back end: setup, right-hand sides of a footprint (transposed for the
 * multipliers, plain for the origins), to a relative residual of 1e-12? */
#include <math.h>
#include <stdio.h>

#include "perf/bench.h"
#include "perf/generate.h"

typedef struct job {
    const bench_table *t;
    leie_solver solver;
    leie_size transposed, plain;
    double *b, *x, *residual;
    double worst;
    leie_linsys_info info;
} job;

static void solve_part(job *j, leie_linsys *sys, bool transposed, leie_size k)
{
    leie_error err = {0};
    if (k == 0)
        return;
    bench_need(leie_linsys_solve(sys, transposed, k, j->x, j->b, j->residual, &err), &err, "solve");
    for (leie_size i = 0; i < k; i++)
        j->worst = fmax(j->worst, j->residual[i]);
}

static void solve(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = j->solver};
    j->worst = 0;
    bench_need(leie_linsys_setup(&sys, &j->t->Z, j->t->scale, &j->t->axis, &opts, &err), &err, "setup");
    solve_part(j, sys, true, j->transposed);
    solve_part(j, sys, false, j->plain);
    j->info = *leie_linsys_state(sys);
    leie_linsys_free(sys);
}

static void measure(job *j, const leie_candidate *plan, bool chosen)
{
    char name[64], sizes[64], note[192];
    snprintf(name, sizeof name, "%s, %lld transposed + %lld plain", leie_solver_name(j->solver),
             (long long)j->transposed, (long long)j->plain);
    snprintf(sizes, sizeof sizes, "n=%lld d=%.2f", (long long)j->t->n, j->t->density);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-12};
    double n = (double)j->t->n;
    if (j->solver == LEIE_SOLVER_LU)
        c.flops = 2.0 / 3.0 * n * n * n + 2 * n * n * (double)(j->transposed + j->plain);
    bench_measure(&c, solve, j);
    snprintf(note, sizeof note, "setup %.3f s, %lld iterations, %.0f MB, model %.3f s (x%.2f) %.0f MB%s%s",
             j->info.seconds_setup, (long long)j->info.iterations, 1e-6 * (double)j->info.bytes, plan->seconds,
             plan->seconds / c.median, 1e-6 * (double)plan->bytes, chosen ? ", the plan's choice" : "",
             j->info.fell_back ? ", FELL BACK" : "");
    c.note = note;
    c.residual = j->worst;
    bench_report(&c);
}

/* Every back end that the plan holds possible and that takes less than `hopeless` times its choice. */
static void measure_table(int regions, int sectors, leie_matrix_form form, double hopeless, leie_size transposed,
                          leie_size plain)
{
    leie_error err = {0};
    bench_table t = {0};
    leie_plan plan = {0};
    leie_size k = transposed > plain ? transposed : plain;
    bench_need(bench_generate(&t, regions, sectors, form, &err), &err, "generate");
    bench_need(leie_plan_make(&plan, &t.Z, &t.axis, plain, transposed, NULL, &err), &err, "plan");
    double *block = leie_new((2 * t.n + 1) * k, sizeof *block), least = INFINITY;
    if (!block)
        bench_need(LEIE_ERR_NOMEM, NULL, "solve");
    for (leie_size i = 0; i < t.n * k; i++)
        block[i] = bench_hash(98, (uint64_t)i);
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        if (plan.candidate[i].solver == plan.solver)
            least = plan.candidate[i].cost;
    for (int i = 0; i < LEIE_SOLVERS - 1; i++) {
        const leie_candidate *c = &plan.candidate[i];
        if (!c->possible || c->cost > hopeless * least) {
            bench_skip(leie_solver_name(c->solver), c->possible ? "hopeless by the plan" : c->why);
            continue;
        }
        job j = {.t = &t, .solver = c->solver, .transposed = transposed, .plain = plain, .b = block};
        j.x = block + t.n * k;
        j.residual = block + 2 * t.n * k;
        measure(&j, c, c->solver == plan.solver);
    }
    leie_free(block);
    bench_generate_clear(&t);
}

/* One thread and two, and the exponent of growth between two tables of like density by the iteration. */
static void measure_growth(void)
{
    static const int regions[] = {41, 49, 49, 164}, sectors[] = {35, 80, 200, 120};
    int tables = bench_large() ? 4 : 2, before = leie_threads();
    double last[2] = {0}, last_n = 0;
    for (int i = 0; i < tables; i++) {
        leie_error err = {0};
        bench_table t = {0};
        bench_need(bench_generate(&t, regions[i], sectors[i], LEIE_SPARSE, &err), &err, "generate");
        job j = {.t = &t, .solver = LEIE_SOLVER_BLOCK, .transposed = BENCH_STRESSORS};
        double *block = leie_new((2 * t.n + 1) * BENCH_STRESSORS, sizeof *block), residual[BENCH_STRESSORS];
        if (!block)
            bench_need(LEIE_ERR_NOMEM, NULL, "solve");
        for (leie_size q = 0; q < t.n * BENCH_STRESSORS; q++)
            block[q] = bench_hash(98, (uint64_t)q);
        j.b = block;
        j.x = block + t.n * BENCH_STRESSORS;
        j.residual = residual;
        for (int threads = 1; threads <= 2; threads++) {
            char sizes[64], note[64] = "CSR";
            leie_threads_set(threads);
            bench_case c = {.name = "growth, block, 20 transposed", .sizes = sizes, .allowed = 1e-12, .note = note};
            snprintf(sizes, sizeof sizes, "n=%lld d=%.2f", (long long)t.n, t.density);
            bench_measure(&c, solve, &j);
            c.residual = j.worst;
            if (last_n > 0)
                snprintf(note, sizeof note, "CSR, exponent %.2f",
                         log(c.median / last[threads - 1]) / log((double)t.n / last_n));
            bench_report(&c);
            last[threads - 1] = c.median;
        }
        last_n = (double)t.n;
        leie_free(block);
        bench_generate_clear(&t);
    }
    leie_threads_set(before);
}

static void ask(void)
{
    measure_table(41, 35, LEIE_DENSE, 100, 50, 41); // the WIOD of 2011 with its materials
    measure_table(49, 80, LEIE_DENSE, 100, 20, 49);
    if (bench_large()) {
        measure_table(49, 200, LEIE_DENSE, 100, 20, 0); // multipliers of an EXIOBASE-like table
        measure_table(49, 200, LEIE_DENSE, 1, 20, 3);
        measure_table(49, 200, LEIE_DENSE, 1, 20, 49);
    } else {
        bench_skip("n=9800", "BENCH_LARGE=1 asks for it");
    }
}
BENCH_QUESTION(growth, "the iteration as tables grow, on one thread and two", measure_growth)
BENCH_QUESTION(solve, "linear systems by back end", ask)
