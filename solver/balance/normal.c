// SPDX-License-Identifier: GPL-3.0-or-later
/* CHOLMOD gets M = D [G W^1/2, E^1/2] with D = diag(G W G' + E)^-1/2 for the full W, and factors M M' + shift I. */
#include "solver/balance/normal.h"

#include <suitesparse/cholmod.h>

#include <math.h>

#include "kernels/blas.h"
#include "kernels/memory.h"

static const double SHIFT = 1e-9, SHIFT_MOST = 1e-5, SHIFT_STEP = 100;

struct leie_normal {
    const leie_csr *by_cell; // borrowed
    const double *e;         // borrowed
    leie_size k;
    double shift;
    double *scale; // [k] D
    double *step;  // [k] work
    cholmod_common common;
    cholmod_sparse *m; // [k, n + k]
    cholmod_factor *factor;
    cholmod_dense *b, *x, *y, *z;
};

static leie_status fail_cholmod(const leie_normal *normal, leie_error *err)
{
    int status = normal->common.status;
    if (status == CHOLMOD_OUT_OF_MEMORY || status == CHOLMOD_TOO_LARGE)
        return leie_fail(err, LEIE_ERR_NOMEM, "out of memory for the normal equations of %lld constraints",
                         (long long)normal->k);
    return leie_fail(err, LEIE_ERR_INTERNAL, "CHOLMOD refused the normal equations with status %d", status);
}

leie_normal *leie_normal_free(leie_normal *normal)
{
    if (!normal)
        return NULL;
    cholmod_l_free_sparse(&normal->m, &normal->common);
    cholmod_l_free_factor(&normal->factor, &normal->common);
    cholmod_l_free_dense(&normal->b, &normal->common);
    cholmod_l_free_dense(&normal->x, &normal->common);
    cholmod_l_free_dense(&normal->y, &normal->common);
    cholmod_l_free_dense(&normal->z, &normal->common);
    cholmod_l_finish(&normal->common);
    leie_free(normal->scale);
    leie_free(normal->step);
    return leie_free(normal);
}

// scale_k = (sum_c G_kc^2 w_c + e_k)^-1/2, 1 for a constraint that nothing can move
static void set_scale(leie_normal *normal, const double *full)
{
    const leie_csr *g = normal->by_cell;
    for (leie_size k = 0; k < normal->k; k++)
        normal->scale[k] = normal->e[k];
    for (leie_size c = 0; c < g->rows; c++)
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++)
            normal->scale[g->col[t]] += g->val[t] * g->val[t] * full[c];
    for (leie_size k = 0; k < normal->k; k++)
        normal->scale[k] = normal->scale[k] > 0 ? 1 / sqrt(normal->scale[k]) : 1;
}

static void set_values(leie_normal *normal, const double *w)
{
    const leie_csr *g = normal->by_cell;
    double *val = normal->m->x;
    for (leie_size c = 0; c < g->rows; c++) {
        double root = sqrt(w[c]);
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++)
            val[t] = g->val[t] * root * normal->scale[g->col[t]];
    }
    for (leie_size k = 0; k < normal->k; k++)
        val[g->nnz + k] = sqrt(normal->e[k]) * normal->scale[k];
}

static leie_status new_pattern(leie_normal *normal, leie_error *err)
{
    const leie_csr *g = normal->by_cell;
    leie_size n = g->rows, k = normal->k;
    normal->m = cholmod_l_allocate_sparse((size_t)k, (size_t)(n + k), (size_t)(g->nnz + k), true, true, 0, CHOLMOD_REAL,
                                          &normal->common);
    normal->b = cholmod_l_zeros((size_t)k, 1, CHOLMOD_REAL, &normal->common);
    if (!normal->m || !normal->b)
        return fail_cholmod(normal, err);
    SuiteSparse_long *first = normal->m->p, *row = normal->m->i;
    for (leie_size c = 0; c <= n; c++)
        first[c] = g->row[c];
    for (leie_size t = 0; t < g->nnz; t++)
        row[t] = g->col[t];
    for (leie_size i = 0; i < k; i++) {
        first[n + i + 1] = g->nnz + i + 1;
        row[g->nnz + i] = i;
    }
    return LEIE_OK;
}

leie_status leie_normal_new(leie_normal **normal, const leie_csr *by_cell, const double *full, const double *e,
                            leie_error *err)
{
    leie_size k = by_cell->cols;
    *normal = NULL;
    leie_normal *made = leie_new(1, sizeof *made);
    if (!made)
        return leie_fail_memory(err, "normal equations", 1, sizeof *made);
    made->by_cell = by_cell;
    made->e = e;
    made->k = k;
    made->shift = SHIFT;
    cholmod_l_start(&made->common);
    made->common.print = 0;
    made->common.nmethods = 1;
    made->common.method[0].ordering = CHOLMOD_AMD;
    made->scale = leie_new(k, sizeof *made->scale);
    made->step = leie_new(k, sizeof *made->step);
    leie_status st =
        made->scale && made->step ? LEIE_OK : leie_fail_memory(err, "normal equations", 2 * k, sizeof *made->step);
    st = st ? st : new_pattern(made, err);
    if (st)
        goto fail;
    set_scale(made, full);
    set_values(made, full);
    int turn = leie_blas_begin();
    made->factor = cholmod_l_analyze(made->m, &made->common);
    leie_blas_end(turn);
    if (!made->factor) {
        st = fail_cholmod(made, err);
        goto fail;
    }
    *normal = made;
    return LEIE_OK;
fail:
    leie_normal_free(made);
    return st;
}

leie_status leie_normal_factor(leie_normal *normal, const double *w, leie_error *err)
{
    set_values(normal, w);
    for (normal->shift = SHIFT;; normal->shift *= SHIFT_STEP) {
        double beta[2] = {normal->shift, 0};
        int turn = leie_blas_begin();
        int done = cholmod_l_factorize_p(normal->m, beta, NULL, 0, normal->factor, &normal->common);
        leie_blas_end(turn);
        if (done && normal->common.status == CHOLMOD_OK)
            return LEIE_OK;
        bool pivot = normal->common.status == CHOLMOD_NOT_POSDEF || normal->common.status == CHOLMOD_DSMALL;
        if (!pivot || normal->shift >= SHIFT_MOST)
            return fail_cholmod(normal, err);
    }
}

// x = D (M M' + shift)^-1 D b
static leie_status solve_shifted(leie_normal *normal, double *x, const double *b, leie_error *err)
{
    double *scaled = normal->b->x;
    for (leie_size k = 0; k < normal->k; k++)
        scaled[k] = b[k] * normal->scale[k];
    int turn = leie_blas_begin();
    int done = cholmod_l_solve2(CHOLMOD_A, normal->factor, normal->b, NULL, &normal->x, NULL, &normal->y, &normal->z,
                                &normal->common);
    leie_blas_end(turn);
    if (!done)
        return fail_cholmod(normal, err);
    const double *found = normal->x->x;
    for (leie_size k = 0; k < normal->k; k++)
        x[k] = found[k] * normal->scale[k];
    return LEIE_OK;
}

leie_status leie_normal_solve(leie_normal *normal, double *z, const double *b, leie_error *err)
{
    // of (S + shift D^-2) z0 = b the rest is  b - S z0 = shift D^-2 z0
    leie_status st = solve_shifted(normal, z, b, err);
    for (leie_size k = 0; !st && k < normal->k; k++)
        normal->step[k] = normal->shift * z[k] / (normal->scale[k] * normal->scale[k]);
    st = st ? st : solve_shifted(normal, normal->step, normal->step, err);
    for (leie_size k = 0; !st && k < normal->k; k++)
        z[k] += normal->step[k];
    return st;
}
