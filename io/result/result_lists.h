/* Axes of a result, and its lists of what was read, found and done. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_LISTS_H
#define LEIE_IO_RESULT_RESULT_LISTS_H

#include "io/result/result.h"

/* The union of the stressors of all years, with units and kinds. */
leie_status leie_result_stressors(leie_labels *all, leie_size years, const leie_year *year, const leie_dataset *old,
                                  leie_error *err);

/* The account regions of the tables, then those that only the flows have; kinds "region" and "group". */
leie_status leie_result_regions(leie_labels *all, const leie_account_regions *q, const leie_flow_accounts *flows,
                                leie_error *err);

/* Scenario, year and region. */
leie_status leie_result_common_axes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *region,
                                    const leie_scenarios *set, leie_error *err);

/* The axes of tables; sample: a computed year, whose labels count for all. */
leie_status leie_result_table_axes(leie_dataset *ds, const leie_year *sample, const leie_labels *stressor, const leie_labels *product,
                                   leie_error *err);

/* Rows of the lists of notes and sources, years in order; reused years bring theirs. What holds for the flows of all
 * years has year 0. */
leie_status leie_result_add_notes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_flow_accounts *flows,
                                  const leie_dataset *old, leie_error *err);

/* What nests and bridges changed, product by product. */
leie_status leie_result_add_adjustments(leie_dataset *ds, leie_size years, const leie_year *year, const leie_dataset *old,
                                        leie_error *err);

/* The characterisation C of every year, factor by factor, in the units of the tables; reused years bring theirs. */
leie_status leie_result_add_factors(leie_dataset *ds, leie_size years, const leie_year *year, const leie_dataset *old,
                                    leie_error *err);

#endif
