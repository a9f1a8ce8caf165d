/* How long goods last: distributions of lifetimes and what survives to an age.
 *
 *   sf(a) = P(lifetime > a), a in years
 *
 *   fixed          1 while a < mean
 *   normal         Q((a - mean) / sd): loses 1 - sf(0) at once, since negative lifetimes count as zero
 *   folded_normal  |X| for X normal with mean and sd (those of X, not of |X|)
 *   lognormal      ln X normal with  sigma^2 = ln(1 + sd^2 / mean^2),  mu = ln(mean) - sigma^2 / 2,
 *                  so that mean and sd are those of the lifetime itself
 *   weibull        exp(-(a / scale)^shape)
 *   gamma          Gamma(shape, a / scale) / Gamma(shape)
 *
 * Weibull and gamma take shape and scale, or mean and sd. Truncated means that only lifetimes between 0 and
 * `oldest` occur and the rest is scaled up:  (sf(a) - sf(oldest)) / (sf(0) - sf(oldest)).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_LIFETIME_H
#define LEIE_SOLVER_MFA_LIFETIME_H

#include "kernels/status.h"

typedef enum leie_lifetime_kind {
    LEIE_LIFE_FIXED,
    LEIE_LIFE_NORMAL,
    LEIE_LIFE_FOLDED_NORMAL,
    LEIE_LIFE_LOGNORMAL,
    LEIE_LIFE_WEIBULL,
    LEIE_LIFE_GAMMA,
    LEIE_LIFE_KINDS
} leie_lifetime_kind;

typedef struct leie_lifetime {
    leie_lifetime_kind kind;
    double mean, sd;     // years; NaN when shape and scale are given instead
    double shape, scale; // Weibull and gamma; NaN until leie_lifetime_settle has found them
    bool truncated;      // between 0 and oldest, and scaled up
    double oldest;       // years, INFINITY for none
} leie_lifetime;

/* "fixed", "normal", "folded_normal", "lognormal", "weibull", "gamma", and back (negative: unknown). */
LEIE_API const char *leie_lifetime_name(leie_lifetime_kind kind);
LEIE_API int leie_lifetime_find(const char *name);

/* Checks a lifetime and finds shape and scale from mean and sd where they are missing (Weibull: by
 * bisection on the coefficient of variation). Errors: LEIE_ERR_DATA (a lifetime of zero, a standard
 * deviation that is not positive, a parameter missing, too many given, a range that no lifetime falls into). */
LEIE_API leie_status leie_lifetime_settle(leie_lifetime *life, leie_error *err);

/* sf(age) of a settled lifetime. Cost: one erfc or exp; gamma about 5 sqrt(shape) terms. */
LEIE_API double leie_lifetime_survival(const leie_lifetime *life, double age);

/* Mean of a settled lifetime before truncation, years. */
LEIE_API double leie_lifetime_mean(const leie_lifetime *life);

#endif
