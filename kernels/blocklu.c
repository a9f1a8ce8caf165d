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

/* One factorization on its way. Tiles are columns of M' in groups of PANEL; panel is the one whose
 * factors are being applied. */
typedef struct factoring {
    double *f;
    leie_size n, ld;
    int *pivot;
    double *row, *col;       // [n] largest |value| of rows and columns of M' before factoring
    double largest;          // of all
    leie_size panel;         // tile number
    atomic_llong negligible; // lowest negligible pivot, n for none
} factoring;

static double *at(const factoring *c, leie_size row, leie_size col)
{
    return c->f + col * c->ld + row;
}

/* Factors the rows below the diagonal of a tile; pivots become positions in the whole matrix. */
static void factor_panel(factoring *c, leie_size tile)
{
    leie_size first = tile * PANEL, width = least(PANEL, c->n - first);
    leie_blas_getrf(c->n - first, width, at(c, first, first), c->ld, c->pivot + first); // zero pivots: judged later
    for (leie_size i = first; i < first + width; i++)
        c->pivot[i] += (int)first;
}

/* Applies the factored panel to one tile on its right:  U = L^-1 (P' A),  A = A - L U. */
static void update_tile(factoring *c, leie_size tile)
{
    leie_size p = c->panel * PANEL, below = p + PANEL;
    leie_size first = tile * PANEL, width = least(PANEL, c->n - first);
    leie_blas_swap_rows(width, at(c, 0, first), c->ld, p, below, c->pivot);
    leie_blas_trsm(LEIE_LEFT, LEIE_LOWER_UNIT, false, PANEL, width, at(c, p, p), c->ld, at(c, p, first), c->ld);
    leie_blas_gemm_minus(c->n - below, width, PANEL, at(c, below, p), c->ld, at(c, p, first), c->ld,
                         at(c, below, first), c->ld);
}

/* Item 0 is the tile after the panel: it is updated and factored at once, beside the others. */
static leie_status update_tiles(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    factoring *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size tile = c->panel + 1 + item;
        update_tile(c, tile);
        if (item == 0)
            factor_panel(c, tile);
    }
    return LEIE_OK;
}

/* The exchanges of later panels, in the columns of L to their left. */
static leie_status swap_left(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    factoring *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size tile = first; tile < last; tile++) {
        leie_size col = tile * PANEL, below = least(col + PANEL, c->n);
        leie_blas_swap_rows(below - col, at(c, 0, col), c->ld, below, c->n, c->pivot);
    }
    return LEIE_OK;
}

/* Largest |value| of the columns of M' in groups first .. last - 1, and of the rows of these numbers. */
static leie_status find_largest(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    factoring *c = ctx;
    (void)worker;
    (void)err;
    first *= PIVOTS;
    last = least(last * PIVOTS, c->n);
    for (leie_size j = first; j < last; j++)
        for (leie_size i = 0; i < c->n; i++)
            c->col[j] = fmax(c->col[j], fabs(*at(c, i, j)));
    for (leie_size j = 0; j < c->n; j++)
        for (leie_size i = first; i < last; i++)
            c->row[i] = fmax(c->row[i], fabs(*at(c, i, j)));
    return LEIE_OK;
}

static void find_sizes(factoring *c)
{
    memset(c->row, 0, (size_t)c->n * sizeof *c->row);
    memset(c->col, 0, (size_t)c->n * sizeof *c->col);
    for_groups(c->n, c->n, PIVOTS, find_largest, c);
    for (leie_size j = 0; j < c->n; j++)
        c->largest = fmax(c->largest, c->col[j]);
}

/* Judges the pivots of a group:  |u_jj|  against  sum over i <= j of |l_ji| |u_ij|  and  r_j c_j / max. */
static void judge_group(factoring *c, leie_size group)
{
    leie_size first = group * PIVOTS, last = least(first + PIVOTS, c->n);
    double size[PIVOTS], negligible = leie_negligible(c->n);
    for (leie_size j = first; j < last; j++)
        size[j - first] = fabs(*at(c, j, j));
    for (leie_size i = 0; i < last; i++) // along column i of L
        for (leie_size j = i + 1 > first ? i + 1 : first; j < last; j++)
            size[j - first] += fabs(*at(c, j, i)) * fabs(*at(c, i, j));
    for (leie_size j = last - 1; j >= first; j--) {
        long long lowest = atomic_load(&c->negligible);
        double scaled = c->largest > 0 ? c->row[j] / c->largest * c->col[j] : 0;
        if (!(fabs(*at(c, j, j)) > negligible * fmax(size[j - first], scaled)))
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
static void exchange_sizes(factoring *c)
{
    for (leie_size i = 0; i < c->n; i++) {
        double kept = c->row[i];
        c->row[i] = c->row[c->pivot[i] - 1];
        c->row[c->pivot[i] - 1] = kept;
    }
}

leie_size leie_blocklu_factor(double *m, leie_size n, leie_size ld, int *pivot, double *work)
{
    factoring c = {.f = m, .n = n, .ld = ld, .pivot = pivot, .row = work, .col = work + n};
    leie_size tiles = (n + PANEL - 1) / PANEL;
    find_sizes(&c);
    if (tiles > 0)
        factor_panel(&c, 0);
    for (c.panel = 0; c.panel + 1 < tiles; c.panel++)
        leie_parallel_for(tiles - c.panel - 1, 1, update_tiles, &c, NULL);
    for_groups(n, n, PANEL, swap_left, &c);
    exchange_sizes(&c);
    atomic_init(&c.negligible, n);
    for_groups(n, n, PIVOTS, judge_pivots, &c);
    long long lowest = atomic_load(&c.negligible);
    return lowest < n ? lowest : -1;
}

/* One solve: groups of right-hand sides are independent. */
typedef struct solving {
    const double *f;
    leie_size n, ld, k;
    const int *pivot;
    bool transposed;
    double *x;
} solving;

/* Exchanges rows of X [n, g] as the pivots say; backwards undoes it. */
static void exchange(const solving *s, double *x, leie_size g, bool backwards)
{
    for (leie_size step = 0; step < s->n; step++) {
        leie_size i = backwards ? s->n - 1 - step : step, j = s->pivot[i] - 1;
        for (leie_size c = 0; c < g && i != j; c++) {
            double kept = x[i * s->k + c];
            x[i * s->k + c] = x[j * s->k + c];
            x[j * s->k + c] = kept;
        }
    }
}

/* With F = M' = P L U and X' as LAPACK sees it:
 *   M X = B   is  X' P L U = B'     M' X = B  is  X' U' L' P' = B' */
static void solve_group(const solving *s, leie_size group)
{
    double *x = s->x + group * GROUP;
    leie_size g = least(GROUP, s->k - group * GROUP);
    if (s->transposed) {
        exchange(s, x, g, false);
        leie_blas_trsm(LEIE_RIGHT, LEIE_LOWER_UNIT, true, g, s->n, s->f, s->ld, x, s->k);
        leie_blas_trsm(LEIE_RIGHT, LEIE_UPPER, true, g, s->n, s->f, s->ld, x, s->k);
    } else {
        leie_blas_trsm(LEIE_RIGHT, LEIE_UPPER, false, g, s->n, s->f, s->ld, x, s->k);
        leie_blas_trsm(LEIE_RIGHT, LEIE_LOWER_UNIT, false, g, s->n, s->f, s->ld, x, s->k);
        exchange(s, x, g, true);
    }
}

static leie_status solve_groups(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    for (leie_size group = first; group < last; group++)
        solve_group(ctx, group);
    return LEIE_OK;
}

void leie_blocklu_solve(const double *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                        double *x)
{
    solving s = {.f = m, .n = n, .ld = ld, .k = k, .pivot = pivot, .transposed = transposed, .x = x};
    for_groups(n, k, GROUP, solve_groups, &s);
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
