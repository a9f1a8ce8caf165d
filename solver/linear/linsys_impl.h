/* What the files of solver/linear share: the system, a group of right-hand sides, a back end. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_LINSYS_IMPL_H
#define LEIE_SOLVER_LINEAR_LINSYS_IMPL_H

#include "kernels/blocked.h"
#include "kernels/factorcells.h"
#include "kernels/survey.h"
#include "solver/linear/linsys.h"
#include "solver/linear/parts.h"

enum {
    LEIE_GROUP = 64 // right-hand sides solved together at most: bounds work to 4 n LEIE_GROUP doubles
};

/* A group of right-hand sides on its way through a back end. */
typedef struct leie_group {
    const leie_linsys *sys;
    bool transposed;
    leie_size k;
    const double *b;    // [n, k]
    double *x;          // [n, k] the result
    double *r, *t;      // [n, k] work
    bool near, known;   // x holds a start; r holds its residual
    double *residual;   // [k]
    double *residual_b; // [k]
    leie_size iterations;
    bool stalled;  // an iteration gave up: x is its best, dense LU should take over
    char why[160]; // what the user should know
} leie_group;

#define LEIE_SPARSE_BELOW 0.01 // density from which sparse LU fills in completely

/* The sizes that a back end's need of memory depends on. */
typedef struct leie_shape {
    const leie_matrix *Z; // its form and shape; the values are not read
    const leie_axis *axis;
    leie_size nonzeros;
    leie_size limit; // stated by the user in bytes, 0 for none
    bool as_blocks;  // as if Z lay in a file by blocks
} leie_shape;

/* setup factors what is needed; *bytes comes with the expectation and leaves with what is held.
 * solve fills x, residual, residual_b, iterations. */
typedef struct leie_backend {
    leie_size group; // right-hand sides it takes together, at most LEIE_GROUP
    leie_size (*bytes)(const leie_shape *shape); // expected beside Z, work included
    leie_status (*setup)(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err);
    leie_status (*solve)(void *state, leie_group *group, leie_error *err);
    void (*free)(void *state);
    double (*substituted)(void *state, double *flops); // bytes and operations of a triangular solve of one column; or NULL
    leie_status (*redraw)(void *state, leie_redraw_cells fn, void *ctx, double norm[2], leie_error *err); // or NULL
} leie_backend;

extern const leie_backend leie_backend_lu, leie_backend_mixed, leie_backend_sparse, leie_backend_klu, leie_backend_block,
    leie_backend_factored;
const leie_backend *leie_backend_of(leie_solver solver);

struct leie_linsys {
    const leie_matrix *Z;  // borrowed
    const leie_axis *axis; // borrowed
    double *scale;         // [n] own copy
    leie_survey survey;    // of A by parts: non-zeros, weights, |I - A|_1 and |(I - A)'|_1; of factors without parts
    leie_factorcells *cells; // of factors, while the iteration over them may want them; or NULL
    leie_blockstore *made; // by one read of dense Z together with the survey, for the iteration to take over; or NULL
    leie_linsys_opts opts; // with defaults filled in
    const leie_backend *backend;
    void *state; // of the back end
    bool redrawn;          // A is no longer Z diag(scale):
    leie_matrix own;       // the new A, where the back end does not hold it
    const leie_matrix *given;  // Z and scale as they were set up
    double *given_scale;
    leie_linsys_info info;
    double *room;       // right-hand sides of a group and its work, kept from solve to solve
    leie_size room_for; // numbers that it holds
};

leie_shape leie_shape_of(const leie_linsys *sys);

/* The blocks of A that Z is kept in, when they are those of this system: its scale, its parts. NULL otherwise. */
const leie_blocked *leie_linsys_blocks(const leie_linsys *sys);

/* Whether Z may be such blocks, by its form and parts alone. */
bool leie_shape_is_blocked(const leie_shape *shape);

/* leie_plan_make for a shape known beforehand. */
leie_status leie_plan_choose(leie_plan *plan, const leie_shape *shape, leie_size plain, leie_size transposed,
                             const leie_linsys_opts *opts, leie_error *err);

/* r = b - (I - A) x, or b - (I - A)' x, and the residuals of linsys.h for each right-hand side.
 * Errors: LEIE_ERR_NOMEM. */
leie_status leie_group_judge(const leie_group *group, const double *x, double *residual, double *residual_b,
                             leie_error *err);

/* The same where r holds A x already, or A' x. */
leie_status leie_group_weigh(const leie_group *group, const double *x, double *residual, double *residual_b,
                             leie_error *err);

/* The limit that the options state, else the memory of the machine; 0 when neither is known. */
leie_size leie_memory_limit(const leie_linsys_opts *opts);

/* Whether all residuals are within the tolerance; the largest of them, NaN when one is. */
bool leie_group_converged(const leie_group *group);
double leie_group_worst(const leie_group *group);

/* x = 0, judged and marked as stalled: dense LU should take over. Errors: LEIE_ERR_NOMEM. */
leie_status leie_group_give_in(leie_group *group, leie_error *err);

/* X = M^-1 X in place by a factorization. */
typedef leie_status (*leie_apply)(void *state, bool transposed, leie_size k, double *x, leie_error *err);

/* r = b - M x and its residuals, counted as work of that kind. */
leie_status leie_group_judged(const leie_group *group, const double *x, double *residual, double *residual_b, leie_error *err);

/* row [n], which comes as zeros, = row i of I - A. */
void leie_linsys_row(const leie_linsys *sys, leie_size i, double *row);

/* Bytes of one read of Z. */
double leie_linsys_bytes(const leie_linsys *sys);

/* x = M^-1 b, then up to three steps of iterative refinement  x = x + M^-1 (b - M x)  with the residual
 * from Z; a step is kept for the right-hand sides that it improves. Errors: LEIE_ERR_SINGULAR when x is
 * not finite. */
leie_status leie_group_refine(leie_group *group, leie_apply apply, void *state, leie_error *err);

/* LEIE_ERR_SINGULAR that names the sectors where z [n], a null vector of I - A, is large; z NULL or not
 * finite: the sector of the pivot alone. */
leie_status leie_fail_singular(const leie_linsys *sys, leie_size pivot, const double *z, leie_error *err);

#endif
