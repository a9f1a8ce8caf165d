/* Can the totals be met at all, with the cells that a table has and their signs? What stands in the way
 * is named: which row, column or block, and by how much.
 *
 *   empty      a total that is not zero, and no cell that may move
 *   sign       a total whose sign none of the cells has
 *   component  rows and columns that only have cells with each other, whose totals disagree
 *   cut        a set of rows whose total does not fit the columns they have cells in (or the other way)
 *
 * The first three cost one pass. The last is exact for rows and columns of any signs: positive cells are
 * arcs from row to column, negative ones from column to row, and a flow that carries all totals exists
 * exactly when they can be met (Gale 1957; Hoffman 1960). Blocks are only checked one by one.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_FEASIBILITY_H
#define LEIE_SOLVER_BALANCE_FEASIBILITY_H

#include "solver/balance/balance.h"

typedef enum leie_fault_kind {
    LEIE_FAULT_EMPTY,
    LEIE_FAULT_SIGN,
    LEIE_FAULT_COMPONENT,
    LEIE_FAULT_CUT,
    LEIE_FAULT_CONFLICT // least squares: a total that the other ones contradict
} leie_fault_kind;

enum { LEIE_FAULTS_KEPT = 20, LEIE_FAULT_TEXT = 640 };

typedef struct leie_fault {
    leie_fault_kind kind;
    leie_size row, col, block; // the line, or the first row and column of the set; -1 for none
    double by;                 // how much is too much (> 0) or missing (< 0)
    char text[LEIE_FAULT_TEXT];
} leie_fault;

typedef struct leie_faults {
    leie_size n;    // found
    leie_size kept; // of these the first ones
    leie_fault item[LEIE_FAULTS_KEPT];
} leie_faults;

/* Looks for faults; a is unchanged when the call returns. tolerance: disagreement that counts as
 * rounding, relative to the totals of the set; 0 for 1e-9, and at least 1e-12.
 * Cost: 12 bytes per cell and a few passes over the cells; work 48 bytes per cell.
 * Errors: LEIE_ERR_DATA when there are faults (the text is the first one and how many more),
 * those of leie_gras for bad input, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_feasible(leie_faults *faults, leie_csr *a, const leie_margins *m, double tolerance,
                                   leie_error *err);

#endif
