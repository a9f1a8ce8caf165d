// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/gras.h"
#include "solver/build/disaggregate_impl.h"

// Shares must sum to one this closely; totals that are met this closely need no balancing; weights whose sum is
// this small beside them say nothing.
static const double SHARES = 1e-9, MET = 1e-12, CANCELS = 1e-6;

typedef leie_cut cut;
typedef leie_cutting work;

static leie_size columns_rows(const work *w)
{
    return w->n + w->v + 1;
}

// ---- what is cut ----

static leie_status check_parts(const leie_disaggregation *d, const leie_table *t, leie_error *err)
{
    if (d->part.n < 2)
        return leie_fail(err, LEIE_ERR_DATA, "'%s' is to be cut into %lld parts: two or more are expected", d->sector,
                         (long long)d->part.n);
    for (leie_size i = 0; i < d->weights; i++) {
        const leie_part_weight *w = &d->weight[i];
        bool share = w->what == LEIE_PART_OUTPUT || w->what == LEIE_PART_EXTENSION;
        if (!isfinite(w->value) || (w->value < 0 && share))
            return leie_part_fail(d, w, err, "a share of %g: expected 0 or more", w->value);
        if (w->what == LEIE_PART_COEFFICIENT && !w->item[0])
            return leie_part_fail(d, w, err, "a coefficient needs the item that is bought");
        if (w->in[0] && leie_labels_find(&t->sector.region, w->in) < 0)
            return leie_part_fail(d, w, err, "region '%s' is not in the table", w->in);
    }
    return LEIE_OK;
}

static leie_status add_cut(work *w, leie_size r, leie_error *err)
{
    leie_size p = leie_axis_find_in(&w->t->sector, r, w->d->sector);
    const char *region = w->t->sector.region.code[r];
    if (p < 0)
        return leie_fail(err, LEIE_ERR_DATA, "region '%s' has no sector '%s' to cut", region, w->d->sector);
    for (leie_size k = 0; k < w->K; k++) {
        leie_size at = leie_axis_find_in(&w->t->sector, r, w->d->part.code[k]);
        if (at >= 0 && at != p)
            return leie_fail(err, LEIE_ERR_DATA, "part '%s' of '%s' is already a sector of '%s'", w->d->part.code[k],
                             w->d->sector, region);
    }
    w->of[p] = (leie_index)w->cuts;
    w->cut[w->cuts++] = (cut){.r = r, .p = p};
    return LEIE_OK;
}

static leie_status fail_sector(const work *w, leie_error *err)
{
    leie_labels codes = {0};
    leie_status st = leie_axis_codes(&codes, NULL, &w->t->sector, err);
    const char *near = st ? NULL : leie_labels_nearest(&codes, w->d->sector);
    if (!st)
        st = leie_fail(err, LEIE_ERR_DATA, "no region of the table has a sector '%s'%s%s%s", w->d->sector,
                       near ? "; '" : "", near ? near : "", near ? "' is near" : "");
    leie_labels_clear(&codes);
    return st;
}

static leie_status find_cuts(work *w, leie_error *err)
{
    const leie_axis *axis = &w->t->sector;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < w->n; i++)
        w->of[i] = -1;
    for (leie_size q = 0; !st && q < w->d->regions; q++) {
        leie_size r = leie_labels_find(&axis->region, w->d->region[q]);
        const char *near = r < 0 ? leie_labels_nearest(&axis->region, w->d->region[q]) : NULL;
        st = r >= 0 ? add_cut(w, r, err)
                    : leie_fail(err, LEIE_ERR_DATA, "region '%s', where '%s' is to be cut, is not in the table%s%s%s",
                                w->d->region[q], w->d->sector, near ? "; '" : "", near ? near : "",
                                near ? "' is near" : "");
    }
    for (leie_size r = 0; !st && w->d->regions == 0 && r < axis->region.n; r++)
        if (leie_axis_find_in(axis, r, w->d->sector) >= 0)
            st = add_cut(w, r, err);
    return !st && w->cuts == 0 ? fail_sector(w, err) : st;
}

// Sectors in their order, the parts in the place of the parent.
static leie_status new_axis(work *w, leie_error *err)
{
    const leie_axis *from = &w->t->sector;
    const leie_labels *part = &w->d->part;
    leie_size at = 0;
    for (leie_size i = 0; at >= 0 && i < w->n; i++) {
        const char *region = from->region.code[from->of[i]];
        w->moved[i] = w->to.sector.n;
        if (w->of[i] >= 0)
            w->cut[w->of[i]].to = w->to.sector.n;
        for (leie_size k = 0; at >= 0 && w->of[i] >= 0 && k < w->K; k++)
            at = leie_axis_add(&w->to.sector, region, part->code[k], part->name[k], from->unit[i], from->kind[i], err);
        if (w->of[i] < 0)
            at = leie_axis_add(&w->to.sector, region, from->code[i], from->name[i], from->unit[i], from->kind[i], err);
    }
    if (at < 0)
        return (leie_status)at;
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < from->region.n; r++) {
        leie_size q = leie_labels_find(&w->to.sector.region, from->region.code[r]);
        st = q < 0 ? LEIE_OK : leie_text_set(&w->to.sector.region.name[q], from->region.name[r], err);
    }
    w->nn = w->to.sector.n;
    return st ? st : leie_axis_copy(&w->to.demand, &w->t->demand, err);
}

// ---- shares ----

leie_status leie_cut_to_one(work *w, double *share, leie_size step, const char *what, const char *item, const cut *c,
                          leie_error *err)
{
    const char *region = w->t->sector.region.code[c->r];
    double sum = leie_sum(share, w->K, step);
    if (fabs(sum - 1) <= SHARES)
        return LEIE_OK;
    if (!w->d->normalise || !(sum > 0))
        return leie_fail(err, LEIE_ERR_DATA, "%s%s%s of the parts of %s %s sum to %.12g: expected 1 (%s)",
                         what, item[0] ? " " : "", item, region, w->d->sector, sum, w->d->path ? w->d->path : "weights");
    for (leie_size k = 0; k < w->K; k++)
        share[k * step] /= sum;
    w->scaled++;
    return LEIE_OK;
}

static leie_status output_shares(work *w, cut *c, leie_error *err)
{
    leie_labels one = {0};
    const char *region = w->t->sector.region.code[c->r];
    leie_status st = leie_labels_add(&one, w->d->sector, NULL, NULL, NULL, err) < 0 ? LEIE_ERR_NOMEM : LEIE_OK;
    leie_places places = {.list = &one, .what = "sector"};
    leie_places_count(&places);
    if (!st)
        st = leie_part_weights(c->output, w->set, w->given, w->d, LEIE_PART_OUTPUT, region, &places, err);
    if (!st && !w->given[0])
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no shares of output for the parts of %s %s (rows with what = output)",
                       w->d->path ? w->d->path : "weights", region, w->d->sector);
    if (!st)
        st = leie_cut_to_one(w, c->output, 1, "shares of output", "", c, err);
    leie_labels_clear(&one);
    return st;
}

// Share of part k at a place: its weight among the parts, or its share of output.
static double share_at(const work *w, const cut *c, leie_size place, leie_size places, leie_size k)
{
    double sum = w->given[place] ? leie_sum(w->weight + place, w->K, places) : 0;
    bool some = fabs(sum) > CANCELS * leie_sum_abs(w->weight + place, w->K, places);
    return some ? w->weight[k * places + place] / sum : c->output[k];
}

// ---- balancing ----

typedef struct grid {
    leie_size rows, cols;
    double *cell;               // [rows, cols]
    const bool *fixed;          // [rows, cols] or NULL
    const double *row, *col;    // totals; col NULL: free
    char **row_name, **col_name; // made when something fails
} grid;

static bool meets(const grid *g)
{
    for (leie_size j = 0; g->col && j < g->cols; j++)
        if (fabs(leie_sum(g->cell + j, g->rows, g->cols) - g->col[j]) > MET * leie_sum_abs(g->cell + j, g->rows, g->cols))
            return false;
    for (leie_size i = 0; i < g->rows; i++)
        if (fabs(leie_sum(g->cell + i * g->cols, g->cols, 1) - g->row[i]) >
            MET * leie_sum_abs(g->cell + i * g->cols, g->cols, 1))
            return false;
    return true;
}

static leie_status grid_csr(leie_csr *a, bool **fixed, const grid *g, leie_error *err)
{
    leie_size nnz = 0;
    for (leie_size i = 0; i < g->rows * g->cols; i++)
        nnz += g->cell[i] != 0;
    leie_status st = leie_csr_new(a, g->rows, g->cols, nnz, err);
    *fixed = leie_new(nnz, sizeof **fixed);
    if (!st && !*fixed)
        st = leie_fail_memory(err, "fixed cells", nnz, sizeof **fixed);
    leie_size at = 0;
    for (leie_size i = 0; !st && i < g->rows; i++) {
        for (leie_size j = 0; j < g->cols; j++)
            if (g->cell[i * g->cols + j] != 0) {
                (*fixed)[at] = g->fixed && g->fixed[i * g->cols + j];
                a->col[at] = (leie_index)j;
                a->val[at++] = g->cell[i * g->cols + j];
            }
        a->row[i + 1] = at;
    }
    return st;
}

/* GRAS of a grid that does not meet its totals; the largest move is kept with its place. */
static leie_status balance(work *w, grid *g, const char *what, const cut *c, leie_error *err)
{
    leie_csr a = {0};
    bool *fixed = NULL;
    leie_balance_info info = {0};
    leie_error why = {0};
    if (meets(g))
        return LEIE_OK;
    leie_status st = grid_csr(&a, &fixed, g, err);
    leie_margins margins = {.row = g->row, .col = g->col, .fixed = fixed, .row_name = g->row_name, .col_name = g->col_name};
    leie_balance_opts opts = {.tolerance = 1e-12, .iterations = 10000};
    if (!st && (st = leie_gras(&a, &margins, &opts, &info, &why)))
        leie_fail(err, st, "%s of the parts of %s %s: %s", what, w->t->sector.region.code[c->r], w->d->sector, why.text);
    if (!st && !info.converged && info.error > SHARES)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "%s of the parts of %s %s: totals missed by %.1e after %lld sweeps", what,
                       w->t->sector.region.code[c->r], w->d->sector, info.error, (long long)info.iterations);
    for (leie_size i = 0; !st && i < a.rows; i++)
        for (leie_size at = a.row[i]; at < a.row[i + 1]; at++) {
            double *cell = &g->cell[i * g->cols + a.col[at]];
            if (fabs(a.val[at] - *cell) > w->move) {
                w->move = fabs(a.val[at] - *cell);
                snprintf(w->moved_place, sizeof w->moved_place, "%s to %s", g->row_name[i], g->col_name[a.col[at]]);
            }
            *cell = a.val[at];
        }
    leie_csr_free(&a);
    leie_free(fixed);
    return st;
}

static char **free_names(char **name, leie_size n)
{
    for (leie_size i = 0; name && i < n; i++)
        leie_free(name[i]);
    return leie_free(name);
}

// Names of the items of two axes and a list, and of one thing more.
static char **place_names(const leie_axis *a, const leie_axis *b, const leie_labels *list, const char *more, leie_size n)
{
    char place[LEIE_PLACE_MAX], **name = leie_new(n, sizeof *name);
    leie_size at = 0;
    bool good = name != NULL;
    for (leie_size i = 0; good && i < a->n; i++)
        good = (name[at++] = leie_strdup(leie_axis_place(place, a, i)));
    for (leie_size i = 0; good && b && i < b->n; i++)
        good = (name[at++] = leie_strdup(leie_axis_place(place, b, i)));
    for (leie_size i = 0; good && list && i < list->n; i++)
        good = (name[at++] = leie_strdup(list->code[i]));
    if (good && more)
        good = (name[at++] = leie_strdup(more));
    return good ? name : free_names(name, n);
}

// ---- columns ----

/* Fixed purchases a[i, k] x_k of the parts that have a coefficient at a place; the others share what is left. */
static leie_status put_coefficients(work *w, const cut *c, bool *fixed, leie_size place, leie_size n, double total,
                                    const char *name, leie_error *err)
{
    leie_size K = w->K;
    double held = 0, open = 0, *cell = c->columns + place * K;
    for (leie_size k = 0; k < K; k++) {
        fixed[place * K + k] = w->set[k * n + place];
        if (fixed[place * K + k])
            cell[k] = w->weight[k * n + place] * c->output[k] * w->t->x[c->p];
        held += fixed[place * K + k] ? cell[k] : 0;
        open += fixed[place * K + k] ? 0 : cell[k];
    }
    const char *path = w->d->path ? w->d->path : "weights", *region = w->t->sector.region.code[c->r];
    double left = total - held, slack = SHARES * fmax(fabs(total), fabs(held));
    if (total == 0 ? held != 0 : total > 0 ? left < -slack : left > slack)
        return leie_fail(err, LEIE_ERR_DATA, "%s: by their coefficients the parts of %s %s buy %g from %s, which sells it %g",
                         path, region, w->d->sector, held, name, total);
    if (fabs(left) > slack && open == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: by their coefficients the parts of %s %s buy %g from %s: %g of %g is left over",
                         path, region, w->d->sector, held, name, left, total);
    for (leie_size k = 0; k < K && open != 0; k++)
        if (!fixed[place * K + k])
            cell[k] *= left / open;
    return LEIE_OK;
}

// What the parent buys at every place, and what its output has over that.
static void parent_column(const work *w, const cut *c, double *total)
{
    leie_acc all = {0};
    for (leie_size i = 0; i < w->n; i++)
        total[i] = leie_matrix_get(&w->t->Z, i, c->p);
    for (leie_size u = 0; u < w->v; u++)
        total[w->n + u] = w->t->W[u * w->n + c->p];
    for (leie_size i = 0; i < w->n + w->v; i++)
        leie_acc_add(&all, total[i]);
    double rest = w->t->x[c->p] - leie_acc_value(&all);
    total[w->n + w->v] = fabs(rest) > MET * fabs(w->t->x[c->p]) ? rest : 0;
}

/* What outputs have over columns: for each part what its purchases leave, where that has the parent's sign for all; else
 * it stays shared by output, and the balance moves purchases. */
static void leave_rest(const work *w, const cut *c, double rest, const double *output)
{
    leie_size K = w->K, rows = columns_rows(w);
    bool same = true;
    for (int pass = 0; pass < 2 && same; pass++)
        for (leie_size k = 0; k < K; k++) {
            double left = output[k] - leie_sum(c->columns + k, rows - 1, K);
            same &= rest > 0 ? left >= 0 : left <= 0;
            if (pass)
                c->columns[(rows - 1) * K + k] = left;
        }
}

static leie_status cut_columns(work *w, cut *c, leie_error *err)
{
    leie_size K = w->K, rows = columns_rows(w);
    leie_places places = {.axis = {&w->t->sector, NULL}, .list = w->v ? &w->t->input : NULL, .what = "seller"};
    leie_places_count(&places);
    const char *region = w->t->sector.region.code[c->r];
    double *total = leie_new(rows + K, sizeof *total), *output = total ? total + rows : NULL;
    bool *fixed = leie_new(rows * K, sizeof *fixed);
    char **name = place_names(&w->t->sector, NULL, places.list, "what is left of its output", rows);
    leie_status st = total && fixed && name ? LEIE_OK : leie_fail_memory(err, "columns of parts", rows * K, sizeof *total);
    if (!st) {
        parent_column(w, c, total);
        st = leie_part_weights(w->weight, w->set, w->given, w->d, LEIE_PART_COLUMN, region, &places, err);
    }
    for (leie_size i = 0; !st && i < rows; i++)
        for (leie_size k = 0; k < K; k++)
            c->columns[i * K + k] = total[i] * (i < places.n ? share_at(w, c, i, places.n, k) : c->output[k]);
    if (!st)
        st = leie_part_weights(w->weight, w->set, w->given, w->d, LEIE_PART_COEFFICIENT, region, &places, err);
    for (leie_size i = 0; !st && i < places.n; i++)
        if (w->given[i])
            st = put_coefficients(w, c, fixed, i, places.n, total[i], name[i], err);
    if (!st && leie_table_odd_unit(w->t) < 0) {
        for (leie_size k = 0; k < K; k++)
            output[k] = c->output[k] * w->t->x[c->p];
        if (total[rows - 1] != 0)
            leave_rest(w, c, total[rows - 1], output);
        grid g = {rows, K, c->columns, fixed, total, output, name, w->d->part.code};
        st = balance(w, &g, "purchases", c, err);
    }
    leie_free(total);
    leie_free(fixed);
    free_names(name, rows);
    return st;
}

// ---- rows ----

// What the parent sells to every sector as it becomes and to final demand.
static void parent_row(const work *w, const cut *c, double *total)
{
    leie_size K = w->K;
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(&w->t->Z, c->p, &col, &val);
    for (leie_size at = 0; at < count; at++) {
        leie_size j = col ? col[at] : at;
        if (w->of[j] < 0)
            total[w->moved[j]] = val[at];
        for (leie_size k = 0; w->of[j] >= 0 && k < K; k++)
            total[w->moved[j] + k] = w->cut[w->of[j]].columns[c->p * K + k];
    }
    for (leie_size f = 0; f < w->m; f++)
        total[w->nn + f] = w->t->Y[c->p * w->m + f];
}

static leie_status cut_rows(work *w, cut *c, leie_error *err)
{
    leie_size K = w->K, cols = w->nn + w->m;
    leie_places places = {.axis = {&w->to.sector, &w->to.demand}, .what = "buyer"};
    leie_places_count(&places);
    double *total = leie_new(cols + K, sizeof *total), *sales = total ? total + cols : NULL;
    char **name = place_names(&w->to.sector, &w->to.demand, NULL, NULL, cols);
    leie_status st = total && name ? LEIE_OK : leie_fail_memory(err, "rows of parts", cols * K, sizeof *total);
    if (!st) {
        parent_row(w, c, total);
        st = leie_part_weights(w->weight, w->set, w->given, w->d, LEIE_PART_ROW, w->t->sector.region.code[c->r], &places, err);
    }
    for (leie_size k = 0; !st && k < K; k++)
        for (leie_size j = 0; j < cols; j++)
            c->rows[k * cols + j] = total[j] * share_at(w, c, j, cols, k);
    if (!st) {
        double all = leie_sum(total, cols, 1); // what x has over the row is shared as the output
        for (leie_size k = 0; k < K; k++)
            sales[k] = c->output[k] * all;
        grid g = {K, cols, c->rows, NULL, sales, total, w->d->part.code, name};
        st = balance(w, &g, "sales", c, err);
    }
    leie_free(total);
    free_names(name, cols);
    return st;
}

// ---- life ----

static leie_status new_work(work *w, leie_error *err)
{
    leie_size n = w->n, K = w->K, most = n + w->cuts * K + w->m + w->v + w->t->stressor.n + 1;
    w->weight = leie_new(K * most, sizeof *w->weight);
    w->set = leie_new(K * most, sizeof *w->set);
    w->given = leie_new(most, sizeof *w->given);
    if (!w->weight || !w->set || !w->given)
        return leie_fail_memory(err, "weights of parts", K * most, sizeof *w->weight);
    for (leie_size c = 0; c < w->cuts; c++) {
        cut *at = &w->cut[c];
        at->output = leie_new(K, sizeof *at->output);
        at->columns = leie_new(columns_rows(w) * K, sizeof *at->columns);
        at->rows = leie_new(K * (w->nn + w->m), sizeof *at->rows);
        if (!at->output || !at->columns || !at->rows)
            return leie_fail_memory(err, "cells of parts", K * (w->nn + w->m), sizeof *at->rows);
    }
    return LEIE_OK;
}

static void clear_work(work *w)
{
    for (leie_size c = 0; w->cut && c < w->cuts; c++) {
        leie_free(w->cut[c].output);
        leie_free(w->cut[c].columns);
        leie_free(w->cut[c].rows);
    }
    leie_free(w->cut);
    leie_free(w->moved);
    leie_free(w->of);
    leie_free(w->weight);
    leie_free(w->set);
    leie_free(w->given);
    leie_table_clear(&w->to);
}

leie_status leie_table_disaggregate(leie_table *t, const leie_disaggregation *d, leie_error *err)
{
    work w = {.d = d, .t = t, .n = t->sector.n, .m = t->demand.n, .v = t->W ? t->input.n : 0, .K = d->part.n};
    w.cut = leie_new(t->sector.region.n + d->regions, sizeof *w.cut);
    w.moved = leie_new(w.n, sizeof *w.moved);
    w.of = leie_new(w.n, sizeof *w.of);
    leie_status st = w.cut && w.moved && w.of ? LEIE_OK : leie_fail_memory(err, "a cut of sectors", w.n, sizeof *w.moved);
    if (!st)
        st = check_parts(d, t, err);
    if (!st)
        st = find_cuts(&w, err);
    if (!st)
        st = leie_table_like(&w.to, t, err);
    if (!st)
        st = new_axis(&w, err);
    if (!st)
        st = new_work(&w, err);
    for (leie_size c = 0; !st && c < w.cuts; c++)
        st = output_shares(&w, &w.cut[c], err);
    for (leie_size c = 0; !st && c < w.cuts; c++)
        st = cut_columns(&w, &w.cut[c], err);
    for (leie_size c = 0; !st && c < w.cuts; c++)
        st = cut_rows(&w, &w.cut[c], err);
    if (!st)
        st = leie_cutting_Z(&w, err);
    if (!st)
        st = leie_cutting_arrays(&w, err);
    if (!st)
        st = leie_cutting_note(&w, err);
    if (!st)
        leie_table_replace(t, &w.to);
    clear_work(&w);
    return st;
}
