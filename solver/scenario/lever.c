// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/lever.h"

#include "kernels/memory.h"
#include "solver/scenario/footprints.h"

typedef struct leie_lever_work {
    const leie_scenario *scenario;
    leie_lever_opts opts;
    leie_change change;
    leie_response r;
    leie_effect effect;
    leie_response_work of; // evaluations
    bool *material;        // [k]
} work;

// The change of the scenario at values of the parameters.
static leie_status apply(work *w, const double *value, leie_error *err)
{
    const leie_change_opts opts = {.value = value, .year = w->opts.year, .projection = w->opts.projection, .longevity = w->opts.longevity};
    return leie_change_apply(&w->change, w->scenario, &opts, err);
}

// Vectors of the scenario as it is written; later calls may add to them.
static leie_status solve_baseline(leie_lever *r, leie_error *err)
{
    work *w = r->work;
    leie_status st = apply(w, NULL, err);
    st = st ? st : leie_response_collect(&w->r, &w->change, &w->of.factors, err);
    st = st ? st : leie_response_plan_make(&w->r, 1, err);
    st = st ? st : leie_response_solve(&w->r, err);
    st = st ? st : leie_effect_new(&w->effect, &w->r, err);
    if (st)
        return st;
    w->material = leie_new(r->k, sizeof *w->material);
    r->baseline = leie_new(r->outputs, sizeof *r->baseline);
    if (!w->material || !r->baseline)
        return leie_fail_memory(err, "the response of a scenario", r->outputs, sizeof *r->baseline);
    r->has_total = leie_footprints_total(w->material, w->r.base->t);
    leie_footprints_baseline(r->baseline, &w->r, r->has_total ? w->material : NULL);
    return LEIE_OK;
}

leie_status leie_lever_open(leie_lever *r, const leie_baseline *base, const leie_account_regions *q, const leie_scenario *scenario,
                            const leie_lever_opts *opts, leie_error *err)
{
    *r = (leie_lever){.q = q->label.n, .k = base->k};
    r->outputs = r->q * (r->k + 1);
    if (r->q == 0 || r->k == 0)
        return leie_fail(err, LEIE_ERR_DATA, "back-casting: the table has no %s", r->q ? "stressors" : "account regions");
    work *w = r->work = leie_new(1, sizeof *w);
    if (!w)
        return leie_fail_memory(err, "the response of a scenario", 1, sizeof *w);
    w->scenario = scenario;
    w->opts = *opts;
    const leie_response_opts response = {.method = opts->method ? opts->method : LEIE_METHOD_LOWRANK, .linsys = opts->linsys, .whole = true};
    leie_status st = leie_change_open(&w->change, base, err);
    st = st ? st : leie_response_open(&w->r, base, q, false, opts->exclude, &response, err);
    st = st ? st : solve_baseline(r, err);
    if (st)
        leie_lever_close(r);
    return st;
}

void leie_lever_close(leie_lever *r)
{
    work *w = r->work;
    if (w) {
        if (w->change.base)
            leie_change_clear(&w->change);
        if (w->r.base)
            leie_response_clear(&w->r);
        leie_effect_clear(&w->effect);
        leie_response_work_clear(&w->of);
        leie_free(w->material);
        leie_free(w);
    }
    leie_free(r->baseline);
    *r = (leie_lever){0};
}

leie_status leie_lever_at(leie_lever *r, const double *value, double *e, leie_error *err)
{
    work *w = r->work;
    leie_status st = apply(w, value, err);
    st = st ? st : leie_response_extend(&w->r, &w->change, &w->of.factors, err);
    st = st ? st : leie_response_evaluate(&w->effect, &w->r, &w->change, &w->of, err);
    if (!st && !w->effect.converged)
        st = leie_response_resolve(&w->effect, &w->r, &w->change, &w->of, err);
    if (st)
        return st;
    r->residual = w->effect.residual;
    leie_footprints_changed(e, r->baseline, &w->r, &w->effect, r->has_total ? w->material : NULL);
    return LEIE_OK;
}
