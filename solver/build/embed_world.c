// SPDX-License-Identifier: GPL-3.0-or-later
/* The world's trade with the country: what foreign sectors sell to it, what foreign users buy from it, and who of
 * them gets which share of the country's own figures. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

void leie_around_clear(leie_around *w)
{
    double *array[] = {w->sale, w->share, w->total, w->buy, w->bought};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        leie_free(array[i]);
    leie_free(w->product);
    *w = (leie_around){0};
}

// ---- the world as it is ----

static leie_status find_country(leie_around *w, const leie_table *t, const char *country, leie_error *err)
{
    leie_size r = leie_labels_find(&t->sector.region, country), d = leie_labels_find(&t->demand.region, country);
    if (r < 0) {
        const char *nearest = leie_labels_nearest(&t->sector.region, country);
        return leie_fail(err, LEIE_ERR_DATA, "country '%s' is not in the table%s%s%s", country,
                         nearest ? ", the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
    }
    w->first = t->sector.first[r];
    w->J = t->sector.first[r + 1] - w->first;
    w->dfirst = d < 0 ? t->demand.n : t->demand.first[d];
    w->dcount = d < 0 ? 0 : t->demand.first[d + 1] - w->dfirst;
    w->n = t->sector.n;
    w->m = t->demand.n;
    return LEIE_OK;
}

static bool in_country(const leie_around *w, leie_size i)
{
    return i >= w->first && i < w->first + w->J;
}

// The world product that a sector of another nest mostly is, by its list's concordance; -1: none of them has it.
static leie_size main_product(const leie_around *w, const leie_table *t, const leie_embed *how, const char *code, double *part)
{
    leie_size region = t->sector.of[w->first], best = -1;
    code += strncmp(code, LEIE_TRANSIT, strlen(LEIE_TRANSIT)) == 0 ? strlen(LEIE_TRANSIT) : 0;
    *part = 0;
    for (leie_size q = 0; best < 0 && q < how->others; q++)
        for (leie_size l = 0; l < how->other[q].n; l++) {
            const leie_link *link = &how->other[q].link[l];
            leie_size at = strcmp(link->from, code) == 0 ? leie_axis_find_in(&t->sector, region, link->to) : -1;
            if (at < 0 || link->weight <= *part)
                continue;
            best = at;
            *part = link->weight;
        }
    return best;
}

// What foreign sector f sells to the country, sizes added.
static double sold_by(const leie_around *w, const leie_table *t, leie_size f)
{
    double sold = 0;
    for (leie_size j = 0; j < w->J; j++)
        sold += fabs(leie_matrix_get(&t->Z, f, w->first + j));
    for (leie_size d = 0; d < w->dcount; d++)
        sold += fabs(t->Y[f * w->m + w->dfirst + d]);
    return sold;
}

static leie_status find_products(leie_around *w, const leie_table *t, const leie_embed *how, leie_provenance *notes,
                                 leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    leie_size region = t->sector.of[w->first], mapped = 0;
    double all = 0, aside = 0;
    w->product = leie_new(w->n, sizeof *w->product);
    if (!w->product)
        return leie_fail_memory(err, "products of foreign sectors", w->n, sizeof *w->product);
    for (leie_size f = 0; f < w->n; f++) {
        double part = 1, sold;
        w->product[f] = -1;
        if (in_country(w, f))
            continue;
        leie_size at = leie_axis_find_in(&t->sector, region, t->sector.code[f]);
        bool own = at >= 0;
        if (!own)
            at = main_product(w, t, how, t->sector.code[f], &part);
        sold = own ? 0 : sold_by(w, t, f);
        w->product[f] = at < 0 ? -1 : (leie_index)(at - w->first);
        if (at < 0 && sold > 0)
            return leie_fail(err, LEIE_ERR_DATA,
                             "'%s' sells %.9g to '%s', whose list in the table has no sector '%s': aggregate the table first, or "
                             "split a region that is nested already by keys",
                             leie_axis_place(place, &t->sector, f), sold, t->sector.region.code[region], t->sector.code[f]);
        mapped += !own && at >= 0;
        all += sold;
        aside += sold * (1 - part);
    }
    return mapped == 0 ? LEIE_OK
                       : leie_provenance_note(notes, LEIE_NOTE_ASSUMED, mapped, err,
                                              "%lld sectors of other nests sell %.6g to %s as the product that they mostly are "
                                              "(%.3g %% of it is by weight another)",
                                              (long long)mapped, all, how->country, all > 0 ? 100 * aside / all : 0);
}

static void take_sales(leie_around *w, const leie_table *t, leie_size G)
{
    for (leie_size f = 0; f < w->n; f++) {
        if (w->product[f] < 0)
            continue;
        leie_acc acc[LEIE_END_USES] = {0};
        for (leie_size j = 0; j < w->J; j++)
            leie_acc_add(&acc[0], leie_matrix_get(&t->Z, f, w->first + j));
        for (leie_size d = 0; d < w->dcount; d++)
            leie_acc_add(&acc[G == 1 ? 0 : leie_end_use(t->demand.kind[w->dfirst + d])], t->Y[f * w->m + w->dfirst + d]);
        for (leie_size g = 0; g < G; g++)
            w->sale[f * G + g] = leie_acc_value(&acc[g]);
    }
}

static void take_purchases(leie_around *w, const leie_table *t)
{
    leie_size U = w->n + w->m;
    for (leie_size j = 0; j < w->J; j++) {
        double *buy = w->buy + j * U;
        for (leie_size u = 0; u < w->n; u++)
            buy[u] = in_country(w, u) ? 0 : leie_matrix_get(&t->Z, w->first + j, u);
        for (leie_size d = 0; d < w->m; d++)
            buy[w->n + d] = d >= w->dfirst && d < w->dfirst + w->dcount ? 0 : t->Y[(w->first + j) * w->m + d];
        w->bought[j] = leie_sum(buy, U, 1);
    }
}

leie_status leie_around_make(leie_around *w, const leie_table *t, const leie_embed *how, leie_provenance *notes, leie_error *err)
{
    leie_size G = how->end_use ? LEIE_END_USES : 1;
    leie_status st = find_country(w, t, how->country, err);
    if (!st)
        st = find_products(w, t, how, notes, err);
    if (!st)
        st = leie_embed_new(&w->sale, w->n * G, "sales to the country", err);
    if (!st)
        st = leie_embed_new(&w->share, w->n * G, "shares of suppliers", err);
    if (!st)
        st = leie_embed_new(&w->total, w->J * G, "sales to the country", err);
    if (!st)
        st = leie_embed_new(&w->buy, w->J * (w->n + w->m), "purchases from the country", err);
    if (!st)
        st = leie_embed_new(&w->bought, w->J, "purchases from the country", err);
    if (st)
        return st;
    take_sales(w, t, G);
    take_purchases(w, t);
    for (leie_size j = 0; j < w->J; j++)
        for (leie_size g = 0; g < G; g++) {
            leie_acc acc = {0};
            for (leie_size f = 0; f < w->n; f++)
                if (w->product[f] == j)
                    leie_acc_add(&acc, w->sale[f * G + g]);
            w->total[j * G + g] = leie_acc_value(&acc);
        }
    return LEIE_OK;
}

// ---- shares of suppliers ----

// Shares of j for class g: by sales to the country in that class, else in all classes, else by output.
static int share_product(leie_around *w, const leie_table *t, leie_size G, leie_size j, leie_size g)
{
    for (int by = 0; by < 3; by++) {
        leie_acc acc = {0};
        for (leie_size f = 0; f < w->n; f++) {
            if (w->product[f] != j)
                continue;
            double v = by == 0 ? w->sale[f * G + g] : by == 1 ? leie_sum(w->sale + f * G, G, 1) : fmax(t->x[f], 0);
            w->share[f * G + g] = v;
            leie_acc_add(&acc, v);
        }
        double sum = leie_acc_value(&acc);
        if (!(sum > 0))
            continue;
        for (leie_size f = 0; f < w->n; f++)
            if (w->product[f] == j)
                w->share[f * G + g] /= sum;
        return by;
    }
    return -1;
}

static leie_status share_suppliers(leie_around *w, const leie_enclave *c, const leie_table *t, leie_provenance *notes,
                                   leie_error *err)
{
    leie_size G = c->G, U = c->n + c->m;
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++)
        for (leie_size g = 0; !st && g < G; g++) {
            double bought = leie_sum(c->M + (j * G + g) * U, U, 1);
            int by = share_product(w, t, G, j, g);
            if (by < 0 && bought != 0)
                st = leie_fail(err, LEIE_ERR_DATA, "%s imports %.9g of '%s', which nobody abroad makes",
                               c->sector.region.code[0], bought, t->sector.code[w->first + j]);
            else if (by > 0 && bought != 0)
                st = leie_provenance_note(notes, LEIE_NOTE_ASSUMED, 1, err,
                                          "imports of '%s' into %s, %.9g, which the world table does not have%s: suppliers by "
                                          "%s",
                                          t->sector.code[w->first + j], c->sector.region.code[0], bought,
                                          by == 1 ? " for this use" : "", by == 1 ? "all uses" : "output abroad");
        }
    return st;
}

// ---- exports ----

/* What passes through the country under world totals: of product j no larger a share of the world's imports and
 * exports than of the country's own. The transit columns get just that. Returns the sum. */
static double pass_through(const leie_around *w, leie_enclave *c, leie_size j, double *amount)
{
    leie_size G = c->G, U = c->n + c->m;
    double imports = 0, exports = leie_dot(c->e, 1, c->P + j, c->J, c->n), all = 0;
    double there = fmax(leie_sum(w->total + j * G, G, 1), 0), sold = fmax(w->bought[j], 0);
    for (leie_size g = 0; g < G; g++)
        imports += leie_sum(c->M + (j * G + g) * U, U, 1);
    double by = imports > 0 && exports > 0 ? fmin(there / imports, sold / exports) : 0;
    for (leie_size i = 0; i < c->n; i++) {
        amount[i] = c->transit[i] ? c->e[i] * c->P[i * c->J + j] * by : 0;
        all += amount[i];
    }
    return all;
}

/* Shares [n] of the country's sectors in its exports of world product j: transit as it passes, the rest by exports,
 * else by output. */
static double share_sellers(double *share, const leie_around *w, leie_enclave *c, leie_size j, bool *by_output)
{
    double through = pass_through(w, c, j, share), sold = w->bought[j];
    *by_output = false;
    for (leie_size i = 0; i < c->n; i++)
        if (c->transit[i]) {
            c->M[j * c->G * (c->n + c->m) + i] = share[i];
            share[i] = sold != 0 ? share[i] / sold : 0;
        }
    double left = sold != 0 ? 1 - through / sold : 1;
    for (int by = 0; by < 2; by++) {
        leie_acc acc = {0};
        for (leie_size i = 0; i < c->n; i++)
            if (!c->transit[i])
                leie_acc_add(&acc, c->P[i * c->J + j] * fmax(by == 0 ? c->e[i] : c->x[i], 0));
        double sum = leie_acc_value(&acc);
        if (!(sum > 0))
            continue;
        for (leie_size i = 0; i < c->n; i++)
            if (!c->transit[i])
                share[i] = c->P[i * c->J + j] * fmax(by == 0 ? c->e[i] : c->x[i], 0) * (left / sum);
        *by_output = by == 1;
        return sum;
    }
    return through;
}

static void transit_output(leie_enclave *c, const leie_around *w)
{
    leie_size U = c->n + c->m;
    for (leie_size i = 0; i < c->n; i++)
        if (c->transit[i]) {
            c->x[i] = 0;
            for (leie_size j = 0; j < w->J; j++)
                c->x[i] += c->M[j * c->G * U + i];
        }
}

static leie_status ship_world(const leie_around *w, leie_enclave *c, const leie_table *t, double *share,
                              leie_provenance *notes, leie_error *err)
{
    leie_size U = w->n + w->m;
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++) {
        bool by_output;
        double sum = share_sellers(share, w, c, j, &by_output);
        const double *buy = w->buy + j * U;
        if (leie_sum_abs(buy, U, 1) == 0)
            continue;
        if (sum == 0)
            return leie_fail(err, LEIE_ERR_DATA,
                             "the world buys %.9g of '%s' from %s, whose own table has neither exports nor output of it",
                             w->bought[j], t->sector.code[w->first + j], c->sector.region.code[0]);
        for (leie_size i = 0; i < c->n; i++)
            for (leie_size u = 0; share[i] != 0 && u < U; u++)
                c->ship[i * U + u] += share[i] * buy[u];
        if (by_output)
            st = leie_provenance_note(notes, LEIE_NOTE_ASSUMED, 1, err,
                                      "the world buys %.9g of '%s' from %s, whose own table exports none: by output",
                                      w->bought[j], t->sector.code[w->first + j], c->sector.region.code[0]);
    }
    transit_output(c, w);
    return st;
}

// Shares [U] of foreign users in the country's product j: by purchases from it, else by use of that product.
static bool share_buyers(double *share, const leie_around *w, const leie_table *t, leie_size j)
{
    leie_size U = w->n + w->m;
    const double *buy = w->buy + j * U;
    if (w->bought[j] > 0) {
        for (leie_size u = 0; u < U; u++)
            share[u] = buy[u] / w->bought[j];
        return true;
    }
    memset(share, 0, (size_t)U * sizeof *share);
    for (leie_size f = 0; f < w->n; f++) {
        if (w->product[f] != j)
            continue;
        for (leie_size u = 0; u < U; u++)
            share[u] += u < w->n ? (in_country(w, u) ? 0 : leie_matrix_get(&t->Z, f, u))
                                 : (u - w->n >= w->dfirst && u - w->n < w->dfirst + w->dcount ? 0 : t->Y[f * w->m + u - w->n]);
    }
    double sum = leie_sum(share, U, 1);
    for (leie_size u = 0; sum > 0 && u < U; u++)
        share[u] /= sum;
    return sum > 0;
}

static leie_status ship_national(const leie_around *w, leie_enclave *c, const leie_table *t, double *share,
                                 leie_provenance *notes, leie_error *err)
{
    leie_size U = w->n + w->m;
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++) {
        double sold = leie_dot(c->e, 1, c->P + j, c->J, c->n);
        if (sold == 0)
            continue;
        if (!share_buyers(share, w, t, j))
            return leie_fail(err, LEIE_ERR_DATA, "%s exports %.9g of '%s', which nobody abroad uses",
                             c->sector.region.code[0], sold, t->sector.code[w->first + j]);
        if (!(w->bought[j] > 0))
            st = leie_provenance_note(notes, LEIE_NOTE_ASSUMED, 1, err,
                                      "exports of '%s' from %s, %.9g, which the world table does not have: by use abroad",
                                      t->sector.code[w->first + j], c->sector.region.code[0], sold);
        for (leie_size i = 0; i < c->n; i++) {
            double amount = c->e[i] * c->P[i * c->J + j];
            for (leie_size u = 0; amount != 0 && u < U; u++)
                c->ship[i * U + u] += amount * share[u];
        }
    }
    return st;
}

leie_status leie_around_shares(leie_around *w, leie_enclave *c, const leie_table *t, const leie_embed *how,
                               leie_provenance *notes, leie_error *err)
{
    double *share = NULL;
    leie_size U = w->n + w->m, longest = U > c->n ? U : c->n;
    leie_status st = share_suppliers(w, c, t, notes, err);
    if (!st)
        st = leie_embed_new(&c->ship, c->n * U, "exports to each user", err);
    if (!st)
        st = leie_embed_new(&share, longest, "shares", err);
    if (!st)
        st = how->totals == LEIE_TOTALS_WORLD ? ship_world(w, c, t, share, notes, err)
                                              : ship_national(w, c, t, share, notes, err);
    leie_free(share);
    return st;
}
