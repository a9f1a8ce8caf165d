// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/backcast_run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_table.h"
#include "kernels/memory.h"

// One back-cast at work.
typedef struct casting {
    const leie_study *study;
    const leie_study_backcast *b;
    leie_year *year;
    const leie_account_regions *q;
    const leie_scenarios *set;
    const leie_scenario *scenario;
    const leie_longevity *longevity;
    leie_lever response;
    double *value;                      // [parameters]
    double *e;                          // [outputs]
    leie_size parameter[LEIE_LEVERS_MAX];
    double from[LEIE_LEVERS_MAX], to[LEIE_LEVERS_MAX];
    leie_size output[LEIE_GOALS_MAX];
} casting;

__attribute__((format(printf, 4, 5))) static leie_status fail_at(const casting *c, leie_size line, leie_error *err, const char *format, ...)
{
    char text[800];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: backcast '%s': %s", c->study->file, (long long)line, c->b->name, text);
}

static void set_values(const casting *c, const double *t)
{
    memcpy(c->value, c->scenario->value, (size_t)c->set->parameters * sizeof *c->value);
    for (leie_size i = 0; i < c->b->levers; i++)
        c->value[c->parameter[i]] = c->from[i] + t[i] * (c->to[i] - c->from[i]);
}

static leie_status outcome(void *ctx, const double *t, double *e, leie_error *err)
{
    casting *c = ctx;
    set_values(c, t);
    leie_status st = leie_lever_at(&c->response, c->value, c->e, err);
    for (leie_size j = 0; !st && j < c->b->goals; j++)
        e[j] = c->e[c->output[j]];
    return st;
}

static leie_status find_levers(casting *c, leie_error *err)
{
    for (leie_size i = 0; i < c->b->levers; i++) {
        const leie_study_lever *l = &c->b->lever[i];
        leie_size at = leie_scenarios_parameter(c->set, l->parameter);
        if (at < 0) {
            leie_labels known = {0};
            for (leie_size p = 0; p < c->set->parameters; p++)
                leie_labels_add(&known, c->set->parameter[p].name, NULL, NULL, NULL, NULL); // without memory there is no hint
            const char *nearest = leie_labels_nearest(&known, l->parameter);
            leie_status st = fail_at(c, l->line, err, "no parameter '%.100s' in the scenario files%s%s%s", l->parameter,
                                     nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
            leie_labels_clear(&known);
            return st;
        }
        const leie_parameter *p = &c->set->parameter[at];
        c->parameter[i] = at;
        c->from[i] = !isnan(l->from) ? l->from : p->ranged ? p->low : NAN;
        c->to[i] = !isnan(l->to) ? l->to : p->ranged ? p->high : NAN;
        if (isnan(c->from[i]) || isnan(c->to[i]))
            return fail_at(c, l->line, err, "the lever '%.100s' needs 'from' and 'to': its parameter has no range", l->parameter);
    }
    return LEIE_OK;
}

// Inhabitants of the target year over those of the table's year.
static leie_status population_ratio(casting *c, const leie_study_goal *g, leie_size region, double *ratio, leie_error *err)
{
    int year = c->b->year ? c->b->year : c->year->year;
    *ratio = 1;
    if (year == c->year->year)
        return LEIE_OK;
    if (!c->study->population.real || !c->year->population)
        return fail_at(c, g->line, err, "a target per head needs 'population' in the study");
    double *people = leie_new(c->q->label.n, sizeof *people);
    if (!people)
        return leie_fail_memory(err, "population", c->q->label.n, sizeof *people);
    leie_status st = leie_read_population(people, &c->study->population, year, c->q, &c->year->table.sector.region,
                                          &c->year->table.provenance, err);
    if (!st && !(people[region] > 0 && c->year->population[region] > 0))
        st = fail_at(c, g->line, err, "%s has no inhabitants of '%.100s' in %d or in %d: give the target as an amount (per: absolute)",
                     c->study->population.shown, g->region, year, c->year->year);
    if (!st)
        *ratio = people[region] / c->year->population[region];
    leie_free(people);
    return st;
}

static leie_status find_goals(casting *c, leie_backcast *b, leie_error *err)
{
    const leie_labels *stressor = &c->year->table.stressor;
    leie_size k = c->response.k;
    for (leie_size j = 0; j < c->b->goals; j++) {
        const leie_study_goal *g = &c->b->goal[j];
        leie_size region = leie_labels_find(&c->q->label, g->region);
        leie_size s = g->stressor && strcmp(g->stressor, "TOTAL") != 0 ? leie_labels_find(stressor, g->stressor) : k;
        if (region < 0 || s < 0) {
            const char *nearest = leie_labels_nearest(region < 0 ? &c->q->label : stressor, region < 0 ? g->region : g->stressor);
            return fail_at(c, g->line, err, "no %s '%.100s'%s%s%s", region < 0 ? "account region" : "stressor", region < 0 ? g->region : g->stressor,
                           nearest ? ", did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
        }
        if (s == k && !c->response.has_total)
            return fail_at(c, g->line, err, "there are no materials of one unit to add up: name a stressor");
        double ratio = 1, people = c->year->population ? c->year->population[region] : NAN;
        c->output[j] = region * (k + 1) + s;
        leie_status st = g->per_capita ? population_ratio(c, g, region, &ratio, err) : LEIE_OK;
        if (st)
            return st;
        if (g->per_capita && !g->relative && !(people > 0))
            return fail_at(c, g->line, err, "a target per head needs 'population' in the study");
        b->goal[j] = g->relative ? c->response.baseline[c->output[j]] * (1 + g->level) * ratio
                                 : g->per_capita ? g->level * people * ratio : g->level;
    }
    return LEIE_OK;
}

static leie_status cast_one(casting *c, const leie_baseline *base, leie_backcast_result *result, leie_error *err)
{
    leie_size at = leie_scenarios_find(c->set, c->b->scenario);
    if (at < 0)
        return fail_at(c, c->b->line, err, "no scenario '%.100s' in the scenario files", c->b->scenario);
    c->scenario = &c->set->scenario[at];
    leie_lever_opts opts = {.linsys = c->study->linsys, .method = (leie_scenario_method)c->study->scenario_method, .longevity = c->longevity,
                            .year = c->b->year ? c->b->year : c->year->year};
    opts.projection = opts.year != c->year->year;
    memcpy(opts.exclude, c->study->exclude, sizeof opts.exclude);
    leie_status st = find_levers(c, err);
    st = st ? st : leie_lever_open(&c->response, base, c->q, c->scenario, &opts, err);
    if (st)
        return st;
    c->value = leie_new(c->set->parameters ? c->set->parameters : 1, sizeof *c->value);
    c->e = leie_new(c->response.outputs, sizeof *c->e);
    if (!c->value || !c->e)
        st = leie_fail_memory(err, "back-casting", c->set->parameters + c->response.outputs, sizeof *c->e);
    leie_backcast *b = &result->answer;
    b->levers = c->b->levers;
    b->goals = c->b->goals;
    for (leie_size i = 0; i < b->levers; i++)
        b->cost[i] = c->b->lever[i].cost;
    st = st ? st : find_goals(c, b, err);
    st = st ? st : leie_backcast_solve(b, outcome, c, err);
    double ignored[LEIE_GOALS_MAX];
    st = st ? st : outcome(c, b->t, ignored, err);
    result->residual = c->response.residual;
    for (leie_size i = 0; !st && i < b->levers; i++)
        result->value[i] = c->value[c->parameter[i]];
    leie_lever_close(&c->response);
    leie_free(c->value);
    leie_free(c->e);
    return st;
}

static void tell(const leie_watch *watch, const leie_year *year, const leie_study_backcast *b, const leie_backcast_result *result)
{
    char text[600];
    if (!watch || !watch->log)
        return;
    snprintf(text, sizeof text, "backcast %s: %s; %lld evaluations, residual of the changed system %.2e", b->name,
             leie_backcast_name(result->answer.end), (long long)result->answer.evaluations, result->residual);
    watch->log(watch->ctx, result->answer.end == LEIE_BACKCAST_STALLED ? LEIE_LOG_WARNING : LEIE_LOG_INFO, year->year, text);
}

leie_status leie_backcasts_run(leie_year *year, const leie_scenarios *set, const leie_study *study, const leie_account_regions *q,
                               const leie_longevity *longevity, const leie_watch *watch, leie_error *err)
{
    leie_baseline base = {0};
    year->backcast = leie_new(study->backcasts, sizeof *year->backcast);
    if (!year->backcast)
        return leie_fail_memory(err, "back-casting", study->backcasts, sizeof *year->backcast);
    year->backcasts = study->backcasts;
    leie_status st = leie_baseline_make(&base, &year->table, set, err);
    if (st)
        return st;
    for (leie_size i = 0; !st && i < study->backcasts; i++) {
        casting c = {.study = study, .b = &study->backcast[i], .year = year, .q = q, .set = set, .longevity = longevity};
        st = cast_one(&c, &base, &year->backcast[i], err);
        if (!st)
            tell(watch, year, c.b, &year->backcast[i]);
        if (watch && watch->stop && watch->stop(watch->ctx))
            st = st ? st : leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    }
    leie_baseline_clear(&base);
    return st;
}
