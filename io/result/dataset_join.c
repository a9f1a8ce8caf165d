// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/dataset_join.h"

#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

enum { NAME_SIZE = 256 };

static void join_name(char name[NAME_SIZE], const char *prefix, const char *own)
{
    size_t size = strlen(prefix);
    if (strcmp(own, prefix) == 0)
        snprintf(name, NAME_SIZE, "%s_total", prefix);
    else if (strncmp(own, prefix, size) == 0 && own[size] == '_')
        snprintf(name, NAME_SIZE, "%s", own);
    else
        snprintf(name, NAME_SIZE, "%s_%s", prefix, own);
}

static leie_status copy_attributes(leie_dataset *to, leie_var *var, const leie_dataset *from, const leie_attributes *list, const char *prefix, leie_error *err)
{
    char name[NAME_SIZE];
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < list->n && !st; i++) {
        const leie_attribute *a = &list->item[i];
        bool refers = a->type == LEIE_VAR_TEXT && var && leie_dataset_find(from, a->text);
        if (var)
            snprintf(name, sizeof name, "%s", a->name);
        else
            join_name(name, prefix, a->name);
        if (a->type == LEIE_VAR_TEXT) {
            char text[NAME_SIZE];
            if (refers)
                join_name(text, prefix, a->text);
            st = leie_dataset_text(to, var, name, refers ? text : a->text, err);
        } else if (a->n == 1)
            st = a->type == LEIE_VAR_INT ? leie_dataset_integer(to, var, name, a->integer[0], err) : leie_dataset_number(to, var, name, a->number[0], err);
    }
    return st;
}

// One variable with its values, which move.
static leie_status join_var(leie_dataset *to, leie_dataset *from, leie_var *old, const char *prefix, leie_error *err)
{
    char name[NAME_SIZE], dim[NAME_SIZE], dims[LEIE_RANK_MAX * NAME_SIZE] = "";
    const char *unit = leie_dataset_get_text(from, old, "units"), *what = leie_dataset_get_text(from, old, "long_name");
    leie_var *var;
    for (int d = 0; d < old->rank; d++) {
        join_name(dim, prefix, from->dim[old->dim[d]].name);
        strcat(dims, d ? " " : "");
        strcat(dims, dim);
    }
    join_name(name, prefix, old->name);
    leie_status st = leie_dataset_var(&var, to, name, old->type, dims, unit, what, err);
    st = st ? st : copy_attributes(to, var, from, &old->attribute, prefix, err);
    if (st)
        return st;
    double *number = var->number;
    int64_t *integer = var->integer;
    char **text = var->text;
    var->number = old->number;
    var->integer = old->integer;
    var->text = old->text;
    old->number = number;
    old->integer = integer;
    old->text = text;
    return LEIE_OK;
}

leie_status leie_dataset_join(leie_dataset *to, leie_dataset *from, const char *prefix, leie_error *err)
{
    char name[NAME_SIZE];
    leie_status st = LEIE_OK;
    for (leie_size d = 0; d < from->dims && !st; d++) {
        join_name(name, prefix, from->dim[d].name);
        leie_size at = leie_dataset_dim(to, name, from->dim[d].n, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    for (leie_size v = 0; v < from->vars && !st; v++)
        st = join_var(to, from, from->var[v], prefix, err);
    st = st ? st : copy_attributes(to, NULL, from, &from->attribute, prefix, err);
    leie_dataset_clear(from);
    return st;
}

// ---- and apart again ----

// The name before it was joined: a part of the name itself, or the prefix.
static char *own_name(char *name, const char *prefix)
{
    size_t size = strlen(prefix);
    if (strncmp(name, prefix, size) != 0 || name[size] != '_')
        return name;
    return strcmp(name + size, "_total") == 0 ? (char *)(uintptr_t)prefix : name + size + 1;
}

leie_status leie_dataset_view(leie_dataset *view, const leie_dataset *ds, const char *prefix, leie_error *err)
{
    leie_var *copy = leie_new(2 * ds->vars, sizeof *copy);
    *view = (leie_dataset){.dim = leie_new(ds->dims, sizeof *view->dim), .var = leie_new(2 * ds->vars + 1, sizeof *view->var),
                           .attribute.item = leie_new(ds->attribute.n, sizeof *view->attribute.item)};
    if (!copy || !view->dim || !view->var || !view->attribute.item) {
        leie_free(copy);
        leie_dataset_view_clear(view);
        return leie_fail_memory(err, "a part of a dataset", 2 * ds->vars + ds->dims, sizeof *copy);
    }
    for (leie_size v = 0; v < 2 * ds->vars; v++) {
        copy[v] = *ds->var[v % ds->vars];
        copy[v].name = v < ds->vars ? own_name(copy[v].name, prefix) : copy[v].name;
        if (v >= ds->vars || copy[v].name != ds->var[v]->name) // those of the part come first
            view->var[view->vars++] = &copy[v];
    }
    view->var[2 * ds->vars] = copy; // to be freed
    for (; view->dims < ds->dims; view->dims++) {
        view->dim[view->dims] = ds->dim[view->dims];
        view->dim[view->dims].name = own_name(ds->dim[view->dims].name, prefix);
    }
    for (leie_size a = 0; a < ds->attribute.n; a++) {
        char *name = own_name(ds->attribute.item[a].name, prefix);
        view->attribute.item[view->attribute.n] = ds->attribute.item[a];
        view->attribute.item[view->attribute.n].name = name;
        view->attribute.n += name != ds->attribute.item[a].name;
    }
    view->var_room = 2 * ds->vars + 1;
    return LEIE_OK;
}

void leie_dataset_view_clear(leie_dataset *view)
{
    if (view->var && view->var_room)
        leie_free(view->var[view->var_room - 1]);
    leie_free(view->var);
    leie_free(view->dim);
    leie_free(view->attribute.item);
    *view = (leie_dataset){0};
}
