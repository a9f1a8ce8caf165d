/* What the files of the constructs share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_CONSTRUCT_IMPL_H
#define LEIE_SOLVER_BUILD_CONSTRUCT_IMPL_H

#include "solver/build/construct.h"

/* The supply table as a model sees it. */
typedef struct leie_technology {
    const leie_sut *sut; // borrowed
    leie_model model;
    leie_size p, k;
    double *q, *g;           // [p], [k] totals to divide by
    leie_index *product_of;  // [k] partner of each industry, -1 for none
    leie_index *industry_of; // [p]
    double *T;               // [k, p]; NULL for Almon
} leie_technology;

/* Sets everything but T. */
leie_status leie_technology_new(leie_technology *t, const leie_sut *s, const leie_construct_opts *opts,
                                leie_error *err);

/* Forms T by the model. Errors as leie_construct. */
leie_status leie_technology_form(leie_technology *t, const leie_construct_opts *opts, leie_error *err);
void leie_technology_clear(leie_technology *t);

/* D' [p, k] with the unit rows of products without output. */
leie_status leie_market_shares(double *shares, const leie_technology *t, leie_error *err);

/* Almon's procedure for rows [rows, k] of use by industry:  U = Z D'  solved one row at a time,
 *
 *   z_j <- max(floor_j, (u_j - sum over h != j of z_h m_hj) / m_jj),   m = D', floor_j = min(u_j, 0)
 *
 * for every j in order, then the cells above their floor are scaled so that the row keeps its sum; until
 * no cell changes by more than the tolerance of the row's total of absolute values. z [rows, p]. A row
 * with a negative sum is solved with its sign turned. Adds to the Almon members of info. */
leie_status leie_almon_rows(double *z, const double *u, leie_size rows, const double *shares, const leie_technology *t,
                            const leie_construct_opts *opts, leie_construct_info *info, leie_error *err);

#endif
