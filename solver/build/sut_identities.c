// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/sut_identities.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/account/identities_impl.h"

// Of the mean output of a product: exact to this, rounded to that.
static const double BALANCED = 1e-6, ROUNDED = 1e-2;

// Where the identities of one table stand.
typedef struct checking {
    leie_identities *list;
    const leie_sut *s;
    leie_size p, k, m;
    double mean; // output of a product
    double *q;   // [p]
    double *g;   // [k]
    const char *unit;
} checking;

// ---- labels ----

static void describe_item(char *out, size_t size, const void *ctx, leie_size i, double shown)
{
    const leie_axis *axis = ctx;
    snprintf(out, size, "%s %s (%.4g)", axis->region.code[axis->of[i]], axis->code[i], shown);
}

static void describe_use(char *out, size_t size, const void *ctx, leie_size c, double shown)
{
    const leie_sut *s = ctx;
    const leie_axis *industry = &s->account.sector, *demand = &s->account.demand;
    leie_size uses = s->product.n * industry->n, at = c < uses ? c : c - uses;
    const leie_axis *column = c < uses ? industry : demand;
    snprintf(out, size, "%s to %s %s (%.4g)", s->product.code[at / column->n],
             column->region.code[column->of[at % column->n]], column->code[at % column->n], shown);
}

// ---- one identity ----

static void see(leie_worst *worst, leie_size at, double left, double right)
{
    leie_worst_see(worst, at, fabs(left - right), left - right);
}

static leie_status add(checking *c, const char *name, const leie_worst *worst, leie_describe_fn describe,
                       const void *ctx, leie_error *err)
{
    leie_verdict verdict = worst->largest <= BALANCED * c->mean  ? LEIE_PASS
                           : worst->largest <= ROUNDED * c->mean ? LEIE_INFO
                                                                 : LEIE_FAIL;
    return leie_identity_add(c->list, name, verdict, BALANCED * c->mean, worst, describe, ctx, err);
}

static leie_worst start(const checking *c)
{
    return (leie_worst){.threshold = BALANCED * c->mean};
}

// What is used of product i in a layer.
static double used(const checking *c, const leie_sut_layer *layer, leie_size i)
{
    return leie_sum(layer->use + i * c->k, c->k, 1) + leie_sum(layer->final + i * c->m, c->m, 1);
}

// ---- by product ----

static leie_status check_products(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    const leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *abroad = &s->layer[LEIE_IMPORTED][LEIE_BASIC],
                         *all = &s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC];
    leie_worst domestic = start(c), imported = start(c), total = start(c);
    for (leie_size i = 0; i < c->p; i++) {
        double m = s->imports ? leie_sum(s->imports + i * s->partner.n, s->partner.n, 1) : 0;
        if (home->use)
            see(&domestic, i, c->q[i], used(c, home, i));
        if (s->imports && abroad->use)
            see(&imported, i, m, used(c, abroad, i));
        if (s->imports && all->use)
            see(&total, i, c->q[i] + m, used(c, all, i));
    }
    leie_status st = LEIE_OK;
    if (home->use)
        st = add(c, "supply of products = domestic use", &domestic, describe_item, &s->product, err);
    if (!st && s->imports && abroad->use)
        st = add(c, "imports of products = imported use", &imported, describe_item, &s->product, err);
    if (!st && s->imports && all->use)
        st = add(c, "supply and imports of products = all use", &total, describe_item, &s->product, err);
    return st;
}

// ---- cell by cell ----

// Value of a layer in the numbering of describe_use; 0 when it is not given.
static double cell_of(const leie_sut *s, int origin, int valuation, leie_size c)
{
    const leie_sut_layer *layer = &s->layer[origin][valuation];
    leie_size uses = s->product.n * s->account.sector.n;
    return !layer->use ? 0 : c < uses ? layer->use[c] : layer->final[c - uses];
}

static leie_status check_origins(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    char name[96];
    leie_status st = LEIE_OK;
    for (int v = 0; !st && v < LEIE_VALUATIONS; v++) {
        if (!s->layer[LEIE_ALL_ORIGINS][v].use || !s->layer[LEIE_DOMESTIC][v].use || !s->layer[LEIE_IMPORTED][v].use)
            continue;
        leie_worst worst = start(c);
        for (leie_size i = 0; i < c->p * (c->k + c->m); i++)
            see(&worst, i, cell_of(s, LEIE_ALL_ORIGINS, v, i),
                cell_of(s, LEIE_DOMESTIC, v, i) + cell_of(s, LEIE_IMPORTED, v, i));
        snprintf(name, sizeof name, "all = domestic + import, %s", leie_valuation_name((leie_valuation)v));
        st = add(c, name, &worst, describe_use, s, err);
    }
    return st;
}

static leie_status check_valuation(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    char name[96];
    leie_status st = LEIE_OK;
    for (int o = 0; !st && o < LEIE_ORIGINS; o++) {
        bool layers = s->layer[o][LEIE_TRADE_MARGIN].use || s->layer[o][LEIE_TAX].use;
        if (!s->layer[o][LEIE_PURCHASERS].use || !s->layer[o][LEIE_BASIC].use || !layers)
            continue;
        leie_worst worst = start(c);
        for (leie_size i = 0; i < c->p * (c->k + c->m); i++) {
            double price = cell_of(s, o, LEIE_BASIC, i) - cell_of(s, o, LEIE_SUBSIDY, i);
            for (int v = LEIE_TRADE_MARGIN; v <= LEIE_TAX; v++)
                price += cell_of(s, o, v, i);
            see(&worst, i, cell_of(s, o, LEIE_PURCHASERS, i), price);
        }
        snprintf(name, sizeof name, "purchasers' = basic + margins + taxes - subsidies, %s",
                 leie_origin_name((leie_origin)o));
        st = add(c, name, &worst, describe_use, s, err);
    }
    return st;
}

static leie_status check_margins(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    char name[96];
    leie_status st = LEIE_OK;
    for (int o = 0; !st && o < LEIE_ORIGINS; o++)
        for (int v = LEIE_TRADE_MARGIN; !st && v <= LEIE_TRANSPORT_MARGIN; v++) {
            const leie_sut_layer *layer = &s->layer[o][v];
            if (!layer->use)
                continue;
            leie_worst worst = start(c);
            for (leie_size j = 0; j < c->k; j++)
                see(&worst, j, leie_sum(layer->use + j, c->p, c->k), 0);
            for (leie_size f = 0; f < c->m; f++)
                see(&worst, c->p * c->k + f, leie_sum(layer->final + f, c->p, c->m), 0);
            snprintf(name, sizeof name, "%ss of a use add up to zero, %s", leie_valuation_name((leie_valuation)v),
                     leie_origin_name((leie_origin)o));
            st = add(c, name, &worst, describe_use, s, err);
        }
    return st;
}

// ---- by industry ----

// Column sum of a layer over products, 0 when it is not given.
static double bought(const checking *c, int origin, int valuation, leie_size j)
{
    const double *use = c->s->layer[origin][valuation].use;
    return use ? leie_sum(use + j, c->p, c->k) : 0;
}

static double paid(const checking *c, leie_size j)
{
    const leie_table *a = &c->s->account;
    return a->W ? leie_sum(a->W + j, a->input.n, c->k) : 0;
}

static double net_tax(const checking *c, leie_size j)
{
    bool all = c->s->layer[LEIE_ALL_ORIGINS][LEIE_TAX].use || c->s->layer[LEIE_ALL_ORIGINS][LEIE_SUBSIDY].use;
    double tax = 0;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        if (all == (o == LEIE_ALL_ORIGINS))
            tax += bought(c, o, LEIE_TAX, j) - bought(c, o, LEIE_SUBSIDY, j);
    return tax;
}

static leie_status check_industries(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    const double *x = s->account.x ? s->account.x : c->g;
    bool all = s->layer[LEIE_ALL_ORIGINS][LEIE_BASIC].use, home = s->layer[LEIE_DOMESTIC][LEIE_BASIC].use;
    leie_worst output = start(c), basic = start(c), price = start(c);
    for (leie_size j = 0; j < c->k; j++) {
        double use = all ? bought(c, LEIE_ALL_ORIGINS, LEIE_BASIC, j)
                         : bought(c, LEIE_DOMESTIC, LEIE_BASIC, j) + bought(c, LEIE_IMPORTED, LEIE_BASIC, j);
        see(&output, j, x[j], c->g[j]);
        see(&basic, j, use + net_tax(c, j) + paid(c, j), x[j]);
        see(&price, j, bought(c, LEIE_ALL_ORIGINS, LEIE_PURCHASERS, j) + paid(c, j), x[j]);
    }
    leie_status st = LEIE_OK;
    if (s->account.x)
        st = add(c, "output as published = supply of the industry", &output, describe_item, &s->account.sector, err);
    if (!st && !s->account.W)
        return leie_identity_say(c->list, "use + inputs = output", LEIE_SKIPPED, 0, 0, err,
                                 "the table has no primary inputs");
    if (!st && (all || home))
        st = add(c, "use at basic prices + taxes + inputs = output", &basic, describe_item, &s->account.sector, err);
    if (!st && s->layer[LEIE_ALL_ORIGINS][LEIE_PURCHASERS].use)
        st = add(c, "use at purchasers' prices + inputs = output", &price, describe_item, &s->account.sector, err);
    return st;
}

// ---- value added and gross domestic product ----

// Sum of a layer's final part, 0 when it is not given.
static double final_sum(const checking *c, int origin, int valuation)
{
    const double *final = c->s->layer[origin][valuation].final;
    return final ? leie_sum(final, c->p * c->m, 1) : 0;
}

// Rows of W, or of what final use pays, of a kind; the empty kind is value added.
static double inputs_of(const checking *c, const double *rows, leie_size cols, const char *kind)
{
    const leie_labels *input = &c->s->account.input;
    leie_acc sum = {0};
    for (leie_size v = 0; rows && v < input->n; v++) {
        bool added =
            strcmp(input->kind[v], LEIE_INPUT_PRODUCT_TAX) != 0 && strcmp(input->kind[v], LEIE_INPUT_ADJUSTMENT) != 0;
        if (kind[0] ? strcmp(input->kind[v], kind) == 0 : added)
            leie_acc_add(&sum, leie_sum(rows + v * cols, cols, 1));
    }
    return leie_acc_value(&sum);
}

static leie_status check_product(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    const leie_table *a = &s->account;
    if (!a->W)
        return LEIE_OK;
    double added = inputs_of(c, a->W, c->k, ""), tax = inputs_of(c, a->W, c->k, LEIE_INPUT_PRODUCT_TAX) +
                                                       inputs_of(c, s->inputs_final, c->m, LEIE_INPUT_PRODUCT_TAX);
    for (leie_size j = 0; j < c->k; j++)
        tax += net_tax(c, j);
    bool all = s->layer[LEIE_ALL_ORIGINS][LEIE_TAX].use || s->layer[LEIE_ALL_ORIGINS][LEIE_SUBSIDY].use;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        if (all == (o == LEIE_ALL_ORIGINS))
            tax += final_sum(c, o, LEIE_TAX) - final_sum(c, o, LEIE_SUBSIDY);
    double product = added + tax;
    leie_status st = leie_identity_say(c->list, "value added", LEIE_INFO, added, 0, err, "%.10g %s", added, c->unit);
    if (!st)
        st = leie_identity_say(c->list, "gross domestic product by production", LEIE_INFO, product, 0, err, "%.10g %s",
                               product, c->unit);
    if (st || !s->imports || !s->layer[LEIE_ALL_ORIGINS][LEIE_PURCHASERS].use)
        return st;
    double spent = final_sum(c, LEIE_ALL_ORIGINS, LEIE_PURCHASERS) +
                   inputs_of(c, s->inputs_final, c->m, LEIE_INPUT_PRODUCT_TAX) -
                   leie_sum(s->imports, c->p * s->partner.n, 1);
    double gap = fabs(spent - product);
    return leie_identity_say(c->list, "product by expenditure = by production",
                             gap <= BALANCED * c->mean * (double)c->p  ? LEIE_PASS
                             : gap <= ROUNDED * c->mean * (double)c->p ? LEIE_INFO
                                                                       : LEIE_FAIL,
                             gap, BALANCED * c->mean * (double)c->p, err, "%.10g and %.10g %s", spent, product,
                             c->unit);
}

// ---- to know ----

static leie_status show_negatives(checking *c, leie_error *err)
{
    const leie_sut *s = c->s;
    leie_worst use = {.threshold = 0}, final = {.threshold = 0};
    bool split = s->layer[LEIE_DOMESTIC][LEIE_BASIC].use;
    for (int o = split ? LEIE_DOMESTIC : LEIE_ALL_ORIGINS; o < (split ? LEIE_ALL_ORIGINS : LEIE_ORIGINS); o++)
        for (leie_size i = 0; i < c->p * (c->k + c->m); i++) {
            double value = cell_of(s, o, LEIE_BASIC, i);
            if (value < 0)
                leie_worst_see(i < c->p * c->k ? &use : &final, i, -value, value);
        }
    leie_status st = leie_identity_add(c->list, "negative intermediate use at basic prices", LEIE_INFO, 0, &use,
                                       describe_use, s, err);
    return st ? st
              : leie_identity_add(c->list, "negative final use at basic prices", LEIE_INFO, 0, &final, describe_use, s,
                                  err);
}

static leie_status show_re_exports(checking *c, leie_error *err)
{
    const double *final = c->s->layer[LEIE_IMPORTED][LEIE_BASIC].final;
    leie_acc total = {0};
    for (leie_size i = 0; final && i < c->p; i++)
        for (leie_size f = 0; f < c->m; f++)
            if (c->s->account.demand.kind[f] == LEIE_DEMAND_EXPORT)
                leie_acc_add(&total, final[i * c->m + f]);
    if (!final)
        return LEIE_OK;
    return leie_identity_say(c->list, "re-exports: imports that are exported", LEIE_INFO, leie_acc_value(&total), 0,
                             err, "%.10g %s", leie_acc_value(&total), c->unit);
}

static leie_status show_idle(checking *c, const char *name, const double *output, const leie_axis *axis,
                             leie_error *err)
{
    leie_worst idle = {.threshold = -1};
    for (leie_size i = 0; i < axis->n; i++)
        if (output[i] == 0)
            leie_worst_see(&idle, i, 0, 0);
    return leie_identity_add(c->list, name, LEIE_INFO, 0, &idle, describe_item, axis, err);
}

leie_status leie_identities_sut(leie_identities *list, const leie_sut *s, leie_error *err)
{
    static leie_status (*const checks[])(checking *, leie_error *) = {check_products, check_origins,    check_valuation,
                                                                      check_margins,  check_industries, check_product,
                                                                      show_negatives, show_re_exports};
    checking c = {.list = list,
                  .s = s,
                  .p = s->product.n,
                  .k = s->account.sector.n,
                  .m = s->account.demand.n,
                  .unit = s->account.unit ? s->account.unit : ""};
    leie_status st = LEIE_OK;
    c.q = leie_new(c.p, sizeof *c.q);
    c.g = leie_new(c.k, sizeof *c.g);
    if (!c.q || !c.g) {
        st = leie_fail_memory(err, "identities", c.p + c.k, sizeof *c.q);
        goto done;
    }
    leie_sut_product_output(c.q, s);
    leie_sut_industry_output(c.g, s);
    c.mean = c.p > 0 ? leie_sum_abs(c.q, c.p, 1) / (double)c.p : 0;
    for (size_t i = 0; !st && i < sizeof checks / sizeof checks[0]; i++)
        st = checks[i](&c, err);
    if (!st)
        st = show_idle(&c, "products without output", c.q, &s->product, err);
    if (!st)
        st = show_idle(&c, "industries without output", c.g, &s->account.sector, err);
done:
    leie_free(c.q);
    leie_free(c.g);
    return st;
}
