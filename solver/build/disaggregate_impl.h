/* What the files of disaggregation share: weights by place, and the cut table on its way. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_DISAGGREGATE_IMPL_H
#define LEIE_SOLVER_BUILD_DISAGGREGATE_IMPL_H

#include "solver/build/disaggregate.h"
#include "solver/table/table_impl.h"

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

// The parent in one region: where it is, what its parts take.
typedef struct leie_cut {
    leie_size r, p;  // region and flat sector before
    leie_size to;    // flat sector of the first part behind
    double *output;  // [K] w
    double *columns; // [n + v + 1, K] purchases of the parts: sectors as before, inputs, what x has over the column
    double *rows;    // [K, nn + m] sales of the parts: sectors as they become, final demand
} leie_cut;

typedef struct leie_cutting {
    const leie_disaggregation *d;
    const leie_table *t;
    leie_table to;
    leie_size n, m, v, K, nn, cuts;
    leie_cut *cut;         // [cuts]
    leie_size *moved; // [n] position of an old sector, of its first part when it is cut
    leie_index *of;   // [n] number of its cut, -1 for the others
    double *weight;   // [K, most places]
    bool *set;        // [K, most places]
    bool *given;      // [most places]
    double move;      // largest |move| of a cell by balancing, in money
    char moved_place[2 * LEIE_PLACE_MAX];
    leie_size scaled; // shares that did not sum to one
} leie_cutting;

/* Shares [K] (step apart) that must sum to one; what they are shares of is named. Those that do not are scaled and counted
 * when the study asks for it. Errors: LEIE_ERR_DATA. */
leie_status leie_cut_to_one(leie_cutting *w, double *share, leie_size step, const char *what, const char *item, const leie_cut *c, leie_error *err);

/* Z; Y, W, F, F_Y and x; and the notes of the new table. Errors: LEIE_ERR_NOMEM. */
leie_status leie_cutting_Z(leie_cutting *w, leie_error *err);
leie_status leie_cutting_arrays(leie_cutting *w, leie_error *err);
leie_status leie_cutting_note(leie_cutting *w, leie_error *err);

#endif
