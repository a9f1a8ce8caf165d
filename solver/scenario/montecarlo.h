/* Uncertainty of footprints: Monte Carlo over the inputs of a table, and first-order propagation beside it.
 *
 *   e[q, s]  = D_cba[q, s] + direct[q, s]   of account region q and stressor s
 *   e[q, k]  = the sum over stressors of kind material, when they have one unit
 *
 * Draws are solved by the cheapest way that holds for what is uncertain:
 *
 *   whole    most columns of A:  (I - A*)' M' = S*', or (I - A*) X = y*, whichever has fewer right-hand sides
 *   narrow   few columns J of A: x*_J = (I - L_J dA_J)^-1 L_J y*,  y~ = y* + dA_J x*_J,  then as without A
 *            (L_J: rows J of L, transposed solves once; Sherman and Morrison 1950, Woodbury 1950), x*_J by repetition of
 *            x_J = L_J y* + L_J dA_J x_J, with LU factors where that does not settle
 *   none of A, Y or S: products with M or X of the baseline; Y and S: solves of the baseline, several draws together
 *
 * First order (METHODS, uncertainty), with lambda = M', sd of each cell, groups correlated with rho:
 *
 *   de/da_ij = lambda_i x_j    de/dy_i = lambda_i    de/ds_i = x_i
 *   var e = sum over cells (1 - rho) (g sd)^2 + rho sum over groups (sum g sd)^2
 *
 * The share of a cell in the variance is its covariance with e:  g sd (rho G + (1 - rho) g sd) / var e, G the sum over
 * its group; shares add up to one.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_MONTECARLO_H
#define LEIE_SOLVER_SCENARIO_MONTECARLO_H

#include "solver/account/accounts.h"
#include "solver/scenario/draws.h"
#include "solver/scenario/uncertain.h"

typedef enum leie_draw_way { LEIE_DRAW_PRODUCTS, LEIE_DRAW_BASELINE, LEIE_DRAW_NARROW, LEIE_DRAW_WHOLE } leie_draw_way;

typedef struct leie_montecarlo_opts {
    leie_linsys_opts linsys;
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    bool keep;                       // all draws
    leie_size ranked;                // cells in each ranking; 0: none
    leie_size narrow;                // most columns of A that are treated as few; default (0) 256, negative: never
} leie_montecarlo_opts;

/* One cell that drives the variance. */
typedef struct leie_driver {
    leie_edited block;
    bool keys;            // a key of column col
    leie_size row, col;   // of the block
    double share, sd;     // of the variance; relative standard deviation of the cell
} leie_driver;

typedef struct leie_montecarlo {
    leie_size q, k, outputs;  // outputs = q (k + 1)
    bool has_total;           // else e[q, k] is zero
    leie_draws record;
    leie_draw_counts counts;
    leie_draw_way way;
    leie_size columns;        // of A that are uncertain
    leie_solver solver;
    double *baseline;         // [outputs]
    double *first_order;      // [outputs] standard deviation
    leie_size ranked;
    leie_driver *driver;      // [q, ranked] of the material total, or of stressor 0 without one; share 0 for none
    struct leie_montecarlo_work *work;
} leie_montecarlo;

/* How draws would be solved, before anything is. */
typedef struct leie_draw_plan {
    leie_draw_way way;
    leie_size columns;        // of A that are uncertain
    leie_size together;       // draws solved together
    leie_size sides;          // right-hand sides of a draw, 0: none
    leie_solver solver;
    char why[320];
} leie_draw_plan;

/* Depends on sizes and options alone. Errors: those of leie_inputs_make and leie_plan_make. */
LEIE_API leie_status leie_montecarlo_plan(leie_draw_plan *plan, const leie_table *t, const leie_account_regions *q, const leie_uncertain *u,
                                          const leie_montecarlo_opts *opts, leie_error *err);

/* Solves the baseline, propagates to first order, ranks, and makes ready for draw 0. Table, account regions and u must
 * outlive it. opts NULL for defaults. Memory: M [n, k], X and y [n, q], Y and S of a draw; for `narrow` a row of L for
 * each column and, for each draw solved together, 4 bytes per uncertain cell; for `whole` what leie_linsys_redraw takes. Errors: those of leie_inputs_make, leie_linsys_setup and
 * leie_linsys_solve; LEIE_ERR_CONVERGE when the baseline is not solved; LEIE_ERR_DATA without stressors or regions. */
LEIE_API leie_status leie_montecarlo_open(leie_montecarlo *mc, const leie_table *t, const leie_account_regions *q,
                                          const leie_uncertain *u, const leie_montecarlo_opts *opts, leie_error *err);

/* Makes the next draws (a few that are solved together) and counts them; nothing once all are made. Draws are counted
 * in their order, so that the bytes of a result do not depend on where a run was stopped. */
LEIE_API leie_status leie_montecarlo_step(leie_montecarlo *mc, leie_error *err);

/* Releases what draws take and keeps the results; close releases everything. */
LEIE_API void leie_montecarlo_finish(leie_montecarlo *mc);
LEIE_API void leie_montecarlo_close(leie_montecarlo *mc);

/* "products", "baseline solves", "narrow", "whole". */
LEIE_API const char *leie_draw_way_name(leie_draw_way way);

#endif
