/* What the files of Monte Carlo share. n sectors, m columns of Y, k stressors, q account regions. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_MONTECARLO_IMPL_H
#define LEIE_SOLVER_SCENARIO_MONTECARLO_IMPL_H

#include "solver/scenario/montecarlo.h"

/* Uncertain columns of A, cell by cell. */
typedef struct leie_narrow {
    leie_size columns, cells;
    leie_index *column; // [columns] J
    leie_size *start;   // [columns + 1]
    leie_index *row;    // [cells] ascending in each column
    double *a;          // [cells] of the baseline
    float *near_a;      // [cells] rounded
    leie_size strips;   // of rows
    leie_size *strip;   // [columns, strips + 1] where the cells of a strip begin
    leie_size *place;   // [strips, columns] where dA has them: strip after strip
    double *L;          // [strips, panels, rows of the strip, LEIE_PANEL] rows J of L, turned
    leie_size panels;   // of LEIE_PANEL columns
    leie_size lanes;    // draws at a time, so many that dA stays in the last cache
    float *dA;          // [cells, lanes] of draws
    double *size;       // [columns, batch] column sums of |dA|
    float *value;       // [workers, lanes, n]
    double *side;       // [n, lanes q]: dA_J x_J
    double *x;          // [3, columns, lanes q]
    double *own;        // [columns, batch q] the x_J of y~
    double *part;       // [slabs, columns, batch q] products of slabs of strips with L_J
    double *total;      // [batch q] |y*|_1
} leie_narrow;

typedef struct leie_montecarlo_work {
    const leie_table *t;
    const leie_account_regions *q;
    leie_montecarlo_opts opts;
    leie_inputs in;
    leie_linsys *sys;
    leie_size n, m;
    leie_index *region; // [m] table region of a column that counts in a footprint, else -1
    bool *wanted;       // [m] whether it is in the footprint of an account region
    bool *material;     // [k] whether it is in the total
    double *S;          // [k, n] baseline
    double *M;          // [n, k]
    double *y, *X;      // [n, q]
    double *direct;     // [q, k]
    double *Y, *F_Y;    // [workers, n, m], [workers, k, m] of draws
    leie_size batch;    // draws solved together
    double *S_d;        // [batch, k, n] of draws
    double *b, *x;      // [n, columns of a solve]
    double *start;      // [2, n, columns of a solve]
    double *beside;     // [n, batch q] y of draws solved for M, or not solved
    double *value;      // [batch, outputs]
    bool *good;         // [batch]
    leie_narrow narrow;
    bool transposed;    // whether draws are solved for M or for X
} leie_montecarlo_work;

/* Solves with the system of the baseline, from a start where there is one; mc keeps the largest residual. */
leie_status leie_montecarlo_solve(leie_montecarlo *mc, bool transposed, leie_size columns, double *x, const double *b,
                                  const leie_start *start, double *residual, leie_error *err);

/* Zeroed doubles. Errors: LEIE_ERR_NOMEM. */
leie_status leie_montecarlo_array(double **to, leie_size count, leie_error *err);

/* y [n, q] of the account regions from Y [n, m], with distance ld; their direct pressures [q, k] from F_Y [k, m]. */
leie_status leie_montecarlo_demand(const leie_montecarlo_work *w, const double *Y, double *y, leie_size ld, leie_error *err);
void leie_montecarlo_direct(const leie_montecarlo *mc, const double *F_Y, double *direct);

/* value[a, s] = sum over i of left[i, s] right[i, a] + direct[a, s], and the sum over materials: left with steps between
 * sectors and between stressors, right [n, ..] with distance ld. */
void leie_montecarlo_footprints(const leie_montecarlo *mc, double *value, const double *left, leie_size step_i, leie_size step_s,
                                const double *right, leie_size ld, const double *direct);

/* The next draw with a system of its own; the next draws that share the system of the baseline: their values, and whether
 * they have one (good). Errors: those of leie_inputs_draw_Y, leie_linsys_redraw and leie_linsys_solve. */
leie_status leie_montecarlo_whole(leie_montecarlo *mc, leie_error *err);
leie_status leie_montecarlo_batch(leie_montecarlo *mc, leie_size batch, leie_error *err);

/* The tolerance of the solves. */
double leie_montecarlo_tolerance(const leie_montecarlo_work *w);

/* The uncertain columns, their cells, and rows J of L by one block solve. */
leie_status leie_narrow_make(leie_montecarlo *mc, leie_error *err);
void leie_narrow_clear(leie_narrow *J);

/* y~ = y* + dA_J x_J in place of y* [n, batch q], x_J near x*_J, of draws next .. next + batch - 1; good [batch] becomes false where
 * there is no x*. The same numbers whatever draws go together. */
leie_status leie_narrow_widen(leie_montecarlo *mc, leie_size batch, double *y, bool *good, leie_error *err);

/* What residuals do not see, for the draws that were widened last: gap [batch q] >= |dA_J (x_J - x*_J)|_1 / |y~|_1 with the
 * rows J of the solutions x [n, batch q]; x NULL: of L y~. It adds to the residual of (I - A) x = y~, and both bound that of
 * the changed system (I - A - dA_J) x = y*. */
leie_status leie_narrow_gap(leie_montecarlo *mc, leie_size batch, const double *x, const double *y, double *gap, leie_error *err);

/* First-order standard deviations, and the ranking. */
leie_status leie_montecarlo_propagate(leie_montecarlo *mc, leie_error *err);

#endif
