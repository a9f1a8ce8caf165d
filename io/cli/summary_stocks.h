/* The part of the summary that shows stocks, what couples them to the economy, and material flow systems. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_SUMMARY_STOCKS_H
#define LEIE_IO_CLI_SUMMARY_STOCKS_H

#include <stdio.h>

#include "io/leie_io.h"

/* Whether a result has a stock model or material flow systems as parts. */
bool leie_summary_has_stocks(const leie_dataset *ds);

/* Prints stock, inflow and outflow of the first, middle and last year; table route against model, net additions to stock
 * against the account, secondary material and change of footprints by year, where they are coupled; one line per system.
 * Nothing when the result has none of these. Errors: LEIE_ERR_NOMEM. */
leie_status leie_summary_print_stocks(FILE *to, const leie_dataset *ds, leie_error *err);

#endif
