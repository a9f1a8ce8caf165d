/* Accounts of one table: who extracts, who emits, and for whose final demand.
 *
 *   A = Z diag(x)^-1      S = F diag(x)^-1 (both 0 where x <= 0)      M = S L      L = (I - A)^-1
 *
 *   production      F                                         by sector
 *   D_pba[r]        sum of F over the sectors of r            all pressure, also on zero output
 *   unallocated[r]  the part of it on sectors without output (x <= 0: an output that is only a fall of
 *                   inventories has no recipe)
 *   D_cba[r]        M y_r            y_r = Y over the columns of r that count in a footprint
 *   D_imp[r]        sum over s outside r of S_s X_r[s]         X_r = L y_r (domestic blocks of X left out,
 *   D_exp[r]        S_r (x_r - X_r[r])                         not of Y; as in METHODS: pymrio's definition)
 *   direct[r]       F_Y over the columns of r
 *
 * A column counts when its kind does, the user did not exclude that kind, and its region is one of the
 * table's. World, with d = x - A x - Y e (0 where x is the row sum):
 *
 *   sum D_pba - sum unallocated = sum D_cba + S L (columns that do not count) + S L d
 *
 * Each region: D_cba = D_pba - unallocated - D_exp + D_imp (D_exp holds exports and discrepancy too).
 *
 * The accounts are drawn up for account regions: each is a set of table regions, so a country is the
 * set of its parts and D_imp and D_exp of the set leave out trade inside it. The inverse is never
 * formed: M is k transposed solves, X is one plain solve per account region. Footprints alone need no X.
 *
 * Gross trade valued with M of the seller (raw material equivalents of the route io; METHODS 4.3):
 *
 *   IMP_RME[r]   M (what regions outside r sell to sectors and columns of r)
 *   EXP_RME[r]   M (what r sells outside, out of the table or to nobody) + M y of its columns that do not count
 *   left_out[r]  M y of its columns of kinds that the user excluded
 *
 *   D_cba = D_pba - unallocated + IMP_RME - EXP_RME - left_out
 *
 * IMP_RME counts what is exported again and domestic material that comes back; D_imp does not. With the
 * domestic-technology assumption imports take the multipliers of the importing region's own technology,
 * M_r = S_r (I - A_r)^-1 with A_r its inputs of each product wherever they come from.
 *
 * D_imp by product: per account region either k transposed solves (S outside r, zero inside, times L) or
 * P plain solves (y_r product by product), whichever has the fewer operations: k n against P (n + k).
 *
 * Sums run in the order of sectors inside a region, then in the order of regions, so a breakdown adds
 * up to its total within a few roundings and the bytes do not depend on threads.
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

/* Adds every table region by itself, in table order. */
LEIE_API leie_status leie_account_regions_all(leie_account_regions *q, const leie_axis *sector, leie_error *err);

/* Adds one: the table region of that code (members 0), or a group of table regions, whose code must not be
 * one of the table. name may be NULL; a region then has the table's. LEIE_ERR_DATA names an unknown code
 * and the nearest known one, a member given twice, or a code that is taken; q is then unchanged. */
LEIE_API leie_status leie_account_regions_add(leie_account_regions *q, const leie_axis *sector, const char *code,
                                              const char *name, leie_size members, char *const *member,
                                              leie_error *err);

/* The same over a plain list of regions (those of material flows). */
LEIE_API leie_status leie_account_regions_add_from(leie_account_regions *q, const leie_labels *region, const char *code,
                                                   const char *name, leie_size members, char *const *member,
                                                   leie_error *err);
LEIE_API void leie_account_regions_clear(leie_account_regions *q);

/* Breakdowns, each a bit of opts.by. Totals always come, but for those that LEIE_ONLY_FOOTPRINTS leaves out. */
enum leie_breakdown {
    LEIE_BY_PRODUCT = 1 << 0,       // D_cba by product bought (code, whoever supplied it)
    LEIE_BY_SECTOR = 1 << 1,        // by flat final product (region and sector that sold it)
    LEIE_BY_CATEGORY = 1 << 2,      // by final-demand category, direct pressures too
    LEIE_BY_ORIGIN = 1 << 3,        // by region of extraction or emission
    LEIE_BY_ORIGIN_SECTOR = 1 << 4, // by region and industry of extraction or emission
    LEIE_BY_SUPPLIER = 1 << 5,      // by region that sold the final product
    LEIE_BY_IMPORTS = 1 << 6,       // D_imp by product bought (one block solve per account region)
    LEIE_BY_EXPORTS = 1 << 7,       // D_exp by producing sector (one plain solve more per table region that
                                    // is not an account region by itself)
    LEIE_BY_TRADE = 1 << 8,         // gross bilateral trade in money, and valued with M
    LEIE_BY_MULTIPLIER = 1 << 9,    // M itself
    LEIE_BY_GROSS = 1 << 10,        // IMP_RME by product, using sector, category and origin, EXP_RME by product
    LEIE_BY_DOMESTIC = 1 << 11,     // IMP_RME with the domestic-technology assumption
    LEIE_BY_CATEGORY_PRODUCT = 1 << 13, // D_cba and money of final demand by product and category
    LEIE_BY_DIRECT = 1 << 12,       // tonnes by industry, product and category (direct.h; not part of these accounts)
    LEIE_ONLY_FOOTPRINTS = 1 << 14, // what M and Y tell: no D_imp, D_exp, imp_rme, exp_rme, left_out (NULL), nothing by origin or
                                    // trade; no plain solve
    // What does not go with it:
    LEIE_NOT_FOOTPRINTS = LEIE_BY_ORIGIN | LEIE_BY_ORIGIN_SECTOR | LEIE_BY_IMPORTS | LEIE_BY_EXPORTS | LEIE_BY_TRADE |
                          LEIE_BY_GROSS | LEIE_BY_DOMESTIC | LEIE_BY_DIRECT
};

typedef struct leie_accounts_opts {
    unsigned by; // sum of leie_breakdown bits
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints by the user (inventories, ...)
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
    double *D_cba_world;      // [k] of all columns that count, whatever the account regions are
    double *outside;          // [k] pressures for columns that do not count (exports of a national table, discrepancy)
    double *imbalance;        // [k] pressures for x - A x - Y e; 0 but for rounding where x is the row sum
    double *final_demand;     // [q, C] money rows of Y (in the unit of the table)
    double *by_product;       // [q, k, P]
    double *by_sector;        // [q, k, n]
    double *by_category;      // [q, C, k]
    double *direct_category;  // [q, C, k] with by_category
    double *by_origin;        // [q, R, k]
    double *by_origin_sector; // [q, k, n]
    double *by_supplier;      // [q, R, k]
    double *imp_by_product;   // [q, k, P]
    double *exp_by_sector;    // [k, n] S (x - X_r[r]) of each sector, r its table region
    double *trade;            // [R, R] gross sales of money rows from region to region (Z and Y), diagonal too
    double *trade_embodied;   // [k, R, R] trade of all rows valued with M of the selling sector
    double *trade_outside;    // [R, k] with trade: M y of the region's columns that do not count, plus M of its own
                              // sales to columns of no region of the table and of x - A x - Y e, so that
                              // D_cba + trade_outside = D_pba - unallocated + M imports - M exports
    double *imp_rme;          // [q, k] gross imports valued with M
    double *exp_rme;          // [q, k] gross exports valued with M, sales out of the table too
    double *left_out;         // [q, k] M y of columns that the user excluded
    double *imp_rme_product;  // [q, k, P] by product imported
    double *exp_rme_product;  // [q, k, P] by product exported
    double *imp_rme_sector;   // [q, k, n] by sector of q that uses them
    double *imp_rme_category; // [q, C, k] by category of q that uses them
    double *imp_rme_origin;   // [q, R, k] by region that sold them
    double *imp_rme_domestic; // [q, k] gross imports valued with the technology of the importing region
    double *dta_uncovered;    // [q] of it: money of imports that the importing region does not make, valued with M
    double *by_product_category; // [q, k, P, C]
    double *demand_product;   // [q, P, C] money rows of Y
    double *value_added;      // [n] x - column sum of the money rows of Z; 0 for a sector that is not money
    double *M;                // [k, n]
    leie_plan plan;
    leie_linsys_info linsys;
    double worst_identity; // largest gap of the identities above, relative to their largest term
} leie_accounts;

/* Draws up the accounts of t, which must have x; without stressors (k = 0) nothing is solved and only
 * final demand and trade in money are filled. opts NULL for totals only with the default solver.
 * Memory beside the results: S and M [k, n], Y and X [n, q], M Y [m, k]; by trade [n, R]; by imports
 * [n, min(k, P)] or two of them. Cost beside the solves: 2 n m k + about 4 q n k flops.
 * Account regions must be those of this table. Errors: LEIE_ERR_NOMEM, those of leie_plan_make,
 * leie_linsys_setup and leie_linsys_solve; a is empty then. A solve that does not reach its tolerance returns
 * LEIE_ERR_CONVERGE with the accounts filled, so that the caller may keep them. */
LEIE_API leie_status leie_accounts_make(leie_accounts *a, const leie_table *t, const leie_account_regions *q,
                                        const leie_accounts_opts *opts, leie_error *err);
LEIE_API void leie_accounts_clear(leie_accounts *a);

/* Relative gaps of the identities for stressor s (and account region q), 0 when they hold exactly. */
LEIE_API double leie_accounts_world_gap(const leie_accounts *a, leie_size s);
LEIE_API double leie_accounts_region_gap(const leie_accounts *a, leie_size q, leie_size s);
LEIE_API double leie_accounts_gross_gap(const leie_accounts *a, leie_size q, leie_size s);

/* Right-hand sides that leie_accounts_make will ask for, so that a plan can be shown beforehand. */
LEIE_API void leie_accounts_demand(leie_size *plain, leie_size *transposed, const leie_table *t,
                                   const leie_account_regions *q, const leie_accounts_opts *opts);

#endif
