/* A wide matrix file of a national table: a row of column codes, further header rows with names (their own
 * code cells blank), then one row per code. The key of a row or column is its code. The columns before the
 * first column code are the rows' code and label; a row without a code goes by its label, and cannot be
 * asked for when several have the same ("Total"). Blank cells count as zero. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_WIDE_H
#define LEIE_IO_READ_WIDE_H

#include "io/read/place.h"
#include "solver/table/labels.h"

typedef struct leie_wide {
    leie_place place;       // empty: nothing was read
    leie_labels row;        // keys of rows that have one, with labels as names
    leie_labels doubled;    // labels of several rows without a code
    leie_labels col;        // codes of columns, with names
    leie_size *field;       // [col.n] position of each column in the file
    leie_size label_fields; // columns before the first code
    leie_size header_rows;  // records before the first row of values
    leie_size unnamed_cols; // columns without a code, behind the labels
} leie_wide;

/* Reads the labels of the file of a year (leie_place_of). Errors: LEIE_ERR_DATA for a code that appears twice. */
leie_status leie_wide_open(leie_wide *wide, const leie_path *path, int year, leie_error *err);

/* Reads values: row i of the file goes to row take_row[i] of value [rows, n] (-1: not taken), its columns
 * cols[j] to column j. Notes the file as a source. */
leie_status leie_wide_values(const leie_wide *wide, const leie_size *take_row, const leie_size *cols, leie_size n,
                             double *value, leie_provenance *p, const char *role, leie_error *err);

/* Position of a row or column by key: LEIE_ERR_DATA with the nearest code when it is not there, or when
 * several rows have it. */
leie_status leie_wide_find(leie_size *at, const leie_wide *wide, bool row, const char *code, leie_error *err);

void leie_wide_clear(leie_wide *wide);

#endif
