/* One screen of a result: at most 40 lines of 100 characters with places (material flow accounts come on top). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_H
#define LEIE_IO_CLI_SUMMARY_H

#include <stdio.h>

#include "io/leie_io.h"

/* Prints the last year of a result: raw material footprint (stressors of kind material, direct pressures
 * included) of the regions the study is about beside the others, by material group, final-demand category
 * and region of extraction; the targets on the study's own number; published values; the solver. Without
 * material stressors a table of all stressors takes the place of the first three. Material flow accounts follow
 * below, or stand alone. Numbers come from the
 * dataset alone, targets and published values from the files the study names.
 * Errors: those of reading these files; LEIE_ERR_NOMEM. */
leie_status leie_summary_print(FILE *to, const leie_dataset *ds, const leie_study *study, const leie_run_info *info,
                               leie_error *err);

#endif
