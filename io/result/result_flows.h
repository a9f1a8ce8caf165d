/* Material flow accounts in a result: mfa(route, scenario, year, region, indicator, material) and what goes
 * with it (DESIGN section 5). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_FLOWS_H
#define LEIE_IO_RESULT_RESULT_FLOWS_H

#include "io/result/dataset.h"
#include "io/run/flow_accounts.h"

/* Adds the axis of materials: those that the flows have and those that the stressors of tables go to by the map,
 * with all above them; nothing when there are none. stressor: code, unit and kind. */
leie_status leie_result_add_materials(leie_dataset *ds, const leie_flow_accounts *a, const leie_labels *stressor,
                                      leie_error *err);

/* Adds the accounts to a dataset that has scenario, year and region, which hold their years and regions, and
 * the route io where the accounts of tables in the dataset have materials (io_route.h); only targets without either:
 *
 *   mfa, mfa_per_capita              1000 t, t per inhabitant; missing where a route has no such indicator
 *   mfa_average, ..._per_capita      moving averages: mass over population, both averaged
 *   mfa_sd, mfa_average_sd           standard deviations, when flows state them
 *   mfa_status                       flag: worst status of what went in
 *   cmu, import_dependency           ratios by material
 *   productivity, gdp                GDP per DMC and RMC
 *   cmu_average, ...                 the same ratios of averaged flows (and GDP), not averages of ratios
 *   rme_coverage                     share of traded tonnes with a coefficient
 *   target_*                         targets, their paths and distances
 *   target_left_out                  targets that speak of no series, and why (target_left_out_name)
 *
 * Every variable has the attribute computed_from "material flows"; edition, averaging and method are
 * attributes of each. Errors: LEIE_ERR_NOMEM. */
leie_status leie_result_add_flows(leie_dataset *ds, const leie_flow_accounts *a, leie_error *err);

/* Whether a variable was written by leie_result_add_flows: it is drawn up anew in every run, never taken
 * over from an older result. */
bool leie_result_from_flows(const leie_dataset *ds, const leie_var *var);

#endif
