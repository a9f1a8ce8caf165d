/* Sparse Cholesky factor of A A':  P A A' P' = L L',  A [m, n] of full row rank with few entries per column.
 *
 * CHOLMOD (Chen, Davis, Hager and Rajamanickam 2008, ACM TOMS 35(3), 22) orders and factors without forming
 * A A', with 64-bit indices, silent, on one thread; L is then ours, by columns. Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_CHOLESKY_H
#define LEIE_KERNELS_CHOLESKY_H

#include "kernels/status.h"

typedef struct leie_cholesky {
    leie_size m, nnz;
    leie_size *first; // [m + 1] columns of L, the diagonal first, rows ascending
    leie_size *row;   // [nnz]
    double *val;      // [nnz]
    leie_size *place; // [m] row i of A A' is row place[i] of L
    double least;     // of what rows have of their own
    double *inverse;  // [nnz] entries of (L L')^-1 where L has entries; NULL until leie_cholesky_invert
} leie_cholesky;

/* Factors. A is given by columns: first [n + 1], row and val. own [m], or NULL: what each row has of its own, the square of its
 * pivot beside the square of the row; 1e-13 and less mean nothing but rounding, and then the factor is of a matrix that was
 * shifted by as much. Errors: LEIE_ERR_NOMEM, LEIE_ERR_INTERNAL. */
leie_status leie_cholesky_new(leie_cholesky *f, double *own, leie_size m, leie_size n, const leie_size *first, const leie_size *row,
                              const double *val, leie_error *err);

/* Rows of A; columns that the form by columns has nothing in do not count. */
typedef struct leie_sparse_rows {
    const leie_size *first; // [m + 1]
    const leie_index *col;
    const double *val;
} leie_sparse_rows;

/* Factors again with new values and the order and pattern that *f has: no search and no copies, column by column from
 * those before it. own [m], or NULL: as above; rows that have no more than `least` of their own are left out on the way, and
 * have to leave then. *good false: entries lie outside of that pattern, or without own a row has so little; *f is to
 * be cleared then. Errors: LEIE_ERR_NOMEM. */
leie_status leie_cholesky_again(leie_cholesky *f, bool *good, double *own, double least, const leie_sparse_rows *rows, const leie_size *first,
                                const leie_size *row, const double *val, leie_error *err);

/* Rows leave the factor, gone [m]: what is left is the factor of the others when leie_cholesky_again left those out, and only a
 * pattern for it when not. Errors: LEIE_ERR_NOMEM. */
leie_status leie_cholesky_leave(leie_cholesky *f, const bool *gone, leie_error *err);
void leie_cholesky_clear(leie_cholesky *f);

/* x = (A A')^-1 x, in place; x [m], work [m]. Cost 4 nnz flops. */
void leie_cholesky_solve(const leie_cholesky *f, double *x, double *work);

/* Entries of the inverse where L has entries (Takahashi, Fagan and Chen 1973): cost about that of the
 * factorisation. Errors: LEIE_ERR_NOMEM. */
leie_status leie_cholesky_invert(leie_cholesky *f, leie_error *err);

typedef struct leie_cholesky_branch {
    leie_size row;
    bool climbed;
} leie_cholesky_branch;

/* Work of quadratic forms, one per thread. */
typedef struct leie_cholesky_form {
    double *w;                    // [m] zero before and after
    leie_cholesky_branch *branch; // [m] of the elimination tree, those that w has rows of
} leie_cholesky_form;

leie_status leie_cholesky_form_new(leie_cholesky_form *x, leie_size m, leie_error *err); // LEIE_ERR_NOMEM
void leie_cholesky_form_clear(leie_cholesky_form *x);

/* w' (A A')^-1 w for a w with few entries (where, each row once, and value [count]):
 *
 *   L z = P w  from the lowest row up, until what is left of w lies within one column of L
 *   sum z^2 + w' Z w  with the entries Z of leie_cholesky_invert, which are there for all pairs of such rows
 *
 * Rows that share a column of A need no step of L z = P w. Without leie_cholesky_invert it goes up to the root. */
double leie_cholesky_square(const leie_cholesky *f, leie_size count, const leie_size *where, const double *value,
                            leie_cholesky_form *x);

#endif
