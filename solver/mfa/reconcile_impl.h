/* What the files of the reconciliation share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_RECONCILE_IMPL_H
#define LEIE_SOLVER_MFA_RECONCILE_IMPL_H

#include "kernels/cholesky.h"
#include "solver/mfa/echelon.h"
#include "solver/mfa/reconcile.h"

/* What a variable is at the moment; the order of elimination uses UNKNOWN and MEASURED. */
enum { LEIE_ROLE_CONSTANT, LEIE_ROLE_UNKNOWN, LEIE_ROLE_MEASURED, LEIE_ROLE_HELD };

/* One linearisation, reduced. Variables are in units of scale, so measured ones have variance 1. */
typedef struct leie_linearised {
    leie_echelon e;        // the first `unknowns` pivots are unknowns with the rows they follow from
    leie_size unknowns;
    double *size;          // [m] what each constraint was divided by
    bool *dependent;       // [m] follows from the others
    bool reduced;          // rows without unknowns were eliminated too
    leie_size unknown_steps; // of the elimination: those before
    bool *near;            // [m] nearly follows from the others: stands in A with its eliminated row
    leie_size nears;
    leie_size rows;        // m' independent rows without unknowns:  A u = b
    leie_size *id;         // [m'] constraint of each
    double *factor_of;     // [m'] what its eliminated row was multiplied by, a power of two
    leie_size *first;      // [m' + 1]
    leie_index *col;       // [room] measured and held variables
    double *val, *rhs;     // rhs [m']
    leie_size room;        // all of these stay from one linearisation to the next; arrays of m' have room for m
    leie_size *col_first;  // [n + 1] measured ones by columns
    leie_size *col_row;
    double *col_val;
    leie_cholesky factor;  // of A A'
    double *mu, *work;     // [m'] multipliers
    double rounding;       // the most that it leaves of u = A' mu, in standard deviations; 0 where rows are well apart
    bool *free;            // [n] unknowns that nothing determines, and those that follow from them
} leie_linearised;

typedef struct leie_solving {
    const leie_mfa_system *s;
    leie_reconcile_opts opts; // defaults filled in
    double *v;                // [n] where we are
    double *scale;            // [n] standard deviation, or size of an unknown
    double *step, *whole;     // [n] in units of scale; before it was cut short
    unsigned char *role;      // [n]
    const bool *aside;        // [n] measurement set aside; borrowed
    bool linear;              // no products of two variables
    bool settled;             // roles are those of the last linearisation, and so are its dependent constraints
    leie_linearised at;
    struct leie_newton *newton; // room for steps with curvature, NULL before the first
    leie_size iterations;
    double last_step;
    bool converged;
} leie_solving;

/* Linearises at v, eliminates, finds dependent rows and factors. */
leie_status leie_linearise(leie_solving *w, leie_error *err);
/* The rows without unknowns that elimination left, independent and factored. LEIE_ERR_NOMEM, LEIE_ERR_SINGULAR. */
leie_status leie_linearised_factor(leie_solving *w, leie_error *err);
/* The step to the solution of the linearised problem. LEIE_ERR_NOMEM. */
leie_status leie_linearised_step(leie_solving *w, leie_error *err);
/* Which unknowns are free. LEIE_ERR_NOMEM. */
leie_status leie_linearised_free_unknowns(leie_solving *w, leie_error *err);
void leie_linearised_clear(leie_linearised *at);

/* Value of constraint k at v, and the sum of the absolute terms. */
double leie_constraint(const leie_mfa_system *s, leie_size k, const double *v, double *terms);

/* Entries of row k of the Jacobian at v for variables that are not constant, not scaled; returns their number.
 * slot [n] holds -1 before and after; col and val have room for 2 entries per term. */
leie_size leie_jacobian_row(const leie_solving *w, leie_size k, const double *v, leie_index *slot, leie_index *col,
                            double *val);

/* (v - m) / s of a measured variable or one that is held, 0 else. */
double leie_adjustment(const leie_solving *w, leie_size i);

/* Standard deviations, measurement and nodal tests. LEIE_ERR_NOMEM. */
leie_status leie_reconcile_uncertainty(leie_reconciled *r, leie_solving *w, leie_error *err);
leie_status leie_reconcile_nodal(leie_reconciled *r, leie_solving *w, leie_error *err);
/* Covariances [chosen, chosen] of variables of a part whose unknowns were looked through. LEIE_ERR_NOMEM. */
leie_status leie_reconcile_covariance(double *covariance, const leie_solving *w, leie_size chosen, const leie_index *choose,
                                      leie_error *err);
/* Objective and degrees of freedom. */
void leie_reconcile_global(leie_reconciled *r, const leie_solving *w);

/* Room for the result of a system. LEIE_ERR_NOMEM. */
leie_status leie_reconciled_new(leie_reconciled *r, const leie_mfa_system *s, leie_error *err);

/* Critical |z| so that `tests` sound tests together fail with the probability `level` (Sidak); NaN without tests. */
double leie_critical_z(double level, leie_size tests);
/* Probability of a larger chi-square; NaN without degrees of freedom. */
double leie_chi_square_tail(double value, leie_size dof);

/* Reconciles a connected system, measurements set aside as `aside` [n] says; r has its arrays and gets all but
 * what concerns several parts. Options are complete. */
leie_status leie_reconcile_part(leie_reconciled *r, const leie_mfa_system *s, const bool *aside,
                                const leie_reconcile_opts *opts, leie_error *err);

#endif
