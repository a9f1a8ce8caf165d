/* Statistics of many draws of the same outputs, without the draws:
 *
 *   mean, sd    Welford's updates in the order of the draws
 *   quantiles   the exact ones (type 7 of Hyndman and Fan) of up to LEIE_TALLY_EXACT draws; beyond it every full
 *               buffer is sorted and every second value kept with twice the weight, odd and even ones in turn, so
 *               that a rank is off by at most leie_tally_rank_error
 *
 * Everything is plain arrays, so a run can be kept in a file and continued. Same draws in the same order: same bytes.
 * Welford (1962), Technometrics 4(3); Munro and Paterson (1980), Theoretical Computer Science 12.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_TALLY_H
#define LEIE_SOLVER_SCENARIO_TALLY_H

#include "kernels/status.h"

enum {
    LEIE_TALLY_EXACT = 1024, // values in a buffer
    LEIE_TALLY_LEVELS = 24
};

typedef struct leie_tally {
    leie_size outputs, draws; // draws counted
    leie_size levels;         // buffers there are room for
    double *mean, *squares;   // [outputs] mean, sum of squared deviations
    double *buffer;           // [levels, outputs, LEIE_TALLY_EXACT] values of weight 2^level
    leie_size fill[LEIE_TALLY_LEVELS];     // values in each buffer, the same for every output
    leie_size halvings[LEIE_TALLY_LEVELS]; // times each buffer was halved
} leie_tally;

/* Room for so many draws. Memory: outputs (2 + 1024 levels) doubles, one level up to 1024 draws and one more for each
 * doubling. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_tally_new(leie_tally *tally, leie_size outputs, leie_size draws, leie_error *err);
LEIE_API void leie_tally_clear(leie_tally *tally);

/* One more draw, value [outputs]. */
LEIE_API void leie_tally_add(leie_tally *tally, const double *value);

/* Standard deviation with draws - 1; NaN below two draws. */
LEIE_API double leie_tally_sd(const leie_tally *tally, leie_size output);

/* Quantiles at probabilities p [n], ascending or not; NaN without draws. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_tally_quantiles(double *quantile, const leie_tally *tally, leie_size output, leie_size n,
                                          const double *p, leie_error *err);

/* The most that the rank of a quantile can be off, as a share of the draws: 0 while they are exact. */
LEIE_API double leie_tally_rank_error(const leie_tally *tally);

#endif
