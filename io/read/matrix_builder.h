/* A square matrix from its rows, as they arrive: compressed while few cells are filled, dense from the density on
 * that leie_matrix_from_cells takes dense. Memory: the matrix and one row (address space for the compressed rows is
 * taken at once, and touched as they come); twice the matrix when rows arrive out of order and it ends up sparse. Begun with
 * blocks it is filled block by block (kernels/blockgrow.h), exact to 2^-48. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_MATRIX_BUILDER_H
#define LEIE_IO_READ_MATRIX_BUILDER_H

#include "kernels/blockgrow.h"

typedef struct leie_matrix_builder {
    leie_size n, next; // the row that should come next
    bool dense;
    leie_size room;    // of the compressed rows
    leie_matrix m;
    leie_blockgrow *grow; // the matrix as blocks; NULL: as above
    bool unfit;           // for blocks, so that a row failed: begin again without them
} leie_matrix_builder;

/* Errors: LEIE_ERR_NOMEM. */
leie_status leie_matrix_builder_begin(leie_matrix_builder *b, leie_size n, leie_error *err);

/* The same as blocks of A = Z diag(scale), in parts that end at first [parts + 1], for the transposed direction: for rows that
 * arrive in order, each once. Errors: LEIE_ERR_NOMEM, LEIE_ERR_LIMIT. */
leie_status leie_matrix_builder_blocks(leie_matrix_builder *b, const double *scale, leie_size parts, const leie_size *first,
                                       leie_error *err);

/* Adds values [n] to row i. LEIE_ERR_LIMIT when the matrix is unfit for blocks. */
leie_status leie_matrix_builder_row(leie_matrix_builder *b, leie_size i, const double *values, leie_error *err);

/* Adds one cell; the matrix becomes dense. */
leie_status leie_matrix_builder_cell(leie_matrix_builder *b, leie_size i, leie_size j, double value, leie_error *err);

/* The matrix as it is; the builder is empty then. */
leie_status leie_matrix_builder_finish(leie_matrix *m, leie_matrix_builder *b, leie_error *err);
void leie_matrix_builder_clear(leie_matrix_builder *b);

#endif
