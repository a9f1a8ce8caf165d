// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/cut.h"

#include <stdio.h>
#include <string.h>

/* What is asked for. */
typedef struct cut {
    const char *path, *name;
    char *const *where;
    int n;
} cut;

/* The labels of a dimension as far as they fit: "a, b, c, ...". */
static void list_labels(char *list, size_t room, const leie_dataset *ds, leie_size dim)
{
    char text[LEIE_LABEL_ROOM];
    list[0] = '\0';
    for (leie_size i = 0; i < ds->dim[dim].n; i++) {
        const char *label = leie_dataset_label(text, ds, dim, i);
        size_t used = strlen(list);
        if (used + strlen(label) + 8 > room) {
            strcat(list, ", ...");
            return;
        }
        snprintf(list + used, room - used, "%s%s", i ? ", " : "", label);
    }
}

leie_status leie_cut_unknown(const leie_dataset *ds, const char *path, const char *name, leie_error *err)
{
    char list[512] = "";
    for (leie_size i = 0; i < ds->vars && strlen(list) + strlen(ds->var[i]->name) + 3 < sizeof list; i++)
        strcat(strcat(list, i ? ", " : ""), ds->var[i]->name);
    return leie_fail(err, LEIE_ERR_USAGE, "%s has no variable '%s'; it has %s", path, name, list);
}

/* Whether dimension d belongs to v (NULL: to the dataset). */
static bool has_dim(const leie_var *v, leie_size d)
{
    bool has = !v;
    for (int k = 0; v && k < v->rank; k++)
        has = has || v->dim[k] == d;
    return has;
}

/* The dimension of v called by the first `length` characters of where; -1 for none. */
static leie_size named_dim(const leie_dataset *ds, const leie_var *v, const char *where, size_t length)
{
    for (leie_size d = 0; d < ds->dims; d++)
        if (has_dim(v, d) && strlen(ds->dim[d].name) == length && strncmp(ds->dim[d].name, where, length) == 0)
            return d;
    return -1;
}

/* The texts over one dimension of v that are called so; NULL for none. */
static const leie_var *named_texts(const leie_dataset *ds, const leie_var *v, const char *where, size_t length)
{
    for (leie_size i = 0; i < ds->vars; i++) {
        const leie_var *t = ds->var[i];
        if (t->type == LEIE_VAR_TEXT && t->rank == 1 && has_dim(v, t->dim[0]) && strlen(t->name) == length &&
            strncmp(t->name, where, length) == 0)
            return t;
    }
    return NULL;
}

/* One label of a dimension. */
static leie_status cut_label(leie_dataset *ds, leie_size *from, leie_size d, const char *where, const char *label,
                             leie_error *err)
{
    char text[LEIE_LABEL_ROOM], list[400];
    for (leie_size i = 0; i < ds->dim[d].n; i++)
        if (strcmp(leie_dataset_label(text, ds, (leie_index)d, i), label) == 0) {
            from[d] += i;
            return leie_dataset_cut(ds, d, i, 1, err);
        }
    list_labels(list, sizeof list, ds, d);
    return leie_fail(err, LEIE_ERR_USAGE, "--where %s: '%s' has no label '%s'; it has %s", where, ds->dim[d].name, label,
                     list);
}

/* The neighbouring positions with one text. */
static leie_status cut_texts(leie_dataset *ds, leie_size *from, const leie_var *t, const char *where, const char *value,
                             leie_error *err)
{
    leie_size first = -1, last = -1, n = 0, d = t->dim[0];
    for (leie_size i = 0; i < t->count; i++)
        if (strcmp(t->text[i], value) == 0) {
            first = first < 0 ? i : first;
            last = i;
            n++;
        }
    if (n == 0)
        return leie_fail(err, LEIE_ERR_USAGE, "--where %s: no '%s' is '%s'; the first is '%s'", where, t->name, value,
                         t->text[0]);
    if (last - first + 1 != n)
        return leie_fail(err, LEIE_ERR_USAGE, "--where %s: '%s' is '%s' in places that do not lie together", where, t->name,
                         value);
    from[d] += first;
    return leie_dataset_cut(ds, d, first, n, err);
}

static leie_status cut_one(leie_dataset *ds, leie_size *from, const leie_var *v, const char *where, leie_error *err)
{
    char list[400] = "";
    const char *equals = strchr(where, '=');
    if (!equals)
        return leie_fail(err, LEIE_ERR_USAGE, "--where %s: expected dimension=label", where);
    size_t length = (size_t)(equals - where);
    leie_size d = named_dim(ds, v, where, length);
    if (d >= 0)
        return cut_label(ds, from, d, where, equals + 1, err);
    const leie_var *t = named_texts(ds, v, where, length);
    if (t)
        return cut_texts(ds, from, t, where, equals + 1, err);
    for (d = 0; d < ds->dims; d++)
        if (has_dim(v, d) && strlen(list) + strlen(ds->dim[d].name) + 3 < sizeof list)
            strcat(strcat(list, list[0] ? ", " : ""), ds->dim[d].name);
    return leie_fail(err, LEIE_ERR_USAGE, "--where %s: %s%s%s has no dimension '%.*s'; it has %s", where, v ? "'" : "",
                     v ? v->name : "the file", v ? "'" : "", (int)length, where, list[0] ? list : "none");
}

static leie_status apply(void *ctx, leie_dataset *ds, leie_size *from, leie_error *err)
{
    const cut *c = ctx;
    leie_status st = LEIE_OK;
    if (c->name && !leie_dataset_find(ds, c->name))
        return leie_cut_unknown(ds, c->path, c->name, err);
    for (int i = 0; !st && i < c->n; i++)
        st = cut_one(ds, from, c->name ? leie_dataset_find(ds, c->name) : NULL, c->where[i], err);
    return st;
}

leie_status leie_cut_read(leie_dataset *ds, const char *path, const char *name, char *const *where, int n,
                          leie_error *err)
{
    cut c = {.path = path, .name = name, .where = where, .n = n};
    const leie_netcdf_part_of part = {.name = name, .judged = n == 0, .cut = apply, .ctx = &c};
    return leie_netcdf_read_part(ds, path, &part, err);
}
