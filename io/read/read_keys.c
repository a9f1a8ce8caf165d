// SPDX-License-Identifier: GPL-3.0-or-later
/* Shares for a nest from a file of keys (region, variable, sector, year, value).
 *
 *   industry  a[r, i] = v[r, i] / sum over r     v[r, i] = sum over key codes of weight x key[r, code]
 *   demand    c[r, f] = key[r] / sum over r      or sum_i a[r, i] x_i / sum_i x_i for "output"
 *   pressure  e[r, s] = key[r, s] / sum over r   -1 for stressors without a key
 *
 * Of each variable the table's year is used, or the nearest one (the earlier of two), and a note says so. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_split.h"
#include "io/read/records.h"
#include "kernels/memory.h"
#include "kernels/sum.h"

// Shares add up to one this closely; printed ones have six digits.
static const double SHARES = 2e-6;

// One row of the file for a region of the nest.
typedef struct key {
    leie_index region;   // of the nest
    leie_index variable; // in keys.variable
    leie_index sector;   // in keys.sector, -1 for blank
    leie_size year, line;
    double value;
} key;

typedef struct keys {
    const leie_study_nest *spec;
    const leie_table *t;
    leie_provenance *p;
    const char *path;     // borrowed
    leie_size country;    // region of the table
    leie_labels variable; // kind: the list of its sectors
    leie_labels series;   // what must share a unit: a variable, or one stressor of the pressure variable
    leie_labels sector;   // key codes over all variables
    leie_size n, room;
    key *row;            // [n]
    leie_size strangers; // rows of regions that the nest does not have
} keys;

static void keys_clear(keys *k)
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
static leie_status take_variable(leie_index *at, keys *k, const leie_csv *csv, leie_error *err)
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
static leie_status take_unit(keys *k, const leie_csv *csv, leie_index variable, leie_index sector, leie_error *err)
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

static leie_status take_sector(leie_index *at, keys *k, const leie_csv *csv, leie_error *err)
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

static leie_status make_room(keys *k, leie_error *err)
{
    if (k->n < k->room)
        return LEIE_OK;
    leie_size room = k->room ? 2 * k->room : 256;
    key *row = leie_resize(k->row, k->n, room, sizeof *row);
    if (!row)
        return leie_fail_memory(err, "keys", room, sizeof *row);
    k->row = row;
    k->room = room;
    return LEIE_OK;
}

static leie_status take_key(void *ctx, const leie_csv *csv, leie_error *err)
{
    keys *k = ctx;
    char region[LEIE_LABEL_SIZE];
    key row = {.line = csv->line};
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
        st = make_room(k, err);
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
    const key *one = a, *other = b;
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
static leie_size nearest_year(const keys *k, leie_size variable)
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
static leie_status choose_years(keys *k, leie_error *err)
{
    leie_size kept = 0;
    leie_size *year = leie_new(k->variable.n, sizeof *year);
    if (!year)
        return leie_fail_memory(err, "years of keys", k->variable.n, sizeof *year);
    leie_status st = LEIE_OK;
    for (leie_size v = 0; v < k->variable.n; v++)
        year[v] = nearest_year(k, v);
    for (leie_size i = 0; i < k->n; i++)
        if (k->row[i].year == year[k->row[i].variable])
            k->row[kept++] = k->row[i];
    k->n = kept;
    if (kept)
        qsort(k->row, (size_t)kept, sizeof *k->row, by_cell);
    for (leie_size i = 1; !st && i < kept; i++) {
        const key *a = &k->row[i - 1], *b = &k->row[i];
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
static double whole_of(const keys *k, const key *row)
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
static leie_status check_shares(keys *k, leie_error *err)
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

static leie_status read_keys(keys *k, const leie_place *place, leie_error *err)
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

// ---- shares ----

static leie_status find_variable(leie_size *v, const keys *k, const char *name, leie_error *err)
{
    *v = name ? leie_labels_find(&k->variable, name) : -1;
    if (*v >= 0)
        return LEIE_OK;
    const char *nearest = name ? leie_labels_nearest(&k->variable, name) : NULL;
    return leie_fail(err, LEIE_ERR_DATA, "%s: no key '%s' for the regions of '%s'%s%s%s", k->path, name ? name : "",
                     k->spec->country, nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
}

// Value of a cell; NULL when the file does not have it.
static const double *cell(const keys *k, leie_size variable, leie_size region, leie_size sector)
{
    leie_size low = 0, high = k->n;
    while (low < high) {
        leie_size middle = (low + high) / 2;
        const key *row = &k->row[middle];
        bool before = row->variable != variable ? row->variable < variable
                      : row->region != region   ? row->region < region
                                                : row->sector < sector;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    const key *row = &k->row[low];
    bool found = low < k->n && row->variable == variable && row->region == region && row->sector == sector;
    return found ? &row->value : NULL;
}

// Adds weight x key to v[r * stride] for all regions; a region without the key is an error.
static leie_status add_key(double *v, leie_size stride, const keys *k, leie_size variable, leie_size sector,
                           double weight, leie_error *err)
{
    for (leie_size r = 0; r < k->spec->region.n; r++) {
        const double *value = cell(k, variable, r, sector);
        if (!value)
            return leie_fail(err, LEIE_ERR_DATA, "%s: region '%s' has no key '%s'%s%s%s", k->path,
                             k->spec->region.code[r], k->variable.code[variable], sector < 0 ? "" : " for '",
                             sector < 0 ? "" : k->sector.code[sector], sector < 0 ? "" : "'");
        v[r * stride] += weight * *value;
    }
    return LEIE_OK;
}

// Divides v[r * stride] by their sum; false when it is zero.
static bool normalise(double *v, leie_size stride, leie_size regions)
{
    double sum = leie_sum(v, regions, stride);
    if (!(sum > 0))
        return false;
    for (leie_size r = 0; r < regions; r++)
        v[r * stride] /= sum;
    return true;
}

static leie_status note_variable(const keys *k, leie_size v, const char *use, leie_error *err)
{
    leie_size year = nearest_year(k, v);
    const char *name = k->variable.code[v];
    if (year != k->t->year && !k->spec->nearest_keys)
        return leie_fail(err, LEIE_ERR_DATA, "%s: key '%s' of '%s' has no value for %d, the nearest year is %lld: write "
                         "keys: {path: ..., years: nearest} to take it (leie split: --nearest-keys)", k->path, name, k->spec->country, k->t->year,
                         (long long)year);
    if (year != k->t->year)
        return leie_provenance_note(k->p, LEIE_NOTE_ASSUMED, 1, err,
                                    "%s of '%s' by key '%s' of %lld, the nearest year to %d", use, k->spec->country,
                                    name, (long long)year, k->t->year);
    return leie_provenance_note(k->p, LEIE_NOTE_DONE, 1, err, "%s of '%s' by shares of key '%s' of %lld", use,
                                k->spec->country, name, (long long)year);
}

// A code of the country's sectors, or LEIE_OK with -1 for a code of other regions only.
static leie_status find_target(leie_size *i, const keys *k, const leie_concordance *c, const leie_link *link,
                               leie_error *err)
{
    const leie_axis *sector = &k->t->sector;
    char near[LEIE_LABEL_SIZE];
    *i = leie_axis_find_in(sector, k->country, link->to);
    for (leie_size r = 0; *i < 0 && r < sector->region.n; r++)
        if (leie_axis_find_in(sector, r, link->to) >= 0)
            return LEIE_OK;
    if (*i >= 0)
        return LEIE_OK;
    const char *nearest = leie_lookup_nearest(near, sector, k->country, link->to);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the table has no sector '%s'%s%s%s", c->path, (long long)link->line,
                     link->to, nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
}

// A pair given twice would count twice.
static leie_status check_once(const leie_concordance *c, leie_error *err)
{
    for (leie_size l = 0; l < c->n; l++)
        for (leie_size before = 0; before < l; before++)
            if (strcmp(c->link[l].from, c->link[before].from) == 0 && strcmp(c->link[l].to, c->link[before].to) == 0)
                return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: '%s' to '%s' is in line %lld already", c->path, (long long)c->link[l].line,
                                 c->link[l].from, c->link[l].to, (long long)c->link[before].line);
    return LEIE_OK;
}

// v[r, i] += weight x key over the links of the concordance.
static leie_status add_links(double *v, const keys *k, leie_size variable, const leie_concordance *c, leie_error *err)
{
    leie_size first = k->t->sector.first[k->country], sectors = k->t->sector.first[k->country + 1] - first;
    for (leie_size l = 0; l < c->n; l++) {
        const leie_link *link = &c->link[l];
        leie_size i, code = leie_labels_find(&k->sector, link->from);
        if (code < 0) {
            const char *nearest = leie_labels_nearest(&k->sector, link->from);
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the keys have no sector '%s'%s%s%s", c->path,
                             (long long)link->line, link->from, nearest ? "; '" : "", nearest ? nearest : "",
                             nearest ? "' is near" : "");
        }
        leie_status st = find_target(&i, k, c, link, err);
        if (!st && i >= 0)
            st = add_key(v + (i - first), sectors, k, variable, code, link->weight, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

static bool in_transit(const char *code)
{
    return strncmp(code, LEIE_TRANSIT, strlen(LEIE_TRANSIT)) == 0;
}

// Without a concordance the keys' codes are the table's.
static leie_status add_same(double *v, const keys *k, leie_size variable, leie_error *err)
{
    const leie_axis *axis = &k->t->sector;
    leie_size first = axis->first[k->country], sectors = axis->first[k->country + 1] - first;
    for (leie_size i = 0; i < sectors; i++) {
        leie_size code = leie_labels_find(&k->sector, axis->code[first + i]);
        if (code < 0 && in_transit(axis->code[first + i]))
            continue;
        if (code < 0)
            return leie_fail(
                err, LEIE_ERR_DATA,
                "%s: no key '%s' for sector '%s' of '%s'; keys by another list need a concordance in 'sectors'",
                k->path, k->variable.code[variable], axis->code[first + i], k->spec->country);
        leie_status st = add_key(v + i, sectors, k, variable, code, 1, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

// A transit sector of a nest passes on what its product's industry would: it has that key when it has none of its own.
static void fill_transit(double *a, const keys *k)
{
    const leie_axis *axis = &k->t->sector;
    leie_size first = axis->first[k->country], sectors = axis->first[k->country + 1] - first, N = k->spec->region.n;
    for (leie_size i = 0; i < sectors; i++) {
        const char *code = axis->code[first + i];
        leie_size of = in_transit(code) ? leie_axis_find_in(axis, k->country, code + strlen(LEIE_TRANSIT)) : -1;
        bool keyed = leie_sum(a + i, N, sectors) > 0;
        for (leie_size r = 0; of >= 0 && !keyed && r < N; r++)
            a[r * sectors + i] = a[r * sectors + of - first];
    }
}

static leie_status industry_shares(double *a, const keys *k, leie_error *err)
{
    leie_concordance c = {0};
    leie_size variable, N = k->spec->region.n, first = k->t->sector.first[k->country];
    leie_size sectors = k->t->sector.first[k->country + 1] - first;
    leie_status st = find_variable(&variable, k, k->spec->industries, err);
    if (!st && k->spec->sectors.real)
        st = leie_read_concordance(&c, &k->spec->sectors, "keys' sectors", k->p, err);
    if (!st)
        st = check_once(&c, err);
    if (!st)
        st = c.n ? add_links(a, k, variable, &c, err) : add_same(a, k, variable, err);
    if (!st)
        fill_transit(a, k);
    for (leie_size i = 0; !st && i < sectors; i++)
        if (!normalise(a + i, sectors, N))
            st = leie_fail(err, LEIE_ERR_DATA, "%s: key '%s' is zero or missing in all regions for sector '%s' of '%s'",
                           k->path, k->variable.code[variable], k->t->sector.code[first + i], k->spec->country);
    leie_concordance_clear(&c);
    return st ? st : note_variable(k, variable, "industries", err);
}

// share[r] = sum_i a[r, i] x_i / sum_i x_i
static leie_status output_shares(double *share, const keys *k, const double *a, leie_error *err)
{
    leie_size first = k->t->sector.first[k->country], sectors = k->t->sector.first[k->country + 1] - first;
    const double *x = k->t->x + first;
    for (leie_size r = 0; r < k->spec->region.n; r++)
        share[r] = leie_dot(a + r * sectors, 1, x, 1, sectors);
    if (normalise(share, 1, k->spec->region.n))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "'%s' has no output, so it cannot be a key", k->spec->country);
}

static leie_status variable_shares(double *share, const keys *k, const char *name, const char *use, leie_error *err)
{
    leie_size variable;
    leie_status st = find_variable(&variable, k, name, err);
    if (!st)
        st = add_key(share, 1, k, variable, -1, 1, err);
    if (!st && !normalise(share, 1, k->spec->region.n))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: key '%s' is zero in all regions", k->path, name);
    return st ? st : note_variable(k, variable, use, err);
}

static leie_status key_shares(double *share, const keys *k, const char *name, const char *use, const double *a,
                              leie_error *err)
{
    memset(share, 0, (size_t)k->spec->region.n * sizeof *share);
    if (name && strcmp(name, "output") == 0)
        return output_shares(share, k, a, err);
    return variable_shares(share, k, name, use, err);
}

// The country's columns of Y: first and number.
static leie_size country_columns(leie_size *first, const keys *k)
{
    const leie_axis *demand = &k->t->demand;
    leie_size r = leie_labels_find(&demand->region, k->spec->country);
    *first = r < 0 ? 0 : demand->first[r];
    return r < 0 ? 0 : demand->first[r + 1] - *first;
}

static leie_status demand_shares(double *c, double *share, const keys *k, const double *a, leie_error *err)
{
    leie_size first, columns = country_columns(&first, k);
    bool done[LEIE_DEMAND_KINDS] = {false};
    for (leie_size f = 0; f < columns; f++) {
        leie_demand_kind kind = k->t->demand.kind[first + f];
        if (done[kind])
            continue;
        done[kind] = true;
        if (!k->spec->demand[kind])
            return leie_fail(err, LEIE_ERR_DATA, "the nest of '%s' has no key for %s ('%s')", k->spec->country,
                             leie_demand_name(kind), k->t->demand.code[first + f]);
        leie_status st = key_shares(share, k, k->spec->demand[kind], leie_demand_name(kind), a, err);
        if (st)
            return st;
        for (leie_size g = f; g < columns; g++)
            for (leie_size r = 0; k->t->demand.kind[first + g] == kind && r < k->spec->region.n; r++)
                c[r * columns + g] = share[r];
    }
    return LEIE_OK;
}

static leie_status direct_shares(double *d, double *share, const keys *k, const double *a, leie_error *err)
{
    leie_size first, columns = country_columns(&first, k);
    leie_status st = key_shares(share, k, k->spec->direct, "direct pressures", a, err);
    for (leie_size r = 0; !st && r < k->spec->region.n; r++)
        for (leie_size f = 0; f < columns; f++)
            d[r * columns + f] = share[r];
    return st;
}

// Stressors with a key take its shares; a key for a stressor that the table does not have is an error,
// unless the table has none at all.
static leie_status pressure_shares(double *e, const keys *k, leie_size variable, leie_error *err)
{
    leie_size N = k->spec->region.n, stressors = k->t->stressor.n;
    for (leie_size i = 0; i < N * stressors; i++)
        e[i] = -1;
    for (leie_size i = 0; stressors > 0 && i < k->n; i++) {
        const key *row = &k->row[i];
        if (row->variable != variable)
            continue;
        const char *code = row->sector < 0 ? "" : k->sector.code[row->sector];
        leie_size s = leie_labels_find(&k->t->stressor, code);
        if (s < 0) {
            const char *nearest = leie_labels_nearest(&k->t->stressor, code);
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: unknown stressor '%s'%s%s%s", k->path, (long long)row->line,
                             code, nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
        }
        if (e[s] >= 0)
            continue;
        for (leie_size r = 0; r < N; r++)
            e[r * stressors + s] = 0;
        leie_status st = add_key(e + s, stressors, k, variable, row->sector, 1, err);
        if (!st && !normalise(e + s, stressors, N))
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: key '%s' of '%s' is zero in all regions", k->path,
                           (long long)row->line, k->variable.code[variable], code);
        if (st)
            return st;
    }
    return note_variable(k, variable, "pressures with a key", err);
}

// ---- the nest ----

static leie_status fill_pressures(leie_nest *nest, const keys *k, leie_error *err)
{
    double *e = NULL;
    leie_size variable = k->spec->pressure ? leie_labels_find(&k->variable, k->spec->pressure) : -1;
    if (variable < 0)
        return LEIE_OK;
    leie_status st = leie_read_array(&e, k->spec->region.n * nest->stressors, "shares of pressures", err);
    nest->pressure = e;
    return st ? st : pressure_shares(e, k, variable, err);
}

static leie_status fill_nest(leie_nest *nest, const keys *k, leie_error *err)
{
    leie_size first, N = k->spec->region.n;
    double *a = NULL, *c = NULL, *d = NULL, *share = NULL;
    nest->country = k->spec->country;
    nest->sectors = k->t->sector.first[k->country + 1] - k->t->sector.first[k->country];
    nest->categories = country_columns(&first, k);
    nest->stressors = k->t->stressor.n;
    leie_status st = leie_labels_copy(&nest->region, &k->spec->region, err);
    if (!st)
        st = leie_read_array(&share, N, "shares", err);
    if (!st)
        st = leie_read_array(&a, N * nest->sectors, "shares of industries", err);
    nest->industry = a;
    if (!st)
        st = industry_shares(a, k, err);
    if (!st)
        st = leie_read_array(&c, N * nest->categories, "shares of final demand", err);
    nest->demand = c;
    if (!st)
        st = demand_shares(c, share, k, a, err);
    if (!st && k->spec->direct)
        st = leie_read_array(&d, N * nest->categories, "shares of direct pressures", err);
    nest->direct = d;
    if (!st && d)
        st = direct_shares(d, share, k, a, err);
    leie_free(share);
    return st ? st : fill_pressures(nest, k, err);
}

leie_status leie_read_keys(leie_nest *nest, const leie_study_nest *spec, const leie_table *t, leie_provenance *p,
                           leie_error *err)
{
    keys k = {.spec = spec, .t = t, .p = p, .country = leie_labels_find(&t->sector.region, spec->country)};
    leie_place place = {0};
    *nest = (leie_nest){0};
    leie_status st = LEIE_OK;
    if (k.country < 0) {
        const char *nearest = leie_labels_nearest(&t->sector.region, spec->country);
        st = leie_fail(err, LEIE_ERR_DATA, "the table has no country '%s' to nest regions in%s%s%s", spec->country,
                       nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
    }
    if (!st)
        st = leie_place_of(&place, &spec->keys, t->year, err);
    if (!st && !place.real)
        st = leie_fail(err, LEIE_ERR_DATA, "the nest of '%s' has no file of keys", spec->country);
    k.path = place.real;
    if (!st)
        st = read_keys(&k, &place, err);
    if (!st)
        st = fill_nest(nest, &k, err);
    if (st)
        leie_nest_shares_free(nest);
    keys_clear(&k);
    leie_place_clear(&place);
    return st;
}

leie_status leie_read_pressure_keys(leie_nest *nest, const leie_study_nest *spec, const leie_table *t, leie_provenance *p,
                                    leie_error *err)
{
    keys k = {.spec = spec, .t = t, .p = p, .country = -1};
    leie_place place = {0};
    double *d = NULL;
    bool direct = spec->direct && strcmp(spec->direct, "output") != 0;
    *nest = (leie_nest){.country = spec->country, .categories = 1, .stressors = t->stressor.n};
    leie_status st = leie_labels_copy(&nest->region, &spec->region, err);
    st = st ? st : leie_place_of(&place, &spec->keys, t->year, err);
    k.path = place.real;
    st = st ? st : read_keys(&k, &place, err);
    if (!st && direct) {
        st = leie_read_array(&d, spec->region.n, "shares of direct pressures", err);
        nest->direct = d;
        st = st ? st : variable_shares(d, &k, spec->direct, "direct pressures", err);
    }
    st = st ? st : fill_pressures(nest, &k, err);
    if (st)
        leie_nest_shares_free(nest);
    keys_clear(&k);
    leie_place_clear(&place);
    return st;
}

// The shares are constant to those who use them; here they were allocated.
static void free_shares(const double *shares)
{
    leie_free((void *)(uintptr_t)shares);
}

void leie_nest_shares_free(leie_nest *nest)
{
    leie_labels_clear(&nest->region);
    free_shares(nest->industry);
    free_shares(nest->demand);
    free_shares(nest->direct);
    free_shares(nest->pressure);
    *nest = (leie_nest){0};
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
