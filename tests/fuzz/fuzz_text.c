// SPDX-License-Identifier: GPL-3.0-or-later
/* Texts: CSV plain and gzip, wide matrices, YAML, studies, Eurostat's formats. */
#include <string.h>

#include "io/read/csv.h"
#include "io/read/eurostat.h"
#include "io/read/lookup.h"
#include "io/read/scan.h"
#include "io/study/study.h"
#include "io/study/yaml.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/fuzz/fuzz.h"

// Every field as a number and as a label.
static void csv(const uint8_t *data, size_t size)
{
    leie_csv csv = {0};
    leie_error err = {0};
    bool more = false;
    leie_status st = leie_csv_open_wide(&csv, fuzz_file("file.csv", data, size), &err);
    while (!st && !(st = leie_csv_next(&csv, &more, &err)) && more)
        for (leie_size c = 0; c < csv.columns; c++) {
            char text[LEIE_LABEL_SIZE];
            double value;
            leie_error ignored = {0};
            leie_csv_number(&csv, c, &value, &ignored);
            leie_csv_string(&csv, c, text, sizeof text, &ignored);
        }
    leie_csv_close(&csv);
}
FUZZ_TARGET("csv", csv)

// Three bytes of form, then the text.
static void scan(const uint8_t *data, size_t size)
{
    if (size < 3)
        return;
    leie_scan scan;
    leie_error err = {0};
    fuzz_bytes b = {data + 3, (leie_size)size - 3, 0};
    const leie_stream stream = {.name = "fuzz", .read = fuzz_read, .ctx = &b};
    const leie_scan_form form = {.labels = data[1] % 9, .count = data[2], .mark = '.', .blank = data[0] & 16};
    const leie_scan_sink sink = {.ctx = &b, .take = fuzz_take};
    leie_threads_set(1);
    leie_status st = leie_scan_open(&scan, &stream, "\t,; "[data[0] & 3], &err);
    for (int i = 0; !st && i < (data[0] >> 2 & 3); i++)
        st = leie_scan_record(&scan, &err);
    if (!st && data[0] & 32)
        leie_scan_back(&scan);
    if (!st)
        st = leie_scan_rows(&scan, &form, &sink, &err);
    leie_scan_close(&scan);
}
FUZZ_TARGET("scan", scan)

static void yaml(const uint8_t *data, size_t size)
{
    leie_yaml *root = NULL;
    leie_error err = {0};
    leie_yaml_parse(&root, "fuzz.yaml", (const char *)data, (leie_size)size, &err);
    leie_yaml_free(root);
}
FUZZ_TARGET("yaml", yaml)

static void study(const uint8_t *data, size_t size)
{
    leie_study study = {0};
    leie_error err = {0};
    if (!leie_study_read(&study, fuzz_file("study.yaml", data, size), 0, NULL, &err))
        leie_study_clear(&study);
}
FUZZ_TARGET("study", study)

// The first byte chooses the format, which goes by the ending.
static void eurostat(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"data.tsv", "data.json", "data.csv"};
    leie_place place = {0};
    leie_cube cube = {0};
    leie_provenance p = {0};
    leie_error err = {0};
    if (size == 0)
        return;
    leie_status st = leie_place_at(&place, fuzz_file(names[data[0] % 3], data + 1, size - 1), &err);
    if (!st && !leie_eurostat_read(&cube, &place, &p, &err))
        leie_cube_clear(&cube);
    leie_provenance_clear(&p);
    leie_place_clear(&place);
}
FUZZ_TARGET("eurostat", eurostat)
