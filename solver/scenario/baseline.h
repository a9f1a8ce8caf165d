/* A table as the baseline of scenarios: its cells as coefficients, the axis with the new processes behind the
 * sectors, and the selections of all interventions found once.
 *
 * N = n sectors + the processes of the set. Rows and columns of A and rows of Y count to N, columns of S too; the
 * baseline is zero there.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_BASELINE_H
#define LEIE_SOLVER_SCENARIO_BASELINE_H

#include "solver/scenario/edits.h"
#include "solver/scenario/scenario.h"

/* Positions of a selection, ascending. */
typedef struct leie_positions {
    leie_size n;
    leie_index *at; // [n]
} leie_positions;

/* The selections of one intervention; a process has the rows of its inputs, then of its pressures. */
typedef struct leie_found {
    leie_positions row, col, to, to_col;
    leie_size parts;
    leie_positions *part; // [parts]
} leie_found;

typedef struct leie_baseline {
    const leie_table *t;       // borrowed
    const leie_scenarios *set; // borrowed
    leie_size n, N, m, k, R;
    double *scale;      // [n] 1 / x, 0 where x <= 0
    leie_index *region; // [N] region of each sector and process
    leie_index *demand_region; // [m] the same for columns of Y, -1 when it is none
    const char **code;  // [N] borrowed
    const char **unit;  // [N] borrowed, "" for the money of the table
    bool *money;        // [N]
    double *tonne;      // [N] tonnes per unit of the row, 0 when it is no mass
    double *stressor_tonne; // [k]
    leie_found *found;  // [interventions]
} leie_baseline;

/* Finds everything the set names in the table. Both must outlive it. Errors: LEIE_ERR_DATA with file, line and
 * the nearest known label for what is not there, and for a selection without cells; LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_baseline_make(leie_baseline *base, const leie_table *t, const leie_scenarios *set,
                                        leie_error *err);
LEIE_API void leie_baseline_clear(leie_baseline *base);

/* A cell of the baseline: A, Y, S or F_Y. */
LEIE_API double leie_baseline_cell(const leie_baseline *base, leie_edited matrix, leie_size row, leie_size col);

#endif
