/* The study file of a stock model, and the data that its files hold; systems.md says what a user can write in them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_STOCK_STUDY_H
#define LEIE_IO_MFA_STOCK_STUDY_H

#include "io/study/study.h"

typedef struct leie_stock_study {
    leie_study head; // texts only
    leie_size years;
    int first_year; // the years follow one after the other
    char *unit;
    leie_path inflow, stock, initial, lifetimes, ends;
    leie_survival_opts within;
    bool truncate, scale_down, by_cohort;
} leie_stock_study;

/* Reads and checks the study file; sets as for leie_study_read. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with
 * path, line and key, LEIE_ERR_UNIT, LEIE_ERR_USAGE for what came from --set. */
LEIE_API leie_status leie_stock_study_read(leie_stock_study *study, const char *path, leie_size sets, char *const *set,
                                           leie_error *err);
LEIE_API void leie_stock_study_clear(leie_stock_study *study);

enum { LEIE_STOCK_PARTS = 3, LEIE_STOCK_AGES = 1000 }; // product, material, region; oldest initial stock in years

typedef struct leie_stock_data {
    leie_labels item;                    // "product/material/region", without what is empty
    char **part;                         // [item.n, PARTS] product, material, region; "" when there is none
    bool *by_stock;                      // [item.n]
    double *given;                       // [item.n, years]
    leie_size before;                    // A: oldest age in the initial stock + 1, 0 without one
    double *initial;                     // [item.n, A]
    leie_size survivals;
    leie_survival *survival;             // [survivals] the distinct ones
    leie_index *survival_of;             // [item.n]
    leie_lifetime **life;                // [survivals] of [A + T] each: by cohort, oldest first; or by year of the study
    leie_lifetime_change *change;        // [survivals] which of the two, or constant: all the same
    leie_end_of_life *end;               // [item.n] NULL without a file of ends; an item without one is demolished
    leie_provenance provenance;
} leie_stock_data;

/* Reads the files of a study and works out what survives. Errors: LEIE_ERR_DATA with path, line, column, item
 * and year (an item in both files, a year missing, no lifetime for an item, a lifetime of zero, years of
 * lifetimes without saying what changes), LEIE_ERR_UNIT. */
LEIE_API leie_status leie_stock_data_read(leie_stock_data *data, const leie_stock_study *study, leie_error *err);
LEIE_API void leie_stock_data_clear(leie_stock_data *data);

#endif
