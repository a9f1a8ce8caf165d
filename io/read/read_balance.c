// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_balance.h"

#include <math.h>
#include <string.h>

#include "io/read/read_balance_impl.h"
#include "kernels/memory.h"

leie_status leie_balance_label(leie_index *at, leie_labels *labels, const leie_csv *csv, leie_size c, leie_error *err)
{
    char label[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_label(csv, c, label, sizeof label, err);
    if (st)
        return st;
    leie_size found = leie_labels_find(labels, label);
    *at = (leie_index)(found >= 0 ? found : labels->n);
    return found >= 0 ? LEIE_OK : leie_lookup_add_label(labels, csv, c, label, NULL, NULL, NULL, err);
}

leie_status leie_balance_optional(double *value, bool *given, const leie_csv *csv, leie_size c, leie_error *err)
{
    *given = c >= 0 && csv->field[c].size > 0;
    return *given ? leie_csv_number(csv, c, value, err) : LEIE_OK;
}

double *leie_balance_free_totals(leie_size n)
{
    double *total = leie_new(n, sizeof *total);
    for (leie_size i = 0; total && i < n; i++)
        total[i] = NAN;
    return total;
}

leie_status leie_balance_csr(leie_csr *a, const leie_labels *row, const leie_labels *col, leie_cells *cells,
                             const char *path, leie_error *err)
{
    leie_matrix m = {0}, sparse = {0};
    leie_size twice[2];
    leie_error why = {0};
    leie_status st = leie_matrix_from_cells(&m, row->n, col->n, cells, twice, &why);
    if (st == LEIE_ERR_DATA)
        return leie_fail(err, st, "%s: row '%s', column '%s' is given twice", path, row->code[twice[0]],
                         col->code[twice[1]]);
    if (st)
        return leie_fail(err, st, "%s: %s", path, why.text);
    if (m.form == LEIE_SPARSE) {
        *a = m.csr;
        return LEIE_OK;
    }
    st = leie_matrix_copy(&sparse, &m, LEIE_SPARSE, err);
    leie_matrix_free(&m);
    *a = sparse.csr;
    return st;
}

leie_status leie_balance_records(const char *path, const leie_record_file *file, void *ctx, leie_error *err)
{
    const leie_place place = {.real = leie_strdup(path)};
    if (!place.real)
        return leie_fail_memory(err, "a path", (leie_size)strlen(path) + 1, 1);
    leie_status st = leie_records_read(&place, file, ctx, NULL, err);
    leie_free(place.real);
    return st;
}

/* ---- the prior ---- */

static bool is_long(const leie_csv *csv)
{
    return csv->columns == 3 && leie_csv_column(csv, "row") >= 0 && leie_csv_column(csv, "col") >= 0 &&
           leie_csv_column(csv, "value") >= 0;
}

static leie_status take_long(leie_balance_input *in, leie_cells *cells, const leie_csv *csv, leie_error *err)
{
    leie_index i = 0, j = 0;
    double value = 0;
    leie_status st = leie_balance_label(&i, &in->row, csv, leie_csv_column(csv, "row"), err);
    st = st ? st : leie_balance_label(&j, &in->col, csv, leie_csv_column(csv, "col"), err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    return st ? st : leie_cells_add(cells, i, j, value, err);
}

static leie_status take_wide(leie_balance_input *in, leie_cells *cells, const leie_csv *csv, leie_error *err)
{
    char label[LEIE_LABEL_SIZE];
    leie_size i = in->row.n;
    leie_status st = leie_csv_label(csv, 0, label, sizeof label, err);
    st = st ? st : leie_lookup_add_label(&in->row, csv, 0, label, NULL, NULL, NULL, err);
    for (leie_size c = 1; !st && c < csv->columns; c++) {
        double value;
        st = leie_csv_number(csv, c, &value, err);
        if (!st && value != 0)
            st = leie_cells_add(cells, i, c - 1, value, err);
    }
    return st;
}

static leie_status take_header(leie_balance_input *in, const leie_csv *csv, leie_error *err)
{
    char label[LEIE_LABEL_SIZE];
    leie_status st = LEIE_OK;
    for (leie_size c = 1; !st && c < csv->columns; c++) {
        st = leie_csv_header(csv, c, label, sizeof label, err);
        st = st ? st : leie_lookup_add_label(&in->col, csv, c, label, NULL, NULL, NULL, err);
    }
    return st;
}

static leie_status read_prior(leie_balance_input *in, const char *path, leie_error *err)
{
    leie_csv csv = {0};
    leie_cells cells = {0};
    bool more = false;
    leie_status st = leie_csv_open_wide(&csv, path, err);
    bool narrow = !st && is_long(&csv);
    if (!st && !narrow)
        st = take_header(in, &csv, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more)
        st = narrow ? take_long(in, &cells, &csv, err) : take_wide(in, &cells, &csv, err);
    if (!st)
        st = leie_balance_csr(&in->prior, &in->row, &in->col, &cells, path, err);
    leie_cells_free(&cells);
    leie_csv_close(&csv);
    return st;
}

/* ---- totals ---- */

typedef struct totals {
    const leie_labels *label;
    const char *what;
    double *total, *sd;
} totals;

static leie_status take_total(void *ctx, const leie_csv *csv, leie_error *err)
{
    totals *t = ctx;
    leie_size at = 0, c = leie_csv_column(csv, "value"), d = leie_csv_column(csv, "sd");
    bool given;
    leie_status st = leie_lookup_label(&at, csv, leie_csv_column(csv, "label"), t->label, t->what, err);
    if (!st && !isnan(t->total[at]))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the total of '%s' was given before", t->label->code[at]);
    st = st ? st : leie_csv_number(csv, c, &t->total[at], err);
    st = st ? st : leie_balance_optional(&t->sd[at], &given, csv, d, err);
    if (!st && t->sd[at] < 0)
        st = leie_csv_fail(csv, d, LEIE_ERR_DATA, err, "a negative standard error: %g", t->sd[at]);
    return st;
}

static leie_status read_totals(double **total, double **sd, const leie_labels *label, const char *what,
                               const char *path, leie_error *err)
{
    static const char *const required[] = {"label", "value", NULL}, *const optional[] = {"sd", NULL};
    static const leie_record_file file = {required, optional, NULL, take_total};
    if (!path)
        return LEIE_OK;
    *total = leie_balance_free_totals(label->n);
    *sd = leie_new(label->n, sizeof **sd);
    leie_status st = *total && *sd ? LEIE_OK : leie_fail_memory(err, "totals", label->n, 2 * sizeof **sd);
    totals t = {label, what, *total, *sd};
    return st ? st : leie_balance_records(path, &file, &t, err);
}

leie_status leie_read_balance(leie_balance_input *in, const leie_balance_files *files, leie_error *err)
{
    leie_status st = read_prior(in, files->prior, err);
    st = st ? st : read_totals(&in->row_total, &in->row_sd, &in->row, "row", files->row_totals, err);
    st = st ? st : read_totals(&in->col_total, &in->col_sd, &in->col, "column", files->col_totals, err);
    st = st ? st : leie_read_balance_cells(in, files, err);
    in->margins = (leie_margins){.row = in->row_total,
                                 .col = in->col_total,
                                 .row_sd = in->row_sd,
                                 .col_sd = in->col_sd,
                                 .block = &in->block,
                                 .fixed = in->fixed,
                                 .row_name = in->row.code,
                                 .col_name = in->col.code};
    if (st)
        leie_balance_input_clear(in);
    return st;
}

void leie_balance_input_clear(leie_balance_input *in)
{
    leie_labels_clear(&in->row);
    leie_labels_clear(&in->col);
    leie_csr_free(&in->prior);
    leie_free(in->row_total);
    leie_free(in->col_total);
    leie_free(in->row_sd);
    leie_free(in->col_sd);
    leie_blocks_clear(&in->block);
    leie_free(in->fixed);
    leie_free(in->lower);
    leie_free(in->upper);
    leie_free(in->variance);
    *in = (leie_balance_input){0};
}
