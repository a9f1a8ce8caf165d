/* s stressor of the extension, g group, j sector, f final-demand column, r region.
 *
 * Factors are sorted by group, stressor and how specific they are, so that a later one overwrites an
 * earlier one: all, then one sector, then one region, then one sector of one region. */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/characterise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"
#include "solver/table/unit.h"

enum { UNIT_MAX = 256 };

void leie_characterisation_clear(leie_characterisation *c)
{
    for (leie_size i = 0; i < c->factors; i++) {
        leie_factor *f = &c->factor[i];
        char *text[] = {f->stressor, f->group, f->region, f->sector, f->unit};
        for (size_t k = 0; k < sizeof text / sizeof *text; k++)
            leie_free(text[k]);
    }
    for (leie_size i = 0; i < c->totals; i++) {
        leie_group_total *f = &c->total[i];
        char *text[] = {f->group, f->region, f->residual, f->unit};
        for (size_t k = 0; k < sizeof text / sizeof *text; k++)
            leie_free(text[k]);
    }
    for (leie_size i = 0; i < c->allocations; i++) {
        leie_free(c->allocation[i].group);
        leie_free(c->allocation[i].region);
        leie_free(c->allocation[i].sector);
    }
    leie_free(c->factor);
    leie_free(c->total);
    leie_free(c->allocation);
    leie_free(c->path);
    leie_labels_clear(&c->group);
    *c = (leie_characterisation){0};
}

// A factor with its labels found in the table.
typedef struct found {
    leie_size group, stressor; // stressor: row of the table
    int level;                 // 0 all, 1 one sector, 2 one region, 3 one sector of one region
    leie_size region;          // -1 for all
    const char *sector;        // "" for all
    double value;              // in units of the group per unit of the stressor
    leie_size line;
} found;

// What the steps work on.
typedef struct work {
    leie_table *t;
    const leie_characterisation *c;
    const char *extension, *path;
    leie_size n, m, groups;
    bool *used;                   // [k] stressors that a factor takes up
    found *factor;                // [c->factors] sorted
    double *G;                    // [groups, n]
    double *G_Y;                  // [groups, m]
    double *before;               // [groups] world total of what the factors take up, in the group's unit; NaN when
                                  // a stressor of the group is in another kind of unit
    leie_index *region_of_column; // [m] region of a final-demand column among the regions of sectors
    leie_provenance notes;
} work;

static void work_clear(work *w)
{
    leie_free(w->used);
    leie_free(w->factor);
    leie_free(w->G);
    leie_free(w->G_Y);
    leie_free(w->before);
    leie_free(w->region_of_column);
    leie_provenance_clear(&w->notes);
}

static leie_status work_new(work *w, leie_error *err)
{
    w->used = leie_new(w->t->stressor.n, sizeof *w->used);
    w->factor = leie_new(w->c->factors, sizeof *w->factor);
    w->G = leie_new(w->groups * w->n, sizeof *w->G);
    w->G_Y = leie_new(w->groups * w->m, sizeof *w->G_Y);
    w->before = leie_new(w->groups, sizeof *w->before);
    w->region_of_column = leie_new(w->m, sizeof *w->region_of_column);
    if (!w->used || !w->factor || !w->G || !w->G_Y || !w->before || !w->region_of_column)
        return leie_fail_memory(err, "characterisation", w->groups * w->n, sizeof *w->G);
    for (leie_size f = 0; f < w->m; f++) {
        const char *region = w->t->demand.region.code[w->t->demand.of[f]];
        w->region_of_column[f] = (leie_index)leie_labels_find(&w->t->sector.region, region);
    }
    return LEIE_OK;
}

// ---- labels ----

static leie_status fail_label(const work *w, leie_size line, const char *what, const char *code,
                              const leie_labels *known, leie_error *err)
{
    const char *nearest = leie_labels_nearest(known, code);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: unknown %s '%s'%s%s%s", w->path, (long long)line, what, code,
                     nearest ? ", the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

static leie_status find_group(leie_size *group, const work *w, const char *code, leie_size line, leie_error *err)
{
    *group = leie_labels_find(&w->c->group, code);
    return *group < 0 ? fail_label(w, line, "group", code, &w->c->group, err) : LEIE_OK;
}

// -1 for "" (all regions).
static leie_status find_region(leie_size *region, const work *w, const char *code, leie_size line, leie_error *err)
{
    *region = code[0] ? leie_labels_find(&w->t->sector.region, code) : -1;
    return code[0] && *region < 0 ? fail_label(w, line, "region", code, &w->t->sector.region, err) : LEIE_OK;
}

static leie_status check_sector(const work *w, leie_size region, const char *code, leie_size line, leie_error *err)
{
    const leie_axis *axis = &w->t->sector;
    if (region >= 0 && leie_axis_find_in(axis, region, code) >= 0)
        return LEIE_OK;
    if (region >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: unknown sector '%s' in region '%s'", w->path, (long long)line,
                         code, axis->region.code[region]);
    for (leie_size r = 0; r < axis->region.n; r++)
        if (leie_axis_find_in(axis, r, code) >= 0)
            return LEIE_OK;
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: unknown sector '%s'", w->path, (long long)line, code);
}

static bool in_extension(const work *w, leie_size s)
{
    return strcmp(w->t->extension[s], w->extension) == 0;
}

// ---- factors ----

// value x (unit of the factor) x (unit of the stressor) in the unit of the group
static leie_status convert_factor(double *value, const work *w, const leie_factor *f, leie_size s, leie_size g,
                                  leie_error *err)
{
    const char *stressor_unit = w->t->stressor.unit[s], *group_unit = w->c->group.unit[g];
    char product[UNIT_MAX];
    double factor = 0;
    leie_error why = {0};
    if (!f->unit[0])
        return leie_fail(err, LEIE_ERR_UNIT, "%s:%lld: the factor for stressor '%s' has no unit", w->path,
                         (long long)f->line, f->stressor);
    int length = snprintf(product, sizeof product, "(%s) (%s)", f->unit, stressor_unit);
    leie_status st = length < UNIT_MAX ? leie_unit_factor(&factor, product, group_unit, &why) : LEIE_ERR_UNIT;
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "%s", why.text);
    if (st)
        return leie_fail(err, LEIE_ERR_UNIT,
                         "%s:%lld: a factor in '%s' on stressor '%s' in '%s' does not give '%s' of group '%s'%s%s%s",
                         w->path, (long long)f->line, f->unit, f->stressor, stressor_unit, group_unit, f->group,
                         why.text[0] ? " (" : "", why.text, why.text[0] ? ")" : "");
    *value = f->value * factor;
    return LEIE_OK;
}

static leie_status find_factor(found *to, const work *w, const leie_factor *f, leie_error *err)
{
    leie_size s = leie_labels_find(&w->t->stressor, f->stressor);
    if (s < 0 || !in_extension(w, s))
        return fail_label(w, f->line, "stressor", f->stressor, &w->t->stressor, err);
    *to = (found){.stressor = s, .sector = f->sector, .line = f->line};
    leie_status st = find_group(&to->group, w, f->group, f->line, err);
    if (!st)
        st = find_region(&to->region, w, f->region, f->line, err);
    if (!st && f->sector[0])
        st = check_sector(w, to->region, f->sector, f->line, err);
    if (!st && !isfinite(f->value))
        st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: factor %g: expected a finite number", w->path, (long long)f->line,
                       f->value);
    to->level = 2 * (to->region >= 0) + (f->sector[0] != 0);
    return st ? st : convert_factor(&to->value, w, f, s, to->group, err);
}

// By group, stressor and level; then by region and sector, so that doubles are neighbours.
static int compare_found(const void *a, const void *b)
{
    const found *p = a, *q = b;
    const leie_size key[][2] = {
        {p->group, q->group}, {p->stressor, q->stressor}, {p->level, q->level}, {p->region, q->region}};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        if (key[i][0] != key[i][1])
            return key[i][0] < key[i][1] ? -1 : 1;
    int order = strcmp(p->sector, q->sector);
    return order ? order : (p->line > q->line) - (p->line < q->line);
}

static bool same_target(const found *p, const found *q)
{
    return p->group == q->group && p->stressor == q->stressor && p->region == q->region &&
           strcmp(p->sector, q->sector) == 0;
}

static leie_status find_factors(work *w, leie_error *err)
{
    for (leie_size i = 0; i < w->c->factors; i++) {
        leie_status st = find_factor(&w->factor[i], w, &w->c->factor[i], err);
        if (st)
            return st;
        w->used[w->factor[i].stressor] = true;
    }
    qsort(w->factor, (size_t)w->c->factors, sizeof *w->factor, compare_found);
    for (leie_size i = 1; i < w->c->factors; i++)
        if (same_target(&w->factor[i - 1], &w->factor[i]))
            return leie_fail(err, LEIE_ERR_DATA,
                             "%s:%lld: the factor of '%s' to '%s' for region '%s', sector '%s' is "
                             "already on line %lld",
                             w->path, (long long)w->factor[i].line, w->t->stressor.code[w->factor[i].stressor],
                             w->c->group.code[w->factor[i].group],
                             w->factor[i].region < 0 ? "" : w->t->sector.region.code[w->factor[i].region],
                             w->factor[i].sector, (long long)w->factor[i - 1].line);
    return LEIE_OK;
}

// The factor of every sector and final-demand column for one group and stressor; NaN where none holds.
static void spread_factors(double *on_sector, double *on_demand, const work *w, leie_size first, leie_size last)
{
    const leie_axis *axis = &w->t->sector;
    for (leie_size j = 0; j < w->n; j++)
        on_sector[j] = NAN;
    for (leie_size f = 0; f < w->m; f++)
        on_demand[f] = NAN;
    for (leie_size i = first; i < last; i++) {
        const found *p = &w->factor[i];
        for (leie_size j = 0; j < w->n; j++)
            if ((p->region < 0 || axis->of[j] == p->region) && (!p->sector[0] || strcmp(axis->code[j], p->sector) == 0))
                on_sector[j] = p->value;
        for (leie_size f = 0; !p->sector[0] && f < w->m; f++)
            if (p->region < 0 || w->region_of_column[f] == p->region)
                on_demand[f] = p->value;
    }
}

// Adds factor x pressure where a factor holds; what no factor reaches is added to *missed.
static void take_up(leie_acc *sum, leie_acc *before, leie_acc *missed, leie_size *places, const double *pressure,
                    const double *factor, leie_size count)
{
    for (leie_size j = 0; j < count; j++) {
        if (pressure[j] == 0)
            continue;
        if (isnan(factor[j])) {
            leie_acc_add(missed, pressure[j]);
            ++*places;
        } else {
            leie_acc_add(&sum[j], factor[j] * pressure[j]);
            leie_acc_add(before, pressure[j]);
        }
    }
}

// What a group is being summed in.
typedef struct summing {
    leie_acc *sum;   // [n + m] sectors, then final-demand columns
    double *factor;  // [n + m]
    leie_acc before; // in the unit of the group
    bool comparable; // every stressor so far converts to that unit
} summing;

// One stressor of a group: factors first .. last - 1.
static leie_status apply_run(summing *by, work *w, leie_size first, leie_size last, leie_error *err)
{
    leie_size n = w->n, m = w->m, g = w->factor[first].group, s = w->factor[first].stressor, places = 0;
    leie_acc before = {0}, missed = {0};
    const char *unit = w->t->stressor.unit[s];
    double factor = 0;
    spread_factors(by->factor, by->factor + n, w, first, last);
    take_up(by->sum, &before, &missed, &places, w->t->F + s * n, by->factor, n);
    take_up(by->sum + n, &before, &missed, &places, w->t->F_Y + s * m, by->factor + n, m);
    leie_status st = leie_unit_factor(&factor, unit, w->c->group.unit[g], NULL);
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "unit of stressor '%s'", w->t->stressor.code[s]);
    by->comparable &= !st;
    leie_acc_add(&by->before, factor * leie_acc_value(&before));
    if (places == 0)
        return LEIE_OK;
    return leie_provenance_note(&w->notes, LEIE_NOTE_DROPPED, places, err,
                                "%.9g %s of '%s' in %lld places has no factor to group '%s'", leie_acc_value(&missed),
                                unit, w->t->stressor.code[s], (long long)places, w->c->group.code[g]);
}

// One group: factors first .. last - 1, a run of them for every stressor.
static leie_status apply_group(work *w, leie_size g, leie_size first, leie_size last, summing *by, leie_error *err)
{
    leie_size n = w->n, m = w->m;
    leie_status st = LEIE_OK;
    memset(by->sum, 0, (size_t)(n + m) * sizeof *by->sum);
    by->before = (leie_acc){0};
    by->comparable = true;
    for (leie_size end = first; !st && first < last; first = end) {
        while (end < last && w->factor[end].stressor == w->factor[first].stressor)
            end++;
        st = apply_run(by, w, first, end, err);
    }
    for (leie_size j = 0; j < n; j++)
        w->G[g * n + j] = leie_acc_value(&by->sum[j]);
    for (leie_size f = 0; f < m; f++)
        w->G_Y[g * m + f] = leie_acc_value(&by->sum[n + f]);
    w->before[g] = by->comparable ? leie_acc_value(&by->before) : NAN;
    return st;
}

// G[g, j] = sum over s of C[g, s, r(j), j] F[s, j]
static leie_status apply_factors(work *w, leie_error *err)
{
    summing by = {.sum = leie_new(w->n + w->m, sizeof *by.sum), .factor = leie_new(w->n + w->m, sizeof *by.factor)};
    leie_status st = LEIE_OK;
    if (!by.sum || !by.factor)
        st = leie_fail_memory(err, "characterisation", w->n + w->m, sizeof *by.sum);
    leie_size first = 0;
    for (leie_size g = 0; !st && g < w->groups; g++) {
        leie_size last = first;
        while (last < w->c->factors && w->factor[last].group == g)
            last++;
        st = apply_group(w, g, first, last, &by, err);
        first = last;
    }
    leie_free(by.sum);
    leie_free(by.factor);
    return st;
}

// ---- totals ----

// Sum of a group over F and F_Y of one region, or of the world for region -1.
static double group_total(const work *w, leie_size g, leie_size region)
{
    const leie_axis *axis = &w->t->sector;
    leie_acc sum = {0};
    for (leie_size j = 0; j < w->n; j++)
        if (region < 0 || axis->of[j] == region)
            leie_acc_add(&sum, w->G[g * w->n + j]);
    for (leie_size f = 0; f < w->m; f++)
        if (region < 0 || w->region_of_column[f] == region)
            leie_acc_add(&sum, w->G_Y[g * w->m + f]);
    return leie_acc_value(&sum);
}

static leie_status note_world(work *w, leie_size g, const char *step, leie_error *err)
{
    return leie_provenance_note(&w->notes, LEIE_NOTE_DONE, 1, err, "%s '%s', world: %.9g %s %s", w->extension,
                                w->c->group.code[g], group_total(w, g, -1), w->c->group.unit[g], step);
}

// Scales a group in one region so that F and F_Y sum to target.
static leie_status scale_region(work *w, leie_size g, leie_size region, double target, leie_size line, leie_error *err)
{
    const leie_axis *axis = &w->t->sector;
    double now = group_total(w, g, region);
    if (now == 0 && target == 0)
        return LEIE_OK;
    if (!(now > 0))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: group '%s' is %g %s in region '%s': cannot be scaled to %g",
                         w->path, (long long)line, w->c->group.code[g], now, w->c->group.unit[g],
                         axis->region.code[region], target);
    double scale = target / now;
    for (leie_size j = axis->first[region]; j < axis->first[region + 1]; j++)
        w->G[g * w->n + j] *= scale;
    for (leie_size f = 0; f < w->m; f++)
        if (w->region_of_column[f] == region)
            w->G_Y[g * w->m + f] *= scale;
    leie_status st = leie_provenance_note(
        &w->notes, LEIE_NOTE_DONE, 1, err, "%s '%s', %s: %.9g %s before, %.9g after scaling (line %lld)", w->extension,
        w->c->group.code[g], axis->region.code[region], now, w->c->group.unit[g], target, (long long)line);
    return st ? st : note_world(w, g, "after scaling", err);
}

static bool is_residual(const leie_group_total *total)
{
    return total->residual[0] != 0;
}

// The region that a total sets, its group, and its value in the group's unit.
static leie_status find_total(leie_size *group, leie_size *region, double *value, const work *w,
                              const leie_group_total *total, leie_error *err)
{
    double factor = 0;
    leie_error why = {0};
    if ((total->region[0] != 0) == is_residual(total))
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: a total of '%s' needs a region, or a residual region for a "
                         "world total",
                         w->path, (long long)total->line, total->group);
    leie_status st = find_group(group, w, total->group, total->line, err);
    if (!st)
        st = find_region(region, w, is_residual(total) ? total->residual : total->region, total->line, err);
    if (st)
        return st;
    if (!(total->value >= 0) || isinf(total->value))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: total %g of '%s': expected a number of 0 or more", w->path,
                         (long long)total->line, total->value, total->group);
    st = leie_unit_factor(&factor, total->unit, w->c->group.unit[*group], &why);
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "%s", why.text);
    if (st)
        return leie_fail(err, LEIE_ERR_UNIT, "%s:%lld: a total in '%s' does not give '%s' of group '%s' (%s)", w->path,
                         (long long)total->line, total->unit, w->c->group.unit[*group], total->group, why.text);
    *value = factor * total->value;
    return LEIE_OK;
}

// A region of a group may be set once.
static leie_status check_total_once(const work *w, leie_size i, leie_error *err)
{
    const leie_group_total *a = &w->c->total[i];
    const char *region = is_residual(a) ? a->residual : a->region;
    for (leie_size k = 0; k < i; k++) {
        const leie_group_total *b = &w->c->total[k];
        if (strcmp(a->group, b->group) == 0 && strcmp(region, is_residual(b) ? b->residual : b->region) == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the total of '%s' in '%s' is already on line %lld", w->path,
                             (long long)a->line, a->group, region, (long long)b->line);
    }
    return LEIE_OK;
}

static leie_status apply_total(work *w, const leie_group_total *total, leie_error *err)
{
    leie_size g = 0, region = 0;
    double value = 0;
    leie_status st = find_total(&g, &region, &value, w, total, err);
    if (st || !is_residual(total))
        return st ? st : scale_region(w, g, region, value, total->line, err);
    double own = group_total(w, g, region);
    leie_acc others = {0};
    leie_acc_add(&others, group_total(w, g, -1));
    leie_acc_add(&others, -own);
    double rest = leie_acc_value(&others);
    if (rest > value)
        return leie_fail(
            err, LEIE_ERR_DATA,
            "%s:%lld: residual of '%s' in '%s' is negative: world total %g less %g %s of the other regions "
            "is %g",
            w->path, (long long)total->line, total->group, total->residual, value, rest, w->c->group.unit[g],
            value - rest);
    return scale_region(w, g, region, value - rest, total->line, err);
}

// Plain totals first, so that a residual sees the other regions as they will be.
static leie_status apply_totals(work *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < w->c->totals; i++)
        st = check_total_once(w, i, err);
    for (int residuals = 0; residuals < 2; residuals++)
        for (leie_size i = 0; !st && i < w->c->totals; i++)
            if (is_residual(&w->c->total[i]) == (residuals == 1))
                st = apply_total(w, &w->c->total[i], err);
    return st;
}

// ---- allocation ----

static leie_status check_allocation(const work *w, leie_size i, leie_error *err)
{
    const leie_allocation *a = &w->c->allocation[i];
    leie_size group = 0, region = 0;
    leie_status st = find_group(&group, w, a->group, a->line, err);
    if (!st)
        st = find_region(&region, w, a->region, a->line, err);
    if (!st)
        st = check_sector(w, region, a->sector, a->line, err);
    if (!st && (!(a->weight >= 0) || isinf(a->weight)))
        st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: weight %g: expected a number of 0 or more", w->path,
                       (long long)a->line, a->weight);
    for (leie_size k = 0; !st && k < i; k++) {
        const leie_allocation *b = &w->c->allocation[k];
        if (strcmp(a->group, b->group) == 0 && strcmp(a->region, b->region) == 0 && strcmp(a->sector, b->sector) == 0)
            st = leie_fail(err, LEIE_ERR_DATA,
                           "%s:%lld: the weight of '%s' for region '%s', sector '%s' is already on "
                           "line %lld",
                           w->path, (long long)a->line, a->group, a->region, a->sector, (long long)b->line);
    }
    return st;
}

// weight x output of every sector for one group; true when the group has weights at all.
static bool weighted_output(double *share, bool *concerned, const work *w, const char *group)
{
    const leie_axis *axis = &w->t->sector;
    bool any = false;
    memset(share, 0, (size_t)w->n * sizeof *share);
    memset(concerned, 0, (size_t)axis->region.n * sizeof *concerned);
    for (int regional = 0; regional < 2; regional++) // a weight for one region overrides one for all
        for (leie_size i = 0; i < w->c->allocations; i++) {
            const leie_allocation *a = &w->c->allocation[i];
            if (strcmp(a->group, group) != 0 || (a->region[0] != 0) != (regional == 1))
                continue;
            any = true;
            for (leie_size r = 0; r < axis->region.n; r++) {
                leie_size j = leie_axis_find_in(axis, r, a->sector);
                if (j < 0 || (a->region[0] && strcmp(a->region, axis->region.code[r]) != 0))
                    continue;
                share[j] = a->weight * fmax(w->t->x[j], 0);
                concerned[r] = true;
            }
        }
    return any;
}

// Moves the group's total of one region to its weighted sectors; *kept is what had nowhere to go.
static void move_region(work *w, leie_size g, leie_size r, const double *share, leie_acc *moved, leie_acc *kept)
{
    const leie_axis *axis = &w->t->sector;
    leie_size first = axis->first[r], count = axis->first[r + 1] - first;
    double *row = w->G + g * w->n + first;
    double total = leie_sum(row, count, 1), weights = leie_sum(share + first, count, 1);
    if (!(weights > 0)) {
        leie_acc_add(kept, total);
        return;
    }
    for (leie_size j = 0; j < count; j++)
        row[j] = total * (share[first + j] / weights);
    leie_acc_add(moved, total);
}

static leie_status allocate_group(work *w, leie_size g, double *share, bool *concerned, leie_error *err)
{
    const leie_axis *axis = &w->t->sector;
    if (!weighted_output(share, concerned, w, w->c->group.code[g]))
        return LEIE_OK;
    leie_acc moved = {0};
    leie_size regions = 0;
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < axis->region.n; r++) {
        leie_acc kept = {0};
        if (!concerned[r])
            continue;
        regions++;
        move_region(w, g, r, share, &moved, &kept);
        if (leie_acc_value(&kept) != 0)
            st = leie_provenance_note(
                &w->notes, LEIE_NOTE_FOUND, 1, err,
                "%s '%s', %s: %.9g %s stays where it was: the sectors to move it to have no output", w->extension,
                w->c->group.code[g], axis->region.code[r], leie_acc_value(&kept), w->c->group.unit[g]);
    }
    if (!st)
        st = leie_provenance_note(&w->notes, LEIE_NOTE_DONE, regions, err,
                                  "%s '%s': %.9g %s in %lld regions moved to other sectors by weight x output",
                                  w->extension, w->c->group.code[g], leie_acc_value(&moved), w->c->group.unit[g],
                                  (long long)regions);
    return st ? st : note_world(w, g, "after allocation", err);
}

static leie_status apply_allocations(work *w, leie_error *err)
{
    if (w->c->allocations == 0)
        return LEIE_OK;
    if (!w->t->x)
        return leie_fail(err, LEIE_ERR_DATA, "%s: allocation by output needs the table's x", w->path);
    double *share = leie_new(w->n, sizeof *share);
    bool *concerned = leie_new(w->t->sector.region.n, sizeof *concerned);
    leie_status st = LEIE_OK;
    if (!share || !concerned)
        st = leie_fail_memory(err, "allocation", w->n, sizeof *share);
    for (leie_size i = 0; !st && i < w->c->allocations; i++)
        st = check_allocation(w, i, err);
    for (leie_size g = 0; !st && g < w->groups; g++)
        st = allocate_group(w, g, share, concerned, err);
    leie_free(share);
    leie_free(concerned);
    return st;
}

// ---- the table ----

static leie_status check_characterisation(const work *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_size first = -1;
    for (leie_size s = 0; s < t->stressor.n; s++) {
        if (!in_extension(w, s))
            continue;
        if (first >= 0 && strcmp(t->basis[s], t->basis[first]) != 0)
            return leie_fail(err, LEIE_ERR_DATA, "extension '%s' mixes '%s' (%s) and '%s' (%s)", w->extension,
                             t->stressor.code[first], t->basis[first], t->stressor.code[s], t->basis[s]);
        if (first < 0)
            first = s;
    }
    if (first < 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: the table has no extension '%s'", w->path, w->extension);
    if (w->groups == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s: no groups to characterise extension '%s' into", w->path,
                         w->extension);
    for (leie_size g = 0; g < w->groups; g++)
        if (!w->c->group.unit[g][0])
            return leie_fail(err, LEIE_ERR_UNIT, "%s: group '%s' has no unit", w->path, w->c->group.code[g]);
    return LEIE_OK;
}

static leie_status note_factors(work *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size g = 0; !st && g < w->groups; g++) {
        if (isnan(w->before[g])) {
            st = note_world(w, g, "after factors (stressors in other units)", err);
            continue;
        }
        st = leie_provenance_note(&w->notes, LEIE_NOTE_DONE, 1, err,
                                  "%s '%s', world: %.9g %s before, %.9g after factors", w->extension,
                                  w->c->group.code[g], w->before[g], w->c->group.unit[g], group_total(w, g, -1));
    }
    return st;
}

// One note that lists the stressors of the extension that no factor takes up.
static leie_status note_dropped(work *w, leie_error *err)
{
    leie_size dropped = 0, length = 1;
    for (leie_size s = 0; s < w->t->stressor.n; s++)
        if (in_extension(w, s) && !w->used[s]) {
            dropped++;
            length += (leie_size)strlen(w->t->stressor.code[s]) + 4;
        }
    if (dropped == 0)
        return LEIE_OK;
    char *list = leie_new(length, 1);
    if (!list)
        return leie_fail_memory(err, "list of stressors", length, 1);
    char *end = list;
    for (leie_size s = 0; s < w->t->stressor.n; s++)
        if (in_extension(w, s) && !w->used[s])
            end +=
                snprintf(end, (size_t)(list + length - end), "%s'%s'", end > list ? ", " : "", w->t->stressor.code[s]);
    leie_status st =
        leie_provenance_note(&w->notes, LEIE_NOTE_DROPPED, dropped, err, "%lld stressors of '%s' without a factor: %s",
                             (long long)dropped, w->extension, list);
    leie_free(list);
    return st;
}

// The stressors after the step, as rows of a table that holds nothing else.
typedef struct rows {
    leie_labels stressor;
    leie_size room;
    char **extension, **basis;
    double *F, *F_Y;
} rows;

static void rows_clear(rows *r)
{
    for (leie_size i = 0; i < r->room; i++) {
        if (r->extension)
            leie_free(r->extension[i]);
        if (r->basis)
            leie_free(r->basis[i]);
    }
    leie_free(r->extension);
    leie_free(r->basis);
    leie_free(r->F);
    leie_free(r->F_Y);
    leie_labels_clear(&r->stressor);
}

static leie_status rows_new(rows *r, leie_size room, const work *w, leie_error *err)
{
    r->room = room;
    r->extension = leie_new(room, sizeof *r->extension);
    r->basis = leie_new(room, sizeof *r->basis);
    r->F = leie_new(room * w->n, sizeof *r->F);
    r->F_Y = leie_new(room * w->m, sizeof *r->F_Y);
    if (!r->extension || !r->basis || !r->F || !r->F_Y)
        return leie_fail_memory(err, "stressors", room * w->n, sizeof *r->F);
    return LEIE_OK;
}

// Appends item i of a list with its numbers.
static leie_status rows_add(rows *r, const work *w, const leie_labels *from, leie_size i, const char *extension,
                            const char *basis, const double *F, const double *F_Y, leie_error *err)
{
    leie_size at = leie_labels_add(&r->stressor, from->code[i], from->name[i], from->unit[i], from->kind[i], err);
    if (at < 0)
        return (leie_status)at;
    leie_status st = leie_text_set(&r->extension[at], extension, err);
    if (!st)
        st = leie_text_set(&r->basis[at], basis, err);
    if (st)
        return st;
    memcpy(r->F + at * w->n, F + i * w->n, (size_t)w->n * sizeof *F);
    if (w->m > 0)
        memcpy(r->F_Y + at * w->m, F_Y + i * w->m, (size_t)w->m * sizeof *F_Y);
    return LEIE_OK;
}

// The groups take the place of the extension's first stressor.
static leie_status collect_rows(rows *r, const work *w, leie_error *err)
{
    const leie_table *t = w->t;
    bool placed = false;
    leie_status st = rows_new(r, t->stressor.n + w->groups, w, err);
    for (leie_size s = 0; !st && s < t->stressor.n; s++) {
        if (!in_extension(w, s)) {
            st = rows_add(r, w, &t->stressor, s, t->extension[s], t->basis[s], t->F, t->F_Y, err);
            continue;
        }
        for (leie_size g = 0; !st && !placed && g < w->groups; g++)
            st = rows_add(r, w, &w->c->group, g, w->extension, t->basis[s], w->G, w->G_Y, err);
        placed = true;
    }
    return st;
}

// Swaps the rows into the table; r holds the old ones afterwards.
static void swap_rows(leie_table *t, rows *r)
{
    rows old = {t->stressor, t->stressor.n, t->extension, t->basis, t->F, t->F_Y};
    t->stressor = r->stressor;
    t->extension = r->extension;
    t->basis = r->basis;
    t->F = r->F;
    t->F_Y = r->F_Y;
    *r = old;
}

static leie_status keep_notes(work *w, leie_error *err)
{
    leie_provenance *p = &w->t->provenance;
    leie_size notes = p->notes;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < w->notes.notes; i++)
        st = leie_provenance_note(p, w->notes.note[i].kind, w->notes.note[i].count, err, "%s", w->notes.note[i].text);
    if (st)
        leie_provenance_rewind(p, notes);
    return st;
}

// C as it was used, so that it can be looked at in the result.
static leie_status keep_factors(work *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < w->c->factors; i++) {
        const found *f = &w->factor[i];
        char unit[2 * UNIT_MAX];
        snprintf(unit, sizeof unit, "%s per %s", w->c->group.unit[f->group], t->stressor.unit[f->stressor]);
        const char *const text[LEIE_FACTOR_TEXTS] = {
            [LEIE_FACTOR_GROUP] = w->c->group.code[f->group],
            [LEIE_FACTOR_STRESSOR] = t->stressor.code[f->stressor],
            [LEIE_FACTOR_REGION] = f->region < 0 ? "" : t->sector.region.code[f->region],
            [LEIE_FACTOR_SECTOR] = f->sector,
            [LEIE_FACTOR_UNIT] = unit};
        st = leie_provenance_factor(&w->t->provenance, text, f->value, err);
    }
    return st;
}

leie_status leie_table_characterise(leie_table *t, const char *extension, const leie_characterisation *c,
                                    leie_error *err)
{
    work w = {.t = t,
              .c = c,
              .extension = extension,
              .path = c->path ? c->path : "characterisation",
              .n = t->sector.n,
              .m = t->demand.n,
              .groups = c->group.n};
    rows r = {0};
    leie_status st = check_characterisation(&w, err);
    if (!st)
        st = work_new(&w, err);
    if (!st)
        st = find_factors(&w, err);
    if (!st)
        st = apply_factors(&w, err);
    if (!st)
        st = note_dropped(&w, err);
    if (!st)
        st = note_factors(&w, err);
    if (!st)
        st = apply_totals(&w, err);
    if (!st)
        st = apply_allocations(&w, err);
    if (!st)
        st = collect_rows(&r, &w, err);
    leie_size factors = t->provenance.factors;
    if (!st)
        st = keep_factors(&w, err);
    if (!st)
        st = keep_notes(&w, err);
    if (!st)
        swap_rows(t, &r);
    else
        leie_provenance_forget_factors(&t->provenance, factors);
    rows_clear(&r);
    work_clear(&w);
    return st;
}
