/* The part of the summary on back-casts. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_BACKCAST_H
#define LEIE_IO_CLI_SUMMARY_BACKCAST_H

#include <stdio.h>

#include "io/leie_io.h"

/* For every back-cast of the last year that has any: whether it was found, its targets with what is missing, its levers.
 * Nothing without back-casts. Errors: LEIE_ERR_NOMEM. */
leie_status leie_summary_print_backcasts(FILE *to, const leie_dataset *ds, leie_error *err);

#endif
