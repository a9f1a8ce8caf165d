/* What a change does to outputs, sector by sector, and to multipliers: the other block solve.
 *
 *   X*_c = (I - A*)^-1 y*_c    columns c: final demand of each account region, then all rows of the table (x - A x)
 *   production*[s, i] = S*[s, i] x*_i        origin[q, s, i] = S*[s, i] X*[i, q]        M* = S* (I - A*)^-1
 *
 * X* begins with X and is refined on the solver of the baseline,  X* <- X* + L (y* - (I - A*) X*),  until
 * the residual of the true changed system is below the tolerance.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_OUTPUTS_H
#define LEIE_SOLVER_SCENARIO_OUTPUTS_H

#include "solver/scenario/response.h"

typedef struct leie_outputs_opts {
    bool output;     // x, production, origin
    bool multiplier; // M
} leie_outputs_opts;

typedef struct leie_outputs {
    double *x;          // [n]
    double *production; // [k, n]
    double *origin;     // [q, k, n]
    double *M;          // [k, n]
    double residual;    // worst of the columns of X*
} leie_outputs;

/* X [n, q + 1] of the baseline: the last column is the output of the table. */
LEIE_API leie_status leie_outputs_baseline(double *X, const leie_response *r, leie_error *err);

/* The outputs of one change, and its multipliers, for which it was evaluated or resolved last with this work. New processes are solved for and not reported: they are no sectors of the table. Cost: (q + 1)
 * right-hand sides of the baseline's solver for each step, usually 2 to 10. By one thread at a time. Errors: LEIE_ERR_CONVERGE
 * when X* does not reach the tolerance, those of the linear system. */
LEIE_API leie_status leie_outputs_make(leie_outputs *o, const leie_response *r, const leie_change *change, const double *X, leie_response_work *work,
                                       const leie_outputs_opts *opts, leie_error *err);
LEIE_API void leie_outputs_clear(leie_outputs *o);

#endif
