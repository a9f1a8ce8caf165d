// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/joint_draws.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/linear/redraw.h"
#include "solver/scenario/footprints.h"

typedef struct leie_joint_work {
    const leie_table *t;
    const leie_account_regions *q;
    const leie_uncertain *u;
    leie_joint_opts opts;
    leie_inputs in;
    leie_table drawn;     // the table of a draw
    leie_baseline base;   // on it
    leie_redraw_map columns; // cells of Z; of those of A that are uncertain there may be none
    leie_change change;
    leie_response_work of;
    double **value;       // [cases, P] parameters of a draw
    double *z;            // [P]
    double *e;            // [outputs]
    bool *material;       // [k]
} work;

// ---- life ----

static leie_status new_arrays(leie_joint_draws *d, leie_error *err)
{
    work *w = d->work;
    leie_size P = w->base.set->parameters + 1, outputs = (1 + 2 * d->cases) * d->each;
    w->value = leie_new(d->cases, sizeof *w->value);
    w->z = leie_new(P, sizeof *w->z);
    w->e = leie_new(outputs, sizeof *w->e);
    w->material = leie_new(d->k, sizeof *w->material);
    bool room = w->value && w->z && w->e && w->material;
    for (leie_size c = 0; room && c < d->cases; c++) {
        w->value[c] = leie_new(P, sizeof **w->value);
        room = w->value[c] != NULL;
    }
    if (!room)
        return leie_fail_memory(err, "joint draws", d->cases * P + outputs, sizeof *w->e);
    d->has_total = leie_footprints_total(w->material, w->t);
    return leie_draws_new(&d->record, outputs, w->u->draws, w->opts.keep, err);
}

static leie_status begin(leie_joint_draws *d, const leie_scenarios *set, const bool *asked, leie_error *err)
{
    work *w = d->work;
    const leie_cases_opts cases = {.asked = asked, .still = true, .last = w->opts.last, .design = w->u->design, .seed = w->u->seed,
                                   .draws = w->u->draws};
    if (w->u->design == LEIE_DESIGN_SOBOL)
        return leie_fail(err, LEIE_ERR_USAGE, "joint draws: the table and the parameters would share their Sobol' points: use random or latin");
    leie_status st = leie_inputs_make(&w->in, w->t, w->u, err);
    st = st ? st : leie_redraw_map_new(&w->columns, &w->t->Z, w->in.base.scale, err);
    st = st ? st : leie_table_copy(&w->drawn, w->t, err);
    st = st ? st : leie_baseline_make(&w->base, &w->drawn, set, err);
    st = st ? st : leie_change_open(&w->change, &w->base, err);
    st = st ? st : leie_drawn_cases_list(&d->of, &d->cases, &w->base, &cases, err);
    if (!st && !d->cases)
        st = leie_fail(err, LEIE_ERR_DATA, "joint draws: no scenario has a place in %d", w->t->year);
    return st ? st : new_arrays(d, err);
}

leie_status leie_joint_open(leie_joint_draws *d, const leie_table *t, const leie_scenarios *set, const leie_account_regions *q,
                            const leie_uncertain *u, const bool *asked, const leie_joint_opts *opts, leie_error *err)
{
    *d = (leie_joint_draws){.q = q->label.n, .k = t->stressor.n, .each = q->label.n * (t->stressor.n + 1)};
    if (d->q == 0 || d->k == 0)
        return leie_fail(err, LEIE_ERR_DATA, "joint draws: the table has no %s", d->q ? "stressors" : "account regions");
    work *w = d->work = leie_new(1, sizeof *w);
    if (!w)
        return leie_fail_memory(err, "joint draws", 1, sizeof *w);
    w->t = t;
    w->q = q;
    w->u = u;
    w->opts = *opts;
    leie_status st = begin(d, set, asked, err);
    if (st)
        leie_joint_close(d);
    return st;
}

void leie_joint_finish(leie_joint_draws *d)
{
    work *w = d->work;
    if (!w)
        return;
    if (w->change.base)
        leie_change_clear(&w->change);
    leie_response_work_clear(&w->of);
    if (w->base.t)
        leie_baseline_clear(&w->base);
    leie_redraw_map_clear(&w->columns);
    leie_table_clear(&w->drawn);
    leie_inputs_clear(&w->in);
    for (leie_size c = 0; w->value && c < d->cases; c++)
        leie_free(w->value[c]);
    leie_free(w->value);
    leie_free(w->z);
    leie_free(w->e);
    leie_free(w->material);
    leie_free(w);
    d->work = NULL;
}

void leie_joint_close(leie_joint_draws *d)
{
    leie_joint_finish(d);
    leie_drawn_cases_free(d->of, d->cases);
    leie_draws_clear(&d->record);
    *d = (leie_joint_draws){0};
}

// ---- a draw ----

// The table of a draw: Z* = A* diag(x), F* = S* diag(x) where there is output.
static leie_status draw_table(work *w, uint32_t draw, leie_error *err)
{
    leie_size n = w->t->sector.n;
    const double *scale = w->in.base.scale;
    leie_inputs_redraw r = {&w->in, draw};
    leie_status st = LEIE_OK;
    leie_inputs_begin(&w->in, draw);
    if (w->in.any[LEIE_EDIT_A] || w->in.industries)
        st = leie_redraw_map_fill(&w->drawn.Z, &w->columns, true, leie_inputs_redraw_column, &r, err);
    st = st ? st : leie_inputs_draw_Y(&w->in, draw, NULL, w->drawn.Y, w->drawn.F_Y, err);
    if (st || !w->in.any[LEIE_EDIT_S])
        return st;
    st = leie_inputs_draw_S(&w->in, draw, w->drawn.F, err);
    for (leie_size s = 0; !st && s < w->t->stressor.n; s++)
        for (leie_size i = 0; i < n; i++) {
            double *f = w->drawn.F + s * n + i;
            *f = scale[i] > 0 ? *f / scale[i] : w->t->F[s * n + i];
        }
    return st;
}

static leie_status apply(leie_joint_draws *d, leie_size c, leie_error *err)
{
    return leie_drawn_case_apply(&d->work->change, &d->of[c], d->work->value[c], d->work->opts.longevity, err);
}

// The baseline of the draw solved, with what its cases change.
static leie_status solve_baseline(leie_joint_draws *d, leie_response *r, leie_error *err)
{
    work *w = d->work;
    const leie_response_opts opts = {.method = LEIE_METHOD_LOWRANK, .linsys = w->opts.linsys, .whole = true};
    leie_status st = leie_response_open(r, &w->base, w->q, false, w->opts.exclude, &opts, err);
    for (leie_size c = 0; !st && c < d->cases; c++) {
        leie_drawn_case_values(w->value[c], &d->of[c], w->base.set, d->record.next, w->z);
        st = apply(d, c, err);
        st = st ? st : leie_response_collect(r, &w->change, &w->of.factors, err);
    }
    st = st ? st : leie_response_plan_make(r, d->cases, err);
    st = st ? st : leie_response_solve(r, err);
    d->solver = st ? d->solver : r->info.solver;
    d->vectors = r->vectors.n > d->vectors ? r->vectors.n : d->vectors;
    return st;
}

// e of the baseline, of the cases and of their changes; residual: the worst.
static leie_status footprints(leie_joint_draws *d, leie_response *r, double *residual, leie_error *err)
{
    work *w = d->work;
    const bool *material = d->has_total ? w->material : NULL;
    leie_effect effect = {0};
    leie_status st = leie_effect_new(&effect, r, err);
    *residual = r->info.residual;
    if (!st)
        leie_footprints_baseline(w->e, r, material);
    for (leie_size c = 0; !st && c < d->cases; c++) {
        double *e = w->e + leie_joint_case(d, c), *change = w->e + leie_joint_change(d, c);
        st = apply(d, c, err);
        st = st ? st : leie_response_evaluate(&effect, r, &w->change, &w->of, err);
        if (!st && !effect.converged)
            st = leie_response_resolve(&effect, r, &w->change, &w->of, err);
        if (st)
            break;
        *residual = fmax(*residual, effect.residual);
        leie_footprints_changed(e, w->e, r, &effect, material);
        for (leie_size o = 0; o < d->each; o++)
            change[o] = e[o] - w->e[o];
    }
    leie_effect_clear(&effect);
    return st;
}

leie_status leie_joint_step(leie_joint_draws *d, leie_error *err)
{
    work *w = d->work;
    leie_draws *record = &d->record;
    leie_response r = {0};
    leie_error why = {0};
    double residual = 0;
    if (!w || record->next >= record->draws)
        return LEIE_OK;
    leie_status st = draw_table(w, (uint32_t)record->next, &why);
    st = st ? st : solve_baseline(d, &r, &why);
    st = st ? st : footprints(d, &r, &residual, &why);
    leie_draw_counts counts = leie_inputs_counts(&w->in);
    if (r.base)
        leie_response_clear(&r);
    bool failed = st == LEIE_ERR_SINGULAR || st == LEIE_ERR_CONVERGE;
    if (st && !failed)
        return leie_fail(err, st, "%s", why.text);
    d->counts.sign_changes += counts.sign_changes;
    d->counts.over_one += counts.over_one;
    record->residual = failed ? record->residual : fmax(record->residual, residual);
    leie_draws_add(record, failed ? NULL : w->e);
    return LEIE_OK;
}
