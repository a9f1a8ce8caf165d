// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/sum.h"

#include <math.h>

#include "kernels/clones.h"

enum { CHAINS = 32 };

void leie_acc_add(leie_acc *acc, double value)
{
    double total = acc->sum + value, added = total - acc->sum;
    if (isfinite(total)) // what rounding took from the two: exact whichever is the larger (Knuth 1998, 4.2.2), and no branch
        acc->lost += (acc->sum - (total - added)) + (value - added);
    acc->sum = total;
}

void leie_acc_add_all(leie_acc *acc, const double *x, leie_size n)
{
    for (leie_size i = 0; i < n; i++)
        leie_acc_add(acc, x[i]);
}

double leie_acc_value(const leie_acc *acc)
{
    return isfinite(acc->sum) ? acc->sum + acc->lost : acc->sum;
}

double leie_sum(const double *x, leie_size n, leie_size step)
{
    leie_acc acc = {0, 0};
    for (leie_size i = 0; i < n; i++)
        leie_acc_add(&acc, x[i * step]);
    return leie_acc_value(&acc);
}

double leie_sum_abs(const double *x, leie_size n, leie_size step)
{
    leie_acc acc = {0, 0};
    for (leie_size i = 0; i < n; i++)
        leie_acc_add(&acc, fabs(x[i * step]));
    return leie_acc_value(&acc);
}

double leie_dot(const double *x, leie_size step_x, const double *y, leie_size step_y, leie_size n)
{
    leie_acc acc = {0, 0};
    for (leie_size i = 0; i < n; i++)
        leie_acc_add(&acc, x[i * step_x] * y[i * step_y]);
    return leie_acc_value(&acc);
}

LEIE_CLONES
double leie_sum_f32(const float *x, leie_size n)
{
    double chain[CHAINS] = {0}, sum = 0;
    leie_size t = 0;
    for (; t + CHAINS <= n; t += CHAINS)
        for (int c = 0; c < CHAINS; c++)
            chain[c] += (double)x[t + c];
    for (int c = 0; c < CHAINS; c++)
        sum += chain[c];
    for (; t < n; t++)
        sum += (double)x[t];
    return sum;
}

LEIE_CLONES
double leie_dot_f64(const double *x, const double *y, leie_size n)
{
    double chain[CHAINS] = {0}, sum = 0;
    leie_size t = 0;
    for (; t + CHAINS <= n; t += CHAINS)
        for (int c = 0; c < CHAINS; c++)
            chain[c] += x[t + c] * y[t + c];
    for (int c = 0; c < CHAINS; c++)
        sum += chain[c];
    for (; t < n; t++)
        sum += x[t] * y[t];
    return sum;
}
