// SPDX-License-Identifier: GPL-3.0-or-later
/* Dense LU of M = I - A in f32, behind residuals in f64 from Z: half the memory of lu_dense.c, and half the time of its
 * factorization.
 *
 *   x = 0;   r = b - M x in f64;   x = x + (L U)^-1 r in f32;   again while it helps
 *
 * Each step makes the error smaller by about the condition of M times 6e-8: a system that f32 cannot factor, or that
 * gets no better, is handed to dense LU in f64. Rows, columns and right-hand sides are multiplied by powers of two, so
 * that units do not matter and f32 holds them whatever their size. A step is the last one when the residual and the
 * error that two successive corrections promise are both within the tolerance. Langou et al. (2006), SC 2006; Higham (2002), Accuracy and Stability of Numerical
 * Algorithms, 12.1.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/linsys_impl.h"

enum {
    ROW_GRAIN = 64,
    STEPS = 12 // of refinement, when each helps by ten
};
static const double PROGRESS = 0.5; // of what was left, within one step

typedef struct mixed {
    leie_size n, ld;
    float *f;    // [n, ld] factors of R M C
    double *row, *col; // [n] the powers of two R and C that bring rows and columns of M to about one
    int *pivot;  // [n]
    float *work; // [n, LEIE_GROUP] right-hand sides in f32
    leie_size bad; // the row of a pivot that f32 does not have, -1 for none
} mixed;

static leie_size mixed_bytes(const leie_shape *shape)
{
    leie_size n = shape->axis->n, floats = n * leie_blocklu_stride(n) + n * LEIE_GROUP;
    return floats * (leie_size)sizeof(float) + (4 * LEIE_GROUP + 2) * n * (leie_size)sizeof(double) +
           n * (leie_size)sizeof(int);
}

static void mixed_free(void *state)
{
    mixed *m = state;
    if (m) {
        leie_free(m->f);
        leie_free(m->row);
        leie_free(m->col);
        leie_free(m->pivot);
        leie_free(m->work);
        leie_free(m);
    }
}

/* 2^e with x <= 2^e; x > 0 */
static double power_above(double x)
{
    int exponent;
    frexp(x, &exponent);
    return ldexp(1, exponent);
}

/* 1 / power_above(x), 1 for a row or column without cells. */
static double balance(double x)
{
    return x > 0 && isfinite(x) ? 1 / power_above(x) : 1;
}

// ---- setup ----

typedef struct filling {
    const leie_linsys *sys;
    mixed *m;
    double *row; // [workers, n] one of I - A
} filling;

/* Rows of R (I - A), rounded. */
static leie_status fill_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const filling *c = ctx;
    leie_size n = c->m->n;
    double *from = c->row + worker * n;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        float *row = c->m->f + i * c->m->ld;
        double most = 0;
        memset(from, 0, (size_t)n * sizeof *from);
        leie_linsys_row(c->sys, i, from);
        for (leie_size j = 0; j < n; j++)
            most = fmax(most, fabs(from[j]));
        double r = c->m->row[i] = balance(most);
        for (leie_size j = 0; j < n; j++)
            row[j] = (float)(r * from[j]);
    }
    return LEIE_OK;
}

/* Columns first .. last - 1 times C. */
static leie_status scale_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    mixed *m = ((filling *)ctx)->m;
    (void)worker;
    (void)err;
    for (leie_size i = 0; i < m->n; i++)
        for (leie_size j = first; j < last; j++)
            m->col[j] = fmax(m->col[j], fabs((double)m->f[i * m->ld + j]));
    for (leie_size j = first; j < last; j++)
        m->col[j] = balance(m->col[j]);
    for (leie_size i = 0; i < m->n; i++)
        for (leie_size j = first; j < last; j++)
            m->f[i * m->ld + j] = (float)(m->f[i * m->ld + j] * m->col[j]);
    return LEIE_OK;
}

static leie_status mixed_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_size n = sys->axis->n;
    (void)bytes;
    mixed *m = leie_new(1, sizeof *m);
    if (m) {
        m->n = n;
        m->ld = leie_blocklu_stride(n);
        m->f = leie_new_pages(n * m->ld, sizeof *m->f);
        m->row = leie_new(n, sizeof *m->row);
        m->col = leie_new(n, sizeof *m->col);
        m->pivot = leie_new(n, sizeof *m->pivot);
        m->work = leie_new(n, LEIE_GROUP * sizeof *m->work);
    }
    filling c = {.sys = sys, .m = m, .row = leie_new(leie_threads(), (size_t)n * sizeof *c.row)};
    if (!m || !m->f || !m->row || !m->col || !m->pivot || !m->work || !c.row) {
        leie_free(c.row);
        mixed_free(m);
        return leie_fail_memory(err, "the f32 factors of I - A", n, (size_t)n * sizeof(float));
    }
    leie_parallel_for(n, ROW_GRAIN, fill_rows, &c, NULL);
    leie_free(c.row);
    leie_parallel_for(n, ROW_GRAIN, scale_columns, &c, NULL);
    leie_profile_add(LEIE_WORK_FACTOR, leie_linsys_bytes(sys) + 16.0 * (double)n * (double)n, 2.0 / 3 * (double)n * (double)n * (double)n);
    m->bad = leie_blocklu_factor_f32(m->f, n, m->ld, m->pivot);
    *state = m;
    return LEIE_OK;
}

/* d = C (R M C)^-1 R r, or R (R M C)'^-1 C r, each column by way of f32 at a size of about one. */
static void apply(const mixed *m, const leie_group *g, double *d)
{
    const double *in = g->transposed ? m->col : m->row, *out = g->transposed ? m->row : m->col;
    double size[LEIE_GROUP] = {0};
    for (leie_size i = 0; i < m->n; i++)
        for (leie_size c = 0; c < g->k; c++)
            size[c] = fmax(size[c], fabs(g->r[i * g->k + c]) * in[i]);
    for (leie_size c = 0; c < g->k; c++)
        size[c] = size[c] > 0 ? power_above(size[c]) : 1;
    for (leie_size i = 0; i < m->n; i++)
        for (leie_size c = 0; c < g->k; c++)
            m->work[i * g->k + c] = (float)(g->r[i * g->k + c] * in[i] / size[c]);
    leie_blocklu_solve_f32(m->f, m->n, m->ld, m->pivot, g->transposed, g->k, m->work);
    for (leie_size i = 0; i < m->n; i++)
        for (leie_size c = 0; c < g->k; c++)
            d[i * g->k + c] = (double)m->work[i * g->k + c] * out[i] * size[c];
}

// ---- refinement ----

/* What a step left: the residual, and the error that the last two corrections promise. */
typedef struct progress {
    double step[LEIE_GROUP]; // |d|_1 / |x|_1 of the last correction
    double left[LEIE_GROUP]; // the larger of residual and error; 0 for right-hand sides that are done
    double residual[LEIE_GROUP], residual_b[LEIE_GROUP]; // of the x that was kept in t
} progress;

/* t = x, x = x + d for right-hand sides that are not done; takes note of the sizes of d. d is in t. */
static void add(leie_group *g, progress *p, leie_size step)
{
    double d[LEIE_GROUP] = {0}, x[LEIE_GROUP] = {0};
    for (leie_size i = 0; i < g->sys->axis->n; i++)
        for (leie_size c = 0; c < g->k; c++) {
            leie_size at = i * g->k + c;
            double before = g->x[at], now = p->left[c] > 0 ? before + g->t[at] : before;
            d[c] += fabs(now - before);
            x[c] += fabs(now);
            g->t[at] = before;
            g->x[at] = now;
        }
    for (leie_size c = 0; c < g->k; c++) {
        double size = d[c] > 0 ? d[c] / x[c] : 0, share = step > 0 && p->step[c] > 0 ? size / p->step[c] : 1;
        if (p->left[c] > 0)
            p->left[c] = size * fmin(1, share);
        p->step[c] = size;
    }
}

/* Right-hand sides that the step made worse get their old x back. */
static void take_back(leie_group *g, const progress *p)
{
    for (leie_size c = 0; c < g->k; c++) {
        if (g->residual[c] <= p->residual[c])
            continue;
        g->residual[c] = p->residual[c];
        g->residual_b[c] = p->residual_b[c];
        for (leie_size i = 0; i < g->sys->axis->n; i++)
            g->x[i * g->k + c] = g->t[i * g->k + c];
    }
}

/* The larger of residual and error left over all right-hand sides; infinite when one is not finite. */
static double still_to_do(const leie_group *g, progress *p)
{
    double worst = 0;
    for (leie_size c = 0; c < g->k; c++) {
        double left = fmax(p->left[c], g->residual[c]);
        if (isnan(p->left[c]) || isnan(g->residual[c]))
            left = INFINITY;
        p->left[c] = left <= g->sys->opts.tolerance ? 0 : left;
        worst = fmax(worst, p->left[c]);
    }
    return worst;
}

static leie_status refine(const mixed *m, leie_group *g, leie_error *err)
{
    leie_size n = m->n * g->k;
    double before = INFINITY;
    progress p = {0};
    memset(g->x, 0, (size_t)n * sizeof *g->x);
    memcpy(g->r, g->b, (size_t)n * sizeof *g->r); // r = b
    for (leie_size c = 0; c < g->k; c++)
        g->residual[c] = g->residual_b[c] = p.left[c] = 1;
    for (leie_size step = 0; step < STEPS; step++) {
        memcpy(p.residual, g->residual, sizeof p.residual[0] * (size_t)g->k);
        memcpy(p.residual_b, g->residual_b, sizeof p.residual_b[0] * (size_t)g->k);
        double begun = leie_profile_begin(), cells = (double)m->n * (double)m->n;
        apply(m, g, g->t); // d = M^-1 r
        leie_profile_end(LEIE_WORK_SUBSTITUTE, begun, 4 * cells, 2 * cells * (double)g->k);
        add(g, &p, step);  // x = x + d
        leie_status st = leie_group_judged(g, g->x, g->residual, g->residual_b, err); // r = b - M x
        if (st)
            return st;
        g->iterations = step;
        double now = still_to_do(g, &p);
        if (now == 0)
            return LEIE_OK;
        if (!(now <= PROGRESS * before)) {
            take_back(g, &p);
            return LEIE_OK;
        }
        before = now;
    }
    return LEIE_OK;
}

static leie_status mixed_solve(void *state, leie_group *group, leie_error *err)
{
    const mixed *m = state;
    if (m->bad >= 0) {
        const leie_axis *axis = group->sys->axis;
        snprintf(group->why, sizeof group->why, "mixed LU: region '%.32s', sector '%.32s' has no pivot in f32",
                 axis->region.code[axis->of[m->bad]], axis->code[m->bad]);
        return leie_group_give_in(group, err);
    }
    leie_status st = refine(m, group, err);
    group->stalled = !st && !leie_group_converged(group);
    if (group->stalled)
        snprintf(group->why, sizeof group->why, "mixed LU stalled at a residual of %.1e after %lld steps of refinement",
                 leie_group_worst(group), (long long)group->iterations);
    return st;
}

const leie_backend leie_backend_mixed = {LEIE_GROUP, mixed_bytes, mixed_setup, mixed_solve, mixed_free, NULL, NULL};
