/* A country of a world table split into its regions by keys (the proportional method):
 *
 *   a[r, i]    share of region r in the country's output of sector i     sum over r = 1
 *   c[r, f]    share of region r in final-demand category f              sum over r = 1
 *   e[r, s, i] share of region r in stressor s of sector i               sum over r = 1 (default a)
 *
 *   Z[(r,i),(q,j)] = a[r,i] a[q,j] Z[i,j]     Z[(r,i), j abroad] = a[r,i] Z[i,j]
 *   Y[(r,i),(q,f)] = a[r,i] c[q,f] Y[i,f]     x, W, F, F_Y likewise; blocks among other countries are
 *                                             copied to the bit
 *
 * So every region has the country's technology and buys from the country's pool, regions add up to the
 * nation cell by cell, and D_cba of a region is exactly the key-weighted sum over categories
 * D_cba_r = sum_f c[r,f] D_cba(country, f): differences between regions are those of the keys alone. The
 * one exception: a pressure key e > 0 where the region has no output (a = 0) is unallocated, and noted.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_NEST_H
#define LEIE_SOLVER_BUILD_NEST_H

#include "solver/table/table.h"

typedef struct leie_nest {
    const char *country;     // code in the table
    leie_labels region;      // N regions: code, name
    leie_size sectors;       // of the country in the table
    const double *industry;  // [N, sectors] a
    leie_size categories;    // of the country in the table
    const double *demand;    // [N, categories] c
    const double *direct;    // [N, categories] shares for F_Y; NULL: as demand
    leie_size stressors;     // of the table
    const double *pressure;  // [N, stressors] shares e that hold for a stressor in all sectors; a row value
                             // below 0 means: follow the industry key
} leie_nest;

/* Replaces the country by its regions, at the country's place in the order of regions. Shares that do
 * not sum to one (1e-9) are LEIE_ERR_DATA with region, sector and sum; negative shares too (for a
 * stressor: unless every region's is negative). Other errors: LEIE_ERR_DATA (unknown country, a region
 * that is there already), LEIE_ERR_SHAPE (shares for other numbers of things), LEIE_ERR_NOMEM.
 * Cost: one pass over Z; memory: the cells of the new Z twice. */
LEIE_API leie_status leie_table_nest(leie_table *t, const leie_nest *nest, leie_error *err);

#endif
