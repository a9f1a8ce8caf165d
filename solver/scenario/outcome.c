// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/outcome.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/clock.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/scenario/coalitions.h"

// ---- what an effect is reduced to ----

static void shape_of(leie_outcome_shape *s, const leie_response *r, bool by_origin)
{
    *s = (leie_outcome_shape){.q = r->q->label.n, .k = r->k, .R = r->base->R, .C = r->C, .P = r->P, .origin = -1, .product = -1};
    leie_size qk = s->q * s->k;
    struct {
        leie_size *at, count;
    } parts[] = {{&s->D_cba, qk},       {&s->home, qk},          {&s->D_pba, qk},
                 {&s->category, qk * s->C}, {&s->direct, qk},    {&s->direct_category, qk * s->C},
                 {&s->demand, s->q * s->C}, {&s->origin, by_origin ? qk * s->R : -1}, {&s->product, r->opts.product ? qk * s->P : -1}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        *parts[i].at = parts[i].count < 0 ? -1 : s->size;
        s->size += parts[i].count < 0 ? 0 : parts[i].count;
    }
}

static void add_row(double *to, const double *from, leie_size k)
{
    for (leie_size s = 0; s < k; s++)
        to[s] += from[s];
}

// The regions of account region a among the classes: its members with origins, itself without.
static bool class_of(const leie_response *r, const leie_outcome_shape *s, leie_size a, leie_size o)
{
    return s->origin >= 0 ? r->q->member[a * s->R + o] : o == a;
}

// Column j of Y into the parts of account region a.
static void add_demand_column(double *out, const leie_outcome_shape *s, const leie_response *r, const leie_effect *e, leie_size a, leie_size j)
{
    leie_size k = s->k, c = r->category_of[j];
    const double *total = e->total + j * r->K;
    add_row(out + s->D_cba + a * k, total, k);
    add_row(out + s->category + (a * s->C + c) * k, total, k);
    add_row(out + s->direct + a * k, e->direct + j * k, k);
    add_row(out + s->direct_category + (a * s->C + c) * k, e->direct + j * k, k);
    out[s->demand + a * s->C + c] += e->spent[j];
    for (leie_size o = 0; o < r->classes.n; o++) {
        if (class_of(r, s, a, o))
            add_row(out + s->home + a * k, total + (o + 1) * k, k);
        if (s->origin >= 0)
            add_row(out + s->origin + (a * s->R + o) * k, total + (o + 1) * k, k);
    }
}

static void reduce(double *out, const leie_outcome_shape *s, const leie_response *r, const leie_effect *e)
{
    leie_size k = s->k;
    memset(out, 0, (size_t)s->size * sizeof *out);
    for (leie_size a = 0; a < s->q; a++) {
        for (leie_size j = 0; j < r->m; j++)
            if (r->category_of[j] >= 0 && r->q->member[a * s->R + r->region_of[j]])
                add_demand_column(out, s, r, e, a, j);
        for (leie_size j = 0; j < r->columns; j++)
            for (leie_size o = 0; o < r->classes.n; o++)
                if (class_of(r, s, a, o))
                    add_row(out + s->D_pba + a * k, e->total + j * r->K + (o + 1) * k, k);
    }
    if (s->product >= 0)
        for (leie_size a = 0; a < s->q; a++)
            memcpy(out + s->product + a * s->P * k, e->product + a * s->P * k, (size_t)(s->P * k) * sizeof *out);
}

// ---- the work of one thread ----

typedef struct worker {
    leie_change change;
    leie_effect effect;
    leie_response_work work;
    double *value; // [size]
} worker;

typedef struct job {
    const leie_baseline *base;
    const leie_outcome_opts *opts;
    leie_outcomes *o;
    leie_response r;
    bool *by_itself; // [n] outcomes that the low-rank formula left open
    leie_size workers;
    worker *worker;
    leie_size evaluations;
    leie_scenario drivers; // no interventions of its own
} job;

static const leie_scenario *scenario_of(const job *j, const leie_outcome *out)
{
    return out->scenario < 0 ? &j->drivers : &j->base->set->scenario[out->scenario];
}

static leie_change_opts change_options(const job *j, const leie_outcome *out, const leie_coalitions *c, leie_size i)
{
    return (leie_change_opts){.year = out->year,
                              .projection = out->projection,
                              .on = c->on + i * c->interventions,
                              .reverse = c->kind[i] == LEIE_COALITION_REVERSE,
                              .longevity = j->opts->longevity};
}

static leie_status named(leie_status st, const leie_error *why, const leie_scenario *s, int year, leie_error *err)
{
    return st ? leie_fail(err, st, "scenario '%s', %d: %s", s->code ? s->code : "drivers", year, why->text) : LEIE_OK;
}

// Evaluates one set. *open: the formula could not, and `alone` does not allow another way.
static leie_status evaluate(job *j, worker *w, leie_outcome *out, const leie_coalitions *c, leie_size i, bool alone, bool *open,
                            leie_error *err)
{
    const leie_scenario *s = scenario_of(j, out);
    leie_change_opts o = change_options(j, out, c, i);
    leie_error why = {0};
    leie_status st = leie_change_apply(&w->change, s, &o, &why);
    st = st ? st : leie_response_evaluate(&w->effect, &j->r, &w->change, &w->work, &why);
    *open = !st && !w->effect.converged;
    if (*open && alone) {
        st = leie_response_resolve(&w->effect, &j->r, &w->change, &w->work, &why);
        out->by_itself++;
        *open = false;
    }
    if (st || *open)
        return named(st, &why, s, out->year, err);
    reduce(w->value, &j->o->shape, &j->r, &w->effect);
    out->residual = fmax(out->residual, w->effect.residual);
    out->rank = w->effect.rank > out->rank ? w->effect.rank : out->rank;
    out->method = w->effect.method > out->method ? w->effect.method : out->method;
    out->evaluations++;
    return LEIE_OK;
}

// ---- from the sets to the outcome ----

static void add_scaled(double *to, double factor, const double *from, leie_size n)
{
    for (leie_size i = 0; i < n; i++)
        to[i] += factor * from[i];
}

static leie_size players_in(const leie_coalitions *c, leie_size i)
{
    leie_size t = 0;
    for (leie_size p = 0; p < c->players; p++)
        t += c->on[i * c->interventions + c->player[p]];
    return t;
}

// An exact share takes every set with its weight; the empty set counts v({}), the full one v(all).
static void add_exact(leie_outcome *out, const leie_coalitions *c, leie_size i, const double *value, leie_size size)
{
    leie_size t = players_in(c, i);
    for (leie_size p = 0; p < c->players; p++)
        add_scaled(out->share + c->player[p] * size, leie_shapley_weight(c->players, t, c->on[i * c->interventions + c->player[p]]), value, size);
}

// The running state of sampled shares: the value before the last player of an order joined, and sums over pairs.
typedef struct sampling {
    double *before; // [size]
    double *pair;   // [interventions, q k] sum of the two contributions of a pair
    double *square; // [interventions, q k]
    leie_size steps;
} sampling;

static void add_sampled(leie_outcome *out, const leie_coalitions *c, leie_size i, const double *value, const leie_outcome_shape *shape, sampling *s)
{
    leie_size size = shape->size, qk = shape->q * shape->k, player = c->added[i];
    bool first = s->steps % c->players == 0;
    if (first && out->none)
        memcpy(s->before, out->none, (size_t)size * sizeof *value);
    else if (first)
        memset(s->before, 0, (size_t)size * sizeof *value);
    for (leie_size x = 0; x < size; x++)
        out->share[player * size + x] += (value[x] - s->before[x]) / (2 * LEIE_SHAPLEY_PAIRS);
    for (leie_size x = 0; x < qk; x++)
        s->pair[player * qk + x] += value[x] - s->before[x]; // D_cba comes first in the shape
    memcpy(s->before, value, (size_t)size * sizeof *value);
    if (++s->steps % (2 * c->players) != 0)
        return;
    for (leie_size x = 0; x < c->interventions * qk; x++) {
        s->square[x] += s->pair[x] / 2 * (s->pair[x] / 2);
        s->pair[x] = 0;
    }
}

static void finish_errors(leie_outcome *out, const leie_coalitions *c, const leie_outcome_shape *shape, const sampling *s)
{
    leie_size qk = shape->q * shape->k;
    const double pairs = LEIE_SHAPLEY_PAIRS;
    for (leie_size i = 0; i < c->interventions; i++)
        for (leie_size x = 0; x < qk; x++) {
            double mean = out->share[i * shape->size + x], variance = s->square[i * qk + x] / pairs - mean * mean;
            out->error[i * qk + x] = sqrt(fmax(0, variance) / (pairs - 1));
        }
}

static leie_status new_arrays(leie_outcome *out, const leie_coalitions *c, const leie_outcome_shape *shape, sampling *s, leie_error *err)
{
    leie_size size = shape->size + 1, I = c->interventions, qk = shape->q * shape->k + 1;
    bool none = false, calm = false, reverse = false;
    for (leie_size i = 0; i < c->n; i++) {
        none |= c->kind[i] == LEIE_COALITION_NONE;
        calm |= c->kind[i] == LEIE_COALITION_CALM;
        reverse |= c->kind[i] == LEIE_COALITION_REVERSE;
    }
    struct {
        double **at;
        leie_size count;
    } arrays[] = {{&out->total, size},
                  {&out->none, none ? size : 0},
                  {&out->alone, c->alone ? I * size : 0},
                  {&out->share, c->exact || c->sampled ? I * size : 0},
                  {&out->error, c->sampled ? I * qk : 0},
                  {&out->reverse, reverse ? qk : 0},
                  {&out->rebound, calm ? qk : 0},
                  {&s->before, c->sampled ? size : 0},
                  {&s->pair, c->sampled ? I * qk : 0},
                  {&s->square, c->sampled ? I * qk : 0}};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        leie_free(*arrays[i].at);
        *arrays[i].at = arrays[i].count ? leie_new(arrays[i].count, sizeof(double)) : NULL;
        if (arrays[i].count && !*arrays[i].at)
            return leie_fail_memory(err, "the outcome of a scenario", arrays[i].count, sizeof(double));
    }
    return LEIE_OK;
}

static leie_status keep_reports(leie_outcome *out, const leie_change *change, leie_error *err)
{
    leie_free(out->report);
    out->report = leie_new(change->reports + 1, sizeof *out->report);
    if (!out->report)
        return leie_fail_memory(err, "reports", change->reports, sizeof *out->report);
    memcpy(out->report, change->report, (size_t)change->reports * sizeof *out->report);
    out->over_one = change->over_one;
    out->largest_sum = change->largest_sum;
    return LEIE_OK;
}

// What one evaluated set adds to the outcome.
static leie_status take(job *j, worker *w, leie_outcome *out, const leie_coalitions *c, leie_size i, sampling *s, leie_error *err)
{
    const leie_outcome_shape *shape = &j->o->shape;
    leie_size size = shape->size, qk = shape->q * shape->k;
    leie_status st = LEIE_OK;
    switch (c->kind[i]) {
    case LEIE_COALITION_NONE:
        memcpy(out->none, w->value, (size_t)size * sizeof *w->value);
        break;
    case LEIE_COALITION_ALL:
        memcpy(out->total, w->value, (size_t)size * sizeof *w->value);
        st = keep_reports(out, &w->change, err);
        break;
    case LEIE_COALITION_REVERSE:
        for (leie_size x = 0; x < qk; x++)
            out->reverse[x] = w->value[x] - out->total[x];
        break;
    case LEIE_COALITION_CALM:
        for (leie_size x = 0; x < qk; x++)
            out->rebound[x] = out->total[x] - w->value[x];
        break;
    case LEIE_COALITION_ORDER:
        add_sampled(out, c, i, w->value, shape, s);
        break;
    default:
        break;
    }
    if (c->exact && (c->kind[i] <= LEIE_COALITION_ALL || c->kind[i] == LEIE_COALITION_SET))
        add_exact(out, c, i, w->value, size);
    bool single = c->kind[i] == LEIE_COALITION_SET || (c->kind[i] == LEIE_COALITION_ALL && c->players == 1);
    for (leie_size p = 0; c->alone && single && players_in(c, i) == 1 && p < c->players; p++)
        if (c->on[i * c->interventions + c->player[p]]) {
            memcpy(out->alone + c->player[p] * size, w->value, (size_t)size * sizeof *w->value);
            if (out->none)
                add_scaled(out->alone + c->player[p] * size, -1, out->none, size);
        }
    return st;
}

// One scenario in one year. *open as in evaluate.
static leie_status run_one(job *j, worker *w, leie_outcome *out, bool alone, bool *open, leie_error *err)
{
    leie_coalitions c = {0};
    sampling s = {0};
    leie_status st = leie_coalitions_make(&c, j->base->set, scenario_of(j, out), out->projection && out->drivers > 0 && out->scenario >= 0, err);
    st = st ? st : new_arrays(out, &c, &j->o->shape, &s, err);
    out->evaluations = out->by_itself = out->rank = 0;
    out->residual = 0;
    out->method = LEIE_METHOD_AUTO;
    *open = false;
    for (leie_size i = 0; !st && !*open && i < c.n; i++) {
        st = evaluate(j, w, out, &c, i, alone, open, err);
        if (!st && !*open)
            st = take(j, w, out, &c, i, &s, err);
    }
    if (!st && !*open && c.sampled)
        finish_errors(out, &c, &j->o->shape, &s);
    leie_free(s.before);
    leie_free(s.pair);
    leie_free(s.square);
    leie_coalitions_clear(&c);
    return st;
}

// ---- all of them ----

static leie_status list_outcomes(job *j, leie_error *err)
{
    const leie_scenarios *set = j->base->set;
    int table_year = j->base->t->year;
    leie_size room = 0;
    for (leie_size s = 0; s < set->scenarios; s++)
        room += 1 + 2 * set->scenario[s].years;
    leie_outcomes *o = j->o;
    o->outcome = leie_new(room + 1, sizeof *o->outcome);
    if (!o->outcome)
        return leie_fail_memory(err, "outcomes", room, sizeof *o->outcome);
    int year = table_year, next;
    do { // years ascending: that of the table, then projections
        next = 0;
        bool projection = year != table_year;
        leie_size drivers = o->n;
        o->n += projection;
        for (leie_size s = 0; s < set->scenarios; s++) {
            const leie_scenario *c = &set->scenario[s];
            bool here = !c->years && !projection;
            for (leie_size y = 0; y < c->years; y++) {
                here |= c->year[y] == year;
                if (j->opts->last && c->year[y] > table_year && c->year[y] > year && (!next || c->year[y] < next))
                    next = c->year[y];
            }
            if (here)
                o->outcome[o->n++] = (leie_outcome){.scenario = s, .year = year, .projection = projection, .interventions = c->interventions,
                                                    .drivers = projection ? set->drivers : 0};
        }
        if (projection)
            o->outcome[drivers] = (leie_outcome){.scenario = -1, .year = year, .projection = true, .drivers = set->drivers};
        year = next;
    } while (next);
    return LEIE_OK;
}

static leie_status open_workers(job *j, leie_error *err)
{
    j->workers = leie_threads();
    j->worker = leie_new(j->workers, sizeof *j->worker);
    j->by_itself = leie_new(j->o->n + 1, sizeof *j->by_itself);
    if (!j->worker || !j->by_itself)
        return leie_fail_memory(err, "work on scenarios", j->o->n, sizeof *j->by_itself);
    leie_status st = LEIE_OK;
    for (leie_size w = 0; !st && w < j->workers; w++) {
        st = leie_change_open(&j->worker[w].change, j->base, err);
        st = st ? st : leie_effect_new(&j->worker[w].effect, &j->r, err);
        j->worker[w].value = st ? NULL : leie_new(j->o->shape.size + 1, sizeof *j->worker[w].value);
        if (!st && !j->worker[w].value)
            st = leie_fail_memory(err, "work on scenarios", j->o->shape.size, sizeof *j->worker[w].value);
    }
    return st;
}

static void close_job(job *j)
{
    for (leie_size w = 0; j->worker && w < j->workers; w++) {
        if (j->worker[w].change.base)
            leie_change_clear(&j->worker[w].change);
        leie_effect_clear(&j->worker[w].effect);
        leie_response_work_clear(&j->worker[w].work);
        leie_free(j->worker[w].value);
    }
    leie_free(j->worker);
    leie_free(j->by_itself);
    if (j->r.base)
        leie_response_clear(&j->r);
}

// Every set of every scenario is applied once, so that the vectors of all are known.
static leie_status collect(job *j, leie_error *err)
{
    leie_change change = {0};
    leie_factors work = {0};
    leie_status st = leie_change_open(&change, j->base, err);
    for (leie_size i = 0; !st && i < j->o->n; i++) {
        leie_outcome *out = &j->o->outcome[i];
        const leie_scenario *s = scenario_of(j, out);
        leie_coalitions c = {0};
        leie_error why = {0};
        st = leie_coalitions_make(&c, j->base->set, s, out->projection && out->drivers > 0 && out->scenario >= 0, err);
        for (leie_size x = 0; !st && x < c.n; x++) {
            leie_change_opts o = change_options(j, out, &c, x);
            leie_status bad = leie_change_apply(&change, s, &o, &why);
            bad = bad ? bad : leie_response_collect(&j->r, &change, &work, &why);
            st = named(bad, &why, s, out->year, err);
            j->evaluations++;
        }
        leie_coalitions_clear(&c);
        if (!st && j->opts->stop && j->opts->stop(j->opts->stop_ctx))
            st = leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    }
    leie_factors_clear(&work);
    if (change.base)
        leie_change_clear(&change);
    return st;
}

static leie_status run_chunk(void *ctx, leie_size first, leie_size last, int worker_number, leie_error *err)
{
    job *j = ctx;
    leie_status st = LEIE_OK;
    for (leie_size i = first; !st && i < last; i++)
        st = run_one(j, &j->worker[worker_number], &j->o->outcome[i], false, &j->by_itself[i], err);
    return st;
}

static leie_status run_all(job *j, leie_error *err)
{
    enum { CHUNK = 256 }; // between two looks at the stop
    leie_status st = LEIE_OK;
    for (leie_size i = 0; j->r.plan.method != LEIE_METHOD_LOWRANK && i < j->o->n; i++)
        j->by_itself[i] = true;
    for (leie_size first = 0; !st && j->r.plan.method == LEIE_METHOD_LOWRANK && first < j->o->n; first += CHUNK) {
        leie_size count = j->o->n - first < CHUNK ? j->o->n - first : CHUNK;
        job part = *j;
        leie_outcomes shifted = *j->o; // chunks count from 0
        shifted.outcome += first;
        part.o = &shifted;
        part.by_itself += first;
        st = leie_parallel_for(count, 1, run_chunk, &part, err);
        if (!st && j->opts->stop && j->opts->stop(j->opts->stop_ctx))
            st = leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    }
    for (leie_size i = 0; !st && i < j->o->n; i++) { // solved by themselves, with all threads on each
        bool open = false;
        if (j->by_itself[i])
            st = run_one(j, &j->worker[0], &j->o->outcome[i], true, &open, err);
    }
    return st;
}

enum { OUTPUT_STEPS = 4 }; // steps of refinement for a change of moderate size

// What outputs cost beside the rest goes into the plan.
static leie_status plan_outputs(job *j, leie_error *err)
{
    const leie_table *t = j->base->t;
    leie_plan plan = {0};
    leie_size columns = (j->o->shape.q + 1) * (1 + OUTPUT_STEPS * j->o->n), used = (leie_size)strlen(j->r.plan.why);
    if (!j->opts->outputs.output)
        return LEIE_OK;
    leie_status st = leie_plan_make(&plan, &t->Z, &t->sector, columns, j->r.K, &j->r.opts.linsys, err);
    for (int c = 0; !st && c < LEIE_SOLVERS - 1; c++)
        if (plan.candidate[c].solver == plan.solver)
            snprintf(j->r.plan.why + used, sizeof j->r.plan.why - (size_t)used, "; outputs about %lld plain right-hand sides more, %.3g GFLOP, %.1f MB",
                     (long long)columns, plan.candidate[c].flops / 1e9, 8e-6 * (double)(j->o->n * (j->o->shape.q * j->o->shape.k + j->o->shape.k + 1) * t->sector.n));
    return st;
}

// Outputs of every scenario: each change once more, on all threads.
static leie_status add_outputs(job *j, leie_error *err)
{
    worker *w = &j->worker[0];
    leie_size C = j->o->shape.q + 1, n = j->base->n;
    double *X = leie_new(n * C, sizeof *X);
    leie_status st = X ? LEIE_OK : leie_fail_memory(err, "outputs", n * C, sizeof *X);
    if (!st && j->opts->outputs.output)
        st = leie_outputs_baseline(X, &j->r, err);
    for (leie_size i = 0; !st && i < j->o->n; i++) {
        leie_outcome *out = &j->o->outcome[i];
        const leie_scenario *s = scenario_of(j, out);
        const leie_change_opts o = {.year = out->year, .projection = out->projection, .longevity = j->opts->longevity};
        leie_error why = {0};
        st = leie_change_apply(&w->change, s, &o, &why);
        st = st ? st : leie_response_evaluate(&w->effect, &j->r, &w->change, &w->work, &why);
        if (!st && j->opts->outputs.multiplier && !w->effect.converged)
            st = leie_response_resolve(&w->effect, &j->r, &w->change, &w->work, &why);
        st = st ? st : leie_outputs_make(&out->outputs, &j->r, &w->change, X, &w->work, &j->opts->outputs, &why);
        st = named(st, &why, s, out->year, err);
        out->residual = fmax(out->residual, out->outputs.residual);
        if (!st && j->opts->stop && j->opts->stop(j->opts->stop_ctx))
            st = leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    }
    leie_free(X);
    return st;
}

static leie_status copy_labels(leie_outcomes *o, const leie_response *r, leie_error *err)
{
    leie_status st = leie_labels_copy(&o->product, &r->product, err);
    return st ? st : leie_labels_copy(&o->category, &r->category, err);
}

leie_status leie_outcomes_make(leie_outcomes *outcomes, const leie_baseline *base, const leie_account_regions *q,
                               const leie_outcome_opts *opts, leie_error *err)
{
    leie_outcomes o = {0};
    double none = 0; // the drivers alone have no parameters of their own: those of the first scenario count
    job j = {.base = base, .opts = opts, .o = &o};
    double start = leie_seconds();
    j.drivers = (leie_scenario){.value = base->set->scenarios ? base->set->scenario[0].value : &none, .attribution = LEIE_ATTRIBUTE_NONE};
    leie_status st = leie_response_open(&j.r, base, q, opts->by_origin, opts->exclude, &opts->response, err);
    if (st)
        return st;
    shape_of(&o.shape, &j.r, opts->by_origin);
    st = copy_labels(&o, &j.r, err);
    st = st ? st : list_outcomes(&j, err);
    st = st ? st : collect(&j, err);
    o.seconds_collect = leie_seconds() - start;
    st = st ? st : leie_response_plan_make(&j.r, j.evaluations, err);
    st = st ? st : plan_outputs(&j, err);
    o.plan = j.r.plan;
    if (!st && !opts->plan_only && o.n) {
        start = leie_seconds();
        st = leie_response_solve(&j.r, err);
        o.info = j.r.info;
        o.seconds_solve = leie_seconds() - start;
        start = leie_seconds();
        st = st ? st : open_workers(&j, err);
        st = st ? st : run_all(&j, err);
        if (opts->outputs.output || opts->outputs.multiplier)
            st = st ? st : add_outputs(&j, err);
        o.seconds_evaluate = leie_seconds() - start;
    }
    close_job(&j);
    if (st)
        leie_outcomes_clear(&o);
    *outcomes = o;
    return st;
}

void leie_outcomes_clear(leie_outcomes *o)
{
    for (leie_size i = 0; i < o->n; i++) {
        leie_outcome *out = &o->outcome[i];
        double *const arrays[] = {out->total, out->none, out->alone, out->share, out->error, out->reverse, out->rebound};
        for (size_t a = 0; a < sizeof arrays / sizeof arrays[0]; a++)
            leie_free(arrays[a]);
        leie_free(out->report);
        leie_outputs_clear(&out->outputs);
    }
    leie_free(o->outcome);
    leie_labels_clear(&o->product);
    leie_labels_clear(&o->category);
    *o = (leie_outcomes){0};
}
