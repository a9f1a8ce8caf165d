// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/wide.h"

#include "io/read/lookup.h"
#include "kernels/memory.h"

// Key of the current record: its code, else its label; "" when it has neither.
static leie_status row_key(char key[LEIE_LABEL_SIZE], char label[LEIE_LABEL_SIZE], const leie_wide *wide,
                           const leie_csv *csv, leie_error *err)
{
    leie_status st = leie_csv_string(csv, wide->label_fields > 1 ? 1 : -1, label, LEIE_LABEL_SIZE, err);
    if (!st)
        st = leie_csv_string(csv, 0, key, LEIE_LABEL_SIZE, err);
    if (!st && !key[0])
        st = leie_csv_string(csv, wide->label_fields > 1 ? 1 : -1, key, LEIE_LABEL_SIZE, err);
    return st;
}

static leie_status read_column_codes(leie_wide *wide, const leie_csv *csv, leie_error *err)
{
    while (wide->label_fields < csv->columns && csv->header[wide->label_fields].size == 0)
        wide->label_fields++;
    if (wide->label_fields == 0)
        wide->label_fields = 1; // the corner may hold a text
    wide->field = leie_new(csv->columns, sizeof *wide->field);
    if (!wide->field)
        return leie_fail_memory(err, "columns", csv->columns, sizeof *wide->field);
    for (leie_size c = wide->label_fields; c < csv->columns; c++) {
        char code[LEIE_LABEL_SIZE];
        if (csv->header[c].size == 0) {
            wide->unnamed_cols++;
            continue;
        }
        leie_status st = leie_csv_header(csv, c, code, sizeof code, err);
        if (!st)
            st = leie_lookup_add_label(&wide->col, csv, -1, code, NULL, NULL, NULL, err);
        if (st)
            return st;
        wide->field[wide->col.n - 1] = c;
    }
    return LEIE_OK;
}

// A header row names the columns; the first one that does counts.
static leie_status take_names(leie_wide *wide, const leie_csv *csv, leie_error *err)
{
    wide->header_rows++;
    for (leie_size j = 0; j < wide->col.n; j++) {
        char name[LEIE_LABEL_SIZE];
        leie_status st = leie_csv_string(csv, wide->field[j], name, sizeof name, err);
        if (st)
            return st;
        if (!name[0] || wide->col.name[j][0])
            continue;
        char *copy = leie_strdup(name);
        if (!copy)
            return leie_fail_memory(err, "names", 1, sizeof name);
        leie_free(wide->col.name[j]);
        wide->col.name[j] = copy;
    }
    return LEIE_OK;
}

static leie_status take_row(leie_wide *wide, const leie_csv *csv, const char *key, const char *label, leie_error *err)
{
    if (csv->field[0].size > 0 || leie_labels_find(&wide->row, key) < 0)
        return leie_lookup_add_label(&wide->row, csv, -1, key, label, NULL, NULL, err);
    if (leie_labels_find(&wide->doubled, key) >= 0)
        return LEIE_OK;
    return leie_lookup_add_label(&wide->doubled, csv, -1, key, NULL, NULL, NULL, err);
}

leie_status leie_wide_open(leie_wide *wide, const leie_path *path, int year, leie_error *err)
{
    leie_csv csv = {0};
    bool more = false;
    *wide = (leie_wide){0};
    leie_status st = leie_place_of(&wide->place, path, year, err);
    if (!st && !wide->place.real)
        st = leie_fail(err, LEIE_ERR_DATA, "a matrix table needs its file in 'Z'");
    if (!st)
        st = leie_csv_open_wide(&csv, wide->place.real, err);
    if (!st)
        st = read_column_codes(wide, &csv, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more) {
        char key[LEIE_LABEL_SIZE], label[LEIE_LABEL_SIZE];
        st = row_key(key, label, wide, &csv, err);
        if (!st && wide->row.n == 0 && csv.field[0].size == 0)
            st = take_names(wide, &csv, err);
        else if (!st && key[0])
            st = take_row(wide, &csv, key, label, err);
    }
    leie_csv_close(&csv);
    if (st)
        leie_wide_clear(wide);
    return st;
}

static leie_status take_values(double *value, const leie_wide *wide, const leie_csv *csv, const leie_size *cols,
                               leie_size n, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < n; j++) {
        leie_size c = wide->field[cols[j]];
        if (csv->field[c].size > 0)
            st = leie_csv_number(csv, c, &value[j], err);
    }
    return st;
}

leie_status leie_wide_values(const leie_wide *wide, const leie_size *take_row, const leie_size *cols, leie_size n,
                             double *value, leie_provenance *p, const char *role, leie_error *err)
{
    leie_csv csv = {0};
    bool more = false;
    leie_size record = 0;
    leie_status st = leie_csv_open_wide(&csv, wide->place.real, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more) {
        char key[LEIE_LABEL_SIZE], label[LEIE_LABEL_SIZE];
        if (record++ < wide->header_rows)
            continue;
        st = row_key(key, label, wide, &csv, err);
        leie_size at = st || !key[0] ? -1 : leie_labels_find(&wide->row, key);
        if (at >= 0 && take_row[at] >= 0)
            st = take_values(value + take_row[at] * n, wide, &csv, cols, n, err);
    }
    if (!st)
        st = leie_place_source(&wide->place, &csv, p, role, err);
    leie_csv_close(&csv);
    return st;
}

leie_status leie_wide_find(leie_size *at, const leie_wide *wide, bool row, const char *code, leie_error *err)
{
    const leie_labels *labels = row ? &wide->row : &wide->col;
    *at = leie_labels_find(labels, code);
    if (row && leie_labels_find(&wide->doubled, code) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: several rows are called '%s'", wide->place.real, code);
    if (*at >= 0)
        return LEIE_OK;
    const char *nearest = leie_labels_nearest(labels, code), *what = row ? "row" : "column";
    if (nearest)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no %s with the code '%s'; '%s' is near", wide->place.real, what, code,
                         nearest);
    return leie_fail(err, LEIE_ERR_DATA, "%s: no %s with the code '%s'", wide->place.real, what, code);
}

void leie_wide_clear(leie_wide *wide)
{
    leie_place_clear(&wide->place);
    leie_labels_clear(&wide->row);
    leie_labels_clear(&wide->doubled);
    leie_labels_clear(&wide->col);
    leie_free(wide->field);
    *wide = (leie_wide){0};
}
