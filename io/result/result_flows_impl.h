/* What the files of material flow accounts in a result share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_FLOWS_IMPL_H
#define LEIE_IO_RESULT_RESULT_FLOWS_IMPL_H

#include "io/result/io_route.h"
#include "io/result/io_targets.h"
#include "io/result/result_flows.h"

// Where the years, regions and materials of the accounts are in the dataset.
typedef struct leie_flow_places {
    leie_dataset *ds;
    const leie_flow_accounts *a;
    const leie_io_route *io;
    int routes;                          // of the axis: with or without io
    leie_size scenarios, years, regions, materials; // of the dataset
    leie_size *year, *region;            // [Y], [q]
    leie_size *material;                 // [materials] position in the accounts
    leie_size targets;
    leie_flow_target *target;            // [targets] of the flows and of the route io
    leie_labels left_out;                // targets that speak of no series, and why
} leie_flow_places;

/* A variable with the attributes that every one of these has. */
leie_status leie_flow_variable(leie_var **var, const leie_flow_places *p, const char *name, leie_var_type type, const char *dims,
                               const char *units, const char *long_name, bool averaged, leie_error *err);

/* A coordinate of n codes, with names beside it unless label is NULL. */
leie_status leie_flow_coordinate(const leie_flow_places *p, const char *name, leie_size n, const char *const *code,
                                 const char *const *label, const char *long_name, leie_error *err);

/* Targets against their series, and those that speak of no series with the reason. */
leie_status leie_flow_add_targets(const leie_flow_places *p, leie_error *err);

#endif
