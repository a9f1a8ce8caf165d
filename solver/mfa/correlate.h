/* Correlated errors of measurements, made independent: with Q = L L' the covariance of a group,
 *
 *   v = m + L z,   z measured as 0 with standard deviation 1
 *
 * so the group becomes unknowns, its z are measured, and each v has a constraint more. The sum of squares of z is
 * (v - m)' Q^-1 (v - m). Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_CORRELATE_H
#define LEIE_SOLVER_MFA_CORRELATE_H

#include "solver/mfa/reconcile.h"

typedef struct leie_correlated {
    const leie_mfa_system *s; // borrowed
    leie_mfa_system whole;    // with the independent parts behind the variables of s
    leie_index *of;           // [whole.n - s->n] the variable that each part belongs to
} leie_correlated;

/* Errors: LEIE_ERR_DATA by name (a correlation outside -1 .. 1, of a variable that is not measured or with itself, a
 * pair given twice, correlations that no covariance has), LEIE_ERR_SHAPE, LEIE_ERR_NOMEM. Groups are dense: g^2 each. */
leie_status leie_correlated_new(leie_correlated *c, const leie_mfa_system *s, leie_error *err);
void leie_correlated_clear(leie_correlated *c);

/* Takes what was found for the whole back to the variables and constraints of s. */
leie_status leie_correlated_result(leie_reconciled *r, const leie_correlated *c, const leie_reconciled *whole, double level,
                                   leie_error *err);

#endif
