/* A national supply-use table split into those of its regions.
 *
 *   S_r = S diag(a_r)   W_r = W diag(a_r)      a[r, k] share of region r in industry k
 *   use in r of domestic and imported products: U diag(a_r), Y diag(c_r)      c[r, f] share in final use f
 *   exports of domestic products by output: E_r = E q_r / q
 *   domestic use in r by region of origin: trade (regional.h), then MR-GRAS, so that
 *     every region sells what it makes of each product      rows
 *     every user keeps what it pays for domestic products   columns
 *     regions add up to the nation cell by cell              blocks
 *
 * The result is an interregional table (sut.h): domestic use by region of origin, every other layer in the rows of the
 * region that uses. Known cells win over every estimate; the others share what is left of the national cell.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_SPLIT_H
#define LEIE_SOLVER_BUILD_SPLIT_H

#include "solver/balance/balance.h"
#include "solver/build/nest.h"
#include "solver/build/regional.h"
#include "solver/table/sut.h"

/* Parts of the result that carry marks. */
typedef enum leie_split_part {
    LEIE_PART_SUPPLY,       // [P, K]
    LEIE_PART_USE,          // [P, K] domestic, by region of origin
    LEIE_PART_FINAL,        // [P, M]
    LEIE_PART_IMPORT_USE,   // [P, K] imported, by region that uses
    LEIE_PART_IMPORT_FINAL, // [P, M]
    LEIE_PART_INPUTS,       // [v, K]
    LEIE_PARTS
} leie_split_part;

/* "supply", "use", "final", "import_use", "import_final", "inputs"; a negative number for another word. */
LEIE_API int leie_part_find(const char *name);
LEIE_API const char *leie_part_name(leie_split_part part);

typedef enum leie_mark { LEIE_MARK_NONE, LEIE_MARK_GIVEN, LEIE_MARK_ESTIMATED, LEIE_MARK_BALANCED } leie_mark;
LEIE_API const char *leie_mark_name(leie_mark mark); // "", "given", "estimated", "balanced"

/* One known cell by places in the result: row and column of the part's array. */
typedef struct leie_known_cell {
    leie_split_part part;
    leie_size row, col;
    double value;
    leie_size line; // of the file, for messages
} leie_known_cell;

typedef struct leie_split_opts {
    const leie_nest *shares;  // regions, a, c, pressures
    bool exports_by_output;   // else by their column's shares c
    leie_trade_method method;
    double delta;             // FLQ, AFLQ
    double beta;              // decay with distance
    const double *distance;   // [N, N] NULL: all the same
    const double *given;      // [3, N, N, p] flows s to r of a product by class of use (intermediate, consumption,
                              // capital), NaN for unknown; method given
    leie_size known;
    const leie_known_cell *cell; // [known]
    const char *known_path;      // for messages
    bool unbalanced;             // leaves the first estimate as it is
    leie_balance_opts balance;   // 0 for 1e-10 and 5000 sweeps
} leie_split_opts;

/* What was estimated, and by how much balancing moved it. Arrays are owned. */
typedef struct leie_split_info {
    double *estimate[LEIE_PARTS];     // before balancing; NULL for parts that are not there
    unsigned char *mark[LEIE_PARTS];  // leie_mark of each cell
    leie_balance_info balance;
    double imbalance;                 // largest |national supply - use| of a product, taken over by its rows
    char place[160];                  // which one
} leie_split_info;

LEIE_API void leie_split_info_clear(leie_split_info *info);

/* Relative standard error of a cell of a part by its mark, own: used in the region that makes it. Round numbers of the
 * scores on nine Austrian regions (io/study/nest.md): 0.05 given, 0.3 supply and inputs by keys, 0.5 domestic use in the own
 * region and imports, 1 domestic use across regions. */
LEIE_API double leie_split_reliability(leie_split_part part, leie_mark mark, bool own);

/* Splits s, a table of one region with domestic use at basic prices (leie_sut_complete), into an empty table. Not
 * converging is LEIE_OK with info->balance.converged false.
 * Errors: LEIE_ERR_SHAPE (several regions, shares for other numbers of things), LEIE_ERR_DATA (shares that do not
 * sum to one; known cells above their national cell, by name; a region that sells a product in the given trade and
 * does not make it; totals that cannot be met, by name), LEIE_ERR_USAGE (gravity without distances, given without
 * flows), LEIE_ERR_NOMEM. Cost: MR-GRAS on N^2 p (k + m) cells. */
LEIE_API leie_status leie_sut_split(leie_sut *to, const leie_sut *s, const leie_split_opts *how, leie_split_info *info,
                                    leie_error *err);

/* How far the regions of an interregional table are from a national one with the same lists: steps "supply", "use",
 * "final", "imports" by product and "output" by industry are added to the list (before: national, after: regions).
 * Errors: LEIE_ERR_DATA (a product or industry that one of them does not have), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sut_add_up(leie_adjustments *list, const leie_sut *regions, const leie_sut *nation,
                                     leie_error *err);

#endif
