/* Stressors of tables as materials of economy-wide accounts, for the route io.
 *
 *   value[m] = sum over stressors k of factor[k, m] value[k]       t of material m per t of stressor k
 *
 * Without a map a stressor of kind material is the material of its own code. A factor other than one turns
 * what the extension counts into what the accounts count (ore from metal content, biomass from carbon uptake);
 * a definition other than one says what difference is left, for the reconciliation of routes alone.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_MATERIAL_MAP_H
#define LEIE_SOLVER_TABLE_MATERIAL_MAP_H

#include "solver/table/materials.h"

typedef struct leie_material_link {
    leie_index stressor; // position in the map's list
    leie_index material;
    double factor;       // t of the material per t of the stressor
    double definition;   // t by the definition of the accounts per t of the material here
    leie_size line;
} leie_material_link;

typedef struct leie_material_map {
    leie_labels stressor;
    leie_size n, room;
    leie_material_link *link;
} leie_material_map;

LEIE_API leie_status leie_material_map_add(leie_material_map *map, const char *stressor, const leie_material_link *link,
                                           leie_error *err);
LEIE_API void leie_material_map_clear(leie_material_map *map);

/* Factors [k, M] for k stressors with codes, kinds and units (of mass, converted to t); given [M] says which
 * materials receive something, definition [M] (may be NULL) their definitions (1 where there is none). *unused
 * counts stressors of kind material that go to no material, *unknown those of the map that the list lacks.
 * Errors: LEIE_ERR_DATA for a material and one below it that both receive something, and for links to one
 * material with different definitions; LEIE_ERR_UNIT for a stressor that is no mass. */
LEIE_API leie_status leie_material_map_factors(double *factor, bool *given, double *definition, leie_size *unused,
                                               leie_size *unknown, const leie_material_map *map,
                                               const leie_materials *m, leie_size k, char *const *code,
                                               char *const *kind, char *const *unit, leie_error *err);

#endif
