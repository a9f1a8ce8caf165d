/* Linear systems of input-output analysis:
 *
 *   plain       (I - A)  X = B       origins:     X = L Y
 *   transposed  (I - A)' X = B       multipliers: M' = (S L)'
 *
 * with A = Z diag(scale), scale_j = 1 / x_j (0 where x_j = 0). Z is borrowed and read-only for the
 * life of the system: A is Z with a column scale, never a second copy (the LU back ends hold their
 * factors beside it, and the plan says how much that takes before anything is allocated).
 *
 * X and B are [n, k] row-major (leading dimension k) and may be the same array. A system may be used
 * by one thread at a time; it spreads the work itself. Same bytes at any thread count.
 *
 * Residual of a right-hand side, recomputed with f64 sums from Z, or by the iteration from its own non-zeros of A,
 * each exact to 2^-49:
 *   residual   = |b - (I-A)x|_1 / (|b|_1 + |I-A|_1 |x|_1),  0 for b = 0; the goal is 1e-12
 *   residual_b = |b - (I-A)x|_1 / |b|_1
 * or upper bounds of them, rounding included, where the options allow it.
 * For the transposed system (I-A)' takes the place of I-A, and |(I-A)'|_1 is its largest row sum.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_LINSYS_H
#define LEIE_SOLVER_LINEAR_LINSYS_H

#include "kernels/matrix.h"
#include "kernels/status.h"
#include "solver/table/labels.h"

typedef enum leie_solver {
    LEIE_SOLVER_AUTO,   // the plan chooses
    LEIE_SOLVER_LU,     // dense LU in f64, blocked over tiles
    LEIE_SOLVER_MIXED,  // dense LU in f32 behind residuals in f64
    LEIE_SOLVER_SPARSE, // sparse LU by UMFPACK
    LEIE_SOLVER_KLU,    // sparse LU by KLU: block triangular tables
    LEIE_SOLVER_BLOCK,  // iteration over regions, domestic blocks factored once
    LEIE_SOLVER_FACTORED, // iteration over the factors of a supply-use table; last, for it needs such a Z
    LEIE_SOLVERS
} leie_solver;

/* "auto", "lu", "mixed", "sparse", "klu", "block", "factored"; find returns a negative number for anything else. */
LEIE_API const char *leie_solver_name(leie_solver solver);
LEIE_API int leie_solver_find(const char *name);

typedef struct leie_linsys_opts {
    leie_solver method;       // default LEIE_SOLVER_AUTO
    double tolerance;         // on residual; default (0) 1e-12
    leie_size max_iterations; // of the iteration; default (0) 200
    leie_size memory_limit;   // bytes the system may take; 0 for what the machine has
    bool condition;           // accounts ask for an estimate of the condition too
    bool bounds;              // residuals may be upper bounds, where the iteration over regions saves a product by it
    leie_size plain, transposed; // right-hand sides to come, for what is laid out for one direction; 0 for nobody knows
} leie_linsys_opts;

/* What one back end would take. */
typedef struct leie_candidate {
    leie_solver solver;
    bool possible;       // false when it cannot be used at all (why says it)
    bool fits;           // bytes within the memory limit
    double flops;        // setup and all solves
    leie_size bytes;     // beside Z
    double cost;         // seconds of setup and all solves on one thread, by constants fixed in the source: decides
    double seconds;      // the same on the threads in use
    char why[160];
} leie_candidate;

typedef struct leie_plan {
    leie_solver solver; // chosen
    leie_size n, nonzeros, regions, plain, transposed;
    double density;
    leie_candidate candidate[LEIE_SOLVERS - 1];
    char why[400]; // one sentence: what was chosen and why
} leie_plan;

/* Chooses the back end that takes the fewest seconds by the model, on one thread, for n sectors in the regions of axis
 * with the given number of right-hand sides of each kind. Depends on sizes and options alone, never on threads, measured
 * speed or free memory; the cells of a dense Z of 4,000 sectors and more are counted in every 61st row. Errors:
 * LEIE_ERR_LIMIT when nothing fits (names the smallest need), or when the named method does not fit. */
LEIE_API leie_status leie_plan_make(leie_plan *plan, const leie_matrix *Z, const leie_axis *axis, leie_size plain,
                                    leie_size transposed, const leie_linsys_opts *opts, leie_error *err);

typedef struct leie_linsys leie_linsys;

/* Condition of a system, from a few solves by whatever factors it has. */
typedef struct leie_condition {
    double norm;    // |I - A|_1, the largest column sum of sizes
    double inverse; // |(I - A)^-1|_1, a lower bound that is seldom less than a third of it: for A >= 0 the largest
                    // multiplier of output
    double number;  // norm times inverse: relative errors of A and Y may come out so many times larger in x
    leie_size solves;
} leie_condition;

typedef struct leie_linsys_info {
    leie_solver solver;
    leie_size bytes;           // held beside Z, work of a solve included where it is known beforehand
    leie_size iterations;      // of the last solve (refinement steps, sweeps)
    bool converged;            // all right-hand sides of the last solve reached the tolerance
    double residual;           // worst of all solves so far
    double residual_b;
    leie_size right_hand_sides; // solved so far
    bool fell_back;            // the iteration stalled and dense LU took over
    char message[256];         // what the user should know, "" for nothing
    leie_condition condition;  // as last estimated; number 0 when it never was
    double seconds_setup, seconds_solve;
} leie_linsys_info;

/* Sets a system up: factors what the back end needs. axis gives region offsets and names for messages.
 * With method AUTO it plans for 32 right-hand sides of each kind; a caller that knows better asks
 * leie_plan_make and passes plan->solver. opts NULL for defaults, scale NULL for ones. scale is copied;
 * Z and axis are borrowed until leie_linsys_free. Errors: LEIE_ERR_SINGULAR (names region and sector,
 * and the size of the block that is singular), LEIE_ERR_NOMEM, LEIE_ERR_LIMIT, LEIE_ERR_SHAPE,
 * LEIE_ERR_USAGE (options), LEIE_ERR_DATA (A not finite). */
LEIE_API leie_status leie_linsys_setup(leie_linsys **sys, const leie_matrix *Z, const double *scale,
                                       const leie_axis *axis, const leie_linsys_opts *opts, leie_error *err);

/* Solves for k right-hand sides. residual [k] may be NULL. Not reaching the tolerance is LEIE_OK with
 * info.converged false. Errors: LEIE_ERR_NOMEM, LEIE_ERR_SINGULAR, LEIE_ERR_DATA (NaN or Inf in b). */
LEIE_API leie_status leie_linsys_solve(leie_linsys *sys, bool transposed, leie_size k, double *x, const double *b,
                                       double *residual, leie_error *err);

/* What is known of the solution beforehand. */
typedef struct leie_start {
    const double *x; // [n, k] near it
    const double *r; // [n, k] b - (I - A) x, or about that; NULL: not known
} leie_start;

/* The same from a start, which saves corrections of an iteration; back ends with factors need none. Without r it is used
 * where it pays for the residual that it costs, from a tolerance of 1e-9 on. x may not overlap the start. */
LEIE_API leie_status leie_linsys_solve_from(leie_linsys *sys, bool transposed, leie_size k, double *x, const double *b,
                                            const leie_start *start, double *residual, leie_error *err);

/* New values of A in the same cells, for uncertainty: column j after column, fn is given the cells that are not zero
 * in f32 (rows ascending, values as f32) and changes them; worker is 0 .. leie_threads() - 1, and columns come from
 * any thread in any order. Every redraw starts from Z, so a draw does not depend on those before. The system is then
 * that of the new A, which is exactly what fn left, in f32; residuals are of that A. With the block iteration nothing
 * is set up anew but the domestic inverses; other back ends are set up again. A redrawn system that the iteration does
 * not solve is not handed to dense LU: info.converged tells. Memory: the cells of A as f32, and without the block
 * iteration a second Z. Cost with the block iteration: 10 bytes per cell and fn, then 8/3 n_p^3 flops per region p.
 * Errors: LEIE_ERR_NOMEM; LEIE_ERR_SINGULAR (other back ends). */
typedef void (*leie_redraw_cells)(void *ctx, leie_size column, leie_size n, const leie_index *row, float *value,
                                  int worker);
LEIE_API leie_status leie_linsys_redraw(leie_linsys *sys, leie_redraw_cells fn, void *ctx, leie_error *err);

/* Estimates |(I - A)^-1|_1 by at most five pairs of a plain and a transposed solve. It is left in the info;
 * what that says of solves (residual, right-hand sides, iterations) stays as it was. Hager (1984), SIAM J. Sci. Stat. Comput. 5(2),
 * 311-316; Higham (1988), ACM TOMS 14(4), 381-396, algorithm 4.1. Errors: those of leie_linsys_solve;
 * LEIE_ERR_CONVERGE when a solve does not reach its tolerance. */
LEIE_API leie_status leie_linsys_condition(leie_linsys *sys, leie_error *err);

LEIE_API const leie_linsys_info *leie_linsys_state(const leie_linsys *sys);

/* Releases; accepts NULL and returns NULL. */
LEIE_API leie_linsys *leie_linsys_free(leie_linsys *sys);

#endif
