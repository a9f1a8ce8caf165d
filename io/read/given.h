/* Which cells of a matrix a file has given already, one bit each: a repeated cell is found when it is
 * read, so the message has its line. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_GIVEN_H
#define LEIE_IO_READ_GIVEN_H

#include "kernels/status.h"

typedef struct leie_given {
    leie_size rows, cols;
    uint64_t *bit; // [rows * words of a row]
} leie_given;

/* Makes room for rows 0 .. rows - 1 of a matrix with cols columns, keeping what is there; grows by
 * doubling. Start with a zero struct. */
leie_status leie_given_room(leie_given *given, leie_size rows, leie_size cols, leie_error *err);

/* Marks a cell; false when it was marked before. */
bool leie_given_mark(leie_given *given, leie_size row, leie_size col);
void leie_given_free(leie_given *given);

#endif
