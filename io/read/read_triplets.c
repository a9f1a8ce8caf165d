// SPDX-License-Identifier: GPL-3.0-or-later
/* Triplets: labels by row number, and Z, Y, x as (row, column, value) with zeros left out. Z is read by all
 * threads when its lines are plain; else, and always for Y and x, records are read one by one, the files side by side. */
#include <stdio.h>

#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/records.h"
#include "io/read/rows.h"
#include "io/read/triplets.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

// One file of values.
typedef struct values_file {
    const char *role;
    leie_place place; // empty when the study does not give it
    leie_size rows;   // of the matrix
    leie_size cols;   // 1 for x, whose file has no column numbers
    bool done;        // read by all threads
    leie_rows cells;
    leie_csv csv; // open until its source is noted
} values_file;

// ---- labels ----

static leie_status check_number(const leie_csv *csv, const char *column, leie_size expected, leie_error *err)
{
    leie_size number, c = leie_csv_column(csv, column);
    leie_status st = leie_csv_integer(csv, c, &number, err);
    if (!st && number != expected)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "number %lld where %lld is expected (numbers count from 0)",
                           (long long)number, (long long)expected);
    return st;
}

// The first of two columns that the file has; LEIE_ERR_DATA when it has neither.
static leie_status either_column(leie_size *c, const leie_csv *csv, const char *one, const char *other, leie_error *err)
{
    *c = leie_csv_column(csv, one);
    if (*c < 0)
        *c = leie_csv_column(csv, other);
    return *c >= 0 ? LEIE_OK
                   : leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "column '%s' (or '%s') is missing", one, other);
}

static leie_status take_sector(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_axis *axis = ctx;
    char region[LEIE_LABEL_SIZE], code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE];
    leie_size r, c;
    leie_status st = check_number(csv, "row", axis->n, err);
    if (!st)
        st = either_column(&r, csv, "region", "country", err);
    if (!st)
        st = either_column(&c, csv, "sector", "industry", err);
    if (!st)
        st = leie_csv_label(csv, r, region, sizeof region, err);
    if (!st)
        st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    return st ? st : leie_lookup_add_item(axis, csv, region, code, name, unit, LEIE_DEMAND_HOUSEHOLD, err);
}

static leie_status take_column(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_axis *axis = ctx;
    char region[LEIE_LABEL_SIZE], code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_demand_kind kind;
    leie_status st = check_number(csv, "col", axis->n, err);
    if (!st)
        st = leie_csv_label(csv, leie_csv_column(csv, "region"), region, sizeof region, err);
    if (!st)
        st = leie_csv_label(csv, leie_csv_column(csv, "category"), code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_lookup_kind(&kind, csv, leie_csv_column(csv, "kind"), err);
    return st ? st : leie_lookup_add_item(axis, csv, region, code, name, NULL, kind, err);
}

static leie_status read_axis(leie_axis *axis, const leie_path *path, int year, const leie_record_file *file,
                             leie_provenance *p, leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st && !place.real)
        st = leie_fail(err, LEIE_ERR_DATA, "a table of triplets needs '%s'", file->role);
    if (!st)
        st = leie_records_read(&place, file, axis, p, err);
    if (!st && axis->n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no labels", place.real);
    leie_place_clear(&place);
    return st;
}

// The study's list of categories, once per region.
static leie_status repeat_demand(leie_axis *demand, const leie_axis *sector, const leie_labels *list, leie_error *err)
{
    if (list->n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "a table of triplets needs 'demand' or 'demand_labels': who buys in Y");
    for (leie_size r = 0; r < sector->region.n; r++)
        for (leie_size c = 0; c < list->n; c++) {
            int kind = leie_demand_find(list->kind[c][0] ? list->kind[c] : list->code[c]);
            if (kind < 0)
                return leie_fail(err, LEIE_ERR_DATA, "demand category '%s' has no kind", list->code[c]);
            leie_size at = leie_axis_add(demand, sector->region.code[r], list->code[c], list->name[c], NULL,
                                         (leie_demand_kind)kind, err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

// Buyers must live in regions of the table.
static leie_status check_regions(const leie_axis *demand, const leie_axis *sector, const char *path, leie_error *err)
{
    for (leie_size r = 0; r < demand->region.n; r++) {
        const char *code = demand->region.code[r];
        if (leie_labels_find(&sector->region, code) >= 0)
            continue;
        const char *nearest = leie_labels_nearest(&sector->region, code);
        return leie_fail(err, LEIE_ERR_DATA, "%s: region '%s' has no sectors in the table%s%s%s", path, code,
                         nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
    }
    return LEIE_OK;
}

static leie_status read_labels(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    static const char *const sector[] = {"row", NULL};
    static const char *const sector_more[] = {"region", "country", "sector", "industry", "name", "unit", NULL};
    static const char *const column[] = {"col", "region", "category", "kind", NULL};
    static const char *const column_more[] = {"name", NULL};
    static const leie_record_file sectors = {sector, sector_more, "labels", take_sector},
                                  columns = {column, column_more, "demand_labels", take_column};
    leie_status st = read_axis(&t->sector, &spec->labels, year, &sectors, &t->provenance, err);
    if (st)
        return st;
    if (!spec->demand_labels.real)
        return repeat_demand(&t->demand, &t->sector, &spec->demand, err);
    st = read_axis(&t->demand, &spec->demand_labels, year, &columns, &t->provenance, err);
    return st ? st : check_regions(&t->demand, &t->sector, spec->demand_labels.real, err);
}

// ---- values ----

static leie_status take_index(leie_size *index, const leie_csv *csv, leie_size c, leie_size n, leie_error *err)
{
    leie_status st = leie_csv_integer(csv, c, index, err);
    if (!st && (*index < 0 || *index >= n))
        st =
            leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%lld is outside 0 .. %lld", (long long)*index, (long long)n - 1);
    return st;
}

static leie_status open_values(values_file *f, leie_error *err)
{
    static const char *const matrix[] = {"row", "col", "value", NULL}, *const vector[] = {"row", NULL};
    static const char *const vector_more[] = {"value", "x", NULL};
    bool is_vector = f->cols == 1;
    return leie_csv_open(&f->csv, f->place.real, is_vector ? vector : matrix, is_vector ? vector_more : NULL, err);
}

/* Z by all threads, when its columns are row, col, value and its lines are plain. A repeated cell is left to
 * the reading record by record, which has its line. */
static leie_status scan_matrix(leie_matrix *Z, bool *done, values_file *f, leie_error *err)
{
    leie_cells cells = {0};
    const leie_csv *csv = &f->csv;
    *done = csv->columns == 3 && leie_csv_column(csv, "row") == 0 && leie_csv_column(csv, "col") == 1;
    if (!*done)
        return LEIE_OK;
    leie_status st = leie_triplets_scan(&cells, done, csv->text.data + csv->position, csv->text.size - csv->position,
                                        f->rows, f->cols, err);
    if (!st && *done) {
        leie_size twice[2] = {-1, -1};
        leie_error why = {0};
        st = leie_matrix_from_cells(Z, f->rows, f->cols, &cells, twice, &why);
        *done = !st;
        st = twice[0] >= 0 ? LEIE_OK : st ? leie_fail(err, st, "%s", why.text) : LEIE_OK;
    }
    leie_cells_free(&cells);
    return st;
}

static leie_status read_values(values_file *f, leie_error *err)
{
    bool more = false;
    leie_size row, col = 0, value;
    f->cells.cols = f->cols;
    leie_status st = f->csv.columns ? LEIE_OK : open_values(f, err);
    if (!st)
        st = either_column(&value, &f->csv, "value", "x", err);
    if (st)
        return st;
    leie_size row_column = leie_csv_column(&f->csv, "row"), col_column = leie_csv_column(&f->csv, "col");
    while (!(st = leie_csv_next(&f->csv, &more, err)) && more) {
        st = take_index(&row, &f->csv, row_column, f->rows, err);
        if (!st && col_column >= 0)
            st = take_index(&col, &f->csv, col_column, f->cols, err);
        if (!st)
            st = leie_rows_take(&f->cells, row, col, &f->csv, value, 1, err);
        if (st)
            return st;
    }
    return st;
}

static leie_status read_file(void *files, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    leie_status st = LEIE_OK;
    for (leie_size i = first; !st && i < last; i++) {
        values_file *f = (values_file *)files + i;
        if (f->place.real && !f->done)
            st = read_values(f, err);
    }
    return st;
}

static leie_status into_table(leie_table *t, const leie_study_tables *spec, values_file *Z, const values_file *Y,
                              const values_file *x, leie_error *err)
{
    double *given = NULL;
    leie_status st = LEIE_OK;
    if (!Z->done)
        st = leie_matrix_from_cells(&t->Z, t->sector.n, t->sector.n, &Z->cells.cells, NULL, err);
    if (!st)
        st = leie_read_array(&t->Y, t->sector.n * t->demand.n, "Y", err);
    if (!st)
        leie_rows_fill(t->Y, &Y->cells);
    if (!st && x->place.real)
        st = leie_read_array(&given, t->sector.n, "x", err);
    if (!st && given)
        leie_rows_fill(given, &x->cells);
    if (!st)
        st = leie_table_set_x(t, spec->x_choice, given, err);
    leie_free(given);
    return st;
}

leie_status leie_read_triplets(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    *t = (leie_table){0};
    values_file file[] = {{.role = "Z"}, {.role = "Y"}, {.role = "x"}};
    const leie_path *path[] = {&spec->Z, &spec->Y, &spec->x};
    enum { FILES = 3 };
    leie_status st = leie_read_strings(t, spec, year, NULL, err);
    if (!st)
        st = read_labels(t, spec, year, err);
    for (int i = 0; !st && i < FILES; i++) {
        file[i].rows = t->sector.n;
        file[i].cols = i == 0 ? t->sector.n : i == 1 ? t->demand.n : 1;
        st = leie_place_of(&file[i].place, path[i], year, err);
        if (!st && !file[i].place.real && i < 2)
            st = leie_fail(err, LEIE_ERR_DATA, "a table of triplets needs '%s'", file[i].role);
    }
    if (!st)
        st = open_values(&file[0], err);
    if (!st)
        st = scan_matrix(&t->Z, &file[0].done, &file[0], err);
    if (!st)
        st = leie_parallel_for(FILES, 1, read_file, file, err);
    for (int i = 0; !st && i < FILES; i++)
        if (file[i].place.real)
            st = leie_place_source(&file[i].place, &file[i].csv, &t->provenance, file[i].role, err);
    if (!st)
        st = into_table(t, spec, &file[0], &file[1], &file[2], err);
    for (int i = 0; i < FILES; i++) {
        leie_csv_close(&file[i].csv);
        leie_rows_free(&file[i].cells);
        leie_place_clear(&file[i].place);
    }
    if (st)
        leie_table_clear(t);
    return st;
}
