// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_lists.h"

#include <string.h>

#include "io/result/axes.h"
#include "io/result/measure.h"
#include "io/result/result_impl.h"
#include "io/result/result_scenarios.h"

// Adds one label coordinate with its names; an empty axis adds nothing.
static leie_status axis_from_labels(leie_dataset *ds, const char *dim, const leie_labels *labels, const char *long_name,
                                    leie_error *err)
{
    if (labels->n == 0)
        return LEIE_OK;
    return leie_dataset_coordinate(ds, dim, labels->n, labels->code, labels->name, long_name, err);
}

// sector: "region/code", with its parts and its unit beside it.
static leie_status sector_axis(leie_dataset *ds, const leie_table *t, leie_error *err)
{
    leie_var *unit = NULL;
    leie_status st = leie_dataset_axis(ds, "sector", "sector", &t->sector, err);
    if (!st)
        st = leie_dataset_var(&unit, ds, "sector_unit", LEIE_VAR_TEXT, "sector", NULL, "unit of what the sector sells", err);
    const char *before = NULL; // a table has few units, and neighbours share them
    char spelling[128];
    for (leie_size i = 0; !st && i < t->sector.n; i++) {
        const char *said = leie_measure_sector(t, i);
        if (!before || strcmp(said, before) != 0)
            st = leie_unit_spelling(spelling, sizeof spelling, said, err);
        before = said;
        if (!st)
            st = leie_var_set_text(unit, i, spelling, err);
    }
    return st;
}

// Stressor k of a year into the union. Units in the spelling of the file: a year taken over has no other.
static leie_status join_stressor(leie_labels *all, const leie_labels *s, leie_size k, int year, leie_error *err)
{
    char unit[128];
    leie_size at = leie_labels_find(all, s->code[k]);
    leie_status st = leie_unit_spelling(unit, sizeof unit, s->unit[k], err);
    if (!st && at >= 0 && strcmp(all->unit[at], unit) != 0)
        st = leie_fail(err, LEIE_ERR_UNIT, "stressor '%s' is in %s in %d and in %s in an earlier year", s->code[k], unit,
                       year, all->unit[at]);
    if (st || at >= 0)
        return st;
    at = leie_labels_add(all, s->code[k], s->name[k], unit, s->kind[k], err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

leie_status leie_result_stressors(leie_labels *all, leie_size years, const leie_year *year, const leie_dataset *old,
                                  leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size y = 0; !st && y < years; y++) {
        if (year[y].reused) {
            st = leie_reuse_stressors(all, old, year[y].old_year, err);
            continue;
        }
        const leie_labels *s = &year[y].table.stressor;
        for (leie_size k = 0; !st && k < s->n; k++)
            st = join_stressor(all, s, k, year[y].year, err);
    }
    return st;
}

static leie_status stressor_axis(leie_dataset *ds, const leie_labels *stressor, leie_error *err)
{
    if (stressor->n == 0)
        return LEIE_OK;
    leie_status st = axis_from_labels(ds, "stressor", stressor, "stressor: pressure or material group", err);
    leie_var *unit = NULL;
    if (!st)
        st = leie_dataset_var(&unit, ds, "stressor_unit", LEIE_VAR_TEXT, "stressor", NULL, "unit of the stressor", err);
    for (leie_size k = 0; !st && k < stressor->n; k++) {
        char text[128];
        st = leie_unit_spelling(text, sizeof text, stressor->unit[k], err);
        if (!st)
            st = leie_var_set_text(unit, k, text, err);
    }
    if (!st)
        st = leie_dataset_texts(ds, "stressor_kind", "stressor", stressor->n, stressor->kind,
                           "kind of the stressor; only rows of kind material add up to a raw material total", err);
    return st;
}

leie_status leie_result_regions(leie_labels *all, const leie_account_regions *q, const leie_flow_accounts *flows,
                                leie_error *err)
{
    const leie_labels *list[] = {&q->label, &flows->q.label};
    leie_status st = LEIE_OK;
    for (int l = 0; l < 2; l++)
        for (leie_size i = 0; !st && i < list[l]->n; i++) {
            leie_size at = leie_labels_find(all, list[l]->code[i]);
            if (at < 0)
                at = leie_labels_add(all, list[l]->code[i], list[l]->name[i], NULL, list[l]->kind[i], err);
            st = at < 0 ? (leie_status)at : LEIE_OK;
        }
    return st;
}

leie_status leie_result_common_axes(leie_dataset *ds, leie_size years, const leie_year *year, const leie_labels *region,
                                    const leie_scenarios *set, leie_error *err)
{
    leie_status st = leie_result_scenario_axis(ds, set, err);
    leie_var *v = NULL;
    leie_size at = st ? -1 : leie_dataset_dim(ds, "year", years, err);
    if (!st && at < 0)
        st = (leie_status)at;
    if (!st)
        st = leie_dataset_var(&v, ds, "year", LEIE_VAR_INT, "year", "1", "calendar year", err);
    for (leie_size y = 0; !st && y < years; y++)
        v->integer[y] = year[y].year;
    if (!st)
        st = axis_from_labels(ds, "region", region, "region whose account it is", err);
    if (!st)
        st = leie_dataset_texts(ds, "region_kind", "region", region->n, region->kind,
                           "region: of the table; group: a set of regions, never to be added to its members", err);
    return st;
}

leie_status leie_result_table_axes(leie_dataset *ds, const leie_year *sample, const leie_labels *stressor, const leie_labels *product,
                                   leie_error *err)
{
    const leie_labels *region = &sample->table.sector.region;
    leie_status st = stressor_axis(ds, stressor, err);
    if (!st)
        st = sector_axis(ds, &sample->table, err);
    if (!st)
        st = axis_from_labels(ds, "product", product, "product bought, by code whoever sold it", err);
    if (!st)
        st = axis_from_labels(ds, "category", &sample->accounts.category, "final-demand category", err);
    if (!st)
        st = leie_dataset_texts(ds, "category_kind", "category", sample->accounts.category.n, sample->accounts.category.kind,
                           "kind of final demand", err);
    static const char *const by_region[][2] = {{"origin", "region of extraction or emission"},
                                               {"supplier", "region that sold the final product"},
                                               {"exporter", "selling region"},
                                               {"importer", "buying region"}};
    for (size_t i = 0; !st && i < sizeof by_region / sizeof by_region[0]; i++)
        st = axis_from_labels(ds, by_region[i][0], region, by_region[i][1], err);
    return st;
}
