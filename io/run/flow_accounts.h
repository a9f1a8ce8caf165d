/* The material flow accounts of a study: files in, accounts of all their years, targets followed. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_FLOW_ACCOUNTS_H
#define LEIE_IO_RUN_FLOW_ACCOUNTS_H

#include "io/read/read_targets.h"
#include "io/study/study.h"

/* A target of the study and the series that it is compared with. */
typedef struct leie_flow_target {
    leie_target row;              // as read
    bool io;                      // of the route io: an indicator of the tables, or the footprint of a stressor
    char label[256];              // "RMC BE-VLG 2030", unique
    leie_mfa_indicator indicator;
    leie_size q, material;
    bool per_capita, averaged;
    double per_unit;              // from t to the unit of the target
    leie_target_goal goal;        // in that unit
    leie_target_track track;
} leie_flow_target;

typedef struct leie_flow_accounts {
    bool there;                   // false: the study has no flows; materials, map and routes may be there
    char hash[65];                // of the options and files that these accounts depend on
    leie_materials material;
    leie_material_map map;        // what stressors of tables are among the materials
    leie_concordance products;    // products of the flows among those of tables
    leie_flows flows;
    leie_rme rme;
    leie_account_regions q;
    leie_mfa mfa;
    double *population;           // [Y, q] NaN where there is none; NULL without a file
    double *gdp;                  // [Y, q] in whole units of the currency; likewise
    char currency[8];
    char *edition;                // of the flows, else of the study; "" for none
    leie_averaging averaging;
    bool route[LEIE_ROUTES];      // routes that the result shows
    double *average;              // [Y, q, I, M] of mfa.value; NULL without averaging
    double *average_variance;     // the same of its variance; NULL without one
    double *average_circular;     // [LEIE_CMU_DEFINITIONS, Y, q, M] of mfa.circular
    double *average_population;   // [Y, q] NULL without averaging or population
    double *average_gdp;          // [Y, q] likewise
    leie_size targets;
    leie_flow_target *target;     // [targets] those that speak of these accounts
    leie_size io_rows;
    leie_target *io_row;          // [io_rows] targets of the route io, which wait for the tables
    leie_labels left_out;         // targets that speak of no series, and why (name); those of the route io come later
    const char *target_file;      // borrowed from the study, for messages
} leie_flow_accounts;

/* Reads the files and draws up the accounts; without flows only the materials of the route io are read. Account regions are those of
 * the study that the flows have: regions named, else all regions and the groups whose members are there.
 * Errors: those of the readers; LEIE_ERR_DATA when the study names no region of the flows, when it asks for the
 * route rme without coefficients or reported equivalents, and when a target mixes routes, editions or
 * averages. */
LEIE_API leie_status leie_flow_accounts_make(leie_flow_accounts *a, const leie_study *study, leie_error *err);
LEIE_API void leie_flow_accounts_clear(leie_flow_accounts *a);

/* One number of a series in t, or t per inhabitant; averaged takes the moving average of both. */
LEIE_API double leie_flow_value(const leie_flow_accounts *a, leie_size y, leie_size q, leie_mfa_indicator i, leie_size m,
                                bool per_capita, bool averaged);

/* Ratios, NaN where the part below is not positive; averaged is the ratio of moving averages, not the average of ratios:
 *
 *   circular use       U / (DMC + U)
 *   import dependency  IMP / DMI (ewmfa), IMP_RME / RMI (rme)
 *   productivity       GDP / DMC (ewmfa), GDP / RMC (rme), of all materials, in the currency per kg */
double leie_flow_cmu(const leie_flow_accounts *a, leie_cmu_definition d, leie_size y, leie_size q, leie_size m, bool averaged);
double leie_flow_dependency(const leie_flow_accounts *a, leie_route route, leie_size y, leie_size q, leie_size m, bool averaged);
double leie_flow_productivity(const leie_flow_accounts *a, leie_route route, leie_size y, leie_size q, bool averaged);

/* The targets of the study that speak of these accounts; a is complete but for them. Those of the route io are kept, those
 * that speak of no series are in left_out. */
leie_status leie_flow_targets_follow(leie_flow_accounts *a, const leie_study *study, leie_error *err);

/* Its label: "RMC BE-VLG MF3 2030", " (io)" for that route, numbered when one of the n before it has the same name. */
void leie_flow_target_name(leie_flow_target *t, leie_size n, const leie_flow_target *before);

/* Keeps the name of a target that speaks of no series, and why. Errors: LEIE_ERR_NOMEM. */
leie_status leie_target_leave_out(leie_labels *left_out, const leie_target *row, const char *why, leie_error *err);

/* One target of the route io against its series of n years, in t (or in the unit of a stressor, unit). Single years only.
 * Errors: as for the others. */
leie_status leie_io_target_follow(leie_flow_target *t, const leie_flow_accounts *a, const leie_target *row, const char *unit,
                                  const char *edition, const int *year, const double *series, leie_size n, leie_error *err);

#endif
