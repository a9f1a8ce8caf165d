/* What a step changed, figure by figure, for those who want to see it: the size of each bridge per product,
 * the totals before and after balancing. Notes (provenance.h) say it in one sentence; this list has the numbers.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_ADJUSTMENTS_H
#define LEIE_SOLVER_TABLE_ADJUSTMENTS_H

#include "kernels/status.h"

typedef struct leie_adjustment {
    char *step;   // "currency", "cif_fob", "re_exports", "imports", "exports", ...
    char *region; // "" when it holds for all
    char *code;   // product, industry or input
    char *unit;   // of both values
    char *source; // where the change comes from
    double before, after;
} leie_adjustment;

typedef struct leie_adjustments {
    leie_size n, room;
    leie_adjustment *item; // [n] in the order of the steps
} leie_adjustments;

/* Appends; texts are copied, NULL becomes "". Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_adjustments_add(leie_adjustments *list, const char *step, const char *region,
                                          const char *code, double before, double after, const char *unit,
                                          const char *source, leie_error *err);
LEIE_API leie_status leie_adjustments_copy(leie_adjustments *to, const leie_adjustments *from, leie_error *err);
LEIE_API void leie_adjustments_clear(leie_adjustments *list);

/* Of one step: sum of |after - before|, and which item changed most (-1: the step is not there). */
LEIE_API double leie_adjustments_size(leie_size *largest, const leie_adjustments *list, const char *step);

#endif
