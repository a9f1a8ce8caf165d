// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/store_job.h"

#include <string.h>

#include "kernels/skinny.h"
#include "perf/bench.h"

void store_job_new(store_job *j, const bench_table *t, int full_from)
{
    leie_error err = {0};
    leie_size room = t->n * LEIE_WIDTH;
    *j = (store_job){.t = t, .full_from = full_from, .x = leie_new(2 * room, sizeof *j->x), .x32 = leie_new(2 * room, sizeof *j->x32)};
    if (!j->x || !j->x32)
        bench_need(LEIE_ERR_NOMEM, NULL, "store");
    j->y = j->x + room;
    j->y32 = j->x32 + room;
    for (leie_size i = 0; i < room; i++)
        j->x[i] = (double)(j->x32[i] = (float)bench_hash(99, (uint64_t)i));
    bench_need(leie_survey_new(&j->survey, &t->Z, t->scale, t->regions, t->axis.first, &err), &err, "survey");
}

void store_job_free(store_job *j)
{
    leie_blockstore_free(&j->b);
    leie_survey_free(&j->survey);
    leie_free(j->x);
    leie_free(j->x32);
}

void store_job_fill(void *ctx)
{
    store_job *j = ctx;
    leie_error err = {0};
    bool kept = j->b.transposed;
    leie_blockstore_free(&j->b);
    bench_need(leie_blockstore_new(&j->b, &j->survey, &j->t->Z, j->t->scale, kept, true, j->full_from, &err), &err, "store");
}

static leie_status multiply_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const store_job *j = ctx;
    const leie_size *begin = j->b.first;
    (void)worker;
    (void)err;
    for (leie_size out = first; out < last; out++) {
        leie_size at = begin[out] * j->width, count = begin[out + 1] * j->width - at;
        memset(j->y + at, 0, (size_t)count * sizeof *j->y);
        memset(j->y32 + at, 0, (size_t)count * sizeof *j->y32);
        for (leie_size in = 0; in < j->b.parts; in++)
            if (j->both)
                leie_blockstore_product(j->y + at, &j->b, j->transposed, out, in, j->width,
                                        j->x + begin[in] * j->width);
            else
                leie_blockstore_sweep(j->y32 + at, &j->b, j->transposed, out, in, j->width,
                                      j->x32 + begin[in] * j->width);
    }
    return LEIE_OK;
}

void store_job_multiply(void *ctx)
{
    store_job *j = ctx;
    leie_parallel_for(j->b.parts, 1, multiply_parts, j, NULL);
}
