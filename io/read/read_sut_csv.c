// SPDX-License-Identifier: GPL-3.0-or-later
/* Leie's supply-use folder. Every file has columns of the same names, so one function collects the labels
 * of all of them and another places their values; each file is read twice. */
#include <string.h>

#include "io/read/axis_builder.h"
#include "io/read/folder.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_sut_impl.h"
#include "io/read/rows.h"
#include "kernels/memory.h"

typedef struct reading {
    leie_sut *s;
    const leie_place *folder;
    leie_axis_builder product, industry, demand;
    bool products_given, industries_given; // by products.csv, industries.csv: no other file adds to them
    leie_labels category;                  // code, name, kind
    bool categories_given;
    leie_labels extension;
    leie_rows supply, W, W_final, imports, x;
    leie_rows use[LEIE_ORIGINS][LEIE_VALUATIONS], final[LEIE_ORIGINS][LEIE_VALUATIONS];
} reading;

static const char *const kind_more[] = {"kind", NULL};
static const struct part {
    const char *file, *role;
    bool needed;
    const char *const *required, *const *optional;
} parts[] = {
    {"supply.csv", "supply", true, (const char *const[]){"region", "product", "industry", "value", NULL}, NULL},
    {"use.csv", "use", true,
     (const char *const[]){"region", "product", "origin", "industry", "valuation", "value", NULL}, NULL},
    {"final.csv", "final use", true,
     (const char *const[]){"region", "product", "origin", "category", "valuation", "value", NULL}, NULL},
    {"inputs.csv", "inputs", false, (const char *const[]){"region", "input", "industry", "value", NULL}, kind_more},
    {"inputs_final.csv", "inputs of final use", false,
     (const char *const[]){"region", "input", "category", "value", NULL}, kind_more},
    {"imports.csv", "imports", false, (const char *const[]){"region", "product", "partner", "valuation", "value", NULL},
     NULL},
    {"output.csv", "output", false, (const char *const[]){"region", "industry", "value", NULL}, NULL},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

// ---- labels ----

static leie_status take_label(leie_labels *labels, const leie_csv *csv, const char *column, const char *kind_column,
                              leie_error *err)
{
    char code[LEIE_LABEL_SIZE], kind[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, kind_column ? leie_csv_column(csv, kind_column) : -1, kind, sizeof kind, err);
    if (st || leie_labels_find(labels, code) >= 0)
        return st;
    return leie_lookup_add_label(labels, csv, c, code, NULL, NULL, kind, err);
}

static leie_status take_item(leie_axis_builder *b, const leie_csv *csv, const char *region, const char *column,
                             bool *fresh, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, column), code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    return st ? st : leie_axis_builder_add(b, region, code, name, unit, fresh, err);
}

// The region whose row a use is: that of its origin when it names one, else that of the user.
static leie_status row_region(char region[LEIE_LABEL_SIZE], const leie_csv *csv, leie_error *err)
{
    leie_size c = leie_csv_column(csv, "origin");
    leie_status st = LEIE_OK;
    if (c >= 0)
        st = leie_csv_label(csv, c, region, LEIE_LABEL_SIZE, err);
    if (!st && (c < 0 || leie_origin_find(region) >= 0))
        st = leie_csv_label(csv, leie_csv_column(csv, "region"), region, LEIE_LABEL_SIZE, err);
    return st;
}

static leie_status take_demand(reading *r, const leie_csv *csv, const char *region, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "category");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st)
        return st;
    if (leie_labels_find(&r->category, code) < 0) {
        if (r->categories_given)
            return leie_lookup_fail(csv, c, "category", code, leie_labels_nearest(&r->category, code), err);
        if (leie_demand_find(code) < 0)
            return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                                 "category '%s' has no kind: write categories.csv with the columns category,name,kind",
                                 code);
        st = leie_lookup_add_label(&r->category, csv, c, code, NULL, NULL, code, err);
    }
    return st ? st : leie_axis_builder_add(&r->demand, region, code, NULL, NULL, NULL, err);
}

static leie_status take_labels(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char region[LEIE_LABEL_SIZE], row[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "region"), region, sizeof region, err);
    if (!st)
        st = row_region(row, csv, err);
    if (!st && leie_csv_column(csv, "product") >= 0 && !r->products_given)
        st = take_item(&r->product, csv, row, "product", NULL, err);
    if (!st && leie_csv_column(csv, "industry") >= 0 && !r->industries_given)
        st = take_item(&r->industry, csv, region, "industry", NULL, err);
    if (!st && leie_csv_column(csv, "category") >= 0)
        st = take_demand(r, csv, region, err);
    if (!st && leie_csv_column(csv, "input") >= 0)
        st = take_label(&r->s->account.input, csv, "input", "kind", err);
    if (!st && leie_csv_column(csv, "partner") >= 0)
        st = take_label(&r->s->partner, csv, "partner", NULL, err);
    return st;
}

static leie_status take_listed(leie_axis_builder *b, const leie_csv *csv, const char *column, leie_error *err)
{
    char region[LEIE_LABEL_SIZE];
    bool fresh = false;
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "region"), region, sizeof region, err);
    if (!st)
        st = take_item(b, csv, region, column, &fresh, err);
    if (!st && !fresh)
        st = leie_csv_fail(csv, leie_csv_column(csv, column), LEIE_ERR_DATA, err, "this %s was listed before", column);
    return st;
}

static leie_status take_product(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    r->products_given = true;
    return take_listed(&r->product, csv, "product", err);
}

static leie_status take_industry(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    r->industries_given = true;
    return take_listed(&r->industry, csv, "industry", err);
}

static leie_status take_category(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_demand_kind kind;
    leie_size c = leie_csv_column(csv, "category");
    r->categories_given = true;
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_lookup_kind(&kind, csv, leie_csv_column(csv, "kind"), err);
    return st ? st : leie_lookup_add_label(&r->category, csv, c, code, name, NULL, leie_demand_name(kind), err);
}

static leie_status read_lists(reading *r, leie_error *err)
{
    static const char *const product[] = {"region", "product", NULL}, *const industry[] = {"region", "industry", NULL},
                             *const category[] = {"category", "kind", NULL}, *const more[] = {"name", "unit", NULL};
    static const leie_record_file products = {product, more, "products", take_product},
                                  industries = {industry, more, "industries", take_industry},
                                  categories = {category, more, "categories", take_category};
    leie_provenance *p = &r->s->account.provenance;
    leie_status st = leie_folder_read(r->folder, "products.csv", false, &products, r, p, err);
    if (!st)
        st = leie_folder_read(r->folder, "industries.csv", false, &industries, r, p, err);
    if (!st)
        st = leie_folder_read(r->folder, "categories.csv", false, &categories, r, p, err);
    return st;
}

static leie_status order_demand(reading *r, leie_error *err)
{
    const leie_labels *region = &r->s->account.sector.region, *category = &r->category;
    for (leie_size i = 0; i < region->n; i++)
        for (leie_size c = 0; c < category->n; c++) {
            if (!leie_axis_builder_has(&r->demand, region->code[i], category->code[c]))
                continue;
            leie_size at = leie_axis_add(&r->s->account.demand, region->code[i], category->code[c], category->name[c],
                                         NULL, (leie_demand_kind)leie_demand_find(category->kind[c]), err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

static leie_status read_labels(reading *r, leie_error *err)
{
    leie_sut *s = r->s;
    leie_status st = read_lists(r, err);
    for (int i = 0; !st && i < PARTS; i++) {
        const leie_record_file file = {parts[i].required, parts[i].optional, NULL, take_labels};
        st = leie_folder_read(r->folder, parts[i].file, parts[i].needed, &file, r, NULL, err);
    }
    if (!st)
        st = leie_axis_builder_finish(&s->product, &r->product, err);
    if (!st)
        st = leie_axis_builder_finish(&s->account.sector, &r->industry, err);
    if (!st && (s->product.n == 0 || s->account.sector.n == 0))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: supply.csv names no product or no industry", r->folder->real);
    return st ? st : order_demand(r, err);
}

// ---- values ----

static leie_status find_layer(int *origin, int *valuation, const leie_csv *csv, leie_error *err)
{
    char word[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "valuation");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "origin"), word, sizeof word, err);
    *origin = st ? -1 : leie_origin_find(word);
    if (*origin < 0)
        *origin = LEIE_DOMESTIC; // by region of origin
    if (!st)
        st = leie_csv_label(csv, c, word, sizeof word, err);
    if (st)
        return st;
    *valuation = leie_valuation_find(word);
    if (*valuation < 0)
        return leie_csv_fail(
            csv, c, LEIE_ERR_DATA, err,
            "valuation '%s': expected basic, trade_margin, transport_margin, tax, subsidy or purchaser", word);
    return LEIE_OK;
}

static leie_status find_product(leie_size *at, const reading *r, const leie_csv *csv, leie_error *err)
{
    const leie_axis *axis = &r->s->product;
    char region[LEIE_LABEL_SIZE], code[LEIE_LABEL_SIZE], near[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "product");
    leie_status st = row_region(region, csv, err);
    if (!st)
        st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st)
        return st;
    leie_size place = leie_labels_find(&axis->region, region);
    *at = leie_axis_find(axis, region, code);
    if (place < 0)
        return leie_lookup_fail(csv, leie_csv_column(csv, "region"), "region", region,
                                leie_labels_nearest(&axis->region, region), err);
    return *at >= 0 ? LEIE_OK
                    : leie_lookup_fail(csv, c, "product", code, leie_lookup_nearest(near, axis, place, code), err);
}

static leie_status check_cif(const leie_csv *csv, leie_error *err)
{
    char word[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "valuation");
    leie_status st = leie_csv_label(csv, c, word, sizeof word, err);
    if (!st && strcmp(word, "cif") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "valuation '%s': imports are read at cif", word);
    return st;
}

// Where the value of a record belongs: its rows and its place in them.
static leie_status find_place(leie_rows **rows, leie_size *row, leie_size *col, reading *r, const leie_csv *csv,
                              leie_error *err)
{
    leie_table *a = &r->s->account;
    leie_size region = leie_csv_column(csv, "region"), industry = leie_csv_column(csv, "industry"),
              category = leie_csv_column(csv, "category"), input = leie_csv_column(csv, "input"),
              partner = leie_csv_column(csv, "partner");
    int origin = LEIE_DOMESTIC, valuation = LEIE_BASIC;
    leie_status st = LEIE_OK;
    *row = 0;
    if (leie_csv_column(csv, "product") >= 0)
        st = find_product(row, r, csv, err);
    else if (input >= 0)
        st = leie_lookup_label(row, csv, input, &a->input, "input", err);
    if (!st && industry >= 0)
        st = leie_lookup_item(col, csv, region, industry, &a->sector, "industry", err);
    else if (!st && category >= 0)
        st = leie_lookup_item(col, csv, region, category, &a->demand, "category", err);
    else if (!st)
        st = leie_lookup_label(col, csv, partner, &r->s->partner, "partner", err);
    if (!st && leie_csv_column(csv, "origin") >= 0)
        st = find_layer(&origin, &valuation, csv, err);
    if (!st && partner >= 0)
        st = check_cif(csv, err);
    if (st)
        return st;
    bool layer = leie_csv_column(csv, "origin") >= 0;
    *rows = partner >= 0 ? &r->imports
            : input >= 0 ? (industry >= 0 ? &r->W : &r->W_final)
            : layer      ? (industry >= 0 ? &r->use[origin][valuation] : &r->final[origin][valuation])
            : leie_csv_column(csv, "product") >= 0 ? &r->supply
                                                   : &r->x;
    return LEIE_OK;
}

static leie_status take_value(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_rows *rows;
    leie_size row, col;
    leie_status st = find_place(&rows, &row, &col, ctx, csv, err);
    return st ? st : leie_rows_take(rows, row, col, csv, leie_csv_column(csv, "value"), 1, err);
}

static void set_columns(reading *r)
{
    const leie_table *a = &r->s->account;
    r->supply.cols = r->W.cols = r->x.cols = a->sector.n;
    r->W_final.cols = a->demand.n;
    r->imports.cols = r->s->partner.n;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; v < LEIE_VALUATIONS; v++) {
            r->use[o][v].cols = a->sector.n;
            r->final[o][v].cols = a->demand.n;
        }
}

// Rows that were read become an array; none leaves it NULL.
static leie_status keep(double **to, leie_size rows, const leie_rows *from, const char *what, leie_error *err)
{
    if (from->cells.n == 0)
        return LEIE_OK;
    leie_status st = leie_read_array(to, rows * from->cols, what, err);
    if (!st)
        leie_rows_fill(*to, from);
    return st;
}

static leie_status keep_layers(reading *r, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; !st && v < LEIE_VALUATIONS; v++) {
            if (r->use[o][v].cells.n + r->final[o][v].cells.n == 0)
                continue;
            st = leie_sut_layer_new(r->s, (leie_origin)o, (leie_valuation)v, err);
            if (st)
                break;
            leie_rows_fill(r->s->layer[o][v].use, &r->use[o][v]);
            leie_rows_fill(r->s->layer[o][v].final, &r->final[o][v]);
        }
    return st;
}

static leie_status read_values(reading *r, leie_error *err)
{
    leie_sut *s = r->s;
    leie_table *a = &s->account;
    leie_status st = LEIE_OK;
    set_columns(r);
    for (int i = 0; !st && i < PARTS; i++) {
        const leie_record_file file = {parts[i].required, parts[i].optional, parts[i].role, take_value};
        st = leie_folder_read(r->folder, parts[i].file, parts[i].needed, &file, r, &a->provenance, err);
    }
    if (!st)
        st = leie_read_array(&s->supply, s->product.n * a->sector.n, "supply", err);
    if (!st)
        leie_rows_fill(s->supply, &r->supply);
    if (!st && a->input.n > 0)
        st = leie_read_array(&a->W, a->input.n * a->sector.n, "W", err);
    if (!st && a->input.n > 0)
        leie_rows_fill(a->W, &r->W);
    if (!st)
        st = keep(&s->inputs_final, a->input.n, &r->W_final, "inputs of final use", err);
    if (!st)
        st = keep(&s->imports, s->product.n, &r->imports, "imports", err);
    if (!st)
        st = keep(&a->x, 1, &r->x, "output", err);
    return st ? st : keep_layers(r, err);
}

static void reading_clear(reading *r)
{
    leie_rows *rows[] = {&r->supply, &r->W, &r->W_final, &r->imports, &r->x};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        leie_rows_free(rows[i]);
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = 0; v < LEIE_VALUATIONS; v++) {
            leie_rows_free(&r->use[o][v]);
            leie_rows_free(&r->final[o][v]);
        }
    leie_axis_builder_clear(&r->product);
    leie_axis_builder_clear(&r->industry);
    leie_axis_builder_clear(&r->demand);
    leie_labels_clear(&r->category);
    leie_labels_clear(&r->extension);
}

leie_status leie_read_sut_csv(leie_sut *s, const leie_place *folder, const leie_study_tables *spec, int year,
                              leie_error *err)
{
    reading r = {.s = s, .folder = folder};
    leie_status st = leie_folder_extensions(&r.extension, folder, err);
    if (!st)
        st = leie_folder_about(&s->account, NULL, folder, spec, year, err);
    if (!st)
        st = read_labels(&r, err);
    if (!st)
        st = read_values(&r, err);
    if (!st)
        st = leie_folder_read_extensions(&s->account, folder, &r.extension, err);
    reading_clear(&r);
    return st;
}
