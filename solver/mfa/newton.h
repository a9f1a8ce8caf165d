/* Newton's step of a reconciliation: with the curvature of products of two variables, which the linearised step
 * leaves out.
 *
 *   min  u'd + 1/2 d'H d   s.t.  A d = b,    H = I (measured) - sum_k mu_k Hessian of constraint k
 *
 * by conjugate gradients in the null space of the constraints (Gould, Hribar and Nocedal 2001, SIAM Journal on
 * Scientific Computing 23(4), 1376-1395), from the linearised step and with its factors: a projection costs one
 * solve with them, so no further factorisation is needed. Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_NEWTON_H
#define LEIE_SOLVER_MFA_NEWTON_H

#include "solver/mfa/reconcile_impl.h"

typedef struct leie_newton leie_newton;

/* Improves w->step, which holds the linearised step. Where the curvature is not positive it stops with what it has.
 * Cost per iteration: about two passes over the terms and the eliminated rows, and one solve.
 * Its room stays in w->newton. Errors: LEIE_ERR_NOMEM. */
leie_status leie_newton_step(leie_solving *w, leie_error *err);
leie_newton *leie_newton_free(leie_newton *x);

#endif
