// SPDX-License-Identifier: GPL-3.0-or-later
/* m  value of the matrix   x, y  lanes of a row of X, Y   sum  lanes being summed in registers */
#include "kernels/skinny.h"

#include <assert.h>

#include "kernels/clones.h"
#include "kernels/squeeze.h"

#define INLINE static inline __attribute__((always_inline))

typedef double lanes __attribute__((vector_size(LEIE_LANES * sizeof(double)), may_alias));

enum {
    SPAN = 128, // columns whose rows of X (transposed: Y) stay in the first cache
    PANEL = 16  // while so many rows of M pass, each read from memory in one run
};

leie_size leie_skinny_width(leie_size k)
{
    return (k + LEIE_LANES - 1) / LEIE_LANES * LEIE_LANES;
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

/* One row of a window, by the entries it has there. */
INLINE void row_entries(double *y, const double *val, const leie_index *col, leie_size count, leie_size i,
                        const double *x, bool transposed, int groups)
{
    leie_size width = groups * LEIE_LANES;
    if (transposed)
        spread_row(y, val, col, count, x + i * width, width, groups);
    else
        sparse_row(y + i * width, val, col, count, x, width, groups);
}

/* The rows of a window, for a constant number of lane groups. */
INLINE void sparse_rows(double *y, const leie_csr *a, leie_window w, const double *x, bool transposed, int groups)
{
    for (leie_size i = w.row; i < w.row_end; i++) {
        leie_size first = entry_from(a, i, w.col), count = entry_from(a, i, w.col_end) - first;
        row_entries(y, a->val + first, a->col + first, count, i, x, transposed, groups);
    }
}

/* The same for dense rows, span by span and without their zeros. */
INLINE void dense_rows(double *y, const leie_matrix *m, leie_window w, const double *x, bool transposed, int groups)
{
    double val[LEIE_SQUEEZE_ROOM];
    leie_index col[LEIE_SQUEEZE_ROOM];
    for (leie_size panel = w.row; panel < w.row_end; panel += PANEL)
        for (leie_size j = w.col; j < w.col_end; j += SPAN)
            for (leie_size i = panel; i < w.row_end && i < panel + PANEL; i++) {
                leie_size cells = w.col_end - j < SPAN ? w.col_end - j : SPAN;
                const double *z = m->val + i * m->ld + j;
                for (leie_size t = 0; t < cells && i + PANEL < w.row_end; t += LEIE_LANES)
                    __builtin_prefetch(z + PANEL * m->ld + t);
                leie_size count = leie_squeeze(val, col, z, cells, (leie_index)j);
                row_entries(y, val, col, count, i, x, transposed, groups);
            }
}

INLINE void any_rows(double *y, const leie_matrix *m, leie_window w, const double *x, bool transposed, int groups)
{
    if (m->form == LEIE_DENSE)
        dense_rows(y, m, w, x, transposed, groups);
    else
        sparse_rows(y, &m->csr, w, x, transposed, groups);
}

INLINE void any_width(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x,
                      bool transposed)
{
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    if (width == LEIE_LANES)
        any_rows(y, m, w, x, transposed, 1);
    else if (width == 2 * LEIE_LANES)
        any_rows(y, m, w, x, transposed, 2);
    else if (width == 3 * LEIE_LANES)
        any_rows(y, m, w, x, transposed, 3);
    else
        any_rows(y, m, w, x, transposed, 4);
}

LEIE_CLONES
void leie_skinny_plain(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    any_width(y, m, w, width, x, false);
}

LEIE_CLONES
void leie_skinny_transposed(double *y, const leie_matrix *m, leie_window w, leie_size width, const double *x)
{
    any_width(y, m, w, width, x, true);
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
