// SPDX-License-Identifier: GPL-3.0-or-later
/* How much can this machine read and compute, on one thread and on all? */
#include <math.h>
#include <stdio.h>

#include "kernels/parallel.h"
#include "perf/bench.h"

static void report(const char *name, bool read)
{
    bench_case c = {.name = name, .sizes = read ? "512 MiB" : "in registers", .residual = NAN, .runs = 1};
    double rate = read ? bench_bandwidth() : bench_peak();
    char note[64];
    snprintf(note, sizeof note, "%.1f %s", rate, read ? "GB/s" : "GFLOP/s");
    c.threads = leie_threads();
    c.note = note;
    c.best = c.median = read ? 0x1p29 * 1e-9 / rate : 1 / rate;
    bench_report(&c);
}

static void ask(void)
{
    int all = leie_threads();
    leie_threads_set(1);
    report("read, one thread", true);
    report("FMA, one thread", false);
    leie_threads_set(all);
    report("read, all threads", true);
    report("FMA, all threads", false);
}
BENCH_QUESTION(machine, "read bandwidth and FMA peak", ask)
