// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "io/read/read_balance_impl.h"
#include "kernels/memory.h"

enum { USE, SUPPLY, IMPORTS, TABLES };
static const char *const table_name[TABLES] = {"use", "supply", "imports"};

typedef struct reading {
    leie_sut_input *in;
    leie_cells cells[TABLES];
    bool imports; // their total was given
} reading;

static leie_status take_table(int *table, const leie_csv *csv, leie_error *err)
{
    char name[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "table");
    leie_status st = leie_csv_label(csv, c, name, sizeof name, err);
    for (*table = 0; !st && *table < TABLES; ++*table)
        if (strcmp(name, table_name[*table]) == 0)
            return LEIE_OK;
    return st ? st : leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%.60s': expected use, supply or imports", name);
}

static leie_status take_cell(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    int table;
    leie_index i = 0, j = 0;
    double value = 0;
    leie_status st = take_table(&table, csv, err);
    if (st)
        return st;
    leie_labels *cols = table == SUPPLY ? &r->in->industry : &r->in->user;
    st = leie_balance_label(&i, &r->in->product, csv, leie_csv_column(csv, "row"), err);
    st = st ? st : leie_balance_label(&j, cols, csv, leie_csv_column(csv, "col"), err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    return st ? st : leie_cells_add(&r->cells[table], i, j, value, err);
}

static leie_status take_total(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_sut_input *in = r->in;
    int table;
    leie_size at = 0, c = leie_csv_column(csv, "label");
    double *total = &in->totals.imports, value = 0;
    leie_status st = take_table(&table, csv, err);
    if (st)
        return st;
    if (table != IMPORTS) {
        st = leie_lookup_label(&at, csv, c, table == USE ? &in->user : &in->industry,
                               table == USE ? "user" : "industry", err);
        if (st)
            return st;
        total = (table == USE ? in->user_total : in->output) + at;
    }
    if (table == IMPORTS && in->imports.nnz == 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a total of imports, and none in the prior");
    if (!st && !isnan(*total))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "this total was given before");
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    *total = st ? *total : value;
    return st;
}

static leie_status build(reading *r, const char *path, leie_error *err)
{
    leie_sut_input *in = r->in;
    leie_status st = leie_balance_csr(&in->use, &in->product, &in->user, &r->cells[USE], path, err);
    st = st ? st : leie_balance_csr(&in->supply, &in->product, &in->industry, &r->cells[SUPPLY], path, err);
    st = st ? st : leie_balance_csr(&in->imports, &in->product, &in->user, &r->cells[IMPORTS], path, err);
    if (st)
        return st;
    in->user_total = leie_balance_free_totals(in->user.n);
    in->output = leie_balance_free_totals(in->industry.n);
    in->prior = (leie_sut_prior){&in->use, in->imports.nnz ? &in->imports : NULL, &in->supply};
    in->totals = (leie_sut_totals){.user = in->user_total,
                                   .output = in->output,
                                   .imports = NAN,
                                   .product_name = in->product.code,
                                   .user_name = in->user.code,
                                   .industry_name = in->industry.code};
    return in->user_total && in->output ? LEIE_OK
                                        : leie_fail_memory(err, "totals", in->user.n + in->industry.n, sizeof(double));
}

leie_status leie_read_sut_prior(leie_sut_input *in, const char *prior, const char *totals, leie_error *err)
{
    static const char *const cell_columns[] = {"table", "row", "col", "value", NULL};
    static const char *const total_columns[] = {"table", "label", "value", NULL};
    static const leie_record_file cell_file = {cell_columns, NULL, NULL, take_cell};
    static const leie_record_file total_file = {total_columns, NULL, NULL, take_total};
    reading r = {.in = in};
    leie_status st = leie_balance_records(prior, &cell_file, &r, err);
    st = st ? st : build(&r, prior, err);
    st = st ? st : leie_balance_records(totals, &total_file, &r, err);
    for (int table = 0; table < TABLES; table++)
        leie_cells_free(&r.cells[table]);
    if (st)
        leie_sut_input_clear(in);
    return st;
}

void leie_sut_input_clear(leie_sut_input *in)
{
    leie_labels_clear(&in->product);
    leie_labels_clear(&in->user);
    leie_labels_clear(&in->industry);
    leie_csr_free(&in->use);
    leie_csr_free(&in->imports);
    leie_csr_free(&in->supply);
    leie_free(in->user_total);
    leie_free(in->output);
    *in = (leie_sut_input){0};
}
