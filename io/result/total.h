/* Sums over a dimension, and which ones mean something. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_TOTAL_H
#define LEIE_IO_RESULT_TOTAL_H

#include "io/result/dataset.h"

typedef struct leie_total {
    leie_var var;        // v without the dimension; attributes borrowed from v, but for the unit of what was added up
    leie_attribute own[2]; // these: units and long_name
    char unit[512];
    leie_size groups;    // labels of kind group that were left out: they hold their members
    leie_size missing;   // sums that are missing because a part is
} leie_total;

/* total.var = sum of v over its dimension k; a sum with a missing part is missing. Groups of regions are left out.
 * Refused, with the reason, LEIE_ERR_USAGE: parts that overlap (attribute additive of the dimension's axis); labels of different units, or pressures that are not all of kind material; materials of a tree, whose
 * parents hold their children; years, scenarios, routes, indicators and other labels that are alternatives, not parts;
 * ratios (per inhabitant, per money, per cent). Errors also: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_total_make(leie_total *total, const leie_dataset *ds, const leie_var *v, int k, leie_error *err);
LEIE_API void leie_total_clear(leie_total *total);

#endif
