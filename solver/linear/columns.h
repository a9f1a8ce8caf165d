/* M = I - A as SuiteSparse wants it: the rows of M are handed over as columns, so what is factored is M'.
 *
 * A table in factors is not multiplied out: with B = U diag(1 / g), D = V diag(1 / q), T the shares of origin and
 * d the products that each region asks for, M is the matrix of the augmented system
 *
 *   [  I  -D   0 ] [ g ]   [ b_g ]
 *   [  0   I  -T ] [ q ] = [ b_q ]
 *   [ -B   0   I ] [ d ]   [  0  ]
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_LINEAR_COLUMNS_H
#define LEIE_SOLVER_LINEAR_COLUMNS_H

#include <suitesparse/SuiteSparse_config.h>

#include "solver/linear/linsys_impl.h"

typedef struct leie_columns {
    leie_size n;             // unknowns
    SuiteSparse_long *first; // [n + 1]
    SuiteSparse_long *row;   // [first[n]] ascending in each column
    double *val;             // [first[n]]
} leie_columns;

/* The unknowns of a system: its sectors, and what regions ask for when the table is in factors. */
leie_size leie_columns_unknowns(const leie_linsys *sys);

/* Memory: 16 bytes for each cell. Errors: LEIE_ERR_NOMEM; m may then hold something, and is to be freed. */
leie_status leie_columns_new(leie_columns *m, const leie_linsys *sys, leie_error *err);
void leie_columns_free(leie_columns *m);

/* With M z = e_row: when  1 <= negligible (|M| |z|)_row  then a change of M in its last bits makes z a null vector
 * (Oettli and Prager 1964), and M is singular to working precision, whatever its units. row is that of the weakest
 * pivot (zero: there is none at all); it leads to a z, and the largest entry of that to a row that takes part. solve
 * is x = M^-1 x over all unknowns. Errors: LEIE_ERR_SINGULAR, which names the sectors; LEIE_ERR_NOMEM. */
leie_status leie_columns_check(const leie_columns *m, const leie_linsys *sys, leie_size row, bool zero, leie_apply solve,
                               void *state, leie_error *err);

#endif
