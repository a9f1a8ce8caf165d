// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/cholesky.h"

#include <suitesparse/cholmod.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/memory.h"

static const double WEAK = 1e-14;  // of its square: the pivot of a row that depends on others
static const double SHIFT = 1e-13; // of a matrix whose rows are about one

// ---- factorisation ----

static leie_status fail_cholmod(const cholmod_common *c, leie_error *err)
{
    if (c->status == CHOLMOD_OUT_OF_MEMORY || c->status == CHOLMOD_TOO_LARGE)
        return leie_fail(err, LEIE_ERR_NOMEM, "a sparse Cholesky factorisation ran out of memory");
    return leie_fail(err, LEIE_ERR_INTERNAL, "CHOLMOD returned status %d", c->status);
}

static void start(cholmod_common *c)
{
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
    *f = (leie_cholesky){.m = m, .nnz = nnz};
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

// Rows whose pivot is next to nothing beside their square.
static bool find_weak(leie_size *weaks, bool *weak, const leie_cholesky *f, leie_size n, const leie_size *first,
                      const leie_size *row, const double *val)
{
    double *square = leie_new(f->m, sizeof *square);
    if (!square)
        return false;
    for (leie_size t = 0; t < first[n]; t++)
        square[row[t]] += val[t] * val[t];
    for (leie_size i = 0; i < f->m; i++) {
        double pivot = f->val[f->first[f->place[i]]];
        weak[i] = pivot * pivot <= WEAK * square[i];
        *weaks += weak[i];
    }
    leie_free(square);
    return true;
}

leie_status leie_cholesky_new(leie_cholesky *f, leie_size *weaks, bool *weak, leie_size m, leie_size n, const leie_size *first,
                              const leie_size *row, const double *val, leie_size *order, leie_error *err)
{
    cholmod_common c;
    *f = (leie_cholesky){0};
    *weaks = 0;
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
        if (order) {
            c.nmethods = 1;
            c.method[0].ordering = CHOLMOD_GIVEN;
            L = cholmod_l_analyze_p(A, order, NULL, 0, &c); // only read
        } else
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
    if (!st && weak && !find_weak(weaks, weak, f, n, first, row, val))
        st = leie_fail_memory(err, "a sparse Cholesky factor", m, sizeof *val);
    if (*weaks || st)
        leie_cholesky_clear(f);
    cholmod_l_free_factor(&L, &c);
    cholmod_l_free_sparse(&A, &c);
    cholmod_l_finish(&c);
    leie_blas_end(turn);
    return st;
}

void leie_cholesky_order(leie_size *order, const leie_cholesky *f)
{
    for (leie_size i = 0; i < f->m; i++)
        order[f->place[i]] = i;
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

static int ascending(const void *a, const void *b)
{
    leie_size p = *(const leie_size *)a, q = *(const leie_size *)b;
    return (p > q) - (p < q);
}

double leie_cholesky_square(const leie_cholesky *f, leie_size count, const leie_size *where, const double *value,
                            double *work, bool *mark, leie_size *list)
{
    double sum = 0;
    leie_size n = 0;
    for (leie_size k = 0; k < count; k++) { // up the elimination tree: the parent is the first row below
        leie_size j = f->place[where[k]];
        for (work[j] += value[k]; !mark[j]; j = f->row[f->first[j] + 1]) {
            mark[j] = true;
            list[n++] = j;
            if (f->first[j] + 1 == f->first[j + 1])
                break;
        }
    }
    qsort(list, (size_t)n, sizeof *list, ascending);
    for (leie_size k = 0; k < n; k++) { // L z = P w,  sum = z' z
        leie_size j = list[k], t = f->first[j];
        double z = work[j] / f->val[t];
        work[j] = 0;
        mark[j] = false;
        sum += z * z;
        for (t++; t < f->first[j + 1]; t++)
            work[f->row[t]] -= f->val[t] * z;
    }
    return sum;
}

// ---- selected inverse ----

/* Column j of the inverse Z from the columns after it, with l the column of L below its diagonal d:
 *
 *   Z(i, j) = -1/d sum_k l(k) Z(i, k),   Z(j, j) = 1/d (1/d - sum_k l(k) Z(k, j))
 *
 * l holds the column of L by row, mark [m] says which rows it has, sum [m] is zero before and after. */
static void invert_column(leie_cholesky *f, leie_size j, double *l, leie_size *mark, double *sum)
{
    leie_size begin = f->first[j] + 1, end = f->first[j + 1];
    double d = f->val[begin - 1], own = 0;
    for (leie_size t = begin; t < end; t++) {
        l[f->row[t]] = f->val[t];
        mark[f->row[t]] = j + 1;
    }
    for (leie_size t = begin; t < end; t++) {
        leie_size k = f->row[t];
        double at_k = l[k] * f->inverse[f->first[k]];
        for (leie_size s = f->first[k] + 1; s < f->first[k + 1]; s++) {
            leie_size i = f->row[s];
            if (mark[i] != j + 1)
                continue;
            sum[i] += l[k] * f->inverse[s];
            at_k += l[i] * f->inverse[s];
        }
        sum[k] += at_k;
    }
    for (leie_size t = begin; t < end; t++) {
        leie_size i = f->row[t];
        f->inverse[t] = -sum[i] / d;
        own += f->val[t] * f->inverse[t];
        sum[i] = 0;
    }
    f->inverse[begin - 1] = (1 / d - own) / d;
}

leie_status leie_cholesky_invert(leie_cholesky *f, leie_error *err)
{
    leie_status st = LEIE_OK;
    double *l = leie_new(f->m, sizeof *l), *sum = leie_new(f->m, sizeof *sum);
    leie_size *mark = leie_new(f->m, sizeof *mark);
    f->inverse = leie_free(f->inverse);
    f->inverse = leie_new(f->nnz, sizeof *f->inverse);
    if (!l || !sum || !mark || !f->inverse)
        st = leie_fail_memory(err, "a selected inverse", f->nnz, sizeof *f->inverse);
    for (leie_size j = f->m - 1; j >= 0 && !st; j--)
        invert_column(f, j, l, mark, sum);
    leie_free(l);
    leie_free(sum);
    leie_free(mark);
    return st;
}

// Place of the entry for rows i and j in L, -1 when it has none.
static leie_size place_of(const leie_cholesky *f, leie_size i, leie_size j)
{
    leie_size a = f->place[i], b = f->place[j], col = a < b ? a : b, row = a < b ? b : a;
    leie_size low = f->first[col], high = f->first[col + 1] - 1;
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (f->row[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return f->row[low] == row ? low : -1;
}

bool leie_cholesky_has(const leie_cholesky *f, leie_size i, leie_size j)
{
    return place_of(f, i, j) >= 0;
}

double leie_cholesky_inverse_at(const leie_cholesky *f, leie_size i, leie_size j)
{
    leie_size at = place_of(f, i, j);
    return at >= 0 ? f->inverse[at] : NAN;
}
