/* What the files of Monte Carlo share. n sectors, m columns of Y, k stressors, q account regions. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_MONTECARLO_IMPL_H
#define LEIE_SOLVER_SCENARIO_MONTECARLO_IMPL_H

#include "solver/scenario/montecarlo.h"

/* Uncertain columns of A, cell by cell. */
typedef struct leie_narrow {
    leie_size columns;
    leie_index *column; // [columns] J
    leie_size *start;   // [columns + 1]
    leie_index *row;    // [cells]
    double *a;          // [cells] of the baseline
    double *L;          // [n, columns] rows J of L, turned
} leie_narrow;

typedef struct leie_montecarlo_work {
    const leie_table *t;
    const leie_account_regions *q;
    leie_montecarlo_opts opts;
    leie_inputs in;
    leie_linsys *sys;
    leie_size n, m;
    leie_index *region; // [m] table region of a column that counts in a footprint, else -1
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
    double *G;          // [columns, stride] and what its solve takes
    bool transposed;    // whether draws are solved for M or for X
} leie_montecarlo_work;

/* First-order standard deviations, and the ranking. */
leie_status leie_montecarlo_propagate(leie_montecarlo *mc, leie_error *err);

#endif
