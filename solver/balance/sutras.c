// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/sutras.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "solver/balance/mrgras.h"

enum { NAME_SIZE = 128 };

static leie_status check_shapes(const leie_sut_prior *s, leie_error *err)
{
    if (s->use->rows != s->supply->rows)
        return leie_fail(err, LEIE_ERR_SHAPE, "the use table has %lld products and the supply table %lld",
                         (long long)s->use->rows, (long long)s->supply->rows);
    if (s->imports && (s->imports->rows != s->use->rows || s->imports->cols != s->use->cols))
        return leie_fail(err, LEIE_ERR_SHAPE, "the table of imports is %lld x %lld and the use table %lld x %lld",
                         (long long)s->imports->rows, (long long)s->imports->cols, (long long)s->use->rows,
                         (long long)s->use->cols);
    return LEIE_OK;
}

void leie_sut_stack_clear(leie_sut_stack *k)
{
    for (leie_size i = 0; k->row_name && i < k->a.rows; i++)
        leie_free(k->row_name[i]);
    for (leie_size j = 0; k->col_name && j < k->a.cols; j++)
        leie_free(k->col_name[j]);
    leie_free(k->row_name);
    leie_free(k->col_name);
    leie_free(k->fixed);
    leie_free(k->row);
    leie_free(k->col);
    leie_blocks_clear(&k->imports);
    leie_csr_free(&k->a);
}

// Row p of a part behind the last cell of the stack: columns moved by `shift`, values times `sign`.
static void stack_row(leie_sut_stack *k, leie_size *at, const leie_csr *part, leie_size p, const bool *fixed,
                      leie_size shift, double sign)
{
    for (leie_size c = part->row[p]; c < part->row[p + 1]; c++, (*at)++) {
        k->a.col[*at] = (leie_index)(part->col[c] + shift);
        k->a.val[*at] = sign * part->val[c];
        k->fixed[*at] = fixed && fixed[c];
    }
}

static void stack_cells(leie_sut_stack *k, const leie_sut_prior *s, const leie_sut_totals *t)
{
    leie_size at = 0, products = s->use->rows;
    for (leie_size p = 0; p < products; p++) {
        stack_row(k, &at, s->use, p, t->fixed_use, 0, 1);
        stack_row(k, &at, s->supply, p, t->fixed_supply, s->use->cols, -1);
        k->a.row[p + 1] = at;
    }
    for (leie_size p = 0; s->imports && p < products; p++) {
        stack_row(k, &at, s->imports, p, t->fixed_imports, 0, 1);
        k->a.row[products + p + 1] = at;
    }
}

// And back.
static void split_row(leie_csr *part, leie_size p, const leie_sut_stack *k, leie_size *at, double sign)
{
    for (leie_size c = part->row[p]; c < part->row[p + 1]; c++)
        part->val[c] = sign * k->a.val[(*at)++];
}

void leie_sut_stack_split(const leie_sut_stack *k, const leie_sut_prior *s)
{
    leie_size at = 0;
    for (leie_size p = 0; p < s->use->rows; p++) {
        split_row(s->use, p, k, &at, 1);
        split_row(s->supply, p, k, &at, -1);
    }
    for (leie_size p = 0; s->imports && p < s->use->rows; p++)
        split_row(s->imports, p, k, &at, 1);
}

static char *join_name(const char *what, char *const *name, leie_size at)
{
    char text[NAME_SIZE];
    if (name)
        snprintf(text, sizeof text, "%s %.100s", what, name[at]);
    else
        snprintf(text, sizeof text, "%s %lld", what, (long long)at + 1);
    return leie_strdup(text);
}

static leie_status name_lines(leie_sut_stack *k, const leie_sut_prior *s, const leie_sut_totals *t, leie_error *err)
{
    bool whole = true;
    leie_size products = s->use->rows, users = s->use->cols;
    for (leie_size i = 0; i < k->a.rows; i++) {
        k->row_name[i] = join_name(i < products ? "product" : "import of", t->product_name, i % products);
        whole = whole && k->row_name[i];
    }
    for (leie_size j = 0; j < k->a.cols; j++) {
        k->col_name[j] =
            j < users ? join_name("use by", t->user_name, j) : join_name("supply by", t->industry_name, j - users);
        whole = whole && k->col_name[j];
    }
    return whole ? LEIE_OK : leie_fail_memory(err, "names of products and users", k->a.rows + k->a.cols, NAME_SIZE);
}

static leie_status add_imports(leie_sut_stack *k, const leie_sut_prior *s, double total, leie_error *err)
{
    leie_size from = k->a.row[s->use->rows], count = k->a.nnz - from;
    leie_size *cell = leie_new(count, sizeof *cell);
    if (!cell)
        return leie_fail_memory(err, "cells of imports", count, sizeof *cell);
    for (leie_size c = 0; c < count; c++)
        cell[c] = from + c;
    leie_status st = leie_blocks_add(&k->imports, "imports", cell, count, total, 0, err);
    leie_free(cell);
    return st;
}

static leie_status fill_stack(leie_sut_stack *k, const leie_sut_prior *s, const leie_sut_totals *t, leie_error *err)
{
    leie_size products = s->use->rows, users = s->use->cols, industries = s->supply->cols;
    leie_size rows = s->imports ? 2 * products : products, cols = users + industries;
    leie_size nnz = s->use->nnz + s->supply->nnz + (s->imports ? s->imports->nnz : 0);
    leie_status st = leie_csr_new(&k->a, rows, cols, nnz, err);
    if (st)
        return st;
    k->fixed = leie_new(nnz, sizeof *k->fixed);
    k->row = leie_new(rows, sizeof *k->row);
    k->col = leie_new(cols, sizeof *k->col);
    k->row_name = leie_new(rows, sizeof *k->row_name);
    k->col_name = leie_new(cols, sizeof *k->col_name);
    if (!k->fixed || !k->row || !k->col || !k->row_name || !k->col_name)
        return leie_fail_memory(err, "a stacked supply-use table", nnz + rows + cols, sizeof(double));
    for (leie_size p = products; p < rows; p++)
        k->row[p] = NAN;
    for (leie_size j = 0; j < users; j++)
        k->col[j] = t->user[j];
    for (leie_size j = 0; j < industries; j++)
        k->col[users + j] = -t->output[j];
    stack_cells(k, s, t);
    st = name_lines(k, s, t, err);
    if (!st && s->imports && !isnan(t->imports))
        st = add_imports(k, s, t->imports, err);
    k->margins = (leie_margins){.row = k->row,
                                .col = k->col,
                                .fixed = k->fixed,
                                .block = &k->imports,
                                .row_name = k->row_name,
                                .col_name = k->col_name};
    return st;
}

leie_status leie_sut_stack_new(leie_sut_stack *stack, const leie_sut_prior *prior, const leie_sut_totals *totals,
                               leie_error *err)
{
    *stack = (leie_sut_stack){0};
    leie_status st = check_shapes(prior, err);
    st = st ? st : fill_stack(stack, prior, totals, err);
    if (st) {
        leie_sut_stack_clear(stack);
        *stack = (leie_sut_stack){0};
    }
    return st;
}

leie_status leie_sutras(const leie_sut_prior *prior, const leie_sut_totals *totals, const leie_balance_opts *opt,
                        leie_balance_info *info, leie_error *err)
{
    leie_sut_stack stack;
    leie_status st = leie_sut_stack_new(&stack, prior, totals, err);
    st = st ? st : leie_mrgras(&stack.a, &stack.margins, opt, info, err);
    if (!st)
        leie_sut_stack_split(&stack, prior);
    leie_sut_stack_clear(&stack);
    return st;
}
