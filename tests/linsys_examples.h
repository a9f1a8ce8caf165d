/* Tables to solve for, in tests of linear systems. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_LINSYS_EXAMPLES_H
#define LEIE_TESTS_LINSYS_EXAMPLES_H

#include "solver/linear/linsys.h"

/* A table to solve for. */
typedef struct linsys_example {
    leie_size n;
    leie_matrix Z;
    double *scale; // [n]
    leie_axis axis;
} linsys_example;

/* Room for regions of the given sizes ("R0", "R1", ...; sectors "c1", ...), dense. */
void linsys_example_new(linsys_example *e, const leie_size *sizes, leie_size regions);
void linsys_example_free(linsys_example *e);

/* Random table: column sums of A between low and high, heavier inside regions. */
void linsys_example_random(linsys_example *e, const leie_size *sizes, leie_size regions, double density, double low,
                           double high, uint64_t *seed);

/* Cell of a dense table. */
double *linsys_cell(linsys_example *e, leie_size i, leie_size j);

/* From dense to CSR. */
void linsys_example_sparse(linsys_example *e);

/* A back end for it. */
leie_linsys *linsys_example_setup(linsys_example *e, leie_solver method);

/* The residual of linsys.h by the reference product, of column c of k. */
double linsys_true_residual(const linsys_example *e, bool transposed, leie_size k, const double *x, const double *b, leie_size c);

double *linsys_random_array(leie_size count, uint64_t *seed);

#endif
