// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/ascending.h"

#include <stdlib.h>

enum { FEW = 24 };

static int compare(const void *a, const void *b)
{
    leie_size p = *(const leie_size *)a, q = *(const leie_size *)b;
    return (p > q) - (p < q);
}

void leie_ascending(leie_size *list, leie_size n)
{
    if (n > FEW) {
        qsort(list, (size_t)n, sizeof *list, compare);
        return;
    }
    for (leie_size k = 1; k < n; k++) {
        leie_size item = list[k], at = k;
        for (; at > 0 && list[at - 1] > item; at--)
            list[at] = list[at - 1];
        list[at] = item;
    }
}
