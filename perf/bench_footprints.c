// SPDX-License-Identifier: GPL-3.0-or-later
/* The engine's own side of the comparison with peers, without them: multipliers by the iteration, then with footprints of
 * all regions by product and origins of three, from dense Z in memory and from the table file; and one sweep against one
 * read of a dense f32 A. */
#include <stdio.h>
#include <sys/stat.h>

#include "perf/bench.h"
#include "perf/generate.h"
#include "perf/peer_answers.h"

#define FOLDER "build/bench-footprints"

static void ask(void)
{
    leie_error err = {0};
    bench_table made = {0};
    leie_table t = {0};
    mkdir("build", 0777);
    mkdir(FOLDER, 0777);
    bench_need(bench_generate(&made, 49, bench_large() ? 200 : 80, LEIE_DENSE, &err), &err, "generate");
    bench_need(bench_generate_table(&t, &made, &err), &err, "generate");
    remove(FOLDER "/table.nc");
    bench_need(bench_peer_answers(FOLDER, &t, LEIE_SOLVER_BLOCK, &err), &err, "answers");
    leie_table_clear(&t);
}
BENCH_QUESTION(footprints, "multipliers, footprints and origins by the iteration, from memory and from the table file", ask)
