/* Cohort stocks: what was put into use in a year leaves as its lifetime says.
 *
 *   S(t, c) = I(c) sf(c, t)                                what is left of cohort c at the end of year t
 *   O(t, c) = S(t - 1, c) - S(t, c),  O(c, c) = I(c) - S(c, c)
 *   S(t) = sum_c S(t, c),   O(t) = sum_c O(t, c),   S(t) - S(t - 1) = I(t) - O(t)
 *
 * Inflow-driven: I is given. Stock-driven: S is given and  I(t) = (S(t) - sum_{c < t} S(t, c)) / sf(t, t).
 *
 * The age of cohort c at the end of year t is t - c + `age`: with age 0 (the convention of ODYM) a cohort is
 * counted as new at the end of its own year, with 0.5 it came in the middle of the year, with 1 at its
 * beginning. With `points` > 0 the inflow is spread evenly over the year and sf is the mean over the ages
 * t - c .. t - c + 1, by Gauss-Legendre quadrature (exact for fixed lifetimes).
 *
 * Letters: T years, A cohorts that are older than the first year, C = A + T cohorts (oldest first).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_STOCK_H
#define LEIE_SOLVER_MFA_STOCK_H

#include "solver/mfa/lifetime.h"

/* ---- what survives ---- */

/* By cohort: a cohort keeps the lifetime of its year. By year: in year t every cohort, also those that are
 * already there, loses the share  1 - sf_t(age) / sf_t(age - 1)  of the lifetime that holds in year t. */
typedef enum leie_lifetime_change { LEIE_LIFE_CONSTANT, LEIE_LIFE_BY_COHORT, LEIE_LIFE_BY_YEAR } leie_lifetime_change;

enum { LEIE_INFLOW_POINTS_MAX = 64 };

typedef struct leie_survival_opts {
    leie_lifetime_change change;
    double age; // 0 .. 1
    int points; // 0: all inflow at `age`; else quadrature over the year, and age is not used
} leie_survival_opts;

typedef struct leie_survival {
    leie_size years, before; // T, A
    bool constant;
    double *share; // constant: [C] by age; else [C, T + 1] by cohort and year, column 0 the end of the year
                   // before the first
} leie_survival;

/* Shares that survive. life: settled lifetimes, [1] constant, [C] by cohort, [T] by year.
 * Cost: C survivals when constant, else C T, each times the points.
 * Errors: LEIE_ERR_SHAPE (no years, an age outside 0 .. 1, too many points), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_survival_new(leie_survival *s, leie_size years, leie_size before, const leie_lifetime *life,
                                       const leie_survival_opts *opts, leie_error *err);
LEIE_API void leie_survival_clear(leie_survival *s);

/* ---- stocks ---- */

typedef struct leie_stock_item {
    const char *name;              // borrowed, for messages: "houses concrete BE-VLG"
    const leie_survival *survival; // borrowed; the same T and A for all items
    bool by_stock;                 // `given` is the stock at the end of each year, else the inflow
    const double *given;           // [T] borrowed
    const double *initial;         // [A] borrowed, NULL for none: in use at the end of the year before the first, by
                                   // age: 0 came in that year, 1 the year before
} leie_stock_item;

typedef struct leie_stock_opts {
    int first_year;  // for messages
    bool scale_down; // a stock that falls faster than lifetimes allow: inflow 0, and all cohorts lose the same
                     // share more; else LEIE_ERR_DATA
    bool by_cohort;
} leie_stock_opts;

typedef struct leie_stocks {
    leie_size items, years, before;
    double *inflow, *outflow, *stock; // [items, T]
    double *cohort;                   // [items, T, C] S(t, c); NULL unless asked for
    leie_size *scaled;                // [items] years that were scaled down
} leie_stocks;

/* All items, in parallel; the same bytes at any thread count. Initial stock of an age at which nothing can
 * be left leaves in the first year.
 * Cost: items C T multiplications and additions twice; memory 3 items T doubles, and items T C by cohort.
 * Errors: LEIE_ERR_DATA with item, year and numbers (a negative or missing inflow or stock, a stock that
 * falls too fast, a lifetime of which nothing survives the year of inflow when the stock is given),
 * LEIE_ERR_SHAPE (survivals of different years), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_stocks_make(leie_stocks *s, leie_size items, const leie_stock_item *item,
                                      const leie_stock_opts *opts, leie_error *err);
LEIE_API void leie_stocks_clear(leie_stocks *s);

#endif
