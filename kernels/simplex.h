/* Small linear programmes by GLPK:
 *
 *   minimise  c'x   subject to   A x <= b,   low <= x <= high
 *
 * One programme at a time: GLPK keeps a state of its own, so the caller solves from one thread. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SIMPLEX_H
#define LEIE_KERNELS_SIMPLEX_H

#include "kernels/status.h"

typedef enum leie_simplex_end {
    LEIE_SIMPLEX_OPTIMAL,
    LEIE_SIMPLEX_INFEASIBLE,
    LEIE_SIMPLEX_UNBOUNDED,
    LEIE_SIMPLEX_FAILED // the library gave up
} leie_simplex_end;

/* n unknowns, m rows; A [m, n] row-major, c, low, high [n] (low <= high, -INFINITY and INFINITY for none), b [m].
 * x [n] and price [m] (the change of c'x per unit of b; may be NULL) hold the answer when it is optimal. All numbers
 * must be finite but for the bounds: else LEIE_SIMPLEX_FAILED. n at least 1, m from 1 to 256. */
leie_simplex_end leie_simplex(double *x, double *price, leie_size m, leie_size n, const double *A, const double *b, const double *c,
                              const double *low, const double *high);

#endif
