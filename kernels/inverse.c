// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/inverse.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/clones.h"

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, HALF = LANES / 2, TILE = 4 }; // columns in a vector register; rows of Y that share a load of X

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), may_alias));
typedef float half __attribute__((vector_size(HALF * sizeof(float)), may_alias));
typedef float loose __attribute__((vector_size(LANES * sizeof(float)), may_alias, aligned(HALF * sizeof(float))));

enum {
    PIVOTS = 16,       // eliminated together
    ROWS = 6           // that share a load of the rows of the pivots
};
static const double CLOSE = 0x1p-10; // a pivot so small against its diagonal is left to f64

/* Whether the sizes off the diagonal are less than the diagonal in every column, or in every row: then elimination
 * needs no exchange of rows and nothing in it grows to more than twice its size (Higham 2002, theorem 9.9). work
 * [2 n]. */
static bool dominates(const double *m, leie_size n, leie_size ld, double *work)
{
    double *row = work, *col = work + n;
    bool rows = true, cols = true;
    memset(work, 0, 2 * (size_t)n * sizeof *work);
    for (leie_size i = 0; i < n; i++) {
        double sum = 0;
        for (leie_size j = 0; j < n; j++)
            col[j] += fabs(m[i * ld + j]);
        for (leie_size j = 0; j < n; j++)
            sum += fabs(m[i * ld + j]);
        row[i] = sum;
    }
    for (leie_size i = 0; i < n; i++) {
        double twice = 2 * fabs(m[i * ld + i]);
        rows = rows && row[i] < twice;
        cols = cols && col[i] < twice;
    }
    return rows || cols;
}

/* d = inverse of the pivots' own block m [size, ld], in f64. False when a pivot is small against diagonal [size]. */
static bool invert_pivots(double d[PIVOTS][PIVOTS], const float *m, leie_size ld, leie_size size, const double *diagonal)
{
    for (leie_size i = 0; i < size; i++)
        for (leie_size j = 0; j < size; j++)
            d[i][j] = (double)m[i * ld + j];
    for (leie_size k = 0; k < size; k++) {
        double pivot = d[k][k];
        if (!(fabs(pivot) > CLOSE * fabs(diagonal[k])))
            return false;
        d[k][k] = 1;
        for (leie_size j = 0; j < size; j++)
            d[k][j] /= pivot;
        for (leie_size i = 0; i < size; i++) {
            double factor = d[i][k];
            if (i == k)
                continue;
            d[i][k] = 0;
            for (leie_size j = 0; j < size; j++)
                d[i][j] -= factor * d[k][j];
        }
    }
    return true;
}

/* Columns j .. of the rows of eliminate(), `groups` registers of them. */
INLINE void eliminate_columns(float *m, leie_size ld, float factor[ROWS][PIVOTS], const float *pivots, leie_size size,
                              int rows, int groups)
{
    lanes sum[ROWS][2];
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            sum[r][g] = ((const lanes *)(m + r * ld))[g];
    for (leie_size t = 0; t < size; t++)
        for (int r = 0; r < rows; r++)
            for (int g = 0; g < groups; g++)
                sum[r][g] += factor[r][t] * ((const lanes *)(pivots + t * ld))[g];
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            ((lanes *)(m + r * ld))[g] = sum[r][g];
}

/* So many rows of m less what their cells in the columns of the pivots, from `at` on, make of the pivots' rows. */
INLINE void eliminate(float *m, leie_size ld, const float *pivots, leie_size at, leie_size size, int rows)
{
    float factor[ROWS][PIVOTS];
    leie_size j = 0;
    for (int r = 0; r < rows; r++)
        for (leie_size t = 0; t < size; t++) {
            factor[r][t] = -m[r * ld + at + t];
            m[r * ld + at + t] = 0;
        }
    for (; j + 2 * LANES <= ld; j += 2 * LANES)
        eliminate_columns(m + j, ld, factor, pivots + j, size, rows, 2);
    if (j < ld)
        eliminate_columns(m + j, ld, factor, pivots + j, size, rows, 1);
}

INLINE void eliminate_rows(float *m, leie_size ld, leie_size first, leie_size last, const float *pivots, leie_size at,
                           leie_size size)
{
    leie_size r = first;
    for (; r + ROWS <= last; r += ROWS)
        eliminate(m + r * ld, ld, pivots, at, size, ROWS);
    for (; r < last; r++)
        eliminate(m + r * ld, ld, pivots, at, size, 1);
}

/* pivots = d m in the rows of the pivots m [size, ld]; d itself in their own columns. */
INLINE void scale_pivots(float *pivots, double d[PIVOTS][PIVOTS], float *m, leie_size ld, leie_size at, leie_size size)
{
    memset(pivots, 0, (size_t)(size * ld) * sizeof *pivots);
    for (leie_size i = 0; i < size; i++)
        for (leie_size t = 0; t < size; t++)
            m[i * ld + at + t] = i == t;
    for (leie_size i = 0; i < size; i++)
        for (leie_size t = 0; t < size; t++) {
            float factor = (float)d[i][t];
            for (leie_size j = 0; j < ld; j++)
                pivots[i * ld + j] += factor * m[t * ld + j];
        }
    memcpy(m, pivots, (size_t)(size * ld) * sizeof *pivots);
}

/* Gauss-Jordan elimination of m [n, ld] in its place, PIVOTS rows at a time; pivots [PIVOTS, ld] is work. False when
 * a pivot is small. */
LEIE_CLONES
static bool gauss_jordan(float *m, leie_size n, leie_size ld, const double *diagonal, float *pivots)
{
    for (leie_size at = 0; at < n; at += PIVOTS) {
        leie_size size = n - at < PIVOTS ? n - at : PIVOTS;
        double d[PIVOTS][PIVOTS];
        if (!invert_pivots(d, m + at * ld + at, ld, size, diagonal + at))
            return false;
        scale_pivots(pivots, d, m + at * ld, ld, at, size);
        if (size == PIVOTS) {
            eliminate_rows(m, ld, 0, at, pivots, at, PIVOTS);
            eliminate_rows(m, ld, at + size, n, pivots, at, PIVOTS);
        } else {
            eliminate_rows(m, ld, 0, at, pivots, at, size);
        }
    }
    return true;
}

/* The inverse in f32 throughout. False when there is no room in `work` for whole registers, or a pivot is small. */
static bool make_dominant(float *inverse, const double *m, leie_size n, leie_size ld, double *work)
{
    leie_size wide = (n + LANES - 1) / LANES * LANES;
    float *f = (float *)(void *)work, *pivots = f + n * wide;
    double *diagonal = work + n * n + n; // behind what f and pivots take
    if ((n + PIVOTS) * wide > 2 * n * (n + 1))
        return false;
    for (leie_size i = 0; i < n; i++) {
        diagonal[i] = m[i * ld + i];
        for (leie_size j = 0; j < n; j++)
            f[i * wide + j] = (float)m[i * ld + j];
        for (leie_size j = n; j < wide; j++)
            f[i * wide + j] = 0;
    }
    if (!gauss_jordan(f, n, wide, diagonal, pivots))
        return false;
    for (leie_size i = 0; i < n; i++)
        memcpy(inverse + i * n, f + i * wide, (size_t)n * sizeof *inverse);
    return true;
}

leie_size leie_inverse_make(float *inverse, double *m, leie_size n, leie_size ld, int *pivot, double *work)
{
    if (dominates(m, n, ld, work) && make_dominant(inverse, m, n, ld, work))
        return -1;
    leie_size bad = leie_blocklu_factor(m, n, ld, pivot, work + n * n);
    if (bad >= 0)
        return bad;
    memset(work, 0, (size_t)(n * n) * sizeof *work);
    for (leie_size i = 0; i < n; i++)
        work[i * n + i] = 1;
    leie_blocklu_solve(m, n, ld, pivot, false, n, work);
    for (leie_size t = 0; t < n * n; t++)
        inverse[t] = (float)work[t];
    return -1;
}

/* y[r, :] = sum over t of m[r across + t along] x[t, :] for `rows` rows of `groups` registers, and half a one where odd;
 * these are constants after inlining. What the next tiles read of m is fetched from memory meanwhile: their rows, or,
 * where rows of Y are columns of m and `fetch` says so, the next cache line of every row of m. */
INLINE void tile(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x, int rows,
                 int groups, bool odd, bool fetch)
{
    leie_size width = groups * LANES + (odd ? HALF : 0);
    lanes sum[TILE][2];
    half last[TILE];
    for (int r = 0; r < rows; r++) {
        last[r] = (half){0};
        for (int g = 0; g < groups; g++)
            sum[r][g] = (lanes){0};
    }
    for (leie_size t = 0; t < n; t++) {
        const float *xt = x + t * width;
        if (fetch)
            __builtin_prefetch(m + t * along + LANES);
        else if (along == 1 && t % LANES == 0)
            for (int r = 0; r < rows; r++)
                __builtin_prefetch(m + (r + TILE) * across + t);
        for (int r = 0; r < rows; r++) {
            float factor = m[r * across + t * along];
            for (int g = 0; g < groups; g++)
                sum[r][g] += factor * ((const loose *)xt)[g];
            if (odd)
                last[r] += factor * *(const half *)(xt + groups * LANES);
        }
    }
    for (int r = 0; r < rows; r++) {
        for (int g = 0; g < groups; g++)
            ((loose *)(y + r * width))[g] = sum[r][g];
        if (odd)
            *(half *)(y + r * width + groups * LANES) = last[r];
    }
}

INLINE void tiles(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x, int groups,
                  bool odd)
{
    leie_size r = 0, width = groups * LANES + (odd ? HALF : 0);
    for (; r + TILE <= n; r += TILE)
        tile(y + r * width, m + r * across, across, along, n, x, TILE, groups, odd, across == 1 && r % LANES == 0);
    for (; r < n; r++)
        tile(y + r * width, m + r * across, across, along, n, x, 1, groups, odd, false);
}

LEIE_CLONES
static void apply(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x,
                  leie_size width)
{
    if (width == HALF)
        tiles(y, m, across, along, n, x, 0, true);
    else if (width == LANES)
        tiles(y, m, across, along, n, x, 1, false);
    else if (width == LANES + HALF)
        tiles(y, m, across, along, n, x, 1, true);
    else
        tiles(y, m, across, along, n, x, 2, false);
}

void leie_inverse_apply(float *y, const float *inverse, leie_size n, bool transposed, leie_size width, const float *x)
{
    assert(width > 0 && width % HALF == 0 && width <= 2 * LANES);
    apply(y, inverse, transposed ? 1 : n, transposed ? n : 1, n, x, width);
}
