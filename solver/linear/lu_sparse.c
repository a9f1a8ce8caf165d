// SPDX-License-Identifier: GPL-3.0-or-later
/* Sparse LU by UMFPACK (Davis 2004, ACM TOMS 30(2), 196-199), 64-bit entry points, silent.
 *
 * The rows of M = I - A are handed over as columns, so UMFPACK factors M': its plain solve is our
 * transposed one and the other way round. */
#include <suitesparse/umfpack.h>

#include <math.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys_impl.h"

static const double FILL = 30;        // factors have at most so many times the density of A
static const double ENTRY_BYTES = 16; // value and index

typedef struct sparse {
    leie_size n;
    void *numeric;
} sparse;

/* M' by columns, as UMFPACK wants it. */
typedef struct columns {
    SuiteSparse_long *first; // [n + 1]
    SuiteSparse_long *row;   // [nnz]
    double *val;             // [nnz]
} columns;

static leie_size sparse_bytes(const leie_shape *shape)
{
    double n = (double)shape->axis->n, entries = (double)shape->nonzeros;
    double filled = fmin(n * n, FILL * entries);
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

static void columns_free(columns *m)
{
    leie_free(m->first);
    leie_free(m->row);
    leie_free(m->val);
}

static leie_status columns_new(columns *m, const leie_linsys *sys, leie_error *err)
{
    leie_size n = sys->axis->n, room = leie_matrix_nonzeros(sys->Z) + n, next = 0;
    *m = (columns){.first = leie_new(n + 1, sizeof *m->first),
                   .row = leie_new(room, sizeof *m->row),
                   .val = leie_new(room, sizeof *m->val)};
    if (!m->first || !m->row || !m->val)
        return leie_fail_memory(err, "I - A for sparse LU", room, sizeof *m->row + sizeof *m->val);
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(sys->Z, i, &col, &val);
        bool diagonal = false;
        for (leie_size t = 0; t <= count; t++) {
            leie_size j = t == count ? n : col ? col[t] : t;
            if (!diagonal && j >= i) { // in its place, merged with a_ii
                double a = j == i ? val[t] * sys->scale[j] : 0;
                m->row[next] = i;
                m->val[next++] = 1 - a;
                diagonal = true;
            }
            if (t == count || j == i || val[t] == 0)
                continue;
            m->row[next] = j;
            m->val[next++] = -(val[t] * sys->scale[j]);
        }
        m->first[i + 1] = next;
    }
    return LEIE_OK;
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
    leie_size k;
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
            b[i] = c->x[i * c->k + col];
        int turn = leie_blas_begin();
        SuiteSparse_long status = umfpack_dl_wsolve(c->transposed ? UMFPACK_A : UMFPACK_Aat, NULL, NULL, NULL, x, b,
                                                    c->s->numeric, control, NULL, c->iwork + n * worker, w);
        leie_blas_end(turn);
        if (status < 0)
            return fail_umfpack(status, err);
        for (leie_size i = 0; i < n; i++)
            c->x[i * c->k + col] = x[i];
    }
    return LEIE_OK;
}

static leie_status apply(void *state, bool transposed, leie_size k, double *x, leie_error *err)
{
    const sparse *s = state;
    leie_size workers = leie_threads();
    solving c = {.s = s, .transposed = transposed, .k = k, .x = x};
    c.work = leie_new(workers, 3 * (size_t)s->n * sizeof *c.work);
    c.iwork = leie_new(workers, (size_t)s->n * sizeof *c.iwork);
    leie_status st = c.work && c.iwork ? leie_parallel_for(k, 1, solve_columns, &c, err)
                                       : leie_fail_memory(err, "work of a sparse solve", 4 * workers * s->n, 8);
    leie_free(c.work);
    leie_free(c.iwork);
    return st;
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

/* z = M^-1 e_row, and (|M| |z|)_row. */
static leie_status solve_unit(sparse *s, const columns *m, leie_size row, double *z, double *size, leie_error *err)
{
    memset(z, 0, (size_t)s->n * sizeof *z);
    z[row] = 1;
    leie_status st = apply(s, false, 1, z, err);
    *size = 0;
    for (leie_size t = m->first[row]; t < m->first[row + 1]; t++)
        *size += fabs(m->val[t]) * fabs(z[m->row[t]]);
    return st;
}

/* With M z = e_row: when  1 <= negligible (|M| |z|)_row  then a change of M in its last bits makes z a
 * null vector (Oettli and Prager 1964), and M is singular to working precision, whatever its units. The
 * row of the weakest pivot leads to a z, and the largest entry of that to a row that takes part. */
static leie_status check_pivots(sparse *s, const leie_linsys *sys, const columns *m, leie_error *err)
{
    leie_size row = 0, largest = 0;
    bool zero = false;
    double size;
    leie_status st = smallest_pivot(s, &row, &zero, err);
    if (st)
        return st;
    if (zero)
        return leie_fail_singular(sys, row, NULL, err);
    double *z = leie_new(s->n, sizeof *z);
    if (!z)
        return leie_fail_memory(err, "a check of pivots", s->n, sizeof *z);
    st = solve_unit(s, m, row, z, &size, err);
    for (leie_size i = 1; i < s->n; i++)
        if (fabs(z[i]) > fabs(z[largest]))
            largest = i;
    if (!st)
        st = solve_unit(s, m, largest, z, &size, err);
    if (!st && !(leie_negligible(s->n) * size < 1))
        st = leie_fail_singular(sys, largest, z, err);
    leie_free(z);
    return st;
}

static leie_status factor(sparse *s, const columns *m, leie_size *bytes, leie_error *err)
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
    *bytes = (leie_size)(info[UMFPACK_NUMERIC_SIZE] * info[UMFPACK_SIZE_OF_UNIT]);
    return LEIE_OK;
}

static leie_status sparse_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    columns m = {0};
    leie_status st = LEIE_OK;
    sparse *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a sparse system", 1, sizeof *s);
    s->n = sys->axis->n;
    if (s->n > 0) { // UMFPACK refuses an empty matrix
        st = columns_new(&m, sys, err);
        if (!st)
            st = factor(s, &m, bytes, err);
        if (!st)
            st = check_pivots(s, sys, &m, err);
    }
    columns_free(&m);
    if (st)
        sparse_free(s);
    else
        *state = s;
    return st;
}

const leie_backend leie_backend_sparse = {LEIE_GROUP, sparse_bytes, sparse_setup, sparse_solve, sparse_free};
