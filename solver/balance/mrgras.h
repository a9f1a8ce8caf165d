/* MR-GRAS: totals of rows, columns and any sets of cells, for tables with negative cells.
 *
 *   A = P - N      x_ij = r_i p_ij s_j t_K ...  -  n_ij / (r_i s_j t_K ...)
 *
 * over the blocks K that hold the cell; of all tables that meet the totals x is the one with the least
 * sum of |a| z ln(z / e), z = x / a. One sweep sets each multiplier so that its own total holds:
 *
 *   r_i = root(u_i; sum_j p_ij s_j, sum_j n_ij / s_j)     then s_j by column, then t_K by block
 *   root(u; p, n) = (u + sqrt(u^2 + 4 p n)) / (2 p),  - n / u for a line without positive cells
 *
 * Temursho, Oosterhaven and Cardenete (2021), Spatial Economic Analysis 16(1), 68-92; the case of empty
 * positive lines: Temurshoev, Miller and Bouwmeester (2013), Economic Systems Research 25(3), 361-367.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_MRGRAS_H
#define LEIE_SOLVER_BALANCE_MRGRAS_H

#include "solver/balance/balance.h"

/* Balances a in place.
 *
 * a     [rows, cols]  prior in, balanced table out; signs and zeros stay
 * m     the totals; free ones leave their multiplier at 1. Standard errors are not used
 * opt   NULL for defaults: tolerance 1e-9 (largest relative error of a total), 1000 sweeps
 * info  may be NULL. Running out of sweeps is LEIE_OK with converged false; a holds the last iterate.
 *       When all rows and columns have totals and there are no blocks, r and s are given with the
 *       geometric mean of s at 1 (they are unique up to r c, s / c)
 *
 * A row or column with total 0 and cells of one sign becomes zero. Totals that cannot be met are found
 * before the first sweep (solver/balance/feasibility.h). Blocks are set in the order given; those that
 * share no cell at the same time.
 *
 * Cost per sweep: one read of the cells (12 bytes each) and of the cells of blocks (24 bytes and 8
 * written). Work: 33 bytes per cell while checking and 2 to 64 copies of a row of sums.
 * Errors: LEIE_ERR_DATA (totals that cannot be met, by name and amount; cells or totals that are not
 * finite), LEIE_ERR_SHAPE, LEIE_ERR_NOMEM; a is unchanged then. */
LEIE_API leie_status leie_mrgras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt,
                                 leie_balance_info *info, leie_error *err);

#endif
