/* Moving averages over calendar years. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_AVERAGING_H
#define LEIE_SOLVER_ACCOUNT_AVERAGING_H

#include "kernels/status.h"

typedef struct leie_averaging {
    leie_size years; // window; 0 or 1: none
    bool centred;    // year t from t - (years - 1) / 2 to t + (years - 1) / 2; else from t - years + 1 to t
} leie_averaging;

/* to[i] = mean of from over the window of year[i]; NaN when a calendar year of the window is not among the
 * n years (ascending) or has no value. step: distance of a year's values in `from` and `to`, which do not
 * overlap. power 2 averages variances of independent years: sum / window^2. Cost: n x window. */
LEIE_API void leie_moving_average(double *to, const double *from, const int *year, leie_size n, leie_size step,
                                  const leie_averaging *averaging, int power);

/* "none", "3 years, centred", "3 years, trailing". */
LEIE_API void leie_averaging_name(char *name, size_t size, const leie_averaging *averaging);

#endif
