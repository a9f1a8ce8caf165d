/* --where: a result or a table file of which only a part is read. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_CUT_H
#define LEIE_IO_CLI_CUT_H

#include "io/leie_io.h"

enum { LEIE_WHERE_MOST = 64 };

/* Labels, and the numbers of variable `name` (NULL: of all) where each of where [n] holds: "dimension=label" keeps one
 * label, "dimension_text=value" the positions whose text in the variable of that name is the value, which lie together
 * (sector_region=BEL). With a name the dimensions are those of that variable. Nothing else is read, and the seal is
 * judged only when n is 0. Errors: those of leie_netcdf_read_part; LEIE_ERR_USAGE with the names or labels there are. */
leie_status leie_cut_read(leie_dataset *ds, const char *path, const char *name, char *const *where, int n,
                          leie_error *err);

/* No variable of that name, and which there are. */
leie_status leie_cut_unknown(const leie_dataset *ds, const char *path, const char *name, leie_error *err);

#endif
