// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast does a wide matrix come out of text? The made-up table of generate.h as pymrio's folder, written once under
 * build/bench-wide and packed by `python3 -m zipfile`: 49 x 40, with BENCH_LARGE=1 49 x 200 (0.8 GB of text).
 * peers/tables.py reads the same files, and the archive too. The archive is read beside inflating it alone. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "io/leie_io.h"
#include "io/read/read_table.h"
#include "io/read/scan.h"
#include "io/read/zip.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "perf/bench.h"
#include "perf/generate.h"

enum { PATH_ROOM = 256, BLOCK = 1 << 22 };

typedef struct wide {
    char folder[PATH_ROOM], text[PATH_ROOM], archive[PATH_ROOM], sizes[64];
    leie_size n;
    double *value; // [n, n] as it is read
    bool blocks;   // the table from the archive comes as blocks of A, as a study that only solves reads it
} wide;

static double bytes_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? (double)st.st_size : 0;
}

// ---- the files ----

static void write_files(const wide *w, int regions, int sectors)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    char command[3 * PATH_ROOM];
    bench_need(bench_generate(&made, regions, sectors, LEIE_DENSE, &err), &err, "generate");
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    bench_need(leie_write_pymrio(w->folder, &t, 16, NULL, &err), &err, "write");
    leie_table_clear(&t);
    snprintf(command, sizeof command, "cd %s && python3 -m zipfile -c ../%s.part * && mv ../%s.part ../%s", w->folder,
             strrchr(w->archive, '/') + 1, strrchr(w->archive, '/') + 1, strrchr(w->archive, '/') + 1);
    if (system(command) != 0)
        fprintf(stderr, "%s: no archive (python3 -m zipfile failed)\n", w->archive);
}

static void prepare(wide *w)
{
    int regions = 49, sectors = bench_large() ? 200 : 40;
    *w = (wide){.n = (leie_size)regions * sectors};
    mkdir("build", 0777);
    mkdir("build/bench-wide", 0777);
    snprintf(w->folder, sizeof w->folder, "build/bench-wide/%dx%d", regions, sectors);
    snprintf(w->text, sizeof w->text, "build/bench-wide/%dx%d/Z.txt", regions, sectors);
    snprintf(w->archive, sizeof w->archive, "build/bench-wide/%dx%d.zip", regions, sectors);
    if (bytes_of(w->archive) == 0)
        write_files(w, regions, sectors);
    snprintf(w->sizes, sizeof w->sizes, "n=%lld, %.0f MB of text", (long long)w->n, 1e-6 * bytes_of(w->text));
    w->value = leie_new_pages(w->n * w->n, sizeof *w->value);
    bench_need(w->value ? LEIE_OK : LEIE_ERR_NOMEM, NULL, "the matrix");
}

// ---- reading ----

static leie_status read_file(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    *got = (leie_size)fread(data, 1, (size_t)room, ctx);
    return ferror(ctx) ? leie_fail(err, LEIE_ERR_IO, "Z.txt cannot be read") : LEIE_OK;
}

static FILE *open_text(const wide *w)
{
    FILE *file = fopen(w->text, "rb");
    bench_need(file && !setvbuf(file, NULL, _IONBF, 0) ? LEIE_OK : LEIE_ERR_IO, NULL, w->text);
    return file;
}

static void read_matrix(void *ctx)
{
    wide *w = ctx;
    leie_error err = {0};
    FILE *file = open_text(w);
    leie_scan scan;
    const leie_stream stream = {.name = w->text, .read = read_file, .ctx = file};
    const leie_scan_form form = {.labels = 2, .count = w->n, .mark = '.', .blank = true};
    const leie_scan_sink sink = {.value = &w->value, .stride = w->n};
    bench_need(leie_scan_open(&scan, &stream, '\t', &err), &err, "open");
    for (int i = 0; i < 3; i++)
        bench_need(leie_scan_record(&scan, &err), &err, "header");
    bench_need(leie_scan_rows(&scan, &form, &sink, &err), &err, "read");
    leie_scan_close(&scan);
    fclose(file);
}

// The bytes alone: copied from the page cache.
static void read_bytes(void *ctx)
{
    static char block[BLOCK];
    FILE *file = open_text(ctx);
    while (fread(block, 1, BLOCK, file) == BLOCK)
        ;
    fclose(file);
}

// The largest difference from what was written, which had 16 digits.
static double difference(const wide *w, const bench_table *made)
{
    double worst = 0;
    for (leie_size i = 0; i < w->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&made->Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++) {
            double was = val[c], is = w->value[i * w->n + (col ? col[c] : c)];
            if (was != 0 && fabs(is / was - 1) > worst)
                worst = fabs(is / was - 1);
        }
    }
    return worst;
}

static void measure(const char *name, wide *w, bench_work work, const bench_table *made)
{
    char note[64];
    bench_case c = {.name = name, .sizes = w->sizes, .residual = NAN, .bytes = bytes_of(w->text), .allowed = 1e-15};
    bench_measure(&c, work, w);
    if (made)
        c.residual = difference(w, made);
    snprintf(note, sizeof note, "%.2f GB of text a second", 1e-9 * c.bytes / c.best);
    c.note = note;
    bench_report(&c);
}

// ---- the archive ----

// All members inflated one after the other, with their check sums.
static void inflate_archive(void *ctx)
{
    static char block[1 << 20];
    const wide *w = ctx;
    leie_error err = {0};
    leie_zip zip;
    bench_need(leie_zip_open(&zip, w->archive, &err), &err, "open");
    for (leie_size i = 0; i < zip.n; i++) {
        leie_zip_stream *member = NULL;
        leie_size got = sizeof block;
        bench_need(leie_zip_stream_open(&member, &zip, i, &err), &err, "member");
        while (got == sizeof block)
            bench_need(leie_zip_stream_read(member, block, sizeof block, &got, &err), &err, "inflate");
        leie_zip_stream_close(member);
    }
    leie_zip_close(&zip);
}

// The table that the archive holds, as a study reads it.
static void read_archive(void *ctx)
{
    wide *w = ctx;
    leie_error err = {0};
    leie_table t = {0};
    char layout[] = "pymrio";
    const leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = layout, .blocks_from = w->blocks ? LEIE_BLOCKS_FROM : 0,
                                    .path = {.shown = w->archive, .real = w->archive}};
    bench_need(leie_read_table(&t, &spec, 2011, &err), &err, "read");
    leie_table_clear(&t);
}

static void measure_archive(wide *w)
{
    char note[64];
    bench_case alone = {.name = "inflating an archive alone", .sizes = w->sizes, .residual = NAN, .bytes = bytes_of(w->archive)};
    bench_measure(&alone, inflate_archive, w);
    bench_report(&alone);
    for (int blocks = 0; blocks < 2; blocks++) {
        bench_case read = {.name = blocks ? "table from the archive, by blocks" : "table from the archive", .sizes = w->sizes,
                           .residual = NAN, .bytes = bytes_of(w->archive)};
        w->blocks = blocks;
        bench_measure(&read, read_archive, w);
        snprintf(note, sizeof note, "%.2f times inflating alone, by medians %.2f", read.best / alone.best, read.median / alone.median);
        read.note = note;
        bench_report(&read);
    }
}

static void ask_wide(void)
{
    wide w;
    leie_error err = {0};
    bench_table made = {0};
    int threads = leie_threads();
    prepare(&w);
    bench_need(bench_generate(&made, 49, (int)w.n / 49, LEIE_DENSE, &err), &err, "generate");
    measure("bytes of a text file", &w, read_bytes, NULL);
    measure("wide matrix from text", &w, read_matrix, &made);
    leie_threads_set(1);
    measure("wide matrix from text", &w, read_matrix, &made);
    leie_threads_set(threads);
    bench_generate_clear(&made);
    leie_free(w.value);
    measure_archive(&w);
}
BENCH_QUESTION(wide, "a wide matrix from text", ask_wide)
