/* Dense LU for one type of number: blocklu.c includes this file once for double and once for float, with REAL,
 * NAME(function) and BLAS(function) defined. */
// SPDX-License-Identifier: GPL-3.0-or-later

/* One factorization on its way. Tiles are columns of M' in groups of PANEL; panel is the one whose
 * factors are being applied. */
typedef struct NAME(tiles) {
    REAL *f;
    leie_size n, ld;
    int *pivot;
    leie_size panel; // tile number
} NAME(tiles);

static REAL *NAME(at)(const NAME(tiles) *c, leie_size row, leie_size col)
{
    return c->f + col * c->ld + row;
}

/* Factors the rows below the diagonal of a tile; pivots become positions in the whole matrix. */
static void NAME(factor_panel)(NAME(tiles) *c, leie_size tile)
{
    leie_size first = tile * PANEL, width = least(PANEL, c->n - first);
    BLAS(getrf)(c->n - first, width, NAME(at)(c, first, first), c->ld, c->pivot + first); // zero pivots: judged later
    for (leie_size i = first; i < first + width; i++)
        c->pivot[i] += (int)first;
}

/* Applies the factored panel to one tile on its right:  U = L^-1 (P' A),  A = A - L U. */
static void NAME(update_tile)(NAME(tiles) *c, leie_size tile)
{
    leie_size p = c->panel * PANEL, below = p + PANEL;
    leie_size first = tile * PANEL, width = least(PANEL, c->n - first);
    BLAS(swap_rows)(width, NAME(at)(c, 0, first), c->ld, p, below, c->pivot);
    BLAS(trsm)(LEIE_LEFT, LEIE_LOWER_UNIT, false, PANEL, width, NAME(at)(c, p, p), c->ld, NAME(at)(c, p, first), c->ld);
    BLAS(gemm_minus)(c->n - below, width, PANEL, NAME(at)(c, below, p), c->ld, NAME(at)(c, p, first), c->ld,
                         NAME(at)(c, below, first), c->ld);
}

/* Item 0 is the tile after the panel: it is updated and factored at once, beside the others. */
static leie_status NAME(update_tiles)(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    NAME(tiles) *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size tile = c->panel + 1 + item;
        NAME(update_tile)(c, tile);
        if (item == 0)
            NAME(factor_panel)(c, tile);
    }
    return LEIE_OK;
}

/* The exchanges of later panels, in the columns of L to their left. */
static leie_status NAME(swap_left)(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    NAME(tiles) *c = ctx;
    (void)worker;
    (void)err;
    for (leie_size tile = first; tile < last; tile++) {
        leie_size col = tile * PANEL, below = least(col + PANEL, c->n);
        BLAS(swap_rows)(below - col, NAME(at)(c, 0, col), c->ld, below, c->n, c->pivot);
    }
    return LEIE_OK;
}

/* P L U in place; pivots are not judged. */
static void NAME(factor)(NAME(tiles) *c)
{
    leie_size tiles = (c->n + PANEL - 1) / PANEL;
    if (tiles > 0)
        NAME(factor_panel)(c, 0);
    for (c->panel = 0; c->panel + 1 < tiles; c->panel++)
        leie_parallel_for(tiles - c->panel - 1, 1, NAME(update_tiles), c, NULL);
    for_groups(c->n, c->n, PANEL, NAME(swap_left), c);
}

/* One solve: groups of right-hand sides are independent. */
typedef struct NAME(solving) {
    const REAL *f;
    leie_size n, ld, k;
    const int *pivot;
    bool transposed;
    REAL *x;
} NAME(solving);

/* Exchanges rows of X [n, g] as the pivots say; backwards undoes it. */
static void NAME(exchange)(const NAME(solving) *s, REAL *x, leie_size g, bool backwards)
{
    for (leie_size step = 0; step < s->n; step++) {
        leie_size i = backwards ? s->n - 1 - step : step, j = s->pivot[i] - 1;
        for (leie_size c = 0; c < g && i != j; c++) {
            REAL kept = x[i * s->k + c];
            x[i * s->k + c] = x[j * s->k + c];
            x[j * s->k + c] = kept;
        }
    }
}

/* With F = M' = P L U and X' as LAPACK sees it:
 *   M X = B   is  X' P L U = B'     M' X = B  is  X' U' L' P' = B' */
static void NAME(solve_group)(const NAME(solving) *s, leie_size group)
{
    REAL *x = s->x + group * GROUP;
    leie_size g = least(GROUP, s->k - group * GROUP);
    if (s->transposed) {
        NAME(exchange)(s, x, g, false);
        BLAS(trsm)(LEIE_RIGHT, LEIE_LOWER_UNIT, true, g, s->n, s->f, s->ld, x, s->k);
        BLAS(trsm)(LEIE_RIGHT, LEIE_UPPER, true, g, s->n, s->f, s->ld, x, s->k);
    } else {
        BLAS(trsm)(LEIE_RIGHT, LEIE_UPPER, false, g, s->n, s->f, s->ld, x, s->k);
        BLAS(trsm)(LEIE_RIGHT, LEIE_LOWER_UNIT, false, g, s->n, s->f, s->ld, x, s->k);
        NAME(exchange)(s, x, g, true);
    }
}

static leie_status NAME(solve_groups)(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    for (leie_size group = first; group < last; group++)
        NAME(solve_group)(ctx, group);
    return LEIE_OK;
}

static void NAME(solve)(const REAL *m, leie_size n, leie_size ld, const int *pivot, bool transposed, leie_size k,
                        REAL *x)
{
    NAME(solving) s = {.f = m, .n = n, .ld = ld, .k = k, .pivot = pivot, .transposed = transposed, .x = x};
    for_groups(n, k, GROUP, NAME(solve_groups), &s);
}
