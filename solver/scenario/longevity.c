// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/longevity.h"

static double steady(void *ctx, const char *region, const char *code, double life, double longer, int start, int year)
{
    (void)ctx, (void)region, (void)code, (void)start, (void)year;
    return 1 - life / longer;
}

const leie_longevity leie_longevity_steady = {.saving = steady};
