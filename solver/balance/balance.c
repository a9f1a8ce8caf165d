// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/balance.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/balance_impl.h"

static const double ROUNDING = 1e-13; // what is left of a total after its fixed cells, relative to them

/* ---- blocks ---- */

static leie_status blocks_room(leie_blocks *b, leie_size cells, leie_error *err)
{
    if (b->n == b->room) {
        leie_size room = b->room ? 2 * b->room : 16;
        leie_size *first = leie_resize(b->first, b->room ? b->room + 1 : 0, room + 1, sizeof *first);
        b->first = first ? first : b->first;
        double *total = first ? leie_resize(b->total, b->room, room, sizeof *total) : NULL;
        b->total = total ? total : b->total;
        double *sd = total ? leie_resize(b->sd, b->room, room, sizeof *sd) : NULL;
        b->sd = sd ? sd : b->sd;
        char **name = sd ? leie_resize(b->name, b->room, room, sizeof *name) : NULL;
        if (!name)
            return leie_fail_memory(err, "blocks of cells", room, 4 * sizeof *total);
        b->name = name;
        b->room = room;
    }
    leie_size used = b->first[b->n], room = b->cell_room ? b->cell_room : 64;
    while (room - used < cells)
        room *= 2;
    if (room == b->cell_room)
        return LEIE_OK;
    leie_size *cell = leie_resize(b->cell, b->cell_room, room, sizeof *cell);
    if (!cell)
        return leie_fail_memory(err, "cells of blocks", room, sizeof *cell);
    b->cell = cell;
    b->cell_room = room;
    return LEIE_OK;
}

leie_status leie_blocks_add(leie_blocks *blocks, const char *name, const leie_size *cell, leie_size count, double total,
                            double sd, leie_error *err)
{
    char number[32];
    snprintf(number, sizeof number, "%lld", (long long)blocks->n + 1);
    name = name ? name : number;
    if (!isfinite(total) || !isfinite(sd) || sd < 0)
        return leie_fail(err, LEIE_ERR_DATA, "block '%.60s': total %g with standard error %g", name, total, sd);
    for (leie_size c = 0; c < count; c++)
        if (cell[c] < 0 || (c > 0 && cell[c] <= cell[c - 1]))
            return leie_fail(err, LEIE_ERR_DATA, "block '%.60s': its cells are not in ascending order", name);
    leie_status st = blocks_room(blocks, count, err);
    if (st)
        return st;
    leie_size n = blocks->n;
    blocks->name[n] = leie_strdup(name);
    if (!blocks->name[n])
        return leie_fail_memory(err, "name of a block", (leie_size)strlen(name) + 1, 1);
    for (leie_size c = 0; c < count; c++)
        blocks->cell[blocks->first[n] + c] = cell[c];
    blocks->total[n] = total;
    blocks->sd[n] = sd;
    blocks->first[n + 1] = blocks->first[n] + count;
    blocks->n++;
    return LEIE_OK;
}

leie_status leie_blocks_from_groups(leie_blocks *blocks, const leie_csr *a, const leie_index *row_group,
                                    leie_size row_groups, const leie_index *col_group, leie_size col_groups,
                                    const double *total, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size groups = row_groups * col_groups;
    leie_size *first = leie_new(groups + 1, sizeof *first), *cell = leie_new(a->nnz, sizeof *cell);
    if (!first || !cell) {
        st = leie_fail_memory(err, "cells by block", a->nnz + groups, sizeof *cell);
        goto done;
    }
    for (int fill = 0; fill < 2; fill++) { // count, then place
        for (leie_size i = 0; i < a->rows; i++)
            for (leie_size c = a->row[i]; row_group[i] >= 0 && c < a->row[i + 1]; c++) {
                leie_size L = col_group[a->col[c]], g = row_group[i] * col_groups + L;
                if (L >= 0 && fill)
                    cell[first[g]++] = c;
                else if (L >= 0)
                    first[g + 1]++;
            }
        for (leie_size g = 0; !fill && g < groups; g++)
            first[g + 1] += first[g];
    }
    for (leie_size g = 0; !st && g < groups; g++) { // first[g] is now the end of block g
        leie_size from = g ? first[g - 1] : 0;
        if (!isnan(total[g]))
            st = leie_blocks_add(blocks, NULL, cell + from, first[g] - from, total[g], 0, err);
    }
done:
    leie_free(first);
    leie_free(cell);
    return st;
}

void leie_blocks_clear(leie_blocks *blocks)
{
    for (leie_size b = 0; b < blocks->n; b++)
        leie_free(blocks->name[b]);
    leie_free(blocks->first);
    leie_free(blocks->cell);
    leie_free(blocks->total);
    leie_free(blocks->sd);
    leie_free(blocks->name);
    *blocks = (leie_blocks){0};
}

/* ---- names ---- */

const char *leie_line_name(char name[LEIE_LINE_NAME], const leie_margins *m, leie_line kind, leie_size at)
{
    static const char *const word[] = {"row", "column", "block"};
    const char *label = NULL;
    if (kind == LEIE_LINE_BLOCK)
        label = m->block->name[at];
    else if (kind == LEIE_LINE_ROW ? m->row_name != NULL : m->col_name != NULL)
        label = kind == LEIE_LINE_ROW ? m->row_name[at] : m->col_name[at];
    if (label)
        snprintf(name, LEIE_LINE_NAME, "%s '%.120s'", word[kind], label);
    else
        snprintf(name, LEIE_LINE_NAME, "%s %lld", word[kind], (long long)at + 1);
    return name;
}

void leie_row_of_cells(leie_index *row, const leie_csr *a)
{
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            row[c] = (leie_index)i;
}

/* ---- the problem of the cells that may move ---- */

static leie_status check_totals(const leie_margins *m, leie_line kind, const double *total, leie_size n,
                                leie_error *err)
{
    char name[LEIE_LINE_NAME];
    for (leie_size i = 0; total && i < n; i++)
        if (isinf(total[i]))
            return leie_fail(err, LEIE_ERR_DATA, "the total of %s is infinite", leie_line_name(name, m, kind, i));
    return LEIE_OK;
}

static leie_status check_problem(const leie_csr *a, const leie_margins *m, leie_error *err)
{
    char row[LEIE_LINE_NAME], col[LEIE_LINE_NAME];
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            if (!isfinite(a->val[c]))
                return leie_fail(err, LEIE_ERR_DATA, "the cell of %s and %s is %g: expected a finite number",
                                 leie_line_name(row, m, LEIE_LINE_ROW, i),
                                 leie_line_name(col, m, LEIE_LINE_COL, a->col[c]), a->val[c]);
    for (leie_size b = 0; m->block && b < m->block->n; b++) {
        leie_size end = m->block->first[b + 1];
        if (end > m->block->first[b] && m->block->cell[end - 1] >= a->nnz)
            return leie_fail(err, LEIE_ERR_SHAPE, "%s has cell %lld of %lld",
                             leie_line_name(row, m, LEIE_LINE_BLOCK, b), (long long)m->block->cell[end - 1] + 1,
                             (long long)a->nnz);
    }
    leie_status st = check_totals(m, LEIE_LINE_ROW, m->row, a->rows, err);
    return st ? st : check_totals(m, LEIE_LINE_COL, m->col, a->cols, err);
}

static void reduced_free(leie_reduced *p)
{
    leie_free(p->u);
    leie_free(p->v);
    leie_free(p->t);
    leie_free(p->cell);
    leie_free(p->value);
    leie_free(p->emptied);
    *p = (leie_reduced){0};
}

static void hold(leie_reduced *p, leie_size cell, bool emptied)
{
    p->cell[p->held] = cell;
    p->value[p->held] = p->a->val[cell];
    p->emptied[p->held++] = emptied;
    p->a->val[cell] = 0;
}

// total - found; zero when the fixed cells make up the total but for rounding
static double left(double total, double found, double size)
{
    double rest = total - found;
    return fabs(rest) <= ROUNDING * size ? 0 : rest;
}

// Takes fixed cells off the totals; sum and size are work of [max(rows, cols)].
static void take_fixed(leie_reduced *p, double *sum, double *size)
{
    leie_csr *a = p->a;
    const leie_margins *m = p->m;
    for (leie_size i = 0; i < a->rows; i++) {
        leie_acc row = {0}, mass = {0};
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            if (m->fixed && m->fixed[c]) {
                leie_acc_add(&row, a->val[c]);
                leie_acc_add(&mass, fabs(a->val[c]));
                sum[a->col[c]] += a->val[c];
                size[a->col[c]] += fabs(a->val[c]);
            }
        p->u[i] = m->row ? left(m->row[i], leie_acc_value(&row), leie_acc_value(&mass)) : NAN;
    }
    for (leie_size j = 0; j < a->cols; j++)
        p->v[j] = m->col ? left(m->col[j], sum[j], size[j]) : NAN;
    for (leie_size b = 0; m->block && b < m->block->n; b++) {
        leie_acc found = {0}, mass = {0};
        for (leie_size k = m->block->first[b]; k < m->block->first[b + 1]; k++)
            if (m->fixed && m->fixed[m->block->cell[k]]) {
                leie_acc_add(&found, a->val[m->block->cell[k]]);
                leie_acc_add(&mass, fabs(a->val[m->block->cell[k]]));
            }
        p->t[b] = left(m->block->total[b], leie_acc_value(&found), leie_acc_value(&mass));
    }
    for (leie_size c = 0; m->fixed && c < a->nnz; c++)
        if (m->fixed[c])
            hold(p, c, false);
}

static bool one_sign(leie_size plus, leie_size minus)
{
    return (plus > 0) != (minus > 0);
}

// Cells of lines that zeros alone can meet; until no such line is left. count: work of [2 cols].
static void empty_lines(leie_reduced *p, leie_size *count)
{
    leie_csr *a = p->a;
    for (bool again = true; again;) {
        again = false;
        memset(count, 0, 2 * (size_t)a->cols * sizeof *count);
        for (leie_size i = 0; i < a->rows; i++) {
            leie_size plus = 0, minus = 0;
            for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
                plus += a->val[c] > 0;
                minus += a->val[c] < 0;
            }
            bool clear = p->u[i] == 0 && one_sign(plus, minus);
            for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
                if (clear && a->val[c] != 0)
                    hold(p, c, true);
                else if (a->val[c] != 0)
                    count[2 * a->col[c] + (a->val[c] < 0)]++;
            }
        }
        for (leie_size c = 0; c < a->nnz; c++) {
            leie_size j = a->col[c];
            if (p->v[j] == 0 && a->val[c] != 0 && one_sign(count[2 * j], count[2 * j + 1])) {
                hold(p, c, true);
                again = true; // rows may have become such lines
            }
        }
    }
}

static void free_soft(leie_reduced *p)
{
    const leie_margins *m = p->m;
    for (leie_size i = 0; m->row_sd && i < p->a->rows; i++)
        p->u[i] = m->row_sd[i] > 0 ? NAN : p->u[i];
    for (leie_size j = 0; m->col_sd && j < p->a->cols; j++)
        p->v[j] = m->col_sd[j] > 0 ? NAN : p->v[j];
    for (leie_size b = 0; m->block && b < m->block->n; b++)
        p->t[b] = m->block->sd[b] > 0 ? NAN : p->t[b];
}

leie_status leie_reduce(leie_reduced *p, leie_csr *a, const leie_margins *m, bool signs, bool soft, leie_error *err)
{
    leie_size most = a->rows > a->cols ? a->rows : a->cols;
    double *work = NULL;
    leie_size *count = NULL;
    *p = (leie_reduced){.a = a, .m = m, .signs = signs};
    leie_status st = check_problem(a, m, err);
    if (st)
        return st;
    p->u = leie_new(a->rows, sizeof *p->u);
    p->v = leie_new(a->cols, sizeof *p->v);
    p->t = leie_new(m->block ? m->block->n : 0, sizeof *p->t);
    p->cell = leie_new(a->nnz, sizeof *p->cell);
    p->value = leie_new(a->nnz, sizeof *p->value);
    p->emptied = leie_new(a->nnz, sizeof *p->emptied);
    work = leie_new(2 * most, sizeof *work);
    count = leie_new(2 * a->cols, sizeof *count);
    if (!p->u || !p->v || !p->t || !p->cell || !p->value || !p->emptied || !work || !count) {
        reduced_free(p);
        st = leie_fail_memory(err, "totals and fixed cells", a->nnz + 2 * most, sizeof(double));
        goto done;
    }
    take_fixed(p, work, work + most);
    if (soft)
        free_soft(p);
    if (signs)
        empty_lines(p, count);
done:
    leie_free(work);
    leie_free(count);
    return st;
}

void leie_reduce_end(leie_reduced *p, bool kept)
{
    for (leie_size h = 0; h < p->held; h++)
        if (!kept || !p->emptied[h])
            p->a->val[p->cell[h]] = p->value[h];
    reduced_free(p);
}
