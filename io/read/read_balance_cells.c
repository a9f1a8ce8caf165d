// SPDX-License-Identifier: GPL-3.0-or-later
/* Records that select cells of a prior: blocks, fixed cells, bounds, reliabilities. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/read_balance_impl.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// A cell of a block.
typedef struct member {
    leie_size block, cell;
} member;

// What is done with one selected cell.
typedef struct action {
    double value, other; // of the record
    bool has_value, has_other;
    leie_size block;
} action;

typedef struct selection {
    leie_balance_input *in;
    bool *rows, *cols;  // [rows], [cols] what the record selects
    leie_labels block;  // names in their order
    double *total, *sd; // [block_room] of the blocks; total NaN until given
    leie_size block_room;
    member *member; // [members]
    leie_size members, room;
} selection;

typedef leie_status (*apply_fn)(selection *s, leie_size row, leie_size cell, const action *a, leie_error *err);

/* ---- which cells a record selects ---- */

static leie_status select_labels(bool *chosen, const leie_labels *labels, const leie_csv *csv, leie_size c,
                                 const char *what, leie_error *err)
{
    char label[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, c, label, sizeof label, err);
    if (st)
        return st;
    memset(chosen, 0, (size_t)labels->n * sizeof *chosen);
    size_t length = strlen(label);
    leie_size at = leie_labels_find(labels, label);
    if (at >= 0) {
        chosen[at] = true;
        return LEIE_OK;
    }
    if (label[length - 1] != '*')
        return leie_lookup_fail(csv, c, what, label, leie_labels_nearest(labels, label), err);
    bool any = false;
    for (leie_size i = 0; i < labels->n; i++) {
        chosen[i] = strncmp(labels->code[i], label, length - 1) == 0;
        any = any || chosen[i];
    }
    return any ? LEIE_OK : leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "no %s begins as '%s' says", what, label);
}

static leie_status for_selected(selection *s, const leie_csv *csv, apply_fn apply, const action *a, leie_error *err)
{
    const leie_csr *prior = &s->in->prior;
    leie_size cells = 0;
    leie_status st = select_labels(s->rows, &s->in->row, csv, leie_csv_column(csv, "row"), "row", err);
    st = st ? st : select_labels(s->cols, &s->in->col, csv, leie_csv_column(csv, "col"), "column", err);
    for (leie_size i = 0; !st && i < prior->rows; i++)
        for (leie_size c = prior->row[i]; !st && s->rows[i] && c < prior->row[i + 1]; c++)
            if (s->cols[prior->col[c]]) {
                st = apply(s, i, c, a, err);
                cells++;
            }
    if (!st && cells == 0)
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the prior has no cell there");
    return st;
}

/* ---- fixed cells, bounds, reliabilities ---- */

static leie_status apply_fixed(selection *s, leie_size row, leie_size cell, const action *a, leie_error *err)
{
    (void)row;
    (void)err;
    s->in->fixed[cell] = true;
    if (a->has_value)
        s->in->prior.val[cell] = a->value;
    return LEIE_OK;
}

static leie_status take_fixed(void *ctx, const leie_csv *csv, leie_error *err)
{
    action a = {0};
    leie_status st = leie_balance_optional(&a.value, &a.has_value, csv, leie_csv_column(csv, "value"), err);
    return st ? st : for_selected(ctx, csv, apply_fixed, &a, err);
}

static leie_status apply_bounds(selection *s, leie_size row, leie_size cell, const action *a, leie_error *err)
{
    (void)row;
    (void)err;
    s->in->lower[cell] = a->has_value ? a->value : -INFINITY;
    s->in->upper[cell] = a->has_other ? a->other : INFINITY;
    return LEIE_OK;
}

static leie_status take_bounds(void *ctx, const leie_csv *csv, leie_error *err)
{
    action a = {0};
    leie_status st = leie_balance_optional(&a.value, &a.has_value, csv, leie_csv_column(csv, "lower"), err);
    st = st ? st : leie_balance_optional(&a.other, &a.has_other, csv, leie_csv_column(csv, "upper"), err);
    return st ? st : for_selected(ctx, csv, apply_bounds, &a, err);
}

static leie_status apply_reliability(selection *s, leie_size row, leie_size cell, const action *a, leie_error *err)
{
    (void)row;
    (void)err;
    double sd = a->has_value ? a->value : a->other * fabs(s->in->prior.val[cell]);
    s->in->variance[cell] = sd * sd;
    return LEIE_OK;
}

static leie_status take_reliability(void *ctx, const leie_csv *csv, leie_error *err)
{
    action a = {0};
    leie_status st = leie_balance_optional(&a.value, &a.has_value, csv, leie_csv_column(csv, "sd"), err);
    st = st ? st : leie_balance_optional(&a.other, &a.has_other, csv, leie_csv_column(csv, "relative"), err);
    if (!st && a.has_value == a.has_other)
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "one of sd and relative belongs here, found %s",
                           a.has_value ? "both" : "none");
    if (!st && (a.value < 0 || a.other < 0))
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a negative standard error");
    return st ? st : for_selected(ctx, csv, apply_reliability, &a, err);
}

static leie_status check_reliability(const leie_balance_input *in, const char *path, leie_error *err)
{
    for (leie_size i = 0; i < in->prior.rows; i++)
        for (leie_size c = in->prior.row[i]; c < in->prior.row[i + 1]; c++)
            if (isnan(in->variance[c]) && !(in->fixed && in->fixed[c]))
                return leie_fail(err, LEIE_ERR_DATA,
                                 "%s: no record for row '%s', column '%s' (a first record *,* is for all)", path,
                                 in->row.code[i], in->col.code[in->prior.col[c]]);
            else if (isnan(in->variance[c]))
                in->variance[c] = 0;
    return LEIE_OK;
}

/* ---- blocks ---- */

static leie_status apply_block(selection *s, leie_size row, leie_size cell, const action *a, leie_error *err)
{
    (void)row;
    leie_status st = leie_grow(&s->member, &s->room, s->members, sizeof *s->member, "cells of blocks", err);
    if (st)
        return st;
    s->member[s->members++] = (member){a->block, cell};
    return LEIE_OK;
}

static leie_status new_block(selection *s, leie_error *err)
{
    leie_size n = s->block.n;
    if (n > s->block_room) {
        leie_size room = 2 * n;
        double *total = leie_resize(s->total, s->block_room, room, sizeof *total);
        s->total = total ? total : s->total;
        double *sd = total ? leie_resize(s->sd, s->block_room, room, sizeof *sd) : NULL;
        if (!sd)
            return leie_fail_memory(err, "totals of blocks", room, 2 * sizeof *sd);
        s->sd = sd;
        s->block_room = room;
    }
    s->total[n - 1] = NAN;
    return LEIE_OK;
}

static leie_status take_block(void *ctx, const leie_csv *csv, leie_error *err)
{
    selection *s = ctx;
    leie_index at = 0;
    leie_size known = s->block.n, c = leie_csv_column(csv, "value"), d = leie_csv_column(csv, "sd");
    action a = {0};
    leie_status st = leie_balance_label(&at, &s->block, csv, leie_csv_column(csv, "block"), err);
    if (!st && s->block.n > known)
        st = new_block(s, err);
    st = st ? st : leie_balance_optional(&a.value, &a.has_value, csv, c, err);
    st = st ? st : leie_balance_optional(&a.other, &a.has_other, csv, d, err);
    if (!st && a.has_other && !a.has_value)
        st = leie_csv_fail(csv, d, LEIE_ERR_DATA, err, "a standard error without a value");
    if (!st && a.has_value && !isnan(s->total[at]))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "the total of block '%s' was given before", s->block.code[at]);
    if (st)
        return st;
    if (a.has_value) {
        s->total[at] = a.value;
        s->sd[at] = a.other;
    }
    a.block = at;
    return for_selected(s, csv, apply_block, &a, err);
}

static int by_block_and_cell(const void *a, const void *b)
{
    const member *x = a, *y = b;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

// A cell that several records of one block select counts once.
static leie_status finish_blocks(selection *s, const char *path, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size *cell = leie_new(s->members, sizeof *cell);
    if (!cell)
        return leie_fail_memory(err, "cells of blocks", s->members, sizeof *cell);
    if (s->members)
        qsort(s->member, (size_t)s->members, sizeof *s->member, by_block_and_cell);
    for (leie_size b = 0, k = 0; !st && b < s->block.n; b++) {
        leie_size count = 0;
        for (; k < s->members && s->member[k].block == b; k++)
            if (count == 0 || cell[count - 1] != s->member[k].cell)
                cell[count++] = s->member[k].cell;
        if (isnan(s->total[b]))
            st = leie_fail(err, LEIE_ERR_DATA, "%s: block '%s' has no value in any record", path, s->block.code[b]);
        else
            st = leie_blocks_add(&s->in->block, s->block.code[b], cell, count, s->total[b], s->sd[b], err);
    }
    leie_free(cell);
    return st;
}

/* ---- the files ---- */

static const char *const cell_columns[] = {"row", "col", NULL};

static leie_status read_fixed(selection *s, const char *path, leie_error *err)
{
    static const char *const optional[] = {"value", NULL};
    static const leie_record_file file = {cell_columns, optional, NULL, take_fixed};
    s->in->fixed = leie_new(s->in->prior.nnz, sizeof *s->in->fixed);
    if (!s->in->fixed)
        return leie_fail_memory(err, "fixed cells", s->in->prior.nnz, sizeof *s->in->fixed);
    return leie_balance_records(path, &file, s, err);
}

static leie_status read_bounds(selection *s, const char *path, leie_error *err)
{
    static const char *const optional[] = {"lower", "upper", NULL};
    static const leie_record_file file = {cell_columns, optional, NULL, take_bounds};
    leie_size n = s->in->prior.nnz;
    s->in->lower = leie_new(n, sizeof *s->in->lower);
    s->in->upper = leie_new(n, sizeof *s->in->upper);
    if (!s->in->lower || !s->in->upper)
        return leie_fail_memory(err, "bounds", n, 2 * sizeof *s->in->lower);
    for (leie_size c = 0; c < n; c++) {
        s->in->lower[c] = -INFINITY;
        s->in->upper[c] = INFINITY;
    }
    return leie_balance_records(path, &file, s, err);
}

static leie_status read_reliability(selection *s, const char *path, leie_error *err)
{
    static const char *const optional[] = {"sd", "relative", NULL};
    static const leie_record_file file = {cell_columns, optional, NULL, take_reliability};
    s->in->variance = leie_balance_free_totals(s->in->prior.nnz);
    if (!s->in->variance)
        return leie_fail_memory(err, "reliabilities", s->in->prior.nnz, sizeof *s->in->variance);
    leie_status st = leie_balance_records(path, &file, s, err);
    return st ? st : check_reliability(s->in, path, err);
}

static leie_status read_blocks(selection *s, const char *path, leie_error *err)
{
    static const char *const required[] = {"block", "row", "col", "value", NULL}, *const optional[] = {"sd", NULL};
    static const leie_record_file file = {required, optional, NULL, take_block};
    leie_status st = leie_balance_records(path, &file, s, err);
    return st ? st : finish_blocks(s, path, err);
}

leie_status leie_read_balance_cells(leie_balance_input *in, const leie_balance_files *files, leie_error *err)
{
    selection s = {.in = in};
    leie_status st = LEIE_OK;
    s.rows = leie_new(in->row.n, sizeof *s.rows);
    s.cols = leie_new(in->col.n, sizeof *s.cols);
    if (!s.rows || !s.cols)
        st = leie_fail_memory(err, "a selection of cells", in->row.n + in->col.n, sizeof *s.rows);
    if (!st && files->fixed)
        st = read_fixed(&s, files->fixed, err);
    if (!st && files->blocks)
        st = read_blocks(&s, files->blocks, err);
    if (!st && files->bounds)
        st = read_bounds(&s, files->bounds, err);
    if (!st && files->reliability)
        st = read_reliability(&s, files->reliability, err);
    leie_labels_clear(&s.block);
    leie_free(s.rows);
    leie_free(s.cols);
    leie_free(s.total);
    leie_free(s.sd);
    leie_free(s.member);
    return st;
}
