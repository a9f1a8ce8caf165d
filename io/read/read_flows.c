// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_flows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/container.h"
#include "io/read/eurostat_impl.h"
#include "io/read/lookup.h"
#include "io/read/read_flows_impl.h"
#include "io/read/records.h"
#include "kernels/memory.h"

// Reads the one file at a path (no year in it).
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

static bool blank(const leie_csv *csv, leie_size c)
{
    return c < 0 || csv->field[c].size == 0;
}

// A number, NaN where the column is not there or empty.
static leie_status optional_number(const leie_csv *csv, const char *column, double *value, leie_error *err)
{
    leie_size c = leie_csv_column(csv, column);
    *value = NAN;
    return blank(csv, c) ? LEIE_OK : leie_csv_number(csv, c, value, err);
}

// An error of closing a list, which knows lines but not the file.
static leie_status with_path(leie_status st, const leie_path *path, const leie_error *why, leie_error *err)
{
    return st ? leie_fail(err, st, "%s: %s", path->shown ? path->shown : path->real, why->text) : LEIE_OK;
}

// ---- materials ----

static leie_status read_split(leie_split *split, const leie_csv *csv, const char *column, leie_error *err)
{
    static const char *const words[LEIE_SPLITS] = {"", "yes", "no", "mixed"};
    char text[16];
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    for (int i = 0; !st && i < LEIE_SPLITS; i++)
        if (strcmp(text, words[i]) == 0) {
            *split = (leie_split)i;
            return LEIE_OK;
        }
    return st ? st : leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' is not yes, no, mixed or empty", text);
}

static leie_status take_material(void *ctx, const leie_csv *csv, leie_error *err)
{
    char code[64], parent[64], name[LEIE_LABEL_SIZE], name_nl[LEIE_LABEL_SIZE];
    leie_split renewable, energy;
    leie_size c = leie_csv_column(csv, "code");
    leie_error why = {0};
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "parent"), parent, sizeof parent, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name_en"), name, sizeof name, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name_nl"), name_nl, sizeof name_nl, err);
    st = st ? st : read_split(&renewable, csv, "renewable", err);
    st = st ? st : read_split(&energy, csv, "energy", err);
    if (st)
        return st;
    st = leie_materials_add(ctx, code, name, name_nl, parent, renewable, energy, &why);
    return st ? leie_csv_fail(csv, c, st, err, "%s", why.text) : LEIE_OK;
}

leie_status leie_read_materials(leie_materials *m, const leie_path *path, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"code", "parent", "name_en", "renewable", "energy", NULL};
    static const char *const optional[] = {"name_nl", "note", NULL};
    static const leie_record_file file = {required, optional, "materials", take_material};
    leie_status st = read_file(path, &file, m, p, err);
    if (!st && m->label.n == 0)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no materials", path->shown ? path->shown : path->real);
    if (st)
        leie_materials_clear(m);
    return st;
}

// ---- flows ----

typedef struct flows_file {
    leie_flows *f;
    const leie_materials *m;
    const char *wanted; // edition, NULL for any
    leie_size dropped;  // rows of other editions
} flows_file;

// A word of one of the lists of solver/table/flows.h.
static leie_status take_word(int *word, const leie_csv *csv, const char *column, int (*find)(const char *),
                             const char *(*name)(int), int words, leie_error *err)
{
    char text[32], all[256] = "";
    leie_size c = leie_csv_column(csv, column);
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    if (st || (!text[0] && *word >= 0))
        return st;
    *word = find(text);
    if (*word >= 0)
        return LEIE_OK;
    for (int i = 0; i < words; i++)
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i ? ", " : "", name(i));
    return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "unknown %s '%s'; one of %s", column, text, all);
}

static const char *kind_name(int kind)
{
    return leie_flow_kind_name((leie_flow_kind)kind);
}

static const char *status_name(int status)
{
    return leie_flow_status_name((leie_flow_status)status);
}

// Whether the row belongs to the edition that is read.
static leie_status take_edition(bool *wanted, flows_file *file, const leie_csv *csv, leie_error *err)
{
    char text[64];
    leie_size c = leie_csv_column(csv, "edition");
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    *wanted = !file->wanted || strcmp(text, file->wanted) == 0;
    if (st || !*wanted) {
        file->dropped += st == LEIE_OK;
        return st;
    }
    if (!file->f->edition) {
        file->f->edition = leie_strdup(text);
        return file->f->edition ? LEIE_OK : leie_fail_memory(err, "edition", 1, sizeof text);
    }
    if (strcmp(file->f->edition, text) != 0)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err,
                             "edition '%s' beside '%s': one study takes one edition (flows: {path: ..., edition: ...})",
                             text, file->f->edition);
    return LEIE_OK;
}

static leie_status take_numbers(leie_flow *row, const leie_csv *csv, leie_error *err)
{
    leie_size c = leie_csv_column(csv, "tonnes"), sd = leie_csv_column(csv, "sd");
    leie_status st = leie_csv_number(csv, c, &row->tonnes, err);
    st = st ? st : optional_number(csv, "value_eur", &row->value_eur, err);
    st = st ? st : optional_number(csv, "sd", &row->sd, err);
    bool balance = row->kind >= LEIE_FLOW_IMP_RME; // consumption can be negative, a flow cannot
    if (!st && row->tonnes < 0 && !balance)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s of %g t", leie_flow_kind_name(row->kind), row->tonnes);
    if (!st && row->sd < 0)
        st = leie_csv_fail(csv, sd, LEIE_ERR_DATA, err, "a standard deviation of %g t", row->sd);
    return st;
}

static leie_status take_flow(void *ctx, const leie_csv *csv, leie_error *err)
{
    static const char *const tag[LEIE_FLOW_TAGS] = {"product", "industry", "treatment", "destination"};
    flows_file *file = ctx;
    leie_flow row = {.line = csv->line};
    leie_size year = 0, material = 0;
    int kind = -1, status = LEIE_FLOW_GIVEN;
    bool wanted = true;
    leie_status st = take_edition(&wanted, file, csv, err);
    if (st || !wanted)
        return st;
    st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    if (!st && (year < 1 || year > 9999))
        st = leie_csv_fail(csv, leie_csv_column(csv, "year"), LEIE_ERR_DATA, err, "%lld is no year", (long long)year);
    st = st ? st : take_word(&kind, csv, "kind", leie_flow_kind_find, kind_name, LEIE_FLOW_KINDS, err);
    st = st ? st : take_word(&status, csv, "status", leie_flow_status_find, status_name, LEIE_FLOW_STATUSES, err);
    st = st ? st : leie_lookup_label(&material, csv, leie_csv_column(csv, "material"), &file->m->label, "material", err);
    if (!st && material > LEIE_MATERIAL_TOTAL && material < LEIE_MATERIAL_FIRST)
        st = leie_csv_fail(csv, leie_csv_column(csv, "material"), LEIE_ERR_DATA, err,
                           "'%s' is computed from materials and cannot be given", file->m->label.code[material]);
    if (st)
        return st;
    row.year = (int)year;
    row.kind = (leie_flow_kind)kind;
    row.status = (leie_flow_status)status;
    row.material = (leie_index)material;
    st = take_numbers(&row, csv, err);
    if (!st && blank(csv, leie_csv_column(csv, "region")))
        st = leie_csv_fail(csv, leie_csv_column(csv, "region"), LEIE_ERR_DATA, err, "a flow needs a region");
    st = st ? st : leie_lookup_take(&row.region, &file->f->region, csv, "region", err);
    st = st ? st : leie_lookup_take(&row.partner, &file->f->partner, csv, "partner", err);
    for (int t = 0; !st && t < LEIE_FLOW_TAGS; t++)
        st = leie_lookup_take(&row.tag[t], &file->f->tag[t], csv, tag[t], err);
    if (!st && row.partner >= 0 && !leie_flow_trades(row.kind))
        st = leie_csv_fail(csv, leie_csv_column(csv, "partner"), LEIE_ERR_DATA, err, "%s has no partner",
                           leie_flow_kind_name(row.kind));
    return st ? st : leie_flows_add(file->f, &row, err);
}

static leie_status check_flows(flows_file *file, const leie_path *path, leie_error *err)
{
    leie_flows *f = file->f;
    leie_status st = LEIE_OK;
    if (!f->n)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no flows%s%s%s", path->shown ? path->shown : path->real,
                         file->wanted ? " of edition '" : "", file->wanted ? file->wanted : "", file->wanted ? "'" : "");
    if (file->dropped)
        st = leie_provenance_note(&f->provenance, LEIE_NOTE_DROPPED, file->dropped, err,
                                  "rows of other editions than '%s' were left out", file->wanted);
    return st;
}

leie_status leie_read_flows(leie_flows *f, const leie_path *path, const char *edition, const leie_materials *m,
                            leie_error *err)
{
    static const char *const required[] = {"region", "year", "kind", "material", "tonnes", NULL};
    static const char *const optional[] = {"partner",   "product", "industry", "treatment", "destination",
                                           "value_eur", "sd",      "status",   "edition",   "source", NULL};
    static const leie_record_file record = {required, optional, "flows", take_flow};
    flows_file file = {.f = f, .m = m, .wanted = edition};
    leie_error why = {0};
    leie_place place;
    char name[4096];
    leie_status st = leie_place_of(&place, path, 0, err);
    st = st ? st : leie_container_name(name, sizeof name, place.real, err);
    bool published = !st && (leie_eurostat_ending(name, ".json") || leie_eurostat_ending(name, ".tsv"));
    if (!st && published)
        st = leie_read_flows_eurostat(f, &place, m, err);
    else if (!st)
        st = read_file(path, &record, &file, &f->provenance, err);
    leie_place_clear(&place);
    st = st ? st : check_flows(&file, path, err);
    st = st ? st : with_path(leie_flows_close(f, &why), path, &why, err);
    if (st)
        leie_flows_clear(f);
    return st;
}

// ---- RME coefficients ----

typedef struct rme_file {
    leie_rme *rme;
    const leie_materials *m;
} rme_file;

// A unit as a quotient: tonnes of raw material per tonne, or per EUR, of product.
static leie_status take_unit(double *factor, bool *money, const leie_csv *csv, leie_error *err)
{
    char unit[64];
    double above, below = 1;
    leie_size c = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, c, unit, sizeof unit, err);
    if (st)
        return st;
    char *per = strchr(unit, '/');
    bool good = per != NULL;
    if (good) {
        *per++ = '\0';
        good = leie_unit_factor(&above, unit, "t", NULL) == LEIE_OK;
        *money = good && leie_unit_factor(&below, per, "EUR", NULL) == LEIE_OK;
        good = good && (*money || leie_unit_factor(&below, per, "t", NULL) == LEIE_OK);
        per[-1] = '/';
    }
    if (!good)
        return leie_csv_fail(csv, c, LEIE_ERR_UNIT, err, "'%s' is not a mass per mass (t/t) or per money (t/EUR)", unit);
    *factor = above / below;
    return LEIE_OK;
}

static leie_status take_coefficient(void *ctx, const leie_csv *csv, leie_error *err)
{
    rme_file *file = ctx;
    leie_rme_coefficient item = {.line = csv->line};
    char direction[8];
    double factor = 1;
    leie_size material = 0, year = 0, c = leie_csv_column(csv, "direction"), y = leie_csv_column(csv, "year");
    leie_status st = leie_csv_string(csv, c, direction, sizeof direction, err);
    item.exports = strcmp(direction, "exp") == 0;
    if (!st && !item.exports && strcmp(direction, "imp") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "direction '%s' is neither imp nor exp", direction);
    st = st ? st : leie_lookup_label(&material, csv, leie_csv_column(csv, "material"), &file->m->label, "material", err);
    if (!st && !blank(csv, y))
        st = leie_csv_integer(csv, y, &year, err);
    st = st ? st : leie_csv_number(csv, leie_csv_column(csv, "value"), &item.value, err);
    st = st ? st : take_unit(&factor, &item.money, csv, err);
    if (!st && blank(csv, leie_csv_column(csv, "product")))
        st = leie_csv_fail(csv, leie_csv_column(csv, "product"), LEIE_ERR_DATA, err, "a coefficient needs a product");
    st = st ? st : leie_lookup_take(&item.product, &file->rme->product, csv, "product", err);
    st = st ? st : leie_lookup_take(&item.origin, &file->rme->origin, csv, "origin", err);
    if (st)
        return st;
    item.value *= factor;
    item.year = (int)year;
    item.material = (leie_index)material;
    return leie_rme_add(file->rme, &item, err);
}

leie_status leie_read_rme(leie_rme *rme, const leie_path *path, const leie_materials *m, leie_provenance *p,
                          leie_error *err)
{
    static const char *const required[] = {"direction", "product", "material", "value", "unit", NULL};
    static const char *const optional[] = {"origin", "year", "source", NULL};
    static const leie_record_file record = {required, optional, "rme", take_coefficient};
    rme_file file = {rme, m};
    leie_error why = {0};
    leie_status st = read_file(path, &record, &file, p, err);
    st = st ? st : with_path(leie_rme_close(rme, m, &why), path, &why, err);
    if (st)
        leie_rme_clear(rme);
    return st;
}

// ---- GDP ----

typedef struct gdp_file {
    const int *year;
    leie_size years;
    leie_labels region;  // of the file
    leie_size room;
    double *value;       // [region.n, years]
    char *currency;      // the first one, "" before
} gdp_file;

static leie_status gdp_region(leie_size *at, gdp_file *file, const leie_csv *csv, leie_error *err)
{
    leie_index index;
    leie_size known = file->region.n;
    leie_status st = leie_lookup_take(&index, &file->region, csv, "region", err);
    if (!st && index < 0)
        st = leie_csv_fail(csv, leie_csv_column(csv, "region"), LEIE_ERR_DATA, err, "a GDP needs a region");
    *at = index;
    if (st || file->region.n == known)
        return st;
    if (file->region.n > file->room) {
        leie_size room = 2 * file->region.n + 16;
        double *grown = leie_resize(file->value, file->room * file->years, room * file->years, sizeof *grown);
        if (!grown)
            return leie_fail_memory(err, "GDP", room * file->years, sizeof *grown);
        file->value = grown;
        file->room = room;
    }
    for (leie_size y = 0; y < file->years; y++)
        file->value[*at * file->years + y] = NAN;
    return LEIE_OK;
}

// The currency is the end of the unit: EUR in MEUR.
static leie_status gdp_unit(double *factor, gdp_file *file, const leie_csv *csv, leie_error *err)
{
    char unit[32];
    leie_size c = leie_csv_column(csv, "unit");
    leie_status st = leie_csv_label(csv, c, unit, sizeof unit, err);
    if (st)
        return st;
    size_t size = strlen(unit);
    const char *currency = size >= 3 ? unit + size - 3 : unit;
    if (leie_unit_factor(factor, unit, currency, NULL) != LEIE_OK)
        return leie_csv_fail(csv, c, LEIE_ERR_UNIT, err, "'%s' is no amount of money", unit);
    if (!file->currency[0])
        snprintf(file->currency, 8, "%.7s", currency);
    if (strcmp(file->currency, currency) != 0)
        return leie_csv_fail(csv, c, LEIE_ERR_UNIT, err, "'%s' beside %s: one currency is needed", unit, file->currency);
    return LEIE_OK;
}

static leie_status take_gdp(void *ctx, const leie_csv *csv, leie_error *err)
{
    gdp_file *file = ctx;
    leie_size year, at = 0, y = 0, c = leie_csv_column(csv, "value");
    double value, factor = 1;
    leie_status st = leie_csv_integer(csv, leie_csv_column(csv, "year"), &year, err);
    st = st ? st : leie_csv_number(csv, c, &value, err);
    st = st ? st : gdp_unit(&factor, file, csv, err);
    st = st ? st : gdp_region(&at, file, csv, err);
    while (y < file->years && file->year[y] != year)
        y++;
    if (st || y == file->years)
        return st;
    double *cell = &file->value[at * file->years + y];
    if (!isnan(*cell))
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "the GDP of '%s' in %lld was given before",
                             file->region.code[at], (long long)year);
    *cell = value * factor;
    return LEIE_OK;
}

static double gdp_of(const gdp_file *file, const char *code, leie_size y)
{
    leie_size at = leie_labels_find(&file->region, code);
    return at < 0 ? NAN : file->value[at * file->years + y];
}

leie_status leie_read_gdp(double *value, char *currency, const leie_path *path, const int *year, leie_size years,
                          const leie_account_regions *q, const leie_labels *region, leie_provenance *p, leie_error *err)
{
    static const char *const required[] = {"region", "year", "value", "unit", NULL};
    static const char *const optional[] = {"source", "note", NULL};
    static const leie_record_file record = {required, optional, "gdp", take_gdp};
    gdp_file file = {.year = year, .years = years, .currency = currency};
    currency[0] = '\0';
    leie_status st = read_file(path, &record, &file, p, err);
    for (leie_size i = 0; !st && i < q->label.n; i++)
        for (leie_size y = 0; y < years; y++) {
            double *to = &value[y * q->label.n + i];
            *to = gdp_of(&file, q->label.code[i], y);
            if (!isnan(*to))
                continue;
            *to = 0;
            for (leie_size r = 0; r < region->n; r++)
                if (q->member[i * region->n + r])
                    *to += gdp_of(&file, region->code[r], y);
        }
    leie_labels_clear(&file.region);
    leie_free(file.value);
    return st;
}
