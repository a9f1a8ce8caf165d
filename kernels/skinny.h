/* Products of a matrix with a few columns, on one thread: the building blocks of leie_matrix_product
 * and of iterations over parts of a matrix.
 *
 *   plain       Y[i, :] += sum over j of m[i, j] X[j, :]
 *   transposed  Y[j, :] += sum over i of m[i, j] X[i, :]
 *
 * for i and j in a window. Rows of X and Y are counted from the whole matrix. Both have leading dimension
 * width, a multiple of LEIE_LANES and at most LEIE_WIDTH, and are 64-byte aligned. The order of each
 * sum depends on the window and the matrix alone; it does not depend on width, so a column gives the
 * same bytes alone and among others.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SKINNY_H
#define LEIE_KERNELS_SKINNY_H

#include "kernels/matrix.h"

enum {
    LEIE_LANES = 8, // columns that go together in vector registers
    LEIE_WIDTH = 32 // columns of X at a time, at most
};

/* Rows row .. row_end - 1 and columns col .. col_end - 1. In a sparse row the columns are searched for. */
typedef struct leie_window {
    leie_size row, row_end, col, col_end;
} leie_window;

/* k rounded up to whole lanes. */
leie_size leie_skinny_width(leie_size k);

/* Cost: 2 width flops per value that is not zero, one read of the window. */
void leie_skinny_plain(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x);
void leie_skinny_transposed(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x);

/* Rows first .. last - 1 of X [.., k] into the lanes of a wide array, multiplied by scale (NULL for
 * ones); the lanes beyond k become zero. And back: Y = diag(scale) wide. from and to have leading
 * dimension ld. */
void leie_skinny_pack(double *wide, leie_size width, const double *from, leie_size ld, leie_size k,
                      const double *scale, leie_size first, leie_size last);
void leie_skinny_unpack(double *to, leie_size ld, leie_size k, const double *wide, leie_size width,
                        const double *scale, leie_size first, leie_size last);

#endif
