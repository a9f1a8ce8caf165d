/* What the readers of flows share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_FLOWS_IMPL_H
#define LEIE_IO_READ_READ_FLOWS_IMPL_H

#include "io/read/place.h"

/* Adds the published cells of a file from Eurostat, masses only; what is left out is noted. The flows are not
 * closed. Errors: those of leie_eurostat_read; LEIE_ERR_DATA for other dimensions. */
leie_status leie_read_flows_eurostat(leie_flows *f, const leie_place *place, const leie_materials *m, leie_error *err);

#endif
