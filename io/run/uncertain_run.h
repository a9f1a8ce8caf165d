/* The uncertainty of one year: of the inputs of its table, and of the parameters of scenarios on it. Runs that were
 * interrupted continue from a file beside the result (draw_loop.h): <result>.<year>.draws, .scenario-draws and .joint-draws. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_UNCERTAIN_RUN_H
#define LEIE_IO_RUN_UNCERTAIN_RUN_H

#include "io/result/result.h"
#include "io/run/run.h"

typedef struct leie_uncertain_job {
    const leie_study *study;
    const leie_account_regions *q;
    const leie_longevity *longevity; // of scenarios; NULL: the steady state
    const char *output;  // the result file
    bool force;          // ignore draws of an earlier run
    const leie_watch *watch;
    void (*progress)(void *ctx, double share, const char *what); // 0 .. 1 of the draws
    void *progress_ctx;
} leie_uncertain_job;

/* Fills year->uncertainty from year->table, whose numbers are still there, and leaves notes in its provenance. Errors:
 * those of leie_montecarlo_open, leie_draw_loop_run. */
leie_status leie_uncertain_run(leie_year *year, const leie_uncertain_job *job, leie_error *err);

/* The options of its draws. */
leie_montecarlo_opts leie_uncertain_options(const leie_study *study);

/* Fills year->drawn for the scenarios that the study asks for, and leaves notes. last: the table that projections start
 * from. Errors: LEIE_ERR_DATA (a scenario that is not there or has nothing that varies), those of
 * leie_scenario_draws_open and leie_draw_loop_run. */
leie_status leie_uncertain_scenarios(leie_year *year, const leie_scenarios *set, bool last, const leie_uncertain_job *job, leie_error *err);

/* Its draws made ready, or planned alone; base and q must outlive them. */
leie_status leie_uncertain_scenarios_open(leie_scenario_draws *d, const leie_baseline *base, const leie_account_regions *q, const leie_study *study,
                                          const leie_longevity *longevity, bool last, bool plan_only, leie_error *err);

/* Fills year->joint: table and parameters in one draw, when the study asks for it; from <result>.<year>.joint-draws when it was
 * interrupted. Errors: those of leie_joint_open and leie_draw_loop_run. */
leie_status leie_uncertain_joint(leie_year *year, const leie_scenarios *set, bool last, const leie_uncertain_job *job, leie_error *err);

#endif
