/* Raw material equivalents of gross trade and tonnes of direct flows under the scenarios of a year. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_SCENARIO_FLOWS_H
#define LEIE_IO_RUN_SCENARIO_FLOWS_H

#include "io/result/result.h"
#include "io/run/direct_flows.h"
#include "io/run/run.h"

/* For every outcome of the year the table of the scenario, its gross trade (when the study asks for `gross` or `direct`) and
 * its direct flows with the unit values of the baseline (basis; NULL for none). A scenario with new processes has no
 * such table: said through watch, and its figures are missing. The residual of the outcome takes in that of its
 * table. Cost: one system set up and solved per outcome, as for the accounts of a year. Errors: those of
 * leie_changed_table and leie_accounts_make, named by scenario; LEIE_ERR_STOPPED. */
leie_status leie_scenario_flows_make(leie_year *year, const leie_scenarios *set, const leie_study *study,
                                     const leie_flow_accounts *flows, const leie_direct_basis *basis,
                                     const leie_account_regions *q, const leie_longevity *longevity, const leie_watch *watch, leie_error *err);

#endif
