/* A second opinion on the uncertainty of a reconciliation, by sampling.
 *
 *   m(k) = m + s e(k),  e normal and independent       a draw of what could have been measured
 *   v(k)   the reconciliation of m(k)                   mean, standard deviation and quantiles over draws
 *
 * For linear balances without bounds v(k) has the distribution of the analytic result, which is the posterior of the flows
 * under flat priors (Gottschalk, Scholz and Nowack 2010; Lupton and Allwood 2018); products, bounds and Huber's loss bend it, and
 * the draws show how far. Correlated errors are drawn by their independent parts. Draw k depends on the seed and on k alone.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_SAMPLING_H
#define LEIE_SOLVER_MFA_SAMPLING_H

#include "solver/mfa/reconcile.h"

typedef struct leie_reconcile_draws {
    leie_size n, draws;
    leie_size failed;         // draws that did not converge, or whose balances cannot be met: left out
    double *mean, *sd;        // [n] NaN when not observable
    double *low, *high;       // [n] quantiles at 2.5 and 97.5 %
} leie_reconcile_draws;

/* Draws. Errors: those of leie_reconcile for the data as they are; LEIE_ERR_USAGE for fewer than two draws; LEIE_ERR_DATA
 * when more than half of the draws fail; LEIE_ERR_NOMEM (draws x n doubles are kept). Cost: draws reconciliations without
 * standard deviations, side by side on all threads, with the same bytes at any number of them. */
LEIE_API leie_status leie_reconcile_sample(leie_reconcile_draws *d, const leie_mfa_system *s, const leie_reconcile_opts *opts,
                                           leie_size draws, uint64_t seed, leie_error *err);
LEIE_API void leie_reconcile_draws_clear(leie_reconcile_draws *d);

#endif
