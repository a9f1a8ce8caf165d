/* A Eurostat data set as a dense cube, from TSV, JSON-stat 2.0 or SDMX-CSV. Cells that are not published are
 * NaN, never zero. Names of dimensions are in lower case, and time is "time" in every format. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_EUROSTAT_H
#define LEIE_IO_READ_EUROSTAT_H

#include "io/read/place.h"

enum {
    LEIE_CUBE_DIMS = 16, // dimensions at most
    LEIE_CUBE_FLAGS = 4, // letters of a flag ("bep") with the NUL
    LEIE_CUBE_CELLS = 1 << 28
};

typedef struct leie_cube {
    leie_labels dim;                   // "freq", "unit", ..., "geo", "time"
    leie_labels label[LEIE_CUBE_DIMS]; // codes of each dimension, with names where the format has them
    leie_size cells;                   // product of their numbers
    double *value;                     // [cells] last dimension fastest; NaN: not published
    char (*flag)[LEIE_CUBE_FLAGS];     // [cells] "" for none; longer ones are cut
} leie_cube;

/* Reads a file by its ending: .tsv, .json or .csv, each plain, gzip or in a zip archive. Notes it as a source.
 * Errors: LEIE_ERR_IO, LEIE_ERR_DATA (path and line or key: what is not a number, a repeated cell, a position
 * outside the cube, a wrong structure, an unknown ending), LEIE_ERR_LIMIT (more than LEIE_CUBE_CELLS cells). */
leie_status leie_eurostat_read(leie_cube *cube, const leie_place *place, leie_provenance *p, leie_error *err);

void leie_cube_clear(leie_cube *cube);

/* Cell at one position per dimension. */
leie_size leie_cube_cell(const leie_cube *cube, const leie_size at[LEIE_CUBE_DIMS]);

#endif
