// SPDX-License-Identifier: GPL-3.0-or-later
/* A national table as one wide matrix, and its imports as another. Sectors are the codes that are both a
 * row and a column before the demand columns; their order is that of the rows. */
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/records.h"
#include "io/read/rows.h"
#include "io/read/wide.h"
#include "kernels/memory.h"
#include "kernels/sum.h"

enum { LIST_SIZE = 600 }; // bytes of a list of dropped labels in a note

// ---- which rows and columns ----

// Rows of sectors first (n), then inputs (v), then the given output; columns of sectors (n), then demand (m).
typedef struct selection {
    leie_size *take_row; // [rows of the file] position in the block of values, -1 for none
    leie_size *col;      // [columns taken]
    leie_size rows, cols;
    double *value; // [rows, cols]
} selection;

static void selection_clear(selection *s)
{
    leie_free(s->take_row);
    leie_free(s->col);
    leie_free(s->value);
    *s = (selection){0};
}

static leie_status selection_new(selection *s, const leie_wide *wide, leie_size rows, leie_size cols, leie_error *err)
{
    *s = (selection){.take_row = leie_new(wide->row.n, sizeof *s->take_row), .col = leie_new(cols, sizeof *s->col)};
    leie_status st = leie_read_array(&s->value, rows * cols, "a matrix file", err);
    if (!st && (!s->take_row || !s->col))
        st = leie_fail_memory(err, "a selection of rows", wide->row.n + cols, sizeof *s->col);
    for (leie_size i = 0; !st && i < wide->row.n; i++)
        s->take_row[i] = -1;
    return st;
}

static leie_status take_row(selection *s, const leie_wide *wide, const char *code, leie_error *err)
{
    leie_size at;
    leie_status st = leie_wide_find(&at, wide, true, code, err);
    if (!st && s->take_row[at] >= 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: row '%s' is asked for twice", wide->place.real, code);
    if (!st)
        s->take_row[at] = s->rows++;
    return st;
}

static leie_status take_col(selection *s, const leie_wide *wide, const char *code, leie_error *err)
{
    leie_status st = leie_wide_find(&s->col[s->cols], wide, false, code, err);
    if (!st)
        s->cols++;
    return st;
}

/* The rows and columns of the table's sectors and demand, and then of a list of further rows. */
static leie_status select_cells(selection *s, const leie_wide *wide, const leie_axis *sector, const leie_axis *demand,
                                const leie_labels *inputs, const char *output_row, leie_error *err)
{
    leie_size more = (inputs ? inputs->n : 0) + (output_row ? 1 : 0);
    leie_status st = selection_new(s, wide, sector->n + more, sector->n + demand->n, err);
    for (leie_size i = 0; !st && i < sector->n; i++) {
        st = take_row(s, wide, sector->code[i], err);
        if (!st)
            st = take_col(s, wide, sector->code[i], err);
    }
    for (leie_size j = 0; !st && j < demand->n; j++)
        st = take_col(s, wide, demand->code[j], err);
    for (leie_size i = 0; !st && inputs && i < inputs->n; i++)
        st = take_row(s, wide, inputs->code[i], err);
    if (!st && output_row)
        st = take_row(s, wide, output_row, err);
    return st;
}

// ---- labels ----

static leie_status find_sectors(leie_axis *sector, const leie_wide *wide, const leie_study_tables *spec,
                                leie_error *err)
{
    for (leie_size i = 0; i < wide->row.n; i++) {
        const char *code = wide->row.code[i];
        leie_size c = leie_labels_find(&wide->col, code);
        if (c < 0 || leie_labels_find(&spec->demand, code) >= 0)
            continue;
        const char *name = wide->row.name[i][0] ? wide->row.name[i] : wide->col.name[c];
        leie_size at = leie_axis_add(sector, spec->region, code, name, NULL, LEIE_DEMAND_HOUSEHOLD, err);
        if (at < 0)
            return (leie_status)at;
    }
    if (sector->n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no code is both a row and a column, so there are no sectors",
                         wide->place.real);
    return LEIE_OK;
}

static leie_status find_demand(leie_axis *demand, const leie_wide *wide, const leie_study_tables *spec, leie_error *err)
{
    if (spec->demand.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: a matrix table needs 'demand', the codes of its final-demand columns",
                         wide->place.real);
    for (leie_size j = 0; j < spec->demand.n; j++) {
        leie_size c;
        leie_status st = leie_wide_find(&c, wide, false, spec->demand.code[j], err);
        if (st)
            return st;
        int kind = leie_demand_find(spec->demand.kind[j]);
        if (kind < 0)
            return leie_fail(err, LEIE_ERR_DATA, "demand category '%s' has no kind", spec->demand.code[j]);
        const char *name = spec->demand.name[j][0] ? spec->demand.name[j] : wide->col.name[c];
        leie_size at =
            leie_axis_add(demand, spec->region, spec->demand.code[j], name, NULL, (leie_demand_kind)kind, err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

static leie_status find_inputs(leie_labels *input, const leie_wide *wide, const leie_study_tables *spec,
                               leie_error *err)
{
    for (leie_size i = 0; i < spec->inputs.n; i++) {
        leie_size at;
        leie_status st = leie_wide_find(&at, wide, true, spec->inputs.code[i], err);
        if (st)
            return st;
        const char *name = spec->inputs.name[i][0] ? spec->inputs.name[i] : wide->row.name[at];
        at = leie_labels_add(input, spec->inputs.code[i], name, NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

// ---- what is left out ----

static void list_label(char list[LIST_SIZE], const char *what, const char *code)
{
    size_t length = strlen(list);
    snprintf(list + length, LIST_SIZE - length, "%s%s '%.60s'", length ? ", " : "", what, code);
}

static leie_status note_dropped(leie_table *t, const leie_wide *wide, const selection *s, leie_error *err)
{
    char list[LIST_SIZE] = "";
    leie_size dropped = wide->unnamed_cols;
    for (leie_size i = 0; i < wide->row.n; i++)
        if (s->take_row[i] < 0) {
            dropped++;
            list_label(list, "row", wide->row.code[i]);
        }
    for (leie_size c = 0; c < wide->col.n; c++) {
        bool taken = false;
        for (leie_size j = 0; j < s->cols; j++)
            taken |= s->col[j] == c;
        if (!taken) {
            dropped++;
            list_label(list, "column", wide->col.code[c]);
        }
    }
    if (!dropped)
        return LEIE_OK;
    return leie_provenance_note(
        &t->provenance, LEIE_NOTE_DROPPED, dropped, err,
        "%s: rows and columns that are no sector, demand, input or output: %lld columns without "
        "a code%s%s",
        wide->place.shown, (long long)wide->unnamed_cols, list[0] ? ", " : "", list);
}

// ---- the table ----

static leie_status dense_block(leie_matrix *m, const selection *s, leie_size n, leie_error *err)
{
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size j = 0; !st && j < n; j++)
            if (s->value[i * s->cols + j] != 0)
                st = leie_cells_add(&cells, i, j, s->value[i * s->cols + j], err);
    if (!st)
        st = leie_matrix_from_cells(m, n, n, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

static void copy_block(double *to, const selection *s, leie_size row, leie_size rows, leie_size col, leie_size cols)
{
    for (leie_size i = 0; i < rows; i++)
        memcpy(to + i * cols, s->value + (row + i) * s->cols + col, (size_t)cols * sizeof *to);
}

// An input that is received lowers what its sector pays: W[i] = -W[i].
static leie_status sign_input(leie_table *t, leie_size i, double sign, leie_error *err)
{
    leie_size n = t->sector.n;
    if (sign == 1)
        return LEIE_OK;
    for (leie_size j = 0; j < n; j++)
        if (t->W[i * n + j] != 0)
            t->W[i * n + j] *= sign;
    return leie_provenance_note(&t->provenance, LEIE_NOTE_DONE, n, err, "input '%s' is counted with the sign -1, %.9g %s in all",
                                t->input.code[i], leie_sum(t->W + i * n, n, 1), t->unit);
}

static leie_status fill_table(leie_table *t, const selection *s, const leie_study_tables *spec, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n, v = t->input.n;
    leie_status st = dense_block(&t->Z, s, n, err);
    if (!st)
        st = leie_read_array(&t->Y, n * m, "Y", err);
    if (!st)
        copy_block(t->Y, s, 0, n, n, m);
    if (!st && v > 0)
        st = leie_read_array(&t->W, v * n, "W", err);
    if (!st && v > 0)
        copy_block(t->W, s, n, v, 0, n);
    for (leie_size i = 0; !st && i < v; i++)
        st = sign_input(t, i, spec->input_sign ? spec->input_sign[i] : 1, err);
    const double *given = spec->output_row ? s->value + (n + v) * s->cols : NULL;
    return st ? st : leie_table_set_x(t, spec->x_choice, given, err);
}

leie_status leie_read_matrix(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    *t = (leie_table){0};
    leie_wide wide = {0};
    selection s = {0};
    leie_status st = leie_read_strings(t, spec, year, NULL, err);
    if (!st && !spec->region)
        st = leie_fail(err, LEIE_ERR_DATA, "a matrix table needs 'region', the code of its country");
    if (!st)
        st = leie_wide_open(&wide, &spec->Z, year, err);
    if (!st)
        st = find_sectors(&t->sector, &wide, spec, err);
    if (!st)
        st = find_demand(&t->demand, &wide, spec, err);
    if (!st)
        st = find_inputs(&t->input, &wide, spec, err);
    if (!st)
        st = select_cells(&s, &wide, &t->sector, &t->demand, &t->input, spec->output_row, err);
    if (!st)
        st = leie_wide_values(&wide, s.take_row, s.col, s.cols, s.value, &t->provenance, "matrix", err);
    if (!st)
        st = note_dropped(t, &wide, &s, err);
    if (!st)
        st = fill_table(t, &s, spec, err);
    if (st)
        leie_table_clear(t);
    selection_clear(&s);
    leie_wide_clear(&wide);
    return st;
}

// ---- imports ----

typedef struct multipliers {
    const leie_table *t;
    leie_rows rows;
    char from[64], to[128]; // last conversion
    double factor;
} multipliers;

static leie_status multiplier_factor(multipliers *m, leie_size s, const leie_csv *csv, leie_error *err)
{
    char from[sizeof m->from], to[sizeof m->to];
    leie_error why = {0};
    leie_size c = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, c, from, sizeof from, err);
    snprintf(to, sizeof to, "%s/%s", m->t->stressor.unit[s], m->t->unit);
    if (st || (strcmp(from, m->from) == 0 && strcmp(to, m->to) == 0))
        return st;
    m->factor = 1;
    if (strcmp(from, to) != 0)
        st = leie_unit_factor(&m->factor, from, to, &why);
    if (st)
        return leie_csv_fail(csv, c, st, err, "%s", why.text);
    memcpy(m->from, from, sizeof from);
    memcpy(m->to, to, sizeof to);
    return LEIE_OK;
}

static leie_status take_multiplier(void *ctx, const leie_csv *csv, leie_error *err)
{
    multipliers *m = ctx;
    char code[LEIE_LABEL_SIZE], near[LEIE_LABEL_SIZE];
    leie_size s, c = leie_csv_column(csv, "sector");
    leie_status st = leie_lookup_label(&s, csv, leie_csv_column(csv, "stressor"), &m->t->stressor, "stressor", err);
    if (!st)
        st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st)
        return st;
    leie_size at = leie_axis_find_in(&m->t->sector, 0, code);
    if (at < 0)
        return leie_lookup_fail(csv, c, "sector", code, leie_lookup_nearest(near, &m->t->sector, 0, code), err);
    st = multiplier_factor(m, s, csv, err);
    return st ? st : leie_rows_take(&m->rows, s, at, csv, leie_csv_column(csv, "value"), m->factor, err);
}

/* [k, n], zero where the file has none. */
static leie_status read_multipliers(double **value, leie_table *t, const leie_path *path, int year, leie_error *err)
{
    static const char *const required[] = {"stressor", "sector", "value", "unit", NULL};
    static const char *const optional[] = {"source", "note", NULL};
    static const leie_record_file file = {required, optional, "import multipliers", take_multiplier};
    multipliers m = {.t = t, .rows = {.cols = t->sector.n}};
    leie_place place;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st && !place.real)
        st = leie_fail(err, LEIE_ERR_DATA, "imports by given multipliers need the file 'multipliers'");
    if (!st)
        st = leie_records_read(&place, &file, &m, &t->provenance, err);
    if (!st)
        st = leie_read_array(value, t->stressor.n * t->sector.n, "import multipliers", err);
    if (!st)
        leie_rows_fill(*value, &m.rows);
    leie_rows_free(&m.rows);
    leie_place_clear(&place);
    return st;
}

leie_status leie_read_imports(leie_table *t, const leie_study_tables *spec, int year, leie_error *err)
{
    if (!spec->imports.real)
        return LEIE_OK;
    leie_wide wide = {0};
    selection s = {0};
    leie_matrix Zm = {0};
    double *Ym = NULL, *multiplier = NULL;
    leie_size n = t->sector.n, m = t->demand.n;
    leie_status st = leie_wide_open(&wide, &spec->imports, year, err);
    if (!st)
        st = select_cells(&s, &wide, &t->sector, &t->demand, NULL, NULL, err);
    if (!st)
        st = leie_wide_values(&wide, s.take_row, s.col, s.cols, s.value, &t->provenance, "imports", err);
    if (!st)
        st = dense_block(&Zm, &s, n, err);
    if (!st)
        st = leie_read_array(&Ym, n * m, "imports of final demand", err);
    if (!st)
        copy_block(Ym, &s, 0, n, n, m);
    if (!st && spec->import_method == LEIE_IMPORTS_MULTIPLIERS)
        st = read_multipliers(&multiplier, t, &spec->import_multipliers, year, err);
    if (!st)
        st = leie_table_close_imports(t, spec->import_region, spec->import_name, spec->import_method, &Zm, Ym,
                                      multiplier, err);
    leie_matrix_free(&Zm);
    leie_free(Ym);
    leie_free(multiplier);
    selection_clear(&s);
    leie_wide_clear(&wide);
    return st;
}
