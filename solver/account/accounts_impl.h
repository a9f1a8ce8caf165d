/* What the files of the accounts share while one set of accounts is drawn up.
 *
 *   accounts.c   the recipe: labels, arrays, S, the solves, D_pba, identities
 *   footprint.c  D_cba and its breakdowns, D_imp, D_exp
 *   bilateral.c  trade between regions
 *   gross.c      gross trade of account regions valued with multipliers
 *
 * Stressors run fastest here: S' and M' are [n, k], so a weighted sum of rows is one contiguous update.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_ACCOUNTS_IMPL_H
#define LEIE_SOLVER_ACCOUNT_ACCOUNTS_IMPL_H

#include <string.h>

#include "solver/account/accounts.h"

typedef struct leie_accounts_work {
    leie_accounts *a;
    const leie_table *t;
    const leie_account_regions *q;
    const leie_accounts_opts *opts;
    leie_size m;
    leie_index *product;  // [n] position of each sector in a->product
    leie_index *region;   // [m] table region of each column of Y, -1 when it is none
    leie_index *category; // [m] position in a->category, -1 when the column does not count
    double *scale;        // [n] 1 / x, 0 where x <= 0
    double *rest;         // [n] d = x - A x - Y e
    double *S;            // [n, k] S'
    double *M;            // [n, k] M'
    double *DE;           // [R, k] F by table region
    double *idle;         // [R, k] the part of it on sectors without output
    leie_size columns;    // account regions, then table regions that BY_EXPORTS needs beside them
    leie_index *own;      // [R] column of X for the demand of table region r alone, -1 when there is none
    double *y;            // [n, columns] final demand that counts
    double *X;            // [n, columns] L y; empty for footprints alone
    double *MY;           // [m, k] M Y, one row per column of Y
    double *part;         // [threads, k] sum over one region
    leie_linsys *sys;
    bool unconverged;
    leie_size solved, planned; // right-hand sides, for the progress
} leie_accounts_work;

/* sum += weight row, over k stressors. */
static inline void leie_row_add(double *sum, leie_size k, double weight, const double *row)
{
    for (leie_size s = 0; s < k; s++)
        sum[s] += weight * row[s];
}

/* sum = the weighted sum of rows first .. last - 1 of an [n, k] array; weight i is at weight[i step]. */
static inline void leie_rows_weigh(double *sum, leie_size k, const double *rows, const double *weight, leie_size step,
                                   leie_size first, leie_size last)
{
    memset(sum, 0, (size_t)k * sizeof *sum);
    for (leie_size i = first; i < last; i++)
        if (weight[i * step] != 0)
            leie_row_add(sum, k, weight[i * step], rows + i * k);
}

/* Whether account region q of w has table region r (r may be -1). */
static inline bool leie_has_region(const leie_accounts_work *w, leie_size q, leie_size r)
{
    return r >= 0 && w->q->member[q * w->a->R + r];
}

static inline bool leie_only_footprints(const leie_accounts_work *w)
{
    return w->opts->by & LEIE_ONLY_FOOTPRINTS;
}

/* Whether a row or primary input with this unit is money of the table. */
static inline bool leie_is_money(const leie_table *t, const char *unit)
{
    return !unit[0] || (t->unit && strcmp(unit, t->unit) == 0);
}

/* Solves k right-hand sides, keeps what the system says about it, and reports progress. */
leie_status leie_accounts_solve(leie_accounts_work *w, bool transposed, leie_size k, double *x, const double *b,
                                const char *what, leie_error *err);

/* Whether D_imp by product takes k transposed solves per account region rather than P plain ones. */
bool leie_imports_transposed(leie_size k, leie_size n, leie_size P);

/* Fills D_cba, D_imp, D_exp, outside, imbalance and all breakdowns but trade, from S', M', y and X. */
leie_status leie_footprints_make(leie_accounts_work *w, leie_error *err);

/* Fills D_imp by product: one block solve per account region. */
leie_status leie_imports_make(leie_accounts_work *w, leie_error *err);

/* Fills trade, trade_embodied and trade_outside where asked for, then what leie_gross_make fills. */
leie_status leie_trade_make(leie_accounts_work *w, leie_error *err);

/* Fills imp_rme, exp_rme, left_out and their breakdowns. T [n, R]: sales of each sector to each table region;
 * lost [n]: what it sells to no region of the table or to nobody. */
leie_status leie_gross_make(leie_accounts_work *w, const double *T, const double *lost, leie_error *err);

/* Fills imp_rme_domestic and dta_uncovered. */
leie_status leie_domestic_make(leie_accounts_work *w, const double *T, leie_error *err);

#endif
