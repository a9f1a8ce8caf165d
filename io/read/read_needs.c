// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_needs.h"

#include <math.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"

static leie_status read_file(const leie_path *path, const leie_record_file *file, void *ctx, leie_provenance *p,
                             leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, 0, err);
    if (!st)
        st = leie_records_read(&place, file, ctx, p, err);
    leie_place_clear(&place);
    return st;
}

static leie_status text_of(char text[LEIE_LABEL_SIZE], const leie_csv *csv, const char *column, leie_error *err)
{
    text[0] = 0;
    leie_size c = leie_csv_column(csv, column);
    return c < 0 ? LEIE_OK : leie_csv_string(csv, c, text, LEIE_LABEL_SIZE, err);
}

// A share between 0 and 1, 1 where the column is not there or empty.
static leie_status read_weight(double *weight, const leie_csv *csv, leie_error *err)
{
    leie_size c = leie_csv_column(csv, "weight");
    *weight = 1;
    leie_status st = c < 0 || csv->field[c].size == 0 ? LEIE_OK : leie_csv_number(csv, c, weight, err);
    if (!st && !(*weight > 0 && *weight <= 1))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "weight should lie above 0 and not above 1, found %g", *weight);
    return st;
}

static leie_status take_need(void *ctx, const leie_csv *csv, leie_error *err)
{
    char product[LEIE_LABEL_SIZE], category[LEIE_LABEL_SIZE], need[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], name_nl[LEIE_LABEL_SIZE];
    double weight;
    leie_size c = leie_csv_column(csv, "need");
    leie_status st = text_of(product, csv, "product", err);
    st = st ? st : text_of(category, csv, "category", err);
    st = st ? st : leie_csv_label(csv, c, need, sizeof need, err);
    st = st ? st : text_of(name, csv, "name", err);
    st = st ? st : text_of(name_nl, csv, "name_nl", err);
    st = st ? st : read_weight(&weight, csv, err);
    if (!st && (strcmp(need, "unassigned") == 0 || strcmp(need, "TOTAL") == 0))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is made by the program and cannot be a need", need);
    return st ? st : leie_need_add(ctx, product, category, need, name, name_nl, weight, csv->line, err);
}

leie_status leie_read_needs(leie_need_list *list, const leie_study_needs *spec, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"product", "category", "need", NULL};
    static const char *const optional[] = {"weight", "name", "name_nl", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "needs", take_need};
    *list = (leie_need_list){.overlapping = spec->overlapping, .name = leie_strdup(spec->name),
                             .path = leie_strdup(spec->path.shown)};
    leie_status st = list->name && list->path ? LEIE_OK : leie_fail_memory(err, "needs", 1, 1);
    st = st ? st : read_file(&spec->path, &file, list, p, err);
    if (!st && list->n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no needs", spec->path.shown);
    if (st)
        leie_need_list_clear(list);
    return st;
}

static leie_status take_margin(void *ctx, const leie_csv *csv, leie_error *err)
{
    char product[LEIE_LABEL_SIZE], margin[LEIE_LABEL_SIZE], category[LEIE_LABEL_SIZE];
    double rate;
    leie_size c = leie_csv_column(csv, "rate");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "product"), product, sizeof product, err);
    st = st ? st : leie_csv_label(csv, leie_csv_column(csv, "margin"), margin, sizeof margin, err);
    st = st ? st : text_of(category, csv, "category", err);
    st = st ? st : leie_csv_number(csv, c, &rate, err);
    if (!st && !(rate >= 0 && isfinite(rate)))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "rate should not be negative, found %g", rate);
    return st ? st : leie_trade_margin_add(ctx, product, margin, category, rate, csv->line, err);
}

leie_status leie_read_margins(leie_trade_margins *m, const leie_path *path, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"product", "margin", "rate", NULL};
    static const char *const optional[] = {"category", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "margins", take_margin};
    leie_status st = read_file(path, &file, m, p, err);
    if (st)
        leie_trade_margins_clear(m);
    return st;
}
