// SPDX-License-Identifier: GPL-3.0-or-later
/* m  value of the matrix   x, y  lanes of a row of X, Y   sum  lanes being summed in registers */
#include "kernels/skinny.h"

#include <assert.h>

#include "kernels/clones.h"

#define INLINE static inline __attribute__((always_inline))

typedef double lanes __attribute__((vector_size(LEIE_LANES * sizeof(double)), may_alias));

enum {
    TILE = 4,   // rows (transposed: columns) of M that share a load of X
    CHUNK = 16, // rows of M that stay in the first cache while the transposed product passes over them
    SPAN = 256 // columns of such a piece
};

leie_size leie_skinny_width(leie_size k)
{
    return (k + LEIE_LANES - 1) / LEIE_LANES * LEIE_LANES;
}

/* sum[r][p] += m[r * across + t * along] x[t][p]  for t = 0 .. count - 1. rows and pair are constants
 * after inlining, so that sum lives in registers. */
INLINE void dense_tile(double *y, const double *m, leie_size across, leie_size along, leie_size count,
                       const double *x, leie_size width, int rows, int pair)
{
    lanes sum[TILE][2];
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < pair; p++)
            sum[r][p] = *(const lanes *)(y + r * width + p * LEIE_LANES);
    for (leie_size t = 0; t < count; t++) {
        const lanes *xt = (const lanes *)(x + t * width);
        const double *mt = m + t * along;
        for (int r = 0; r < rows; r++)
            for (int p = 0; p < pair; p++)
                sum[r][p] += mt[r * across] * xt[p];
    }
    for (int r = 0; r < rows; r++)
        for (int p = 0; p < pair; p++)
            *(lanes *)(y + r * width + p * LEIE_LANES) = sum[r][p];
}

/* The same for any number of rows and lanes: by TILE rows and two lane groups, then what is left. */
INLINE void dense_tiles(double *y, const double *m, leie_size rows, leie_size across, leie_size along,
                        leie_size count, const double *x, leie_size width)
{
    leie_size r = 0;
    for (; r + TILE <= rows; r += TILE) {
        leie_size c = 0;
        for (; c + 2 * LEIE_LANES <= width; c += 2 * LEIE_LANES)
            dense_tile(y + r * width + c, m + r * across, across, along, count, x + c, width, TILE, 2);
        if (c < width)
            dense_tile(y + r * width + c, m + r * across, across, along, count, x + c, width, TILE, 1);
    }
    for (; r < rows; r++)
        for (leie_size c = 0; c < width; c += LEIE_LANES)
            dense_tile(y + r * width + c, m + r * across, across, along, count, x + c, width, 1, 1);
}

LEIE_CLONES
static void dense_plain(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    dense_tiles(y + w.row * width, m->val + w.row * m->ld + w.col, w.row_end - w.row, m->ld, 1,
                w.col_end - w.col, x + w.col * width, width);
}

/* In pieces of CHUNK rows by SPAN columns that are read from memory in whole lines. */
LEIE_CLONES
static void dense_transposed(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    for (leie_size col = w.col; col < w.col_end; col += SPAN) {
        leie_size cols = w.col_end - col < SPAN ? w.col_end - col : SPAN;
        for (leie_size row = w.row; row < w.row_end; row += CHUNK) {
            leie_size rows = w.row_end - row < CHUNK ? w.row_end - row : CHUNK;
            dense_tiles(y + col * width, m->val + row * m->ld + col, cols, 1, m->ld, rows, x + row * width, width);
        }
    }
}

/* First entry of row i at or after column col. */
static leie_size entry_from(const leie_csr *a, leie_size i, leie_size col)
{
    leie_size low = a->row[i], high = a->row[i + 1];
    if (col <= 0)
        return low;
    if (col >= a->cols)
        return high;
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (a->col[middle] < col)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* One row with `groups` lane groups: even and odd entries are summed apart, for shorter chains. */
INLINE void sparse_row(double *y, const double *val, const leie_index *col, leie_size count, const double *x,
                       leie_size width, int groups)
{
    lanes even[LEIE_WIDTH / LEIE_LANES], odd[LEIE_WIDTH / LEIE_LANES];
    for (int g = 0; g < groups; g++)
        even[g] = odd[g] = (lanes){0};
    leie_size t = 0;
    for (; t + 2 <= count; t += 2) {
        const lanes *x0 = (const lanes *)(x + col[t] * width), *x1 = (const lanes *)(x + col[t + 1] * width);
        for (int g = 0; g < groups; g++) {
            even[g] += val[t] * x0[g];
            odd[g] += val[t + 1] * x1[g];
        }
    }
    for (int g = 0; g < groups; g++) {
        if (t < count)
            even[g] += val[t] * ((const lanes *)(x + col[t] * width))[g];
        ((lanes *)y)[g] += even[g] + odd[g];
    }
}

/* Entries of one row spread over rows of Y. */
INLINE void spread_row(double *y, const double *val, const leie_index *col, leie_size count, const double *x,
                       leie_size width, int groups)
{
    lanes xi[LEIE_WIDTH / LEIE_LANES];
    for (int g = 0; g < groups; g++)
        xi[g] = ((const lanes *)x)[g];
    for (leie_size t = 0; t < count; t++) {
        lanes *yj = (lanes *)(y + col[t] * width);
        for (int g = 0; g < groups; g++)
            yj[g] += val[t] * xi[g];
    }
}

/* The rows of a window, for a constant number of lane groups. */
INLINE void sparse_rows(double *y, const leie_csr *a, leie_window w, const double *x, bool transposed, int groups)
{
    leie_size width = groups * LEIE_LANES;
    for (leie_size i = w.row; i < w.row_end; i++) {
        leie_size first = w.cut ? a->row[i] + w.cut[i * w.step] : entry_from(a, i, w.col);
        leie_size count = (w.cut ? a->row[i] + w.cut[i * w.step + 1] : entry_from(a, i, w.col_end)) - first;
        if (transposed)
            spread_row(y, a->val + first, a->col + first, count, x + i * width, width, groups);
        else
            sparse_row(y + i * width, a->val + first, a->col + first, count, x, width, groups);
    }
}

INLINE void sparse_any(double *y, const leie_csr *a, leie_window w, leie_size width, const double *x,
                       bool transposed)
{
    if (width == LEIE_LANES)
        sparse_rows(y, a, w, x, transposed, 1);
    else if (width == 2 * LEIE_LANES)
        sparse_rows(y, a, w, x, transposed, 2);
    else if (width == 3 * LEIE_LANES)
        sparse_rows(y, a, w, x, transposed, 3);
    else
        sparse_rows(y, a, w, x, transposed, 4);
}

LEIE_CLONES
static void sparse_plain(double *y, const leie_csr *a, leie_window w, leie_size width, const double *x)
{
    sparse_any(y, a, w, width, x, false);
}

LEIE_CLONES
static void sparse_transposed(double *y, const leie_csr *a, leie_window w, leie_size width, const double *x)
{
    sparse_any(y, a, w, width, x, true);
}

void leie_skinny_plain(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    if (m->form == LEIE_DENSE)
        dense_plain(y, m, w, width, x);
    else
        sparse_plain(y, &m->csr, w, width, x);
}

void leie_skinny_transposed(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    if (m->form == LEIE_DENSE)
        dense_transposed(y, m, w, width, x);
    else
        sparse_transposed(y, &m->csr, w, width, x);
}

void leie_skinny_pack(double *wide, leie_size width, const double *from, leie_size ld, leie_size k,
                      const double *scale, leie_size first, leie_size last)
{
    for (leie_size i = first; i < last; i++) {
        double factor = scale ? scale[i] : 1;
        for (leie_size c = 0; c < k; c++)
            wide[i * width + c] = factor * from[i * ld + c];
        for (leie_size c = k; c < width; c++)
            wide[i * width + c] = 0;
    }
}

void leie_skinny_unpack(double *to, leie_size ld, leie_size k, const double *wide, leie_size width,
                        const double *scale, leie_size first, leie_size last)
{
    for (leie_size i = first; i < last; i++) {
        double factor = scale ? scale[i] : 1;
        for (leie_size c = 0; c < k; c++)
            to[i * ld + c] = factor * wide[i * width + c];
    }
}
