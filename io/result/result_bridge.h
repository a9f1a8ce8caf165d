/* The reconciliation of the routes rme and io in a result: route_bridge(scenario, year, region, bridge_step,
 * material) in 1000 t, from the RMC of the one to that of the other. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_BRIDGE_H
#define LEIE_IO_RESULT_RESULT_BRIDGE_H

#include "io/result/result.h"

/* Adds the variable and its axis bridge_step. Errors: LEIE_ERR_NOMEM. */
leie_status leie_result_add_bridge(leie_dataset *ds, const leie_flow_accounts *a, leie_size years, const leie_year *year,
                                   const leie_account_regions *q, leie_error *err);

#endif
