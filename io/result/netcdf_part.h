/* Values of variables whose header was read, from an open file: of the part that a cut has left of their dimensions. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_NETCDF_PART_H
#define LEIE_IO_RESULT_NETCDF_PART_H

#include "io/result/dataset.h"

/* Gives values to the numbers of variable `name` (NULL: of all) that have none, from position from[d] of dimension d on.
 * *budget is what may still be allocated, in bytes. Errors: LEIE_ERR_DATA, LEIE_ERR_NOMEM. */
leie_status leie_netcdf_fill(leie_dataset *ds, int nc, const char *name, const leie_size *from, leie_size *budget,
                             leie_error *err);

/* What the file calls missing becomes NaN. */
void leie_netcdf_missing(leie_var *v, int nc, int var);

#endif
