/* Scenarios evaluated and explained: the total effect, each intervention alone, order-free shares, and what order and
 * rebound make of it.
 *
 *   v(T)   effect of the interventions in the set T, in their order (with the drivers of a projection; processes and
 *          balance always take part)
 *   alone_i = v({i}) - v({})
 *   share_i = sum over T without i of |T|! (p - |T| - 1)! / p! (v(T + i) - v(T))      (Shapley 1953)
 *
 * The shares add up to v(all) - v({}). Up to LEIE_SHAPLEY_EXACT interventions every T is evaluated; beyond, random
 * orders in pairs with their mirror images, and the standard error of the mean over pairs is kept.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_OUTCOME_H
#define LEIE_SOLVER_SCENARIO_OUTCOME_H

#include "solver/scenario/outputs.h"

enum { LEIE_SHAPLEY_EXACT = 8, LEIE_SHAPLEY_PAIRS = 32 };

/* What one effect is reduced to, and where each part begins. q account regions, k stressors, R table regions, C
 * categories, P products. All are differences to the baseline. */
typedef struct leie_outcome_shape {
    leie_size q, k, R, C, P, size;
    leie_size D_cba;    // [q, k]
    leie_size home;     // [q, k] the part of D_cba that arises in the region itself
    leie_size D_pba;    // [q, k] all pressure of the region's sectors
    leie_size category; // [q, C, k]
    leie_size direct;   // [q, k] direct pressures of final demand
    leie_size direct_category; // [q, C, k]
    leie_size demand;   // [q, C] final demand in money
    leie_size origin;   // [q, R, k] -1 without origins
    leie_size product;  // [q, P, k] -1 without products
} leie_outcome_shape;

/* One scenario in one year. Arrays [size] follow the shape. */
typedef struct leie_outcome {
    leie_size scenario;    // position in the set; -1: the drivers alone
    int year;
    bool projection;
    leie_size interventions, drivers; // of reports: drivers first
    leie_edit_report *report;         // [drivers + interventions]
    leie_size over_one;
    double largest_sum;
    double *total;   // [size] against the table
    double *none;    // [size] v({}): the drivers of a projection; NULL otherwise
    double *alone;   // [interventions, size] NULL unless asked for
    double *share;   // [interventions, size]
    double *error;   // [interventions, q k] standard errors of the shares of D_cba; NULL when they are exact
    double *reverse; // [q k] D_cba with the interventions in reverse order, less D_cba in their order; NULL unless asked for
    double *rebound; // [q k] D_cba with, less without, the rebound interventions; NULL without any
    double residual; // worst of all evaluations
    leie_outputs outputs; // on request
    leie_size rank, evaluations, by_itself; // by_itself: evaluations that the low-rank formula could not do
    leie_scenario_method method;
} leie_outcome;

typedef struct leie_outcomes {
    leie_outcome_shape shape;
    leie_labels product, category;
    leie_size n;
    leie_outcome *outcome; // [n] in order of years, then scenarios
    leie_response_plan plan;
    leie_linsys_info info;
    double seconds_collect, seconds_solve, seconds_evaluate;
} leie_outcomes;

typedef struct leie_outcome_opts {
    leie_response_opts response;
    bool by_origin;
    bool exclude[LEIE_DEMAND_KINDS];
    bool last;         // the table of the last year: projections start from it
    bool plan_only;    // collect and plan, solve nothing
    leie_outputs_opts outputs; // outputs and multipliers by sector of every scenario
    const leie_longevity *longevity; // NULL: the steady state
    bool (*stop)(void *ctx);         // may be NULL; from the calling thread
    void *stop_ctx;
} leie_outcome_opts;

/* Evaluates all scenarios of the baseline's set in the year of its table, and projections when it is the last.
 * Errors: those of leie_change_apply and of the linear systems (named by scenario), LEIE_ERR_STOPPED. */
LEIE_API leie_status leie_outcomes_make(leie_outcomes *o, const leie_baseline *base, const leie_account_regions *q,
                                        const leie_outcome_opts *opts, leie_error *err);
LEIE_API void leie_outcomes_clear(leie_outcomes *o);

#endif
