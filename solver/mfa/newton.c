// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/newton.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

enum { MOST = 40 }; // iterations

static const double ENOUGH = 0.1; // of the step: what is left of the gradient, at most; less when steps are short

typedef struct newton {
    leie_solving *w;
    double *multiplier; // [m] of the constraints as they were read, each divided by its size
    double *r, *g, *p, *hp; // [n] gradient, projected gradient, direction, H direction
    double *mu, *work;  // [rows]
} newton;

static leie_status newton_new(newton *x, leie_solving *w, leie_error *err)
{
    leie_size n = w->s->n, m = w->s->m, rows = w->at.rows;
    *x = (newton){.w = w, .multiplier = leie_new(m, sizeof(double)), .r = leie_new(n, sizeof(double)),
                  .g = leie_new(n, sizeof(double)), .p = leie_new(n, sizeof(double)), .hp = leie_new(n, sizeof(double)),
                  .mu = leie_new(rows, sizeof(double)), .work = leie_new(rows, sizeof(double))};
    if (x->multiplier && x->r && x->g && x->p && x->hp && x->mu && x->work)
        return LEIE_OK;
    return leie_fail_memory(err, "a step of Newton's method", 4 * n + m + 2 * rows, sizeof(double));
}

static void newton_free(newton *x)
{
    leie_free(x->multiplier);
    leie_free(x->r);
    leie_free(x->g);
    leie_free(x->p);
    leie_free(x->hp);
    leie_free(x->mu);
    leie_free(x->work);
}

/* Multipliers of the constraints from those of the reduced rows: elimination made the rows T A, so the constraints
 * get T' mu; those of the rows that unknowns follow from are zero in the end. */
static void spread_multipliers(newton *x)
{
    const leie_linearised *at = &x->w->at;
    for (leie_size k = 0; k < at->rows; k++)
        x->multiplier[at->id[k]] = at->mu[k];
    for (leie_size o = at->e.steps - 1; o >= 0; o--)
        x->multiplier[at->e.step[o].pivot] -= at->e.step[o].factor * x->multiplier[at->e.step[o].row];
}

static bool moves(const leie_solving *w, leie_size i)
{
    return w->role[i] == LEIE_ROLE_MEASURED || (w->role[i] == LEIE_ROLE_UNKNOWN && w->at.e.pivot_of[i] >= 0);
}

// out = H d
static void curvature(double *out, const double *d, const newton *x)
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
static void project(newton *x)
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
    leie_cholesky_solve(&at->factor, x->mu, x->work);
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

static void descend(newton *x)
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
    newton x;
    leie_status st = newton_new(&x, w, err);
    if (!st) {
        spread_multipliers(&x);
        descend(&x);
    }
    newton_free(&x);
    return st;
}
