// SPDX-License-Identifier: GPL-3.0-or-later
/* Labels and axes that grow, are copied and listed. */
#include <stdio.h>

#include "kernels/memory.h"
#include "solver/table/labels.h"
#include "tests/faults/faults.h"

enum { REGIONS = 3, SECTORS = 20 };

static leie_status fill(leie_axis *axis, leie_error *err)
{
    for (int r = 0; r < REGIONS; r++)
        for (int s = 0; s < SECTORS - r; s++) {
            char region[16], code[16];
            snprintf(region, sizeof region, "R%d", r);
            snprintf(code, sizeof code, "s%d", s);
            leie_size at = leie_axis_add(axis, region, code, "a sector", "MEUR", LEIE_DEMAND_HOUSEHOLD, err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

static leie_status labels(leie_error *err)
{
    leie_axis axis = {0}, copy = {0};
    leie_labels codes = {0}, again = {0};
    leie_status st = fill(&axis, err);
    if (!st)
        st = leie_axis_copy(&copy, &axis, err);
    if (!st)
        st = leie_axis_codes(&codes, NULL, &axis, err);
    if (!st)
        st = leie_labels_copy(&again, &codes, err);
    leie_axis_clear(&axis);
    leie_axis_clear(&copy);
    leie_labels_clear(&codes);
    leie_labels_clear(&again);
    return st;
}
FAULT_SCENARIO(labels, labels)
