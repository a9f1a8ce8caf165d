// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/local.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"

static const double SHARES = 1e-9; // shares must sum to one this closely

typedef struct work {
    leie_local *l;
    const leie_accounts *a;
    const leie_table *t;
    const leie_nest *nest;
    const leie_local_opts *opts;
    leie_size N, k, C, region, first, sectors, q; // region of the table, its first sector; account region
    double *share, *sd; // [N] of one thing
} work;

// sd(s[m]) = u s[m] sqrt((1 - s[m])^2 + sum over j != m of s[j]^2)
static void share_errors(work *w, double u)
{
    double squares = 0;
    for (leie_size m = 0; m < w->N; m++)
        squares += w->share[m] * w->share[m];
    for (leie_size m = 0; m < w->N; m++) {
        double s = w->share[m];
        w->sd[m] = u * s * sqrt(fmax(0, (1 - s) * (1 - s) + squares - s * s));
    }
}

static leie_status take_shares(work *w, const double *of, leie_size step, double u, const char *what, const char *code,
                               leie_error *err)
{
    for (leie_size m = 0; m < w->N; m++)
        w->share[m] = of[m * step];
    double sum = leie_sum(w->share, w->N, 1);
    if (!(fabs(sum - 1) <= SHARES))
        return leie_fail(err, LEIE_ERR_DATA, "shares of the %lld places of %s in %s '%s' sum to %.12g: expected 1",
                         (long long)w->N, w->nest->country, what, code, sum);
    share_errors(w, u);
    return LEIE_OK;
}

// ---- where ----

static leie_status find_region(work *w, const leie_account_regions *q, leie_error *err)
{
    const char *code = w->nest->country;
    w->region = leie_labels_find(&w->t->sector.region, code);
    w->q = leie_labels_find(&q->label, code);
    if (w->region < 0 || w->q < 0) {
        const char *near = leie_labels_nearest(&q->label, code);
        return leie_fail(err, LEIE_ERR_DATA, "local accounts of '%s': %s%s%s%s", code,
                         w->region < 0 ? "it is no region of the table" : "it is not among the account regions",
                         near ? "; '" : "", near ? near : "", near ? "' is near" : "");
    }
    if (!w->a->by_category)
        return leie_fail(err, LEIE_ERR_USAGE, "local accounts need footprints by category (accounts: by: [category])");
    w->first = w->t->sector.first[w->region];
    w->sectors = w->t->sector.first[w->region + 1] - w->first;
    return LEIE_OK;
}

static leie_status new_array(double **to, leie_size count, leie_error *err)
{
    *to = leie_new(count, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, "local accounts", count, sizeof **to);
}

static leie_status new_arrays(work *w, leie_size B, leie_error *err)
{
    leie_local *l = w->l;
    struct {
        double **to;
        leie_size count;
    } all[] = {{&l->D_pba, w->N * w->k},  {&l->D_pba_sd, w->N * w->k},  {&l->D_cba, w->N * w->k}, {&l->D_cba_sd, w->N * w->k},
               {&l->direct, w->N * w->k}, {&l->direct_sd, w->N * w->k}, {&l->by_category, w->N * w->C * w->k},
               {&l->stocks, w->N * B},    {&l->stocks_sd, w->N * B},    {&w->share, w->N},        {&w->sd, w->N}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof all / sizeof all[0]; i++)
        st = new_array(all[i].to, all[i].count, err);
    return st;
}

// ---- production ----

// Shares of a stressor in a sector: its own key, or the industry's.
static leie_status pressure_shares(work *w, leie_size s, leie_size i, leie_error *err)
{
    const leie_nest *n = w->nest;
    bool own = n->pressure && n->pressure[s] >= 0;
    return own ? take_shares(w, n->pressure + s, n->stressors, w->opts->industry_error, "stressor", w->t->stressor.code[s], err)
               : take_shares(w, n->industry + i, n->sectors, w->opts->industry_error, "sector",
                             w->t->sector.code[w->first + i], err);
}

/* F[s, i] over places: known firms where they are, the rest by the shares of the others. */
static leie_status place_pressure(work *w, leie_size s, leie_size i, double F, leie_error *err)
{
    double known = 0, known_square = 0, open = 1;
    bool any = false;
    for (leie_size f = 0; f < w->opts->firms; f++) {
        const leie_local_firm *firm = &w->opts->firm[f];
        if (firm->stressor != s || firm->sector != w->first + i)
            continue;
        any = true;
        known += firm->value;
        known_square += firm->sd * firm->sd;
        open -= w->share[firm->place];
        w->share[firm->place] = 0;
        w->l->D_pba[firm->place * w->k + s] += firm->value;
        w->l->D_pba_sd[firm->place * w->k + s] += firm->sd;
    }
    double rest = F - known;
    if (any && (rest < -SHARES * fabs(F) || (rest > SHARES * fabs(F) && open <= SHARES)))
        return leie_fail(err, LEIE_ERR_DATA, "known firms have %g %s of '%s' in sector '%s' of %s, which has %g", known,
                         w->t->stressor.unit[s], w->t->stressor.code[s], w->t->sector.code[w->first + i], w->nest->country, F);
    for (leie_size m = 0; any && open > 0 && m < w->N; m++)
        w->share[m] /= open;
    if (any)
        share_errors(w, w->opts->industry_error);
    for (leie_size m = 0; m < w->N; m++) {
        w->l->D_pba[m * w->k + s] += w->share[m] * rest;
        w->l->D_pba_sd[m * w->k + s] += hypot(w->sd[m] * rest, w->share[m] * sqrt(known_square));
    }
    return LEIE_OK;
}

static leie_status production(work *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size s = 0; s < w->k; s++)
        for (leie_size i = 0; !st && i < w->sectors; i++) {
            double F = w->a->production[s * w->a->n + w->first + i];
            if (F == 0)
                continue;
            st = pressure_shares(w, s, i, err);
            st = st ? st : place_pressure(w, s, i, F, err);
        }
    return st;
}

// ---- consumption ----

static leie_status consumption(work *w, leie_error *err)
{
    const leie_axis *demand = &w->t->demand;
    const leie_nest *n = w->nest;
    leie_size r = leie_labels_find(&demand->region, w->nest->country), k = w->k, C = w->C;
    leie_status st = LEIE_OK;
    for (leie_size f = 0; !st && r >= 0 && f < n->categories; f++) {
        const char *code = demand->code[demand->first[r] + f];
        leie_size c = leie_labels_find(&w->a->category, code);
        if (c < 0)
            continue; // in no footprint
        const double *D = w->a->by_category + (w->q * C + c) * k, *F_Y = w->a->direct_category + (w->q * C + c) * k;
        st = take_shares(w, n->demand + f, n->categories, w->opts->demand_error, "final demand", code, err);
        for (leie_size m = 0; !st && m < w->N; m++)
            for (leie_size s = 0; s < k; s++) {
                w->l->by_category[(m * C + c) * k + s] += w->share[m] * D[s];
                w->l->D_cba[m * k + s] += w->share[m] * D[s];
                w->l->D_cba_sd[m * k + s] += w->sd[m] * fabs(D[s]);
            }
        if (!st)
            st = take_shares(w, (n->direct ? n->direct : n->demand) + f, n->categories, w->opts->direct_error,
                             "direct pressures of final demand", code, err);
        for (leie_size m = 0; !st && m < w->N; m++)
            for (leie_size s = 0; s < k; s++) {
                w->l->direct[m * k + s] += w->share[m] * F_Y[s];
                w->l->direct_sd[m * k + s] += w->sd[m] * fabs(F_Y[s]);
            }
    }
    return st;
}

// ---- stocks ----

static leie_status place_stocks(work *w, const leie_local_stocks *stocks, leie_error *err)
{
    leie_size B = stocks ? stocks->label.n : 0;
    w->l->B = B;
    if (B == 0)
        return LEIE_OK;
    leie_status st = leie_labels_copy(&w->l->stock, &stocks->label, err);
    if (!st && !stocks->share)
        st = leie_fail(err, LEIE_ERR_DATA, "stocks of %s need a key of their own (floor_area)", w->nest->country);
    if (!st)
        st = take_shares(w, stocks->share, 1, w->opts->stock_error, "key", "floor_area", err);
    for (leie_size m = 0; !st && m < w->N; m++)
        for (leie_size b = 0; b < B; b++) {
            w->l->stocks[m * B + b] = w->share[m] * stocks->value[b];
            w->l->stocks_sd[m * B + b] = hypot(w->sd[m] * stocks->value[b], w->share[m] * stocks->sd[b]);
        }
    return st;
}

// ---- the whole ----

static double gap(const work *w, const double *place, const double *region)
{
    double worst = 0;
    for (leie_size s = 0; s < w->k; s++) {
        double sum = leie_sum(place + s, w->N, w->k), size = leie_sum_abs(place + s, w->N, w->k);
        worst = size > 0 ? fmax(worst, fabs(sum - region[w->q * w->k + s]) / size) : worst;
    }
    return worst;
}

leie_status leie_local_make(leie_local *l, const leie_accounts *a, const leie_table *t, const leie_account_regions *q,
                            const leie_nest *nest, const leie_local_stocks *stocks, const leie_local_opts *opts,
                            leie_error *err)
{
    static const leie_local_opts defaults;
    work w = {.l = l, .a = a, .t = t, .nest = nest, .opts = opts ? opts : &defaults,
              .N = nest->region.n, .k = a->k, .C = a->C};
    *l = (leie_local){.k = a->k, .C = a->C};
    leie_status st = find_region(&w, q, err);
    if (!st)
        st = leie_labels_copy(&l->place, &nest->region, err);
    if (!st)
        st = new_arrays(&w, stocks ? stocks->label.n : 0, err);
    if (!st)
        st = production(&w, err);
    if (!st)
        st = consumption(&w, err);
    if (!st)
        st = place_stocks(&w, stocks, err);
    if (!st)
        l->worst = fmax(gap(&w, l->D_pba, a->D_pba), fmax(gap(&w, l->D_cba, a->D_cba), gap(&w, l->direct, a->direct)));
    leie_free(w.share);
    leie_free(w.sd);
    if (st)
        leie_local_clear(l);
    return st;
}

void leie_local_clear(leie_local *l)
{
    leie_labels_clear(&l->place);
    leie_labels_clear(&l->stock);
    leie_free(l->D_pba);
    leie_free(l->D_pba_sd);
    leie_free(l->D_cba);
    leie_free(l->D_cba_sd);
    leie_free(l->direct);
    leie_free(l->direct_sd);
    leie_free(l->by_category);
    leie_free(l->stocks);
    leie_free(l->stocks_sd);
    *l = (leie_local){0};
}

void leie_local_stocks_clear(leie_local_stocks *stocks)
{
    leie_labels_clear(&stocks->label);
    leie_free(stocks->value);
    leie_free(stocks->sd);
    leie_free(stocks->share);
    *stocks = (leie_local_stocks){0};
}
