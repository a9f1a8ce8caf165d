/* Back-casts in a result, in the year whose table they start from:
 *
 *   backcast_status, _cost, _residual, _evaluations (year backcast)
 *   lever_intensity, lever_value, lever_cost (year lever)          lever: backcast/parameter
 *   goal_start, _level, _reached, _missing, _price (year goal)      goal: backcast/region/stressor
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_BACKCAST_H
#define LEIE_IO_RESULT_RESULT_BACKCAST_H

#include "io/result/result.h"

/* Adds them when the study has back-casts. stressor: those of all years, for units. */
leie_status leie_result_add_backcasts(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year,
                                      const leie_labels *stressor, leie_error *err);

#endif
