// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_identities.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_identity.h"
#include "io/result/dataset_join.h"
#include "io/result/netcdf.h"
#include "io/result/result_system.h"

static const double EXACT = 1e-9, SOLVED = 1e-12;

bool leie_result_recognise(const char *path)
{
    leie_dataset ds = {0};
    const char *end = strrchr(path, '.');
    bool result = end && strcmp(end, ".nc") == 0 && !leie_netcdf_describe(&ds, path, NULL) &&
                  leie_dataset_get_text(&ds, NULL, "leie_version") && !leie_dataset_get(&ds, NULL, "leie_table");
    leie_dataset_clear(&ds);
    return result;
}

// ---- parts that kinds of results share ----

static void describe_variable(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const leie_dataset *ds = ctx;
    snprintf(out, size, "%s (%g numbers)", ds->var[at]->name, shown);
}

static leie_status add_finite(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    leie_worst worst = {0};
    for (leie_size v = 0; v < ds->vars; v++) {
        const leie_var *var = ds->var[v];
        double infinite = 0;
        for (leie_size i = 0; var->type == LEIE_VAR_DOUBLE && var->number && i < var->count; i++)
            infinite += isinf(var->number[i]) != 0;
        leie_worst_see(&worst, v, infinite, infinite);
    }
    return leie_identity_add(list, "no number is infinite", leie_judge(&worst), 0, &worst, describe_variable, ds, err);
}

static leie_status add_not_negative(leie_identities *list, const leie_dataset *ds, const char *variable, const char *name, leie_error *err)
{
    const leie_labelled cells = {ds, leie_dataset_find(ds, variable)};
    leie_worst worst = {0};
    if (!cells.var || !cells.var->number)
        return LEIE_OK;
    for (leie_size i = 0; i < cells.var->count; i++)
        if (cells.var->number[i] < 0)
            leie_worst_see(&worst, i, -cells.var->number[i], cells.var->number[i]);
    return leie_identity_add(list, name, leie_judge(&worst), 0, &worst, leie_labelled_describe, &cells, err);
}

// ---- the main job ----

static leie_status add_residual(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    const leie_labelled cells = {ds, leie_dataset_find(ds, "solver_residual")};
    leie_worst worst = {.threshold = SOLVED};
    if (!cells.var || !cells.var->number)
        return LEIE_OK;
    for (leie_size i = 0; i < cells.var->count; i++)
        if (!isnan(cells.var->number[i]))
            leie_worst_see(&worst, i, cells.var->number[i], cells.var->number[i]);
    return leie_identity_add(list, "residual of the linear system", leie_judge(&worst), SOLVED, &worst, leie_labelled_describe, &cells, err);
}

static leie_status add_accounts(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    static const leie_cell_term region[] = {{"D_pba", 1}, {"unallocated", -1}, {"D_exp", -1}, {"D_imp", 1}};
    static const char *const part[][2] = {{"footprint", "D_cba = footprint by sector"},
                                          {"footprint_product", "D_cba = footprint by product"},
                                          {"footprint_category", "D_cba = footprint by category"},
                                          {"footprint_origin", "D_cba = footprint by origin"},
                                          {"footprint_origin_sector", "D_cba = footprint by sector of origin"},
                                          {"footprint_supplier", "D_cba = footprint by supplier"}};
    leie_status st = add_residual(list, ds, err);
    st = st ? st : leie_dataset_identity(list, ds, "D_cba = D_pba - unallocated - D_exp + D_imp", EXACT, "D_cba", 4, region, err);
    for (size_t k = 0; k < sizeof part / sizeof part[0] && !st; k++)
        st = leie_dataset_identity(list, ds, part[k][1], EXACT, "D_cba", 1, &(leie_cell_term){part[k][0], 1}, err);
    return st;
}

// ---- stocks ----

// Names of a stock model's variables: of a result of its own, and inside one of the main job.
typedef struct stock_names {
    const char *stock, *inflow, *outflow, *net;
} stock_names;

// stock of a year less the one before = inflow - outflow: over all but the first year, the last dimension.
static leie_status add_stock_change(leie_identities *list, const leie_dataset *ds, const stock_names *of, leie_error *err)
{
    const leie_var *stock = leie_dataset_find(ds, of->stock), *in = leie_dataset_find(ds, of->inflow), *out = leie_dataset_find(ds, of->outflow);
    const leie_labelled cells = {ds, stock};
    leie_worst worst = {.threshold = EXACT};
    if (!stock || !in || !out || !stock->number || !in->number || !out->number || in->count != stock->count || out->count != stock->count || stock->rank < 1)
        return LEIE_OK;
    leie_size years = ds->dim[stock->dim[stock->rank - 1]].n;
    for (leie_size i = 0; i < stock->count; i++) {
        double before = i % years ? stock->number[i - 1] : NAN, scale = fmax(fmax(fabs(stock->number[i]), fabs(before)), fabs(in->number[i]));
        double change = stock->number[i] - before, net = in->number[i] - out->number[i];
        if (i % years && scale > 0)
            leie_worst_see(&worst, i, leie_gap(change, net, scale), change - net);
    }
    return leie_identity_add(list, "change of stock = inflow - outflow", leie_judge(&worst), EXACT, &worst, leie_labelled_describe, &cells, err);
}

// No cohort holds more than in the year before, once it is there.
static leie_status add_cohorts_shrink(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    const leie_var *v = leie_dataset_find(ds, "stock_by_cohort"), *year = leie_dataset_find(ds, "year"), *cohort = leie_dataset_find(ds, "cohort");
    const leie_labelled cells = {ds, v};
    leie_worst worst = {.threshold = EXACT};
    if (!v || !v->number || !year || !cohort || !year->integer || !cohort->integer || v->rank != 3)
        return LEIE_OK;
    leie_size T = year->count, C = cohort->count;
    for (leie_size i = 0; i < v->count; i++) {
        leie_size t = i / C % T;
        double now = v->number[i], before = t ? v->number[i - C] : NAN;
        if (t && cohort->integer[i % C] < year->integer[t] && now > before)
            leie_worst_see(&worst, i, leie_gap(now, before, now), now - before);
    }
    return leie_identity_add(list, "no cohort grows", leie_judge(&worst), EXACT, &worst, leie_labelled_describe, &cells, err);
}

static leie_status add_stocks_named(leie_identities *list, const leie_dataset *ds, const stock_names *of, leie_error *err)
{
    const leie_cell_term net[] = {{of->inflow, 1}, {of->outflow, -1}};
    leie_status st = add_stock_change(list, ds, of, err);
    st = st ? st : leie_dataset_identity(list, ds, "net addition = inflow - outflow", EXACT, of->net, 2, net, err);
    st = st ? st : leie_dataset_identity(list, ds, "stock = its cohorts", EXACT, of->stock, 1, &(leie_cell_term){"stock_by_cohort", 1}, err);
    st = st ? st : add_cohorts_shrink(list, ds, err);
    return st ? st : add_not_negative(list, ds, of->stock, "stocks below zero", err);
}

static leie_status add_stocks(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    return add_stocks_named(list, ds, &(stock_names){"stock", "inflow", "outflow", "net_addition"}, err);
}

static leie_status add_coupled_stocks(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    return add_stocks_named(list, ds, &(stock_names){"stock_total", "stock_inflow", "stock_outflow", "stock_net_addition"}, err);
}

// ---- waste ----

/* waste = treated + exported + without a treatment, by region and type; exports are a list with its labels. */
static leie_status add_waste_routes(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    const leie_var *supply = leie_dataset_find(ds, "waste_supply"), *treated = leie_dataset_find(ds, "waste_treated");
    const leie_var *left = leie_dataset_find(ds, "waste_unrouted"), *out = leie_dataset_find(ds, "waste_exported");
    const leie_var *from = leie_dataset_find(ds, "export_region"), *what = leie_dataset_find(ds, "export_waste");
    const leie_var *region = leie_dataset_find(ds, "region"), *waste = leie_dataset_find(ds, "waste");
    const leie_labelled cells = {ds, supply};
    leie_worst worst = {.threshold = EXACT};
    if (!supply || !treated || !left || !supply->number || !treated->number || !left->number || supply->rank != 2 ||
        left->count != supply->count || treated->count % supply->count != 0 || !region || !region->text || !waste || !waste->text)
        return LEIE_OK;
    leie_size W = waste->count, K = treated->count / supply->count;
    for (leie_size i = 0; i < supply->count; i++) {
        double sum = left->number[i];
        for (leie_size k = 0; k < K; k++)
            sum += treated->number[i * K + k];
        for (leie_size e = 0; out && out->number && from && from->text && what && what->text && e < out->count; e++)
            if (strcmp(from->text[e], region->text[i / W]) == 0 && strcmp(what->text[e], waste->text[i % W]) == 0)
                sum += out->number[e];
        if (supply->number[i] != 0 || sum != 0)
            leie_worst_see(&worst, i, leie_gap(supply->number[i], sum, fmax(fabs(supply->number[i]), fabs(sum))), supply->number[i] - sum);
    }
    return leie_identity_add(list, "waste = treated + exported + without a treatment", leie_judge(&worst), EXACT, &worst, leie_labelled_describe, &cells, err);
}

static leie_status add_waste(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    leie_status st = add_waste_routes(list, ds, err);
    st = st ? st : add_not_negative(list, ds, "waste_generation", "waste generated below zero", err);
    return st ? st : add_not_negative(list, ds, "waste_treated", "waste treated below zero", err);
}

// ---- systems inside a result of the main job ----

// The identities of a part say whose they are.
static void name_part(leie_identity *i, const char *part)
{
    char name[sizeof i->name];
    snprintf(name, sizeof name, "%.24s: %.69s", part, i->name);
    memcpy(i->name, name, sizeof name);
}

static leie_status add_system_named(leie_identities *list, const leie_dataset *ds, const char *part, leie_error *err)
{
    leie_dataset view;
    leie_size before = list->n;
    leie_status st = leie_dataset_view(&view, ds, part, err);
    st = st ? st : leie_identities_system(list, &view, err);
    for (leie_size i = before; i < list->n; i++)
        name_part(&list->item[i], part);
    leie_dataset_view_clear(&view);
    return st;
}

/* Each states its violation under its own name; *systems counts them. */
static leie_status add_systems(leie_identities *list, const leie_dataset *ds, leie_size *systems, leie_error *err)
{
    static const char end[] = "_largest_relative_violation", values[] = "_reconciled";
    leie_status st = LEIE_OK;
    for (leie_size a = 0; a < ds->attribute.n && !st; a++) {
        char part[256];
        const char *name = ds->attribute.item[a].name, *at = strstr(name, end);
        if (!at || at == name || strcmp(at, end) != 0 || (size_t)(at - name) + sizeof values > sizeof part)
            continue;
        snprintf(part, sizeof part, "%.*s%s", (int)(at - name), name, values);
        if (!leie_dataset_find(ds, part))
            continue;
        part[at - name] = '\0';
        st = add_system_named(list, ds, part, err);
        ++*systems;
    }
    return st;
}

// ---- the whole ----

leie_status leie_identities_result(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    static const struct {
        const char *variable; // that only this kind of result has
        leie_status (*add)(leie_identities *list, const leie_dataset *ds, leie_error *err);
    } kind[] = {{"D_cba", add_accounts}, {"reconciled", leie_identities_system}, {"stock", add_stocks}, {"stock_total", add_coupled_stocks},
                {"waste_supply", add_waste}};
    leie_size kinds = 0;
    leie_status st = add_finite(list, ds, err);
    for (size_t k = 0; k < sizeof kind / sizeof kind[0] && !st; k++)
        if (leie_dataset_find(ds, kind[k].variable)) {
            st = kind[k].add(list, ds, err);
            kinds++;
        }
    st = st ? st : add_systems(list, ds, &kinds, err);
    if (!st && !kinds)
        st = leie_fail(err, LEIE_ERR_DATA, "a result without accounts, reconciled flows, stocks or waste has nothing to check");
    return st;
}
