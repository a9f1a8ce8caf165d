// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/stock_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "kernels/memory.h"

// Stock of item i before the first year.
static double initial_stock(const leie_stock_data *data, leie_size i)
{
    return data->before ? leie_sum(data->initial + i * data->before, data->before, 1) : 0;
}

// Largest relative gap in  S(t) - S(t-1) = I(t) - O(t).
static double largest_gap(const leie_stocks *s, const leie_stock_data *data)
{
    double gap = 0;
    for (leie_size i = 0; i < s->items; i++) {
        double before = initial_stock(data, i);
        for (leie_size t = i * s->years; t < (i + 1) * s->years; t++) {
            double size = fmax(fabs(s->stock[t]) + fabs(before), s->inflow[t]);
            double open = fabs(s->stock[t] - before - s->inflow[t] + s->outflow[t]);
            gap = size > 0 ? fmax(gap, open / size) : gap;
            before = s->stock[t];
        }
    }
    return gap;
}

leie_status leie_stock_compute(leie_stocks *s, const leie_stock_data *data, const leie_stock_study *study, leie_error *err)
{
    const leie_stock_opts opts = {study->first_year, study->scale_down, study->by_cohort};
    leie_stock_item *item = leie_new(data->item.n, sizeof *item);
    if (!item)
        return leie_fail_memory(err, "items of a stock model", data->item.n, sizeof *item);
    for (leie_size i = 0; i < data->item.n; i++)
        item[i] = (leie_stock_item){.name = data->item.code[i],
                                    .survival = &data->survival[data->survival_of[i]],
                                    .by_stock = data->by_stock[i],
                                    .given = data->given + i * study->years,
                                    .initial = data->before ? data->initial + i * data->before : NULL};
    leie_status st = leie_stocks_make(s, data->item.n, item, &opts, err);
    leie_free(item);
    return st;
}

// ---- the dataset ----

static leie_status add_years(leie_dataset *ds, const char *name, leie_size first, leie_size n, const char *what,
                             leie_error *err)
{
    leie_var *var = NULL;
    leie_size dim = leie_dataset_dim(ds, name, n, err);
    leie_status st = dim < 0 ? (leie_status)dim : leie_dataset_var(&var, ds, name, LEIE_VAR_INT, name, "1", what, err);
    for (leie_size t = 0; t < n && !st; t++)
        var->integer[t] = first + t;
    return st;
}

static leie_status add_items(leie_dataset *ds, const leie_stock_data *data, leie_error *err)
{
    static const char *const name[] = {"item_product", "item_material", "item_region"};
    static const char *const what[] = {"product", "material", "region"};
    leie_status st = leie_dataset_coordinate(ds, "item", data->item.n, data->item.code, NULL,
                                             "product, material and region", err);
    for (int k = 0; k < LEIE_STOCK_PARTS && !st; k++) {
        leie_var *var = NULL;
        st = leie_dataset_var(&var, ds, name[k], LEIE_VAR_TEXT, "item", NULL, what[k], err);
        for (leie_size i = 0; i < data->item.n && !st; i++)
            st = leie_var_set_text(var, i, data->part[i * LEIE_STOCK_PARTS + k], err);
    }
    return st;
}

static leie_status add_flows(leie_dataset *ds, const leie_stocks *s, const char *unit, leie_error *err)
{
    leie_var *net = NULL;
    leie_status st = leie_mfa_numbers(ds, "inflow", "item year", unit, "put into use", "year: sum", s->inflow, err);
    st = st ? st : leie_mfa_numbers(ds, "outflow", "item year", unit, "end of life", "year: sum", s->outflow, err);
    st = st ? st : leie_mfa_numbers(ds, "stock", "item year", unit, "in use at the end of the year", "year: point", s->stock, err);
    st = st ? st : leie_mfa_numbers(ds, "net_addition", "item year", unit, "inflow less outflow", "year: sum", s->inflow, err);
    net = st ? NULL : leie_dataset_find(ds, "net_addition");
    for (leie_size k = 0; net && k < net->count; k++)
        net->number[k] = s->inflow[k] - s->outflow[k];
    if (!st && s->cohort)
        st = leie_mfa_numbers(ds, "stock_by_cohort", "item year cohort", unit,
                         "in use at the end of the year, by year of inflow", "year: point", s->cohort, err);
    return st;
}

static leie_status add_scaled(leie_dataset *ds, const leie_stocks *s, leie_error *err)
{
    leie_var *var = NULL;
    leie_status st = leie_dataset_var(&var, ds, "years_scaled", LEIE_VAR_INT, "item", "1",
                                      "years in which the stock fell faster than lifetimes allow", err);
    for (leie_size i = 0; i < s->items && !st; i++)
        var->integer[i] = s->scaled[i];
    return st;
}

// What the numbers depend on beside the files.
static leie_status add_options(leie_dataset *ds, const leie_stock_study *study, leie_error *err)
{
    static const char *const changes[] = {"constant", "by cohort", "by year"};
    char text[64];
    leie_status st = leie_dataset_text(ds, NULL, "lifetimes", changes[study->within.change], err);
    st = st ? st : leie_dataset_text(ds, NULL, "lifetimes_truncated", study->truncate ? "true" : "as given", err);
    if (study->within.points)
        snprintf(text, sizeof text, "spread evenly over the year, %d points", study->within.points);
    else
        snprintf(text, sizeof text, "age %g at the end of the year of inflow", study->within.age);
    st = st ? st : leie_dataset_text(ds, NULL, "inflow_within_year", text, err);
    return st ? st : leie_dataset_text(ds, NULL, "falling_stock", study->scale_down ? "scaled down" : "refused", err);
}

// What is hibernating, demolished and abandoned.
static leie_status add_ends(leie_dataset *ds, const leie_stock_data *data, const leie_stocks *s, const char *unit, leie_error *err)
{
    leie_var *hibernating = NULL, *demolished = NULL, *abandoned = NULL;
    leie_size T = s->years;
    if (!data->end)
        return LEIE_OK;
    leie_status st = leie_dataset_var(&hibernating, ds, "hibernating", LEIE_VAR_DOUBLE, "item year", unit, "kept out of use at the end of the year", err);
    st = st ? st : leie_dataset_var(&demolished, ds, "demolished", LEIE_VAR_DOUBLE, "item year", unit, "demolished and collected", err);
    st = st ? st : leie_dataset_var(&abandoned, ds, "abandoned", LEIE_VAR_DOUBLE, "item year", unit, "left where it is", err);
    for (leie_size i = 0; i < s->items && !st; i++)
        st = leie_end_of_life_follow(hibernating->number + i * T, demolished->number + i * T, abandoned->number + i * T,
                                     &data->end[i], T, s->outflow + i * T, err);
    st = st ? st : leie_dataset_text(ds, hibernating, "cell_methods", "year: point", err);
    st = st ? st : leie_dataset_text(ds, demolished, "cell_methods", "year: sum", err);
    return st ? st : leie_dataset_text(ds, abandoned, "cell_methods", "year: sum", err);
}

leie_status leie_stock_dataset(leie_dataset *ds, const leie_stock_study *study, const leie_stock_data *data,
                               const leie_stocks *s, leie_error *err)
{
    char unit[128];
    leie_status st = leie_unit_spelling(unit, sizeof unit, study->unit, err);
    st = st ? st : leie_mfa_head(ds, &study->head, "cohort stock model: S(t) = sum_c I(c) sf(t - c)", err);
    st = st ? st : add_options(ds, study, err);
    st = st ? st : add_items(ds, data, err);
    st = st ? st : add_years(ds, "year", study->first_year, study->years, "year", err);
    if (!st && s->cohort)
        st = add_years(ds, "cohort", study->first_year - s->before, s->before + s->years, "year of inflow", err);
    st = st ? st : add_flows(ds, s, unit, err);
    st = st ? st : add_ends(ds, data, s, unit, err);
    st = st ? st : add_scaled(ds, s, err);
    return st ? st : leie_mfa_sources(ds, &data->provenance, err);
}

leie_status leie_stock_run(leie_dataset *ds, const leie_stock_study *study, leie_stock_info *info, leie_error *err)
{
    leie_stock_data data = {0};
    leie_stocks s = {0};
    *info = (leie_stock_info){0};
    leie_status st = leie_stock_data_read(&data, study, err);
    st = st ? st : leie_stock_compute(&s, &data, study, err);
    st = st ? st : leie_stock_dataset(ds, study, &data, &s, err);
    if (!st)
        *info = (leie_stock_info){.items = s.items, .years = s.years, .gap = largest_gap(&s, &data)};
    for (leie_size i = 0; i < info->items; i++)
        info->scaled += s.scaled[i];
    if (st)
        leie_dataset_clear(ds);
    leie_stocks_clear(&s);
    leie_stock_data_clear(&data);
    return st;
}
