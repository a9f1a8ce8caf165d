/* Structural decomposition: why the footprint of one table differs from that of another.
 *
 *   D[r] = S L y_r + direct_r,   L = (I - A)^-1
 *   A    = T o A*       A*_ij: input of product i per unit of j from wherever, T: the share of each region in it
 *   y_r  = (T o B) v P  B: mix of final demand, v: final demand per head, P: inhabitants
 *   S    = p S~         only in current prices: p is the world mean of pressure per money of the industries that
 *                       exert it, the inverse of a unit value, where prices of materials go first
 *
 * Factors change one after the other from table 0 to table 1. The effect of a factor depends on what changed before
 * it: the polar mean takes the order below and its mirror (Dietzenbacher and Los 1998), `all` the mean over every
 * order (Shapley). Effects add up to the change exactly (additive.h).
 *
 *   price        p, only with current_prices
 *   intensity    S, or S~
 *   technology   A* (of products that only one region has, and of inputs below zero, A itself)
 *   trade        T, in A and in y
 *   mix          B: products, categories and, in a group, its regions
 *   volume       v, or final demand as a whole where inhabitants are not known
 *   population   P
 *   direct       direct pressures of final demand per head (or as a whole)
 *
 * Shares of a product that one table does not buy at all are those of the other table, so that a new input is
 * technology and a new purchase is mix. Purchases with a negative cell in either table (changes in inventories) have
 * no shares: their origin counts as mix (in A as technology). Both are counted.
 *
 * The inverse is never formed: four systems (T and A* of either table) with 2 k transposed solves each.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ANALYSIS_DECOMPOSITION_H
#define LEIE_SOLVER_ANALYSIS_DECOMPOSITION_H

#include "kernels/status.h"
#include "solver/account/accounts.h"

typedef enum leie_sda_factor {
    LEIE_SDA_PRICE,
    LEIE_SDA_INTENSITY,
    LEIE_SDA_TECHNOLOGY,
    LEIE_SDA_TRADE,
    LEIE_SDA_MIX,
    LEIE_SDA_VOLUME,
    LEIE_SDA_POPULATION,
    LEIE_SDA_DIRECT,
    LEIE_SDA_FACTORS
} leie_sda_factor;

/* "price", "intensity", ... */
LEIE_API const char *leie_sda_factor_name(leie_sda_factor factor);

typedef enum leie_sda_mean {
    LEIE_SDA_POLAR,   // mean of the two orders below
    LEIE_SDA_ALL,     // mean of all orders
    LEIE_SDA_FORWARD, // the order of the factors
    LEIE_SDA_MIRROR,  // its mirror
} leie_sda_mean;

typedef struct leie_sda_opts {
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints, as in accounts
    leie_sda_mean mean;
    bool current_prices; // factor price
    bool demand_whole;   // mix, volume and population change as one factor, shown as volume
} leie_sda_opts;

/* One of the two tables. population [q] may be NULL, and NaN where it is not known. */
typedef struct leie_sda_side {
    const leie_table *t;
    const double *population;
} leie_sda_side;

/* q account regions, k stressors, P products and, last, direct pressures. */
typedef struct leie_sda {
    leie_size q, k, P;
    leie_labels stressor;    // [k] of both tables
    leie_labels product;     // [P] product codes, then "direct"
    bool *peopled;           // [q] whether population is a factor
    double *from, *to;       // [q, k, P] footprint by product bought
    double *effect;          // [q, k, P, FACTORS]
    double *total_from, *total_to; // [q, k]
    double *total;           // [q, k, FACTORS]
    leie_size left_out;      // stressors that only one table has
    leie_size unsplit;       // purchases without shares: a cell below zero
    leie_size borrowed;      // purchases that only one table has: shares of that table
    double remainder;        // largest remainder that rounding gave to a largest part, relative to the footprint
    double residual;         // worst of all solves
    leie_solver solver;      // LEIE_SOLVER_AUTO where the four systems had different ones
} leie_sda;

/* Decomposes D[side 1] - D[side 0] for the account regions of both tables. The tables must have the same sectors and
 * columns of final demand, and units of money and pressures; prices are the caller's (build/deflate.h).
 * opts NULL for defaults. Memory: one dense A (8 n^2 bytes), 8 M of [n, k], 16 footprints of [q, k, P]. Cost: four
 * set-ups and 8 k transposed solves, 32 n q k flops, up to 2^8 sums per cell.
 * Errors: LEIE_ERR_DATA (other sectors, columns or no common stressor; final demand of a region not above zero),
 * LEIE_ERR_UNIT, LEIE_ERR_CONVERGE, those of leie_linsys_setup; d is empty then. */
LEIE_API leie_status leie_sda_make(leie_sda *d, const leie_sda_side side[2], const leie_account_regions *q,
                                   const leie_sda_opts *opts, leie_error *err);

/* Makes a chain of decompositions (of the same regions, stressors and products) add up to the last digit: step i ends
 * exactly where step i + 1 begins, in every region, stressor and product, and totals are the sums of their products. */
LEIE_API void leie_sda_close(leie_sda *step, leie_size steps);

/* Several stressors of one unit as one, closed by itself: k is 1. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sda_sum(leie_sda *sum, const leie_sda *d, const bool *member, const char *code, const char *name,
                                  leie_error *err);

/* The sum of steps of a chain that was closed, as one change: effects added up, from where `after` (NULL: the first step)
 * ends to there and all changes. Exact. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_sda_chain(leie_sda *sum, const leie_sda *const *step, leie_size steps, const leie_sda *after, leie_error *err);

LEIE_API void leie_sda_clear(leie_sda *d);

#endif
