/* What a scenario changes in a baseline, as lists of cells, and an account of it for each intervention. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_CHANGE_H
#define LEIE_SOLVER_SCENARIO_CHANGE_H

#include "solver/scenario/baseline.h"
#include "solver/scenario/longevity.h"

/* What one intervention did. Money is in the unit of the table; coefficients count times the output of the baseline. */
typedef struct leie_edit_report {
    leie_size cells;          // cells changed
    leie_size clipped;        // of them set to zero because they would have become negative
    leie_size shares_clipped; // shares above one, or below zero, brought to the nearest of these
    leie_size spread_equally; // amounts that met no purchases to follow and went to all targets equally
    double clipped_money;     // what clipping added to the cells
    double money_in, money_out;   // sums of rises and of falls in money rows of A and Y
    double tonnes_in, tonnes_out; // the same in rows and pressures measured by mass
    double inputs;            // net change of spending on inputs: the imbalance left in A (value added falls by it)
    double spending;          // net change of final demand
    double bound;             // share of what was asked that `available` allowed
} leie_edit_report;

typedef struct leie_change {
    const leie_baseline *base; // borrowed
    leie_edits part[LEIE_EDITED];
    leie_size reports;
    leie_edit_report *report;  // [reports] drivers, then the interventions of the scenario
    leie_size over_one;        // columns of A whose money inputs rose above one
    double largest_sum;        // the largest of these sums
    bool *active;              // [processes]
    leie_index *target_row, *target_col; // [N], [max(N, m)] work
} leie_change;

/* How a scenario is applied. */
typedef struct leie_change_opts {
    const double *value; // [parameters] NULL: the scenario's own
    int year;
    bool projection;     // the year has no table: drivers first
    const bool *on;      // [interventions of the scenario] which take part; NULL: all. Processes and balance always do
    bool reverse;        // interventions in reverse order (not processes, which stay first, nor balance, which stays last)
    const leie_longevity *longevity; // NULL: the steady state
} leie_change_opts;

LEIE_API leie_status leie_change_open(leie_change *change, const leie_baseline *base, leie_error *err);

/* Applies a scenario to the baseline; what the change held before is forgotten. Cost: rows x columns of the
 * selections. Errors: LEIE_ERR_DATA with file and line for amounts that have no meaning (not finite, a lifetime that is
 * not positive, a price below zero), LEIE_ERR_UNIT for a substitution between rows of different units
 * without a price, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_change_apply(leie_change *change, const leie_scenario *scenario, const leie_change_opts *opts,
                                       leie_error *err);
LEIE_API void leie_change_clear(leie_change *change);

/* The table of the scenario, every cell changed: Z* = A* diag(x), Y*, F* = S* diag(x), with x of the baseline, so that
 * it is not balanced. Processes must not be active (LEIE_ERR_DATA): they have no output yet. to is empty. */
LEIE_API leie_status leie_change_table(leie_table *to, const leie_change *change, leie_error *err);

#endif
