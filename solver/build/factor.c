// SPDX-License-Identifier: GPL-3.0-or-later
/* R regions   k industries   p products   s supplying region, r using one   t shares of trade */
#include "solver/build/factor.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/factored.h"
#include "kernels/memory.h"
#include "solver/table/table_impl.h"

static const double ROUNDING = 1e-6; // by which published shares may add up to more than one

typedef struct factoring {
    leie_table *to;
    const leie_sut *s;
    const leie_trade_shares *shares;
    const double *use, *final; // of all origins at basic prices
    leie_factored *f;
    double *given;      // [n] x
    double outside;     // final demand bought outside
    leie_size mixed;    // industries that got another code
} factoring;

leie_end_use leie_end_use_of(leie_demand_kind kind)
{
    switch (kind) {
    case LEIE_DEMAND_GFCF:
    case LEIE_DEMAND_INVENTORIES:
    case LEIE_DEMAND_VALUABLES:
        return LEIE_USE_CAPITAL;
    default:
        return LEIE_USE_CONSUMPTION;
    }
}

void leie_trade_shares_clear(leie_trade_shares *shares)
{
    for (int u = 0; u < LEIE_END_USES; u++)
        leie_free(shares->share[u]);
    *shares = (leie_trade_shares){{NULL}};
}

// ---- checks ----

static leie_status check_regions(const leie_sut *s, leie_error *err)
{
    const leie_labels *of_products = &s->product.region, *of_industries = &s->account.sector.region;
    if (of_products->n != of_industries->n)
        return leie_fail(err, LEIE_ERR_SHAPE, "products are in %lld regions and industries in %lld",
                         (long long)of_products->n, (long long)of_industries->n);
    for (leie_size r = 0; r < of_products->n; r++)
        if (strcmp(of_products->code[r], of_industries->code[r]) != 0)
            return leie_fail(err, LEIE_ERR_SHAPE, "regions of products and industries differ: '%s' and '%s'",
                             of_products->code[r], of_industries->code[r]);
    return LEIE_OK;
}

static leie_status check_share(const leie_sut *s, leie_size origin, leie_size i, double share, leie_error *err)
{
    const leie_axis *product = &s->product;
    const char *from = product->region.code[origin], *to = product->region.code[product->of[i]];
    if (!(share >= 0) || !isfinite(share))
        return leie_fail(err, LEIE_ERR_DATA, "trade share of product '%s' from '%s' to '%s' is %g: expected 0 to 1",
                         product->code[i], from, to, share);
    if (share > 0 && leie_axis_find_in(product, origin, product->code[i]) < 0)
        return leie_fail(err, LEIE_ERR_DATA, "trade share of product '%s' from '%s' to '%s': '%s' has no such product",
                         product->code[i], from, to, from);
    return LEIE_OK;
}

static leie_status check_shares(const factoring *j, leie_error *err)
{
    const leie_axis *product = &j->s->product;
    leie_status st = LEIE_OK;
    for (int u = 0; u < LEIE_END_USES; u++)
        for (leie_size i = 0; i < product->n; i++) {
            double sum = 0;
            for (leie_size s = 0; s < product->region.n && !st; s++) {
                double share = j->shares->share[u][s * product->n + i];
                st = check_share(j->s, s, i, share, err);
                sum += share;
            }
            if (st)
                return st;
            if (sum > 1 + ROUNDING)
                return leie_fail(err, LEIE_ERR_DATA, "trade shares of product '%s' in '%s' add up to %.9g: expected at most 1",
                                 product->code[i], product->region.code[product->of[i]], sum);
        }
    return LEIE_OK;
}

// ---- sectors ----

static leie_status add_sector(leie_axis *to, const leie_axis *from, leie_size i, const char *before, leie_error *err)
{
    char code[512];
    snprintf(code, sizeof code, "%s%.480s", before, from->code[i]);
    leie_size at = leie_axis_add(to, from->region.code[from->of[i]], code, from->name[i], from->unit[i],
                                 LEIE_DEMAND_HOUSEHOLD, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static bool shares_a_code(const leie_sut *s, leie_size r)
{
    const leie_axis *industry = &s->account.sector;
    for (leie_size i = industry->first[r]; i < industry->first[r + 1]; i++)
        if (leie_axis_find_in(&s->product, r, industry->code[i]) >= 0)
            return true;
    return false;
}

static leie_status add_sectors(factoring *j, leie_error *err)
{
    const leie_axis *industry = &j->s->account.sector, *product = &j->s->product;
    leie_status st = LEIE_OK;
    for (leie_size r = 0; r < industry->region.n && !st; r++) {
        bool mixed = shares_a_code(j->s, r);
        for (leie_size i = industry->first[r]; i < industry->first[r + 1] && !st; i++, j->mixed += mixed)
            st = add_sector(&j->to->sector, industry, i, mixed ? "industry " : "", err);
        for (leie_size i = product->first[r]; i < product->first[r + 1] && !st; i++)
            st = add_sector(&j->to->sector, product, i, "", err);
    }
    return st;
}

// ---- factors ----

static leie_status new_factors(factoring *j, leie_error *err)
{
    const leie_axis *industry = &j->s->account.sector, *product = &j->s->product;
    leie_size R = product->region.n;
    leie_labels codes = {0};
    leie_size *count = leie_new(2 * R, sizeof *count);
    leie_index *number = leie_new(product->n, sizeof *number);
    leie_status st = count && number ? LEIE_OK : leie_fail_memory(err, "the factors of a table", 2 * R + product->n, 8);
    for (leie_size r = 0; r < R && !st; r++) {
        count[r] = industry->first[r + 1] - industry->first[r];
        count[R + r] = product->first[r + 1] - product->first[r];
    }
    if (!st)
        st = leie_axis_codes(&codes, number, product, err);
    if (!st)
        st = leie_factored_new(&j->f, R, count, count + R, number, err);
    leie_labels_clear(&codes);
    leie_free(count);
    leie_free(number);
    return st;
}

static void fill_region(const factoring *j, leie_size r)
{
    const leie_axis *industry = &j->s->account.sector, *product = &j->s->product;
    leie_size k = industry->n, first = product->first[r], I = j->f->made[r], P = leie_factored_products(j->f, r);
    for (leie_size p = 0; p < P; p++)
        for (leie_size i = 0; i < I; i++) {
            leie_size at = (first + p) * k + industry->first[r] + i;
            leie_factored_use(j->f, r)[p * I + i] = j->use[at];
            leie_factored_supply(j->f, r)[i * P + p] = j->s->supply[at];
            j->given[j->f->first[r] + I + p] += j->s->supply[at];
            j->given[j->f->first[r] + i] += j->s->supply[at];
        }
    for (leie_size s = 0; s < product->region.n; s++)
        memcpy(leie_factored_share(j->f, r, s), j->shares->share[LEIE_USE_INTERMEDIATE] + s * product->n + first,
               (size_t)P * sizeof(double));
    for (leie_size i = 0; i < I && j->s->account.x; i++)
        j->given[j->f->first[r] + i] = j->s->account.x[industry->first[r] + i];
}

/* Industry i and product p of the table. */
static leie_size industry_at(const factoring *j, leie_size i)
{
    leie_size r = j->s->account.sector.of[i];
    return j->f->first[r] + i - j->s->account.sector.first[r];
}

static leie_size product_at(const factoring *j, leie_size p)
{
    leie_size r = j->s->product.of[p];
    return j->f->first[r] + j->f->made[r] + p - j->s->product.first[r];
}

// ---- final demand, inputs, pressures ----

/* Column c of final demand for product p of its region, by origin. */
static void share_out(factoring *j, leie_size p, leie_size c)
{
    const leie_axis *product = &j->s->product, *demand = &j->s->account.demand;
    leie_size m = demand->n;
    double value = j->final[p * m + c], left = value;
    if (value == 0)
        return;
    if (!leie_demand_counts(demand->kind[c])) {
        j->to->Y[product_at(j, p) * m + c] += value;
        return;
    }
    const double *share = j->shares->share[leie_end_use_of(demand->kind[c])];
    for (leie_size s = 0; s < product->region.n; s++) {
        double t = share[s * product->n + p];
        if (t == 0)
            continue;
        j->to->Y[product_at(j, leie_axis_find_in(product, s, product->code[p])) * m + c] += t * value;
        left -= t * value;
    }
    j->outside += left;
}

static leie_status fill_inputs(factoring *j, leie_error *err)
{
    const leie_sut *s = j->s;
    leie_size k = s->account.sector.n, n = j->to->sector.n, v = s->account.input.n;
    leie_size at = leie_labels_find(&j->to->input, "imports");
    if (at < 0)
        at = leie_labels_add(&j->to->input, "imports", "bought outside", NULL, NULL, err);
    if (at < 0)
        return (leie_status)at;
    j->to->W = leie_new(j->to->input.n * n, sizeof *j->to->W);
    if (!j->to->W)
        return leie_fail_memory(err, "W", j->to->input.n * n, sizeof *j->to->W);
    for (leie_size i = 0; i < k; i++) {
        for (leie_size w = 0; w < v; w++)
            j->to->W[w * n + industry_at(j, i)] = s->account.W[w * k + i];
        for (leie_size p = 0; p < s->product.n; p++) {
            double left = 1;
            for (leie_size o = 0; o < s->product.region.n; o++)
                left -= j->shares->share[LEIE_USE_INTERMEDIATE][o * s->product.n + p];
            if (j->use[p * k + i] != 0)
                j->to->W[at * n + industry_at(j, i)] += fmax(left, 0) * j->use[p * k + i];
        }
    }
    return LEIE_OK;
}

static leie_status fill_pressures(const factoring *j, leie_error *err)
{
    const leie_table *from = &j->s->account;
    leie_size n = j->to->sector.n, k = from->sector.n, stressors = from->stressor.n;
    if (stressors == 0)
        return LEIE_OK;
    j->to->F = leie_new(stressors * n, sizeof *j->to->F);
    if (!j->to->F)
        return leie_fail_memory(err, "F", stressors * n, sizeof *j->to->F);
    for (leie_size e = 0; e < stressors; e++)
        for (leie_size i = 0; i < k; i++)
            j->to->F[e * n + industry_at(j, i)] = from->F[e * k + i];
    return leie_numbers_copy(&j->to->F_Y, from->F_Y, stressors * from->demand.n, "F_Y", err);
}

static leie_status fill_numbers(factoring *j, leie_error *err)
{
    leie_size m = j->s->account.demand.n, n = j->to->sector.n;
    j->given = leie_new(n, sizeof *j->given);
    j->to->Y = leie_new(n * m, sizeof *j->to->Y);
    if (!j->given || !j->to->Y)
        return leie_fail_memory(err, "Y", n * (m + 1), sizeof *j->to->Y);
    for (leie_size r = 0; r < j->f->parts; r++)
        fill_region(j, r);
    for (leie_size p = 0; p < j->s->product.n; p++)
        for (leie_size c = 0; c < m; c++)
            share_out(j, p, c);
    j->to->x = j->given;
    j->given = NULL;
    leie_matrix_from_factors(&j->to->Z, &j->f);
    return LEIE_OK;
}

static leie_status add_notes(factoring *j, leie_error *err)
{
    leie_provenance *p = &j->to->provenance;
    leie_status st = LEIE_OK;
    if (j->mixed)
        st = leie_provenance_note(p, LEIE_NOTE_DONE, j->mixed, err,
                                  "%lld industries share codes with products: their codes begin with 'industry '",
                                  (long long)j->mixed);
    if (!st && fabs(j->outside) > 0)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, 1, err,
                                  "final demand of %.6g %s is bought outside the table by the trade shares", j->outside,
                                  j->to->unit);
    return st;
}

leie_status leie_sut_factor(leie_table *to, const leie_sut *s, const leie_trade_shares *shares, leie_error *err)
{
    const leie_sut_layer *all = &s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC];
    factoring j = {.to = to, .s = s, .shares = shares, .use = all->use, .final = all->final};
    *to = (leie_table){0};
    if (!all->use || !all->final)
        return leie_fail(err, LEIE_ERR_DATA,
                         "trade shares need use of all origins at basic prices: origin 'all', valuation 'basic'");
    leie_status st = check_regions(s, err);
    if (!st)
        st = check_shares(&j, err);
    if (!st)
        st = leie_table_like(to, &s->account, err);
    if (!st)
        st = add_sectors(&j, err);
    if (!st)
        st = leie_axis_copy(&to->demand, &s->account.demand, err);
    if (!st)
        st = new_factors(&j, err);
    if (!st)
        st = fill_inputs(&j, err);
    if (!st)
        st = fill_pressures(&j, err);
    if (!st)
        st = fill_numbers(&j, err);
    if (!st)
        st = add_notes(&j, err);
    if (st)
        leie_table_clear(to);
    leie_factored_free(j.f);
    leie_free(j.given);
    return st;
}
