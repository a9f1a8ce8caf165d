// SPDX-License-Identifier: GPL-3.0-or-later
/* Dense LU of M = I - A in f64, the reference: factors beside Z, residuals from Z. */
#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/linsys_impl.h"

enum { ROW_GRAIN = 64 };

typedef struct dense {
    leie_size n, ld;
    double *f;  // [n, ld] factors
    int *pivot; // [n]
} dense;

static leie_size dense_bytes(const leie_shape *shape)
{
    leie_size n = shape->axis->n, doubles = n * leie_blocklu_stride(n) + 4 * n * LEIE_GROUP;
    return doubles * (leie_size)sizeof(double) + n * (leie_size)sizeof(int);
}

static void dense_free(void *state)
{
    dense *d = state;
    if (d) {
        leie_free(d->f);
        leie_free(d->pivot);
        leie_free(d);
    }
}

typedef struct filling {
    const leie_linsys *sys;
    dense *d;
} filling;

void leie_linsys_row(const leie_linsys *sys, leie_size i, double *row)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(sys->Z, i, &col, &val);
    for (leie_size t = 0; t < count; t++) {
        leie_size j = col ? col[t] : t;
        row[j] = -(val[t] * sys->scale[j]);
    }
    row[i] += 1;
}

static leie_status fill_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const filling *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        leie_linsys_row(c->sys, i, c->d->f + i * c->d->ld);
    return LEIE_OK;
}

/* Names the block that makes I - A singular. */
static leie_status fail_pivot(const leie_linsys *sys, dense *d, leie_size pivot, leie_error *err)
{
    double *z = leie_new(d->n, sizeof *z);
    if (z)
        leie_blocklu_null(d->f, d->n, d->ld, d->pivot, pivot, z);
    leie_status st = leie_fail_singular(sys, pivot, z, err);
    leie_free(z);
    return st;
}

static leie_status dense_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_size n = sys->axis->n, pivot;
    leie_status st = LEIE_OK;
    double *work = leie_new(2 * n, sizeof *work);
    (void)bytes;
    dense *d = leie_new(1, sizeof *d);
    if (d) {
        d->n = n;
        d->ld = leie_blocklu_stride(n);
        d->f = leie_new(n, (size_t)d->ld * sizeof *d->f);
        d->pivot = leie_new(n, sizeof *d->pivot);
    }
    if (!d || !d->f || !d->pivot || !work) {
        st = leie_fail_memory(err, "the LU factors of I - A", n, (size_t)n * sizeof(double));
        goto done;
    }
    filling c = {.sys = sys, .d = d};
    leie_parallel_for(n, ROW_GRAIN, fill_rows, &c, NULL);
    leie_profile_add(LEIE_WORK_FACTOR, leie_linsys_bytes(sys) + 16.0 * (double)n * (double)n, 2.0 / 3 * (double)n * (double)n * (double)n);
    pivot = leie_blocklu_factor(d->f, n, d->ld, d->pivot, work);
    if (pivot >= 0)
        st = fail_pivot(sys, d, pivot, err);
done:
    leie_free(work);
    if (st)
        dense_free(d);
    else
        *state = d;
    return st;
}

static leie_status apply(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const dense *d = state;
    (void)err;
    leie_blocklu_solve(d->f, d->n, d->ld, d->pivot, transposed, k, x);
    return LEIE_OK;
}

static leie_status dense_solve(void *state, leie_group *group, leie_error *err)
{
    return leie_group_refine(group, apply, state, err);
}

/* The factors are read once for a few columns; that is counted as one read for all of them. */
static double dense_substituted(void *state, double *flops)
{
    const dense *d = state;
    double n = (double)d->n;
    *flops = 2 * n * n;
    return 8 * n * n;
}

const leie_backend leie_backend_lu = {LEIE_GROUP, dense_bytes, dense_setup, dense_solve, dense_free, dense_substituted, NULL};
