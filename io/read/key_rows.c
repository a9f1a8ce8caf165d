// SPDX-License-Identifier: GPL-3.0-or-later
/* Keys as a file gives them (region, variable, sector, year, value). Of each variable the table's year is used, or the
 * nearest one (the earlier of two), and a note says so. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/keys_impl.h"
#include "io/read/lookup.h"
#include "io/read/read_split.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// Shares add up to one this closely; printed ones have six digits.
static const double SHARES = 2e-6;

void leie_keys_clear(leie_keys *k)
{
    leie_labels_clear(&k->variable);
    leie_labels_clear(&k->series);
    leie_labels_clear(&k->sector);
    leie_free(k->row);
}

// ---- reading ----

static leie_status same_text(const leie_csv *csv, leie_size c, const char *found, const char *before, leie_error *err)
{
    if (strcmp(found, before) == 0)
        return LEIE_OK;
    return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' where the rows before had '%s'", found, before);
}

// Finds or adds the variable; all rows of one have the same list of sectors.
static leie_status take_variable(leie_index *at, leie_keys *k, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE], list[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "variable"), l = leie_csv_column(csv, "list");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st)
        st = leie_csv_string(csv, l, list, sizeof list, err);
    if (st)
        return st;
    leie_size v = leie_labels_find(&k->variable, code);
    if (v < 0) {
        *at = (leie_index)k->variable.n;
        return leie_lookup_add_label(&k->variable, csv, c, code, NULL, NULL, list, err);
    }
    *at = (leie_index)v;
    return same_text(csv, l, list, k->variable.kind[v], err);
}

// All rows that are added up have one unit: those of a variable, or of one stressor of the pressure variable.
static leie_status take_unit(leie_keys *k, const leie_csv *csv, leie_index variable, leie_index sector, leie_error *err)
{
    char unit[LEIE_LABEL_SIZE], code[2 * LEIE_LABEL_SIZE + 2];
    leie_size u = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, u, unit, sizeof unit, err);
    if (st)
        return st;
    const char *name = k->variable.code[variable], *pressure = k->spec->pressure;
    bool by_stressor = pressure && strcmp(name, pressure) == 0 && sector >= 0;
    snprintf(code, sizeof code, "%s %s", name, by_stressor ? k->sector.code[sector] : "");
    leie_size at = leie_labels_find(&k->series, code);
    if (at >= 0)
        return same_text(csv, u, unit, k->series.unit[at], err);
    at = leie_labels_add(&k->series, code, NULL, unit, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

static leie_status take_sector(leie_index *at, leie_keys *k, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "sector");
    leie_status st = leie_csv_string(csv, c, code, sizeof code, err);
    *at = st || !code[0] ? -1 : (leie_index)leie_labels_find(&k->sector, code);
    if (st || !code[0] || *at >= 0)
        return st;
    *at = (leie_index)k->sector.n;
    return leie_lookup_add_label(&k->sector, csv, c, code, NULL, NULL, NULL, err);
}

static leie_status take_key(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_keys *k = ctx;
    char region[LEIE_LABEL_SIZE];
    leie_key row = {.line = csv->line};
    leie_size c = leie_csv_column(csv, "value");
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "region"), region, sizeof region, err);
    if (!st)
        st = take_variable(&row.variable, k, csv, err);
    if (!st)
        st = take_sector(&row.sector, k, csv, err);
    if (!st)
        st = take_unit(k, csv, row.variable, row.sector, err);
    if (!st)
        st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &row.year, err);
    if (!st)
        st = leie_csv_number(csv, c, &row.value, err);
    if (!st && row.value < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a negative key: %g", row.value);
    if (!st)
        st = leie_grow(&k->row, &k->room, k->n, sizeof *k->row, "keys", err);
    if (st)
        return st;
    row.region = (leie_index)leie_labels_find(&k->spec->region, region);
    if (row.region < 0)
        k->strangers++;
    else
        k->row[k->n++] = row;
    return LEIE_OK;
}

// ---- choosing ----

static int by_cell(const void *a, const void *b)
{
    const leie_key *one = a, *other = b;
    const leie_size order[][2] = {{one->variable, other->variable},
                                  {one->region, other->region},
                                  {one->sector, other->sector},
                                  {one->line, other->line}};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (order[i][0] != order[i][1])
            return order[i][0] < order[i][1] ? -1 : 1;
    return 0;
}

// The year nearest to the table's for which a variable has rows.
leie_size leie_keys_year(const leie_keys *k, leie_size variable)
{
    leie_size best = 0, wanted = k->t->year;
    bool any = false;
    for (leie_size i = 0; i < k->n; i++) {
        leie_size year = k->row[i].year, gap = llabs(year - wanted), best_gap = llabs(best - wanted);
        if (k->row[i].variable != variable || (any && (gap > best_gap || (gap == best_gap && year > best))))
            continue;
        best = year;
        any = true;
    }
    return best;
}

// Keeps the rows of the chosen year of each variable, sorted; a cell that comes twice is an error.
static leie_status choose_years(leie_keys *k, leie_error *err)
{
    leie_size kept = 0;
    leie_size *year = leie_new(k->variable.n, sizeof *year);
    if (!year)
        return leie_fail_memory(err, "years of keys", k->variable.n, sizeof *year);
    leie_status st = LEIE_OK;
    for (leie_size v = 0; v < k->variable.n; v++)
        year[v] = leie_keys_year(k, v);
    for (leie_size i = 0; i < k->n; i++)
        if (k->row[i].year == year[k->row[i].variable])
            k->row[kept++] = k->row[i];
    k->n = kept;
    if (kept)
        qsort(k->row, (size_t)kept, sizeof *k->row, by_cell);
    for (leie_size i = 1; !st && i < kept; i++) {
        const leie_key *a = &k->row[i - 1], *b = &k->row[i];
        if (a->variable == b->variable && a->region == b->region && a->sector == b->sector)
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: key '%s' of region '%s'%s%s was given in line %lld", k->path,
                           (long long)b->line, k->variable.code[b->variable], k->spec->region.code[b->region],
                           b->sector < 0 ? "" : " and sector ", b->sector < 0 ? "" : k->sector.code[b->sector],
                           (long long)a->line);
    }
    leie_free(year);
    return st;
}

// 1 for shares, 100 for shares in per cent, 0 for amounts.
static double whole_of(const leie_keys *k, const leie_key *row)
{
    static const char *const share[] = {"1", "share", "%"};
    const char *name = k->variable.code[row->variable], *pressure = k->spec->pressure;
    char code[2 * LEIE_LABEL_SIZE + 2];
    bool by_stressor = pressure && strcmp(name, pressure) == 0 && row->sector >= 0;
    snprintf(code, sizeof code, "%s %s", name, by_stressor ? k->sector.code[row->sector] : "");
    leie_size at = leie_labels_find(&k->series, code);
    for (int i = 0; at >= 0 && i < 3; i++)
        if (strcmp(k->series.unit[at], share[i]) == 0)
            return i < 2 ? 1 : 100;
    return 0;
}

// Shares add up to one over the regions; when asked for, they are made to, with a note.
static leie_status check_shares(leie_keys *k, leie_error *err)
{
    leie_size off = 0;
    double most = 0;
    for (leie_size i = 0; i < k->n; i++) {
        double whole = whole_of(k, &k->row[i]), sum = 0;
        bool first = true;
        for (leie_size q = 0; whole > 0 && q < k->n; q++) {
            bool same = k->row[q].variable == k->row[i].variable && k->row[q].sector == k->row[i].sector;
            sum += same ? k->row[q].value : 0;
            first = first && !(same && q < i);
        }
        if (whole == 0 || !first || fabs(sum - whole) <= SHARES * whole)
            continue;
        if (!k->spec->sut.normalise)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: shares of key '%s'%s%s add up to %.9g over the regions, expected %g: "
                             "ask for 'normalise' if that is meant",
                             k->path, (long long)k->row[i].line, k->variable.code[k->row[i].variable],
                             k->row[i].sector < 0 ? "" : " and sector ",
                             k->row[i].sector < 0 ? "" : k->sector.code[k->row[i].sector], sum, whole);
        off++;
        most = fmax(most, fabs(sum / whole - 1));
    }
    return off == 0 ? LEIE_OK
                    : leie_provenance_note(k->p, LEIE_NOTE_REPAIRED, off, err,
                                           "%lld keys given as shares did not add up to one (by up to %.3g) and are made to",
                                           (long long)off, most);
}

static const char *const key_columns[] = {"region", "variable", "sector", "year", "value", "unit", NULL};
static const char *const key_more[] = {"list", "source", "note", NULL};

leie_status leie_keys_read(leie_keys *k, const leie_place *place, leie_error *err)
{
    static const leie_record_file file = {key_columns, key_more, "keys", take_key};
    leie_status st = leie_records_read(place, &file, k, k->p, err);
    if (!st)
        st = choose_years(k, err);
    if (!st)
        st = check_shares(k, err);
    if (!st && k->strangers)
        st = leie_provenance_note(k->p, LEIE_NOTE_DROPPED, k->strangers, err,
                                  "keys of regions that are no part of '%s' here", k->spec->country);
    return st;
}

// ---- regions of a file ----

static leie_status take_region(void *ctx, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "region");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (st || leie_labels_find(ctx, code) >= 0)
        return st;
    return leie_lookup_add_label(ctx, csv, c, code, NULL, NULL, NULL, err);
}

leie_status leie_read_key_regions(leie_labels *region, const leie_path *path, leie_error *err)
{
    static const leie_record_file file = {key_columns, key_more, NULL, take_region};
    leie_place place = {0};
    leie_status st = path->real ? leie_place_of(&place, path, 0, err)
                                : leie_fail(err, LEIE_ERR_USAGE, "a split into regions needs keys");
    st = st ? st : leie_records_read(&place, &file, region, NULL, err);
    leie_place_clear(&place);
    return st;
}
