/* Products with a few columns by the block store, as measurements run them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_STORE_JOB_H
#define LEIE_PERF_STORE_JOB_H

#include "kernels/blockstore.h"
#include "perf/generate.h"

typedef struct store_job {
    const bench_table *t;
    int full_from; // of the store
    leie_survey survey;
    leie_blockstore b;     // its direction stands; the rest is filled by store_job_fill
    bool transposed, both; // direction of the product; f64 with both parts, or f32
    leie_size width;
    float *x32, *y32; // [n, width]
    double *x, *y;
} store_job;

/* The survey and right-hand sides of up to LEIE_WIDTH columns; ends the program without memory. */
void store_job_new(store_job *j, const bench_table *t, int full_from);
void store_job_free(store_job *j);

/* The work: the store in its direction, with low parts; one product. ctx is the job. */
void store_job_fill(void *ctx);
void store_job_multiply(void *ctx);

#endif
