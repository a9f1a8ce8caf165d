// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_bridge.h"

static leie_status add_axis(leie_dataset *ds, leie_error *err)
{
    leie_labels labels = {0};
    leie_status st = LEIE_OK;
    for (int row = 0; !st && row < LEIE_BRIDGE_ROWS; row++) {
        const char *code = "rme", *name = "RMC by coefficients, as shown";
        if (row > 0 && row <= LEIE_BRIDGE_STEPS) {
            code = leie_bridge_name((leie_bridge_step)(row - 1));
            name = leie_bridge_long_name((leie_bridge_step)(row - 1));
        } else if (row == LEIE_BRIDGE_ROWS - 2) {
            code = "remainder";
            name = "what the steps leave";
        } else if (row == LEIE_BRIDGE_ROWS - 1) {
            code = "io";
            name = "RMC by the input-output table";
        }
        leie_size at = leie_labels_add(&labels, code, name, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    if (!st)
        st = leie_dataset_coordinate(ds, "bridge_step", labels.n, labels.code, labels.name,
                                     "from the route rme to the route io", err);
    leie_labels_clear(&labels);
    return st;
}

leie_status leie_result_add_bridge(leie_dataset *ds, const leie_flow_accounts *a, leie_size years, const leie_year *year,
                                   const leie_account_regions *q, leie_error *err)
{
    const leie_var *material = leie_dataset_find(ds, "material");
    leie_var *var;
    leie_size M = a->material.label.n;
    if (!material)
        return LEIE_OK;
    leie_size regions = ds->dim[leie_dataset_find_dim(ds, "region")].n;
    leie_status st = add_axis(ds, err);
    if (!st)
        st = leie_dataset_var(&var, ds, "route_bridge", LEIE_VAR_DOUBLE, "scenario year region bridge_step material", "1000 t",
                              "from the RMC of the route rme to that of the route io", err);
    if (!st)
        st = leie_dataset_text(ds, var, "method",
                               "elements replaced in order and in the mirrored order, the mean of both; steps and remainder "
                               "add up to the difference", err);
    for (leie_size y = 0; !st && y < years; y++)
        for (leie_size r = 0; year[y].bridge && r < q->label.n; r++)
            for (leie_size row = 0; row < LEIE_BRIDGE_ROWS; row++)
                for (leie_size m = 0; m < material->count; m++)
                    var->number[((y * regions + r) * LEIE_BRIDGE_ROWS + row) * material->count + m] =
                        year[y].bridge[(r * LEIE_BRIDGE_ROWS + row) * M + leie_labels_find(&a->material.label, material->text[m])] / 1000;
    return st;
}
