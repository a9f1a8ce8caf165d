// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_local.h"

#include <string.h>

#include "io/result/result_impl.h"

// ---- axes ----

static bool same_codes(const leie_labels *a, const leie_labels *b)
{
    for (leie_size i = 0; i < a->n && a->n == b->n; i++)
        if (strcmp(a->code[i], b->code[i]) != 0)
            return false;
    return a->n == b->n;
}

static leie_status check_years(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err)
{
    for (leie_size y = 0; y < years; y++) {
        const leie_local_year *a = &year[y].local, *b = &sample->local;
        const struct {
            const char *what;
            const leie_labels *of, *expected;
        } list[] = {{"places", &a->accounts.place, &b->accounts.place}, {"stocks", &a->accounts.stock, &b->accounts.stock},
                    {"ports", &a->hubs.port, &b->hubs.port}, {"materials of ports", &a->hubs.material, &b->hubs.material}};
        for (size_t i = 0; i < sizeof list / sizeof list[0] && year[y].has_table && !year[y].reused; i++)
            if (!same_codes(list[i].of, list[i].expected))
                return leie_fail(err, LEIE_ERR_DATA, "%d and %d have different %s", sample->year, year[y].year, list[i].what);
    }
    return LEIE_OK;
}

static leie_status add_axis(leie_dataset *ds, const char *dim, const leie_labels *labels, const char *long_name, leie_error *err)
{
    return labels->n ? leie_dataset_coordinate(ds, dim, labels->n, labels->code, labels->name, long_name, err) : LEIE_OK;
}

// ---- accounts by place and stressor ----

static const struct {
    const char *name, *dims, *long_name;
    size_t offset; // of the pointer in leie_local
} fields[] = {
    {"local_D_pba", "year place stressor", "production-based account of places, baseline", offsetof(leie_local, D_pba)},
    {"local_D_pba_sd", "year place stressor", "its standard deviation from keys and firms", offsetof(leie_local, D_pba_sd)},
    {"local_D_cba", "year place stressor", "consumption-based account (footprint) of places, without direct pressures, baseline",
     offsetof(leie_local, D_cba)},
    {"local_D_cba_sd", "year place stressor", "its standard deviation from keys", offsetof(leie_local, D_cba_sd)},
    {"local_direct", "year place stressor", "direct pressures of final demand of places, baseline", offsetof(leie_local, direct)},
    {"local_direct_sd", "year place stressor", "their standard deviation from keys", offsetof(leie_local, direct_sd)},
    {"local_footprint_category", "year place category stressor", "footprint of places by final-demand category, baseline",
     offsetof(leie_local, by_category)}};
enum { FIELDS = sizeof fields / sizeof fields[0] };

static leie_status add_field(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *stressor, int f,
                             const leie_measures *m, leie_error *err)
{
    leie_var *var;
    leie_status st = leie_dataset_var(&var, ds, fields[f].name, LEIE_VAR_DOUBLE, fields[f].dims, m->units[LEIE_IN_STRESSOR],
                                      fields[f].long_name, err);
    if (!st && m->by[LEIE_IN_STRESSOR])
        st = leie_dataset_text(ds, var, "units_by", m->by[LEIE_IN_STRESSOR], err);
    if (!st)
        st = leie_dataset_text(ds, var, "cell_methods", "year: sum", err);
    for (leie_size y = 0; !st && y < years; y++) {
        const leie_local *l = &year[y].local.accounts;
        const double *from;
        if (year[y].reused || l->place.n == 0)
            continue;
        memcpy(&from, (const char *)l + fields[f].offset, sizeof from);
        leie_size rows = l->place.n * (f == FIELDS - 1 ? l->C : 1);
        for (leie_size r = 0; r < rows; r++)
            for (leie_size k = 0; k < l->k; k++) {
                leie_size s = leie_labels_find(stressor, year[y].table.stressor.code[k]);
                var->number[(y * rows + r) * stressor->n + s] = from[r * l->k + k];
            }
    }
    return st;
}

static leie_status add_people(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *stressor,
                              const leie_measures *m, leie_error *err)
{
    leie_var *people, *head = NULL;
    leie_status st = leie_dataset_var(&people, ds, "local_population", LEIE_VAR_DOUBLE, "year place", "1",
                                      "inhabitants of places, by their shares of the region's", err);
    if (!st)
        st = leie_dataset_var(&head, ds, "local_footprint_per_capita", LEIE_VAR_DOUBLE, "year place stressor",
                              m->units[LEIE_IN_STRESSOR], "footprint per inhabitant of places: D_cba and direct pressures", err);
    if (!st && m->by[LEIE_IN_STRESSOR])
        st = leie_dataset_text(ds, head, "units_by", m->by[LEIE_IN_STRESSOR], err);
    for (leie_size y = 0; !st && y < years; y++) {
        const leie_local *l = &year[y].local.accounts;
        const double *population = year[y].local.population;
        for (leie_size p = 0; !year[y].reused && population && p < l->place.n; p++) {
            people->number[y * l->place.n + p] = population[p];
            for (leie_size k = 0; population[p] > 0 && k < l->k; k++) {
                leie_size s = leie_labels_find(stressor, year[y].table.stressor.code[k]);
                head->number[(y * l->place.n + p) * stressor->n + s] =
                    (l->D_cba[p * l->k + k] + l->direct[p * l->k + k]) / population[p];
            }
        }
    }
    return st;
}

// ---- stocks and ports ----

static leie_status add_stocks(leie_dataset *ds, leie_size years, const leie_year *year, const leie_local *sample, leie_error *err)
{
    leie_var *stock, *sd = NULL, *unit = NULL;
    leie_size count = sample->place.n * sample->B;
    leie_status st = leie_dataset_var(&stock, ds, "local_stock", LEIE_VAR_DOUBLE, "year place stock", "1",
                                      "stock of places by shares of floor area", err);
    st = st ? st : leie_dataset_text(ds, stock, "units_by", "stock_unit", err);
    st = st ? st : leie_dataset_var(&sd, ds, "local_stock_sd", LEIE_VAR_DOUBLE, "year place stock", "1", "its standard deviation", err);
    st = st ? st : leie_dataset_text(ds, sd, "units_by", "stock_unit", err);
    st = st ? st : leie_dataset_var(&unit, ds, "stock_unit", LEIE_VAR_TEXT, "stock", NULL, "unit of the stock", err);
    for (leie_size b = 0; !st && b < sample->B; b++) {
        char spelling[128];
        st = leie_unit_spelling(spelling, sizeof spelling, sample->stock.unit[b], err);
        st = st ? st : leie_var_set_text(unit, b, spelling, err);
    }
    for (leie_size y = 0; !st && y < years; y++)
        if (!year[y].reused && year[y].local.accounts.stocks) {
            memcpy(stock->number + y * count, year[y].local.accounts.stocks, (size_t)count * sizeof(double));
            memcpy(sd->number + y * count, year[y].local.accounts.stocks_sd, (size_t)count * sizeof(double));
        }
    return st;
}

static leie_status add_ports(leie_dataset *ds, leie_size years, const leie_year *year, const leie_hubs *sample, leie_error *err)
{
    char unit[128];
    leie_var *flow, *sd = NULL;
    leie_labels flows = {0};
    leie_size count = sample->port.n * LEIE_HUB_FLOWS * sample->material.n;
    leie_status st = LEIE_OK;
    for (int f = 0; !st && f < LEIE_HUB_FLOWS; f++)
        st = leie_labels_add(&flows, leie_hub_flow_name((leie_hub_flow)f), NULL, NULL, NULL, err) < 0 ? LEIE_ERR_NOMEM : LEIE_OK;
    st = st ? st : add_axis(ds, "port", &sample->port, "port", err);
    st = st ? st : add_axis(ds, "port_flow", &flows, "import, export, transit (leaves again as it came), processing (leaves again processed), domestic (what stays)", err);
    st = st ? st : add_axis(ds, "port_material", &sample->material, "material passing through", err);
    st = st ? st : leie_unit_spelling(unit, sizeof unit, sample->unit, err);
    st = st ? st : leie_dataset_var(&flow, ds, "port_account", LEIE_VAR_DOUBLE, "year port port_flow port_material", unit,
                                    "flows through ports, apart from the accounts of places", err);
    st = st ? st : leie_dataset_var(&sd, ds, "port_account_sd", LEIE_VAR_DOUBLE, "year port port_flow port_material", unit,
                                    "their standard deviation", err);
    for (leie_size y = 0; !st && y < years; y++)
        if (!year[y].reused && year[y].local.hubs.value) {
            memcpy(flow->number + y * count, year[y].local.hubs.value, (size_t)count * sizeof(double));
            memcpy(sd->number + y * count, year[y].local.hubs.sd, (size_t)count * sizeof(double));
        }
    leie_labels_clear(&flows);
    return st;
}

leie_status leie_result_add_local(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year *sample,
                                  const leie_labels *stressor, const leie_measures *m, leie_error *err)
{
    const leie_local_year *l = &sample->local;
    if (l->accounts.place.n == 0)
        return LEIE_OK;
    leie_status st = check_years(years, year, sample, err);
    st = st ? st : add_axis(ds, "place", &l->accounts.place, "place inside the region of the local accounts", err);
    for (int f = 0; !st && stressor->n && f < FIELDS; f++)
        st = add_field(ds, years, year, stressor, f, m, err);
    if (!st && stressor->n && l->population)
        st = add_people(ds, years, year, stressor, m, err);
    if (!st && l->accounts.B) {
        st = add_axis(ds, "stock", &l->accounts.stock, "stock", err);
        st = st ? st : add_stocks(ds, years, year, &l->accounts, err);
    }
    return st || l->hubs.port.n == 0 ? st : add_ports(ds, years, year, &l->hubs, err);
}
