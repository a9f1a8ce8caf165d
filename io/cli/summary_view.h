/* The parts of a result that the summary needs, found and checked once. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_VIEW_H
#define LEIE_IO_CLI_SUMMARY_VIEW_H

#include "io/leie_io.h"

enum { LEIE_VIEW_FOCUS = 5, LEIE_VIEW_OTHERS = 13 };

typedef struct leie_view {
    const leie_dataset *ds;                                  // borrowed
    leie_size years, regions, stressors, categories, origins, products; // lengths of the axes
    leie_size year;                                          // position of the last year with a table
    leie_size focuses, focus[LEIE_VIEW_FOCUS];               // regions the study is about, then groups that hold them
    leie_size others, other[LEIE_VIEW_OTHERS];               // the first of the other regions
    leie_size left_out;                                      // other regions beyond these
    leie_size materials, *material;                          // [materials] stressors of kind material
    leie_size variants, *variant;                            // [variants] second estimates, in no total
    double *scale;        // [stressors] to `unit` (materials and variants); owned
    const char *unit;     // "Mt" ("kt", "t" for small regions), or the common unit of the materials
    double head;          // from `unit` to the unit per inhabitant: 1e6 when unit is Mt
    const char *head_unit; // "t", or unit
} leie_view;

/* Looks a result up. Materials are empty when there are none or their units do not add up.
 * Errors: LEIE_ERR_DATA when region, stressor, year or D_cba is missing; LEIE_ERR_NOMEM. */
leie_status leie_view_open(leie_view *v, const leie_dataset *ds, const leie_study *study, leie_error *err);
void leie_view_close(leie_view *v);

/* Texts of a coordinate: its code, and its name when it has one. */
const char *leie_view_code(const leie_view *v, const char *dim, leie_size i);
const char *leie_view_name(const leie_view *v, const char *dim, leie_size i);
int leie_view_year(const leie_view *v, leie_size year);

/* Footprint with direct pressures, in the unit of the stressor; NaN is what a year does not have. */
double leie_view_footprint(const leie_view *v, leie_size year, leie_size region, leie_size stressor);

/* Whether a year has a table with the materials that are shown. */
bool leie_view_known(const leie_view *v, leie_size year, leie_size region);

/* Sum over the materials in v->unit: the footprint, its part by category (with direct pressures), by region of
 * extraction and by product bought (without). Stressors that the year does not have are left out. */
double leie_view_total(const leie_view *v, leie_size year, leie_size region);
double leie_view_category(const leie_view *v, leie_size region, leie_size category);
double leie_view_origin(const leie_view *v, leie_size region, leie_size origin);
double leie_view_product(const leie_view *v, leie_size region, leie_size product);

/* Inhabitants, NaN when they are not known. */
double leie_view_population(const leie_view *v, leie_size year, leie_size region);

#endif
