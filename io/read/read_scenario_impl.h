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

/* `parameters`, `correlations` and `shares` of a file, appended to the set. */
leie_status leie_read_parameters(leie_scenarios *set, const leie_yaml *root, leie_error *err);

/* A parameter by name, with the nearest known one in the error; and those that a map lists under `parameters`, each once:
 * [*n] is allocated. */
leie_status leie_known_parameter(leie_size *p, const leie_scenarios *set, const leie_yaml *at, const char *name, leie_error *err);
leie_status leie_named_parameters(leie_size **parameter, leie_size *n, const leie_scenarios *set, const leie_yaml *map, leie_error *err);

enum { LEIE_SCENARIOS_MOST = 100000 };

/* A new scenario behind those of the set, with the values of its parameters; and all that another one has but its texts. */
leie_status leie_scenario_begin(leie_scenario **made, leie_scenario_reader *r, const leie_yaml *map, leie_error *err);
leie_status leie_scenario_inherit(leie_scenario *s, const leie_scenario *base, const leie_scenarios *set, leie_error *err);

/* Under `grid` or `sample`: the scenario at a position, the last one, gives its place to its variants. */
leie_status leie_read_variants(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_error *err);

/* A path over years under `path`, or the one of the file. */
leie_status leie_read_ramp(leie_ramp *ramp, const leie_scenario_reader *r, const leie_yaml *map, leie_error *err);

/* Adds a region to a selection, or the members of a group of the study. */
leie_status leie_scenario_add_region(leie_selection *s, const leie_scenario_reader *r, const char *code, leie_error *err);

/* Adds an empty place to an array of items of a size. */
leie_status leie_scenario_grow(void **array, leie_size n, size_t size, leie_error *err);

/* A selection outside a scenario file: a code, a list of codes, or a map as in read_scenario.h; the concordance of a group
 * becomes a source of p. */
typedef enum leie_selection_axis { LEIE_SELECT_SECTORS, LEIE_SELECT_DEMAND, LEIE_SELECT_STRESSORS } leie_selection_axis;
leie_status leie_read_selection(leie_selection *s, const leie_study *study, leie_provenance *p, const leie_yaml *map, const char *key,
                                leie_selection_axis axis, leie_error *err);

#endif
