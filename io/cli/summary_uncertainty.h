/* The part of the summary on uncertainty: ranges, convergence, the cells that drive the variance. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_UNCERTAINTY_H
#define LEIE_IO_CLI_SUMMARY_UNCERTAINTY_H

#include <stdio.h>

#include "io/cli/summary_view.h"

/* Prints the last year that has draws, for the regions in focus: mean, standard deviations by draws and to first order,
 * and the outermost quantiles, of the sum over materials and of the largest stressors; nothing without draws.
 * Errors: LEIE_ERR_NOMEM. */
leie_status leie_summary_print_uncertainty(FILE *to, const leie_view *v, leie_error *err);

#endif
