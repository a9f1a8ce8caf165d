// SPDX-License-Identifier: GPL-3.0-or-later
/* s stressor, g group, j sector, f final-demand column.
 *
 * Factors are sorted by group, stressor and how specific they are, so that a later one overwrites an
 * earlier one: all, then one sector, then one region, then one sector of one region. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/characterise_impl.h"
#include "solver/table/unit.h"

// value x (unit of the factor) x (unit of the stressor) in the unit of the group
static leie_status convert_factor(double *value, const leie_characterising *w, const leie_factor *f, leie_size s, leie_size g,
                                  leie_error *err)
{
    const char *stressor_unit = w->t->stressor.unit[s], *group_unit = w->c->group.unit[g];
    char product[LEIE_FACTOR_UNIT_MAX];
    double factor = 0;
    leie_error why = {0};
    if (!f->unit[0])
        return leie_fail(err, LEIE_ERR_UNIT, "%s:%lld: the factor for stressor '%s' has no unit", w->path,
                         (long long)f->line, f->stressor);
    int length = snprintf(product, sizeof product, "(%s) (%s)", f->unit, stressor_unit);
    leie_status st = length < LEIE_FACTOR_UNIT_MAX ? leie_unit_factor(&factor, product, group_unit, &why) : LEIE_ERR_UNIT;
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

static leie_status find_factor(leie_found_factor *to, const leie_characterising *w, const leie_factor *f, leie_error *err)
{
    leie_size s = leie_labels_find(&w->t->stressor, f->stressor);
    if (s < 0 || !leie_characterise_takes(w, s))
        return leie_characterise_fail(w, f->line, "stressor", f->stressor, &w->t->stressor, err);
    *to = (leie_found_factor){.stressor = s, .sector = f->sector, .line = f->line};
    leie_status st = leie_characterise_group(&to->group, w, f->group, f->line, err);
    if (!st)
        st = leie_characterise_region(&to->region, w, f->region, f->line, err);
    if (!st && f->sector[0])
        st = leie_characterise_sector(w, to->region, f->sector, f->line, err);
    if (!st && !isfinite(f->value))
        st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: factor %g: expected a finite number", w->path, (long long)f->line,
                       f->value);
    to->level = 2 * (to->region >= 0) + (f->sector[0] != 0);
    return st ? st : convert_factor(&to->value, w, f, s, to->group, err);
}

// By group, stressor and level; then by region and sector, so that doubles are neighbours.
static int compare_found(const void *a, const void *b)
{
    const leie_found_factor *p = a, *q = b;
    const leie_size key[][2] = {
        {p->group, q->group}, {p->stressor, q->stressor}, {p->level, q->level}, {p->region, q->region}};
    for (size_t i = 0; i < sizeof key / sizeof *key; i++)
        if (key[i][0] != key[i][1])
            return key[i][0] < key[i][1] ? -1 : 1;
    int order = strcmp(p->sector, q->sector);
    return order ? order : (p->line > q->line) - (p->line < q->line);
}

static bool same_target(const leie_found_factor *p, const leie_found_factor *q)
{
    return p->group == q->group && p->stressor == q->stressor && p->region == q->region &&
           strcmp(p->sector, q->sector) == 0;
}

leie_status leie_characterise_find(leie_characterising *w, leie_error *err)
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
static void spread_factors(double *on_sector, double *on_demand, const leie_characterising *w, leie_size first,
                           leie_size last)
{
    const leie_axis *axis = &w->t->sector;
    for (leie_size j = 0; j < w->n; j++)
        on_sector[j] = NAN;
    for (leie_size f = 0; f < w->m; f++)
        on_demand[f] = NAN;
    for (leie_size i = first; i < last; i++) {
        const leie_found_factor *p = &w->factor[i];
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
static leie_status apply_run(summing *by, leie_characterising *w, leie_size first, leie_size last, leie_error *err)
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
static leie_status apply_group(leie_characterising *w, leie_size g, leie_size first, leie_size last, summing *by,
                               leie_error *err)
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
leie_status leie_characterise_factors(leie_characterising *w, leie_error *err)
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
