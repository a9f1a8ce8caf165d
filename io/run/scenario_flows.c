// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/scenario_flows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

typedef struct job {
    leie_year *year;
    const leie_scenarios *set;
    const leie_study *study;
    const leie_flow_accounts *flows;
    const leie_direct_basis *basis;
    const leie_account_regions *q;
    const leie_longevity *longevity;
    const leie_watch *watch;
    leie_scenario none; // the drivers of a projection alone
} job;

static const leie_scenario *scenario_of(const job *j, const leie_outcome *out)
{
    return out->scenario < 0 ? &j->none : &j->set->scenario[out->scenario];
}

static void say_missing(const job *j, const leie_outcome *out)
{
    char text[320];
    if (!j->watch || !j->watch->log)
        return;
    snprintf(text, sizeof text, "scenario '%s' adds products: its raw material equivalents of trade and its direct flows are missing",
             scenario_of(j, out)->code);
    j->watch->log(j->watch->ctx, LEIE_LOG_NOTE, out->year, text);
}

// The accounts of the table of one scenario.
static leie_status make_flow(leie_scenario_flow *flow, const job *j, leie_outcome *out, const leie_change *change, leie_error *err)
{
    leie_table t = {0};
    leie_linsys_info solved = {0};
    leie_accounts_opts opts = {.by = j->study->by & LEIE_BY_GROSS, .linsys = j->study->linsys};
    memcpy(opts.exclude, j->study->exclude, sizeof opts.exclude);
    leie_status st = leie_changed_table(&t, &solved, change, &opts.linsys, err);
    st = st ? st : leie_accounts_make(&flow->accounts, &t, j->q, &opts, err);
    if (!st && j->basis)
        st = leie_direct_flows(&flow->direct, j->basis, j->flows, &t, j->q, &flow->accounts, err);
    if (!st) {
        flow->there = true;
        out->residual = fmax(out->residual, fmax(solved.residual, flow->accounts.linsys.residual));
    }
    leie_table_clear(&t);
    return st;
}

static leie_status make_flows(const job *j, leie_change *change, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_outcomes *o = &j->year->outcomes;
    for (leie_size i = 0; !st && i < o->n; i++) {
        leie_outcome *out = &o->outcome[i];
        leie_error why = {0};
        leie_change_opts opts = {.year = out->year, .projection = out->projection, .longevity = j->longevity};
        st = leie_change_apply(change, scenario_of(j, out), &opts, &why);
        if (!st && leie_change_adds_products(change))
            say_missing(j, out);
        else if (!st)
            st = make_flow(&j->year->scenario_flow[i], j, out, change, &why);
        if (st)
            leie_fail(err, st, "scenario '%s', %d: %s", out->scenario < 0 ? "drivers" : scenario_of(j, out)->code, out->year, why.text);
        else if (j->watch && j->watch->stop && j->watch->stop(j->watch->ctx))
            st = leie_fail(err, LEIE_ERR_STOPPED, "stopped on request; nothing was written");
    }
    return st;
}

leie_status leie_scenario_flows_make(leie_year *year, const leie_scenarios *set, const leie_study *study,
                                     const leie_flow_accounts *flows, const leie_direct_basis *basis,
                                     const leie_account_regions *q, const leie_longevity *longevity, const leie_watch *watch, leie_error *err)
{
    job j = {.year = year, .set = set, .study = study, .flows = flows, .basis = basis, .q = q, .longevity = longevity, .watch = watch};
    double zero = 0; // the drivers have no parameters of their own: those of the first scenario count
    leie_baseline base = {0};
    leie_change change = {0};
    if (!(study->by & (LEIE_BY_GROSS | LEIE_BY_DIRECT)) || !year->outcomes.n)
        return LEIE_OK;
    j.none = (leie_scenario){.value = set->scenarios ? set->scenario[0].value : &zero, .attribution = LEIE_ATTRIBUTE_NONE};
    year->scenario_flow = leie_new(year->outcomes.n, sizeof *year->scenario_flow);
    if (!year->scenario_flow)
        return leie_fail_memory(err, "flows of scenarios", year->outcomes.n, sizeof *year->scenario_flow);
    year->scenario_flows = year->outcomes.n;
    leie_status st = leie_baseline_make(&base, &year->table, set, err);
    st = st ? st : leie_change_open(&change, &base, err);
    st = st ? st : make_flows(&j, &change, err);
    if (change.base)
        leie_change_clear(&change);
    if (base.t)
        leie_baseline_clear(&base);
    return st;
}
