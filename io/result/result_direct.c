// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_direct.h"

#include <stdio.h>

// What a variable holds: extraction, imports and exports with these signs.
typedef struct indicator {
    const char *name, *long_name;
    int de, imp, exp;
} indicator;

static const indicator indicators[] = {
    {"dmi", "direct material input, extraction and tonnes of imports", 1, 1, 0},
    {"dmc", "domestic material consumption: the same less tonnes of exports", 1, 1, -1},
    {"ptb", "physical trade balance", 0, 1, -1}};
enum { INDICATORS = sizeof indicators / sizeof indicators[0] };

// One scenario and year at work: where its materials are in the list of materials.
typedef struct view {
    const leie_direct *d;
    const leie_year *year;
    const leie_account_regions *q;
    const leie_var *material;
    const leie_materials *list;
    leie_size slab, regions, products; // slab: scenario x years + year; products of the axis, more than d->P where scenarios add some
} view;

static leie_size material_at(const view *v, leie_size m)
{
    return leie_labels_find(&v->list->label, v->material->text[m]);
}

// First value of a region and material in a variable whose last axis has `width`.
static double *row_of(leie_var *var, const view *v, leie_size q, leie_size m, leie_size width)
{
    return var->number + ((v->slab * v->regions + q) * v->material->count + m) * width;
}

static double sum_of(const indicator *f, double de, double imp, double exp)
{
    double sum = f->de ? de : 0;
    sum += f->imp ? imp : 0;
    return f->exp ? sum - exp : sum;
}

// By industry: rows of other regions stay missing.
static void put_sectors(leie_var *var, const view *v, const indicator *f)
{
    const leie_direct *d = v->d;
    const leie_axis *sector = &v->year->table.sector;
    for (leie_size q = 0; q < d->q; q++)
        for (leie_size m = 0; m < v->material->count; m++) {
            leie_size at = material_at(v, m), row = (q * d->M + at) * d->n;
            double *to = row_of(var, v, q, m, d->n);
            for (leie_size j = 0; j < d->n; j++)
                if (v->q->member[q * sector->region.n + sector->of[j]])
                    to[j] = sum_of(f, d->de_sector[at * d->n + j], d->imp_sector[row + j], d->exp_sector[row + j]) / 1000;
        }
}

// By product: extraction belongs to the product of the industry.
static void put_products(leie_var *var, const view *v, const indicator *f)
{
    const leie_direct *d = v->d;
    const leie_axis *sector = &v->year->table.sector;
    const leie_labels *product = &v->year->accounts.product;
    for (leie_size q = 0; q < d->q; q++)
        for (leie_size m = 0; m < v->material->count; m++) {
            leie_size at = material_at(v, m), row = (q * d->M + at) * d->P;
            double *to = row_of(var, v, q, m, v->products);
            for (leie_size p = 0; p < d->P; p++)
                to[p] = sum_of(f, 0, d->imp_product[row + p], d->exp_product[row + p]) / 1000;
            for (leie_size j = 0; f->de && j < d->n; j++)
                if (v->q->member[q * sector->region.n + sector->of[j]])
                    to[leie_labels_find(product, sector->code[j])] += d->de_sector[at * d->n + j] / 1000;
        }
}

static void put_categories(leie_var *var, const view *v)
{
    const leie_direct *d = v->d;
    for (leie_size q = 0; q < d->q; q++)
        for (leie_size m = 0; m < v->material->count; m++) {
            leie_size row = (q * d->M + material_at(v, m)) * d->C;
            double *to = row_of(var, v, q, m, d->C);
            for (leie_size c = 0; c < d->C; c++)
                to[c] = (d->de_category[row + c] + d->imp_category[row + c]) / 1000;
        }
}

// All imports (side 0) or exports (1) of a region in tonnes, with what no user could be found for.
static void put_totals(leie_var *var, const view *v, int side)
{
    const leie_direct *d = v->d;
    const leie_axis *sector = &v->year->table.sector;
    for (leie_size q = 0; q < d->q; q++)
        for (leie_size m = 0; m < v->material->count; m++) {
            leie_size at = material_at(v, m), row = q * d->M + at;
            double sum = d->unspread[(q * 2 + side) * d->M + at];
            for (leie_size j = 0; j < d->n; j++)
                if (v->q->member[q * sector->region.n + sector->of[j]])
                    sum += (side ? d->exp_sector : d->imp_sector)[row * d->n + j];
            for (leie_size c = 0; !side && c < d->C; c++)
                sum += d->imp_category[row * d->C + c];
            *row_of(var, v, q, m, 1) = sum / 1000;
        }
}

static void put_unspread(leie_var *var, const view *v, int side)
{
    const leie_direct *d = v->d;
    for (leie_size q = 0; q < d->q; q++)
        for (leie_size m = 0; m < v->material->count; m++)
            *row_of(var, v, q, m, 1) = d->unspread[(q * 2 + side) * d->M + material_at(v, m)] / 1000;
}

static leie_status add_variable(leie_var **var, leie_dataset *ds, const char *stem, const char *by, const char *long_name,
                                leie_error *err)
{
    char name[64], dims[96], text[192];
    snprintf(name, sizeof name, "%s%s%s", stem, by[0] ? "_" : "", by);
    snprintf(dims, sizeof dims, "scenario year region material %s", by);
    snprintf(text, sizeof text, "%s%s%s (route io)", long_name, by[0] ? ", by " : "", by);
    leie_status st = leie_dataset_var(var, ds, name, LEIE_VAR_DOUBLE, dims, "1000 t", text, err);
    return st ? st : leie_dataset_text(ds, *var, "cell_methods", "year: sum", err);
}

static void put_all(leie_var *const sector[], leie_var *const product[], leie_var *category, leie_var *const unspread[2],
                    leie_var *const total[2], const view *v)
{
    for (int side = 0; side < 2; side++) {
        put_unspread(unspread[side], v, side);
        put_totals(total[side], v, side);
    }
    for (int i = 0; i < INDICATORS; i++) {
        put_sectors(sector[i], v, &indicators[i]);
        if (product[i])
            put_products(product[i], v, &indicators[i]);
    }
    put_categories(category, v);
}

leie_status leie_result_add_direct(leie_dataset *ds, const leie_flow_accounts *a, leie_size years, const leie_year *year,
                                   const leie_account_regions *q, leie_error *err)
{
    leie_var *sector[INDICATORS], *product[INDICATORS] = {0}, *category, *unspread[2], *total[2];
    view v = {.q = q, .material = leie_dataset_find(ds, "material"), .list = &a->material};
    leie_status st = LEIE_OK;
    bool reported = false; // products are those of the study's report, not of the table
    for (leie_size y = 0; y < years; y++)
        reported |= year[y].direct.q && year[y].direct.P != year[y].accounts.P;
    if (!v.material)
        return LEIE_OK;
    leie_size products = leie_dataset_find_dim(ds, "product");
    v.products = products < 0 ? 0 : ds->dim[products].n;
    v.regions = ds->dim[leie_dataset_find_dim(ds, "region")].n;
    for (int i = 0; !st && i < INDICATORS; i++) {
        st = add_variable(&sector[i], ds, indicators[i].name, "sector", indicators[i].long_name, err);
        if (!st && !reported)
            st = add_variable(&product[i], ds, indicators[i].name, "product", indicators[i].long_name, err);
    }
    st = st ? st : add_variable(&category, ds, "dmi", "category", "extraction and tonnes of imports bought directly", err);
    st = st ? st : add_variable(&unspread[0], ds, "imports_unspread", "", "imports that meet no trade of the table (product or partner)", err);
    st = st ? st : add_variable(&unspread[1], ds, "exports_unspread", "", "exports that meet no trade of the table (product or partner)", err);
    st = st ? st : add_variable(&total[0], ds, "imports_tonnes", "", "all imports in tonnes", err);
    st = st ? st : add_variable(&total[1], ds, "exports_tonnes", "", "all exports in tonnes", err);
    for (leie_size y = 0; !st && y < years; y++) {
        v.year = &year[y];
        v.d = &v.year->direct;
        v.slab = y;
        if (v.year->reused || !v.year->has_table)
            continue;
        put_all(sector, product, category, unspread, total, &v);
        for (leie_size o = 0; o < v.year->scenario_flows; o++) {
            const leie_outcome *out = &v.year->outcomes.outcome[o];
            v.d = &v.year->scenario_flow[o].direct;
            for (v.slab = 0; year[v.slab].year != out->year;)
                v.slab++;
            v.slab += (out->scenario + 1) * years;
            if (v.d->q)
                put_all(sector, product, category, unspread, total, &v);
        }
    }
    return st;
}
