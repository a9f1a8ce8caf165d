// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/feasibility.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/feasibility_impl.h"

enum { NAMES_SHOWN = 3 };
static const double ROUNDING = 1e-12; // totals that differ by less agree, whatever the tolerance

/* ---- faults ---- */

leie_fault *leie_faults_add(leie_faults *faults, leie_fault_kind kind, double by)
{
    faults->n++;
    if (faults->kept == LEIE_FAULTS_KEPT)
        return NULL;
    leie_fault *f = &faults->item[faults->kept++];
    *f = (leie_fault){.kind = kind, .row = -1, .col = -1, .block = -1, .by = by};
    return f;
}

leie_status leie_faults_status(const leie_faults *faults, leie_error *err)
{
    if (faults->n == 0)
        return LEIE_OK;
    if (faults->n == 1)
        return leie_fail(err, LEIE_ERR_DATA, "%s", faults->item[0].text);
    return leie_fail(err, LEIE_ERR_DATA, "%s (and %lld more)", faults->item[0].text, (long long)faults->n - 1);
}

void leie_set_text(char *text, size_t size, const leie_margins *m, leie_line kind, const bool *member, leie_size n)
{
    char name[LEIE_LINE_NAME];
    leie_size shown = 0, all = 0;
    text[0] = '\0';
    for (leie_size i = 0; i < n; i++) {
        if (!member[i] || all++ >= NAMES_SHOWN)
            continue;
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%.60s", shown ? ", " : "", leie_line_name(name, m, kind, i));
        shown++;
    }
    if (all > shown) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, " and %lld more", (long long)(all - shown));
    }
}

/* ---- one line at a time ---- */

// count: cells above and below zero that may move; given: the total before the fixed cells were taken off.
static void check_line(leie_faults *faults, const leie_reduced *p, leie_line kind, leie_size at, double target,
                       const leie_size count[2], double given)
{
    char name[LEIE_LINE_NAME];
    const leie_margins *m = p->m;
    leie_size plus = count[0], minus = count[1];
    bool empty = plus + minus == 0;
    if (isnan(target) || target == 0 || (target > 0 ? plus : minus) > 0 || (!empty && !p->signs))
        return;
    leie_fault *f = leie_faults_add(faults, empty ? LEIE_FAULT_EMPTY : LEIE_FAULT_SIGN, target);
    if (!f)
        return;
    leie_size *place = kind == LEIE_LINE_ROW ? &f->row : kind == LEIE_LINE_COL ? &f->col : &f->block;
    *place = at;
    leie_line_name(name, m, kind, at);
    if (empty && given == target)
        snprintf(f->text, sizeof f->text, "%s has a total of %.10g and no cell that may move", name, target);
    else if (empty)
        snprintf(f->text, sizeof f->text,
                 "%s has a total of %.10g, its fixed cells make %.10g, and no cell may move: %.10g %s", name, given,
                 given - target, fabs(target), target > 0 ? "is missing" : "too much");
    else
        snprintf(f->text, sizeof f->text, "%s has a total of %.10g%s and only %s cells", name, target,
                 given == target ? "" : " besides its fixed cells", plus ? "positive" : "negative");
}

// Cells of either sign by row and column: count[2 line + (negative)]; columns behind rows.
static void count_cells(leie_size *count, const leie_csr *a)
{
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            if (a->val[c] != 0) {
                count[2 * i + (a->val[c] < 0)]++;
                count[2 * (a->rows + a->col[c]) + (a->val[c] < 0)]++;
            }
}

static void check_lines(leie_faults *faults, const leie_reduced *p, const leie_size *count)
{
    const leie_csr *a = p->a;
    const leie_margins *m = p->m;
    for (leie_size i = 0; i < a->rows; i++)
        check_line(faults, p, LEIE_LINE_ROW, i, p->u[i], count + 2 * i, m->row ? m->row[i] : NAN);
    count += 2 * a->rows;
    for (leie_size j = 0; j < a->cols; j++)
        check_line(faults, p, LEIE_LINE_COL, j, p->v[j], count + 2 * j, m->col ? m->col[j] : NAN);
    for (leie_size b = 0; m->block && b < m->block->n; b++) {
        leie_size in_block[2] = {0};
        for (leie_size k = m->block->first[b]; k < m->block->first[b + 1]; k++) {
            in_block[0] += a->val[m->block->cell[k]] > 0;
            in_block[1] += a->val[m->block->cell[k]] < 0;
        }
        check_line(faults, p, LEIE_LINE_BLOCK, b, p->t[b], in_block, m->block->total[b]);
    }
}

/* ---- components ---- */

static leie_size root_of(leie_size *parent, leie_size node)
{
    while (parent[node] != node)
        node = parent[node] = parent[parent[node]];
    return node;
}

// The lowest node is the root, so components come in the order of their first rows.
static void join_cells(leie_size *parent, const leie_csr *a)
{
    for (leie_size k = 0; k < a->rows + a->cols; k++)
        parent[k] = k;
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++) {
            if (a->val[c] == 0)
                continue;
            leie_size x = root_of(parent, i), y = root_of(parent, a->rows + a->col[c]);
            if (x != y)
                parent[x > y ? x : y] = x < y ? x : y;
        }
    for (leie_size k = 0; k < a->rows + a->cols; k++)
        parent[k] = root_of(parent, k);
}

static void name_component(leie_fault *f, const leie_reduced *p, const leie_size *parent, leie_size root, bool *member,
                           double rows, double cols)
{
    char row[256], col[256];
    leie_size R = p->a->rows, C = p->a->cols;
    for (leie_size k = 0; k < R + C; k++)
        member[k] = parent[k] == root;
    for (leie_size j = 0; f->col < 0 && j < C; j++)
        f->col = member[R + j] ? j : -1;
    f->row = root;
    leie_set_text(row, sizeof row, p->m, LEIE_LINE_ROW, member, R);
    leie_set_text(col, sizeof col, p->m, LEIE_LINE_COL, member + R, C);
    snprintf(f->text, sizeof f->text,
             "the totals of rows and columns disagree: %s sum to %.10g, %s to %.10g, a difference of %.6g", row, rows,
             col, cols, rows - cols);
}

// Where all lines of a component have totals, those of its rows and those of its columns must agree.
static leie_status check_components(leie_faults *faults, const leie_reduced *p, double tolerance, leie_error *err)
{
    leie_size R = p->a->rows, n = R + p->a->cols;
    leie_status st = LEIE_OK;
    leie_size *parent = leie_new(n, sizeof *parent), *members = leie_new(n, sizeof *members);
    leie_acc *sum = leie_new(2 * n, sizeof *sum), *size = leie_new(n, sizeof *size);
    bool *member = leie_new(n, sizeof *member);
    if (!parent || !members || !sum || !size || !member) {
        st = leie_fail_memory(err, "components of a table", n, sizeof *sum);
        goto done;
    }
    join_cells(parent, p->a);
    for (leie_size k = 0; k < n; k++) {
        double total = k < R ? p->u[k] : p->v[k - R];
        leie_acc_add(&sum[2 * parent[k] + (k >= R)], total);
        leie_acc_add(&size[parent[k]], fabs(total));
        members[parent[k]]++;
    }
    for (leie_size k = 0; k < R; k++) {
        double rows = leie_acc_value(&sum[2 * k]), cols = leie_acc_value(&sum[2 * k + 1]);
        if (parent[k] != k || members[k] < 2 || !(fabs(rows - cols) > tolerance * leie_acc_value(&size[k])))
            continue; // NaN: a line of it is free
        leie_fault *f = leie_faults_add(faults, LEIE_FAULT_COMPONENT, rows - cols);
        if (f)
            name_component(f, p, parent, k, member, rows, cols);
    }
done:
    leie_free(parent);
    leie_free(members);
    leie_free(sum);
    leie_free(size);
    leie_free(member);
    return st;
}

/* ---- all ---- */

leie_status leie_feasible_reduced(leie_faults *faults, const leie_reduced *p, double tolerance, leie_error *err)
{
    *faults = (leie_faults){0};
    tolerance = tolerance > 0 ? fmax(tolerance, ROUNDING) : LEIE_BALANCE_TOLERANCE;
    leie_size *count = leie_new(2 * (p->a->rows + p->a->cols), sizeof *count);
    if (!count)
        return leie_fail_memory(err, "cells by line", p->a->rows + p->a->cols, 2 * sizeof *count);
    count_cells(count, p->a);
    check_lines(faults, p, count);
    leie_free(count);
    leie_status st = LEIE_OK;
    if (faults->n == 0)
        st = check_components(faults, p, tolerance, err);
    if (!st && faults->n == 0 && p->signs)
        st = leie_feasible_cuts(faults, p, tolerance, err);
    return st ? st : leie_faults_status(faults, err);
}

leie_status leie_feasible(leie_faults *faults, leie_csr *a, const leie_margins *m, double tolerance, leie_error *err)
{
    leie_reduced p;
    *faults = (leie_faults){0};
    leie_status st = leie_reduce(&p, a, m, true, false, err);
    if (st)
        return st;
    st = leie_feasible_reduced(faults, &p, tolerance, err);
    leie_reduce_end(&p, false);
    return st;
}
