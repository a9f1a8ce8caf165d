// SPDX-License-Identifier: GPL-3.0-or-later
/* One draw with a system of its own, or several that share the system of the baseline. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"

#include "kernels/parallel.h"
#include "solver/scenario/montecarlo_impl.h"

enum { ROW_GRAIN = 256 };

typedef leie_montecarlo_work work;

// y [n, q] of a draw with distance ld, and its direct pressures.
static leie_status draw_demand(leie_montecarlo *mc, uint32_t draw, int worker, double *y, leie_size ld, double *direct, leie_error *err)
{
    work *w = mc->work;
    double *Y = w->Y + worker * w->n * w->m, *F_Y = w->F_Y + worker * mc->k * w->m;
    if (!w->in.any[LEIE_EDIT_Y] && !w->in.any[LEIE_EDIT_F_Y] && !w->in.keys && !w->in.industries) { // those of the baseline
        for (leie_size i = 0; i < w->n; i++)
            memcpy(y + i * ld, w->y + i * mc->q, (size_t)mc->q * sizeof *y);
        memcpy(direct, w->direct, (size_t)(mc->q * mc->k) * sizeof *direct);
        return LEIE_OK;
    }
    leie_status st = leie_inputs_draw_Y(&w->in, draw, w->wanted, Y, F_Y, err);
    st = st ? st : leie_montecarlo_demand(w, Y, y, ld, err);
    if (!st)
        leie_montecarlo_direct(mc, F_Y, direct);
    return st;
}

// The whole of A is new: one system per draw.
leie_status leie_montecarlo_whole(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_size n = w->n, k = mc->k, q = mc->q;
    leie_inputs_redraw r = {&w->in, (uint32_t)mc->record.next};
    const leie_start near = {.x = w->transposed ? w->M : w->X};
    leie_error refused = {0};
    double *direct = NULL;
    leie_inputs_begin(&w->in, r.draw);
    leie_status st = leie_linsys_redraw(w->sys, leie_inputs_redraw_column, &r, &refused);
    if (st == LEIE_ERR_SINGULAR) {
        w->good[0] = false;
        return LEIE_OK;
    }
    if (st) {
        if (err && !err->code)
            *err = refused;
        return st;
    }
    st = leie_montecarlo_array(&direct, q * k, err);
    st = st ? st : draw_demand(mc, r.draw, 0, w->transposed ? w->X : w->b, q, direct, err);
    st = st ? st : leie_inputs_draw_S(&w->in, r.draw, w->S_d, err);
    if (st)
        goto done;
    if (w->transposed)
        for (leie_size i = 0; i < n; i++)
            for (leie_size s = 0; s < k; s++)
                w->b[i * k + s] = w->S_d[s * n + i];
    st = leie_linsys_solve_from(w->sys, w->transposed, w->transposed ? k : q, w->x, w->b, &near, NULL, err);
    if (st)
        goto done;
    w->good[0] = leie_linsys_state(w->sys)->converged;
    if (!w->good[0])
        goto done;
    mc->record.residual = fmax(mc->record.residual, leie_linsys_state(w->sys)->residual);
    if (w->transposed)
        leie_montecarlo_footprints(mc, w->value, w->x, k, 1, w->X, q, direct);
    else
        leie_montecarlo_footprints(mc, w->value, w->S_d, 1, n, w->x, q, direct);
done:
    leie_free(direct);
    return st;
}

// What draws next .. next + batch - 1 from the system of the baseline share.
typedef struct together {
    leie_montecarlo *mc;
    leie_size batch, ld; // distance of rows of y and, for X, of x
    bool solves, beside; // whether y* of the draws stand side by side, [n, batch q]
    double *y, *direct;  // [n, q] of each draw; [batch, q, k]
} together;

static double *demand_at(const together *g, leie_size d)
{
    return g->y + d * g->mc->q * (g->beside ? 1 : g->mc->work->n);
}

// Y, S and F_Y of some draws.
static leie_status draw_some(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const together *g = ctx;
    leie_montecarlo *mc = g->mc;
    work *w = mc->work;
    leie_size n = w->n, k = mc->k, q = mc->q;
    leie_status st = LEIE_OK;
    for (leie_size d = first; !st && d < last; d++) {
        uint32_t draw = (uint32_t)(mc->record.next + d);
        w->good[d] = true;
        st = draw_demand(mc, draw, worker, demand_at(g, d), g->ld, g->direct + d * q * k, err);
        if (!st && w->in.any[LEIE_EDIT_S])
            st = leie_inputs_draw_S(&w->in, draw, w->S_d + d * k * n, err);
        for (leie_size i = 0; g->solves && w->transposed && !st && i < n; i++)
            for (leie_size s = 0; s < k; s++)
                w->b[i * k * g->batch + d * k + s] = w->S_d[d * k * n + s * n + i];
    }
    return st;
}

// Those of all draws, side by side unless keys are uncertain: their factors are made by one worker.
static leie_status draw_inputs(together *g, leie_error *err)
{
    const work *w = g->mc->work;
    if (w->in.keys || w->in.industries)
        return draw_some(g, 0, g->batch, 0, err);
    return leie_parallel_for(g->batch, 1, draw_some, g, err);
}

// A start of draws that are solved together: the solution of the baseline, and what their right-hand sides differ by.
typedef struct starting {
    const together *g;
    leie_size side;
    double *x, *r; // [n, batch side]
} starting;

static leie_status start_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const starting *s = ctx;
    const work *w = s->g->mc->work;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size d = 0; d < s->g->batch; d++)
            for (leie_size c = 0; c < s->side; c++) {
                leie_size at = (i * s->g->batch + d) * s->side + c;
                s->x[at] = w->transposed ? w->M[i * s->side + c] : w->X[i * s->side + c];
                s->r[at] = w->b[at] - (w->transposed ? w->S[c * w->n + i] : w->y[i * s->side + c]);
            }
    return LEIE_OK;
}

// What narrow draws leave beside the residual of their solves; x NULL where nothing was solved.
static leie_status judge_narrow(const together *g, const double *x, const double *residual, leie_error *err)
{
    leie_montecarlo *mc = g->mc;
    work *w = mc->work;
    leie_size K = mc->q * g->batch;
    double *gap = NULL;
    leie_status st = leie_montecarlo_array(&gap, K, err);
    st = st ? st : leie_narrow_gap(mc, g->batch, x, g->y, gap, err);
    for (leie_size c = 0; !st && c < K; c++) {
        double both = gap[c] + (residual ? residual[c] : 0);
        w->good[c / mc->q] &= both <= leie_montecarlo_tolerance(w);
        if (both <= leie_montecarlo_tolerance(w))
            mc->record.residual = fmax(mc->record.residual, both);
    }
    leie_free(gap);
    return st;
}

static leie_status solve_draws(const together *g, leie_error *err)
{
    leie_montecarlo *mc = g->mc;
    work *w = mc->work;
    starting s = {.g = g, .side = w->transposed ? mc->k : mc->q, .x = w->start};
    leie_size K = s.side * g->batch;
    s.r = w->start + w->n * K;
    double *residual = NULL;
    leie_status st = leie_montecarlo_array(&residual, K, err);
    st = st ? st : leie_parallel_for(w->n, ROW_GRAIN, start_rows, &s, err);
    st = st ? st : leie_montecarlo_solve(mc, w->transposed, K, w->x, w->b, &(leie_start){s.x, s.r}, residual, err);
    for (leie_size c = 0; !st && c < K; c++)
        w->good[c / s.side] &= residual[c] <= leie_montecarlo_tolerance(w);
    if (!st && mc->way == LEIE_DRAW_NARROW)
        st = judge_narrow(g, w->x, residual, err);
    leie_free(residual);
    return st;
}

static leie_status add_up(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const together *g = ctx;
    const leie_montecarlo *mc = g->mc;
    const work *w = mc->work;
    leie_size n = w->n, k = mc->k, q = mc->q;
    (void)worker;
    (void)err;
    for (leie_size d = first; d < last; d++) {
        double *e = w->value + d * mc->outputs, *own = g->direct + d * q * k;
        const double *S = w->S_d + d * k * n;
        if (g->solves && !w->transposed)
            leie_montecarlo_footprints(mc, e, S, 1, n, w->x + d * q, g->ld, own);
        else if (g->solves)
            leie_montecarlo_footprints(mc, e, w->x + d * k, k * g->batch, 1, demand_at(g, d), g->ld, own);
        else if (w->in.any[LEIE_EDIT_S]) // Y and A are those of the baseline
            leie_montecarlo_footprints(mc, e, S, 1, n, w->X, q, own);
        else
            leie_montecarlo_footprints(mc, e, w->M, k, 1, demand_at(g, d), g->ld, own);
    }
    return LEIE_OK;
}

leie_status leie_montecarlo_batch(leie_montecarlo *mc, leie_size batch, leie_error *err)
{
    work *w = mc->work;
    bool narrow = mc->way == LEIE_DRAW_NARROW;
    together g = {.mc = mc, .batch = batch, .solves = w->in.any[LEIE_EDIT_S] && (narrow || mc->way == LEIE_DRAW_BASELINE)};
    bool plain = g.solves && !w->transposed;
    g.beside = narrow || plain;
    g.ld = g.beside ? mc->q * batch : mc->q;
    leie_status st = leie_montecarlo_array(&g.direct, batch * mc->q * mc->k, err);
    g.y = plain ? w->b : w->beside;
    st = st ? st : draw_inputs(&g, err);
    if (!st && narrow)
        st = leie_narrow_widen(mc, batch, g.y, w->good, err);
    if (!st && g.solves)
        st = solve_draws(&g, err);
    else if (!st && narrow)
        st = judge_narrow(&g, NULL, NULL, err);
    st = st ? st : leie_parallel_for(batch, 1, add_up, &g, err);
    leie_free(g.direct);
    return st;
}
