/* A matrix is dense (f64, row-major, rows 64-byte aligned), CSR, the factors of a supply-use table, or the blocks of a
 * table file (blocked.h); dense or CSR is chosen by density. Everything above asks through this interface and need not know.
 *
 * A row is a selling sector, a column a buying one.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_MATRIX_H
#define LEIE_KERNELS_MATRIX_H

#include "kernels/csr.h"
#include "kernels/status.h"

#define LEIE_MATRIX_DENSE_FROM 0.35 // density from which on a matrix is kept dense (measured: see matrix.c)

typedef enum leie_matrix_form { LEIE_DENSE, LEIE_SPARSE, LEIE_FACTORED, LEIE_BLOCKED } leie_matrix_form;

typedef struct leie_matrix {
    leie_matrix_form form;
    leie_size rows, cols;
    leie_size ld; // dense: distance between rows, a multiple of 8, >= cols
    double *val;  // dense: [rows * ld]; NULL when sparse
    leie_csr csr; // sparse
    struct leie_factored *factors; // factored: owned
    struct leie_blocked *blocked;  // blocked: held, and perhaps by other matrices too
} leie_matrix;

/* One cell of a matrix under construction. */
typedef struct leie_cell {
    leie_index row, col;
    double val;
} leie_cell;

/* Cells in any order, growing by doubling. */
typedef struct leie_cells {
    leie_size n, room;
    leie_cell *cell; // [n]
} leie_cells;

LEIE_API leie_status leie_cells_add(leie_cells *cells, leie_size row, leie_size col, double val, leie_error *err);
LEIE_API void leie_cells_free(leie_cells *cells);

/* Zero dense matrix. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_matrix_new_dense(leie_matrix *m, leie_size rows, leie_size cols, leie_error *err);

/* Matrix from cells: dense from a density of 35 % on (measured: see matrix.c), else CSR.
 * Cells outside the shape are LEIE_ERR_SHAPE. A cell that occurs twice is LEIE_ERR_DATA, and twice[0]
 * and twice[1] (may be NULL) receive its row and column. Zero cells are dropped from CSR.
 * The cells are reordered. Cost: O(cells + rows + cols). */
LEIE_API leie_status leie_matrix_from_cells(leie_matrix *m, leie_size rows, leie_size cols, leie_cells *cells,
                                            leie_size twice[2], leie_error *err);

/* Takes over factors (and sets *f to NULL). */
LEIE_API void leie_matrix_from_factors(leie_matrix *m, struct leie_factored **f);

/* Takes over one hold of blocks (and sets *b to NULL). */
void leie_matrix_from_blocked(leie_matrix *m, struct leie_blocked **b);

/* Copy in the form asked for; LEIE_FACTORED needs factors to copy, LEIE_BLOCKED blocks, which are then shared: copies of
 * one matrix are made and freed by one thread at a time. */
LEIE_API leie_status leie_matrix_copy(leie_matrix *to, const leie_matrix *from, leie_matrix_form form,
                                      leie_error *err);

LEIE_API void leie_matrix_free(leie_matrix *m);

/* m[i, j]; O(log row) when sparse, O(log parts) from factors. */
LEIE_API double leie_matrix_get(const leie_matrix *m, leie_size i, leie_size j);

/* Row i as count values: col receives their columns, or NULL when the row is dense (value j is
 * column j, count = cols). Pointers live until the same thread asks for another row. */
LEIE_API leie_size leie_matrix_row(const leie_matrix *m, leie_size i, const leie_index **col, const double **val);

/* Cells that are not zero. */
LEIE_API leie_size leie_matrix_nonzeros(const leie_matrix *m);

/* s[i] = sum over j of m[i, j];  s[j] = sum over i of m[i, j]. Fixed order of summation. */
LEIE_API void leie_matrix_row_sums(double *s, const leie_matrix *m);
LEIE_API void leie_matrix_col_sums(double *s, const leie_matrix *m);

/* Sums of rows [n] where they are known beforehand (plain sums in a fixed order), else NULL. */
LEIE_API const double *leie_matrix_known_sums(const leie_matrix *m);

/* Product with a few columns:
 *
 *   plain       Y = M diag(scale) X      X [cols, k], Y [rows, k]
 *   transposed  Y = diag(scale) M' X     X [rows, k], Y [cols, k]
 *
 * scale [cols], NULL for ones. X and Y row-major with leading dimension k; they may not overlap.
 * Sums in f64 in an order that depends on shape alone: same bytes at any thread count.
 * Cost: 2 k nnz flops, one read of M. */
LEIE_API leie_status leie_matrix_product(double *y, const leie_matrix *m, bool transposed, const double *scale,
                                         leie_size k, const double *x, leie_error *err);

/* The same by three plain loops, the judge in tests. */
LEIE_API void leie_matrix_product_ref(double *y, const leie_matrix *m, bool transposed, const double *scale,
                                      leie_size k, const double *x);

#endif
