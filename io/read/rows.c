// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// The labels of the cell are the fields beside its value.
static leie_status fail_again(const leie_csv *csv, leie_size c, leie_error *err)
{
    enum { SHOWN_MOST = 60 };
    char labels[256] = "";
    for (leie_size i = 0; i < csv->columns; i++) {
        size_t used = strlen(labels);
        leie_size size = csv->field[i].size < SHOWN_MOST ? csv->field[i].size : SHOWN_MOST;
        if (i != c)
            snprintf(labels + used, sizeof labels - used, "%s%.*s", used ? " " : "", (int)size, csv->field[i].at);
    }
    return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "this cell was given before: %s", labels);
}

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
        return fail_again(csv, c, err);
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
