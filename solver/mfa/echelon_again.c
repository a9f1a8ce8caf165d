// SPDX-License-Identifier: GPL-3.0-or-later
/* An elimination with the pivots of an earlier one, row by row.
 *
 * A row is spread over all columns; the pivots that it holds are taken from it in their order, which are the steps that
 * elimination by columns took, in the same order with the same bits. It needs no lists of who holds a column, and leaves
 * nothing behind in the arena.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/mfa/echelon_impl.h"

enum { SHORT = 24 }; // rows up to this length are sorted by insertion

static const double GROWN = 1e3; // a factor beyond which an earlier pivot is too small now

typedef struct spread {
    leie_echelon *e;
    double *value;      // [cols] zero where nothing is
    bool *in;           // [cols]
    leie_index *list;   // [cols] columns that the row has
    leie_index *heap;   // [cols] pivots still to be taken, the first on top
    leie_size n, heaped;
} spread;

// ---- pivots to be taken ----

static void heap_add(spread *x, leie_index pivot)
{
    leie_size at = x->heaped++;
    for (; at > 0 && x->heap[(at - 1) / 2] > pivot; at = (at - 1) / 2)
        x->heap[at] = x->heap[(at - 1) / 2];
    x->heap[at] = pivot;
}

static leie_index heap_take(spread *x)
{
    leie_index top = x->heap[0], last = x->heap[--x->heaped];
    leie_size at = 0;
    for (leie_size child = 1; child < x->heaped; child = 2 * at + 1) {
        if (child + 1 < x->heaped && x->heap[child + 1] < x->heap[child])
            child++;
        if (last <= x->heap[child])
            break;
        x->heap[at] = x->heap[child];
        at = child;
    }
    x->heap[at] = last;
    return top;
}

// ---- one row ----

static void enter(spread *x, leie_index col, double value)
{
    x->value[col] = value;
    x->in[col] = true;
    x->list[x->n++] = col;
    if (x->e->pivot_of[col] >= 0)
        heap_add(x, x->e->pivot_of[col]);
}

// row = row - f pivot row
static void take_pivot(spread *x, leie_size row, leie_size pivot, leie_index col, double f)
{
    leie_echelon *e = x->e;
    for (leie_size t = e->start[pivot]; t < e->start[pivot] + e->length[pivot]; t++) {
        leie_index c = e->col[t];
        double part = f * e->val[t];
        if (c == col)
            x->value[c] = 0;
        else if (!x->in[c])
            enter(x, c, 0 - part);
        else
            x->value[c] = leie_echelon_rest(x->value[c], part);
    }
    e->rhs[row] = leie_echelon_rest(e->rhs[row], f * e->rhs[pivot]);
}

static int ascending(const void *a, const void *b)
{
    leie_index p = *(const leie_index *)a, q = *(const leie_index *)b;
    return (p > q) - (p < q);
}

static void sort(leie_index *list, leie_size n)
{
    if (n > SHORT) {
        qsort(list, (size_t)n, sizeof *list, ascending);
        return;
    }
    for (leie_size k = 1; k < n; k++) {
        leie_index col = list[k];
        leie_size at = k;
        for (; at > 0 && list[at - 1] > col; at--)
            list[at] = list[at - 1];
        list[at] = col;
    }
}

// What is left of the row goes to the end of the arena; *more when it holds a column of the kind without a pivot.
static leie_status gather(spread *x, leie_size row, unsigned char kind, bool *more, leie_error *err)
{
    leie_echelon *e = x->e;
    leie_status st = leie_echelon_room(e, x->n, err);
    if (st)
        return st;
    sort(x->list, x->n);
    leie_size to = e->used;
    for (leie_size k = 0; k < x->n; k++) {
        leie_index c = x->list[k];
        if (x->value[c] != 0) {
            *more = *more || e->kind[c] == kind;
            e->col[to] = c;
            e->val[to++] = x->value[c];
        }
        x->value[c] = 0;
        x->in[c] = false;
    }
    x->n = 0;
    e->start[row] = e->used;
    e->length[row] = to - e->used;
    e->used = to;
    return LEIE_OK;
}

// Takes the pivots so far from a row.
static leie_status reduce(spread *x, leie_size row, unsigned char kind, bool *more, bool *good, leie_error *err)
{
    leie_echelon *e = x->e;
    leie_status st = LEIE_OK;
    for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++)
        enter(x, e->col[t], e->val[t]);
    bool untouched = x->heaped == 0;
    while (x->heaped && !st) {
        leie_index p = heap_take(x), col = e->pivot_col[p];
        double f = x->value[col] / e->pivot_val[p];
        if (f == 0)
            continue;
        *good = *good && fabs(f) <= GROWN;
        st = e->recording ? leie_echelon_record(e, row, e->pivot_row[p], f, err) : LEIE_OK;
        take_pivot(x, row, e->pivot_row[p], col, f);
    }
    if (st)
        return st;
    if (!untouched)
        return gather(x, row, kind, more, err);
    for (leie_size t = e->start[row]; t < e->start[row] + e->length[row]; t++) { // as it was
        *more = *more || e->kind[e->col[t]] == kind;
        x->value[e->col[t]] = 0;
        x->in[e->col[t]] = false;
    }
    x->n = 0;
    return LEIE_OK;
}

// ---- all rows ----

static leie_status spread_new(spread *x, leie_echelon *e, leie_error *err)
{
    *x = (spread){.e = e, .value = leie_new(e->cols, sizeof(double)), .in = leie_new(e->cols, sizeof(bool)),
                  .list = leie_new(e->cols, sizeof(leie_index)), .heap = leie_new(e->cols, sizeof(leie_index))};
    if (x->value && x->in && x->list && x->heap)
        return LEIE_OK;
    return leie_fail_memory(err, "rows of a material flow system", e->cols, sizeof(double) + 2 * sizeof(leie_index) + 1);
}

static void spread_free(spread *x)
{
    leie_free(x->value);
    leie_free(x->in);
    leie_free(x->list);
    leie_free(x->heap);
}

// The row of an earlier pivot, a pivot again when it still has an entry there.
static leie_status repeat_pivot(spread *x, leie_size row, leie_index col, unsigned char kind, bool *good, leie_error *err)
{
    leie_echelon *e = x->e;
    bool more = false;
    leie_status st = reduce(x, row, kind, &more, good, err);
    double value = st ? 0 : leie_echelon_entry(e, row, col);
    if (value != 0)
        leie_echelon_pivot(e, row, col, value);
    return st;
}

leie_status leie_echelon_repeat(leie_echelon *e, unsigned char kind, bool *more, bool *good, leie_error *err)
{
    spread x;
    leie_status st = spread_new(&x, e, err);
    *more = false;
    *good = true;
    for (leie_size p = 0; p < e->planned && *good && !st; p++)
        if (e->kind[e->planned_col[p]] == kind)
            st = repeat_pivot(&x, e->planned_row[p], e->planned_col[p], kind, good, err);
    for (leie_size row = 0; row < e->rows && *good && !st; row++)
        if (!e->done[row])
            st = reduce(&x, row, kind, more, good, err);
    spread_free(&x);
    return st;
}
