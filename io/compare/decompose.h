/* The change of footprints between two results, taken apart by the tables of the studies that made them.
 *
 *   two years of one study       A year 1 -> A year 2                          change
 *   one year of two editions     A year   -> B year                            revision
 *   two years, two editions      A year 1 -> A year 2, A year 2 -> B year 2    change, then revision; where A has no
 *                                year 2: A year 1 -> B year 1, B year 1 -> B year 2; where neither has: both in one
 *   two scenarios of a year      A scenario 1 -> A scenario 2                  scenario
 *
 * With chain a change goes year by year through the tables of its edition. With tables in the prices of the year before
 * (P) each such change has two steps: A y -> P y + 1 is real, P y + 1 -> A y + 1 is prices.
 *
 * Each step is a structural decomposition (solver/analysis/decomposition.h); steps meet exactly.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_COMPARE_DECOMPOSE_H
#define LEIE_IO_COMPARE_DECOMPOSE_H

#include "io/result/dataset.h"
#include "io/run/run.h"
#include "io/study/study.h"
#include "solver/analysis/decomposition.h"

enum { LEIE_STEP_KINDS = 4 };

typedef struct leie_decompose_side {
    const leie_study *study;
    int year;
    const char *scenario;    // NULL or "baseline": the table itself
    const leie_dataset *result; // what the study gave: held against its tables; NULL: nothing to hold against
    const char *name;        // of the result
} leie_decompose_side;

typedef struct leie_decompose_opts {
    const char *region;      // only this account region; NULL: all
    const char *deflators;   // region,product,year,value: price index in the region's own money; NULL: none
    const char *exchange;    // region,year,value: money of the table per money of the region; NULL: deflators are in that of the table
    leie_sda_mean mean;
    bool demand_whole;       // mix, volume and population as one factor
    bool chain;              // year by year
    const leie_study *previous; // tables of each year in the prices of the year before; NULL: none
} leie_decompose_opts;

typedef struct leie_step {
    const char *kind;        // "change", "prices", "revision", "change and revision", "scenario"
    char from[96], to[96];   // "A 2000", "B 2011"
    leie_size steps;         // that were added up
    char prices[160];        // "current prices", "constant prices of 2000 (deflators.csv)"
    bool current;            // the factor price is shown
    leie_sda sda;
    leie_sda total;          // all materials together, k 0 when there are not two of one unit
} leie_step;

typedef struct leie_decomposition {
    leie_account_regions q;
    leie_size steps;
    leie_step *step;         // [steps]
    leie_size kinds;
    leie_step kind[LEIE_STEP_KINDS]; // [kinds] the sum of the steps of each kind, one after the other
} leie_decomposition;

/* Assembles the tables, holds their footprints against the results (1e-9), and decomposes. Errors: LEIE_ERR_DATA when
 * a study is not that of the result (names the largest difference), when a region is unknown, or when deflators do
 * not cover a product; LEIE_ERR_USAGE when previous-year prices meet other years than the one before; those of leie_assemble,
 * leie_sda_make and, for scenarios of a coupled study, leie_coupled_stocks_follow. */
LEIE_API leie_status leie_decompose(leie_decomposition *d, const leie_decompose_side side[2], const leie_decompose_opts *opts,
                                    const leie_watch *watch, leie_error *err);
LEIE_API void leie_decomposition_clear(leie_decomposition *d);

/* Adds it to a dataset: dimensions step, sda_region, sda_stressor (with TOTAL last), sda_product and factor, and the
 * variables sda_from, sda_to, sda_effect, sda_product_from, sda_product_to, sda_product_effect. Sums over factor, product and step are
 * exact. */
LEIE_API leie_status leie_decomposition_dataset(leie_dataset *ds, const leie_decomposition *d, leie_error *err);

#endif
