// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/axes.h"

#include <stdio.h>

#include "kernels/memory.h"

leie_status leie_dataset_texts(leie_dataset *ds, const char *name, const char *dim, leie_size n, char *const *text,
                               const char *long_name, leie_error *err)
{
    leie_var *var = NULL;
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_TEXT, dim, NULL, long_name, err);
    for (leie_size i = 0; !st && i < n; i++)
        st = leie_var_set_text(var, i, text[i] ? text[i] : "", err);
    return st;
}

/* The coordinate "region/code". */
static leie_status flat_coordinate(leie_dataset *ds, const char *dim, const char *noun, const leie_axis *axis,
                                   leie_error *err)
{
    leie_labels flat = {0};
    leie_status st = LEIE_OK;
    char text[512];
    for (leie_size i = 0; !st && i < axis->n; i++) {
        snprintf(text, sizeof text, "%s/%s", axis->region.code[axis->of[i]], axis->code[i]);
        leie_size at = leie_labels_add(&flat, text, NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    snprintf(text, sizeof text, "%s (region/code)", noun);
    if (!st)
        st = leie_dataset_coordinate(ds, dim, flat.n, flat.code, NULL, text, err);
    leie_labels_clear(&flat);
    return st;
}

leie_status leie_dataset_axis(leie_dataset *ds, const char *dim, const char *noun, const leie_axis *axis,
                              leie_error *err)
{
    char **region = leie_new(axis->n, sizeof *region); // borrowed codes
    leie_status st = region ? LEIE_OK : leie_fail_memory(err, noun, axis->n, sizeof *region);
    if (!st)
        st = flat_coordinate(ds, dim, noun, axis, err);
    for (leie_size i = 0; !st && i < axis->n; i++)
        region[i] = axis->region.code[axis->of[i]];
    const struct {
        const char *part;
        char *const *text;
    } parts[] = {{"region", region}, {"code", axis->code}, {"name", axis->name}};
    for (size_t p = 0; !st && p < sizeof parts / sizeof parts[0]; p++) {
        char name[64], meaning[128];
        snprintf(name, sizeof name, "%s_%s", dim, parts[p].part);
        snprintf(meaning, sizeof meaning, "%s of the %s", parts[p].part, noun);
        st = leie_dataset_texts(ds, name, dim, axis->n, parts[p].text, meaning, err);
    }
    leie_free(region);
    return st;
}
