/* The part of the summary that shows material flow accounts. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_FLOWS_H
#define LEIE_IO_CLI_SUMMARY_FLOWS_H

#include <stdio.h>

#include "io/leie_io.h"

/* Whether a result holds material flow accounts of flows that were given: the route io alone does not count. */
bool leie_summary_has_flows(const leie_dataset *ds);

/* Baseline value of mfa in 1000 t for all materials together, by the name of route and indicator; NaN for none. */
double leie_summary_mfa(const leie_dataset *ds, const char *route, leie_size year, leie_size region, const char *indicator);

/* Prints, for the last year with figures: the indicators of the regions in focus, then of the first others, in Mt and per inhabitant, RMC (or
 * DMC) by material, the series per inhabitant, targets with distance and year reached. Numbers come from the
 * dataset alone. Errors: LEIE_ERR_NOMEM. */
leie_status leie_summary_print_flows(FILE *to, const leie_dataset *ds, leie_size focuses, const leie_size *focus,
                                     leie_error *err);

/* Prints how many targets speak of no series of the study, the first by name with the reason; nothing when all have one. */
void leie_summary_print_left_out(FILE *to, const leie_dataset *ds);

#endif
