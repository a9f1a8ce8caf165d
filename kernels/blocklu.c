// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blocklu.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/parallel.h"

enum {
    PANEL = 128,        // columns of a panel and of a tile
    GROUP = 16,         // right-hand sides solved together
    PIVOTS = 64,        // columns judged together
    SMALL = 256,        // matrices up to this size are not worth threads outside the tiles
    PAGE_COLUMNS = 512  // a column of so many doubles fills a page
};

leie_size leie_blocklu_stride(leie_size n)
{
    leie_size ld = (n + 7) / 8 * 8;
    return ld > 0 && ld % PAGE_COLUMNS == 0 ? ld + 8 : ld;
}

double leie_negligible(leie_size n)
{
    return (64 + (double)n) * DBL_EPSILON;
}

/* Groups of size items; all of them are one chunk when the matrix is small. */
static void for_groups(leie_size n, leie_size items, leie_size size, leie_parallel_fn fn, void *ctx)
{
    leie_size groups = (items + size - 1) / size;
    leie_parallel_for(groups, n <= SMALL && groups > 0 ? groups : 1, fn, ctx, NULL);
}

static leie_size least(leie_size a, leie_size b)
{
    return a < b ? a : b;
}

#define REAL double
#define NAME(function) f64_##function
#define BLAS(function) leie_blas_##function
#include "kernels/blocklu_loops.h"
#undef REAL
#undef NAME
#undef BLAS
#define REAL float
#define NAME(function) f32_##function
#define BLAS(function) leie_blas_##function##_f32
#include "kernels/blocklu_loops.h"

/* ---- pivots ---- */

/* A factorization whose pivots are judged. */
typedef struct judging {
    f64_tiles tiles;
    double *row, *col;       // [n] largest |value| of rows and columns of M' before factoring
    double largest;          // of all
    atomic_llong negligible; // lowest negligible pivot, n for none
} judging;

/* Largest |value| of the columns of M' in groups first .. last - 1, and of the rows of these numbers. */
static leie_status find_largest(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    judging *c = ctx;
    (void)worker;
    (void)err;
    first *= PIVOTS;
    last = least(last * PIVOTS, c->tiles.n);
    for (leie_size j = first; j < last; j++)
        for (leie_size i = 0; i < c->tiles.n; i++)
            c->col[j] = fmax(c->col[j], fabs(*f64_at(&c->tiles, i, j)));
    for (leie_size j = 0; j < c->tiles.n; j++)
        for (leie_size i = first; i < last; i++)
            c->row[i] = fmax(c->row[i], fabs(*f64_at(&c->tiles, i, j)));
    return LEIE_OK;
}

static void find_sizes(judging *c)
{
    memset(c->row, 0, (size_t)c->tiles.n * sizeof *c->row);
    memset(c->col, 0, (size_t)c->tiles.n * sizeof *c->col);
    for_groups(c->tiles.n, c->tiles.n, PIVOTS, find_largest, c);
    for (leie_size j = 0; j < c->tiles.n; j++)
        c->largest = fmax(c->largest, c->col[j]);
}

/* Judges the pivots of a group:  |u_jj|  against  sum over i <= j of |l_ji| |u_ij|  and  r_j c_j / max. */
static void judge_group(judging *c, leie_size group)
{
    leie_size first = group * PIVOTS, last = least(first + PIVOTS, c->tiles.n);
    double size[PIVOTS], negligible = leie_negligible(c->tiles.n);
    for (leie_size j = first; j < last; j++)
        size[j - first] = fabs(*f64_at(&c->tiles, j, j));
    for (leie_size i = 0; i < last; i++) // along column i of L
        for (leie_size j = i + 1 > first ? i + 1 : first; j < last; j++)
            size[j - first] += fabs(*f64_at(&c->tiles, j, i)) * fabs(*f64_at(&c->tiles, i, j));
    for (leie_size j = last - 1; j >= first; j--) {
        long long lowest = atomic_load(&c->negligible);
        double scaled = c->largest > 0 ? c->row[j] / c->largest * c->col[j] : 0;
        if (!(fabs(*f64_at(&c->tiles, j, j)) > negligible * fmax(size[j - first], scaled)))
            while (j < lowest && !atomic_compare_exchange_weak(&c->negligible, &lowest, j)) {
            }
    }
}

static leie_status judge_pivots(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    for (leie_size group = first; group < last; group++)
        judge_group(ctx, group);
    return LEIE_OK;
}

/* Rows of M' were exchanged: so are their sizes. */
static void exchange_sizes(judging *c)
{
    for (leie_size i = 0; i < c->tiles.n; i++) {
        double kept = c->row[i];
        c->row[i] = c->row[c->tiles.pivot[i] - 1];
        c->row[c->tiles.pivot[i] - 1] = kept;
    }
}

leie_size leie_blocklu_factor(double *m, leie_size n, leie_size ld, int *pivot, double *work)
{
    judging c = {.tiles = {.f = m, .n = n, .ld = ld, .pivot = pivot}, .row = work, .col = work + n};
    find_sizes(&c);
    f64_factor(&c.tiles);
    exchange_sizes(&c);
    atomic_init(&c.negligible, n);
    for_groups(n, n, PIVOTS, judge_pivots, &c);
    long long lowest = atomic_load(&c.negligible);
    return lowest < n ? lowest : -1;
}

leie_size leie_blocklu_factor_f32(float *m, leie_size n, leie_size ld, int *pivot)
{
    f32_tiles c = {.f = m, .n = n, .ld = ld, .pivot = pivot};
    f32_factor(&c);
    for (leie_size i = 0; i < n; i++)
        if (m[i * ld + i] == 0 || !isfinite(m[i * ld + i]))
            return i;
    return -1;
}

void leie_blocklu_solve(const double *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                        double *x)
{
    f64_solve(m, n, ld, pivot, transposed, k, x);
}

void leie_blocklu_solve_f32(const float *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                            float *x)
{
    f32_solve(m, n, ld, pivot, transposed, k, x);
}

void leie_blocklu_null(double *m, leie_size n, leie_size ld, const int *pivot, leie_size row, double *z)
{
    m[row * ld + row] = 1; // with U z = e_row the zero pivot drops out of z' P L U = 0
    for (leie_size j = row + 1; j < n; j++)
        if (m[j * ld + j] == 0)
            m[j * ld + j] = 1;
    memset(z, 0, (size_t)n * sizeof *z);
    z[row] = 1;
    leie_blocklu_solve(m, n, ld, pivot, false, 1, z);
}
