// SPDX-License-Identifier: GPL-3.0-or-later
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_table.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// A copy of the text in a column, "" when the file does not have it.
static leie_status copy_text(char **to, const leie_csv *csv, const char *column, leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    leie_status st = leie_csv_string(csv, leie_csv_column(csv, column), text, sizeof text, err);
    if (st)
        return st;
    *to = leie_strdup(text);
    return *to ? LEIE_OK : leie_fail_memory(err, column, 1, strlen(text));
}

// The group of a record, which groups must have listed.
static leie_status copy_group(char **to, const leie_characterisation *c, const leie_csv *csv, leie_error *err)
{
    leie_size at;
    leie_status st = leie_lookup_label(&at, csv, leie_csv_column(csv, "group"), &c->group, "group", err);
    return st ? st : copy_text(to, csv, "group", err);
}

static leie_status copy_unit(char **to, const leie_csv *csv, leie_error *err)
{
    leie_status st = copy_text(to, csv, "unit", err);
    if (!st && !(*to)[0])
        st = leie_csv_fail(csv, leie_csv_column(csv, "unit"), LEIE_ERR_UNIT, err, "nothing where a unit belongs");
    return st;
}

static leie_status take_group(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_characterisation *c = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], unit[LEIE_LABEL_SIZE], kind[LEIE_LABEL_SIZE];
    leie_size at = leie_csv_column(csv, "group"), u = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, at, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    if (!st)
        st = leie_csv_string(csv, u, unit, sizeof unit, err);
    if (!st)
        st = leie_csv_string(csv, leie_csv_column(csv, "kind"), kind, sizeof kind, err);
    if (!st && !unit[0])
        st = leie_csv_fail(csv, u, LEIE_ERR_UNIT, err, "group '%s' has no unit", code);
    return st ? st : leie_lookup_add_label(&c->group, csv, at, code, name, unit, kind, err);
}

// An item is counted before its texts are copied, so that clearing finds what a failure leaves.
static leie_status take_factor(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_characterisation *c = ctx;
    void *list = c->factor;
    leie_status st = leie_grow(&list, &c->factor_room, c->factors, sizeof *c->factor, "a characterisation", err);
    c->factor = list;
    if (st)
        return st;
    leie_factor *f = &c->factor[c->factors++];
    f->line = csv->line;
    st = copy_group(&f->group, c, csv, err);
    if (!st)
        st = copy_text(&f->stressor, csv, "stressor", err);
    if (!st)
        st = copy_text(&f->region, csv, "region", err);
    if (!st)
        st = copy_text(&f->sector, csv, "sector", err);
    if (!st)
        st = copy_unit(&f->unit, csv, err);
    return st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &f->value, err);
}

static leie_status take_total(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_characterisation *c = ctx;
    void *list = c->total;
    leie_status st = leie_grow(&list, &c->total_room, c->totals, sizeof *c->total, "a characterisation", err);
    c->total = list;
    if (st)
        return st;
    leie_group_total *total = &c->total[c->totals++];
    total->line = csv->line;
    st = copy_group(&total->group, c, csv, err);
    if (!st)
        st = copy_text(&total->region, csv, "region", err);
    if (!st)
        st = copy_text(&total->residual, csv, "residual", err);
    if (!st)
        st = copy_unit(&total->unit, csv, err);
    return st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &total->value, err);
}

static leie_status take_allocation(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_characterisation *c = ctx;
    void *list = c->allocation;
    leie_status st = leie_grow(&list, &c->allocation_room, c->allocations, sizeof *c->allocation, "a characterisation", err);
    c->allocation = list;
    if (st)
        return st;
    leie_allocation *a = &c->allocation[c->allocations++];
    a->line = csv->line;
    st = copy_group(&a->group, c, csv, err);
    if (!st)
        st = copy_text(&a->region, csv, "region", err);
    if (!st)
        st = copy_text(&a->sector, csv, "sector", err);
    return st ? st : leie_csv_number(csv, leie_csv_column(csv, "weight"), &a->weight, err);
}

// Reads one of the files; one that the study does not give is left out.
static leie_status read_part(leie_characterisation *c, const leie_path *path, const leie_record_file *file,
                             leie_provenance *p, leie_error *err)
{
    leie_place place;
    leie_status st = leie_place_of(&place, path, 0, err);
    if (!st && place.real)
        st = leie_records_read(&place, file, c, p, err);
    leie_place_clear(&place);
    return st;
}

leie_status leie_read_characterisation(leie_characterisation *c, const leie_study_extension *spec, leie_provenance *p,
                                       leie_error *err)
{
    static const char *const group[] = {"group", "unit", NULL}, *const group_more[] = {"name", "kind", "source", "note",
                                                                                       NULL};
    static const char *const factor[] = {"stressor", "group", "value", "unit", NULL};
    static const char *const factor_more[] = {"region", "sector", "source", "note", NULL};
    static const char *const total[] = {"group", "region", "value", "unit", NULL};
    static const char *const total_more[] = {"residual", "source", "note", "year", NULL};
    static const char *const allocation[] = {"group", "sector", "weight", NULL};
    static const char *const allocation_more[] = {"region", "source", "note", NULL};
    static const leie_record_file groups = {group, group_more, "groups", take_group},
                                  factors = {factor, factor_more, "factors", take_factor},
                                  totals = {total, total_more, "totals", take_total},
                                  allocations = {allocation, allocation_more, "allocate", take_allocation};
    if (!spec->groups.real)
        return leie_fail(err, LEIE_ERR_DATA,
                         "extension '%s' has factors and no 'groups', the file that lists what they add up to",
                         spec->name);
    if (spec->factors.real)
        c->path = leie_strdup(spec->factors.real);
    leie_status st = spec->factors.real && !c->path ? leie_fail_memory(err, "a path", 1, strlen(spec->factors.real))
                                                    : read_part(c, &spec->groups, &groups, p, err);
    if (!st)
        st = read_part(c, &spec->factors, &factors, p, err);
    if (!st)
        st = read_part(c, &spec->totals, &totals, p, err);
    if (!st)
        st = read_part(c, &spec->allocate, &allocations, p, err);
    if (st)
        leie_characterisation_clear(c);
    return st;
}
