// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/stock.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/special.h"

enum { GRAIN = 16 }; // items of a chunk

static const double ROUNDING = 1e-12; // a negative inflow below this share of the stock is none

// ---- what survives ----

// The inflow within a year: ages that are added, with weights.
typedef struct within {
    int points;
    double age[LEIE_INFLOW_POINTS_MAX], weight[LEIE_INFLOW_POINTS_MAX];
    bool spread;
} within;

static within within_year(const leie_survival_opts *opts)
{
    within w = {.points = 1, .age = {opts->age}, .weight = {1}, .spread = opts->points > 0};
    if (w.spread) {
        w.points = opts->points;
        leie_legendre(opts->points, w.age, w.weight);
    }
    return w;
}

// sf of a cohort `years` years after its own, the mean over its inflow.
static double survival_after(const leie_lifetime *life, leie_size years, const within *w)
{
    double a = (double)years, sum = 0;
    if (w->spread && life->kind == LEIE_LIFE_FIXED) // a step: quadrature would miss it
        return fmin(1, fmax(0, life->mean - a));
    for (int i = 0; i < w->points; i++)
        sum += w->weight[i] * leie_lifetime_survival(life, a + w->age[i]);
    return sum;
}

// Row of cohort c: sf of its own lifetime; column 0 is the year before the first.
static void fill_cohort(double *row, const leie_survival *s, leie_size c, const leie_lifetime *life, const within *w)
{
    leie_size first = c < s->before ? 0 : c - s->before + 1;
    for (leie_size col = first; col <= s->years; col++)
        row[col] = survival_after(life, col - 1 - (c - s->before), w);
}

// Row of cohort c: every year takes its share of what the year before left.
static void fill_years(double *row, const leie_survival *s, leie_size c, const leie_lifetime *life, const within *w)
{
    bool old = c < s->before;
    leie_size entry = old ? 0 : c - s->before + 1;
    row[entry] = old ? 1 : survival_after(&life[entry - 1], 0, w);
    for (leie_size col = entry + 1; col <= s->years; col++) {
        leie_size age = col - 1 - (c - s->before);
        double left = survival_after(&life[col - 1], age, w), before = survival_after(&life[col - 1], age - 1, w);
        row[col] = before > 0 ? row[col - 1] * (left / before) : 0;
    }
}

leie_status leie_survival_new(leie_survival *s, leie_size years, leie_size before, const leie_lifetime *life,
                              const leie_survival_opts *opts, leie_error *err)
{
    leie_size cohorts = before + years, columns = opts->change == LEIE_LIFE_CONSTANT ? 1 : years + 1;
    *s = (leie_survival){.years = years, .before = before, .constant = opts->change == LEIE_LIFE_CONSTANT};
    if (years < 1 || before < 0 || !(opts->age >= 0 && opts->age <= 1) || opts->points < 0 ||
        opts->points > LEIE_INFLOW_POINTS_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE,
                         "survival over %lld years with an age of %g and %d points; expected at least one year, an age "
                         "from 0 to 1 and at most %d points",
                         (long long)years, opts->age, opts->points, LEIE_INFLOW_POINTS_MAX);
    s->share = leie_new(cohorts, (size_t)columns * sizeof *s->share);
    if (!s->share)
        return leie_fail_memory(err, "survival by cohort and year", cohorts * columns, sizeof *s->share);
    const within w = within_year(opts);
    for (leie_size c = 0; c < cohorts; c++) {
        double *row = s->share + c * columns;
        if (s->constant)
            *row = survival_after(life, c, &w); // c is an age here
        else if (opts->change == LEIE_LIFE_BY_COHORT)
            fill_cohort(row, s, c, &life[c], &w);
        else
            fill_years(row, s, c, life, &w);
    }
    return LEIE_OK;
}

void leie_survival_clear(leie_survival *s)
{
    leie_free(s->share);
    *s = (leie_survival){0};
}

// Shares of cohort c from year t on; the one at -1 is there for c < A + t.
static const double *shares_from(const leie_survival *s, leie_size c, leie_size t)
{
    return s->constant ? s->share + (t + s->before - c) : s->share + c * (s->years + 1) + t + 1;
}

// ---- one item ----

typedef struct work {
    double *amount; // [C] of each cohort, as if it were new
    double *factor; // [T] share that is left after scaling down, 1 in most years
} work;

// A cohort of the given amount joins the stock of n years; p shares from the first of them on.
static void join_stock(double *stock, double *outflow, leie_size n, double amount, const double *p)
{
    for (leie_size k = 0; k < n; k++)
        stock[k] += amount * p[k];
    for (leie_size k = 1; k < n; k++)
        outflow[k] += amount * (p[k - 1] - p[k]);
}

static void add_initial(double *stock, double *outflow, const leie_stock_item *item, work *w)
{
    const leie_survival *s = item->survival;
    for (leie_size c = 0; c < s->before; c++) {
        const double *p = shares_from(s, c, 0);
        double there = item->initial[s->before - 1 - c];
        w->amount[c] = p[-1] > 0 ? there / p[-1] : 0;
        outflow[0] += p[-1] > 0 ? w->amount[c] * (p[-1] - p[0]) : there;
        join_stock(stock, outflow, s->years, w->amount[c], p);
    }
}

static void add_inflow(double *stock, double *outflow, const leie_survival *s, leie_size t, double inflow, work *w)
{
    const double *p = shares_from(s, s->before + t, t);
    w->amount[s->before + t] = inflow;
    outflow[t] += inflow * (1 - p[0]);
    join_stock(stock + t, outflow + t, s->years - t, inflow, p);
}

// All cohorts lose the same share, so that `wanted` is left in year t.
static void scale_stock(double *stock, double *outflow, leie_size years, leie_size t, double wanted, work *w)
{
    double factor = wanted / stock[t];
    outflow[t] += stock[t] - wanted;
    for (leie_size k = t; k < years; k++)
        stock[k] *= factor;
    for (leie_size k = t + 1; k < years; k++)
        outflow[k] *= factor;
    stock[t] = wanted;
    w->factor[t] = factor;
}

// The inflow of year t that a given stock needs.
static leie_status inflow_for(double *inflow, const double *stock, const leie_stock_item *item, leie_size t,
                              const leie_stock_opts *opts, leie_error *err)
{
    double wanted = item->given[t], missing = wanted - stock[t];
    double share = shares_from(item->survival, item->survival->before + t, t)[0];
    int year = opts->first_year + (int)t;
    if (missing > 0 && !(share > 0))
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s: nothing put into use in %d is left at its end, so the stock of %g cannot be reached",
                         item->name, year, wanted);
    if (missing < -ROUNDING * stock[t] && !opts->scale_down)
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s: the stock of %d is given as %g, but %g is left of earlier years: it falls faster than the "
                         "lifetimes allow (inflow %g)",
                         item->name, year, wanted, stock[t], missing / share);
    *inflow = missing > 0 ? missing / share : 0;
    return LEIE_OK;
}

static leie_status check_given(const leie_stock_item *item, const leie_stock_opts *opts, leie_error *err)
{
    for (leie_size t = 0; t < item->survival->years; t++)
        if (!(item->given[t] >= 0 && isfinite(item->given[t])))
            return leie_fail(err, LEIE_ERR_DATA, "%s: %s of %g in %d; it should be zero or more", item->name,
                             item->by_stock ? "a stock" : "an inflow", item->given[t], opts->first_year + (int)t);
    for (leie_size a = 0; item->initial && a < item->survival->before; a++)
        if (!(item->initial[a] >= 0 && isfinite(item->initial[a])))
            return leie_fail(err, LEIE_ERR_DATA, "%s: an initial stock of %g of age %lld; it should be zero or more",
                             item->name, item->initial[a], (long long)a);
    return LEIE_OK;
}

// S(t, c) for all years and cohorts: the cohort as if new, its share, and every scaling it went through.
static void fill_cohorts(double *cohort, const leie_survival *s, const work *w)
{
    leie_size cohorts = s->before + s->years;
    for (leie_size c = 0; c < cohorts; c++) {
        leie_size first = c < s->before ? 0 : c - s->before;
        const double *p = shares_from(s, c, first);
        double left = w->amount[c];
        for (leie_size t = first; t < s->years; t++) {
            left *= w->factor[t];
            cohort[t * cohorts + c] = left * p[t - first];
        }
    }
}

static leie_status make_item(leie_stocks *s, leie_size i, const leie_stock_item *item, const leie_stock_opts *opts,
                             work *w, leie_error *err)
{
    leie_size T = s->years;
    double *inflow = s->inflow + i * T, *outflow = s->outflow + i * T, *stock = s->stock + i * T;
    leie_status st = check_given(item, opts, err);
    for (leie_size c = 0; c < s->before; c++)
        w->amount[c] = 0;
    if (!st && item->initial)
        add_initial(stock, outflow, item, w);
    for (leie_size t = 0; t < T && !st; t++) {
        w->factor[t] = 1;
        inflow[t] = item->given[t];
        if (item->by_stock)
            st = inflow_for(&inflow[t], stock, item, t, opts, err);
        if (!st && item->by_stock && item->given[t] < stock[t]) {
            s->scaled[i] += item->given[t] < (1 - ROUNDING) * stock[t];
            scale_stock(stock, outflow, T, t, item->given[t], w);
        }
        if (!st)
            add_inflow(stock, outflow, item->survival, t, inflow[t], w);
    }
    if (!st && s->cohort)
        fill_cohorts(s->cohort + i * T * (s->before + T), item->survival, w);
    return st;
}

// ---- all items ----

typedef struct job {
    leie_stocks *s;
    const leie_stock_item *item;
    const leie_stock_opts *opts;
    double *room; // C + T per worker
} job;

static leie_status make_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    job *j = ctx;
    leie_size cohorts = j->s->before + j->s->years;
    double *room = j->room + worker * (cohorts + j->s->years);
    work w = {.amount = room, .factor = room + cohorts};
    leie_status st = LEIE_OK;
    for (leie_size i = first; i < last && !st; i++)
        st = make_item(j->s, i, &j->item[i], j->opts, &w, err);
    return st;
}

static leie_status stocks_new(leie_stocks *s, leie_size items, const leie_stock_item *item, bool by_cohort,
                              leie_error *err)
{
    leie_size T = items ? item[0].survival->years : 0, A = items ? item[0].survival->before : 0;
    *s = (leie_stocks){.items = items, .years = T, .before = A};
    for (leie_size i = 0; i < items; i++)
        if (item[i].survival->years != T || item[i].survival->before != A)
            return leie_fail(err, LEIE_ERR_SHAPE, "%s: survival over %lld years and %lld older cohorts, expected %lld and %lld",
                             item[i].name, (long long)item[i].survival->years, (long long)item[i].survival->before,
                             (long long)T, (long long)A);
    s->inflow = leie_new(items, (size_t)T * sizeof(double));
    s->outflow = leie_new(items, (size_t)T * sizeof(double));
    s->stock = leie_new(items, (size_t)T * sizeof(double));
    s->scaled = leie_new(items, sizeof *s->scaled);
    if (!s->inflow || !s->outflow || !s->stock || !s->scaled)
        return leie_fail_memory(err, "inflow, outflow and stock", 3 * items, (size_t)T * sizeof(double));
    if (by_cohort) {
        s->cohort = leie_new(items * T, (size_t)(A + T) * sizeof(double));
        if (!s->cohort)
            return leie_fail_memory(err, "stock by cohort", items * T * (A + T), sizeof(double));
    }
    return LEIE_OK;
}

leie_status leie_stocks_make(leie_stocks *s, leie_size items, const leie_stock_item *item, const leie_stock_opts *opts,
                             leie_error *err)
{
    job j = {.s = s, .item = item, .opts = opts};
    leie_status st = stocks_new(s, items, item, opts->by_cohort, err);
    if (st)
        goto done;
    j.room = leie_new(leie_threads(), (size_t)(s->before + 2 * s->years) * sizeof *j.room);
    st = j.room ? leie_parallel_for(items, GRAIN, make_items, &j, err)
                : leie_fail_memory(err, "work of a stock model", leie_threads() * (s->before + 2 * s->years), 8);
done:
    leie_free(j.room);
    if (st)
        leie_stocks_clear(s);
    return st;
}

void leie_stocks_clear(leie_stocks *s)
{
    leie_free(s->inflow);
    leie_free(s->outflow);
    leie_free(s->stock);
    leie_free(s->cohort);
    leie_free(s->scaled);
    *s = (leie_stocks){0};
}
