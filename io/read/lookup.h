/* Labels in CSV records: found in a list, or refused by path, line, column and the nearest known label. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_LOOKUP_H
#define LEIE_IO_READ_LOOKUP_H

#include "io/read/csv.h"
#include "solver/table/labels.h"

enum { LEIE_LABEL_SIZE = 256 }; // longest label with its NUL

/* Position in a list of the label in column c. what: "stressor", "region", for the message. */
leie_status leie_lookup_label(leie_size *at, const leie_csv *csv, leie_size c, const leie_labels *labels,
                              const char *what, leie_error *err);

/* Flat position of (region, code) from two columns. what: "sector" or "category". */
leie_status leie_lookup_item(leie_size *at, const leie_csv *csv, leie_size region, leie_size code,
                             const leie_axis *axis, const char *what, leie_error *err);

/* The code nearest to a misspelt one among those of region r of an axis, NULL when nothing is near. */
const char *leie_lookup_nearest(char buffer[LEIE_LABEL_SIZE], const leie_axis *axis, leie_size r, const char *code);

/* Appends to an axis; what it refuses is reported at the record. */
leie_status leie_lookup_add_item(leie_axis *axis, const leie_csv *csv, const char *region, const char *code,
                                 const char *name, const char *unit, leie_demand_kind kind, leie_error *err);

/* Appends to a list; what it refuses is reported at the record, column c. */
leie_status leie_lookup_add_label(leie_labels *labels, const leie_csv *csv, leie_size c, const char *code,
                                  const char *name, const char *unit, const char *kind, leie_error *err);

/* Position of the label in a column, appended when it is new; -1 for an empty or absent one. */
leie_status leie_lookup_take(leie_index *at, leie_labels *labels, const leie_csv *csv, const char *column, leie_error *err);

/* The demand kind in column c. */
leie_status leie_lookup_kind(leie_demand_kind *kind, const leie_csv *csv, leie_size c, leie_error *err);

/* Refuses a unit of a stressor that the result file could not spell; "" passes. c: its column, -1 for none. */
leie_status leie_lookup_unit(const leie_csv *csv, leie_size c, const char *unit, const char *stressor, leie_error *err);

/* Reports an unknown label, with the nearest when there is one. */
leie_status leie_lookup_fail(const leie_csv *csv, leie_size c, const char *what, const char *label, const char *nearest,
                             leie_error *err);

#endif
