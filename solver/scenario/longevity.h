/* What a longer life saves: the share of purchases that are not made. A cohort model of stocks takes the place of the steady
 * state behind this interface (solver/mfa/cohorts.h).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_LONGEVITY_H
#define LEIE_SOLVER_SCENARIO_LONGEVITY_H

#include "kernels/status.h"

/* Purchases of one product whose life of `life` years becomes one of `longer` years, for what is bought from the year
 * `start` on (0: always). */
typedef struct leie_purchase {
    leie_size row;         // sector that sells it
    bool demand;           // columns are those of final demand, else sectors
    leie_size cols;
    const leie_index *col; // [cols] who buys it; borrowed
    double life, longer;
    int start, year;
} leie_purchase;

/* Share of these purchases that is needless in the year. Called from several threads at once. */
typedef struct leie_longevity {
    const void *ctx;
    leie_status (*saving)(double *share, const void *ctx, const leie_purchase *purchase, leie_error *err);
} leie_longevity;

/* In a stock that neither grows nor shrinks, purchases are stock / life: 1 - life / longer. */
LEIE_API extern const leie_longevity leie_longevity_steady;

#endif
