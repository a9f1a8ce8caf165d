// SPDX-License-Identifier: GPL-3.0-or-later
/* What do a thousand scenarios cost after the baseline? Multipliers and footprints of 20 stressors at n = 9,800
 * (BENCH_LARGE=1; 3,920 otherwise), from changes of 200 columns in all: every scenario changes its own tenth of
 * them, or every scenario changes all. The residual is the bound of response.h, the worst of all scenarios; one
 * scenario in a hundred is also solved by itself, and the largest difference of its footprints is in the note. The peer
 * is in peers.py: the full inverse for each scenario, a few measured and extrapolated. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "io/leie_io.h"
#include "perf/bench.h"
#include "perf/generate.h"

enum { SCENARIOS = 1000, GROUPS = 10, COLUMNS = 20, CHECKED = 100 };

/* Ten groups of twenty columns; all: each scenario changes all ten. */
static void write_scenarios(const char *path, int sectors, bool all)
{
    FILE *to = fopen(path, "w");
    if (!to)
        bench_need(LEIE_ERR_OUTPUT, NULL, path);
    fprintf(to, "leie: 1\nparameters: {kt: -0.1}\nscenarios:\n");
    for (int s = 0; s < (all ? 1 : GROUPS); s++) {
        fprintf(to, "  - scenario: s%d\n    grid: {kt: [", s);
        for (int p = 0; p < SCENARIOS / (all ? 1 : GROUPS); p++)
            fprintf(to, "%s%.6f", p ? ", " : "", -0.05 - 0.4 * bench_hash(77, (uint64_t)(1000 * s + p)));
        fprintf(to, "]}\n    interventions:\n");
        for (int g = all ? 0 : s; g < (all ? GROUPS : s + 1); g++) {
            fprintf(to, "      - {operator: scale, matrix: A, kt: kt, rows: {sectors: [s003, s007]}, cols: {regions: R%03d, sectors: [", 3 * g + 1);
            for (int c = 0; c < COLUMNS; c++)
                fprintf(to, "%ss%03d", c ? ", " : "", (c * (sectors / COLUMNS) + g) % sectors);
            fprintf(to, "]}}\n");
        }
    }
    fclose(to);
}

typedef struct job {
    const leie_baseline *base;
    leie_response *r;
    leie_size scenarios;
    leie_change *change;      // [threads]
    leie_effect *effect;      // [threads]
    leie_response_work *work; // [threads]
    double *M;                // [threads, k N]
    double *worst;            // [scenarios]
    double *D_cba;            // [scenarios, k] change for the first column of Y
    double *baseline;         // [k] M y of that column
} job;

static leie_status evaluate(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    job *j = ctx;
    leie_status st = LEIE_OK;
    leie_size k = j->r->k;
    for (leie_size s = first; !st && s < last; s++) {
        leie_change_opts o = {.year = j->base->t->year};
        st = leie_change_apply(&j->change[worker], &j->base->set->scenario[s], &o, err);
        st = st ? st : leie_response_evaluate(&j->effect[worker], j->r, &j->change[worker], &j->work[worker], err);
        st = st ? st : leie_response_multipliers(j->M + worker * k * j->r->N, j->r, &j->work[worker], err);
        j->worst[s] = j->effect[worker].converged ? j->effect[worker].residual : INFINITY;
        for (leie_size c = 0; c < k; c++)
            j->D_cba[s * k + c] = j->effect[worker].total[c]; // column 0 of Y, class 0
    }
    return st;
}

static void run_all(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    bench_need(leie_parallel_for(j->scenarios, 1, evaluate, j, &err), &err, "scenarios");
}

/* Largest difference of footprints, relative to the baseline's, between the formula and the changed system solved by itself. */
static double check(job *j, leie_size step)
{
    double worst = 0;
    leie_error err = {0};
    leie_size k = j->r->k;
    for (leie_size s = 0; s < j->scenarios; s += step) {
        leie_change_opts o = {.year = j->base->t->year};
        bench_need(leie_change_apply(&j->change[0], &j->base->set->scenario[s], &o, &err), &err, "scenario");
        bench_need(leie_response_resolve(&j->effect[0], j->r, &j->change[0], &j->work[0], &err), &err, "scenario by itself");
        for (leie_size c = 0; c < k; c++)
            worst = fmax(worst, fabs(j->effect[0].total[c] - j->D_cba[s * k + c]) / j->baseline[c]);
    }
    return worst;
}

/* Processor seconds of all threads: what holds on a machine that others use too. */
static double cpu_now(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void open_job(job *j, leie_response *r)
{
    leie_error err = {0};
    leie_size threads = leie_threads();
    j->r = r;
    j->change = leie_new(threads, sizeof *j->change);
    j->effect = leie_new(threads, sizeof *j->effect);
    j->work = leie_new(threads, sizeof *j->work);
    j->M = leie_new(threads * r->k * r->N, sizeof *j->M);
    j->worst = leie_new(j->scenarios, sizeof *j->worst);
    j->D_cba = leie_new(j->scenarios * r->k, sizeof *j->D_cba);
    if (!j->change || !j->effect || !j->work || !j->M || !j->worst || !j->D_cba)
        bench_need(LEIE_ERR_NOMEM, NULL, "scenarios");
    j->baseline = leie_new(r->k, sizeof *j->baseline);
    if (!j->baseline)
        bench_need(LEIE_ERR_NOMEM, NULL, "scenarios");
    for (leie_size i = 0; i < r->base->n; i++)
        for (leie_size c = 0; c < r->k; c++)
            j->baseline[c] += r->M[i * r->K + c] * r->base->t->Y[i * r->m];
    for (leie_size w = 0; w < threads; w++) {
        bench_need(leie_change_open(&j->change[w], j->base, &err), &err, "scenarios");
        bench_need(leie_effect_new(&j->effect[w], r, &err), &err, "scenarios");
    }
}

static void close_job(job *j)
{
    for (leie_size w = 0; w < leie_threads(); w++) {
        leie_change_clear(&j->change[w]);
        leie_effect_clear(&j->effect[w]);
        leie_response_work_clear(&j->work[w]);
    }
    leie_free(j->change);
    leie_free(j->effect);
    leie_free(j->work);
    leie_free(j->M);
    leie_free(j->worst);
    leie_free(j->D_cba);
    leie_free(j->baseline);
}

static void measure(const leie_table *t, int sectors, bool all)
{
    const char *path = "build/bench-scenarios.yaml", *sizes = all ? "1,000 scenarios of 200 columns" : "1,000 scenarios of 20 of 200 columns";
    leie_error err = {0};
    leie_path file = {.shown = leie_strdup(path), .real = leie_strdup(path)};
    leie_study study = {.scenario_files = 1, .scenario_file = &file};
    leie_provenance p = {0};
    leie_scenarios set = {0};
    leie_baseline base = {0};
    leie_account_regions q = {0};
    leie_response r = {0};
    leie_factors work = {0};
    leie_change change = {0};
    char note[256];
    write_scenarios(path, sectors, all);
    bench_need(leie_read_scenarios(&set, &study, &p, &err), &err, path);
    bench_need(leie_baseline_make(&base, t, &set, &err), &err, "baseline");
    bench_need(leie_account_regions_add(&q, &t->sector, t->sector.region.code[0], NULL, 0, NULL, &err), &err, "region");
    bench_need(leie_response_open(&r, &base, &q, false, NULL, NULL, &err), &err, "response");
    bench_need(leie_change_open(&change, &base, &err), &err, "change");
    double start = leie_seconds(), cpu = cpu_now();
    for (leie_size s = 0; s < set.scenarios; s++) {
        leie_change_opts o = {.year = t->year};
        bench_need(leie_change_apply(&change, &set.scenario[s], &o, &err), &err, "scenario");
        bench_need(leie_response_collect(&r, &change, &work, &err), &err, "scenario");
    }
    double collected = leie_seconds() - start, cpu_collected = cpu_now() - cpu;
    bench_need(leie_response_plan_make(&r, set.scenarios, &err), &err, "plan");
    start = leie_seconds();
    cpu = cpu_now();
    bench_need(leie_response_solve(&r, &err), &err, "solve");
    double solved = leie_seconds() - start, cpu_solved = cpu_now() - cpu;
    job j = {.base = &base, .scenarios = set.scenarios};
    open_job(&j, &r);
    bench_case c = {.name = "scenarios evaluated, multipliers too", .sizes = sizes, .allowed = 1e-10};
    cpu = cpu_now();
    run_all(&j);
    double cpu_evaluated = cpu_now() - cpu;
    bench_measure(&c, run_all, &j);
    for (leie_size s = 0; s < j.scenarios; s++)
        c.residual = fmax(c.residual, j.worst[s]);
    snprintf(note, sizeof note, "n=%lld, %lld vectors, %lld rows; collected %.2f s (CPU %.2f), baseline and block solve %.2f s (CPU %.2f), evaluated CPU %.2f s; "
             "differs by %.1e from those solved alone",
             (long long)t->sector.n, (long long)r.B, (long long)r.K, collected, cpu_collected, solved, cpu_solved, cpu_evaluated, check(&j, CHECKED));
    c.note = note;
    bench_report(&c);
    close_job(&j);
    leie_factors_clear(&work);
    leie_change_clear(&change);
    leie_response_clear(&r);
    leie_account_regions_clear(&q);
    leie_baseline_clear(&base);
    leie_scenarios_clear(&set);
    leie_provenance_clear(&p);
    leie_free(file.shown);
    leie_free(file.real);
}

static void ask(void)
{
    int regions = 49, sectors = bench_large() ? 200 : 80;
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    mkdir("build", 0777);
    bench_need(bench_generate(&made, regions, sectors, LEIE_SPARSE, &err), &err, "generate");
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    measure(&t, sectors, false);
    measure(&t, sectors, true);
    leie_table_clear(&t);
    bench_generate_clear(&made);
}
BENCH_QUESTION(scenario, "a thousand scenarios after the baseline", ask)
