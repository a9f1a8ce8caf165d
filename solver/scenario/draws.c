// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/draws.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

leie_status leie_draws_new(leie_draws *r, leie_size outputs, leie_size draws, bool keep, leie_error *err)
{
    *r = (leie_draws){.outputs = outputs, .draws = draws};
    r->mean_at = leie_new(LEIE_CHECKPOINTS * outputs + 1, sizeof *r->mean_at);
    r->sd_at = leie_new(LEIE_CHECKPOINTS * outputs + 1, sizeof *r->sd_at);
    r->draw = keep ? leie_new(draws * outputs + 1, sizeof *r->draw) : NULL;
    leie_status st = LEIE_OK;
    if (!r->mean_at || !r->sd_at || (keep && !r->draw))
        st = leie_fail_memory(err, "draws", (keep ? draws : 2 * LEIE_CHECKPOINTS) * outputs, sizeof *r->draw);
    st = st ? st : leie_tally_new(&r->tally, outputs, draws, err);
    for (leie_size i = 0; !st && i < LEIE_CHECKPOINTS * outputs; i++)
        r->mean_at[i] = r->sd_at[i] = NAN;
    for (leie_size i = 0; !st && keep && i < draws * outputs; i++)
        r->draw[i] = NAN;
    if (st)
        leie_draws_clear(r);
    return st;
}

void leie_draws_add(leie_draws *r, const double *value)
{
    bool finite = value != NULL;
    for (leie_size o = 0; finite && o < r->outputs; o++)
        finite = isfinite(value[o]);
    if (finite)
        leie_tally_add(&r->tally, value);
    else
        r->failed++;
    if (r->draw && finite)
        memcpy(r->draw + r->next * r->outputs, value, (size_t)r->outputs * sizeof *value);
    r->next++;
    for (leie_size c = 0; c < LEIE_CHECKPOINTS; c++) {
        if (r->next != (r->draws * (c + 1) + LEIE_CHECKPOINTS - 1) / LEIE_CHECKPOINTS)
            continue;
        for (leie_size o = 0; o < r->outputs; o++) {
            r->mean_at[c * r->outputs + o] = r->tally.draws ? r->tally.mean[o] : NAN;
            r->sd_at[c * r->outputs + o] = leie_tally_sd(&r->tally, o);
        }
    }
}

void leie_draws_clear(leie_draws *r)
{
    leie_free(r->mean_at);
    leie_free(r->sd_at);
    leie_free(r->draw);
    leie_tally_clear(&r->tally);
    *r = (leie_draws){0};
}
