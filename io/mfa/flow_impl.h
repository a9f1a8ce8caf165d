/* Between the files of a material flow system and its variables: what was read, in order. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_FLOW_IMPL_H
#define LEIE_IO_MFA_FLOW_IMPL_H

#include "io/mfa/flow_system.h"
#include "io/mfa/mfa_dataset.h"
#include "io/study/yaml.h"

typedef enum leie_quantity_kind {
    LEIE_QUANTITY_FLOW,
    LEIE_QUANTITY_CONCENTRATION,
    LEIE_QUANTITY_TRANSFER,
    LEIE_QUANTITY_COEFFICIENT,
    LEIE_QUANTITY_KINDS
} leie_quantity_kind;

typedef struct leie_flow_value {
    leie_quantity_kind kind;
    leie_size item; // flow x layers + layer, concentration, transfer, or coefficient
    leie_size year; // position, -1 for all
    double value, sd; // NaN: unknown
    leie_size line;
} leie_flow_value;

typedef struct leie_flow_reading {
    leie_flow_system *sys;
    leie_size values, value_room;
    leie_flow_value *value; // [values] in the order of the files
    leie_size flow_room, concentration_room, transfer_room, term_room, correlation_room;
    leie_unit_memory unit[LEIE_QUANTITY_KINDS];
    const char *unit_to[LEIE_QUANTITY_KINDS]; // what each of these converts to
} leie_flow_reading;

/* Reads all files into the labels and lists of the system and the list of values. */
leie_status leie_flow_read_files(leie_flow_reading *r, leie_error *err);

#endif
