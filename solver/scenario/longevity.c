// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/longevity.h"

static leie_status steady(double *share, const void *ctx, const leie_purchase *purchase, leie_error *err)
{
    (void)ctx, (void)err;
    *share = 1 - purchase->life / purchase->longer;
    return LEIE_OK;
}

const leie_longevity leie_longevity_steady = {.saving = steady};
