/* Where a file of one year lies: as opened, and as the study writes it (for the provenance). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_PLACE_H
#define LEIE_IO_READ_PLACE_H

#include "io/read/csv.h"
#include "io/study/study.h"

typedef struct leie_place {
    char *real, *shown; // both NULL when the study does not give the file
} leie_place;

/* path with {year} replaced; an empty place when the study does not give it. */
leie_status leie_place_of(leie_place *place, const leie_path *path, int year, leie_error *err);

/* A path as the command line gives it. */
leie_status leie_place_at(leie_place *place, const char *path, leie_error *err);

/* A file in a folder. */
leie_status leie_place_in(leie_place *place, const leie_place *folder, const char *file, leie_error *err);
void leie_place_clear(leie_place *place);

/* Notes the file of an open CSV as a source. */
leie_status leie_place_source(const leie_place *place, const leie_csv *csv, leie_provenance *p, const char *role,
                              leie_error *err);

#endif
