/* What the files of the regional split share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_SPLIT_IMPL_H
#define LEIE_SOLVER_BUILD_SPLIT_IMPL_H

#include "solver/build/split.h"

/* One split on its way. N regions; p products, k industries, m columns of the nation. */
typedef struct leie_splitting {
    const leie_sut *s;
    const leie_split_opts *how;
    leie_split_info *info;
    leie_sut *to;
    leie_size N, p, k, m, v;
    leie_size P, K, M; // of the result
    double *q;         // [N, p] output of products by region, that of the nation's use in all
    double *slq_i;     // [N, p]
    double *slq_j;     // [N, k]
    double *lambda;    // [N]
    leie_index *product_of;
} leie_splitting;

/* Domestic use and final use by region of origin, from the demand of each region: first estimates into the domestic
 * basic layer of the result, with their marks. */
leie_status leie_split_trade(leie_splitting *c, leie_error *err);

/* Balances the domestic layer of the result. */
leie_status leie_split_balance(leie_splitting *c, leie_error *err);

/* What region r's user u (industries, then final columns of the nation) takes of domestic product i. Exports: what r
 * sells. */
double leie_split_demand(const leie_splitting *c, leie_size r, leie_size i, leie_size u);

/* Cell of domestic use: product i of region s to user u of region r. */
double *leie_split_cell(const leie_splitting *c, leie_size s, leie_size i, leie_size r, leie_size u);
bool leie_split_is_export(const leie_splitting *c, leie_size u);

#endif
