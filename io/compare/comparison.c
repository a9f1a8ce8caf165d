// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/compare/comparison.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_text.h"
#include "kernels/memory.h"

void leie_comparison_clear(leie_comparison *c)
{
    for (leie_size i = 0; i < c->dims; i++)
        leie_free(c->dim[i].to);
    leie_free(c->dim);
    leie_free(c->item);
    *c = (leie_comparison){0};
}

bool leie_pair_changed(const leie_comparison *c, double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) != isnan(b);
    return a != b && !(fabs(b - a) <= c->tolerance * fmax(fabs(a), fabs(b)));
}

// ---- dimensions ----

/* A label that the user names: position, or the list of those there are. */
static leie_status fix(leie_size *at, const leie_compare_side *side, leie_size dim, const char *label, leie_error *err)
{
    char text[LEIE_LABEL_ROOM], list[400] = "";
    const leie_dim *d = &side->ds->dim[dim];
    for (leie_size i = 0; i < d->n; i++) {
        const char *have = leie_dataset_label(text, side->ds, dim, i);
        if (strcmp(have, label) == 0) {
            *at = i;
            return LEIE_OK;
        }
        size_t used = strlen(list);
        if (used + strlen(have) + 8 < sizeof list)
            snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", have);
    }
    return leie_fail(err, LEIE_ERR_USAGE, "%s has no %s '%s'; it has %s", side->name, d->name, label, list);
}

/* Positions of A's labels in B. A dimension without a coordinate, or with a label twice, is a list of records. */
static leie_status match(leie_compared_dim *d, const leie_compare_side *side, leie_error *err)
{
    leie_labels b = {0};
    char text[LEIE_LABEL_ROOM];
    const leie_dataset *A = side[0].ds, *B = side[1].ds;
    leie_size nA = A->dim[d->a].n, nB = B->dim[d->b].n;
    leie_status st = LEIE_OK;
    if (!leie_dataset_find(A, A->dim[d->a].name) || !leie_dataset_find(B, B->dim[d->b].name))
        return LEIE_OK;
    for (leie_size i = 0; !st && i < nB; i++) {
        leie_size at = leie_labels_add(&b, leie_dataset_label(text, B, d->b, i), NULL, NULL, NULL, NULL);
        if (at == LEIE_ERR_NOMEM)
            st = leie_fail_memory(err, "labels", nB, sizeof *b.code);
        else if (at < 0)
            goto done; // twice
    }
    d->to = st ? NULL : leie_new(nA, sizeof *d->to);
    if (!st && !d->to)
        st = leie_fail_memory(err, "labels", nA, sizeof *d->to);
    for (leie_size i = 0; !st && i < nA; i++) {
        d->to[i] = (leie_index)leie_labels_find(&b, leie_dataset_label(text, A, d->a, i));
        d->common += d->to[i] >= 0;
    }
    d->only[0] = nA - d->common;
    d->only[1] = nB - d->common;
done:
    leie_labels_clear(&b);
    return st;
}

static leie_status match_dims(leie_comparison *c, leie_error *err)
{
    const leie_dataset *A = c->side[0].ds;
    leie_status st = LEIE_OK;
    if (!(c->dim = leie_new(A->dims, sizeof *c->dim)))
        return leie_fail_memory(err, "dimensions", A->dims, sizeof *c->dim);
    for (leie_size i = 0; !st && i < A->dims; i++) {
        leie_compared_dim *d = &c->dim[c->dims];
        *d = (leie_compared_dim){.a = i, .b = leie_dataset_find_dim(c->side[1].ds, A->dim[i].name)};
        if (d->b < 0)
            continue;
        c->dims++;
        bool year = strcmp(A->dim[i].name, "year") == 0, scenario = strcmp(A->dim[i].name, "scenario") == 0;
        for (int s = 0; !st && s < 2 && (year || scenario); s++) {
            const char *label = year ? c->side[s].year : c->side[s].scenario;
            d->fixed |= label != NULL;
            st = label ? fix(&d->at[s], &c->side[s], s ? d->b : d->a, label, err) : LEIE_OK;
        }
        st = st || d->fixed ? st : match(d, c->side, err);
    }
    return st;
}

static const leie_compared_dim *dim_of(const leie_comparison *c, const leie_var *v, int k)
{
    for (leie_size i = 0; i < c->dims; i++)
        if (c->dim[i].a == v->dim[k])
            return &c->dim[i];
    return NULL;
}

// ---- variables ----

static double value_at(const leie_var *v, leie_size i)
{
    return v->type == LEIE_VAR_INT ? (double)v->integer[i] : v->number[i];
}

leie_status leie_comparison_each(const leie_comparison *c, const leie_compared *item, leie_pair_fn fn, void *ctx, leie_error *err)
{
    const leie_compared_dim *d[LEIE_RANK_MAX];
    const leie_var *A = item->var[0], *B = item->var[1];
    leie_size a[LEIE_RANK_MAX] = {0}, b[LEIE_RANK_MAX] = {0};
    const leie_size *const at[2] = {a, b};
    bool moving[LEIE_RANK_MAX];
    leie_status st = LEIE_OK;
    for (int k = 0; k < A->rank; k++) {
        d[k] = dim_of(c, A, k);
        moving[k] = !d[k]->fixed;
        a[k] = d[k]->fixed ? d[k]->at[0] : 0;
    }
    do {
        bool both = true;
        for (int k = 0; k < A->rank; k++) {
            b[k] = d[k]->fixed ? d[k]->at[1] : d[k]->to[a[k]];
            both &= b[k] >= 0;
        }
        if (both)
            st = fn(ctx, item, at, value_at(A, leie_dataset_offset(c->side[0].ds, A, a)),
                    value_at(B, leie_dataset_offset(c->side[1].ds, B, b)), err);
    } while (!st && leie_dataset_step(a, moving, c->side[0].ds, A));
    return st;
}

static leie_status count_pair(void *ctx, const leie_compared *item, const leie_size *const at[2], double a, double b, leie_error *err)
{
    const leie_comparison *c = ctx;
    leie_compared *out = &c->item[item - c->item];
    (void)err;
    if (isnan(a) && isnan(b))
        return LEIE_OK;
    out->values++;
    out->changed += leie_pair_changed(c, a, b);
    out->appeared += isnan(a);
    out->gone += isnan(b);
    if (!isnan(a) && !isnan(b) && fabs(b - a) > out->largest) {
        out->largest = fabs(b - a);
        memcpy(out->at, at[0], (size_t)item->var[0]->rank * sizeof *at[0]);
    }
    return LEIE_OK;
}

// Units of the variable, or of its labels, that differ.
static bool other_units(char *why, size_t room, const leie_comparison *c, const leie_compared *item)
{
    char a[LEIE_LABEL_ROOM], b[LEIE_LABEL_ROOM];
    const leie_dataset *A = c->side[0].ds, *B = c->side[1].ds;
    const char *whole[2] = {leie_dataset_units(a, A, item->var[0]), leie_dataset_units(b, B, item->var[1])};
    if (strcmp(whole[0], whole[1]) != 0)
        return snprintf(why, room, "in A it is in %.60s, in B in %.60s", whole[0], whole[1]) > 0;
    if (!leie_dataset_get_text(A, item->var[0], "units_by"))
        return false;
    for (int k = 0; k < item->var[0]->rank; k++) {
        const leie_compared_dim *d = dim_of(c, item->var[0], k);
        for (leie_size i = 0; !d->fixed && i < A->dim[d->a].n; i++) {
            if (d->to[i] < 0)
                continue;
            leie_dataset_label_unit(a, A, item->var[0], d->a, i);
            leie_dataset_label_unit(b, B, item->var[1], d->b, d->to[i]);
            if (strcmp(a, b) != 0)
                return snprintf(why, room, "%.60s is in %.30s in A and in %.30s in B",
                                leie_dataset_label((char[LEIE_LABEL_ROOM]){0}, A, d->a, i), a, b) > 0;
        }
    }
    return false;
}

// A dimension of the variable of which the two share no label.
static bool nothing_shared(char *why, size_t room, const leie_comparison *c, const leie_compared *item)
{
    char a[LEIE_LABEL_ROOM], b[LEIE_LABEL_ROOM];
    for (int k = 0; k < item->var[0]->rank; k++) {
        const leie_compared_dim *d = dim_of(c, item->var[0], k);
        if (!d->fixed && d->common == 0)
            return snprintf(why, room, "no label of '%.40s' in common: %.40s, ... and %.40s, ...", c->side[0].ds->dim[d->a].name,
                            leie_dataset_label(a, c->side[0].ds, d->a, 0), leie_dataset_label(b, c->side[1].ds, d->b, 0)) > 0;
    }
    return false;
}

// Whether the dimensions are the same, with labels; says why not where a user would wonder.
static bool comparable(const leie_comparison *c, leie_compared *item)
{
    const leie_var *a = item->var[0], *b = item->var[1];
    const leie_dataset *A = c->side[0].ds, *B = c->side[1].ds;
    bool same = a->rank == b->rank;
    for (int k = 0; same && k < a->rank; k++)
        same = strcmp(A->dim[a->dim[k]].name, B->dim[b->dim[k]].name) == 0;
    if (!same)
        snprintf(item->why_not, sizeof item->why_not, "it has other dimensions in A and B");
    return same && !nothing_shared(item->why_not, sizeof item->why_not, c, item) && !other_units(item->why_not, sizeof item->why_not, c, item);
}

// Coordinates and lists of records are not results.
static bool is_result(const leie_comparison *c, const leie_var *v)
{
    if (v->type == LEIE_VAR_TEXT || leie_dataset_find_dim(c->side[0].ds, v->name) >= 0)
        return false;
    for (int k = 0; k < v->rank; k++) {
        const leie_compared_dim *d = dim_of(c, v, k);
        if (!d || (!d->to && !d->fixed))
            return false;
    }
    return true;
}

static leie_status match_variables(leie_comparison *c, leie_error *err)
{
    const leie_dataset *A = c->side[0].ds, *B = c->side[1].ds;
    leie_size can = 0;
    leie_status st = LEIE_OK;
    if (!(c->item = leie_new(A->vars, sizeof *c->item)))
        return leie_fail_memory(err, "variables", A->vars, sizeof *c->item);
    for (leie_size i = 0; i < B->vars; i++)
        c->only[1] += B->var[i]->type != LEIE_VAR_TEXT && !leie_dataset_find(A, B->var[i]->name);
    for (leie_size i = 0; !st && i < A->vars; i++) {
        leie_compared *item = &c->item[c->n];
        *item = (leie_compared){.var = {A->var[i], leie_dataset_find(B, A->var[i]->name)}};
        c->only[0] += A->var[i]->type != LEIE_VAR_TEXT && !item->var[1];
        if (!item->var[1] || item->var[1]->type != A->var[i]->type || !is_result(c, A->var[i]))
            continue;
        c->n++;
        if (!comparable(c, item))
            continue;
        can++;
        st = leie_comparison_each(c, item, count_pair, c, err);
    }
    if (!st && c->n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s and %s have no variable in common", c->side[0].name, c->side[1].name);
    else if (!st && can == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s and %s cannot be compared: %s: %s", c->side[0].name, c->side[1].name, c->item[0].var[0]->name, c->item[0].why_not);
    return st;
}

leie_status leie_compare(leie_comparison *c, const leie_compare_side side[2], double tolerance, leie_error *err)
{
    *c = (leie_comparison){.side = {side[0], side[1]}, .tolerance = tolerance};
    leie_status st = match_dims(c, err);
    st = st ? st : match_variables(c, err);
    if (st)
        leie_comparison_clear(c);
    return st;
}

bool leie_comparison_same(const leie_comparison *c)
{
    bool same = c->only[0] == 0 && c->only[1] == 0;
    for (leie_size i = 0; i < c->dims; i++)
        same &= c->dim[i].only[0] == 0 && c->dim[i].only[1] == 0;
    for (leie_size i = 0; i < c->n; i++)
        same &= c->item[i].changed == 0 && !c->item[i].why_not[0];
    return same;
}

void leie_comparison_where(char *text, size_t room, const leie_comparison *c, const leie_compared *item, const leie_size *at)
{
    char label[LEIE_LABEL_ROOM];
    const leie_dataset *A = c->side[0].ds;
    text[0] = '\0';
    for (int k = 0; k < item->var[0]->rank; k++) {
        const leie_compared_dim *d = dim_of(c, item->var[0], k);
        size_t used = strlen(text);
        if (d->fixed || A->dim[d->a].n == 1)
            continue;
        snprintf(text + used, room - used, "%s%s=%s", used ? ", " : "", A->dim[d->a].name, leie_dataset_label(label, A, d->a, at[k]));
    }
}

// ---- the largest changes ----

typedef struct moving {
    leie_movers *list;
    leie_size most, top, lists;
    const leie_comparison *c;
} moving;

static leie_movers *list_of(moving *m, const leie_compared *item, const leie_size *at)
{
    char text[LEIE_LABEL_ROOM];
    const char *unit = leie_dataset_value_unit(text, m->c->side[0].ds, item->var[0], at);
    for (leie_size i = 0; i < m->lists; i++)
        if (strncmp(m->list[i].unit, unit, sizeof m->list[i].unit - 1) == 0)
            return &m->list[i];
    if (m->lists == m->most)
        return NULL;
    leie_movers *l = &m->list[m->lists++];
    *l = (leie_movers){0};
    snprintf(l->unit, sizeof l->unit, "%.120s", unit);
    return l;
}

// Kept in order: the largest first, of equals the first found.
static leie_status take_mover(void *ctx, const leie_compared *item, const leie_size *const at[2], double a, double b, leie_error *err)
{
    moving *m = ctx;
    (void)err;
    if (isnan(a) || isnan(b) || !leie_pair_changed(m->c, a, b))
        return LEIE_OK;
    leie_movers *l = list_of(m, item, at[0]);
    leie_size i = l ? l->n : 0;
    if (!l || (l->n == m->top && fabs(l->item[i - 1].b - l->item[i - 1].a) >= fabs(b - a)))
        return LEIE_OK;
    i = l->n < m->top ? l->n++ : l->n - 1;
    for (; i > 0 && fabs(l->item[i - 1].b - l->item[i - 1].a) < fabs(b - a); i--)
        l->item[i] = l->item[i - 1];
    l->item[i] = (leie_mover){.a = a, .b = b};
    memcpy(l->item[i].at, at[0], (size_t)item->var[0]->rank * sizeof *at[0]);
    return LEIE_OK;
}

leie_size leie_comparison_movers(leie_movers *list, leie_size most, leie_size top, const leie_comparison *c, const leie_compared *item)
{
    moving m = {list, most, top < LEIE_MOVERS_MOST ? top : LEIE_MOVERS_MOST, 0, c};
    if (item->why_not[0] || m.top < 1)
        return 0;
    leie_comparison_each(c, item, take_mover, &m, NULL);
    return m.lists;
}
