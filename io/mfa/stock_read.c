// SPDX-License-Identifier: GPL-3.0-or-later
/* The files of a stock model: inflow or stock by item and year, initial stock by age, lifetimes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "io/mfa/stock_study.h"
#include "io/read/lookup.h"
#include "io/read/records.h"
#include "io/read/rows.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

static const char *const part_names[LEIE_STOCK_PARTS] = {"product", "material", "region"};

enum { KEY_SIZE = LEIE_STOCK_PARTS * LEIE_LABEL_SIZE };

typedef char part_texts[LEIE_STOCK_PARTS][LEIE_LABEL_SIZE];

// A lifetime that holds from a year on, in a chain of those with the same key.
typedef struct life_row {
    leie_lifetime life;
    leie_size year; // of the first of its years; ALWAYS without one
    leie_size next; // row of the same key with a later year, -1 for none
    leie_size line;
} life_row;

#define ALWAYS INT64_MIN

typedef struct reading {
    const leie_stock_study *study;
    leie_stock_data *data;
    bool by_stock;        // of the file that is read
    leie_size room;       // items that part and by_stock have room for
    leie_rows given;      // [items, years]
    leie_rows initial;    // [items, AGES]
    leie_unit_memory unit;
    leie_labels key;      // of lifetimes: "product/material/region"
    leie_size key_room, *first; // [key_room] its first row
    leie_size rows, row_room;
    life_row *row;
    leie_labels end_key;    // of ends
    leie_size end_room;
    leie_end_of_life *end;  // [end_room]
    leie_size *survival_of; // [key.n] position of the survival + 1, 0 while it is not needed
} reading;

// ---- items ----

static leie_status read_parts(part_texts part, const leie_csv *csv, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int k = 0; k < LEIE_STOCK_PARTS && !st; k++)
        st = leie_csv_string(csv, leie_csv_column(csv, part_names[k]), part[k], sizeof part[k], err);
    return st;
}

// "houses/concrete" for the reader, "houses/concrete/" as a key.
static void join_parts(char text[KEY_SIZE], char *const *part, bool key)
{
    size_t used = 0;
    text[0] = '\0';
    for (int k = 0; k < LEIE_STOCK_PARTS; k++)
        if (key || part[k][0])
            used += (size_t)snprintf(text + used, KEY_SIZE - used, "%s%s", (key ? k > 0 : used > 0) ? "/" : "", part[k]);
}

static leie_status add_item(leie_size *at, reading *r, const leie_csv *csv, const char *label, char *const *part,
                            leie_error *err)
{
    leie_stock_data *d = r->data;
    if (d->item.n == r->room) {
        leie_size room = r->room ? 2 * r->room : 64;
        char **parts = leie_resize(d->part, LEIE_STOCK_PARTS * r->room, LEIE_STOCK_PARTS * room, sizeof *parts);
        d->part = parts ? parts : d->part;
        bool *by_stock = parts ? leie_resize(d->by_stock, r->room, room, sizeof *by_stock) : NULL;
        if (!by_stock)
            return leie_fail_memory(err, "items of a stock model", room, LEIE_STOCK_PARTS * sizeof *parts);
        d->by_stock = by_stock;
        r->room = room;
    }
    *at = d->item.n;
    leie_status st = leie_lookup_add_label(&d->item, csv, -1, label, NULL, NULL, NULL, err);
    d->by_stock[*at] = r->by_stock;
    for (int k = 0; k < LEIE_STOCK_PARTS && !st; k++) {
        d->part[*at * LEIE_STOCK_PARTS + k] = leie_strdup(part[k]);
        if (!d->part[*at * LEIE_STOCK_PARTS + k])
            st = leie_fail_memory(err, "labels of a stock model", 1, strlen(part[k]) + 1);
    }
    return st;
}

// The item of the current record: found, or added when `add` says so.
static leie_status find_item(leie_size *at, reading *r, const leie_csv *csv, bool add, leie_error *err)
{
    part_texts text;
    char label[KEY_SIZE], *const part[] = {text[0], text[1], text[2]};
    leie_status st = read_parts(text, csv, err);
    if (st)
        return st;
    join_parts(label, part, false);
    if (!part[0][0])
        return leie_csv_fail(csv, leie_csv_column(csv, "product"), LEIE_ERR_DATA, err, "the product is missing");
    *at = leie_labels_find(&r->data->item, label);
    if (*at >= 0)
        return LEIE_OK;
    if (!add)
        return leie_lookup_fail(csv, -1, "item", label, leie_labels_nearest(&r->data->item, label), err);
    return add_item(at, r, csv, label, part, err);
}

// ---- inflow, stock, initial stock ----

// The number in `value`, converted and not negative, as cell (item, col).
static leie_status take_amount(reading *r, leie_rows *rows, leie_size item, leie_size col, const leie_csv *csv,
                               leie_error *err)
{
    double factor, amount;
    leie_size c = leie_csv_column(csv, "value");
    leie_status st = leie_mfa_unit(&factor, &r->unit, csv, leie_csv_column(csv, "unit"), r->study->unit, err);
    st = st ? st : leie_csv_number(csv, c, &amount, err);
    if (!st && amount < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s of %g for '%s'; it should be zero or more",
                           r->by_stock ? "a stock" : "an inflow", amount, r->data->item.code[item]);
    return st ? st : leie_rows_take(rows, item, col, csv, c, factor, err);
}

static leie_status take_given(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size item = 0, year = 0;
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    leie_size t = year - r->study->first_year;
    if (st || t < 0 || t >= r->study->years)
        return st; // other years of the file are not asked for
    st = find_item(&item, r, csv, true, err);
    if (!st && r->data->by_stock[item] != r->by_stock)
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%s' has an inflow already; an item is given by its inflow or by its stock",
                           r->data->item.code[item]);
    return st ? st : take_amount(r, &r->given, item, t, csv, err);
}

static leie_status take_initial(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    leie_size item = 0, age = 0, c = leie_csv_column(csv, "age");
    leie_status st = find_item(&item, r, csv, false, err);
    st = st ? st : leie_csv_integer(csv, c, &age, err);
    if (!st && (age < 0 || age >= LEIE_STOCK_AGES))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "an age of %lld years, expected 0 to %d", (long long)age,
                           LEIE_STOCK_AGES - 1);
    if (!st && age >= r->data->before)
        r->data->before = age + 1;
    r->by_stock = true; // for the message
    return st ? st : take_amount(r, &r->initial, item, age, csv, err);
}

static leie_status read_file(reading *r, const leie_path *path, const leie_record_file *file, leie_error *err)
{
    return leie_records_read_given(path, r->study->first_year, file, r, &r->data->provenance, err);
}

static leie_status read_amounts(reading *r, leie_error *err)
{
    static const char *const by_year[] = {"product", "year", "value", NULL}, *const by_age[] = {"product", "age", "value", NULL};
    static const char *const optional[] = {"material", "region", "unit", "source", "note", NULL};
    static const leie_record_file inflow = {by_year, optional, "inflow", take_given};
    static const leie_record_file stock = {by_year, optional, "stock", take_given};
    static const leie_record_file initial = {by_age, optional, "initial stock", take_initial};
    r->given.cols = r->study->years;
    r->initial.cols = LEIE_STOCK_AGES;
    leie_status st = read_file(r, &r->study->inflow, &inflow, err);
    r->by_stock = true;
    st = st ? st : read_file(r, &r->study->stock, &stock, err);
    return st ? st : read_file(r, &r->study->initial, &initial, err);
}

// The amounts as matrices; every item needs every year.
static leie_status settle_amounts(reading *r, leie_error *err)
{
    leie_stock_data *d = r->data;
    leie_size T = r->study->years, n = d->item.n;
    if (!n)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no inflow and no stock from %d to %d", r->study->head.file,
                         r->study->first_year, r->study->first_year + (int)T - 1);
    d->given = leie_new(n, (size_t)T * sizeof *d->given);
    d->initial = leie_new(n, (size_t)(d->before + 1) * sizeof *d->initial);
    if (!d->given || !d->initial)
        return leie_fail_memory(err, "inflow and initial stock", n, (size_t)(T + d->before) * sizeof(double));
    for (leie_size i = 0; i < n * T; i++)
        d->given[i] = NAN;
    leie_rows_fill(d->given, &r->given);
    for (leie_size i = 0; i < n * T; i++)
        if (isnan(d->given[i]))
            return leie_fail(err, LEIE_ERR_DATA, "%s: no %s of '%s' in %d; every year is needed, zeros too",
                             d->by_stock[i / T] ? r->study->stock.shown : r->study->inflow.shown,
                             d->by_stock[i / T] ? "stock" : "inflow", d->item.code[i / T],
                             r->study->first_year + (int)(i % T));
    for (leie_size k = 0; k < r->initial.cells.n; k++)
        d->initial[r->initial.cells.cell[k].row * d->before + r->initial.cells.cell[k].col] = r->initial.cells.cell[k].val;
    return LEIE_OK;
}

// ---- lifetimes ----

static leie_status read_distribution(leie_lifetime *life, const leie_csv *csv, bool truncate, leie_error *err)
{
    char name[LEIE_LABEL_SIZE];
    leie_error why = {0};
    leie_size c = leie_csv_column(csv, "distribution");
    *life = (leie_lifetime){.mean = NAN, .sd = NAN, .shape = NAN, .scale = NAN, .oldest = INFINITY};
    leie_status st = leie_csv_label(csv, c, name, sizeof name, err);
    if (st)
        return st;
    int kind = leie_lifetime_find(name);
    if (kind < 0)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                             "unknown distribution '%s'; it is fixed, normal, folded_normal, lognormal, weibull or gamma", name);
    life->kind = (leie_lifetime_kind)kind;
    st = leie_mfa_number(&life->mean, csv, leie_csv_column(csv, "mean"), err);
    st = st ? st : leie_mfa_number(&life->sd, csv, leie_csv_column(csv, "sd"), err);
    st = st ? st : leie_mfa_number(&life->shape, csv, leie_csv_column(csv, "shape"), err);
    st = st ? st : leie_mfa_number(&life->scale, csv, leie_csv_column(csv, "scale"), err);
    st = st ? st : leie_mfa_number(&life->oldest, csv, leie_csv_column(csv, "oldest"), err);
    life->truncated = truncate || !isinf(life->oldest);
    if (!st && leie_lifetime_settle(life, &why))
        st = leie_csv_fail(csv, -1, why.code, err, "%s", why.text);
    return st;
}

// Room for one row and one key more.
static leie_status life_room(reading *r, leie_error *err)
{
    leie_status st = leie_grow(&r->row, &r->row_room, r->rows, sizeof *r->row, "lifetimes", err);
    return st ? st : leie_grow(&r->first, &r->key_room, r->key.n, sizeof *r->first, "lifetimes", err);
}

// Puts the newest row into the chain of its key, years ascending.
static leie_status chain_row(reading *r, leie_size key, const leie_csv *csv, leie_error *err)
{
    life_row *fresh = &r->row[r->rows];
    leie_size *link = &r->first[key];
    while (*link >= 0 && r->row[*link].year < fresh->year)
        link = &r->row[*link].next;
    const life_row *same = *link >= 0 && r->row[*link].year == fresh->year ? &r->row[*link] : NULL;
    if (!same && r->first[key] >= 0 && (fresh->year == ALWAYS || r->row[r->first[key]].year == ALWAYS))
        same = &r->row[r->first[key]];
    if (same)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err,
                             "the lifetime of '%s' was given before, on line %lld (several rows need different years)",
                             r->key.code[key], (long long)same->line);
    fresh->next = *link;
    *link = r->rows++;
    return LEIE_OK;
}

static leie_status take_lifetime(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    part_texts text;
    char label[KEY_SIZE], *const part[] = {text[0], text[1], text[2]};
    leie_size c = leie_csv_column(csv, "year");
    leie_status st = life_room(r, err);
    st = st ? st : read_parts(text, csv, err);
    if (st)
        return st;
    life_row *row = &r->row[r->rows];
    *row = (life_row){.year = ALWAYS, .line = csv->line};
    st = read_distribution(&row->life, csv, r->study->truncate, err);
    if (!st && c >= 0 && csv->field[c].size)
        st = leie_csv_integer(csv, c, &row->year, err);
    if (st)
        return st;
    join_parts(label, part, true);
    leie_size key = leie_labels_find(&r->key, label);
    if (key < 0) {
        key = r->key.n;
        r->first[key] = -1;
        st = leie_lookup_add_label(&r->key, csv, -1, label, NULL, NULL, NULL, err);
    }
    return st ? st : chain_row(r, key, csv, err);
}

// The key of a list that names most of an item: product before material before region; -1 for none.
static leie_size key_of(const reading *r, const leie_labels *keys, leie_size item)
{
    char label[KEY_SIZE], empty[] = "";
    char *const *own = &r->data->part[item * LEIE_STOCK_PARTS];
    for (int mask = 7; mask >= 0; mask--) {
        char *const part[] = {mask & 4 ? own[0] : empty, mask & 2 ? own[1] : empty, mask & 1 ? own[2] : empty};
        join_parts(label, part, true);
        leie_size key = leie_labels_find(keys, label);
        if (key >= 0)
            return key;
    }
    return -1;
}

// The lifetime that holds in a year.
static const leie_lifetime *life_in(const reading *r, leie_size key, leie_size year)
{
    leie_size at = r->first[key];
    while (r->row[at].next >= 0 && r->row[r->row[at].next].year <= year)
        at = r->row[at].next;
    return &r->row[at].life;
}

// The survival of a key, its lifetimes [A + T] and how they change.
static leie_status make_survival(leie_survival *s, leie_lifetime *life, leie_lifetime_change *change, const reading *r, leie_size key,
                                 leie_error *err)
{
    leie_survival_opts opts = r->study->within;
    leie_size T = r->study->years, A = r->data->before, first = r->study->first_year;
    bool one = r->row[r->first[key]].next < 0;
    if (!one && opts.change == LEIE_LIFE_CONSTANT)
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: lifetimes of '%s' in several years; the study should say lifetime: {change: cohort} or "
                         "{change: year}",
                         r->study->lifetimes.shown, (long long)r->row[r->row[r->first[key]].next].line, r->key.code[key]);
    if (one)
        opts.change = LEIE_LIFE_CONSTANT;
    if (opts.change == LEIE_LIFE_BY_COHORT)
        first -= A;
    for (leie_size k = 0; k < A + T; k++)
        life[k] = one ? r->row[r->first[key]].life : *life_in(r, key, first + k);
    *change = opts.change;
    return leie_survival_new(s, T, A, life, &opts, err);
}

static leie_status settle_lifetimes(reading *r, leie_error *err)
{
    leie_stock_data *d = r->data;
    d->survival = leie_new(r->key.n, sizeof *d->survival);
    d->survival_of = leie_new(d->item.n, sizeof *d->survival_of);
    d->life = leie_new(r->key.n, sizeof *d->life);
    d->change = leie_new(r->key.n, sizeof *d->change);
    r->survival_of = leie_new(r->key.n, sizeof *r->survival_of);
    if (!d->survival || !d->survival_of || !d->life || !d->change || !r->survival_of)
        return leie_fail_memory(err, "survival by item", d->item.n + r->key.n, sizeof *d->survival);
    leie_size cohorts = d->before + r->study->years;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < d->item.n && !st; i++) {
        leie_size key = key_of(r, &r->key, i);
        if (key < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: no lifetime for '%s'", r->study->lifetimes.shown, d->item.code[i]);
        if (!r->survival_of[key]) {
            leie_size at = d->survivals++;
            d->life[at] = leie_new(cohorts, sizeof *d->life[at]);
            st = d->life[at] ? make_survival(&d->survival[at], d->life[at], &d->change[at], r, key, err)
                             : leie_fail_memory(err, "lifetimes by year", cohorts, sizeof *d->life[at]);
            r->survival_of[key] = d->survivals;
        }
        d->survival_of[i] = (leie_index)(r->survival_of[key] - 1);
    }
    return st;
}

// ---- ends of life ----

static leie_status take_end(void *ctx, const leie_csv *csv, leie_error *err)
{
    static const char *const names[] = {"hibernates", "release", "demolished"};
    reading *r = ctx;
    part_texts text;
    char label[KEY_SIZE], *const part[] = {text[0], text[1], text[2]};
    double share[] = {0, 0, 1};
    leie_status st = read_parts(text, csv, err);
    for (int k = 0; k < 3 && !st; k++) {
        leie_size c = leie_csv_column(csv, names[k]);
        st = leie_mfa_number(&share[k], csv, c, err);
        if (!st && !(share[k] >= 0 && share[k] <= 1))
            st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a share of %g; it should lie between 0 and 1", share[k]);
    }
    st = st ? st : leie_grow(&r->end, &r->end_room, r->end_key.n, sizeof *r->end, "ends of life", err);
    if (st)
        return st;
    join_parts(label, part, true);
    r->end[r->end_key.n] = (leie_end_of_life){share[0], share[1], share[2]};
    return leie_lookup_add_label(&r->end_key, csv, -1, label, NULL, NULL, NULL, err);
}

static leie_status settle_ends(reading *r, leie_error *err)
{
    leie_stock_data *d = r->data;
    if (!r->study->ends.real)
        return LEIE_OK;
    d->end = leie_new(d->item.n, sizeof *d->end);
    if (!d->end)
        return leie_fail_memory(err, "ends of life", d->item.n, sizeof *d->end);
    for (leie_size i = 0; i < d->item.n; i++) {
        leie_size key = key_of(r, &r->end_key, i);
        d->end[i] = key < 0 ? (leie_end_of_life){.demolished = 1} : r->end[key];
    }
    return LEIE_OK;
}

// ---- the whole ----

leie_status leie_stock_data_read(leie_stock_data *data, const leie_stock_study *study, leie_error *err)
{
    static const char *const required[] = {"product", "distribution", NULL};
    static const char *const optional[] = {"material", "region", "year",   "mean", "sd",
                                           "shape",    "scale",  "oldest", "source", "note", NULL};
    static const leie_record_file lifetimes = {required, optional, "lifetimes", take_lifetime};
    static const char *const end_required[] = {"product", NULL};
    static const char *const end_optional[] = {"material",   "region", "hibernates", "release",
                                               "demolished", "source", "note",       NULL};
    static const leie_record_file ends = {end_required, end_optional, "ends of life", take_end};
    reading r = {.study = study, .data = data};
    *data = (leie_stock_data){0};
    leie_status st = read_amounts(&r, err);
    st = st ? st : settle_amounts(&r, err);
    st = st ? st : read_file(&r, &study->lifetimes, &lifetimes, err);
    st = st ? st : settle_lifetimes(&r, err);
    st = st ? st : read_file(&r, &study->ends, &ends, err);
    st = st ? st : settle_ends(&r, err);
    leie_rows_free(&r.given);
    leie_rows_free(&r.initial);
    leie_labels_clear(&r.key);
    leie_free(r.first);
    leie_free(r.row);
    leie_free(r.survival_of);
    leie_labels_clear(&r.end_key);
    leie_free(r.end);
    if (st)
        leie_stock_data_clear(data);
    return st;
}

void leie_stock_data_clear(leie_stock_data *data)
{
    for (leie_size i = 0; data->part && i < data->item.n * LEIE_STOCK_PARTS; i++)
        leie_free(data->part[i]);
    for (leie_size k = 0; data->survival && k < data->survivals; k++) {
        leie_survival_clear(&data->survival[k]);
        leie_free(data->life[k]);
    }
    leie_free(data->life);
    leie_free(data->change);
    leie_labels_clear(&data->item);
    leie_free(data->part);
    leie_free(data->by_stock);
    leie_free(data->given);
    leie_free(data->initial);
    leie_free(data->survival);
    leie_free(data->survival_of);
    leie_free(data->end);
    leie_provenance_clear(&data->provenance);
    *data = (leie_stock_data){0};
}
