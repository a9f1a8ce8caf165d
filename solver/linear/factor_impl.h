/* What the files of the iteration over factors share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_FACTOR_IMPL_H
#define LEIE_SOLVER_LINEAR_FACTOR_IMPL_H

#include "kernels/factorcells.h"
#include "solver/linear/linsys_impl.h"
#include "solver/linear/mixing.h"

/* Arrays of a solve, kept from one to the next. */
typedef struct leie_factor_room {
    leie_size width;    // whole lanes
    leie_size held;     // lanes that there is room for
    int workers;        // threads that there is room for
    double *part;       // [workers, 2, rows, width] of a part: a right-hand side, and what is made of it
    double *d;          // [products, width] in order of products: unknowns in f64
    double *work;       // [products, width] part after part
    float *base, *c;    // [products, width] f or e; the right-hand side of G
    float *sum;         // [products, width] and what it becomes in a sweep
    leie_mixing mixing; // of the unknowns, in order of products
} leie_factor_room;

typedef struct leie_factor_state {
    const leie_linsys *sys;
    const leie_factored *f;
    const leie_factorcells *cells;
    leie_size rows;   // of the largest part
    leie_size *place; // [parts + 1] of G_r
    float *G;         // [P_r, P_r] of each part
    bool singular;    // a region has no G:
    char why[128];    // which one
    leie_factor_room room;
} leie_factor_state;

/* Room for right-hand sides of this width, taken anew only where the old one does not do. Errors: LEIE_ERR_NOMEM. */
leie_status leie_factor_room_for(leie_factor_state *s, leie_size width, bool small, leie_error *err);

leie_status leie_factor_solve(void *state, leie_group *group, leie_error *err);

#endif
