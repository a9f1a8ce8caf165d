/* Anderson's mixing of a fixed-point iteration g(x) = G x + c, per right-hand side, in f32 with f64 sums:
 *
 *   f = g - x,   gamma = argmin |f - dF gamma|_2,   x = g - dG gamma
 *
 * dF and dG are changes of f and g from step to step. They do not depend on c, so what one correction has learnt
 * of G serves the next. Arrays are [n, width] with right-hand sides in lanes.
 * Walker and Ni (2011), SIAM J. Numer. Anal. 49(4), 1715-1735.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_MIXING_H
#define LEIE_SOLVER_LINEAR_MIXING_H

#include "kernels/skinny.h"

enum {
    LEIE_MIXING_DEPTH = 4,                          // steps remembered
    LEIE_MIXING_ARRAYS = 4 + 2 * LEIE_MIXING_DEPTH, // floats [n, width] that it works with
    LEIE_MIXING_SLABS = 32                          // groups of rows with sums of their own
};

typedef struct leie_mixing {
    leie_size n, width;
    leie_size room;    // numbers that an array has room for
    bool small;        // not worth threads
    float *x, *g;      // where a step starts and what it makes of it
    float *f, *last_g; // g - x; g of the last step
    float *df[LEIE_MIXING_DEPTH], *dg[LEIE_MIXING_DEPTH];
    double *part; // [LEIE_MIXING_SLABS, SUMS, width] sums of a slab of rows
    leie_size step, newest, kept;
    double change[LEIE_WIDTH];                                     // |f|_1 / |g|_1 of the last step
    double before[LEIE_WIDTH];                                     // and of the one before
    double pull[LEIE_MIXING_DEPTH][LEIE_WIDTH];                    // dF'f
    double gram[LEIE_MIXING_DEPTH][LEIE_MIXING_DEPTH][LEIE_WIDTH]; // dF'dF
    float gamma[LEIE_MIXING_DEPTH][LEIE_WIDTH];
} leie_mixing;

/* Bytes of the arrays. */
leie_size leie_mixing_bytes(leie_size n, leie_size width);

/* m is all zero, or was used before and forgets what it has learnt; its arrays stay where they do. Errors:
 * LEIE_ERR_NOMEM. */
leie_status leie_mixing_new(leie_mixing *m, leie_size n, leie_size width, bool small, leie_error *err);
void leie_mixing_free(leie_mixing *m);

/* x = 0, g = 0: another c. What is known of G stays. */
void leie_mixing_begin(leie_mixing *m);

/* After a step from x to g: f and the changes. */
void leie_mixing_compare(leie_mixing *m);

/* The next x, which g holds too. */
void leie_mixing_mix(leie_mixing *m);

#endif
