/* What the files of uncertain inputs share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_UNCERTAIN_IMPL_H
#define LEIE_SOLVER_SCENARIO_UNCERTAIN_IMPL_H

#include "solver/scenario/uncertain.h"

/* Arrays for one worker, as long as the longest column or row. */
typedef struct leie_draw_work {
    uint32_t *word;
    float *z, *one;
    double *factor, *flow, *before, *after; // the last two by group of industries
    int *rule;
    leie_draw_counts counts;
} leie_draw_work;

/* The coefficient of variation of a cell with this value (the flow). */
double leie_rule_cv(const leie_uncertain_rule *r, double value);

/* The factor that a standard normal variate gives. */
double leie_rule_factor(const leie_uncertain_rule *r, double z, double value);

/* Whether cells of the block have variates of their own, beside those of their groups. */
bool leie_inputs_own_cells(const leie_inputs *in, leie_edited block);

#endif
