// SPDX-License-Identifier: GPL-3.0-or-later
/* From supply and use to a symmetric table: T of the model (technology.c) applied to every part. */
#include "solver/build/construct.h"

#include <math.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/construct_impl.h"
#include "solver/table/table_impl.h"

// A cell below zero by less than this share of the largest one is rounding.
static const double ROUNDING = 1e-12;

static const char *const models[] = {"A", "B", "C", "D", "hybrid", "almon"};
enum { MODELS = sizeof models / sizeof models[0] };

int leie_model_find(const char *name)
{
    for (int i = 0; i < MODELS; i++)
        if (strcmp(name, models[i]) == 0)
            return i;
    return -1;
}

const char *leie_model_name(leie_model model)
{
    return models[model];
}

bool leie_model_by_product(leie_model model)
{
    return model != LEIE_MODEL_C && model != LEIE_MODEL_D;
}

void leie_iot_clear(leie_iot *t)
{
    leie_table_clear(&t->table);
    leie_matrix_free(&t->Zm);
    leie_free(t->Ym);
    *t = (leie_iot){0};
}

// One construct on its way.
typedef struct making {
    const leie_sut *s;
    const leie_construct_opts *opts;
    leie_technology technology;
    double *shares; // [p, k] D', for Almon; else NULL
    leie_construct_info info;
    leie_iot *to;
    leie_size n; // sectors of the table
} making;

// ---- T applied ----

// C [m, n] = A [m, k] B [k, n], row-major: BLAS sees C' = B'A'.
static void multiply(double *c, const double *a, const double *b, leie_size m, leie_size k, leie_size n)
{
    memset(c, 0, (size_t)(m * n) * sizeof *c);
    if (m == 0 || n == 0 || k == 0)
        return;
    leie_blas_gemm_minus(n, m, k, b, n, a, k, c, n);
    for (leie_size i = 0; i < m * n; i++)
        c[i] = 0 - c[i];
}

static leie_status new_numbers(double **to, leie_size count, const char *what, leie_error *err)
{
    *to = leie_new(count, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, what, count, sizeof **to);
}

// Rows by industry [rows, k] become rows by sector of the table [rows, n].
static leie_status turn_rows(double *to, const double *from, leie_size rows, making *c, leie_error *err)
{
    const leie_technology *t = &c->technology;
    if (!leie_model_by_product(t->model)) {
        memcpy(to, from, (size_t)(rows * t->k) * sizeof *to);
        return LEIE_OK;
    }
    if (t->model == LEIE_MODEL_ALMON)
        return leie_almon_rows(to, from, rows, c->shares, t, c->opts, &c->info, err);
    multiply(to, from, t->T, rows, t->k, t->p);
    return LEIE_OK;
}

// Columns by product [p, cols] become columns by sector of the table [n, cols].
static void turn_columns(double *to, const double *from, leie_size cols, const making *c)
{
    const leie_technology *t = &c->technology;
    if (leie_model_by_product(t->model))
        memcpy(to, from, (size_t)(t->p * cols) * sizeof *to);
    else
        multiply(to, t->T, from, t->k, t->p, cols);
}

// ---- use and final use of one origin ----

static leie_status matrix_of(leie_matrix *m, const double *cell, leie_size n, leie_error *err)
{
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    for (leie_size c = 0; !st && c < n * n; c++)
        if (cell[c] != 0)
            st = leie_cells_add(&cells, c / n, c % n, cell[c], err);
    if (!st)
        st = leie_matrix_from_cells(m, n, n, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

static void count_negatives(leie_size *count, double *sum, const double *cell, leie_size cells)
{
    double largest = 0;
    leie_acc total = {0};
    for (leie_size c = 0; c < cells; c++)
        largest = fmax(largest, fabs(cell[c]));
    for (leie_size c = 0; c < cells; c++)
        if (cell[c] < -ROUNDING * largest) {
            ++*count;
            leie_acc_add(&total, cell[c]);
        }
    *sum = leie_acc_value(&total);
}

static leie_status turn_origin(leie_matrix *Z, double **Y, making *c, leie_origin origin, leie_error *err)
{
    const leie_sut_layer *layer = &c->s->layer[origin][LEIE_BASIC];
    leie_size n = c->n, m = c->s->account.demand.n;
    double *cell = NULL;
    leie_status st = new_numbers(&cell, n * n, "Z", err);
    if (!st)
        st = new_numbers(Y, n * m, "Y", err);
    if (!st && layer->use && leie_model_by_product(c->opts->model))
        st = turn_rows(cell, layer->use, c->s->product.n, c, err);
    else if (!st && layer->use)
        turn_columns(cell, layer->use, c->s->account.sector.n, c);
    if (!st && layer->use) {
        turn_columns(*Y, layer->final, m, c);
        count_negatives(&c->info.negatives[origin], &c->info.negative[origin], cell, n * n);
        count_negatives(&c->info.negatives_Y[origin], &c->info.negative_Y[origin], *Y, n * m);
    }
    if (!st)
        st = matrix_of(Z, cell, n, err);
    leie_free(cell);
    return st;
}

// ---- inputs and pressures ----

// What each industry pays in taxes less subsidies on the products it uses; false when no layer says.
static bool product_taxes(double *tax, const leie_sut *s)
{
    leie_size p = s->product.n, k = s->account.sector.n;
    const leie_sut_layer *all = s->layer[LEIE_ALL_ORIGINS];
    bool total = all[LEIE_TAX].use || all[LEIE_SUBSIDY].use, given = total;
    for (leie_size j = 0; j < k; j++)
        tax[j] = 0;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = LEIE_TAX; v <= LEIE_SUBSIDY; v++) {
            const double *use = s->layer[o][v].use;
            if (!use || total != (o == LEIE_ALL_ORIGINS))
                continue;
            given = true;
            for (leie_size j = 0; j < k; j++)
                tax[j] += (v == LEIE_TAX ? 1 : -1) * leie_sum(use + j, p, k);
        }
    return given;
}

static leie_status add_input(leie_labels *input, const char *code, const char *name, const char *kind, leie_error *err)
{
    leie_size at = leie_labels_add(input, code, name, NULL, kind, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

// rows [v + 1, k]: W, and in the last one the taxes on products when they are given.
static leie_status list_inputs(double *rows, making *c, leie_error *err)
{
    const leie_table *a = &c->s->account;
    leie_size v = a->input.n, k = a->sector.n;
    if (v > 0)
        memcpy(rows, a->W, (size_t)(v * k) * sizeof *rows);
    if (!product_taxes(rows + v * k, c->s))
        return LEIE_OK;
    return add_input(&c->to->table.input, "product_taxes", "Taxes less subsidies on products", LEIE_INPUT_PRODUCT_TAX,
                     err);
}

static leie_status make_W(making *c, leie_error *err)
{
    leie_table *t = &c->to->table;
    leie_size v = t->input.n, k = c->s->account.sector.n;
    double *rows = NULL;
    leie_status st = new_numbers(&rows, (v + 1) * k, "W", err);
    if (!st)
        st = list_inputs(rows, c, err);
    leie_size turned = t->input.n;
    if (!st && c->opts->import_row)
        st = add_input(&t->input, "imports", "Imports", LEIE_INPUT_ADJUSTMENT, err);
    if (!st && t->input.n > 0)
        st = new_numbers(&t->W, t->input.n * c->n, "W", err);
    if (!st && turned > 0)
        st = turn_rows(t->W, rows, turned, c, err);
    if (!st && c->opts->import_row)
        leie_matrix_col_sums(t->W + turned * c->n, &c->to->Zm);
    leie_free(rows);
    return st;
}

static leie_status make_F(making *c, leie_error *err)
{
    const leie_table *a = &c->s->account;
    leie_table *t = &c->to->table;
    if (a->stressor.n == 0)
        return LEIE_OK;
    leie_status st = new_numbers(&t->F, a->stressor.n * c->n, "F", err);
    if (!st)
        st = turn_rows(t->F, a->F, a->stressor.n, c, err);
    return st ? st : leie_numbers_copy(&t->F_Y, a->F_Y, a->stressor.n * a->demand.n, "F_Y", err);
}

// ---- notes ----

static void count_empty(making *c)
{
    const leie_technology *t = &c->technology;
    for (leie_size j = 0; j < t->k; j++)
        c->info.empty_industries += t->g[j] == 0;
    for (leie_size i = 0; i < t->p; i++)
        c->info.empty_products += t->q[i] == 0;
}

static leie_status note_negatives(const making *c, leie_error *err)
{
    static const char *const what[2][2] = {{"Z", "Y"}, {"Zm", "Ym"}};
    const leie_construct_info *i = &c->info;
    leie_provenance *p = &c->to->table.provenance;
    leie_status st = LEIE_OK;
    for (int o = 0; !st && o < 2; o++) {
        if (i->negatives[o] > 0)
            st = leie_provenance_note(p, LEIE_NOTE_FOUND, i->negatives[o], err, "negative cells of %s add up to %.9g",
                                      what[o][0], i->negative[o]);
        if (!st && i->negatives_Y[o] > 0)
            st = leie_provenance_note(p, LEIE_NOTE_FOUND, i->negatives_Y[o], err, "negative cells of %s add up to %.9g",
                                      what[o][1], i->negative_Y[o]);
    }
    return st;
}

static leie_status note_construct(const making *c, leie_error *err)
{
    const leie_sut *s = c->s;
    const leie_construct_info *i = &c->info;
    leie_provenance *p = &c->to->table.provenance;
    leie_status st = leie_provenance_note(
        p, LEIE_NOTE_DONE, c->n, err, "model %s: %lld products and %lld industries become a table of %lld %s",
        leie_model_name(c->opts->model), (long long)s->product.n, (long long)s->account.sector.n, (long long)c->n,
        leie_model_by_product(c->opts->model) ? "products" : "industries");
    if (!st && i->empty_industries + i->empty_products > 0)
        st = leie_provenance_note(p, LEIE_NOTE_ASSUMED, i->empty_industries + i->empty_products, err,
                                  "%lld industries and %lld products without output stand for themselves",
                                  (long long)i->empty_industries, (long long)i->empty_products);
    if (!st)
        st = note_negatives(c, err);
    if (!st && i->open > 0)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, i->open, err,
                                  "Almon's procedure ended above its tolerance; largest last change %.3g of a row",
                                  i->open_change);
    if (!st && s->inputs_final)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, s->account.input.n, err,
                                  "what final use pays itself, %.9g in all, has no place in the table",
                                  leie_sum(s->inputs_final, s->account.input.n * s->account.demand.n, 1));
    return st;
}

// ---- the table ----

static leie_status make_labels(making *c, leie_error *err)
{
    leie_table *t = &c->to->table;
    bool product = leie_model_by_product(c->opts->model);
    leie_status st = leie_table_like(t, &c->s->account, err);
    if (!st)
        st = leie_text_set(&t->valuation, "basic", err);
    if (!st)
        st = leie_text_set(&t->system, product ? "pxp" : "ixi", err);
    if (!st)
        st = leie_axis_copy(&t->sector, product ? &c->s->product : &c->s->account.sector, err);
    if (!st)
        st = leie_axis_copy(&t->demand, &c->s->account.demand, err);
    c->n = t->sector.n;
    return st;
}

static leie_status check_sut(const leie_sut *s, leie_error *err)
{
    if (!s->supply || !s->layer[LEIE_DOMESTIC][LEIE_BASIC].use)
        return leie_fail(err, LEIE_ERR_DATA, "a construct needs supply, and domestic use at basic prices");
    return s->account.input.n > 0 && !s->account.W
               ? leie_fail(err, LEIE_ERR_DATA, "%lld primary inputs without values", (long long)s->account.input.n)
               : LEIE_OK;
}

static leie_status prepare(making *c, leie_error *err)
{
    leie_status st = check_sut(c->s, err);
    if (!st)
        st = leie_technology_new(&c->technology, c->s, c->opts, err);
    if (!st)
        st = leie_technology_form(&c->technology, c->opts, err);
    if (!st && c->opts->model == LEIE_MODEL_ALMON)
        st = new_numbers(&c->shares, c->technology.p * c->technology.k, "market shares", err);
    if (!st && c->shares)
        st = leie_market_shares(c->shares, &c->technology, err);
    if (!st)
        count_empty(c);
    return st;
}

leie_status leie_construct(leie_iot *to, const leie_sut *s, const leie_construct_opts *opts, leie_construct_info *info,
                           leie_error *err)
{
    *to = (leie_iot){0};
    making c = {.s = s, .opts = opts, .to = to};
    leie_status st = prepare(&c, err);
    if (!st)
        st = make_labels(&c, err);
    if (!st)
        st = turn_origin(&to->table.Z, &to->table.Y, &c, LEIE_DOMESTIC, err);
    if (!st)
        st = turn_origin(&to->Zm, &to->Ym, &c, LEIE_IMPORTED, err);
    if (!st)
        st = make_W(&c, err);
    if (!st)
        st = make_F(&c, err);
    if (!st)
        st = leie_table_set_x(&to->table, LEIE_X_GIVEN,
                              leie_model_by_product(opts->model) ? c.technology.q : c.technology.g, err);
    if (!st)
        st = note_construct(&c, err);
    if (st)
        leie_iot_clear(to);
    else if (info)
        *info = c.info;
    leie_free(c.shares);
    leie_technology_clear(&c.technology);
    return st;
}
