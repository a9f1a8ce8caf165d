// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/lanes.h"

#include <math.h>
#include <string.h>

#include "kernels/clones.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    WIDE = 32,   // lanes that are worth a loop of their own
    TILE = 16,   // cells turned together
    VECTOR = 8,  // doubles
    AHEAD = 32   // cells fetched before they are wanted
};

typedef double f64x __attribute__((vector_size(VECTOR * sizeof(double)), aligned(sizeof(double)), may_alias));
typedef float f32x __attribute__((vector_size(VECTOR * sizeof(float)), aligned(sizeof(float)), may_alias));
typedef int32_t i32x __attribute__((vector_size(VECTOR * sizeof(int32_t)), aligned(sizeof(int32_t)), may_alias));

// One value for each column of y, whole vectors of them.
INLINE void spread_vectors(double *restrict y, const float *restrict value, const leie_index *restrict row, leie_size n,
                           const double *restrict x, int groups)
{
    leie_size lanes = groups * VECTOR;
    f64x own[WIDE / VECTOR];
    for (int g = 0; g < groups; g++)
        own[g] = ((const f64x *)x)[g];
    for (leie_size t = 0; t < n; t++) {
        const f32x *v = (const f32x *)(value + t * lanes);
        f64x *to = (f64x *)(y + row[t] * lanes);
        for (int g = 0; g < groups; g++) {
            if (g % 2 == 0)
                __builtin_prefetch(value + (t + AHEAD) * lanes + g * VECTOR);
            to[g] += __builtin_convertvector(v[g], f64x) * own[g];
        }
    }
}

LEIE_CLONES
void leie_lanes_spread(double *restrict y, const float *restrict value, leie_size lanes, leie_size q,
                       const leie_index *restrict row, leie_size n, const double *restrict x)
{
    if (q == 1 && lanes == WIDE) {
        spread_vectors(y, value, row, n, x, WIDE / VECTOR);
        return;
    }
    if (q == 1 && lanes == WIDE / 2) {
        spread_vectors(y, value, row, n, x, WIDE / 2 / VECTOR);
        return;
    }
    if (q == 1 && lanes == VECTOR) {
        spread_vectors(y, value, row, n, x, 1);
        return;
    }
    for (leie_size t = 0; t < n; t++)
        for (leie_size d = 0; d < lanes; d++) {
            double v = (double)value[t * lanes + d], *to = y + (row[t] * lanes + d) * q;
            for (leie_size a = 0; a < q; a++)
                to[a] += v * x[d * q + a];
        }
}

// What a tile of cells changes by in some lanes, turned.
INLINE void change_tile(float *restrict to, double *restrict size, const float *restrict from, leie_size ld, leie_size lanes,
                        const double *restrict base, leie_size count, leie_size together)
{
    float change[WIDE][TILE];
    for (leie_size d = 0; d < together; d++)
        for (leie_size t = 0; t < count; t++)
            change[d][t] = (float)((double)from[d * ld + t] - base[t]);
    for (leie_size t = 0; t < count; t++)
        for (leie_size d = 0; d < together; d++)
            to[t * lanes + d] = change[d][t];
    for (leie_size t = 0; t < count; t++) {
        leie_size d = 0;
        for (; d + VECTOR <= together; d += VECTOR) {
            i32x bits = *(const i32x *)(to + t * lanes + d) & INT32_MAX;
            *(f64x *)(size + d) += __builtin_convertvector((f32x)bits, f64x);
        }
        for (; d < together; d++)
            size[d] += fabs((double)to[t * lanes + d]);
    }
}

LEIE_CLONES
void leie_lanes_change(float *restrict to, double *restrict size, const float *restrict from, leie_size ld, leie_size lanes,
                       const double *restrict base, leie_size n)
{
    for (leie_size first = 0; first < n; first += TILE)
        for (leie_size d = 0; d < lanes; d += WIDE) {
            leie_size count = n - first < TILE ? n - first : TILE, together = lanes - d < WIDE ? lanes - d : WIDE;
            float *own = to + first * lanes + d;
            const float *here = from + d * ld + first;
            if (count == TILE && together == WIDE)
                change_tile(own, size + d, here, ld, lanes, base + first, TILE, WIDE);
            else if (count == TILE && together == WIDE / 2)
                change_tile(own, size + d, here, ld, lanes, base + first, TILE, WIDE / 2);
            else
                change_tile(own, size + d, here, ld, lanes, base + first, count, together);
        }
}

// `columns` of a panel and `groups` vectors of lanes.
INLINE void project_tile(double *restrict y, const double *restrict m, const double *restrict x, leie_size ldx, leie_size lanes,
                         leie_size n, int columns, int groups)
{
    f64x sum[LEIE_PANEL][WIDE / VECTOR];
    for (int c = 0; c < columns; c++)
        for (int g = 0; g < groups; g++)
            sum[c][g] = ((const f64x *)(y + c * lanes))[g];
    for (leie_size i = 0; i < n; i++)
        for (int c = 0; c < columns; c++)
            for (int g = 0; g < groups; g++)
                sum[c][g] += m[i * LEIE_PANEL + c] * ((const f64x *)(x + i * ldx))[g];
    for (int c = 0; c < columns; c++)
        for (int g = 0; g < groups; g++)
            ((f64x *)(y + c * lanes))[g] = sum[c][g];
}

INLINE void project_panel(double *restrict y, const double *restrict m, const double *restrict x, leie_size ldx, leie_size lanes,
                          leie_size n, int columns)
{
    leie_size a = 0;
    for (; a + WIDE <= lanes; a += WIDE)
        project_tile(y + a, m, x + a, ldx, lanes, n, columns, WIDE / VECTOR);
    for (; a + WIDE / 2 <= lanes; a += WIDE / 2)
        project_tile(y + a, m, x + a, ldx, lanes, n, columns, WIDE / 2 / VECTOR);
    for (; a + VECTOR <= lanes; a += VECTOR)
        project_tile(y + a, m, x + a, ldx, lanes, n, columns, 1);
    for (; a < lanes; a++)
        for (int c = 0; c < columns; c++)
            for (leie_size i = 0; i < n; i++)
                y[c * lanes + a] += m[i * LEIE_PANEL + c] * x[i * ldx + a];
}

LEIE_CLONES
void leie_lanes_project(double *restrict y, const double *restrict m, leie_size step, leie_size columns, const double *restrict x,
                        leie_size ldx, leie_size lanes, leie_size n)
{
    for (leie_size c = 0; c < columns; c += LEIE_PANEL, m += step) {
        if (c + LEIE_PANEL <= columns)
            project_panel(y + c * lanes, m, x, ldx, lanes, n, LEIE_PANEL);
        for (int own = 0; own < LEIE_PANEL && c + own < columns && c + LEIE_PANEL > columns; own++)
            project_panel(y + (c + own) * lanes, m + own, x, ldx, lanes, n, 1);
    }
}
