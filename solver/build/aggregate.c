/* i, j   old sectors        p, q   new sectors
 * A spread says where each old item goes: sector (r, code) with weight w_region(r) w_sector(code) to
 * (new region, new code). Every sum is compensated and runs over the old items in their order. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/aggregate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"
#include "solver/table/unit.h"

// Weights of one label must sum to one this closely.
static const double WEIGHTS = 1e-9;

// ---- concordances ----

leie_status leie_concordance_add(leie_concordance *c, const char *from, const char *to, const char *name, double weight,
                                 leie_size line, leie_error *err)
{
    const char *path = c->path ? c->path : "concordance";
    if (!from || !from[0] || !to || !to[0])
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: empty label", path, (long long)line);
    if (!(weight >= 0 && weight <= 1 + WEIGHTS))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: weight %g of '%s' to '%s': expected 0 to 1", path,
                         (long long)line, weight, from, to);
    leie_status st = leie_grow(&c->link, &c->room, c->n, sizeof *c->link, "concordance", err);
    if (st)
        return st;
    if (leie_labels_find(&c->to, to) < 0) {
        leie_size at = leie_labels_add(&c->to, to, name, NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
    }
    leie_link link = {.from = leie_strdup(from), .to = leie_strdup(to), .weight = weight, .line = line};
    if (!link.from || !link.to) {
        leie_free(link.from);
        leie_free(link.to);
        return leie_fail_memory(err, "concordance", 1, sizeof link);
    }
    c->link[c->n++] = link;
    return LEIE_OK;
}

void leie_concordance_clear(leie_concordance *c)
{
    for (leie_size i = 0; i < c->n; i++) {
        leie_free(c->link[i].from);
        leie_free(c->link[i].to);
    }
    leie_free(c->link);
    leie_free(c->path);
    leie_labels_clear(&c->to);
    *c = (leie_concordance){0};
}

static leie_status check_weight_sums(const double *weight, const char *path, const leie_labels *from,
                                     const leie_labels *to, leie_error *err)
{
    for (leie_size i = 0; i < from->n; i++) {
        double sum = leie_sum(weight + i * to->n, to->n, 1);
        if (sum == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: label '%s' of the table has no target", path, from->code[i]);
        if (!(fabs(sum - 1) <= WEIGHTS))
            return leie_fail(err, LEIE_ERR_DATA, "%s: weights of '%s' sum to %.12g: expected 1", path, from->code[i],
                             sum);
    }
    return LEIE_OK;
}

// Links from "*" for the labels that have no link of their own.
static void take_rest(double *weight, const leie_concordance *c, const leie_labels *from)
{
    for (leie_size i = 0; i < from->n; i++) {
        double *w = &weight[i * c->to.n];
        bool linked = false;
        for (leie_size k = 0; k < c->to.n; k++)
            linked |= w[k] != 0;
        for (leie_size l = 0; !linked && l < c->n; l++)
            if (strcmp(c->link[l].from, "*") == 0)
                w[leie_labels_find(&c->to, c->link[l].to)] += c->link[l].weight;
    }
}

leie_status leie_concordance_weights(double *weight, const leie_concordance *c, const leie_labels *from,
                                     leie_error *err)
{
    const char *path = c->path ? c->path : "concordance";
    memset(weight, 0, (size_t)(from->n * c->to.n) * sizeof *weight);
    for (leie_size l = 0; l < c->n; l++) {
        const leie_link *link = &c->link[l];
        leie_size i = leie_labels_find(from, link->from);
        if (strcmp(link->from, "*") == 0 || (i < 0 && link->optional))
            continue;
        if (i < 0) {
            const char *nearest = leie_labels_nearest(from, link->from);
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: label '%s' is not in the table%s%s%s", path,
                             (long long)link->line, link->from, nearest ? ", the nearest is '" : "",
                             nearest ? nearest : "", nearest ? "'" : "");
        }
        double *w = &weight[i * c->to.n + leie_labels_find(&c->to, link->to)];
        if (*w != 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: '%s' to '%s' appears twice", path, (long long)link->line,
                             link->from, link->to);
        *w = link->weight;
    }
    take_rest(weight, c, from);
    return check_weight_sums(weight, path, from, &c->to, err);
}

// ---- from labels to flat items ----

// A list of labels and where each of them goes.
typedef struct grouping {
    leie_labels from, to;
    double *weight; // [from.n, to.n]
    bool kept;      // no concordance: every label to itself
} grouping;

static void grouping_clear(grouping *g)
{
    leie_labels_clear(&g->from);
    leie_labels_clear(&g->to);
    g->weight = leie_free(g->weight);
}

// g->from is filled by the caller. c NULL: every label stays.
static leie_status grouping_make(grouping *g, const leie_concordance *c, leie_error *err)
{
    leie_status st = leie_labels_copy(&g->to, c ? &c->to : &g->from, err);
    if (st)
        return st;
    g->kept = !c;
    g->weight = leie_new(g->from.n * g->to.n, sizeof *g->weight);
    if (!g->weight)
        return leie_fail_memory(err, "concordance weights", g->from.n * g->to.n, sizeof *g->weight);
    if (c)
        return leie_concordance_weights(g->weight, c, &g->from, err);
    for (leie_size i = 0; i < g->from.n; i++)
        g->weight[i * g->to.n + i] = 1;
    return LEIE_OK;
}

// Old item i goes to the new items to[first[i]] .. to[first[i + 1] - 1] with their weights.
typedef struct spread {
    leie_size n, parts;
    leie_size *first; // [n + 1]
    leie_index *to;   // [parts]
    double *weight;   // [parts]
} spread;

static void spread_clear(spread *s)
{
    leie_free(s->first);
    leie_free(s->to);
    leie_free(s->weight);
    *s = (spread){0};
}

static leie_status spread_new(spread *s, leie_size n, leie_size parts, leie_error *err)
{
    *s = (spread){.n = n,
                  .parts = parts,
                  .first = leie_new(n + 1, sizeof *s->first),
                  .to = leie_new(parts, sizeof *s->to),
                  .weight = leie_new(parts, sizeof *s->weight)};
    if (s->first && s->to && s->weight)
        return LEIE_OK;
    spread_clear(s);
    return leie_fail_memory(err, "aggregation", parts, sizeof *s->weight);
}

// The same links seen from the new items: which old ones they are made of, in their order.
static leie_status spread_turn(spread *turned, const spread *s, leie_size news, leie_error *err)
{
    leie_status st = spread_new(turned, news, s->parts, err);
    if (st)
        return st;
    leie_size *first = turned->first;
    for (leie_size k = 0; k < s->parts; k++)
        first[s->to[k] + 1]++;
    for (leie_size p = 0; p < news; p++)
        first[p + 1] += first[p];
    for (leie_size i = s->n - 1; i >= 0; i--)
        for (leie_size k = s->first[i + 1] - 1; k >= s->first[i]; k--) {
            leie_size at = --first[s->to[k] + 1];
            turned->to[at] = (leie_index)i;
            turned->weight[at] = s->weight[k];
        }
    // every entry was filled from its end: first[p + 1] is now the start of p
    memmove(first, first + 1, (size_t)news * sizeof *first);
    first[news] = s->parts;
    return LEIE_OK;
}

// An axis being regrouped: sectors (with units) or final-demand columns (with kinds).
typedef struct regroup {
    const leie_table *t;
    const leie_axis *old;
    bool demand;
    const grouping *region, *item;
    leie_index *region_of; // [old->region.n] position in region->from
    leie_index *item_of;   // [old->n] position in item->from
    leie_index *sample;    // [new regions * new items] one old item that goes there + 1, 0 for none
    leie_index *place;     // [new regions * new items] flat position on the new axis
} regroup;

static void regroup_clear(regroup *g)
{
    leie_free(g->region_of);
    leie_free(g->item_of);
    leie_free(g->sample);
    leie_free(g->place);
}

static leie_status regroup_new(regroup *g, leie_error *err)
{
    leie_size cells = g->region->to.n * g->item->to.n;
    g->region_of = leie_new(g->old->region.n, sizeof *g->region_of);
    g->item_of = leie_new(g->old->n, sizeof *g->item_of);
    g->sample = leie_new(cells, sizeof *g->sample);
    g->place = leie_new(cells, sizeof *g->place);
    if (!g->region_of || !g->item_of || !g->sample || !g->place)
        return leie_fail_memory(err, "aggregation", cells, sizeof *g->sample);
    for (leie_size r = 0; r < g->old->region.n; r++) {
        leie_size at = leie_labels_find(&g->region->from, g->old->region.code[r]);
        if (at < 0)
            return leie_fail(err, LEIE_ERR_DATA, "final demand of region '%s', which has no sectors",
                             g->old->region.code[r]);
        g->region_of[r] = (leie_index)at;
    }
    for (leie_size i = 0; i < g->old->n; i++)
        g->item_of[i] = (leie_index)leie_labels_find(&g->item->from, g->old->code[i]);
    return LEIE_OK;
}

static leie_status check_same(const regroup *g, leie_size i, leie_size other, const char *region, const char *code,
                              leie_error *err)
{
    char a[LEIE_PLACE_MAX], b[LEIE_PLACE_MAX];
    leie_axis_place(a, g->old, i);
    leie_axis_place(b, g->old, other);
    if (g->demand && g->old->kind[i] != g->old->kind[other])
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s (%s) and %s (%s) cannot be added into %s %s: different kinds of demand", b,
                         leie_demand_name(g->old->kind[other]), a, leie_demand_name(g->old->kind[i]), region, code);
    if (g->demand)
        return LEIE_OK;
    const char *unit_a = leie_sector_unit(g->t, i), *unit_b = leie_sector_unit(g->t, other);
    double factor = 1;
    leie_error why = {0};
    leie_status st = strcmp(unit_a, unit_b) == 0 ? LEIE_OK : leie_unit_factor(&factor, unit_a, unit_b, &why);
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "%s", why.text);
    if (!st && factor == 1)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_UNIT, "%s ('%s') and %s ('%s') cannot be added into %s %s: different units", b,
                     unit_b, a, unit_a, region, code);
}

// Calls for every part of old item i: its cell in the grid of new regions and items, and its weight.
static leie_size parts_of(const regroup *g, leie_size i, leie_size *cell, double *weight)
{
    leie_size regions = g->region->to.n, items = g->item->to.n, count = 0;
    const double *wr = g->region->weight + g->region_of[g->old->of[i]] * regions;
    const double *wi = g->item->weight + g->item_of[i] * items;
    for (leie_size r = 0; r < regions; r++)
        for (leie_size c = 0; wr[r] != 0 && c < items; c++)
            if (wi[c] != 0) {
                cell[count] = r * items + c;
                weight[count++] = wr[r] * wi[c];
            }
    return count;
}

// Marks which new items exist; *parts is the number of links.
static leie_status find_items(regroup *g, leie_size *cell, double *weight, leie_size *parts, leie_error *err)
{
    leie_size items = g->item->to.n;
    *parts = 0;
    for (leie_size i = 0; i < g->old->n; i++) {
        leie_size count = parts_of(g, i, cell, weight);
        *parts += count;
        for (leie_size k = 0; k < count; k++) {
            leie_index *sample = &g->sample[cell[k]];
            leie_status st = *sample ? check_same(g, i, *sample - 1, g->region->to.code[cell[k] / items],
                                                  g->item->to.code[cell[k] % items], err)
                                     : LEIE_OK;
            if (st)
                return st;
            if (!*sample)
                *sample = (leie_index)(i + 1);
        }
    }
    return LEIE_OK;
}

static leie_status add_items(leie_axis *axis, regroup *g, leie_error *err)
{
    leie_size items = g->item->to.n;
    for (leie_size r = 0; r < g->region->to.n; r++)
        for (leie_size c = 0; c < items; c++) {
            leie_size i = g->sample[r * items + c] - 1;
            if (i < 0)
                continue;
            const char *name = g->item->kept ? g->old->name[i] : g->item->to.name[c];
            leie_size at = leie_axis_add(axis, g->region->to.code[r], g->item->to.code[c], name, g->old->unit[i],
                                         g->old->kind[i], err);
            if (at < 0)
                return (leie_status)at;
            g->place[r * items + c] = (leie_index)at;
        }
    for (leie_size r = 0; r < axis->region.n; r++) {
        leie_size from = leie_labels_find(&g->region->to, axis->region.code[r]);
        leie_status st = leie_text_set(&axis->region.name[r], g->region->to.name[from], err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

// The new axis and where every old item goes on it.
static leie_status regroup_axis(leie_axis *axis, spread *s, regroup *g, leie_error *err)
{
    leie_size cells = g->region->to.n * g->item->to.n, parts = 0;
    leie_size *cell = leie_new(cells, sizeof *cell);
    double *weight = leie_new(cells, sizeof *weight);
    leie_status st = LEIE_OK;
    if (!cell || !weight)
        st = leie_fail_memory(err, "aggregation", cells, sizeof *weight);
    if (!st)
        st = regroup_new(g, err);
    if (!st)
        st = find_items(g, cell, weight, &parts, err);
    if (!st)
        st = add_items(axis, g, err);
    if (!st)
        st = spread_new(s, g->old->n, parts, err);
    for (leie_size i = 0; !st && i < g->old->n; i++) {
        leie_size count = parts_of(g, i, cell, weight), first = s->first[i];
        for (leie_size k = 0; k < count; k++) {
            s->to[first + k] = g->place[cell[k]];
            s->weight[first + k] = weight[k];
        }
        s->first[i + 1] = first + count;
    }
    leie_free(cell);
    leie_free(weight);
    regroup_clear(g);
    return st;
}

// ---- flows ----

// sum[q] += w * row[j] * weight(j to q)
static void add_row(leie_acc *sum, double w, leie_size count, const leie_index *col, const double *val,
                    const spread *columns)
{
    for (leie_size c = 0; c < count; c++) {
        if (val[c] == 0)
            continue;
        leie_size j = col ? col[c] : c;
        for (leie_size k = columns->first[j]; k < columns->first[j + 1]; k++)
            leie_acc_add(&sum[columns->to[k]], w * columns->weight[k] * val[c]);
    }
}

// Z* = P Z P', row by row of the result.
static leie_status aggregate_Z(leie_matrix *Z, const leie_matrix *old, const spread *columns, const spread *rows,
                               leie_error *err)
{
    leie_size news = rows->n;
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    leie_acc *sum = leie_new(news, sizeof *sum);
    if (!sum)
        st = leie_fail_memory(err, "aggregation", news, sizeof *sum);
    for (leie_size p = 0; !st && p < news; p++) {
        memset(sum, 0, (size_t)news * sizeof *sum);
        for (leie_size k = rows->first[p]; k < rows->first[p + 1]; k++) {
            const leie_index *col;
            const double *val;
            leie_size count = leie_matrix_row(old, rows->to[k], &col, &val);
            add_row(sum, rows->weight[k], count, col, val, columns);
        }
        for (leie_size q = 0; !st && q < news; q++) {
            double value = leie_acc_value(&sum[q]);
            if (value != 0)
                st = leie_cells_add(&cells, p, q, value, err);
        }
    }
    if (!st)
        st = leie_matrix_from_cells(Z, news, news, &cells, NULL, err);
    leie_free(sum);
    leie_cells_free(&cells);
    return st;
}

/* The same for an array: rows [rows->n] gathered, columns spread. NULL stays NULL.
 * rows NULL: every row by itself (count of them). */
static leie_status aggregate_array(double **array, const double *old, leie_size count, const spread *rows,
                                   const spread *columns, leie_size news, leie_error *err)
{
    if (!old)
        return LEIE_OK;
    leie_size olds = columns->n;
    count = rows ? rows->n : count;
    leie_acc *sum = leie_new(news, sizeof *sum);
    *array = leie_new(count * news, sizeof **array);
    if (!sum || !*array) {
        leie_free(sum);
        return leie_fail_memory(err, "aggregation", count * news, sizeof **array);
    }
    for (leie_size p = 0; p < count; p++) {
        memset(sum, 0, (size_t)news * sizeof *sum);
        if (rows)
            for (leie_size k = rows->first[p]; k < rows->first[p + 1]; k++)
                add_row(sum, rows->weight[k], olds, NULL, old + rows->to[k] * olds, columns);
        else
            add_row(sum, 1, olds, NULL, old + p * olds, columns);
        for (leie_size q = 0; q < news; q++)
            (*array)[p * news + q] = leie_acc_value(&sum[q]);
    }
    leie_free(sum);
    return LEIE_OK;
}

static leie_status aggregate_flows(leie_table *to, const leie_table *t, const spread *sector, const spread *demand,
                                   leie_error *err)
{
    leie_size n = to->sector.n, m = to->demand.n, k = t->stressor.n;
    spread rows = {0};
    leie_status st = spread_turn(&rows, sector, n, err);
    if (!st)
        st = aggregate_Z(&to->Z, &t->Z, sector, &rows, err);
    if (!st)
        st = aggregate_array(&to->Y, t->Y, 0, &rows, demand, m, err);
    if (!st)
        st = aggregate_array(&to->x, t->x, 1, NULL, sector, n, err);
    if (!st)
        st = aggregate_array(&to->W, t->W, t->input.n, NULL, sector, n, err);
    if (!st)
        st = aggregate_array(&to->F, t->F, k, NULL, sector, n, err);
    if (!st)
        st = aggregate_array(&to->F_Y, t->F_Y, k, NULL, demand, m, err);
    spread_clear(&rows);
    return st;
}

static const char *path_of(const leie_concordance *c)
{
    return c && c->path ? c->path : "a concordance";
}

static leie_status note_aggregation(leie_table *to, const leie_table *t, const leie_concordance *regions,
                                    const leie_concordance *sectors, leie_error *err)
{
    char output[128] = "";
    if (t->x && t->sector.n > 0 && leie_table_odd_unit(t) < 0)
        snprintf(output, sizeof output, "; output %.12g %s before, %.12g after", leie_sum(t->x, t->sector.n, 1),
                 leie_sector_unit(t, 0), leie_sum(to->x, to->sector.n, 1));
    return leie_provenance_note(&to->provenance, LEIE_NOTE_DONE, t->sector.n, err,
                                "aggregated: %lld regions to %lld%s%s, %lld sectors to %lld%s%s, %lld final-demand "
                                "columns to %lld%s",
                                (long long)t->sector.region.n, (long long)to->sector.region.n, regions ? " by " : "",
                                regions ? path_of(regions) : "", (long long)t->sector.n, (long long)to->sector.n,
                                sectors ? " by " : "", sectors ? path_of(sectors) : "", (long long)t->demand.n,
                                (long long)to->demand.n, output);
}

leie_status leie_table_aggregate(leie_table *t, const leie_concordance *regions, const leie_concordance *sectors,
                                 leie_error *err)
{
    leie_table to = {0};
    grouping region = {0}, item = {0}, category = {0};
    spread sector = {0}, demand = {0};
    leie_status st = leie_table_like(&to, t, err);
    if (!st)
        st = leie_labels_copy(&region.from, &t->sector.region, err);
    if (!st)
        st = leie_axis_codes(&item.from, NULL, &t->sector, err);
    if (!st)
        st = leie_axis_codes(&category.from, NULL, &t->demand, err);
    if (!st)
        st = grouping_make(&region, regions, err);
    if (!st)
        st = grouping_make(&item, sectors, err);
    if (!st)
        st = grouping_make(&category, NULL, err);
    if (!st)
        st = regroup_axis(&to.sector, &sector, &(regroup){.t = t, .old = &t->sector, .region = &region, .item = &item},
                          err);
    if (!st)
        st = regroup_axis(&to.demand, &demand,
                          &(regroup){.t = t, .old = &t->demand, .demand = true, .region = &region, .item = &category},
                          err);
    if (!st)
        st = aggregate_flows(&to, t, &sector, &demand, err);
    if (!st)
        st = note_aggregation(&to, t, regions, sectors, err);
    if (!st)
        leie_table_replace(t, &to);
    leie_table_clear(&to);
    grouping_clear(&region);
    grouping_clear(&item);
    grouping_clear(&category);
    spread_clear(&sector);
    spread_clear(&demand);
    return st;
}
