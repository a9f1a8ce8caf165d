// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/matrix.h"

#include <assert.h>
#include <string.h>

#include "kernels/blocked.h"
#include "kernels/clones.h"
#include "kernels/factored.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/sum.h"

enum {
    ROW_GRAIN = 64,     // rows of a plain product done together
    COLUMN_GRAIN = 512, // columns of a transposed product done together, at least
    ENTRIES_GRAIN = 48, // entries of a sparse row, on average, in such a group
    PACK_GRAIN = 1024,
    SLABS = 64,         // groups of rows whose non-zeros are counted apart
    SMALL = 10000       // stored values: no work for threads
};
// From this share of cells on the dense product is as fast as CSR and hardly larger: at 0.33 CSR takes half
// the time of dense for plain products and about the same for transposed ones (n = 1,435 and 6,000, k = 1 .. 50).
static const double LEIE_DENSE_FROM = LEIE_MATRIX_DENSE_FROM;

/* ---- cells ---- */

leie_status leie_cells_add(leie_cells *cells, leie_size row, leie_size col, double val, leie_error *err)
{
    if (row < 0 || col < 0 || row > INT32_MAX || col > INT32_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE, "cell (%lld, %lld) is outside 0 .. %d", (long long)row,
                         (long long)col, INT32_MAX);
    leie_status st = leie_grow(&cells->cell, &cells->room, cells->n, sizeof *cells->cell, "cells of a matrix", err);
    if (st)
        return st;
    cells->cell[cells->n++] = (leie_cell){(leie_index)row, (leie_index)col, val};
    return LEIE_OK;
}

void leie_cells_free(leie_cells *cells)
{
    leie_free(cells->cell);
    *cells = (leie_cells){0};
}

/* Stable counting sort of n cells into `to` by row, or by column; start [keys + 1] is work. */
static void sort_cells(leie_cell *to, const leie_cell *from, leie_size n, bool by_row, leie_size keys,
                       leie_size *start)
{
    memset(start, 0, (size_t)(keys + 1) * sizeof *start);
    for (leie_size c = 0; c < n; c++)
        start[(by_row ? from[c].row : from[c].col) + 1]++;
    for (leie_size key = 0; key < keys; key++)
        start[key + 1] += start[key];
    for (leie_size c = 0; c < n; c++)
        to[start[by_row ? from[c].row : from[c].col]++] = from[c];
}

static bool in_order(const leie_cells *cells)
{
    for (leie_size c = 1; c < cells->n; c++) {
        const leie_cell *a = &cells->cell[c - 1], *b = &cells->cell[c];
        if (a->row > b->row || (a->row == b->row && a->col > b->col))
            return false;
    }
    return true;
}

/* Cells in order of row, then column. */
static leie_status order_cells(leie_cells *cells, leie_size rows, leie_size cols, leie_error *err)
{
    if (in_order(cells))
        return LEIE_OK;
    leie_size keys = rows > cols ? rows : cols;
    leie_size *start = leie_new(keys + 1, sizeof *start);
    leie_cell *other = leie_new(cells->n, sizeof *other);
    leie_status st = start && other ? LEIE_OK
                                    : leie_fail_memory(err, "sorting the cells of a matrix", cells->n, sizeof *other);
    if (!st) {
        sort_cells(other, cells->cell, cells->n, false, cols, start);
        sort_cells(cells->cell, other, cells->n, true, rows, start);
    }
    leie_free(other);
    leie_free(start);
    return st;
}

static leie_status check_shape(const leie_cells *cells, leie_size rows, leie_size cols, leie_error *err)
{
    if (rows < 0 || cols < 0 || rows > INT32_MAX || cols > INT32_MAX)
        return leie_fail(err, LEIE_ERR_SHAPE, "a matrix of %lld x %lld", (long long)rows, (long long)cols);
    for (leie_size c = 0; c < cells->n; c++) {
        const leie_cell *cell = &cells->cell[c];
        if (cell->row < 0 || cell->col < 0 || cell->row >= rows || cell->col >= cols)
            return leie_fail(err, LEIE_ERR_SHAPE, "cell (%d, %d) is outside a matrix of %lld x %lld", cell->row,
                             cell->col, (long long)rows, (long long)cols);
    }
    return LEIE_OK;
}

static leie_status check_once(const leie_cells *cells, leie_size twice[2], leie_error *err)
{
    for (leie_size c = 1; c < cells->n; c++) {
        const leie_cell *a = &cells->cell[c - 1], *b = &cells->cell[c];
        if (a->row != b->row || a->col != b->col)
            continue;
        if (twice) {
            twice[0] = b->row;
            twice[1] = b->col;
        }
        return leie_fail(err, LEIE_ERR_DATA, "cell (%d, %d) is given twice", b->row, b->col);
    }
    return LEIE_OK;
}

/* ---- matrices ---- */

leie_status leie_matrix_new_dense(leie_matrix *m, leie_size rows, leie_size cols, leie_error *err)
{
    leie_size count, ld = (cols + 7) / 8 * 8;
    *m = (leie_matrix){.form = LEIE_DENSE, .rows = rows, .cols = cols, .ld = ld};
    if (!__builtin_mul_overflow(rows, ld, &count))
        m->val = leie_new(count, sizeof *m->val);
    if (m->val)
        return LEIE_OK;
    *m = (leie_matrix){0};
    return leie_fail_memory(err, "a dense matrix", rows, (size_t)ld * sizeof *m->val);
}

static leie_status new_sparse(leie_matrix *m, leie_size rows, leie_size cols, leie_size nonzeros, leie_error *err)
{
    *m = (leie_matrix){.form = LEIE_SPARSE, .rows = rows, .cols = cols};
    return leie_csr_new(&m->csr, rows, cols, nonzeros, err);
}

/* Closes the row pointers behind entry number `last` of row i. */
static void close_row(leie_csr *a, leie_size i, leie_size last)
{
    a->row[i + 1] = last;
}

static void fill_sparse(leie_csr *a, const leie_cells *cells)
{
    leie_size t = 0, c = 0;
    for (leie_size i = 0; i < a->rows; i++) {
        for (; c < cells->n && cells->cell[c].row == i; c++) {
            if (cells->cell[c].val == 0)
                continue;
            a->col[t] = cells->cell[c].col;
            a->val[t++] = cells->cell[c].val;
        }
        close_row(a, i, t);
    }
}

leie_status leie_matrix_from_cells(leie_matrix *m, leie_size rows, leie_size cols, leie_cells *cells,
                                   leie_size twice[2], leie_error *err)
{
    *m = (leie_matrix){0};
    leie_status st = check_shape(cells, rows, cols, err);
    if (!st)
        st = order_cells(cells, rows, cols, err);
    if (!st)
        st = check_once(cells, twice, err);
    if (st)
        return st;
    leie_size nonzeros = 0;
    for (leie_size c = 0; c < cells->n; c++)
        nonzeros += cells->cell[c].val != 0;
    if ((double)nonzeros >= LEIE_DENSE_FROM * (double)rows * (double)cols) {
        st = leie_matrix_new_dense(m, rows, cols, err);
        for (leie_size c = 0; !st && c < cells->n; c++)
            m->val[cells->cell[c].row * m->ld + cells->cell[c].col] = cells->cell[c].val;
    } else {
        st = new_sparse(m, rows, cols, nonzeros, err);
        if (!st)
            fill_sparse(&m->csr, cells);
    }
    return st;
}

static void copy_dense(leie_matrix *to, const leie_matrix *from)
{
    for (leie_size i = 0; i < from->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(from, i, &col, &val);
        for (leie_size t = 0; t < count; t++)
            to->val[i * to->ld + (col ? col[t] : t)] = val[t];
    }
}

static void copy_sparse(leie_csr *to, const leie_matrix *from)
{
    leie_size next = 0;
    for (leie_size i = 0; i < from->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(from, i, &col, &val);
        for (leie_size t = 0; t < count; t++) {
            if (val[t] == 0)
                continue;
            to->col[next] = col ? col[t] : (leie_index)t;
            to->val[next++] = val[t];
        }
        close_row(to, i, next);
    }
}

void leie_matrix_from_factors(leie_matrix *m, leie_factored **f)
{
    *m = (leie_matrix){.form = LEIE_FACTORED, .rows = (*f)->n, .cols = (*f)->n, .factors = *f};
    *f = NULL;
}

void leie_matrix_from_blocked(leie_matrix *m, leie_blocked **b)
{
    *m = (leie_matrix){.form = LEIE_BLOCKED, .rows = (*b)->n, .cols = (*b)->n, .blocked = *b};
    *b = NULL;
}

leie_status leie_matrix_copy(leie_matrix *to, const leie_matrix *from, leie_matrix_form form, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (form == LEIE_BLOCKED) {
        *to = *from;
        to->blocked->holders++;
    } else if (form == LEIE_FACTORED) {
        *to = (leie_matrix){.form = LEIE_FACTORED, .rows = from->rows, .cols = from->cols};
        st = leie_factored_copy(&to->factors, from->factors, err);
    } else if (form == LEIE_DENSE) {
        st = leie_matrix_new_dense(to, from->rows, from->cols, err);
        if (!st)
            copy_dense(to, from);
    } else {
        st = new_sparse(to, from->rows, from->cols, leie_matrix_nonzeros(from), err);
        if (!st)
            copy_sparse(&to->csr, from);
    }
    return st;
}

void leie_matrix_free(leie_matrix *m)
{
    leie_free(m->val);
    leie_csr_free(&m->csr);
    leie_factored_free(m->factors);
    leie_blocked_free(m->blocked);
    *m = (leie_matrix){0};
}

double leie_matrix_get(const leie_matrix *m, leie_size i, leie_size j)
{
    if (m->form == LEIE_DENSE)
        return m->val[i * m->ld + j];
    if (m->form == LEIE_FACTORED)
        return leie_factored_get(m->factors, i, j);
    if (m->form == LEIE_BLOCKED)
        return leie_blocked_get(m->blocked, i, j);
    leie_size low = m->csr.row[i], high = m->csr.row[i + 1];
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (m->csr.col[middle] == j)
            return m->csr.val[middle];
        if (m->csr.col[middle] < j)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

leie_size leie_matrix_row(const leie_matrix *m, leie_size i, const leie_index **col, const double **val)
{
    if (m->form == LEIE_DENSE) {
        *col = NULL;
        *val = m->val + i * m->ld;
        return m->cols;
    }
    if (m->form == LEIE_FACTORED)
        return leie_factored_row(m->factors, i, col, val);
    if (m->form == LEIE_BLOCKED)
        return leie_blocked_row(m->blocked, i, col, val);
    *col = m->csr.col + m->csr.row[i];
    *val = m->csr.val + m->csr.row[i];
    return m->csr.row[i + 1] - m->csr.row[i];
}

static leie_size stored(const leie_matrix *m)
{
    assert(m->form == LEIE_DENSE || m->form == LEIE_SPARSE);
    return m->form == LEIE_DENSE ? m->rows * m->ld : m->csr.nnz;
}

/* Non-zeros of the rows of each slab. */
typedef struct counting {
    const leie_matrix *m;
    leie_size grain, count[SLABS];
} counting;

LEIE_CLONES
static leie_size count_nonzeros(const double *val, leie_size n)
{
    leie_size nonzeros = 0;
    for (leie_size t = 0; t < n; t++)
        nonzeros += val[t] != 0;
    return nonzeros;
}

static leie_status count_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    counting *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(c->m, i, &col, &val);
        c->count[first / c->grain] += count_nonzeros(val, count);
    }
    return LEIE_OK;
}

leie_size leie_matrix_nonzeros(const leie_matrix *m)
{
    counting c = {.m = m, .grain = m->rows / SLABS + 1};
    leie_size nonzeros = 0;
    if (m->form == LEIE_FACTORED)
        return leie_factored_nonzeros(m->factors);
    if (m->form == LEIE_BLOCKED)
        return leie_blocked_nonzeros(m->blocked);
    leie_parallel_for(m->rows, stored(m) <= SMALL ? m->rows + 1 : c.grain, count_rows, &c, NULL);
    for (int slab = 0; slab < SLABS; slab++)
        nonzeros += c.count[slab];
    return nonzeros;
}

void leie_matrix_row_sums(double *s, const leie_matrix *m)
{
    for (leie_size i = 0; i < m->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &col, &val);
        s[i] = leie_sum(val, count, 1);
    }
}

const double *leie_matrix_known_sums(const leie_matrix *m)
{
    return m->form == LEIE_BLOCKED ? m->blocked->row_sum : NULL;
}

void leie_matrix_col_sums(double *s, const leie_matrix *m)
{
    memset(s, 0, (size_t)m->cols * sizeof *s);
    for (leie_size i = 0; i < m->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &col, &val);
        for (leie_size t = 0; t < count; t++)
            s[col ? col[t] : t] += val[t];
    }
}

/* ---- product ---- */

/* Columns c .. c + g - 1 of X and Y, in wide arrays. */
typedef struct product {
    const leie_matrix *m;
    bool transposed;
    const double *scale, *x;
    double *y, *wide_x, *wide_y;
    leie_size k, c, g, width;
} product;

static leie_status pack_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const product *p = ctx;
    (void)worker;
    (void)err;
    leie_skinny_pack(p->wide_x, p->width, p->x + p->c, p->k, p->g, p->transposed ? NULL : p->scale, first, last);
    return LEIE_OK;
}

static leie_status product_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const product *p = ctx;
    (void)worker;
    (void)err;
    memset(p->wide_y + first * p->width, 0, (size_t)((last - first) * p->width) * sizeof(double));
    if (p->transposed)
        leie_skinny_transposed(p->wide_y, p->m, (leie_window){0, p->m->rows, first, last}, p->width, p->wide_x);
    else
        leie_skinny_plain(p->wide_y, p->m, (leie_window){first, last, 0, p->m->cols}, p->width, p->wide_x);
    leie_skinny_unpack(p->y + p->c, p->k, p->g, p->wide_y, p->width, p->transposed ? p->scale : NULL, first, last);
    return LEIE_OK;
}

static void factored_items(const product *p)
{
    leie_factored_product(p->wide_y, p->m->factors, p->transposed, p->width, p->wide_x,
                          p->wide_x + p->m->rows * p->width);
    leie_skinny_unpack(p->y + p->c, p->k, p->g, p->wide_y, p->width, p->transposed ? p->scale : NULL, 0, p->m->rows);
}

static leie_status blocked_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const product *p = ctx;
    const leie_blocked *b = p->m->blocked;
    (void)worker;
    (void)err;
    for (leie_size part = first; part < last; part++) {
        leie_size begin = b->store.first[part], end = b->store.first[part + 1];
        memset(p->wide_y + begin * p->width, 0, (size_t)((end - begin) * p->width) * sizeof(double));
        leie_blocked_product(p->wide_y + begin * p->width, b, p->transposed, part, p->width, p->wide_x);
        leie_skinny_unpack(p->y + p->c, p->k, p->g, p->wide_y, p->width, p->transposed ? p->scale : NULL, begin, end);
    }
    return LEIE_OK;
}

/* The cells of columns without a scale of their own. */
static void add_apart(const product *p, const double *scale)
{
    const leie_csr *apart = &p->m->blocked->apart;
    for (leie_size i = 0; apart->nnz > 0 && i < p->m->rows; i++)
        for (leie_size t = apart->row[i]; t < apart->row[i + 1]; t++)
            for (leie_size c = p->c; c < p->c + p->g; c++) {
                leie_size j = apart->col[t], to = p->transposed ? j : i, from = p->transposed ? i : j;
                p->y[to * p->k + c] += apart->val[t] * (scale ? scale[j] : 1) * p->x[from * p->k + c];
            }
}

/* Rows or columns of the result done together, all of them for a small matrix. A sparse matrix is
 * searched anew in each row for each group of columns, so these groups are wide enough to pay for it. */
static leie_size grain_of(const leie_matrix *m, bool transposed)
{
    if (stored(m) <= SMALL)
        return m->rows + m->cols + 1;
    if (!transposed)
        return ROW_GRAIN;
    if (m->form == LEIE_DENSE || m->csr.nnz == 0)
        return COLUMN_GRAIN;
    double columns = ENTRIES_GRAIN * (double)m->rows / (double)m->csr.nnz * (double)m->cols;
    return columns > COLUMN_GRAIN ? (leie_size)columns : COLUMN_GRAIN;
}

leie_status leie_matrix_product(double *y, const leie_matrix *m, bool transposed, const double *scale, leie_size k,
                                const double *x, leie_error *err)
{
    leie_size in = transposed ? m->rows : m->cols, out = transposed ? m->cols : m->rows;
    leie_size width = leie_skinny_width(k < LEIE_WIDTH ? k : LEIE_WIDTH);
    product p = {.m = m, .transposed = transposed, .scale = scale, .x = x, .y = y, .k = k};
    leie_status st = LEIE_OK;
    leie_size work = m->form == LEIE_FACTORED ? 2 * m->factors->product[m->factors->parts] : 0;
    double *factor = NULL;
    if (m->form == LEIE_BLOCKED) {
        p.scale = factor = leie_new(m->cols, sizeof *factor);
        if (!factor)
            return leie_fail_memory(err, "a product with few columns", m->cols, sizeof *factor);
        leie_blocked_factors(factor, m->blocked, scale);
    }
    p.wide_x = leie_new(in + work, (size_t)width * sizeof(double));
    p.wide_y = leie_new(out, (size_t)width * sizeof(double));
    if (!p.wide_x || !p.wide_y) {
        st = leie_fail_memory(err, "a product with few columns", in + out, (size_t)width * sizeof(double));
        goto done;
    }
    for (p.c = 0; p.c < k; p.c += LEIE_WIDTH) {
        p.g = k - p.c < LEIE_WIDTH ? k - p.c : LEIE_WIDTH;
        p.width = leie_skinny_width(p.g);
        leie_parallel_for(in, PACK_GRAIN, pack_items, &p, NULL);
        if (m->form == LEIE_FACTORED)
            factored_items(&p);
        else if (m->form == LEIE_BLOCKED)
            leie_parallel_for(m->blocked->store.parts, m->rows <= ROW_GRAIN ? m->blocked->store.parts : 1, blocked_items, &p, NULL);
        else
            leie_parallel_for(out, grain_of(m, transposed), product_items, &p, NULL);
        if (m->form == LEIE_BLOCKED)
            add_apart(&p, scale);
    }
done:
    leie_free(factor);
    leie_free(p.wide_x);
    leie_free(p.wide_y);
    return st;
}

void leie_matrix_product_ref(double *y, const leie_matrix *m, bool transposed, const double *scale, leie_size k,
                             const double *x)
{
    memset(y, 0, (size_t)((transposed ? m->cols : m->rows) * k) * sizeof *y);
    for (leie_size i = 0; i < m->rows; i++)
        for (leie_size j = 0; j < m->cols; j++)
            for (leie_size c = 0; c < k; c++) {
                double value = leie_matrix_get(m, i, j) * (scale ? scale[j] : 1);
                if (transposed)
                    y[j * k + c] += value * x[i * k + c];
                else
                    y[i * k + c] += value * x[j * k + c];
            }
}
