/* Accounts of one region brought down to its places (provinces, municipalities):
 *
 *   D_pba[m, s]      = sum over i of e[m, s, i] F[s, i]             i: sectors of the region
 *   D_cba[m, f, s]   = c[m, f] D_cba[region, f, s]                  f: final-demand categories
 *   direct[m, f, s]  = d[m, f] direct[region, f, s]
 *   stock[m, b]      = g[m] stock[region, b]                        g: shares of floor area
 *
 * with the shares of a nest (solver/build/nest.h: a, c, d, e), which sum to one over the places, so places add up to the
 * region, and D_cba is what a table with the places nested in it would give. A pressure that is known at a place (a firm)
 * stays there; what is left of the sector goes to the other places by their shares.
 *
 * A key is a stand-in. With relative standard error u of its value at every place, independent between places, the share
 * s[m] = key[m] / sum of keys has
 *
 *   sd(s[m]) = u s[m] sqrt((1 - s[m])^2 + sum over j != m of s[j]^2)
 *
 * One key serves many sectors or categories: its errors there are taken as the same, so standard deviations add.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_LOCAL_H
#define LEIE_SOLVER_ACCOUNT_LOCAL_H

#include "solver/account/accounts.h"
#include "solver/build/nest.h"

/* A pressure that is known at a place. */
typedef struct leie_local_firm {
    leie_size place, sector, stressor; // sector: flat, of the region
    double value, sd;                  // in the unit of the stressor
} leie_local_firm;

/* A stock of the region, by code. */
typedef struct leie_local_stocks {
    leie_labels label;       // B codes, names, units
    double *value, *sd;      // [B]
    double *share;           // [N] of floor area, NULL without
} leie_local_stocks;

typedef struct leie_local_opts {
    double industry_error; // u of the key of industries and pressures
    double demand_error;   // of the keys of final demand
    double direct_error;   // of the key of direct pressures
    double stock_error;    // of floor area
    leie_size firms;
    const leie_local_firm *firm; // [firms]
} leie_local_opts;

/* Arrays of N places, row-major. */
typedef struct leie_local {
    leie_labels place; // N; empty: no local accounts
    leie_size k, C, B; // stressors, categories of the accounts, stocks
    leie_labels stock; // B codes, names, units
    double *D_pba, *D_pba_sd;       // [N, k]
    double *D_cba, *D_cba_sd;       // [N, k]
    double *direct, *direct_sd;     // [N, k]
    double *by_category;            // [N, C, k] D_cba
    double *stocks, *stocks_sd;     // [N, B]
    double worst;                   // largest relative gap of the sum over places to the region
} leie_local;

/* Accounts of places from those of account region nest->country, which must be a region of the table by itself and have
 * footprints by category (LEIE_BY_CATEGORY). stocks may be NULL. Shares that do not sum to one (1e-9), and firms that
 * have more than their sector, are LEIE_ERR_DATA with labels; LEIE_ERR_USAGE without the breakdown; LEIE_ERR_NOMEM.
 * Cost: N k (sectors + C) operations. */
LEIE_API leie_status leie_local_make(leie_local *l, const leie_accounts *a, const leie_table *t,
                                     const leie_account_regions *q, const leie_nest *nest,
                                     const leie_local_stocks *stocks, const leie_local_opts *opts, leie_error *err);
LEIE_API void leie_local_clear(leie_local *l);
LEIE_API void leie_local_stocks_clear(leie_local_stocks *stocks);

#endif
