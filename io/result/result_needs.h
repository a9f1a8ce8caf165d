/* Footprints by need in a result. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_NEEDS_H
#define LEIE_IO_RESULT_RESULT_NEEDS_H

#include "io/result/measure.h"

/* For each list NAME of the sample year: the axis NAME ("unassigned" last, but for overlapping lists),
 *
 *   footprint_NAME(scenario, year, region, NAME, stressor)   D_cba by need
 *   demand_NAME(scenario, year, region, NAME)                money, with margins and taxes where the study gives them
 *
 * A list that overlaps has the attribute `additive` "no" on its axis and both variables: needs share demand. */
leie_status leie_result_add_needs(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year *sample,
                                  const leie_labels *stressor, const leie_measures *m, leie_error *err);

/* Whether values along a dimension may be added up. */
bool leie_result_additive(const leie_dataset *ds, const char *dimension);

#endif
