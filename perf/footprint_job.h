/* The work that is timed against the peers: multipliers of all stressors and, where asked for, the footprints of all
 * regions by product and the origins of three of them.
 *
 *   M        (I - A)' M = S                       [n, k]
 *   D_cba    D[c, r, p] = sum over s of M[(s, p), c] Y[(s, p), r]       [k, R, N]
 *   origins  O[c, s, t] = sum over i in s of S[i, c] X[i, t],  (I - A) X = Y of regions 0 .. 2      [k, R, 3]
 *
 * Regions have the same N products; footprints are left out where they do not. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_PERF_FOOTPRINT_JOB_H
#define LEIE_PERF_FOOTPRINT_JOB_H

#include "solver/leie.h"

enum { FOOTPRINT_ORIGINS = 3 };

typedef struct footprint_job {
    leie_size n, k, R, N; // N 0 where lists differ
    double *scale;        // [n] 1 / x, 0 for no output
    double *S, *M;        // [n, k]
    double *Y;            // [n, R] final demand that counts, by region
    double *D, *O;        // footprints, origins
    double *Yt, *X;       // [n, FOOTPRINT_ORIGINS]
    double *sums;         // [workers, k, R]
    leie_linsys_info info; // of the last run
    leie_size transposed_sweeps;
} footprint_job;

/* All but M, D, O and X from t. Errors: LEIE_ERR_NOMEM. */
leie_status footprint_job_new(footprint_job *j, const leie_table *t, leie_error *err);
void footprint_job_free(footprint_job *j);

/* Sets up, solves and adds up, from Z by the solver named. Errors: those of the linear system. */
leie_status footprint_job_run(footprint_job *j, const leie_matrix *Z, const leie_axis *axis, leie_solver solver,
                              bool footprints, leie_error *err);

#endif
