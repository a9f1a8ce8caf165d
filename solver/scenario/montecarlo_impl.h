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
    leie_index *row;    // [cells]
    double *a;          // [cells] of the baseline
    leie_matrix L;      // [n, columns] rows J of L, turned
    float *dA;          // [batch, cells] of draws
    float *value;       // [workers, n]
    double *own, *side; // [batch, n, q] and [n, batch q]: dA_J x_J
    double *x;          // [3, columns, batch q]
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
    double *Y, *F_Y;    // [n, m], [k, m] of a draw
    leie_size batch;    // draws solved together
    double *S_d;        // [batch, k, n] of draws
    double *b, *x;      // [n, columns of a solve]
    double *value;      // [batch, outputs]
    bool *good;         // [batch]
    leie_narrow narrow;
    bool transposed;    // whether draws are solved for M or for X
} leie_montecarlo_work;

/* Solves with the system of the baseline; mc keeps the largest residual. */
leie_status leie_montecarlo_solve(leie_montecarlo *mc, bool transposed, leie_size columns, double *x, const double *b,
                                  double *residual, leie_error *err);

/* The tolerance of the solves. */
double leie_montecarlo_tolerance(const leie_montecarlo_work *w);

/* The uncertain columns, their cells, and rows J of L by one block solve. */
leie_status leie_narrow_make(leie_montecarlo *mc, leie_error *err);
void leie_narrow_clear(leie_narrow *J);

/* y~ = y* + dA_J x*_J in place of y* [n, batch q] of draws next .. next + batch - 1; good [batch] becomes false where
 * there is no x*. The same numbers whatever draws go together. */
leie_status leie_narrow_widen(leie_montecarlo *mc, leie_size batch, double *y, bool *good, leie_error *err);

/* First-order standard deviations, and the ranking. */
leie_status leie_montecarlo_propagate(leie_montecarlo *mc, leie_error *err);

#endif
