/* The result of a study as a dataset: dimensions scenario, year, region, stressor, sector, product,
 * category, origin, supplier, exporter, importer; one variable per account (DESIGN section 5).
 *
 * Years may have different stressors: the stressor axis is their union in order of first appearance, and
 * what a year does not have is missing (NaN), not zero. All other axes are the same in every year.
 *
 * Where rows of one array have different units, `units` is "1" and the attribute units_by names the text
 * variables that hold them: stressor_unit, sector_unit, or their quotient.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_H
#define LEIE_IO_RESULT_RESULT_H

#include "io/result/dataset.h"
#include "io/run/flow_accounts.h"
#include "io/run/local_run.h"
#include "io/study/study.h"
#include "solver/scenario/outcome.h"
#include "solver/scenario/scenario_draws.h"

/* A back-cast: the answer, the values of its parameters, and how well the changed system is solved there. */
typedef struct leie_backcast_result {
    leie_backcast answer;
    double value[LEIE_LEVERS_MAX];
    double residual;
} leie_backcast_result;
/* Rows of the table route_bridge: the RMC of the route rme, the steps, the remainder, the RMC of the route io. */
enum { LEIE_BRIDGE_ROWS = LEIE_BRIDGE_STEPS + 3 };

/* One list of needs of a year. */
typedef struct leie_year_need {
    leie_need_list list;
    double *footprint; // [q, need.n + 1, k] the last need is the rest
    double *money;     // [q, need.n + 1]
} leie_year_need;

/* Trade in raw material equivalents and direct flows of one outcome. */
typedef struct leie_scenario_flow {
    bool there;              // false: the scenario adds products, which no table can show
    leie_accounts accounts;
    leie_direct direct;      // q 0 when they were not asked for
} leie_scenario_flow;

/* What one year brings: computed, or taken over from an older result. */
typedef struct leie_year {
    int year;
    bool has_table;          // false: a year of material flows alone
    char hash[65];           // of its inputs
    bool reused;             // take from `old` at position old_year
    leie_size old_year;
    leie_table table;        // labels, units, notes of a computed year (Z, Y and F already released)
    leie_accounts accounts;  // of a computed year
    leie_outcomes outcomes;  // scenarios on the table of the year, and the projections from it
    leie_direct direct;      // tonnes by industry and product; q 0 when they were not asked for
    leie_size scenario_flows;
    leie_scenario_flow *scenario_flow; // [scenario_flows] of the outcomes, in their order
    leie_size needs;
    leie_year_need *need;    // [needs]
    double *bridge;          // [q, LEIE_BRIDGE_ROWS, materials of the list] t; NULL when routes are not reconciled
    double *population;      // [q], NULL without a population file
    leie_local_year local;   // accounts of places
    bool uncertain;          // uncertainty holds draws
    leie_montecarlo uncertainty;
    leie_scenario_draws drawn; // scenarios on the table of the year over draws of their parameters; no cases: none
    leie_joint_draws joint;  // scenarios over draws of table and parameters together; no cases: none
    leie_size backcasts;
    leie_backcast_result *backcast; // [backcasts] of the study, in the last year with a table
    double seconds_read, seconds_solve;
} leie_year;

/* Builds the dataset of all years. q are the account regions of every computed year; flows the material flow
 * accounts, whose years are among `year`; set the scenarios (NULL: none); old (may be NULL) is the result that reused years come from. The
 * region axis holds q and then the regions that only the flows have. *fits is set false, and nothing is built, when old cannot serve
 * (other axes or variables than the computed years): the caller then computes every year.
 * Errors: LEIE_ERR_DATA when two years differ in regions or sectors (names the first difference), LEIE_ERR_UNIT
 * when they differ in currency, unit of money, valuation or system. */
leie_status leie_result_build(leie_dataset *ds, bool *fits, const leie_study *study, leie_size years,
                              leie_year *year, const leie_account_regions *q, const leie_flow_accounts *flows,
                              const leie_scenarios *set, const leie_dataset *old, leie_error *err);

/* Position of a year in an older result when its hash is the given one, -1 when it must be computed. */
leie_size leie_result_find_year(const leie_dataset *old, int year, const char *hash);

void leie_year_clear(leie_year *year);

#endif
