/* A table as text, by a layout: lines of header with the labels of columns, then lines that begin with the labels of a
 * row and go on with numbers, which scan.h reads.
 *
 *   skip    lines before the header (blank ones are not counted); -1: as long as they have nothing behind the labels
 *   header  lines of column labels, one level each; 0: the columns have no labels
 *   index   fields of row labels, one level each; 0: the rows have none
 *   names   a line behind the header whose values are all blank names the levels of the rows (pandas), and is passed over
 *
 * Blank cells are zero. A separator at the end of every line is no column.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_GRID_H
#define LEIE_IO_READ_GRID_H

#include "io/read/intake.h"
#include "io/read/scan.h"

enum { LEIE_GRID_LEVELS = LEIE_SCAN_LABELS_MOST, LEIE_GRID_LABEL = 1024, LEIE_GRID_COLUMNS_MOST = 1 << 18 };

typedef struct leie_grid_form {
    char separator, mark; // between fields; decimal point
    leie_size skip, header, index;
    bool names;
} leie_grid_form;

typedef struct leie_grid {
    leie_grid_form form;
    leie_size cols;   // of values
    char **col_label; // [header, cols]; level by level
    bool opened;
    leie_intake *intake;
    leie_scan scan;
    char *name;
    char *label[LEIE_GRID_LEVELS]; // [LEIE_GRID_LABEL] of the current row, closed by NULs
} leie_grid;

typedef struct leie_grid_sink {
    void *ctx;
    /* A row begins; called in order, before the values of its block are parsed. *row is whatever the receiver calls it, -1
     * to leave it out. label has form.index texts; number counts the rows from 0. */
    leie_status (*row)(void *ctx, const leie_grid *g, leie_size number, char *const *label, leie_size *row, leie_error *err);
    /* The values of a row [cols]; called by several threads, each row once. */
    leie_status (*values)(void *ctx, leie_size row, const double *value, leie_error *err);
    /* As in leie_scan_sink. */
    double *(*room)(void *ctx, leie_size row);
    void (*turn)(void *ctx);
    leie_status (*settle)(void *ctx, leie_error *err);
    leie_size most; // rows that begin before the values of the first one come; 0: as many as a block of text has
} leie_grid_sink;

/* Reads the header; the intake is taken over, also on failure. Errors: LEIE_ERR_DATA with path and line. */
leie_status leie_grid_open(leie_grid *g, leie_intake *intake, const char *path, const leie_grid_form *form,
                           leie_error *err);

/* Reads all rows, once; *rows is how many there were. Errors: those of leie_scan_rows and of the receiver. */
leie_status leie_grid_read(leie_grid *g, const leie_grid_sink *sink, leie_size *rows, leie_error *err);
void leie_grid_close(leie_grid *g);

/* Cuts a line into fields, in place: quotes are removed, each field is closed by a NUL; at most `most` of them. Returns
 * how many there are. */
leie_size leie_fields_cut(char **field, leie_size most, char *line, char separator);

#endif
