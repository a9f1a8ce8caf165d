/* The identities of a table and of its accounts, for `leie check`: each with its size, its tolerance
 * and the worst offenders by label. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_IDENTITIES_H
#define LEIE_SOLVER_ACCOUNT_IDENTITIES_H

#include "solver/account/accounts.h"
#include "solver/table/table.h"

typedef enum leie_verdict { LEIE_PASS, LEIE_FAIL, LEIE_INFO, LEIE_SKIPPED } leie_verdict;

typedef struct leie_identity {
    char name[96];        // "row balance: Z e + Y e = x"
    leie_verdict verdict; // INFO: no pass or fail, something to know
    double size;          // largest relative gap, or the count or amount for INFO
    double tolerance;     // 0 when none applies
    leie_size count;      // places above the tolerance
    char worst[400];      // up to three offenders by label with their sizes; why for SKIPPED
} leie_identity;

typedef struct leie_identities {
    leie_size n, room;
    leie_identity *item;
} leie_identities;

/* Adds the identities of a table, which must have x: row and column balance, column sums of A above one,
 * signs, sectors without output, their purchases and pressures, empty columns, missing units.
 * A balance passes to 1e-6 of the sector's x (or of the mean x of money sectors, where that is more: in a
 * table rounded to whole units a small row may be off by half of itself), is INFO (rounded) to 1e-2, and
 * fails above. Work: n doubles. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_identities_table(leie_identities *list, const leie_table *t, leie_error *err);

/* Adds those of its accounts: residual (1e-12); world D_pba - unallocated = D_cba + outside + imbalance;
 * every region D_cba = D_pba - unallocated - D_exp + D_imp; breakdowns that are there add up; groups add
 * up, with the imports among their members shown; RMC = DE + M imports - M exports (all 1e-9 of the
 * largest term). Then, as INFO: pressures outside and for imbalances; plausibility (a region with over
 * half of a stressor or of a footprint abroad, negative footprints, footprints per money of final demand
 * over ten times the mean). Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_identities_accounts(leie_identities *list, const leie_table *t, const leie_account_regions *q,
                                              const leie_accounts *a, leie_error *err);

LEIE_API void leie_identities_clear(leie_identities *list);

#endif
