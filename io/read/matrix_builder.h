/* A square matrix from its rows, as they arrive: compressed while few cells are filled, dense from the density on
 * that leie_matrix_from_cells takes dense. Memory: the matrix and one row (address space for the compressed rows is
 * taken at once, and touched as they come); twice the matrix when rows arrive out of order and it ends up sparse. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_MATRIX_BUILDER_H
#define LEIE_IO_READ_MATRIX_BUILDER_H

#include "kernels/matrix.h"

typedef struct leie_matrix_builder {
    leie_size n, next; // the row that should come next
    bool dense;
    leie_size room;    // of the compressed rows
    leie_matrix m;
} leie_matrix_builder;

/* Errors: LEIE_ERR_NOMEM. */
leie_status leie_matrix_builder_begin(leie_matrix_builder *b, leie_size n, leie_error *err);

/* Adds values [n] to row i. */
leie_status leie_matrix_builder_row(leie_matrix_builder *b, leie_size i, const double *values, leie_error *err);

/* Adds one cell; the matrix becomes dense. */
leie_status leie_matrix_builder_cell(leie_matrix_builder *b, leie_size i, leie_size j, double value, leie_error *err);

/* The matrix as it is; the builder is empty then. */
leie_status leie_matrix_builder_finish(leie_matrix *m, leie_matrix_builder *b, leie_error *err);
void leie_matrix_builder_clear(leie_matrix_builder *b);

#endif
