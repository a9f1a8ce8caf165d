/* What the Eurostat formats share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_EUROSTAT_IMPL_H
#define LEIE_IO_READ_EUROSTAT_IMPL_H

#include "io/read/eurostat.h"

/* Adds a dimension. Errors: LEIE_ERR_DATA (one too many, or one that is there). */
leie_status leie_cube_dim(leie_cube *cube, const char *name, const char *path, leie_error *err);

/* Makes the cells, all NaN, when the labels are there. */
leie_status leie_cube_new(leie_cube *cube, const char *path, leie_error *err);

void leie_cube_set_flag(leie_cube *cube, leie_size cell, const char *text, size_t size);

/* Whether a file ends so, with or without .gz or .zip. */
bool leie_eurostat_ending(const char *file, const char *ending);

/* JSON-stat 2.0; the cube may be left half made when it fails. */
leie_status leie_jsonstat_read(leie_cube *cube, const leie_place *place, leie_provenance *p, leie_error *err);

#endif
