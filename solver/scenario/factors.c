// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/factors.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

enum { DENSE_SECTORS = 64 }; // from so many changed sectors on, a row of S is a vector of its own

// ---- shared vectors ----

leie_status leie_vectors_open(leie_vectors *v, leie_size N, leie_error *err)
{
    *v = (leie_vectors){.N = N, .unit = leie_new(N, sizeof *v->unit)};
    if (!v->unit)
        return leie_fail_memory(err, "vectors of scenarios", N, sizeof *v->unit);
    for (leie_size i = 0; i < N; i++)
        v->unit[i] = -1;
    return LEIE_OK;
}

void leie_vectors_shrink(leie_vectors *v, leie_size n)
{
    for (; v->n > n; v->n--) {
        leie_vector *last = &v->vector[v->n - 1];
        if (last->unit >= 0)
            v->unit[last->unit] = -1;
        leie_free(last->at);
        leie_free(last->value);
    }
}

void leie_vectors_clear(leie_vectors *v)
{
    leie_vectors_shrink(v, 0);
    leie_free(v->vector);
    leie_free(v->unit);
    *v = (leie_vectors){0};
}

static leie_status grow(leie_vectors *v, leie_error *err)
{
    return leie_grow(&v->vector, &v->room, v->n, sizeof *v->vector, "vectors of scenarios", err);
}

static leie_status missing(leie_error *err)
{
    return leie_fail(err, LEIE_ERR_INTERNAL, "a scenario changed between two looks at it");
}

static leie_status unit_vector(leie_index *at, leie_vectors *v, leie_size sector, bool add, leie_error *err)
{
    if (v->unit[sector] < 0) {
        leie_status st = add ? grow(v, err) : missing(err);
        if (st)
            return st;
        v->unit[sector] = (leie_index)v->n;
        v->vector[v->n++] = (leie_vector){.unit = sector, .norm = 1};
    }
    *at = v->unit[sector];
    return LEIE_OK;
}

static bool same_row(const leie_vector *q, leie_size cells, const leie_index *at, const double *value)
{
    if (q->unit >= 0 || q->cells != cells || memcmp(q->at, at, (size_t)cells * sizeof *at) != 0)
        return false;
    for (leie_size i = 0; i < cells; i++)
        if (fabs(q->value[i] - value[i]) > 16 * DBL_EPSILON * fabs(value[i]))
            return false;
    return true;
}

// The vector of a row; value is divided by its largest entry, which *scale receives.
static leie_status row_vector(leie_index *found, double *scale, leie_vectors *v, leie_size cells, const leie_index *at, double *value,
                              bool add, leie_error *err)
{
    double norm = 0;
    *scale = 0;
    for (leie_size i = 0; i < cells; i++)
        *scale = fabs(value[i]) > fabs(*scale) ? value[i] : *scale;
    for (leie_size i = 0; i < cells; i++) {
        value[i] /= *scale;
        norm += fabs(value[i]);
    }
    for (leie_size b = 0; b < v->n; b++)
        if (same_row(&v->vector[b], cells, at, value)) {
            *found = (leie_index)b;
            return LEIE_OK;
        }
    leie_status st = add ? grow(v, err) : missing(err);
    if (st)
        return st;
    leie_vector q = {.unit = -1, .cells = cells, .norm = norm, .at = leie_new(cells, sizeof *q.at), .value = leie_new(cells, sizeof *q.value)};
    if (!q.at || !q.value) {
        leie_free(q.at);
        leie_free(q.value);
        return leie_fail_memory(err, "a vector of scenarios", cells, sizeof *q.value);
    }
    memcpy(q.at, at, (size_t)cells * sizeof *at);
    memcpy(q.value, value, (size_t)cells * sizeof *value);
    *found = (leie_index)v->n;
    v->vector[v->n++] = q;
    return LEIE_OK;
}

// ---- one change ----

typedef struct cell {
    leie_index row, col;
    double value;
} cell;

static int by_row(const void *a, const void *b)
{
    const cell *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row) : (x->col > y->col) - (x->col < y->col);
}

// Cells that differ, by row.
static leie_status differences(cell **cells, leie_size *n, const leie_edits *e, leie_error *err)
{
    *n = 0;
    *cells = leie_new(e->n ? e->n : 1, sizeof **cells);
    if (!*cells)
        return leie_fail_memory(err, "changed cells", e->n, sizeof **cells);
    for (leie_size i = 0; i < e->n; i++)
        if (e->edit[i].now != e->edit[i].old)
            (*cells)[(*n)++] = (cell){e->edit[i].row, e->edit[i].col, e->edit[i].now - e->edit[i].old};
    bool sorted = true; // as most operators leave them
    for (leie_size i = 1; i < *n && sorted; i++)
        sorted = by_row(&(*cells)[i - 1], &(*cells)[i]) < 0;
    if (!sorted)
        qsort(*cells, (size_t)*n, sizeof **cells, by_row);
    return LEIE_OK;
}

static leie_status room_for_vector(leie_factors *f, leie_error *err)
{
    if (f->used < f->room)
        return LEIE_OK;
    leie_size room = f->room ? 2 * f->room : 32;
    leie_index *vector = leie_resize(f->vector, f->used, room, sizeof *vector);
    if (vector)
        f->vector = vector;
    leie_size *first = vector ? leie_resize(f->first, f->room ? f->room + 1 : 0, room + 1, sizeof *first) : NULL;
    if (!first)
        return leie_fail_memory(err, "factors of a scenario", room, sizeof *first);
    f->first = first;
    f->room = room;
    return LEIE_OK;
}

static leie_status add_weight(leie_factors *f, leie_size row, double value, leie_error *err)
{
    leie_size at = f->first[f->rank + 1];
    leie_status st = leie_grow(&f->weight, &f->weight_room, at, sizeof *f->weight, "factors of a scenario", err);
    if (st)
        return st;
    f->weight[at] = (leie_weight){(leie_index)row, value};
    f->first[f->rank + 1]++;
    return LEIE_OK;
}

// Begins the column of W of a vector; its cells follow by add_weight, and end_column closes it.
static leie_status begin_column(leie_factors *f, leie_index vector, leie_error *err)
{
    leie_status st = room_for_vector(f, err);
    if (st)
        return st;
    f->vector[f->used] = vector;
    f->first[f->rank + 1] = f->first[f->rank];
    return LEIE_OK;
}

static void end_column(leie_factors *f)
{
    f->rank++;
    f->used++;
}

// Rows with many changed cells become vectors; what is left of the cells stays.
static leie_status take_rows(leie_factors *f, leie_vectors *v, cell *cells, leie_size *n, leie_size least, bool add, leie_error *err)
{
    leie_index *at = leie_new(*n ? *n : 1, sizeof *at);
    double *value = leie_new(*n ? *n : 1, sizeof *value);
    leie_size kept = 0;
    leie_status st = at && value ? LEIE_OK : leie_fail_memory(err, "factors of a scenario", *n, sizeof *value);
    for (leie_size i = 0, next; !st && i < *n; i = next) {
        next = i;
        while (next < *n && cells[next].row == cells[i].row)
            next++;
        if (next - i < least) {
            memmove(cells + kept, cells + i, (size_t)(next - i) * sizeof *cells);
            kept += next - i;
            continue;
        }
        for (leie_size c = i; c < next; c++) {
            at[c - i] = cells[c].col;
            value[c - i] = cells[c].value;
        }
        leie_index vector = 0;
        double scale = 0;
        st = row_vector(&vector, &scale, v, next - i, at, value, add, err);
        st = st ? st : begin_column(f, vector, err);
        st = st ? st : add_weight(f, cells[i].row, scale, err);
        if (!st)
            end_column(f);
    }
    *n = kept;
    leie_free(at);
    leie_free(value);
    return st;
}

static leie_status take_columns(leie_factors *f, leie_vectors *v, const cell *cells, leie_size n, bool add, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n;) {
        leie_index vector = 0, col = cells[i].col;
        st = unit_vector(&vector, v, col, add, err);
        st = st ? st : begin_column(f, vector, err);
        for (; !st && i < n && cells[i].col == col; i++)
            st = add_weight(f, cells[i].row, cells[i].value, err);
        if (!st)
            end_column(f);
    }
    return st;
}

// Columns that the cells touch; count [N] receives the cells of each.
static leie_size count_columns(leie_size *count, const cell *cells, leie_size n, leie_size N)
{
    leie_size touched = 0;
    memset(count, 0, (size_t)N * sizeof *count);
    for (leie_size i = 0; i < n; i++)
        touched += count[cells[i].col]++ == 0;
    return touched;
}

// Cells by row to cells by column, rows ascending inside. count [N] is used up.
static leie_status sort_columns(cell **cells, leie_size n, leie_size *count, leie_size N, leie_error *err)
{
    leie_size at = 0;
    cell *sorted = leie_new(n ? n : 1, sizeof *sorted);
    if (!sorted)
        return leie_fail_memory(err, "changed cells", n, sizeof *sorted);
    for (leie_size c = 0; c < N; c++) {
        leie_size here = count[c];
        count[c] = at;
        at += here;
    }
    for (leie_size i = 0; i < n; i++)
        sorted[count[(*cells)[i].col]++] = (*cells)[i];
    leie_free(*cells);
    *cells = sorted;
    return LEIE_OK;
}

static leie_status factor_A(leie_factors *f, leie_vectors *v, const leie_edits *e, leie_size columns, bool add, leie_error *err)
{
    cell *cells = NULL;
    leie_size n;
    leie_status st = differences(&cells, &n, e, err);
    leie_size *count = leie_new(v->N, sizeof *count);
    if (!st && !count)
        st = leie_fail_memory(err, "factors of a scenario", v->N, sizeof *count);
    f->row_change = 0;
    for (leie_size i = 0, next; !st && i < n; i = next) {
        double sum = 0;
        for (next = i; next < n && cells[next].row == cells[i].row; next++)
            sum += fabs(cells[next].value);
        f->row_change = fmax(f->row_change, sum);
    }
    leie_size touched = st ? 0 : count_columns(count, cells, n, v->N);
    st = st ? st : room_for_vector(f, err);
    if (!st)
        f->first[0] = 0;
    if (!st && touched > columns) {
        st = take_rows(f, v, cells, &n, touched / 4 + 1, add, err);
        count_columns(count, cells, n, v->N);
    }
    st = st ? st : sort_columns(&cells, n, count, v->N, err);
    st = st ? st : take_columns(f, v, cells, n, add, err);
    leie_free(cells);
    leie_free(count);
    return st;
}

// Position of a vector among those of the change, added when it is not there. S then has a row of zeros more.
static leie_status use(leie_size *at, leie_factors *f, leie_index vector, leie_size K, leie_error *err)
{
    *at = f->mark[vector] - 1;
    if (*at >= 0)
        return LEIE_OK;
    leie_status st = room_for_vector(f, err);
    if (st)
        return st;
    leie_size need = (f->used + 1) * K;
    if (need > f->s_room) {
        double *grown = leie_resize(f->S, f->s_room, 2 * need, sizeof *grown);
        if (!grown)
            return leie_fail_memory(err, "factors of a scenario", 2 * need, sizeof *grown);
        f->S = grown;
        f->s_room = 2 * need;
    }
    memset(f->S + f->used * K, 0, (size_t)K * sizeof *f->S);
    f->vector[f->used++] = vector;
    f->mark[vector] = (leie_index)f->used;
    *at = f->used - 1;
    return LEIE_OK;
}

static leie_status room_for_marks(leie_factors *f, leie_size vectors, leie_error *err)
{
    if (vectors <= f->marks)
        return LEIE_OK;
    leie_index *grown = leie_resize(f->mark, f->marks, 2 * vectors, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "factors of a scenario", vectors, sizeof *grown);
    f->mark = grown;
    f->marks = 2 * vectors;
    return LEIE_OK;
}

// A row of S that changed in many sectors: one vector for every class in which it changed.
static leie_status dense_row(leie_factors *f, leie_vectors *v, const cell *cells, leie_size n, const leie_baseline *b,
                             const leie_classes *classes, bool add, leie_error *err)
{
    leie_size k = b->k, K = k * (1 + classes->n);
    leie_index *at = leie_new(n, sizeof *at);
    double *value = leie_new(n, sizeof *value);
    leie_status st = at && value ? LEIE_OK : leie_fail_memory(err, "factors of a scenario", n, sizeof *value);
    for (leie_size o = 0; !st && o <= classes->n; o++) {
        leie_size count = 0, place = 0;
        leie_index vector = 0;
        double scale = 0;
        for (leie_size i = 0; i < n; i++)
            if (leie_class_has(classes, o, b->region[cells[i].col])) {
                at[count] = cells[i].col;
                value[count++] = cells[i].value;
            }
        if (count == 0)
            continue;
        st = row_vector(&vector, &scale, v, count, at, value, add, err);
        st = st ? st : room_for_marks(f, v->n, err);
        st = st ? st : use(&place, f, vector, K, err);
        if (!st)
            f->S[place * K + o * k + cells[0].row] += scale;
    }
    leie_free(at);
    leie_free(value);
    return st;
}

static leie_status sparse_row(leie_factors *f, leie_vectors *v, const cell *cells, leie_size n, const leie_baseline *b,
                              const leie_classes *classes, bool add, leie_error *err)
{
    leie_size k = b->k, K = k * (1 + classes->n);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        leie_index vector = 0;
        leie_size place = 0;
        st = unit_vector(&vector, v, cells[i].col, add, err);
        st = st ? st : room_for_marks(f, v->n, err);
        st = st ? st : use(&place, f, vector, K, err);
        for (leie_size o = 0; !st && o <= classes->n; o++)
            if (leie_class_has(classes, o, b->region[cells[i].col]))
                f->S[place * K + o * k + cells[i].row] += cells[i].value;
    }
    return st;
}

static leie_status factor_S(leie_factors *f, leie_vectors *v, const leie_change *c, const leie_classes *classes, bool add, leie_error *err)
{
    const leie_baseline *b = c->base;
    leie_size n, K = b->k * (1 + classes->n);
    cell *cells = NULL;
    leie_status st = room_for_marks(f, v->n ? v->n : 1, err);
    if (st)
        return st;
    double *S = leie_resize(f->S, f->s_room, f->s_room > f->used * K ? f->s_room : f->used * K + 1, sizeof *S);
    double *pressure = S ? leie_resize(f->pressure, f->pressure ? b->k : 0, b->k ? b->k : 1, sizeof *pressure) : NULL;
    if (S) {
        f->s_room = f->s_room > f->used * K ? f->s_room : f->used * K + 1;
        f->S = S;
    }
    if (!pressure)
        return leie_fail_memory(err, "factors of a scenario", f->used * K, sizeof *S);
    f->pressure = pressure;
    memset(f->S, 0, (size_t)(f->used * K) * sizeof *f->S);
    memset(f->pressure, 0, (size_t)b->k * sizeof *f->pressure);
    for (leie_size u = 0; u < f->used; u++)
        f->mark[f->vector[u]] = (leie_index)(u + 1);
    st = differences(&cells, &n, &c->part[LEIE_EDIT_S], err);
    for (leie_size i = 0, next; !st && i < n; i = next) {
        for (next = i; next < n && cells[next].row == cells[i].row; next++)
            f->pressure[cells[i].row] += fabs(cells[next].value);
        st = next - i >= DENSE_SECTORS ? dense_row(f, v, cells + i, next - i, b, classes, add, err)
                                       : sparse_row(f, v, cells + i, next - i, b, classes, add, err);
    }
    for (leie_size u = 0; u < f->used; u++)
        f->mark[f->vector[u]] = 0;
    leie_free(cells);
    return st;
}

leie_status leie_factors_make(leie_factors *f, leie_vectors *v, const leie_change *change, const leie_classes *classes,
                              leie_size columns, bool add, leie_error *err)
{
    f->rank = f->used = 0;
    leie_status st = factor_A(f, v, &change->part[LEIE_EDIT_A], columns, add, err);
    return st ? st : factor_S(f, v, change, classes, add, err);
}

void leie_factors_clear(leie_factors *f)
{
    leie_free(f->vector);
    leie_free(f->first);
    leie_free(f->weight);
    leie_free(f->S);
    leie_free(f->pressure);
    leie_free(f->mark);
    *f = (leie_factors){0};
}
