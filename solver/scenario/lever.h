/* The footprints of one scenario as a function of its parameters, for searches that ask many times.
 *
 *   e[q, s] = D_cba[q, s] + direct[q, s]   of account region q and stressor s
 *   e[q, k] = the sum over stressors of kind material, when they have one unit
 *
 * by the response of response.h to the baseline: rows of L are solved for once for every column that a call has changed so
 * far; then a call costs no solve.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_LEVER_H
#define LEIE_SOLVER_SCENARIO_LEVER_H

#include "solver/scenario/response.h"

typedef struct leie_lever_opts {
    leie_linsys_opts linsys;
    leie_scenario_method method;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    int year;                        // of paths over years
    bool projection;                 // the year has no table: drivers first
    const leie_longevity *longevity; // NULL: the steady state
} leie_lever_opts;

typedef struct leie_lever {
    leie_size q, k, outputs; // outputs = q (k + 1), the last of a region the sum over materials
    bool has_total;
    double residual;         // bound on the residual of the changed system of the last call (response.h)
    double *baseline;        // [outputs]
    struct leie_lever_work *work;
} leie_lever;

/* Solves the baseline. base, scenario and account regions must outlive it. Errors: those of leie_response_solve,
 * LEIE_ERR_DATA without stressors or account regions. */
LEIE_API leie_status leie_lever_open(leie_lever *r, const leie_baseline *base, const leie_account_regions *q,
                                     const leie_scenario *scenario, const leie_lever_opts *opts, leie_error *err);

/* e [outputs] for values of the parameters of the set [parameters]. Errors: those of leie_change_apply and of
 * leie_response_resolve when the low-rank formula does not hold. */
LEIE_API leie_status leie_lever_at(leie_lever *r, const double *value, double *e, leie_error *err);
LEIE_API void leie_lever_close(leie_lever *r);

#endif
