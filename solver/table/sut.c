// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/sut.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"

static const char *const origins[] = {"domestic", "import", "all"};
static const char *const valuations[] = {"basic", "trade_margin", "transport_margin", "tax", "subsidy", "purchaser"};

const char *leie_origin_name(leie_origin origin)
{
    return origins[origin];
}

const char *leie_valuation_name(leie_valuation valuation)
{
    return valuations[valuation];
}

static int find_word(const char *name, const char *const *words, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(name, words[i]) == 0)
            return i;
    return -1;
}

int leie_origin_find(const char *name)
{
    return find_word(name, origins, LEIE_ORIGINS);
}

int leie_valuation_find(const char *name)
{
    return find_word(name, valuations, LEIE_VALUATIONS);
}

void leie_sut_clear(leie_sut *s)
{
    leie_table_clear(&s->account);
    leie_axis_clear(&s->product);
    leie_labels_clear(&s->partner);
    leie_free(s->supply);
    leie_free(s->inputs_final);
    leie_free(s->imports);
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; v < LEIE_VALUATIONS; v++) {
            leie_free(s->layer[o][v].use);
            leie_free(s->layer[o][v].final);
        }
    *s = (leie_sut){0};
}

leie_status leie_sut_layer_new(leie_sut *s, leie_origin origin, leie_valuation valuation, leie_error *err)
{
    leie_sut_layer *layer = &s->layer[origin][valuation];
    leie_size p = s->product.n, k = s->account.sector.n, m = s->account.demand.n;
    if (layer->use)
        return LEIE_OK;
    leie_sut_layer fresh = {.use = leie_new(p * k, sizeof *fresh.use), .final = leie_new(p * m, sizeof *fresh.final)};
    if (!fresh.use || !fresh.final) {
        leie_free(fresh.use);
        leie_free(fresh.final);
        return leie_fail_memory(err, "a layer of the use table", p * (k + m), sizeof *fresh.use);
    }
    *layer = fresh;
    return LEIE_OK;
}

void leie_sut_product_output(double *q, const leie_sut *s)
{
    leie_size k = s->account.sector.n;
    for (leie_size i = 0; i < s->product.n; i++)
        q[i] = leie_sum(s->supply + i * k, k, 1);
}

void leie_sut_industry_output(double *g, const leie_sut *s)
{
    leie_size k = s->account.sector.n;
    for (leie_size j = 0; j < k; j++)
        g[j] = leie_sum(s->supply + j, s->product.n, k);
}

// ---- partners ----

// Item i of axis a among those of b: same region and code, else same place when the lists are of one length.
static leie_index partner_of(const leie_axis *a, leie_size i, const leie_axis *b)
{
    leie_size r = a->of[i], at = leie_axis_find(b, a->region.code[r], a->code[i]);
    leie_size other = leie_labels_find(&b->region, a->region.code[r]);
    if (at < 0 && other >= 0 && a->first[r + 1] - a->first[r] == b->first[other + 1] - b->first[other])
        at = b->first[other] + i - a->first[r];
    return (leie_index)at;
}

void leie_sut_partners(leie_index *product_of, leie_index *industry_of, const leie_sut *s)
{
    const leie_axis *industry = &s->account.sector;
    for (leie_size j = 0; j < industry->n; j++)
        product_of[j] = partner_of(industry, j, &s->product);
    for (leie_size i = 0; i < s->product.n; i++)
        industry_of[i] = partner_of(&s->product, i, industry);
}

// ---- inspection ----

static leie_status check_supply(const leie_sut *s, leie_error *err)
{
    char product[LEIE_PLACE_MAX], industry[LEIE_PLACE_MAX];
    leie_size k = s->account.sector.n;
    for (leie_size c = 0; c < s->product.n * k; c++)
        if (!(s->supply[c] >= 0 && isfinite(s->supply[c])))
            return leie_fail(err, LEIE_ERR_DATA,
                             "supply of product '%s' by industry '%s' is %.9g: expected a number that is not negative",
                             leie_axis_place(product, &s->product, c / k),
                             leie_axis_place(industry, &s->account.sector, c % k), s->supply[c]);
    return LEIE_OK;
}

static leie_status check_cells(const leie_sut *s, const double *cell, const leie_axis *column, int o, int v,
                               leie_error *err)
{
    char product[LEIE_PLACE_MAX], user[LEIE_PLACE_MAX];
    for (leie_size c = 0; c < s->product.n * column->n; c++)
        if (!isfinite(cell[c]))
            return leie_fail(err, LEIE_ERR_DATA, "use of product '%s' by '%s' (%s, %s) is %g: expected a finite number",
                             leie_axis_place(product, &s->product, c / column->n),
                             leie_axis_place(user, column, c % column->n), origins[o], valuations[v], cell[c]);
    return LEIE_OK;
}

static leie_status check_regions(const leie_sut *s, leie_error *err)
{
    const leie_labels *a = &s->product.region, *b = &s->account.sector.region, *c = &s->account.demand.region;
    if (a->n != b->n)
        return leie_fail(err, LEIE_ERR_SHAPE, "products of %lld regions and industries of %lld", (long long)a->n,
                         (long long)b->n);
    for (leie_size r = 0; r < a->n; r++)
        if (strcmp(a->code[r], b->code[r]) != 0)
            return leie_fail(err, LEIE_ERR_SHAPE, "region %lld is '%s' for products and '%s' for industries",
                             (long long)r + 1, a->code[r], b->code[r]);
    for (leie_size r = 0; r < c->n; r++)
        if (leie_labels_find(b, c->code[r]) < 0)
            return leie_fail(err, LEIE_ERR_SHAPE, "final use of region '%s', which has no industries", c->code[r]);
    return LEIE_OK;
}

// Notes the items of an axis whose output is zero, with the first ones by name.
static leie_status note_idle(leie_provenance *p, const leie_axis *axis, const double *output, const char *what,
                             leie_error *err)
{
    enum { NAMED = 3 };
    char place[LEIE_PLACE_MAX];
    const char *named[NAMED] = {"", "", ""};
    leie_size idle = 0, first = -1;
    for (leie_size i = 0; i < axis->n; i++)
        if (output[i] == 0) {
            if (idle < NAMED)
                named[idle] = axis->code[i];
            if (idle++ == 0)
                first = i;
        }
    if (idle == 0)
        return LEIE_OK;
    return leie_provenance_note(p, LEIE_NOTE_FOUND, idle, err, "%s without output: %s%s%s%s%s%s", what,
                                leie_axis_place(place, axis, first), idle > 1 ? ", " : "", named[1],
                                idle > 2 ? ", " : "", named[2], idle > NAMED ? ", ..." : "");
}

leie_status leie_sut_inspect(leie_sut *s, leie_error *err)
{
    leie_size p = s->product.n, k = s->account.sector.n;
    double *output = NULL;
    leie_status st = check_regions(s, err);
    if (!st)
        st = check_supply(s, err);
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; !st && v < LEIE_VALUATIONS; v++) {
            const leie_sut_layer *layer = &s->layer[o][v];
            if (layer->use)
                st = check_cells(s, layer->use, &s->account.sector, o, v, err);
            if (!st && layer->use)
                st = check_cells(s, layer->final, &s->account.demand, o, v, err);
        }
    if (st)
        return st;
    output = leie_new(p > k ? p : k, sizeof *output);
    if (!output)
        return leie_fail_memory(err, "output", p > k ? p : k, sizeof *output);
    leie_sut_product_output(output, s);
    st = note_idle(&s->account.provenance, &s->product, output, "products", err);
    leie_sut_industry_output(output, s);
    if (!st)
        st = note_idle(&s->account.provenance, &s->account.sector, output, "industries", err);
    leie_free(output);
    return st;
}
