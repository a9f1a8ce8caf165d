/* The profile of a run on the terminal and as a file. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_PROFILE_VIEW_H
#define LEIE_IO_CLI_PROFILE_VIEW_H

#include <stdio.h>

#include "io/leie_io.h"

/* Measures the machine, prints a table of work, and writes the JSON of leie_profile_json to a file (NULL: none).
 * Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. */
leie_status leie_profile_print(FILE *to, const char *file, leie_error *err);

#endif
