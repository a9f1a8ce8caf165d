// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/outputs.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"

enum { STEPS_MOST = 60 };

// One change at work. N sectors with processes, C = q + 1 columns.
typedef struct solving {
    const leie_response *r;
    const leie_change *change;
    leie_size n, N, C;
    double *y, *X, *rest; // [N, C]
    double norm;          // |I - A|_1, at least
} solving;

static bool counts(const leie_response *r, leie_size a, leie_size j)
{
    return r->category_of[j] >= 0 && r->q->member[a * r->base->R + r->region_of[j]];
}

// y [n, C] of the baseline: regions, then everything that is sold to final demand, with the imbalance of rows.
static void demand_of(double *y, const leie_response *r)
{
    leie_size q = r->q->label.n, C = q + 1;
    for (leie_size i = 0; i < r->base->n; i++) {
        y[i * C + q] = r->rest[i];
        for (leie_size j = 0; j < r->m; j++) {
            double cell = r->base->t->Y[i * r->m + j];
            for (leie_size a = 0; a < q; a++)
                y[i * C + a] += counts(r, a, j) ? cell : 0;
            y[i * C + q] += cell;
        }
    }
}

static leie_status solve(const leie_response *r, leie_size C, double *x, leie_error *err)
{
    return leie_linsys_solve(r->sys, false, C, x, x, NULL, err); // rows of processes lie behind: L is the identity there
}

leie_status leie_outputs_baseline(double *X, const leie_response *r, leie_error *err)
{
    leie_size q = r->q->label.n, C = q + 1;
    memset(X, 0, (size_t)(r->base->n * C) * sizeof *X);
    demand_of(X, r);
    leie_status st = solve(r, C, X, err);
    if (!st && !leie_linsys_state(r->sys)->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "outputs of scenarios: the table is not solved to the tolerance");
    return st;
}

static leie_status open_solving(solving *s, const double *X, leie_error *err)
{
    const leie_edits *Y = &s->change->part[LEIE_EDIT_Y];
    double **arrays[] = {&s->y, &s->X, &s->rest};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = leie_new(s->N * s->C, sizeof(double));
        if (!*arrays[i])
            return leie_fail_memory(err, "outputs of a scenario", s->N * s->C, sizeof(double));
    }
    demand_of(s->y, s->r);
    for (leie_size i = 0; i < Y->n; i++) {
        double dy = Y->edit[i].now - Y->edit[i].old;
        double *row = s->y + Y->edit[i].row * s->C;
        for (leie_size a = 0; a + 1 < s->C; a++)
            row[a] += counts(s->r, a, Y->edit[i].col) ? dy : 0;
        row[s->C - 1] += dy;
    }
    memcpy(s->X, X, (size_t)(s->n * s->C) * sizeof *X);
    return LEIE_OK;
}

// rest = y* - (I - A*) X*, and the worst residual of a column.
static leie_status judge(solving *s, double *worst, leie_error *err)
{
    const leie_baseline *b = s->r->base;
    const leie_edits *A = &s->change->part[LEIE_EDIT_A];
    leie_size C = s->C;
    memset(s->rest, 0, (size_t)(s->N * C) * sizeof *s->rest);
    leie_status st = leie_matrix_product(s->rest, &b->t->Z, false, b->scale, C, s->X, err);
    for (leie_size i = 0; !st && i < A->n; i++) {
        double d = A->edit[i].now - A->edit[i].old;
        for (leie_size c = 0; c < C && d != 0; c++)
            s->rest[A->edit[i].row * C + c] += d * s->X[A->edit[i].col * C + c];
    }
    for (leie_size i = 0; !st && i < s->N * C; i++)
        s->rest[i] += s->y[i] - s->X[i];
    *worst = 0;
    for (leie_size c = 0; !st && c < C; c++) {
        double left = leie_sum_abs(s->rest + c, s->N, C), size = leie_sum_abs(s->y + c, s->N, C) + s->norm * leie_sum_abs(s->X + c, s->N, C);
        *worst = fmax(*worst, left > 0 ? left / size : 0);
    }
    return st;
}

static leie_status refine(solving *s, double *residual, leie_error *err)
{
    double worst = 0, goal = 0.01 * s->r->opts.tolerance, before = INFINITY;
    leie_status st = judge(s, &worst, err);
    for (int step = 0; !st && step < STEPS_MOST && worst > goal; step++) {
        if (!isfinite(worst) || (step > 5 && worst > 0.9 * before))
            break; // it does not come nearer
        before = worst;
        st = solve(s->r, s->C, s->rest, err);
        for (leie_size i = 0; !st && i < s->N * s->C; i++)
            s->X[i] += s->rest[i];
        st = st ? st : judge(s, &worst, err);
    }
    *residual = worst;
    if (!st && !(worst <= s->r->opts.tolerance))
        st = leie_fail(err, LEIE_ERR_CONVERGE, "outputs of the changed system did not reach the tolerance: residual %.2e", worst);
    return st;
}

static leie_status new_outputs(leie_outputs *o, const leie_response *r, const leie_outputs_opts *opts, leie_error *err)
{
    leie_size n = r->base->n, k = r->k, q = r->q->label.n;
    struct {
        double **at;
        leie_size count;
    } arrays[] = {{&o->x, opts->output ? n : 0}, {&o->production, opts->output ? k * n : 0}, {&o->origin, opts->output ? q * k * n : 0}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i].at = arrays[i].count ? leie_new(arrays[i].count, sizeof(double)) : NULL;
        if (arrays[i].count && !*arrays[i].at)
            return leie_fail_memory(err, "outputs of a scenario", arrays[i].count, sizeof(double));
    }
    return LEIE_OK;
}

// S* x* and S* X*: those of the baseline's S, then the changed cells.
static void fill_outputs(leie_outputs *o, const solving *s)
{
    const leie_baseline *b = s->r->base;
    const leie_edits *S = &s->change->part[LEIE_EDIT_S];
    leie_size n = s->n, k = s->r->k, q = s->C - 1;
    for (leie_size i = 0; i < n; i++) {
        const double *X = s->X + i * s->C;
        o->x[i] = X[q];
        for (leie_size p = 0; p < k; p++) {
            double pressure = leie_baseline_cell(b, LEIE_EDIT_S, p, i);
            o->production[p * n + i] = pressure * X[q];
            for (leie_size a = 0; a < q; a++)
                o->origin[(a * k + p) * n + i] = pressure * X[a];
        }
    }
    for (leie_size e = 0; e < S->n; e++) {
        leie_size i = S->edit[e].col, p = S->edit[e].row;
        double d = S->edit[e].now - S->edit[e].old;
        if (i >= n)
            continue;
        o->production[p * n + i] += d * o->x[i];
        for (leie_size a = 0; a < q; a++)
            o->origin[(a * k + p) * n + i] += d * s->X[i * s->C + a];
    }
}

// M* [k, n] from [k, N].
static leie_status fill_multipliers(leie_outputs *o, const leie_response *r, leie_response_work *work, leie_error *err)
{
    leie_size n = r->base->n, k = r->k;
    double *M = leie_new(k * r->N, sizeof *M);
    o->M = leie_new(k * n, sizeof *o->M);
    leie_status st = M && o->M ? leie_response_multipliers(M, r, work, err) : leie_fail_memory(err, "multipliers of a scenario", k * r->N, sizeof *M);
    for (leie_size p = 0; !st && p < k; p++)
        memcpy(o->M + p * n, M + p * r->N, (size_t)n * sizeof *M);
    leie_free(M);
    return st;
}

leie_status leie_outputs_make(leie_outputs *o, const leie_response *r, const leie_change *change, const double *X, leie_response_work *work,
                              const leie_outputs_opts *opts, leie_error *err)
{
    solving s = {.r = r, .change = change, .n = r->base->n, .N = r->N, .C = r->q->label.n + 1, .norm = r->norm};
    *o = (leie_outputs){0};
    leie_status st = new_outputs(o, r, opts, err);
    if (!st && opts->output) {
        st = open_solving(&s, X, err);
        st = st ? st : refine(&s, &o->residual, err);
        if (!st)
            fill_outputs(o, &s);
        leie_free(s.y);
        leie_free(s.X);
        leie_free(s.rest);
    }
    if (!st && opts->multiplier)
        st = fill_multipliers(o, r, work, err);
    if (st)
        leie_outputs_clear(o);
    return st;
}

void leie_outputs_clear(leie_outputs *o)
{
    leie_free(o->x);
    leie_free(o->production);
    leie_free(o->origin);
    leie_free(o->M);
    *o = (leie_outputs){0};
}
