// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "kernels/scaling.h"
#include "tests/check.h"

// p z - n / z = target
static void test_root(void)
{
    static const double target[] = {2.385, -2.385, 0, 1e8, -1e8}, p[] = {3.5, .25, 2}, n[] = {0, 1.75, 1e-3};
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < 3; j++)
            for (int k = 1; k < 3; k++) {
                double z = leie_scaling_root(target[i], p[j], n[k]);
                check_true(z > 0);
                // the same equation without cancellation: z = 2 n / (d - target) = (d + target) / (2 p)
                double d = sqrt(target[i] * target[i] + 4 * p[j] * n[k]);
                check_near(z, target[i] > 0 ? (d + target[i]) / (2 * p[j]) : 2 * n[k] / (d - target[i]), 1e-14);
            }
    check_near(leie_scaling_root(7, 3.5, 0), 2, 0);
    check_near(leie_scaling_root(-3, 0, 1.5), .5, 0);
    check_near(leie_scaling_root(0, 2, 8), 2, 0);
    check_near(leie_scaling_root(0, 0, 0), 1, 0);
    check_near(leie_scaling_root(-1e9, 1, 1), 1e-9, 1e-15); // the plain formula gives zero
}

// Sums of a row, its part in the columns, and the scaled row, against the definition.
static void test_row(void)
{
    static const double val[] = {2, -3, .5, 4, -1}, s[] = {1.1, .7, 2, .9, 1.3};
    static const leie_index col[] = {0, 1, 2, 3, 4};
    double pair[10], sum[10] = {0}, x[5], p, n, r = 1.7, plus = 0, minus = 0;
    for (int j = 0; j < 5; j++) {
        pair[2 * j] = s[j];
        pair[2 * j + 1] = 1 / s[j];
        x[j] = val[j];
    }
    leie_scaling_sum(&p, &n, val, col, 5, pair);
    leie_scaling_spread(sum, val, col, 5, r);
    leie_scaling_apply(x, col, 5, r, pair);
    for (int j = 0; j < 5; j++) {
        double expected = val[j] > 0 ? r * val[j] * s[j] : val[j] / (r * s[j]);
        check_near(x[j], expected, 1e-15);
        plus += val[j] > 0 ? val[j] * s[j] : 0;
        minus += val[j] < 0 ? -val[j] / s[j] : 0;
        check_near(sum[2 * j], val[j] > 0 ? val[j] * r : 0, 1e-15);
        check_near(sum[2 * j + 1], val[j] < 0 ? -val[j] / r : 0, 1e-15);
    }
    check_near(p, plus, 1e-15);
    check_near(n, minus, 1e-15);
}

CHECK_SUITE(scaling, {"root", test_root, NULL}, {"a row", test_row, NULL})
