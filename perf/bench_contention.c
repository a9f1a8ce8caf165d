// SPDX-License-Identifier: GPL-3.0-or-later
/* The iteration on a machine that is not idle: one process that computes without end beside it, and more threads than
 * processors. Barriers that spin were seen to cost twenty times; the goal is at most three, and that more threads are
 * never slower than fewer. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "perf/bench.h"
#include "perf/generate.h"

typedef struct job {
    const bench_table *t;
    double *b, *x, worst; // [n, BENCH_STRESSORS]
} job;

static void solve(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    leie_linsys *sys = NULL;
    double residual[BENCH_STRESSORS];
    const leie_linsys_opts opts = {.method = LEIE_SOLVER_BLOCK};
    bench_need(leie_linsys_setup(&sys, &j->t->Z, j->t->scale, &j->t->axis, &opts, &err), &err, "setup");
    bench_need(leie_linsys_solve(sys, true, BENCH_STRESSORS, j->x, j->b, residual, &err), &err, "solve");
    j->worst = 0;
    for (int c = 0; c < BENCH_STRESSORS; c++)
        j->worst = fmax(j->worst, residual[c]);
    leie_linsys_free(sys);
}

/* A process that only computes, until it is ended. */
static pid_t compete(void)
{
    pid_t child = fork();
    if (child == 0)
        for (volatile double x = 1;;)
            x = x * 1.0000001 + 1e-9;
    return child;
}

static double measure(job *j, const char *name, int threads, double against)
{
    char sizes[64], note[96] = "";
    leie_threads_set(threads);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-12, .note = note};
    snprintf(sizes, sizeof sizes, "n=%lld", (long long)j->t->n);
    bench_measure(&c, solve, j);
    c.residual = j->worst;
    if (against > 0)
        snprintf(note, sizeof note, "%.2f times as long", c.median / against);
    bench_report(&c);
    return c.median;
}

static void ask(void)
{
    leie_error err = {0};
    bench_table t = {0};
    int before = leie_threads(), all = before > 1 ? before : 2;
    bench_need(bench_generate(&t, 49, bench_large() ? 200 : 80, LEIE_SPARSE, &err), &err, "generate");
    job j = {.t = &t, .b = leie_new(2 * t.n, BENCH_STRESSORS * sizeof(double))};
    if (!j.b)
        bench_need(LEIE_ERR_NOMEM, NULL, "solve");
    j.x = j.b + t.n * BENCH_STRESSORS;
    for (leie_size i = 0; i < t.n * BENCH_STRESSORS; i++)
        j.b[i] = bench_hash(98, (uint64_t)i);
    double one = measure(&j, "alone, one thread", 1, 0);
    double idle = measure(&j, "alone, all threads, against one", all, one);
    measure(&j, "alone, twice as many threads as processors, against all", 2 * all, idle);
    measure(&j, "alone, four times as many, against all", 4 * all, idle);
    pid_t child = compete();
    if (child > 0) {
        measure(&j, "beside one process, all threads, against alone", all, idle);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    } else {
        bench_skip("beside one process", "it cannot be started");
    }
    leie_threads_set(before);
    leie_free(j.b);
    bench_generate_clear(&t);
}
BENCH_QUESTION(contention, "the iteration beside another process, and with too many threads", ask)
