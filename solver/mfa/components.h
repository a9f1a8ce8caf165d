/* A system of balances in parts that share nothing: years without relations between them, layers without
 * concentrations, flows of another country. Each part is a smaller system, and is solved on its own.
 * Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_COMPONENTS_H
#define LEIE_SOLVER_MFA_COMPONENTS_H

#include "solver/mfa/reconcile.h"

typedef struct leie_components {
    const leie_mfa_system *s; // borrowed
    leie_size n;
    leie_size *first_variable, *variable;     // [n + 1], variables that are not constant, ascending in a part
    leie_size *first_constraint, *constraint; // [n + 1], [m] ascending in a part
    leie_index *local;                        // [s->n] position of a variable in its part, -1 for a constant
    leie_index *of;                           // [s->n] its part, -1 for a constant
} leie_components;

/* One part of it as a system of its own; constants have become part of the coefficients. */
typedef struct leie_component {
    const leie_components *all; // borrowed
    leie_size part;
    leie_mfa_system s;
} leie_component;

/* Parts in the order of their first variable; what no constraint ties, and constraints of constants only, are the
 * last part. Cost: about two passes over the terms. Errors: LEIE_ERR_NOMEM. */
leie_status leie_components_new(leie_components *c, const leie_mfa_system *s, leie_error *err);
void leie_components_clear(leie_components *c);

leie_status leie_component_new(leie_component *x, const leie_components *all, leie_size part, leie_error *err);
void leie_component_clear(leie_component *x);

#endif
