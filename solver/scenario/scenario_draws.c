// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/scenario_draws.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/footprints.h"

enum { TOGETHER = 64 };              // draws between two looks at the stop
static const double NEAR = 0.01;     // of a standard deviation, for differences

// The work of one thread.
typedef struct worker {
    leie_change change;
    leie_effect effect;
    leie_response_work work;
    double *value, *z; // [P] each
} worker;

typedef struct leie_scenario_draws_work {
    const leie_baseline *base;
    leie_scenario_draws_opts opts;
    leie_response r;
    bool *material;   // [k]
    double *baseline; // [each]
    leie_size workers;
    worker *worker;
    double *e;        // [TOGETHER, cases, each]
    bool *open;       // [TOGETHER, cases] evaluations that the low-rank formula left open
    double *residual; // [TOGETHER, cases]
} work;

// ---- one evaluation ----

// Where a case is looked at: a draw, its values as they are (AS_IS), or a parameter moved by a little (above and below).
enum { AS_IS = -1 };

static leie_size moved(leie_size parameter, int side)
{
    return AS_IS - 1 - 2 * parameter - side;
}

static leie_status apply(const leie_scenario_draws *d, leie_size c, leie_size point, worker *w, leie_error *err)
{
    const leie_drawn_case *of = &d->of[c];
    leie_drawn_case_values(w->value, of, d->work->base->set, point, w->z);
    if (point < AS_IS) {
        leie_size i = (AS_IS - 1 - point) / 2;
        w->value[of->sample.parameter[i]] += ((AS_IS - 1 - point) % 2 ? -NEAR : NEAR) * of->sd[i];
    }
    return leie_drawn_case_apply(&w->change, of, w->value, d->work->opts.longevity, err);
}

// e [each]; *open when the formula does not hold and `alone`, another way, is not allowed.
static leie_status evaluate(leie_scenario_draws *d, leie_size c, leie_size point, worker *w, bool alone, double *e, bool *open,
                            double *residual, leie_error *err)
{
    work *k = d->work;
    leie_status st = apply(d, c, point, w, err);
    st = st ? st : leie_response_evaluate(&w->effect, &k->r, &w->change, &w->work, err);
    *open = !st && !w->effect.converged;
    if (*open && alone)
        st = leie_response_resolve(&w->effect, &k->r, &w->change, &w->work, err);
    if (st || (*open && !alone))
        return st;
    *residual = w->effect.residual;
    leie_footprints_changed(e, k->baseline, &k->r, &w->effect, d->has_total ? k->material : NULL);
    return LEIE_OK;
}

// ---- first order ----

typedef struct slope {
    leie_size n;
    double *g; // [n, each] de/dp sd
    double *C; // [n, n]
} slope;

// The share of a parameter in its whole, 0 when it is in none.
static double part_of(const leie_sample *s, leie_size i, const double *value)
{
    const leie_share_group *g = s->group[i] >= 0 ? &s->set->group[s->group[i]] : NULL;
    double whole = 0;
    for (leie_size x = 0; g && x < g->n; x++)
        whole += value[g->parameter[x]];
    return g ? value[s->parameter[i]] / whole : 0;
}

static double sd_of(const leie_sample *s, leie_size i, const double *value)
{
    if (s->group[i] < 0)
        return leie_parameter_sd(&s->set->parameter[s->parameter[i]]);
    double p = part_of(s, i, value), whole = value[s->parameter[i]] / p;
    return whole * sqrt(p * (1 - p) / (s->set->group[s->group[i]].concentration + 1));
}

// Correlations of the parameters: those of the copula, within a whole those of Dirichlet shares.
static void correlations_of(double *C, const leie_sample *s, const double *value)
{
    leie_size n = s->n;
    for (leie_size i = 0; i < n; i++)
        for (leie_size j = 0; j < n; j++) {
            double p = part_of(s, i, value), other = part_of(s, j, value), mixed = 0;
            for (leie_size t = 0; s->mix && t < n; t++)
                mixed += s->mix[i * n + t] * s->mix[j * n + t];
            C[i * n + j] = i == j ? 1 : s->group[i] >= 0 && s->group[i] == s->group[j] ? -sqrt(p * other / ((1 - p) * (1 - other))) : mixed;
        }
}

static leie_status add_slopes(leie_scenario_draws *d, leie_size c, slope *s, double *e, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < s->n; i++)
        for (int side = 0; !st && side < 2; side++) {
            bool open;
            double residual;
            st = evaluate(d, c, moved(i, side), &d->work->worker[0], true, e, &open, &residual, err);
            for (leie_size o = 0; !st && o < d->each; o++)
                s->g[i * d->each + o] += (side ? -e[o] : e[o]) / (2 * NEAR);
        }
    return st;
}

// Standard deviations of a case, and the shares of its parameters.
static void add_up(leie_scenario_draws *d, leie_size c, const slope *s)
{
    const leie_sample *sample = &d->of[c].sample;
    for (leie_size o = 0; o < d->each; o++) {
        double variance = 0;
        leie_size region = o / (d->k + 1), of = o % (d->k + 1);
        bool ranks = of == (d->has_total ? d->k : 0);
        double *share = d->share + (c * d->q + region) * d->P;
        for (leie_size i = 0; i < s->n; i++) {
            double sum = 0;
            for (leie_size j = 0; j < s->n; j++)
                sum += s->C[i * s->n + j] * s->g[j * d->each + o];
            double part = s->g[i * d->each + o] * sum;
            variance += part;
            if (ranks)
                share[sample->parameter[i]] = part;
        }
        d->first_order[c * d->each + o] = sqrt(fmax(0, variance));
        for (leie_size i = 0; ranks && variance > 0 && i < s->n; i++)
            share[sample->parameter[i]] /= variance;
    }
}

static leie_status propagate(leie_scenario_draws *d, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size c = 0; !st && c < d->cases; c++) {
        leie_size n = d->of[c].sample.n;
        slope s = {.n = n, .g = leie_new(n * d->each, sizeof *s.g), .C = leie_new(n * n, sizeof *s.C)};
        double *e = leie_new(d->each, sizeof *e);
        if (!s.g || !s.C || !e)
            st = leie_fail_memory(err, "first-order propagation", n * (n + d->each), sizeof *e);
        if (!st)
            correlations_of(s.C, &d->of[c].sample, d->work->base->set->scenario[d->of[c].scenario].value);
        st = st ? st : add_slopes(d, c, &s, e, err);
        if (!st)
            add_up(d, c, &s);
        leie_free(s.g);
        leie_free(s.C);
        leie_free(e);
    }
    return st;
}

// ---- life ----

// Standard deviations of the parameters of all cases: how far they are moved.
static leie_status find_deviations(leie_scenario_draws *d, leie_error *err)
{
    for (leie_size c = 0; c < d->cases; c++) {
        leie_drawn_case *of = &d->of[c];
        of->sd = leie_new(of->sample.n, sizeof *of->sd);
        if (!of->sd)
            return leie_fail_memory(err, "draws of scenarios", of->sample.n, sizeof *of->sd);
        for (leie_size i = 0; i < of->sample.n; i++)
            of->sd[i] = sd_of(&of->sample, i, d->work->base->set->scenario[of->scenario].value);
    }
    return LEIE_OK;
}

static leie_status new_worker(leie_scenario_draws *d, worker *w, leie_error *err)
{
    leie_status st = leie_change_open(&w->change, d->work->base, err);
    w->value = leie_new(d->P + 1, sizeof *w->value);
    w->z = leie_new(d->P + 1, sizeof *w->z);
    return st || (w->value && w->z) ? st : leie_fail_memory(err, "draws of scenarios", 2 * d->P, sizeof *w->value);
}

// Everything that the run looks at is applied once, so that the vectors of all are known whenever it is stopped.
static leie_status collect(leie_scenario_draws *d, leie_error *err)
{
    work *k = d->work;
    worker *w = &k->worker[0];
    leie_size changes = 0;
    leie_status st = LEIE_OK;
    for (leie_size c = 0; !st && c < d->cases; c++)
        for (leie_size point = moved(d->of[c].sample.n - 1, 1); !st && point < k->opts.draws; point++) {
            st = apply(d, c, point, w, err);
            st = st ? st : leie_response_collect(&k->r, &w->change, &w->work.factors, err);
            changes++;
        }
    st = st ? st : leie_response_plan_make(&k->r, changes, err);
    d->plan = k->r.plan;
    return st;
}

static leie_status new_arrays(leie_scenario_draws *d, leie_error *err)
{
    work *k = d->work;
    leie_size outputs = d->cases * d->each;
    k->baseline = leie_new(d->each, sizeof *k->baseline);
    k->material = leie_new(d->k, sizeof *k->material);
    k->e = leie_new(TOGETHER * outputs, sizeof *k->e);
    k->open = leie_new(TOGETHER * d->cases, sizeof *k->open);
    k->residual = leie_new(TOGETHER * d->cases, sizeof *k->residual);
    d->middle = leie_new(outputs, sizeof *d->middle);
    d->first_order = leie_new(outputs, sizeof *d->first_order);
    d->share = leie_new(d->cases * d->q * d->P, sizeof *d->share);
    if (!k->baseline || !k->material || !k->e || !k->open || !k->residual || !d->middle || !d->first_order || !d->share)
        return leie_fail_memory(err, "draws of scenarios", TOGETHER * outputs, sizeof *k->e);
    for (leie_size w = 0; w < k->workers; w++) {
        leie_status st = w ? new_worker(d, &k->worker[w], err) : LEIE_OK;
        st = st ? st : leie_effect_new(&k->worker[w].effect, &k->r, err);
        if (st)
            return st;
    }
    return leie_draws_new(&d->record, outputs, k->opts.draws, k->opts.keep, err);
}

static leie_status solve(leie_scenario_draws *d, leie_error *err)
{
    work *k = d->work;
    leie_status st = leie_response_solve(&k->r, err);
    if (st)
        return st;
    d->solver = leie_linsys_state(k->r.sys)->solver;
    d->has_total = leie_footprints_total(k->material, k->base->t);
    leie_footprints_baseline(k->baseline, &k->r, d->has_total ? k->material : NULL);
    d->record.residual = k->r.info.residual;
    for (leie_size c = 0; !st && c < d->cases; c++) {
        bool open;
        double residual;
        st = evaluate(d, c, AS_IS, &k->worker[0], true, d->middle + c * d->each, &open, &residual, err);
    }
    return st ? st : propagate(d, err);
}

leie_status leie_scenario_draws_open(leie_scenario_draws *d, const leie_baseline *base, const leie_account_regions *q, const bool *asked,
                                     const leie_scenario_draws_opts *opts, leie_error *err)
{
    *d = (leie_scenario_draws){.q = q->label.n, .k = base->k, .P = base->set->parameters, .each = q->label.n * (base->k + 1)};
    if (d->q == 0 || d->k == 0)
        return leie_fail(err, LEIE_ERR_DATA, "draws of scenarios: the table has no %s", d->q ? "stressors" : "account regions");
    work *k = d->work = leie_new(1, sizeof *k);
    if (!k)
        return leie_fail_memory(err, "draws of scenarios", 1, sizeof *k);
    const leie_cases_opts cases = {.asked = asked, .skip = opts->skip, .last = opts->last, .design = opts->design, .seed = opts->seed, .draws = opts->draws};
    k->base = base;
    k->opts = *opts;
    k->opts.response.whole = true;
    k->workers = leie_threads();
    k->worker = leie_new(k->workers, sizeof *k->worker);
    leie_status st = k->worker ? leie_response_open(&k->r, base, q, false, opts->exclude, &k->opts.response, err)
                               : leie_fail_memory(err, "draws of scenarios", k->workers, sizeof *k->worker);
    st = st ? st : leie_drawn_cases_list(&d->of, &d->cases, base, &cases, err);
    st = st ? st : find_deviations(d, err);
    st = st ? st : new_worker(d, &k->worker[0], err);
    st = st ? st : collect(d, err);
    if (!st && !opts->plan_only && d->cases) {
        st = new_arrays(d, err);
        st = st ? st : solve(d, err);
    }
    if (st)
        leie_scenario_draws_close(d);
    return st;
}

void leie_scenario_draws_finish(leie_scenario_draws *d)
{
    work *k = d->work;
    if (!k)
        return;
    for (leie_size w = 0; k->worker && w < k->workers; w++) {
        if (k->worker[w].change.base)
            leie_change_clear(&k->worker[w].change);
        leie_effect_clear(&k->worker[w].effect);
        leie_response_work_clear(&k->worker[w].work);
        leie_free(k->worker[w].value);
        leie_free(k->worker[w].z);
    }
    leie_free(k->worker);
    leie_free(k->baseline);
    leie_free(k->material);
    leie_free(k->e);
    leie_free(k->open);
    leie_free(k->residual);
    if (k->r.base)
        leie_response_clear(&k->r);
    leie_free(k);
    d->work = NULL;
}

void leie_scenario_draws_close(leie_scenario_draws *d)
{
    leie_scenario_draws_finish(d);
    leie_drawn_cases_free(d->of, d->cases);
    leie_free(d->middle);
    leie_free(d->first_order);
    leie_free(d->share);
    leie_draws_clear(&d->record);
    *d = (leie_scenario_draws){0};
}

// ---- draws ----

// Item: a draw of the batch and a case.
static leie_status draw_items(void *ctx, leie_size first, leie_size last, int number, leie_error *err)
{
    leie_scenario_draws *d = ctx;
    work *k = d->work;
    leie_status st = LEIE_OK;
    for (leie_size i = first; !st && i < last; i++)
        st = evaluate(d, i % d->cases, d->record.next + i / d->cases, &k->worker[number], false, k->e + i * d->each, &k->open[i], &k->residual[i], err);
    return st;
}

// The rest one by one, with all threads on each. A draw without a solution is one that failed.
static leie_status draw_open(leie_scenario_draws *d, leie_size i, bool *good, leie_error *err)
{
    work *k = d->work;
    leie_error why = {0};
    bool open;
    leie_status st = evaluate(d, i % d->cases, d->record.next + i / d->cases, &k->worker[0], true, k->e + i * d->each, &open, &k->residual[i], &why);
    *good = !st;
    if (st == LEIE_ERR_SINGULAR || st == LEIE_ERR_CONVERGE)
        return LEIE_OK;
    return st ? leie_fail(err, st, "%s", why.text) : LEIE_OK;
}

leie_status leie_scenario_draws_step(leie_scenario_draws *d, leie_error *err)
{
    work *k = d->work;
    leie_draws *record = &d->record;
    leie_size left = record->draws - record->next, batch = left < TOGETHER ? left : TOGETHER;
    bool lowrank = k && k->r.plan.method == LEIE_METHOD_LOWRANK;
    if (batch <= 0 || !d->cases)
        return LEIE_OK;
    leie_size items = batch * d->cases;
    for (leie_size i = 0; i < items; i++)
        k->open[i] = true;
    leie_status st = lowrank ? leie_parallel_for(items, 1, draw_items, d, err) : LEIE_OK;
    double worst = record->residual;
    for (leie_size b = 0; !st && b < batch; b++) {
        bool good = true;
        for (leie_size c = 0; !st && c < d->cases; c++) {
            leie_size i = b * d->cases + c;
            bool fine = true;
            if (k->open[i])
                st = draw_open(d, i, &fine, err);
            good &= fine;
            worst = fine ? fmax(worst, k->residual[i]) : worst;
        }
        k->open[b * d->cases] = good; // from here on whether the draw counts
    }
    for (leie_size b = 0; !st && b < batch; b++)
        leie_draws_add(record, k->open[b * d->cases] ? k->e + b * d->cases * d->each : NULL);
    record->residual = worst;
    return st;
}
