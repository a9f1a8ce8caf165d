/* A made-up multi-regional table shaped like EXIOBASE: dense domestic blocks, thinner trade, a third of
 * the cells used, column sums of A between 0.3 and 0.7, a few sectors with hardly any output.
 *
 *   raw_ij = u^4 where a second number u' is below the density of the block, else 0   (boosted at home;
 *            85 % at home and 32 % abroad where no shape says otherwise)
 *   A_ij   = raw_ij c_j / sum_i raw_ij      c_j uniform in [0.3, 0.7]
 *   x      = y + A x  by iteration, Z = A diag(x)
 *
 * Every number is a hash of its position (splitmix64), so a table is the same whatever the threads and
 * the form. It is not EXIOBASE: real density, import shares and column sums decide what a solver needs.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_GENERATE_H
#define LEIE_PERF_GENERATE_H

#include "solver/leie.h"

enum { BENCH_STRESSORS = 20 };

typedef struct bench_table {
    leie_axis axis;     // regions x sectors
    leie_size n, regions;
    leie_matrix Z;      // [n, n]
    double *x, *scale;  // [n] output, 1 / x
    double *Y;          // [n, regions] final demand of each region
    double *F;          // [BENCH_STRESSORS, n]
    double density;     // measured
} bench_table;

/* Densities of blocks at home and abroad; chain: a region buys abroad from the one before it alone, so that A is block
 * triangular. */
typedef struct bench_shape {
    double home, abroad;
    bool chain;
} bench_shape;

/* Memory: Z in the form asked for (dense: 8 n^2 bytes). Errors: LEIE_ERR_NOMEM, LEIE_ERR_SHAPE. */
leie_status bench_generate(bench_table *t, int regions, int sectors, leie_matrix_form form, leie_error *err);
leie_status bench_generate_shape(bench_table *t, int regions, int sectors, leie_matrix_form form, const bench_shape *shape,
                                 leie_error *err);
void bench_generate_clear(bench_table *t);

/* The table as a leie_table of one year with stressors, which the caller clears; takes Z, Y, x, F over. */
leie_status bench_generate_table(leie_table *to, bench_table *t, leie_error *err);

/* Number in [0, 1) that belongs to a position. */
double bench_hash(uint64_t stream, uint64_t position);

#endif
