// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/labels.h"

#include <assert.h>
#include <string.h>

#include "kernels/memory.h"

// FNV-1a over one or two strings; the 0xff between them cannot occur in UTF-8.
static uint64_t hash_pair(const char *a, const char *b)
{
    uint64_t h = 14695981039346656037u;
    for (; *a; a++)
        h = (h ^ (unsigned char)*a) * 1099511628211u;
    h = (h ^ 0xffu) * 1099511628211u;
    for (; *b; b++)
        h = (h ^ (unsigned char)*b) * 1099511628211u;
    return h ^ (h >> 29);
}

static bool grow_strings(char ***array, leie_size old, leie_size room)
{
    char **grown = leie_resize(*array, old, room, sizeof *grown);
    if (grown)
        *array = grown;
    return grown != NULL;
}

static leie_size grown_room(leie_size room)
{
    return room ? 2 * room : 16;
}

static void free_strings(char **array, leie_size n)
{
    for (leie_size i = 0; array && i < n; i++)
        leie_free(array[i]);
    leie_free(array);
}

// ---- leie_labels ----

static leie_size labels_slot(const leie_labels *labels, const char *code)
{
    uint64_t mask = (uint64_t)labels->slots - 1;
    uint64_t s = hash_pair(code, "") & mask;
    while (labels->slot[s] && strcmp(labels->code[labels->slot[s] - 1], code) != 0)
        s = (s + 1) & mask;
    return (leie_size)s;
}

static bool labels_grow(leie_labels *labels)
{
    leie_size room = grown_room(labels->room);
    if (!grow_strings(&labels->code, labels->n, room) || !grow_strings(&labels->name, labels->n, room) ||
        !grow_strings(&labels->unit, labels->n, room) || !grow_strings(&labels->kind, labels->n, room))
        return false;
    leie_index *slot = leie_new(4 * room, sizeof *slot);
    if (!slot)
        return false;
    leie_free(labels->slot);
    labels->slot = slot;
    labels->slots = 4 * room;
    labels->room = room;
    for (leie_size i = 0; i < labels->n; i++)
        slot[labels_slot(labels, labels->code[i])] = (leie_index)(i + 1);
    return true;
}

leie_size leie_labels_add(leie_labels *labels, const char *code, const char *name, const char *unit,
                          const char *kind, leie_error *err)
{
    if (!code || !code[0])
        return leie_fail(err, LEIE_ERR_DATA, "empty label");
    if (leie_labels_find(labels, code) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "label '%s' appears twice", code);
    if (labels->n == labels->room && !labels_grow(labels))
        return leie_fail_memory(err, "labels", labels->n + 1, sizeof(char *));
    leie_size i = labels->n;
    labels->code[i] = leie_strdup(code);
    labels->name[i] = leie_strdup(name ? name : "");
    labels->unit[i] = leie_strdup(unit ? unit : "");
    labels->kind[i] = leie_strdup(kind ? kind : "");
    if (!labels->code[i] || !labels->name[i] || !labels->unit[i] || !labels->kind[i]) {
        labels->code[i] = leie_free(labels->code[i]);
        labels->name[i] = leie_free(labels->name[i]);
        labels->unit[i] = leie_free(labels->unit[i]);
        labels->kind[i] = leie_free(labels->kind[i]);
        return leie_fail_memory(err, "label text", 1, strlen(code));
    }
    labels->n++;
    labels->slot[labels_slot(labels, code)] = (leie_index)(i + 1);
    return i;
}

leie_size leie_labels_find(const leie_labels *labels, const char *code)
{
    if (!labels->slots || !code)
        return -1;
    return labels->slot[labels_slot(labels, code)] - 1;
}

// Edit distance, cut off at limit; texts of up to 63 characters.
static int edit_distance(const char *a, const char *b, int limit)
{
    int row[64];
    int na = (int)strlen(a), nb = (int)strlen(b);
    if (na > 63 || nb > 63)
        return limit;
    for (int j = 0; j <= nb; j++)
        row[j] = j;
    for (int i = 1; i <= na; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= nb; j++) {
            int cost = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < cost)
                cost = row[j] + 1;
            if (row[j - 1] + 1 < cost)
                cost = row[j - 1] + 1;
            row[j] = cost;
        }
    }
    return row[nb] < limit ? row[nb] : limit;
}

const char *leie_labels_nearest(const leie_labels *labels, const char *code)
{
    int best = (int)strlen(code) / 2 + 1;
    const char *nearest = NULL;
    for (leie_size i = 0; i < labels->n; i++) {
        int d = edit_distance(code, labels->code[i], best);
        if (d < best) {
            best = d;
            nearest = labels->code[i];
        }
    }
    return nearest;
}

leie_status leie_labels_copy(leie_labels *to, const leie_labels *from, leie_error *err)
{
    assert(to->n == 0);
    for (leie_size i = 0; i < from->n; i++) {
        leie_size at = leie_labels_add(to, from->code[i], from->name[i], from->unit[i], from->kind[i], err);
        if (at < 0) {
            leie_labels_clear(to);
            return (leie_status)at;
        }
    }
    return LEIE_OK;
}

void leie_labels_clear(leie_labels *labels)
{
    free_strings(labels->code, labels->n);
    free_strings(labels->name, labels->n);
    free_strings(labels->unit, labels->n);
    free_strings(labels->kind, labels->n);
    leie_free(labels->slot);
    *labels = (leie_labels){0};
}

// ---- leie_axis ----

static leie_size axis_slot(const leie_axis *axis, const char *region, const char *code)
{
    uint64_t mask = (uint64_t)axis->slots - 1;
    uint64_t s = hash_pair(region, code) & mask;
    while (axis->slot[s]) {
        leie_size i = axis->slot[s] - 1;
        if (strcmp(axis->code[i], code) == 0 && strcmp(axis->region.code[axis->of[i]], region) == 0)
            break;
        s = (s + 1) & mask;
    }
    return (leie_size)s;
}

static bool axis_grow(leie_axis *axis)
{
    leie_size room = grown_room(axis->room);
    if (!grow_strings(&axis->code, axis->n, room) || !grow_strings(&axis->name, axis->n, room) ||
        !grow_strings(&axis->unit, axis->n, room))
        return false;
    leie_index *of = leie_resize(axis->of, axis->n, room, sizeof *of);
    if (!of)
        return false;
    axis->of = of;
    leie_demand_kind *kind = leie_resize(axis->kind, axis->n, room, sizeof *kind);
    if (!kind)
        return false;
    axis->kind = kind;
    leie_index *slot = leie_new(4 * room, sizeof *slot);
    if (!slot)
        return false;
    leie_free(axis->slot);
    axis->slot = slot;
    axis->slots = 4 * room;
    axis->room = room;
    for (leie_size i = 0; i < axis->n; i++)
        slot[axis_slot(axis, axis->region.code[axis->of[i]], axis->code[i])] = (leie_index)(i + 1);
    return true;
}

// The region of the next item: the last one, or a new one.
static leie_size axis_region(leie_axis *axis, const char *region, leie_error *err)
{
    leie_size r = leie_labels_find(&axis->region, region);
    if (r >= 0 && r == axis->region.n - 1)
        return r;
    if (r >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "items of region '%s' are not together", region);
    leie_size *first = leie_resize(axis->first, axis->first ? axis->region.n + 1 : 0,
                                   axis->region.n + 2, sizeof *first);
    if (!first)
        return leie_fail_memory(err, "region offsets", axis->region.n + 2, sizeof *first);
    axis->first = first;
    r = leie_labels_add(&axis->region, region, NULL, NULL, NULL, err);
    if (r >= 0)
        first[r + 1] = first[r];
    return r;
}

leie_size leie_axis_add(leie_axis *axis, const char *region, const char *code, const char *name,
                        const char *unit, leie_demand_kind kind, leie_error *err)
{
    if (!region || !region[0] || !code || !code[0])
        return leie_fail(err, LEIE_ERR_DATA, "empty label");
    if (leie_axis_find(axis, region, code) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "'%s' of region '%s' appears twice", code, region);
    if (axis->n >= INT32_MAX - 1)
        return leie_fail(err, LEIE_ERR_LIMIT, "more than %d items on one axis", INT32_MAX - 1);
    if (axis->n == axis->room && !axis_grow(axis))
        return leie_fail_memory(err, "labels", axis->n + 1, sizeof(char *));
    leie_size r = axis_region(axis, region, err);
    if (r < 0)
        return r;
    leie_size i = axis->n;
    axis->code[i] = leie_strdup(code);
    axis->name[i] = leie_strdup(name ? name : "");
    axis->unit[i] = leie_strdup(unit ? unit : "");
    if (!axis->code[i] || !axis->name[i] || !axis->unit[i]) {
        axis->code[i] = leie_free(axis->code[i]);
        axis->name[i] = leie_free(axis->name[i]);
        axis->unit[i] = leie_free(axis->unit[i]);
        return leie_fail_memory(err, "label text", 1, strlen(code));
    }
    axis->of[i] = (leie_index)r;
    axis->kind[i] = kind;
    axis->n++;
    axis->first[r + 1] = axis->n;
    axis->slot[axis_slot(axis, region, code)] = (leie_index)(i + 1);
    return i;
}

leie_size leie_axis_find(const leie_axis *axis, const char *region, const char *code)
{
    if (!axis->slots || !region || !code)
        return -1;
    return axis->slot[axis_slot(axis, region, code)] - 1;
}

leie_size leie_axis_find_in(const leie_axis *axis, leie_size r, const char *code)
{
    return leie_axis_find(axis, axis->region.code[r], code);
}

bool leie_axis_same(const leie_axis *a, const leie_axis *b)
{
    if (a->n != b->n || a->region.n != b->region.n)
        return false;
    for (leie_size r = 0; r < a->region.n; r++)
        if (strcmp(a->region.code[r], b->region.code[r]) != 0 || a->first[r + 1] != b->first[r + 1])
            return false;
    for (leie_size i = 0; i < a->n; i++)
        if (strcmp(a->code[i], b->code[i]) != 0)
            return false;
    return true;
}

leie_status leie_axis_copy(leie_axis *to, const leie_axis *from, leie_error *err)
{
    assert(to->n == 0);
    for (leie_size i = 0; i < from->n; i++) {
        leie_size at = leie_axis_add(to, from->region.code[from->of[i]], from->code[i], from->name[i],
                                     from->unit[i], from->kind[i], err);
        if (at < 0) {
            leie_axis_clear(to);
            return (leie_status)at;
        }
    }
    for (leie_size r = 0; r < from->region.n; r++) {
        char *name = leie_strdup(from->region.name[r]);
        if (!name) {
            leie_axis_clear(to);
            return leie_fail_memory(err, "region names", from->region.n, sizeof(char *));
        }
        leie_free(to->region.name[r]);
        to->region.name[r] = name;
    }
    return LEIE_OK;
}

void leie_axis_clear(leie_axis *axis)
{
    free_strings(axis->code, axis->n);
    free_strings(axis->name, axis->n);
    free_strings(axis->unit, axis->n);
    leie_free(axis->of);
    leie_free(axis->kind);
    leie_free(axis->first);
    leie_free(axis->slot);
    leie_labels_clear(&axis->region);
    *axis = (leie_axis){0};
}

leie_status leie_axis_codes(leie_labels *codes, leie_index *item, const leie_axis *axis, leie_error *err)
{
    assert(codes->n == 0);
    for (leie_size i = 0; i < axis->n; i++) {
        leie_size at = leie_labels_find(codes, axis->code[i]);
        if (at < 0)
            at = leie_labels_add(codes, axis->code[i], axis->name[i], axis->unit[i], NULL, err);
        if (at < 0) {
            leie_labels_clear(codes);
            return (leie_status)at;
        }
        if (item)
            item[i] = (leie_index)at;
    }
    return LEIE_OK;
}

// ---- demand kinds ----

static const char *const demand_names[LEIE_DEMAND_KINDS] = {
    [LEIE_DEMAND_HOUSEHOLD] = "household",     [LEIE_DEMAND_NPISH] = "npish",
    [LEIE_DEMAND_GOVERNMENT] = "government",   [LEIE_DEMAND_GFCF] = "gfcf",
    [LEIE_DEMAND_INVENTORIES] = "inventories", [LEIE_DEMAND_VALUABLES] = "valuables",
    [LEIE_DEMAND_EXPORT] = "export",           [LEIE_DEMAND_DISCREPANCY] = "discrepancy"};

const char *leie_demand_name(leie_demand_kind kind)
{
    assert(kind >= 0 && kind < LEIE_DEMAND_KINDS);
    return demand_names[kind];
}

int leie_demand_find(const char *name)
{
    for (int k = 0; k < LEIE_DEMAND_KINDS; k++)
        if (name && strcmp(name, demand_names[k]) == 0)
            return k;
    return -1;
}

bool leie_demand_counts(leie_demand_kind kind)
{
    return kind != LEIE_DEMAND_EXPORT && kind != LEIE_DEMAND_DISCREPANCY;
}
