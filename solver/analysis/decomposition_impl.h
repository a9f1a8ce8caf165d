/* What the files of the decomposition share.
 *
 * A state says for each factor whether it is that of table 0 or 1; bit f is factor f. Footprints need only four of
 * them (trade, technology, intensity, mix); the others scale.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ANALYSIS_DECOMPOSITION_IMPL_H
#define LEIE_SOLVER_ANALYSIS_DECOMPOSITION_IMPL_H

#include "solver/analysis/decomposition.h"

enum { LEIE_SDA_STATES = 16 }; // of trade, technology, intensity, mix

typedef struct leie_sda_work {
    leie_sda *d;
    const leie_sda_side *side; // [2]
    const leie_account_regions *q;
    leie_sda_opts opts;
    leie_size n, m, R, k;
    leie_matrix owned[2];      // Z where the table has it in factors
    const leie_matrix *Z[2];
    double *scale[2];          // [n] 1 / x, 0 where x <= 0
    leie_index *stressor[2];   // [k] row of F
    leie_index *product;       // [n]
    leie_index *row, *first;   // [n] rows by product, [products + 1] where each begins
    leie_index *region;        // [m] table region of a column, -1 when it does not count
    double *S;                 // [n, 2k] pressures per output of table 0, then 1
    double *M;                 // [n, 2k] of the state at work
    double *u[4];              // [n, q] demand per unit of final demand: state trade + 2 mix
    double *G[LEIE_SDA_STATES]; // [q, k, products] footprint per unit of final demand
    double *spent[2];          // [q] final demand in money
    double *direct[2];         // [q, k]
    double *sigma[2];          // [k] pressure per money of the industries that exert it
} leie_sda_work;

/* State number from the four bits. */
static inline int leie_sda_state(int trade, int technology, int intensity, int mix)
{
    return trade | technology << 1 | intensity << 2 | mix << 3;
}

/* A with the trade of one table and the technology of the other, into a zero dense matrix. */
leie_status leie_sda_mixed_A(leie_matrix *A, leie_sda_work *w, int trade, int technology, leie_error *err);

/* u, and spent: demand of account regions per unit of final demand in every state of trade and mix. */
leie_status leie_sda_demand(leie_sda_work *w, leie_error *err);

/* From G to effects, region after region. */
leie_status leie_sda_effects(leie_sda_work *w, leie_error *err);

/* Arrays of a result whose q, k and P are set. */
leie_status leie_sda_new_result(leie_sda *d, leie_error *err);

#endif
