// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_split.h"

#include <math.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/unit.h"

typedef struct filling {
    double *to;
    const leie_labels *region, *stressor;
    const leie_axis *axis;
    const leie_sut *s;
    leie_known_cell *cell;
    leie_size n, room;
    leie_code_values *list;
} filling;

static leie_status read_file(filling *f, const leie_path *path, int year, const leie_record_file *file,
                             leie_provenance *p, leie_error *err)
{
    leie_place place = {0};
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st)
        st = leie_records_read(&place, file, f, p, err);
    leie_place_clear(&place);
    return st;
}

// A place that no row has filled yet.
static leie_status fill_once(double *at, double value, const leie_csv *csv, leie_error *err)
{
    if (!isnan(*at))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "this figure was given before");
    *at = value;
    return LEIE_OK;
}

static void fill_nan(double *a, leie_size count)
{
    for (leie_size i = 0; i < count; i++)
        a[i] = NAN;
}

// ---- distances ----

static leie_status take_distance(void *ctx, const leie_csv *csv, leie_error *err)
{
    filling *f = ctx;
    leie_size s, r, c = leie_csv_column(csv, "value");
    double value;
    leie_status st = leie_lookup_label(&s, csv, leie_csv_column(csv, "region"), f->region, "region", err);
    st = st ? st : leie_lookup_label(&r, csv, leie_csv_column(csv, "to_region"), f->region, "region", err);
    st = st ? st : leie_csv_number(csv, c, &value, err);
    if (!st && !(value > 0))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a distance of %g: expected above 0", value);
    return st ? st : fill_once(&f->to[s * f->region->n + r], value, csv, err);
}

leie_status leie_read_distances(double *distance, const leie_path *path, const leie_labels *region, leie_provenance *p,
                                leie_error *err)
{
    static const char *const required[] = {"region", "to_region", "value", NULL}, *const more[] = {"unit", "source", NULL};
    static const leie_record_file file = {required, more, "distances", take_distance};
    filling f = {.to = distance, .region = region};
    leie_size N = region->n;
    fill_nan(distance, N * N);
    leie_status st = read_file(&f, path, 0, &file, p, err);
    for (leie_size s = 0; !st && s < N; s++)
        for (leie_size r = 0; !st && r < N; r++) {
            double *d = &distance[s * N + r], back = distance[r * N + s];
            if (isnan(*d))
                *d = s == r ? 1 : back;
            if (isnan(*d))
                st = leie_fail(err, LEIE_ERR_DATA, "%s: no distance from '%s' to '%s'", path->real, region->code[s],
                               region->code[r]);
        }
    return st;
}

// ---- trade between regions ----

static leie_status take_flow(void *ctx, const leie_csv *csv, leie_error *err)
{
    static const char *const use[] = {"intermediate", "consumption", "capital", "all", NULL};
    filling *f = ctx;
    leie_size s, r, N = f->region->n, p = f->axis->n, c = leie_csv_column(csv, "use");
    char code[LEIE_LABEL_SIZE], word[LEIE_LABEL_SIZE], near[LEIE_LABEL_SIZE];
    double value;
    int class = 0;
    leie_status st = leie_lookup_label(&s, csv, leie_csv_column(csv, "region"), f->region, "region", err);
    st = st ? st : leie_lookup_label(&r, csv, leie_csv_column(csv, "to_region"), f->region, "region", err);
    st = st ? st : leie_csv_label(csv, leie_csv_column(csv, "product"), code, sizeof code, err);
    st = st ? st : leie_csv_label(csv, c, word, sizeof word, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    if (st)
        return st;
    leie_size i = leie_axis_find_in(f->axis, 0, code);
    if (i < 0)
        return leie_lookup_fail(csv, leie_csv_column(csv, "product"), "product", code,
                                leie_lookup_nearest(near, f->axis, 0, code), err);
    while (use[class] && strcmp(use[class], word) != 0)
        class++;
    if (!use[class])
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "use '%s': expected intermediate, consumption, capital or all", word);
    for (int g = class == 3 ? 0 : class; !st && g < (class == 3 ? 3 : class + 1); g++)
        st = fill_once(&f->to[((g * N + s) * N + r) * p + i], value, csv, err);
    return st;
}

leie_status leie_read_trade(double *flow, const leie_path *path, const leie_labels *region, const leie_axis *product,
                            leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"region", "product", "to_region", "use", "value", NULL}, *const more[] = {"source", NULL};
    static const leie_record_file file = {required, more, "trade between regions", take_flow};
    filling f = {.to = flow, .region = region, .axis = product};
    fill_nan(flow, 3 * region->n * region->n * product->n);
    return read_file(&f, path, 0, &file, p, err);
}

// ---- known cells ----

static leie_status find_code(leie_size *at, const leie_csv *csv, const char *column, const leie_axis *axis,
                             const char *what, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], near[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st)
        return st;
    *at = leie_axis_find_in(axis, 0, code);
    return *at >= 0 ? LEIE_OK : leie_lookup_fail(csv, c, what, code, leie_lookup_nearest(near, axis, 0, code), err);
}

static leie_status known_row(leie_size *row, filling *f, const leie_csv *csv, leie_split_part part, leie_error *err)
{
    leie_size region = 0, code;
    if (part == LEIE_PART_INPUTS)
        return leie_lookup_label(row, csv, leie_csv_column(csv, "code"), &f->s->account.input, "input", err);
    leie_status st = leie_lookup_label(&region, csv, leie_csv_column(csv, "region"), f->region, "region", err);
    st = st ? st : find_code(&code, csv, "code", &f->s->product, "product", err);
    if (!st)
        *row = region * f->s->product.n + code;
    return st;
}

static leie_status keep_cell(filling *f, const leie_known_cell *cell, const leie_csv *csv, leie_error *err)
{
    for (leie_size i = 0; i < f->n; i++)
        if (f->cell[i].part == cell->part && f->cell[i].row == cell->row && f->cell[i].col == cell->col)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "this cell is on line %lld already", (long long)f->cell[i].line);
    leie_status st = leie_grow(&f->cell, &f->room, f->n, sizeof *f->cell, "known cells", err);
    if (st)
        return st;
    f->cell[f->n++] = *cell;
    return LEIE_OK;
}

static leie_status take_known(void *ctx, const leie_csv *csv, leie_error *err)
{
    filling *f = ctx;
    char word[LEIE_LABEL_SIZE];
    leie_size region, code, own, c = leie_csv_column(csv, "part");
    leie_known_cell cell = {.line = csv->line};
    leie_status st = leie_csv_label(csv, c, word, sizeof word, err);
    int part = st ? -1 : leie_part_find(word);
    if (!st && part < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                           "part '%s': expected supply, use, final, import_use, import_final or inputs", word);
    if (st)
        return st;
    cell.part = (leie_split_part)part;
    bool final = cell.part == LEIE_PART_FINAL || cell.part == LEIE_PART_IMPORT_FINAL;
    const leie_axis *to = final ? &f->s->account.demand : &f->s->account.sector;
    st = known_row(&cell.row, f, csv, cell.part, err);
    st = st ? st : leie_lookup_label(&region, csv, leie_csv_column(csv, "to_region"), f->region, "region", err);
    st = st ? st : find_code(&code, csv, "to", to, final ? "category" : "industry", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &cell.value, err);
    if (st)
        return st;
    cell.col = region * to->n + code;
    own = cell.part == LEIE_PART_INPUTS ? region : cell.row / f->s->product.n;
    bool across = cell.part == LEIE_PART_USE || (cell.part == LEIE_PART_FINAL && to->kind[code] != LEIE_DEMAND_EXPORT);
    if (!across && own != region)
        return leie_csv_fail(csv, leie_csv_column(csv, "to_region"), LEIE_ERR_DATA, err,
                             "'%s' of a region is its own: region and to_region are '%s' and '%s'", word,
                             f->region->code[own], f->region->code[region]);
    return keep_cell(f, &cell, csv, err);
}

leie_status leie_read_known(leie_known_cell **cell, leie_size *n, const leie_path *path, const leie_labels *region,
                            const leie_sut *s, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"part", "region", "code", "to_region", "to", "value", NULL}, *const more[] = {"source", NULL};
    static const leie_record_file file = {required, more, "known cells", take_known};
    filling f = {.region = region, .s = s};
    leie_status st = read_file(&f, path, 0, &file, p, err);
    if (st)
        f.cell = leie_free(f.cell);
    *cell = f.cell;
    *n = st ? 0 : f.n;
    return st;
}

// ---- figures by code ----

static leie_status take_code(void *ctx, const leie_csv *csv, leie_error *err)
{
    filling *f = ctx;
    char code[LEIE_LABEL_SIZE], to[LEIE_LABEL_SIZE] = "", source[LEIE_LABEL_SIZE * 4];
    leie_error why = {0};
    double value;
    leie_size t = leie_csv_column(csv, "to");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "product"), code, sizeof code, err);
    if (!st && t >= 0)
        st = leie_csv_label(csv, t, to, sizeof to, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "source"), source, sizeof source, err);
    if (st)
        return st;
    st = leie_code_values_add(f->list, code, to, value, source, csv->line, &why);
    return st ? leie_csv_fail(csv, -1, st, err, "%s", why.text) : LEIE_OK;
}

leie_status leie_read_code_values(leie_code_values *list, const leie_path *path, bool to, const char *role,
                                  leie_provenance *p, leie_error *err)
{
    static const char *const plain[] = {"product", "value", NULL}, *const pair[] = {"product", "to", "value", NULL},
                             *const more[] = {"unit", "source", NULL};
    const leie_record_file file = {to ? pair : plain, more, role, take_code};
    filling f = {.list = list};
    list->path = leie_strdup(path->shown ? path->shown : "");
    if (!list->path)
        return leie_fail_memory(err, "path", 1, 1);
    leie_status st = read_file(&f, path, 0, &file, p, err);
    if (st)
        leie_code_values_clear(list);
    return st;
}

// ---- outputs and pressures ----

static leie_status take_output(void *ctx, const leie_csv *csv, leie_error *err)
{
    filling *f = ctx;
    leie_size at;
    double value;
    leie_status st = leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"), f->axis, "sector", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    return st ? st : fill_once(&f->to[at], value, csv, err);
}

leie_status leie_read_outputs(double *x, const leie_path *path, int year, const leie_axis *sector, leie_provenance *p,
                              leie_error *err)
{
    static const char *const required[] = {"region", "sector", "value", NULL}, *const more[] = {"unit", "source", NULL};
    static const leie_record_file file = {required, more, "outputs", take_output};
    filling f = {.to = x, .axis = sector};
    fill_nan(x, sector->n);
    return read_file(&f, path, year, &file, p, err);
}

static leie_status take_pressure(void *ctx, const leie_csv *csv, leie_error *err)
{
    filling *f = ctx;
    leie_size s, at, c = leie_csv_column(csv, "unit");
    char unit[LEIE_LABEL_SIZE];
    leie_error why = {0};
    double value, factor;
    leie_status st = leie_lookup_label(&s, csv, leie_csv_column(csv, "stressor"), f->stressor, "stressor", err);
    st = st ? st : leie_lookup_item(&at, csv, leie_csv_column(csv, "region"), leie_csv_column(csv, "sector"), f->axis, "sector", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    st = st ? st : leie_csv_label(csv, c, unit, sizeof unit, err);
    if (st)
        return st;
    st = leie_unit_factor(&factor, unit, f->stressor->unit[s], &why);
    if (st)
        return leie_csv_fail(csv, c, st, err, "%s", why.text);
    if (!(value >= 0))
        return leie_csv_fail(csv, leie_csv_column(csv, "value"), LEIE_ERR_DATA, err, "a known pressure of %g: expected 0 or more",
                             value);
    return fill_once(&f->to[s * f->axis->n + at], value * factor, csv, err);
}

leie_status leie_read_pressures(double *known, const leie_path *path, int year, const leie_labels *stressor,
                                const leie_axis *sector, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"stressor", "region", "sector", "value", "unit", NULL}, *const more[] = {"source", NULL};
    static const leie_record_file file = {required, more, "known pressures", take_pressure};
    filling f = {.to = known, .axis = sector, .stressor = stressor};
    fill_nan(known, stressor->n * sector->n);
    return read_file(&f, path, year, &file, p, err);
}
