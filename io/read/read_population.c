// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_table.h"
#include "io/read/records.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

// How a population was counted; the average of the year is preferred.
enum counted { AVERAGE, FIRST_OF_JANUARY, COUNTED };

typedef struct population {
    int year;
    leie_labels region; // of the file, for the year
    leie_size room;
    double (*value)[COUNTED]; // [region.n], NaN where there is none
} population;

static leie_status read_kind(enum counted *kind, const leie_csv *csv, leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "kind");
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    *kind = strcmp(text, "1 January") == 0 ? FIRST_OF_JANUARY : AVERAGE;
    if (!st && *kind == AVERAGE && text[0] && strcmp(text, "average") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "unknown kind '%s'; it is 'average' or '1 January'", text);
    return st;
}

static leie_status find_region(leie_size *at, population *all, const leie_csv *csv, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "region");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    *at = st ? -1 : leie_labels_find(&all->region, code);
    if (st || *at >= 0)
        return st;
    st = leie_grow(&all->value, &all->room, all->region.n, sizeof *all->value, "population", err);
    if (st)
        return st;
    *at = all->region.n;
    for (int k = 0; k < COUNTED; k++)
        all->value[*at][k] = NAN;
    return leie_lookup_add_label(&all->region, csv, c, code, NULL, NULL, NULL, err);
}

static leie_status take_row(void *ctx, const leie_csv *csv, leie_error *err)
{
    population *all = ctx;
    leie_size year, at, c = leie_csv_column(csv, "value");
    enum counted kind;
    double value;
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    if (!st)
        st = leie_csv_number(csv, c, &value, err);
    if (!st && value <= 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a population of %g", value);
    if (!st)
        st = read_kind(&kind, csv, err);
    if (st || year != all->year)
        return st;
    st = find_region(&at, all, csv, err);
    if (!st && !isnan(all->value[at][kind]))
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the population of '%s' in %d was given before",
                           all->region.code[at], all->year);
    if (!st)
        all->value[at][kind] = value;
    return st;
}

// Of one region, the average if there is one; NaN when the file has none. january counts the others.
static double of_region(const population *all, const char *code, leie_size *january)
{
    leie_size at = leie_labels_find(&all->region, code);
    if (at < 0)
        return NAN;
    if (!isnan(all->value[at][AVERAGE]))
        return all->value[at][AVERAGE];
    ++*january;
    return all->value[at][FIRST_OF_JANUARY];
}

static double of_members(const population *all, const bool *member, const leie_labels *region, leie_size *january)
{
    double sum = 0;
    leie_size members = 0;
    for (leie_size r = 0; r < region->n; r++)
        if (member[r]) {
            sum += of_region(all, region->code[r], january);
            members++;
        }
    return members ? sum : NAN;
}

// Names the regions without a value; the place is as the study writes it.
static leie_status note_missing(const double *value, const leie_account_regions *q, int year, const char *shown,
                                leie_provenance *p, leie_error *err)
{
    char names[256] = "";
    leie_size missing = 0;
    for (leie_size i = 0; i < q->label.n; i++) {
        size_t used = strlen(names);
        if (isnan(value[i]))
            snprintf(names + used, sizeof names - used, "%s%s", missing++ ? ", " : "", q->label.code[i]);
    }
    if (!missing)
        return LEIE_OK;
    return leie_provenance_note(p, LEIE_NOTE_FOUND, missing, err,
                                "%s: no population of %s in %d, so no values per inhabitant there", shown, names, year);
}

leie_status leie_read_population(double *value, const leie_path *path, int year, const leie_account_regions *q,
                                 const leie_labels *region, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"region", "year", "value", NULL};
    static const char *const optional[] = {"kind", "unit", "source", "note", NULL};
    static const leie_record_file file = {required, optional, "population", take_row};
    population all = {.year = year};
    leie_place place;
    leie_size january = 0, R = region->n;
    leie_status st = leie_place_of(&place, path, year, err);
    if (!st && place.real)
        st = leie_records_read(&place, &file, &all, p, err);
    for (leie_size i = 0; !st && i < q->label.n; i++) {
        value[i] = of_region(&all, q->label.code[i], &january);
        if (isnan(value[i]))
            value[i] = of_members(&all, q->member + i * R, region, &january);
    }
    if (!st && january)
        st = leie_provenance_note(p, LEIE_NOTE_ASSUMED, january, err,
                                  "population of %d: counts of 1 January where no average of the year is given", year);
    if (!st && place.real)
        st = note_missing(value, q, year, place.shown, p, err);
    leie_labels_clear(&all.region);
    leie_free(all.value);
    leie_place_clear(&place);
    return st;
}
