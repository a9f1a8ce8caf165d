// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/analysis/additive.h"

#include <math.h>

enum { EXACT_BITS = 52 };

double leie_additive_unit(double bound)
{
    int e;
    if (!(bound > 0) || !isfinite(bound))
        return 0;
    frexp(bound, &e); // bound < 2^e
    return ldexp(1, e - EXACT_BITS);
}

static double round_to(double value, double unit)
{
    return nearbyint(value / unit) * unit;
}

double leie_additive_round(double *part, leie_size rows, leie_size parts, double *from, double *to, double unit)
{
    double worst = 0;
    for (leie_size i = 0; i < rows && unit > 0; i++) {
        double *row = part + i * parts, rest;
        leie_size largest = 0;
        from[i] = round_to(from[i], unit);
        to[i] = round_to(to[i], unit);
        rest = to[i] - from[i];
        for (leie_size p = 0; p < parts; p++) {
            row[p] = round_to(row[p], unit);
            rest -= row[p];
            largest = fabs(row[p]) > fabs(row[largest]) ? p : largest;
        }
        row[largest] += rest;
        worst = fmax(worst, fabs(rest));
    }
    return worst;
}
