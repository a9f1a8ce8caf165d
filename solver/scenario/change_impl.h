/* What the files that apply a scenario share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_CHANGE_IMPL_H
#define LEIE_SOLVER_SCENARIO_CHANGE_IMPL_H

#include "solver/scenario/change.h"

/* One intervention while it is applied. */
typedef struct leie_step {
    leie_change *c;
    const leie_baseline *b;
    const leie_intervention *v;
    const leie_found *f;
    leie_edit_report *report;
    const leie_longevity *longevity;
    const double *value; // parameters
    double amount[LEIE_AMOUNTS];
    double tau;
    int year;
    struct {             // the cell that was looked at last: what is read is mostly changed next
        leie_edited matrix;
        leie_size row, col;
        double old, now;
    } seen;
} leie_step;

/* The cell as it is now. */
double leie_step_cell(leie_step *s, leie_edited matrix, leie_size row, leie_size col);

/* Makes it another one, with clipping and accounts. */
leie_status leie_step_put(leie_step *s, leie_edited matrix, leie_size row, leie_size col, double now, leie_error *err);

/* Whether the choice of domestic or imported cells takes in a cell. */
bool leie_step_takes(const leie_step *s, leie_size row, leie_size col);

leie_status leie_step_fail(const leie_step *s, leie_status code, leie_error *err, const char *what, double found);

/* Moves: the share `take` of each cell is taken, the share `give` of what was there goes to the targets. */
leie_status leie_step_move(leie_step *s, double take, double give, leie_error *err);

/* The operators that move, and those that do something of their own. */
leie_status leie_step_substitute(leie_step *s, leie_error *err);
leie_status leie_step_lifetime(leie_step *s, leie_error *err);
leie_status leie_step_displace(leie_step *s, leie_error *err);
leie_status leie_step_cap(leie_step *s, leie_error *err);
leie_status leie_step_rebound(leie_step *s, leie_error *err);
leie_status leie_step_process(leie_step *s, leie_error *err);
leie_status leie_step_balance(leie_step *s, leie_error *err);

#endif
