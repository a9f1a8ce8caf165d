// SPDX-License-Identifier: GPL-3.0-or-later
/* Weights of the parts of a sector: the records, and which of them counts at a place. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/build/disaggregate_impl.h"

static const char *const names[] = {"output", "row", "column", "coefficient", "extension"};

const char *leie_part_what_name(leie_part_what what)
{
    return names[what];
}

int leie_part_what_find(const char *name)
{
    for (int i = 0; i < LEIE_PART_WHATS; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    return -1;
}

leie_status leie_disaggregation_add(leie_disaggregation *d, const leie_part_weight *weight, leie_error *err)
{
    leie_status st = leie_grow(&d->weight, &d->room, d->weights, sizeof *d->weight, "weights of parts", err);
    if (st)
        return st;
    leie_part_weight *to = &d->weight[d->weights++];
    *to = *weight;
    to->in = leie_strdup(weight->in);
    to->region = leie_strdup(weight->region);
    to->item = leie_strdup(weight->item);
    return to->in && to->region && to->item ? LEIE_OK : leie_fail_memory(err, "a weight of a part", 3, 1);
}

void leie_disaggregation_clear(leie_disaggregation *d)
{
    for (leie_size i = 0; i < d->weights; i++) {
        leie_free(d->weight[i].in);
        leie_free(d->weight[i].region);
        leie_free(d->weight[i].item);
    }
    for (leie_size r = 0; r < d->regions; r++)
        leie_free(d->region[r]);
    leie_free(d->weight);
    leie_free(d->region);
    leie_free(d->sector);
    leie_free(d->path);
    leie_labels_clear(&d->part);
    *d = (leie_disaggregation){0};
}

leie_status leie_part_fail(const leie_disaggregation *d, const leie_part_weight *w, leie_error *err, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (!d->path || w->line <= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s", text);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s", d->path, (long long)w->line, text);
}

// ---- places ----

leie_size leie_places_count(leie_places *places)
{
    places->n = places->list ? places->list->n : 0;
    for (int a = 0; a < 2; a++)
        places->n += places->axis[a] ? places->axis[a]->n : 0;
    return places->n;
}

/* How exactly a weight names a place; a weight for the parent holds for its parts as buyers, less exactly than one for
 * the part itself. */
enum { BY_IN = 1, BY_REGION = 2, BY_PARENT = 4, BY_ITEM = 8 };

typedef struct resolve {
    const leie_disaggregation *d;
    const leie_part_weight *record;
    double *weight; // [K, n]
    bool *set;      // [K, n] whether a part has a weight of that rank
    bool *given;    // [n]
    signed char *rank; // [n] of what is there
    leie_size n, matched;
} resolve;

static leie_status put(resolve *s, leie_size place, int rank, leie_error *err)
{
    leie_size K = s->d->part.n, at = s->record->part * s->n + place;
    s->matched++;
    if (s->given[place] && rank < s->rank[place])
        return LEIE_OK;
    if (!s->given[place] || rank > s->rank[place])
        for (leie_size k = 0; k < K; k++) {
            s->weight[k * s->n + place] = 0;
            s->set[k * s->n + place] = false;
        }
    if (s->set[at])
        return leie_part_fail(s->d, s->record, err, "'%s' of part '%s' is given twice for the same place",
                              leie_part_what_name(s->record->what), s->d->part.code[s->record->part]);
    s->given[place] = true;
    s->rank[place] = (signed char)rank;
    s->set[at] = true;
    s->weight[at] = s->record->value;
    return LEIE_OK;
}

// Places of one region of an axis: all, the item, or the parts of the parent.
static leie_status put_region(resolve *s, const leie_axis *axis, leie_size offset, leie_size r, int rank, leie_error *err)
{
    const char *item = s->record->item;
    leie_status st = LEIE_OK;
    if (!item[0]) {
        for (leie_size i = axis->first[r]; !st && i < axis->first[r + 1]; i++)
            st = put(s, offset + i, rank, err);
        return st;
    }
    leie_size i = leie_axis_find_in(axis, r, item);
    if (i >= 0)
        return put(s, offset + i, rank | BY_ITEM, err);
    if (strcmp(item, s->d->sector) != 0)
        return LEIE_OK;
    for (leie_size k = 0; !st && k < s->d->part.n; k++) {
        i = leie_axis_find_in(axis, r, s->d->part.code[k]);
        if (i >= 0)
            st = put(s, offset + i, rank | BY_PARENT, err);
    }
    return st;
}

static leie_status put_axis(resolve *s, const leie_axis *axis, leie_size offset, int rank, leie_error *err)
{
    const char *region = s->record->region;
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < axis->region.n; r++)
        if (!region[0] || strcmp(region, axis->region.code[r]) == 0)
            st = put_region(s, axis, offset, r, rank, err);
    return st;
}

static leie_status put_list(resolve *s, const leie_labels *list, leie_size offset, int rank, leie_error *err)
{
    const char *item = s->record->item;
    leie_size at = item[0] ? leie_labels_find(list, item) : -1;
    if (s->record->region[0])
        return LEIE_OK; // a list has no regions
    if (item[0])
        return at >= 0 ? put(s, offset + at, rank | BY_ITEM, err) : LEIE_OK;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < list->n; i++)
        st = put(s, offset + i, rank, err);
    return st;
}

static leie_status fail_nowhere(const resolve *s, const leie_places *places, leie_error *err)
{
    const leie_part_weight *w = s->record;
    const char *near = NULL;
    if (w->region[0] && places->axis[0] && leie_labels_find(&places->axis[0]->region, w->region) < 0) {
        near = leie_labels_nearest(&places->axis[0]->region, w->region);
        return leie_part_fail(s->d, w, err, "region '%s' is not in the table%s%s%s", w->region, near ? "; '" : "",
                              near ? near : "", near ? "' is near" : "");
    }
    leie_labels codes = {0};
    for (int a = 0; !near && places->axis[a] && a < 2; a++) {
        leie_labels_clear(&codes);
        if (!leie_axis_codes(&codes, NULL, places->axis[a], NULL))
            near = leie_labels_nearest(&codes, w->item);
    }
    if (!near && places->list)
        near = leie_labels_nearest(places->list, w->item);
    leie_status st = leie_part_fail(s->d, w, err, "no %s '%s%s%s'%s%s%s", places->what, w->region,
                                    w->region[0] ? " " : "", w->item, near ? "; '" : "", near ? near : "",
                                    near ? "' is near" : "");
    leie_labels_clear(&codes);
    return st;
}

leie_status leie_part_weights(double *weight, bool *set, bool *given, const leie_disaggregation *d, leie_part_what what,
                              const char *in, const leie_places *places, leie_error *err)
{
    leie_size n = places->n, K = d->part.n;
    resolve s = {.d = d, .weight = weight, .set = set, .given = given, .n = n, .rank = leie_new(n, 1)};
    leie_status st = s.rank ? LEIE_OK : leie_fail_memory(err, "weights of parts", n, 1);
    for (leie_size i = 0; i < n; i++)
        given[i] = false;
    for (leie_size i = 0; i < K * n; i++) {
        weight[i] = 0;
        set[i] = false;
    }
    for (leie_size i = 0; !st && i < d->weights; i++) {
        const leie_part_weight *w = &d->weight[i];
        if (w->what != what || (w->in[0] && strcmp(w->in, in) != 0))
            continue;
        int rank = (w->in[0] ? BY_IN : 0) | (w->region[0] ? BY_REGION : 0);
        leie_size offset = 0;
        s.record = w;
        s.matched = 0;
        for (int a = 0; !st && a < 2 && places->axis[a]; a++) {
            st = put_axis(&s, places->axis[a], offset, rank, err);
            offset += places->axis[a]->n;
        }
        if (!st && places->list)
            st = put_list(&s, places->list, offset, rank, err);
        if (!st && s.matched == 0)
            st = fail_nowhere(&s, places, err);
    }
    leie_free(s.rank);
    return st;
}
