// SPDX-License-Identifier: GPL-3.0-or-later
/* P products, K industries, M final columns, v inputs, one row more for taxes on products by layer. The table that is
 * balanced has rows  products (total 0), imported products (free), inputs (free), taxes (free)
 * and columns        industries (g), final use (free), supply of industries (-g). */
#include "solver/build/update.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/balance_report.h"
#include "solver/balance/mrgras.h"
#include "solver/balance/wls.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

static const double TOLERANCE = 1e-9;
static const leie_size SWEEPS = 5000;

static const char *const name[LEIE_ACCOUNTS] = {"output", "value_added", "final", "exports", "imports", "trade"};

int leie_account_find(const char *text)
{
    for (int i = 0; i < LEIE_ACCOUNTS; i++)
        if (strcmp(text, name[i]) == 0)
            return i;
    return -1;
}

const char *leie_account_name(leie_account_kind kind)
{
    return name[kind];
}

typedef struct updating {
    leie_sut *s;
    const leie_update *how;
    leie_size P, K, M, v, rows, cols;
    double *g, *goal;  // [K] output before and after
    double *dense;     // [rows, cols]
    double *taxes;     // [K]
    leie_csr a;
    double *before;    // [nnz]
    double *row, *col;
    char **row_name, **col_name;
    leie_blocks block;
    leie_balance_info info;
} updating;

static void updating_clear(updating *c)
{
    double *array[] = {c->g, c->goal, c->dense, c->taxes, c->before, c->row, c->col};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        leie_free(array[i]);
    for (leie_size i = 0; c->row_name && i < c->rows; i++)
        leie_free(c->row_name[i]);
    for (leie_size i = 0; c->col_name && i < c->cols; i++)
        leie_free(c->col_name[i]);
    leie_free(c->row_name);
    leie_free(c->col_name);
    leie_blocks_clear(&c->block);
    leie_csr_free(&c->a);
}

// ---- outputs of the new year ----

static leie_status fail_total(const updating *c, const leie_account_total *t, leie_error *err, const char *why)
{
    return leie_fail(err, LEIE_ERR_DATA, "line %lld: total of %s in '%s', %.9g: %s", (long long)t->line, name[t->kind],
                     c->s->account.sector.region.code[t->region], t->value, why);
}

// Known outputs; the others of a region grow as these do, or up to the region's total.
static leie_status set_outputs(updating *c, leie_error *err)
{
    const leie_axis *axis = &c->s->account.sector;
    for (leie_size j = 0; j < c->K; j++)
        c->goal[j] = NAN;
    for (leie_size q = 0; q < c->how->totals; q++) {
        const leie_account_total *t = &c->how->total[q];
        if (t->kind != LEIE_ACCOUNT_OUTPUT || t->item < 0)
            continue;
        leie_size at = axis->first[t->region] + t->item;
        if (!isnan(c->goal[at]))
            return fail_total(c, t, err, "the industry has a total already");
        if (c->g[at] == 0 && t->value != 0)
            return fail_total(c, t, err, "the base table has no output of it");
        c->goal[at] = t->value;
    }
    for (leie_size r = 0; r < axis->region.n; r++) {
        double known = 0, base = 0, rest = 0, all = NAN;
        for (leie_size j = axis->first[r]; j < axis->first[r + 1]; j++) {
            bool given = !isnan(c->goal[j]);
            known += given ? c->goal[j] : 0;
            *(given ? &base : &rest) += c->g[j];
        }
        for (leie_size q = 0; q < c->how->totals; q++)
            if (c->how->total[q].kind == LEIE_ACCOUNT_OUTPUT && c->how->total[q].item < 0 && c->how->total[q].region == r) {
                all = c->how->total[q].value;
                if (all < known * (1 - 1e-9) || (rest == 0 && fabs(all - known) > 1e-9 * fabs(all)))
                    return fail_total(c, &c->how->total[q], err, "the industries' own totals disagree with it");
            }
        double by = !isnan(all) ? (rest > 0 ? (all - known) / rest : 1) : base > 0 ? known / base : 1;
        for (leie_size j = axis->first[r]; j < axis->first[r + 1]; j++)
            if (isnan(c->goal[j]))
                c->goal[j] = c->g[j] * by;
    }
    return LEIE_OK;
}

// ---- the table that is balanced ----

static void add_taxes(updating *c)
{
    const leie_sut_layer *all = c->s->layer[LEIE_ALL_ORIGINS];
    bool total = all[LEIE_TAX].use || all[LEIE_SUBSIDY].use;
    for (int o = 0; o < LEIE_ORIGINS; o++)
        for (int v = LEIE_TAX; v <= LEIE_SUBSIDY; v++) {
            const double *use = c->s->layer[o][v].use;
            if (use && total == (o == LEIE_ALL_ORIGINS))
                for (leie_size j = 0; j < c->K; j++)
                    c->taxes[j] += (v == LEIE_TAX ? 1 : -1) * leie_sum(use + j, c->P, c->K);
        }
}

// Columns start in proportion to their output.
static void fill_dense(updating *c)
{
    const leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC], *m = &c->s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_size K = c->K, M = c->M;
    for (leie_size j = 0; j < K; j++) {
        double by = c->g[j] != 0 ? c->goal[j] / c->g[j] : 1;
        for (leie_size i = 0; i < c->P; i++) {
            c->dense[i * c->cols + j] = d->use[i * K + j] * by;
            c->dense[i * c->cols + K + M + j] = -c->s->supply[i * K + j] * by;
            c->dense[(c->P + i) * c->cols + j] = m->use ? m->use[i * K + j] * by : 0;
        }
        for (leie_size w = 0; w < c->v; w++)
            c->dense[(2 * c->P + w) * c->cols + j] = c->s->account.W[w * K + j] * by;
        c->dense[(2 * c->P + c->v) * c->cols + j] = c->taxes[j] * by;
    }
    for (leie_size i = 0; i < c->P; i++)
        for (leie_size f = 0; f < M; f++) {
            c->dense[i * c->cols + K + f] = d->final[i * M + f];
            c->dense[(c->P + i) * c->cols + K + f] = m->use ? m->final[i * M + f] : 0;
        }
}

// Sum of the base column, for industries whose costs miss their output.
static leie_status fill_cells(updating *c, leie_error *err)
{
    leie_size count = 0, all = c->rows * c->cols;
    for (leie_size i = 0; i < all; i++)
        count += c->dense[i] != 0;
    leie_status st = leie_csr_new(&c->a, c->rows, c->cols, count, err);
    st = st ? st : leie_embed_new(&c->row, c->rows, "totals", err);
    st = st ? st : leie_embed_new(&c->col, c->cols, "totals", err);
    count = 0;
    for (leie_size i = 0; !st && i < c->rows; i++) {
        for (leie_size j = 0; j < c->cols; j++)
            if (c->dense[i * c->cols + j] != 0) {
                c->a.col[count] = (leie_index)j;
                c->a.val[count++] = c->dense[i * c->cols + j];
            }
        c->a.row[i + 1] = count;
        c->row[i] = i < c->P ? 0 : NAN;
    }
    for (leie_size j = 0; !st && j < c->cols; j++)
        c->col[j] = j < c->K ? c->goal[j] : j < c->K + c->M ? NAN : -c->goal[j - c->K - c->M];
    return st ? st : leie_numbers_copy(&c->before, c->a.val, c->a.nnz, "base", err);
}

static leie_status fill_names(updating *c, leie_error *err)
{
    char text[2 * LEIE_PLACE_MAX], place[LEIE_PLACE_MAX];
    const leie_table *a = &c->s->account;
    c->row_name = leie_new(c->rows, sizeof *c->row_name);
    c->col_name = leie_new(c->cols, sizeof *c->col_name);
    if (!c->row_name || !c->col_name)
        return leie_fail_memory(err, "names", c->rows, sizeof *c->row_name);
    for (leie_size i = 0; i < c->rows; i++) {
        if (i < 2 * c->P)
            snprintf(text, sizeof text, "%s %s", i < c->P ? "product" : "import of", leie_axis_place(place, &c->s->product, i % c->P));
        else
            snprintf(text, sizeof text, "input %s", i < 2 * c->P + c->v ? a->input.code[i - 2 * c->P] : "taxes on products");
        if (!(c->row_name[i] = leie_strdup(text)))
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    for (leie_size j = 0; j < c->cols; j++) {
        bool final = j >= c->K && j < c->K + c->M;
        const leie_axis *axis = final ? &a->demand : &a->sector;
        snprintf(text, sizeof text, "%s %s", j < c->K + c->M ? "use by" : "supply by",
                 leie_axis_place(place, axis, final ? j - c->K : j % (c->K + c->M)));
        if (!(c->col_name[j] = leie_strdup(text)))
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    return LEIE_OK;
}

// ---- known totals ----

// Whether a cell belongs to a total.
static bool counts(const updating *c, const leie_account_total *t, leie_size i, leie_size j)
{
    const leie_table *a = &c->s->account;
    bool industry = j < c->K, final = !industry && j < c->K + c->M, product = i < 2 * c->P;
    if (!industry && !final)
        return false;
    leie_size to = industry ? a->sector.of[j] : a->demand.of[j - c->K];
    leie_size from = product ? c->s->product.of[i % c->P] : -1;
    leie_size code = product ? i % c->P - c->s->product.first[from] : -1;
    bool abroad = final && a->demand.kind[j - c->K] == LEIE_DEMAND_EXPORT;
    switch (t->kind) {
    case LEIE_ACCOUNT_VALUE_ADDED:
        return industry && to == t->region && i >= 2 * c->P && i < 2 * c->P + c->v &&
               strcmp(a->input.kind[i - 2 * c->P], LEIE_INPUT_PRODUCT_TAX) != 0 &&
               strcmp(a->input.kind[i - 2 * c->P], LEIE_INPUT_ADJUSTMENT) != 0 &&
               (t->item < 0 || j == a->sector.first[to] + t->item);
    case LEIE_ACCOUNT_FINAL:
        return final && product && to == t->region && (t->item < 0 ? !abroad : j - c->K == a->demand.first[to] + t->item);
    case LEIE_ACCOUNT_EXPORTS:
        return abroad && product && to == t->region && (t->item < 0 || code == t->item);
    case LEIE_ACCOUNT_IMPORTS:
        return product && i >= c->P && from == t->region && (t->item < 0 || code == t->item);
    case LEIE_ACCOUNT_TRADE:
        return i < c->P && from == t->region && to == t->item && !abroad;
    default:
        return false;
    }
}

static leie_status add_total(updating *c, const leie_account_total *t, leie_size *cell, leie_error *err)
{
    const leie_table *a = &c->s->account;
    char text[2 * LEIE_PLACE_MAX];
    leie_size n = 0;
    for (leie_size i = 0; i < c->rows; i++)
        for (leie_size at = c->a.row[i]; at < c->a.row[i + 1]; at++)
            if (counts(c, t, i, c->a.col[at]))
                cell[n++] = at;
    if (n == 0)
        return t->value == 0 ? LEIE_OK : fail_total(c, t, err, "the base table has no such cells");
    const char *item = t->item < 0                          ? "all"
                       : t->kind == LEIE_ACCOUNT_VALUE_ADDED ? a->sector.code[a->sector.first[t->region] + t->item]
                       : t->kind == LEIE_ACCOUNT_FINAL       ? a->demand.code[a->demand.first[t->region] + t->item]
                       : t->kind == LEIE_ACCOUNT_TRADE       ? a->sector.region.code[t->item]
                                                             : c->s->product.code[c->s->product.first[t->region] + t->item];
    snprintf(text, sizeof text, "%s %s %s", name[t->kind], a->sector.region.code[t->region], item);
    return leie_blocks_add(&c->block, text, cell, n, t->value, c->how->wls ? t->sd : 0, err);
}

static leie_status add_totals(updating *c, leie_error *err)
{
    leie_size *cell = leie_new(c->a.nnz, sizeof *cell);
    leie_status st = cell ? LEIE_OK : leie_fail_memory(err, "cells of a total", c->a.nnz, sizeof *cell);
    for (leie_size q = 0; !st && q < c->how->totals; q++)
        if (c->how->total[q].kind != LEIE_ACCOUNT_OUTPUT)
            st = add_total(c, &c->how->total[q], cell, err);
    leie_free(cell);
    return st;
}

// ---- balance and back ----

static leie_status balance(updating *c, leie_error *err)
{
    leie_balance_opts limit = {c->how->balance.tolerance > 0 ? c->how->balance.tolerance : TOLERANCE,
                               c->how->balance.iterations > 0 ? c->how->balance.iterations : SWEEPS};
    leie_margins m = {.row = c->row, .col = c->col, .block = &c->block, .row_name = c->row_name, .col_name = c->col_name};
    leie_balance_report report = {0};
    leie_adjustments *list = &c->s->account.adjusted;
    leie_status st;
    if (c->how->wls) {
        const leie_wls_opts wls = {.limit = {limit.tolerance, 200}};
        st = leie_wls(&c->a, &m, &wls, &c->info, err);
    } else {
        st = leie_mrgras(&c->a, &m, &limit, &c->info, err);
    }
    if (!st && !c->info.converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the update to %d is off its totals by %.3g of one after %lld iterations",
                       c->how->year, c->info.error, (long long)c->info.iterations);
    st = st ? st : leie_balance_report_make(&report, &c->a, c->before, &m, &c->info, err);
    for (leie_size i = 0; !st && i < report.changes; i++) {
        const leie_balance_change *move = &report.change[i];
        st = leie_adjustments_add(list, "update", c->row_name[move->row], c->col_name[move->col], move->before, move->after,
                                  c->s->account.unit, c->how->wls ? "least squares" : "SUT-RAS", err);
    }
    if (!st)
        st = leie_provenance_note(&c->s->account.provenance, LEIE_NOTE_DONE, c->how->totals, err,
                                  "carried from %d to %d by %lld totals (%s, %lld iterations): cells move by %.3g %% in all, most "
                                  "%s to %s",
                                  c->s->account.year, c->how->year, (long long)c->how->totals,
                                  c->how->wls ? "least squares" : "SUT-RAS", (long long)c->info.iterations, report.wape,
                                  report.changes ? c->row_name[report.change[0].row] : "",
                                  report.changes ? c->col_name[report.change[0].col] : "");
    leie_balance_report_clear(&report);
    return st;
}

static void scale_column(double *a, leie_size rows, leie_size cols, leie_size j, double by)
{
    for (leie_size i = 0; a && i < rows; i++)
        a[i * cols + j] *= by;
}

// Layers beside basic prices, and pressures, follow their industry or column.
static void scale_others(updating *c)
{
    leie_sut *s = c->s;
    for (leie_size j = 0; j < c->K + c->M; j++) {
        bool industry = j < c->K;
        double was = 0, is = 0;
        const leie_sut_layer *d = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
        for (leie_size i = 0; !industry && i < c->P; i++) {
            was += d->final[i * c->M + j - c->K];
            is += c->dense[i * c->cols + j];
        }
        double tax = industry ? c->dense[(2 * c->P + c->v) * c->cols + j] : 0;
        double by = industry ? (c->g[j] != 0 ? c->goal[j] / c->g[j] : 1) : was != 0 ? is / was : 1;
        for (int o = 0; o < LEIE_ORIGINS; o++)
            for (int v = 0; v < LEIE_VALUATIONS; v++) {
                leie_sut_layer *l = &s->layer[o][v];
                if (v == LEIE_BASIC && o != LEIE_ALL_ORIGINS)
                    continue;
                bool taxes = industry && (v == LEIE_TAX || v == LEIE_SUBSIDY) && c->taxes[j] != 0;
                scale_column(industry ? l->use : l->final, c->P, industry ? c->K : c->M, industry ? j : j - c->K,
                             taxes ? tax / c->taxes[j] : by);
            }
        if (industry)
            scale_column(s->account.F, s->account.stressor.n, c->K, j, by);
        else {
            scale_column(s->account.F_Y, s->account.stressor.n, c->M, j - c->K, by);
            scale_column(s->inputs_final, c->v, c->M, j - c->K, by);
        }
    }
}

static void scale_partners(updating *c)
{
    const leie_sut_layer *m = &c->s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_size B = c->s->partner.n;
    for (leie_size i = 0; c->s->imports && m->use && i < c->P; i++) {
        double was = leie_sum(m->use + i * c->K, c->K, 1) + leie_sum(m->final + i * c->M, c->M, 1);
        double is = leie_sum(c->dense + (c->P + i) * c->cols, c->K + c->M, 1);
        for (leie_size b = 0; b < B; b++)
            c->s->imports[i * B + b] *= was != 0 ? is / was : 1;
    }
}

static void take_back(updating *c)
{
    leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC], *m = &c->s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_size K = c->K, M = c->M;
    memset(c->dense, 0, (size_t)(c->rows * c->cols) * sizeof *c->dense);
    for (leie_size i = 0; i < c->rows; i++)
        for (leie_size at = c->a.row[i]; at < c->a.row[i + 1]; at++)
            c->dense[i * c->cols + c->a.col[at]] = c->a.val[at];
    scale_others(c);
    scale_partners(c);
    for (leie_size i = 0; i < c->P; i++) {
        for (leie_size j = 0; j < K; j++) {
            d->use[i * K + j] = c->dense[i * c->cols + j];
            c->s->supply[i * K + j] = -c->dense[i * c->cols + K + M + j];
            if (m->use)
                m->use[i * K + j] = c->dense[(c->P + i) * c->cols + j];
        }
        for (leie_size f = 0; f < M; f++) {
            d->final[i * M + f] = c->dense[i * c->cols + K + f];
            if (m->use)
                m->final[i * M + f] = c->dense[(c->P + i) * c->cols + K + f];
        }
    }
    for (leie_size w = 0; w < c->v; w++)
        for (leie_size j = 0; j < K; j++)
            c->s->account.W[w * K + j] = c->dense[(2 * c->P + w) * c->cols + j];
    for (leie_size j = 0; c->s->account.x && j < K; j++)
        c->s->account.x[j] = c->goal[j];
    c->s->account.year = c->how->year;
}

static leie_status prepare(updating *c, leie_error *err)
{
    const leie_sut *s = c->s;
    c->P = s->product.n;
    c->K = s->account.sector.n;
    c->M = s->account.demand.n;
    c->v = s->account.W ? s->account.input.n : 0;
    c->rows = 2 * c->P + c->v + 1;
    c->cols = 2 * c->K + c->M;
    if (!s->supply || !s->layer[LEIE_DOMESTIC][LEIE_BASIC].use || c->v == 0)
        return leie_fail(err, LEIE_ERR_DATA, "an update needs supply, domestic use at basic prices and inputs");
    leie_status st = leie_embed_new(&c->g, c->K, "outputs", err);
    st = st ? st : leie_embed_new(&c->goal, c->K, "outputs", err);
    st = st ? st : leie_embed_new(&c->taxes, c->K, "taxes", err);
    st = st ? st : leie_embed_new(&c->dense, c->rows * c->cols, "table to update", err);
    if (st)
        return st;
    leie_sut_industry_output(c->g, s);
    add_taxes(c);
    st = set_outputs(c, err);
    if (!st)
        fill_dense(c);
    st = st ? st : fill_cells(c, err);
    st = st ? st : fill_names(c, err);
    return st ? st : add_totals(c, err);
}

leie_status leie_sut_update(leie_sut *s, const leie_update *how, leie_balance_info *info, leie_error *err)
{
    updating c = {.s = s, .how = how};
    leie_status st = prepare(&c, err);
    st = st ? st : balance(&c, err);
    if (!st)
        take_back(&c);
    if (!st && info)
        *info = c.info;
    updating_clear(&c);
    return st;
}
