/* What direct flows and their unit values share: money of trade by product, partner and user. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_DIRECT_IMPL_H
#define LEIE_SOLVER_ACCOUNT_DIRECT_IMPL_H

#include "solver/account/direct.h"

/* Money of trade of one table region, with what is outside a set of regions. */
typedef struct leie_trade_money {
    const leie_table *t;
    const leie_labels *product;
    const leie_index *pool; // [R] borrowed: pool of a table region as a partner
    leie_size pools;
    leie_index *of;   // [n] product of each sector
    leie_index *home; // [m] table region of each column of Y, -1 for none
    leie_size users;  // sectors of the region, then all columns of Y
    leie_size most;   // users that there is room for
    double *imports;  // [pools, P, users] what each user buys from outside
    double *exports;  // [pools, n] what of each sector's products the region sells outside: its own, and re-exports
} leie_trade_money;

leie_status leie_trade_money_open(leie_trade_money *v, const leie_table *t, const leie_labels *product, const leie_index *pool,
                                  leie_size pools, leie_error *err);
void leie_trade_money_close(leie_trade_money *v);

/* Fills the money of region r with what is outside member [R], r among them. Cost: one pass over the rows of Z. */
void leie_trade_money_of(leie_trade_money *v, const bool *member, leie_size r);

#endif
