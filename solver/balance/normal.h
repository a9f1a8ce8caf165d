/* Normal equations of least squares under linear constraints, by sparse Cholesky.
 *
 *   (G W G' + E) z = b      G [k, n], W [n] and E [k] diagonal, not negative
 *
 * Redundant constraints make the matrix singular (totals of rows and of columns always do), so it is
 * factored with a shift of its scaled diagonal, which one step of refinement takes out again to second order:
 * for a b that the constraints can meet the error is (shift / smallest eigenvalue)^2, and the rest is the
 * caller's residual. CHOLMOD (Chen, Davis, Hager and Rajamanickam 2008, ACM TOMS 35(3), 22), 64-bit
 * entry points, silent, on one thread.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_NORMAL_H
#define LEIE_SOLVER_BALANCE_NORMAL_H

#include "kernels/csr.h"

typedef struct leie_normal leie_normal;

/* Orders and analyses. by_cell [n, k] is G': row c holds the constraints of cell c; borrowed.
 * full [n] and e [k]: the largest W there will be, and E; they set the scale. e is borrowed.
 * Errors: LEIE_ERR_NOMEM, LEIE_ERR_INTERNAL (CHOLMOD refuses). */
leie_status leie_normal_new(leie_normal **normal, const leie_csr *by_cell, const double *full, const double *e,
                            leie_error *err);

/* Factors for a W; the pattern stays. */
leie_status leie_normal_factor(leie_normal *normal, const double *w, leie_error *err);

/* z = (G W G' + E)^-1 b; z may be b. */
leie_status leie_normal_solve(leie_normal *normal, double *z, const double *b, leie_error *err);
leie_normal *leie_normal_free(leie_normal *normal);

#endif
