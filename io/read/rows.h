/* Rows of a dense matrix while their number is not known: cells in any order, repeated ones refused. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_ROWS_H
#define LEIE_IO_READ_ROWS_H

#include "io/read/csv.h"
#include "io/read/given.h"
#include "kernels/matrix.h"

typedef struct leie_rows {
    leie_size cols;
    leie_cells cells;
    leie_given given;
} leie_rows;

/* Takes the number in column c of the current record as cell (row, col), times factor. A cell that was
 * given before is LEIE_ERR_DATA at the record. Start with a zero struct that has cols set. */
leie_status leie_rows_take(leie_rows *rows, leie_size row, leie_size col, const leie_csv *csv, leie_size c,
                           double factor, leie_error *err);

/* Writes the cells into a [rows, cols] matrix; the others are left as they are. */
void leie_rows_fill(double *to, const leie_rows *rows);
void leie_rows_free(leie_rows *rows);

#endif
