/* The stock model of a study, by itself or coupled to its tables: mass by the table route, the stocks that follow, the loop
 * back to production (solver/mfa/loop.h). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_COUPLED_STOCKS_H
#define LEIE_IO_RUN_COUPLED_STOCKS_H

#include "io/mfa/stock_links.h"
#include "io/run/run.h"
#include "solver/mfa/cohorts.h"

/* One table year of the comparison. */
typedef struct leie_stock_year {
    int year;
    double *table, *model; // [durables] mass by the table route and inflow of the stock model before coupling
} leie_stock_year;

typedef struct leie_coupled_stocks {
    bool there;               // the study has a stock model
    bool coupled;             // and durables
    leie_stock_study model;
    leie_stock_data data;     // inflow by the table route in the years of tables, and what follows from it
    leie_stocks made;
    leie_stock_links links;   // to the table of the last year that was followed
    leie_size years;
    leie_stock_year *year;    // [years] of the comparison
    const leie_lifetime **life; // [items] for the cohorts
    leie_lifetime_change *change;
    leie_cohorts cohorts;
    leie_longevity longevity; // what a longer life saves, once a table was followed
    int first;                // first year of the loop: that of the last table
    leie_size looped;         // U
    double *factor;           // [U, durables]
    double *demolished;       // [U, recoveries]
    leie_loop_result loop;
} leie_coupled_stocks;

/* Reads the stock model of a study and makes its stocks; nothing when the study has none. Errors: those of
 * leie_stock_study_read, leie_stock_data_read and leie_stocks_make. */
leie_status leie_coupled_stocks_open(leie_coupled_stocks *c, const leie_study *study, leie_error *err);

/* Follows the table of one year, in ascending order: compares the table route with the inflow of the stock model, then lets
 * final demand set the inflow of that year (and in proportion of the years after it) where the inflow is given. Errors:
 * those of leie_stock_links_read; LEIE_ERR_CHECK for a gap above the allowed one, with the good and both masses;
 * LEIE_ERR_DATA for a year outside the stock model. */
leie_status leie_coupled_stocks_follow(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_watch *watch,
                                       leie_error *err);

/* The loop from the last table on. Errors: those of leie_loop_run; LEIE_ERR_CONVERGE when the rounds do not suffice. */
leie_status leie_coupled_stocks_loop(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_account_regions *q,
                                     const leie_watch *watch, leie_error *err);
void leie_coupled_stocks_clear(leie_coupled_stocks *c);

#endif
