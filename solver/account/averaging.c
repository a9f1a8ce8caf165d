// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/account/averaging.h"

#include <math.h>
#include <stdio.h>

void leie_moving_average(double *to, const double *from, const int *year, leie_size n, leie_size step,
                         const leie_averaging *averaging, int power)
{
    leie_size window = averaging->years > 1 ? averaging->years : 1;
    leie_size after = averaging->centred ? (window - 1) / 2 : 0;
    for (leie_size i = 0; i < n; i++) {
        leie_size first = i - (window - 1 - after);
        bool whole = first >= 0 && i + after < n && year[i + after] - year[first] == window - 1;
        double sum = 0;
        for (leie_size j = first; whole && j <= i + after; j++)
            sum += from[j * step];
        to[i * step] = whole ? sum / pow((double)window, power) : NAN;
    }
}

void leie_averaging_name(char *name, size_t size, const leie_averaging *averaging)
{
    if (averaging->years <= 1)
        snprintf(name, size, "none");
    else
        snprintf(name, size, "%lld years, %s", (long long)averaging->years, averaging->centred ? "centred" : "trailing");
}
