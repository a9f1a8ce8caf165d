/* Dense LU with partial pivoting, blocked here: panels and tiles of fixed size, single-threaded BLAS
 * inside, our threads over tiles. Same bytes at any thread count.
 *
 * M [n, n] is row-major with leading dimension ld. LAPACK sees M', so what is factored is
 *
 *   M' = P L U,   rows of M' (columns of M) exchanged; pivot j belongs to row j of M
 *
 * Golub and Van Loan (2013), Matrix Computations, 3.4. The next panel is factored while the tiles of
 * the last one are still being updated (Strazdins 1998, look-ahead).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKLU_H
#define LEIE_KERNELS_BLOCKLU_H

#include "kernels/status.h"

/* Leading dimension to use for n columns: a multiple of 8 that does not make columns fall on the same
 * cache sets. */
leie_size leie_blocklu_stride(leie_size n);

/* What rounding leaves of a pivot that should be zero, against what it was computed from:
 * (64 + n) eps. Tables whose column sums are all one, n = 40 to 1,500, left up to 440 eps. */
double leie_negligible(leie_size n);

/* Factors M in place; pivot [n], work [2 n]. Returns -1, or the row of M whose pivot is zero or negligible:
 *
 *   |u_jj|  <=  negligible max((|L| |U|)_jj, r_i c_j / max |M|)
 *
 * that is, what elimination left on the diagonal is no more than its own rounding (first term), or than
 * the rounding of its row i and column j of M', of largest values r_i and c_j (second term; it is the
 * size of the pivot in a matrix whose rows and columns have been brought to the same units). A singular
 * matrix whose values differ by many powers of ten may pass. After a bad pivot the factors are good for
 * leie_blocklu_null only. Cost: 2/3 n^3 flops. */
leie_size leie_blocklu_factor(double *m, leie_size n, leie_size ld, int *pivot, double *work);

/* X = M^-1 X, or M'^-1 X when transposed; X [n, k] row-major with leading dimension k.
 * Cost: 2 k n^2 flops; the factors are read once for 16 columns. */
void leie_blocklu_solve(const double *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                        double *x);

/* The same in f32, to be refined behind residuals in f64: half the memory, and about twice the speed. Returns -1, or
 * the row of a pivot that is zero or not finite; small ones are not judged. */
leie_size leie_blocklu_factor_f32(float *m, leie_size n, leie_size ld, int *pivot);
void leie_blocklu_solve_f32(const float *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                            float *x);

/* A vector z [n] with M z = 0 to working precision, after leie_blocklu_factor returned the pivot `row`:
 * its large entries are the columns that depend on each other. The factors are spoilt. May hold values
 * that are not finite when M lacks more than one rank. */
void leie_blocklu_null(double *m, leie_size n, leie_size ld, const int *pivot, leie_size row, double *z);

#endif
