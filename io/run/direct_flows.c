// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/direct_flows.h"

#include <math.h>

#include "io/read/read_flows.h"

// What of the traded tonnes no user could be found for.
static leie_status note_unspread(leie_table *t, const leie_direct *d, const leie_account_regions *q, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < d->q * 2; i++) {
        double mass = d->unspread[i * d->M + LEIE_MATERIAL_TOTAL];
        if (mass > 0)
            st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, 1, err,
                                      "%s: %.6g t of %s are of no product that the table trades: in the totals, with no industry",
                                      q->label.code[i / 2], mass, i % 2 ? "exports" : "imports");
    }
    return st;
}

leie_status leie_direct_flows(leie_direct *d, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                              const leie_account_regions *q, const leie_accounts *accounts, leie_error *err)
{
    leie_size k = t->stressor.n, M = a->material.label.n, unused, unknown;
    leie_unit_value_list list = {0};
    leie_unit_values u = {0};
    leie_direct_source source = {.flows = a->there ? &a->flows : NULL, .products = &a->products, .material = &a->material};
    double *factor = leie_new(k * M, sizeof *factor);
    bool *given = leie_new(M, sizeof *given);
    leie_status st = factor && given ? LEIE_OK : leie_fail_memory(err, "direct flows", k * M, sizeof *factor);
    if (!st && study->flows.unit_values.real) {
        st = leie_read_unit_values(&list, &study->flows.unit_values, &a->material, t->unit, &t->provenance, err);
        source.given = &list;
    }
    if (!st)
        st = leie_material_map_factors(factor, given, NULL, &unused, &unknown, &a->map, &a->material, k, t->stressor.code,
                                       t->stressor.kind, t->stressor.unit, err);
    if (!st)
        st = leie_unit_values_make(&u, &source, t->year, t, q, &accounts->product, err);
    if (!st)
        st = leie_direct_make(d, &u, &a->material, factor, given, t, q, &accounts->product, &accounts->category, err);
    if (!st)
        st = note_unspread(t, d, q, err);
    leie_unit_values_clear(&u);
    leie_unit_value_list_clear(&list);
    leie_free(factor);
    leie_free(given);
    return st;
}
