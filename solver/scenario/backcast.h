/* Back-casting: how far must levers be pulled to meet targets, at least cost?
 *
 *   minimise  sum c_i t_i   subject to   e_j(t) <= goal_j,   0 <= t_i <= 1
 *
 * t is the intensity of a lever (0: as it is, 1: all there is), e the true, nonlinear response. One lever: the first
 * crossing on a grid, then regula falsi (Illinois) kept inside its bracket. Several: a linear programme over the
 * sensitivities of e in a trust region, solved again until nothing moves, with unmet targets at a high price
 *
 *   minimise  c't + mu sum u_j   subject to   e_j + grad e_j (t' - t) - u_j <= goal_j,   u >= 0,  |t' - t| <= radius
 *
 * from t = 0 and from t = 1, the cheaper answer counting. Where no mix meets all targets the answer is the mix that
 * misses them least, with what is missing. Fletcher and Sainz de la Maza (1989), Math. Programming 43; Dowell and Jarratt
 * (1971), BIT 11.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_BACKCAST_H
#define LEIE_SOLVER_SCENARIO_BACKCAST_H

#include "kernels/status.h"

enum { LEIE_LEVERS_MAX = 64, LEIE_GOALS_MAX = 64 };

typedef enum leie_backcast_end {
    LEIE_BACKCAST_FOUND,
    LEIE_BACKCAST_MET,        // without any lever
    LEIE_BACKCAST_INFEASIBLE, // not with all levers together, as far as the search saw
    LEIE_BACKCAST_STALLED     // the iteration ended before nothing moved: the intensities are its last
} leie_backcast_end;

/* "found", "met without levers", "infeasible", "stalled". */
LEIE_API const char *leie_backcast_name(leie_backcast_end end);

/* e [goals] at intensities t [levers]. */
typedef leie_status (*leie_outcome_fn)(void *ctx, const double *t, double *e, leie_error *err);

typedef struct leie_backcast {
    leie_size levers, goals;
    double cost[LEIE_LEVERS_MAX];  // of a lever pulled all the way, at least 0
    double goal[LEIE_GOALS_MAX];
    double tolerance;              // on e, against e at t = 0; default (0) 1e-9
    // answer
    leie_backcast_end end;
    double t[LEIE_LEVERS_MAX];
    double start[LEIE_GOALS_MAX];   // e at t = 0
    double reached[LEIE_GOALS_MAX]; // e at t
    double missing[LEIE_GOALS_MAX]; // reached - goal where it is above the tolerance, else 0
    double price[LEIE_GOALS_MAX];   // cost per unit that the goal is lowered, of several levers; 0 where it does not bind
    double total;                   // c't
    leie_size evaluations, rounds;
} leie_backcast;

/* Solves; levers, goals, cost, goal and tolerance are given. Errors: LEIE_ERR_DATA (no lever, no goal, too many,
 * negative cost, a goal or response that is not finite), LEIE_ERR_INTERNAL (GLPK), those of fn. */
LEIE_API leie_status leie_backcast_solve(leie_backcast *b, leie_outcome_fn fn, void *ctx, leie_error *err);

#endif
