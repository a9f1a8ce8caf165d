/* The identities of a table and of its accounts, for `leie check`: each with its size, its tolerance
 * and the worst offenders by label. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_IDENTITIES_H
#define LEIE_SOLVER_ACCOUNT_IDENTITIES_H

#include "solver/account/accounts.h"
#include "solver/table/table.h"

typedef enum leie_verdict { LEIE_PASS, LEIE_FAIL, LEIE_INFO, LEIE_SKIPPED } leie_verdict;

typedef struct leie_identity {
    char name[96];       // "row balance: Z e + Y e = x"
    leie_verdict verdict; // INFO: no pass or fail, something to know
    double size;         // largest relative gap, or the count or amount for INFO
    double tolerance;    // 0 when none applies
    leie_size count;     // places above the tolerance
    char worst[400];     // up to three offenders by label with their sizes; why for SKIPPED
} leie_identity;

typedef struct leie_identities {
    leie_size n, room;
    leie_identity *item;
} leie_identities;

/* Adds the identities of a table: row and column balance, signs, zero output with and without
 * pressures, column sums of A above one, missing units, empty columns. */
LEIE_API leie_status leie_identities_table(leie_identities *list, const leie_table *t, leie_error *err);

/* Adds those of its accounts: world D_pba - unallocated = D_cba + outside; every region
 * D_cba = D_pba - unallocated - D_exp + D_imp; breakdowns add up; groups add up; residuals; RMC = DE +
 * M imports - M exports; plausibility (largest origin share, negative footprints, extremes of t per
 * 1000 of money). */
LEIE_API leie_status leie_identities_accounts(leie_identities *list, const leie_table *t,
                                              const leie_account_regions *q, const leie_accounts *a,
                                              leie_error *err);

LEIE_API void leie_identities_clear(leie_identities *list);

#endif
