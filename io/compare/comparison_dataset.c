// SPDX-License-Identifier: GPL-3.0-or-later
/* A comparison as a dataset: values of A and B and their difference, over the labels of both. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/compare/comparison.h"
#include "io/result/axes.h"
#include "io/result/dataset_text.h"
#include "kernels/memory.h"

// Whether any variable that is compared runs over the dimension.
static bool used(const leie_comparison *c, const leie_compared_dim *d)
{
    for (leie_size i = 0; i < c->n; i++)
        for (int k = 0; k < c->item[i].var[0]->rank; k++)
            if (!c->item[i].why_not[0] && c->item[i].var[0]->dim[k] == d->a)
                return true;
    return false;
}

// Texts of A over the dimension (names, units, kinds), for the labels of both.
static leie_status copy_texts(leie_dataset *ds, const leie_dataset *A, const leie_compared_dim *d, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size v = 0; !st && v < A->vars; v++) {
        const leie_var *from = A->var[v];
        leie_var *to;
        if (from->type != LEIE_VAR_TEXT || from->rank != 1 || from->dim[0] != d->a || leie_dataset_find(ds, from->name))
            continue;
        const char *name = leie_dataset_get_text(A, from, "long_name");
        st = leie_dataset_var(&to, ds, from->name, LEIE_VAR_TEXT, A->dim[d->a].name, NULL, name ? name : from->name, err);
        for (leie_size i = 0, n = 0; !st && i < A->dim[d->a].n; i++)
            if (d->to[i] >= 0)
                st = leie_var_set_text(to, n++, from->text[i], err);
    }
    return st;
}

static leie_status add_dim(leie_dataset *ds, const leie_dataset *A, const leie_compared_dim *d, leie_error *err)
{
    const char *name = A->dim[d->a].name;
    const leie_var *axis = leie_dataset_find(A, name);
    leie_size at = leie_dataset_dim(ds, name, d->common, err);
    leie_var *to;
    if (at < 0)
        return (leie_status)at;
    const char *units = leie_dataset_get_text(A, axis, "units"), *text = leie_dataset_get_text(A, axis, "long_name");
    leie_status st = LEIE_OK;
    if (axis->type != LEIE_VAR_TEXT)
        st = leie_dataset_var(&to, ds, name, axis->type, name, units ? units : "1", text ? text : name, err);
    for (leie_size i = 0, n = 0; !st && axis->type != LEIE_VAR_TEXT && i < axis->count; i++) {
        if (d->to[i] < 0)
            continue;
        if (axis->type == LEIE_VAR_INT)
            to->integer[n++] = axis->integer[i];
        else
            to->number[n++] = axis->number[i];
    }
    return st ? st : copy_texts(ds, A, d, err);
}

// Values of A, B and their difference as they are met.
typedef struct filling {
    leie_var *var[3];
    leie_size n;
} filling;

static leie_status put_pair(void *ctx, const leie_compared *item, const leie_size *const at[2], double a, double b, leie_error *err)
{
    filling *f = ctx;
    (void)item;
    (void)at;
    (void)err;
    f->var[0]->number[f->n] = a;
    f->var[1]->number[f->n] = b;
    f->var[2]->number[f->n++] = b - a;
    return LEIE_OK;
}

static leie_status add_variable(leie_dataset *ds, const leie_comparison *c, const leie_compared *item, leie_error *err)
{
    static const char *const suffix[] = {"a", "b", "change"}, *const said[] = {"in A", "in B", "B less A"};
    const leie_dataset *A = c->side[0].ds;
    const leie_var *v = item->var[0];
    char dims[512] = "";
    filling f = {0};
    const char *units = leie_dataset_get_text(A, v, "units"), *by = leie_dataset_get_text(A, v, "units_by"),
               *text = leie_dataset_get_text(A, v, "long_name");
    for (int k = 0; k < v->rank; k++)
        if (leie_dataset_find_dim(ds, A->dim[v->dim[k]].name) >= 0)
            snprintf(dims + strlen(dims), sizeof dims - strlen(dims), "%s%s", dims[0] ? " " : "", A->dim[v->dim[k]].name);
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < 3; i++) {
        char name[256], long_name[512];
        snprintf(name, sizeof name, "%.200s_%s", v->name, suffix[i]);
        snprintf(long_name, sizeof long_name, "%.400s, %s", text ? text : v->name, said[i]);
        st = leie_dataset_var(&f.var[i], ds, name, LEIE_VAR_DOUBLE, dims, units ? units : "1", long_name, err);
        if (!st && by)
            st = leie_dataset_text(ds, f.var[i], "units_by", by, err);
    }
    return st ? st : leie_comparison_each(c, item, put_pair, &f, err);
}

static leie_status add_sides(leie_dataset *ds, const leie_comparison *c, leie_error *err)
{
    static const char *const kept[] = {"study", "edition", "title", "leie_version", "options_sha256", "source", "license"};
    leie_status st = leie_dataset_text(ds, NULL, "title", "Comparison of two results", err);
    for (int s = 0; !st && s < 2; s++) {
        const leie_compare_side *side = &c->side[s];
        char name[64];
        const char *const chosen[][2] = {{"year", side->year}, {"scenario", side->scenario}};
        for (size_t i = 0; !st && i < sizeof kept / sizeof kept[0]; i++) {
            const char *text = leie_dataset_get_text(side->ds, NULL, kept[i]);
            snprintf(name, sizeof name, "%s_%s", s ? "b" : "a", kept[i]);
            st = text ? leie_dataset_text(ds, NULL, name, text, err) : LEIE_OK;
        }
        for (int i = 0; !st && i < 2; i++) {
            snprintf(name, sizeof name, "%s_%s", s ? "b" : "a", chosen[i][0]);
            st = chosen[i][1] ? leie_dataset_text(ds, NULL, name, chosen[i][1], err) : LEIE_OK;
        }
    }
    return st;
}

leie_status leie_comparison_dataset(leie_dataset *ds, const leie_comparison *c, leie_error *err)
{
    leie_status st = add_sides(ds, c, err);
    for (leie_size i = 0; !st && i < c->dims; i++)
        if (c->dim[i].to && !c->dim[i].fixed && used(c, &c->dim[i]))
            st = add_dim(ds, c->side[0].ds, &c->dim[i], err);
    for (leie_size i = 0; !st && i < c->n; i++)
        if (!c->item[i].why_not[0])
            st = add_variable(ds, c, &c->item[i], err);
    return st;
}
