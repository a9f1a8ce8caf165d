/* From stressors to material groups and impacts, with units checked:
 *
 *   G[g, j] = sum over stressors s of  C[g, s, r(j), j] F[s, j]
 *
 * A factor is unit of the group per unit of the stressor; it may hold for one region, one sector, or
 * all (the most specific one wins). UDUNITS-2 converts (a factor in kg/kg on a stressor in t), or
 * refuses with both units named.
 *
 * Three further steps bring an extension nearer to extraction, in this order:
 *   totals    the row of a group in one region (F and F_Y together) is scaled to a published total
 *   residual  the row of a group in one region becomes a world total less the other regions
 *   allocate  the total of a group in each region moves to other sectors of that region, in proportion
 *             to weight x output (construction minerals to their users instead of the mining row);
 *             a region without weighted output keeps the pressure where it was, with a note
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_CHARACTERISE_H
#define LEIE_SOLVER_BUILD_CHARACTERISE_H

#include "solver/table/table.h"

typedef struct leie_factor {
    char *stressor, *group;
    char *region, *sector; // "" for all
    double value;
    char *unit;     // "t/t"; unit of the group per unit of the stressor
    leie_size line; // for messages
} leie_factor;

typedef struct leie_group_total {
    char *group, *region; // region "" : the world total of a residual
    char *residual;       // region that takes the difference to the world total; "" for a plain total
    double value;
    char *unit;
    leie_size line;
} leie_group_total;

typedef struct leie_allocation {
    char *group, *region, *sector; // region "" for all
    double weight;
    leie_size line;
} leie_allocation;

typedef struct leie_characterisation {
    char *path; // for messages
    leie_labels group; // result rows: code, name, unit, kind
    leie_size factors, factor_room;
    leie_factor *factor;
    leie_size totals, total_room;
    leie_group_total *total;
    leie_size allocations, allocation_room;
    leie_allocation *allocation;
} leie_characterisation;

LEIE_API void leie_characterisation_clear(leie_characterisation *c);

/* Replaces the stressors of one extension by the groups of c. The factors, in the units of the table, are kept in its provenance. Stressors of the extension without any
 * factor are dropped and listed in a note; so are pressures of other stressors in regions and sectors
 * that no factor reaches. F and F_Y are both characterised (F_Y with region factors only). Notes give
 * the world total of each group before, after the factors, and after each further step.
 * Errors: LEIE_ERR_DATA with the line for an unknown extension, stressor, group, region or sector, for
 * a factor, total or weight that appears twice, for a total that nothing can be scaled to, and for a
 * negative residual (with its numbers); LEIE_ERR_UNIT with line and both units when one does not
 * convert. Cost: O(factors log factors + factors n). */
LEIE_API leie_status leie_table_characterise(leie_table *t, const char *extension, const leie_characterisation *c,
                                             leie_error *err);

#endif
