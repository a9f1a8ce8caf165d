/* A result as a folder of CSV files: variables.csv, attributes.csv, and NAME.csv for each variable (its labels, value and unit
 * on a line per value; missing values are empty). Coordinates and the texts that label them are in the lines. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_RESULT_CSV_H
#define LEIE_IO_WRITE_WRITE_RESULT_CSV_H

#include "io/result/dataset.h"

/* Files are replaced one by one through temporary ones. *files counts the variables. Errors: LEIE_ERR_OUTPUT,
 * LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_write_result_csv(leie_size *files, const char *folder, const leie_dataset *ds, leie_error *err);

/* Whether a variable is exported: coordinates and texts about one dimension are not. */
bool leie_result_is_shown(const leie_dataset *ds, const leie_var *v);

#endif
