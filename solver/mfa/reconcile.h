/* Reconciliation of uncertain flow data: the values nearest to what was measured that keep every balance.
 *
 *   min  sum_i ((v_i - m_i) / s_i)^2      over measured i          (weighted least squares)
 *   s.t. g_k(v) = sum_t a_t v_p(t) [v_q(t)] = 0                    for every constraint k
 *        low_i <= v_i <= high_i
 *
 * A variable is measured (m, s > 0), constant (s = 0) or unknown (s NaN). Constraints are linear or bilinear:
 * balances, relations, substance flow = flow x concentration, output = transfer coefficient x input. They are
 * linearised again and again until nothing moves (Cencic 2016, Sustainable Environment Research 26(6), 291-298);
 * with a merit function (sum of squares and violated balances, each with its weight) a step that does harm is
 * halved. A step takes the curvature of products into account (newton.h), so few linearisations are needed.
 *
 * Each linearisation is reduced by sparse elimination of the unknowns (echelon.h). What is left,  A u = b  with
 * u = (v - m) / s, holds measured variables only; its dependent rows are dropped, and u = A' (A A')^-1 b by a
 * sparse Cholesky factor. Nothing dense is ever formed. An unknown is observable when it follows from measured
 * ones and constants.
 *
 * Parts of a system that share nothing (years without relations between them, say) are solved each on its own,
 * in parallel, with the same bytes at any thread count.
 *
 * Correlated errors are made independent first (correlate.h); such measurements take part in all but nodal tests and
 * serial elimination, and Huber's loss is of their independent parts.
 *
 * Bounds are kept by an active set: a variable beyond its bound is held there, and let go when its multiplier
 * says so.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_RECONCILE_H
#define LEIE_SOLVER_MFA_RECONCILE_H

#include "kernels/status.h"

typedef struct leie_mfa_term {
    double coef;
    leie_index p, q; // coef v_p, or coef v_p v_q when q >= 0; p -1: the constant coef
} leie_mfa_term;

/* Correlation of the errors of two measured variables; 0 for pairs without one. */
typedef struct leie_mfa_correlation {
    leie_index p, q;
    double value;
} leie_mfa_correlation;

/* Names for messages: variable or constraint number i into a buffer. */
typedef void (*leie_mfa_name_fn)(const void *ctx, bool constraint, leie_size i, char *text, size_t size);

typedef struct leie_mfa_system {
    leie_size n, m;          // variables, constraints
    double *value;           // [n] measured or constant; of an unknown where to begin, NaN for 1
    double *sd;              // [n] > 0 measured, 0 constant, NaN unknown
    double *low, *high;      // [n] bounds, -INFINITY and INFINITY for none; NULL for none at all
    leie_size *first;        // [m + 1]
    leie_mfa_term *term;     // [first[m]]
    leie_size correlations;
    leie_mfa_correlation *correlation; // [correlations]
    leie_mfa_name_fn name;   // NULL: numbers
    const void *name_ctx;
} leie_mfa_system;

typedef struct leie_reconcile_opts {
    double tolerance;         // largest last step in standard deviations, and relative to unknowns; 0: 1e-8
    leie_size max_iterations; // per set of bounds; 0: 100
    double level;             // of the tests; 0: 0.05
    leie_size eliminate;      // serial elimination: at most so many measurements are set aside, the worst first,
                              // while the global test fails
    double huber;             // 0: least squares; else Huber's loss: beyond so many standard deviations an adjustment
                              // costs in proportion, so a gross error pulls less (Huber 1964, Annals of Mathematical
                              // Statistics 35(1), 73-101), by reweighting until weights change by less than 1e-6
    bool no_uncertainty;      // leave out standard deviations and measurement tests
    leie_size chosen;         // variables whose covariances are asked for; not with no_uncertainty
    const leie_index *choose; // [chosen] none twice; borrowed
} leie_reconcile_opts;

typedef enum leie_mfa_state {
    LEIE_MFA_CONSTANT,
    LEIE_MFA_REDUNDANT,      // measured, and the balances say something about it: adjusted
    LEIE_MFA_NOT_REDUNDANT,  // measured, nothing else is known: left as it is
    LEIE_MFA_OBSERVABLE,     // unknown, computed
    LEIE_MFA_NOT_OBSERVABLE, // unknown, and cannot be computed: NaN
    LEIE_MFA_AT_BOUND,       // held at a bound
    LEIE_MFA_SET_ASIDE,      // measured, found grossly wrong and computed from the others
    LEIE_MFA_STATES
} leie_mfa_state;

/* "constant", "redundant", "not redundant", "observable", ... */
LEIE_API const char *leie_mfa_state_name(leie_mfa_state state);

typedef struct leie_reconciled {
    leie_size n, m;
    double *value;         // [n] NaN when not observable
    double *sd;            // [n] of the value; 0 constant or at a bound, NaN when not observable
    double *test;          // [n] |v - m| / sd(v - m) of redundant measurements, NaN elsewhere
    unsigned char *state;  // [n] leie_mfa_state
    double *weight;        // [n] Huber: of measurements, below 1 for those that were weighed down; 1 elsewhere
    double *nodal;         // [m] |g(m)| / sd(g(m)) of constraints without unknowns, NaN elsewhere
    bool *dependent;       // [m] follows from the others
    double *covariance;    // [chosen, chosen] of those asked for, NaN with what is not observable; else NULL. Each takes one
                           // solve with the factor of its part
    double objective;      // sum of squares; chi-square with dof degrees of freedom when the data are sound
    leie_size dof;         // redundant constraints: independent ones without unknowns
    double probability;    // of a larger objective with sound data; NaN without redundancy, and with Huber's loss
    double critical;       // of |z| in measurement tests, Sidak level over them; NaN without redundancy
    double nodal_critical; // the same for nodal tests
    leie_size parts;       // that share no variable that is not constant: each is solved on its own
    leie_size iterations, bound_rounds; // of the part that took most
    leie_size set_aside;
    double last_step;      // in standard deviations; a linear system takes one step
    double violation;      // largest |g_k| relative to its terms, or to what one standard deviation changes
    bool converged;
} leie_reconciled;

/* Reconciles. A result that did not converge is LEIE_OK with converged false.
 * Cost per linearisation: the elimination, and one sparse Cholesky factor; standard deviations of measured
 * variables cost another factor, those of unknowns a path in it each.
 * Errors: LEIE_ERR_DATA by name with numbers: a constraint that contradicts the others (constants that do not
 * balance, bounds that cannot be met), a negative standard deviation, bounds that exclude each other or a constant;
 * LEIE_ERR_SHAPE (a term of a variable that is not there), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_reconcile(leie_reconciled *r, const leie_mfa_system *s, const leie_reconcile_opts *opts,
                                    leie_error *err);
LEIE_API void leie_reconciled_clear(leie_reconciled *r);

/* Name of a variable or constraint as messages give it. */
LEIE_API void leie_mfa_name_of(const leie_mfa_system *s, bool constraint, leie_size i, char *text, size_t size);
/* Bounds of a variable, -INFINITY and INFINITY without. */
LEIE_API double leie_mfa_low(const leie_mfa_system *s, leie_size i);
LEIE_API double leie_mfa_high(const leie_mfa_system *s, leie_size i);

/* Room for a system: n variables, m constraints, terms; unknown everywhere, no bounds but in the arrays. */
LEIE_API leie_status leie_mfa_system_new(leie_mfa_system *s, leie_size n, leie_size m, leie_size terms, leie_error *err);
LEIE_API void leie_mfa_system_clear(leie_mfa_system *s);

#endif
