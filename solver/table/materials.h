/* Materials of economy-wide accounts: a tree of codes (MF1 ... MF6 and below), loaded from a file.
 *
 * The root is TOTAL. Beside it stand four totals that cut the tree another way: renewable and not, energy
 * and not. A material says for each split whether it belongs to the first part (yes), to the second (no),
 * to neither (none), or that its children decide (mixed).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_MATERIALS_H
#define LEIE_SOLVER_TABLE_MATERIALS_H

#include "solver/table/labels.h"

/* Positions of the totals; the tree follows, parents before children. */
enum leie_material {
    LEIE_MATERIAL_TOTAL,
    LEIE_MATERIAL_RENEWABLE,
    LEIE_MATERIAL_NON_RENEWABLE,
    LEIE_MATERIAL_ENERGY,
    LEIE_MATERIAL_NON_ENERGY,
    LEIE_MATERIAL_FIRST
};

typedef enum leie_split { LEIE_SPLIT_NONE, LEIE_SPLIT_YES, LEIE_SPLIT_NO, LEIE_SPLIT_MIXED, LEIE_SPLITS } leie_split;

typedef struct leie_materials {
    leie_labels label;      // n codes with English names; the totals first
    char **name_nl;         // [n] Dutch names, "" when there is none
    leie_index *parent;     // [n] LEIE_MATERIAL_TOTAL for a top code; -1 for the totals
    leie_split (*split)[2]; // [n] renewable, energy
    leie_size room;
} leie_materials;

/* Appends a material; parent "" makes a top code. The first call adds the totals. Errors: LEIE_ERR_DATA for
 * a code that is there already or a parent that is not; LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_materials_add(leie_materials *m, const char *code, const char *name, const char *name_nl,
                                        const char *parent, leie_split renewable, leie_split energy, leie_error *err);
LEIE_API void leie_materials_clear(leie_materials *m);

/* Top code above a material (itself for a top code and for the totals). */
LEIE_API leie_size leie_materials_top(const leie_materials *m, leie_size material);

/* Values of one source brought up the tree and into the totals. value[n] is what was given (given[n] says
 * where) and becomes, in every place:
 *
 *   given             as it is
 *   not given         sum of the children that have data
 *   without data      0 where the parent is 0 or was broken down into other children, else NaN (unknown)
 *
 * The parts of a split are sums over the materials that belong to them; one that is mixed, not zero and not
 * broken down makes both unknown. gap[n] receives value - sum of the children, 0 where nothing was given or
 * broken down; NULL for variances, which roll up alike. work [n]. Cost: about 5 n. */
LEIE_API void leie_materials_roll(const leie_materials *m, double *value, const bool *given, double *gap, bool *work);

#endif
