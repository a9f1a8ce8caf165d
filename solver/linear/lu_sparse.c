// SPDX-License-Identifier: GPL-3.0-or-later
/* Sparse LU by UMFPACK (Davis 2004, ACM TOMS 30(2), 196-199), 64-bit entry points, silent.
 *
 * The rows of M = I - A are handed over as columns, so UMFPACK factors M': its plain solve is our
 * transposed one and the other way round.
 *
 * A table in factors is not multiplied out: with B = U diag(1 / g), D = V diag(1 / q), T the shares of origin and
 * d the products that each region asks for, UMFPACK factors the augmented system
 *
 *   [  I  -D   0 ] [ g ]   [ b_g ]
 *   [  0   I  -T ] [ q ] = [ b_q ]
 *   [ -B   0   I ] [ d ]   [  0  ]
 */
#include <suitesparse/umfpack.h>

#include <math.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/blocklu.h"
#include "kernels/factored.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys_impl.h"

static const double FILL = 30;        // factors have at most so many times the density of A
static const double ENTRY_BYTES = 16; // value and index

typedef struct sparse {
    leie_size n, rows; // n unknowns, the first `rows` of them those of the system
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

static void columns_free(columns *m)
{
    leie_free(m->first);
    leie_free(m->row);
    leie_free(m->val);
}

/* Appends a cell that is not zero. */
static void put(columns *m, leie_size *next, leie_size at, double val)
{
    if (val == 0)
        return;
    m->row[*next] = at;
    m->val[(*next)++] = val;
}

static void put_rows(columns *m, const leie_linsys *sys)
{
    leie_size next = 0;
    for (leie_size i = 0; i < sys->axis->n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(sys->Z, i, &col, &val);
        bool diagonal = false;
        for (leie_size t = 0; t <= count; t++) {
            leie_size j = t == count ? sys->axis->n : col ? col[t] : t;
            if (!diagonal && j >= i) { // in its place, merged with a_ii
                m->row[next] = i;
                m->val[next++] = 1 - (j == i ? val[t] * sys->scale[j] : 0);
                diagonal = true;
            }
            if (t < count && j != i)
                put(m, &next, j, -(val[t] * sys->scale[j]));
        }
        m->first[i + 1] = next;
    }
}

/* Rows of the augmented system: g and q of each region, then d of all. */
static void put_factors(columns *m, const leie_linsys *sys)
{
    const leie_factored *f = sys->Z->factors;
    leie_size next = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), first = f->first[r];
        for (leie_size i = 0; i < I; i++) {
            put(m, &next, first + i, 1);
            for (leie_size p = 0; p < P; p++)
                put(m, &next, first + I + p, -(leie_factored_supply(f, r)[i * P + p] * sys->scale[first + I + p]));
            m->first[first + i + 1] = next;
        }
        for (leie_size p = 0; p < P; p++) {
            put(m, &next, first + I + p, 1);
            for (leie_size s = 0; s < f->parts; s++) {
                leie_size at = f->at[s * f->numbers + f->number[f->product[r] + p]];
                if (at >= 0)
                    put(m, &next, f->n + f->product[s] + at, -leie_factored_share(f, s, r)[at]);
            }
            m->first[first + I + p + 1] = next;
        }
    }
    for (leie_size r = 0; r < f->parts; r++)
        for (leie_size p = 0; p < leie_factored_products(f, r); p++) {
            for (leie_size j = 0; j < f->made[r]; j++)
                put(m, &next, f->first[r] + j,
                    -(leie_factored_use(f, r)[p * f->made[r] + j] * sys->scale[f->first[r] + j]));
            put(m, &next, f->n + f->product[r] + p, 1);
            m->first[f->n + f->product[r] + p + 1] = next;
        }
}

static leie_status columns_new(columns *m, const leie_linsys *sys, leie_size n, leie_error *err)
{
    const leie_factored *f = sys->Z->factors;
    leie_size room = n + (f ? 2 * f->use_at[f->parts] + f->share_at[f->parts] : leie_matrix_nonzeros(sys->Z));
    *m = (columns){.first = leie_new(n + 1, sizeof *m->first),
                   .row = leie_new(room, sizeof *m->row),
                   .val = leie_new(room, sizeof *m->val)};
    if (!m->first || !m->row || !m->val)
        return leie_fail_memory(err, "I - A for sparse LU", room, sizeof *m->row + sizeof *m->val);
    if (f)
        put_factors(m, sys);
    else
        put_rows(m, sys);
    return LEIE_OK;
}

/* The sector that an unknown belongs to: what a region asks for is its product. */
static leie_size sector_of(const leie_linsys *sys, leie_size row)
{
    const leie_factored *f = sys->Z->factors;
    if (!f || row < f->n)
        return row;
    leie_size r = 0, product = row - f->n;
    while (product >= f->product[r + 1])
        r++;
    return f->first[r] + f->made[r] + product - f->product[r];
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

/* z = M^-1 e_row, and (|M| |z|)_row. */
static leie_status solve_unit(sparse *s, const columns *m, leie_size row, double *z, double *size, leie_error *err)
{
    memset(z, 0, (size_t)s->n * sizeof *z);
    z[row] = 1;
    leie_status st = solve_rows(s, false, s->n, 1, z, err);
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
        return leie_fail_singular(sys, sector_of(sys, row), NULL, err);
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
        st = leie_fail_singular(sys, sector_of(sys, largest), z, err);
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
    s->rows = s->n = sys->axis->n;
    if (sys->Z->form == LEIE_FACTORED)
        s->n += sys->Z->factors->product[sys->Z->factors->parts];
    if (s->n > 0) { // UMFPACK refuses an empty matrix
        st = columns_new(&m, sys, s->n, err);
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

const leie_backend leie_backend_sparse = {LEIE_GROUP, sparse_bytes, sparse_setup, sparse_solve, sparse_free, NULL};
