// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/direct_flows.h"

#include <math.h>

#include "io/read/read_flows.h"
#include "kernels/memory.h"

leie_status leie_direct_note(leie_table *t, const leie_direct *d, const leie_account_regions *q, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < d->q * 2; i++) {
        double mass = d->unspread[i * d->M + LEIE_MATERIAL_TOTAL];
        if (mass > 0)
            st = leie_provenance_note(&t->provenance, LEIE_NOTE_FOUND, 1, err,
                                      "%s: %.6g t of %s meet no trade of the table (product or partner): in the totals, with no industry",
                                      q->label.code[i / 2], mass, i % 2 ? "exports" : "imports");
    }
    return st;
}

leie_status leie_direct_basis_make(leie_direct_basis *b, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                                   const leie_account_regions *q, const leie_accounts *accounts, leie_error *err)
{
    leie_size k = t->stressor.n, M = a->material.label.n, unused, unknown;
    leie_unit_value_list list = {0};
    leie_direct_source source = {.flows = a->there ? &a->flows : NULL, .products = &a->products, .material = &a->material};
    *b = (leie_direct_basis){.factor = leie_new(k * M, sizeof(double)), .given = leie_new(M, sizeof(bool))};
    leie_status st = b->factor && b->given ? LEIE_OK : leie_fail_memory(err, "direct flows", k * M, sizeof(double));
    if (!st && study->flows.unit_values.real) {
        st = leie_read_unit_values(&list, &study->flows.unit_values, &a->material, t->unit, &t->provenance, err);
        source.given = &list;
    }
    if (!st)
        st = leie_material_map_factors(b->factor, b->given, NULL, &unused, &unknown, &a->map, &a->material, k, t->stressor.code,
                                       t->stressor.kind, t->stressor.unit, err);
    if (!st)
        st = leie_unit_values_make(&b->u, &source, t->year, t, q, &accounts->product, err);
    leie_unit_value_list_clear(&list);
    if (st)
        leie_direct_basis_clear(b);
    return st;
}

void leie_direct_basis_clear(leie_direct_basis *b)
{
    leie_unit_values_clear(&b->u);
    leie_free(b->factor);
    leie_free(b->given);
    *b = (leie_direct_basis){0};
}

leie_status leie_direct_flows(leie_direct *d, const leie_direct_basis *b, const leie_flow_accounts *a, const leie_table *t,
                              const leie_account_regions *q, const leie_accounts *accounts, leie_error *err)
{
    return leie_direct_make(d, &b->u, &a->material, b->factor, b->given, t, q, &accounts->product, &accounts->category, err);
}
