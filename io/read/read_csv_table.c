// SPDX-License-Identifier: GPL-3.0-or-later
/* Leie's CSV table folder. Each file is read once, but for what fixes an order: without sectors.csv the
 * labels of Z.csv are collected first, and the columns of Y from Y.csv and every F_Y_<name>.csv. */
#include <stdio.h>
#include <string.h>

#include "io/read/axis_builder.h"
#include "io/read/folder.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/records.h"
#include "io/read/rows.h"
#include "kernels/memory.h"

typedef struct reading {
    leie_table *t;
    const leie_study_tables *spec;
    leie_place folder;
    leie_labels extension;     // names of F_<name>.csv and F_Y_<name>.csv, sorted
    leie_labels category;      // code, name, kind: in order of categories.csv, else of appearance
    bool categories_given;     // by categories.csv
    double *x;                 // [n] as given; NULL
    leie_axis_builder found;   // labels collected by the file that is being read
    const char *region_column; // of final-demand columns in that file
    leie_rows rows;            // cells of that file
} reading;

// ---- sectors ----

static const char *const Z_columns[] = {"region", "sector", "to_region", "to_sector", "value", NULL};

static leie_status take_region(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "region");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    return st ? st : leie_lookup_add_label(&r->found.region, csv, c, code, name, NULL, NULL, err);
}

static leie_status add_pair(const leie_csv *csv, const char *region_column, const char *code_column,
                            leie_axis_builder *b, bool *fresh, leie_error *err)
{
    char region[LEIE_LABEL_SIZE], code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, region_column), region, sizeof region, err);
    if (!st)
        st = leie_csv_label(csv, leie_csv_column(csv, code_column), code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    return st ? st : leie_axis_builder_add(b, region, code, name, unit, fresh, err);
}

static leie_status take_sector(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    bool fresh = false;
    leie_status st = add_pair(csv, "region", "sector", &r->found, &fresh, err);
    if (!st && !fresh)
        st = leie_csv_fail(csv, leie_csv_column(csv, "sector"), LEIE_ERR_DATA, err, "this sector was listed before");
    return st;
}

static leie_status take_Z_labels(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_status st = add_pair(csv, "region", "sector", &r->found, NULL, err);
    return st ? st : add_pair(csv, "to_region", "to_sector", &r->found, NULL, err);
}

static leie_status read_sectors(reading *r, leie_error *err)
{
    static const char *const region[] = {"region", NULL}, *const region_more[] = {"name", "iso", "nuts", "group", NULL};
    static const char *const sector[] = {"region", "sector", NULL}, *const sector_more[] = {"name", "list", "unit",
                                                                                            NULL};
    static const leie_record_file regions = {region, region_more, "regions", take_region},
                                  sectors = {sector, sector_more, "sectors", take_sector},
                                  Z = {Z_columns, NULL, NULL, take_Z_labels};
    leie_status st = leie_folder_read(&r->folder, "regions.csv", false, &regions, r, &r->t->provenance, err);
    if (!st)
        st = leie_folder_read(&r->folder, "sectors.csv", false, &sectors, r, &r->t->provenance, err);
    if (!st && r->found.pair.n == 0)
        st = leie_folder_read(&r->folder, "Z.csv", true, &Z, r, &r->t->provenance, err);
    if (!st)
        st = leie_axis_builder_finish(&r->t->sector, &r->found, err);
    if (!st && r->t->sector.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: neither sectors.csv nor Z.csv names a sector", r->folder.real);
    leie_axis_builder_clear(&r->found);
    return st;
}

// ---- final-demand columns ----

static const char *const Y_columns[] = {"region", "sector", "to_region", "category", "value", NULL};
static const char *const F_Y_columns[] = {"stressor", "region", "category", "value", NULL};
static const char *const F_Y_more[] = {"unit", NULL};

static leie_status take_category(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_demand_kind kind;
    leie_size c = leie_csv_column(csv, "category");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_lookup_kind(&kind, csv, leie_csv_column(csv, "kind"), err);
    if (!st)
        st = leie_lookup_add_label(&r->category, csv, c, code, name, NULL, leie_demand_name(kind), err);
    r->categories_given = true;
    return st;
}

// A category that no categories.csv explains: the study's list does, or it is the name of a kind.
static leie_status add_category(reading *r, const leie_csv *csv, leie_size c, const char *code, leie_error *err)
{
    const leie_labels *list = &r->spec->demand;
    leie_size at = leie_labels_find(list, code);
    if (at < 0 && r->categories_given)
        return leie_lookup_fail(csv, c, "category", code, leie_labels_nearest(&r->category, code), err);
    const char *kind = at >= 0 && list->kind[at][0] ? list->kind[at] : code;
    if (leie_demand_find(kind) < 0)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                             "category '%s' has no kind: write categories.csv with the columns category,name,kind",
                             code);
    return leie_lookup_add_label(&r->category, csv, c, code, at >= 0 ? list->name[at] : NULL, NULL, kind, err);
}

static leie_status take_column(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size region, c = leie_csv_column(csv, "category");
    char code[LEIE_LABEL_SIZE];
    leie_status st =
        leie_lookup_label(&region, csv, leie_csv_column(csv, r->region_column), &r->t->sector.region, "region", err);
    if (!st)
        st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st && leie_labels_find(&r->category, code) < 0)
        st = add_category(r, csv, c, code, err);
    return st ? st : leie_axis_builder_add(&r->found, r->t->sector.region.code[region], code, NULL, NULL, NULL, err);
}

// Columns in order of the table's regions and of the categories; only those that some file fills.
static leie_status order_columns(reading *r, leie_error *err)
{
    const leie_labels *region = &r->t->sector.region, *category = &r->category;
    for (leie_size i = 0; i < region->n; i++)
        for (leie_size c = 0; c < category->n; c++) {
            if (!leie_axis_builder_has(&r->found, region->code[i], category->code[c]))
                continue;
            leie_size at = leie_axis_add(&r->t->demand, region->code[i], category->code[c], category->name[c], NULL,
                                         (leie_demand_kind)leie_demand_find(category->kind[c]), err);
            if (at < 0)
                return (leie_status)at;
        }
    return LEIE_OK;
}

static leie_status read_columns(reading *r, leie_error *err)
{
    static const char *const category[] = {"category", "kind", NULL}, *const category_more[] = {"name", NULL};
    static const leie_record_file categories = {category, category_more, "categories", take_category},
                                  Y = {Y_columns, NULL, NULL, take_column},
                                  F_Y = {F_Y_columns, F_Y_more, NULL, take_column};
    char file[LEIE_LABEL_SIZE];
    leie_status st = leie_folder_read(&r->folder, "categories.csv", false, &categories, r, &r->t->provenance, err);
    r->region_column = "to_region";
    if (!st)
        st = leie_folder_read(&r->folder, "Y.csv", true, &Y, r, &r->t->provenance, err);
    r->region_column = "region";
    for (leie_size i = 0; !st && i < r->extension.n; i++) {
        st = leie_folder_extension(file, sizeof file, "F_Y_", r->extension.code[i], err);
        if (!st)
            st = leie_folder_read(&r->folder, file, false, &F_Y, r, &r->t->provenance, err);
    }
    if (!st)
        st = order_columns(r, err);
    leie_axis_builder_clear(&r->found);
    return st;
}

// ---- values ----

static leie_status take_Z(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size row, col;
    leie_status st = leie_lookup_item(&row, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"),
                                      &r->t->sector, "sector", err);
    if (!st)
        st = leie_lookup_item(&col, csv, leie_csv_column(csv, "to_region"), leie_csv_column(csv, "to_sector"),
                              &r->t->sector, "sector", err);
    return st ? st : leie_rows_take(&r->rows, row, col, csv, leie_csv_column(csv, "value"), 1, err);
}

static leie_status take_Y(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size row, col;
    leie_status st = leie_lookup_item(&row, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"),
                                      &r->t->sector, "sector", err);
    if (!st)
        st = leie_lookup_item(&col, csv, leie_csv_column(csv, "to_region"), leie_csv_column(csv, "category"),
                              &r->t->demand, "category", err);
    return st ? st : leie_rows_take(&r->rows, row, col, csv, leie_csv_column(csv, "value"), 1, err);
}

static leie_status take_x(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size at;
    leie_status st = leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"),
                                      &r->t->sector, "sector", err);
    return st ? st : leie_rows_take(&r->rows, 0, at, csv, leie_csv_column(csv, "value"), 1, err);
}

static leie_status take_W(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char input[LEIE_LABEL_SIZE];
    leie_size at, c = leie_csv_column(csv, "input");
    leie_status st = leie_csv_label(csv, c, input, sizeof input, err);
    if (!st && leie_labels_find(&r->t->input, input) < 0)
        st = leie_lookup_add_label(&r->t->input, csv, c, input, NULL, NULL, NULL, err);
    if (!st)
        st = leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"), &r->t->sector,
                              "sector", err);
    return st ? st
              : leie_rows_take(&r->rows, leie_labels_find(&r->t->input, input), at, csv, leie_csv_column(csv, "value"),
                               1, err);
}

/* Reads a file of cells into r->rows, to be freed by the caller. */
static leie_status read_cells(reading *r, const char *name, bool needed, leie_size cols, const leie_record_file *file,
                              leie_error *err)
{
    r->rows = (leie_rows){.cols = cols};
    return leie_folder_read(&r->folder, name, needed, file, r, &r->t->provenance, err);
}

static leie_status read_Z(reading *r, leie_error *err)
{
    static const leie_record_file file = {Z_columns, NULL, "Z", take_Z};
    leie_size n = r->t->sector.n;
    leie_status st = read_cells(r, "Z.csv", true, n, &file, err);
    if (!st)
        st = leie_matrix_from_cells(&r->t->Z, n, n, &r->rows.cells, NULL, err);
    leie_rows_free(&r->rows);
    return st;
}

// Reads a file of cells into a dense array of rows, which is allocated when there are any.
static leie_status read_dense(double **to, reading *r, const char *name, bool needed, leie_size cols,
                              const leie_record_file *file, const leie_size *rows, leie_error *err)
{
    leie_status st = read_cells(r, name, needed, cols, file, err);
    if (!st && (needed || r->rows.cells.n > 0))
        st = leie_read_array(to, *rows * cols, file->role, err);
    if (!st && *to)
        leie_rows_fill(*to, &r->rows);
    leie_rows_free(&r->rows);
    return st;
}

static leie_status read_values(reading *r, leie_error *err)
{
    static const char *const x_columns[] = {"region", "sector", "value", NULL};
    static const char *const W_columns[] = {"input", "region", "sector", "value", NULL};
    static const leie_record_file Y = {Y_columns, NULL, "Y", take_Y}, W = {W_columns, NULL, "W", take_W},
                                  x = {x_columns, NULL, "x", take_x};
    leie_table *t = r->t;
    const leie_size one = 1;
    leie_status st = read_Z(r, err);
    if (!st)
        st = read_dense(&t->Y, r, "Y.csv", true, t->demand.n, &Y, &t->sector.n, err);
    if (!st)
        st = read_dense(&t->W, r, "W.csv", false, t->sector.n, &W, &t->input.n, err);
    return st ? st : read_dense(&r->x, r, "x.csv", false, t->sector.n, &x, &one, err);
}

// ---- the folder ----

/* Whether the folder holds supply and use with shares of trade. */
static leie_status is_factored(bool *factored, const leie_place *folder, leie_error *err)
{
    leie_place supply = {0}, trade = {0};
    leie_status st = leie_folder_file(&supply, folder, "supply.csv", err);
    if (!st)
        st = leie_folder_file(&trade, folder, "trade.csv", err);
    *factored = !st && supply.real && trade.real;
    leie_place_clear(&supply);
    leie_place_clear(&trade);
    return st;
}

leie_status leie_read_csv_table(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    *t = (leie_table){0};
    reading r = {.t = t, .spec = spec};
    leie_x_choice x_from = LEIE_X_ROW;
    leie_status st = leie_place_of(&r.folder, &spec->path, year, err);
    if (!st && !r.folder.real)
        st = leie_fail(err, LEIE_ERR_DATA, "a CSV table needs its folder in 'path'");
    bool factored = false;
    if (!st)
        st = is_factored(&factored, &r.folder, err);
    if (!st && factored) {
        st = leie_read_factored_table(t, spec, &r.folder, year, err);
        leie_place_clear(&r.folder);
        return st;
    }
    if (!st)
        st = leie_folder_extensions(&r.extension, &r.folder, err);
    if (!st)
        st = leie_folder_about(t, &x_from, &r.folder, spec, year, err);
    if (!st)
        st = read_sectors(&r, err);
    if (!st)
        st = read_columns(&r, err);
    if (!st)
        st = read_values(&r, err);
    if (!st)
        st = leie_table_set_x(t, x_from, r.x, err);
    if (!st)
        st = leie_folder_read_extensions(t, &r.folder, &r.extension, err);
    if (st)
        leie_table_clear(t);
    leie_free(r.x);
    leie_labels_clear(&r.extension);
    leie_labels_clear(&r.category);
    leie_place_clear(&r.folder);
    return st;
}
