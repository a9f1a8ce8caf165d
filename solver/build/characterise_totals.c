// SPDX-License-Identifier: GPL-3.0-or-later
/* Totals that groups are brought to, region by region, and what moves between their sectors. */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/characterise_impl.h"
#include "solver/table/unit.h"

// ---- totals ----

// Sum of a group over F and F_Y of one region, or of the world for region -1.
double leie_characterise_sum(const leie_characterising *w, leie_size g, leie_size region)
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

leie_status leie_characterise_note(leie_characterising *w, leie_size g, const char *step, leie_error *err)
{
    return leie_provenance_note(&w->notes, LEIE_NOTE_DONE, 1, err, "%s '%s', world: %.9g %s %s", w->extension,
                                w->c->group.code[g], leie_characterise_sum(w, g, -1), w->c->group.unit[g], step);
}

// Scales a group in one region so that F and F_Y sum to target.
static leie_status scale_region(leie_characterising *w, leie_size g, leie_size region, double target, leie_size line,
                                leie_error *err)
{
    const leie_axis *axis = &w->t->sector;
    double now = leie_characterise_sum(w, g, region);
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
    return st ? st : leie_characterise_note(w, g, "after scaling", err);
}

static bool is_residual(const leie_group_total *total)
{
    return total->residual[0] != 0;
}

// The region that a total sets, its group, and its value in the group's unit.
static leie_status find_total(leie_size *group, leie_size *region, double *value, const leie_characterising *w,
                              const leie_group_total *total, leie_error *err)
{
    double factor = 0;
    leie_error why = {0};
    if ((total->region[0] != 0) == is_residual(total))
        return leie_fail(err, LEIE_ERR_DATA,
                         "%s:%lld: a total of '%s' needs a region, or a residual region for a "
                         "world total",
                         w->path, (long long)total->line, total->group);
    leie_status st = leie_characterise_group(group, w, total->group, total->line, err);
    if (!st)
        st = leie_characterise_region(region, w, is_residual(total) ? total->residual : total->region, total->line, err);
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
static leie_status check_total_once(const leie_characterising *w, leie_size i, leie_error *err)
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

static leie_status apply_total(leie_characterising *w, const leie_group_total *total, leie_error *err)
{
    leie_size g = 0, region = 0;
    double value = 0;
    leie_status st = find_total(&g, &region, &value, w, total, err);
    if (st || !is_residual(total))
        return st ? st : scale_region(w, g, region, value, total->line, err);
    double own = leie_characterise_sum(w, g, region);
    leie_acc others = {0};
    leie_acc_add(&others, leie_characterise_sum(w, g, -1));
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
leie_status leie_characterise_totals(leie_characterising *w, leie_error *err)
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

static leie_status check_allocation(const leie_characterising *w, leie_size i, leie_error *err)
{
    const leie_allocation *a = &w->c->allocation[i];
    leie_size group = 0, region = 0;
    leie_status st = leie_characterise_group(&group, w, a->group, a->line, err);
    if (!st)
        st = leie_characterise_region(&region, w, a->region, a->line, err);
    if (!st)
        st = leie_characterise_sector(w, region, a->sector, a->line, err);
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
static bool weighted_output(double *share, bool *concerned, const leie_characterising *w, const char *group)
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
static void move_region(leie_characterising *w, leie_size g, leie_size r, const double *share, leie_acc *moved,
                        leie_acc *kept)
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

static leie_status allocate_group(leie_characterising *w, leie_size g, double *share, bool *concerned, leie_error *err)
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
    return st ? st : leie_characterise_note(w, g, "after allocation", err);
}

leie_status leie_characterise_allocations(leie_characterising *w, leie_error *err)
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
