// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/compare/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

void leie_origin_changes_clear(leie_origin_changes *list)
{
    leie_free(list->item);
    *list = (leie_origin_changes){0};
}

static leie_status add(leie_origin_changes *list, const char *what, const char *a, const char *b, leie_error *err)
{
    leie_status st = leie_grow(&list->item, &list->room, list->n, sizeof *list->item, "origins", err);
    if (st)
        return st;
    leie_origin_change *c = &list->item[list->n++];
    snprintf(c->what, sizeof c->what, "%s", what);
    snprintf(c->a, sizeof c->a, "%s", a ? a : "");
    snprintf(c->b, sizeof c->b, "%s", b ? b : "");
    return LEIE_OK;
}

static const char *edition_of_flows(const leie_dataset *ds)
{
    const leie_var *mfa = leie_dataset_find(ds, "mfa");
    return mfa ? leie_dataset_get_text(ds, mfa, "edition") : NULL;
}

const char *leie_edition_of(const leie_dataset *ds)
{
    const char *edition = leie_dataset_get_text(ds, NULL, "edition");
    return edition ? edition : edition_of_flows(ds);
}

static leie_status add_attributes(leie_origin_changes *list, const leie_compare_side side[2], leie_error *err)
{
    static const char *const name[][2] = {{"study", "study"}, {"edition", "edition"}, {"method", "method"}, {"averaging", "averaging"},
                                          {"currency", "currency"}, {"money_unit", "unit of money"}, {"valuation", "valuation"},
                                          {"table_system", "system of the table"}, {"source", "source"},
                                          {"leie_version", "program"}, {"options_sha256", "options that change numbers"},
                                          {"warning", "warning"}};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof name / sizeof name[0]; i++) {
        const char *a = leie_dataset_get_text(side[0].ds, NULL, name[i][0]), *b = leie_dataset_get_text(side[1].ds, NULL, name[i][0]);
        if (strcmp(a ? a : "", b ? b : "") != 0)
            st = add(list, name[i][1], a, b, err);
    }
    const char *flows[2] = {edition_of_flows(side[0].ds), edition_of_flows(side[1].ds)};
    if (!st && flows[0] && flows[1] && strcmp(flows[0], flows[1]) != 0)
        st = add(list, "edition of material flows", flows[0], flows[1], err);
    return st;
}

// ---- years ----

// Position of a year in a dataset, -1 when it is not there.
static leie_size year_at(const leie_dataset *ds, int64_t year)
{
    const leie_var *v = leie_dataset_find(ds, "year");
    for (leie_size i = 0; v && v->integer && i < v->count; i++)
        if (v->integer[i] == year)
            return i;
    return -1;
}

static leie_status add_prices(leie_origin_changes *list, const leie_compare_side side[2], leie_error *err)
{
    const leie_var *year = leie_dataset_find(side[0].ds, "year"), *a = leie_dataset_find(side[0].ds, "prices"),
                   *b = leie_dataset_find(side[1].ds, "prices");
    leie_status st = LEIE_OK;
    if (!year || !year->integer || !a || !b || !a->text || !b->text)
        return LEIE_OK;
    for (leie_size i = 0; !st && i < a->count && i < year->count; i++) {
        int64_t from = year->integer[i], to = side[1].year ? strtol(side[1].year, NULL, 10) : from;
        leie_size at = year_at(side[1].ds, to);
        if ((side[0].year && from != strtol(side[0].year, NULL, 10)) || at < 0 || at >= b->count || strcmp(a->text[i], b->text[at]) == 0)
            continue;
        char what[64];
        snprintf(what, sizeof what, "prices of %" PRId64, from);
        st = add(list, what, a->text[i], b->text[at], err);
    }
    return st;
}

// ---- files ----

typedef struct sources {
    const leie_var *year, *role, *path, *sha;
    leie_size n;
    int64_t only; // year, 0 for all
} sources;

static sources sources_of(const leie_compare_side *side)
{
    const leie_dataset *ds = side->ds;
    sources s = {.year = leie_dataset_find(ds, "source_year"), .role = leie_dataset_find(ds, "source_role"),
                 .path = leie_dataset_find(ds, "source_path"), .sha = leie_dataset_find(ds, "source_sha256")};
    bool whole = s.year && s.year->integer && s.role && s.role->text && s.path && s.path->text && s.sha && s.sha->text;
    s.n = whole ? s.year->count : 0;
    s.only = side->year ? strtol(side->year, NULL, 10) : 0;
    return s;
}

// Files of the year that counts, and those of all years (0).
static bool counts(const sources *s, leie_size i)
{
    return !s->only || s->year->integer[i] == s->only || s->year->integer[i] == 0;
}

// Number of the file among those of its role and year.
static leie_size place_of(const sources *s, leie_size i)
{
    leie_size place = 0;
    for (leie_size j = 0; j < i; j++)
        place += s->year->integer[j] == s->year->integer[i] && strcmp(s->role->text[j], s->role->text[i]) == 0;
    return place;
}

// The file of b that stands where file i of a does, -1 for none.
static leie_size partner(const sources *a, leie_size i, const sources *b)
{
    leie_size by_place = -1, place = place_of(a, i);
    for (leie_size j = 0; j < b->n; j++) {
        bool years = a->only && b->only ? (a->year->integer[i] == 0) == (b->year->integer[j] == 0)
                                        : a->year->integer[i] == b->year->integer[j];
        if (!counts(b, j) || !years || strcmp(a->role->text[i], b->role->text[j]) != 0)
            continue;
        if (strcmp(a->path->text[i], b->path->text[j]) == 0)
            return j;
        by_place = by_place < 0 && place_of(b, j) == place ? j : by_place;
    }
    return by_place;
}

static void name_file(char text[160], const sources *s, leie_size i)
{
    snprintf(text, 160, "%.100s %.12s", s->path->text[i], s->sha->text[i]);
}

static leie_status add_files(leie_origin_changes *list, const leie_compare_side side[2], leie_error *err)
{
    sources s[2] = {sources_of(&side[0]), sources_of(&side[1])};
    leie_status st = LEIE_OK;
    for (int from = 0; from < 2; from++)
        for (leie_size i = 0; !st && i < s[from].n; i++) {
            char what[96], text[2][160] = {"", ""};
            leie_size j = counts(&s[from], i) ? partner(&s[from], i, &s[!from]) : -1;
            if (!counts(&s[from], i) || (from && j >= 0))
                continue;
            list->files++;
            if (j >= 0 && strcmp(s[0].sha->text[i], s[1].sha->text[j]) == 0) {
                list->same_files++;
                continue;
            }
            name_file(text[from], &s[from], i);
            if (j >= 0)
                name_file(text[1], &s[1], j);
            snprintf(what, sizeof what, "file of %.50s", s[from].role->text[i]);
            if (!s[from].only && s[from].year->integer[i])
                snprintf(what + strlen(what), sizeof what - strlen(what), ", %" PRId64, s[from].year->integer[i]);
            st = add(list, what, text[0], text[1], err);
        }
    return st;
}

leie_status leie_compare_origins(leie_origin_changes *list, const leie_compare_side side[2], leie_error *err)
{
    *list = (leie_origin_changes){0};
    leie_status st = add_attributes(list, side, err);
    st = st ? st : add_prices(list, side, err);
    st = st ? st : add_files(list, side, err);
    if (st)
        leie_origin_changes_clear(list);
    return st;
}
