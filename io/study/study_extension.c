// SPDX-License-Identifier: GPL-3.0-or-later
/* The `extensions` of a study: pressures and what becomes of them. */
#include <string.h>

#include "io/read/layout.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const extension_keys[] = {"name",     "path",   "final_demand", "stressors",
                                             "derive",   "factors", "totals",      "allocate",
                                             "groups",   "year",   "years",        "basis",   "format",
                                             "kind",     "before_aggregation",     NULL};
static const char *const derived[] = {"value_added", "inputs", NULL};
static const char *const bases[] = {"residence", "territory", NULL};

// ---- extensions ----

void leie_study_extension_clear(leie_study_extension *e)
{
    leie_path *const paths[] = {&e->F, &e->F_Y, &e->stressors, &e->factors, &e->totals, &e->allocate, &e->groups};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        leie_study_path_clear(paths[i]);
    leie_free(e->name);
    leie_free(e->derive);
    leie_free(e->layout);
    leie_free(e->year);
    leie_free(e->basis);
    leie_free(e->kind);
    *e = (leie_study_extension){0};
}

static leie_status read_extension_files(leie_study_extension *e, const leie_study *study, const leie_yaml *map,
                                        leie_error *err)
{
    leie_status st = leie_study_path(&e->F, study, map, "path", NULL, err);
    st = st ? st : leie_study_path(&e->F_Y, study, map, "final_demand", NULL, err);
    st = st ? st : leie_study_path(&e->stressors, study, map, "stressors", NULL, err);
    st = st ? st : leie_study_path(&e->factors, study, map, "factors", NULL, err);
    st = st ? st : leie_study_path(&e->totals, study, map, "totals", NULL, err);
    st = st ? st : leie_study_path(&e->allocate, study, map, "allocate", NULL, err);
    return st ? st : leie_study_path(&e->groups, study, map, "groups", NULL, err);
}

// An extension comes from files, from the table itself, or rides in the table's folder and is changed here.
static leie_status check_extension(const leie_study_extension *e, const leie_yaml *map, leie_error *err)
{
    if (!e->name || !e->name[0])
        return leie_yaml_fail(map, err, "an extension needs 'name'");
    if (e->F.real && e->derive)
        return leie_yaml_fail(map, err, "extension '%s' has both 'path' and 'derive'", e->name);
    if (!e->F.real && !e->derive && !e->factors.real)
        return leie_yaml_fail(map, err, "extension '%s' needs 'path' (stressor,region,sector,value,unit), 'derive', "
                              "or 'factors' for an extension of the table's own", e->name);
    if (e->layout && (e->F_Y.real || e->stressors.real || !e->F.real))
        return leie_yaml_fail(map, err, "extension '%s' of a database needs 'path', a folder, and neither 'final_demand' "
                              "nor 'stressors'", e->name);
    if (e->F_Y.real && !e->F.real)
        return leie_yaml_fail(map, err, "extension '%s' has 'final_demand' without 'path'", e->name);
    if (!e->factors.real && (e->totals.real || e->allocate.real || e->groups.real))
        return leie_yaml_fail(map, err, "extension '%s': 'totals', 'allocate' and 'groups' need 'factors'", e->name);
    return LEIE_OK;
}

static leie_status read_extension(leie_study_extension *e, const leie_study *study, const leie_yaml *map,
                                  leie_error *err)
{
    int derive = -1, basis = -1;
    e->line = map->line;
    e->before_aggregation = true;
    leie_status st = leie_yaml_known(map, extension_keys, err);
    st = st ? st : leie_study_string(&e->name, map, "name", err);
    st = st ? st : read_extension_files(e, study, map, err);
    st = st ? st : leie_study_string(&e->layout, map, "format", err);
    if (!st && e->layout && !leie_layout_known(e->layout))
        st = leie_yaml_fail(leie_yaml_get(map, "format"), err, "unknown format '%.60s'; `leie import --list` names them",
                            e->layout);
    st = st ? st : leie_study_choice(&derive, map, "derive", derived, err);
    if (!st && derive >= 0)
        st = leie_study_set_string(&e->derive, derived[derive], err);
    st = st ? st : leie_study_choice(&basis, map, "basis", bases, err);
    if (!st && basis >= 0)
        st = leie_study_set_string(&e->basis, bases[basis], err);
    st = st ? st : leie_study_string(&e->kind, map, "kind", err);
    st = st ? st : leie_study_read_years(&e->year, &e->years, map, err);
    st = st ? st : leie_yaml_flag(map, "before_aggregation", &e->before_aggregation, err);
    return st ? st : check_extension(e, map, err);
}

static bool of_each_year(const leie_path *path)
{
    return !path->real || strstr(path->real, "{year}");
}

/* A file of one year serves other years only when the study says so in 'years'. */
static leie_status check_years(const leie_study_extension *e, const leie_study *study, const leie_yaml *map,
                               leie_error *err)
{
    int *year = NULL;
    leie_size n = 0;
    leie_status st = leie_study_years(&year, &n, study, err);
    if (!st && e->years == 0 && n > 1 && (!of_each_year(&e->F) || !of_each_year(&e->F_Y)))
        st = leie_yaml_fail(map, err, "extension '%s' is one file and the study has %lld years: write {year} in its path, "
                            "or 'years: %d' for the years that the file is meant for", e->name, (long long)n, year[n - 1]);
    leie_free(year);
    return st;
}

leie_status leie_study_read_extensions(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "extensions");
    if (!node)
        return LEIE_OK;
    study->extension = leie_new(leie_study_items(node), sizeof *study->extension);
    if (!study->extension)
        return leie_fail_memory(err, "extensions", leie_study_items(node), sizeof *study->extension);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < leie_study_items(node) && !st; i++) {
        leie_study_extension *e = &study->extension[study->extensions++];
        st = read_extension(e, study, leie_study_item(node, i), err);
        st = st ? st : check_years(e, study, leie_study_item(node, i), err);
        for (leie_size j = 0; j < i && !st; j++)
            if (strcmp(study->extension[j].name, e->name) == 0)
                st = leie_yaml_fail(leie_study_item(node, i), err, "extension '%s' is already on line %lld", e->name,
                                    (long long)study->extension[j].line);
    }
    return st;
}
