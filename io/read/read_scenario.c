// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/read_scenario.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_scenario_impl.h"
#include "io/read/text.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const scenario_keys[] = {"scenario", "title", "evidence", "omits", "base", "values", "year", "years",
                                            "attribution", "interventions", "import", "grid", "sample", NULL};
static const char *const file_keys[] = {"leie", "parameters", "correlations", "shares", "path", "drivers", "scenarios", "note",
                                        "scenario", "title", "evidence", "omits", "base", "values", "year", "years",
                                        "attribution", "interventions", "import", "grid", "sample", NULL};
static const char *const attribution_words[] = {"shapley", "alone", "none", NULL};

// ---- one scenario ----

leie_status leie_scenario_begin(leie_scenario **made, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_scenarios *set = r->set;
    if (set->scenarios == LEIE_SCENARIOS_MOST)
        return leie_yaml_fail(map, err, "more than %d scenarios", LEIE_SCENARIOS_MOST);
    leie_status st = leie_scenario_grow((void **)&set->scenario, set->scenarios, sizeof *set->scenario, err);
    if (st)
        return st;
    leie_scenario *s = &set->scenario[set->scenarios++];
    *s = (leie_scenario){.path = r->file, .line = map->line};
    s->value = leie_new(set->parameters ? set->parameters : 1, sizeof *s->value);
    if (!s->value)
        return leie_fail_memory(err, "parameters of a scenario", set->parameters, sizeof *s->value);
    for (leie_size p = 0; p < set->parameters; p++)
        s->value[p] = set->parameter[p].value;
    *made = s;
    return LEIE_OK;
}

// Interventions of another scenario behind those that are there; its years, attribution and those values that it
// has of its own.
leie_status leie_scenario_inherit(leie_scenario *s, const leie_scenario *base, const leie_scenarios *set, leie_error *err)
{
    leie_size all = s->interventions + base->interventions;
    leie_size *grown = leie_resize(s->intervention, s->interventions, all + 1, sizeof *grown);
    if (grown)
        s->intervention = grown;
    s->year = leie_free(s->year);
    s->year = base->years ? leie_new(base->years, sizeof *s->year) : NULL;
    if (!grown || (base->years && !s->year))
        return leie_fail_memory(err, "a scenario", all, sizeof *s->intervention);
    memcpy(s->intervention + s->interventions, base->intervention, (size_t)base->interventions * sizeof *s->intervention);
    for (leie_size p = 0; p < set->parameters; p++)
        if (base->value[p] != set->parameter[p].value)
            s->value[p] = base->value[p];
    if (base->years)
        memcpy(s->year, base->year, (size_t)base->years * sizeof *s->year);
    s->interventions = all;
    s->years = base->years;
    s->attribution = base->attribution;
    return LEIE_OK;
}

static leie_status read_base(leie_scenario *s, const leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    char **code = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&code, &n, map, "base", err);
    for (leie_size i = 0; !st && i < n; i++) {
        leie_size at = leie_scenarios_find(r->set, code[i]);
        if (strcmp(code[i], "baseline") == 0)
            continue;
        if (at < 0 || &r->set->scenario[at] == s)
            st = leie_yaml_fail(leie_yaml_get(map, "base"), err, "no scenario '%.100s' before this one", code[i]);
        else
            st = leie_scenario_inherit(s, &r->set->scenario[at], r->set, err);
    }
    leie_study_free_strings(code, n);
    return st;
}

static leie_status read_values(leie_scenario *s, const leie_scenarios *set, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "values");
    leie_status st = LEIE_OK;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(node, err, "'values' should be a map: parameter: value");
    for (leie_size i = 0; !st && i < node->n; i++) {
        leie_size p;
        st = leie_known_parameter(&p, set, node->child[i], node->key[i], err);
        st = st ? st : leie_yaml_number(node, node->key[i], &s->value[p], err);
    }
    return st;
}

// Own interventions behind those of the base.
static leie_status read_own(leie_scenario *s, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_size *own = NULL, n = 0;
    leie_size self = s - r->set->scenario;
    leie_status st = leie_read_shocks(&own, &n, r, map, err);
    st = st ? st : leie_read_interventions(&own, &n, r, map, "interventions", err);
    s = &r->set->scenario[self];
    leie_size *all = st ? NULL : leie_resize(s->intervention, s->interventions, s->interventions + n + 1, sizeof *all);
    if (!st && !all)
        st = leie_fail_memory(err, "a scenario", n, sizeof *all);
    if (!st) {
        if (n)
            memcpy(all + s->interventions, own, (size_t)n * sizeof *all);
        s->intervention = all;
        s->interventions += n;
    }
    leie_free(own);
    return st;
}

static leie_status check_code(const leie_scenarios *set, const leie_scenario *s, const leie_yaml *map, leie_error *err)
{
    if (!s->code || !s->code[0])
        return leie_yaml_fail(map, err, "a scenario needs 'scenario', its code");
    if (strcmp(s->code, "baseline") == 0)
        return leie_yaml_fail(map, err, "'baseline' is the study without any scenario: give another code");
    if (&set->scenario[leie_scenarios_find(set, s->code)] != s)
        return leie_yaml_fail(map, err, "the scenario '%.100s' is there already", s->code);
    return LEIE_OK;
}

static leie_status read_scenario(leie_scenario *s, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    bool many = leie_yaml_get(map, "grid") || leie_yaml_get(map, "sample");
    int attribution = many ? LEIE_ATTRIBUTE_NONE : LEIE_ATTRIBUTE_SHAPLEY;
    leie_status st = leie_study_string(&s->code, map, "scenario", err);
    st = st ? st : check_code(r->set, s, map, err);
    st = st ? st : leie_study_set_string(&s->title, s->code, err);
    st = st ? st : leie_study_string(&s->title, map, "title", err);
    st = st ? st : leie_study_set_string(&s->evidence, "", err);
    st = st ? st : leie_study_string(&s->evidence, map, "evidence", err);
    st = st ? st : leie_study_set_string(&s->omits, "", err);
    st = st ? st : leie_study_string(&s->omits, map, "omits", err);
    st = st ? st : read_base(s, r, map, err);
    st = st ? st : read_values(s, r->set, map, err);
    st = st ? st : leie_study_read_years(&s->year, &s->years, map, err);
    st = st ? st : leie_study_choice(&attribution, map, "attribution", attribution_words, err);
    s->attribution = (leie_attribution)attribution;
    st = st ? st : read_own(s, r, map, err);
    s = &r->set->scenario[r->set->scenarios - 1];
    if (!st && s->interventions == 0)
        st = leie_yaml_fail(map, err, "the scenario '%s' has no interventions", s->code);
    return st;
}

static leie_status add_scenario(leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_scenario *s;
    leie_size pattern = r->set->scenarios;
    leie_status st = leie_scenario_begin(&s, r, map, err);
    st = st ? st : read_scenario(s, r, map, err);
    return st ? st : leie_read_variants(r, map, pattern, err);
}

// ---- files ----

typedef struct open_file {
    leie_yaml *root;
    leie_path folder;
} open_file;

static leie_status folder_of(leie_path *folder, const leie_path *file, leie_error *err)
{
    const char *real = strrchr(file->real, '/'), *shown = strrchr(file->shown, '/');
    folder->real = real ? leie_strndup(file->real, (size_t)(real - file->real)) : leie_strdup(".");
    folder->shown = shown ? leie_strndup(file->shown, (size_t)(shown - file->shown)) : leie_strdup("");
    return folder->real && folder->shown ? LEIE_OK : leie_fail_memory(err, "path", 1, strlen(file->real));
}

static leie_status open_one(open_file *f, leie_scenario_reader *r, const leie_path *path, leie_error *err)
{
    leie_scenarios *set = r->set;
    char sha[65];
    leie_size bytes = 0, version = 0;
    leie_status st = leie_scenario_grow((void **)&set->file, set->files, sizeof *set->file, err);
    if (st)
        return st;
    set->file[set->files] = leie_strdup(path->real);
    if (!set->file[set->files++])
        return leie_fail_memory(err, "path", 1, strlen(path->real));
    st = folder_of(&f->folder, path, err);
    st = st ? st : leie_yaml_read(&f->root, set->file[set->files - 1], sha, &bytes, err);
    st = st ? st : leie_provenance_source(r->p, "scenarios", path->shown, "yaml", bytes, sha, err);
    st = st ? st : leie_yaml_known(f->root, file_keys, err);
    st = st ? st : leie_yaml_integer(f->root, "leie", &version, err);
    if (!st && version != 1)
        st = leie_yaml_fail(f->root, err, "a file of scenarios begins with 'leie: 1'");
    return st ? st : leie_read_parameters(set, f->root, err);
}

static leie_status read_one_file(leie_scenario_reader *r, const open_file *f, leie_error *err)
{
    const leie_yaml *list = leie_yaml_get(f->root, "scenarios");
    bool alone = leie_yaml_get(f->root, "scenario") || leie_yaml_get(f->root, "interventions") || leie_yaml_get(f->root, "import");
    if (!list == !alone)
        return leie_yaml_fail(f->root, err, "a file holds one scenario (scenario, interventions) or a list 'scenarios'");
    r->folder = f->folder;
    leie_status st = leie_read_ramp(&r->ramp, r, f->root, err);
    st = st ? st : leie_read_interventions(&r->set->driver, &r->set->drivers, r, f->root, "drivers", err);
    if (!st && alone)
        st = add_scenario(r, f->root, err);
    if (!st && list && list->kind != LEIE_YAML_LIST)
        st = leie_yaml_fail(list, err, "'scenarios' should be a list of maps");
    for (leie_size i = 0; !st && list && i < list->n; i++) {
        st = leie_yaml_known(list->child[i], scenario_keys, err);
        st = st ? st : add_scenario(r, list->child[i], err);
    }
    leie_free(r->ramp.year);
    leie_free(r->ramp.share);
    r->ramp = (leie_ramp){0};
    return st;
}

leie_status leie_read_scenarios(leie_scenarios *set, const leie_study *study, leie_provenance *p, leie_error *err)
{
    leie_scenario_reader r = {.set = set, .study = study, .p = p};
    open_file *file = leie_new(study->scenario_files ? study->scenario_files : 1, sizeof *file);
    leie_status st = file ? LEIE_OK : leie_fail_memory(err, "scenario files", study->scenario_files, sizeof *file);
    *set = (leie_scenarios){0};
    for (leie_size i = 0; !st && i < study->scenario_files; i++) // parameters of all files first
        st = open_one(&file[i], &r, &study->scenario_file[i], err);
    for (leie_size i = 0; !st && i < study->scenario_files; i++) {
        r.file = set->file[i];
        st = read_one_file(&r, &file[i], err);
    }
    for (leie_size i = 0; file && i < study->scenario_files; i++) {
        leie_yaml_free(file[i].root);
        leie_free(file[i].folder.real);
        leie_free(file[i].folder.shown);
    }
    leie_free(file);
    if (st)
        leie_scenarios_clear(set);
    return st;
}
