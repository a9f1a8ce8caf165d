/* Residual waste of a waste study, per inhabitant, by where it comes from.
 *
 *   N_rg = sum over rows of group g  share x waste of region r from where the row says,   per inhabitant of r
 *   N_r  = sum of N_rg over the groups that count
 *
 * Rows of the file: waste, share, from, group. `from` is `final` (also when empty: all categories of final demand), a category of
 * final demand as Households, `activities` (all of them), or one activity. A group is its rows' text, `from` without
 * one: so many activities can be one group, commerce. No waste of a category or activity is in two rows. Which groups count is the
 * study's choice (residual.count), all of them without.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_WASTE_RESIDUAL_H
#define LEIE_IO_MFA_WASTE_RESIDUAL_H

#include "io/mfa/waste_study.h"
#include "io/result/dataset.h"

/* Reads shares and population. LEIE_ERR_DATA with path, line, column and label: a share outside 0 .. 1, a waste, category or activity
 * that is not there, waste in two rows, a group to count that is in no row. */
leie_status leie_residual_read(leie_waste_data *data, const leie_waste_study *study, leie_error *err);

/* residual_waste and residual_over_target (region), residual_by_origin (region, residual_origin) with residual_counts. NaN for
 * regions without population. */
leie_status leie_residual_add(leie_dataset *ds, const leie_waste_study *study, const leie_waste_data *data, leie_error *err);

#endif
