// SPDX-License-Identifier: GPL-3.0-or-later
/* Multipliers from Leie's table file: the file checked, its labels read, 20 right-hand sides solved for. From the
 * layout block nothing is converted; streamed, what a sweep does not need is given back to the system. Peak memory is
 * that of the whole job, with the pages of the file that are in memory at once. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "kernels/blocked.h"
#include "perf/bench.h"
#include "perf/generate.h"

#define FOLDER "build/bench-files"

typedef struct job {
    leie_study study;
    bool streamed;
    leie_solver solver;
    double *b, *x; // [n, BENCH_STRESSORS]
    double worst, read, peak; // seconds until the table was there, MB
} job;

/* A line of /proc/self/status in MB, 0 when there is none. */
static double status_mb(const char *name)
{
    char line[128];
    double kb = 0;
    FILE *f = fopen("/proc/self/status", "r");
    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line + strlen(name), ": %lf", &kb);
    if (f)
        fclose(f);
    return kb / 1024;
}

/* The peak from now on. */
static void reset_peak(void)
{
    FILE *f = fopen("/proc/self/clear_refs", "w");
    if (!f)
        return;
    fputs("5", f);
    fclose(f);
}

static void multipliers(void *ctx)
{
    job *j = ctx;
    leie_error err = {0};
    leie_table t = {0};
    leie_linsys *sys = NULL;
    double residual[BENCH_STRESSORS], begun = leie_seconds();
    reset_peak();
    bench_need(leie_read_table(&t, &j->study.table[0], j->study.table[0].year[0], &err), &err, "read");
    j->read = leie_seconds() - begun;
    double *scale = leie_new(t.sector.n, sizeof *scale);
    for (leie_size i = 0; i < t.sector.n; i++)
        scale[i] = t.x[i] > 0 ? 1 / t.x[i] : 0;
    if (t.Z.form == LEIE_BLOCKED)
        t.Z.blocked->streamed = j->streamed;
    const leie_linsys_opts opts = {.method = j->solver};
    bench_need(leie_linsys_setup(&sys, &t.Z, scale, &t.sector, &opts, &err), &err, "setup");
    bench_need(leie_linsys_solve(sys, true, BENCH_STRESSORS, j->x, j->b, residual, &err), &err, "solve");
    j->worst = 0;
    for (int c = 0; c < BENCH_STRESSORS; c++)
        j->worst = fmax(j->worst, residual[c]);
    leie_linsys_free(sys);
    leie_free(scale);
    leie_table_clear(&t);
    j->peak = status_mb("VmHWM");
}

static void write_layout(const leie_table *t, leie_table_form form, const char *path)
{
    leie_error err = {0};
    const leie_netcdf_table_opts opts = {.form = form};
    bench_need(leie_write_netcdf_table(path, t, &opts, &err), &err, "write");
}

static void ask_file(const char *path, leie_size n, const char *layout, bool streamed)
{
    leie_error err = {0};
    char sizes[64], note[160], name[64];
    struct stat info;
    job j = {.solver = LEIE_SOLVER_BLOCK, .streamed = streamed, .b = leie_new(2 * n, BENCH_STRESSORS * sizeof(double))};
    if (!j.b)
        bench_need(LEIE_ERR_NOMEM, NULL, "solve");
    j.x = j.b + n * BENCH_STRESSORS;
    for (leie_size i = 0; i < n * BENCH_STRESSORS; i++)
        j.b[i] = bench_hash(98, (uint64_t)i);
    bench_need(leie_study_open(&j.study, path, 0, NULL, &err), &err, "open");
    snprintf(sizes, sizeof sizes, "n=%lld", (long long)n);
    snprintf(name, sizeof name, "20 multipliers from a file, %s%s", layout, streamed ? ", streamed" : "");
    bench_case c = {.name = name, .sizes = sizes, .allowed = 1e-12};
    bench_measure(&c, multipliers, &j);
    c.residual = j.worst;
    snprintf(note, sizeof note, "file %.0f MB, read and checked %.3f s, peak %.0f MB (%.2f of Z in f64)",
             stat(path, &info) ? 0 : 1e-6 * (double)info.st_size, j.read, j.peak, j.peak * 1048576 / (8.0 * (double)n * (double)n));
    c.note = note;
    bench_report(&c);
    leie_study_clear(&j.study);
    leie_free(j.b);
}

/* A made-up table into two files, which are then all that is left of it. */
static leie_size write_files(int regions, int sectors)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    bench_need(bench_generate(&made, regions, sectors, LEIE_SPARSE, &err), &err, "generate");
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    leie_size n = t.sector.n;
    write_layout(&t, LEIE_TABLE_BLOCK, FOLDER "/block.nc");
    write_layout(&t, LEIE_TABLE_CSR, FOLDER "/csr.nc");
    leie_table_clear(&t);
    return n;
}

/* EXIOBASE's size with BENCH_LARGE=1, and GLORIA's (one table of 164 x 120). */
static void ask(void)
{
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    for (int round = 0; round < (bench_large() ? 2 : 1); round++) {
        leie_size n = round ? write_files(164, 120) : write_files(49, bench_large() ? 200 : 80);
        ask_file(FOLDER "/block.nc", n, "block", false);
        ask_file(FOLDER "/block.nc", n, "block", true);
        ask_file(FOLDER "/csr.nc", n, "csr", false);
        remove(FOLDER "/block.nc");
        remove(FOLDER "/csr.nc");
    }
}
BENCH_QUESTION(tablefile, "multipliers from Leie's table file, by layout", ask)
