/* The part of the summary that shows accounts of places. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_LOCAL_H
#define LEIE_IO_CLI_SUMMARY_LOCAL_H

#include <stdio.h>

#include "io/cli/summary_view.h"

/* Prints the raw material footprint of the first places, in all and per inhabitant, with its relative standard
 * deviation; nothing when the result has no places or no materials. Errors: LEIE_ERR_NOMEM. */
leie_status leie_summary_print_local(FILE *to, const leie_view *v, leie_error *err);

#endif
