/* Targets and published values that a study names: small lists to print beside its own results. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_TARGETS_H
#define LEIE_IO_READ_READ_TARGETS_H

#include "kernels/status.h"

/* One row of indicator,route,edition,averaging,region,material,per,kind,base_year,base_value,year,value,unit,
 * status,source,note. kind change: value is a change against the base year in percent (-30); kind level: value
 * in `unit` (t when empty; per inhabitant when per is capita). base_value is in the same unit and belongs to
 * the edition and averaging of the row. base_value and base_year may be empty. */
typedef struct leie_target {
    char indicator[32], route[32], edition[64], averaging[64], region[64], material[64], per[32], kind[32], unit[32],
        status[64];
    leie_size base_year; // 0 when empty
    double base_value;   // NaN when empty
    leie_size year;
    double value;
    char source[512];
    leie_size line;
} leie_target;

typedef struct leie_targets {
    leie_size n, room;
    leie_target *item; // [n] in the order of the file
} leie_targets;

/* One row of indicator,route,edition,averaging,region,year,value,unit,source. */
typedef struct leie_published {
    char indicator[32], route[32], edition[64], averaging[64], region[64], unit[32];
    leie_size year;
    double value;
    char source[512];
    leie_size line;
} leie_published;

typedef struct leie_published_list {
    leie_size n, room;
    leie_published *item; // [n] in the order of the file
} leie_published_list;

/* Reads such a file into an empty list. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with path, line and column;
 * the list is empty then. */
LEIE_API leie_status leie_read_targets(leie_targets *list, const char *path, leie_error *err);
LEIE_API void leie_targets_clear(leie_targets *list);
LEIE_API leie_status leie_read_published(leie_published_list *list, const char *path, leie_error *err);
LEIE_API void leie_published_clear(leie_published_list *list);

#endif
