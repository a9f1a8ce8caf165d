/* What the files of first-order propagation share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_PROPAGATE_IMPL_H
#define LEIE_SOLVER_SCENARIO_PROPAGATE_IMPL_H

#include "solver/scenario/montecarlo_impl.h"

typedef struct leie_propagation {
    leie_montecarlo *mc;
    leie_montecarlo_work *w;
    leie_inputs *in;
    leie_size n, K;
    double *lambda;      // [n, K]
    double *V;           // [n, K] sum of (1 - rho) (lambda sd)^2 over a column of A
    double *T;           // [rules, n, K] sum of lambda sd over a column of A, rules with rho > 0
    double *variance;    // [outputs]
    leie_size *first;    // [rules + 1] of the groups that reach beyond a column
    double *group;       // [groups, outputs] sum of g sd
    bool ranking;        // second pass
    leie_size output;    // of each region that is ranked
    leie_driver *best;   // [workers, q, ranked]
} leie_propagation;

/* Whether a column of Y is final demand of account region q. */
bool leie_propagation_region(const leie_propagation *p, leie_size q, leie_size column);

/* Puts a cell into a list of the best [n], if it is one. */
void leie_driver_offer(leie_driver *list, leie_size n, const leie_driver *d);

/* Keys of final demand and of industries: their variances, or their places in the ranking. Errors: LEIE_ERR_NOMEM. */
leie_status leie_propagate_keys(leie_propagation *p, leie_error *err);
leie_status leie_propagate_industries(leie_propagation *p, leie_error *err);

#endif
