/* Tables for tests of balancing. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_BALANCE_TABLES_H
#define LEIE_TESTS_BALANCE_TABLES_H

#include "kernels/sum.h"
#include "solver/balance/balance.h"

/* CSR of a dense array, without its zeros. */
leie_csr table_of(const double *dense, leie_size rows, leie_size cols);
leie_csr copy_of(const leie_csr *a);

/* Cell (i, j), 0 when it is not stored. */
double cell_of(const leie_csr *a, leie_size i, leie_size j);

/* A made-up prior, and the totals of another table with the same cells and signs: so they can be met. */
typedef struct made_table {
    leie_csr a;
    double *goal; // [nnz] the other table
    double *u, *v;
} made_table;

/* Every row and column has a cell. density and share of negative cells in 0 .. 1. */
made_table make_table(leie_size rows, leie_size cols, double density, double negative, uint64_t seed);
void made_free(made_table *t);

/* The largest relative error of all totals of m, summed anew. */
double worst_total(const leie_csr *a, const leie_margins *m);

#endif
