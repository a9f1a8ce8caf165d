// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/nest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"

// Shares must sum to one this closely.
static const double SHARES = 1e-9;

// Room for the list of regions in a note.
enum { LIST_MAX = 512 };

// The items of the country on an axis, and where they and the others go.
typedef struct split {
    leie_size first, count; // of the country
    leie_size regions;      // N
} split;

// Shares of the regions in the country's items: of[r * by_region + i * by_item].
typedef struct shares {
    const double *of;
    leie_size by_region, by_item;
} shares;

static split split_of(const leie_axis *axis, const char *country, leie_size regions)
{
    leie_size r = leie_labels_find(&axis->region, country);
    if (r < 0)
        return (split){.first = axis->n, .regions = regions};
    return (split){.first = axis->first[r], .count = axis->first[r + 1] - axis->first[r], .regions = regions};
}

static bool inside(const split *s, leie_size i)
{
    return i >= s->first && i < s->first + s->count;
}

// How many new items an old one becomes.
static leie_size copies(const split *s, leie_size i)
{
    return inside(s, i) ? s->regions : 1;
}

// New position of old item i in region r (0 for items outside the country).
static leie_size moved(const split *s, leie_size i, leie_size r)
{
    if (i < s->first)
        return i;
    return inside(s, i) ? s->first + r * s->count + (i - s->first) : i + (s->regions - 1) * s->count;
}

// Share of region r in old item i; exactly 1 outside the country, so that others are copied to the bit.
static double share(const split *s, const shares *by, leie_size i, leie_size r)
{
    return inside(s, i) ? by->of[r * by->by_region + (i - s->first) * by->by_item] : 1.0;
}

// ---- checks ----

// The share of every region in one thing is at least 0, and they sum to 1.
static leie_status check_shares(const leie_nest *nest, const double *of, leie_size step, const char *what,
                                const char *code, leie_error *err)
{
    for (leie_size r = 0; r < nest->region.n; r++)
        if (!(of[r * step] >= 0))
            return leie_fail(err, LEIE_ERR_DATA, "share of region '%s' in %s '%s' of %s is %g: expected 0 to 1",
                             nest->region.code[r], what, code, nest->country, of[r * step]);
    double sum = leie_sum(of, nest->region.n, step);
    if (!(fabs(sum - 1) <= SHARES))
        return leie_fail(err, LEIE_ERR_DATA,
                         "shares of the %lld regions from '%s' to '%s' in %s '%s' of %s sum to "
                         "%.12g: expected 1",
                         (long long)nest->region.n, nest->region.code[0], nest->region.code[nest->region.n - 1], what,
                         code, nest->country, sum);
    return LEIE_OK;
}

static leie_status check_items(const leie_nest *nest, const double *of, const leie_axis *axis, const split *s,
                               const char *what, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < s->count; i++)
        st = check_shares(nest, of + i, s->count, what, axis->code[s->first + i], err);
    return st;
}

// Whether the regions follow the industry key for a stressor (every share below 0).
static bool follows_industry(const leie_nest *nest, leie_size s)
{
    if (!nest->pressure)
        return true;
    for (leie_size r = 0; r < nest->region.n; r++)
        if (!(nest->pressure[r * nest->stressors + s] < 0))
            return false;
    return true;
}

static leie_status check_pressures(const leie_nest *nest, const leie_table *t, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && nest->pressure && s < t->stressor.n; s++)
        if (!follows_industry(nest, s))
            st = check_shares(nest, nest->pressure + s, nest->stressors, "stressor", t->stressor.code[s], err);
    return st;
}

static leie_status check_regions(const leie_nest *nest, const leie_table *t, leie_error *err)
{
    if (leie_labels_find(&t->sector.region, nest->country) < 0) {
        const char *nearest = leie_labels_nearest(&t->sector.region, nest->country);
        return leie_fail(err, LEIE_ERR_DATA, "country '%s' is not in the table%s%s%s", nest->country,
                         nearest ? ", the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
    }
    if (nest->region.n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "no regions to split '%s' into", nest->country);
    for (leie_size r = 0; r < nest->region.n; r++)
        if (strcmp(nest->region.code[r], nest->country) != 0 &&
            leie_labels_find(&t->sector.region, nest->region.code[r]) >= 0)
            return leie_fail(err, LEIE_ERR_DATA, "region '%s' of '%s' is already in the table", nest->region.code[r],
                             nest->country);
    return LEIE_OK;
}

static leie_status check_nest(const leie_nest *nest, const leie_table *t, const split *sector, const split *demand,
                              leie_error *err)
{
    const struct {
        const char *what;
        leie_size given, expected;
    } size[] = {{"sectors", nest->sectors, sector->count},
                {"final-demand categories", nest->categories, demand->count},
                {"stressors", nest->stressors, t->stressor.n}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        if (size[i].given != size[i].expected && (i < 2 || nest->pressure))
            return leie_fail(err, LEIE_ERR_SHAPE, "shares for %lld %s of '%s': the table has %lld",
                             (long long)size[i].given, size[i].what, nest->country, (long long)size[i].expected);
    leie_status st = check_items(nest, nest->industry, &t->sector, sector, "sector", err);
    if (!st)
        st = check_items(nest, nest->demand, &t->demand, demand, "final demand", err);
    if (!st && nest->direct)
        st = check_items(nest, nest->direct, &t->demand, demand, "direct pressures of final demand", err);
    return st ? st : check_pressures(nest, t, err);
}

// ---- axes ----

static leie_status name_region(leie_axis *to, const char *code, const char *name, leie_error *err)
{
    leie_size r = leie_labels_find(&to->region, code);
    return r < 0 ? LEIE_OK : leie_text_set(&to->region.name[r], name, err);
}

static leie_status copy_region(leie_axis *to, const leie_axis *from, leie_size r, const char *code, const char *name,
                               leie_error *err)
{
    for (leie_size i = from->first[r]; i < from->first[r + 1]; i++) {
        leie_size at = leie_axis_add(to, code, from->code[i], from->name[i], from->unit[i], from->kind[i], err);
        if (at < 0)
            return (leie_status)at;
    }
    return name_region(to, code, name, err);
}

static leie_status split_axis(leie_axis *to, const leie_axis *from, const leie_nest *nest, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < from->region.n; r++) {
        if (strcmp(from->region.code[r], nest->country) != 0) {
            st = copy_region(to, from, r, from->region.code[r], from->region.name[r], err);
            continue;
        }
        for (leie_size q = 0; !st && q < nest->region.n; q++)
            st = copy_region(to, from, r, nest->region.code[q], nest->region.name[q], err);
    }
    return st;
}

// ---- flows ----

// to[j'] = w share(j, q) from[j]
static void split_row(double *to, const double *from, leie_size n, double w, const split *s, const shares *by)
{
    for (leie_size j = 0; j < n; j++)
        for (leie_size q = 0; q < copies(s, j); q++)
            to[moved(s, j, q)] = w * share(s, by, j, q) * from[j];
}

// Z[(r,i),(q,j)] = a[r,i] a[q,j] Z[i,j]
static leie_status split_Z(leie_matrix *to, const leie_matrix *from, const split *s, const shares *by, leie_size news,
                           leie_error *err)
{
    leie_cells cells = {0};
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < from->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(from, i, &col, &val);
        for (leie_size r = 0; r < copies(s, i); r++)
            for (leie_size c = 0; c < count; c++) {
                leie_size j = col ? col[c] : c;
                for (leie_size q = 0; !st && val[c] != 0 && q < copies(s, j); q++)
                    st = leie_cells_add(&cells, moved(s, i, r), moved(s, j, q),
                                        share(s, by, i, r) * share(s, by, j, q) * val[c], err);
            }
    }
    if (!st)
        st = leie_matrix_from_cells(to, news, news, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

static leie_status new_rows(double **to, const double *from, leie_size rows, leie_size width, const char *what,
                            leie_error *err)
{
    if (!from)
        return LEIE_OK;
    *to = leie_new(rows * width, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, what, rows * width, sizeof **to);
}

static leie_status split_flows(leie_table *to, const leie_table *t, const leie_nest *nest, const split *sector,
                               const split *demand, leie_error *err)
{
    leie_size n = t->sector.n, m = t->demand.n, v = t->input.n, k = t->stressor.n;
    leie_size nn = to->sector.n, mm = to->demand.n;
    shares a = {nest->industry, sector->count, 1}, c = {nest->demand, demand->count, 1};
    shares direct = {nest->direct ? nest->direct : nest->demand, demand->count, 1};
    leie_status st = split_Z(&to->Z, &t->Z, sector, &a, nn, err);
    if (!st)
        st = new_rows(&to->Y, t->Y, nn, mm, "Y", err);
    if (!st)
        st = new_rows(&to->x, t->x, 1, nn, "x", err);
    if (!st)
        st = new_rows(&to->W, t->W, v, nn, "W", err);
    if (!st)
        st = new_rows(&to->F, t->F, k, nn, "F", err);
    if (!st)
        st = new_rows(&to->F_Y, t->F_Y, k, mm, "F_Y", err);
    if (st)
        return st;
    for (leie_size i = 0; to->Y && i < n; i++) // Y[(r,i),(q,f)] = a[r,i] c[q,f] Y[i,f]
        for (leie_size r = 0; r < copies(sector, i); r++)
            split_row(to->Y + moved(sector, i, r) * mm, t->Y + i * m, m, share(sector, &a, i, r), demand, &c);
    if (to->x)
        split_row(to->x, t->x, n, 1, sector, &a);
    for (leie_size w = 0; to->W && w < v; w++)
        split_row(to->W + w * nn, t->W + w * n, n, 1, sector, &a);
    for (leie_size s = 0; s < k; s++) { // F[s,(r,i)] = e[r,s,i] F[s,i]
        shares e = follows_industry(nest, s) ? a : (shares){nest->pressure + s, nest->stressors, 0};
        if (to->F)
            split_row(to->F + s * nn, t->F + s * n, n, 1, sector, &e);
        if (to->F_Y)
            split_row(to->F_Y + s * mm, t->F_Y + s * m, m, 1, demand, &direct);
    }
    return LEIE_OK;
}

// ---- notes ----

static leie_status note_split(leie_table *to, const leie_table *t, const leie_nest *nest, const split *sector,
                              const split *demand, leie_error *err)
{
    char list[LIST_MAX] = "";
    size_t used = 0;
    double country = t->x ? leie_sum(t->x + sector->first, sector->count, 1) : 0;
    for (leie_size r = 0; r < nest->region.n && used < sizeof list; r++) {
        double part = to->x ? leie_sum(to->x + sector->first + r * sector->count, sector->count, 1) : 0;
        int length = snprintf(list + used, sizeof list - used, "%s%s", r ? ", " : "", nest->region.code[r]);
        used += (size_t)length;
        if (country != 0 && leie_table_odd_unit(t) < 0 && used < sizeof list)
            used += (size_t)snprintf(list + used, sizeof list - used, " (%.1f %% of output)", 100 * part / country);
    }
    return leie_provenance_note(&to->provenance, LEIE_NOTE_DONE, nest->region.n, err,
                                "%s (%lld sectors, %lld final-demand columns) split by keys into %s: every region has "
                                "the country's technology and buys from the country's pool",
                                nest->country, (long long)sector->count, (long long)demand->count, list);
}

/* A pressure share where the region has no output: it stays in the region's production account, but no
 * footprint finds it, so regional footprints no longer follow from the demand shares alone. */
static leie_status note_stranded(leie_table *to, const leie_table *t, const leie_nest *nest, const split *sector,
                                 leie_error *err)
{
    leie_size nn = to->sector.n, end = sector->first + sector->regions * sector->count;
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && to->x && s < t->stressor.n; s++) {
        leie_acc amount = {0};
        leie_size places = 0;
        for (leie_size p = sector->first; p < end; p++) {
            leie_size i = sector->first + (p - sector->first) % sector->count;
            if (to->x[p] != 0 || t->x[i] == 0 || to->F[s * nn + p] == 0)
                continue;
            places++;
            leie_acc_add(&amount, to->F[s * nn + p]);
        }
        if (places > 0)
            st = leie_provenance_note(&to->provenance, LEIE_NOTE_FOUND, places, err,
                                      "%.9g %s of '%s' given by its key to %lld sectors in regions of %s that have no "
                                      "output there: unallocated",
                                      leie_acc_value(&amount), t->stressor.unit[s], t->stressor.code[s],
                                      (long long)places, nest->country);
    }
    return st;
}

leie_status leie_table_nest(leie_table *t, const leie_nest *nest, leie_error *err)
{
    leie_table to = {0};
    split sector = split_of(&t->sector, nest->country, nest->region.n);
    split demand = split_of(&t->demand, nest->country, nest->region.n);
    leie_status st = check_regions(nest, t, err);
    if (!st)
        st = check_nest(nest, t, &sector, &demand, err);
    if (!st)
        st = leie_table_like(&to, t, err);
    if (!st)
        st = split_axis(&to.sector, &t->sector, nest, err);
    if (!st)
        st = split_axis(&to.demand, &t->demand, nest, err);
    if (!st)
        st = split_flows(&to, t, nest, &sector, &demand, err);
    if (!st)
        st = note_split(&to, t, nest, &sector, &demand, err);
    if (!st)
        st = note_stranded(&to, t, nest, &sector, err);
    if (!st)
        leie_table_replace(t, &to);
    leie_table_clear(&to);
    return st;
}
