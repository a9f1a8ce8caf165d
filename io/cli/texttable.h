/* Aligned text tables for a terminal. Cells are added one after the other, row by row; widths follow the
 * widest cell, counted in characters of UTF-8. Running out of memory is remembered and reported once, by
 * leie_texttable_print. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_TEXTTABLE_H
#define LEIE_IO_CLI_TEXTTABLE_H

#include <stdio.h>

#include "solver/leie.h"

enum { LEIE_TEXTTABLE_COLUMNS = 32 };

typedef struct leie_texttable {
    char align[LEIE_TEXTTABLE_COLUMNS + 1]; // 'l' or 'r' per column
    int columns;
    int limit[LEIE_TEXTTABLE_COLUMNS]; // longest cell in characters, 0 for any; a longer one ends in ".."
    leie_size cells, room;
    char **cell; // [cells] row-major
    bool failed; // out of memory
} leie_texttable;

/* A table with one column per letter of align: l left, r right. */
void leie_texttable_start(leie_texttable *t, const char *align);

/* The next cell. */
void leie_texttable_add(leie_texttable *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A number with the given decimals, "-" for NaN. */
void leie_texttable_number(leie_texttable *t, int decimals, double value);

/* Fills the row that has begun with empty cells. */
void leie_texttable_end_row(leie_texttable *t);

/* Prints: indent blanks, then cells two blanks apart, no blanks at the end of a line. */
leie_status leie_texttable_print(const leie_texttable *t, FILE *to, int indent, leie_error *err);
void leie_texttable_clear(leie_texttable *t);

#endif
