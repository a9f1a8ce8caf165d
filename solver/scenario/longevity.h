/* What a longer life of products saves: the share of purchases that are not made. The cohort model of stocks can take
 * the place of the steady state behind this interface. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_LONGEVITY_H
#define LEIE_SOLVER_SCENARIO_LONGEVITY_H

#include "kernels/status.h"

/* Share of purchases in a year that a life of `longer` years in place of `life` makes needless, when products
 * bought from the year `start` on have the longer life (start 0: always had). region and code name the product. */
typedef struct leie_longevity {
    void *ctx;
    double (*saving)(void *ctx, const char *region, const char *code, double life, double longer, int start, int year);
} leie_longevity;

/* In a stock that neither grows nor shrinks, purchases are stock / life: 1 - life / longer. */
LEIE_API extern const leie_longevity leie_longevity_steady;

#endif
