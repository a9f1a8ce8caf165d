// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/peer_answers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "perf/bench.h"

enum { RUNS = 3 };
static const double HOPELESS = 60; // a back end that the plan holds so many times slower than its choice is left out

typedef struct answers {
    const char *folder;
    const leie_table *t;
    double *scale, *S, *M; // [n], [n, k], [n, k]
    FILE *json;
    leie_size written;
} answers;

static leie_status fail_write(const char *folder, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_OUTPUT, "%s cannot be written", folder);
}

static leie_status write_M(const answers *a, leie_solver solver, leie_error *err)
{
    char path[512];
    size_t count = (size_t)(a->t->sector.n * a->t->stressor.n);
    snprintf(path, sizeof path, "%.400s/M_%s.f64", a->folder, leie_solver_name(solver));
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(a->M, sizeof *a->M, count, f) == count;
    good = f && fclose(f) == 0 && good;
    return good ? LEIE_OK : fail_write(path, err);
}

static leie_status solve_once(const answers *a, leie_solver solver, leie_linsys_info *info, leie_error *err)
{
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = solver};
    leie_status st = leie_linsys_setup(&sys, &a->t->Z, a->scale, &a->t->sector, &opts, err);
    if (!st)
        st = leie_linsys_solve(sys, true, a->t->stressor.n, a->M, a->S, NULL, err);
    if (!st)
        *info = *leie_linsys_state(sys);
    leie_linsys_free(sys);
    return st;
}

static leie_status answer(answers *a, leie_solver solver, leie_error *err)
{
    double seconds[RUNS];
    leie_linsys_info info = {0};
    leie_status st = LEIE_OK;
    for (int run = 0; run < RUNS && !st; run++) {
        double start = leie_seconds();
        st = solve_once(a, solver, &info, err);
        seconds[run] = leie_seconds() - start;
        for (int i = run; i > 0 && seconds[i] < seconds[i - 1]; i--) {
            double swap = seconds[i];
            seconds[i] = seconds[i - 1];
            seconds[i - 1] = swap;
        }
    }
    if (!st)
        st = write_M(a, solver, err);
    if (!st)
        fprintf(a->json, "%s\n  {\"solver\": \"%s\", \"best\": %.6g, \"median\": %.6g, \"residual\": %.3g, \"threads\": %d, "
                "\"bytes\": %lld}", a->written++ ? "," : "", leie_solver_name(solver), seconds[0], seconds[RUNS / 2],
                info.residual, leie_threads(), (long long)info.bytes);
    return st;
}

static leie_status answer_all(answers *a, leie_error *err)
{
    const leie_table *t = a->t;
    leie_plan plan;
    double least = INFINITY;
    leie_status st = leie_plan_make(&plan, &t->Z, &t->sector, 0, t->stressor.n, NULL, err);
    if (st)
        return st;
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        if (plan.candidate[i].possible)
            least = fmin(least, plan.candidate[i].cost);
    for (int i = 0; i < LEIE_SOLVERS - 1 && !st; i++)
        if (plan.candidate[i].possible && plan.candidate[i].cost <= HOPELESS * least)
            st = answer(a, plan.candidate[i].solver, err);
    return st;
}

leie_status bench_peer_answers(const char *folder, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, k = t->stressor.n;
    char path[512];
    answers a = {.folder = folder, .t = t, .scale = leie_new(n * (1 + 2 * k), sizeof *a.scale)};
    if (!a.scale)
        return leie_fail_memory(err, "answers", n * (1 + 2 * k), sizeof *a.scale);
    a.S = a.scale + n;
    a.M = a.S + n * k;
    for (leie_size i = 0; i < n; i++) {
        a.scale[i] = t->x[i] > 0 ? 1 / t->x[i] : 0;
        for (leie_size s = 0; s < k; s++)
            a.S[i * k + s] = t->F[s * n + i] * a.scale[i];
    }
    snprintf(path, sizeof path, "%.400s/answers.json", folder);
    a.json = fopen(path, "w");
    leie_status st = a.json ? LEIE_OK : fail_write(path, err);
    if (!st) {
        fprintf(a.json, "[");
        st = answer_all(&a, err);
        fprintf(a.json, "\n]\n");
    }
    if (a.json && fclose(a.json) != 0 && !st)
        st = fail_write(path, err);
    leie_free(a.scale);
    return st;
}
