// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_local.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// ---- what the files share ----

static leie_status read_file(const leie_path *path, int year, const leie_record_file *file, void *ctx, leie_provenance *p,
                             leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st)
        st = leie_records_read(&place, file, ctx, p, err);
    leie_place_clear(&place);
    return st;
}

// A standard deviation, 0 where there is none.
static leie_status read_sd(double *sd, const leie_csv *csv, leie_error *err)
{
    leie_size c = leie_csv_column(csv, "sd");
    *sd = 0;
    if (c < 0 || csv->field[c].size == 0)
        return LEIE_OK;
    leie_status st = leie_csv_number(csv, c, sd, err);
    return st || *sd >= 0 ? st : leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a standard deviation of %g", *sd);
}

static leie_status read_factor(double *factor, const leie_csv *csv, const char *to, leie_error *err)
{
    char unit[LEIE_LABEL_SIZE];
    leie_error why = {0};
    leie_size c = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, c, unit, sizeof unit, err);
    if (!st && (st = leie_unit_factor(factor, unit, to, &why)))
        st = leie_csv_fail(csv, c, st, err, "%s", why.text);
    return st;
}

// ---- places ----

static leie_status take_place(void *ctx, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "place");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    return st ? st : leie_lookup_add_label(ctx, csv, c, code, name, NULL, NULL, err);
}

leie_status leie_read_places(leie_labels *place, const leie_path *path, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"place", NULL}, *const optional[] = {"name", "note", "source", NULL};
    static const leie_record_file file = {required, optional, "places", take_place};
    return read_file(path, 0, &file, place, p, err);
}

// ---- firms ----

typedef struct firms {
    const leie_labels *place;
    const leie_table *t;
    leie_size region, n, room;
    leie_local_firm *firm;
} firms;

static leie_status firm_sector(leie_size *sector, const firms *f, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], buffer[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "sector");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    *sector = st ? -1 : leie_axis_find_in(&f->t->sector, f->region, code);
    if (!st && *sector < 0)
        st = leie_lookup_fail(csv, c, "sector", code, leie_lookup_nearest(buffer, &f->t->sector, f->region, code), err);
    return st;
}

static leie_status take_firm(void *ctx, const leie_csv *csv, leie_error *err)
{
    firms *f = ctx;
    leie_local_firm firm;
    double factor = 1;
    leie_status st = leie_lookup_label(&firm.place, csv, leie_csv_column(csv, "place"), f->place, "place", err);
    st = st ? st : firm_sector(&firm.sector, f, csv, err);
    st = st ? st : leie_lookup_label(&firm.stressor, csv, leie_csv_column(csv, "stressor"), &f->t->stressor, "stressor", err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &firm.value, err);
    st = st ? st : read_sd(&firm.sd, csv, err);
    st = st ? st : read_factor(&factor, csv, f->t->stressor.unit[firm.stressor], err);
    st = st ? st : leie_grow(&f->firm, &f->room, f->n, sizeof *f->firm, "firms", err);
    if (st)
        return st;
    firm.value *= factor;
    firm.sd *= factor;
    f->firm[f->n++] = firm;
    return LEIE_OK;
}

leie_status leie_read_firms(leie_local_firm **firm, leie_size *n, const leie_path *path, int year, const leie_labels *place,
                            const leie_table *t, leie_size region, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"place", "sector", "stressor", "value", "unit", NULL};
    static const char *const optional[] = {"sd", "firm", "note", "source", NULL};
    static const leie_record_file file = {required, optional, "firms", take_firm};
    firms f = {.place = place, .t = t, .region = region};
    leie_status st = read_file(path, year, &file, &f, p, err);
    if (st)
        f.firm = leie_free(f.firm);
    *firm = f.firm;
    *n = st ? 0 : f.n;
    return st;
}

// ---- stocks ----

typedef struct stocks_file {
    leie_local_stocks *stocks;
    int year;
    leie_size room;
} stocks_file;

static leie_status take_stock(void *ctx, const leie_csv *csv, leie_error *err)
{
    stocks_file *f = ctx;
    leie_local_stocks *s = f->stocks;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE];
    leie_size year, c = leie_csv_column(csv, "stock"), u = leie_csv_column(csv, "unit");
    double value, sd;
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    st = st ? st : leie_csv_label(csv, c, code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    st = st ? st : leie_csv_label(csv, u, unit, sizeof unit, err);
    st = st ? st : leie_lookup_unit(csv, u, unit, code, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    st = st ? st : read_sd(&sd, csv, err);
    if (!st && value < 0)
        st = leie_csv_fail(csv, leie_csv_column(csv, "value"), LEIE_ERR_DATA, err, "a stock of %g", value);
    if (st || year != f->year)
        return st;
    if (s->label.n == f->room) {
        leie_size room = f->room ? 2 * f->room : 16;
        double *values = leie_resize(s->value, f->room, room, sizeof *values);
        s->value = values ? values : s->value;
        double *sds = values ? leie_resize(s->sd, f->room, room, sizeof *sds) : NULL;
        if (!sds)
            return leie_fail_memory(err, "stocks", room, sizeof *sds);
        s->sd = sds;
        f->room = room;
    }
    s->value[s->label.n] = value;
    s->sd[s->label.n] = sd;
    return leie_lookup_add_label(&s->label, csv, c, code, name, unit, NULL, err);
}

leie_status leie_read_local_stocks(leie_local_stocks *stocks, const leie_path *path, int year, leie_provenance *p,
                                   leie_error *err)
{
    static const char *const required[] = {"stock", "year", "value", "unit", NULL};
    static const char *const optional[] = {"name", "sd", "note", "source", NULL};
    static const leie_record_file file = {required, optional, "stocks", take_stock};
    stocks_file f = {.stocks = stocks, .year = year};
    leie_status st = read_file(path, year, &file, &f, p, err);
    if (st)
        leie_local_stocks_clear(stocks);
    return st;
}

// ---- ports ----

static const char *const hub_names[] = {"import", "export", "transit", "processing", "domestic"};

const char *leie_hub_flow_name(leie_hub_flow flow)
{
    return hub_names[flow];
}

enum { HUB_MOST = 256 }; // ports and materials, each

typedef struct hubs_file {
    leie_hubs *hubs;
    int year;
} hubs_file;

static leie_status hub_label(leie_size *at, leie_labels *list, const leie_csv *csv, const char *column, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    *at = st ? -1 : leie_labels_find(list, code);
    if (st || *at >= 0)
        return st;
    if (list->n == HUB_MOST)
        return leie_csv_fail(csv, c, LEIE_ERR_LIMIT, err, "more than %d of them", HUB_MOST);
    *at = list->n;
    return leie_lookup_add_label(list, csv, c, code, NULL, NULL, NULL, err);
}

static leie_status take_hub(void *ctx, const leie_csv *csv, leie_error *err)
{
    hubs_file *f = ctx;
    leie_hubs *h = f->hubs;
    char flow[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE];
    leie_size year, port, material, c = leie_csv_column(csv, "flow");
    double value, sd, factor = 1;
    int kind = 0;
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    st = st ? st : leie_csv_label(csv, c, flow, sizeof flow, err);
    while (!st && kind < LEIE_HUB_DOMESTIC && strcmp(flow, hub_names[kind]) != 0)
        kind++;
    if (!st && kind == LEIE_HUB_DOMESTIC)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is none of import, export, transit, processing", flow);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &value, err);
    st = st ? st : read_sd(&sd, csv, err);
    st = st ? st : leie_csv_label(csv, leie_csv_column(csv, "unit"), unit, sizeof unit, err);
    if (st || year != f->year)
        return st;
    if (!h->unit) {
        st = leie_lookup_unit(csv, leie_csv_column(csv, "unit"), unit, "flows of ports", err);
        h->unit = leie_strdup(unit);
        if (!st && !h->unit)
            st = leie_fail_memory(err, "a unit", 1, strlen(unit));
    }
    st = st ? st : read_factor(&factor, csv, h->unit, err);
    st = st ? st : hub_label(&port, &h->port, csv, "port", err);
    st = st ? st : hub_label(&material, &h->material, csv, "material", err);
    if (st)
        return st;
    leie_size at = (port * LEIE_HUB_FLOWS + kind) * HUB_MOST + material;
    if (!isnan(h->value[at]))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "%s of '%s' at '%s' was given before", flow,
                             h->material.code[material], h->port.code[port]);
    h->value[at] = value * factor;
    h->sd[at] = sd * factor;
    return LEIE_OK;
}

static double or_zero(double x)
{
    return isnan(x) ? 0 : x;
}

// domestic = import - transit - processing, and the arrays without the room that was not needed.
static leie_status close_hubs(leie_hubs *h, const char *path, leie_error *err)
{
    leie_size M = h->material.n;
    for (leie_size port = 0; port < h->port.n; port++)
        for (leie_size m = 0; m < M; m++) {
            double *value = h->value + port * LEIE_HUB_FLOWS * HUB_MOST + m, *sd = h->sd + port * LEIE_HUB_FLOWS * HUB_MOST + m;
            double in = value[LEIE_HUB_IMPORT * HUB_MOST], out = or_zero(value[LEIE_HUB_TRANSIT * HUB_MOST]) +
                                                                 or_zero(value[LEIE_HUB_PROCESSING * HUB_MOST]);
            if (isnan(in))
                continue;
            if (in - out < -1e-9 * fabs(in))
                return leie_fail(err, LEIE_ERR_DATA, "%s: '%s' imports %g %s of '%s', and %g of it leave again", path,
                                 h->port.code[port], in, h->unit, h->material.code[m], out);
            value[LEIE_HUB_DOMESTIC * HUB_MOST] = in - out;
            sd[LEIE_HUB_DOMESTIC * HUB_MOST] =
                sqrt(pow(or_zero(sd[LEIE_HUB_IMPORT * HUB_MOST]), 2) + pow(or_zero(sd[LEIE_HUB_TRANSIT * HUB_MOST]), 2) +
                     pow(or_zero(sd[LEIE_HUB_PROCESSING * HUB_MOST]), 2));
        }
    for (leie_size row = 0; row < h->port.n * LEIE_HUB_FLOWS; row++)
        for (leie_size m = 0; m < M; m++) {
            h->value[row * M + m] = h->value[row * HUB_MOST + m];
            h->sd[row * M + m] = h->sd[row * HUB_MOST + m];
        }
    return LEIE_OK;
}

leie_status leie_read_hubs(leie_hubs *hubs, const leie_path *path, int year, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"port", "flow", "material", "year", "value", "unit", NULL};
    static const char *const optional[] = {"sd", "note", "source", NULL};
    static const leie_record_file file = {required, optional, "ports", take_hub};
    leie_size room = (leie_size)HUB_MOST * LEIE_HUB_FLOWS * HUB_MOST;
    hubs_file f = {.hubs = hubs, .year = year};
    *hubs = (leie_hubs){.value = leie_new(room, sizeof *hubs->value), .sd = leie_new(room, sizeof *hubs->sd)};
    leie_status st = hubs->value && hubs->sd ? LEIE_OK : leie_fail_memory(err, "flows of ports", room, sizeof *hubs->value);
    for (leie_size i = 0; !st && i < room; i++)
        hubs->value[i] = hubs->sd[i] = NAN;
    st = st ? st : read_file(path, year, &file, &f, p, err);
    st = st ? st : close_hubs(hubs, path->shown, err);
    if (st)
        leie_hubs_clear(hubs);
    return st;
}

void leie_hubs_clear(leie_hubs *hubs)
{
    leie_labels_clear(&hubs->port);
    leie_labels_clear(&hubs->material);
    leie_free(hubs->unit);
    leie_free(hubs->value);
    leie_free(hubs->sd);
    *hubs = (leie_hubs){0};
}
