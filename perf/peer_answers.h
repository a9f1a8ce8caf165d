/* What the engine's own back ends make of a table that is exported for the peers: the multipliers of its stressors by
 * each, M_<solver>.f64 [n, stressors], and answers.json with seconds, residuals and threads. The time is that of set-up
 * and solve from Z in memory, best and median of three. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_PEER_ANSWERS_H
#define LEIE_PERF_PEER_ANSWERS_H

#include "solver/leie.h"

/* The folder is there. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, those of solving. */
leie_status bench_peer_answers(const char *folder, const leie_table *t, leie_error *err);

#endif
