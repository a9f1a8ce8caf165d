// SPDX-License-Identifier: GPL-3.0-or-later
/* Sparse LU by UMFPACK (Davis 2004, ACM TOMS 30(2), 196-199), 64-bit entry points, silent. It factors M', M = I - A
 * (columns.h), so its plain solve is our transposed one and the other way round. */
#include <suitesparse/umfpack.h>

#include <math.h>

#include "kernels/blas.h"
#include "kernels/factored.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/columns.h"

static const double FILL = 30;        // factors have at most so many times the density of A
static const double ENTRY_BYTES = 16; // value and index

typedef struct sparse {
    leie_size n, rows; // n unknowns, the first `rows` of them those of the system
    void *numeric;
    double entries; // of L and U
} sparse;

static leie_size sparse_bytes(const leie_shape *shape)
{
    double n = (double)shape->axis->n, entries = (double)shape->nonzeros;
    double filled = fmin(n * n, FILL * entries);
    if (shape->Z->form == LEIE_FACTORED) { // what regions ask for fills in completely
        const leie_factored *f = shape->Z->factors;
        double products = (double)f->product[f->parts];
        entries = 2 * (double)f->use_at[f->parts] + (double)f->share_at[f->parts];
        filled = products * products + 2 * entries;
        n += products;
    }
    return (leie_size)(ENTRY_BYTES * (filled + entries + n) + 4 * sizeof(double) * n * (LEIE_GROUP + 4));
}

static void sparse_free(void *state)
{
    sparse *s = state;
    if (s) {
        umfpack_dl_free_numeric(&s->numeric);
        leie_free(s);
    }
}

static leie_status fail_umfpack(SuiteSparse_long status, leie_error *err)
{
    if (status == UMFPACK_ERROR_out_of_memory)
        return leie_fail(err, LEIE_ERR_NOMEM, "out of memory for the sparse LU factors of I - A");
    return leie_fail(err, LEIE_ERR_INTERNAL, "UMFPACK refused I - A with status %lld", (long long)status);
}

/* ---- solve ---- */

typedef struct solving {
    const sparse *s;
    bool transposed;
    leie_size k, rows; // x has so many rows; right-hand sides are zero below
    double *x;
    double *work;           // [workers, 3 n]
    SuiteSparse_long *iwork; // [workers, n]
} solving;

static leie_status solve_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const solving *c = ctx;
    leie_size n = c->s->n;
    double *b = c->work + 3 * n * worker, *x = b + n, *w = x + n;
    double control[UMFPACK_CONTROL];
    umfpack_dl_defaults(control);
    control[UMFPACK_PRL] = 0;
    control[UMFPACK_IRSTEP] = 0; // refined outside, from Z
    for (leie_size col = first; col < last; col++) {
        for (leie_size i = 0; i < n; i++)
            b[i] = i < c->rows ? c->x[i * c->k + col] : 0;
        int turn = leie_blas_begin();
        SuiteSparse_long status = umfpack_dl_wsolve(c->transposed ? UMFPACK_A : UMFPACK_Aat, NULL, NULL, NULL, x, b,
                                                    c->s->numeric, control, NULL, c->iwork + n * worker, w);
        leie_blas_end(turn);
        if (status < 0)
            return fail_umfpack(status, err);
        for (leie_size i = 0; i < c->rows; i++)
            c->x[i * c->k + col] = x[i];
    }
    return LEIE_OK;
}

static leie_status solve_rows(const sparse *s, bool transposed, leie_size rows, leie_size k, double *x, leie_error *err)
{
    leie_size workers = leie_threads();
    solving c = {.s = s, .transposed = transposed, .k = k, .rows = rows, .x = x};
    c.work = leie_new(workers, 3 * (size_t)s->n * sizeof *c.work);
    c.iwork = leie_new(workers, (size_t)s->n * sizeof *c.iwork);
    leie_status st = c.work && c.iwork ? leie_parallel_for(k, 1, solve_columns, &c, err)
                                       : leie_fail_memory(err, "work of a sparse solve", 4 * workers * s->n, 8);
    leie_free(c.work);
    leie_free(c.iwork);
    return st;
}

/* X [n, k] = M^-1 X, of all unknowns. */
static leie_status solve_all(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const sparse *s = state;
    return solve_rows(s, transposed, s->n, k, x, err);
}

static leie_status apply(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const sparse *s = state;
    return solve_rows(s, transposed, s->rows, k, x, err);
}

static leie_status sparse_solve(void *state, leie_group *group, leie_error *err)
{
    return leie_group_refine(group, apply, state, err);
}

/* ---- setup ---- */

/* The row of M with the smallest pivot; *zero when it is zero. */
static leie_status smallest_pivot(const sparse *s, leie_size *row, bool *zero, leie_error *err)
{
    double *d = leie_new(s->n, sizeof *d);
    SuiteSparse_long *order = leie_new(s->n, sizeof *order), reciprocal, least = 0;
    leie_status st = LEIE_OK;
    if (!d || !order) {
        st = leie_fail_memory(err, "pivots of I - A", s->n, sizeof *d + sizeof *order);
        goto done;
    }
    SuiteSparse_long status = umfpack_dl_get_numeric(NULL, NULL, NULL, NULL, NULL, NULL, NULL, order, d, &reciprocal,
                                                     NULL, s->numeric);
    if (status < 0) {
        st = fail_umfpack(status, err);
        goto done;
    }
    for (leie_size i = 1; i < s->n; i++)
        if (fabs(d[i]) < fabs(d[least]))
            least = i;
    *row = order[least];
    *zero = d[least] == 0;
done:
    leie_free(d);
    leie_free(order);
    return st;
}

static leie_status check_pivots(sparse *s, const leie_linsys *sys, const leie_columns *m, leie_error *err)
{
    leie_size row = 0;
    bool zero = false;
    leie_status st = smallest_pivot(s, &row, &zero, err);
    return st ? st : leie_columns_check(m, sys, row, zero, solve_all, s, err);
}

static leie_status factor(sparse *s, const leie_columns *m, leie_size *bytes, leie_error *err)
{
    double control[UMFPACK_CONTROL], info[UMFPACK_INFO];
    void *symbolic = NULL;
    umfpack_dl_defaults(control);
    control[UMFPACK_PRL] = 0;
    int turn = leie_blas_begin();
    SuiteSparse_long status = umfpack_dl_symbolic(s->n, s->n, m->first, m->row, m->val, &symbolic, control, info);
    if (status >= 0)
        status = umfpack_dl_numeric(m->first, m->row, m->val, symbolic, &s->numeric, control, info);
    umfpack_dl_free_symbolic(&symbolic);
    leie_blas_end(turn);
    if (status < 0)
        return fail_umfpack(status, err);
    s->entries = info[UMFPACK_LNZ] + info[UMFPACK_UNZ];
    leie_profile_add(LEIE_WORK_FACTOR, ENTRY_BYTES * ((double)m->first[s->n] + s->entries), info[UMFPACK_FLOPS]);
    *bytes = (leie_size)(info[UMFPACK_NUMERIC_SIZE] * info[UMFPACK_SIZE_OF_UNIT]);
    return LEIE_OK;
}

static leie_status sparse_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_columns m = {0};
    leie_status st = LEIE_OK;
    sparse *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a sparse system", 1, sizeof *s);
    s->rows = sys->axis->n;
    s->n = leie_columns_unknowns(sys);
    if (s->n > 0) { // UMFPACK refuses an empty matrix
        st = leie_columns_new(&m, sys, err);
        if (!st)
            st = factor(s, &m, bytes, err);
        if (!st)
            st = check_pivots(s, sys, &m, err);
    }
    leie_columns_free(&m);
    if (st)
        sparse_free(s);
    else
        *state = s;
    return st;
}

static double sparse_substituted(void *state, double *flops)
{
    const sparse *s = state;
    *flops = 2 * s->entries;
    return ENTRY_BYTES * s->entries;
}

const leie_backend leie_backend_sparse = {LEIE_GROUP, sparse_bytes, sparse_setup, sparse_solve, sparse_free, sparse_substituted, NULL};
