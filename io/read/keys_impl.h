/* What the files about keys share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_KEYS_IMPL_H
#define LEIE_IO_READ_KEYS_IMPL_H

#include "io/read/place.h"
#include "io/study/study.h"

// One row of the file for a region of the nest.
typedef struct leie_key {
    leie_index region;   // of the nest
    leie_index variable; // in keys.variable
    leie_index sector;   // in keys.sector, -1 for blank
    leie_size year, line;
    double value;
} leie_key;

typedef struct leie_keys {
    const leie_study_nest *spec;
    const leie_table *t;
    leie_provenance *p;
    const char *path;     // borrowed
    leie_size country;    // region of the table
    leie_labels variable; // kind: the list of its sectors
    leie_labels series;   // what must share a unit: a variable, or one stressor of the pressure variable
    leie_labels sector;   // key codes over all variables
    leie_size n, room;
    leie_key *row;            // [n]
    leie_size strangers; // rows of regions that the nest does not have
} leie_keys;

/* Reads a file of keys and keeps one year of each variable, by variable, region and sector; notes what is left out. spec, t, p
 * and path are set by the caller. Errors: LEIE_ERR_DATA by line (units that differ, a key twice, no year that fits). */
leie_status leie_keys_read(leie_keys *k, const leie_place *place, leie_error *err);
void leie_keys_clear(leie_keys *k);

/* The year of a variable that counts: the table's, else the nearest one, of two the earlier. */
leie_size leie_keys_year(const leie_keys *k, leie_size variable);

#endif
