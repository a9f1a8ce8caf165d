/* Anderson acceleration of a fixed-point iteration  x <- x + f(x)  (Anderson 1965, J. ACM 12(4), 547-560; Walker and
 * Ni 2011, SIAM J. Numer. Anal. 49(4), 1715-1735): with the differences dx and df of the last few iterations
 *
 *   x <- x + f - (dx + df) g,    g = argmin |f - df g|
 *
 * Linear convergence becomes much faster, quadratic stays as it is. Not part of the public library.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_MFA_ACCELERATE_H
#define LEIE_SOLVER_MFA_ACCELERATE_H

#include "kernels/status.h"

enum { LEIE_ACCELERATE_DEPTH = 4 };

typedef struct leie_accelerate {
    leie_size n;
    int used, next;                      // differences there are, place of the next one
    bool begun;                          // f and move hold the last iteration
    double *dx[LEIE_ACCELERATE_DEPTH], *df[LEIE_ACCELERATE_DEPTH]; // [n] each
    double *f, *move;                    // [n]
} leie_accelerate;

leie_status leie_accelerate_new(leie_accelerate *a, leie_size n, leie_error *err);
void leie_accelerate_clear(leie_accelerate *a);

/* Forgets what was before: the next step is the plain one. */
void leie_accelerate_forget(leie_accelerate *a);

/* step [n] holds f(x) and receives the move to make. Cost: 8 depth n flops. */
void leie_accelerate_step(leie_accelerate *a, double *step);

#endif
