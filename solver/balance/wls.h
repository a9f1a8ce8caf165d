/* Constrained weighted least squares: cells and totals with reliabilities, totals that contradict each
 * other, bounds.
 *
 *   min  sum_c (x_c - s_c)^2 / v_c  +  sum_k (G x - g)_k^2 / e_k      lower <= x <= upper
 *
 * A constraint with variance e_k = 0 holds exactly; conflicting ones need variances, and each gives way by
 * its own (what KRAS does for RAS; Lenzen, Gallego and Wood 2009, ESR 21(1), 23-50). Without bounds
 *
 *   x = s + V G' (G V G' + E)^-1 (g - G s)        cov x = V - V G' (G V G' + E)^-1 G V
 *
 * Stone, Champernowne and Meade (1942), Review of Economic Studies 9(2), 111-135; Byron (1978). With
 * bounds, x(l) = clip(s + V G' l) for the multipliers l, and l is found by Newton steps on the concave dual,
 * whose gradient is g - G x(l) - E l: each step solves the normal equations of the cells that are not at
 * a bound, and is halved until the dual grows.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_WLS_H
#define LEIE_SOLVER_BALANCE_WLS_H

#include "solver/balance/balance.h"

/* Any linear constraints. Everything is borrowed. */
typedef struct leie_wls_problem {
    const double *prior;     // [n] s
    const double *variance;  // [n] v >= 0; 0: the cell stays
    const double *lower;     // [n] -INFINITY for none; NULL: no cell has bounds
    const double *upper;     // [n] INFINITY for none; goes with lower
    const leie_csr *by_cell; // [n, k] G': row c holds the constraints of cell c, columns ascending
    const double *target;    // [k] g
    const double *error;     // [k] e >= 0; 0: exact
} leie_wls_problem;

typedef struct leie_wls_info {
    leie_size iterations, at_bound;
    bool converged;
    bool conflict;    // ended because exact constraints contradict each other (or the bounds)
    double residual;  // largest |g - G x - E l|_k / max(|g_k|, sum |G_kc x_c|)
    double objective; // chi-square
} leie_wls_info;

/* Solves; x [n] must not overlap the prior. missed [k] receives g - G x - E l, may be NULL; sd_after [n]
 * receives the standard errors of the cells that are left, 0 at bounds, may be NULL. opt: tolerance 1e-9,
 * 100 iterations.
 * Cost: one analysis, then for each step one factorisation when the cells at bounds have changed and two solves;
 * sd_after takes n solves.
 * Errors: LEIE_ERR_DATA (lower > upper, a negative variance, numbers that are not finite),
 * LEIE_ERR_NOMEM, LEIE_ERR_INTERNAL. A conflict is LEIE_OK with converged false. */
LEIE_API leie_status leie_wls_solve(double *x, double *missed, double *sd_after, const leie_wls_problem *p,
                                    const leie_balance_opts *opt, leie_wls_info *info, leie_error *err);

typedef struct leie_wls_opts {
    leie_balance_opts limit; // tolerance 1e-9, 100 iterations
    const double *variance;  // [nnz] NULL: |a|, the chi-square form, nearest to RAS for small changes
    const double *lower;     // [nnz] -INFINITY for none; NULL: none
    const double *upper;     // [nnz] INFINITY for none; NULL: none
    bool free_signs;         // else a cell stays on its side of zero
    double *sd_after;        // [nnz] receives standard errors; NULL: not wanted
} leie_wls_opts;

/* The same for a table with totals of rows, columns and blocks, balanced in place; m's standard errors are
 * used (0: exact). Exact totals that contradict each other are LEIE_ERR_DATA, named with amounts: first by the
 * checks of feasibility.h, then by what the solution misses. Other errors as leie_wls_solve; a is unchanged
 * then. */
LEIE_API leie_status leie_wls(leie_csr *a, const leie_margins *m, const leie_wls_opts *opt, leie_balance_info *info,
                              leie_error *err);

#endif
