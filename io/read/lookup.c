// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/lookup.h"

#include <stdio.h>

#include "solver/table/unit.h"

leie_status leie_lookup_fail(const leie_csv *csv, leie_size c, const char *what, const char *label, const char *nearest,
                             leie_error *err)
{
    if (nearest)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "unknown %s '%s'; '%s' is near", what, label, nearest);
    return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "unknown %s '%s'", what, label);
}

leie_status leie_lookup_label(leie_size *at, const leie_csv *csv, leie_size c, const leie_labels *labels,
                              const char *what, leie_error *err)
{
    char label[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, c, label, sizeof label, err);
    if (st)
        return st;
    *at = leie_labels_find(labels, label);
    return *at >= 0 ? LEIE_OK : leie_lookup_fail(csv, c, what, label, leie_labels_nearest(labels, label), err);
}

const char *leie_lookup_nearest(char buffer[LEIE_LABEL_SIZE], const leie_axis *axis, leie_size r, const char *code)
{
    leie_labels codes = {0};
    for (leie_size i = axis->first[r]; i < axis->first[r + 1]; i++)
        leie_labels_add(&codes, axis->code[i], NULL, NULL, NULL, NULL);
    const char *nearest = leie_labels_nearest(&codes, code);
    if (nearest)
        snprintf(buffer, LEIE_LABEL_SIZE, "%s", nearest);
    leie_labels_clear(&codes);
    return nearest ? buffer : NULL;
}

leie_status leie_lookup_item(leie_size *at, const leie_csv *csv, leie_size region, leie_size code,
                             const leie_axis *axis, const char *what, leie_error *err)
{
    char r_text[LEIE_LABEL_SIZE], c_text[LEIE_LABEL_SIZE], full[LEIE_LABEL_SIZE + 64], near[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, region, r_text, sizeof r_text, err);
    if (!st)
        st = leie_csv_label(csv, code, c_text, sizeof c_text, err);
    if (st)
        return st;
    *at = leie_axis_find(axis, r_text, c_text);
    if (*at >= 0)
        return LEIE_OK;
    leie_size r = leie_labels_find(&axis->region, r_text);
    if (r < 0)
        return leie_lookup_fail(csv, region, "region", r_text, leie_labels_nearest(&axis->region, r_text), err);
    snprintf(full, sizeof full, "%s of region '%.40s':", what, r_text);
    return leie_lookup_fail(csv, code, full, c_text, leie_lookup_nearest(near, axis, r, c_text), err);
}

leie_status leie_lookup_add_item(leie_axis *axis, const leie_csv *csv, const char *region, const char *code,
                                 const char *name, const char *unit, leie_demand_kind kind, leie_error *err)
{
    leie_error why = {0};
    leie_size at = leie_axis_add(axis, region, code, name, unit, kind, &why);
    return at >= 0 ? LEIE_OK : leie_csv_fail(csv, -1, (leie_status)at, err, "%s", why.text);
}

leie_status leie_lookup_add_label(leie_labels *labels, const leie_csv *csv, leie_size c, const char *code,
                                  const char *name, const char *unit, const char *kind, leie_error *err)
{
    leie_error why = {0};
    leie_size at = leie_labels_add(labels, code, name, unit, kind, &why);
    return at >= 0 ? LEIE_OK : leie_csv_fail(csv, c, (leie_status)at, err, "%s", why.text);
}

leie_status leie_lookup_unit(const leie_csv *csv, leie_size c, const char *unit, const char *stressor, leie_error *err)
{
    char spelling[LEIE_LABEL_SIZE];
    leie_error why = {0};
    leie_status st = unit[0] ? leie_unit_spelling(spelling, sizeof spelling, unit, &why) : LEIE_OK;
    return st ? leie_csv_fail(csv, c, st, err, "stressor '%.80s': %s", stressor, why.text) : LEIE_OK;
}

leie_status leie_lookup_take(leie_index *at, leie_labels *labels, const leie_csv *csv, const char *column, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    *at = -1;
    leie_status st = leie_csv_string(csv, c, code, sizeof code, err);
    if (st || !code[0])
        return st;
    leie_size found = leie_labels_find(labels, code);
    if (found < 0) {
        st = leie_lookup_add_label(labels, csv, c, code, NULL, NULL, NULL, err);
        found = labels->n - 1;
    }
    *at = (leie_index)found;
    return st;
}

leie_status leie_lookup_kind(leie_demand_kind *kind, const leie_csv *csv, leie_size c, leie_error *err)
{
    char name[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, c, name, sizeof name, err);
    if (st)
        return st;
    int k = leie_demand_find(name);
    if (k < 0)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                             "unknown kind '%s'; it is household, npish, government, gfcf, inventories, valuables, "
                             "export or discrepancy",
                             name);
    *kind = (leie_demand_kind)k;
    return LEIE_OK;
}
