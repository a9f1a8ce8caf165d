/* The loop from final demand over stock, waste and secondary material back to production, in the years of a stock model from
 * the year of a table on.
 *
 *   y(t)  = y + dy(t)                          durables.h: what is bought of durable goods in year t
 *   P(t)  = P(demolished(t), x(t))             secondary.h: supply of secondary material
 *   A(t)  = A + dA(P(t), x(t)),  S(t) likewise what it replaces
 *   x(t)  = L (y(t) + dA(t) x(t))              fixed point; L = (I - A)^-1 of the baseline, never formed
 *
 * At the fixed point (I - A(t)) x(t) = y(t). Every round is one block solve of the baseline for all years; rounds go on until
 * |x(new) - x|_1 / |x|_1 is within the tolerance in every year. Footprints come from the low-rank response (response.h).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_LOOP_H
#define LEIE_SOLVER_MFA_LOOP_H

#include "solver/account/accounts.h"
#include "solver/mfa/durables.h"
#include "solver/mfa/secondary.h"

typedef struct leie_loop {
    const leie_table *t;             // borrowed, like everything here
    const leie_account_regions *q;
    leie_size years;                 // U; the first is the table's
    leie_size durables, recoveries, replacements;
    const leie_durable *durable;
    const leie_recovery *recovery;
    const leie_replacement *replacement;
    const double *factor;            // [U, durables] f: purchases over those of the table
    const double *demolished;        // [U, recoveries] of the items of each recovery
} leie_loop;

typedef struct leie_loop_opts {
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    bool all;          // all secondary material replaces; else what exceeds the supply of the first year, which is in the table
    leie_size rounds;  // at most; default (0) 100
    double tolerance;  // default (0) 1e-10
} leie_loop_opts;

typedef struct leie_loop_result {
    leie_size U, q, k, n;
    double *x;          // [U, n] outputs
    double *stage;      // [U, recoveries, LEIE_RECOVERY_STAGES]
    double *use;        // [U, replacements] primary material that the users would need, in units of its rows
    double *theta;      // [U, replacements] share of it that is replaced
    double *used;       // [U, replacements] secondary material used, mass
    double *unused;     // [U, replacements] meant for these users and not used
    double *D_cba;      // [U, q, k] change against the baseline
    double *D_pba;      // [U, q, k]
    leie_size rounds;
    double *gap;        // [rounds] of each round: largest |x(new) - x|_1 / |x|_1 over years
    double residual;    // of the changed systems, worst: |y(t) - (I - A(t)) x(t)|_1 / (|y|_1 + 2 |x|_1)
    double response;    // worst residual of the footprints
    bool converged;
} leie_loop_result;

/* Runs the loop. Not meeting the tolerance within the rounds is LEIE_OK with converged false. Replacements without users or
 * use replace nothing. Cost: rounds block solves of U right-hand sides, then (1 + q) k and as many as there are users for
 * the footprints. Memory: 4 n U doubles beside the linear systems. Errors: those of leie_linsys_setup, leie_linsys_solve and
 * leie_response_solve; LEIE_ERR_CONVERGE when a linear system does not reach its tolerance; LEIE_ERR_DATA without stressors. */
LEIE_API leie_status leie_loop_run(leie_loop_result *r, const leie_loop *loop, const leie_loop_opts *opts, leie_error *err);
LEIE_API void leie_loop_result_clear(leie_loop_result *r);

#endif
