// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/materials.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

// ---- the tree ----

static leie_status make_room(leie_materials *m, leie_error *err)
{
    leie_size room = m->room ? 2 * m->room : 64;
    if (m->label.n < m->room)
        return LEIE_OK;
    char **name_nl = leie_resize(m->name_nl, m->room, room, sizeof *name_nl);
    m->name_nl = name_nl ? name_nl : m->name_nl;
    leie_index *parent = leie_resize(m->parent, m->room, room, sizeof *parent);
    m->parent = parent ? parent : m->parent;
    leie_split(*split)[2] = leie_resize(m->split, m->room, room, sizeof *split);
    m->split = split ? split : m->split;
    if (!name_nl || !parent || !split)
        return leie_fail_memory(err, "materials", room, sizeof *split);
    m->room = room;
    return LEIE_OK;
}

static leie_status append(leie_materials *m, const char *code, const char *name, const char *name_nl,
                          leie_index parent, const leie_split split[2], leie_error *err)
{
    leie_status st = make_room(m, err);
    char *copy = st ? NULL : leie_strdup(name_nl ? name_nl : "");
    if (!st && !copy)
        st = leie_fail_memory(err, "material", 1, 1);
    leie_size at = st ? (leie_size)st : leie_labels_add(&m->label, code, name, NULL, NULL, err);
    if (at < 0) {
        leie_free(copy);
        return (leie_status)at;
    }
    m->name_nl[at] = copy;
    m->parent[at] = parent;
    memcpy(m->split[at], split, sizeof m->split[at]);
    return LEIE_OK;
}

static leie_status add_totals(leie_materials *m, leie_error *err)
{
    static const char *const total[LEIE_MATERIAL_FIRST][3] = {
        {"TOTAL", "Total", "Totaal"},
        {"RENEWABLE", "Renewable materials", "Hernieuwbare materialen"},
        {"NON_RENEWABLE", "Non-renewable materials", "Niet-hernieuwbare materialen"},
        {"ENERGY", "Energy materials", "Energiematerialen"},
        {"NON_ENERGY", "Non-energy materials", "Niet-energetische materialen"}};
    static const leie_split none[2] = {LEIE_SPLIT_NONE, LEIE_SPLIT_NONE};
    leie_status st = LEIE_OK;
    for (int i = 0; !st && i < LEIE_MATERIAL_FIRST; i++)
        st = append(m, total[i][0], total[i][1], total[i][2], -1, none, err);
    return st;
}

leie_status leie_materials_add(leie_materials *m, const char *code, const char *name, const char *name_nl,
                               const char *parent, leie_split renewable, leie_split energy, leie_error *err)
{
    leie_status st = m->label.n ? LEIE_OK : add_totals(m, err);
    if (st)
        return st;
    leie_size above = parent && parent[0] ? leie_labels_find(&m->label, parent) : LEIE_MATERIAL_TOTAL;
    if (above < 0 || (above > LEIE_MATERIAL_TOTAL && above < LEIE_MATERIAL_FIRST))
        return leie_fail(err, LEIE_ERR_DATA, "material '%s': its parent '%s' does not stand above it in the list", code,
                         parent);
    return append(m, code, name, name_nl, (leie_index)above, (const leie_split[2]){renewable, energy}, err);
}

void leie_materials_clear(leie_materials *m)
{
    for (leie_size i = 0; i < m->label.n; i++)
        leie_free(m->name_nl[i]);
    leie_labels_clear(&m->label);
    leie_free(m->name_nl);
    leie_free(m->parent);
    leie_free(m->split);
    *m = (leie_materials){0};
}

leie_size leie_materials_top(const leie_materials *m, leie_size material)
{
    while (m->parent[material] > LEIE_MATERIAL_TOTAL)
        material = m->parent[material];
    return material;
}

// ---- rolling up ----

// NaN marks what has no data while this runs. Children come after their parents, so one sweep backwards sums.
static void sum_children(const leie_materials *m, double *value, const bool *given, double *gap, bool *broken_down)
{
    for (leie_size i = m->label.n - 1; i >= LEIE_MATERIAL_FIRST; i--) {
        leie_size above = m->parent[i];
        if (isnan(value[i]))
            continue;
        broken_down[above] = true;
        if (!given[above])
            value[above] = isnan(value[above]) ? value[i] : value[above] + value[i];
        else if (gap)
            gap[above] -= value[i];
    }
}

// gap holds minus the sum of the children of a given material.
static void close_gaps(const leie_materials *m, const double *value, const bool *given, double *gap,
                       const bool *broken_down)
{
    for (leie_size i = 0; i < m->label.n; i++)
        gap[i] = given[i] && broken_down[i] ? value[i] + gap[i] : 0;
}

// What has no data is zero or unknown, from the top down.
static void fill_blanks(const leie_materials *m, double *value, const bool *broken_down)
{
    for (leie_size i = LEIE_MATERIAL_FIRST; i < m->label.n; i++)
        if (isnan(value[i]) && (value[m->parent[i]] == 0 || broken_down[m->parent[i]]))
            value[i] = 0;
}

// One split: materials that belong to a part, from the top; a mixed one hands over to its children.
static void sum_parts(const leie_materials *m, double *value, int split, double *yes, double *no)
{
    bool unknown = isnan(value[LEIE_MATERIAL_TOTAL]);
    *yes = *no = 0;
    for (leie_size i = LEIE_MATERIAL_FIRST; i < m->label.n; i++) {
        leie_size above = m->parent[i];
        if (above != LEIE_MATERIAL_TOTAL && m->split[above][split] != LEIE_SPLIT_MIXED)
            continue; // counted with the material above
        if (m->split[i][split] == LEIE_SPLIT_MIXED || m->split[i][split] == LEIE_SPLIT_NONE)
            continue;
        unknown |= isnan(value[i]);
        *(m->split[i][split] == LEIE_SPLIT_YES ? yes : no) += value[i];
    }
    if (unknown)
        *yes = *no = NAN;
}

void leie_materials_roll(const leie_materials *m, double *value, const bool *given, double *gap, bool *work)
{
    for (leie_size i = 0; i < m->label.n; i++) {
        work[i] = false;
        if (!given[i])
            value[i] = NAN;
        if (gap)
            gap[i] = 0;
    }
    sum_children(m, value, given, gap, work);
    if (gap)
        close_gaps(m, value, given, gap, work);
    fill_blanks(m, value, work);
    sum_parts(m, value, 0, &value[LEIE_MATERIAL_RENEWABLE], &value[LEIE_MATERIAL_NON_RENEWABLE]);
    sum_parts(m, value, 1, &value[LEIE_MATERIAL_ENERGY], &value[LEIE_MATERIAL_NON_ENERGY]);
}
