/* Capital made endogenous: what replaces worn-out capital is an input of the industry that wears it out.
 *
 *   K[i, j]          product i that sector j needs to replace its capital, a year
 *   Z* = Z + K       Y*[i, gfcf of r] = Y[i, gfcf of r] - sum over sectors j of r of K[i, j]
 *
 * Output, and so every world total, stays as it is; net investment is left in final demand. K is given, or the
 * consumption of fixed capital c_j spread over the product mix of the region's investment g_r:
 *
 *   K[i, j] = c_j max(g_r[i], 0) / sum over i of max(g_r[i], 0)
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_CAPITAL_H
#define LEIE_SOLVER_BUILD_CAPITAL_H

#include "solver/table/table.h"

/* consumption [n] in money of the table, not negative; or cells of K (one of the two). input: the row of W that
 * the consumption is, which is lowered by the column sums of K so that columns keep their totals; -1 for none.
 * A region without investment keeps its table and is noted with its consumption; net investment below zero is
 * noted. Z becomes dense. Errors: LEIE_ERR_DATA (a negative consumption, by label), LEIE_ERR_NOMEM; t is then
 * unchanged. Cost: n cells of Z per sector with consumption. */
LEIE_API leie_status leie_table_capital(leie_table *t, const double *consumption, const leie_cells *cells,
                                        leie_size input, leie_error *err);

#endif
