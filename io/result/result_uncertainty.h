/* The uncertainty of footprints in a result:
 *
 *   footprint_mean, _sd, _sd_first_order (year region stressor), footprint_quantile (.. quantile)
 *   footprint_mean_at, _sd_at (year checkpoint region stressor)  after each tenth of the draws: has it converged?
 *   footprint_draw (year draw region stressor)                   with keep: true
 *   material_footprint_...                                       the same for the sum over materials, without stressor
 *   driver_cell, driver_share, driver_sd (year region rank)      the cells that drive the variance
 *   uncertainty_draws, _failed, _rank_error, _residual, _way (year)
 *
 *   scenario_footprint_.. (scenario year region stressor)        draws of the parameters of scenarios, the table as it is
 *   joint_footprint_.. and joint_footprint_change_..             table and parameters in one draw: scenarios, the baseline among
 *     them, and what each scenario changes against the baseline of the same draw; joint_draws, _failed, _residual (year)
 *
 * Footprints are D_cba with direct pressures. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_UNCERTAINTY_H
#define LEIE_IO_RESULT_RESULT_UNCERTAINTY_H

#include "io/result/measure.h"
#include "io/result/result.h"

/* Adds them when the study asks for the uncertainty of one of the years; what a year does not have is missing.
 * stressor: those of all years. */
leie_status leie_result_add_uncertainty(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year,
                                        const leie_labels *stressor, const leie_measures *m, leie_error *err);

#endif
