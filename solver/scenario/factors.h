/* Changes of A and S as low-rank factors over vectors that scenarios share.
 *
 *   dA = W Q'      dS_k = c_k Q'       Q = [q_1 .. q_B]
 *
 * A vector is a unit vector (a changed column of A, a sector whose S changed), or a row that changed in many
 * columns, divided by its largest value, so that a row that is scaled by other factors in other scenarios is
 * one vector. Rows of S that changed in many sectors have one vector for all sectors and one for each class
 * of regions (the rows of multipliers by origin need them apart).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_FACTORS_H
#define LEIE_SOLVER_SCENARIO_FACTORS_H

#include "solver/scenario/change.h"

/* Classes of regions: class 0 is all of them. */
typedef struct leie_classes {
    leie_size n, R; // classes beside class 0
    bool *member;   // [n, R]
} leie_classes;

static inline bool leie_class_has(const leie_classes *c, leie_size o, leie_index region)
{
    return o == 0 || c->member[(o - 1) * c->R + region];
}

typedef struct leie_vector {
    leie_size unit;  // sector of a unit vector, -1 for a row
    leie_size cells; // of a row
    leie_index *at;  // [cells] ascending
    double *value;   // [cells] the largest is one in size
    double norm;     // |q|_1
} leie_vector;

/* The vectors of all scenarios, in the order in which they were first met. */
typedef struct leie_vectors {
    leie_size n, room, N;
    leie_vector *vector; // [n]
    leie_index *unit;    // [N] vector of each sector, -1 for none
} leie_vectors;

leie_status leie_vectors_open(leie_vectors *v, leie_size N, leie_error *err);
void leie_vectors_clear(leie_vectors *v);

/* Forgets all vectors but the first n. */
void leie_vectors_shrink(leie_vectors *v, leie_size n);

/* One cell of W. */
typedef struct leie_weight {
    leie_index row;
    double value;
} leie_weight;

/* The factors of one change: vectors used, those of A first. */
typedef struct leie_factors {
    leie_size rank, used;  // vectors in W; all, with those of dS alone
    leie_index *vector;    // [used] positions among the shared ones
    leie_size *first;      // [rank + 1] where the cells of each column of W begin
    leie_weight *weight;   // [first[rank]]
    double *S;             // [used, K] c', K = (1 + classes) k with class-major rows (o k + s)
    double *pressure;      // [k] rise of |S_k|_1
    double row_change;     // largest row sum of |dA|
    leie_size room, weight_room, s_room; // of the arrays
    leie_index *mark;      // [vectors] work: position in `vector` + 1
    leie_size marks;
} leie_factors;

/* Takes a change apart. Vectors that are not there are added to v when `add`, else LEIE_ERR_INTERNAL. A change that
 * touches at most `columns` columns of A has those alone. Cost: cells log cells. */
leie_status leie_factors_make(leie_factors *f, leie_vectors *v, const leie_change *change, const leie_classes *classes,
                              leie_size columns, bool add, leie_error *err);
void leie_factors_clear(leie_factors *f);

#endif
