/* Local accounts of a study: its files, and the accounts of one year. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_LOCAL_RUN_H
#define LEIE_IO_RUN_LOCAL_RUN_H

#include "io/read/read_local.h"
#include "io/study/study.h"

/* Accounts of places in one year; place.n is 0 when the study has none. */
typedef struct leie_local_year {
    leie_local accounts;
    double *population;  // [N] by shares of the key variable population; NULL without it or without the region's
    leie_hubs hubs;      // ports
} leie_local_year;

/* Reads what the study says and draws up the accounts from those of the region; population is the region's, NaN when
 * it is not known. Sources and notes go to the provenance of t. Errors name the line of the study. */
leie_status leie_local_run(leie_local_year *l, const leie_study *study, leie_table *t, const leie_account_regions *q,
                           const leie_accounts *a, const double *population, leie_error *err);
void leie_local_year_clear(leie_local_year *l);

#endif
