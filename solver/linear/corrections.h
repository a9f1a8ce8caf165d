/* Corrections by f32 sweeps behind f64 residuals: what the iterations share.
 *
 *   r = b - M x;   M d = r by sweeps from d = 0, mixed as mixing.h says;   x = x + d;   again until r is small
 *
 * Iterative refinement: Higham (2002), Accuracy and Stability of Numerical Algorithms, 12.1. Each right-hand side of a
 * correction is divided by a power of two, so that f32 holds it whatever its size. An iteration gives the four steps
 * that it has of its own; a group that stalls is marked, with the reason.
 *
 * Where residuals may be bounds, the product behind the last correction is saved: with r = b - M x in f64 and d found by
 * sweeps, b - M (x + d) = r - M d, and f32 forms r - M d to 1e-5 of d or better, which is enough where d is small.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_CORRECTIONS_H
#define LEIE_SOLVER_LINEAR_CORRECTIONS_H

#include "solver/linear/linsys_impl.h"
#include "solver/linear/mixing.h"

typedef struct leie_corrections {
    leie_group *group;
    const char *name; // of the iteration, for messages
    leie_mixing m;    // of its unknowns
    double size[LEIE_WIDTH]; // right-hand sides of a correction are r / size; 0 for those that are done
    void *ctx;               // of the steps:
    void (*begin)(void *ctx); // right-hand sides from group->r; m.x = m.g = 0
    void (*sweep)(void *ctx); // from m.x, which m.g holds too, to m.g
    void (*add)(void *ctx);   // t = x, x = x + d by size m.last_g, where m.change is finite
    leie_status (*judge)(void *ctx, leie_error *err); // group->r and the residuals of x
    void (*bound)(void *ctx); // after add: bounds of the residuals of x without group->r, for less; NULL: there are none
    double sweep_bytes, sweep_flops, judge_bytes, judge_flops; // of one of them, for the profile
} leie_corrections;

/* Solves the group from x = 0, or from the start that it holds: always by one correction or more. Errors: those of judge,
 * LEIE_ERR_NOMEM. */
leie_status leie_corrections_run(leie_corrections *it, leie_error *err);

#endif
