/* Explicit inverses of small systems, kept in f32: what an iteration applies in each sweep, behind residuals in f64.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_INVERSE_H
#define LEIE_KERNELS_INVERSE_H

#include "kernels/status.h"

/* inverse [n, n] = M^-1 from M [n, ld] row-major, which is spoilt; ld = leie_blocklu_stride(n), pivot [n],
 * work [n * n + 2 n], 64-byte aligned. Where the diagonal dominates every column or every row (inputs from home below
 * output), Gauss-Jordan elimination in f32 without exchange of rows; else, and when a pivot comes close to zero, factors
 * and inverse are f64 and the result is rounded. Returns -1, or the row of M whose pivot is zero or negligible. Cost:
 * 2 n^3 flops in f32, or 8/3 n^3 in f64. */
leie_size leie_inverse_make(float *inverse, double *m, leie_size n, leie_size ld, int *pivot, double *work);

/* Y = M^-1 X or M'^-1 X, in f32: X and Y [n, width] 32-byte aligned, width 8, 16, 24 or 32; they do not overlap.
 * Sums in order of the rows of X. Cost: 2 width n^2 flops, one read of the inverse for 32 columns. */
void leie_inverse_apply(float *y, const float *inverse, leie_size n, bool transposed, leie_size width, const float *x);

#endif
