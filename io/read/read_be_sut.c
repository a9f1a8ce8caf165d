// SPDX-License-Identifier: GPL-3.0-or-later
/* The Belgian supply and use tables of 2015 (64 products, 64 industries), one CSV file per sheet:
 *
 *   tbl_1   supply at basic prices, imports by partner, and a row of trade margins by industry
 *   tbl_2   use at purchasers' prices, VAT, value added, output
 *   tbl_3a  taxes on products, tbl_3b subsidies, tbl_4 trade margins
 *   tbl_5   use at basic prices, tbl_6 of it imported, tbl_7 of it domestic
 *
 * The margin row of tbl_1 is a 65th product, made by every industry, while the rows of trade services (45,
 * 46, 47) leave it out; in tbl_5 to tbl_7 these rows hold the margins. So the use of margins by trade
 * service is what tbl_5 has and tbl_2 has not, and the row is shared out to meet it: each trade industry's
 * margins go to its own service as far as that is used, the others to what is then missing. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/folder.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_sut_impl.h"
#include "io/read/wide.h"
#include "kernels/memory.h"

// A product whose margins differ by less than this share of all of them earns none.
static const double EARNS = 1e-6;

static const char REGION[] = "BEL";
static const struct {
    const char *code;
    leie_demand_kind kind;
} final_use[] = {{"P.31/S14", LEIE_DEMAND_HOUSEHOLD},    {"P.31/S15", LEIE_DEMAND_NPISH},
                 {"P3./S13", LEIE_DEMAND_GOVERNMENT},    {"P.51", LEIE_DEMAND_GFCF},
                 {"P.52+P.53", LEIE_DEMAND_INVENTORIES}, {"P.6/S21i", LEIE_DEMAND_EXPORT},
                 {"P.6/S21x", LEIE_DEMAND_EXPORT},       {"P.6/S22", LEIE_DEMAND_EXPORT}};
static const char *const partners[] = {"P.7/S21i", "P.7/S21x", "P.7/S22"};
static const struct {
    const char *code, *kind;
    double sign;
} inputs[] = {{"D.211", LEIE_INPUT_PRODUCT_TAX, 1},
              {"CIF/FOB aanpassing", LEIE_INPUT_ADJUSTMENT, 1},
              {"D.1", "", 1},
              {"D.29", "", 1},
              {"D.39", "", -1},
              {"B.2n+B3.n", "", 1},
              {"P.51c", "", 1}};
enum {
    FINALS = sizeof final_use / sizeof final_use[0],
    PARTNERS = sizeof partners / sizeof partners[0],
    INPUTS = sizeof inputs / sizeof inputs[0]
};

typedef struct reading {
    leie_sut *s;
    const leie_place *folder;
    double *margins; // [k] margin row of tbl_1
    double *earned;  // [p] margins used, by the product that earns them
} reading;

// ---- one sheet ----

typedef struct sheet {
    leie_wide wide;
    leie_size *take_row, *col;
    leie_size rows, cols;
    double *value; // [rows, cols]: products first, then the further rows and columns that were asked for
} sheet;

static void sheet_clear(sheet *t)
{
    leie_wide_clear(&t->wide);
    leie_free(t->take_row);
    leie_free(t->col);
    leie_free(t->value);
    *t = (sheet){0};
}

static leie_status sheet_open(sheet *t, const reading *r, const char *file, leie_error *err)
{
    leie_place place;
    *t = (sheet){0};
    leie_status st = leie_place_in(&place, r->folder, file, err);
    leie_path path = {.real = place.real, .shown = place.shown};
    if (!st)
        st = leie_wide_open(&t->wide, &path, 0, err);
    leie_place_clear(&place);
    return st;
}

static leie_status ask_row(sheet *t, const char *code, leie_error *err)
{
    leie_size at;
    leie_status st = leie_wide_find(&at, &t->wide, true, code, err);
    if (!st)
        t->take_row[at] = t->rows++;
    return st;
}

static leie_status ask_col(sheet *t, const char *code, leie_error *err)
{
    leie_status st = leie_wide_find(&t->col[t->cols], &t->wide, false, code, err);
    t->cols += st == LEIE_OK;
    return st;
}

/* Reads products x industries with `more` further rows and columns; their codes in row[] and col[]. */
static leie_status sheet_read(sheet *t, reading *r, const char *file, int more_rows, const char *const *row,
                              int more_cols, const char *const *col, leie_error *err)
{
    const leie_axis *product = &r->s->product;
    leie_status st = t->wide.place.real ? LEIE_OK : sheet_open(t, r, file, err);
    if (st)
        return st;
    t->take_row = leie_new(t->wide.row.n, sizeof *t->take_row);
    t->col = leie_new(product->n + more_cols, sizeof *t->col);
    if (!t->take_row || !t->col)
        return leie_fail_memory(err, file, t->wide.row.n, sizeof *t->col);
    for (leie_size i = 0; i < t->wide.row.n; i++)
        t->take_row[i] = -1;
    for (leie_size i = 0; !st && i < product->n + more_rows; i++)
        st = ask_row(t, i < product->n ? product->code[i] : row[i - product->n], err);
    for (leie_size j = 0; !st && j < product->n + more_cols; j++)
        st = ask_col(t, j < product->n ? product->code[j] : col[j - product->n], err);
    if (!st)
        st = leie_read_array(&t->value, t->rows * t->cols, file, err);
    return st ? st
              : leie_wide_values(&t->wide, t->take_row, t->col, t->cols, t->value, &r->s->account.provenance, file,
                                 err);
}

static void copy_block(double *to, const sheet *t, leie_size row, leie_size rows, leie_size col, leie_size cols)
{
    for (leie_size i = 0; i < rows; i++)
        memcpy(to + i * cols, t->value + (row + i) * t->cols + col, (size_t)cols * sizeof *to);
}

// ---- labels ----

static leie_status add_demand(leie_axis *demand, leie_error *err)
{
    leie_size at = 0;
    for (int f = 0; at >= 0 && f < FINALS; f++)
        at = leie_axis_add(demand, REGION, final_use[f].code, NULL, NULL, final_use[f].kind, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

// Products and industries are the codes that tbl_1 has as rows and as columns.
static leie_status find_labels(reading *r, const sheet *supply, leie_error *err)
{
    leie_sut *s = r->s;
    leie_size at = 0;
    for (leie_size i = 0; at >= 0 && i < supply->wide.row.n; i++) {
        const char *code = supply->wide.row.code[i];
        if (leie_labels_find(&supply->wide.col, code) < 0)
            continue;
        at = leie_axis_add(&s->product, REGION, code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
        if (at >= 0)
            at = leie_axis_add(&s->account.sector, REGION, code, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
    }
    if (at >= 0 && s->product.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no code is both a row and a column", supply->wide.place.real);
    for (int v = 0; at >= 0 && v < INPUTS; v++)
        at = leie_labels_add(&s->account.input, inputs[v].code, NULL, NULL, inputs[v].kind, err);
    for (int q = 0; at >= 0 && q < PARTNERS; q++)
        at = leie_labels_add(&s->partner, partners[q], NULL, NULL, NULL, err);
    return at < 0 ? (leie_status)at : add_demand(&s->account.demand, err);
}

static leie_status set_texts(leie_table *a, leie_error *err)
{
    static const char source[] = "Federal Planning Bureau and National Bank of Belgium, supply and use tables 2015";
    const struct {
        char **to;
        const char *text;
    } texts[] = {{&a->currency, "EUR"}, {&a->unit, "MEUR"},   {&a->valuation, "basic"}, {&a->prices, "current"},
                 {&a->system, "sut"},   {&a->source, source}, {&a->licence, ""}};
    a->year = 2015;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!(*texts[i].to = leie_strdup(texts[i].text)))
            return leie_fail_memory(err, "texts", 1, sizeof source);
    return LEIE_OK;
}

// Names of products or industries from a list of classification codes.

static leie_status take_name(leie_axis *axis, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_status st = csv->columns < 2 ? LEIE_OK : leie_csv_string(csv, 0, code, sizeof code, err);
    if (!st && csv->columns >= 2)
        st = leie_csv_string(csv, 1, name, sizeof name, err);
    leie_size at = st || csv->columns < 2 ? -1 : leie_axis_find_in(axis, 0, code);
    if (at < 0)
        return st;
    char *copy = leie_strdup(name);
    if (!copy)
        return leie_fail_memory(err, "names", 1, sizeof name);
    leie_free(axis->name[at]);
    axis->name[at] = copy;
    return LEIE_OK;
}

static leie_status read_names(reading *r, const char *file, leie_axis *axis, leie_error *err)
{
    leie_place place;
    leie_csv csv = {0};
    bool more = false;
    leie_status st = leie_folder_file(&place, r->folder, file, err);
    if (st || !place.real)
        return st;
    st = leie_csv_open_wide(&csv, place.real, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more)
        st = take_name(axis, &csv, err);
    if (!st)
        st = leie_place_source(&place, &csv, &r->s->account.provenance, "names", err);
    leie_csv_close(&csv);
    leie_place_clear(&place);
    return st;
}

// ---- the sheets ----

static leie_status read_supply(reading *r, leie_error *err)
{
    static const char *const margins[] = {"Handelsmarges"};
    leie_sut *s = r->s;
    sheet t = {0};
    leie_status st = sheet_open(&t, r, "tbl_1.csv", err);
    if (!st)
        st = find_labels(r, &t, err);
    leie_size p = s->product.n;
    if (!st)
        st = sheet_read(&t, r, "tbl_1.csv", 1, margins, PARTNERS, partners, err);
    if (!st)
        st = leie_read_array(&s->supply, p * p, "supply", err);
    if (!st)
        st = leie_read_array(&s->imports, p * PARTNERS, "imports", err);
    if (!st)
        st = leie_read_array(&r->margins, p, "margins", err);
    if (!st) {
        copy_block(s->supply, &t, 0, p, 0, p);
        copy_block(s->imports, &t, 0, p, p, PARTNERS);
        copy_block(r->margins, &t, p, 1, 0, p);
    }
    sheet_clear(&t);
    return st;
}

static leie_status read_layer(reading *r, const char *file, leie_origin origin, leie_valuation valuation,
                              leie_error *err)
{
    const char *columns[FINALS];
    leie_size p = r->s->product.n;
    sheet t = {0};
    for (int f = 0; f < FINALS; f++)
        columns[f] = final_use[f].code;
    leie_status st = sheet_read(&t, r, file, 0, NULL, FINALS, columns, err);
    if (!st)
        st = leie_sut_layer_new(r->s, origin, valuation, err);
    if (!st) {
        copy_block(r->s->layer[origin][valuation].use, &t, 0, p, 0, p);
        copy_block(r->s->layer[origin][valuation].final, &t, 0, p, p, FINALS);
    }
    sheet_clear(&t);
    return st;
}

// tbl_2: use at purchasers' prices, and below it what industries and final use pay.
static leie_status read_purchasers(reading *r, leie_error *err)
{
    const char *columns[FINALS], *rows[INPUTS + 1];
    leie_sut *s = r->s;
    leie_size p = s->product.n;
    sheet t = {0};
    for (int f = 0; f < FINALS; f++)
        columns[f] = final_use[f].code;
    for (int v = 0; v < INPUTS; v++)
        rows[v] = inputs[v].code;
    rows[INPUTS] = "P.1";
    leie_status st = sheet_read(&t, r, "tbl_2.csv", INPUTS + 1, rows, FINALS, columns, err);
    if (!st)
        st = leie_sut_layer_new(s, LEIE_ALL_ORIGINS, LEIE_PURCHASERS, err);
    if (!st)
        st = leie_read_array(&s->account.W, INPUTS * p, "inputs", err);
    if (!st)
        st = leie_read_array(&s->inputs_final, INPUTS * FINALS, "inputs of final use", err);
    if (!st)
        st = leie_read_array(&s->account.x, p, "output", err);
    if (!st) {
        copy_block(s->layer[LEIE_ALL_ORIGINS][LEIE_PURCHASERS].use, &t, 0, p, 0, p);
        copy_block(s->layer[LEIE_ALL_ORIGINS][LEIE_PURCHASERS].final, &t, 0, p, p, FINALS);
        copy_block(s->account.W, &t, p, INPUTS, 0, p);
        copy_block(s->inputs_final, &t, p, INPUTS, p, FINALS);
        copy_block(s->account.x, &t, p + INPUTS, 1, 0, p);
        for (int v = 0; v < INPUTS; v++)
            for (leie_size j = 0; inputs[v].sign < 0 && j < p; j++)
                s->account.W[v * p + j] = -s->account.W[v * p + j];
    }
    sheet_clear(&t);
    return st;
}

// ---- trade margins ----

// Margins that a row of the use table earns, cell by cell: basic + tax - subsidy + margin - purchasers'.
static double earning(const leie_sut *s, bool final, leie_size c)
{
    static const double sign[LEIE_VALUATIONS] = {
        [LEIE_BASIC] = 1, [LEIE_TRADE_MARGIN] = 1, [LEIE_TAX] = 1, [LEIE_SUBSIDY] = -1, [LEIE_PURCHASERS] = -1};
    double sum = 0;
    for (int v = 0; v < LEIE_VALUATIONS; v++) {
        const leie_sut_layer *layer = &s->layer[LEIE_ALL_ORIGINS][v];
        if (sign[v] != 0)
            sum += sign[v] * (final ? layer->final[c] : layer->use[c]);
    }
    return sum;
}

// What each product earns goes into the margin layer with a minus sign; r->earned has its sum by product.
static leie_status find_earned(reading *r, leie_error *err)
{
    leie_sut *s = r->s;
    leie_sut_layer *margin = &s->layer[LEIE_ALL_ORIGINS][LEIE_TRADE_MARGIN];
    leie_size p = s->product.n;
    double total = leie_sum_abs(r->margins, p, 1);
    leie_status st = leie_read_array(&r->earned, p, "margins earned", err);
    for (leie_size i = 0; !st && i < p; i++) {
        for (leie_size j = 0; j < p; j++)
            r->earned[i] += earning(s, false, i * p + j);
        for (leie_size f = 0; f < FINALS; f++)
            r->earned[i] += earning(s, true, i * FINALS + f);
        if (fabs(r->earned[i]) <= EARNS * total) {
            r->earned[i] = 0;
            continue;
        }
        for (leie_size j = 0; j < p; j++)
            margin->use[i * p + j] -= earning(s, false, i * p + j);
        for (leie_size f = 0; f < FINALS; f++)
            margin->final[i * FINALS + f] -= earning(s, true, i * FINALS + f);
    }
    return st;
}

// The margin row becomes supply of the products that earn margins.
static leie_status share_margins(reading *r, leie_error *err)
{
    leie_sut *s = r->s;
    leie_size p = s->product.n, earners = 0;
    double made = leie_sum(r->margins, p, 1), used = leie_sum(r->earned, p, 1), missing = 0;
    if (fabs(made - used) > EARNS * fabs(made))
        return leie_fail(err, LEIE_ERR_DATA,
                         "tbl_1: trade margins made, %.9g, are not those used by tbl_2 and tbl_5, %.9g", made, used);
    for (leie_size i = 0; i < p; i++) { // own margins first
        double own = fmax(fmin(r->margins[i], r->earned[i]), 0);
        s->supply[i * p + i] += own;
        r->margins[i] -= own;
        r->earned[i] -= own;
        missing += r->earned[i];
        earners += r->earned[i] != 0;
    }
    for (leie_size i = 0; missing > 0 && i < p; i++)
        for (leie_size j = 0; r->earned[i] != 0 && j < p; j++)
            s->supply[i * p + j] += r->margins[j] * r->earned[i] / missing;
    return leie_provenance_note(&s->account.provenance, LEIE_NOTE_ASSUMED, p, err,
                                "trade margins of %.9g, a row of their own, become supply of the trade services that "
                                "earn them: each trade industry's of its own first, %.9g of others to %lld services",
                                made, missing, (long long)earners);
}

leie_status leie_read_be_sut(leie_sut *s, const leie_place *folder, leie_error *err)
{
    static const struct {
        const char *file;
        leie_origin origin;
        leie_valuation valuation;
    } layers[] = {{"tbl_3a.csv", LEIE_ALL_ORIGINS, LEIE_TAX},         {"tbl_3b.csv", LEIE_ALL_ORIGINS, LEIE_SUBSIDY},
                  {"tbl_4.csv", LEIE_ALL_ORIGINS, LEIE_TRADE_MARGIN}, {"tbl_5.csv", LEIE_ALL_ORIGINS, LEIE_BASIC},
                  {"tbl_6.csv", LEIE_IMPORTED, LEIE_BASIC},           {"tbl_7.csv", LEIE_DOMESTIC, LEIE_BASIC}};
    reading r = {.s = s, .folder = folder};
    leie_status st = set_texts(&s->account, err);
    if (!st)
        st = read_supply(&r, err);
    if (!st)
        st = read_purchasers(&r, err);
    for (size_t i = 0; !st && i < sizeof layers / sizeof layers[0]; i++)
        st = read_layer(&r, layers[i].file, layers[i].origin, layers[i].valuation, err);
    if (!st)
        st = read_names(&r, "class_pro.csv", &s->product, err);
    if (!st)
        st = read_names(&r, "class_tak.csv", &s->account.sector, err);
    if (!st)
        st = find_earned(&r, err);
    if (!st)
        st = share_margins(&r, err);
    leie_free(r.margins);
    leie_free(r.earned);
    return st;
}
