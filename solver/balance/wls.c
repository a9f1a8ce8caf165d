// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/wls.h"

#include <math.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/balance/balance_impl.h"
#include "solver/balance/normal.h"

enum { CELL_GRAIN = 1 << 14, HALVINGS = 40, STALLED = 3, ITERATIONS = 100 };
static const double CONFLICT = 1e-11; // a residual above this that no step lowers is no rounding
static const double LITTLE = .5;      // a step that lowers the residual less than this has stalled

typedef struct newton {
    const leie_wls_problem *p;
    leie_size n, k;
    leie_normal *normal;
    double *x;            // [n] at the multipliers l
    double *weight;       // [n] variance of cells that are not at a bound, else 0
    double *l, *next;     // [k]
    double *step;         // [k]
    double *missed;       // [k] g - G x - E l
    leie_acc *sum, *size; // [k]
    bool moved;           // other cells are at bounds than before
    leie_size at_bound;
    double *part;       // [chunks] of the dual, by chunk of cells
    leie_size *changed; // [chunks]
    leie_size *bound;   // [chunks]
} newton;

/* ---- x, gradient and dual at given multipliers ---- */

static double clip(double z, double lower, double upper)
{
    return z < lower ? lower : z > upper ? upper : z;
}

static leie_status set_cells(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    newton *w = ctx;
    const leie_wls_problem *p = w->p;
    const leie_csr *g = p->by_cell;
    leie_acc part = {0};
    leie_size changed = 0, bound = 0;
    (void)worker;
    (void)err;
    for (leie_size c = first; c < last; c++) {
        double pull = 0, s = p->prior[c], v = p->variance[c];
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++)
            pull += g->val[t] * w->next[g->col[t]];
        // x = clip(s + v (G' l))
        double z = s + v * pull, x = v > 0 && p->lower ? clip(z, p->lower[c], p->upper[c]) : z;
        double weight = x == z ? v : 0;
        changed += weight != w->weight[c];
        bound += x != z;
        w->weight[c] = weight;
        w->x[c] = x;
        leie_acc_add(&part, (v > 0 ? (x - s) * (x - s) / (2 * v) : 0) - pull * x);
    }
    w->part[first / CELL_GRAIN] = leie_acc_value(&part);
    w->changed[first / CELL_GRAIN] = changed;
    w->bound[first / CELL_GRAIN] = bound;
    return LEIE_OK;
}

/* Cells at the multipliers `next`; the value of the dual, and the size of its terms for rounding. */
static double set_point(newton *w, double *size)
{
    leie_acc dual = {0}, terms = {0};
    leie_parallel_for(w->n, CELL_GRAIN, set_cells, w, NULL);
    w->at_bound = 0;
    for (leie_size chunk = 0; chunk * CELL_GRAIN < w->n; chunk++) {
        leie_acc_add(&dual, w->part[chunk]);
        leie_acc_add(&terms, fabs(w->part[chunk]));
        w->moved = w->moved || w->changed[chunk] > 0;
        w->at_bound += w->bound[chunk];
    }
    for (leie_size k = 0; k < w->k; k++) {
        double term = w->next[k] * w->p->target[k] - w->p->error[k] * w->next[k] * w->next[k] / 2;
        leie_acc_add(&dual, term);
        leie_acc_add(&terms, fabs(term));
    }
    *size = leie_acc_value(&terms);
    return leie_acc_value(&dual);
}

/* missed = g - G x - E l; the largest, relative to its target or cells. */
static double set_missed(newton *w)
{
    const leie_csr *g = w->p->by_cell;
    double worst = 0;
    for (leie_size k = 0; k < w->k; k++)
        w->sum[k] = w->size[k] = (leie_acc){0};
    for (leie_size c = 0; c < w->n; c++)
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++) {
            double term = g->val[t] * w->x[c];
            leie_acc_add(&w->sum[g->col[t]], term);
            leie_acc_add(&w->size[g->col[t]], fabs(term));
        }
    for (leie_size k = 0; k < w->k; k++) {
        double target = w->p->target[k], scale = fmax(fabs(target), leie_acc_value(&w->size[k]));
        w->missed[k] = target - leie_acc_value(&w->sum[k]) - w->p->error[k] * w->l[k];
        double error = w->missed[k] == 0 ? 0 : fabs(w->missed[k]) / scale;
        worst = error > worst || isnan(error) ? error : worst;
    }
    return worst;
}

/* ---- Newton ---- */

/* Goes along `step` from l, halving until the dual does not fall; dual is its value before and after. */
static void go(newton *w, double *dual)
{
    double length = 1, size, before = *dual;
    for (int halving = 0;; halving++, length /= 2) {
        for (leie_size k = 0; k < w->k; k++)
            w->next[k] = w->l[k] + length * w->step[k];
        *dual = set_point(w, &size);
        if (!w->p->lower || *dual >= before - 1e-14 * size || halving == HALVINGS)
            break;
    }
    for (leie_size k = 0; k < w->k; k++)
        w->l[k] = w->next[k];
}

static leie_status iterate(newton *w, const leie_balance_opts *opt, leie_wls_info *info, leie_error *err)
{
    double tolerance = opt && opt->tolerance > 0 ? opt->tolerance : LEIE_BALANCE_TOLERANCE, size, dual;
    leie_size most = opt && opt->iterations > 0 ? opt->iterations : ITERATIONS;
    int stalled = 0;
    dual = set_point(w, &size);
    info->residual = set_missed(w);
    w->moved = true; // nothing is factored yet
    while (info->residual > tolerance && info->iterations < most && stalled < STALLED) {
        info->iterations++;
        leie_status st = w->moved ? leie_normal_factor(w->normal, w->weight, err) : LEIE_OK;
        w->moved = false;
        st = st ? st : leie_normal_solve(w->normal, w->step, w->missed, err);
        if (st)
            return st;
        go(w, &dual);
        double before = info->residual;
        info->residual = set_missed(w);
        stalled = !w->moved && info->residual > LITTLE * before ? stalled + 1 : 0;
    }
    info->converged = info->residual <= tolerance;
    info->conflict = !info->converged && stalled == STALLED && info->residual > CONFLICT;
    return LEIE_OK;
}

/* sd_c^2 = v_c - v_c^2 G_c' (G V G' + E)^-1 G_c over the cells that are not at a bound */
static leie_status set_errors(newton *w, double *sd, leie_error *err)
{
    const leie_csr *g = w->p->by_cell;
    leie_status st = leie_normal_factor(w->normal, w->weight, err);
    for (leie_size c = 0; !st && c < w->n; c++) {
        double v = w->weight[c], taken = 0;
        for (leie_size k = 0; k < w->k; k++)
            w->step[k] = 0;
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++)
            w->step[g->col[t]] = g->val[t];
        if (v > 0)
            st = leie_normal_solve(w->normal, w->step, w->step, err);
        for (leie_size t = g->row[c]; t < g->row[c + 1]; t++)
            taken += g->val[t] * w->step[g->col[t]];
        sd[c] = sqrt(fmax(0, v - v * v * taken));
    }
    return st;
}

static double chi_square(const newton *w)
{
    leie_acc sum = {0};
    for (leie_size c = 0; c < w->n; c++) {
        double d = w->x[c] - w->p->prior[c];
        if (w->p->variance[c] > 0)
            leie_acc_add(&sum, d * d / w->p->variance[c]);
    }
    for (leie_size k = 0; k < w->k; k++) // (E l)_k = (g - G x)_k
        leie_acc_add(&sum, w->p->error[k] * w->l[k] * w->l[k]);
    return leie_acc_value(&sum);
}

/* ---- setup ---- */

static leie_status check_numbers(const leie_wls_problem *p, leie_error *err)
{
    leie_size n = p->by_cell->rows;
    for (leie_size c = 0; c < n; c++) {
        if (!isfinite(p->prior[c]) || !(p->variance[c] >= 0) || isinf(p->variance[c]))
            return leie_fail(err, LEIE_ERR_DATA, "cell %lld is %g with variance %g", (long long)c + 1, p->prior[c],
                             p->variance[c]);
        if (p->lower && !(p->lower[c] <= p->upper[c]))
            return leie_fail(err, LEIE_ERR_DATA, "cell %lld has bounds %g and %g", (long long)c + 1, p->lower[c],
                             p->upper[c]);
    }
    for (leie_size k = 0; k < p->by_cell->cols; k++)
        if (!isfinite(p->target[k]) || !(p->error[k] >= 0) || isinf(p->error[k]))
            return leie_fail(err, LEIE_ERR_DATA, "constraint %lld has target %g with variance %g", (long long)k + 1,
                             p->target[k], p->error[k]);
    return LEIE_OK;
}

static void newton_free(newton *w)
{
    leie_normal_free(w->normal);
    leie_free(w->weight);
    leie_free(w->l);
    leie_free(w->next);
    leie_free(w->step);
    leie_free(w->missed);
    leie_free(w->sum);
    leie_free(w->size);
    leie_free(w->part);
    leie_free(w->changed);
    leie_free(w->bound);
}

static leie_status newton_new(newton *w, double *x, const leie_wls_problem *p, leie_error *err)
{
    leie_size n = p->by_cell->rows, k = p->by_cell->cols, chunks = n / CELL_GRAIN + 1;
    *w = (newton){.p = p, .n = n, .k = k, .x = x};
    w->weight = leie_new(n, sizeof *w->weight);
    w->l = leie_new(k, sizeof *w->l);
    w->next = leie_new(k, sizeof *w->next);
    w->step = leie_new(k, sizeof *w->step);
    w->missed = leie_new(k, sizeof *w->missed);
    w->sum = leie_new(k, sizeof *w->sum);
    w->size = leie_new(k, sizeof *w->size);
    w->part = leie_new(chunks, sizeof *w->part);
    w->changed = leie_new(chunks, sizeof *w->changed);
    w->bound = leie_new(chunks, sizeof *w->bound);
    if (!w->weight || !w->l || !w->next || !w->step || !w->missed || !w->sum || !w->size || !w->part || !w->changed ||
        !w->bound)
        return leie_fail_memory(err, "least squares", n + 8 * k, sizeof(double));
    return leie_normal_new(&w->normal, p->by_cell, p->variance, p->error, err);
}

leie_status leie_wls_solve(double *x, double *missed, double *sd_after, const leie_wls_problem *p,
                           const leie_balance_opts *opt, leie_wls_info *info, leie_error *err)
{
    newton w = {0};
    leie_wls_info found = {0};
    leie_status st = check_numbers(p, err);
    if (st)
        return st;
    st = newton_new(&w, x, p, err);
    st = st ? st : iterate(&w, opt, &found, err);
    if (!st && sd_after)
        st = set_errors(&w, sd_after, err);
    if (st)
        goto done;
    found.at_bound = w.at_bound;
    found.objective = chi_square(&w);
    for (leie_size k = 0; missed && k < w.k; k++)
        missed[k] = w.missed[k];
    if (info)
        *info = found;
done:
    newton_free(&w);
    return st;
}
