// SPDX-License-Identifier: GPL-3.0-or-later
/* What does the main job take from compressed tables to the NetCDF file, by phase? The World
 * Input-Output Database: 2011 with 50 stressors, and all 17 years. Needs LEIE_DATA. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "perf/bench.h"

#define OUTPUT "build/bench-study.nc"

typedef struct job {
    const leie_study *study;
    leie_run_info info;
} job;

static void run(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    leie_run_opts opts = {.output = OUTPUT, .force = true};
    leie_run_info_clear(&j->info);
    bench_need(leie_run(NULL, j->study, &opts, NULL, &j->info, &err), &err, "run");
}

void bench_run_study(const char *path, const char *name, const char *sizes)
{
    leie_error err = {0};
    leie_study study = {0};
    char note[128];
    bench_need(leie_study_read(&study, path, 0, NULL, &err), &err, path);
    job j = {.study = &study};
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-12};
    bench_measure(&c, run, &j);
    c.residual = j.info.residual;
    snprintf(note, sizeof note, "read %.3f, solve %.3f, write %.3f s (last run)", j.info.seconds_read,
             j.info.seconds_solve, j.info.seconds_write);
    c.note = note;
    bench_report(&c);
    leie_run_info_clear(&j.info);
    leie_study_clear(&study);
}

/* Points LEIE_DATA to the tables beside the checkout when nobody said where they are. */
static bool find_data(void)
{
    struct stat st;
    char path[4096];
    const char *given = getenv("LEIE_DATA");
    if (given && given[0])
        return stat(given, &st) == 0;
    return realpath("../shared/data", path) && setenv("LEIE_DATA", path, 1) == 0;
}

static void ask(void)
{
    mkdir("build", 0777);
    if (!find_data()) {
        bench_skip("WIOD", "no data (LEIE_DATA)");
        return;
    }
    bench_run_study("tests/studies/wiod-2011.yaml", "WIOD 2011, csv.gz to NetCDF", "n=1435, 50 stressors");
    bench_run_study("tests/studies/wiod-series.yaml", "WIOD 1995-2011, csv.gz to NetCDF", "17 x n=1435, 51 stressors");
}
BENCH_QUESTION(study, "the main job on real tables", ask)
