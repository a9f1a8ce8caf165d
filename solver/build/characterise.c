// SPDX-License-Identifier: GPL-3.0-or-later
/* The table with groups in place of the stressors of an extension: labels, the steps in their order, notes. */
#include "solver/build/characterise_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/table/table_impl.h"

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
static void work_clear(leie_characterising *w)
{
    leie_free(w->used);
    leie_free(w->factor);
    leie_free(w->G);
    leie_free(w->G_Y);
    leie_free(w->before);
    leie_free(w->region_of_column);
    leie_provenance_clear(&w->notes);
}

static leie_status work_new(leie_characterising *w, leie_error *err)
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

leie_status leie_characterise_fail(const leie_characterising *w, leie_size line, const char *what, const char *code,
                              const leie_labels *known, leie_error *err)
{
    const char *nearest = leie_labels_nearest(known, code);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: unknown %s '%s'%s%s%s", w->path, (long long)line, what, code,
                     nearest ? ", the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

leie_status leie_characterise_group(leie_size *group, const leie_characterising *w, const char *code, leie_size line,
                                    leie_error *err)
{
    *group = leie_labels_find(&w->c->group, code);
    return *group < 0 ? leie_characterise_fail(w, line, "group", code, &w->c->group, err) : LEIE_OK;
}

// -1 for "" (all regions).
leie_status leie_characterise_region(leie_size *region, const leie_characterising *w, const char *code, leie_size line,
                                     leie_error *err)
{
    *region = code[0] ? leie_labels_find(&w->t->sector.region, code) : -1;
    return code[0] && *region < 0 ? leie_characterise_fail(w, line, "region", code, &w->t->sector.region, err) : LEIE_OK;
}

leie_status leie_characterise_sector(const leie_characterising *w, leie_size region, const char *code, leie_size line,
                                     leie_error *err)
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

bool leie_characterise_takes(const leie_characterising *w, leie_size s)
{
    return strcmp(w->t->extension[s], w->extension) == 0;
}

// ---- the table ----

static leie_status check_characterisation(const leie_characterising *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_size first = -1;
    for (leie_size s = 0; s < t->stressor.n; s++) {
        if (!leie_characterise_takes(w, s))
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

static leie_status note_factors(leie_characterising *w, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size g = 0; !st && g < w->groups; g++) {
        if (isnan(w->before[g])) {
            st = leie_characterise_note(w, g, "after factors (stressors in other units)", err);
            continue;
        }
        st = leie_provenance_note(&w->notes, LEIE_NOTE_DONE, 1, err,
                                  "%s '%s', world: %.9g %s before, %.9g after factors", w->extension,
                                  w->c->group.code[g], w->before[g], w->c->group.unit[g], leie_characterise_sum(w, g, -1));
    }
    return st;
}

// One note that lists the stressors of the extension that no factor takes up.
static leie_status note_dropped(leie_characterising *w, leie_error *err)
{
    leie_size dropped = 0, length = 1;
    for (leie_size s = 0; s < w->t->stressor.n; s++)
        if (leie_characterise_takes(w, s) && !w->used[s]) {
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
        if (leie_characterise_takes(w, s) && !w->used[s])
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

static leie_status rows_new(rows *r, leie_size room, const leie_characterising *w, leie_error *err)
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
static leie_status rows_add(rows *r, const leie_characterising *w, const leie_labels *from, leie_size i,
                            const char *extension,
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
static leie_status collect_rows(rows *r, const leie_characterising *w, leie_error *err)
{
    const leie_table *t = w->t;
    bool placed = false;
    leie_status st = rows_new(r, t->stressor.n + w->groups, w, err);
    for (leie_size s = 0; !st && s < t->stressor.n; s++) {
        if (!leie_characterise_takes(w, s)) {
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

static leie_status keep_notes(leie_characterising *w, leie_error *err)
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
static leie_status keep_factors(leie_characterising *w, leie_error *err)
{
    const leie_table *t = w->t;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < w->c->factors; i++) {
        const leie_found_factor *f = &w->factor[i];
        char unit[2 * LEIE_FACTOR_UNIT_MAX];
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
    leie_characterising w = {.t = t,
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
        st = leie_characterise_find(&w, err);
    if (!st)
        st = leie_characterise_factors(&w, err);
    if (!st)
        st = note_dropped(&w, err);
    if (!st)
        st = note_factors(&w, err);
    if (!st)
        st = leie_characterise_totals(&w, err);
    if (!st)
        st = leie_characterise_allocations(&w, err);
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
