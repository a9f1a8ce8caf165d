/* Sparse elimination with pivoting: which unknowns follow from which equations, and which equations depend on
 * others. Rows are equations  sum_j a_j v_j = rhs.
 *
 * Columns are taken by the fewest rows that hold them (Markowitz 1957), so that a column of one row costs
 * nothing; the pivot row is the shortest with an entry of at least a tenth of the largest in its column. An
 * entry that cancels to 1e-12 of its parts is zero. With new values in much the same pattern the pivots of an earlier
 * elimination are taken as far as they go, which needs no search. Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_ECHELON_H
#define LEIE_SOLVER_MFA_ECHELON_H

#include "kernels/status.h"

/* row = row - factor pivot row, as elimination did it. */
typedef struct leie_echelon_step {
    leie_index row, pivot;
    double factor;
} leie_echelon_step;

typedef struct leie_echelon {
    leie_size rows, cols;
    const unsigned char *kind; // [cols] borrowed: columns are eliminated kind by kind
    // rows, in one arena: row i holds col[start[i]] .. col[start[i] + length[i] - 1], ascending
    leie_size *start, *length; // [rows]
    leie_index *col;           // [room]
    double *val;               // [room]
    leie_size used, room;
    double *rhs;               // [rows]
    // result
    leie_size pivots;
    leie_index *pivot_row, *pivot_col; // [pivots] in the order of elimination
    double *pivot_val;                 // [pivots]
    leie_index *pivot_of;              // [cols] position among the pivots, -1 for none
    bool *done;                        // [rows] it is a pivot row
    leie_size planned;                 // pivots of an earlier elimination that are to be tried,
    leie_index *planned_row, *planned_col; // [planned] in their order
    bool recording;                    // set it to have the steps that follow
    leie_size steps, step_room;
    leie_echelon_step *step;           // [steps] in the order they were taken
} leie_echelon;

/* Room for rows with `entries` entries in all. */
leie_status leie_echelon_new(leie_echelon *e, leie_size rows, leie_size cols, const unsigned char *kind,
                             leie_size entries, leie_error *err);
void leie_echelon_clear(leie_echelon *e);
/* Empty again, all rows to be set; the first `pivots` of its pivots are tried first by the elimination that follows. */
void leie_echelon_again(leie_echelon *e, leie_size pivots);

/* Sets the next row from its entries in any order, columns once each; zeros are left out. LEIE_ERR_NOMEM. */
leie_status leie_echelon_row(leie_echelon *e, leie_size row, leie_size count, const leie_index *col, const double *val,
                             double rhs, leie_error *err);

/* Eliminates the columns of a kind from all rows that are not pivot rows yet. Afterwards a row that is not
 * done holds none of them. *good false: pivots of an earlier elimination were tried and have become too small; set the rows
 * again and eliminate without them. LEIE_ERR_NOMEM. */
leie_status leie_echelon_eliminate(leie_echelon *e, unsigned char kind, bool *good, leie_error *err);

#endif
