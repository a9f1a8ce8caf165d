/* Balancing: a table is moved to totals that it does not meet, as little as possible.
 *
 * What every method shares: the prior as CSR, balanced in place; the totals of its rows, columns and
 * blocks; options and outcome.
 *
 * Fixed cells keep their value: they are taken off the totals and put back at the end. Signs are kept and
 * zeros stay zero. The same bytes come out at any number of threads.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_BALANCE_H
#define LEIE_SOLVER_BALANCE_BALANCE_H

#include "kernels/csr.h"
#include "kernels/status.h"

/* Sets of cells with a total each. Sets may overlap. Start with a zero struct. */
typedef struct leie_blocks {
    leie_size n;
    leie_size *first; // [n + 1]
    leie_size *cell;  // [first[n]] positions in val, ascending within a block
    double *total;    // [n]
    double *sd;       // [n] standard error of the total, 0: exact (least squares only)
    char **name;      // [n]
    leie_size room, cell_room;
} leie_blocks;

/* Appends a block with a copy of its cells. name may be NULL: its number, from 1.
 * Errors: LEIE_ERR_DATA (cells not ascending or negative, a total that is not finite, sd not finite or
 * negative), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_blocks_add(leie_blocks *blocks, const char *name, const leie_size *cell, leie_size count,
                                     double total, double sd, leie_error *err);

/* One block for each pair (group of rows K, group of columns L) whose total[K * col_groups + L] is not NaN.
 * row_group [a->rows], col_group [a->cols]; a row or column of group -1 belongs to none. */
LEIE_API leie_status leie_blocks_from_groups(leie_blocks *blocks, const leie_csr *a, const leie_index *row_group,
                                             leie_size row_groups, const leie_index *col_group, leie_size col_groups,
                                             const double *total, leie_error *err);
LEIE_API void leie_blocks_clear(leie_blocks *blocks);

/* What a table is balanced to. Everything is borrowed. A total that is NaN is free. */
typedef struct leie_margins {
    const double *row;        // [rows] NULL: all free
    const double *col;        // [cols] NULL: all free
    const double *row_sd;     // [rows] standard errors of totals, NULL: exact (least squares only)
    const double *col_sd;     // [cols]
    const leie_blocks *block; // NULL for none
    const bool *fixed;        // [nnz] cells that stay as they are, NULL for none
    char *const *row_name;    // [rows] for messages, NULL: numbers from 1
    char *const *col_name;    // [cols]
} leie_margins;

/* What a total is a total of. */
typedef enum leie_line { LEIE_LINE_ROW, LEIE_LINE_COL, LEIE_LINE_BLOCK } leie_line;

typedef struct leie_balance_opts {
    double tolerance;     // largest relative error of a total; 0 for 1e-9
    leie_size iterations; // at most; 0 for 1000
} leie_balance_opts;

/* Smallest and largest of some multipliers, and which they are; n = 0: there are none. */
typedef struct leie_range {
    leie_size n, at_least, at_most;
    double least, most;
} leie_range;

/* Outcome. The error of a total is |found - target| / max(|target|, sum of |cells| of the line). */
typedef struct leie_balance_info {
    leie_size iterations;
    bool converged;
    double error;       // largest error of a total, of the result
    leie_range r, s, t; // multipliers of rows, columns, blocks; least squares has none
    leie_size at_bound; // least squares: cells held by a bound
    double objective;   // least squares: chi-square, sum (x - a)^2 / v + sum (G x - g)^2 / v_e
    double *r_out;      // [rows] receives the multipliers when the caller sets it
    double *s_out;      // [cols]
} leie_balance_info;

#endif
