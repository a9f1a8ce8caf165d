/* Draws made one after the other, with what a run needs beside them: progress, a signal that stops it, and a file beside the
 * result from which an interrupted run continues. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_DRAW_LOOP_H
#define LEIE_IO_RUN_DRAW_LOOP_H

#include "io/run/run.h"
#include "solver/scenario/draws.h"

enum { LEIE_DRAW_COUNTS = 2 };

typedef struct leie_draw_loop {
    leie_draws *draws;
    leie_size *count[LEIE_DRAW_COUNTS]; // more that is counted over draws; NULL: nothing
    leie_status (*step)(void *ctx, leie_error *err); // makes the next draws and counts them
    void *ctx;
    const char *what;   // "uncertainty", "scenarios": what is drawn
    const char *path;   // of the state file
    const char *hash;   // of the inputs and options of the year
    int year;
    bool force;         // ignore draws of an earlier run
    const leie_watch *watch;
    void (*progress)(void *ctx, double share, const char *what); // 0 .. 1 of the draws
    void *progress_ctx;
} leie_draw_loop;

/* Continues from the state file, when it is of this run, and makes all draws. Every few seconds, and when it is stopped,
 * the state goes to the file, in one step; it is removed when all draws are made. first receives the draw it began
 * with. Errors: those of step, LEIE_ERR_STOPPED, LEIE_ERR_OUTPUT (a file of somebody else is there), LEIE_ERR_CONVERGE when
 * more than half of the draws have no solution. */
leie_status leie_draw_loop_run(leie_size *first, leie_draw_loop *loop, leie_error *err);

/* A line for the log. */
__attribute__((format(printf, 3, 4))) void leie_draw_loop_say(const leie_draw_loop *loop, leie_log_level level, const char *format, ...);

#endif
