/* A table as raw numbers for perf/peers: Z.f64 [n, n], Y.f64 [n, regions] (final demand of each region that
 * counts in a footprint), x.f64 [n], F.f64 [stressors, n], row-major in native byte order, and table.json with
 * the shapes. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_PEER_TABLE_H
#define LEIE_PERF_PEER_TABLE_H

#include "solver/leie.h"

/* The folder is created. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. */
leie_status bench_peer_table(const char *folder, const leie_table *t, leie_error *err);

#endif
