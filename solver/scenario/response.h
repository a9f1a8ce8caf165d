/* How footprints respond to changes of a table, without a solve per scenario.
 *
 *   A* = A + W Q'    S* = S + C_S Q'    R = Q' L    M = S L    (both solved once for all scenarios)
 *
 *   M* = S* (I - A*)^-1 = M + C R
 *   C  = C_S + [M W + C_S R W] (I - R W)^-1                            (Sherman, Morrison, Woodbury)
 *
 *   M* y* - M y = C (R y + R dy) + M dy,    y* = y + dy
 *
 * Rows of S, M, C: class o of regions of origin times stressor s, at o k + s; class 0 takes in all regions. A new
 * process is a sector behind the others with a zero row and column in A and S, so L is the identity there.
 *
 * Residual of the true changed system, from the stored residuals rho of M and R (no sweep per scenario):
 *
 *   |s* - (I - A*)' m*|_1  <=  |rho_M|_1 + |C| |rho_R|_1 + |T| |q|_1,     T = C_S + M W + C R W - C
 *
 * divided by a lower bound of |s*|_1 + |(I - A*)'|_1 |m*|_1, so what is reported is never smaller than the residual
 * of linsys.h but for rounding. Where it stays above the tolerance after a step of refinement of C, or where
 * I - R W is singular to working precision, the scenario is solved by itself.
 * Woodbury (1950); Cetinay, Donati, Heijungs and Sprecher (2020), J. Ind. Ecol.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_RESPONSE_H
#define LEIE_SOLVER_SCENARIO_RESPONSE_H

#include "solver/account/accounts.h"
#include "solver/scenario/factors.h"

typedef enum leie_scenario_method {
    LEIE_METHOD_AUTO,
    LEIE_METHOD_LOWRANK,  // the formula above
    LEIE_METHOD_ITERATE,  // iterative refinement on the baseline's solver, from the baseline's solution
    LEIE_METHOD_REFACTOR, // the changed system set up and solved anew
    LEIE_METHODS
} leie_scenario_method;

/* "auto", "lowrank", "iterate", "refactor"; find returns a negative number for anything else. */
LEIE_API const char *leie_scenario_method_name(leie_scenario_method method);
LEIE_API int leie_scenario_method_find(const char *name);

typedef struct leie_response_opts {
    leie_scenario_method method;
    leie_linsys_opts linsys;
    double tolerance;   // on the residual of a scenario; default (0) 1e-10
    bool product;       // changes by product too
    bool whole;         // class 0 alone: footprints without their region of origin
} leie_response_opts;

typedef struct leie_response_plan {
    leie_scenario_method method;
    leie_size scenarios, vectors, rows; // changes to be solved, B, K
    double flops[LEIE_METHODS];
    leie_size bytes[LEIE_METHODS];
    char why[320];
} leie_response_plan;

typedef struct leie_response {
    const leie_baseline *base;         // borrowed
    const leie_account_regions *q;     // borrowed
    leie_classes classes;
    leie_vectors vectors;
    leie_response_opts opts;
    leie_response_plan plan;
    leie_linsys *sys;
    leie_linsys_info info;
    leie_size k, K, B, N, m, columns;  // columns: those of Y and one more, the imbalance of rows
    leie_size P, C;
    leie_labels product, category;
    leie_index *product_of;  // [N]
    leie_index *category_of; // [m] -1 for columns that are in no footprint
    leie_index *region_of;   // [m] table region, -1
    double *rest;            // [n] x - A x - Y e
    double *S;               // [N, K] S'
    double *M;               // [N, K] M'
    double *R;               // [N, B] R'
    double *RY;              // [columns, B] (R Y)'
    double *RP;              // [q P, B] R times demand of account region by product; NULL unless asked for
    double *rho_M, *rho_R;   // [K], [B] 1-norms of residuals
    double *norm_S, *sum_M;  // [K] |s|_1 and the sum of m
    double *sum_R;           // [B]
    double norm;             // |(I - A)'|_1
} leie_response;

/* Opens a response for account regions q; by_origin: one class per table region, else one per account region.
 * exclude: kinds left out of footprints by the user. */
LEIE_API leie_status leie_response_open(leie_response *r, const leie_baseline *base, const leie_account_regions *q, bool by_origin,
                                        const bool exclude[LEIE_DEMAND_KINDS], const leie_response_opts *opts, leie_error *err);

/* Collects the vectors of a change; to be called for every change before the baseline is solved. */
LEIE_API leie_status leie_response_collect(leie_response *r, const leie_change *change, leie_factors *work, leie_error *err);

/* Plans for a number of changes. Depends on sizes and options alone. */
LEIE_API leie_status leie_response_plan_make(leie_response *r, leie_size changes, leie_error *err);

/* Solves the baseline: K and, for the low-rank method, B transposed right-hand sides. Errors: those of the linear system;
 * LEIE_ERR_CONVERGE when it does not reach its tolerance. */
LEIE_API leie_status leie_response_solve(leie_response *r, leie_error *err);

/* Takes in the vectors of a change that came later and solves for those that are new; nothing when there are none or the
 * plan's method is another one. The last bits of R depend on which vectors were solved for together. Errors: those of the
 * linear system; what was there before stays. */
LEIE_API leie_status leie_response_extend(leie_response *r, const leie_change *change, leie_factors *work, leie_error *err);

/* The response to one change. Everything is a difference to the baseline. */
typedef struct leie_effect {
    double *total;    // [columns, K] (M* y* - M y)'
    double *product;  // [q, P, k] class 0; NULL unless asked for
    double *direct;   // [m, k] change of F_Y
    double *spent;    // [m] change of final demand in money
    double residual;  // the worst over the rows
    leie_size rank;
    leie_scenario_method method; // that was used
    bool converged;
} leie_effect;

/* Work of one thread. */
typedef struct leie_response_work {
    leie_factors factors;
    leie_size room_vectors;
    double *MW, *RW, *small, *C, *T, *gather; // grown as needed
    leie_size room[6];
    int *pivot;
    leie_size room_pivot;
    double *lu_work;
    leie_size room_lu;
    double *dRY; // [columns, used] and by product
    leie_size room_dRY;
    double *dRP;
    leie_size room_dRP;
    double *own; // [N, k] M*' of class 0 of a change that was solved by itself
    leie_size room_own;
    bool by_itself; // whether that is the last change
} leie_response_work;

LEIE_API leie_status leie_effect_new(leie_effect *e, const leie_response *r, leie_error *err);
LEIE_API void leie_effect_clear(leie_effect *e);

/* Evaluates a change. Reads r alone, so that several threads may do it, each with its own work, when the plan's method
 * is lowrank; a change that must be solved by itself returns LEIE_OK with e->converged false and e->method
 * LEIE_METHOD_AUTO, and leie_response_resolve does it. */
LEIE_API leie_status leie_response_evaluate(leie_effect *e, const leie_response *r, const leie_change *change,
                                            leie_response_work *work, leie_error *err);

/* Solves the changed system itself, by iteration and, when that does not converge, anew; by one thread at a time.
 * Errors: LEIE_ERR_SINGULAR, LEIE_ERR_CONVERGE with the effect of the last iterate. */
LEIE_API leie_status leie_response_resolve(leie_effect *e, leie_response *r, const leie_change *change, leie_response_work *work,
                                           leie_error *err);

/* Multipliers M* [k, N] of class 0 of the change that was last evaluated (method lowrank) or resolved with this work.
 * Cost: 2 k r N flops, a copy where it was resolved. */
LEIE_API leie_status leie_response_multipliers(double *M, const leie_response *r, leie_response_work *work, leie_error *err);

LEIE_API void leie_response_work_clear(leie_response_work *work);
LEIE_API void leie_response_clear(leie_response *r);

#endif
