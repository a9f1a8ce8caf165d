/* The table and the parameters of scenarios drawn together, so that what a scenario changes has a distribution of its own:
 *
 *   draw d:  A*, Y*, S*, F_Y* by uncertain.h, parameters v by sample.h
 *   e_0(d)   footprints of the drawn table          e_c(d)  of case c on that table, with its parameters as drawn
 *   change   e_c(d) - e_0(d): errors of the table that both have in common are not in it
 *
 * Each draw is a baseline of its own: its cells of A (in f32 where they are uncertain), one system, one block solve for the
 * multipliers and for what the cases change (response.h), then the low-rank formula for each case. e_0 has the draws that
 * montecarlo.h makes of the same seed when most columns of A are uncertain, v those of scenario_draws.h.
 * Every draw has all cases: one without a solution fails as a whole.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_JOINT_DRAWS_H
#define LEIE_SOLVER_SCENARIO_JOINT_DRAWS_H

#include "solver/scenario/drawn_cases.h"
#include "solver/scenario/draws.h"
#include "solver/scenario/response.h"
#include "solver/scenario/uncertain.h"

typedef struct leie_joint_opts {
    leie_linsys_opts linsys;
    const leie_longevity *longevity; // NULL: the steady state
    bool exclude[LEIE_DEMAND_KINDS]; // kinds left out of footprints
    bool last; // the table of the last year: projections start from it
    bool keep; // all draws
} leie_joint_opts;

typedef struct leie_joint_draws {
    leie_size cases, q, k, each; // each = q (k + 1) outputs: of the baseline, of every case, of every change
    leie_drawn_case *of;         // [cases]
    bool has_total;              // else e[q, k] is zero
    leie_draws record;           // outputs: [1 + 2 cases, q, k + 1]
    leie_draw_counts counts;
    leie_solver solver;
    leie_size vectors;           // most that a draw was solved for
    struct leie_joint_work *work;
} leie_joint_draws;

/* Where the outputs of a case, and of what it changes, begin in the record; those of the baseline at 0. */
static inline leie_size leie_joint_case(const leie_joint_draws *d, leie_size c)
{
    return (1 + c) * d->each;
}
static inline leie_size leie_joint_change(const leie_joint_draws *d, leie_size c)
{
    return (1 + d->cases + c) * d->each;
}

/* Makes ready for draw 0: the scenarios marked (asked [scenarios of the set], NULL: all), also those without a parameter that
 * varies. Table, set, account regions and u must outlive it. Memory: a copy of the table, 12 bytes a cell of A, and what
 * leie_response_solve takes. Errors: LEIE_ERR_USAGE (Sobol' points, which inputs and parameters would share; a table in
 * factors), those of leie_inputs_make, leie_baseline_make and leie_sample_make; LEIE_ERR_DATA without stressors, account regions
 * or scenarios. */
LEIE_API leie_status leie_joint_open(leie_joint_draws *d, const leie_table *t, const leie_scenarios *set, const leie_account_regions *q,
                                     const leie_uncertain *u, const bool *asked, const leie_joint_opts *opts, leie_error *err);

/* Makes the next draw and counts it; nothing once all are made. */
LEIE_API leie_status leie_joint_step(leie_joint_draws *d, leie_error *err);

/* Releases what draws take and keeps the results; close releases everything. */
LEIE_API void leie_joint_finish(leie_joint_draws *d);
LEIE_API void leie_joint_close(leie_joint_draws *d);

#endif
