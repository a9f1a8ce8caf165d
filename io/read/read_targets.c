// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_targets.h"

#include <math.h>
#include <stddef.h>

#include "io/read/csv.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// A column that is copied as text, with its place in the record.
typedef struct text_column {
    const char *name;
    size_t at, size;
} text_column;

#define TEXT_COLUMN(record, member) {#member, offsetof(record, member), sizeof(((record *)0)->member)}

static const text_column target_texts[] = {
    TEXT_COLUMN(leie_target, indicator), TEXT_COLUMN(leie_target, route),    TEXT_COLUMN(leie_target, edition),
    TEXT_COLUMN(leie_target, region),    TEXT_COLUMN(leie_target, material), TEXT_COLUMN(leie_target, per),
    TEXT_COLUMN(leie_target, kind),      TEXT_COLUMN(leie_target, status),   TEXT_COLUMN(leie_target, source),
    TEXT_COLUMN(leie_target, averaging), TEXT_COLUMN(leie_target, unit)};
static const text_column published_texts[] = {
    TEXT_COLUMN(leie_published, indicator), TEXT_COLUMN(leie_published, route),
    TEXT_COLUMN(leie_published, edition),   TEXT_COLUMN(leie_published, averaging),
    TEXT_COLUMN(leie_published, region),    TEXT_COLUMN(leie_published, unit),
    TEXT_COLUMN(leie_published, source)};

static leie_status read_texts(const leie_csv *csv, char *record, const text_column *column, size_t columns,
                              leie_error *err)
{
    leie_status st = LEIE_OK;
    for (size_t i = 0; i < columns && !st; i++)
        st = leie_csv_string(csv, leie_csv_column(csv, column[i].name), record + column[i].at, column[i].size, err);
    return st;
}

// Whether column c holds nothing, or is not there.
static bool empty(const leie_csv *csv, leie_size c)
{
    return c < 0 || csv->field[c].size == 0;
}

static leie_status read_target(leie_target *t, const leie_csv *csv, leie_error *err)
{
    leie_size base_year = leie_csv_column(csv, "base_year"), base_value = leie_csv_column(csv, "base_value");
    t->line = csv->line;
    t->base_value = NAN;
    leie_status st = read_texts(csv, (char *)t, target_texts, sizeof target_texts / sizeof target_texts[0], err);
    if (!st && !empty(csv, base_year))
        st = leie_csv_integer(csv, base_year, &t->base_year, err);
    if (!st && !empty(csv, base_value))
        st = leie_csv_number(csv, base_value, &t->base_value, err);
    st = st ? st : leie_csv_integer(csv, leie_csv_column(csv, "year"), &t->year, err);
    return st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &t->value, err);
}

static leie_status read_value(leie_published *p, const leie_csv *csv, leie_error *err)
{
    p->line = csv->line;
    leie_status st = read_texts(csv, (char *)p, published_texts, sizeof published_texts / sizeof published_texts[0], err);
    st = st ? st : leie_csv_integer(csv, leie_csv_column(csv, "year"), &p->year, err);
    return st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &p->value, err);
}

leie_status leie_read_targets(leie_targets *list, const char *path, leie_error *err)
{
    static const char *const required[] = {"indicator", "region", "per", "kind", "year", "value", "source", NULL};
    static const char *const optional[] = {"route",      "edition", "averaging", "material", "base_year",
                                           "base_value", "unit",    "status",    "note",     NULL};
    leie_csv csv = {.separator = ','};
    bool more = true;
    leie_status st = leie_csv_open(&csv, path, required, optional, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more) {
        void *item = list->item;
        st = leie_grow(&item, &list->room, list->n, sizeof *list->item, "rows of a list", err);
        list->item = item;
        st = st ? st : read_target(&list->item[list->n], &csv, err);
        list->n += st == LEIE_OK;
    }
    leie_csv_close(&csv);
    if (st)
        leie_targets_clear(list);
    return st;
}

void leie_targets_clear(leie_targets *list)
{
    leie_free(list->item);
    *list = (leie_targets){0};
}

leie_status leie_read_published(leie_published_list *list, const char *path, leie_error *err)
{
    static const char *const required[] = {"indicator", "region", "year", "value", "unit", "source", NULL};
    static const char *const optional[] = {"route", "edition", "averaging", NULL};
    leie_csv csv = {.separator = ','};
    bool more = true;
    leie_status st = leie_csv_open(&csv, path, required, optional, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more) {
        void *item = list->item;
        st = leie_grow(&item, &list->room, list->n, sizeof *list->item, "rows of a list", err);
        list->item = item;
        st = st ? st : read_value(&list->item[list->n], &csv, err);
        list->n += st == LEIE_OK;
    }
    leie_csv_close(&csv);
    if (st)
        leie_published_clear(list);
    return st;
}

void leie_published_clear(leie_published_list *list)
{
    leie_free(list->item);
    *list = (leie_published_list){0};
}
