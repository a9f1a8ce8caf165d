/* What a longer life of goods saves, by the cohorts that are in use (a longevity for scenarios).
 *
 *   S(t)    stock of the item as it is, with its own lifetimes
 *   I'(t)   inflow that keeps the same S when lifetimes are longer / life times as long (mean, sd and scale) for what was put
 *           into use from `start` on (for lifetimes by calendar year: in all years from `start` on)
 *   saving = 1 - sum I'(t) / sum I(t)      over the materials of a good; over goods weighted by what is spent on them
 *
 * In the first years next to nothing is saved: what was bought before `start` leaves as it would have. Purchases of
 * what is in no stock save 1 - life / longer, the steady state.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_COHORTS_H
#define LEIE_SOLVER_MFA_COHORTS_H

#include "solver/mfa/durables.h"
#include "solver/mfa/stock.h"
#include "solver/scenario/longevity.h"

/* A stock model after it was made, borrowed. */
typedef struct leie_cohorts {
    int first_year;
    leie_size years, before;           // T, A
    leie_survival_opts within;
    const leie_lifetime *const *life;  // [items] of [A + T]: by cohort, or by year
    const leie_lifetime_change *change; // [items]
    const double *inflow, *stock;      // [items, T]
    const double *initial;             // [items, A]; NULL when A is 0
    leie_size durables;
    const leie_durable *durable;
} leie_cohorts;

/* Inflow of an item that keeps its stock when lifetimes are longer from a year on: I' [T]. A stock that falls faster than
 * the longer lifetimes allow has no inflow in that year. Cost: C T survivals. Errors: LEIE_ERR_NOMEM, LEIE_ERR_DATA (nothing
 * survives the year of inflow). */
LEIE_API leie_status leie_cohorts_inflow(double *inflow, const leie_cohorts *c, leie_size item, double longer, int start, leie_error *err);

/* The longevity over cohorts that outlive it. Errors of its saving: LEIE_ERR_DATA for a year outside the stock model. */
LEIE_API leie_longevity leie_cohorts_longevity(const leie_cohorts *c);

#endif
