/* What the methods share: the problem without the cells that cannot move, and how lines are named. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_BALANCE_IMPL_H
#define LEIE_SOLVER_BALANCE_BALANCE_IMPL_H

#include "solver/balance/balance.h"

static const double LEIE_BALANCE_TOLERANCE = 1e-9;
static const leie_size LEIE_BALANCE_ITERATIONS = 1000;

enum { LEIE_LINE_NAME = 160 };

/* "row 'A'", "column 7", "block 'imports'" */
const char *leie_line_name(char name[LEIE_LINE_NAME], const leie_margins *m, leie_line kind, leie_size at);

/* The problem of the cells that may move. While it lives, the others are zero in a.
 *
 *   u_i - sum of the fixed cells of row i, and so on; a total of fixed cells alone is zero exactly
 *
 * Where signs are kept, a row or column with total 0 whose cells have one sign only can be met by zeros
 * alone: its cells become zero, which may leave other such lines behind. */
typedef struct leie_reduced {
    leie_csr *a;           // borrowed
    const leie_margins *m; // borrowed
    double *u, *v, *t;     // [rows], [cols], [blocks] totals left, NaN free
    leie_size held;
    leie_size *cell; // [held] positions
    double *value;   // [held] what they were
    bool *emptied;   // [held] set to zero because of a total, not fixed
    bool signs;      // cells keep their signs
} leie_reduced;

/* Checks shapes and numbers, then reduces. soft: totals with a standard error bind nothing, as if they were
 * free. On failure a is as it was and nothing is left to free.
 * Errors: LEIE_ERR_SHAPE, LEIE_ERR_DATA (NaN or infinite cells or totals, by label), LEIE_ERR_NOMEM. */
leie_status leie_reduce(leie_reduced *p, leie_csr *a, const leie_margins *m, bool signs, bool soft, leie_error *err);

/* Puts the fixed cells back; the emptied ones too unless the balance was kept. Releases the rest. */
void leie_reduce_end(leie_reduced *p, bool kept);

/* Row of each cell. [nnz] */
void leie_row_of_cells(leie_index *row, const leie_csr *a);

#endif
