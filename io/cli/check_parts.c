// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/check_parts.h"

#include <math.h>
#include <stdio.h>

#include "io/cli/flow_view.h"
#include "io/cli/identities_view.h"

static const double EXACT = 1e-9, CLOSED = 1e-6;

// ---- identities ----

enum { MOST = 8 };

typedef struct found {
    leie_size n;
    leie_identity item[MOST];
} found;

static leie_identity *add(found *list, const char *name, leie_verdict verdict, double size)
{
    leie_identity *i = &list->item[list->n++];
    *i = (leie_identity){.verdict = verdict, .size = size};
    snprintf(i->name, sizeof i->name, "%s", name);
    return i;
}

// NaN fails.
static void hold(found *list, const char *name, double size, double tolerance)
{
    leie_identity *i = add(list, name, size <= tolerance ? LEIE_PASS : LEIE_FAIL, size);
    i->tolerance = tolerance;
    i->count = i->verdict == LEIE_FAIL;
}

static leie_status print(found *list, const leie_study *head, leie_size *failed, leie_error *err)
{
    const leie_identities all = {.n = list->n, .room = MOST, .item = list->item};
    *failed += leie_identities_count(&all, LEIE_FAIL);
    return leie_identities_print(&all, head->title ? head->title : head->name, err);
}

// ---- a system ----

static double count_state(const leie_reconciled *r, leie_mfa_state state)
{
    double n = 0;
    for (leie_size i = 0; i < r->n; i++)
        n += r->state[i] == state;
    return n;
}

static leie_status judge_system(const leie_flow_system *sys, const leie_reconciled *r, leie_size *failed, leie_error *err)
{
    const leie_reconcile_opts *o = &sys->study->opts;
    double dependent = 0;
    found list = {0};
    for (leie_size k = 0; k < r->m; k++)
        dependent += r->dependent[k];
    hold(&list, "every balance and relation closes", r->violation, CLOSED);
    leie_identity *test = add(&list, "global test: the data agree (sum of squares)", LEIE_SKIPPED, r->objective);
    if (isnan(r->probability))
        snprintf(test->worst, sizeof test->worst, "%s", o->huber > 0 ? "a robust fit has none" : "nothing is redundant");
    else {
        test->verdict = r->probability < o->level ? LEIE_FAIL : LEIE_PASS;
        test->count = test->verdict == LEIE_FAIL;
        snprintf(test->worst, sizeof test->worst, "%lld degrees of freedom, probability %.3g, level %g", (long long)r->dof, r->probability, o->level);
    }
    add(&list, "measured and redundant", LEIE_INFO, count_state(r, LEIE_MFA_REDUNDANT));
    add(&list, "measured and checked by nothing", LEIE_INFO, count_state(r, LEIE_MFA_NOT_REDUNDANT));
    add(&list, "unknown and observable", LEIE_INFO, count_state(r, LEIE_MFA_OBSERVABLE));
    add(&list, "unknown and not observable", LEIE_INFO, count_state(r, LEIE_MFA_NOT_OBSERVABLE));
    add(&list, "balances and relations that say nothing new", LEIE_INFO, dependent);
    leie_status st = print(&list, &sys->study->head, failed, err);
    if (st)
        return st;
    static const leie_mfa_state states[] = {LEIE_MFA_REDUNDANT, LEIE_MFA_NOT_REDUNDANT, LEIE_MFA_OBSERVABLE};
    for (size_t k = 0; k < sizeof states / sizeof states[0]; k++)
        leie_flow_print_state(sys, r, states[k]);
    st = leie_flow_print_findings(sys, r, err);
    putchar('\n');
    return st;
}

static leie_status check_system(const char *path, leie_size sets, char *const *set, leie_size *failed, leie_error *err)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_status st = leie_flow_study_read(&study, path, sets, set, err);
    st = st ? st : leie_flow_system_run(&sys, &r, &study, err);
    st = st ? st : judge_system(&sys, &r, failed, err);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}

// ---- stocks and waste ----

static double count_negative(const leie_dataset *ds, const char *name)
{
    const leie_var *v = leie_dataset_find(ds, name);
    double n = 0;
    for (leie_size i = 0; v && i < v->count; i++)
        n += v->number[i] < 0;
    return n;
}

static void judge_stocks(found *list, const leie_stock_info *info, const leie_dataset *ds)
{
    hold(list, "change of stock = inflow - outflow", info->gap, EXACT);
    hold(list, "stocks below zero", count_negative(ds, "stock"), 0);
    add(list, "inflow below zero", LEIE_INFO, count_negative(ds, "inflow"));
    add(list, "stocks of a year scaled down: faster than lifetimes allow", LEIE_INFO, (double)info->scaled);
}

static void judge_waste(found *list, const leie_waste_study *study, const leie_waste_info *info, const leie_dataset *ds)
{
    hold(list, "waste = exported + treated + without a treatment", info->gap, EXACT);
    hold(list, "waste generated below zero", count_negative(ds, "waste_generation"), 0);
    if (study->closure.table.real)
        hold(list, "residual of waste input-output", info->closure_residual, EXACT);
    add(list, "mass without a treatment chosen", LEIE_INFO, info->unrouted);
    add(list, "mass that caps keep at home", LEIE_INFO, info->sent_back);
}

static leie_status check_stocks(const char *path, leie_size sets, char *const *set, leie_size *failed, leie_error *err)
{
    leie_stock_study study = {0};
    leie_stock_info info = {0};
    leie_dataset ds = {0};
    found list = {0};
    leie_status st = leie_stock_study_read(&study, path, sets, set, err);
    st = st ? st : leie_stock_run(&ds, &study, &info, err);
    if (!st)
        judge_stocks(&list, &info, &ds);
    st = st ? st : print(&list, &study.head, failed, err);
    leie_dataset_clear(&ds);
    leie_stock_study_clear(&study);
    return st;
}

static leie_status check_waste(const char *path, leie_size sets, char *const *set, leie_size *failed, leie_error *err)
{
    leie_waste_study study = {0};
    leie_waste_info info = {0};
    leie_dataset ds = {0};
    found list = {0};
    leie_status st = leie_waste_study_read(&study, path, sets, set, err);
    st = st ? st : leie_waste_run(&ds, &study, &info, err);
    if (!st)
        judge_waste(&list, &study, &info, &ds);
    st = st ? st : print(&list, &study.head, failed, err);
    leie_dataset_clear(&ds);
    leie_waste_study_clear(&study);
    return st;
}

leie_status leie_part_check(leie_mfa_part part, const char *path, leie_size sets, char *const *set, leie_size *failed, leie_error *err)
{
    switch (part) {
    case LEIE_MFA_PART_SYSTEM:
        return check_system(path, sets, set, failed, err);
    case LEIE_MFA_PART_STOCKS:
        return check_stocks(path, sets, set, failed, err);
    case LEIE_MFA_PART_WASTE:
        return check_waste(path, sets, set, failed, err);
    case LEIE_MFA_PART_NONE:
        break;
    }
    return LEIE_OK;
}
