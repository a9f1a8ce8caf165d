/* The scenarios of a study in the main job. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_SCENARIO_ACCOUNTS_H
#define LEIE_IO_RUN_SCENARIO_ACCOUNTS_H

#include "io/run/run.h"
#include "solver/scenario/outcome.h"

/* Reads the scenario files; nothing when the study has none. Sources go to p. Errors: those of
 * leie_read_scenarios; LEIE_ERR_DATA for a scenario year before the last table without a table of its own. */
leie_status leie_study_scenarios(leie_scenarios *set, const leie_study *study, leie_provenance *p, leie_error *err);

/* Years of scenarios after the last table, ascending; years [*n] is allocated. */
leie_status leie_scenario_years(int **years, leie_size *n, const leie_scenarios *set, int last, leie_error *err);

/* Evaluates the scenarios on the table of one year. last: the table that projections start from. plan_only: the plan alone. longevity: what
 * a longer life saves, NULL for the steady state. */
leie_status leie_scenario_outcomes(leie_outcomes *o, const leie_scenarios *set, const leie_table *t, const leie_account_regions *q,
                                   const leie_study *study, bool last, bool plan_only, const leie_longevity *longevity, const leie_watch *watch,
                                   leie_error *err);

#endif
