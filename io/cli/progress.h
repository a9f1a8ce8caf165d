/* How far a run is: a bar that is drawn again and again on a terminal, a line now and then elsewhere. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_CLI_PROGRESS_H
#define LEIE_IO_CLI_PROGRESS_H

#include <stdio.h>

#include "solver/leie.h"

typedef struct leie_progress {
    FILE *to;
    bool terminal; // to is a terminal: a bar
    bool drawn;    // a bar stands on the current line
    double start;  // seconds, when the run began
    double shown_at, shown_share;
} leie_progress;

void leie_progress_start(leie_progress *p, FILE *to, bool terminal);

/* Whether a step is worth showing now: on a terminal ten times a second, else every tenth of the run
 * or every ten seconds. Remembers it when it is. */
bool leie_progress_due(leie_progress *p, double share, double now);

/* The bar with rate and remaining time, in at most width characters:
 *   [#########...........]  45 %  3.1 %/s  18 s left  solve
 * share 0 .. 1 done after `seconds`. */
void leie_progress_bar(char *line, size_t size, int width, double share, double seconds, const char *what);

/* Shows a step. */
void leie_progress_show(leie_progress *p, double share, const char *what);

/* Removes the bar, so that something else can be printed. */
void leie_progress_hide(leie_progress *p);

#endif
