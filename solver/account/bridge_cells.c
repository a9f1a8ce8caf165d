// SPDX-License-Identifier: GPL-3.0-or-later
/* The cells of a route bridge: trade of the flows and of the table brought to (direction, member region, product of
 * the table, origin). Origin is the seller's table region; where flows of a product name a partner that the table
 * lacks, or none, its origins are one cell. */
#include "solver/account/route_bridge.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/unit.h"

// One row of trade that has a coefficient, or part of one, at its cell.
typedef struct item {
    leie_size cell, group; // group: direction, member, product
    leie_index fine;       // product of the flows
    leie_size key;
    double amount;
} item;

typedef struct bridge {
    const leie_direct_source *source;
    const leie_rme *rme;
    const leie_table *t;
    const leie_account_regions *q;
    const leie_accounts *a;
    const double *factor, *definition; // [k, M], [M]
    leie_size at, k, M, P, R, members;
    leie_index *member; // [R] position among the members of the account region, -1 outside
    leie_size *first;   // [groups + 1] items of a group, which stand by group and fine product
    int year;
    leie_size items, room;
    item *list;
    bool *joint;      // [2, members, P] origins are one cell
    double *money;    // [2, members, P, R] of the table
    double *pressure; // [2, members, P, R, k] money x M
    double *amount;   // [2, members, P, R] of the flows
    leie_bridge_cells *b;
} bridge;

static bool inside(const bridge *d, leie_size r)
{
    return r >= 0 && d->member[r] >= 0;
}

static leie_size group_of(const bridge *d, bool exports, leie_size r, leie_size p)
{
    return ((exports ? d->members : 0) + d->member[r]) * d->P + p;
}

static bool group_exports(const bridge *d, leie_size g)
{
    return g / d->P >= d->members;
}

static leie_size group_region(const bridge *d, leie_size g)
{
    leie_size r = 0;
    while (d->member[r] != g / d->P % d->members)
        r++;
    return r;
}

static leie_size groups_of(const bridge *d)
{
    return 2 * d->members * d->P;
}

// ---- the table ----

static void add_money(bridge *d, bool exports, leie_size member, leie_size i, double money)
{
    leie_size p = leie_labels_find(&d->a->product, d->t->sector.code[i]);
    leie_size cell = group_of(d, exports, member, p) * d->R + d->t->sector.of[i];
    d->money[cell] += money;
    for (leie_size s = 0; s < d->k; s++)
        d->pressure[cell * d->k + s] += money * d->a->M[s * d->a->n + i];
}

// Sales of sector i to `to` (-1: to nobody); a column that does not count is an export of its region too.
static void add_sale(bridge *d, leie_size i, leie_size to, double money, bool leaves)
{
    leie_size from = d->t->sector.of[i];
    if (money == 0)
        return;
    if (inside(d, to) && !inside(d, from))
        add_money(d, false, to, i, money);
    if (inside(d, from) && !inside(d, to))
        add_money(d, true, from, i, money);
    if (leaves && inside(d, to))
        add_money(d, true, inside(d, from) ? from : to, i, money);
}

static void read_table(bridge *d)
{
    const leie_table *t = d->t;
    leie_size m = t->demand.n;
    for (leie_size i = 0; i < t->sector.n; i++) {
        const leie_index *col;
        const double *Z;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &Z);
        double rest = t->x[i];
        for (leie_size c = 0; c < count; c++) {
            leie_size j = col ? col[c] : c;
            add_sale(d, i, t->sector.of[j], Z[c], false);
            rest -= t->x[j] > 0 ? Z[c] : 0;
        }
        for (leie_size j = 0; j < m; j++) {
            double y = t->Y[i * m + j];
            rest -= y;
            leie_size to = leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]);
            add_sale(d, i, to, y, to >= 0 && !leie_demand_counts(t->demand.kind[j]));
        }
        add_sale(d, i, -1, rest, false); // the imbalance of the row goes to nobody
    }
}

// ---- the flows ----

static leie_status add_item(bridge *d, const item *x, leie_error *err)
{
    leie_status st = leie_grow(&d->list, &d->room, d->items, sizeof *d->list, "trade of the bridge", err);
    if (st)
        return st;
    d->list[d->items++] = *x;
    return LEIE_OK;
}

// One row to the product p of the table.
static leie_status add_row(bridge *d, const leie_flow *row, leie_size r, leie_size p, double weight, leie_size key,
                           leie_error *err)
{
    const leie_flows *f = d->source->flows;
    bool exports = row->kind == LEIE_FLOW_EXP;
    leie_size origin = exports ? r
                       : row->partner >= 0
                           ? leie_labels_find(&d->t->sector.region, f->partner.code[row->partner])
                           : -1;
    item x = {.group = group_of(d, exports, r, p), .fine = row->tag[0], .key = key,
              .amount = weight * leie_rme_amount(d->rme, row, key, NULL)};
    if (origin < 0)
        d->joint[x.group] = true;
    x.cell = x.group * d->R + (origin < 0 ? 0 : origin);
    return add_item(d, &x, err);
}

static leie_status read_row(bridge *d, const leie_flow *row, leie_size r, leie_error *err)
{
    const leie_flows *f = d->source->flows;
    const leie_concordance *c = d->source->products;
    const char *code = row->tag[0] >= 0 ? f->tag[0].code[row->tag[0]] : d->source->material->label.code[row->material];
    leie_size key = leie_rme_key_of(d->rme, f, d->source->material, row);
    leie_size p = leie_labels_find(&d->a->product, code);
    if (key < 0) {
        d->b->uncovered++;
        return LEIE_OK;
    }
    if (p >= 0)
        return add_row(d, row, r, p, 1, key, err);
    double rest = 1;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && c && i < c->n; i++) {
        p = strcmp(c->link[i].from, code) == 0 ? leie_labels_find(&d->a->product, c->link[i].to) : -1;
        if (p >= 0) {
            st = add_row(d, row, r, p, c->link[i].weight, key, err);
            rest -= c->link[i].weight;
        }
    }
    // a product that the table lacks: a group of its own, behind those of the table
    return st || fabs(rest) < 1e-9 ? st : add_row(d, row, r, d->P - 1, rest, key, err);
}

static leie_status read_flows(bridge *d, leie_error *err)
{
    const leie_flows *f = d->source->flows;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < f->n; i++) {
        const leie_flow *row = &f->row[i];
        if (row->year != d->year || (row->kind != LEIE_FLOW_IMP && row->kind != LEIE_FLOW_EXP))
            continue;
        leie_size r = leie_labels_find(&d->t->sector.region, f->region.code[row->region]);
        leie_size partner = row->partner < 0 ? -1 : leie_labels_find(&d->t->sector.region, f->partner.code[row->partner]);
        if (inside(d, r) && !inside(d, partner))
            st = read_row(d, row, r, err);
    }
    return st;
}

static int by_group(const void *a, const void *b)
{
    const item *p = a, *q = b;
    const leie_size left[] = {p->group, p->fine, p->cell, p->key}, right[] = {q->group, q->fine, q->cell, q->key};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return (p->amount > q->amount) - (p->amount < q->amount);
}

// Where flows do not say the origin, the origins of a product are one cell: the first.
static void join_origins(bridge *d)
{
    for (leie_size g = 0; g < groups_of(d); g++)
        for (leie_size o = 1; d->joint[g] && o < d->R; o++) {
            leie_size from = g * d->R + o, to = g * d->R;
            d->money[to] += d->money[from];
            d->money[from] = 0;
            for (leie_size s = 0; s < d->k; s++) {
                d->pressure[to * d->k + s] += d->pressure[from * d->k + s];
                d->pressure[from * d->k + s] = 0;
            }
        }
    for (leie_size i = 0; i < d->items; i++)
        if (d->joint[d->list[i].group])
            d->list[i].cell = d->list[i].group * d->R;
    if (d->items)
        qsort(d->list, (size_t)d->items, sizeof *d->list, by_group);
    for (leie_size i = 0; i < d->items; i++) {
        d->amount[d->list[i].cell] += d->list[i].amount;
        d->first[d->list[i].group + 1]++;
    }
    for (leie_size g = 0; g < groups_of(d); g++)
        d->first[g + 1] += d->first[g];
}

// ---- unit values ----

// Quantity of the flows per money of the table.
static double unit_of(bridge *d, leie_size g)
{
    bool money = d->first[g] < d->first[g + 1] && leie_rme_is_money(d->rme, d->list[d->first[g]].key);
    const char *region = d->t->sector.region.code[group_region(d, g)];
    double euro, amount = 0, worth = 0, given = NAN;
    if (d->source->given && g % d->P < d->a->product.n)
        given = leie_unit_value_find(d->source->given, group_exports(d, g), d->a->product.code[g % d->P], region, d->year,
                                     LEIE_MATERIAL_TOTAL);
    if (money && leie_unit_factor(&euro, d->t->unit ? d->t->unit : "", "EUR", NULL) == LEIE_OK)
        return euro;
    if (!money && given > 0)
        return given;
    for (leie_size o = 0; o < d->R; o++) {
        leie_size cell = g * d->R + o;
        if (d->amount[cell] != 0 && d->money[cell] != 0) {
            amount += d->amount[cell];
            worth += d->money[cell];
        }
    }
    if (amount > 0 && worth > 0)
        d->b->derived++;
    return amount > 0 && worth > 0 ? amount / worth : 1;
}

// ---- coefficients ----

// Coefficient of fine product p for the origin of item `like`: what a row of p with the same origin would take.
static leie_size key_like(const bridge *d, const item *like, leie_index fine)
{
    const leie_rme_coefficient *c = &d->rme->item[d->rme->first[like->key]];
    const char *code = fine >= 0 ? d->source->flows->tag[0].code[fine] : d->rme->product.code[c->product];
    const char *origin = c->origin >= 0 ? d->rme->origin.code[c->origin] : "";
    return leie_rme_find(d->rme, c->exports, code, origin, d->year);
}

// The mix of the group over all origins, with the coefficients of the cell's own origin.
static void make_coarse(bridge *d, double *coarse, leie_size g, const item *like)
{
    double all = 0;
    memset(coarse, 0, (size_t)d->M * sizeof *coarse);
    for (leie_size i = d->first[g]; i < d->first[g + 1]; i++)
        all += d->list[i].amount;
    for (leie_size i = d->first[g], next; all != 0 && i < d->first[g + 1]; i = next) {
        double own = 0;
        for (next = i; next < d->first[g + 1] && d->list[next].fine == d->list[i].fine; next++)
            own += d->list[next].amount;
        leie_size key = key_like(d, like, d->list[i].fine);
        const double *vector = d->rme->vector + (key < 0 ? d->list[i].key : key) * d->M;
        for (leie_size m = 0; m < d->M; m++)
            coarse[m] += own / all * vector[m];
    }
}

// One cell that has something: its coefficients by material.
static void make_cell(bridge *d, leie_size c, leie_size cell, double unit, double *work)
{
    leie_size g = cell / d->R, M = d->M, n = d->b->n;
    double *fine = work, *coarse = work + M, *table = work + 2 * M, amount = d->amount[cell], io = d->money[cell] * unit;
    const item *like = NULL;
    memset(work, 0, (size_t)(3 * M) * sizeof *work);
    for (leie_size i = d->first[g]; i < d->first[g + 1]; i++) {
        if (d->list[i].cell != cell)
            continue;
        like = like ? like : &d->list[i];
        for (leie_size m = 0; m < M && amount != 0; m++)
            fine[m] += d->list[i].amount / amount * d->rme->vector[d->list[i].key * M + m];
    }
    if (like)
        make_coarse(d, coarse, g, like);
    for (leie_size s = 0; s < d->k; s++)
        for (leie_size m = LEIE_MATERIAL_FIRST; m < M && io != 0; m++)
            table[m] += d->definition[m] * d->factor[s * M + m] * d->pressure[cell * d->k + s] / io;
    for (leie_size m = M - 1; m >= LEIE_MATERIAL_FIRST; m--)
        table[d->source->material->parent[m]] += table[m];
    for (leie_size m = 0; m < M; m++) {
        double multiplier = io != 0 ? table[m] : coarse[m];
        d->b->cell[m * n + c] = (leie_bridge_cell){.sign = group_exports(d, g) ? -1 : 1,
                                                   .rme = amount,
                                                   .io = io,
                                                   .fine = amount != 0 ? fine[m] : multiplier,
                                                   .coarse = amount != 0 ? coarse[m] : multiplier,
                                                   .table = multiplier};
    }
}

static leie_status make_cells(bridge *d, leie_error *err)
{
    leie_size cells = groups_of(d) * d->R, c = 0;
    for (leie_size i = 0; i < cells; i++)
        d->b->n += d->money[i] != 0 || d->amount[i] != 0;
    d->b->cell = leie_new(d->b->n * d->M, sizeof *d->b->cell);
    double *work = leie_new(3 * d->M, sizeof *work);
    if (!d->b->cell || !work) {
        leie_free(work);
        return leie_fail_memory(err, "cells of the bridge", d->b->n * d->M, sizeof *d->b->cell);
    }
    for (leie_size g = 0; g < groups_of(d); g++) {
        double unit = NAN;
        for (leie_size o = 0; o < d->R; o++) {
            leie_size cell = g * d->R + o;
            if (d->money[cell] == 0 && d->amount[cell] == 0)
                continue;
            if (isnan(unit))
                unit = unit_of(d, g);
            make_cell(d, c++, cell, unit, work);
        }
    }
    leie_free(work);
    return LEIE_OK;
}

leie_status leie_bridge_cells_make(leie_bridge_cells *b, const leie_direct_source *source, const leie_rme *rme, int year,
                                   const leie_table *t, const leie_account_regions *q, leie_size at,
                                   const leie_accounts *a, const double *factor, const double *definition,
                                   leie_error *err)
{
    bridge d = {.source = source, .rme = rme, .t = t, .q = q, .a = a, .factor = factor, .definition = definition,
                .at = at, .k = a->k, .M = source->material->label.n, .P = a->P + 1, .R = a->R, .year = year, .b = b};
    *b = (leie_bridge_cells){.M = d.M};
    d.member = leie_new(d.R, sizeof *d.member);
    for (leie_size r = 0; d.member && r < d.R; r++)
        d.member[r] = (leie_index)(q->member[at * d.R + r] ? d.members++ : -1);
    leie_size groups = groups_of(&d);
    d.first = leie_new(groups + 1, sizeof *d.first);
    d.joint = leie_new(groups, sizeof *d.joint);
    d.money = leie_new(groups * d.R, sizeof *d.money);
    d.amount = leie_new(groups * d.R, sizeof *d.amount);
    d.pressure = leie_new(groups * d.R * d.k, sizeof *d.pressure);
    leie_status st = d.member && d.first && d.joint && d.money && d.amount && d.pressure
                         ? LEIE_OK
                         : leie_fail_memory(err, "bridge of the routes", groups * d.R * d.k, sizeof *d.pressure);
    if (!st) {
        read_table(&d);
        st = read_flows(&d, err);
    }
    if (!st) {
        join_origins(&d);
        st = make_cells(&d, err);
    }
    leie_free(d.list);
    leie_free(d.member);
    leie_free(d.first);
    leie_free(d.joint);
    leie_free(d.money);
    leie_free(d.amount);
    leie_free(d.pressure);
    if (st)
        leie_bridge_cells_clear(b);
    return st;
}

void leie_bridge_cells_clear(leie_bridge_cells *b)
{
    leie_free(b->cell);
    *b = (leie_bridge_cells){0};
}
