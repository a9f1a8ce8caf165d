// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/scenario/footprints.h"
#include "solver/scenario/montecarlo_impl.h"

enum {
    NARROW = 256,    // columns of A that are few, and
    NARROW_PART = 8, // not more than one in so many
    TOGETHER = 32,   // right-hand sides solved together
    ROW_GRAIN = 256
};

static const double FOR_SOLVES = 0.9; // of the tolerance of narrow draws

typedef leie_montecarlo_work work;

static const char *const ways[] = {"products", "baseline solves", "narrow", "whole"};

const char *leie_draw_way_name(leie_draw_way way)
{
    return ways[way];
}

// ---- what is asked ----

static void describe(leie_montecarlo *mc, work *w)
{
    const leie_table *t = w->t;
    for (leie_size j = 0; j < w->m; j++) {
        leie_demand_kind kind = t->demand.kind[j];
        bool counts = leie_demand_counts(kind) && !w->opts.exclude[kind];
        w->region[j] = counts ? (leie_index)leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]) : -1;
        for (leie_size a = 0; a < mc->q && w->region[j] >= 0; a++)
            w->wanted[j] |= w->q->member[a * t->sector.region.n + w->region[j]] != 0;
    }
    mc->has_total = leie_footprints_total(w->material, t);
}

static leie_size uncertain_columns(const work *w)
{
    leie_size columns = 0;
    if (w->in.industries) // every buyer
        return w->n;
    for (leie_size j = 0; w->in.any[LEIE_EDIT_A] && j < w->n; j++)
        columns += w->in.cols[LEIE_EDIT_A][j] != 0;
    return columns;
}

// The way, and how many draws go together.
static void choose_way(leie_montecarlo *mc, work *w)
{
    leie_size most = w->opts.narrow ? w->opts.narrow : NARROW;
    bool S = w->in.any[LEIE_EDIT_S], Y = w->in.any[LEIE_EDIT_Y] || w->in.keys;
    mc->columns = uncertain_columns(w);
    w->transposed = mc->k <= mc->q;
    if (mc->columns > 0 && (w->in.industries || mc->columns > most || mc->columns * NARROW_PART > w->n)) {
        mc->way = LEIE_DRAW_WHOLE;
        w->batch = 1;
        return;
    }
    bool solves = S && (Y || mc->columns > 0);
    mc->way = mc->columns ? LEIE_DRAW_NARROW : solves ? LEIE_DRAW_BASELINE : LEIE_DRAW_PRODUCTS;
    w->transposed = mc->columns == 0 && w->transposed;
    leie_size each = w->transposed ? mc->k : mc->q;
    w->batch = (solves || mc->columns > 0) && each < TOGETHER ? TOGETHER / each : 1;
}

// ---- small sums ----

typedef struct by_rows {
    const work *w;
    const double *Y; // [n, m]
    double *y;       // [n, q] with distance ld
    leie_size ld;
} by_rows;

static leie_status sum_demand(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const by_rows *g = ctx;
    const work *w = g->w;
    leie_size R = w->t->sector.region.n, q = w->q->label.n, columns = 0;
    double *by_region = leie_new(R, sizeof *by_region);
    leie_index *column = leie_new(w->m + 1, sizeof *column); // that some account region wants
    leie_status st = LEIE_OK;
    (void)worker;
    if (!by_region || !column)
        st = leie_fail_memory(err, "final demand", R + w->m, sizeof *by_region);
    for (leie_size j = 0; !st && j < w->m; j++)
        if (w->wanted[j])
            column[columns++] = (leie_index)j;
    for (leie_size i = first; !st && i < last; i++) {
        for (leie_size c = 0; c < columns; c++)
            by_region[w->region[column[c]]] += g->Y[i * w->m + column[c]];
        for (leie_size a = 0; a < q; a++)
            g->y[i * g->ld + a] = 0;
        for (leie_size c = 0; c < columns; c++) {
            leie_size r = w->region[column[c]];
            for (leie_size a = 0; a < q; a++)
                g->y[i * g->ld + a] += w->q->member[a * R + r] ? by_region[r] : 0;
            by_region[r] = 0; // once for each region
        }
    }
    leie_free(by_region);
    leie_free(column);
    return st;
}

// y[i, a] of the account regions.
static leie_status demand_of(const work *w, const double *Y, double *y, leie_size ld, leie_error *err)
{
    by_rows g = {w, Y, y, ld};
    return leie_parallel_for(w->n, ROW_GRAIN, sum_demand, &g, err);
}

static void direct_of(const leie_montecarlo *mc, const double *F_Y, double *direct)
{
    const work *w = mc->work;
    leie_size R = w->t->sector.region.n;
    memset(direct, 0, (size_t)(mc->q * mc->k) * sizeof *direct);
    for (leie_size a = 0; a < mc->q; a++)
        for (leie_size s = 0; s < mc->k; s++)
            for (leie_size j = 0; j < w->m; j++)
                if (w->region[j] >= 0 && w->q->member[a * R + w->region[j]])
                    direct[a * mc->k + s] += F_Y[s * w->m + j];
}

// e[a, s] = sum over i of left[i, s] right[i, a] + direct[a, s], both [n, ..] with distances ld.
static void footprints(const leie_montecarlo *mc, double *value, const double *left, leie_size step_i, leie_size step_s,
                       const double *right, leie_size ld, const double *direct)
{
    leie_size k = mc->k, n = mc->work->n;
    double r[ROW_GRAIN]; // of one account region
    memset(value, 0, (size_t)mc->outputs * sizeof *value);
    for (leie_size first = 0; first < n; first += ROW_GRAIN) {
        leie_size rows = n - first < ROW_GRAIN ? n - first : ROW_GRAIN;
        for (leie_size a = 0; a < mc->q; a++) {
            double *e = value + a * (k + 1);
            for (leie_size i = 0; i < rows; i++)
                r[i] = right[(first + i) * ld + a];
            for (leie_size s = 0; step_i == 1 && s < k; s++)
                e[s] += leie_dot_f64(left + first + s * step_s, r, rows);
            for (leie_size i = 0; step_i != 1 && i < rows; i++)
                for (leie_size s = 0; r[i] != 0 && s < k; s++)
                    e[s] += left[(first + i) * step_i + s * step_s] * r[i];
        }
    }
    for (leie_size a = 0; a < mc->q; a++)
        for (leie_size s = 0; s < k; s++)
            value[a * (k + 1) + s] += direct[a * k + s];
    leie_footprints_add(value, mc->q, k, mc->has_total ? mc->work->material : NULL);
}

// ---- opening ----

static leie_status new_array(double **to, leie_size count, leie_error *err)
{
    *to = leie_new(count ? count : 1, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, "draws", count, sizeof **to);
}

static leie_status new_arrays(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_size n = w->n, m = w->m, k = mc->k, q = mc->q, side = w->transposed ? k : q;
    struct {
        double **at;
        leie_size count;
    } list[] = {{&w->S, k * n}, {&w->M, n * k}, {&w->y, n * q}, {&w->X, n * q}, {&w->direct, q * k}, {&w->Y, n * m}, {&w->F_Y, k * m},
                {&w->S_d, w->batch * k * n}, {&w->b, n * side * w->batch}, {&w->x, n * side * w->batch}, {&w->value, w->batch * mc->outputs},
                {&mc->baseline, mc->outputs}, {&mc->first_order, mc->outputs}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof list / sizeof list[0]; i++)
        st = new_array(list[i].at, list[i].count, err);
    w->good = leie_new(w->batch, sizeof *w->good);
    mc->ranked = w->opts.ranked;
    mc->driver = leie_new(q * mc->ranked + 1, sizeof *mc->driver);
    if (!st && (!w->good || !mc->driver))
        st = leie_fail_memory(err, "draws", q * mc->ranked + 1, sizeof *mc->driver);
    return st;
}

leie_status leie_montecarlo_solve(leie_montecarlo *mc, bool transposed, leie_size columns, double *x, const double *b,
                                  const leie_start *start, double *residual, leie_error *err)
{
    leie_status st = leie_linsys_solve_from(mc->work->sys, transposed, columns, x, b, start, residual, err);
    if (!st)
        mc->record.residual = fmax(mc->record.residual, leie_linsys_state(mc->work->sys)->residual);
    return st;
}

static leie_status plan_solves(leie_plan *plan, const leie_montecarlo *mc, leie_error *err)
{
    const work *w = mc->work;
    return leie_plan_make(plan, &w->t->Z, &w->t->sector, w->transposed ? 0 : TOGETHER, w->transposed ? TOGETHER : mc->k, &w->opts.linsys, err);
}

static leie_status set_up(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_linsys_opts opts = w->opts.linsys;
    leie_plan plan;
    leie_status st = plan_solves(&plan, mc, err);
    if (st)
        return st;
    opts.method = plan.solver;
    if (mc->way == LEIE_DRAW_NARROW) // the rest is for x*_J (leie_narrow_gap)
        opts.tolerance = FOR_SOLVES * leie_montecarlo_tolerance(w);
    st = leie_linsys_setup(&w->sys, &w->t->Z, w->in.base.scale, &w->t->sector, &opts, err);
    mc->solver = plan.solver;
    return st;
}

// M, X and the footprints of the baseline.
static leie_status solve_baseline(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    const leie_table *t = w->t;
    leie_size n = w->n, k = mc->k;
    for (leie_size s = 0; s < k; s++)
        for (leie_size i = 0; i < n; i++) {
            w->S[s * n + i] = t->F[s * n + i] * w->in.base.scale[i];
            w->M[i * k + s] = w->S[s * n + i];
        }
    leie_status st = demand_of(w, t->Y, w->y, mc->q, err);
    st = st ? st : leie_montecarlo_solve(mc, true, k, w->M, w->M, NULL, NULL, err);
    bool good = !st && leie_linsys_state(w->sys)->converged;
    st = st ? st : leie_montecarlo_solve(mc, false, mc->q, w->X, w->y, NULL, NULL, err);
    if (!st && !(good && leie_linsys_state(w->sys)->converged))
        st = leie_fail(err, LEIE_ERR_CONVERGE, "uncertainty: the table itself is not solved to the tolerance (residual %.2e)",
                       leie_linsys_state(w->sys)->residual);
    if (st)
        return st;
    direct_of(mc, t->F_Y, w->direct);
    footprints(mc, mc->baseline, w->M, k, 1, w->y, mc->q, w->direct);
    return LEIE_OK;
}

// What is asked, where the uncertain cells are, and the way of draws.
static leie_status begin(leie_montecarlo *mc, const leie_table *t, const leie_account_regions *q, const leie_uncertain *u,
                         const leie_montecarlo_opts *opts, leie_error *err)
{
    *mc = (leie_montecarlo){.q = q->label.n, .k = t->stressor.n};
    mc->outputs = mc->q * (mc->k + 1);
    if (mc->q == 0 || mc->k == 0)
        return leie_fail(err, LEIE_ERR_DATA, "uncertainty: the table has no %s", mc->q ? "stressors" : "account regions");
    work *w = mc->work = leie_new(1, sizeof *w);
    if (!w)
        return leie_fail_memory(err, "draws", 1, sizeof *w);
    w->t = t;
    w->q = q;
    w->opts = opts ? *opts : (leie_montecarlo_opts){0};
    w->n = t->sector.n;
    w->m = t->demand.n;
    w->region = leie_new(w->m ? w->m : 1, sizeof *w->region);
    w->wanted = leie_new(w->m ? w->m : 1, sizeof *w->wanted);
    w->material = leie_new(mc->k, sizeof *w->material);
    if (!w->region || !w->wanted || !w->material)
        return leie_fail_memory(err, "draws", w->m + mc->k, sizeof *w->region);
    leie_status st = leie_inputs_make(&w->in, t, u, err);
    if (st)
        return st;
    describe(mc, w);
    choose_way(mc, w);
    return LEIE_OK;
}

leie_status leie_montecarlo_open(leie_montecarlo *mc, const leie_table *t, const leie_account_regions *q, const leie_uncertain *u,
                                 const leie_montecarlo_opts *opts, leie_error *err)
{
    leie_status st = begin(mc, t, q, u, opts, err);
    st = st ? st : new_arrays(mc, err);
    st = st ? st : leie_draws_new(&mc->record, mc->outputs, u->draws, mc->work->opts.keep, err);
    st = st ? st : set_up(mc, err);
    st = st ? st : solve_baseline(mc, err);
    if (!st && mc->way == LEIE_DRAW_NARROW)
        st = leie_narrow_make(mc, err);
    st = st ? st : leie_montecarlo_propagate(mc, err);
    if (st)
        leie_montecarlo_close(mc);
    return st;
}

leie_status leie_montecarlo_plan(leie_draw_plan *plan, const leie_table *t, const leie_account_regions *q, const leie_uncertain *u,
                                 const leie_montecarlo_opts *opts, leie_error *err)
{
    static const char *const costs[] = {"products with the solution of the baseline", "solves of the baseline's system",
                                       "rows of L for the columns of A, solved for once", "a system of its own"};
    leie_montecarlo mc = {0};
    leie_plan solves = {0};
    leie_status st = begin(&mc, t, q, u, opts, err);
    *plan = (leie_draw_plan){.way = mc.way, .columns = mc.columns};
    if (!st) {
        st = plan_solves(&solves, &mc, err);
        bool S = mc.work->in.any[LEIE_EDIT_S], Y = mc.work->in.any[LEIE_EDIT_Y] || mc.work->in.keys;
        bool each = mc.way == LEIE_DRAW_WHOLE || (S && (Y || mc.columns > 0));
        plan->together = mc.work->batch;
        plan->sides = !each ? 0 : mc.work->transposed ? mc.k : mc.q;
        plan->solver = solves.solver;
        snprintf(plan->why, sizeof plan->why,
                 "%lld draws (%s) by %s: %s for each; %lld columns of A uncertain, %lld right-hand sides per draw, %lld draws together, by %s",
                 (long long)u->draws, leie_design_name(u->design), leie_draw_way_name(mc.way), costs[mc.way], (long long)mc.columns, (long long)plan->sides,
                 (long long)plan->together, leie_solver_name(plan->solver));
    }
    leie_montecarlo_close(&mc);
    return st;
}

void leie_montecarlo_finish(leie_montecarlo *mc)
{
    work *w = mc->work;
    if (w) {
        double *arrays[] = {w->S, w->M, w->y, w->X, w->direct, w->Y, w->F_Y, w->S_d, w->b, w->x, w->value};
        for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
            leie_free(arrays[i]);
        leie_free(w->region);
        leie_free(w->wanted);
        leie_free(w->material);
        leie_free(w->good);
        leie_narrow_clear(&w->narrow);
        leie_linsys_free(w->sys);
        leie_inputs_clear(&w->in);
        leie_free(w);
    }
    mc->work = NULL;
}

void leie_montecarlo_close(leie_montecarlo *mc)
{
    leie_montecarlo_finish(mc);
    leie_free(mc->baseline);
    leie_free(mc->first_order);
    leie_free(mc->driver);
    leie_draws_clear(&mc->record);
    *mc = (leie_montecarlo){0};
}

// ---- draws ----

double leie_montecarlo_tolerance(const work *w)
{
    return w->opts.linsys.tolerance > 0 ? w->opts.linsys.tolerance : 1e-12;
}

// The whole of A is new: one system per draw.
static leie_status draw_whole(leie_montecarlo *mc, leie_error *err)
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
    st = new_array(&direct, q * k, err);
    st = st ? st : leie_inputs_draw_Y(&w->in, r.draw, w->wanted, w->Y, w->F_Y, err);
    st = st ? st : leie_inputs_draw_S(&w->in, r.draw, w->S_d, err);
    st = st ? st : demand_of(w, w->Y, w->transposed ? w->X : w->b, q, err);
    if (st)
        goto done;
    direct_of(mc, w->F_Y, direct);
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
        footprints(mc, w->value, w->x, k, 1, w->X, q, direct);
    else
        footprints(mc, w->value, w->S_d, 1, n, w->x, q, direct);
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

// Y, S and F_Y of the draws.
static leie_status draw_inputs(const together *g, leie_error *err)
{
    leie_montecarlo *mc = g->mc;
    work *w = mc->work;
    leie_size n = w->n, k = mc->k, q = mc->q;
    leie_status st = LEIE_OK;
    for (leie_size d = 0; !st && d < g->batch; d++) {
        uint32_t draw = (uint32_t)(mc->record.next + d);
        w->good[d] = true;
        st = leie_inputs_draw_Y(&w->in, draw, w->wanted, w->Y, w->F_Y, err);
        st = st ? st : demand_of(w, w->Y, demand_at(g, d), g->ld, err);
        direct_of(mc, w->F_Y, g->direct + d * q * k);
        if (!st && w->in.any[LEIE_EDIT_S])
            st = leie_inputs_draw_S(&w->in, draw, w->S_d + d * k * n, err);
        for (leie_size i = 0; g->solves && w->transposed && !st && i < n; i++)
            for (leie_size s = 0; s < k; s++)
                w->b[i * k * g->batch + d * k + s] = w->S_d[d * k * n + s * n + i];
    }
    return st;
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
    leie_status st = new_array(&gap, K, err);
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
    starting s = {.g = g, .side = w->transposed ? mc->k : mc->q};
    leie_size K = s.side * g->batch;
    double *residual = NULL;
    leie_status st = new_array(&residual, K, err);
    st = st ? st : new_array(&s.x, w->n * K, err);
    st = st ? st : new_array(&s.r, w->n * K, err);
    st = st ? st : leie_parallel_for(w->n, ROW_GRAIN, start_rows, &s, err);
    st = st ? st : leie_montecarlo_solve(mc, w->transposed, K, w->x, w->b, &(leie_start){s.x, s.r}, residual, err);
    for (leie_size c = 0; !st && c < K; c++)
        w->good[c / s.side] &= residual[c] <= leie_montecarlo_tolerance(w);
    if (!st && mc->way == LEIE_DRAW_NARROW)
        st = judge_narrow(g, w->x, residual, err);
    leie_free(residual);
    leie_free(s.x);
    leie_free(s.r);
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
            footprints(mc, e, S, 1, n, w->x + d * q, g->ld, own);
        else if (g->solves)
            footprints(mc, e, w->x + d * k, k * g->batch, 1, demand_at(g, d), g->ld, own);
        else if (w->in.any[LEIE_EDIT_S]) // Y and A are those of the baseline
            footprints(mc, e, S, 1, n, w->X, q, own);
        else
            footprints(mc, e, w->M, k, 1, demand_at(g, d), g->ld, own);
    }
    return LEIE_OK;
}

static leie_status draw_batch(leie_montecarlo *mc, leie_size batch, leie_error *err)
{
    work *w = mc->work;
    bool narrow = mc->way == LEIE_DRAW_NARROW;
    together g = {.mc = mc, .batch = batch, .solves = w->in.any[LEIE_EDIT_S] && (narrow || mc->way == LEIE_DRAW_BASELINE)};
    bool plain = g.solves && !w->transposed;
    double *y = NULL;
    g.beside = narrow || plain;
    g.ld = g.beside ? mc->q * batch : mc->q;
    leie_status st = new_array(&g.direct, batch * mc->q * mc->k, err);
    if (!plain)
        st = st ? st : new_array(&y, w->n * mc->q * batch, err);
    g.y = plain ? w->b : y;
    st = st ? st : draw_inputs(&g, err);
    if (!st && narrow)
        st = leie_narrow_widen(mc, batch, g.y, w->good, err);
    if (!st && g.solves)
        st = solve_draws(&g, err);
    else if (!st && narrow)
        st = judge_narrow(&g, NULL, NULL, err);
    st = st ? st : leie_parallel_for(batch, 1, add_up, &g, err);
    leie_free(g.direct);
    leie_free(y);
    return st;
}

leie_status leie_montecarlo_step(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_size batch = mc->record.draws - mc->record.next < w->batch ? mc->record.draws - mc->record.next : w->batch;
    if (batch <= 0)
        return LEIE_OK;
    // draws that go together are the same wherever a run was stopped
    batch = batch < w->batch - mc->record.next % w->batch ? batch : w->batch - mc->record.next % w->batch;
    leie_status st = mc->way == LEIE_DRAW_WHOLE ? draw_whole(mc, err) : draw_batch(mc, batch, err);
    leie_draw_counts counts = leie_inputs_counts(&w->in);
    if (st)
        return st;
    mc->counts.sign_changes += counts.sign_changes;
    mc->counts.over_one += counts.over_one;
    for (leie_size d = 0; d < batch; d++)
        leie_draws_add(&mc->record, w->good[d] ? w->value + d * mc->outputs : NULL);
    return LEIE_OK;
}
