// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_flows.h"
#include "io/read/records.h"

typedef struct unit_file {
    leie_unit_value_list *list;
    const leie_materials *m;
    char wanted[64]; // "t/MEUR"
} unit_file;

static leie_status read_direction(bool *exports, const leie_csv *csv, leie_error *err)
{
    char text[16];
    leie_size c = leie_csv_column(csv, "direction");
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    *exports = strcmp(text, "exp") == 0;
    if (!st && !*exports && strcmp(text, "imp") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "direction is imp or exp, found '%s'", text);
    return st;
}

static leie_status read_material(leie_index *at, const leie_materials *m, const leie_csv *csv, leie_error *err)
{
    char code[64] = "";
    leie_size c = leie_csv_column(csv, "material");
    leie_status st = c < 0 ? LEIE_OK : leie_csv_string(csv, c, code, sizeof code, err);
    *at = (leie_index)(code[0] ? leie_labels_find(&m->label, code) : LEIE_MATERIAL_TOTAL);
    if (!st && *at < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is no material of the list", code);
    return st;
}

static leie_status take_value(void *ctx, const leie_csv *csv, leie_error *err)
{
    unit_file *d = ctx;
    char unit[64];
    leie_unit_value item = {.line = csv->line};
    leie_size year = 0, c = leie_csv_column(csv, "unit"), y = leie_csv_column(csv, "year");
    double factor;
    leie_error why = {0};
    leie_status st = read_direction(&item.exports, csv, err);
    st = st ? st : leie_lookup_take(&item.region, &d->list->region, csv, "region", err);
    st = st ? st : leie_lookup_take(&item.product, &d->list->product, csv, "product", err);
    if (!st && item.product < 0)
        st = leie_csv_fail(csv, leie_csv_column(csv, "product"), LEIE_ERR_DATA, err, "a unit value needs a product");
    st = st ? st : read_material(&item.material, d->m, csv, err);
    if (!st && csv->field[y].size)
        st = leie_csv_integer(csv, y, &year, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &item.value, err);
    st = st ? st : leie_csv_string(csv, c, unit, sizeof unit, err);
    if (!st && leie_unit_factor(&factor, unit, d->wanted, &why) != LEIE_OK)
        st = leie_csv_fail(csv, c, LEIE_ERR_UNIT, err, "expected tonnes per money (%s): %s", d->wanted, why.text);
    if (st)
        return st;
    if (item.value < 0)
        return leie_csv_fail(csv, leie_csv_column(csv, "value"), LEIE_ERR_DATA, err, "a unit value of %g %s", item.value, unit);
    item.year = (int)year;
    item.value *= factor;
    return leie_unit_value_add(d->list, &item, err);
}

leie_status leie_read_unit_values(leie_unit_value_list *list, const leie_path *path, const leie_materials *m,
                                  const char *money, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"direction", "region", "product", "year", "value", "unit", NULL};
    static const char *const optional[] = {"material", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "unit values", take_value};
    unit_file d = {.list = list, .m = m};
    leie_place place;
    leie_error why = {0};
    snprintf(d.wanted, sizeof d.wanted, "t/%s", money ? money : "");
    leie_status st = leie_place_of(&place, path, 0, err);
    if (!st)
        st = leie_records_read(&place, &file, &d, p, err);
    leie_place_clear(&place);
    if (!st && (st = leie_unit_value_list_close(list, &why)) != LEIE_OK)
        leie_fail(err, st, "%s: %s", path->shown ? path->shown : path->real, why.text);
    if (st)
        leie_unit_value_list_clear(list);
    return st;
}
