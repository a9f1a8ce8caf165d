// SPDX-License-Identifier: GPL-3.0-or-later
#include "perf/footprint_job.h"

#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"

/* Sectors of a region where all have as many, else 0. */
static leie_size products_of(const leie_axis *axis)
{
    leie_size N = axis->first[1];
    for (leie_size r = 0; r < axis->region.n; r++)
        N = axis->first[r + 1] - axis->first[r] == N ? N : 0;
    return N;
}

leie_status footprint_job_new(footprint_job *j, const leie_table *t, leie_error *err)
{
    leie_size n = t->sector.n, k = t->stressor.n, R = t->sector.region.n, m = t->demand.n;
    *j = (footprint_job){.n = n, .k = k, .R = R, .N = products_of(&t->sector)};
    leie_size numbers = n * (1 + 2 * k + R + 2 * FOOTPRINT_ORIGINS) + k * R * (j->N + FOOTPRINT_ORIGINS + leie_threads());
    j->scale = leie_new(numbers, sizeof *j->scale);
    if (!j->scale)
        return leie_fail_memory(err, "answers", numbers, sizeof *j->scale);
    j->S = j->scale + n;
    j->M = j->S + n * k;
    j->Y = j->M + n * k;
    j->Yt = j->Y + n * R;
    j->X = j->Yt + n * FOOTPRINT_ORIGINS;
    j->D = j->X + n * FOOTPRINT_ORIGINS;
    j->O = j->D + k * R * j->N;
    j->sums = j->O + k * R * FOOTPRINT_ORIGINS;
    for (leie_size i = 0; i < n; i++) {
        j->scale[i] = t->x[i] > 0 ? 1 / t->x[i] : 0;
        for (leie_size s = 0; s < k; s++)
            j->S[i * k + s] = t->F[s * n + i] * j->scale[i];
        for (leie_size d = 0; d < m; d++) {
            leie_size r = leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[d]]);
            if (r >= 0 && leie_demand_counts(t->demand.kind[d]))
                j->Y[i * R + r] += t->Y[i * m + d];
        }
        for (leie_size r = 0; r < FOOTPRINT_ORIGINS && r < R; r++)
            j->Yt[i * FOOTPRINT_ORIGINS + r] = j->Y[i * R + r];
    }
    return LEIE_OK;
}

void footprint_job_free(footprint_job *j)
{
    leie_free(j->scale);
    *j = (footprint_job){0};
}

/* D of products first .. last - 1. */
static leie_status add_products(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const footprint_job *j = ctx;
    double *sum = j->sums + worker * j->k * j->R; // [k, R]
    (void)err;
    for (leie_size p = first; p < last; p++) {
        memset(sum, 0, (size_t)(j->k * j->R) * sizeof *sum);
        for (leie_size s = 0; s < j->R; s++) {
            const double *M = j->M + (s * j->N + p) * j->k, *Y = j->Y + (s * j->N + p) * j->R;
            for (leie_size c = 0; c < j->k; c++)
                for (leie_size r = 0; r < j->R; r++)
                    sum[c * j->R + r] += M[c] * Y[r];
        }
        for (leie_size t = 0; t < j->k * j->R; t++)
            j->D[t * j->N + p] = sum[t];
    }
    return LEIE_OK;
}

static void add_origins(footprint_job *j)
{
    memset(j->O, 0, (size_t)(j->k * j->R * FOOTPRINT_ORIGINS) * sizeof *j->O);
    for (leie_size i = 0; i < j->n; i++)
        for (leie_size c = 0; c < j->k; c++)
            for (leie_size t = 0; t < FOOTPRINT_ORIGINS; t++)
                j->O[(c * j->R + i / j->N) * FOOTPRINT_ORIGINS + t] += j->S[i * j->k + c] * j->X[i * FOOTPRINT_ORIGINS + t];
}

leie_status footprint_job_run(footprint_job *j, const leie_matrix *Z, const leie_axis *axis, leie_solver solver,
                              bool footprints, leie_error *err)
{
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = solver, .transposed = j->k, .plain = footprints ? FOOTPRINT_ORIGINS : 0};
    leie_status st = leie_linsys_setup(&sys, Z, j->scale, axis, &opts, err);
    if (!st)
        st = leie_linsys_solve(sys, true, j->k, j->M, j->S, NULL, err);
    if (!st)
        j->transposed_sweeps = leie_linsys_state(sys)->iterations;
    if (!st && footprints && j->N > 0) {
        leie_parallel_for(j->N, 8, add_products, j, NULL);
        st = leie_linsys_solve(sys, false, FOOTPRINT_ORIGINS, j->X, j->Yt, NULL, err);
        if (!st)
            add_origins(j);
    }
    if (!st)
        j->info = *leie_linsys_state(sys);
    leie_linsys_free(sys);
    return st;
}
