// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/material_map.h"

#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/table/table.h"
#include "solver/table/unit.h"

leie_status leie_material_map_add(leie_material_map *map, const char *stressor, const leie_material_link *link,
                                  leie_error *err)
{
    leie_size at = leie_labels_find(&map->stressor, stressor);
    if (at < 0)
        at = leie_labels_add(&map->stressor, stressor, NULL, NULL, NULL, err);
    if (at < 0)
        return (leie_status)at;
    leie_status st = leie_grow(&map->link, &map->room, map->n, sizeof *map->link, "materials of stressors", err);
    if (st)
        return st;
    map->link[map->n] = *link;
    map->link[map->n++].stressor = (leie_index)at;
    return LEIE_OK;
}

void leie_material_map_clear(leie_material_map *map)
{
    leie_labels_clear(&map->stressor);
    leie_free(map->link);
    *map = (leie_material_map){0};
}

// What one factor is for: a material, from a stressor, whose unit must be one of mass.
static leie_status put(double *factor, bool *given, const leie_materials *m, const char *code, const char *unit,
                       leie_size material, double value, leie_error *err)
{
    double tonnes;
    if (leie_unit_factor(&tonnes, unit, "t", NULL) != LEIE_OK)
        return leie_fail(err, LEIE_ERR_UNIT, "stressor '%s' is in %s and cannot be material %s: it is no mass", code, unit,
                         m->label.code[material]);
    factor[material] += value * tonnes;
    given[material] = true;
    return LEIE_OK;
}

// A material and one above it cannot both receive something: their sum would count twice.
static leie_status check_levels(const leie_materials *m, const bool *given, leie_error *err)
{
    for (leie_size i = 0; i < m->label.n; i++)
        for (leie_index up = m->parent[i]; given[i] && up >= 0; up = m->parent[up])
            if (given[up])
                return leie_fail(err, LEIE_ERR_DATA, "stressors go to material %s and to %s, which is part of it",
                                 m->label.code[up], m->label.code[i]);
    return LEIE_OK;
}

static leie_status take_links(double *factor, bool *given, double *definition, bool *linked, const leie_material_map *map,
                              const leie_materials *m, leie_size k, char *const *unit, const leie_labels *list,
                              leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < map->n; i++) {
        const leie_material_link *link = &map->link[i];
        const char *code = map->stressor.code[link->stressor];
        leie_size s = leie_labels_find(list, code);
        if (s < 0 || s >= k)
            continue;
        if (definition && given[link->material] && definition[link->material] != link->definition)
            return leie_fail(err, LEIE_ERR_DATA, "line %lld: material %s has another definition on an earlier line",
                             (long long)link->line, m->label.code[link->material]);
        if (definition)
            definition[link->material] = link->definition;
        st = put(factor + s * m->label.n, given, m, code, unit[s], link->material, link->factor, err);
        linked[s] = true;
    }
    return st;
}

leie_status leie_material_map_factors(double *factor, bool *given, double *definition, leie_size *unused,
                                      leie_size *unknown, const leie_material_map *map, const leie_materials *m,
                                      leie_size k, char *const *code, char *const *kind, char *const *unit,
                                      leie_error *err)
{
    leie_size M = m->label.n;
    leie_labels list = {0};
    leie_status st = LEIE_OK;
    bool *linked = leie_new(k, sizeof *linked);
    memset(factor, 0, (size_t)(k * M) * sizeof *factor);
    memset(given, 0, (size_t)M * sizeof *given);
    for (leie_size i = 0; definition && i < M; i++)
        definition[i] = 1;
    *unused = *unknown = 0;
    if (!linked)
        return leie_fail_memory(err, "materials of stressors", k, sizeof *linked);
    for (leie_size s = 0; !st && s < k; s++) {
        leie_size at = leie_labels_add(&list, code[s], NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
    }
    st = st ? st : take_links(factor, given, definition, linked, map, m, k, unit, &list, err);
    for (leie_size s = 0; !st && s < k; s++) {
        leie_size material = leie_labels_find(&m->label, code[s]);
        if (strcmp(kind[s], LEIE_STRESSOR_MATERIAL) != 0 || linked[s])
            continue;
        if (material < LEIE_MATERIAL_FIRST)
            ++*unused;
        else
            st = put(factor + s * M, given, m, code[s], unit[s], material, 1, err);
    }
    for (leie_size i = 0; !st && i < map->stressor.n; i++)
        *unknown += leie_labels_find(&list, map->stressor.code[i]) < 0;
    st = st ? st : check_levels(m, given, err);
    leie_labels_clear(&list);
    leie_free(linked);
    return st;
}
