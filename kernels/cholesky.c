// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/cholesky.h"

#include <suitesparse/SuiteSparse_config.h>
#include <suitesparse/cholmod.h>

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/memory.h"

static const double SHIFT = 1e-13; // of a matrix whose rows are about one

// ---- factorisation ----

static leie_status fail_cholmod(const cholmod_common *c, leie_error *err)
{
    if (c->status == CHOLMOD_OUT_OF_MEMORY || c->status == CHOLMOD_TOO_LARGE)
        return leie_fail(err, LEIE_ERR_NOMEM, "a sparse Cholesky factorisation ran out of memory");
    return leie_fail(err, LEIE_ERR_INTERNAL, "CHOLMOD returned status %d", c->status);
}

static void give_memory(void)
{
    SuiteSparse_config.malloc_func = leie_library_malloc;
    SuiteSparse_config.calloc_func = leie_library_calloc;
    SuiteSparse_config.realloc_func = leie_library_realloc;
    SuiteSparse_config.free_func = leie_library_free;
}

static void start(cholmod_common *c)
{
    static pthread_once_t given = PTHREAD_ONCE_INIT;
    pthread_once(&given, give_memory);
    cholmod_l_start(c);
    c->print = 0;
    c->error_handler = NULL;
    c->final_asis = 0; // in the end simplicial, L L', columns packed and sorted
    c->final_super = 0;
    c->final_ll = 1;
    c->final_pack = 1;
    c->final_monotonic = 1;
}

// L of CHOLMOD into arrays of our own.
static leie_status take(leie_cholesky *f, const cholmod_factor *L, leie_error *err)
{
    const leie_size *first = L->p, *row = L->i, *order = L->Perm;
    leie_size m = (leie_size)L->n, nnz = first[m];
    *f = (leie_cholesky){.m = m, .nnz = nnz, .least = 1};
    f->first = leie_new(m + 1, sizeof *f->first);
    f->row = leie_new(nnz, sizeof *f->row);
    f->val = leie_new(nnz, sizeof *f->val);
    f->place = leie_new(m, sizeof *f->place);
    if (!f->first || !f->row || !f->val || !f->place)
        return leie_fail_memory(err, "a sparse Cholesky factor", nnz, sizeof *f->row + sizeof *f->val);
    memcpy(f->first, first, (size_t)(m + 1) * sizeof *first);
    memcpy(f->row, row, (size_t)nnz * sizeof *row);
    memcpy(f->val, L->x, (size_t)nnz * sizeof *f->val);
    for (leie_size k = 0; k < m; k++)
        f->place[order[k]] = k;
    return LEIE_OK;
}

// What each row has of its own: its pivot beside its square.
static bool find_own(double *own, leie_cholesky *f, leie_size n, const leie_size *first, const leie_size *row, const double *val)
{
    double *square = leie_new(f->m, sizeof *square);
    if (!square)
        return false;
    for (leie_size t = 0; t < first[n]; t++)
        square[row[t]] += val[t] * val[t];
    for (leie_size i = 0; i < f->m; i++) {
        double pivot = f->val[f->first[f->place[i]]];
        own[i] = square[i] > 0 ? pivot * pivot / square[i] : 0;
        f->least = fmin(f->least, own[i]);
    }
    leie_free(square);
    return true;
}

leie_status leie_cholesky_new(leie_cholesky *f, double *own, leie_size m, leie_size n, const leie_size *first,
                              const leie_size *row, const double *val, leie_error *err)
{
    cholmod_common c;
    *f = (leie_cholesky){0};
    if (m == 0)
        return LEIE_OK;
    int turn = leie_blas_begin();
    start(&c);
    leie_status st = LEIE_OK;
    cholmod_factor *L = NULL;
    cholmod_sparse *A = cholmod_l_allocate_sparse((size_t)m, (size_t)n, (size_t)first[n], 0, 1, 0, CHOLMOD_REAL, &c);
    if (A) {
        memcpy(A->p, first, (size_t)(n + 1) * sizeof *first);
        memcpy(A->i, row, (size_t)first[n] * sizeof *row);
        memcpy(A->x, val, (size_t)first[n] * sizeof *val);
        L = cholmod_l_analyze(A, &c);
    }
    double shift[2] = {0, 0};
    if (L)
        cholmod_l_factorize(A, L, &c);
    if (L && c.status >= CHOLMOD_OK && L->minor < L->n) { // with a shift it gets to the end, and shows all weak rows
        shift[0] = SHIFT;
        cholmod_l_factorize_p(A, shift, NULL, 0, L, &c);
    }
    if (!L || c.status < CHOLMOD_OK || L->minor < L->n)
        st = fail_cholmod(&c, err);
    else
        st = take(f, L, err);
    if (!st && own && !find_own(own, f, n, first, row, val))
        st = leie_fail_memory(err, "a sparse Cholesky factor", m, sizeof *val);
    if (st)
        leie_cholesky_clear(f);
    cholmod_l_free_factor(&L, &c);
    cholmod_l_free_sparse(&A, &c);
    cholmod_l_finish(&c);
    leie_blas_end(turn);
    return st;
}

// ---- the same pattern with new values ----

// Column by column from those before it, which wait in lists at the next of their rows.
typedef struct refill {
    double *sum;                      // [m] the column at hand, zero before and after
    leie_size *mark;                  // [m] column + 1 of the last column that has the row
    leie_size *order;                 // [m] the row of A A' that row j of L is
    leie_size *head, *next, *at;      // [m] columns that wait at a row, the one after each, the place of that row in each
} refill;

static bool refill_new(refill *x, const leie_cholesky *f)
{
    leie_size m = f->m;
    *x = (refill){.sum = leie_new(m, sizeof(double)), .mark = leie_new(m, sizeof(leie_size)), .order = leie_new(m, sizeof(leie_size)),
                  .head = leie_new(m, sizeof(leie_size)), .next = leie_new(m, sizeof(leie_size)), .at = leie_new(m, sizeof(leie_size))};
    if (!x->sum || !x->mark || !x->order || !x->head || !x->next || !x->at)
        return false;
    for (leie_size i = 0; i < m; i++) {
        x->order[f->place[i]] = i;
        x->head[i] = -1;
    }
    return true;
}

static void refill_free(refill *x)
{
    leie_free(x->sum);
    leie_free(x->mark);
    leie_free(x->order);
    leie_free(x->head);
    leie_free(x->next);
    leie_free(x->at);
}

static void wait_at_next_row(refill *x, const leie_cholesky *f, leie_size col, leie_size place)
{
    x->at[col] = place;
    if (place == f->first[col + 1])
        return;
    x->next[col] = x->head[f->row[place]];
    x->head[f->row[place]] = col;
}

// sum = column j of P A A' P' from the diagonal down; false when L has no room for it.
static bool product_column(refill *x, const leie_cholesky *f, leie_size j, const leie_sparse_rows *rows, const leie_size *first,
                           const leie_size *row, const double *val)
{
    leie_size i = x->order[j];
    for (leie_size t = f->first[j]; t < f->first[j + 1]; t++)
        x->mark[f->row[t]] = j + 1;
    for (leie_size t = rows->first[i]; t < rows->first[i + 1]; t++)
        for (leie_size s = first[rows->col[t]]; s < first[rows->col[t] + 1]; s++) {
            leie_size r = f->place[row[s]];
            if (r < j)
                continue;
            if (x->mark[r] != j + 1)
                return false;
            x->sum[r] += rows->val[t] * val[s];
        }
    return true;
}

// Takes a row out of the columns that follow: its own column says nothing.
static void leave_out(refill *x, leie_cholesky *f, leie_size j)
{
    for (leie_size t = f->first[j]; t < f->first[j + 1]; t++) {
        f->val[t] = 0;
        x->sum[f->row[t]] = 0;
    }
    f->val[f->first[j]] = 1;
}

/* Column j of L. A row with no more than `least` of its own is left out when own [m] is there to say so; false without. */
static bool refill_column(refill *x, leie_cholesky *f, leie_size j, double *own, double least)
{
    leie_size begin = f->first[j], end = f->first[j + 1];
    double square = x->sum[j];
    for (leie_size k = x->head[j], after; k >= 0; k = after) {
        leie_size place = x->at[k];
        double l = f->val[place];
        after = x->next[k];
        for (leie_size s = place; s < f->first[k + 1]; s++)
            x->sum[f->row[s]] -= f->val[s] * l;
        wait_at_next_row(x, f, k, place + 1);
    }
    double left = square > 0 ? x->sum[j] / square : 0;
    if (own)
        own[x->order[j]] = left;
    if (!(left > least)) {
        leave_out(x, f, j);
        return own;
    }
    f->least = fmin(f->least, left);
    double d = sqrt(x->sum[j]);
    for (leie_size t = begin; t < end; t++) {
        f->val[t] = t == begin ? d : x->sum[f->row[t]] / d;
        x->sum[f->row[t]] = 0;
    }
    wait_at_next_row(x, f, j, begin + 1);
    return true;
}

leie_status leie_cholesky_again(leie_cholesky *f, bool *good, double *own, double least, const leie_sparse_rows *rows, const leie_size *first,
                                const leie_size *row, const double *val, leie_error *err)
{
    refill x = {0};
    leie_status st = refill_new(&x, f) ? LEIE_OK : leie_fail_memory(err, "a sparse Cholesky factor", f->m, 6 * sizeof(leie_size));
    *good = !st;
    f->least = 1;
    f->inverse = leie_free(f->inverse);
    for (leie_size j = 0; j < f->m && *good; j++)
        *good = product_column(&x, f, j, rows, first, row, val) && refill_column(&x, f, j, own, least);
    refill_free(&x);
    return st;
}

leie_status leie_cholesky_leave(leie_cholesky *f, const bool *gone, leie_error *err)
{
    leie_size *fresh = leie_new(f->m, sizeof *fresh), rows = 0, cols = 0, used = 0;
    if (!fresh)
        return leie_fail_memory(err, "rows of a sparse Cholesky factor", f->m, sizeof *fresh);
    for (leie_size i = 0; i < f->m; i++)
        if (gone[i])
            fresh[f->place[i]] = -1;
    for (leie_size j = 0; j < f->m; j++)
        fresh[j] = fresh[j] ? -1 : cols++;
    for (leie_size j = 0, begin = 0, end; j < f->m; j++, begin = end) {
        end = f->first[j + 1];
        for (leie_size t = begin; t < end && fresh[j] >= 0; t++)
            if (fresh[f->row[t]] >= 0) {
                f->row[used] = fresh[f->row[t]];
                f->val[used++] = f->val[t];
            }
        if (fresh[j] >= 0)
            f->first[fresh[j] + 1] = used; // never ahead of what is still to be read
    }
    for (leie_size i = 0; i < f->m; i++)
        if (!gone[i])
            f->place[rows++] = fresh[f->place[i]];
    f->m = rows;
    f->nnz = used;
    f->inverse = leie_free(f->inverse);
    leie_free(fresh);
    return LEIE_OK;
}

void leie_cholesky_clear(leie_cholesky *f)
{
    leie_free(f->first);
    leie_free(f->row);
    leie_free(f->val);
    leie_free(f->place);
    leie_free(f->inverse);
    *f = (leie_cholesky){0};
}

// ---- solving ----

void leie_cholesky_solve(const leie_cholesky *f, double *x, double *work)
{
    for (leie_size i = 0; i < f->m; i++)
        work[f->place[i]] = x[i];
    for (leie_size j = 0; j < f->m; j++) { // L z = P x
        leie_size t = f->first[j];
        double z = work[j] /= f->val[t];
        for (t++; t < f->first[j + 1]; t++)
            work[f->row[t]] -= f->val[t] * z;
    }
    for (leie_size j = f->m - 1; j >= 0; j--) { // L' P x = z
        double z = work[j];
        for (leie_size t = f->first[j] + 1; t < f->first[j + 1]; t++)
            z -= f->val[t] * work[f->row[t]];
        work[j] = z / f->val[f->first[j]];
    }
    for (leie_size i = 0; i < f->m; i++)
        x[i] = work[f->place[i]];
}
