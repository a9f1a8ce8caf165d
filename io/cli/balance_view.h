/* The report on a balance on one screen. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_BALANCE_VIEW_H
#define LEIE_IO_CLI_BALANCE_VIEW_H

#include <stdio.h>

#include "solver/leie.h"

/* Prints what was done, the totals that are furthest off when they are not all met, and the largest changes. m
 * has names of rows and columns. LEIE_ERR_NOMEM. */
leie_status leie_balance_view(FILE *to, const char *method, const leie_balance_report *r, const leie_csr *a,
                              const leie_margins *m, leie_error *err);

#endif
