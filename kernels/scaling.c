// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/scaling.h"

#include <math.h>

double leie_scaling_root(double target, double p, double n)
{
    if (p > 0) {
        double d = sqrt(target * target + 4 * p * n);
        return target >= 0 || n == 0 ? (target + d) / (2 * p) : 2 * n / (d - target);
    }
    return n > 0 ? -n / target : 1;
}

// Even and odd cells are summed apart, for shorter chains.
void leie_scaling_sum(double *p, double *n, const double *val, const leie_index *col, leie_size count,
                      const double *pair)
{
    double plus[2] = {0}, minus[2] = {0};
    for (leie_size t = 0; t < count; t++) {
        bool negative = val[t] < 0;
        double x = val[t] * pair[2 * (leie_size)col[t] + negative];
        plus[t & 1] += negative ? 0 : x;
        minus[t & 1] -= negative ? x : 0;
    }
    *p = plus[0] + plus[1];
    *n = minus[0] + minus[1];
}

void leie_scaling_spread(double *sum, const double *val, const leie_index *col, leie_size count, double r)
{
    double factor[2] = {r, -1 / r};
    for (leie_size t = 0; t < count; t++) {
        bool negative = val[t] < 0;
        sum[2 * (leie_size)col[t] + negative] += val[t] * factor[negative];
    }
}

void leie_scaling_apply(double *val, const leie_index *col, leie_size count, double r, const double *pair)
{
    double factor[2] = {r, 1 / r};
    for (leie_size t = 0; t < count; t++) {
        bool negative = val[t] < 0;
        val[t] = val[t] * factor[negative] * pair[2 * (leie_size)col[t] + negative];
    }
}
