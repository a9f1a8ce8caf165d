/* The study file of waste accounts, and the data that its files hold; systems.md says what a user can write in them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_WASTE_STUDY_H
#define LEIE_IO_MFA_WASTE_STUDY_H

#include "io/mfa/waste_account.h"
#include "io/study/study.h"
#include "solver/mfa/waste.h"

typedef enum leie_waste_side {
    LEIE_WASTE_EXTRACTION,
    LEIE_WASTE_SUPPLY,
    LEIE_WASTE_USE,
    LEIE_WASTE_ADDITIONS,
    LEIE_WASTE_DEPLETION,
    LEIE_WASTE_SIDES
} leie_waste_side;

/* "extraction", "waste_supply", ... */
const char *leie_waste_side_name(leie_waste_side side);

typedef struct leie_waste_study {
    leie_study head; // texts only
    int year;
    char *unit;
    leie_path account[LEIE_WASTE_SIDES][2]; // of activities, of final demand
    leie_path rows, treatments, choice, exports, yields, residual, population, plants;
    bool choice_from_use;
    double target; // kg per inhabitant
    leie_size residual_counts;
    char **residual_count; // [residual_counts] groups of residual waste that count; none: all of them
    struct {       // waste input-output (waste_closure.h)
        leie_path table, inputs, waste, pressures;
        int year;  // 0: the last one that the table has
    } closure;
} leie_waste_study;

/* Reads and checks the study file; sets as for leie_study_read. Errors: LEIE_ERR_IO, LEIE_ERR_DATA with path, line
 * and key, LEIE_ERR_UNIT, LEIE_ERR_USAGE for what came from --set. */
LEIE_API leie_status leie_waste_study_read(leie_waste_study *study, const char *path, leie_size sets, char *const *set,
                                           leie_error *err);
LEIE_API void leie_waste_study_clear(leie_waste_study *study);

/* What of a waste is residual. */
typedef struct leie_residual_share {
    leie_index waste, group;
    bool final; // of final demand, else of activities
    char *from; // a category or activity, NULL for all of them
    double share;
} leie_residual_share;

typedef struct leie_residual {
    leie_labels group; // households, commerce, ...
    bool *counts;      // [group.n]
    leie_size shares;
    leie_residual_share *share; // [shares]
} leie_residual;

void leie_residual_clear(leie_residual *all);

typedef struct leie_waste_data {
    leie_waste_account account[LEIE_WASTE_SIDES][2];
    double *factor[LEIE_WASTE_SIDES]; // [rows of the side's accounts] 0: the row does not count
    leie_size *treatment_of;          // [columns of waste_use] -1: no treatment
    bool *recovers;                   // [model.treatment.n]
    leie_waste_model model;           // its waste types are the counted rows of waste_supply
    leie_residual residual;
    double *population;               // [regions] NaN when there is none
    leie_provenance provenance;
} leie_waste_data;

/* Reads the files of a study. Errors: LEIE_ERR_DATA with path, line, column and label, LEIE_ERR_UNIT. */
LEIE_API leie_status leie_waste_data_read(leie_waste_data *data, const leie_waste_study *study, leie_error *err);
LEIE_API void leie_waste_data_clear(leie_waste_data *data);

#endif
