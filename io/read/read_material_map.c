// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "io/read/lookup.h"
#include "io/read/read_flows.h"
#include "io/read/records.h"

typedef struct map_file {
    leie_material_map *map;
    const leie_materials *m;
} map_file;

// A positive number, 1 where the column is not there or empty.
static leie_status read_factor(double *value, const leie_csv *csv, const char *column, leie_error *err)
{
    leie_size c = leie_csv_column(csv, column);
    *value = 1;
    leie_status st = c < 0 || csv->field[c].size == 0 ? LEIE_OK : leie_csv_number(csv, c, value, err);
    if (!st && !(*value > 0 && isfinite(*value)))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s should be a positive number, found %g", column, *value);
    return st;
}

static leie_status take_link(void *ctx, const leie_csv *csv, leie_error *err)
{
    map_file *d = ctx;
    char stressor[LEIE_LABEL_SIZE], material[64];
    leie_material_link link = {.line = csv->line};
    leie_size c = leie_csv_column(csv, "material");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "stressor"), stressor, sizeof stressor, err);
    st = st ? st : leie_csv_label(csv, c, material, sizeof material, err);
    st = st ? st : read_factor(&link.factor, csv, "factor", err);
    st = st ? st : read_factor(&link.definition, csv, "definition", err);
    if (st)
        return st;
    leie_size at = leie_labels_find(&d->m->label, material);
    if (at < LEIE_MATERIAL_FIRST) {
        const char *nearest = leie_labels_nearest(&d->m->label, material);
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is no material of the list%s%s%s", material,
                             nearest ? "; nearest: '" : "", nearest ? nearest : "", nearest ? "'" : "");
    }
    link.material = (leie_index)at;
    return leie_material_map_add(d->map, stressor, &link, err);
}

leie_status leie_read_material_map(leie_material_map *map, const leie_path *path, const leie_materials *m,
                                   leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"stressor", "material", NULL};
    static const char *const optional[] = {"factor", "definition", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "materials of stressors", take_link};
    map_file d = {map, m};
    leie_place place;
    leie_status st = leie_place_of(&place, path, 0, err);
    if (!st)
        st = leie_records_read(&place, &file, &d, p, err);
    leie_place_clear(&place);
    if (st)
        leie_material_map_clear(map);
    return st;
}
