/* A sparse column that many variants share, each with values of its own: lane d holds variant d. Products of a thin matrix with
 * what comes of them.
 *
 *   y[row[t], d q + a] += value[t, d] x[d q + a]      t = 0 .. n - 1, d = 0 .. lanes - 1, a = 0 .. q - 1
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_LANES_H
#define LEIE_KERNELS_LANES_H

#include "kernels/status.h"

/* y with leading dimension lanes q, value [n, lanes], x [lanes q]; a row comes at most once. Products are rounded before
 * they are added: variants give the same bytes alone and among others. Cost: 2 lanes q n flops, 4 lanes bytes per cell. */
void leie_lanes_spread(double *restrict y, const float *restrict value, leie_size lanes, leie_size q,
                       const leie_index *restrict row, leie_size n, const double *restrict x);

/* to[t, d] = from[d, t] - base[t], in f64 and rounded; size[d] += the sum of their sizes: from [lanes, n] with distance
 * ld. */
void leie_lanes_change(float *restrict to, double *restrict size, const float *restrict from, leie_size ld, leie_size lanes,
                       const double *restrict base, leie_size n);

enum { LEIE_PANEL = 4 }; // columns of a matrix that stand together

/* y[c, a] += sum over i < n of m[i, c] x[i, a]: m in panels [n, LEIE_PANEL] with distance `step`, zeros where there are no
 * more columns; x [n, lanes] with distance ldx, y [columns, lanes]. Rows are added one after the other: lanes give the same
 * bytes alone and among others. Cost: 2 n columns lanes flops. */
void leie_lanes_project(double *restrict y, const double *restrict m, leie_size step, leie_size columns, const double *restrict x,
                        leie_size ldx, leie_size lanes, leie_size n);

#endif
