// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/waste_account.h"

#include "io/read/lookup.h"
#include "kernels/memory.h"
#include "kernels/number.h"
#include "solver/table/unit.h"

enum { LABEL_FIELDS = 2 }; // name and unit

// Two header rows: regions, which the CSV reader has taken, and the names of activities, the current record.
static leie_status read_header(leie_waste_account *a, const leie_csv *csv, leie_error *err)
{
    char region[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_status st = LEIE_OK;
    for (leie_size c = LABEL_FIELDS; c < csv->columns && !st; c++) {
        st = leie_csv_header(csv, c, region, sizeof region, err);
        st = st ? st : leie_csv_label(csv, c, name, sizeof name, err);
        st = st ? st : leie_lookup_add_item(&a->col, csv, region, name, NULL, NULL, LEIE_DEMAND_HOUSEHOLD, err);
    }
    return st;
}

static leie_status grow_rows(leie_waste_account *a, leie_size *room, leie_error *err)
{
    if (a->row.n < *room)
        return LEIE_OK;
    leie_size wanted = *room ? 2 * *room : 32;
    double *grown = leie_resize(a->value, *room * a->col.n, wanted * a->col.n, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "a waste account", wanted * a->col.n, sizeof *grown);
    a->value = grown;
    *room = wanted;
    return LEIE_OK;
}

static leie_status read_row(leie_waste_account *a, leie_size *room, const leie_csv *csv, const char *unit, leie_error *err)
{
    char name[LEIE_LABEL_SIZE], has[LEIE_LABEL_SIZE];
    double factor = 1;
    leie_error why = {0};
    leie_status st = grow_rows(a, room, err);
    st = st ? st : leie_csv_label(csv, 0, name, sizeof name, err);
    st = st ? st : leie_csv_string(csv, 1, has, sizeof has, err);
    bool other = !st && leie_unit_factor(&factor, has, unit, &why) != LEIE_OK; // matters when the row counts
    double *value = st ? NULL : a->value + a->row.n * a->col.n;
    for (leie_size j = 0; j < a->col.n && !st; j++) {
        const leie_slice *field = &csv->field[LABEL_FIELDS + j];
        leie_number_fault fault = leie_number_read_marked(&value[j], field->at, field->size, ',');
        if (fault && fault != LEIE_NUMBER_EMPTY)
            st = leie_csv_fail(csv, LABEL_FIELDS + j, LEIE_ERR_DATA, err, "%s", leie_number_why(fault));
        value[j] *= other ? 1 : factor;
    }
    return st ? st : leie_lookup_add_label(&a->row, csv, 0, name, NULL, has, other ? "other" : NULL, err);
}

leie_status leie_waste_account_read(leie_waste_account *a, const leie_place *place, const char *unit, const char *role,
                                    leie_provenance *p, leie_error *err)
{
    leie_csv csv = {.separator = '\t'};
    bool more = false;
    leie_size room = 0, record = 0;
    *a = (leie_waste_account){.path = leie_strdup(place->shown)};
    if (!a->path)
        return leie_fail_memory(err, "a path", 1, 256);
    leie_status st = leie_csv_open_wide(&csv, place->real, err);
    if (!st && csv.columns <= LABEL_FIELDS)
        st = leie_csv_fail(&csv, -1, LEIE_ERR_DATA, err,
                           "a tab-separated file with two columns of labels and then values was expected, found %lld columns",
                           (long long)csv.columns);
    for (; !st && !(st = leie_csv_next(&csv, &more, err)) && more; record++)
        st = record ? read_row(a, &room, &csv, unit, err) : read_header(a, &csv, err);
    if (!st && !a->row.n)
        st = leie_csv_fail(&csv, -1, LEIE_ERR_DATA, err, "no rows of values");
    st = st ? st : leie_place_source(place, &csv, p, role, err);
    leie_csv_close(&csv);
    if (st)
        leie_waste_account_clear(a);
    return st;
}

void leie_waste_account_clear(leie_waste_account *a)
{
    leie_free(a->path);
    leie_labels_clear(&a->row);
    leie_axis_clear(&a->col);
    leie_free(a->value);
    *a = (leie_waste_account){0};
}
