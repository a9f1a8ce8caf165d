// SPDX-License-Identifier: GPL-3.0-or-later
/* Sparse LU by KLU (Davis and Palamadai Natarajan 2010, ACM TOMS 37(3), 36), 64-bit entry points: M = I - A is permuted
 * to block triangular form, and only the diagonal blocks are factored. Sectors of one block need each other, directly
 * or by way of others; what the blocks sell to each other stays as it is. It factors M' (columns.h), so its plain solve
 * is our transposed one and the other way round.
 */
#include <suitesparse/klu.h>

#include <math.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "kernels/strong.h"
#include "solver/linear/columns.h"

enum { TOGETHER = 4 }; // right-hand sides that KLU reads a factor for

static const double FILL = 30;        // factors of a block have at most so many times its cells
static const double ENTRY_BYTES = 16; // value and index

typedef struct klu {
    leie_size n, rows; // n unknowns, the first `rows` of them those of the system
    klu_l_common common;
    klu_l_symbolic *symbolic;
    klu_l_numeric *numeric;
} klu;

static leie_size klu_bytes(const leie_shape *shape)
{
    double n = (double)shape->axis->n, entries = (double)shape->nonzeros, filled = fmin(n * n, FILL * entries);
    leie_strong blocks;
    if (shape->Z->form == LEIE_SPARSE && entries < LEIE_SPARSE_BELOW * n * n &&
        leie_strong_new(&blocks, &shape->Z->csr, NULL) == LEIE_OK) {
        filled = 0;
        for (leie_size b = 0; b < blocks.blocks; b++)
            filled += fmin((double)blocks.size[b] * (double)blocks.size[b], FILL * (double)blocks.inside[b]);
        leie_strong_free(&blocks);
    }
    return (leie_size)(ENTRY_BYTES * (filled + 2 * entries + 4 * n) + 4 * sizeof(double) * n * (LEIE_GROUP + 4));
}

static void klu_free_state(void *state)
{
    klu *s = state;
    if (s) {
        klu_l_free_numeric(&s->numeric, &s->common);
        klu_l_free_symbolic(&s->symbolic, &s->common);
        leie_free(s);
    }
}

static leie_status fail_klu(const klu *s, leie_error *err)
{
    if (s->common.status == KLU_OUT_OF_MEMORY)
        return leie_fail(err, LEIE_ERR_NOMEM, "out of memory for the sparse LU factors of I - A");
    if (s->common.status == KLU_TOO_LARGE)
        return leie_fail(err, LEIE_ERR_LIMIT, "I - A is too large for KLU");
    return leie_fail(err, LEIE_ERR_INTERNAL, "KLU refused I - A with status %d", (int)s->common.status);
}

static double klu_entries(const klu *s)
{
    return s->numeric ? (double)(s->numeric->lnz + s->numeric->unz + s->numeric->nzoff) : 0;
}

// ---- solve ----

typedef struct solving {
    const klu *s;
    bool transposed;
    leie_size k, rows; // x has so many rows; right-hand sides are zero below
    double *x;
    double *work; // [workers, 2 TOGETHER n] right-hand sides, and what KLU works with
} solving;

/* KLU works in memory of the factors; each thread gives it its own. */
static leie_status solve_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const solving *c = ctx;
    leie_size n = c->s->n;
    double *b = c->work + 2 * TOGETHER * n * worker;
    klu_l_numeric mine = *c->s->numeric;
    klu_l_common common = c->s->common;
    mine.Xwork = b + TOGETHER * n;
    for (leie_size group = first; group < last; group++) {
        leie_size col = group * TOGETHER, wide = c->k - col < TOGETHER ? c->k - col : TOGETHER;
        for (leie_size t = 0; t < wide; t++)
            for (leie_size i = 0; i < n; i++)
                b[t * n + i] = i < c->rows ? c->x[i * c->k + col + t] : 0;
        SuiteSparse_long good = c->transposed ? klu_l_solve(c->s->symbolic, &mine, n, wide, b, &common)
                                              : klu_l_tsolve(c->s->symbolic, &mine, n, wide, b, &common);
        if (!good)
            return fail_klu(c->s, err);
        for (leie_size t = 0; t < wide; t++)
            for (leie_size i = 0; i < c->rows; i++)
                c->x[i * c->k + col + t] = b[t * n + i];
    }
    return LEIE_OK;
}

static leie_status solve_rows(const klu *s, bool transposed, leie_size rows, leie_size k, double *x, leie_error *err)
{
    leie_size workers = leie_threads();
    solving c = {.s = s, .transposed = transposed, .k = k, .rows = rows, .x = x};
    c.work = leie_new(workers, 2 * TOGETHER * (size_t)s->n * sizeof *c.work);
    if (!c.work)
        return leie_fail_memory(err, "work of a sparse solve", 2 * TOGETHER * workers * s->n, sizeof *c.work);
    leie_status st = leie_parallel_for((k + TOGETHER - 1) / TOGETHER, 1, solve_columns, &c, err);
    leie_free(c.work);
    return st;
}

static leie_status solve_all(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const klu *s = state;
    return solve_rows(s, transposed, s->n, k, x, err);
}

static leie_status apply(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const klu *s = state;
    return solve_rows(s, transposed, s->rows, k, x, err);
}

static leie_status klu_solve_group(void *state, leie_group *group, leie_error *err)
{
    return leie_group_refine(group, apply, state, err);
}

// ---- setup ----

/* The row of M with the smallest pivot, in the units that KLU scales its rows to; *zero when there is none. */
static leie_size smallest_pivot(const klu *s, bool *zero)
{
    *zero = s->numeric == NULL;
    if (*zero)
        return s->common.singular_col < s->n ? s->common.singular_col : 0;
    const double *pivot = s->numeric->Udiag;
    leie_size least = 0;
    for (leie_size i = 1; i < s->n; i++)
        if (fabs(pivot[i]) < fabs(pivot[least]))
            least = i;
    return s->symbolic->Q[least];
}

static leie_status factor(klu *s, leie_columns *m, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    s->symbolic = klu_l_analyze(s->n, m->first, m->row, &s->common);
    if (!s->symbolic)
        return fail_klu(s, err);
    s->numeric = klu_l_factor(m->first, m->row, m->val, s->symbolic, &s->common);
    if (!s->numeric && s->common.status != KLU_SINGULAR)
        return fail_klu(s, err);
    *bytes = (leie_size)s->common.memusage;
    if (s->numeric && klu_l_flops(s->symbolic, s->numeric, &s->common))
        leie_profile_add(LEIE_WORK_FACTOR, ENTRY_BYTES * ((double)m->first[s->n] + klu_entries(s)), s->common.flops);
    bool zero;
    leie_size row = smallest_pivot(s, &zero);
    return leie_columns_check(m, sys, row, zero, solve_all, s, err);
}

static leie_status klu_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_columns m = {0};
    leie_status st = LEIE_OK;
    klu *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a sparse system", 1, sizeof *s);
    klu_l_defaults(&s->common);
    s->rows = sys->axis->n;
    s->n = leie_columns_unknowns(sys);
    if (s->n > 0) {
        st = leie_columns_new(&m, sys, err);
        if (!st)
            st = factor(s, &m, sys, bytes, err);
    }
    leie_columns_free(&m);
    if (st)
        klu_free_state(s);
    else
        *state = s;
    return st;
}

static double klu_substituted(void *state, double *flops)
{
    const klu *s = state;
    *flops = 2 * klu_entries(s);
    return ENTRY_BYTES * klu_entries(s);
}

const leie_backend leie_backend_klu = {LEIE_GROUP, klu_bytes, klu_setup, klu_solve_group, klu_free_state, klu_substituted, NULL};
