// SPDX-License-Identifier: GPL-3.0-or-later
/* Shares for a nest from a file of keys (region, variable, sector, year, value).
 *
 *   industry  a[r, i] = v[r, i] / sum over r     v[r, i] = sum over key codes of weight x key[r, code]
 *   demand    c[r, f] = key[r] / sum over r      or sum_i a[r, i] x_i / sum_i x_i for "output"
 *   pressure  e[r, s] = key[r, s] / sum over r   -1 for stressors without a key
 */
#include <string.h>

#include "io/read/keys_impl.h"
#include "io/read/lookup.h"
#include "io/read/read_impl.h"
#include "io/read/read_split.h"
#include "kernels/memory.h"
#include "kernels/sum.h"

static leie_status find_variable(leie_size *v, const leie_keys *k, const char *name, leie_error *err)
{
    *v = name ? leie_labels_find(&k->variable, name) : -1;
    if (*v >= 0)
        return LEIE_OK;
    const char *nearest = name ? leie_labels_nearest(&k->variable, name) : NULL;
    return leie_fail(err, LEIE_ERR_DATA, "%s: no key '%s' for the regions of '%s'%s%s%s", k->path, name ? name : "",
                     k->spec->country, nearest ? "; '" : "", nearest ? nearest : "", nearest ? "' is near" : "");
}

// Value of a cell; NULL when the file does not have it.
static const double *cell(const leie_keys *k, leie_size variable, leie_size region, leie_size sector)
{
    leie_size low = 0, high = k->n;
    while (low < high) {
        leie_size middle = (low + high) / 2;
        const leie_key *row = &k->row[middle];
        bool before = row->variable != variable ? row->variable < variable
                      : row->region != region   ? row->region < region
                                                : row->sector < sector;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    const leie_key *row = &k->row[low];
    bool found = low < k->n && row->variable == variable && row->region == region && row->sector == sector;
    return found ? &row->value : NULL;
}

// Adds weight x key to v[r * stride] for all regions; a region without the key is an error.
static leie_status add_key(double *v, leie_size stride, const leie_keys *k, leie_size variable, leie_size sector,
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

static leie_status note_variable(const leie_keys *k, leie_size v, const char *use, leie_error *err)
{
    leie_size year = leie_keys_year(k, v);
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
static leie_status find_target(leie_size *i, const leie_keys *k, const leie_concordance *c, const leie_link *link,
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
static leie_status add_links(double *v, const leie_keys *k, leie_size variable, const leie_concordance *c, leie_error *err)
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
static leie_status add_same(double *v, const leie_keys *k, leie_size variable, leie_error *err)
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
static void fill_transit(double *a, const leie_keys *k)
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

static leie_status industry_shares(double *a, const leie_keys *k, leie_error *err)
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
static leie_status output_shares(double *share, const leie_keys *k, const double *a, leie_error *err)
{
    leie_size first = k->t->sector.first[k->country], sectors = k->t->sector.first[k->country + 1] - first;
    const double *x = k->t->x + first;
    for (leie_size r = 0; r < k->spec->region.n; r++)
        share[r] = leie_dot(a + r * sectors, 1, x, 1, sectors);
    if (normalise(share, 1, k->spec->region.n))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "'%s' has no output, so it cannot be a key", k->spec->country);
}

static leie_status variable_shares(double *share, const leie_keys *k, const char *name, const char *use, leie_error *err)
{
    leie_size variable;
    leie_status st = find_variable(&variable, k, name, err);
    if (!st)
        st = add_key(share, 1, k, variable, -1, 1, err);
    if (!st && !normalise(share, 1, k->spec->region.n))
        st = leie_fail(err, LEIE_ERR_DATA, "%s: key '%s' is zero in all regions", k->path, name);
    return st ? st : note_variable(k, variable, use, err);
}

static leie_status key_shares(double *share, const leie_keys *k, const char *name, const char *use, const double *a,
                              leie_error *err)
{
    memset(share, 0, (size_t)k->spec->region.n * sizeof *share);
    if (name && strcmp(name, "output") == 0)
        return output_shares(share, k, a, err);
    return variable_shares(share, k, name, use, err);
}

// The country's columns of Y: first and number.
static leie_size country_columns(leie_size *first, const leie_keys *k)
{
    const leie_axis *demand = &k->t->demand;
    leie_size r = leie_labels_find(&demand->region, k->spec->country);
    *first = r < 0 ? 0 : demand->first[r];
    return r < 0 ? 0 : demand->first[r + 1] - *first;
}

static leie_status demand_shares(double *c, double *share, const leie_keys *k, const double *a, leie_error *err)
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

static leie_status direct_shares(double *d, double *share, const leie_keys *k, const double *a, leie_error *err)
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
static leie_status pressure_shares(double *e, const leie_keys *k, leie_size variable, leie_error *err)
{
    leie_size N = k->spec->region.n, stressors = k->t->stressor.n;
    for (leie_size i = 0; i < N * stressors; i++)
        e[i] = -1;
    for (leie_size i = 0; stressors > 0 && i < k->n; i++) {
        const leie_key *row = &k->row[i];
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

static leie_status fill_pressures(leie_nest *nest, const leie_keys *k, leie_error *err)
{
    double *e = NULL;
    leie_size variable = k->spec->pressure ? leie_labels_find(&k->variable, k->spec->pressure) : -1;
    if (variable < 0)
        return LEIE_OK;
    leie_status st = leie_read_array(&e, k->spec->region.n * nest->stressors, "shares of pressures", err);
    nest->pressure = e;
    return st ? st : pressure_shares(e, k, variable, err);
}

static leie_status fill_nest(leie_nest *nest, const leie_keys *k, leie_error *err)
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
    leie_keys k = {.spec = spec, .t = t, .p = p, .country = leie_labels_find(&t->sector.region, spec->country)};
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
        st = leie_keys_read(&k, &place, err);
    if (!st)
        st = fill_nest(nest, &k, err);
    if (st)
        leie_nest_shares_free(nest);
    leie_keys_clear(&k);
    leie_place_clear(&place);
    return st;
}

leie_status leie_read_pressure_keys(leie_nest *nest, const leie_study_nest *spec, const leie_table *t, leie_provenance *p,
                                    leie_error *err)
{
    leie_keys k = {.spec = spec, .t = t, .p = p, .country = -1};
    leie_place place = {0};
    double *d = NULL;
    bool direct = spec->direct && strcmp(spec->direct, "output") != 0;
    *nest = (leie_nest){.country = spec->country, .categories = 1, .stressors = t->stressor.n};
    leie_status st = leie_labels_copy(&nest->region, &spec->region, err);
    st = st ? st : leie_place_of(&place, &spec->keys, t->year, err);
    k.path = place.real;
    st = st ? st : leie_keys_read(&k, &place, err);
    if (!st && direct) {
        st = leie_read_array(&d, spec->region.n, "shares of direct pressures", err);
        nest->direct = d;
        st = st ? st : variable_shares(d, &k, spec->direct, "direct pressures", err);
    }
    st = st ? st : fill_pressures(nest, &k, err);
    if (st)
        leie_nest_shares_free(nest);
    leie_keys_clear(&k);
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
