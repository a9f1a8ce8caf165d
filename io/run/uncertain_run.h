/* The uncertainty of one year, with what a run needs beside it: progress, a signal that stops it, and a file beside the
 * result (<result>.<year>.draws) from which an interrupted run continues. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_UNCERTAIN_RUN_H
#define LEIE_IO_RUN_UNCERTAIN_RUN_H

#include "io/result/result.h"
#include "io/run/run.h"

typedef struct leie_uncertain_job {
    const leie_study *study;
    const leie_account_regions *q;
    const char *output;  // the result file
    bool force;          // ignore draws of an earlier run
    const leie_watch *watch;
    void (*progress)(void *ctx, double share, const char *what); // 0 .. 1 of the draws
    void *progress_ctx;
} leie_uncertain_job;

/* Fills year->uncertainty from year->table, whose numbers are still there, and leaves notes in its provenance. Every few
 * seconds, and when it is stopped, the state goes to the file beside the result, in one step; a run with the same
 * inputs and options (year->hash) continues from it, and the bytes of its result are those of a run in one go. The
 * file is removed when all draws are made. Errors: those of leie_montecarlo_open and _step, LEIE_ERR_STOPPED,
 * LEIE_ERR_OUTPUT, LEIE_ERR_CONVERGE when more than half of the draws have no solution. */
leie_status leie_uncertain_run(leie_year *year, const leie_uncertain_job *job, leie_error *err);

#endif
