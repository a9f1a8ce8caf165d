// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "io/read/lookup.h"
#include "io/read/read_table.h"
#include "io/read/records.h"
#include "kernels/memory.h"

typedef struct capital_file {
    const leie_table *t;
    leie_cells cells;    // of K
    double *consumption; // [n], NaN where nothing was given yet
} capital_file;

static leie_status take_cell(void *ctx, const leie_csv *csv, leie_error *err)
{
    capital_file *d = ctx;
    leie_size row, col;
    double value;
    leie_status st = leie_lookup_item(&row, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"),
                                      &d->t->sector, "sector", err);
    if (!st)
        st = leie_lookup_item(&col, csv, leie_csv_column(csv, "to_region"), leie_csv_column(csv, "to_sector"), &d->t->sector,
                              "sector", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    return st ? st : leie_cells_add(&d->cells, row, col, value, err);
}

static leie_status take_consumption(void *ctx, const leie_csv *csv, leie_error *err)
{
    capital_file *d = ctx;
    leie_size at;
    double value;
    leie_status st = leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"),
                                      &d->t->sector, "sector", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    if (!st && !isnan(d->consumption[at]))
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "consumption of this sector is given twice");
    if (!st)
        d->consumption[at] = value;
    return st;
}

static leie_status read_file(capital_file *d, const leie_path *path, const leie_record_file *file, leie_table *t,
                             leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, t->year, err);
    if (!st)
        st = leie_records_read(&place, file, d, &t->provenance, err);
    leie_place_clear(&place);
    return st;
}

// The row of primary inputs that the study names.
static leie_status find_input(leie_size *at, double *consumption, const leie_study_capital *spec, const leie_table *t,
                              leie_error *err)
{
    *at = leie_labels_find(&t->input, spec->input);
    if (*at < 0) {
        const char *nearest = leie_labels_nearest(&t->input, spec->input);
        return leie_fail(err, LEIE_ERR_DATA, "the table has no primary input '%s'%s%s%s", spec->input,
                         nearest ? "; nearest: '" : "", nearest ? nearest : "", nearest ? "'" : "");
    }
    for (leie_size j = 0; j < t->sector.n; j++)
        consumption[j] = t->W[*at * t->sector.n + j];
    return LEIE_OK;
}

leie_status leie_read_capital(leie_table *t, const leie_study_capital *spec, leie_error *err)
{
    static const char *const cell[] = {"region", "sector", "to_region", "to_sector", "value", NULL};
    static const char *const item[] = {"region", "sector", "value", NULL};
    static const leie_record_file matrix = {cell, NULL, "capital", take_cell}, list = {item, NULL, "capital", take_consumption};
    capital_file d = {.t = t, .consumption = leie_new(t->sector.n, sizeof *d.consumption)};
    leie_size input = -1;
    if (!d.consumption)
        return leie_fail_memory(err, "capital", t->sector.n, sizeof *d.consumption);
    leie_status st = LEIE_OK;
    if (spec->matrix.real) {
        st = read_file(&d, &spec->matrix, &matrix, t, err);
    } else if (spec->consumption.real) {
        for (leie_size j = 0; j < t->sector.n; j++)
            d.consumption[j] = NAN;
        st = read_file(&d, &spec->consumption, &list, t, err);
        for (leie_size j = 0; j < t->sector.n; j++)
            if (isnan(d.consumption[j]))
                d.consumption[j] = 0;
    } else {
        st = find_input(&input, d.consumption, spec, t, err);
    }
    if (!st)
        st = leie_table_capital(t, spec->matrix.real ? NULL : d.consumption, &d.cells, input, err);
    leie_cells_free(&d.cells);
    leie_free(d.consumption);
    return st;
}
