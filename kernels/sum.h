/* Sums that do not depend on threads: compensated (Neumaier 1974), in the order of the array. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SUM_H
#define LEIE_KERNELS_SUM_H

#include "kernels/status.h"

/* Compensated sum of x[0], x[step], ...; error about one rounding. */
LEIE_API double leie_sum(const double *x, leie_size n, leie_size step);

/* Compensated sum of |x[i]|. */
LEIE_API double leie_sum_abs(const double *x, leie_size n, leie_size step);

/* Compensated dot product (sum of rounded products). */
LEIE_API double leie_dot(const double *x, leie_size step_x, const double *y, leie_size step_y, leie_size n);

/* Sum of f32 values in f64, thirty-two chains side by side: not compensated, for millions of them. */
LEIE_API double leie_sum_f32(const float *x, leie_size n);

/* Dot product of f64 values in the same way. */
LEIE_API double leie_dot_f64(const double *x, const double *y, leie_size n);

/* Running compensated sum: start at {0, 0}, add, then read with leie_acc_value. */
typedef struct leie_acc {
    double sum, lost;
} leie_acc;
LEIE_API void leie_acc_add(leie_acc *acc, double value);
void leie_acc_add_all(leie_acc *acc, const double *x, leie_size n);
LEIE_API double leie_acc_value(const leie_acc *acc);

#endif
