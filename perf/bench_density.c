// SPDX-License-Identifier: GPL-3.0-or-later
/* From which density on is a block of the store better kept full, zeros and all? Every block of a table of the same
 * density, by its cells alone and full: sweeps of 32 columns in f32, residuals of 24 in f64. Chooses LEIE_FULL_FROM. */
#include <math.h>
#include <stdio.h>

#include "perf/bench.h"
#include "perf/generate.h"
#include "perf/store_job.h"

/* Seconds of a product by cells alone and by full blocks; their ratio in the note of the second. */
static double measure(const bench_table *t, bool both, int full_from, double against)
{
    store_job j;
    char sizes[64], note[64] = "";
    store_job_new(&j, t, full_from);
    j.b.transposed = j.transposed = true;
    j.both = both;
    j.width = both ? 24 : 32;
    store_job_fill(&j);
    bench_case c = {.name = both ? (full_from ? "f64, cells alone" : "f64, full blocks") : full_from ? "f32, cells alone" : "f32, full blocks",
                    .sizes = sizes, .residual = NAN, .note = note};
    snprintf(sizes, sizeof sizes, "n=%lld k=%lld d=%.2f", (long long)t->n, (long long)j.width, t->density);
    c.flops = 2 * (double)j.survey.nonzeros * (double)j.width;
    bench_measure(&c, store_job_multiply, &j);
    if (against > 0)
        snprintf(note, sizeof note, "%.2f of cells alone%s", c.median / against, c.median < against ? ": full is better" : "");
    bench_report(&c);
    store_job_free(&j);
    return c.median;
}

static void ask(void)
{
    static const double densities[] = {0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9};
    for (size_t i = 0; i < sizeof densities / sizeof densities[0]; i++) {
        leie_error err = {0};
        bench_table t = {0};
        const bench_shape shape = {.home = densities[i], .abroad = densities[i]};
        bench_need(bench_generate_shape(&t, 49, bench_large() ? 200 : 80, LEIE_DENSE, &shape, &err), &err, "generate");
        for (int both = 0; both < 2; both++)
            measure(&t, both, 0, measure(&t, both, LEIE_FULL_NEVER, 0));
        bench_generate_clear(&t);
    }
}
BENCH_QUESTION(density, "blocks by their cells alone and full, by density: chooses LEIE_FULL_FROM", ask)
