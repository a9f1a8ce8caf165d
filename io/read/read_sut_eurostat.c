// SPDX-License-Identifier: GPL-3.0-or-later
/* National supply and use tables as Eurostat publishes them:
 *
 *   naio_10_cp15    supply at basic prices            ind_impv x prd_amo
 *   naio_10_cp16    use at purchasers' prices         ind_use x prd_ava
 *   naio_10_cp1610  use at basic prices, stk_flow TOTAL, DOM, IMP
 *   naio_10_cp1620  trade and transport margins, naio_10_cp1630  taxes less subsidies on products
 *
 * The dimensions hold totals, several levels of the classification and rows that are no products side by
 * side, so products and industries are those of the list A*64. Which columns of final use are published
 * differs by country and by table: the finest ones that every table has are taken. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/container.h"
#include "io/read/eurostat_impl.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_sut_impl.h"
#include "kernels/sum.h"

// A*64: alternatives of one spelling each.
static const char *const a64[][2] = {{"A01"},
                                     {"A02"},
                                     {"A03"},
                                     {"B"},
                                     {"C10-12", "C10-C12"},
                                     {"C13-15", "C13-C15"},
                                     {"C16"},
                                     {"C17"},
                                     {"C18"},
                                     {"C19"},
                                     {"C20"},
                                     {"C21"},
                                     {"C22"},
                                     {"C23"},
                                     {"C24"},
                                     {"C25"},
                                     {"C26"},
                                     {"C27"},
                                     {"C28"},
                                     {"C29"},
                                     {"C30"},
                                     {"C31_32", "C31_C32"},
                                     {"C33"},
                                     {"D35", "D"},
                                     {"E36"},
                                     {"E37-39", "E37-E39"},
                                     {"F"},
                                     {"G45"},
                                     {"G46"},
                                     {"G47"},
                                     {"H49"},
                                     {"H50"},
                                     {"H51"},
                                     {"H52"},
                                     {"H53"},
                                     {"I"},
                                     {"J58"},
                                     {"J59_60", "J59_J60"},
                                     {"J61"},
                                     {"J62_63", "J62_J63"},
                                     {"K64"},
                                     {"K65"},
                                     {"K66"},
                                     {"L68A"},
                                     {"L68B"},
                                     {"L68", "L"},
                                     {"M69_70", "M69_M70"},
                                     {"M71"},
                                     {"M72"},
                                     {"M73"},
                                     {"M74_75", "M74_M75"},
                                     {"N77"},
                                     {"N78"},
                                     {"N79"},
                                     {"N80-82", "N80-N82"},
                                     {"O84", "O"},
                                     {"P85", "P"},
                                     {"Q86"},
                                     {"Q87_88", "Q87_Q88"},
                                     {"R90-92", "R90-R92"},
                                     {"R93"},
                                     {"S94"},
                                     {"S95"},
                                     {"S96"},
                                     {"T"},
                                     {"U"}};
enum { A64 = sizeof a64 / sizeof a64[0] };

// Final use: the first alternative that every table has.
static const struct {
    const char *code[2];
    leie_demand_kind kind[2];
} final_use[][2] = {
    {{{"P3_S14"}, {LEIE_DEMAND_HOUSEHOLD}}},
    {{{"P3_S15"}, {LEIE_DEMAND_NPISH}}},
    {{{"P3_S13"}, {LEIE_DEMAND_GOVERNMENT}}},
    {{{"P51G"}, {LEIE_DEMAND_GFCF}}},
    {{{"P52", "P53"}, {LEIE_DEMAND_INVENTORIES, LEIE_DEMAND_VALUABLES}}, {{"P5M"}, {LEIE_DEMAND_INVENTORIES}}},
    {{{"P6_B0", "P6_D0"}, {LEIE_DEMAND_EXPORT, LEIE_DEMAND_EXPORT}}, {{"P6"}, {LEIE_DEMAND_EXPORT}}}};
enum { FINALS = sizeof final_use / sizeof final_use[0] };
static const char *const imports[2][2] = {{"P7_B0", "P7_D0"}, {"P7"}};
static const struct {
    const char *code, *kind;
} inputs[] = {{"D21X31", LEIE_INPUT_PRODUCT_TAX}, {"D1", ""}, {"D29X39", ""}, {"B2A3G", ""}};
enum { INPUTS = sizeof inputs / sizeof inputs[0] };

// ---- one data set, at one country and year ----

typedef enum data_set { SUPPLY, PURCHASERS, BASIC, MARGINS, TAXES, SETS } data_set;
static const char *const names[SETS] = {"naio_10_cp15", "naio_10_cp16", "naio_10_cp1610", "naio_10_cp1620",
                                        "naio_10_cp1630"};

typedef struct view {
    bool there;
    leie_cube cube;
    char file[LEIE_LABEL_SIZE];
    leie_size at[LEIE_CUBE_DIMS];
    leie_size column, product, flow; // dimensions of the table; flow -1 when it has none
} view;

typedef struct reading {
    leie_sut *s;
    const leie_place *folder;
    const char *geo;
    int year;
    view view[SETS];
} reading;

// The data set that a file holds by its name, SETS for none.
static int set_of(const char *file)
{
    if (!leie_eurostat_ending(file, ".tsv") && !leie_eurostat_ending(file, ".json") &&
        !leie_eurostat_ending(file, ".csv"))
        return SETS;
    for (int d = 0; d < SETS; d++) {
        const char *at = strstr(file, names[d]);
        char behind = at ? at[strlen(names[d])] : '0';
        if (behind < '0' || behind > '9')
            return d;
    }
    return SETS;
}

static leie_status take_file(reading *r, const char *file, leie_error *err)
{
    int d = set_of(file);
    if (d == SETS)
        return LEIE_OK;
    view *v = &r->view[d];
    if (v->there)
        return leie_fail(err, LEIE_ERR_DATA, "%s: two files of %s, %s and %s", r->folder->real, names[d], v->file, file);
    v->there = true;
    return snprintf(v->file, sizeof v->file, "%s", file) < (int)sizeof v->file
               ? LEIE_OK
               : leie_fail(err, LEIE_ERR_DATA, "%s: the name of %s is too long", r->folder->real, file);
}

static leie_status find_files(reading *r, leie_error *err)
{
    leie_labels files = {0};
    leie_status st = leie_container_list(&files, r->folder->real, err);
    for (leie_size i = 0; !st && i < files.n; i++)
        st = take_file(r, files.code[i], err);
    leie_labels_clear(&files);
    return st;
}

leie_status leie_sut_eurostat_there(bool *there, const char *folder, leie_error *err)
{
    leie_labels files = {0};
    leie_error why = {0};
    leie_status st = leie_container_list(&files, folder, &why);
    *there = false;
    for (leie_size i = 0; !st && i < files.n; i++)
        *there |= set_of(files.code[i]) == SUPPLY;
    leie_labels_clear(&files);
    return !st || st == LEIE_ERR_IO ? LEIE_OK : leie_fail(err, st, "%s", why.text); // a file is no folder of files
}

// Fixes a dimension at a code; at its only one when the code is NULL.
static leie_status fix(view *v, const char *dim, const char *code, const char *option, leie_error *err)
{
    leie_size d = leie_labels_find(&v->cube.dim, dim);
    if (d < 0)
        return LEIE_OK;
    const leie_labels *codes = &v->cube.label[d];
    v->at[d] = code ? leie_labels_find(codes, code) : codes->n == 1 ? 0 : -1;
    if (v->at[d] >= 0)
        return LEIE_OK;
    if (code)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no '%s' in dimension '%s'", v->file, code, dim);
    return leie_fail(err, LEIE_ERR_DATA, "%s: dimension '%s' has %lld codes, %s, %s, ...: choose one with %s", v->file,
                     dim, (long long)codes->n, codes->code[0], codes->code[1], option);
}

static leie_status fix_unit(view *v, leie_error *err)
{
    leie_size d = leie_labels_find(&v->cube.dim, "unit");
    const char *unit = d >= 0 && leie_labels_find(&v->cube.label[d], "MIO_EUR") >= 0 ? "MIO_EUR" : NULL;
    return fix(v, "unit", unit, "a file of one unit", err);
}

// The dimension of the first of these names.
static leie_status find_dim(leie_size *at, const view *v, const char *first, const char *second, leie_error *err)
{
    *at = leie_labels_find(&v->cube.dim, first);
    if (*at < 0)
        *at = leie_labels_find(&v->cube.dim, second);
    return *at >= 0 ? LEIE_OK
                    : leie_fail(err, LEIE_ERR_DATA, "%s: neither dimension '%s' nor '%s'", v->file, first, second);
}

static leie_status open_view(view *v, reading *r, leie_error *err)
{
    char year[16];
    leie_place place;
    leie_status st = leie_place_in(&place, r->folder, v->file, err);
    if (!st)
        st = leie_eurostat_read(&v->cube, &place, &r->s->account.provenance, err);
    leie_place_clear(&place);
    snprintf(year, sizeof year, "%d", r->year);
    if (!st)
        st = fix(v, "geo", r->geo, "--geo", err);
    if (!st)
        st = fix(v, "time", r->year ? year : NULL, "--year", err);
    if (!st)
        st = fix_unit(v, err);
    if (!st)
        st = fix(v, "freq", NULL, "a file of one frequency", err);
    if (!st)
        st = find_dim(&v->column, v, "ind_use", "ind_impv", err);
    if (!st)
        st = find_dim(&v->product, v, "prd_ava", "prd_amo", err);
    v->flow = leie_labels_find(&v->cube.dim, "stk_flow");
    return st;
}

// Value at (product, column) of a flow; NaN when it is not published.
static double get(const view *v, const char *product, const char *column, const char *flow)
{
    leie_size at[LEIE_CUBE_DIMS];
    memcpy(at, v->at, sizeof at);
    at[v->product] = leie_labels_find(&v->cube.label[v->product], product);
    at[v->column] = leie_labels_find(&v->cube.label[v->column], column);
    if (v->flow >= 0)
        at[v->flow] = leie_labels_find(&v->cube.label[v->flow], flow);
    if (at[v->product] < 0 || at[v->column] < 0 || (v->flow >= 0 && at[v->flow] < 0))
        return NAN;
    return v->cube.value[leie_cube_cell(&v->cube, at)];
}

static double get_or_zero(const view *v, const char *product, const char *column, const char *flow)
{
    double value = get(v, product, column, flow);
    return isnan(value) ? 0 : value;
}

static const char *cpa(char text[LEIE_LABEL_SIZE], const char *code)
{
    snprintf(text, LEIE_LABEL_SIZE, "CPA_%s", code);
    return text;
}

// Whether a column has any value for products in a flow (NULL: in any).
static bool has_column(const view *v, const char *column, const char *flow)
{
    const leie_labels *products = &v->cube.label[v->product], *flows = v->flow >= 0 ? &v->cube.label[v->flow] : NULL;
    for (leie_size i = 0; i < products->n; i++) {
        if (strncmp(products->code[i], "CPA_", 4) != 0)
            continue;
        for (leie_size f = 0; f < (flows && !flow ? flows->n : 1); f++)
            if (!isnan(get(v, products->code[i], column, flow ? flow : flows ? flows->code[f] : "")))
                return true;
    }
    return false;
}

static bool has_product(const view *v, const char *code)
{
    char product[LEIE_LABEL_SIZE];
    const leie_labels *columns = &v->cube.label[v->column], *flows = v->flow >= 0 ? &v->cube.label[v->flow] : NULL;
    cpa(product, code);
    for (leie_size c = 0; c < columns->n; c++)
        for (leie_size f = 0; f < (flows ? flows->n : 1); f++)
            if (!isnan(get(v, product, columns->code[c], flows ? flows->code[f] : "")))
                return true;
    return false;
}

// ---- labels ----

// L68 stands for L68A and L68B only where these are not published.
static bool is_parent(const leie_axis *axis, const char *code)
{
    return code[0] == 'L' && axis->n > 0 && axis->code[axis->n - 1][0] == 'L';
}

static leie_status add_code(leie_axis *axis, const char *region, const char *code, const view *v, leie_size d,
                            const char *shown, leie_error *err)
{
    leie_size label = leie_labels_find(&v->cube.label[d], shown);
    leie_size at = leie_axis_add(axis, region, code, label >= 0 ? v->cube.label[d].name[label] : NULL, NULL,
                                 LEIE_DEMAND_HOUSEHOLD, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status find_sectors(reading *r, const char *region, leie_error *err)
{
    const view *v = &r->view[SUPPLY];
    leie_axis *product = &r->s->product, *industry = &r->s->account.sector;
    char text[LEIE_LABEL_SIZE];
    leie_status st = LEIE_OK;
    for (int i = 0; i < A64; i++)
        for (int spelling = 0; !st && spelling < 2 && a64[i][spelling]; spelling++) {
            const char *code = a64[i][spelling];
            if (has_product(v, code) && !is_parent(product, code) && leie_axis_find(product, region, a64[i][0]) < 0)
                st = add_code(product, region, a64[i][0], v, v->product, cpa(text, code), err);
            if (!st && has_column(v, code, NULL) && !is_parent(industry, code) &&
                leie_axis_find(industry, region, a64[i][0]) < 0)
                st = add_code(industry, region, a64[i][0], v, v->column, code, err);
        }
    if (!st && (product->n == 0 || industry->n == 0))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no product or no industry of the list A*64 has values", v->file);
    return st;
}

// Whether every use table that was read has values in a column.
static bool all_have(const reading *r, const char *column)
{
    for (int d = PURCHASERS; d <= BASIC; d++)
        if (r->view[d].there && !has_column(&r->view[d], column, NULL))
            return false;
    return true;
}

static leie_status find_demand(reading *r, const char *region, leie_error *err)
{
    leie_size at = 0;
    for (int f = 0; f < FINALS; f++)
        for (int a = 0; a < 2 && final_use[f][a].code[0]; a++) {
            const char *const *code = final_use[f][a].code;
            if (!all_have(r, code[0]) || (code[1] && !all_have(r, code[1])))
                continue;
            for (int i = 0; at >= 0 && i < 2 && code[i]; i++)
                at = leie_axis_add(&r->s->account.demand, region, code[i], NULL, NULL, final_use[f][a].kind[i], err);
            break;
        }
    if (at >= 0 && r->s->account.demand.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no column of final use that every use table has", r->folder->real);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status find_rows(reading *r, leie_error *err)
{
    const view *use = &r->view[r->view[BASIC].there ? BASIC : PURCHASERS];
    leie_size at = 0;
    for (int v = r->view[TAXES].there; at >= 0 && v < INPUTS; v++) // tax layers say it by product
        if (leie_labels_find(&use->cube.label[use->product], inputs[v].code) >= 0)
            at = leie_labels_add(&r->s->account.input, inputs[v].code, NULL, NULL, inputs[v].kind, err);
    int split = has_column(&r->view[SUPPLY], imports[0][0], NULL) ? 0 : 1;
    for (int q = 0; at >= 0 && q < 2 && imports[split][q]; q++)
        if (has_column(&r->view[SUPPLY], imports[split][q], NULL))
            at = leie_labels_add(&r->s->partner, imports[split][q], NULL, NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status set_about(reading *r, leie_error *err)
{
    leie_table *a = &r->s->account;
    const view *v = &r->view[SUPPLY];
    leie_size unit = leie_labels_find(&v->cube.dim, "unit"), time = leie_labels_find(&v->cube.dim, "time");
    const char *code = unit >= 0 ? v->cube.label[unit].code[v->at[unit]] : "";
    bool euro = strcmp(code, "MIO_EUR") == 0;
    if (!euro)
        return leie_fail(err, LEIE_ERR_UNIT, "%s: unit '%s': expected MIO_EUR", v->file, code);
    const struct {
        char **to;
        const char *text;
    } texts[] = {{&a->currency, "EUR"},     {&a->unit, "MEUR"},  {&a->valuation, "basic"},
                 {&a->prices, "current"},   {&a->system, "sut"}, {&a->source, "Eurostat, naio_10"},
                 {&a->licence, "CC BY 4.0"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!(*texts[i].to = leie_strdup(texts[i].text)))
            return leie_fail_memory(err, "texts", 1, LEIE_LABEL_SIZE);
    int year = 0;
    if (time >= 0 && sscanf(v->cube.label[time].code[v->at[time]], "%d", &year) == 1)
        a->year = year;
    return LEIE_OK;
}

// ---- values ----

// The code under which a data set has a sector of the list A*64.
static const char *spelling_of(const view *v, leie_size d, const char *prefix, const char *code)
{
    char text[LEIE_LABEL_SIZE];
    for (int i = 0; i < A64; i++)
        for (int s = 0; s < 2 && strcmp(a64[i][0], code) == 0 && a64[i][s]; s++) {
            snprintf(text, sizeof text, "%s%s", prefix, a64[i][s]);
            leie_size at = leie_labels_find(&v->cube.label[d], text);
            if (at >= 0)
                return v->cube.label[d].code[at];
        }
    return NULL;
}

// cells [p, columns of axis] of a flow; industries by their spelling, other columns by their code.
static leie_status take_block(double *cell, const view *v, const reading *r, const leie_axis *column, const char *flow,
                              leie_error *err)
{
    const leie_axis *product = &r->s->product;
    for (leie_size i = 0; i < product->n; i++) {
        const char *row = spelling_of(v, v->product, "CPA_", product->code[i]);
        if (!row)
            return leie_fail(err, LEIE_ERR_DATA, "%s: product 'CPA_%s' of %s is not in it", v->file, product->code[i],
                             r->view[SUPPLY].file);
        for (leie_size j = 0; j < column->n; j++) {
            const char *at =
                column == &r->s->account.sector ? spelling_of(v, v->column, "", column->code[j]) : column->code[j];
            cell[i * column->n + j] = at ? get_or_zero(v, row, at, flow) : 0;
        }
    }
    return LEIE_OK;
}

static leie_status take_layer(reading *r, data_set d, const char *flow, leie_origin origin, leie_valuation valuation,
                              leie_error *err)
{
    const view *v = &r->view[d];
    leie_table *a = &r->s->account;
    bool total = strcmp(flow, "TOTAL") == 0, use = d == BASIC || d == PURCHASERS;
    if (!v->there || (v->flow < 0 && !total) || (use && !has_column(v, a->demand.code[0], flow)))
        return LEIE_OK;
    leie_status st = leie_sut_layer_new(r->s, origin, valuation, err);
    if (!st)
        st = take_block(r->s->layer[origin][valuation].use, v, r, &a->sector, flow, err);
    if (!st)
        st = take_block(r->s->layer[origin][valuation].final, v, r, &a->demand, flow, err);
    return st;
}

static leie_status take_rows(reading *r, leie_error *err)
{
    leie_table *a = &r->s->account;
    const view *use = &r->view[r->view[BASIC].there ? BASIC : PURCHASERS];
    leie_size k = a->sector.n, m = a->demand.n;
    leie_status st = a->input.n > 0 ? leie_read_array(&a->W, a->input.n * k, "inputs", err) : LEIE_OK;
    if (!st && a->input.n > 0)
        st = leie_read_array(&r->s->inputs_final, a->input.n * m, "inputs of final use", err);
    if (!st && leie_labels_find(&use->cube.label[use->product], "P1") >= 0)
        st = leie_read_array(&a->x, k, "output", err);
    for (leie_size j = 0; !st && j < k; j++) {
        const char *column = spelling_of(use, use->column, "", a->sector.code[j]);
        for (leie_size v = 0; column && v < a->input.n; v++)
            a->W[v * k + j] = get_or_zero(use, a->input.code[v], column, "TOTAL");
        if (a->x && column)
            a->x[j] = get_or_zero(use, "P1", column, "TOTAL");
    }
    for (leie_size v = 0; !st && v < a->input.n; v++)
        for (leie_size f = 0; f < m; f++)
            r->s->inputs_final[v * m + f] = get_or_zero(use, a->input.code[v], a->demand.code[f], "TOTAL");
    return st;
}

static leie_status take_supply(reading *r, leie_error *err)
{
    leie_sut *s = r->s;
    const view *v = &r->view[SUPPLY];
    const char *flow = v->flow >= 0 && leie_labels_find(&v->cube.label[v->flow], "TOTAL") >= 0 ? "TOTAL" : "DOM";
    leie_size p = s->product.n;
    leie_status st = leie_read_array(&s->supply, p * s->account.sector.n, "supply", err);
    if (!st)
        st = take_block(s->supply, v, r, &s->account.sector, flow, err);
    if (!st && s->partner.n > 0)
        st = leie_read_array(&s->imports, p * s->partner.n, "imports", err);
    for (leie_size i = 0; !st && i < p; i++)
        for (leie_size q = 0; q < s->partner.n; q++)
            s->imports[i * s->partner.n + q] =
                get_or_zero(v, spelling_of(v, v->product, "CPA_", s->product.code[i]), s->partner.code[q], flow);
    return st;
}

// What the products taken have and what the published total has.
static leie_status note_total(reading *r, leie_error *err)
{
    const view *v = &r->view[SUPPLY];
    leie_size k = r->s->account.sector.n;
    double taken = leie_sum(r->s->supply, r->s->product.n * k, 1), total = 0;
    const char *flow = v->flow >= 0 && leie_labels_find(&v->cube.label[v->flow], "TOTAL") >= 0 ? "TOTAL" : "DOM";
    total = get(v, "CPA_TOTAL", "TOTAL", flow);
    if (isnan(total))
        return LEIE_OK;
    return leie_provenance_note(
        &r->s->account.provenance, LEIE_NOTE_FOUND, r->s->product.n, err,
        "supply of the products and industries taken is %.9g, %.3g less than the published total", taken,
        total - taken);
}

static leie_status read_values(reading *r, leie_error *err)
{
    static const struct {
        data_set set;
        const char *flow;
        leie_origin origin;
        leie_valuation valuation;
    } layers[] = {{PURCHASERS, "TOTAL", LEIE_ALL_ORIGINS, LEIE_PURCHASERS},
                  {BASIC, "TOTAL", LEIE_ALL_ORIGINS, LEIE_BASIC},
                  {BASIC, "DOM", LEIE_DOMESTIC, LEIE_BASIC},
                  {BASIC, "IMP", LEIE_IMPORTED, LEIE_BASIC},
                  {MARGINS, "TOTAL", LEIE_ALL_ORIGINS, LEIE_TRADE_MARGIN},
                  {TAXES, "TOTAL", LEIE_ALL_ORIGINS, LEIE_TAX}};
    leie_status st = take_supply(r, err);
    for (size_t i = 0; !st && i < sizeof layers / sizeof layers[0]; i++)
        st = take_layer(r, layers[i].set, layers[i].flow, layers[i].origin, layers[i].valuation, err);
    if (!st)
        st = take_rows(r, err);
    return st ? st : note_total(r, err);
}

static leie_status check_files(const reading *r, leie_error *err)
{
    if (!r->view[SUPPLY].there)
        return leie_fail(err, LEIE_ERR_IO, "%s: no file of %s, the supply table", r->folder->real, names[SUPPLY]);
    if (!r->view[BASIC].there && !r->view[PURCHASERS].there)
        return leie_fail(err, LEIE_ERR_IO, "%s: no file of %s or %s, the use table", r->folder->real, names[BASIC],
                         names[PURCHASERS]);
    return LEIE_OK;
}

leie_status leie_read_sut_eurostat(leie_sut *s, const leie_place *folder, const char *geo, int year, leie_error *err)
{
    reading r = {.s = s, .folder = folder, .geo = geo, .year = year};
    leie_status st = find_files(&r, err);
    if (!st)
        st = check_files(&r, err);
    for (int d = 0; !st && d < SETS; d++)
        if (r.view[d].there)
            st = open_view(&r.view[d], &r, err);
    leie_size dim = st ? -1 : leie_labels_find(&r.view[SUPPLY].cube.dim, "geo");
    const char *region = dim >= 0 ? r.view[SUPPLY].cube.label[dim].code[r.view[SUPPLY].at[dim]] : "EU";
    if (!st)
        st = set_about(&r, err);
    if (!st)
        st = find_sectors(&r, region, err);
    if (!st)
        st = find_demand(&r, region, err);
    if (!st)
        st = find_rows(&r, err);
    if (!st)
        st = read_values(&r, err);
    for (int d = 0; d < SETS; d++)
        leie_cube_clear(&r.view[d].cube);
    return st;
}
