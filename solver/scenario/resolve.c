// SPDX-License-Identifier: GPL-3.0-or-later
/* One change whose system is solved by itself:
 *
 *   iterate   m <- m + L' (s* - (I - A*)' m)   from the baseline's m, by the baseline's solver, until the residual is there
 *   refactor  (I - A*)' m = s* set up and solved anew
 */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/linear/linsys_impl.h"
#include "solver/scenario/response_impl.h"

enum { ITERATIONS_MOST = 60 };

typedef struct changed {
    leie_response *r;
    const leie_change *change;
    leie_size n, N, K;
    double *S, *M, *t; // [N, K] S*', the iterate, work
    double norm;       // |(I - A*)'|_1, at least
} changed;

static leie_status open_changed(changed *s, leie_error *err)
{
    leie_size count = s->N * s->K;
    double **arrays[] = {&s->S, &s->M, &s->t};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = leie_new(count, sizeof(double));
        if (!*arrays[i])
            return leie_fail_memory(err, "a scenario solved by itself", count, sizeof(double));
    }
    memcpy(s->S, s->r->S, (size_t)count * sizeof *s->S);
    memcpy(s->M, s->r->M, (size_t)count * sizeof *s->M);
    const leie_edits *S = &s->change->part[LEIE_EDIT_S];
    for (leie_size i = 0; i < S->n; i++)
        for (leie_size o = 0; o <= s->r->classes.n; o++)
            if (leie_class_has(&s->r->classes, o, s->r->base->region[S->edit[i].col]))
                s->S[S->edit[i].col * s->K + o * s->r->k + S->edit[i].row] += S->edit[i].now - S->edit[i].old;
    return LEIE_OK;
}

static void close_changed(changed *s)
{
    leie_free(s->S);
    leie_free(s->M);
    leie_free(s->t);
}

// t = S*' - (I - A*)' M', and the worst residual.
static leie_status judge(changed *s, double *worst, leie_error *err)
{
    const leie_baseline *b = s->r->base;
    const leie_edits *A = &s->change->part[LEIE_EDIT_A];
    leie_size K = s->K;
    memset(s->t, 0, (size_t)(s->N * K) * sizeof *s->t);
    leie_status st = leie_matrix_product(s->t, &b->t->Z, true, b->scale, K, s->M, err);
    for (leie_size i = 0; !st && i < A->n; i++) {
        double d = A->edit[i].now - A->edit[i].old;
        for (leie_size c = 0; c < K && d != 0; c++)
            s->t[A->edit[i].col * K + c] += d * s->M[A->edit[i].row * K + c];
    }
    for (leie_size i = 0; !st && i < s->N * K; i++)
        s->t[i] += s->S[i] - s->M[i];
    *worst = 0;
    for (leie_size c = 0; !st && c < K; c++) {
        double size = leie_sum_abs(s->S + c, s->N, K) + s->norm * leie_sum_abs(s->M + c, s->N, K), left = leie_sum_abs(s->t + c, s->N, K);
        *worst = fmax(*worst, left > 0 ? left / size : 0);
    }
    return st;
}

static leie_status iterate(changed *s, double *residual, leie_error *err)
{
    leie_response *r = s->r;
    double worst = 0, before = INFINITY, goal = 0.01 * r->opts.tolerance;
    leie_status st = judge(s, &worst, err);
    for (int step = 0; !st && step < ITERATIONS_MOST && worst > goal; step++) {
        if (!isfinite(worst) || (step > 5 && worst > 0.9 * before))
            break; // it does not come nearer
        before = worst;
        st = leie_linsys_solve(r->sys, true, s->K, s->t, s->t, NULL, err);
        for (leie_size i = 0; !st && i < s->N * s->K; i++)
            s->M[i] += s->t[i];
        st = st ? st : judge(s, &worst, err);
    }
    *residual = worst;
    return st;
}

// Z with the changed coefficients times output.
static leie_status changed_Z(leie_matrix *Z, const changed *s, leie_error *err)
{
    const leie_baseline *b = s->r->base;
    const leie_edits *A = &s->change->part[LEIE_EDIT_A];
    leie_status st = leie_matrix_copy(Z, &b->t->Z, LEIE_DENSE, err);
    for (leie_size i = 0; !st && i < A->n; i++)
        Z->val[A->edit[i].row * Z->ld + A->edit[i].col] = A->edit[i].now / b->scale[A->edit[i].col];
    return st;
}

static leie_status refactor(changed *s, double *residual, leie_error *err)
{
    const leie_baseline *b = s->r->base;
    leie_matrix Z = {0};
    leie_linsys *sys = NULL;
    leie_linsys_opts o = s->r->opts.linsys;
    leie_plan plan = {0};
    leie_status st = changed_Z(&Z, s, err);
    st = st ? st : leie_plan_make(&plan, &Z, &b->t->sector, 0, s->K, &o, err);
    o.method = plan.solver;
    st = st ? st : leie_linsys_setup(&sys, &Z, b->scale, &b->t->sector, &o, err);
    st = st ? st : leie_linsys_solve(sys, true, s->K, s->M, s->S, NULL, err);
    if (!st)
        *residual = leie_linsys_state(sys)->residual;
    leie_linsys_free(sys);
    leie_matrix_free(&Z);
    return st;
}

// M* y* - M y = (M* - M) y + M* dy, in place of t: M* - M.
static void effect_of(leie_effect *e, changed *s)
{
    const leie_response *r = s->r;
    const leie_baseline *b = r->base;
    leie_size K = s->K, k = r->k;
    for (leie_size i = 0; i < s->N * K; i++)
        s->t[i] = s->M[i] - r->M[i];
    for (leie_size i = 0; i < s->n; i++)
        for (leie_size j = 0; j < r->columns; j++) {
            double y = j < r->m ? b->t->Y[i * r->m + j] : r->rest[i];
            for (leie_size c = 0; y != 0 && c < K; c++)
                e->total[j * K + c] += y * s->t[i * K + c];
            for (leie_size a = 0; e->product && y != 0 && j < r->m && r->category_of[j] >= 0 && a < r->q->label.n; a++)
                for (leie_size p = 0; p < k && r->q->member[a * b->R + r->region_of[j]]; p++)
                    e->product[(a * r->P + r->product_of[i]) * k + p] += y * s->t[i * K + p];
        }
    leie_effect_add_demand(e, r, &s->change->part[LEIE_EDIT_Y], s->M);
}

// M*' of class 0, for whoever asks for multipliers.
static leie_status keep_multipliers(leie_response_work *w, const changed *s, leie_error *err)
{
    leie_size k = s->r->k;
    leie_status st = leie_work_room(&w->own, &w->room_own, s->N * k, err);
    for (leie_size i = 0; !st && i < s->N; i++)
        memcpy(w->own + i * k, s->M + i * s->K, (size_t)k * sizeof *w->own);
    w->by_itself = !st;
    return st;
}

leie_status leie_response_resolve(leie_effect *e, leie_response *r, const leie_change *change, leie_response_work *work,
                                  leie_error *err)
{
    changed s = {.r = r, .change = change, .n = r->base->n, .N = r->N, .K = r->K, .norm = r->norm};
    leie_status st = open_changed(&s, err);
    leie_effect_start(e, r, change);
    e->method = r->plan.method == LEIE_METHOD_REFACTOR ? LEIE_METHOD_REFACTOR : LEIE_METHOD_ITERATE;
    e->residual = INFINITY;
    if (!st && e->method == LEIE_METHOD_ITERATE)
        st = iterate(&s, &e->residual, err);
    if (!st && !(e->residual <= r->opts.tolerance) && r->N == r->base->n) {
        e->method = LEIE_METHOD_REFACTOR;
        st = refactor(&s, &e->residual, err);
    }
    if (!st)
        effect_of(e, &s);
    st = st ? st : keep_multipliers(work, &s, err);
    e->converged = !st && e->residual <= r->opts.tolerance;
    close_changed(&s);
    if (!st && !e->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the changed system did not reach its tolerance: residual %.2e", e->residual);
    return st;
}
