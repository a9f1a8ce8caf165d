// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/footprints.h"
#include "solver/scenario/montecarlo_impl.h"

enum {
    NARROW = 256,    // columns of A that are few, and
    NARROW_PART = 8, // not more than one in so many
    TOGETHER = 32    // right-hand sides solved together
};

static const double FOR_SOLVES = 0.5; // of the tolerance of narrow draws

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

// ---- opening ----

leie_status leie_montecarlo_array(double **to, leie_size count, leie_error *err)
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
    } list[] = {{&w->S, k * n}, {&w->M, n * k}, {&w->y, n * q}, {&w->X, n * q}, {&w->direct, q * k}, {&w->Y, leie_threads() * n * m},
                {&w->F_Y, leie_threads() * k * m},
                {&w->S_d, w->batch * k * n}, {&w->b, n * side * w->batch}, {&w->x, n * side * w->batch},
                {&w->start, 2 * n * side * w->batch}, {&w->beside, n * q * w->batch}, {&w->value, w->batch * mc->outputs},
                {&mc->baseline, mc->outputs}, {&mc->first_order, mc->outputs}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof list / sizeof list[0]; i++)
        st = leie_montecarlo_array(list[i].at, list[i].count, err);
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
    opts.bounds = mc->way != LEIE_DRAW_WHOLE;
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
    leie_status st = leie_montecarlo_demand(w, t->Y, w->y, mc->q, err);
    st = st ? st : leie_montecarlo_solve(mc, true, k, w->M, w->M, NULL, NULL, err);
    bool good = !st && leie_linsys_state(w->sys)->converged;
    st = st ? st : leie_montecarlo_solve(mc, false, mc->q, w->X, w->y, NULL, NULL, err);
    if (!st && !(good && leie_linsys_state(w->sys)->converged))
        st = leie_fail(err, LEIE_ERR_CONVERGE, "uncertainty: the table itself is not solved to the tolerance (residual %.2e)",
                       leie_linsys_state(w->sys)->residual);
    if (st)
        return st;
    leie_montecarlo_direct(mc, t->F_Y, w->direct);
    leie_montecarlo_footprints(mc, mc->baseline, w->M, k, 1, w->y, mc->q, w->direct);
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
        double *arrays[] = {w->S, w->M, w->y, w->X, w->direct, w->Y, w->F_Y, w->S_d, w->b, w->x, w->start, w->beside, w->value};
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

double leie_montecarlo_tolerance(const work *w)
{
    return w->opts.linsys.tolerance > 0 ? w->opts.linsys.tolerance : 1e-12;
}

leie_status leie_montecarlo_step(leie_montecarlo *mc, leie_error *err)
{
    work *w = mc->work;
    leie_size batch = mc->record.draws - mc->record.next < w->batch ? mc->record.draws - mc->record.next : w->batch;
    if (batch <= 0)
        return LEIE_OK;
    // draws that go together are the same wherever a run was stopped
    batch = batch < w->batch - mc->record.next % w->batch ? batch : w->batch - mc->record.next % w->batch;
    leie_status st = mc->way == LEIE_DRAW_WHOLE ? leie_montecarlo_whole(mc, err) : leie_montecarlo_batch(mc, batch, err);
    leie_draw_counts counts = leie_inputs_counts(&w->in);
    if (st)
        return st;
    mc->counts.sign_changes += counts.sign_changes;
    mc->counts.over_one += counts.over_one;
    for (leie_size d = 0; d < batch; d++)
        leie_draws_add(&mc->record, w->good[d] ? w->value + d * mc->outputs : NULL);
    return LEIE_OK;
}
