/* What is kept of draws: their statistics, how these moved while draws were made, and the draws themselves on request.
 *
 * Draws are counted in their order, and everything is plain arrays: a run can be stopped, kept in a file and continued with
 * the bytes of a run in one go.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_DRAWS_H
#define LEIE_SOLVER_SCENARIO_DRAWS_H

#include "solver/scenario/tally.h"

enum { LEIE_CHECKPOINTS = 10 };

typedef struct leie_draws {
    leie_size outputs;
    leie_size draws, next; // asked for; the first that is not made yet
    leie_size failed;      // draws whose system had no solution to the tolerance: in no statistic
    double residual;       // worst of all solves
    leie_tally tally;
    double *mean_at, *sd_at; // [LEIE_CHECKPOINTS, outputs] after each tenth of the draws; NaN before
    double *draw;          // [draws, outputs] kept draws, NaN where there is none; NULL without keep
} leie_draws;

/* Room for draws of so many outputs; keep: all of them. Errors: LEIE_ERR_NOMEM, with nothing left to release. */
LEIE_API leie_status leie_draws_new(leie_draws *r, leie_size outputs, leie_size draws, bool keep, leie_error *err);

/* Counts the next draw, value [outputs]; NULL, or a number that is not finite: it failed. */
LEIE_API void leie_draws_add(leie_draws *r, const double *value);
LEIE_API void leie_draws_clear(leie_draws *r);

#endif
