// SPDX-License-Identifier: GPL-3.0-or-later
/* Pressures of the country: the world's, spread over its sectors, or its own where they are known; those of final demand. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

typedef leie_nesting nesting;

// How world product j's pressures spread over the enclave's sectors, before regional shares: [n, J].
static leie_status back_weights(double *weight, const nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    const leie_concordance *back = k->how->back;
    for (leie_size i = 0; i < c->n; i++)
        for (leie_size j = 0; j < c->J; j++)
            weight[i * c->J + j] = c->transit[i] ? 0 : back ? 0 : c->P[i * c->J + j];
    for (leie_size l = 0; back && l < back->n; l++) {
        const leie_link *link = &back->link[l];
        leie_size region = k->t->sector.of[k->w.first], j = leie_axis_find_in(&k->t->sector, region, link->from), hits = 0;
        if (j < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the world table has no sector '%s' in '%s'",
                             back->path ? back->path : "concordance", (long long)link->line, link->from,
                             k->how->country);
        for (leie_size i = 0; i < c->n; i++)
            if (!c->transit[i] && strcmp(c->sector.code[i], link->to) == 0) {
                weight[i * c->J + j - k->w.first] = link->weight;
                hits++;
            }
        if (hits == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the country's table has no sector '%s'",
                             back->path ? back->path : "concordance", (long long)link->line, link->to);
    }
    return LEIE_OK;
}

/* Shares [n] of the enclave's sectors in a pressure of world product j: by output of the sectors that it goes
 * to, with the concordance's weights; without output by the weights alone. */
static double pressure_shares(double *share, const nesting *k, const double *weight, leie_size j)
{
    const leie_enclave *c = &k->c;
    for (int by = 0; by < 2; by++) {
        leie_acc acc = {0};
        for (leie_size i = 0; i < c->n; i++) {
            share[i] = weight[i * c->J + j] * (by == 0 ? fmax(c->x[i], 0) : 1);
            leie_acc_add(&acc, share[i]);
        }
        double sum = leie_acc_value(&acc);
        if (!(sum > 0))
            continue;
        for (leie_size i = 0; i < c->n; i++)
            share[i] /= sum;
        return sum;
    }
    return 0;
}

// One pressure of one world product: regions by their key, inside a region by output; known cells stay.
static void spread_pressure(double *row, const nesting *k, leie_size s, double amount, const double *share)
{
    const leie_enclave *c = &k->c;
    leie_size stressors = k->t->stressor.n;
    bool keyed = k->how->pressure && k->how->pressure[s] >= 0;
    for (leie_size r = 0; r < c->R; r++) {
        leie_size first = c->sector.first[r], count = c->sector.first[r + 1] - first;
        double own = leie_sum(share + first, count, 1);
        for (leie_size i = first; i < first + count; i++) {
            double part = share[i];
            if (keyed) { // e_r of the product; a region without output of it takes the nation's pattern
                double in = 0, all = 0;
                if (own > 0)
                    in = share[i] / own;
                else
                    for (leie_size q = 0; q < c->n; q++) {
                        in += strcmp(c->sector.code[q], c->sector.code[i]) == 0 ? share[q] : 0;
                        all += share[q];
                    }
                part = k->how->pressure[r * stressors + s] * (own > 0 ? in : all > 0 ? in / all : 0);
            }
            row[i] += amount * part;
        }
    }
}

// Known cells replace what the keys gave; the rest of the national row is scaled to its total.
static leie_status keep_known(double *row, nesting *k, leie_size s, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size own = k->own->table.sector.n;
    const double *known = k->how->known ? k->how->known + s * own : NULL;
    leie_acc total = {0}, given = {0}, rest = {0};
    leie_size cells = 0;
    for (leie_size i = 0; known && i < c->n; i++) {
        bool fixed = !c->transit[i] && !isnan(known[c->of[i]]);
        leie_acc_add(&total, row[i]);
        leie_acc_add(fixed ? &given : &rest, fixed ? known[c->of[i]] : row[i]);
        cells += fixed;
    }
    if (cells == 0)
        return LEIE_OK;
    double left = leie_acc_value(&total) - leie_acc_value(&given), old = leie_acc_value(&rest);
    if (left < -1e-9 * fabs(leie_acc_value(&total)) || (old == 0 && left > 1e-9 * fabs(leie_acc_value(&total))))
        return leie_fail(err, LEIE_ERR_DATA,
                         "known '%s' in the regions of %s adds up to %.9g %s, the national row to %.9g, and %s",
                         k->t->stressor.code[s], k->how->country, leie_acc_value(&given), k->t->stressor.unit[s],
                         leie_acc_value(&total), left < 0 ? "the rest would be negative" : "no other sector can take the rest");
    for (leie_size i = 0; i < c->n; i++)
        row[i] = !c->transit[i] && !isnan(known[c->of[i]]) ? known[c->of[i]] : old > 0 ? row[i] * (fmax(left, 0) / old) : 0;
    return leie_provenance_note(&k->to.provenance, LEIE_NOTE_DONE, cells, err,
                                "'%s' of %s: %lld known cells (%.9g %s), the rest of the national row scaled by %.6g",
                                k->t->stressor.code[s], k->how->country, (long long)cells, leie_acc_value(&given),
                                k->t->stressor.unit[s], old > 0 ? fmax(left, 0) / old : 0);
}

leie_status leie_nesting_F(nesting *k, leie_error *err)
{
    leie_size n = k->to.sector.n, old = k->w.n, S = k->t->stressor.n;
    double *weight = NULL, *share = NULL, *row = NULL;
    if (S == 0 || !k->t->F)
        return LEIE_OK;
    leie_status st = leie_embed_new(&k->to.F, S * n, "F", err);
    if (!st)
        st = leie_embed_new(&weight, k->c.n * k->c.J, "weights", err);
    if (!st)
        st = leie_embed_new(&share, k->c.n * k->c.J, "shares", err);
    if (!st)
        st = leie_embed_new(&row, k->c.n, "pressures", err);
    if (!st)
        st = back_weights(weight, k, err);
    for (leie_size j = 0; !st && j < k->c.J; j++) // share of each product as rows [J, n]
        if (pressure_shares(share + j * k->c.n, k, weight, j) == 0)
            for (leie_size s = 0; !st && s < S; s++)
                if (k->t->F[s * old + k->w.first + j] != 0)
                    st = leie_fail(err, LEIE_ERR_DATA, "'%s' of '%s' in %s has no sector to go to in the country's table",
                                   k->t->stressor.code[s], k->t->sector.code[k->w.first + j], k->how->country);
    for (leie_size s = 0; !st && s < S; s++) {
        memset(row, 0, (size_t)k->c.n * sizeof *row);
        for (leie_size j = 0; j < k->c.J; j++)
            if (k->t->F[s * old + k->w.first + j] != 0)
                spread_pressure(row, k, s, k->t->F[s * old + k->w.first + j], share + j * k->c.n);
        st = keep_known(row, k, s, err);
        for (leie_size i = 0; i < k->c.n; i++)
            if (k->inner[i] >= 0)
                k->to.F[s * n + k->inner[i]] = row[i];
        for (leie_size f = 0; f < old; f++)
            if (k->sector[f] >= 0)
                k->to.F[s * n + k->sector[f]] = k->t->F[s * old + f];
    }
    leie_free(weight);
    leie_free(share);
    leie_free(row);
    return st;
}

// Column of region r that takes direct pressures of a kind: of that kind, else households, else its first.
static leie_size direct_column(const leie_enclave *c, leie_size r, leie_demand_kind kind)
{
    leie_size d = leie_labels_find(&c->demand.region, c->sector.region.code[r]);
    if (d < 0)
        return -1;
    for (int household = 0; household < 2; household++)
        for (leie_size f = c->demand.first[d]; f < c->demand.first[d + 1]; f++)
            if (c->demand.kind[f] == (household ? LEIE_DEMAND_HOUSEHOLD : kind))
                return f;
    return c->demand.first[d];
}

leie_status leie_nesting_F_Y(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size m = k->to.demand.n, old = k->w.m, S = k->t->stressor.n;
    double *share = NULL;
    if (!k->t->F_Y)
        return LEIE_OK;
    leie_status st = leie_embed_new(&k->to.F_Y, S * m, "F_Y", err);
    if (!st)
        st = leie_embed_new(&share, c->R, "shares", err);
    for (leie_size s = 0; !st && s < S; s++)
        for (leie_size f = 0; f < old; f++)
            if (k->demand[f] >= 0)
                k->to.F_Y[s * m + k->demand[f]] = k->t->F_Y[s * old + f];
    for (leie_size d = 0; !st && d < k->w.dcount; d++) {
        leie_demand_kind kind = k->t->demand.kind[k->w.dfirst + d];
        leie_acc acc = {0};
        for (leie_size r = 0; r < c->R; r++) {
            leie_size at = direct_column(c, r, kind);
            share[r] = at < 0 ? 0 : k->how->direct ? k->how->direct[r] : fmax(leie_sum(c->Y + at, c->n, c->m), 0);
            leie_acc_add(&acc, share[r]);
        }
        double sum = leie_acc_value(&acc);
        for (leie_size s = 0; s < S && !st; s++) {
            double amount = k->t->F_Y[s * old + k->w.dfirst + d];
            if (amount != 0 && !(sum > 0))
                st = leie_fail(err, LEIE_ERR_DATA, "direct '%s' of %s in '%s' has no final demand to go to",
                               k->t->stressor.code[s], k->how->country, k->t->demand.code[k->w.dfirst + d]);
            for (leie_size r = 0; !st && amount != 0 && r < c->R; r++)
                if (share[r] > 0)
                    k->to.F_Y[s * m + k->column[direct_column(c, r, kind)]] += amount * (share[r] / sum);
        }
    }
    leie_free(share);
    return st;
}
