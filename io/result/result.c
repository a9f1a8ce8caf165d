// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/measure.h"
#include "io/result/result_bridge.h"
#include "io/result/result_direct.h"
#include "io/result/result_flows.h"
#include "io/result/result_needs.h"
#include "io/result/result_backcast.h"
#include "io/result/result_impl.h"
#include "io/result/result_lists.h"
#include "io/result/result_local.h"
#include "io/result/result_scenarios.h"
#include "io/result/result_uncertainty.h"
#include "io/run/need_footprints.h"
#include "io/run/version.h"
#include "kernels/memory.h"

// ---- accounts ----

static leie_status measured_variable(leie_var **var, leie_dataset *ds, const char *name, const char *dims,
                                     const char *long_name, const leie_measures *m, leie_measure in, leie_error *err)
{
    leie_status st = leie_dataset_var(var, ds, name, LEIE_VAR_DOUBLE, dims, m->units[in], long_name, err);
    if (!st && m->by[in])
        st = leie_dataset_text(ds, *var, "units_by", m->by[in], err);
    return st;
}

// One account: where it is in leie_accounts, and what it is called in the result.
typedef struct field {
    const char *name, *dims, *long_name;
    size_t offset; // of the pointer in leie_accounts
    leie_measure in;
} field;

#define ACCOUNT(member) offsetof(leie_accounts, member)

static const field fields[] = {
    {"x", "sector", "total output", ACCOUNT(x), LEIE_IN_SECTOR},
    {"production", "stressor sector", "pressure by producing sector, F", ACCOUNT(production), LEIE_IN_STRESSOR},
    {"D_pba", "region stressor", "production-based account: all pressure of the region's sectors", ACCOUNT(D_pba), LEIE_IN_STRESSOR},
    {"D_cba", "region stressor", "consumption-based account (footprint) of final demand, without direct pressures",
     ACCOUNT(D_cba), LEIE_IN_STRESSOR},
    {"D_imp", "region stressor", "pressures abroad for the region's final demand", ACCOUNT(D_imp), LEIE_IN_STRESSOR},
    {"D_exp", "region stressor", "pressures in the region for final demand elsewhere", ACCOUNT(D_exp), LEIE_IN_STRESSOR},
    {"unallocated", "region stressor", "pressure on sectors without output: in D_pba, in no footprint",
     ACCOUNT(unallocated), LEIE_IN_STRESSOR},
    {"direct", "region stressor", "direct pressures of final demand, F_Y", ACCOUNT(direct), LEIE_IN_STRESSOR},
    {"outside", "stressor", "pressures for columns that are in no footprint: exports of a national table, discrepancies, excluded kinds",
     ACCOUNT(outside), LEIE_IN_STRESSOR},
    {"imbalance", "stressor", "pressures for the imbalance of rows, x - A x - Y e: rounding where output is the row sum",
     ACCOUNT(imbalance), LEIE_IN_STRESSOR},
    {"value_added", "sector", "output less intermediate inputs", ACCOUNT(value_added), LEIE_IN_MONEY},
    {"final_demand", "region category", "final demand", ACCOUNT(final_demand), LEIE_IN_MONEY},
    {"footprint_product", "region stressor product", "D_cba by product bought", ACCOUNT(by_product), LEIE_IN_STRESSOR},
    {"footprint", "region stressor sector", "D_cba by final product and the region that sold it", ACCOUNT(by_sector), LEIE_IN_STRESSOR},
    {"footprint_category", "region category stressor", "D_cba by final-demand category", ACCOUNT(by_category), LEIE_IN_STRESSOR},
    {"direct_category", "region category stressor", "direct pressures by final-demand category", ACCOUNT(direct_category), LEIE_IN_STRESSOR},
    {"footprint_origin", "region origin stressor", "D_cba by region of extraction or emission", ACCOUNT(by_origin), LEIE_IN_STRESSOR},
    {"footprint_origin_sector", "region stressor sector", "D_cba by region and industry of extraction or emission",
     ACCOUNT(by_origin_sector), LEIE_IN_STRESSOR},
    {"footprint_supplier", "region supplier stressor", "D_cba by region that sold the final product", ACCOUNT(by_supplier), LEIE_IN_STRESSOR},
    {"imports_product", "region stressor product", "D_imp by product bought", ACCOUNT(imp_by_product), LEIE_IN_STRESSOR},
    {"exports_sector", "stressor sector", "D_exp by producing sector", ACCOUNT(exp_by_sector), LEIE_IN_STRESSOR},
    {"trade", "exporter importer", "gross sales between regions, intermediate and final", ACCOUNT(trade), LEIE_IN_MONEY},
    {"trade_embodied", "stressor exporter importer", "gross sales between regions valued with the multipliers of the seller",
     ACCOUNT(trade_embodied), LEIE_IN_STRESSOR},
    {"trade_outside", "exporter stressor",
     "pressures of a region's sales out of the table: its columns in no footprint and its imbalances, valued with multipliers",
     ACCOUNT(trade_outside), LEIE_IN_STRESSOR},
    {"imports_rme", "region stressor", "gross imports in raw material equivalents: valued with the multipliers of the seller", ACCOUNT(imp_rme), LEIE_IN_STRESSOR},
    {"exports_rme", "region stressor", "gross exports in raw material equivalents, sales out of the table too", ACCOUNT(exp_rme), LEIE_IN_STRESSOR},
    {"left_out", "region stressor", "pressures for final demand of the kinds that the study excludes", ACCOUNT(left_out), LEIE_IN_STRESSOR},
    {"imports_rme_product", "region stressor product", "gross imports in raw material equivalents by product imported", ACCOUNT(imp_rme_product), LEIE_IN_STRESSOR},
    {"exports_rme_product", "region stressor product", "gross exports in raw material equivalents by product exported", ACCOUNT(exp_rme_product), LEIE_IN_STRESSOR},
    {"imports_rme_sector", "region stressor sector", "gross imports in raw material equivalents by industry that uses them", ACCOUNT(imp_rme_sector), LEIE_IN_STRESSOR},
    {"imports_rme_category", "region category stressor", "gross imports in raw material equivalents by category that uses them", ACCOUNT(imp_rme_category), LEIE_IN_STRESSOR},
    {"imports_rme_origin", "region origin stressor", "gross imports in raw material equivalents by region that sold them", ACCOUNT(imp_rme_origin), LEIE_IN_STRESSOR},
    {"imports_rme_domestic", "region stressor", "gross imports valued with the importing region's own technology", ACCOUNT(imp_rme_domestic), LEIE_IN_STRESSOR},
    {"domestic_technology_uncovered", "region", "imports of products that the importing region does not make, valued with the seller's multipliers", ACCOUNT(dta_uncovered), LEIE_IN_MONEY},
    {"multiplier", "stressor sector", "multiplier M = S L: pressure per unit of the sector's sales to final demand", ACCOUNT(M), LEIE_IN_INTENSITY},
};

enum { FIELDS = sizeof fields / sizeof fields[0] };

static const double *account_array(const leie_accounts *a, const field *f)
{
    const double *array;
    memcpy(&array, (const char *)a + f->offset, sizeof array);
    return array;
}

static leie_status account_variable(leie_var **var, leie_dataset *ds, const field *f, const leie_measures *m, leie_error *err)
{
    char dims[96];
    snprintf(dims, sizeof dims, "scenario year %s", f->dims);
    leie_status st = measured_variable(var, ds, f->name, dims, f->long_name, m, f->in, err);
    return st ? st : leie_dataset_text(ds, *var, "cell_methods", f->in == LEIE_IN_INTENSITY ? "year: mean" : "year: sum", err);
}

void leie_result_fill_slab(leie_var *var, const leie_dataset *ds, leie_size y, const double *from, leie_size regions,
                           leie_size stressors, const leie_size *map, leie_size products)
{
    leie_size size[LEIE_RANK_MAX], step[LEIE_RANK_MAX], count = 1;
    int at = -1, rank = var->rank - 2; // behind scenario and year
    for (int d = rank - 1; d >= 0; d--) {
        const leie_dim *dim = &ds->dim[var->dim[d + 2]];
        step[d] = d == rank - 1 ? 1 : step[d + 1] * ds->dim[var->dim[d + 3]].n;
        size[d] = dim->n;
        if (strcmp(dim->name, "stressor") == 0) {
            at = d;
            size[d] = stressors;
        }
        if (strcmp(dim->name, "region") == 0)
            size[d] = regions;
        if (strcmp(dim->name, "product") == 0)
            size[d] = products;
        count *= size[d];
    }
    leie_size slab = rank ? step[0] * ds->dim[var->dim[2]].n : 1;
    double *to = var->number + y * slab;
    for (leie_size i = 0; i < count; i++) {
        leie_size rest = i, target = 0;
        for (int d = rank - 1; d >= 0; d--) {
            leie_size index = rest % size[d];
            rest /= size[d];
            target += step[d] * (d == at ? map[index] : index);
        }
        to[target] = from[i];
    }
}

static leie_status fill_accounts(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *stressor,
                                 const leie_measures *m, leie_error *err)
{
    leie_size *map = leie_new(stressor->n ? stressor->n : 1, sizeof *map);
    if (!map)
        return leie_fail_memory(err, "stressor positions", stressor->n, sizeof *map);
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < FIELDS; i++) {
        const field *f = &fields[i];
        bool present = false;
        for (leie_size y = 0; y < years; y++)
            present |= !year[y].reused && account_array(&year[y].accounts, f) != NULL;
        if (!present || (strstr(f->dims, "stressor") && stressor->n == 0))
            continue;
        leie_var *var;
        st = account_variable(&var, ds, f, m, err);
        for (leie_size y = 0; !st && y < years; y++) {
            if (year[y].reused || !account_array(&year[y].accounts, f))
                continue;
            const leie_labels *own = &year[y].table.stressor;
            for (leie_size k = 0; k < own->n; k++)
                map[k] = leie_labels_find(stressor, own->code[k]);
            leie_result_fill_slab(var, ds, y, account_array(&year[y].accounts, f), year[y].accounts.q, own->n, map, year[y].accounts.P);
        }
    }
    leie_free(map);
    return st;
}

static leie_status fill_population(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *stressor,
                                   const leie_year *sample, const leie_measures *m, leie_error *err)
{
    leie_size regions = ds->dim[leie_dataset_find_dim(ds, "region")].n;
    if (!sample->population)
        return LEIE_OK;
    leie_var *population, *head = NULL;
    leie_status st = leie_dataset_var(&population, ds, "population", LEIE_VAR_DOUBLE, "year region", "1",
                                      "inhabitants", err);
    if (!st && stressor->n)
        st = measured_variable(&head, ds, "footprint_per_capita", "scenario year region stressor",
                               "footprint per inhabitant: D_cba and direct pressures", m, LEIE_IN_STRESSOR, err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused || !year[y].has_table)
            continue;
        const leie_accounts *a = &year[y].accounts;
        for (leie_size r = 0; r < a->q; r++) {
            double people = year[y].population[r];
            population->number[y * regions + r] = people;
            for (leie_size k = 0; k < a->k; k++) {
                leie_size s = leie_labels_find(stressor, year[y].table.stressor.code[k]);
                if (people > 0)
                    head->number[(y * regions + r) * stressor->n + s] = (a->D_cba[r * a->k + k] + a->direct[r * a->k + k]) / people;
            }
        }
    }
    return st;
}

// ---- what each year says about itself ----

static leie_status fill_years(leie_dataset *ds, const leie_study *study, leie_size years, const leie_year *year,
                              leie_error *err)
{
    leie_var *hash = NULL, *solver = NULL, *residual = NULL, *condition = NULL, *prices = NULL, *source = NULL, *licence = NULL;
    leie_status st = leie_dataset_var(&hash, ds, "input_hash", LEIE_VAR_TEXT, "year", NULL,
                                      "SHA-256 over program, options and input files of the year", err);
    if (!st)
        st = leie_dataset_var(&solver, ds, "solver", LEIE_VAR_TEXT, "scenario year", NULL, "linear solver", err);
    if (!st)
        st = leie_dataset_var(&prices, ds, "prices", LEIE_VAR_TEXT, "year", NULL, "prices of the table", err);
    if (!st)
        st = leie_dataset_var(&source, ds, "table_source", LEIE_VAR_TEXT, "year", NULL, "who published the table", err);
    if (!st)
        st = leie_dataset_var(&licence, ds, "table_license", LEIE_VAR_TEXT, "year", NULL, "licence of the table", err);
    if (!st)
        st = leie_dataset_var(&residual, ds, "solver_residual", LEIE_VAR_DOUBLE, "scenario year", "1",
                              "largest relative residual of the linear systems", err);
    if (!st && study->linsys.condition)
        st = leie_dataset_var(&condition, ds, "solver_condition", LEIE_VAR_DOUBLE, "scenario year", "1",
                              "condition of I - A in the 1-norm, estimated from below", err);
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused || !year[y].has_table)
            continue;
        const leie_linsys_info *info = &year[y].accounts.linsys;
        const leie_table *t = &year[y].table;
        residual->number[y] = info->residual;
        if (condition)
            condition->number[y] = info->condition.number;
        st = leie_var_set_text(hash, y, year[y].hash, err);
        if (!st)
            st = leie_var_set_text(solver, y, leie_solver_name(info->solver), err);
        if (!st)
            st = leie_var_set_text(prices, y, t->prices ? t->prices : "", err);
        if (!st)
            st = leie_var_set_text(source, y, t->source ? t->source : "", err);
        if (!st)
            st = leie_var_set_text(licence, y, t->licence ? t->licence : "", err);
    }
    return st;
}

// A global attribute that holds the different texts of a variable, once each, "; " between.
static leie_status join_texts(leie_dataset *ds, const char *attribute, const char *variable, leie_error *err)
{
    const leie_var *var = leie_dataset_find(ds, variable);
    leie_labels distinct = {0};
    leie_size size = 1;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < var->count; i++) {
        if (!var->text[i][0] || leie_labels_find(&distinct, var->text[i]) >= 0)
            continue;
        leie_size at = leie_labels_add(&distinct, var->text[i], NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
        size += (leie_size)strlen(var->text[i]) + 2;
    }
    char *joined = leie_new(size, 1);
    if (!st && !joined)
        st = leie_fail_memory(err, attribute, size, 1);
    for (leie_size i = 0; !st && i < distinct.n; i++) {
        strcat(joined, i ? "; " : "");
        strcat(joined, distinct.code[i]);
    }
    if (!st && joined[0])
        st = leie_dataset_text(ds, NULL, attribute, joined, err);
    leie_labels_clear(&distinct);
    leie_free(joined);
    return st;
}

static leie_status global_attributes(leie_dataset *ds, const leie_study *study, const leie_year *sample, leie_error *err)
{
    static const leie_table none = {0};
    char version[128];
    snprintf(version, sizeof version, "%s (%s)", leie_version(), leie_commit());
    const leie_table *t = sample ? &sample->table : &none;
    const char *const text[][2] = {
        {"Conventions", "CF-1.10, ACDD-1.3"},
        {"title", study->title ? study->title : study->name},
        {"summary", study->summary},
        {"keywords", "input-output analysis, material footprint, raw material consumption, circular economy"},
        {"study", study->name},
        {"edition", study->edition},
        {"label", study->label},
        {"method", sample ? "Leontief quantity model: A = Z diag(x)^-1, M = S (I - A)^-1, D_cba = M Y; route: io"
                          : "economy-wide material flow accounts; raw material equivalents by coefficients"},
        {"route", sample ? "io" : NULL},
        {"currency", t->currency},
        {"money_unit", t->unit},
        {"valuation", t->valuation},
        {"table_system", t->system},
        {"leie_version", version},
        {"options_sha256", study->options_sha256},
    };
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof text / sizeof text[0]; i++)
        if (text[i][1] && text[i][1][0])
            st = leie_dataset_text(ds, NULL, text[i][0], text[i][1], err);
    return st;
}

// Numbers know their edition, also when they leave the file; those of material flows have their own already.
static leie_status mark_edition(leie_dataset *ds, const char *edition, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && edition && edition[0] && i < ds->vars; i++) {
        leie_var *v = ds->var[i];
        if (v->type == LEIE_VAR_DOUBLE && !leie_dataset_get(ds, v, "edition"))
            st = leie_dataset_text(ds, v, "edition", edition, err);
    }
    return st;
}

// ---- the whole ----

// Regions and sectors must be the same in every year.
static leie_status same_axes(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err)
{
    for (leie_size y = 0; y < years; y++) {
        if (year[y].reused || !year[y].has_table || leie_axis_same(&year[y].table.sector, &sample->table.sector))
            continue;
        const leie_axis *a = &sample->table.sector, *b = &year[y].table.sector;
        leie_size i = 0;
        while (i < a->n && i < b->n && strcmp(a->code[i], b->code[i]) == 0 &&
               strcmp(a->region.code[a->of[i]], b->region.code[b->of[i]]) == 0)
            i++;
        return leie_fail(err, LEIE_ERR_DATA,
                         "%d and %d have different sectors: %lld and %lld, the first difference at position %lld (%s %s, %s %s); "
                         "aggregate both to one list",
                         sample->year, year[y].year, (long long)a->n, (long long)b->n, (long long)i,
                         i < a->n ? a->region.code[a->of[i]] : "-", i < a->n ? a->code[i] : "-",
                         i < b->n ? b->region.code[b->of[i]] : "-", i < b->n ? b->code[i] : "-");
    }
    return LEIE_OK;
}

// What comes from tables; sample is a computed year, whose labels and units count for all.
static leie_status fill_tables(leie_dataset *ds, const leie_study *study, leie_size years, leie_year *year, const leie_year *sample,
                               const leie_labels *stressor, const leie_scenarios *set, leie_error *err)
{
    leie_measures m;
    const leie_labels *product = &sample->accounts.product; // with new processes, when scenarios have some
    for (leie_size y = 0; y < years; y++)
        product = year[y].outcomes.product.n > product->n ? &year[y].outcomes.product : product;
    leie_status st = leie_result_table_axes(ds, sample, stressor, product, err);
    if (!st)
        st = leie_measures_of(&m, &sample->table, stressor, err);
    if (!st)
        st = fill_accounts(ds, years, year, stressor, &m, err);
    if (!st)
        st = fill_population(ds, years, year, stressor, sample, &m, err);
    if (!st)
        st = leie_result_add_local(ds, years, year, sample, stressor, &m, err);
    if (!st)
        st = leie_result_add_backcasts(ds, study, years, year, stressor, err);
    if (!st)
        st = leie_result_add_needs(ds, years, year, sample, stressor, &m, err);
    st = st ? st : fill_years(ds, study, years, year, err);
    if (!st && set)
        st = leie_result_add_scenarios(ds, years, year, set, stressor, &m, err);
    return st ? st : leie_result_add_uncertainty(ds, study, years, year, stressor, &m, err);
}

leie_status leie_result_build(leie_dataset *ds, bool *fits, const leie_study *study, leie_size years, leie_year *year,
                              const leie_account_regions *q, const leie_flow_accounts *flows, const leie_scenarios *set,
                              const leie_dataset *old, leie_error *err)
{
    const leie_year *sample = NULL; // NULL only for a study of flows alone
    for (leie_size y = 0; y < years && !sample; y++)
        if (year[y].has_table && !year[y].reused)
            sample = &year[y];
    assert(sample || flows->there);
    bool reuses = false;
    for (leie_size y = 0; y < years; y++)
        reuses |= year[y].reused;
    *fits = !reuses || leie_money_fits(old, &sample->table);
    if (!*fits)
        return LEIE_OK;
    leie_labels stressor = {0}, region = {0};
    leie_status st = sample ? same_axes(years, year, sample, err) : LEIE_OK;
    if (!st && sample)
        st = leie_money_same(years, year, sample, err);
    if (!st)
        st = leie_result_stressors(&stressor, years, year, old, err);
    if (!st)
        st = leie_result_regions(&region, q, flows, err);
    if (!st)
        st = global_attributes(ds, study, sample, err);
    if (!st)
        st = leie_result_common_axes(ds, years, year, &region, set, err);
    if (!st)
        st = leie_result_add_materials(ds, flows, &stressor, err);
    if (!st && sample)
        st = fill_tables(ds, study, years, year, sample, &stressor, set, err);
    if (!st && sample && sample->bridge)
        st = leie_result_add_bridge(ds, flows, years, year, q, err);
    if (!st && sample && sample->direct.q)
        st = leie_result_add_direct(ds, flows, years, year, q, err);
    if (!st)
        st = leie_result_add_notes(ds, years, year, flows, old, err);
    if (!st)
        st = leie_result_add_adjustments(ds, years, year, old, err);
    if (!st)
        st = leie_result_add_factors(ds, years, year, old, err);
    for (leie_size y = 0; !st && *fits && y < years; y++)
        if (year[y].reused)
            st = leie_reuse_year(ds, y, old, year[y].old_year, fits, err);
    if (!st && sample)
        st = join_texts(ds, "source", "table_source", err);
    if (!st && sample)
        st = join_texts(ds, "license", "table_license", err);
    if (!st && *fits)
        st = leie_result_add_flows(ds, flows, err);
    if (!st && *fits)
        st = mark_edition(ds, study->edition, err);
    if (st || !*fits)
        leie_dataset_clear(ds);
    leie_labels_clear(&stressor);
    leie_labels_clear(&region);
    return st;
}

void leie_year_clear(leie_year *year)
{
    leie_table_clear(&year->table);
    leie_accounts_clear(&year->accounts);
    leie_outcomes_clear(&year->outcomes);
    leie_direct_clear(&year->direct);
    for (leie_size i = 0; i < year->scenario_flows; i++) {
        leie_accounts_clear(&year->scenario_flow[i].accounts);
        leie_direct_clear(&year->scenario_flow[i].direct);
    }
    leie_free(year->scenario_flow);
    leie_free(year->bridge);
    leie_year_needs_clear(year);
    leie_free(year->population);
    leie_local_year_clear(&year->local);
    leie_montecarlo_close(&year->uncertainty);
    leie_scenario_draws_close(&year->drawn);
    leie_joint_close(&year->joint);
    leie_free(year->backcast);
    *year = (leie_year){0};
}
