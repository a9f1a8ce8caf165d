/* The back-casts of a study on the table of one year. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_BACKCAST_RUN_H
#define LEIE_IO_RUN_BACKCAST_RUN_H

#include "io/result/result.h"
#include "io/run/run.h"

/* Fills year->backcast from year->table, whose numbers are still there; set holds the
 * scenarios of the study. Errors name file and line: LEIE_ERR_DATA (unknown
 * scenario, parameter, region, stressor; a lever without a range; population of the target year missing); those of the
 * scenarios, of leie_response_open and of leie_backcast_solve. Not reaching a target is no error. */
leie_status leie_backcasts_run(leie_year *year, const leie_scenarios *set, const leie_study *study, const leie_account_regions *q,
                               const leie_longevity *longevity, const leie_watch *watch, leie_error *err);

#endif
