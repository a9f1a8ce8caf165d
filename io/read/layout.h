/* Layouts: the description of a database, one YAML file per database and release. datasets/formats/README.md tells
 * what a layout can say; the layouts of datasets/formats/ are built into the program. What a release changes is a
 * line there, not code here.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_LAYOUT_H
#define LEIE_IO_READ_LAYOUT_H

#include "io/read/bundle.h"
#include "io/read/pattern.h"
#include "io/study/yaml.h"
#include "solver/table/table.h"

typedef struct leie_layout {
    char *path;         // for messages: the file, or "formats/NAME.yaml" of the program
    leie_yaml *root;
    const char *name;   // borrowed from the tree
    leie_labels demand; // category, name, kind
    leie_labels units;  // unit as published, ours as its name
    leie_x_choice x_choice; // x_from; the row sum when it says nothing
    leie_labels merge;  // region as published, the region it is part of as its name
} leie_layout;

/* What the labels of a row or column turn out to be. */
typedef enum leie_role {
    LEIE_ROLE_SKIP,
    LEIE_ROLE_SECTOR,
    LEIE_ROLE_DEMAND,
    LEIE_ROLE_INPUT,
    LEIE_ROLE_STRESSOR,
    LEIE_ROLE_OUTPUT,
    LEIE_ROLE_UNIT, // texts: the unit of the row
    LEIE_ROLES
} leie_role;

typedef struct leie_resolved {
    leie_role role;
    char region[LEIE_CAPTURE_SIZE], code[LEIE_CAPTURE_SIZE], name[LEIE_CAPTURE_SIZE], unit[LEIE_CAPTURE_SIZE];
} leie_resolved;

/* The layouts of the program by name; NULL-terminated. */
const char *const *leie_layout_names(void);
bool leie_layout_known(const char *name);

/* A layout by name, or from a file whose name ends in .yaml. Errors: LEIE_ERR_USAGE (unknown name, with the nearest),
 * LEIE_ERR_DATA with path, line and key. */
leie_status leie_layout_open(leie_layout *layout, const char *name, leie_error *err);
void leie_layout_close(leie_layout *layout);

/* Whether a bundle has what the layout asks for under `detect`. */
bool leie_layout_detects(const leie_layout *layout, const leie_bundle *b);

/* The layout of a bundle: LEIE_ERR_DATA with what was looked for when none of the program's is. */
leie_status leie_layout_detect(leie_layout *layout, const leie_bundle *b, leie_error *err);

/* Captures of the year patterns in a path: year, and whatever else they name. False when none matches. */
bool leie_layout_year(leie_captures *c, const leie_layout *layout, const char *path);

/* Years of the entries that some part asks for, ascending; *n is 0 when no path tells one. The caller frees them. */
leie_status leie_layout_years(int **years, leie_size *n, const leie_layout *layout, const leie_bundle *b, leie_error *err);

/* Labels of a row or column by the rules of a list. False when no rule matches. */
bool leie_layout_resolve(leie_resolved *r, const leie_layout *layout, const leie_yaml *rules, char *const *label, leie_size labels);

/* Our spelling of a published unit. */
const char *leie_layout_unit(const leie_layout *layout, const char *unit);

#endif
