/* A supply-use table carried to another year by what is known of that year; what is not known keeps the structure of
 * the base.
 *
 *   use, imports, inputs of industry k add up to its output g_k      industries
 *   supply of industry k adds up to g_k
 *   supply of a product is what is used of it                        products, in each region
 *   and every total that is known holds: output, value added, final demand by category, exports, imports, trade
 *
 * As one table [U_d -S; U_m 0; W 0] with totals of rows, columns and blocks: by MR-GRAS (SUT-RAS of sutras.h, with
 * inputs and more totals) or by least squares.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_UPDATE_H
#define LEIE_SOLVER_BUILD_UPDATE_H

#include "solver/balance/balance.h"
#include "solver/table/adjustments.h"
#include "solver/table/sut.h"

typedef enum leie_account_kind {
    LEIE_ACCOUNT_OUTPUT,      // of an industry (item), or of all
    LEIE_ACCOUNT_VALUE_ADDED, // inputs of an industry that are not taxes on products or adjustments, or of all
    LEIE_ACCOUNT_FINAL,       // final use of a category (item), domestic and imported
    LEIE_ACCOUNT_EXPORTS,     // all columns of kind export, of a product (item) or of all
    LEIE_ACCOUNT_IMPORTS,     // of a product (item) or of all
    LEIE_ACCOUNT_TRADE,       // what the region sells to another one (item)
    LEIE_ACCOUNTS
} leie_account_kind;

/* "output", "value_added", "final", "exports", "imports", "trade"; a negative number for another word. */
LEIE_API int leie_account_find(const char *name);
LEIE_API const char *leie_account_name(leie_account_kind kind);

/* One known total. */
typedef struct leie_account_total {
    leie_account_kind kind;
    leie_size region;  // of the table
    leie_size item;    // industry, category, product or region in its list, -1 for all
    double value;
    double sd;         // standard error, least squares only
    leie_size line;    // of the file, for messages
} leie_account_total;

typedef struct leie_update {
    int year;
    bool wls;          // least squares, else MR-GRAS
    leie_size totals;
    const leie_account_total *total; // [totals]
    leie_balance_opts balance; // 0 for 1e-9 and 5000 sweeps
} leie_update;

/* Updates s in place: domestic and imported use at basic prices, supply, inputs; other layers, imports by partner and
 * pressures are scaled with their industry or product and noted. Outputs without a figure move with the known ones
 * of their region (their structure is kept). The largest moves are in account.adjusted, step "update".
 *
 * info may be NULL. Errors: LEIE_ERR_DATA (totals that cannot be met, by name; a total of nothing), LEIE_ERR_CONVERGE,
 * LEIE_ERR_NOMEM; s is unchanged then. */
LEIE_API leie_status leie_sut_update(leie_sut *s, const leie_update *how, leie_balance_info *info, leie_error *err);

#endif
