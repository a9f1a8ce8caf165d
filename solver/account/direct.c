// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/direct.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/direct_impl.h"

static leie_status new_direct(leie_direct *d, leie_error *err)
{
    struct {
        double **at;
        leie_size count;
    } all[] = {{&d->de_sector, d->M * d->n},           {&d->de_category, d->q * d->M * d->C},
               {&d->imp_sector, d->q * d->M * d->n},   {&d->exp_sector, d->q * d->M * d->n},
               {&d->imp_category, d->q * d->M * d->C}, {&d->imp_product, d->q * d->M * d->P},
               {&d->exp_product, d->q * d->M * d->P},  {&d->unspread, d->q * 2 * d->M}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *all[i].at = leie_new(all[i].count, sizeof(double));
        if (!*all[i].at)
            return leie_fail_memory(err, "direct flows", all[i].count, sizeof(double));
    }
    return LEIE_OK;
}

// Extraction by sector and of final demand, brought up the tree.
static leie_status add_extraction(leie_direct *d, const leie_materials *m, const double *factor, const bool *given,
                                  const leie_table *t, const leie_trade_money *v, const leie_account_regions *q,
                                  const leie_labels *category, leie_error *err)
{
    leie_size M = d->M, n = d->n, columns = t->demand.n, R = t->sector.region.n;
    double *value = leie_new(M, sizeof *value);
    bool *work = leie_new(M, sizeof *work);
    leie_status st = value && work ? LEIE_OK : leie_fail_memory(err, "direct flows", M, sizeof *value);
    for (leie_size at = 0; !st && at < n + columns; at++) {
        memset(value, 0, (size_t)M * sizeof *value);
        for (leie_size s = 0; s < t->stressor.n; s++)
            for (leie_size i = LEIE_MATERIAL_FIRST; i < M; i++)
                if (factor[s * M + i] != 0)
                    value[i] += factor[s * M + i] * (at < n ? t->F[s * n + at] : t->F_Y[s * columns + at - n]);
        leie_materials_roll(m, value, given, NULL, work);
        leie_size c = at < n ? -1 : leie_labels_find(category, t->demand.code[at - n]);
        for (leie_size i = 0; i < M; i++) {
            if (at < n)
                d->de_sector[i * n + at] = value[i];
            for (leie_size a = 0; c >= 0 && a < d->q; a++)
                if (v->home[at - n] >= 0 && q->member[a * R + v->home[at - n]])
                    d->de_category[(a * M + i) * d->C + c] += value[i];
        }
    }
    leie_free(value);
    leie_free(work);
    return st;
}

// Imports of account region q from one pool by product, sector and category of its member r.
static void add_imports(leie_direct *d, const double *u, const leie_trade_money *v, leie_size pool, leie_size q, leie_size r,
                        const leie_labels *category)
{
    const leie_table *t = v->t;
    leie_size first = t->sector.first[r], count = t->sector.first[r + 1] - first;
    for (leie_size p = 0; p < d->P; p++)
        for (leie_size j = 0; j < v->users; j++) {
            double spent = v->imports[(pool * d->P + p) * v->users + j];
            leie_size c = j < count ? -1 : leie_labels_find(category, t->demand.code[j - count]);
            for (leie_size m = 0; spent != 0 && m < d->M; m++) {
                double mass = u[p * d->M + m] * spent;
                d->imp_product[(q * d->M + m) * d->P + p] += mass;
                if (j < count)
                    d->imp_sector[(q * d->M + m) * d->n + first + j] += mass;
                else if (c >= 0)
                    d->imp_category[(q * d->M + m) * d->C + c] += mass;
                else
                    d->unspread[q * 2 * d->M + m] += mass;
            }
        }
}

// Exports of member r; re-exports have no industry there.
static void add_exports(leie_direct *d, const double *e, const leie_trade_money *v, leie_size pool, leie_size q, leie_size r)
{
    for (leie_size i = 0; i < d->n; i++) {
        double sold = v->exports[pool * d->n + i];
        for (leie_size m = 0; sold != 0 && m < d->M; m++) {
            double mass = e[v->of[i] * d->M + m] * sold;
            d->exp_product[(q * d->M + m) * d->P + v->of[i]] += mass;
            if (v->t->sector.of[i] == r)
                d->exp_sector[(q * d->M + m) * d->n + i] += mass;
            else
                d->unspread[(q * 2 + 1) * d->M + m] += mass;
        }
    }
}

// What member r trades with pools that are outside account region q.
static void add_member(leie_direct *d, const leie_unit_values *u, const leie_trade_money *v, const bool *inside, leie_size q,
                       leie_size r, const leie_labels *category)
{
    leie_size slot = u->slot[r], M = d->M;
    for (leie_size pool = 0; pool < u->pools; pool++) {
        const double *apart = u->unspread + (slot * 2 * u->pools + pool) * M;
        if (inside[pool])
            continue;
        add_imports(d, u->imp + (slot * u->pools + pool) * d->P * M, v, pool, q, r, category);
        add_exports(d, u->exp + (slot * u->pools + pool) * d->P * M, v, pool, q, r);
        for (leie_size m = 0; m < 2 * M; m++)
            d->unspread[q * 2 * M + m] += apart[m / M * u->pools * M + m % M];
    }
}

// No physical trade of some member: missing, not zero.
static void mark_missing(leie_direct *d, leie_size q, int side)
{
    struct {
        double *at;
        leie_size count;
    } all[] = {{side ? d->exp_sector : d->imp_sector, d->M * d->n},
               {side ? d->exp_product : d->imp_product, d->M * d->P},
               {side ? NULL : d->imp_category, d->M * d->C}};
    for (int i = 0; i < 3; i++)
        for (leie_size k = 0; all[i].at && k < all[i].count; k++)
            all[i].at[q * all[i].count + k] = NAN;
    for (leie_size m = 0; m < d->M; m++)
        d->unspread[(q * 2 + side) * d->M + m] = NAN;
}

// inside [pools]: work.
static void make_account(leie_direct *d, const leie_unit_values *u, leie_trade_money *v, const bool *member, leie_size q,
                         bool *inside, const leie_labels *category)
{
    bool has[2] = {true, true};
    memset(inside, 0, (size_t)u->pools * sizeof *inside);
    for (leie_size r = 0; r < u->R; r++)
        if (member[r]) {
            has[0] &= u->has[u->slot[r] * 2];
            has[1] &= u->has[u->slot[r] * 2 + 1];
            inside[u->pool[r]] |= u->pool[r] > 0;
        }
    for (leie_size r = 0; r < u->R && (has[0] || has[1]); r++)
        if (member[r]) {
            leie_trade_money_of(v, member, r);
            add_member(d, u, v, inside, q, r, category);
        }
    for (int side = 0; side < 2; side++)
        if (!has[side])
            mark_missing(d, q, side);
}

leie_status leie_direct_make(leie_direct *d, const leie_unit_values *u, const leie_materials *m, const double *factor,
                             const bool *given, const leie_table *t, const leie_account_regions *q,
                             const leie_labels *product, const leie_labels *category, leie_error *err)
{
    *d = (leie_direct){.q = q->label.n, .n = t->sector.n, .P = product->n, .C = category->n, .M = m->label.n};
    leie_trade_money v = {0};
    bool *inside = leie_new(u->pools, sizeof *inside);
    leie_status st = inside ? new_direct(d, err) : leie_fail_memory(err, "direct flows", u->pools, sizeof *inside);
    st = st ? st : leie_trade_money_open(&v, t, product, u->pool, u->pools, err);
    st = st ? st : add_extraction(d, m, factor, given, t, &v, q, category, err);
    for (leie_size a = 0; !st && a < d->q; a++)
        make_account(d, u, &v, q->member + a * u->R, a, inside, category);
    leie_free(inside);
    leie_trade_money_close(&v);
    if (st)
        leie_direct_clear(d);
    return st;
}

void leie_direct_clear(leie_direct *d)
{
    double *all[] = {d->de_sector,    d->de_category, d->imp_sector,  d->exp_sector,
                     d->imp_category, d->imp_product, d->exp_product, d->unspread};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        leie_free(all[i]);
    *d = (leie_direct){0};
}
