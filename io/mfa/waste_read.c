// SPDX-License-Identifier: GPL-3.0-or-later
/* The files of waste accounts. Waste types are the counted rows of waste_supply, regions come in its order. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "io/mfa/waste_residual.h"
#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

typedef struct reading {
    const leie_waste_study *study;
    leie_waste_data *d;
    bool listed[LEIE_WASTE_SIDES]; // an account with rows of its own in the file of rows
    bool *exact;                   // [R, W] a choice that names the region
    leie_size room;                // exports, yields or plants there is room for
} reading;

// ---- accounts ----

static leie_size rows_of(const leie_waste_data *d, int side)
{
    return d->account[side][0].row.n ? d->account[side][0].row.n : d->account[side][1].row.n;
}

static const leie_labels *labels_of(const leie_waste_data *d, int side)
{
    return d->account[side][0].row.n ? &d->account[side][0].row : &d->account[side][1].row;
}

// Activities and final demand of an account have the same rows.
static leie_status check_rows(const leie_waste_data *d, int side, leie_error *err)
{
    const leie_waste_account *a = &d->account[side][0], *f = &d->account[side][1];
    if (!a->row.n || !f->row.n)
        return LEIE_OK;
    for (leie_size i = 0; i < a->row.n || i < f->row.n; i++)
        if (i >= a->row.n || i >= f->row.n || strcmp(a->row.code[i], f->row.code[i]) != 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s and %s have different rows: '%s' and '%s' at row %lld", a->path, f->path,
                             i < a->row.n ? a->row.code[i] : "", i < f->row.n ? f->row.code[i] : "", (long long)i + 1);
    return LEIE_OK;
}

static leie_status read_accounts(reading *r, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int side = 0; side < LEIE_WASTE_SIDES && !st; side++) {
        for (int f = 0; f < 2 && !st; f++) {
            leie_place place;
            st = leie_place_of(&place, &r->study->account[side][f], r->study->year, err);
            if (!st && place.real)
                st = leie_waste_account_read(&r->d->account[side][f], &place, r->study->unit,
                                             leie_waste_side_name((leie_waste_side)side), &r->d->provenance, err);
            leie_place_clear(&place);
        }
        st = st ? st : check_rows(r->d, side, err);
        r->d->factor[side] = st ? NULL : leie_new(rows_of(r->d, side) + 1, sizeof(double));
        if (!st && !r->d->factor[side])
            st = leie_fail_memory(err, "rows of an account", rows_of(r->d, side), sizeof(double));
    }
    return st;
}

static leie_status read_file(reading *r, const leie_path *path, const leie_record_file *file, leie_error *err)
{
    return leie_records_read_given(path, r->study->year, file, r, &r->d->provenance, err);
}

// ---- rows ----

static leie_status take_row(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char name[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "account"), at = 0;
    double factor = 1;
    leie_status st = leie_csv_label(csv, c, name, sizeof name, err);
    for (int side = 0; side < LEIE_WASTE_SIDES && !st; side++) {
        if (strcmp(name, leie_waste_side_name((leie_waste_side)side)) != 0)
            continue;
        st = leie_lookup_label(&at, csv, leie_csv_column(csv, "row"), labels_of(r->d, side), "row", err);
        st = st ? st : leie_mfa_number(&factor, csv, leie_csv_column(csv, "factor"), err);
        r->listed[side] = true;
        if (!st)
            r->d->factor[side][at] = factor;
        return st;
    }
    return st ? st
              : leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                              "no account '%s': extraction, waste_supply, waste_use, stock_additions or stock_depletion", name);
}

// Rows that count are masses.
static leie_status check_units(const reading *r, leie_error *err)
{
    for (int side = 0; side < LEIE_WASTE_SIDES; side++) {
        const leie_labels *rows = labels_of(r->d, side);
        for (leie_size i = 0; i < rows->n; i++)
            if (r->d->factor[side][i] != 0 && rows->kind[i][0])
                return leie_fail(err, LEIE_ERR_UNIT, "%s: row '%s' is in '%s', which does not convert to '%s'; 'rows' can leave it out",
                                 leie_waste_side_name((leie_waste_side)side), rows->code[i], rows->unit[i], r->study->unit);
    }
    return LEIE_OK;
}

// Rows that count; then regions and waste types.
static leie_status read_rows(reading *r, leie_error *err)
{
    static const char *const required[] = {"account", "row", NULL}, *const optional[] = {"factor", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "rows", take_row};
    leie_waste_data *d = r->d;
    leie_status st = read_file(r, &r->study->rows, &file, err);
    for (int side = 0; side < LEIE_WASTE_SIDES && !st; side++)
        for (leie_size i = 0; i < rows_of(d, side) && !r->listed[side]; i++)
            d->factor[side][i] = 1;
    st = st ? st : check_units(r, err);
    const leie_labels *rows = labels_of(d, LEIE_WASTE_SUPPLY);
    for (leie_size i = 0; i < rows->n && !st; i++)
        if (d->factor[LEIE_WASTE_SUPPLY][i] != 0 &&
            leie_labels_add(&d->model.waste, rows->code[i], NULL, NULL, NULL, err) < 0)
            st = LEIE_ERR_NOMEM;
    const leie_waste_account *first = &d->account[LEIE_WASTE_SUPPLY][d->account[LEIE_WASTE_SUPPLY][0].row.n ? 0 : 1];
    return st ? st : leie_labels_copy(&d->model.region, &first->col.region, err);
}

// Every account has the regions of waste_supply.
static leie_status check_regions(const leie_waste_data *d, leie_error *err)
{
    for (int side = 0; side < LEIE_WASTE_SIDES; side++)
        for (int f = 0; f < 2; f++) {
            const leie_waste_account *a = &d->account[side][f];
            for (leie_size r = 0; a->row.n && r < a->col.region.n; r++)
                if (leie_labels_find(&d->model.region, a->col.region.code[r]) < 0)
                    return leie_fail(err, LEIE_ERR_DATA, "%s: region '%s' is not in waste_supply", a->path,
                                     a->col.region.code[r]);
        }
    return LEIE_OK;
}

// ---- treatments ----

static leie_status label_of(leie_size *at, leie_labels *labels, const leie_csv *csv, const char *column, leie_error *err)
{
    char name[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_label(csv, c, name, sizeof name, err);
    if (st)
        return st;
    *at = leie_labels_find(labels, name);
    if (*at >= 0)
        return LEIE_OK;
    *at = labels->n;
    return leie_lookup_add_label(labels, csv, c, name, NULL, NULL, NULL, err);
}

static leie_status take_treatment(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_waste_data *d = r->d;
    char activity[LEIE_LABEL_SIZE], word[LEIE_LABEL_SIZE];
    leie_size at = 0, known = d->model.treatment.n, found = 0, c = leie_csv_column(csv, "activity");
    leie_size c_recovers = leie_csv_column(csv, "recovers");
    const leie_axis *col = &d->account[LEIE_WASTE_USE][0].col;
    leie_status st = leie_csv_label(csv, c, activity, sizeof activity, err);
    st = st ? st : label_of(&at, &d->model.treatment, csv, "treatment", err);
    st = st ? st : leie_csv_label(csv, c_recovers, word, sizeof word, err);
    bool yes = !st && strcmp(word, "yes") == 0;
    if (!st && !yes && strcmp(word, "no") != 0)
        st = leie_csv_fail(csv, c_recovers, LEIE_ERR_DATA, err, "'%s' should be yes or no", word);
    if (st)
        return st;
    if (at == known) {
        bool *grown = leie_resize(d->recovers, known, known + 1, sizeof *grown);
        if (!grown)
            return leie_fail_memory(err, "treatments", known + 1, sizeof *grown);
        d->recovers = grown;
        d->recovers[at] = yes;
    }
    if (d->recovers[at] != yes)
        return leie_csv_fail(csv, c_recovers, LEIE_ERR_DATA, err, "treatment '%s' was%s recovery before",
                             d->model.treatment.code[at], yes ? " not" : "");
    for (leie_size j = 0; j < col->n; j++)
        if (strcmp(col->code[j], activity) == 0) {
            if (d->treatment_of[j] >= 0)
                return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "activity '%s' was given before", activity);
            d->treatment_of[j] = at;
            found++;
        }
    if (!found && col->n)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "no activity '%s' in waste_use", activity);
    return LEIE_OK;
}

static leie_status read_treatments(reading *r, leie_error *err)
{
    static const char *const required[] = {"activity", "treatment", "recovers", NULL}, *const optional[] = {"source", "note", NULL};
    static const leie_record_file file = {required, optional, "treatments", take_treatment};
    leie_size n = r->d->account[LEIE_WASTE_USE][0].col.n;
    r->d->treatment_of = leie_new(n + 1, sizeof *r->d->treatment_of);
    if (!r->d->treatment_of)
        return leie_fail_memory(err, "treatments", n, sizeof *r->d->treatment_of);
    for (leie_size j = 0; j < n; j++)
        r->d->treatment_of[j] = -1;
    return read_file(r, &r->study->treatments, &file, err);
}

// ---- where waste goes ----

// The shares of treatments in waste_use, by region and waste.
static void choice_of_use(leie_waste_data *d)
{
    leie_waste_model *m = &d->model;
    const leie_waste_account *use = &d->account[LEIE_WASTE_USE][0];
    leie_size T = m->treatment.n;
    for (leie_size j = 0; j < use->col.n; j++) {
        leie_size r = leie_labels_find(&m->region, use->col.region.code[use->col.of[j]]);
        for (leie_size w = 0; w < m->waste.n && d->treatment_of[j] >= 0; w++) {
            leie_size row = leie_labels_find(&use->row, m->waste.code[w]);
            double *choice = m->choice + (r * m->waste.n + w) * T + d->treatment_of[j];
            double used = row < 0 ? 0 : use->value[row * use->col.n + j];
            if (used > 0)
                *choice = (isnan(*choice) ? 0 : *choice) + used;
        }
    }
    for (leie_size i = 0; i < m->region.n * m->waste.n; i++) {
        double sum = 0;
        for (leie_size t = 0; t < T; t++)
            sum += isnan(m->choice[i * T + t]) ? 0 : m->choice[i * T + t];
        for (leie_size t = 0; t < T && sum > 0; t++)
            m->choice[i * T + t] /= sum;
    }
}

static leie_status take_choice(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_waste_model *m = &r->d->model;
    leie_size c = leie_csv_column(csv, "region"), at = -1, w = 0, t = 0, W = m->waste.n, T = m->treatment.n;
    double share;
    leie_status st = c >= 0 && csv->field[c].size ? leie_lookup_label(&at, csv, c, &m->region, "region", err) : LEIE_OK;
    st = st ? st : leie_lookup_label(&w, csv, leie_csv_column(csv, "waste"), &m->waste, "waste type", err);
    st = st ? st : leie_lookup_label(&t, csv, leie_csv_column(csv, "treatment"), &m->treatment, "treatment", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "share"), &share, err);
    for (leie_size k = 0; k < m->region.n && !st; k++) {
        double *choice = m->choice + (k * W + w) * T;
        bool *exact = &r->exact[k * W + w];
        if (at >= 0 ? k != at : *exact)
            continue;
        for (leie_size x = 0; x < T && at >= 0 && !*exact; x++) // what was for every region is for this one no longer
            choice[x] = NAN;
        *exact = *exact || at >= 0;
        if (!isnan(choice[t]))
            st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the share of '%s' in '%s' was given before", m->treatment.code[t],
                               m->waste.code[w]);
        choice[t] = share;
    }
    return st;
}

static leie_status read_choice(reading *r, leie_error *err)
{
    static const char *const required[] = {"waste", "treatment", "share", NULL}, *const optional[] = {"region", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "treatment choice", take_choice};
    leie_waste_model *m = &r->d->model;
    leie_size n = m->region.n * m->waste.n;
    m->choice = leie_new(n * m->treatment.n + 1, sizeof *m->choice);
    r->exact = leie_new(n, sizeof *r->exact);
    if (!m->choice || !r->exact)
        return leie_fail_memory(err, "treatment choice", n * m->treatment.n, sizeof *m->choice);
    for (leie_size i = 0; i < n * m->treatment.n; i++)
        m->choice[i] = NAN;
    if (r->study->choice_from_use)
        choice_of_use(r->d);
    return read_file(r, &r->study->choice, &file, err);
}

static leie_status take_export(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_waste_model *m = &r->d->model;
    char to[LEIE_LABEL_SIZE];
    leie_size region = 0, waste = 0, c = leie_csv_column(csv, "destination");
    leie_waste_export x = {.cap = INFINITY};
    void *list = m->export_;
    leie_status st = leie_grow(&list, &r->room, m->exports, sizeof x, "a list of a waste model", err);
    m->export_ = list;
    st = st ? st : leie_lookup_label(&region, csv, leie_csv_column(csv, "region"), &m->region, "region", err);
    st = st ? st : leie_lookup_label(&waste, csv, leie_csv_column(csv, "waste"), &m->waste, "waste type", err);
    st = st ? st : leie_csv_label(csv, c, to, sizeof to, err);
    if (!st && strcmp(to, "EU") != 0 && strcmp(to, "non_EU") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' should be EU or non_EU", to);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "share"), &x.share, err);
    st = st ? st : leie_mfa_number(&x.cap, csv, leie_csv_column(csv, "cap"), err);
    if (st)
        return st;
    x.region = (leie_index)region;
    x.waste = (leie_index)waste;
    x.inside_eu = strcmp(to, "EU") == 0;
    m->export_[m->exports++] = x;
    return LEIE_OK;
}

static leie_status take_yield(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_waste_model *m = &r->d->model;
    char name[LEIE_LABEL_SIZE], quality[LEIE_LABEL_SIZE], code[2 * LEIE_LABEL_SIZE + 4];
    leie_size t = 0, only = -1, c = leie_csv_column(csv, "waste"), c_product = leie_csv_column(csv, "product");
    double yield = 0;
    leie_status st = leie_lookup_label(&t, csv, leie_csv_column(csv, "treatment"), &m->treatment, "treatment", err);
    if (!st && c >= 0 && csv->field[c].size)
        st = leie_lookup_label(&only, csv, c, &m->waste, "waste type", err);
    st = st ? st : leie_csv_label(csv, c_product, name, sizeof name, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "quality"), quality, sizeof quality, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "yield"), &yield, err);
    if (st)
        return st;
    snprintf(code, sizeof code, "%s%s%s", name, quality[0] ? ", " : "", quality);
    leie_size p = leie_labels_find(&m->product, code);
    if (p < 0) {
        p = m->product.n;
        st = leie_lookup_add_label(&m->product, csv, c_product, code, name, NULL, quality, err);
    }
    for (leie_size w = 0; w < m->waste.n && !st; w++) {
        void *list = m->yield;
        if (only >= 0 && w != only)
            continue;
        st = leie_grow(&list, &r->room, m->yields, sizeof *m->yield, "a list of a waste model", err);
        m->yield = list;
        if (!st)
            m->yield[m->yields++] = (leie_waste_yield){(leie_index)w, (leie_index)t, (leie_index)p, yield};
    }
    return st;
}

// A value and its range from three columns; without a range the value is all there is.
static leie_status take_range(leie_estimate *x, const leie_csv *csv, const char *name, const char *low, const char *high, leie_error *err)
{
    leie_status st = leie_csv_number(csv, leie_csv_column(csv, name), &x->value, err);
    x->low = x->high = x->value;
    st = st ? st : leie_mfa_number(&x->low, csv, leie_csv_column(csv, low), err);
    return st ? st : leie_mfa_number(&x->high, csv, leie_csv_column(csv, high), err);
}

static leie_status take_plant(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_waste_model *m = &r->d->model;
    char name[LEIE_LABEL_SIZE];
    leie_size t = 0, c = leie_csv_column(csv, "plant");
    leie_plant x = {0};
    void *list = m->plants;
    leie_status st = leie_grow(&list, &r->room, m->plant.n, sizeof x, "a list of a waste model", err);
    m->plants = list;
    st = st ? st : leie_csv_label(csv, c, name, sizeof name, err);
    st = st ? st : leie_lookup_label(&t, csv, leie_csv_column(csv, "treatment"), &m->treatment, "treatment", err);
    st = st ? st : take_range(&x.capacity, csv, "capacity", "capacity_low", "capacity_high", err);
    st = st ? st : take_range(&x.area, csv, "area", "area_low", "area_high", err);
    st = st ? st : take_range(&x.jobs, csv, "jobs", "jobs_low", "jobs_high", err);
    if (st)
        return st;
    x.treatment = (leie_index)t;
    m->plants[m->plant.n] = x;
    return leie_lookup_add_label(&m->plant, csv, c, name, NULL, NULL, NULL, err);
}

static leie_status read_routes(reading *r, leie_error *err)
{
    static const char *const exports[] = {"region", "waste", "destination", "share", NULL}, *const cap[] = {"cap", "source", "note", NULL};
    static const char *const yields[] = {"treatment", "product", "yield", NULL},
                             *const quality[] = {"waste", "quality", "source", "note", NULL};
    static const char *const plants[] = {"plant", "treatment", "capacity", "area", "jobs", NULL},
                             *const ranges[] = {"capacity_low", "capacity_high", "area_low", "area_high", "jobs_low", "jobs_high",
                                                "source", "note", NULL};
    static const leie_record_file export_file = {exports, cap, "waste exports", take_export};
    static const leie_record_file yield_file = {yields, quality, "yields", take_yield};
    static const leie_record_file plant_file = {plants, ranges, "plants", take_plant};
    leie_status st = read_choice(r, err);
    st = st ? st : read_file(r, &r->study->exports, &export_file, err);
    r->room = 0;
    st = st ? st : read_file(r, &r->study->yields, &yield_file, err);
    r->room = 0;
    st = st ? st : read_file(r, &r->study->plants, &plant_file, err);
    return st ? st : leie_waste_check(&r->d->model, err);
}

// ---- the whole ----

leie_status leie_waste_data_read(leie_waste_data *data, const leie_waste_study *study, leie_error *err)
{
    reading r = {.study = study, .d = data};
    *data = (leie_waste_data){0};
    leie_status st = read_accounts(&r, err);
    st = st ? st : read_rows(&r, err);
    st = st ? st : check_regions(data, err);
    st = st ? st : read_treatments(&r, err);
    st = st ? st : read_routes(&r, err);
    st = st ? st : leie_residual_read(data, study, err);
    leie_free(r.exact);
    if (st)
        leie_waste_data_clear(data);
    return st;
}

void leie_waste_data_clear(leie_waste_data *data)
{
    for (int side = 0; side < LEIE_WASTE_SIDES; side++) {
        leie_waste_account_clear(&data->account[side][0]);
        leie_waste_account_clear(&data->account[side][1]);
        leie_free(data->factor[side]);
    }
    leie_free(data->treatment_of);
    leie_free(data->recovers);
    leie_residual_clear(&data->residual);
    leie_free(data->population);
    leie_waste_model_clear(&data->model);
    leie_provenance_clear(&data->provenance);
    *data = (leie_waste_data){0};
}
