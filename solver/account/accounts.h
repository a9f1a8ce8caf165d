/* Accounts of one table: who extracts, who emits, and for whose final demand.
 *
 *   A = Z diag(x)^-1      S = F diag(x)^-1 (0 where x = 0)      M = S L      L = (I - A)^-1
 *
 *   production      F                                         by sector
 *   D_pba[r]        sum of F over the sectors of r            all pressure, also on zero output
 *   unallocated[r]  the part of it on sectors with x = 0
 *   D_cba[r]        M y_r            y_r = Y over the columns of r that count in a footprint
 *   D_imp[r]        sum over s outside r of S_s X_r[s]         X_r = L y_r (domestic blocks of X left out,
 *   D_exp[r]        S_r (x_r - X_r[r])                         not of Y; as in METHODS: pymrio's definition)
 *   direct[r]       F_Y over the columns of r
 *
 * World: sum D_pba - sum unallocated = sum D_cba + S L (columns that do not count).
 * Each region: D_cba = D_pba - unallocated - D_exp + D_imp (D_exp holds exports and discrepancy too).
 *
 * The accounts are drawn up for account regions: each is a set of table regions, so a country is the
 * set of its parts and D_imp and D_exp of the set leave out trade inside it. The inverse is never
 * formed: M is k transposed solves, X is one plain solve per account region.
 *
 * F_Y and unallocated are never inside D_cba, D_imp, D_exp; the writer adds direct where a total with
 * direct pressures is shown.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_ACCOUNTS_H
#define LEIE_SOLVER_ACCOUNT_ACCOUNTS_H

#include "kernels/status.h"
#include "solver/linear/linsys.h"
#include "solver/table/table.h"

/* Account regions: sets of table regions. */
typedef struct leie_account_regions {
    leie_labels label; // q account regions: code, name; kind "region" or "group"
    bool *member;      // [q, R]
} leie_account_regions;

/* Every table region by itself, in table order. */
LEIE_API leie_status leie_account_regions_all(leie_account_regions *q, const leie_axis *sector, leie_error *err);

/* Adds one: a table region of that code, or a set of codes. LEIE_ERR_DATA names an unknown code and the
 * nearest known one. */
LEIE_API leie_status leie_account_regions_add(leie_account_regions *q, const leie_axis *sector, const char *code,
                                              const char *name, leie_size members, char *const *member,
                                              leie_error *err);
LEIE_API void leie_account_regions_clear(leie_account_regions *q);

/* Breakdowns, each a bit of opts.by. Totals always come. */
enum leie_breakdown {
    LEIE_BY_PRODUCT = 1 << 0,       // D_cba by product bought (code, whoever supplied it)
    LEIE_BY_SECTOR = 1 << 1,        // by flat final product (region and sector that sold it)
    LEIE_BY_CATEGORY = 1 << 2,      // by final-demand category, direct pressures too
    LEIE_BY_ORIGIN = 1 << 3,        // by region of extraction or emission
    LEIE_BY_ORIGIN_SECTOR = 1 << 4, // by region and industry of extraction or emission
    LEIE_BY_SUPPLIER = 1 << 5,      // by region that sold the final product
    LEIE_BY_IMPORTS = 1 << 6,       // D_imp by product bought (one transposed block solve per account region)
    LEIE_BY_EXPORTS = 1 << 7,       // D_exp by producing sector
    LEIE_BY_TRADE = 1 << 8,         // gross bilateral trade in money, and valued with M
    LEIE_BY_MULTIPLIER = 1 << 9     // M itself
};

typedef struct leie_accounts_opts {
    unsigned by;                          // sum of leie_breakdown bits
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS];      // kinds left out of footprints by the user (inventories, ...)
    void (*progress)(void *ctx, double share, const char *what); // may be NULL; from the calling thread
    void *progress_ctx;
} leie_accounts_opts;

/* q account regions, k stressors, n sectors, P products, C categories, R table regions. Arrays of
 * breakdowns that were not asked for are NULL. Row-major, last index fastest. */
typedef struct leie_accounts {
    leie_size q, k, n, P, C, R;
    leie_labels product;      // P distinct sector codes
    leie_labels category;     // C distinct final-demand codes that count (kind = its demand kind)
    double *x;                // [n]
    double *production;       // [k, n] F
    double *D_pba;            // [q, k]
    double *unallocated;      // [q, k]
    double *D_cba;            // [q, k]
    double *D_imp;            // [q, k]
    double *D_exp;            // [q, k]
    double *direct;           // [q, k] F_Y of columns that count
    double *outside;          // [k] pressures for columns that do not count (exports of a national table, discrepancy)
    double *final_demand;     // [q, C] money
    double *by_product;       // [q, k, P]
    double *by_sector;        // [q, k, n]
    double *by_category;      // [q, C, k]
    double *direct_category;  // [q, C, k] with by_category
    double *by_origin;        // [q, R, k]
    double *by_origin_sector; // [q, k, n]
    double *by_supplier;      // [q, R, k]
    double *imp_by_product;   // [q, k, P]
    double *exp_by_sector;    // [k, n] per table region's own sectors
    double *trade;            // [R, R] gross sales from region to region, money (Z and Y), diagonal too
    double *trade_embodied;   // [k, R, R] the same trade valued with M of the selling sector
    double *M;                // [k, n]
    leie_plan plan;
    leie_linsys_info linsys;
    double worst_identity;    // largest relative gap of the two identities above
} leie_accounts;

/* Draws up the accounts. Memory beside the results: S and M [k, n] and X [n, q].
 * Errors: those of leie_plan_make, leie_linsys_setup and leie_linsys_solve. A solve that does not reach
 * its tolerance returns LEIE_ERR_CONVERGE with the accounts filled, so that the caller may keep them. */
LEIE_API leie_status leie_accounts_make(leie_accounts *a, const leie_table *t, const leie_account_regions *q,
                                        const leie_accounts_opts *opts, leie_error *err);
LEIE_API void leie_accounts_clear(leie_accounts *a);

/* Right-hand sides that leie_accounts_make will ask for, so that a plan can be shown beforehand. */
LEIE_API void leie_accounts_demand(leie_size *plain, leie_size *transposed, const leie_table *t,
                                   const leie_account_regions *q, const leie_accounts_opts *opts);

#endif
