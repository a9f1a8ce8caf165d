/* What nests did to a table, on the terminal. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_NEST_VIEW_H
#define LEIE_IO_CLI_NEST_VIEW_H

#include "io/leie_io.h"

/* Prints each bridge and step with its size and the product that it changed most; nothing when the table has none.
 * LEIE_ERR_NOMEM. */
leie_status leie_nest_view(const leie_adjustments *list, leie_error *err);

/* Prints, for each nest with a table of its own that asks for a coupling, the footprints of its regions solved that way,
 * exactly, and how far one-way is off. Errors of leie_coupling_footprint. */
leie_status leie_coupling_view(const leie_table *t, const leie_study *study, leie_error *err);

#endif
