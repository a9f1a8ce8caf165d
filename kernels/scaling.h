/* Rows and columns of a sparse matrix scaled by their signs (the arithmetic of the GRAS family).
 *
 *   A = P - N, both non-negative       x_ij = r_i p_ij s_j  -  n_ij / (r_i s_j)
 *
 * s is given in pairs, so that one index picks the factor of either sign: pair[2 j] = s_j,
 * pair[2 j + 1] = 1 / s_j. Sums by column come in the same pairs.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SCALING_H
#define LEIE_KERNELS_SCALING_H

#include "kernels/status.h"

/* The positive z with  p z - n / z = target,  for p, n >= 0:
 *
 *   (target + sqrt(target^2 + 4 p n)) / (2 p)    p > 0, written without cancellation for target < 0
 *   - n / target                                 p = 0 (a line without positive cells; target < 0)
 *
 * Where no positive z exists (p = 0 and target >= 0 with n > 0, or n = 0 and target <= 0) the value is the
 * limit: infinite, zero or negative; for p = n = 0 it is 1. */
double leie_scaling_root(double target, double p, double n);

/* The two sums of a row:  *p = sum of a s over positive cells,  *n = sum of |a| / s over negative ones. */
void leie_scaling_sum(double *p, double *n, const double *val, const leie_index *col, leie_size count,
                      const double *pair);

/* Adds a row to the sums of the columns:  sum[2 j] += a r  or  sum[2 j + 1] += |a| / r. */
void leie_scaling_spread(double *sum, const double *val, const leie_index *col, leie_size count, double r);

/* The row itself becomes  a r s  or  a / (r s). */
void leie_scaling_apply(double *val, const leie_index *col, leie_size count, double r, const double *pair);

#endif
