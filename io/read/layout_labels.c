// SPDX-License-Identifier: GPL-3.0-or-later
/* What a reading by a layout collects before its table has axes: labels with their units, rows that are not sectors. */
#include <stdio.h>
#include <string.h>

#include "io/read/layout_impl.h"
#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/unit.h"

leie_status leie_reading_array(double **array, leie_size count, leie_error *err)
{
    return leie_read_array(array, count, "values of a database", err);
}

leie_status leie_reading_uses(leie_reading *r, leie_size entry, const char *role, leie_error *err)
{
    leie_status st = leie_grow(&r->used, &r->used_room, r->useds, sizeof *r->used, "sources", err);
    if (st)
        return st;
    r->used[r->useds++] = (leie_used){entry, role};
    return LEIE_OK;
}

void leie_unit_key(char *key, const char *list, const char *code)
{
    snprintf(key, (size_t)2 * LEIE_CAPTURE_SIZE, "%s\x1f%s", list, code);
}

// The unit of a label of a list (a region, an extension), else of the label in any list.
static const char *find_unit(const leie_reading *r, const char *list, const char *code)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    leie_unit_key(key, list, code);
    leie_size at = leie_labels_find(&r->unit, key);
    if (at < 0) {
        leie_unit_key(key, "", code);
        at = leie_labels_find(&r->unit, key);
    }
    return at < 0 ? "" : r->unit.name[at];
}

leie_status leie_reading_label(leie_reading *r, const leie_resolved *label, bool *fresh, leie_error *err)
{
    bool demand = label->role == LEIE_ROLE_DEMAND;
    leie_axis_builder *b = demand ? &r->demand : &r->sector;
    const char *unit = label->unit[0] ? label->unit : find_unit(r, label->region, label->code);
    const char *region = label->region, *name = label->name;
    leie_size at = demand ? leie_labels_find(&r->layout->demand, label->code) : -1;
    if (at >= 0 && !name[0])
        name = r->layout->demand.name[at];
    if (!region[0] && r->sector.region.n) // a discrepancy of the world, or the only region
        region = r->sector.region.code[r->sector.region.n - 1];
    return leie_axis_builder_add(b, region, label->code, name, demand ? NULL : leie_layout_unit(r->layout, unit), fresh,
                                 err);
}

/* Units that the result file cannot spell stand in the name, and the number has unit 1. */
static leie_status spell_unit(char unit[LEIE_CAPTURE_SIZE], char name[2 * LEIE_CAPTURE_SIZE], leie_reading *r,
                              const leie_resolved *label, leie_error *err)
{
    char spelling[128];
    leie_error why = {0};
    const char *ours = leie_layout_unit(r->layout, unit);
    snprintf(name, (size_t)2 * LEIE_CAPTURE_SIZE, "%s", label->name);
    leie_status st = leie_unit_spelling(spelling, sizeof spelling, ours, &why);
    if (st && st != LEIE_ERR_UNIT)
        return leie_fail(err, st, "%s", why.text);
    if (!st) {
        char copy[LEIE_CAPTURE_SIZE];
        snprintf(copy, sizeof copy, "%s", ours);
        memcpy(unit, copy, sizeof copy);
        return LEIE_OK;
    }
    if (r->odd_units++ == 0)
        snprintf(r->odd_unit, sizeof r->odd_unit, "'%.100s'", unit);
    snprintf(name, (size_t)2 * LEIE_CAPTURE_SIZE, "%.900s%s[%.900s]", label->name[0] ? label->name : label->code, " ", unit);
    snprintf(unit, LEIE_CAPTURE_SIZE, "1");
    return LEIE_OK;
}

// ---- rows that are not sectors ----

static leie_status extra_grow(leie_extra *e, leie_error *err)
{
    if (e->row.n < e->room)
        return LEIE_OK;
    leie_size room = e->room ? 2 * e->room : 64;
    double **sector = leie_resize(e->to_sector, e->room, room, sizeof *sector);
    if (sector)
        e->to_sector = sector;
    double **demand = sector ? leie_resize(e->to_demand, e->room, room, sizeof *demand) : NULL;
    if (!demand)
        return leie_fail_memory(err, "rows of a database", room, sizeof *demand);
    e->to_demand = demand;
    e->room = room;
    return LEIE_OK;
}

void leie_extra_clear(leie_extra *e)
{
    for (leie_size i = 0; i < e->row.n; i++) {
        leie_free(e->to_sector[i]);
        leie_free(e->to_demand[i]);
    }
    leie_free(e->to_sector);
    leie_free(e->to_demand);
    leie_labels_clear(&e->row);
    *e = (leie_extra){0};
}

// Stressors that the study wants: patterns for their codes or their extension; none: all.
static bool is_selected(const leie_reading *r, const char *extension, const char *code)
{
    leie_captures c;
    if (r->only && strcmp(r->only, extension) != 0)
        return false;
    bool selected = r->spec->stressor_patterns == 0;
    for (leie_size i = 0; !selected && i < r->spec->stressor_patterns; i++) {
        c.n = 0;
        selected = leie_pattern_match(&c, r->spec->stressor_pattern[i], code, false);
        selected |= leie_pattern_match(&c, r->spec->stressor_pattern[i], extension, false);
    }
    return selected;
}

static leie_status extra_add(leie_size *at, leie_reading *r, leie_extra *e, const leie_piece *p, const char *key,
                             const leie_resolved *label, leie_error *err)
{
    char unit[LEIE_CAPTURE_SIZE], name[2 * LEIE_CAPTURE_SIZE];
    bool stressor = label->role == LEIE_ROLE_STRESSOR;
    snprintf(unit, sizeof unit, "%s", label->unit[0] ? label->unit : find_unit(r, p->extension, label->code));
    if (stressor && !unit[0])
        return leie_fail(err, LEIE_ERR_UNIT, "%s: stressor '%.200s' has no unit", p->shown, label->code);
    leie_status st = extra_grow(e, err);
    if (!st && stressor)
        st = spell_unit(unit, name, r, label, err);
    else
        snprintf(name, sizeof name, "%s", label->name);
    if (st)
        return st;
    *at = leie_labels_add(&e->row, key, name, unit, p->extension, err);
    if (*at < 0)
        return (leie_status)*at;
    st = leie_reading_array(&e->to_sector[*at], r->t->sector.n, err);
    if (!st && stressor)
        st = leie_reading_array(&e->to_demand[*at], r->t->demand.n, err);
    return st;
}

leie_status leie_reading_extra(leie_size *at, leie_reading *r, const leie_piece *p, const leie_resolved *label,
                               leie_error *err)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    bool stressor = label->role == LEIE_ROLE_STRESSOR;
    leie_extra *e = stressor ? &r->stressor : &r->input;
    *at = -1;
    if (stressor && !is_selected(r, p->extension, label->code)) {
        r->unselected++;
        return LEIE_OK;
    }
    leie_unit_key(key, stressor ? p->extension : "", label->code);
    *at = leie_labels_find(&e->row, key);
    return *at >= 0 ? LEIE_OK : extra_add(at, r, e, p, key, label, err);
}

// ---- units that stand in files of their own ----

static leie_status take_unit(leie_reading *r, const leie_piece *p, leie_resolved *found, char **field, leie_size line,
                             leie_error *err)
{
    char key[2 * LEIE_CAPTURE_SIZE];
    if (!leie_layout_resolve(found, r->layout, leie_yaml_get(p->part, "rows"), field, p->form.index))
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: '%.100s' is nothing that the layout knows", p->shown,
                         (long long)line, field[0]);
    if (found->role == LEIE_ROLE_SKIP)
        return LEIE_OK;
    leie_unit_key(key, found->role == LEIE_ROLE_SECTOR ? found->region : p->extension, found->code);
    if (leie_labels_find(&r->unit, key) >= 0)
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the unit of '%.200s' is there twice", p->shown, (long long)line,
                         found->code);
    leie_size at = leie_labels_add(&r->unit, key, field[p->form.index], NULL, NULL, err);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

leie_status leie_units_read(leie_reading *r, const leie_piece *p, leie_error *err)
{
    leie_text text;
    char *field[LEIE_GRID_LEVELS + 1];
    leie_size line = 0, fields = p->form.index + 1;
    leie_resolved *found = leie_new(1, sizeof *found);
    leie_status st = leie_bundle_text(&text, r->bundle, p->entry, p->sheet, LEIE_LABELS_MOST, err);
    if (!st && !found)
        st = leie_fail_memory(err, p->shown, 1, sizeof *found);
    for (char *next = text.data; !st && next && *next;) {
        char *here = next, *end = strchr(next, '\n');
        next = end ? end + 1 : NULL;
        if (end)
            *end = '\0';
        size_t size = strlen(here);
        if (size && here[size - 1] == '\r')
            here[--size] = '\0';
        if (++line <= p->form.skip + p->form.header || !size)
            continue;
        if (leie_fields_cut(field, fields, here, p->form.separator) < fields)
            st = leie_fail(err, LEIE_ERR_DATA, "%s:%lld: expected %lld labels and a unit", p->shown, (long long)line,
                           (long long)p->form.index);
        else
            st = take_unit(r, p, found, field, line, err);
    }
    leie_free(found);
    leie_text_free(&text);
    return st ? st : leie_reading_uses(r, p->entry, "units", err);
}
