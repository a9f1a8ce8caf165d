/* The footprints of one scenario as a function of its parameters, for searches that ask many times.
 *
 *   x* = x + L w,   w = dy + dA x*     w lives on few rows when few columns U of A change:
 *   x*_U = (I - L_U dA_U)^-1 (x_U + L_U dy)
 *   e* = e + M w + dS x* + direct* - direct
 *
 * Rows of L are transposed solves of the baseline, made once for every sector that a call has changed so far; then a call
 * costs no solve. A new process is a row and a column of its own. Woodbury (1950).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_LEVER_H
#define LEIE_SOLVER_SCENARIO_LEVER_H

#include "solver/account/accounts.h"
#include "solver/scenario/change.h"

typedef struct leie_lever_opts {
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    int year;                        // of paths over years
    bool projection;                 // the year has no table: drivers first
} leie_lever_opts;

typedef struct leie_lever {
    leie_size q, k, outputs; // as in montecarlo.h: outputs = q (k + 1), the last of a region the sum over materials
    bool has_total;
    double residual;         // worst of all solves
    double *baseline;        // [outputs]
    struct leie_lever_work *work;
} leie_lever;

/* Solves the baseline. base, scenario and account regions must outlive it. Errors: those of leie_linsys_setup and
 * leie_linsys_solve, LEIE_ERR_CONVERGE, LEIE_ERR_DATA without stressors or account regions. */
LEIE_API leie_status leie_lever_open(leie_lever *r, const leie_baseline *base, const leie_account_regions *q,
                                        const leie_scenario *scenario, const leie_lever_opts *opts, leie_error *err);

/* e [outputs] for values of the parameters of the set [parameters]. Errors: those of leie_change_apply, LEIE_ERR_SINGULAR
 * when the changed system has no solution. */
LEIE_API leie_status leie_lever_at(leie_lever *r, const double *value, double *e, leie_error *err);

/* The residual of the changed system itself, for the values of the last call: |y* - (I - A*) x*|_1 against |y*|_1 + |x*|_1,
 * from a solve and the changed cells. */
LEIE_API leie_status leie_lever_residual(leie_lever *r, double *residual, leie_error *err);
LEIE_API void leie_lever_close(leie_lever *r);

#endif
