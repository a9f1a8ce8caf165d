// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/echelon_impl.h"

#include <math.h>
#include <string.h>

#include "kernels/ascending.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

enum { BUCKETS = 64 }; // columns by the number of rows that hold them; the last one holds the rest

static const double CANCELLED = 1e-12; // of the larger part: what is left of a difference is zero
static const double PIVOT = 0.1;       // of the largest entry in a column

// ---- rows ----

leie_status leie_echelon_new(leie_echelon *e, leie_size rows, leie_size cols, const unsigned char *kind,
                             leie_size entries, leie_error *err)
{
    *e = (leie_echelon){.rows = rows, .cols = cols, .kind = kind, .room = entries + entries / 2 + 16};
    e->start = leie_new(rows, sizeof *e->start);
    e->length = leie_new(rows, sizeof *e->length);
    e->rhs = leie_new(rows, sizeof *e->rhs);
    e->done = leie_new(rows, sizeof *e->done);
    e->pivot_row = leie_new(rows, sizeof *e->pivot_row);
    e->pivot_col = leie_new(rows, sizeof *e->pivot_col);
    e->pivot_val = leie_new(rows, sizeof *e->pivot_val);
    e->pivot_of = leie_new(cols, sizeof *e->pivot_of);
    e->planned_row = leie_new(rows, sizeof *e->planned_row);
    e->planned_col = leie_new(rows, sizeof *e->planned_col);
    e->col = leie_new(e->room, sizeof *e->col);
    e->val = leie_new(e->room, sizeof *e->val);
    if (!e->start || !e->length || !e->rhs || !e->done || !e->pivot_row || !e->pivot_col || !e->pivot_val ||
        !e->pivot_of || !e->planned_row || !e->planned_col || !e->col || !e->val) {
        leie_echelon_clear(e);
        return leie_fail_memory(err, "equations of a material flow system", rows + entries, 48);
    }
    for (leie_size j = 0; j < cols; j++)
        e->pivot_of[j] = -1;
    return LEIE_OK;
}

static void swap(leie_index **a, leie_index **b)
{
    leie_index *c = *a;
    *a = *b;
    *b = c;
}

void leie_echelon_again(leie_echelon *e, leie_size pivots)
{
    swap(&e->pivot_row, &e->planned_row);
    swap(&e->pivot_col, &e->planned_col);
    e->planned = pivots;
    e->pivots = e->used = e->steps = 0;
    for (leie_size i = 0; i < e->rows; i++) {
        e->done[i] = false;
        e->start[i] = e->length[i] = 0;
    }
    for (leie_size j = 0; j < e->cols; j++)
        e->pivot_of[j] = -1;
}

void leie_echelon_clear(leie_echelon *e)
{
    leie_free(e->start);
    leie_free(e->length);
    leie_free(e->rhs);
    leie_free(e->done);
    leie_free(e->step);
    leie_free(e->pivot_row);
    leie_free(e->pivot_col);
    leie_free(e->pivot_val);
    leie_free(e->pivot_of);
    leie_free(e->planned_row);
    leie_free(e->planned_col);
    leie_free(e->col);
    leie_free(e->val);
    *e = (leie_echelon){0};
}

// Moves the rows together when most of the arena is what rows left behind, or makes it larger.
leie_status leie_echelon_room(leie_echelon *e, leie_size more, leie_error *err)
{
    leie_size live = 0;
    if (e->used + more <= e->room)
        return LEIE_OK;
    for (leie_size i = 0; i < e->rows; i++)
        live += e->length[i];
    leie_size room = 2 * (live + more) + 16;
    leie_index *col = leie_new(room, sizeof *col);
    double *val = leie_new(room, sizeof *val);
    if (!col || !val) {
        leie_free(col);
        leie_free(val);
        return leie_fail_memory(err, "fill of a material flow system", room, sizeof *col + sizeof *val);
    }
    leie_size used = 0;
    for (leie_size i = 0; i < e->rows; i++) {
        memcpy(col + used, e->col + e->start[i], (size_t)e->length[i] * sizeof *col);
        memcpy(val + used, e->val + e->start[i], (size_t)e->length[i] * sizeof *val);
        e->start[i] = used;
        used += e->length[i];
    }
    leie_free(e->col);
    leie_free(e->val);
    e->col = col;
    e->val = val;
    e->used = used;
    e->room = room;
    return LEIE_OK;
}

leie_status leie_echelon_row(leie_echelon *e, leie_size row, leie_size count, const leie_index *col, const double *val,
                             double rhs, leie_error *err)
{
    leie_status st = leie_echelon_room(e, count, err);
    if (st)
        return st;
    e->start[row] = e->used;
    e->rhs[row] = rhs;
    for (leie_size k = 0; k < count; k++) { // rows are short: insertion
        leie_size at = e->used;
        if (val[k] == 0)
            continue;
        for (; at > e->start[row] && e->col[at - 1] > col[k]; at--) {
            e->col[at] = e->col[at - 1];
            e->val[at] = e->val[at - 1];
        }
        e->col[at] = col[k];
        e->val[at] = val[k];
        e->used++;
    }
    e->length[row] = e->used - e->start[row];
    return LEIE_OK;
}

// Entry of a row in a column, 0 when it is not there.
double leie_echelon_entry(const leie_echelon *e, leie_size row, leie_index col)
{
    leie_size low = e->start[row], high = low + e->length[row];
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (e->col[middle] == col)
            return e->val[middle];
        if (e->col[middle] < col)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

// ---- columns ----

// A list of numbers in an arena of links.
typedef struct leie_link {
    leie_size item, next;
} leie_link;

typedef struct elimination {
    leie_echelon *e;
    unsigned char kind;
    leie_size *head;           // [cols] rows of a column, some no longer true; -1 ends a list
    leie_size *count;          // [cols] rows that are not done and hold the column
    leie_size bucket[BUCKETS]; // columns by count, some no longer true
    leie_link *link;
    leie_size links, room;
    leie_size *rows;           // [rows] of the column at hand
    leie_size *seen;           // [rows] column + 1 for which the row was listed
} elimination;

static leie_status push(elimination *x, leie_size *head, leie_size item, leie_error *err)
{
    leie_status st = leie_grow(&x->link, &x->room, x->links, sizeof *x->link, "columns of a material flow system", err);
    if (st)
        return st;
    x->link[x->links] = (leie_link){item, *head};
    *head = x->links++;
    return LEIE_OK;
}

static leie_status queue(elimination *x, leie_size col, leie_error *err)
{
    leie_size count = x->count[col];
    return count ? push(x, &x->bucket[count < BUCKETS ? count : BUCKETS - 1], col, err) : LEIE_OK;
}

// A column with the fewest rows, -1 when none is left.
static leie_size next_column(elimination *x)
{
    for (int b = 1; b < BUCKETS; b++)
        while (x->bucket[b] >= 0) {
            leie_size col = x->link[x->bucket[b]].item, count = x->count[col];
            x->bucket[b] = x->link[x->bucket[b]].next;
            if (x->e->pivot_of[col] < 0 && count > 0 && (count < BUCKETS ? count : BUCKETS - 1) == b)
                return col;
        }
    return -1;
}

// Entries of the kind in rows that are not done, and columns: what the lists hold before anything is eliminated.
static leie_size links_at_first(const leie_echelon *e, unsigned char kind)
{
    leie_size links = e->cols;
    for (leie_size i = 0; i < e->rows; i++)
        for (leie_size t = e->start[i]; !e->done[i] && t < e->start[i] + e->length[i]; t++)
            links += e->kind[e->col[t]] == kind;
    return links;
}

static leie_status columns_new(elimination *x, leie_echelon *e, unsigned char kind, leie_error *err)
{
    leie_size room = 2 * links_at_first(e, kind) + 16;
    *x = (elimination){.e = e, .kind = kind, .room = room};
    x->head = leie_new(e->cols, sizeof *x->head);
    x->count = leie_new(e->cols, sizeof *x->count);
    x->rows = leie_new(e->rows, sizeof *x->rows);
    x->seen = leie_new(e->rows, sizeof *x->seen);
    x->link = leie_new_pages(room, sizeof *x->link);
    if (!x->head || !x->count || !x->rows || !x->seen || !x->link)
        return leie_fail_memory(err, "columns of a material flow system", e->cols + e->rows + room, 2 * sizeof *x->head);
    for (leie_size j = 0; j < e->cols; j++)
        x->head[j] = -1;
    for (int b = 0; b < BUCKETS; b++)
        x->bucket[b] = -1;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < e->rows && !st; i++)
        for (leie_size t = e->start[i]; !e->done[i] && t < e->start[i] + e->length[i] && !st; t++)
            if (e->kind[e->col[t]] == kind) {
                x->count[e->col[t]]++;
                st = push(x, &x->head[e->col[t]], i, err);
            }
    for (leie_size j = e->cols - 1; j >= 0 && !st; j--)
        st = queue(x, j, err);
    return st;
}

static void columns_free(elimination *x)
{
    leie_free(x->head);
    leie_free(x->count);
    leie_free(x->link);
    leie_free(x->rows);
    leie_free(x->seen);
}

// ---- elimination ----

// The rows that hold a column and are not done, ascending.
static leie_size rows_of(elimination *x, leie_size col)
{
    leie_size n = 0;
    for (leie_size at = x->head[col]; at >= 0; at = x->link[at].next) {
        leie_size row = x->link[at].item;
        if (x->e->done[row] || x->seen[row] == col + 1 || leie_echelon_entry(x->e, row, (leie_index)col) == 0)
            continue;
        x->seen[row] = col + 1;
        x->rows[n++] = row;
    }
    leie_ascending(x->rows, n);
    return n;
}

// The shortest of the rows with an entry that is large enough.
static leie_size choose_row(const elimination *x, leie_size n, leie_size col)
{
    double largest = 0;
    leie_size best = -1;
    for (leie_size k = 0; k < n; k++)
        largest = fmax(largest, fabs(leie_echelon_entry(x->e, x->rows[k], (leie_index)col)));
    for (leie_size k = 0; k < n; k++)
        if (fabs(leie_echelon_entry(x->e, x->rows[k], (leie_index)col)) >= PIVOT * largest &&
            (best < 0 || x->e->length[x->rows[k]] < x->e->length[best]))
            best = x->rows[k];
    return best;
}

// A column of the kind has come into a row, or has gone from it.
static leie_status note_change(elimination *x, leie_index col, leie_size row, int change, leie_error *err)
{
    if (x->e->kind[col] != x->kind)
        return LEIE_OK;
    x->count[col] += change;
    leie_status st = change > 0 ? push(x, &x->head[col], row, err) : LEIE_OK;
    return st ? st : queue(x, col, err);
}

double leie_echelon_rest(double old, double part)
{
    double fresh = old - part;
    return fabs(fresh) <= CANCELLED * fmax(fabs(old), fabs(part)) ? 0 : fresh;
}

// row = row - f pivot row, so that the entry in `col` is gone; the new row is written at the end of the arena.
static leie_status subtract(elimination *x, leie_size row, leie_size pivot, leie_index col, double f, leie_error *err)
{
    leie_echelon *e = x->e;
    leie_status st = leie_echelon_room(e, e->length[row] + e->length[pivot], err);
    if (st)
        return st;
    leie_size a = e->start[row], a_end = a + e->length[row], b = e->start[pivot], b_end = b + e->length[pivot];
    leie_size to = e->used;
    while ((a < a_end || b < b_end) && !st) {
        bool left = b == b_end || (a < a_end && e->col[a] <= e->col[b]);
        bool right = a == a_end || (b < b_end && e->col[b] <= e->col[a]);
        leie_index c = left ? e->col[a] : e->col[b];
        double old = left ? e->val[a] : 0, part = right ? f * e->val[b] : 0;
        double fresh = left && right ? leie_echelon_rest(old, part) : old - part;
        bool gone = c == col || (left && right && fresh == 0);
        if (!gone) {
            e->col[to] = c;
            e->val[to++] = fresh;
        }
        if (left && gone)
            st = note_change(x, c, row, -1, err);
        else if (!left && !gone)
            st = note_change(x, c, row, +1, err);
        a += left;
        b += right;
    }
    e->rhs[row] = leie_echelon_rest(e->rhs[row], f * e->rhs[pivot]);
    e->start[row] = e->used;
    e->length[row] = to - e->used;
    e->used = to;
    return st;
}

leie_status leie_echelon_record(leie_echelon *e, leie_size row, leie_size pivot, double factor, leie_error *err)
{
    leie_status st = leie_grow(&e->step, &e->step_room, e->steps, sizeof *e->step, "steps of an elimination", err);
    if (st)
        return st;
    e->step[e->steps++] = (leie_echelon_step){(leie_index)row, (leie_index)pivot, factor};
    return LEIE_OK;
}

void leie_echelon_pivot(leie_echelon *e, leie_size row, leie_index col, double value)
{
    e->done[row] = true;
    e->pivot_of[col] = (leie_index)e->pivots;
    e->pivot_row[e->pivots] = (leie_index)row;
    e->pivot_col[e->pivots] = col;
    e->pivot_val[e->pivots++] = value;
}

static leie_status eliminate_column(elimination *x, leie_size col, leie_error *err)
{
    leie_echelon *e = x->e;
    leie_size n = rows_of(x, col), pivot = choose_row(x, n, col);
    double value = leie_echelon_entry(e, pivot, (leie_index)col);
    leie_status st = LEIE_OK;
    leie_echelon_pivot(e, pivot, (leie_index)col, value);
    for (leie_size t = e->start[pivot]; t < e->start[pivot] + e->length[pivot] && !st; t++)
        st = note_change(x, e->col[t], pivot, -1, err);
    for (leie_size k = 0; k < n && !st; k++) {
        double factor = leie_echelon_entry(e, x->rows[k], (leie_index)col) / value;
        if (x->rows[k] == pivot)
            continue;
        st = e->recording ? leie_echelon_record(e, x->rows[k], pivot, factor, err) : LEIE_OK;
        st = st ? st : subtract(x, x->rows[k], pivot, (leie_index)col, factor, err);
    }
    return st;
}

static leie_status eliminate_columns(leie_echelon *e, unsigned char kind, leie_error *err)
{
    elimination x;
    leie_status st = columns_new(&x, e, kind, err);
    for (leie_size col = 0; !st && (col = next_column(&x)) >= 0;)
        st = eliminate_column(&x, col, err);
    columns_free(&x);
    return st;
}

leie_status leie_echelon_eliminate(leie_echelon *e, unsigned char kind, bool *good, leie_error *err)
{
    bool more = true;
    *good = true;
    leie_status st = e->planned ? leie_echelon_repeat(e, kind, &more, good, err) : LEIE_OK;
    e->planned = 0;
    return st || !more || !*good ? st : eliminate_columns(e, kind, err);
}
