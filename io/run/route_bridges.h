/* The routes rme and io of one year reconciled, for every account region that both have. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_ROUTE_BRIDGES_H
#define LEIE_IO_RUN_ROUTE_BRIDGES_H

#include "io/result/result.h"

/* *bridge [q, LEIE_BRIDGE_ROWS, M] in t, NaN where a route is missing; the caller's to leie_free. t has its numbers
 * and accounts their multipliers. What could not be held against each other is noted in the provenance of t.
 * Errors: those of the readers and of leie_bridge_cells_make. */
leie_status leie_route_bridges(double **bridge, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                               const leie_account_regions *q, const leie_accounts *accounts, leie_error *err);

#endif
