// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/peer_answers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "kernels/profile.h"
#include "perf/bench.h"
#include "perf/footprint_job.h"

enum { RUNS = 5, RUNS_SLOW = 3 };
static const double SLOW = 2; // seconds of a first run from which fewer are enough
static const double HOPELESS = 60; // a back end that the plan holds so many times slower than its choice is left out
static const double SWEEP_GOAL = 1, TOTAL_GOAL = 2.5; // of reads of a dense f32 A: one sweep, all divided by its sweeps

typedef struct answers {
    const char *folder;
    const leie_table *t;
    footprint_job job;
    leie_study file; // that reads the table from its file
    FILE *json;
    leie_size written;
} answers;

/* One way to an answer. */
typedef struct way {
    leie_solver solver;
    bool footprints, from_file;
    char name[40];
} way;

static leie_status fail_write(const char *path, leie_error *err)
{
    return leie_fail(err, LEIE_ERR_OUTPUT, "%s cannot be written", path);
}

static leie_status write_doubles(const answers *a, const char *kind, const char *name, const double *val, leie_size count,
                                 leie_error *err)
{
    char path[512];
    snprintf(path, sizeof path, "%.400s/%s_%s.f64", a->folder, kind, name);
    FILE *f = fopen(path, "wb");
    bool good = f && fwrite(val, sizeof *val, (size_t)count, f) == (size_t)count;
    good = f && fclose(f) == 0 && good;
    return good ? LEIE_OK : fail_write(path, err);
}

static leie_status write_answers(const answers *a, const way *w, leie_error *err)
{
    const footprint_job *j = &a->job;
    leie_status st = write_doubles(a, "M", w->name, j->M, j->n * j->k, err);
    if (!st && w->footprints)
        st = write_doubles(a, "D", w->name, j->D, j->k * j->R * j->N, err);
    if (!st && w->footprints)
        st = write_doubles(a, "O", w->name, j->O, j->k * j->R * FOOTPRINT_ORIGINS, err);
    return st;
}

/* From the file: opened, checked and read, as part of the work. */
static leie_status run_once(answers *a, const way *w, leie_error *err)
{
    leie_table read = {0};
    leie_status st = LEIE_OK;
    if (w->from_file)
        st = leie_read_table(&read, &a->file.table[0], a->file.table[0].year[0], err);
    const leie_table *t = w->from_file ? &read : a->t;
    if (!st)
        st = footprint_job_run(&a->job, &t->Z, &t->sector, w->solver, w->footprints, err);
    leie_table_clear(&read);
    return st;
}

/* Where the time of all runs went, in ms of one. */
static void print_phases(int runs)
{
    static const leie_work works[] = {LEIE_WORK_SURVEY, LEIE_WORK_STORE, LEIE_WORK_FACTOR, LEIE_WORK_SWEEP, LEIE_WORK_MIXING,
                                      LEIE_WORK_RESIDUAL, LEIE_WORK_SOLVE};
    printf("  ms:");
    for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
        printf(" %s %.1f", leie_work_name(works[i]), 1e3 * leie_profile_of(works[i]).seconds / runs);
    printf("\n");
}

/* What a sweep of the iteration from dense Z costs against one read of a dense f32 A at the bandwidth measured here. */
static void print_sweep(const answers *a, double seconds)
{
    leie_profile sweep = leie_profile_of(LEIE_WORK_SWEEP);
    double n = (double)a->job.n, read = 4 * n * n / (1e9 * bench_bandwidth()), each = sweep.seconds / (double)sweep.calls;
    double sweeps = (double)a->job.transposed_sweeps;
    printf("  n=%lld: an f32 sweep of %lld columns %.5f s, a dense f32 A read once at %.1f GB/s %.5f s: %.2f (goal at 9,800: %.0f, %s); "
           "in all %.2f x %.0f sweeps x that (goal %.1f, %s)\n",
           (long long)a->job.n, (long long)a->job.k, each, bench_bandwidth(), read, each / read, SWEEP_GOAL,
           each <= SWEEP_GOAL * read ? "good" : "MISSED", seconds / (sweeps * read), sweeps, TOTAL_GOAL,
           seconds <= TOTAL_GOAL * sweeps * read ? "good" : "MISSED");
}

static leie_status answer(answers *a, const way *w, leie_error *err)
{
    double seconds[RUNS];
    leie_status st = LEIE_OK;
    bool sweeps = w->solver == LEIE_SOLVER_BLOCK && !w->footprints && !w->from_file && a->t->Z.form == LEIE_DENSE;
    leie_profile_start(true);
    int runs = RUNS;
    for (int run = 0; run < runs && !st; run++) {
        double start = leie_seconds();
        st = run_once(a, w, err);
        seconds[run] = leie_seconds() - start;
        runs = seconds[0] > SLOW ? RUNS_SLOW : runs;
        for (int i = run; i > 0 && seconds[i] < seconds[i - 1]; i--) {
            double swap = seconds[i];
            seconds[i] = seconds[i - 1];
            seconds[i - 1] = swap;
        }
    }
    leie_profile_start(false);
    if (st)
        return st;
    char name[64], sizes[64];
    snprintf(name, sizeof name, "leie %s, %lld stressors", w->name, (long long)a->job.k);
    snprintf(sizes, sizeof sizes, "n=%lld", (long long)a->job.n);
    bench_case c = {.name = name, .sizes = sizes, .residual = a->job.info.residual, .allowed = 1e-12, .best = seconds[0],
                    .median = seconds[runs / 2], .runs = runs, .threads = leie_threads()};
    bench_report(&c);
    if (w->solver == LEIE_SOLVER_BLOCK)
        print_phases(runs);
    if (sweeps)
        print_sweep(a, seconds[runs / 2]);
    fprintf(a->json, "%s\n  {\"name\": \"%s\", \"solver\": \"%s\", \"footprints\": %s, \"best\": %.6g, \"median\": %.6g, "
            "\"residual\": %.3g, \"threads\": %d, \"bytes\": %lld}", a->written++ ? "," : "", w->name,
            leie_solver_name(w->solver), w->footprints ? "true" : "false", seconds[0], seconds[runs / 2],
            a->job.info.residual, leie_threads(), (long long)a->job.info.bytes);
    return write_answers(a, w, err);
}

/* Footprints too by the iteration and by LU, which the peers have a twin of. */
static leie_status answer_solver(answers *a, leie_solver solver, leie_error *err)
{
    way w = {.solver = solver};
    snprintf(w.name, sizeof w.name, "%s", leie_solver_name(solver));
    leie_status st = answer(a, &w, err);
    if (st || solver != LEIE_SOLVER_BLOCK)
        return st;
    w.footprints = a->job.N > 0;
    snprintf(w.name, sizeof w.name, "%s-footprints", leie_solver_name(solver));
    return w.footprints ? answer(a, &w, err) : LEIE_OK;
}

/* The same from a table file by blocks in the folder, which is written the first time. */
static leie_status answer_from_file(answers *a, leie_error *err)
{
    char path[512];
    struct stat info;
    const leie_netcdf_table_opts opts = {.form = LEIE_TABLE_BLOCK};
    way w = {.solver = LEIE_SOLVER_BLOCK, .from_file = true, .name = "file"};
    snprintf(path, sizeof path, "%.400s/table.nc", a->folder);
    leie_status st = stat(path, &info) ? leie_write_netcdf_table(path, a->t, &opts, err) : LEIE_OK;
    st = st ? st : leie_study_open(&a->file, path, 0, NULL, err);
    st = st ? st : answer(a, &w, err);
    if (!st && a->job.N > 0) {
        w.footprints = true;
        snprintf(w.name, sizeof w.name, "file-footprints");
        st = answer(a, &w, err);
    }
    leie_study_clear(&a->file);
    return st;
}

static leie_status answer_all(answers *a, leie_solver only, leie_error *err)
{
    const leie_table *t = a->t;
    leie_plan plan;
    double least = INFINITY;
    bool block = false;
    leie_status st = leie_plan_make(&plan, &t->Z, &t->sector, 0, t->stressor.n, NULL, err);
    if (st)
        return st;
    for (int i = 0; i < LEIE_SOLVERS - 1; i++)
        if (plan.candidate[i].possible)
            least = fmin(least, plan.candidate[i].cost);
    for (int i = 0; i < LEIE_SOLVERS - 1 && !st; i++)
        if (plan.candidate[i].possible && plan.candidate[i].cost <= HOPELESS * least &&
            (only == LEIE_SOLVER_AUTO || only == plan.candidate[i].solver)) {
            st = answer_solver(a, plan.candidate[i].solver, err);
            block |= plan.candidate[i].solver == LEIE_SOLVER_BLOCK;
        }
    return st || !block ? st : answer_from_file(a, err);
}

leie_status bench_peer_answers(const char *folder, const leie_table *t, leie_solver only, leie_error *err)
{
    char path[512];
    answers a = {.folder = folder, .t = t};
    leie_status st = footprint_job_new(&a.job, t, err);
    if (st)
        return st;
    snprintf(path, sizeof path, "%.400s/answers.json", folder);
    a.json = fopen(path, "w");
    st = a.json ? LEIE_OK : fail_write(path, err);
    if (!st) {
        fprintf(a.json, "[");
        st = answer_all(&a, only, err);
        fprintf(a.json, "\n]\n");
    }
    if (a.json && fclose(a.json) != 0 && !st)
        st = fail_write(path, err);
    footprint_job_free(&a.job);
    return st;
}
