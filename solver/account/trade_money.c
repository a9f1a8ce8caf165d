// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/direct_impl.h"

leie_status leie_trade_money_open(leie_trade_money *v, const leie_table *t, const leie_labels *product, const leie_index *pool,
                                  leie_size pools, leie_error *err)
{
    const leie_axis *sector = &t->sector;
    leie_size m = t->demand.n;
    *v = (leie_trade_money){.t = t, .product = product, .pool = pool, .pools = pools};
    for (leie_size r = 0; r < sector->region.n; r++)
        if (sector->first[r + 1] - sector->first[r] + m > v->most)
            v->most = sector->first[r + 1] - sector->first[r] + m;
    v->of = leie_new(sector->n, sizeof *v->of);
    v->home = leie_new(m, sizeof *v->home);
    v->imports = leie_new(pools * product->n * v->most, sizeof *v->imports);
    v->exports = leie_new(pools * sector->n, sizeof *v->exports);
    if (!v->of || !v->home || !v->imports || !v->exports) {
        leie_trade_money_close(v);
        return leie_fail_memory(err, "direct trade", pools * product->n * v->most, sizeof *v->imports);
    }
    for (leie_size i = 0; i < sector->n; i++)
        v->of[i] = (leie_index)leie_labels_find(product, sector->code[i]);
    for (leie_size j = 0; j < m; j++)
        v->home[j] = (leie_index)leie_labels_find(&sector->region, t->demand.region.code[t->demand.of[j]]);
    return LEIE_OK;
}

void leie_trade_money_close(leie_trade_money *v)
{
    leie_free(v->of);
    leie_free(v->home);
    leie_free(v->imports);
    leie_free(v->exports);
    *v = (leie_trade_money){0};
}

// Sales of sector i of region r to what is outside: by pool of the buyer, pool 0 for those of no region and for the
// region's own columns in no footprint.
static void add_exports(leie_trade_money *v, const bool *member, leie_size r, leie_size i)
{
    const leie_table *t = v->t;
    const leie_index *col;
    const double *Z;
    leie_size n = t->sector.n, m = t->demand.n, cells = leie_matrix_row(&t->Z, i, &col, &Z);
    for (leie_size c = 0; c < cells; c++) {
        leie_index to = t->sector.of[col ? col[c] : c];
        if (!member[to])
            v->exports[v->pool[to] * n + i] += Z[c];
    }
    for (leie_size j = 0; j < m; j++) {
        leie_index to = v->home[j];
        if (to < 0 || (to == r && !leie_demand_counts(t->demand.kind[j])))
            v->exports[i] += t->Y[i * m + j];
        else if (!member[to])
            v->exports[v->pool[to] * n + i] += t->Y[i * m + j];
    }
}

// What the columns of region r in no footprint buy of another region leaves it again.
static void add_reexports(leie_trade_money *v, leie_size r, leie_size i)
{
    const leie_table *t = v->t;
    for (leie_size j = 0; j < t->demand.n; j++)
        if (v->home[j] == r && !leie_demand_counts(t->demand.kind[j]))
            v->exports[i] += t->Y[i * t->demand.n + j];
}

// Purchases of the users of region r from sector i, which is outside.
static void add_imports(leie_trade_money *v, leie_size r, leie_size i)
{
    const leie_table *t = v->t;
    leie_size first = t->sector.first[r], count = t->sector.first[r + 1] - first, m = t->demand.n;
    double *row = v->imports + (v->pool[t->sector.of[i]] * v->product->n + v->of[i]) * v->users;
    const leie_index *col;
    const double *Z;
    leie_size cells = leie_matrix_row(&t->Z, i, &col, &Z);
    for (leie_size c = 0; c < cells; c++) {
        leie_size j = col ? col[c] : c;
        if (j >= first && j < first + count)
            row[j - first] += Z[c];
    }
    for (leie_size j = 0; j < m; j++)
        if (v->home[j] == r)
            row[count + j] += t->Y[i * m + j];
}

void leie_trade_money_of(leie_trade_money *v, const bool *member, leie_size r)
{
    const leie_axis *sector = &v->t->sector;
    v->users = sector->first[r + 1] - sector->first[r] + v->t->demand.n;
    memset(v->imports, 0, (size_t)(v->pools * v->product->n * v->users) * sizeof *v->imports);
    memset(v->exports, 0, (size_t)(v->pools * sector->n) * sizeof *v->exports);
    for (leie_size i = 0; i < sector->n; i++)
        if (sector->of[i] == r) {
            add_exports(v, member, r, i);
        } else {
            add_reexports(v, r, i);
            if (!member[sector->of[i]])
                add_imports(v, r, i);
        }
}
