// SPDX-License-Identifier: GPL-3.0-or-later
/* Unit values of the baseline: tonnes of the flows over money of the table. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/direct_impl.h"

// The tonnes of one region by side, pool and product of the table; the last product is what has none.
typedef struct tonnes {
    const leie_direct_source *source;
    const leie_trade_money *v;
    leie_size P, M, pools;
    double *value; // [2, pools, P + 1, M]
    bool *given;   // [2, pools, P + 1, M]
    double *one;   // [M]
    bool *known, *work; // [M], [M]
} tonnes;

static leie_size row_of(const tonnes *d, int side, leie_size pool, leie_size p)
{
    return ((side * d->pools + pool) * (d->P + 1) + p) * d->M;
}

static void add_share(tonnes *d, leie_size row, leie_size material, double value)
{
    d->value[row + material] += value;
    d->given[row + material] = true;
}

// One flow to the products of the table: by its own code, else by the concordance, else to none.
static void add_flow(tonnes *d, const leie_flow *flow, leie_size pool)
{
    const leie_flows *f = d->source->flows;
    int side = flow->kind == LEIE_FLOW_EXP;
    const char *code = flow->tag[0] >= 0 ? f->tag[0].code[flow->tag[0]] : "";
    double rest = flow->tonnes;
    leie_size p = code[0] ? leie_labels_find(d->v->product, code) : -1;
    if (p >= 0) {
        add_share(d, row_of(d, side, pool, p), flow->material, rest);
        return;
    }
    const leie_concordance *c = d->source->products;
    for (leie_size i = 0; code[0] && c && i < c->n; i++) {
        if (strcmp(c->link[i].from, code) != 0)
            continue;
        p = leie_labels_find(d->v->product, c->link[i].to);
        if (p < 0)
            continue;
        add_share(d, row_of(d, side, pool, p), flow->material, flow->tonnes * c->link[i].weight);
        rest -= flow->tonnes * c->link[i].weight;
    }
    if (fabs(rest) > 1e-9 * fabs(flow->tonnes))
        add_share(d, row_of(d, side, pool, d->P), flow->material, rest);
}

// The traded tonnes of table region r; found says which sides there are.
static void tonnes_of(tonnes *d, bool found[2], int year, leie_size r)
{
    const leie_flows *f = d->source->flows;
    const leie_labels *region = &d->v->t->sector.region;
    leie_size rows = 2 * d->pools * (d->P + 1);
    memset(d->value, 0, (size_t)(rows * d->M) * sizeof *d->value);
    memset(d->given, 0, (size_t)(rows * d->M) * sizeof *d->given);
    found[0] = found[1] = false;
    leie_size own = f ? leie_labels_find(&f->region, region->code[r]) : -1;
    for (leie_size i = 0; own >= 0 && i < f->n; i++) {
        const leie_flow *flow = &f->row[i];
        if (flow->year != year || flow->region != own || (flow->kind != LEIE_FLOW_IMP && flow->kind != LEIE_FLOW_EXP))
            continue;
        found[flow->kind == LEIE_FLOW_EXP] = true;
        leie_size partner = flow->partner < 0 ? -1 : leie_labels_find(region, f->partner.code[flow->partner]);
        add_flow(d, flow, partner < 0 ? 0 : d->v->pool[partner]);
    }
    for (leie_size i = 0; i < rows; i++)
        leie_materials_roll(d->source->material, d->value + i * d->M, d->given + i * d->M, NULL, d->work);
}

static bool row_given(const tonnes *d, leie_size row)
{
    for (leie_size m = 0; m < d->M; m++)
        if (d->given[row + m])
            return true;
    return false;
}

// Published unit values of one product and region, the nearest one of each material, into d->one; false for none.
static bool take_given(tonnes *d, bool exports, int year, leie_size p, leie_size r)
{
    const leie_unit_value_list *list = d->source->given;
    const char *product = d->v->product->code[p], *region = d->v->t->sector.region.code[r];
    leie_size any = 0;
    if (!list)
        return false;
    memset(d->one, 0, (size_t)d->M * sizeof *d->one);
    memset(d->known, 0, (size_t)d->M * sizeof *d->known);
    for (int own = 0; own < 2; own++) // what is nearer replaces what is farther
        for (int this_year = 0; this_year < 2; this_year++) {
            leie_size first = 0, n = leie_unit_value_list_of(&first, list, exports, product, own ? region : "", this_year ? year : 0);
            for (leie_size i = first; i < first + n; i++) {
                d->one[list->item[i].material] = list->item[i].value;
                d->known[list->item[i].material] = true;
            }
            any += n;
        }
    if (any)
        leie_materials_roll(d->source->material, d->one, d->known, NULL, d->work);
    return any > 0;
}

static double worth_of(const leie_trade_money *v, int side, leie_size pool, leie_size p)
{
    double sum = 0;
    leie_size n = v->t->sector.n;
    for (leie_size j = 0; !side && j < v->users; j++)
        sum += v->imports[(pool * v->product->n + p) * v->users + j];
    for (leie_size i = 0; side && i < n; i++)
        sum += v->of[i] == p ? v->exports[pool * n + i] : 0;
    return sum;
}

/* Unit values u [pools, P, M] of one side of a region, and what is not spread [pools, M]. Trade without money keeps its
 * tonnes apart; a product without flows takes a published value. Returns whether there is any. */
static bool make_side(double *u, double *unspread, tonnes *d, int side, int year, leie_size r)
{
    leie_size M = d->M;
    bool any = false;
    for (leie_size p = 0; p <= d->P; p++) {
        bool flows = false;
        for (leie_size pool = 0; pool < d->pools; pool++) {
            leie_size row = row_of(d, side, pool, p);
            double worth = p < d->P ? worth_of(d->v, side, pool, p) : 0;
            if (!row_given(d, row))
                continue;
            flows = true;
            for (leie_size m = 0; m < M; m++) {
                if (p < d->P && worth > 0)
                    u[(pool * d->P + p) * M + m] = d->value[row + m] / worth;
                else
                    unspread[pool * M + m] += d->value[row + m];
            }
        }
        if (!flows && p < d->P && take_given(d, side, year, p, r)) {
            flows = true;
            for (leie_size pool = 0; pool < d->pools; pool++)
                memcpy(u + (pool * d->P + p) * M, d->one, (size_t)M * sizeof *u);
        }
        any |= flows && p < d->P;
    }
    return any;
}

// Which table regions are in an account, and which have flows of their own.
static leie_status find_regions(leie_unit_values *u, const leie_direct_source *source, const leie_table *t,
                                const leie_account_regions *q, leie_error *err)
{
    u->slot = leie_new(u->R, sizeof *u->slot);
    u->pool = leie_new(u->R, sizeof *u->pool);
    if (!u->slot || !u->pool)
        return leie_fail_memory(err, "unit values", u->R, sizeof *u->slot);
    u->pools = 1;
    for (leie_size r = 0; r < u->R; r++) {
        u->slot[r] = -1;
        for (leie_size a = 0; a < q->label.n && u->slot[r] < 0; a++)
            if (q->member[a * u->R + r])
                u->slot[r] = (leie_index)u->regions++;
        bool reports = source->flows && leie_labels_find(&source->flows->region, t->sector.region.code[r]) >= 0;
        u->pool[r] = reports ? (leie_index)u->pools++ : 0;
    }
    return LEIE_OK;
}

static leie_status new_unit_values(leie_unit_values *u, leie_error *err)
{
    leie_size size = u->regions * u->pools * u->P * u->M;
    u->imp = leie_new(size, sizeof *u->imp);
    u->exp = leie_new(size, sizeof *u->exp);
    u->unspread = leie_new(u->regions * 2 * u->pools * u->M, sizeof *u->unspread);
    u->has = leie_new(u->regions * 2, sizeof *u->has);
    return u->imp && u->exp && u->unspread && u->has ? LEIE_OK : leie_fail_memory(err, "unit values", 2 * size, sizeof *u->imp);
}

static void make_region(leie_unit_values *u, tonnes *d, leie_trade_money *v, bool *alone, int year, leie_size r)
{
    leie_size slot = u->slot[r], size = u->pools * u->P * u->M;
    double *unspread = u->unspread + slot * 2 * u->pools * u->M;
    bool found[2];
    tonnes_of(d, found, year, r);
    alone[r] = true;
    leie_trade_money_of(v, alone, r);
    alone[r] = false;
    bool in = make_side(u->imp + slot * size, unspread, d, 0, year, r);
    bool out = make_side(u->exp + slot * size, unspread + u->pools * u->M, d, 1, year, r);
    u->has[slot * 2] = found[0] || in;
    u->has[slot * 2 + 1] = found[1] || out;
}

leie_status leie_unit_values_make(leie_unit_values *u, const leie_direct_source *source, int year, const leie_table *t,
                                  const leie_account_regions *q, const leie_labels *product, leie_error *err)
{
    *u = (leie_unit_values){.R = t->sector.region.n, .P = product->n, .M = source->material->label.n};
    leie_trade_money v = {0};
    leie_status st = find_regions(u, source, t, q, err);
    st = st ? st : new_unit_values(u, err);
    st = st ? st : leie_trade_money_open(&v, t, product, u->pool, u->pools, err);
    tonnes d = {.source = source, .v = &v, .P = u->P, .M = u->M, .pools = u->pools};
    leie_size size = 2 * u->pools * (u->P + 1) * u->M;
    bool *alone = leie_new(u->R, sizeof *alone);
    d.value = leie_new(size + u->M, sizeof *d.value);
    d.given = leie_new(size + 2 * u->M, sizeof *d.given);
    if (!st && (!d.value || !d.given || !alone))
        st = leie_fail_memory(err, "unit values", size, sizeof *d.value);
    if (!st) {
        d.one = d.value + size;
        d.known = d.given + size;
        d.work = d.known + u->M;
    }
    for (leie_size r = 0; !st && r < u->R; r++)
        if (u->slot[r] >= 0)
            make_region(u, &d, &v, alone, year, r);
    leie_free(alone);
    leie_free(d.value);
    leie_free(d.given);
    leie_trade_money_close(&v);
    if (st)
        leie_unit_values_clear(u);
    return st;
}

void leie_unit_values_clear(leie_unit_values *u)
{
    leie_free(u->slot);
    leie_free(u->pool);
    leie_free(u->imp);
    leie_free(u->exp);
    leie_free(u->unspread);
    leie_free(u->has);
    *u = (leie_unit_values){0};
}
