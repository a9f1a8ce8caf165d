/* Uncertain parameters of scenarios: footprints of scenarios over draws of their parameters, the table as it is.
 *
 *   e_c(v) of case c (a scenario in a year), v drawn by sample.h; the same draw of a parameter in all cases
 *   first order   var e = g' C g,   g_i = de/dp_i sd_i,   C the correlations (of shares: those of Dirichlet)
 *   share_i = g_i (C g)_i / var e
 *
 * All draws are applied once to find what they change; then one block solve serves all of them (response.h), and a draw
 * costs what a scenario costs. de/dp_i is a central difference over 2 per cent of sd_i: exact where e is a parabola.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_SCENARIO_DRAWS_H
#define LEIE_SOLVER_SCENARIO_SCENARIO_DRAWS_H

#include "solver/scenario/drawn_cases.h"
#include "solver/scenario/draws.h"
#include "solver/scenario/response.h"

typedef struct leie_scenario_draws_opts {
    leie_response_opts response;
    const leie_longevity *longevity; // asked by all threads at once; NULL: the steady state
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    bool last;      // the table of the last year: projections start from it
    bool keep;      // all draws
    bool skip;      // marked scenarios in which nothing varies are left out, no error
    bool plan_only; // collect and plan, solve nothing
    leie_design design;
    uint64_t seed;
    leie_size draws;
} leie_scenario_draws_opts;

typedef struct leie_scenario_draws {
    leie_size cases, q, k, P, each; // P parameters of the set; each = q (k + 1) outputs of a case
    leie_drawn_case *of;            // [cases]
    bool has_total;                 // else e[q, k] is zero
    leie_draws record;             // outputs: [cases, q, k + 1]
    double *middle;                 // [cases, each] with the values as they are
    double *first_order;            // [cases, each] standard deviation
    double *share;                  // [cases, q, P] of the variance of the total, or of stressor 0 without one
    leie_response_plan plan;
    leie_solver solver;
    struct leie_scenario_draws_work *work;
} leie_scenario_draws;

/* Makes ready for draw 0: the scenarios that are marked (asked [scenarios of the set], NULL: all) and have parameters
 * that vary. base and q must outlive it. Errors: LEIE_ERR_DATA without stressors or account regions, or when a marked
 * scenario has nothing that varies (asked given); those of leie_sample_make, leie_change_apply, leie_response_solve. */
LEIE_API leie_status leie_scenario_draws_open(leie_scenario_draws *d, const leie_baseline *base, const leie_account_regions *q,
                                              const bool *asked, const leie_scenario_draws_opts *opts, leie_error *err);

/* Makes the next draws, on all threads, and counts them in their order; nothing once all are made. */
LEIE_API leie_status leie_scenario_draws_step(leie_scenario_draws *d, leie_error *err);

/* Releases what draws take and keeps the results; close releases everything. */
LEIE_API void leie_scenario_draws_finish(leie_scenario_draws *d);
LEIE_API void leie_scenario_draws_close(leie_scenario_draws *d);

#endif
