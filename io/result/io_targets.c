// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/io_targets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"

static leie_size find_text(const leie_dataset *ds, const char *name, const char *text)
{
    const leie_var *var = leie_dataset_find(ds, name);
    for (leie_size i = 0; var && var->type == LEIE_VAR_TEXT && i < var->count; i++)
        if (strcmp(var->text[i], text) == 0)
            return i;
    return -1;
}

// CODE, or CODE_FOOTPRINT.
static leie_size find_stressor(const leie_dataset *ds, const char *indicator)
{
    char code[64];
    leie_size at = find_text(ds, "stressor", indicator);
    snprintf(code, sizeof code, "%s", indicator);
    char *end = strstr(code, "_FOOTPRINT");
    if (at >= 0 || !end)
        return at;
    *end = 0;
    return find_text(ds, "stressor", code);
}

static double number(const leie_var *var, leie_size at)
{
    return var && var->number && at < var->count ? var->number[at] : NAN;
}

/* The series of a row, [years], or why the result has none. unit: what it is counted in. */
static const char *series_of(double *series, const char **unit, const leie_target *row, const leie_flow_accounts *a,
                      const leie_io_route *io, const leie_dataset *ds)
{
    const leie_var *year = leie_dataset_find(ds, "year"), *region = leie_dataset_find(ds, "region"), *people = leie_dataset_find(ds, "population");
    const leie_var *D_cba = leie_dataset_find(ds, "D_cba"), *direct = leie_dataset_find(ds, "direct"), *units = leie_dataset_find(ds, "stressor_unit");
    leie_size q = find_text(ds, "region", row->region), s = find_stressor(ds, row->indicator);
    leie_size m = leie_labels_find(&a->material.label, row->material[0] ? row->material : "TOTAL");
    int indicator = leie_mfa_find(row->indicator);
    bool mass = indicator >= 0 && io->there && m >= 0, any = false;
    if (q < 0)
        return "the tables have no such account region";
    if (!mass && (s < 0 || !D_cba || !units))
        return indicator >= 0 ? "the route io has no such material" : "the tables have no such indicator or stressor";
    *unit = mass ? "t" : units->text[s];
    for (leie_size y = 0; y < year->count; y++) {
        leie_size place = y * region->count + q;
        double direct_part = mass ? 0 : number(direct, place * units->count + s);
        double value = mass ? leie_io_route_value(io, 0, y, q, indicator, m)
                            : number(D_cba, place * units->count + s) + (isnan(direct_part) ? 0 : direct_part);
        series[y] = strcmp(row->per, "capita") == 0 ? value / number(people, place) : value;
        any |= !isnan(series[y]);
    }
    return any ? NULL : "the series has no figure";
}

leie_status leie_io_targets(leie_flow_target **list, leie_size *n, leie_labels *left_out, const leie_flow_accounts *a, const leie_io_route *io,
                            const leie_dataset *ds, leie_error *err)
{
    const leie_var *year = leie_dataset_find(ds, "year");
    const char *edition = leie_dataset_get_text(ds, NULL, "edition"), *unit;
    leie_size Y = year->count;
    int *years = leie_new(Y, sizeof *years);
    double *series = leie_new(Y, sizeof *series);
    *list = leie_new(a->targets + a->io_rows + 1, sizeof **list);
    *n = a->targets;
    leie_status st = years && series && *list ? LEIE_OK : leie_fail_memory(err, "targets", a->targets + a->io_rows, sizeof **list);
    if (!st && a->targets)
        memcpy(*list, a->target, (size_t)a->targets * sizeof **list);
    for (leie_size y = 0; !st && y < Y; y++)
        years[y] = (int)year->integer[y];
    st = st ? st : leie_labels_copy(left_out, &a->left_out, err);
    for (leie_size i = 0; !st && i < a->io_rows; i++) {
        leie_flow_target *t = &(*list)[*n];
        const char *why = series_of(series, &unit, &a->io_row[i], a, io, ds);
        if (why) {
            st = leie_target_leave_out(left_out, &a->io_row[i], why, err);
            continue;
        }
        st = leie_io_target_follow(t, a, &a->io_row[i], unit, edition ? edition : "", years, series, Y, err);
        leie_flow_target_name(t, *n, *list);
        *n += st == LEIE_OK;
    }
    leie_free(years);
    leie_free(series);
    if (st) {
        *list = leie_free(*list);
        leie_labels_clear(left_out);
    }
    return st;
}
