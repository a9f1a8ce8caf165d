// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/rows.h"

#include <math.h>

leie_status leie_rows_take(leie_rows *rows, leie_size row, leie_size col, const leie_csv *csv, leie_size c,
                           double factor, leie_error *err)
{
    double value;
    leie_status st = leie_csv_number(csv, c, &value, err);
    if (!st)
        st = leie_given_room(&rows->given, row + 1, rows->cols, err);
    if (st)
        return st;
    if (!leie_given_mark(&rows->given, row, col))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "this cell was given before");
    value *= factor;
    if (!isfinite(value))
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a number too large for a double after conversion");
    return leie_cells_add(&rows->cells, row, col, value, err);
}

void leie_rows_fill(double *to, const leie_rows *rows)
{
    for (leie_size i = 0; i < rows->cells.n; i++)
        to[rows->cells.cell[i].row * rows->cols + rows->cells.cell[i].col] = rows->cells.cell[i].val;
}

void leie_rows_free(leie_rows *rows)
{
    leie_cells_free(&rows->cells);
    leie_given_free(&rows->given);
}
