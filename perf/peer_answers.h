/* What the engine itself makes of a table that is exported for the peers, as footprint_job.h says: the multipliers of
 * its stressors by each back end, M_<name>.f64 [n, stressors]; by the iteration also with footprints and origins,
 * D_<name>.f64 and O_<name>.f64; both also from a table file by blocks, table.nc of the folder. answers.json has seconds,
 * residuals and threads. The time is that of set-up and solve from Z in memory, or of reading and checking the file too,
 * best and median of five, or of three slow ones. Prints what a sweep costs against one read of a dense f32 A. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_PEER_ANSWERS_H
#define LEIE_PERF_PEER_ANSWERS_H

#include "solver/leie.h"

/* By one back end or, AUTO, all that the plan holds possible. The folder is there. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, those of solving. */
leie_status bench_peer_answers(const char *folder, const leie_table *t, leie_solver only, leie_error *err);

#endif
