// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/system_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/flow_run.h"
#include "io/result/dataset_join.h"
#include "kernels/memory.h"

leie_status leie_flow_system_run(leie_flow_system *sys, leie_reconciled *r, const leie_flow_study *study, leie_error *err)
{
    leie_reconcile_opts opts = study->opts;
    leie_index *choose = NULL;
    leie_status st = leie_flow_system_read(sys, study, err);
    st = st ? st : leie_flow_choose(&choose, &opts.chosen, sys, err);
    opts.choose = choose;
    st = st ? st : leie_reconcile(r, &sys->system, &opts, err);
    leie_free(choose);
    if (!st && !r->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "%s: not converged after %lld linearisations, the last step was %.1e standard deviations; nothing was written",
                       study->head.file, (long long)r->iterations, r->last_step);
    return st;
}

// A name that a variable can begin with.
static void prefix_of(char prefix[64], const char *name)
{
    size_t used = 0;
    if (!isalpha((unsigned char)name[0]))
        used = (size_t)snprintf(prefix, 64, "system_");
    for (const char *c = name; *c && used < 63; c++)
        prefix[used++] = isalnum((unsigned char)*c) ? *c : '_';
    prefix[used] = '\0';
}

// What a reader of the log should know of a reconciliation.
static void say(const leie_watch *watch, const leie_flow_study *study, const leie_reconciled *r, const leie_dataset *part)
{
    const leie_attribute *failed = leie_dataset_get(part, NULL, "draws_failed");
    char text[512];
    bool contradicts = r->dof && r->probability < study->opts.level;
    if (!watch || !watch->log)
        return;
    snprintf(text, sizeof text, "system '%s': %lld quantities, %lld constraints, sum of squares %.4g with %lld degrees of freedom%s", study->head.name,
             (long long)r->n, (long long)r->m, r->objective, (long long)r->dof,
             contradicts ? ", the data contradict each other (leie reconcile names what)" : "");
    watch->log(watch->ctx, contradicts ? LEIE_LOG_WARNING : LEIE_LOG_NOTE, 0, text);
    if (!failed || !failed->integer[0])
        return;
    snprintf(text, sizeof text, "system '%s': %lld of %lld draws cannot be reconciled and are in no statistic", study->head.name, (long long)failed->integer[0],
             (long long)study->draws);
    watch->log(watch->ctx, LEIE_LOG_WARNING, 0, text);
}

static leie_status add_system(leie_dataset *ds, const leie_path *path, const leie_watch *watch, leie_error *err)
{
    char prefix[64];
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset part = {0};
    leie_status st = leie_flow_study_read(&study, path->real, 0, NULL, err);
    st = st ? st : leie_flow_system_run(&sys, &r, &study, err);
    st = st ? st : leie_flow_dataset(&part, &sys, &r, err);
    if (!st) {
        prefix_of(prefix, study.head.name);
        say(watch, &study, &r, &part);
        st = leie_dataset_join(ds, &part, prefix, err);
    }
    leie_dataset_clear(&part);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}

leie_status leie_system_parts_add(leie_dataset *ds, const leie_study *study, const leie_watch *watch, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < study->systems && !st; i++)
        st = add_system(ds, &study->system[i], watch, err);
    return st;
}
