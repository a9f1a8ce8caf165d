// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_update.h"

#include <string.h>

#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

typedef struct reading {
    const leie_sut *s;
    int year;
    leie_account_total *total;
    leie_size n, room, others;
} reading;

// Position of an item in the region's own list; blank: all.
static leie_status find_item(leie_account_total *t, const reading *r, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], near[LEIE_LABEL_SIZE];
    const leie_table *a = &r->s->account;
    leie_size c = leie_csv_column(csv, "item");
    leie_status st = leie_csv_string(csv, c, code, sizeof code, err);
    t->item = -1;
    if (st || !code[0])
        return st || t->kind != LEIE_ACCOUNT_TRADE ? st : leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "trade needs a region to sell to");
    if (t->kind == LEIE_ACCOUNT_TRADE)
        return leie_lookup_label(&t->item, csv, c, &a->sector.region, "region", err);
    bool industry = t->kind == LEIE_ACCOUNT_OUTPUT || t->kind == LEIE_ACCOUNT_VALUE_ADDED;
    const leie_axis *axis = industry ? &a->sector : t->kind == LEIE_ACCOUNT_FINAL ? &a->demand : &r->s->product;
    leie_size region = leie_labels_find(&axis->region, a->sector.region.code[t->region]);
    leie_size at = region < 0 ? -1 : leie_axis_find_in(axis, region, code);
    if (at < 0)
        return leie_lookup_fail(csv, c, industry ? "industry" : t->kind == LEIE_ACCOUNT_FINAL ? "category" : "product", code,
                                region < 0 ? NULL : leie_lookup_nearest(near, axis, region, code), err);
    t->item = at - axis->first[region];
    return LEIE_OK;
}

static leie_status keep(reading *r, const leie_account_total *t, const leie_csv *csv, leie_error *err)
{
    for (leie_size i = 0; i < r->n; i++)
        if (r->total[i].kind == t->kind && r->total[i].region == t->region && r->total[i].item == t->item)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "this total is on line %lld already", (long long)r->total[i].line);
    leie_status st = leie_grow(&r->total, &r->room, r->n, sizeof *r->total, "totals", err);
    if (st)
        return st;
    r->total[r->n++] = *t;
    return LEIE_OK;
}

static leie_status take_total(void *ctx, const leie_csv *csv, leie_error *err)
{
    reading *r = ctx;
    char word[LEIE_LABEL_SIZE];
    leie_account_total t = {.line = csv->line};
    leie_size year, c = leie_csv_column(csv, "account"), sd = leie_csv_column(csv, "sd");
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    if (!st && year != r->year) {
        r->others++;
        return LEIE_OK;
    }
    st = st ? st : leie_csv_label(csv, c, word, sizeof word, err);
    int kind = st ? -1 : leie_account_find(word);
    if (!st && kind < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                           "account '%s': expected output, value_added, final, exports, imports or trade", word);
    t.kind = (leie_account_kind)kind;
    st = st ? st : leie_lookup_label(&t.region, csv, leie_csv_column(csv, "region"), &r->s->account.sector.region, "region", err);
    st = st ? st : find_item(&t, r, csv, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &t.value, err);
    if (!st && sd >= 0 && csv->field[sd].size > 0)
        st = leie_csv_number(csv, sd, &t.sd, err);
    if (!st && t.sd < 0)
        st = leie_csv_fail(csv, sd, LEIE_ERR_DATA, err, "a standard error of %g", t.sd);
    return st ? st : keep(r, &t, csv, err);
}

leie_status leie_read_totals(leie_account_total **total, leie_size *n, const leie_path *path, int year, const leie_sut *s,
                             leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"region", "account", "item", "year", "value", NULL}, *const more[] = {"sd", "unit", "source", NULL};
    static const leie_record_file file = {required, more, "totals of another year", take_total};
    reading r = {.s = s, .year = year};
    leie_place place = {0};
    leie_status st = leie_place_of(&place, path, year, err);
    st = st ? st : leie_records_read(&place, &file, &r, p, err);
    if (!st && r.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no totals of %d (%lld rows of other years)", place.real, year, (long long)r.others);
    if (st)
        r.total = leie_free(r.total);
    *total = r.total;
    *n = st ? 0 : r.n;
    leie_place_clear(&place);
    return st;
}

leie_status leie_update_sut(leie_sut *s, const leie_study_sut *spec, leie_error *err)
{
    leie_account_total *total = NULL;
    leie_error why = {0};
    leie_update how = {.year = spec->update_to, .wls = spec->update_wls, .balance = spec->balance};
    leie_status st = leie_read_totals(&total, &how.totals, &spec->update_totals, how.year, s, &s->account.provenance, err);
    how.total = total;
    if (!st) {
        st = leie_sut_update(s, &how, NULL, &why);
        if (st)
            leie_fail(err, st, "%s: %s", spec->update_totals.shown, why.text);
    }
    leie_free(total);
    return st;
}
