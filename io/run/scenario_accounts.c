// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/scenario_accounts.h"

#include <stdio.h>
#include <string.h>

#include "io/read/read_scenario.h"
#include "kernels/memory.h"

static leie_status check_years(const leie_scenarios *set, leie_size n, const int *table, leie_error *err)
{
    for (leie_size s = 0; s < set->scenarios; s++)
        for (leie_size y = 0; y < set->scenario[s].years; y++) {
            int year = set->scenario[s].year[y];
            bool there = n > 0 && year > table[n - 1];
            for (leie_size t = 0; t < n && !there; t++)
                there = table[t] == year;
            if (!there)
                return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: scenario '%s': %d has no table, and only years after the last table (%d) are "
                                 "projected", set->scenario[s].path, (long long)set->scenario[s].line, set->scenario[s].code, year,
                                 n ? table[n - 1] : 0);
        }
    return LEIE_OK;
}

leie_status leie_study_scenarios(leie_scenarios *set, const leie_study *study, leie_provenance *p, leie_error *err)
{
    int *table = NULL;
    leie_size n = 0;
    if (!study->scenario_files)
        return LEIE_OK;
    leie_status st = leie_study_years(&table, &n, study, err);
    if (!st && n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: 'scenarios' need 'tables' and the route io", study->file);
    st = st ? st : leie_read_scenarios(set, study, p, err);
    st = st ? st : check_years(set, n, table, err);
    leie_free(table);
    return st;
}

leie_status leie_scenario_years(int **years, leie_size *n, const leie_scenarios *set, int last, leie_error *err)
{
    leie_size room = 1;
    *n = 0;
    for (leie_size s = 0; s < set->scenarios; s++)
        room += set->scenario[s].years;
    *years = leie_new(room, sizeof **years);
    if (!*years)
        return leie_fail_memory(err, "years", room, sizeof **years);
    for (int from = last;; from = (*years)[*n - 1]) {
        int next = 0;
        for (leie_size s = 0; s < set->scenarios; s++)
            for (leie_size y = 0; y < set->scenario[s].years; y++) {
                int year = set->scenario[s].year[y];
                if (year > from && (!next || year < next))
                    next = year;
            }
        if (!next)
            return LEIE_OK;
        (*years)[(*n)++] = next;
    }
}

static bool stop_asked(void *ctx)
{
    const leie_watch *watch = ctx;
    return watch->stop && watch->stop(watch->ctx);
}

// Clipping, bounds and equal spreading are said aloud: they are not what was asked for.
static void say_odd(const leie_outcome *out, const leie_scenarios *set, const leie_watch *watch)
{
    const leie_scenario *s = &set->scenario[out->scenario];
    char text[640];
    for (leie_size i = 0; i < out->interventions; i++) {
        const leie_edit_report *r = &out->report[out->drivers + i];
        const char *name = set->intervention[s->intervention[i]].name;
        if (r->clipped || r->shares_clipped) {
            snprintf(text, sizeof text, "scenario '%s', intervention '%s': %lld cells would have become negative and are zero (%.4g added), "
                     "%lld shares were brought to between 0 and 1", s->code, name, (long long)r->clipped, r->clipped_money, (long long)r->shares_clipped);
            watch->log(watch->ctx, LEIE_LOG_WARNING, out->year, text);
        }
        if (r->bound < 1) {
            snprintf(text, sizeof text, "scenario '%s', intervention '%s': the available supply allowed %.3g %% of what was asked", s->code, name, 100 * r->bound);
            watch->log(watch->ctx, LEIE_LOG_WARNING, out->year, text);
        }
        if (r->cells == 0) {
            snprintf(text, sizeof text, "scenario '%s', intervention '%s' changed nothing", s->code, name);
            watch->log(watch->ctx, LEIE_LOG_NOTE, out->year, text);
        }
    }
    if (out->over_one) {
        snprintf(text, sizeof text, "scenario '%s': %lld industries buy more than they sell (the largest sum of inputs is %.4g)", s->code,
                 (long long)out->over_one, out->largest_sum);
        watch->log(watch->ctx, LEIE_LOG_WARNING, out->year, text);
    }
}

enum { SAID = 30 }; // scenarios whose oddities are said one by one; all are in the result

static void say_outcomes(const leie_outcomes *o, const leie_scenarios *set, const leie_table *t, const leie_watch *watch)
{
    char text[512];
    double worst = 0;
    leie_size alone = 0, said = 0;
    if (!watch || !watch->log)
        return;
    for (leie_size i = 0; i < o->n; i++) {
        worst = o->outcome[i].residual > worst ? o->outcome[i].residual : worst;
        alone += o->outcome[i].by_itself;
        if (o->outcome[i].scenario >= 0 && said++ < SAID)
            say_odd(&o->outcome[i], set, watch);
    }
    snprintf(text, sizeof text, "scenarios: %s; largest residual %.2e; %lld solved by themselves; %.2f s to collect, %.2f s to solve, %.2f s to evaluate",
             o->plan.why, worst, (long long)alone, o->seconds_collect, o->seconds_solve, o->seconds_evaluate);
    watch->log(watch->ctx, LEIE_LOG_INFO, t->year, text);
}

leie_status leie_scenario_outcomes(leie_outcomes *o, const leie_scenarios *set, const leie_table *t, const leie_account_regions *q,
                                   const leie_study *study, bool last, bool plan_only, const leie_longevity *longevity, const leie_watch *watch,
                                   leie_error *err)
{
    leie_baseline base = {0};
    leie_watch silent = {0};
    leie_outcome_opts opts = {.by_origin = study->by & LEIE_BY_ORIGIN, .last = last, .plan_only = plan_only, .longevity = longevity, .stop = stop_asked,
                              .stop_ctx = &silent};
    if (watch)
        silent = *watch;
    opts.outputs = (leie_outputs_opts){.output = study->by & LEIE_BY_ORIGIN_SECTOR, .multiplier = study->by & LEIE_BY_MULTIPLIER};
    opts.response = (leie_response_opts){.method = (leie_scenario_method)study->scenario_method, .linsys = study->linsys, .product = (study->by & LEIE_BY_PRODUCT) && !study->report.real};
    memcpy(opts.exclude, study->exclude, sizeof opts.exclude);
    if (study->report.real && (study->by & LEIE_BY_PRODUCT) && watch && watch->log)
        watch->log(watch->ctx, LEIE_LOG_NOTE, t->year, "products of scenarios are left out: the study reports by another list of products");
    if (t->stressor.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: scenarios need 'extensions', pressures to show an effect on", study->file);
    leie_status st = leie_baseline_make(&base, t, set, err);
    st = st ? st : leie_outcomes_make(o, &base, q, &opts, err);
    if (!st && !plan_only)
        say_outcomes(o, set, t, watch);
    if (base.t)
        leie_baseline_clear(&base);
    return st;
}
