/* What the files that evaluate scenarios share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_RESPONSE_IMPL_H
#define LEIE_SOLVER_SCENARIO_RESPONSE_IMPL_H

#include "solver/scenario/response.h"

/* Columns of A that a change may touch before rows with many cells become vectors. */
leie_size leie_response_columns(const leie_response *r);

/* Zero, and what needs no solve: direct pressures and spending. */
void leie_effect_start(leie_effect *e, const leie_response *r, const leie_change *change);

/* Adds M dy; M [N, K] transposed. */
void leie_effect_add_demand(leie_effect *e, const leie_response *r, const leie_edits *Y, const double *M);

/* Room for count doubles in a work array, not kept. */
leie_status leie_work_room(double **array, leie_size *room, leie_size count, leie_error *err);

#endif
