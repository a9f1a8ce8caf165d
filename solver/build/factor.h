/* From supply and use of several regions and shares of trade to one table whose Z stays in factors (kernels/factored.h).
 * The table's sectors are, region after region, the industries and then the products:
 *
 *   Z[(r, i), (r, p)]   = S_r[p, i]                                       industry i makes product p
 *   Z[(s, p), (r, j)]   = t_int[s, r, p] U_r[p, j]                        of all origins, by share
 *   Y[(s, p), (r, c)]   = t_use(c)[s, r, p] Y_r[p, c]                     exports and discrepancies from r itself
 *   x                   = (g, q)
 *
 * What the shares leave is bought outside: of industries it becomes the primary input "imports", of final demand it
 * is noted. Chenery (1953); Moses (1955), American Economic Review 45(5), 803-832.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_FACTOR_H
#define LEIE_SOLVER_BUILD_FACTOR_H

#include "solver/table/sut.h"

typedef enum leie_end_use { LEIE_USE_INTERMEDIATE, LEIE_USE_CONSUMPTION, LEIE_USE_CAPITAL, LEIE_END_USES } leie_end_use;

/* share[use][s * p + i]: of what the region of product i uses of it, the part that region s supplies. */
typedef struct leie_trade_shares {
    double *share[LEIE_END_USES]; // [R, p]
} leie_trade_shares;

/* Consumption for households, NPISH and government; capital for formation, inventories and valuables. */
LEIE_API leie_end_use leie_end_use_of(leie_demand_kind kind);

LEIE_API void leie_trade_shares_clear(leie_trade_shares *shares);

/* Makes the table of s, which needs use of all origins at basic prices, into an empty one; output [k] of industries is
 * s->account.x, or what they supply. Texts, demand, inputs, pressures and provenance come from s. A region whose
 * industry and product share a code gets "industry " before the codes of its industries (noted).
 * Errors: LEIE_ERR_DATA (no use of all origins; shares that are negative, not finite or add up to more than one; a
 * share of a region that does not make the product), LEIE_ERR_SHAPE (regions differ), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_factor(leie_table *to, const leie_sut *s, const leie_trade_shares *shares,
                                     leie_error *err);

#endif
