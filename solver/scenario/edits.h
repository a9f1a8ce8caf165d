/* Changed cells of one matrix over a baseline that stays as it is: a list in the order of the first touch, and a
 * hash over it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_EDITS_H
#define LEIE_SOLVER_SCENARIO_EDITS_H

#include "kernels/status.h"

typedef struct leie_edit {
    leie_index row, col;
    double old, now; // in the baseline, and in the scenario
} leie_edit;

typedef struct leie_edits {
    leie_size n, room, slots;
    leie_edit *edit;  // [n]
    leie_index *slot; // [slots] position + 1, 0 for empty
} leie_edits;

/* The edit of a cell, NULL when it was not touched. Pointers live until the next cell is touched. */
LEIE_API leie_edit *leie_edits_find(const leie_edits *edits, leie_size row, leie_size col);

/* Sets a cell; old is its baseline value and counts at the first touch. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_edits_set(leie_edits *edits, leie_size row, leie_size col, double old, double now,
                                    leie_error *err);

/* Forgets all cells and keeps the memory; clear releases it. */
LEIE_API void leie_edits_reset(leie_edits *edits);
LEIE_API void leie_edits_clear(leie_edits *edits);

#endif
