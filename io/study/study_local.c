// SPDX-License-Identifier: GPL-3.0-or-later
/* The `local` of a study: accounts of one region brought down to its places. */
#include "io/study/study_impl.h"

static const char *const local_keys[] = {"region", "places", "keys", "sectors", "use", "uncertainty", "firms", "stocks", "ports", NULL};
static const char *const error_keys[] = {"industries", "demand", "direct", "stocks", NULL};

void leie_study_local_clear(leie_study_local *local)
{
    leie_study_nest_clear(&local->nest);
    leie_study_path_clear(&local->places);
    leie_study_path_clear(&local->firms);
    leie_study_path_clear(&local->stocks);
    leie_study_path_clear(&local->ports);
    *local = (leie_study_local){0};
}

static leie_status read_errors(leie_study_local *local, const leie_yaml *map, leie_error *err)
{
    double *const to[] = {&local->industry_error, &local->demand_error, &local->direct_error, &local->stock_error};
    const leie_yaml *node = leie_yaml_get(map, "uncertainty");
    leie_status st = node ? leie_yaml_known(node, error_keys, err) : LEIE_OK;
    for (int i = 0; !st && node && error_keys[i]; i++) {
        st = leie_yaml_number(node, error_keys[i], to[i], err);
        if (!st && !(*to[i] >= 0 && *to[i] < 1))
            st = leie_yaml_fail(leie_yaml_get(node, error_keys[i]), err,
                                "'%s' is %g: expected a relative standard error from 0 to 1", error_keys[i], *to[i]);
    }
    return st;
}

// A map or list of codes, or the file that lists them.
static leie_status read_places(leie_study_local *local, const leie_study *study, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "places");
    if (node && node->kind == LEIE_YAML_SCALAR)
        return leie_study_path(&local->places, study, map, "places", NULL, err);
    leie_status st = leie_study_labels(&local->nest.region, map, "places", LEIE_STUDY_NAME, err);
    return st || local->nest.region.n ? st : leie_yaml_fail(map, err, "local accounts need 'places': codes, or a file (place,name)");
}

leie_status leie_study_read_local(leie_study *study, const leie_yaml *root, leie_error *err)
{
    leie_study_local *local = &study->local;
    const leie_yaml *map = leie_yaml_get(root, "local");
    if (!map)
        return LEIE_OK;
    leie_status st = leie_yaml_known(map, local_keys, err);
    local->nest.line = map->line;
    st = st ? st : leie_study_string(&local->nest.country, map, "region", err);
    st = st ? st : read_places(local, study, map, err);
    st = st ? st : leie_study_read_keys(&local->nest, study, map, err);
    st = st ? st : leie_study_path(&local->nest.sectors, study, map, "sectors", NULL, err);
    st = st ? st : leie_study_path(&local->firms, study, map, "firms", NULL, err);
    st = st ? st : leie_study_path(&local->stocks, study, map, "stocks", NULL, err);
    st = st ? st : leie_study_path(&local->ports, study, map, "ports", NULL, err);
    st = st ? st : leie_study_read_use(&local->nest, map, err);
    st = st ? st : read_errors(local, map, err);
    if (st)
        return st;
    if (!local->nest.country)
        return leie_yaml_fail(map, err, "local accounts need 'region', whose accounts are brought down");
    if (!local->nest.keys.real)
        return leie_yaml_fail(map, err, "local accounts need 'keys' (region,variable,list,sector,year,value,unit,source; region holds the place)");
    if (!(study->by & LEIE_BY_CATEGORY))
        return leie_yaml_fail(map, err, "local accounts need footprints by category: accounts: {by: [..., category]}");
    return LEIE_OK;
}
