// SPDX-License-Identifier: GPL-3.0-or-later
/* From what was published to domestic and imported use at basic prices. */
#include <math.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/sut.h"
#include "solver/table/table_impl.h"

// Margins of a use that add up to less than this share of what bears them add up to zero.
static const double CLOSED = 1e-6;

// to = to + factor * from over both parts of a layer.
static void add_layer(leie_sut_layer *to, const leie_sut_layer *from, double factor, leie_size uses, leie_size finals)
{
    for (leie_size c = 0; from->use && c < uses; c++)
        to->use[c] += factor * from->use[c];
    for (leie_size c = 0; from->use && c < finals; c++)
        to->final[c] += factor * from->final[c];
}

// ---- purchasers' to basic prices ----

// The open sum of each column of a margin layer goes, with the other sign, to the products that earn it.
static leie_status place_margin(double *cell, const leie_sut *s, const leie_axis *column, const leie_labels *earner,
                                const double *q, const char *what, leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    leie_size p = s->product.n, n = column->n;
    for (leie_size j = 0; j < n; j++) {
        double open = leie_sum(cell + j, p, n), earned = 0;
        if (fabs(open) <= CLOSED * leie_sum_abs(cell + j, p, n))
            continue;
        const char *region = column->region.code[column->of[j]];
        for (leie_size e = 0; earner && e < earner->n; e++) {
            leie_size i = leie_axis_find(&s->product, region, earner->code[e]);
            earned += i >= 0 ? q[i] : 0;
        }
        if (!(earned > 0))
            return leie_fail(err, LEIE_ERR_DATA,
                             "%s of %.9g paid by '%s' are earned by no product: name the products that earn them", what,
                             open, leie_axis_place(place, column, j));
        for (leie_size e = 0; e < earner->n; e++) {
            leie_size i = leie_axis_find(&s->product, region, earner->code[e]);
            if (i >= 0)
                cell[i * n + j] -= open * q[i] / earned;
        }
    }
    return LEIE_OK;
}

static leie_status close_margins(leie_sut *s, int o, const leie_sut_margins *margins, const double *q, leie_error *err)
{
    const leie_labels *trade = margins ? &margins->trade : NULL, *transport = margins ? &margins->transport : NULL;
    leie_sut_layer *t = &s->layer[o][LEIE_TRADE_MARGIN], *r = &s->layer[o][LEIE_TRANSPORT_MARGIN];
    const leie_axis *industry = &s->account.sector, *demand = &s->account.demand;
    leie_status st = LEIE_OK;
    if (t->use)
        st = place_margin(t->use, s, industry, trade, q, "trade margins", err);
    if (!st && t->use)
        st = place_margin(t->final, s, demand, trade, q, "trade margins", err);
    if (!st && r->use)
        st = place_margin(r->use, s, industry, transport, q, "transport margins", err);
    if (!st && r->use)
        st = place_margin(r->final, s, demand, transport, q, "transport margins", err);
    return st;
}

// basic = purchasers' - trade margin - transport margin - tax + subsidy
static leie_status strip_layers(leie_sut *s, int o, const leie_sut_margins *margins, const double *q, leie_error *err)
{
    static const double sign[LEIE_VALUATIONS] = {[LEIE_TRADE_MARGIN] = -1,
                                                 [LEIE_TRANSPORT_MARGIN] = -1,
                                                 [LEIE_TAX] = -1,
                                                 [LEIE_SUBSIDY] = 1,
                                                 [LEIE_PURCHASERS] = 1};
    leie_size p = s->product.n, uses = p * s->account.sector.n, finals = p * s->account.demand.n, layers = 0;
    if (s->layer[o][LEIE_BASIC].use || !s->layer[o][LEIE_PURCHASERS].use)
        return LEIE_OK;
    for (int v = LEIE_TRADE_MARGIN; v <= LEIE_SUBSIDY; v++)
        layers += s->layer[o][v].use != NULL;
    if (layers == 0)
        return leie_fail(err, LEIE_ERR_DATA,
                         "use (%s) is given at purchasers' prices only: basic prices need margins and taxes as well",
                         leie_origin_name((leie_origin)o));
    leie_status st = close_margins(s, o, margins, q, err);
    if (!st)
        st = leie_sut_layer_new(s, (leie_origin)o, LEIE_BASIC, err);
    for (int v = 0; !st && v < LEIE_VALUATIONS; v++)
        if (sign[v] != 0)
            add_layer(&s->layer[o][LEIE_BASIC], &s->layer[o][v], sign[v], uses, finals);
    if (!st)
        st = leie_provenance_note(&s->account.provenance, LEIE_NOTE_DONE, uses + finals, err,
                                  "use (%s) at basic prices: purchasers' prices less %lld layers of margins and taxes",
                                  leie_origin_name((leie_origin)o), (long long)layers);
    return st;
}

// ---- imports apart ----

// to = all - other
static leie_status subtract_origin(leie_sut *s, leie_origin to, leie_origin other, leie_error *err)
{
    leie_size uses = s->product.n * s->account.sector.n, finals = s->product.n * s->account.demand.n;
    leie_status st = leie_sut_layer_new(s, to, LEIE_BASIC, err);
    if (st)
        return st;
    add_layer(&s->layer[to][LEIE_BASIC], &s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC], 1, uses, finals);
    add_layer(&s->layer[to][LEIE_BASIC], &s->layer[other][LEIE_BASIC], -1, uses, finals);
    return leie_provenance_note(&s->account.provenance, LEIE_NOTE_DONE, uses + finals, err,
                                "%s use at basic prices: all use less %s use", leie_origin_name(to),
                                leie_origin_name(other));
}

// import = all diag(m / (U e + Y e))
static leie_status share_imports(leie_sut *s, leie_error *err)
{
    leie_size p = s->product.n, k = s->account.sector.n, m = s->account.demand.n, n = s->partner.n;
    const leie_sut_layer *all = &s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC];
    leie_sut_layer *import = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_acc total = {0};
    leie_status st = leie_sut_layer_new(s, LEIE_IMPORTED, LEIE_BASIC, err);
    for (leie_size i = 0; !st && s->imports && i < p; i++) {
        double used = leie_sum(all->use + i * k, k, 1) + leie_sum(all->final + i * m, m, 1);
        double imported = leie_sum(s->imports + i * n, n, 1), share = used != 0 ? imported / used : 0;
        for (leie_size j = 0; j < k; j++)
            import->use[i * k + j] = share * all->use[i * k + j];
        for (leie_size f = 0; f < m; f++)
            import->final[i * m + f] = share * all->final[i * m + f];
        leie_acc_add(&total, share * used);
    }
    if (st || !s->imports)
        return st;
    return leie_provenance_note(&s->account.provenance, LEIE_NOTE_ASSUMED, p, err,
                                "imports of %.9g are shared over all uses of a product alike (import proportionality)",
                                leie_acc_value(&total));
}

static leie_status split_origins(leie_sut *s, leie_error *err)
{
    bool domestic = s->layer[LEIE_DOMESTIC][LEIE_BASIC].use, import = s->layer[LEIE_IMPORTED][LEIE_BASIC].use;
    leie_status st = LEIE_OK;
    if (!s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC].use) {
        if (!domestic)
            return leie_fail(err, LEIE_ERR_DATA, "no domestic use at basic prices, and nothing that leads to it");
        return import ? LEIE_OK : leie_sut_layer_new(s, LEIE_IMPORTED, LEIE_BASIC, err);
    }
    if (!import && domestic)
        return subtract_origin(s, LEIE_IMPORTED, LEIE_DOMESTIC, err);
    if (!import)
        st = share_imports(s, err);
    return st || domestic ? st : subtract_origin(s, LEIE_DOMESTIC, LEIE_IMPORTED, err);
}

leie_status leie_sut_complete(leie_sut *s, const leie_sut_margins *margins, leie_error *err)
{
    double *q = leie_new(s->product.n, sizeof *q);
    if (!q)
        return leie_fail_memory(err, "product output", s->product.n, sizeof *q);
    leie_sut_product_output(q, s);
    leie_status st = LEIE_OK;
    for (int o = 0; !st && o < LEIE_ORIGINS; o++)
        st = strip_layers(s, o, margins, q, err);
    if (!st)
        st = split_origins(s, err);
    leie_free(q);
    return st;
}
