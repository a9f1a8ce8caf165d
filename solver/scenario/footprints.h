/* Footprints of account regions as one row of numbers, from a response and its effects.
 *
 *   e[q, s] = D_cba[q, s] + direct[q, s]    e[q, k] = the sum over stressors of kind material, when they have one unit
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_FOOTPRINTS_H
#define LEIE_SOLVER_SCENARIO_FOOTPRINTS_H

#include "solver/scenario/response.h"

/* Whether there are stressors of kind material and all have one unit; material [k] receives which they are. */
bool leie_footprints_total(bool *material, const leie_table *t);

/* e[q, k] of all regions from the rest; zero when material is NULL. */
void leie_footprints_add(double *e, leie_size q, leie_size k, const bool *material);

/* e [q (k + 1)] of the baseline, from a response that is solved; material NULL: without totals. */
void leie_footprints_baseline(double *e, const leie_response *r, const bool *material);

/* The same after a change: the baseline's and its effect. */
void leie_footprints_changed(double *e, const double *baseline, const leie_response *r, const leie_effect *effect, const bool *material);

#endif
