// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/lanes.h"

#include <math.h>
#include <string.h>

#include "kernels/clones.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    WIDE = 32, // lanes that are worth a loop of their own
    TILE = 16  // cells turned together
};

// One value for each column of y.
INLINE void spread_single(double *restrict y, const float *restrict value, leie_size lanes, const leie_index *restrict row,
                          leie_size n, const double *restrict x)
{
    for (leie_size t = 0; t < n; t++) {
        double *to = y + row[t] * lanes;
        for (leie_size d = 0; d < lanes; d++)
            to[d] += (double)value[t * lanes + d] * x[d];
    }
}

LEIE_CLONES
void leie_lanes_spread(double *restrict y, const float *restrict value, leie_size lanes, leie_size q,
                       const leie_index *restrict row, leie_size n, const double *restrict x)
{
    if (q == 1 && lanes == WIDE) {
        spread_single(y, value, WIDE, row, n, x);
        return;
    }
    if (q == 1) {
        spread_single(y, value, lanes, row, n, x);
        return;
    }
    for (leie_size t = 0; t < n; t++)
        for (leie_size d = 0; d < lanes; d++) {
            double v = (double)value[t * lanes + d], *to = y + (row[t] * lanes + d) * q;
            for (leie_size a = 0; a < q; a++)
                to[a] += v * x[d * q + a];
        }
}

LEIE_CLONES
void leie_lanes_change(float *restrict to, double *restrict size, const float *restrict from, leie_size ld, leie_size lanes,
                       const double *restrict base, leie_size n)
{
    memset(size, 0, (size_t)lanes * sizeof *size);
    for (leie_size first = 0; first < n; first += TILE) {
        leie_size last = first + TILE < n ? first + TILE : n;
        for (leie_size d = 0; d < lanes; d++)
            for (leie_size t = first; t < last; t++)
                to[t * lanes + d] = (float)((double)from[d * ld + t] - base[t]);
        for (leie_size t = first; t < last; t++)
            for (leie_size d = 0; d < lanes; d++)
                size[d] += fabs((double)to[t * lanes + d]);
    }
}
