/* An axis in the making: (region, code) pairs in any order, grouped by region at the end. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_AXIS_BUILDER_H
#define LEIE_IO_READ_AXIS_BUILDER_H

#include "solver/table/labels.h"

typedef struct leie_axis_builder {
    leie_labels region; // in order of appearance; may be filled beforehand to set the order
    leie_labels pair;   // region, a separator and code in one text; name and unit of the item
    leie_size room;
    leie_index *of; // [pair.n] region of each pair
} leie_axis_builder;

/* Adds a pair; *fresh (may be NULL) tells whether it is new. name, unit may be NULL and count only the
 * first time. */
leie_status leie_axis_builder_add(leie_axis_builder *b, const char *region, const char *code, const char *name,
                                  const char *unit, bool *fresh, leie_error *err);

/* Whether a pair was added. */
bool leie_axis_builder_has(const leie_axis_builder *b, const char *region, const char *code);

/* Appends all pairs to an axis, region by region, in each region in order of appearance; regions without
 * pairs are left out. Kinds are LEIE_DEMAND_HOUSEHOLD. */
leie_status leie_axis_builder_finish(leie_axis *axis, const leie_axis_builder *b, leie_error *err);
void leie_axis_builder_clear(leie_axis_builder *b);

#endif
