/* A variable of a dataset as text: the part that --where leaves, as tables or as CSV. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SHOW_VALUES_H
#define LEIE_IO_CLI_SHOW_VALUES_H

#include <stdio.h>

#include "io/leie_io.h"

/* Tables: the last two free dimensions longer than 1 as rows and columns, one table for each combination
 * of the others, with a heading; missing values are '-'. Labels whose values have a unit of their own
 * carry it: "Salt [t]". */
leie_status leie_show_text(FILE *out, const leie_dataset *ds, const leie_var *v, const leie_size *at,
                           leie_error *err);

/* One line per value: its labels, the value (empty when missing) and the unit. */
void leie_show_csv(FILE *out, const leie_dataset *ds, const leie_var *v, const leie_size *at);

/* A CSV field, quoted when it must be. */
void leie_show_field(FILE *out, const char *text);

#endif
