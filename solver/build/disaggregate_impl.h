/* What the two files of disaggregation share: weights by place. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_DISAGGREGATE_IMPL_H
#define LEIE_SOLVER_BUILD_DISAGGREGATE_IMPL_H

#include "solver/build/disaggregate.h"

/* Places that weights speak of, one after the other: the items of up to two axes, then those of a list. */
typedef struct leie_places {
    const leie_axis *axis[2]; // NULL for none
    const leie_labels *list;  // inputs or stressors, NULL for none
    const char *what;         // "buyer", for messages
    leie_size n;              // set by leie_places_count
} leie_places;

leie_size leie_places_count(leie_places *places);

/* Weights of the parts at every place, for the parent in region `in`: weight [K, n]; set [K, n] says which of them
 * a record gives, given [n] whether any does. What is not given is 0. Errors: LEIE_ERR_DATA for a label that is nowhere,
 * or a place given twice. */
leie_status leie_part_weights(double *weight, bool *set, bool *given, const leie_disaggregation *d, leie_part_what what,
                              const char *in, const leie_places *places, leie_error *err);

/* Error at a weight: "path:line: ...". */
leie_status leie_part_fail(const leie_disaggregation *d, const leie_part_weight *w, leie_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
