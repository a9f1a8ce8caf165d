// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/dataset.h"

#include <math.h>
#include <string.h>

#include "io/result/axes.h"
#include "io/result/dataset_impl.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "kernels/utf8.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name(const char *name)
{
    if (!name || !is_letter(name[0]))
        return false;
    for (const char *c = name + 1; *c; c++)
        if (!is_letter(*c) && !(*c >= '0' && *c <= '9') && *c != '_')
            return false;
    return strlen(name) < 256;
}

static bool is_utf8(const char *text)
{
    return leie_utf8_fault(text, (leie_size)strlen(text)) < 0;
}

/* ---- attributes ---- */

static void attribute_clear(leie_attribute *a)
{
    leie_free(a->name);
    leie_free(a->text);
    leie_free(a->number);
    leie_free(a->integer);
    *a = (leie_attribute){0};
}

static void attributes_clear(leie_attributes *list)
{
    for (leie_size i = 0; i < list->n; i++)
        attribute_clear(&list->item[i]);
    leie_free(list->item);
    *list = (leie_attributes){0};
}

static leie_attribute *attribute_find(const leie_attributes *list, const char *name)
{
    for (leie_size i = 0; i < list->n; i++)
        if (strcmp(list->item[i].name, name) == 0)
            return &list->item[i];
    return NULL;
}

static leie_status attribute_new(leie_attribute *a, const char *name, leie_var_type type, const void *values,
                                 leie_size n, leie_error *err)
{
    void *copy = NULL;
    *a = (leie_attribute){.name = leie_strdup(name), .type = type, .n = type == LEIE_VAR_TEXT ? 0 : n};
    if (type == LEIE_VAR_TEXT) {
        copy = a->text = leie_strdup(values);
    } else if (type == LEIE_VAR_INT) {
        copy = a->integer = leie_new(n, sizeof *a->integer);
        if (copy)
            memcpy(a->integer, values, (size_t)n * sizeof *a->integer);
    } else {
        copy = a->number = leie_new(n, sizeof *a->number);
        if (copy)
            memcpy(a->number, values, (size_t)n * sizeof *a->number);
    }
    if (!a->name || !copy) {
        attribute_clear(a);
        return leie_fail_memory(err, "an attribute", n + 1, sizeof(double));
    }
    return LEIE_OK;
}

static leie_status attribute_put(leie_attributes *list, const char *name, leie_var_type type, const void *values,
                                 leie_size n, leie_error *err)
{
    if (!name || !name[0] || !is_utf8(name))
        return leie_fail(err, LEIE_ERR_DATA, "an attribute needs a name in UTF-8");
    if (type == LEIE_VAR_TEXT && !is_utf8(values))
        return leie_fail(err, LEIE_ERR_DATA, "attribute '%s': the text is not UTF-8", name);
    leie_attribute *old = attribute_find(list, name), fresh;
    leie_status st = LEIE_OK;
    if (!old)
        st = leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "attributes", err);
    if (!st)
        st = attribute_new(&fresh, name, type, values, n, err);
    if (st)
        return st;
    if (old)
        attribute_clear(old);
    else
        old = &list->item[list->n++];
    *old = fresh;
    return LEIE_OK;
}

leie_status leie_dataset_attribute(leie_dataset *ds, leie_var *var, const char *name, leie_var_type type,
                                   const void *values, leie_size n, leie_error *err)
{
    return attribute_put(var ? &var->attribute : &ds->attribute, name, type, values, n, err);
}

leie_status leie_dataset_text(leie_dataset *ds, leie_var *var, const char *name, const char *text, leie_error *err)
{
    return leie_dataset_attribute(ds, var, name, LEIE_VAR_TEXT, text ? text : "", 0, err);
}

leie_status leie_dataset_number(leie_dataset *ds, leie_var *var, const char *name, double value, leie_error *err)
{
    return leie_dataset_attribute(ds, var, name, LEIE_VAR_DOUBLE, &value, 1, err);
}

leie_status leie_dataset_integer(leie_dataset *ds, leie_var *var, const char *name, int64_t value, leie_error *err)
{
    return leie_dataset_attribute(ds, var, name, LEIE_VAR_INT, &value, 1, err);
}

const leie_attribute *leie_dataset_get(const leie_dataset *ds, const leie_var *var, const char *name)
{
    return attribute_find(var ? &var->attribute : &ds->attribute, name);
}

const char *leie_dataset_get_text(const leie_dataset *ds, const leie_var *var, const char *name)
{
    const leie_attribute *a = leie_dataset_get(ds, var, name);
    return a ? a->text : NULL;
}

/* ---- dimensions ---- */

leie_size leie_dataset_find_dim(const leie_dataset *ds, const char *name)
{
    for (leie_size i = 0; i < ds->dims; i++)
        if (strcmp(ds->dim[i].name, name) == 0)
            return i;
    return -1;
}

leie_size leie_dataset_dim(leie_dataset *ds, const char *name, leie_size n, leie_error *err)
{
    if (!is_name(name))
        return leie_fail(err, LEIE_ERR_DATA, "'%s' is no name for a dimension: a letter, then letters, digits and _",
                         name ? name : "");
    if (leie_dataset_find_dim(ds, name) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "dimension '%s' appears twice", name);
    const leie_var *same = leie_dataset_find(ds, name);
    if (same)
        return leie_fail(err, LEIE_ERR_DATA, "dimension '%s': a variable over other dimensions has this name", name);
    if (n < 1 || n > INT32_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE, "dimension '%s' has length %lld, expected 1 to %d", name, (long long)n,
                         INT32_MAX);
    leie_status st = leie_grow(&ds->dim, &ds->dim_room, ds->dims, sizeof *ds->dim, "dimensions", err);
    if (st)
        return st;
    char *copy = leie_strdup(name);
    if (!copy)
        return leie_fail_memory(err, "the name of a dimension", (leie_size)strlen(name) + 1, 1);
    ds->dim[ds->dims] = (leie_dim){.name = copy, .n = n};
    return ds->dims++;
}

/* ---- variables ---- */

leie_var *leie_dataset_find(const leie_dataset *ds, const char *name)
{
    for (leie_size i = 0; i < ds->vars; i++)
        if (strcmp(ds->var[i]->name, name) == 0)
            return ds->var[i];
    return NULL;
}

static leie_var *var_free(leie_var *var)
{
    if (!var)
        return NULL;
    for (leie_size i = 0; var->text && i < var->count; i++)
        leie_free(var->text[i]);
    leie_free(var->name);
    if (!var->lent) {
        leie_free(var->number);
        leie_free(var->narrow);
        leie_free(var->raw);
    }
    leie_free(var->integer);
    leie_free(var->text);
    attributes_clear(&var->attribute);
    return leie_free(var);
}

/* The array of a variable: 0 or "". */
static leie_status var_values(leie_var *var, leie_var_array array, leie_error *err)
{
    if (array == LEIE_ARRAY_NONE)
        return LEIE_OK;
    if (array == LEIE_ARRAY_NARROW) {
        var->narrow = leie_new(var->count, sizeof *var->narrow);
        if (!var->narrow)
            return leie_fail_memory(err, var->name, var->count, sizeof *var->narrow);
    } else if (var->type == LEIE_VAR_DOUBLE) {
        var->number = leie_new(var->count, sizeof *var->number);
        if (!var->number)
            return leie_fail_memory(err, var->name, var->count, sizeof *var->number);
    } else if (var->type == LEIE_VAR_INT) {
        var->integer = leie_new(var->count, sizeof *var->integer);
        if (!var->integer)
            return leie_fail_memory(err, var->name, var->count, sizeof *var->integer);
    } else {
        var->text = leie_new(var->count, sizeof *var->text);
        bool good = var->text;
        for (leie_size i = 0; good && i < var->count; i++)
            good = (var->text[i] = leie_strdup(""));
        if (!good)
            return leie_fail_memory(err, var->name, var->count, sizeof *var->text);
    }
    return LEIE_OK;
}

/* Name and dimensions of a new variable make sense. */
static leie_status var_check(const leie_dataset *ds, const char *name, int rank, const leie_index *dim,
                             leie_error *err)
{
    if (!is_name(name))
        return leie_fail(err, LEIE_ERR_DATA, "'%s' is no name for a variable: a letter, then letters, digits and _",
                         name ? name : "");
    if (leie_dataset_find(ds, name))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' appears twice", name);
    if (rank > LEIE_RANK_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE, "variable '%s' has %d dimensions, expected at most %d", name, rank,
                         LEIE_RANK_MAX);
    for (int i = 0; i < rank; i++)
        for (int j = 0; j < i; j++)
            if (dim[i] == dim[j])
                return leie_fail(err, LEIE_ERR_SHAPE, "variable '%s' has dimension '%s' twice", name,
                                 ds->dim[dim[i]].name);
    leie_size own = leie_dataset_find_dim(ds, name);
    if (own >= 0 && (rank != 1 || dim[0] != own))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s' has the name of a dimension, expected that one alone",
                         name);
    return LEIE_OK;
}

static leie_status var_new(leie_var **out, const leie_dataset *ds, const char *name, leie_var_type type, int rank,
                           const leie_index *dim, leie_var_array array, leie_error *err)
{
    leie_status st = var_check(ds, name, rank, dim, err);
    if (st)
        return st;
    leie_var *var = leie_new(1, sizeof *var);
    if (!var || !(var->name = leie_strdup(name))) {
        st = leie_fail_memory(err, name, 1, sizeof *var);
        goto done;
    }
    var->type = type;
    var->rank = rank;
    var->count = 1;
    for (int i = 0; i < rank; i++) {
        var->dim[i] = dim[i];
        if (__builtin_mul_overflow(var->count, ds->dim[dim[i]].n, &var->count)) {
            st = leie_fail(err, LEIE_ERR_SHAPE, "variable '%s' has more than 2^63 values", name);
            goto done;
        }
    }
    st = var_values(var, array, err);
done:
    *out = st ? var_free(var) : var;
    return st;
}

/* Hands a variable over to the dataset, or releases it. */
static leie_status var_append(leie_dataset *ds, leie_var **var, leie_error *err)
{
    leie_status st = leie_grow(&ds->var, &ds->var_room, ds->vars, sizeof *ds->var, "variables", err);
    if (st)
        *var = var_free(*var);
    else
        ds->var[ds->vars++] = *var;
    return st;
}

leie_status leie_dataset_add(leie_var **var, leie_dataset *ds, const char *name, leie_var_type type, int rank,
                             const leie_index *dim, leie_var_array array, leie_error *err)
{
    leie_status st = var_new(var, ds, name, type, rank, dim, array, err);
    return st ? st : var_append(ds, var, err);
}

void leie_dataset_remove(leie_dataset *ds, leie_size at)
{
    var_free(ds->var[at]);
    memmove(ds->var + at, ds->var + at + 1, (size_t)(--ds->vars - at) * sizeof *ds->var);
}

/* "scenario year region" -> positions. */
static leie_status parse_dims(int *rank, leie_index *dim, const leie_dataset *ds, const char *name, const char *dims,
                              leie_error *err)
{
    *rank = 0;
    for (const char *at = dims + strspn(dims, " "); *at; at += strspn(at, " ")) {
        char word[256];
        size_t length = strcspn(at, " ");
        if (*rank == LEIE_RANK_MAX)
            return leie_fail(err, LEIE_ERR_SHAPE, "variable '%s' has more than %d dimensions", name, LEIE_RANK_MAX);
        leie_size found = -1;
        if (length < sizeof word) {
            memcpy(word, at, length);
            word[length] = '\0';
            found = leie_dataset_find_dim(ds, word);
        }
        if (found < 0)
            return leie_fail(err, LEIE_ERR_DATA, "variable '%s': unknown dimension '%.*s'", name, (int)length, at);
        dim[(*rank)++] = (leie_index)found;
        at += length;
    }
    return LEIE_OK;
}

/* A variable over named dimensions with its attributes. */
static leie_status var_named(leie_var **out, leie_dataset *ds, const char *name, leie_var_type type, const char *dims,
                             const char *units, const char *long_name, leie_var_array array, leie_error *err)
{
    int rank;
    leie_index dim[LEIE_RANK_MAX];
    leie_var *var = NULL;
    leie_status st = LEIE_OK;
    if (!long_name || !long_name[0])
        st = leie_fail(err, LEIE_ERR_DATA, "variable '%s' has no long_name", name);
    else if (type != LEIE_VAR_TEXT && (!units || !units[0]))
        st = leie_fail(err, LEIE_ERR_DATA, "variable '%s' has no units (\"1\" when it has no dimension)", name);
    if (!st)
        st = parse_dims(&rank, dim, ds, name, dims, err);
    if (!st)
        st = var_new(&var, ds, name, type, rank, dim, array, err);
    if (!st && units)
        st = attribute_put(&var->attribute, "units", LEIE_VAR_TEXT, units, 0, err);
    if (!st)
        st = attribute_put(&var->attribute, "long_name", LEIE_VAR_TEXT, long_name, 0, err);
    if (!st)
        st = var_append(ds, &var, err);
    *out = st ? var_free(var) : var;
    return st;
}

leie_status leie_dataset_var(leie_var **out, leie_dataset *ds, const char *name, leie_var_type type, const char *dims,
                             const char *units, const char *long_name, leie_error *err)
{
    leie_var *var = NULL;
    leie_status st = var_named(&var, ds, name, type, dims, units, long_name, LEIE_ARRAY_FULL, err);
    for (leie_size i = 0; !st && type == LEIE_VAR_DOUBLE && i < var->count; i++)
        var->number[i] = NAN;
    if (out)
        *out = var;
    return st;
}

leie_status leie_dataset_lend(leie_var **out, leie_dataset *ds, const char *name, const char *dims, const char *units,
                              const char *long_name, double *number, int32_t *narrow, bool compress, leie_error *err)
{
    leie_var_type type = number ? LEIE_VAR_DOUBLE : LEIE_VAR_INT;
    leie_status st = var_named(out, ds, name, type, dims, units, long_name, LEIE_ARRAY_NONE, err);
    if (st)
        return st;
    (*out)->number = number;
    (*out)->narrow = narrow;
    (*out)->lent = true;
    (*out)->plain = !compress;
    return LEIE_OK;
}

leie_status leie_dataset_lend_raw(leie_var **out, leie_dataset *ds, const char *name, const char *dims,
                                  const char *units, const char *long_name, leie_raw kind, void *raw, bool compress,
                                  leie_error *err)
{
    leie_var_type type = kind == LEIE_RAW_FLOAT ? LEIE_VAR_DOUBLE : LEIE_VAR_INT;
    leie_status st = var_named(out, ds, name, type, dims, units, long_name, LEIE_ARRAY_NONE, err);
    if (st)
        return st;
    (*out)->raw = raw;
    (*out)->kind = kind;
    (*out)->lent = true;
    (*out)->plain = !compress;
    return LEIE_OK;
}

size_t leie_raw_size(leie_raw kind)
{
    static const size_t size[LEIE_RAWS] = {8, 4, 1, 2};
    return size[kind];
}

leie_status leie_var_set_text(leie_var *var, leie_size at, const char *text, leie_error *err)
{
    if (var->type != LEIE_VAR_TEXT || at < 0 || at >= var->count)
        return leie_fail(err, LEIE_ERR_SHAPE, "variable '%s' has no text %lld", var->name, (long long)at);
    if (!text || !is_utf8(text))
        return leie_fail(err, LEIE_ERR_DATA, "variable '%s': text %lld is not UTF-8", var->name, (long long)at);
    char *copy = leie_strdup(text);
    if (!copy)
        return leie_fail_memory(err, var->name, (leie_size)strlen(text) + 1, 1);
    leie_free(var->text[at]);
    var->text[at] = copy;
    return LEIE_OK;
}

/* ---- coordinates ---- */

/* Drops what was added after the dataset had so many dimensions and variables. */
static void dataset_cut(leie_dataset *ds, leie_size dims, leie_size vars)
{
    while (ds->vars > vars)
        var_free(ds->var[--ds->vars]);
    while (ds->dims > dims)
        leie_free(ds->dim[--ds->dims].name);
}

leie_status leie_dataset_coordinate(leie_dataset *ds, const char *name, leie_size n, char *const *code,
                                    char *const *label, const char *long_name, leie_error *err)
{
    leie_size dims = ds->dims, vars = ds->vars;
    bool named = false;
    char aside[264], meaning[512];
    leie_size dim = leie_dataset_dim(ds, name, n, err);
    leie_status st = dim < 0 ? (leie_status)dim : leie_dataset_texts(ds, name, name, n, code, long_name, err);
    for (leie_size i = 0; !st && label && i < n && !named; i++)
        named = label[i] && label[i][0];
    if (!st && named) {
        strcat(strcpy(aside, name), "_name");
        strcpy(meaning, "name of ");
        strncat(meaning, long_name, sizeof meaning - strlen(meaning) - 1);
        st = leie_dataset_texts(ds, aside, name, n, label, meaning, err);
    }
    if (st)
        dataset_cut(ds, dims, vars);
    return st;
}

void leie_dataset_clear(leie_dataset *ds)
{
    dataset_cut(ds, 0, 0);
    leie_free(ds->dim);
    leie_free(ds->var);
    attributes_clear(&ds->attribute);
    *ds = (leie_dataset){0};
}
