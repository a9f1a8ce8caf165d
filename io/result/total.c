// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/total.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_text.h"
#include "kernels/memory.h"
#include "solver/table/table.h"

void leie_total_clear(leie_total *total)
{
    leie_free(total->var.number);
    *total = (leie_total){0};
}

// ---- what must not be added up ----

static bool says_no(const leie_dataset *ds, const leie_var *v)
{
    const char *said = v ? leie_dataset_get_text(ds, v, "additive") : NULL;
    return said && strncmp(said, "no", 2) == 0;
}

static bool is_one_of(const char *name, const char *const *list)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

// A ratio: its parts have other denominators.
static bool is_ratio(const leie_dataset *ds, const leie_var *v)
{
    static const char *const ratios[] = {"cmu", "cmu_average", "productivity", "productivity_average", "import_dependency",
                                         "import_dependency_average", "multiplier", NULL};
    char text[LEIE_LABEL_ROOM];
    const char *units = leie_dataset_get_text(ds, v, "units"), *by = leie_dataset_get_text(ds, v, "units_by");
    snprintf(text, sizeof text, "%s", by ? by : units ? units : "");
    return is_one_of(v->name, ratios) || strstr(v->name, "per_capita") || strchr(text, '/') || strchr(text, '%');
}

static const leie_var *text_beside(const leie_dataset *ds, const char *dim, const char *suffix)
{
    char name[300];
    snprintf(name, sizeof name, "%.200s_%s", dim, suffix);
    const leie_var *v = leie_dataset_find(ds, name);
    return v && v->text && v->rank == 1 ? v : NULL;
}

// Pressures add up when they are materials of one unit.
static leie_status check_kinds(const leie_dataset *ds, const leie_var *v, int k, leie_error *err)
{
    char first[LEIE_LABEL_ROOM], unit[LEIE_LABEL_ROOM], label[LEIE_LABEL_ROOM];
    const leie_dim *dim = &ds->dim[v->dim[k]];
    const leie_var *kind = strcmp(dim->name, "stressor") == 0 ? text_beside(ds, dim->name, "kind") : NULL;
    leie_dataset_label_unit(first, ds, v, v->dim[k], 0);
    for (leie_size i = 0; i < dim->n; i++) {
        const char *name = leie_dataset_label(label, ds, v->dim[k], i);
        leie_dataset_label_unit(unit, ds, v, v->dim[k], i);
        if (kind && strcmp(kind->text[i], LEIE_STRESSOR_MATERIAL) != 0)
            return leie_fail(err, LEIE_ERR_USAGE, "only pressures of kind material add up, and '%.100s' is %s%s", name,
                             kind->text[i][0] ? "of kind " : "of no kind", kind->text[i]);
        if (strcmp(unit, first) != 0)
            return leie_fail(err, LEIE_ERR_USAGE, "the labels of %s have different units: '%.60s' is in %s, the first in %s", dim->name, name, unit, first);
    }
    return LEIE_OK;
}

static leie_status check_sum(const leie_dataset *ds, const leie_var *v, int k, leie_error *err)
{
    static const char *const alternatives[] = {"year", "scenario", "route", "indicator", "quantile", "variant", "target", "bridge_step",
                                               "step", "driver", "draw", NULL};
    const char *dim = ds->dim[v->dim[k]].name;
    if (v->type != LEIE_VAR_DOUBLE)
        return leie_fail(err, LEIE_ERR_USAGE, "%s is no variable of amounts", v->name);
    if (says_no(ds, leie_dataset_find(ds, dim)))
        return leie_fail(err, LEIE_ERR_USAGE, "the parts of '%s' overlap: their sum would count the same demand several times", dim);
    if (is_one_of(dim, alternatives))
        return leie_fail(err, LEIE_ERR_USAGE, "the labels of '%s' are not parts of a whole", dim);
    if (text_beside(ds, dim, "parent"))
        return leie_fail(err, LEIE_ERR_USAGE, "'%s' is a tree, whose parents hold their children: take one label (--where %s=TOTAL)", dim, dim);
    if (is_ratio(ds, v))
        return leie_fail(err, LEIE_ERR_USAGE, "%s is a ratio: it does not add up", v->name);
    return check_kinds(ds, v, k, err);
}

// ---- the sum ----

static char units_name[] = "units";

static void add_up(leie_total *t, const leie_dataset *ds, const leie_var *v, int k)
{
    const leie_dim *dim = &ds->dim[v->dim[k]];
    const leie_var *kind = strcmp(dim->name, "region") == 0 ? text_beside(ds, dim->name, "kind") : NULL;
    leie_size inner = 1, n = dim->n;
    for (int i = k + 1; i < v->rank; i++)
        inner *= ds->dim[v->dim[i]].n;
    for (leie_size i = 0; i < n; i++)
        t->groups += kind && strcmp(kind->text[i], "group") == 0;
    for (leie_size to = 0; to < t->var.count; to++) {
        const double *from = v->number + to / inner * n * inner + to % inner;
        double sum = 0;
        for (leie_size i = 0; i < n; i++)
            if (!kind || strcmp(kind->text[i], "group") != 0)
                sum += from[i * inner];
        t->var.number[to] = sum;
        t->missing += isnan(sum);
    }
}

// Units that went by the label are now those of the labels that were added up.
static void set_unit(leie_total *t, const leie_dataset *ds, const leie_var *v, int k)
{
    const leie_attribute *name = leie_dataset_get(ds, v, "long_name");
    char unit[LEIE_LABEL_ROOM];
    leie_dataset_label_unit(unit, ds, v, v->dim[k], 0);
    if (!unit[0])
        return;
    snprintf(t->unit, sizeof t->unit, "%s", unit);
    t->own[0] = (leie_attribute){.name = units_name, .type = LEIE_VAR_TEXT, .text = t->unit};
    if (name)
        t->own[1] = *name;
    t->var.attribute = (leie_attributes){.n = 1 + (name != NULL), .item = t->own};
}

leie_status leie_total_make(leie_total *total, const leie_dataset *ds, const leie_var *v, int k, leie_error *err)
{
    *total = (leie_total){.var = *v};
    total->var.number = NULL;
    leie_status st = check_sum(ds, v, k, err);
    if (st)
        return st;
    total->var.rank--;
    total->var.count = v->count / ds->dim[v->dim[k]].n;
    for (int i = k; i < total->var.rank; i++)
        total->var.dim[i] = v->dim[i + 1];
    total->var.number = leie_new(total->var.count, sizeof *total->var.number);
    if (!total->var.number)
        return leie_fail_memory(err, "sum", total->var.count, sizeof *total->var.number);
    set_unit(total, ds, v, k);
    add_up(total, ds, v, k);
    return LEIE_OK;
}
