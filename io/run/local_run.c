// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/local_run.h"

#include <math.h>
#include <string.h>

#include "io/read/read_table.h"
#include "kernels/memory.h"

/* Shares of the places in one key variable: the nest's shares of direct pressures with that variable in its place. */
static leie_status variable_shares(double **share, const leie_study_nest *spec, const char *variable, leie_table *t,
                                   leie_error *err)
{
    leie_study_nest of = *spec;
    leie_nest shares = {0};
    char *name = leie_strdup(variable);
    of.direct = name;
    *share = leie_new(spec->region.n, sizeof **share);
    leie_status st = name && *share ? LEIE_OK : leie_fail_memory(err, "shares of places", spec->region.n, sizeof **share);
    if (!st)
        st = leie_read_keys(&shares, &of, t, &t->provenance, err);
    for (leie_size m = 0; !st && m < spec->region.n; m++)
        (*share)[m] = (shares.direct ? shares.direct : shares.demand)[m * shares.categories];
    leie_nest_shares_free(&shares);
    leie_free(name);
    if (st)
        *share = leie_free(*share);
    return st;
}

static leie_status read_stocks(leie_local_stocks *stocks, const leie_study_local *spec, const leie_study_nest *nest,
                               leie_table *t, leie_error *err)
{
    if (!spec->stocks.real)
        return LEIE_OK;
    leie_status st = leie_read_local_stocks(stocks, &spec->stocks, t->year, &t->provenance, err);
    if (!st && stocks->label.n)
        st = variable_shares(&stocks->share, nest, "floor_area", t, err);
    return st;
}

static leie_status read_people(leie_local_year *l, const leie_study_nest *nest, leie_table *t, leie_size q,
                               const double *population, leie_error *err)
{
    if (!population || isnan(population[q]) || !nest->direct || strcmp(nest->direct, "population") != 0)
        return LEIE_OK;
    leie_status st = variable_shares(&l->population, nest, "population", t, err);
    for (leie_size m = 0; !st && m < nest->region.n; m++)
        l->population[m] *= population[q];
    return st;
}

// A copy of the nest that shares its strings but has its own list of places.
static leie_status nest_of(leie_study_nest *nest, const leie_study_local *spec, leie_provenance *p, leie_error *err)
{
    *nest = spec->nest;
    nest->region = (leie_labels){0};
    return spec->places.real ? leie_read_places(&nest->region, &spec->places, p, err)
                             : leie_labels_copy(&nest->region, &spec->nest.region, err);
}

static leie_status make(leie_local_year *l, const leie_study_local *spec, const leie_study_nest *nest, leie_table *t,
                        const leie_account_regions *q, const leie_accounts *a, const double *population, leie_error *err)
{
    leie_nest shares = {0};
    leie_local_stocks stocks = {0};
    leie_local_firm *firm = NULL;
    leie_local_opts opts = {spec->industry_error, spec->demand_error, spec->direct_error, spec->stock_error, 0, NULL};
    leie_size region = leie_labels_find(&t->sector.region, nest->country), at = leie_labels_find(&q->label, nest->country);
    if (region < 0 || at < 0) {
        const char *near = leie_labels_nearest(&t->sector.region, nest->country);
        return leie_fail(err, LEIE_ERR_DATA, "local accounts of '%s': %s%s%s%s", nest->country,
                         region < 0 ? "it is no region of the table" : "it is not among the account regions",
                         near ? "; '" : "", near ? near : "", near ? "' is near" : "");
    }
    leie_status st = leie_read_keys(&shares, nest, t, &t->provenance, err);
    if (!st && spec->firms.real)
        st = leie_read_firms(&firm, &opts.firms, &spec->firms, t->year, &nest->region, t, region, &t->provenance, err);
    opts.firm = firm;
    if (!st)
        st = read_stocks(&stocks, spec, nest, t, err);
    if (!st)
        st = leie_local_make(&l->accounts, a, t, q, &shares, &stocks, &opts, err);
    if (!st)
        st = read_people(l, nest, t, at, population, err);
    if (!st && spec->ports.real)
        st = leie_read_hubs(&l->hubs, &spec->ports, t->year, &t->provenance, err);
    if (!st)
        st = leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, l->accounts.place.n, err,
                                  "accounts of %s brought down to %lld places by keys: they add up to it within %.1e",
                                  nest->country, (long long)l->accounts.place.n, l->accounts.worst);
    leie_nest_shares_free(&shares);
    leie_local_stocks_clear(&stocks);
    leie_free(firm);
    return st;
}

leie_status leie_local_run(leie_local_year *l, const leie_study *study, leie_table *t, const leie_account_regions *q,
                           const leie_accounts *a, const double *population, leie_error *err)
{
    leie_study_nest nest;
    leie_error why = {0};
    *l = (leie_local_year){0};
    if (!study->local.nest.country)
        return LEIE_OK;
    leie_status st = nest_of(&nest, &study->local, &t->provenance, &why);
    if (!st)
        st = make(l, &study->local, &nest, t, q, a, population, &why);
    leie_labels_clear(&nest.region);
    if (st)
        leie_local_year_clear(l);
    return st ? leie_fail(err, st, "%s:%lld: %s", study->file, (long long)study->local.nest.line, why.text) : LEIE_OK;
}

void leie_local_year_clear(leie_local_year *l)
{
    leie_local_clear(&l->accounts);
    leie_hubs_clear(&l->hubs);
    leie_free(l->population);
    *l = (leie_local_year){0};
}
