// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_needs.h"

#include <stdio.h>
#include <string.h>

static const char NOT_ADDITIVE[] = "no: the parts overlap, their sum counts demand twice";

bool leie_result_additive(const leie_dataset *ds, const char *dimension)
{
    const leie_var *axis = leie_dataset_find(ds, dimension);
    const char *said = axis ? leie_dataset_get_text(ds, axis, "additive") : NULL;
    return !said || strncmp(said, "no", 2) != 0;
}

static leie_status mark(leie_dataset *ds, leie_var *var, const leie_need_list *list, leie_error *err)
{
    return list->overlapping ? leie_dataset_text(ds, var, "additive", NOT_ADDITIVE, err) : LEIE_OK;
}

// Needs of the list on its axis: without the rest where they overlap.
static leie_size shown(const leie_need_list *list)
{
    return list->need.n + !list->overlapping;
}

// Names in Dutch beside the axis, where the list has some.
static leie_status add_dutch(leie_dataset *ds, const leie_need_list *list, leie_error *err)
{
    char name[80], text[80];
    leie_var *var = NULL;
    bool any = false;
    for (leie_size i = 0; i < list->dutch.n; i++)
        any |= list->dutch.name[i][0] != 0;
    if (!any)
        return LEIE_OK;
    snprintf(name, sizeof name, "%s_name_nl", list->name);
    snprintf(text, sizeof text, "name of the %s in Dutch", list->name);
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_TEXT, list->name, NULL, text, err);
    for (leie_size i = 0; !st && i < list->dutch.n; i++)
        st = leie_var_set_text(var, i, list->dutch.name[i], err);
    return st;
}

static leie_status add_axis(leie_dataset *ds, const leie_need_list *list, leie_error *err)
{
    leie_labels labels = {0};
    leie_status st = leie_labels_copy(&labels, &list->need, err);
    leie_size at = st || list->overlapping ? 0 : leie_labels_add(&labels, "unassigned", "without a need", NULL, NULL, err);
    st = at < 0 ? (leie_status)at : st;
    if (!st)
        st = leie_dataset_coordinate(ds, list->name, labels.n, labels.code, labels.name, "what demand is for", err);
    if (!st)
        st = mark(ds, leie_dataset_find(ds, list->name), list, err);
    leie_labels_clear(&labels);
    return st ? st : add_dutch(ds, list, err);
}

static void put_year(leie_var *footprint, leie_var *money, leie_size y, const leie_year *year, const leie_year_need *need,
                     leie_size regions, const leie_labels *stressor)
{
    const leie_accounts *a = &year->accounts;
    leie_size N = shown(&need->list), all = need->list.need.n + 1;
    for (leie_size q = 0; q < a->q; q++)
        for (leie_size n = 0; n < N; n++) {
            leie_size to = (y * regions + q) * N + n;
            money->number[to] = need->money[q * all + n];
            for (leie_size s = 0; footprint && s < a->k; s++)
                footprint->number[to * stressor->n + leie_labels_find(stressor, year->table.stressor.code[s])] =
                    need->footprint[(q * all + n) * a->k + s];
        }
}

static leie_status add_list(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year_need *sample,
                            leie_size at, const leie_labels *stressor, const leie_measures *m, leie_error *err)
{
    const leie_need_list *list = &sample->list;
    char name[64], dims[96], text[128];
    leie_var *footprint = NULL, *money = NULL;
    leie_size regions = ds->dim[leie_dataset_find_dim(ds, "region")].n;
    leie_status st = add_axis(ds, list, err);
    snprintf(name, sizeof name, "footprint_%s", list->name);
    snprintf(dims, sizeof dims, "scenario year region %s stressor", list->name);
    snprintf(text, sizeof text, "D_cba by %s", list->name);
    if (!st && stressor->n)
        st = leie_dataset_var(&footprint, ds, name, LEIE_VAR_DOUBLE, dims, m->units[LEIE_IN_STRESSOR], text, err);
    if (!st && footprint && m->by[LEIE_IN_STRESSOR])
        st = leie_dataset_text(ds, footprint, "units_by", m->by[LEIE_IN_STRESSOR], err);
    if (!st && footprint)
        st = mark(ds, footprint, list, err);
    snprintf(name, sizeof name, "demand_%s", list->name);
    snprintf(dims, sizeof dims, "scenario year region %s", list->name);
    snprintf(text, sizeof text, "final demand by %s", list->name);
    if (!st)
        st = leie_dataset_var(&money, ds, name, LEIE_VAR_DOUBLE, dims, m->units[LEIE_IN_MONEY], text, err);
    if (!st)
        st = mark(ds, money, list, err);
    for (leie_size y = 0; !st && y < years; y++)
        if (!year[y].reused && year[y].needs)
            put_year(footprint, money, y, &year[y], &year[y].need[at], regions, stressor);
    return st;
}

leie_status leie_result_add_needs(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year *sample,
                                  const leie_labels *stressor, const leie_measures *m, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < sample->needs; i++)
        st = add_list(ds, years, year, &sample->need[i], i, stressor, m, err);
    return st;
}
