/* A table in the prices of another year: row by row (double deflation). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_DEFLATE_H
#define LEIE_SOLVER_BUILD_DEFLATE_H

#include "solver/table/table.h"

/* Money of every seller over its price level:
 *
 *   Z_ij / p_i     Y_ic / p_i     x_i / p_i
 *
 * price [n] price of the table's year over that of the base year, in the money of the table (deflator of the product
 * and region times the change of its exchange rate). Pressures stay, so footprints stay: S L y is the same in any
 * prices, only its factors move. Primary inputs have no price of their own and are left out of the table. prices
 * becomes "constant BASE"; a note says what was done. Z in factors becomes sparse.
 * Errors: LEIE_ERR_DATA for a price that is not above zero (by label), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_table_deflate(leie_table *t, const double *price, int base_year, leie_error *err);

#endif
