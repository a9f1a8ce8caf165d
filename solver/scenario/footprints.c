// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/footprints.h"

#include <string.h>

bool leie_footprints_total(bool *material, const leie_table *t)
{
    const char *unit = NULL;
    bool same = true;
    for (leie_size s = 0; s < t->stressor.n; s++) {
        material[s] = strcmp(t->stressor.kind[s], LEIE_STRESSOR_MATERIAL) == 0;
        if (!material[s])
            continue;
        same &= !unit || strcmp(unit, t->stressor.unit[s]) == 0;
        unit = t->stressor.unit[s];
    }
    return unit && same;
}

void leie_footprints_add(double *e, leie_size q, leie_size k, const bool *material)
{
    for (leie_size a = 0; a < q; a++) {
        double *own = e + a * (k + 1);
        own[k] = 0;
        for (leie_size s = 0; material && s < k; s++)
            own[k] += material[s] ? own[s] : 0;
    }
}

// Whether column j of Y is in the footprint of account region a.
static bool counts(const leie_response *r, leie_size a, leie_size j)
{
    return r->category_of[j] >= 0 && r->q->member[a * r->base->R + r->region_of[j]];
}

void leie_footprints_baseline(double *e, const leie_response *r, const bool *material)
{
    const leie_table *t = r->base->t;
    leie_size k = r->k, q = r->q->label.n;
    memset(e, 0, (size_t)(q * (k + 1)) * sizeof *e);
    for (leie_size i = 0; i < r->base->n; i++)
        for (leie_size a = 0; a < q; a++) {
            double y = 0;
            for (leie_size j = 0; j < r->m; j++)
                y += counts(r, a, j) ? t->Y[i * r->m + j] : 0;
            for (leie_size s = 0; y != 0 && s < k; s++)
                e[a * (k + 1) + s] += r->M[i * r->K + s] * y;
        }
    for (leie_size a = 0; a < q; a++)
        for (leie_size s = 0; s < k; s++)
            for (leie_size j = 0; j < r->m; j++)
                e[a * (k + 1) + s] += counts(r, a, j) ? t->F_Y[s * r->m + j] : 0;
    leie_footprints_add(e, q, k, material);
}

void leie_footprints_changed(double *e, const double *baseline, const leie_response *r, const leie_effect *effect, const bool *material)
{
    leie_size k = r->k, q = r->q->label.n;
    memcpy(e, baseline, (size_t)(q * (k + 1)) * sizeof *e);
    for (leie_size a = 0; a < q; a++)
        for (leie_size j = 0; j < r->m; j++)
            for (leie_size s = 0; counts(r, a, j) && s < k; s++)
                e[a * (k + 1) + s] += effect->total[j * r->K + s] + effect->direct[j * k + s];
    leie_footprints_add(e, q, k, material);
}
