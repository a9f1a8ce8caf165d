// SPDX-License-Identifier: GPL-3.0-or-later
/* Many scenarios of one: a grid of parameters, or a sample from their distributions.
 *
 *   grid:   {repaired: [0.25, 0.5], rate: [0.3, 0.6]}                     # all combinations
 *   sample: {size: 500, method: latin, seed: 1, parameters: [repaired]}   # default: all that vary and are used
 */
#include <stdio.h>
#include <string.h>

#include "io/read/read_scenario_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"
#include "solver/scenario/sample.h"

static const char *const sample_keys[] = {"size", "method", "seed", "parameters", NULL};

// A copy with a number behind its code and the values that differ in its title.
static leie_status vary(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_size number, leie_size varied,
                        const leie_size *parameter, const double *value, leie_error *err)
{
    leie_scenario *s;
    char code[256], title[512];
    int used = 0;
    leie_status st = leie_scenario_begin(&s, r, map, err);
    const leie_scenario *from = &r->set->scenario[pattern];
    st = st ? st : leie_scenario_inherit(s, from, r->set, err);
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
        st = leie_known_parameter(&parameter[a], r->set, grid->child[a], grid->key[a], err);
        st = st ? st : grid_axis(&values[a], &n[a], grid->child[a], err);
        if (!st && n[a] > LEIE_SCENARIOS_MOST / all)
            st = leie_yaml_fail(grid, err, "the grid has more than %d points", LEIE_SCENARIOS_MOST);
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

// Draws 0 .. size - 1 of the parameters.
static leie_status expand_sample(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "sample");
    const char *words[LEIE_DESIGNS + 1] = {0};
    leie_size *parameter = NULL, n = 0, size = 0, seed = 1;
    int design = LEIE_DESIGN_LATIN;
    leie_sample sample = {0};
    leie_error why = {0};
    double *value = NULL, *drawn = NULL, *work = NULL;
    for (int d = 0; d < LEIE_DESIGNS; d++)
        words[d] = leie_design_name((leie_design)d);
    leie_status st = leie_yaml_known(node, sample_keys, err);
    st = st ? st : leie_yaml_integer(node, "size", &size, err);
    st = st ? st : leie_study_choice(&design, node, "method", words, err);
    st = st ? st : leie_yaml_integer(node, "seed", &seed, err);
    if (!st && (size < 1 || size > LEIE_SCENARIOS_MOST))
        st = leie_yaml_fail(node, err, "'sample' needs 'size', between 1 and %d", LEIE_SCENARIOS_MOST);
    if (!st)
        st = leie_yaml_get(node, "parameters") ? leie_named_parameters(&parameter, &n, r->set, node, err)
                                               : leie_sample_parameters(&parameter, &n, r->set, &r->set->scenario[pattern], err);
    if (!st && n == 0)
        st = leie_yaml_fail(node, err, "'sample': no parameter of the scenario '%s' has a range or a distribution", r->set->scenario[pattern].code);
    if (!st) {
        st = leie_sample_make(&sample, r->set, n, parameter, (leie_design)design, (uint64_t)seed, size, &why);
        st = st == LEIE_ERR_DATA || st == LEIE_ERR_USAGE ? leie_yaml_fail(node, err, "'sample': %s", why.text) : st ? leie_fail(err, st, "%s", why.text) : st;
    }
    value = leie_new(r->set->parameters + 1, sizeof *value);
    drawn = leie_new(n + 1, sizeof *drawn);
    work = leie_new(n + 1, sizeof *work);
    if (!st && (!value || !drawn || !work))
        st = leie_fail_memory(err, "a sample", r->set->parameters + 2 * n, sizeof *value);
    for (leie_size draw = 0; !st && draw < size; draw++) {
        memcpy(value, r->set->scenario[pattern].value, (size_t)r->set->parameters * sizeof *value);
        leie_sample_draw(&sample, draw, value, work);
        for (leie_size i = 0; i < n; i++)
            drawn[i] = value[parameter[i]];
        st = vary(r, map, pattern, draw + 1, n, parameter, drawn, err);
    }
    leie_sample_clear(&sample);
    leie_free(parameter);
    leie_free(value);
    leie_free(drawn);
    leie_free(work);
    return st;
}

leie_status leie_read_variants(leie_scenario_reader *r, const leie_yaml *map, leie_size pattern, leie_error *err)
{
    bool grid = leie_yaml_get(map, "grid"), sample = leie_yaml_get(map, "sample");
    if (!grid && !sample)
        return LEIE_OK;
    if (grid && sample)
        return leie_yaml_fail(map, err, "a scenario has 'grid' or 'sample', not both: make the other one of a scenario with 'base'");
    leie_status st = grid ? expand_grid(r, map, pattern, err) : expand_sample(r, map, pattern, err);
    if (!st)
        drop_pattern(r->set, pattern);
    return st;
}
