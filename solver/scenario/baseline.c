// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/baseline.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/table/unit.h"

typedef enum axis_kind { SECTORS, DEMAND, STRESSORS } axis_kind;

static const char *const item_names[] = {"sector", "category", "stressor"};

// One axis as a selection sees it.
typedef struct view {
    axis_kind kind;
    leie_size n;
    const leie_index *region;   // [n], NULL for stressors
    const leie_labels *regions; // NULL for stressors
} view;

static view view_of(const leie_baseline *b, axis_kind kind)
{
    if (kind == STRESSORS)
        return (view){kind, b->k, NULL, NULL};
    if (kind == DEMAND)
        return (view){kind, b->m, b->t->demand.of, &b->t->demand.region};
    return (view){kind, b->N, b->region, &b->t->sector.region};
}

static const char *item_code(const leie_baseline *b, axis_kind kind, leie_size i)
{
    return kind == SECTORS ? b->code[i] : kind == DEMAND ? b->t->demand.code[i] : b->t->stressor.code[i];
}

static const char *item_name(const leie_baseline *b, axis_kind kind, leie_size i)
{
    if (kind == SECTORS)
        return i < b->n ? b->t->sector.name[i] : b->code[i];
    return kind == DEMAND ? b->t->demand.name[i] : b->t->stressor.name[i];
}

static bool matches(const char *pattern, const char *text)
{
    return strcmp(pattern, text) == 0 || (strpbrk(pattern, "*?") && fnmatch(pattern, text, FNM_NOESCAPE) == 0);
}

static bool any_matches(leie_size n, char *const *pattern, const char *text)
{
    for (leie_size i = 0; i < n; i++)
        if (matches(pattern[i], text))
            return true;
    return n == 0;
}

// The known code nearest to one that matches nothing.
static leie_status nothing_matches(const leie_baseline *b, const leie_intervention *v, const leie_selection *s, view a,
                                   bool region, const char *what, const char *pattern, leie_error *err)
{
    leie_labels known = {0};
    for (leie_size i = 0; !region && i < a.n; i++)
        if (leie_labels_find(&known, item_code(b, a.kind, i)) < 0)
            leie_labels_add(&known, item_code(b, a.kind, i), NULL, NULL, NULL, NULL); // without memory there is no hint
    const char *nearest = leie_labels_nearest(region ? a.regions : &known, pattern);
    leie_status st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: intervention '%s': no %s '%s' in the table%s%s%s", v->path,
                               (long long)s->line, v->name, what, pattern, nearest ? ", did you mean '" : "", nearest ? nearest : "",
                               nearest ? "'?" : "");
    leie_labels_clear(&known);
    return st;
}

// Every text of the selection must match something.
static leie_status check_texts(const leie_baseline *b, const leie_intervention *v, const leie_selection *s, view a, leie_error *err)
{
    if ((s->regions || s->same_region) && !a.regions)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: intervention '%s': stressors have no regions", v->path, (long long)s->line, v->name);
    for (leie_size p = 0; p < s->regions; p++) {
        bool found = false;
        for (leie_size r = 0; r < a.regions->n && !found; r++)
            found = matches(s->region[p], a.regions->code[r]);
        if (!found)
            return nothing_matches(b, v, s, a, true, "region", s->region[p], err);
    }
    for (leie_size p = 0; p < s->items + s->names; p++) {
        bool name = p >= s->items, found = false;
        const char *pattern = name ? s->label[p - s->items] : s->item[p];
        char what[64];
        snprintf(what, sizeof what, "%s%s", item_names[a.kind], name ? " of the name" : "");
        for (leie_size i = 0; i < a.n && !found; i++)
            found = matches(pattern, name ? item_name(b, a.kind, i) : item_code(b, a.kind, i));
        if (!found)
            return nothing_matches(b, v, s, a, false, what, pattern, err);
    }
    return LEIE_OK;
}

// A sector of the table, or a process that belongs to the set.
static bool chosen(const leie_baseline *b, const leie_selection *s, view a, leie_size i)
{
    bool kind = !s->kinds || a.kind != DEMAND || (s->kinds >> b->t->demand.kind[i] & 1u);
    bool region = !a.regions || any_matches(s->regions, s->region, a.regions->code[a.region[i]]);
    bool item = s->names && !s->items ? false : any_matches(s->items, s->item, item_code(b, a.kind, i));
    bool name = s->names && any_matches(s->names, s->label, item_name(b, a.kind, i));
    // without a list of codes a process is not meant: it is named when it is
    if (a.kind == SECTORS && i >= b->n && !s->items)
        return false;
    return kind && region && (item || name);
}

static leie_status find(leie_positions *found, const leie_baseline *b, const leie_intervention *v, const leie_selection *s,
                        axis_kind kind, leie_error *err)
{
    view a = view_of(b, kind);
    leie_status st = check_texts(b, v, s, a, err);
    if (st)
        return st;
    found->at = leie_new(a.n ? a.n : 1, sizeof *found->at);
    if (!found->at)
        return leie_fail_memory(err, "a selection", a.n, sizeof *found->at);
    for (leie_size i = 0; i < a.n; i++)
        if (chosen(b, s, a, i))
            found->at[found->n++] = (leie_index)i;
    if (found->n == 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: intervention '%s' selects nothing: no %s is in all its lists at once",
                         v->path, (long long)(s->line ? s->line : v->line), v->name, item_names[kind]);
    return LEIE_OK;
}

static leie_status find_parts(leie_found *f, const leie_baseline *b, const leie_intervention *v, leie_error *err)
{
    f->parts = v->inputs + v->pressures;
    f->part = leie_new(f->parts ? f->parts : 1, sizeof *f->part);
    if (!f->part)
        return leie_fail_memory(err, "a process", f->parts, sizeof *f->part);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < f->parts; i++)
        st = i < v->inputs ? find(&f->part[i], b, v, &v->input[i].row, SECTORS, err)
                           : find(&f->part[i], b, v, &v->pressure[i - v->inputs].row, STRESSORS, err);
    return st;
}

static leie_status find_all(leie_found *f, const leie_baseline *b, const leie_intervention *v, leie_error *err)
{
    if (v->op == LEIE_OP_PROCESS)
        return find_parts(f, b, v, err);
    axis_kind rows = v->matrix == LEIE_EDIT_A || v->matrix == LEIE_EDIT_Y ? SECTORS : STRESSORS;
    axis_kind cols = v->matrix == LEIE_EDIT_A || v->matrix == LEIE_EDIT_S ? SECTORS : DEMAND;
    leie_status st = find(&f->row, b, v, &v->row, v->op == LEIE_OP_BALANCE && v->repair == LEIE_REPAIR_VALUE_ADDED ? STRESSORS : rows, err);
    if (!st)
        st = find(&f->col, b, v, &v->col, cols, err);
    if (!st && v->to.given)
        st = find(&f->to, b, v, &v->to, rows, err);
    if (!st && v->to_col.given)
        st = find(&f->to_col, b, v, &v->to_col, cols, err);
    return st;
}

// ---- axes ----

static leie_status new_arrays(leie_baseline *b, leie_error *err)
{
    b->scale = leie_new(b->n, sizeof *b->scale);
    b->region = leie_new(b->N, sizeof *b->region);
    b->demand_region = leie_new(b->m ? b->m : 1, sizeof *b->demand_region);
    b->code = leie_new(b->N, sizeof *b->code);
    b->unit = leie_new(b->N, sizeof *b->unit);
    b->money = leie_new(b->N, sizeof *b->money);
    b->tonne = leie_new(b->N, sizeof *b->tonne);
    b->stressor_tonne = leie_new(b->k ? b->k : 1, sizeof *b->stressor_tonne);
    b->found = leie_new(b->set->interventions ? b->set->interventions : 1, sizeof *b->found);
    if (!b->scale || !b->region || !b->demand_region || !b->code || !b->unit || !b->money || !b->tonne || !b->stressor_tonne || !b->found)
        return leie_fail_memory(err, "the baseline of scenarios", b->N, sizeof *b->scale);
    return LEIE_OK;
}

static double tonnes_per(const char *unit)
{
    double factor = 0;
    return unit[0] && leie_unit_factor(&factor, unit, "t", NULL) == LEIE_OK ? factor : 0;
}

static void describe_sectors(leie_baseline *b)
{
    const leie_table *t = b->t;
    for (leie_size i = 0; i < b->n; i++) {
        const char *unit = t->sector.unit[i];
        b->scale[i] = t->x[i] > 0 ? 1 / t->x[i] : 0;
        b->region[i] = t->sector.of[i];
        b->code[i] = t->sector.code[i];
        b->unit[i] = t->unit && strcmp(unit, t->unit) == 0 ? "" : unit;
        b->money[i] = !b->unit[i][0];
        b->tonne[i] = i && strcmp(unit, t->sector.unit[i - 1]) == 0 ? b->tonne[i - 1] : tonnes_per(unit);
    }
    for (leie_size j = 0; j < b->m; j++)
        b->demand_region[j] = (leie_index)leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]);
    for (leie_size s = 0; s < b->k; s++)
        b->stressor_tonne[s] = tonnes_per(t->stressor.unit[s]);
}

// Processes stand behind the sectors. One code belongs to one process of a region.
static leie_status describe_processes(leie_baseline *b, leie_error *err)
{
    for (leie_size i = 0; i < b->set->interventions; i++) {
        const leie_intervention *v = &b->set->intervention[i];
        if (v->op != LEIE_OP_PROCESS)
            continue;
        leie_size at = b->n + v->process, r = leie_labels_find(&b->t->sector.region, v->region);
        if (r < 0) {
            const char *nearest = leie_labels_nearest(&b->t->sector.region, v->region);
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: process '%s': no region '%s' in the table%s%s", v->path, (long long)v->line, v->code,
                             v->region, nearest ? ", the nearest is " : "", nearest ? nearest : "");
        }
        bool taken = leie_axis_find_in(&b->t->sector, r, v->code) >= 0;
        for (leie_size p = b->n; p < at && !taken; p++)
            taken = b->code[p] && b->region[p] == r && strcmp(b->code[p], v->code) == 0;
        if (taken)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: process '%s': the region %s has a sector of that code already", v->path,
                             (long long)v->line, v->code, v->region);
        b->region[at] = (leie_index)r;
        b->code[at] = v->code;
        b->unit[at] = !v->unit || (b->t->unit && strcmp(v->unit, b->t->unit) == 0) ? "" : v->unit;
        b->money[at] = !b->unit[at][0];
        b->tonne[at] = tonnes_per(b->unit[at]);
    }
    return LEIE_OK;
}

leie_status leie_baseline_make(leie_baseline *base, const leie_table *t, const leie_scenarios *set, leie_error *err)
{
    leie_baseline b = {.t = t, .set = set, .n = t->sector.n, .N = t->sector.n + set->processes, .m = t->demand.n,
                       .k = t->stressor.n, .R = t->sector.region.n};
    leie_status st = new_arrays(&b, err);
    if (st)
        goto done;
    describe_sectors(&b);
    st = describe_processes(&b, err);
    for (leie_size i = 0; !st && i < set->interventions; i++)
        st = find_all(&b.found[i], &b, &set->intervention[i], err);
done:
    if (st)
        leie_baseline_clear(&b);
    *base = b;
    return st;
}

static void positions_clear(leie_positions *p)
{
    p->at = leie_free(p->at);
}

void leie_baseline_clear(leie_baseline *b)
{
    for (leie_size i = 0; b->found && i < b->set->interventions; i++) {
        leie_found *f = &b->found[i];
        positions_clear(&f->row);
        positions_clear(&f->col);
        positions_clear(&f->to);
        positions_clear(&f->to_col);
        for (leie_size p = 0; f->part && p < f->parts; p++)
            positions_clear(&f->part[p]);
        leie_free(f->part);
    }
    leie_free(b->scale);
    leie_free(b->region);
    leie_free(b->demand_region);
    leie_free(b->code);
    leie_free(b->unit);
    leie_free(b->money);
    leie_free(b->tonne);
    leie_free(b->stressor_tonne);
    leie_free(b->found);
    *b = (leie_baseline){0};
}

double leie_baseline_cell(const leie_baseline *b, leie_edited matrix, leie_size row, leie_size col)
{
    switch (matrix) {
    case LEIE_EDIT_A:
        return row < b->n && col < b->n ? leie_matrix_get(&b->t->Z, row, col) * b->scale[col] : 0;
    case LEIE_EDIT_Y:
        return row < b->n ? b->t->Y[row * b->m + col] : 0;
    case LEIE_EDIT_S:
        return col < b->n ? b->t->F[row * b->n + col] * b->scale[col] : 0;
    default:
        return b->t->F_Y ? b->t->F_Y[row * b->m + col] : 0;
    }
}
