// SPDX-License-Identifier: GPL-3.0-or-later
/* How fast are cohort stocks? 10,000 products over 150 years, each with a lifetime of its own: the shares that
 * survive, and the stocks. */
#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "perf/bench.h"
#include "perf/generate.h"
#include "solver/mfa/stock.h"

enum { PRODUCTS = 10000, YEARS = 150 };

typedef struct model {
    leie_lifetime *life;     // [PRODUCTS]
    leie_survival *survival; // [PRODUCTS]
    leie_stock_item *item;   // [PRODUCTS]
    double *given;           // [PRODUCTS, YEARS]
    leie_stocks stocks;
} model;

static leie_status survive(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    model *m = ctx;
    const leie_survival_opts opts = {.age = 0.5};
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size i = first; i < last && !st; i++)
        st = leie_survival_new(&m->survival[i], YEARS, 0, &m->life[i], &opts, err);
    return st;
}

static void work(void *ctx)
{
    model *m = ctx;
    const leie_stock_opts opts = {.first_year = 1900};
    for (int i = 0; i < PRODUCTS; i++)
        leie_survival_clear(&m->survival[i]);
    leie_stocks_clear(&m->stocks);
    bench_need(leie_parallel_for(PRODUCTS, 64, survive, m, NULL), NULL, "survival");
    bench_need(leie_stocks_make(&m->stocks, PRODUCTS, m->item, &opts, NULL), NULL, "stocks");
}

// Largest relative gap between stock change and inflow less outflow.
static double gap(const leie_stocks *s)
{
    double worst = 0;
    for (leie_size i = 0; i < s->items; i++)
        for (leie_size t = i * YEARS + 1; t < (i + 1) * YEARS; t++)
            worst = fmax(worst, fabs(s->stock[t] - s->stock[t - 1] - s->inflow[t] + s->outflow[t]) / s->stock[t]);
    return worst;
}

static void measure(const char *name, leie_lifetime_kind kind, bool by_stock)
{
    model m = {.life = leie_new(PRODUCTS, sizeof *m.life), .survival = leie_new(PRODUCTS, sizeof *m.survival),
               .item = leie_new(PRODUCTS, sizeof *m.item), .given = leie_new(PRODUCTS, YEARS * sizeof(double))};
    bench_need(m.life && m.survival && m.item && m.given ? LEIE_OK : LEIE_ERR_NOMEM, NULL, "products");
    for (leie_size i = 0; i < PRODUCTS; i++) {
        double mean = 5 + 60 * bench_hash(1, (uint64_t)i);
        m.life[i] = (leie_lifetime){.kind = kind, .mean = mean, .sd = 0.4 * mean, .shape = NAN, .scale = NAN, .oldest = INFINITY};
        bench_need(leie_lifetime_settle(&m.life[i], NULL), NULL, "lifetime");
        for (leie_size t = 0; t < YEARS; t++)
            m.given[i * YEARS + t] = by_stock ? 100.0 + (double)t : 10 * bench_hash(2, (uint64_t)(i * YEARS + t));
        m.item[i] = (leie_stock_item){.name = "product", .survival = &m.survival[i], .by_stock = by_stock, .given = m.given + i * YEARS};
    }
    bench_case c = {.name = name, .sizes = "10000 products, 150 years", .allowed = 1e-12};
    c.flops = 5.0 * PRODUCTS * YEARS * (YEARS + 1) / 2;
    bench_measure(&c, work, &m);
    c.residual = gap(&m.stocks);
    bench_report(&c);
    for (int i = 0; i < PRODUCTS; i++)
        leie_survival_clear(&m.survival[i]);
    leie_stocks_clear(&m.stocks);
    leie_free(m.life);
    leie_free(m.survival);
    leie_free(m.item);
    leie_free(m.given);
}

static void ask(void)
{
    measure("inflow-driven, normal", LEIE_LIFE_NORMAL, false);
    measure("inflow-driven, gamma", LEIE_LIFE_GAMMA, false);
    measure("stock-driven, weibull", LEIE_LIFE_WEIBULL, true);
}
BENCH_QUESTION(stock, "cohort stocks", ask)
