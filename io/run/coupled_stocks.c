// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/coupled_stocks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/stock_run.h"
#include "kernels/memory.h"

__attribute__((format(printf, 4, 5))) static void say(const leie_watch *watch, leie_log_level level, int year, const char *format, ...)
{
    char text[640];
    va_list args;
    if (!watch || !watch->log)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    watch->log(watch->ctx, level, year, text);
}

// ---- opening ----

// The cohorts as scenarios see them; the arrays of the stock model are borrowed.
static leie_status describe_cohorts(leie_coupled_stocks *c, leie_error *err)
{
    leie_size n = c->data.item.n;
    c->life = leie_new(n, sizeof *c->life);
    c->change = leie_new(n, sizeof *c->change);
    if (!c->life || !c->change)
        return leie_fail_memory(err, "cohorts", n, sizeof *c->life);
    for (leie_size i = 0; i < n; i++) {
        c->life[i] = c->data.life[c->data.survival_of[i]];
        c->change[i] = c->data.change[c->data.survival_of[i]];
    }
    return LEIE_OK;
}

// Before the first table nothing is known of the goods: a lifetime is then a steady state.
static void refresh_cohorts(leie_coupled_stocks *c)
{
    c->cohorts = (leie_cohorts){.first_year = c->model.first_year, .years = c->model.years, .before = c->data.before, .within = c->model.within,
                                .life = c->life, .change = c->change, .inflow = c->made.inflow, .stock = c->made.stock,
                                .initial = c->data.before ? c->data.initial : NULL, .durables = c->links.durables, .durable = c->links.durable};
    c->longevity = leie_cohorts_longevity(&c->cohorts);
}

leie_status leie_coupled_stocks_open(leie_coupled_stocks *c, const leie_study *study, leie_error *err)
{
    *c = (leie_coupled_stocks){0};
    if (!study->stocks.line)
        return LEIE_OK;
    leie_status st = leie_stock_study_read(&c->model, study->stocks.model.real, 0, NULL, err);
    c->there = !st;
    c->coupled = study->stocks.durables.real;
    st = st ? st : leie_stock_data_read(&c->data, &c->model, err);
    st = st ? st : leie_stock_compute(&c->made, &c->data, &c->model, err);
    return st ? st : describe_cohorts(c, err);
}

// ---- one table ----

static double inflow_of(const leie_coupled_stocks *c, const leie_durable *d, leie_size t)
{
    double sum = 0;
    for (leie_size i = 0; i < d->items; i++)
        sum += c->made.inflow[d->item[i] * c->model.years + t];
    return sum;
}

static leie_status new_year(leie_stock_year **year, leie_coupled_stocks *c, int when, leie_error *err)
{
    leie_stock_year *grown = leie_resize(c->year, c->years, c->years + 1, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "years of the comparison", c->years + 1, sizeof *grown);
    c->year = grown;
    *year = &grown[c->years++];
    (*year)->year = when;
    (*year)->table = leie_new(c->links.durables, sizeof(double));
    (*year)->model = leie_new(c->links.durables, sizeof(double));
    return (*year)->table && (*year)->model ? LEIE_OK : leie_fail_memory(err, "mass by good", 2 * c->links.durables, sizeof(double));
}

// Mass by the table route against the inflow of the stock model; what is above the limit stops, or is said.
static leie_status compare(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_watch *watch, leie_error *err)
{
    const leie_study_stocks *s = &study->stocks;
    leie_stock_year *year = NULL;
    leie_status st = new_year(&year, c, t->year, err);
    double worst = 0;
    leie_size at = -1;
    for (leie_size g = 0; g < c->links.durables && !st; g++) {
        const leie_durable *d = &c->links.durable[g];
        year->table[g] = leie_durable_mass(d, t);
        year->model[g] = inflow_of(c, d, t->year - c->model.first_year);
        double size = fmax(fabs(year->model[g]), fabs(year->table[g])), gap = size > 0 ? fabs(year->table[g] - year->model[g]) / fmax(year->model[g], 1e-300) : 0;
        if (at < 0 || gap > worst) {
            worst = gap;
            at = g;
        }
    }
    if (st || at < 0)
        return st;
    const char *unit = c->model.unit, *name = c->links.durable[at].name;
    if (worst > s->gap && !s->allow_gap)
        return leie_fail(err, LEIE_ERR_CHECK, "%s:%lld: %d, '%s': final demand puts %.6g %s into stock by the table and %.6g %s by the stock model, a gap of %.1f %%; "
                         "more than %.3g %% stops the coupling (gap, allow_gap)", study->file, (long long)s->line, t->year, name, year->table[at], unit,
                         year->model[at], unit, 100 * worst, 100 * s->gap);
    say(watch, worst > s->gap ? LEIE_LOG_WARNING : LEIE_LOG_NOTE, t->year, "mass put into stock by the table and inflow of the stock model differ most for '%s': %.6g and %.6g %s, %.1f %%%s",
        name, year->table[at], year->model[at], unit, 100 * worst, worst > s->gap ? " (allowed by the study)" : "");
    return LEIE_OK;
}

// Final demand sets the inflow of this year, and later years keep their course.
static void set_inflow(leie_coupled_stocks *c)
{
    const leie_stock_year *now = &c->year[c->years - 1];
    leie_size T = c->model.years, t = now->year - c->model.first_year;
    for (leie_size g = 0; g < c->links.durables; g++) {
        const leie_durable *d = &c->links.durable[g];
        double before = inflow_of(c, d, t);
        for (leie_size i = 0; i < d->items && !d->by_stock; i++) {
            double *given = c->data.given + d->item[i] * T;
            for (leie_size u = t + 1; u < T; u++)
                given[u] *= before > 0 ? now->table[g] / before : 1;
            given[t] = d->part[i] * now->table[g];
        }
    }
}

leie_status leie_coupled_stocks_follow(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_watch *watch,
                                       leie_error *err)
{
    int first = c->model.first_year, last = first + (int)c->model.years - 1;
    if (!c->coupled)
        return LEIE_OK;
    if (t->year < first || t->year > last)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the stock model has the years %d to %d and there is a table of %d", study->file,
                         (long long)study->stocks.line, first, last, t->year);
    leie_stock_links_clear(&c->links);
    leie_status st = leie_stock_links_read(&c->links, &study->stocks, &c->model, &c->data, t, err);
    st = st ? st : compare(c, study, t, watch, err);
    if (st)
        return st;
    if (c->links.loose)
        say(watch, LEIE_LOG_NOTE, t->year, "%lld of %lld items of the stock model are put into stock by no final demand of the table: they follow their own inflow or stock",
            (long long)c->links.loose, (long long)c->data.item.n);
    set_inflow(c);
    leie_stocks_clear(&c->made);
    st = leie_stock_compute(&c->made, &c->data, &c->model, err);
    refresh_cohorts(c);
    return st;
}

// ---- the loop ----

// f of every good and year: inflow over what the table's purchases put into stock.
static leie_status purchases(leie_coupled_stocks *c, const leie_stock_year *base, const leie_study *study, leie_error *err)
{
    leie_size G = c->links.durables, from = c->first - c->model.first_year;
    for (leie_size u = 0; u < c->looped; u++)
        for (leie_size g = 0; g < G; g++) {
            const leie_durable *d = &c->links.durable[g];
            double inflow = inflow_of(c, d, from + u);
            if (inflow > 0 && !(base->table[g] > 0))
                return leie_fail(err, LEIE_ERR_DATA, "%s: '%s': the stock takes in %.6g %s in %d, and the table of %d has no purchases of it that could grow",
                                 study->stocks.durables.shown, d->name, inflow, c->model.unit, c->first + (int)u, c->first);
            bool as_it_is = (u == 0 && !d->by_stock) || !(base->table[g] > 0);
            c->factor[u * G + g] = as_it_is ? 1 : inflow / base->table[g];
        }
    return LEIE_OK;
}

// Demolished mass of the items of every recovery.
static leie_status demolish(leie_coupled_stocks *c, leie_error *err)
{
    leie_size T = c->model.years, n = c->data.item.n, from = c->first - c->model.first_year, E = c->links.recoveries;
    double *work = leie_new(2 * T, sizeof *work), *all = leie_new(n, (size_t)T * sizeof *all);
    leie_status st = work && all ? LEIE_OK : leie_fail_memory(err, "demolished mass", n, (size_t)T * sizeof *all);
    for (leie_size i = 0; i < n && !st; i++) {
        const leie_end_of_life plain = {.demolished = 1};
        st = leie_end_of_life_follow(work, all + i * T, work + T, c->data.end ? &c->data.end[i] : &plain, T, c->made.outflow + i * T, err);
    }
    for (leie_size e = 0; e < E && !st; e++)
        for (leie_size i = 0; i < c->links.recovery[e].items; i++)
            for (leie_size u = 0; u < c->looped; u++)
                c->demolished[u * E + e] += all[c->links.recovery[e].item[i] * T + from + u];
    leie_free(work);
    leie_free(all);
    return st;
}

leie_status leie_coupled_stocks_loop(leie_coupled_stocks *c, const leie_study *study, const leie_table *t, const leie_account_regions *q,
                                     const leie_watch *watch, leie_error *err)
{
    if (!c->coupled)
        return LEIE_OK;
    c->first = t->year;
    c->looped = c->model.first_year + c->model.years - t->year;
    leie_size U = c->looped;
    c->factor = leie_new(U * c->links.durables, sizeof *c->factor);
    c->demolished = leie_new(U * c->links.recoveries, sizeof *c->demolished);
    if (!c->factor || !c->demolished)
        return leie_fail_memory(err, "the loop of stocks and the economy", U * (c->links.durables + c->links.recoveries), sizeof(double));
    leie_status st = purchases(c, &c->year[c->years - 1], study, err);
    for (leie_size i = 0; i < c->links.provenance.sources && !st; i++) {
        const leie_source *s = &c->links.provenance.source[i];
        st = leie_provenance_source(&c->data.provenance, s->role, s->path, s->reader, s->bytes, s->sha256, err);
    }
    st = st ? st : demolish(c, err);
    const leie_loop loop = {.t = t, .q = q, .years = U, .durables = c->links.durables, .recoveries = c->links.recoveries,
                            .replacements = c->links.replacements, .durable = c->links.durable, .recovery = c->links.recovery,
                            .replacement = c->links.replacement, .factor = c->factor, .demolished = c->demolished};
    leie_loop_opts opts = {.linsys = study->linsys, .all = study->stocks.all, .rounds = study->stocks.rounds, .tolerance = study->stocks.tolerance};
    memcpy(opts.exclude, study->exclude, sizeof opts.exclude);
    st = st ? st : leie_loop_run(&c->loop, &loop, &opts, err);
    if (st)
        return st;
    double gap = c->loop.gap[c->loop.rounds - 1];
    if (!c->loop.converged)
        return leie_fail(err, LEIE_ERR_CONVERGE, "%s:%lld: stocks and the economy did not come to rest in %lld rounds: outputs still change by %.2e (rounds, tolerance)",
                         study->file, (long long)study->stocks.line, (long long)c->loop.rounds, gap);
    say(watch, LEIE_LOG_INFO, t->year, "stocks and the economy, %d to %d: %lld rounds, the last one changed outputs by %.1e; residual %.1e, of footprints %.1e", c->first,
        c->first + (int)U - 1, (long long)c->loop.rounds, gap, c->loop.residual, c->loop.response);
    return LEIE_OK;
}

void leie_coupled_stocks_clear(leie_coupled_stocks *c)
{
    for (leie_size y = 0; y < c->years; y++) {
        leie_free(c->year[y].table);
        leie_free(c->year[y].model);
    }
    leie_free(c->year);
    leie_free(c->life);
    leie_free(c->change);
    leie_free(c->factor);
    leie_free(c->demolished);
    leie_loop_result_clear(&c->loop);
    leie_stock_links_clear(&c->links);
    leie_stocks_clear(&c->made);
    leie_stock_data_clear(&c->data);
    leie_stock_study_clear(&c->model);
    *c = (leie_coupled_stocks){0};
}
