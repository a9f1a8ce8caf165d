// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/inverse.h"

#include <assert.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/clones.h"

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, TILE = 4 }; // columns in a vector register; rows of Y that share a load of X

typedef float lanes __attribute__((vector_size(LANES * sizeof(float)), may_alias));

leie_size leie_inverse_make(float *inverse, double *m, leie_size n, leie_size ld, int *pivot, double *work)
{
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

/* y[r, :] = sum over t of m[r across + t along] x[t, :] for `rows` rows; rows and groups are constants after
 * inlining. */
INLINE void tile(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x, int rows,
                 int groups)
{
    lanes sum[TILE][2];
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            sum[r][g] = (lanes){0};
    for (leie_size t = 0; t < n; t++) {
        const lanes *xt = (const lanes *)(x + t * groups * LANES);
        for (int r = 0; r < rows; r++)
            for (int g = 0; g < groups; g++)
                sum[r][g] += m[r * across + t * along] * xt[g];
    }
    for (int r = 0; r < rows; r++)
        for (int g = 0; g < groups; g++)
            ((lanes *)y)[r * groups + g] = sum[r][g];
}

INLINE void tiles(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x, int groups)
{
    leie_size r = 0, width = groups * LANES;
    for (; r + TILE <= n; r += TILE)
        tile(y + r * width, m + r * across, across, along, n, x, TILE, groups);
    for (; r < n; r++)
        tile(y + r * width, m + r * across, across, along, n, x, 1, groups);
}

LEIE_CLONES
static void apply(float *y, const float *m, leie_size across, leie_size along, leie_size n, const float *x,
                  leie_size width)
{
    if (width == LANES)
        tiles(y, m, across, along, n, x, 1);
    else
        tiles(y, m, across, along, n, x, 2);
}

void leie_inverse_apply(float *y, const float *inverse, leie_size n, bool transposed, leie_size width, const float *x)
{
    assert(width == LANES || width == 2 * LANES);
    apply(y, inverse, transposed ? 1 : n, transposed ? n : 1, n, x, width);
}
