/* Lines "row,col,value" as programs write them, read by all threads. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_TRIPLETS_H
#define LEIE_IO_READ_TRIPLETS_H

#include "kernels/matrix.h"
#include "kernels/status.h"

/* Reads text [size], closed by a NUL, whose every line is two whole numbers and a value between commas: rows
 * and columns below rows and cols. *plain is false, and cells empty, when a line is anything else (blank, quoted,
 * ragged, out of range, not a number): the caller then reads record by record and finds out what. Repeated cells are
 * not looked for. The cells are in the order of the lines.
 *
 * The text is cut by its size alone, counted, then read into place: 16 bytes a line beside the text.
 * Errors: LEIE_ERR_NOMEM. */
leie_status leie_triplets_scan(leie_cells *cells, bool *plain, const char *text, leie_size size, leie_size rows,
                               leie_size cols, leie_error *err);

#endif
