// SPDX-License-Identifier: GPL-3.0-or-later
/* Archives: zip, workbooks, databases in a zip, layouts. */
#include <stdio.h>

#include "io/read/layout.h"
#include "io/read/read_table.h"
#include "io/read/workbook.h"
#include "io/read/zip.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/fuzz/fuzz.h"

enum { TEXT_MOST = 1 << 22 };

// Every member, up to a size.
static void zip(const uint8_t *data, size_t size)
{
    leie_zip z;
    leie_error err = {0};
    if (leie_zip_open_memory(&z, data, (leie_size)size, "fuzz.zip", &err))
        return;
    for (leie_size m = 0; m < z.n && m < 100; m++) {
        char *text = NULL;
        leie_size length;
        leie_error ignored = {0};
        if (!leie_zip_read(&text, &length, &z, m, TEXT_MOST, &ignored))
            leie_free(text);
    }
    leie_zip_close(&z);
}
FUZZ_TARGET("zip", zip)

static void workbook(const uint8_t *data, size_t size)
{
    leie_workbook *wb = NULL;
    leie_error err = {0};
    if (leie_workbook_open_memory(&wb, data, (leie_size)size, "fuzz.xlsx", &err))
        return;
    for (leie_size s = 0; s < leie_workbook_sheets(wb) && s < 10; s++) {
        char *csv = NULL;
        leie_size length;
        leie_error ignored = {0};
        if (!leie_workbook_csv(&csv, &length, wb, s, TEXT_MOST, &ignored))
            leie_free(csv);
    }
    leie_workbook_close(wb);
}
FUZZ_TARGET("workbook", workbook)

static void read_database(const char *layout, const char *path)
{
    leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT,
                              .layout = (char *)(uintptr_t)layout,
                              .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    leie_table t;
    leie_error err = {0};
    leie_threads_set(1);
    leie_read_table(&t, &spec, 2011, &err);
    leie_table_clear(&t);
}

// A zip archive as its publisher ships it. Finding out which one it is reads every layout: now and then is enough.
static void database(const uint8_t *data, size_t size)
{
    bool find = size && data[size - 1] % 16 == 15;
    read_database(find ? "auto" : "exiobase3", fuzz_file("IOT_2011_pxp.zip", data, size));
}
FUZZ_TARGET("database", database)

// A layout with its files: "#### layout.yaml" and what it asks for.
static void layout(const uint8_t *data, size_t size)
{
    char file[4096];
    const char *folder = fuzz_unpack(data, size);
    snprintf(file, sizeof file, "%s/layout.yaml", folder);
    read_database(file, folder);
}
FUZZ_TARGET("layout", layout)

// A Eurostat data set as a national table.
static void symmetric(const uint8_t *data, size_t size)
{
    read_database("eurostat_iot", fuzz_file("naio_10_cp1700.tsv", data, size));
}
FUZZ_TARGET("symmetric", symmetric)
