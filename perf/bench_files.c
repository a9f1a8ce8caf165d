// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast are tables read from CSV and from Leie's table file, and results written to NetCDF? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "perf/bench.h"
#include "perf/generate.h"

#define FOLDER "build/bench-files"

static double file_bytes(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

/* A study that reads the folder and nothing else. */
static void write_study(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    fprintf(file, "leie: 1\nstudy: bench\ntables:\n  - {year: 2011, format: csv, path: table}\n");
    fclose(file);
}

static void read_table(void *ctx)
{
    leie_study *study = ctx;
    leie_table t = {0};
    leie_error err = {0};
    bench_need(leie_assemble(&t, study, 2011, NULL, &err), &err, "read");
    leie_table_clear(&t);
}

static void write_table(void *ctx)
{
    leie_error err = {0};
    bench_need(leie_write_csv_table(FOLDER "/table", ctx, 0, &err), &err, "write");
}

/* A table of WIOD's size: written, then read back. */
static void ask_csv(void)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    leie_study study = {0};
    char sizes[64];
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    bench_need(bench_generate(&made, 41, 35, LEIE_DENSE, &err), &err, "generate");
    snprintf(sizes, sizeof sizes, "n=%lld, %lld cells", (long long)made.n, (long long)leie_matrix_nonzeros(&made.Z));
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    bench_case c = {.name = "write a CSV folder, gzip", .sizes = sizes, .residual = NAN};
    bench_measure(&c, write_table, &t);
    leie_table_clear(&t);
    char note[64];
    double bytes = file_bytes(FOLDER "/table/Z.csv.gz");
    snprintf(note, sizeof note, "Z.csv.gz %.1f MB", 1e-6 * bytes);
    c.note = note;
    bench_report(&c);

    write_study(FOLDER "/study.yaml");
    bench_need(leie_study_read(&study, FOLDER "/study.yaml", 0, NULL, &err), &err, "study");
    c = (bench_case){.name = "read a CSV folder, gzip", .sizes = sizes, .residual = NAN, .note = note};
    bench_measure(&c, read_table, &study);
    bench_report(&c);
    leie_study_clear(&study);
}
BENCH_QUESTION(csv, "a table written as CSV and read back", ask_csv)

static void write_file(void *ctx)
{
    leie_error err = {0};
    bench_need(leie_write_netcdf_table(FOLDER "/table.nc", ctx, NULL, &err), &err, "write");
}

static void read_file(void *ctx)
{
    const leie_study *study = ctx;
    leie_table t = {0};
    leie_error err = {0};
    bench_need(leie_read_table(&t, &study->table[0], study->table[0].year[0], &err), &err, "read");
    leie_table_clear(&t);
}

/* Written and read back in one form of Z; rates by the bytes of the file. */
static void ask_form(leie_matrix_form form, const char *write_name, const char *read_name)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    leie_study study = {0};
    char sizes[64], note[64];
    bench_need(bench_generate(&made, 49, bench_large() ? 200 : 80, form, &err), &err, "generate");
    snprintf(sizes, sizeof sizes, "n=%lld density %.2f", (long long)made.n, made.density);
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    write_file(&t); // its size is the rate's
    bench_case c = {.name = write_name, .sizes = sizes, .residual = NAN, .bytes = file_bytes(FOLDER "/table.nc")};
    bench_measure(&c, write_file, &t);
    leie_table_clear(&t);
    snprintf(note, sizeof note, "%.0f MB, %.0f MB/s with SHA-256", 1e-6 * c.bytes, 1e-6 * c.bytes / c.best);
    c.note = note;
    bench_report(&c);
    bench_need(leie_study_open(&study, FOLDER "/table.nc", 0, NULL, &err), &err, "open");
    c = (bench_case){.name = read_name, .sizes = sizes, .residual = NAN, .bytes = c.bytes};
    bench_measure(&c, read_file, &study);
    snprintf(note, sizeof note, "%.0f MB/s with SHA-256", 1e-6 * c.bytes / c.best);
    c.note = note;
    bench_report(&c);
    leie_study_clear(&study);
    remove(FOLDER "/table.nc");
}

/* Dense and sparse, while the file is in the page cache; BENCH_LARGE=1 for EXIOBASE's size. */
static void ask_table(void)
{
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    ask_form(LEIE_DENSE, "write a table file, dense", "read a table file, dense");
    ask_form(LEIE_SPARSE, "write a table file, sparse", "read a table file, sparse");
}
BENCH_QUESTION(table, "a table file written and read back", ask_table)

static void write_result(void *ctx)
{
    leie_error err = {0};
    bench_need(leie_netcdf_write(FOLDER "/result.nc", ctx, 0, &err), &err, "write");
}

static void read_result(void *ctx)
{
    (void)ctx;
    leie_dataset ds = {0};
    leie_error err = {0};
    bench_need(leie_netcdf_read(&ds, FOLDER "/result.nc", false, &err), &err, "read");
    leie_dataset_clear(&ds);
}

/* 41 regions by 50 stressors by 1,435 sectors, filled with products of hashes. */
static void ask_netcdf(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    leie_var *var = NULL;
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    bool good = leie_dataset_dim(&ds, "region", 41, &err) >= 0 && leie_dataset_dim(&ds, "stressor", 50, &err) >= 0 &&
                leie_dataset_dim(&ds, "sector", 1435, &err) >= 0;
    bench_need(good ? LEIE_OK : LEIE_ERR_NOMEM, &err, "dimensions");
    bench_need(leie_dataset_var(&var, &ds, "footprint", LEIE_VAR_DOUBLE, "region stressor sector", "t", "footprint", &err),
               &err, "variable");
    for (leie_size i = 0; i < var->count; i++)
        var->number[i] = 1e5 * bench_hash(97, (uint64_t)i) * bench_hash(96, (uint64_t)i);
    bench_case c = {.name = "write NetCDF", .sizes = "41 x 50 x 1435 doubles", .residual = NAN};
    c.bytes = 8.0 * (double)var->count;
    bench_measure(&c, write_result, &ds);
    char note[64];
    snprintf(note, sizeof note, "%.1f MB on disk", 1e-6 * file_bytes(FOLDER "/result.nc"));
    c.note = note;
    bench_report(&c);
    c = (bench_case){.name = "read NetCDF", .sizes = c.sizes, .residual = NAN, .bytes = c.bytes, .note = note};
    bench_measure(&c, read_result, NULL);
    bench_report(&c);
    leie_dataset_clear(&ds);
}
BENCH_QUESTION(netcdf, "a result written and read back", ask_netcdf)
