/* Supply-use tables from a folder, in any of the layouts. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_SUT_H
#define LEIE_IO_READ_READ_SUT_H

#include "solver/leie.h"

/* csv       Leie's folder: supply.csv, use.csv, final.csv and, if there, inputs.csv, inputs_final.csv,
 *           imports.csv, output.csv, products.csv, industries.csv, categories.csv, table.yaml, F_<name>.csv
 * be2015    the sheets of the Belgian workbook of 2015 as tbl_<n>.csv
 * eurostat  naio_10_cp15 with naio_10_cp1610 or naio_10_cp16 (and cp1620, cp1630), each as .tsv, .json
 *           (JSON-stat 2.0) or .csv (SDMX-CSV), plain or gzip */
typedef enum leie_sut_format { LEIE_SUT_AUTO, LEIE_SUT_CSV, LEIE_SUT_BE2015, LEIE_SUT_EUROSTAT } leie_sut_format;

/* The format of that name ("auto", "csv", "be2015", "eurostat"), or a negative number. */
LEIE_API int leie_sut_format_find(const char *name);

typedef struct leie_sut_source {
    const char *folder;
    leie_sut_format format; // LEIE_SUT_AUTO: by the files that are there
    const char *geo;        // Eurostat: country code; NULL when the files have one
    int year;               // Eurostat: 0 when the files have one; csv: 0 for the year of table.yaml
} leie_sut_source;

/* Whether a path is a folder that holds a supply-use table, and in which layout (LEIE_SUT_AUTO: none).
 * Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_recognise(leie_sut_format *format, const char *folder, leie_error *err);

/* Reads and inspects a table into an empty sut: layers as they are published (leie_sut_complete does the
 * rest). Errors name path, line, column and label; the sut is empty then. LEIE_ERR_IO (a sheet or file is
 * missing), LEIE_ERR_DATA, LEIE_ERR_UNIT. */
LEIE_API leie_status leie_read_sut(leie_sut *s, const leie_sut_source *from, leie_error *err);

/* The cells of a published wide matrix (row of column codes, then rows of code, label, values) whose codes are
 * sectors of one region: Z [n, n]. Rows and columns with other codes are left out.
 * Errors: LEIE_ERR_IO, LEIE_ERR_DATA (a sector that is no row or no column). */
LEIE_API leie_status leie_read_reference(double *Z, const char *file, const leie_axis *sector, leie_provenance *p,
                                         leie_error *err);

#endif
