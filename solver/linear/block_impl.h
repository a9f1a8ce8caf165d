/* What the files of the block iteration share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_BLOCK_IMPL_H
#define LEIE_SOLVER_LINEAR_BLOCK_IMPL_H

#include "kernels/blockstore.h"
#include "kernels/skinny.h"
#include "solver/linear/linsys_impl.h"
#include "solver/linear/mixing.h"

enum {
    LEIE_TOGETHER = 8,      // parts in a group, of a table with many parts
    LEIE_STRIPS = 4,        // groups of inputs whose products are formed apart
    LEIE_BLOCK_ROWS = 512,  // rows of element-wise work done together
    LEIE_SMALL_SWEEP = 1000000 // non-zeros times right-hand sides in a sweep that is not worth threads
};

/* Work of solves, kept from one to the next: fresh pages cost more than what is done with them. */
typedef struct leie_block_room {
    leie_size width; // whole f32 lanes that it is for
    bool bounds;     // whether given and part are there
    leie_mixing m;
    float *c, *strip, *given; // see block_solve.c
    double *part;
    leie_size *order;
    bool *known;
    double *wide, *sum, *judged; // of leie_block_judge
} leie_block_room;

typedef struct leie_block {
    const leie_linsys *sys;
    leie_size parts, widest;
    const leie_size *first;   // [parts + 1] of the survey
    leie_size *offset;        // [parts] of an inverse in `inverse`
    float *inverse;           // of the domestic blocks
    double *diagonal;         // [parts] the largest a_jj, 0 to 1
    leie_size *order[2];      // [parts] plain and transposed
    leie_size together;       // parts in a group
    bool exact;               // stores hold low parts, and residuals come from them
    leie_blockstore store[2]; // plain and transposed, made when a solve asks
    const leie_blocked *given; // Z holds such a store already, of one direction; or NULL
    float *base;              // of a redrawn system: the f32 cells of Z, in the layout of store[1], which is then the
                              // only store and exact without low parts
    leie_size across;         // groups of right-hand sides solved by the store of the other direction
    leie_block_room room;
    bool singular;            // a domestic block has no inverse:
    char why[128];            // which one
} leie_block;

leie_size leie_block_size(const leie_block *s, leie_size p);

/* Floats of the strips of a group (see block_solve.c). */
leie_size leie_block_strips(leie_size widest, leie_size width);

/* The store for the next group of right-hand sides: the one there is when it will do or when a second one does not
 * fit, else one made now. NULL when that fails. */
const leie_blockstore *leie_block_store(leie_block *s, bool transposed, leie_error *err);

/* The cells that outputs of part p take are not needed for a while: of a store in a file. */
void leie_block_rest(const leie_block *s, const leie_blockstore *store, bool transposed, leie_size p);

leie_status leie_block_solve(void *state, leie_group *group, leie_error *err);

/* Work of residuals by an exact store. */
typedef struct leie_block_judge {
    const leie_block *s;
    const leie_blockstore *store;
    leie_group *group;
    leie_size width; // whole f64 lanes
    double *wide;    // [n, width] x
    double *sum;     // [workers, widest, width] A x of one part
    double *part;    // [parts, 3, k] |r|_1, |b|_1, |x|_1
} leie_block_judge;

/* Room for right-hand sides in so many whole f32 lanes. Errors: LEIE_ERR_NOMEM. */
leie_status leie_block_take_room(leie_block *s, leie_size width, bool small, leie_error *err);
void leie_block_free_room(leie_block_room *room);

/* r = b - (I - A) x, or b - (I - A)' x, and the residuals of linsys.h: from the non-zeros of A as the store holds
 * them, exact to 2^-49 of each, or from Z when there are no low parts. */
leie_status leie_block_residual(leie_block_judge *j, leie_error *err);

#endif
