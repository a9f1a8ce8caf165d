// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/newton.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

enum { MOST = 40 }; // iterations

static const double ENOUGH = 0.1; // of the step: what is left of the gradient, at most; less when steps are short

struct leie_newton {
    leie_solving *w;
    double *multiplier; // [m] of the constraints as they were read, each divided by its size
    double *r, *g, *p, *hp; // [n] gradient, projected gradient, direction, H direction
    double *mu;         // [m] of reduced rows
};

static leie_status newton_new(leie_newton **newton, leie_solving *w, leie_error *err)
{
    leie_size n = w->s->n, m = w->s->m;
    leie_newton *x = *newton = leie_new(1, sizeof *x);
    if (x)
        *x = (leie_newton){.w = w, .multiplier = leie_new(m, sizeof(double)), .r = leie_new(n, sizeof(double)),
                           .g = leie_new(n, sizeof(double)), .p = leie_new(n, sizeof(double)), .hp = leie_new(n, sizeof(double)),
                           .mu = leie_new(m, sizeof(double))};
    if (x && x->multiplier && x->r && x->g && x->p && x->hp && x->mu)
        return LEIE_OK;
    return leie_fail_memory(err, "a step of Newton's method", 4 * n + 2 * m, sizeof(double));
}

leie_newton *leie_newton_free(leie_newton *x)
{
    if (!x)
        return NULL;
    leie_free(x->multiplier);
    leie_free(x->r);
    leie_free(x->g);
    leie_free(x->p);
    leie_free(x->hp);
    leie_free(x->mu);
    return leie_free(x);
}

// y = T' y for steps first .. last - 1 of the elimination, which made the rows T A.
static void undo_steps(double *y, const leie_echelon *e, leie_size first, leie_size last)
{
    for (leie_size o = last - 1; o >= first; o--)
        y[e->step[o].pivot] -= e->step[o].factor * y[e->step[o].row];
}

/* Multipliers of the constraints from those of the reduced rows: elimination made the rows T A, so the constraints
 * get T' mu; those of the rows that unknowns follow from are zero in the end. Rows that nearly follow from others went through
 * more steps, in which the others took no part. */
static void spread_multipliers(leie_newton *x)
{
    const leie_linearised *at = &x->w->at;
    memset(x->multiplier, 0, (size_t)x->w->s->m * sizeof *x->multiplier);
    for (leie_size k = 0; k < at->rows; k++)
        if (at->near[at->id[k]])
            x->multiplier[at->id[k]] = at->mu[k] * at->factor_of[k];
    if (at->nears)
        undo_steps(x->multiplier, &at->e, at->unknown_steps, at->e.steps);
    for (leie_size k = 0; k < at->rows; k++)
        if (!at->near[at->id[k]])
            x->multiplier[at->id[k]] += at->mu[k] * at->factor_of[k];
    undo_steps(x->multiplier, &at->e, 0, at->unknown_steps);
}

static bool moves(const leie_solving *w, leie_size i)
{
    return w->role[i] == LEIE_ROLE_MEASURED || (w->role[i] == LEIE_ROLE_UNKNOWN && w->at.e.pivot_of[i] >= 0);
}

// out = H d
static void curvature(double *out, const double *d, const leie_newton *x)
{
    const leie_solving *w = x->w;
    const leie_mfa_system *s = w->s;
    for (leie_size i = 0; i < s->n; i++)
        out[i] = w->role[i] == LEIE_ROLE_MEASURED ? d[i] : 0;
    for (leie_size k = 0; k < s->m; k++) {
        if (x->multiplier[k] == 0)
            continue;
        for (leie_size t = s->first[k]; t < s->first[k + 1]; t++) {
            leie_index p = s->term[t].p, q = s->term[t].q;
            if (q < 0 || !moves(w, p) || !moves(w, q))
                continue;
            double c = x->multiplier[k] * s->term[t].coef * w->scale[p] * w->scale[q] / w->at.size[k];
            out[p] -= c * d[q];
            out[q] -= c * d[p];
        }
    }
}

// The unknowns of g follow from its measured variables: pivot rows with nothing on their right.
static void follow(double *g, const leie_linearised *at)
{
    const leie_echelon *e = &at->e;
    for (leie_size p = at->unknowns - 1; p >= 0; p--) {
        leie_size row = e->pivot_row[p];
        double sum = 0;
        for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
            if (e->col[t] != e->pivot_col[p])
                sum -= e->val[t] * g[e->col[t]];
        g[e->pivot_col[p]] = sum / e->pivot_val[p];
    }
}

/* g = projection of r, and r what of it counts:  minimises 1/2 |g - r|^2 over measured variables and -r'g over unknowns, with A g = 0. */
static void project(leie_newton *x)
{
    const leie_solving *w = x->w;
    const leie_linearised *at = &w->at;
    const leie_echelon *e = &at->e;
    double *g = x->g;
    memcpy(g, x->r, (size_t)w->s->n * sizeof *g);
    for (leie_size p = 0; p < at->unknowns; p++) { // what unknowns want becomes what measured variables want
        leie_size row = e->pivot_row[p];
        double nu = g[e->pivot_col[p]] / e->pivot_val[p];
        for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
            g[e->col[t]] -= e->val[t] * nu;
    }
    for (leie_size i = 0; i < w->s->n; i++)
        if (w->role[i] != LEIE_ROLE_MEASURED)
            g[i] = 0;
    for (leie_size k = 0; k < at->rows; k++) { // g = g - A' (A A')^-1 A g
        x->mu[k] = 0;
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            x->mu[k] += at->val[t] * g[at->col[t]]; // held ones are zero
    }
    leie_cholesky_solve(&at->factor, x->mu, x->w->at.work);
    for (leie_size k = 0; k < at->rows; k++)
        for (leie_size t = at->first[k]; t < at->first[k + 1]; t++)
            if (w->role[at->col[t]] == LEIE_ROLE_MEASURED)
                g[at->col[t]] -= at->val[t] * x->mu[k];
    for (leie_size i = 0; i < w->s->n; i++) // what constraints take back says nothing, but its rounding would
        x->r[i] = g[i];
    follow(g, at);
}

static double dot(const double *a, const double *b, leie_size n)
{
    double sum = 0;
    for (leie_size i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static double square_of_step(const leie_solving *w)
{
    double sum = 0;
    for (leie_size i = 0; i < w->s->n; i++)
        sum += w->role[i] == LEIE_ROLE_MEASURED ? w->step[i] * w->step[i] : 0;
    return sum;
}

static void descend(leie_newton *x)
{
    leie_solving *w = x->w;
    leie_size n = w->s->n;
    curvature(x->r, w->step, x); // r = H d + u
    for (leie_size i = 0; i < n; i++)
        if (w->role[i] == LEIE_ROLE_MEASURED)
            x->r[i] += leie_adjustment(w, i);
    project(x);
    double rg = dot(x->r, x->g, n), enough = fmin(ENOUGH, w->last_step);
    for (leie_size i = 0; i < n; i++)
        x->p[i] = -x->g[i];
    for (int k = 0; k < MOST && rg > enough * enough * square_of_step(w); k++) {
        curvature(x->hp, x->p, x);
        double php = dot(x->p, x->hp, n);
        if (!(php > 0))
            return;
        double alpha = rg / php;
        for (leie_size i = 0; i < n; i++) {
            w->step[i] += alpha * x->p[i];
            x->r[i] += alpha * x->hp[i];
        }
        project(x);
        double now = dot(x->r, x->g, n);
        for (leie_size i = 0; i < n; i++)
            x->p[i] = -x->g[i] + now / rg * x->p[i];
        rg = now;
    }
}

leie_status leie_newton_step(leie_solving *w, leie_error *err)
{
    leie_status st = w->newton ? LEIE_OK : newton_new(&w->newton, w, err);
    if (st)
        return st;
    spread_multipliers(w->newton);
    descend(w->newton);
    return LEIE_OK;
}
