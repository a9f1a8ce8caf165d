// SPDX-License-Identifier: GPL-3.0-or-later
/* What does a table of EXIOBASE's size and density take from text to the NetCDF file, by phase? The made-up table
 * of generate.h as triplets (row,col,value with 16 digits), written once under build/: 41 x 35, with
 * BENCH_LARGE=1 49 x 200 (1.1 GB of text). */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "kernels/number.h"
#include "perf/bench.h"
#include "perf/generate.h"

enum { PATH_ROOM = 256 };

static double file_bytes(const char *folder, const char *name)
{
    struct stat st;
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &st) == 0 ? (double)st.st_size : -1;
}

static FILE *create(const char *folder, const char *name, const char *header)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    fprintf(file, "%s\n", header);
    return file;
}

static void finish(FILE *file)
{
    if (ferror(file) | fclose(file)) {
        perror("build/bench-made");
        exit(1);
    }
}

static void write_value(FILE *file, const char *before, double value)
{
    char text[32];
    leie_number_write(text, value);
    fprintf(file, "%s%s\n", before, text);
}

static void write_Z(const char *folder, const leie_matrix *Z)
{
    FILE *file = create(folder, "Z.csv", "row,col,value");
    char before[48];
    for (leie_size i = 0; i < Z->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++) {
            if (val[c] == 0)
                continue;
            snprintf(before, sizeof before, "%lld,%lld,", (long long)i, (long long)(col ? col[c] : c));
            write_value(file, before, val[c]);
        }
    }
    finish(file);
}

static void write_others(const char *folder, const bench_table *t)
{
    char before[64];
    FILE *Y = create(folder, "Y.csv", "row,col,value"), *x = create(folder, "x.csv", "row,x");
    FILE *labels = create(folder, "labels.csv", "row,region,sector"), *F = create(folder, "F.csv", "stressor,region,sector,value,unit");
    for (leie_size i = 0; i < t->n; i++) {
        const char *region = t->axis.region.code[t->axis.of[i]], *sector = t->axis.code[i];
        fprintf(labels, "%lld,%s,%s\n", (long long)i, region, sector);
        snprintf(before, sizeof before, "%lld,", (long long)i);
        write_value(x, before, t->x[i]);
        for (leie_size r = 0; r < t->regions; r++) {
            snprintf(before, sizeof before, "%lld,%lld,", (long long)i, (long long)r);
            write_value(Y, before, t->Y[i * t->regions + r]);
        }
        for (int k = 0; k < BENCH_STRESSORS; k++) {
            char text[32];
            leie_number_write(text, t->F[k * t->n + i]);
            fprintf(F, "f%02d,%s,%s,%s,t\n", k, region, sector, text);
        }
    }
    finish(Y);
    finish(x);
    finish(labels);
    finish(F);
}

static void write_study(const char *folder)
{
    FILE *file = create(folder, "study.yaml", "leie: 1");
    fprintf(file, "study: made-up\ntables:\n  - year: 2011\n    format: triplets\n    path: .\n    labels: labels.csv\n"
                  "    Z: Z.csv\n    Y: Y.csv\n    x: x.csv\n    x_from: given\n    demand: [{code: household, kind: household}]\n"
                  "    currency: EUR\n    unit: MEUR\n"
                  "extensions: [{name: made-up, path: F.csv, years: [2011]}]\n"
                  "accounts: {by: [product, category]}\n");
    finish(file);
}

/* The study file is written last: a folder that has it is whole. */
static void make_folder(const char *folder, int regions, int sectors)
{
    leie_error err = {0};
    bench_table t = {0};
    if (file_bytes(folder, "study.yaml") > 0)
        return;
    if ((mkdir("build", 0777) && errno != EEXIST) || (mkdir(folder, 0777) && errno != EEXIST)) {
        perror(folder);
        exit(1);
    }
    bench_need(bench_generate(&t, regions, sectors, LEIE_SPARSE, &err), &err, "generate");
    write_Z(folder, &t.Z);
    write_others(folder, &t);
    write_study(folder);
    bench_generate_clear(&t);
}

static void read_table(void *ctx)
{
    const leie_study *study = ctx;
    leie_table t = {0};
    leie_error err = {0};
    bench_need(leie_read_table(&t, &study->table[0], study->table[0].year[0], &err), &err, "read");
    leie_table_clear(&t);
}

static void assemble_table(void *ctx)
{
    leie_table t = {0};
    leie_error err = {0};
    bench_need(leie_assemble(&t, ctx, 2011, NULL, &err), &err, "assemble");
    leie_table_clear(&t);
}

static void measure(const char *folder, const char *sizes)
{
    leie_error err = {0};
    leie_study study = {0};
    char path[PATH_ROOM], note[128];
    snprintf(path, sizeof path, "%s/study.yaml", folder);
    bench_need(leie_study_read(&study, path, 0, NULL, &err), &err, path);
    bench_case c = {.name = "read Z, Y, x from triplets", .sizes = sizes, .residual = NAN};
    c.bytes = file_bytes(folder, "Z.csv") + file_bytes(folder, "Y.csv") + file_bytes(folder, "x.csv");
    bench_measure(&c, read_table, &study);
    snprintf(note, sizeof note, "%.0f MB of text, %.0f MB/s with SHA-256", 1e-6 * c.bytes, 1e-6 * c.bytes / c.best);
    c.note = note;
    bench_report(&c);

    c = (bench_case){.name = "assemble: the same, F, inspected", .sizes = sizes, .residual = NAN};
    bench_measure(&c, assemble_table, &study);
    bench_report(&c);

    leie_study_clear(&study);
    bench_run_study(path, "the main job, text to NetCDF", sizes);
}

static void ask(void)
{
    const char *folder = bench_large() ? "build/bench-made-49x200" : "build/bench-made-41x35";
    make_folder(folder, bench_large() ? 49 : 41, bench_large() ? 200 : 35);
    measure(folder, bench_large() ? "49 x 200, 20 stressors" : "41 x 35, 20 stressors");
}
BENCH_QUESTION(made, "the main job on a made-up table as text", ask)
