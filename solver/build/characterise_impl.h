/* What the files of a characterisation share.
 *
 * s stressor of the extension, g group, j sector, f final-demand column, r region. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_CHARACTERISE_IMPL_H
#define LEIE_SOLVER_BUILD_CHARACTERISE_IMPL_H

#include "solver/build/characterise.h"

enum { LEIE_FACTOR_UNIT_MAX = 256 };

// A factor with its labels found in the table.
typedef struct leie_found_factor {
    leie_size group, stressor; // stressor: row of the table
    int level;                 // 0 all, 1 one sector, 2 one region, 3 one sector of one region
    leie_size region;          // -1 for all
    const char *sector;        // "" for all
    double value;              // in units of the group per unit of the stressor
    leie_size line;
} leie_found_factor;

// What the steps work on.
typedef struct leie_characterising {
    leie_table *t;
    const leie_characterisation *c;
    const char *extension, *path;
    leie_size n, m, groups;
    bool *used;                   // [k] stressors that a factor takes up
    leie_found_factor *factor;                // [c->factors] sorted
    double *G;                    // [groups, n]
    double *G_Y;                  // [groups, m]
    double *before;               // [groups] world total of what the factors take up, in the group's unit; NaN when
                                  // a stressor of the group is in another kind of unit
    leie_index *region_of_column; // [m] region of a final-demand column among the regions of sectors
    leie_provenance notes;
} leie_characterising;

/* An unknown label, by file, line and the nearest known one. */
leie_status leie_characterise_fail(const leie_characterising *w, leie_size line, const char *what, const char *code,
                                   const leie_labels *known, leie_error *err);

/* A group; a region, -1 for ""; a sector of a region, or of any for -1. Errors: as above. */
leie_status leie_characterise_group(leie_size *group, const leie_characterising *w, const char *code, leie_size line,
                                    leie_error *err);
leie_status leie_characterise_region(leie_size *region, const leie_characterising *w, const char *code, leie_size line,
                                     leie_error *err);
leie_status leie_characterise_sector(const leie_characterising *w, leie_size region, const char *code, leie_size line,
                                     leie_error *err);

/* Whether stressor s is of the extension that is characterised. */
bool leie_characterise_takes(const leie_characterising *w, leie_size s);

/* Sum of a group over F and F_Y of one region, or of the world for region -1; and a note of the world's, after a step. */
double leie_characterise_sum(const leie_characterising *w, leie_size g, leie_size region);
leie_status leie_characterise_note(leie_characterising *w, leie_size g, const char *step, leie_error *err);

/* The steps, in their order: labels and units of the factors, G from F, totals of regions, moves between sectors. */
leie_status leie_characterise_find(leie_characterising *w, leie_error *err);
leie_status leie_characterise_factors(leie_characterising *w, leie_error *err);
leie_status leie_characterise_totals(leie_characterising *w, leie_error *err);
leie_status leie_characterise_allocations(leie_characterising *w, leie_error *err);

#endif
