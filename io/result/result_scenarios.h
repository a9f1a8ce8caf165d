/* Scenarios in a result.
 *
 * The accounts that scenarios change get their values along the dimension scenario: D_cba, D_imp, D_exp, D_pba, direct,
 * final_demand, footprint_per_capita, and by category, product and origin as the study asks. Everything else is
 * missing (NaN) there. A year without a table (projection = 1) has the last table with the drivers as its baseline.
 *
 *   scenario_name, scenario_evidence, scenario_omits (scenario)     parameter_value (scenario, parameter)
 *   intervention: scenario/name, with intervention_scenario, intervention_operator
 *   effect_alone, effect_share (intervention, year, region, stressor): change of D_cba by the intervention alone, and
 *     its order-free share; effect_share_home, _category, _product, _origin; effect_share_error where shares are sampled
 *   effect_order, effect_rebound (scenario, year, region, stressor)
 *   edit_* (intervention, year): cells changed, clipped, money and tonnes moved, the imbalance that is left
 *   scenario_residual, scenario_rank, scenario_method, scenario_over_one (scenario, year)
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_SCENARIOS_H
#define LEIE_IO_RESULT_RESULT_SCENARIOS_H

#include "io/result/measure.h"
#include "io/result/result.h"
#include "solver/scenario/scenario.h"

/* The codes of the scenario axis: baseline, then the scenarios of the set (NULL: none). */
leie_status leie_result_scenario_axis(leie_dataset *ds, const leie_scenarios *set, leie_error *err);

/* Fills a dataset whose baseline is there. Years with outcomes carry them; population as in the baseline. */
leie_status leie_result_add_scenarios(leie_dataset *ds, leie_size years, const leie_year *year, const leie_scenarios *set,
                                      const leie_labels *stressor, const leie_measures *m, leie_error *err);

#endif
