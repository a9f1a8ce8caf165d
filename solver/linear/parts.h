/* The parts that the iteration over blocks works with are regions, small neighbouring ones taken together so that there
 * are at most a few hundred. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_PARTS_H
#define LEIE_SOLVER_LINEAR_PARTS_H

#include "solver/table/labels.h"

/* Where the part ends that begins with region *r, which becomes the first region of the next. Reads axis->first
 * alone. */
leie_size leie_part_end(const leie_axis *axis, leie_size *r);

/* Where all parts begin and end: first [*parts + 1], which the caller frees. Errors: LEIE_ERR_NOMEM. */
leie_status leie_parts_find(leie_size **first, leie_size *parts, const leie_axis *axis, leie_error *err);

#endif
