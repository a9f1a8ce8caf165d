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
                                            "attribution", "interventions", "import", "grid", NULL};
static const char *const file_keys[] = {"leie", "parameters", "path", "drivers", "scenarios", "note",
                                        "scenario", "title", "evidence", "omits", "base", "values", "year", "years",
                                        "attribution", "interventions", "import", "grid", NULL};
static const char *const parameter_keys[] = {"value", "range", "distribution", "spread", "unit", "source", NULL};
static const char *const attribution_words[] = {"shapley", "alone", "none", NULL};

enum { SCENARIOS_MOST = 100000 };

// ---- parameters ----

static leie_status read_range(leie_parameter *p, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *range = leie_yaml_get(map, "range");
    if (!range)
        return LEIE_OK;
    if (range->kind != LEIE_YAML_LIST || range->n != 2 || range->child[0]->kind != LEIE_YAML_SCALAR || range->child[1]->kind != LEIE_YAML_SCALAR ||
        leie_number_read(&p->low, range->child[0]->text, (leie_size)strlen(range->child[0]->text)) ||
        leie_number_read(&p->high, range->child[1]->text, (leie_size)strlen(range->child[1]->text)))
        return leie_yaml_fail(range, err, "'range' should be two numbers: [low, high]");
    p->ranged = true;
    if (!(p->low <= p->value && p->value <= p->high))
        return leie_yaml_fail(range, err, "parameter '%s': the value %g is not between %g and %g", p->name, p->value, p->low, p->high);
    return LEIE_OK;
}

static leie_status read_distribution(leie_parameter *p, const leie_yaml *map, leie_error *err)
{
    const char *words[LEIE_DISTRIBUTIONS + 1] = {0};
    int distribution = p->ranged ? LEIE_TRIANGULAR : LEIE_FIXED;
    for (int d = 0; d < LEIE_DISTRIBUTIONS; d++)
        words[d] = leie_distribution_name((leie_distribution)d);
    leie_status st = leie_study_choice(&distribution, map, "distribution", words, err);
    st = st ? st : leie_yaml_number(map, "spread", &p->spread, err);
    p->distribution = (leie_distribution)distribution;
    bool spread = distribution == LEIE_NORMAL || distribution == LEIE_LOGNORMAL, range = distribution == LEIE_UNIFORM || distribution == LEIE_TRIANGULAR;
    if (!st && range && !p->ranged)
        st = leie_yaml_fail(map, err, "parameter '%s': the distribution %s needs 'range'", p->name, words[distribution]);
    if (!st && spread && !(p->spread > 0))
        st = leie_yaml_fail(map, err, "parameter '%s': the distribution %s needs 'spread' above zero", p->name, words[distribution]);
    if (!st && distribution == LEIE_LOGNORMAL && !(p->value > 0))
        st = leie_yaml_fail(map, err, "parameter '%s': a lognormal parameter has a value above zero", p->name);
    return st;
}

static leie_status read_parameter(leie_parameter *p, const leie_yaml *map, leie_size i, leie_error *err)
{
    const leie_yaml *node = map->child[i];
    p->line = node->line;
    leie_status st = leie_study_set_string(&p->name, map->key[i], err);
    st = st ? st : leie_study_set_string(&p->unit, "1", err);
    st = st ? st : leie_study_set_string(&p->source, "", err);
    if (st || node->kind != LEIE_YAML_MAP)
        return st ? st : leie_yaml_number(map, map->key[i], &p->value, err);
    st = leie_yaml_known(node, parameter_keys, err);
    if (!st && !leie_yaml_get(node, "value"))
        st = leie_yaml_fail(node, err, "parameter '%s' needs 'value'", p->name);
    st = st ? st : leie_yaml_number(node, "value", &p->value, err);
    st = st ? st : read_range(p, node, err);
    st = st ? st : read_distribution(p, node, err);
    st = st ? st : leie_study_string(&p->unit, node, "unit", err);
    return st ? st : leie_study_string(&p->source, node, "source", err);
}

static leie_status read_parameters(leie_scenarios *set, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *map = leie_yaml_get(root, "parameters");
    leie_status st = LEIE_OK;
    if (!map)
        return LEIE_OK;
    if (map->kind != LEIE_YAML_MAP)
        return leie_yaml_fail(map, err, "'parameters' should be a map: name: value");
    for (leie_size i = 0; !st && i < map->n; i++) {
        if (leie_scenarios_parameter(set, map->key[i]) >= 0)
            return leie_yaml_fail(map->child[i], err, "parameter '%s' has a value already, in this file or an earlier one", map->key[i]);
        st = leie_scenario_grow((void **)&set->parameter, set->parameters, sizeof *set->parameter, err);
        if (st)
            break;
        set->parameter[set->parameters] = (leie_parameter){0};
        st = read_parameter(&set->parameter[set->parameters++], map, i, err);
    }
    return st;
}

static leie_status known_parameter(leie_size *p, const leie_scenarios *set, const leie_yaml *at, const char *name, leie_error *err)
{
    *p = leie_scenarios_parameter(set, name);
    if (*p >= 0)
        return LEIE_OK;
    leie_labels known = {0};
    for (leie_size i = 0; i < set->parameters; i++)
        leie_labels_add(&known, set->parameter[i].name, NULL, NULL, NULL, NULL); // without memory there is no hint
    const char *nearest = leie_labels_nearest(&known, name);
    leie_status st = leie_yaml_fail(at, err, "unknown parameter '%.100s'%s%s%s", name, nearest ? ", did you mean '" : "", nearest ? nearest : "",
                                    nearest ? "'?" : "");
    leie_labels_clear(&known);
    return st;
}

// ---- one scenario ----

static leie_status new_scenario(leie_scenario **made, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_scenarios *set = r->set;
    if (set->scenarios == SCENARIOS_MOST)
        return leie_yaml_fail(map, err, "more than %d scenarios", SCENARIOS_MOST);
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
static leie_status inherit(leie_scenario *s, const leie_scenario *base, const leie_scenarios *set, leie_error *err)
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
            st = inherit(s, &r->set->scenario[at], r->set, err);
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
        st = known_parameter(&p, set, node->child[i], node->key[i], err);
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
    int attribution = leie_yaml_get(map, "grid") ? LEIE_ATTRIBUTE_NONE : LEIE_ATTRIBUTE_SHAPLEY;
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

// ---- many scenarios of one ----

// A copy with a number behind its code and the values that differ in its title.
static leie_status vary(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_size number, leie_size varied,
                        const leie_size *parameter, const double *value, leie_error *err)
{
    leie_scenario *s;
    char code[256], title[512];
    int used = 0;
    leie_status st = new_scenario(&s, r, map, err);
    const leie_scenario *from = &r->set->scenario[pattern];
    st = st ? st : inherit(s, from, r->set, err);
    if (st)
        return st;
    snprintf(code, sizeof code, "%s/%lld", from->code, (long long)number);
    for (leie_size i = 0; i < varied; i++) {
        s->value[parameter[i]] = value[i];
        if (used < (int)sizeof title)
            used += snprintf(title + used, sizeof title - (size_t)used, "%s%s = %g", i ? ", " : "", r->set->parameter[parameter[i]].name, value[i]);
    }
    st = leie_study_set_string(&s->code, code, err);
    st = st ? st : leie_study_set_string(&s->title, title, err);
    st = st ? st : leie_study_set_string(&s->evidence, from->evidence, err);
    return st ? st : leie_study_set_string(&s->omits, from->omits, err);
}

// Values of one axis of a grid.
static leie_status grid_axis(double **values, leie_size *n, const leie_yaml *node, leie_error *err)
{
    *n = leie_study_items(node);
    *values = leie_new(*n ? *n : 1, sizeof **values);
    if (!*values)
        return leie_fail_memory(err, "a grid", *n, sizeof **values);
    for (leie_size i = 0; i < *n; i++) {
        const leie_yaml *item = leie_study_item(node, i);
        if (item->kind != LEIE_YAML_SCALAR || leie_number_read(&(*values)[i], item->text, (leie_size)strlen(item->text)))
            return leie_yaml_fail(item, err, "'grid' holds numbers");
    }
    return *n ? LEIE_OK : leie_yaml_fail(node, err, "'grid' holds an empty list");
}

enum { AXES_MOST = 16 };

// All combinations, the last parameter fastest.
static leie_status expand_grid(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_error *err)
{
    const leie_yaml *grid = leie_yaml_get(map, "grid");
    double *values[AXES_MOST] = {0}, value[AXES_MOST];
    leie_size n[AXES_MOST] = {0}, parameter[AXES_MOST], all = 1;
    if (grid->kind != LEIE_YAML_MAP || grid->n == 0 || grid->n > AXES_MOST)
        return leie_yaml_fail(grid, err, "'grid' should be a map of 1 to %d parameters: name: [values]", AXES_MOST);
    leie_status st = LEIE_OK;
    for (leie_size a = 0; !st && a < grid->n; a++) {
        st = known_parameter(&parameter[a], r->set, grid->child[a], grid->key[a], err);
        st = st ? st : grid_axis(&values[a], &n[a], grid->child[a], err);
        if (!st && n[a] > SCENARIOS_MOST / all)
            st = leie_yaml_fail(grid, err, "the grid has more than %d points", SCENARIOS_MOST);
        all *= n[a] ? n[a] : 1;
    }
    for (leie_size point = 0; !st && point < all; point++) {
        leie_size rest = point;
        for (leie_size a = grid->n - 1; a >= 0; a--) {
            value[a] = values[a][rest % n[a]];
            rest /= n[a];
        }
        st = vary(r, map, pattern, point + 1, grid->n, parameter, value, err);
    }
    for (leie_size a = 0; a < grid->n && a < AXES_MOST; a++)
        leie_free(values[a]);
    return st;
}

// The scenario that was varied gives its place to its variants.
static void drop_pattern(leie_scenarios *set, leie_size pattern)
{
    leie_scenario_clear(&set->scenario[pattern]);
    memmove(&set->scenario[pattern], &set->scenario[pattern + 1], (size_t)(set->scenarios - pattern - 1) * sizeof *set->scenario);
    set->scenario[--set->scenarios] = (leie_scenario){0};
}

static leie_status add_scenario(leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_scenario *s;
    leie_size pattern = r->set->scenarios;
    leie_status st = new_scenario(&s, r, map, err);
    st = st ? st : read_scenario(s, r, map, err);
    if (st || !leie_yaml_get(map, "grid"))
        return st;
    st = expand_grid(r, map, pattern, err);
    if (!st)
        drop_pattern(r->set, pattern);
    return st;
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
    return st ? st : read_parameters(set, f->root, err);
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
