// SPDX-License-Identifier: GPL-3.0-or-later
/* How many cells per second does a GRAS sweep take, and what does it cost to find out beforehand whether the
 * totals can be met? One cell in ten is negative. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "perf/bench.h"
#include "perf/generate.h"
#include "solver/leie.h"

enum { SWEEPS = 200, CELL_BYTES = 12, CELL_FLOPS = 4 };

typedef struct job {
    leie_csr a;
    const double *prior; // [nnz] each run begins with it
    leie_margins m;
    leie_balance_opts opt;
    leie_balance_info info;
} job;

static void start_again(job *j)
{
    memcpy(j->a.val, j->prior, (size_t)j->a.nnz * sizeof *j->prior);
}

static void sweep(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    start_again(j);
    bench_need(leie_gras(&j->a, &j->m, &j->opt, &j->info, &err), &err, "GRAS");
}

static void check(void *ctx)
{
    job *j = ctx;
    leie_faults faults;
    leie_error err = {0};
    bench_need(leie_feasible(&faults, &j->a, &j->m, 0, &err), &err, "feasibility");
}

static void least_squares(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    start_again(j);
    bench_need(leie_wls(&j->a, &j->m, NULL, &j->info, &err), &err, "least squares");
}

/* Signs, and the totals of the table with every cell moved by up to a half. */
static void set_totals(leie_csr *a, double *u, double *v)
{
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
            a->val[c] *= bench_hash(7, (uint64_t)c) < .1 ? -1 : 1;
            double moved = a->val[c] * (.75 + .5 * bench_hash(8, (uint64_t)c));
            u[i] += moved;
            v[a->col[c]] += moved;
        }
}

static void measure(job *j, const char *name, bench_work work, double sweeps)
{
    char sizes[64], note[64];
    snprintf(sizes, sizeof sizes, "n=%lld cells=%.1fM", (long long)j->a.rows, 1e-6 * (double)j->a.nnz);
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-6, .note = note};
    c.bytes = sweeps * CELL_BYTES * (double)j->a.nnz;
    c.flops = sweeps * CELL_FLOPS * (double)j->a.nnz;
    bench_measure(&c, work, j);
    double rate = sweeps * (double)j->a.nnz / c.best * 1e-6;
    if (sweeps > 0)
        snprintf(note, sizeof note, "%.0f M cells/s, %.0f per core", rate, rate / c.threads);
    else
        c.note = NULL;
    c.residual = sweeps > 1 || work == least_squares ? j->info.error : NAN;
    bench_report(&c);
}

static void measure_table(int regions, int sectors)
{
    leie_error err = {0};
    bench_table t = {0};
    bench_need(bench_generate(&t, regions, sectors, LEIE_SPARSE, &err), &err, "generate");
    double *total = leie_new(2 * t.n, sizeof *total), *prior = leie_new(t.Z.csr.nnz, sizeof *prior);
    if (!total || !prior)
        bench_need(LEIE_ERR_NOMEM, NULL, "totals");
    job j = {.a = t.Z.csr, .prior = prior, .opt = {.tolerance = 1e-300, .iterations = SWEEPS}};
    set_totals(&j.a, total, total + t.n);
    memcpy(prior, j.a.val, (size_t)j.a.nnz * sizeof *prior);
    j.m = (leie_margins){.row = total, .col = total + t.n};
    measure(&j, "can the totals be met?", check, 0);
    measure(&j, "GRAS, 200 sweeps and set-up", sweep, SWEEPS);
    if (t.n <= 2000)
        measure(&j, "least squares", least_squares, 0);
    leie_free(total);
    leie_free(prior);
    bench_generate_clear(&t);
}

static void ask(void)
{
    measure_table(41, 35);
    measure_table(49, 80);
    if (bench_large())
        measure_table(49, 200);
}
BENCH_QUESTION(balance, "balancing: cells per second", ask)
