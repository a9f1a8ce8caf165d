/* Targets of the route io: the series of a result that they speak of, and where these stand. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_IO_TARGETS_H
#define LEIE_IO_RESULT_IO_TARGETS_H

#include "io/result/io_route.h"

/* list [*n] is allocated: the targets of the flows, then those of the route io that the result has a series for. Such a
 * target names an indicator of the accounts (RMC, RMI, DMC, ...), or a stressor whose footprint with direct pressures it is
 * about: CODE or CODE_FOOTPRINT (GHG_FOOTPRINT with a group GHG). left_out (empty before): names of all targets without a
 * series, and why. Errors: those of leie_io_target_follow; LEIE_ERR_NOMEM. */
leie_status leie_io_targets(leie_flow_target **list, leie_size *n, leie_labels *left_out, const leie_flow_accounts *a, const leie_io_route *io,
                            const leie_dataset *ds, leie_error *err);

#endif
