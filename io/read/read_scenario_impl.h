/* What the files that read scenarios share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_SCENARIO_IMPL_H
#define LEIE_IO_READ_READ_SCENARIO_IMPL_H

#include "io/read/read_scenario.h"
#include "io/study/yaml.h"

typedef struct leie_scenario_reader {
    leie_scenarios *set;
    const leie_study *study;
    leie_provenance *p;
    leie_path folder;  // of the file at work
    char *file;        // borrowed from the set
    leie_ramp ramp;    // of the file; borrowed by no intervention: they copy it
} leie_scenario_reader;

/* Reads the interventions of a list and appends them to the set; positions [*n] is allocated. */
leie_status leie_read_interventions(leie_size **position, leie_size *n, leie_scenario_reader *r, const leie_yaml *map,
                                    const char *key, leie_error *err);

/* The same from the sheets of other programs, under `import`. */
leie_status leie_read_shocks(leie_size **position, leie_size *n, leie_scenario_reader *r, const leie_yaml *map, leie_error *err);

/* A path over years under `path`, or the one of the file. */
leie_status leie_read_ramp(leie_ramp *ramp, const leie_scenario_reader *r, const leie_yaml *map, leie_error *err);

/* Adds an empty place to an array of items of a size. */
leie_status leie_scenario_grow(void **array, leie_size n, size_t size, leie_error *err);

/* A selection outside a scenario file: a code, a list of codes, or a map as in read_scenario.h but for `group`. */
typedef enum leie_selection_axis { LEIE_SELECT_SECTORS, LEIE_SELECT_DEMAND, LEIE_SELECT_STRESSORS } leie_selection_axis;
leie_status leie_read_selection(leie_selection *s, const leie_study *study, const leie_yaml *map, const char *key,
                                leie_selection_axis axis, leie_error *err);

#endif
