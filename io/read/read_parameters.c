// SPDX-License-Identifier: GPL-3.0-or-later
/* Parameters of a scenario file, their correlations, and those that are shares of one whole:
 *
 *   parameters:
 *     collected: {value: 0.6, range: [0.4, 0.8], distribution: triangular, source: ...}
 *     glass: 0.3
 *   correlations: [{parameters: [collected, yield], rho: 0.5}]
 *   shares: [{parameters: [glass, metal, plastic], concentration: 50}]
 */
#include <math.h>
#include <string.h>

#include "io/read/read_scenario_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const parameter_keys[] = {"value", "range", "distribution", "spread", "unit", "source", NULL};
static const char *const correlation_keys[] = {"parameters", "rho", NULL};
static const char *const share_keys[] = {"parameters", "concentration", NULL};

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

static leie_status read_list(leie_scenarios *set, const leie_yaml *root, leie_error *err)
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

leie_status leie_known_parameter(leie_size *p, const leie_scenarios *set, const leie_yaml *at, const char *name, leie_error *err)
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

// The parameters that a map names under `parameters`.
leie_status leie_named_parameters(leie_size **parameter, leie_size *n, const leie_scenarios *set, const leie_yaml *map, leie_error *err)
{
    char **name = NULL;
    leie_size names = 0;
    leie_status st = leie_study_strings(&name, &names, map, "parameters", err);
    *n = 0;
    *parameter = st ? NULL : leie_new(names + 1, sizeof **parameter);
    if (!st && !*parameter)
        st = leie_fail_memory(err, "parameters", names, sizeof **parameter);
    for (leie_size i = 0; !st && i < names; i++) {
        st = leie_known_parameter(&(*parameter)[i], set, leie_yaml_get(map, "parameters"), name[i], err);
        *n += !st;
    }
    leie_study_free_strings(name, names);
    return st;
}

static leie_status read_correlation(leie_scenarios *set, const leie_yaml *node, leie_error *err)
{
    leie_size *parameter = NULL, n = 0;
    leie_correlation c = {.rho = NAN, .line = node->line};
    leie_status st = leie_yaml_known(node, correlation_keys, err);
    st = st ? st : leie_named_parameters(&parameter, &n, set, node, err);
    st = st ? st : leie_yaml_number(node, "rho", &c.rho, err);
    if (!st && n != 2)
        st = leie_yaml_fail(node, err, "a correlation is between two parameters: {parameters: [a, b], rho: 0.5}");
    if (!st && !(c.rho >= -1 && c.rho <= 1))
        st = leie_yaml_fail(node, err, "a correlation needs 'rho' between -1 and 1");
    for (leie_size i = 0; !st && i < n; i++) {
        if (set->parameter[parameter[i]].distribution == LEIE_FIXED)
            st = leie_yaml_fail(node, err, "the parameter '%s' has no range or distribution to be correlated", set->parameter[parameter[i]].name);
    }
    for (leie_size i = 0; !st && i < set->correlations; i++) {
        const leie_correlation *o = &set->correlation[i];
        if ((o->a == parameter[0] && o->b == parameter[1]) || (o->a == parameter[1] && o->b == parameter[0]))
            st = leie_yaml_fail(node, err, "these two parameters are correlated on line %lld already", (long long)o->line);
    }
    st = st ? st : leie_scenario_grow((void **)&set->correlation, set->correlations, sizeof *set->correlation, err);
    if (!st) {
        c.a = parameter[0];
        c.b = parameter[1];
        set->correlation[set->correlations++] = c;
    }
    leie_free(parameter);
    return st;
}

static leie_status read_shares(leie_scenarios *set, const leie_yaml *node, leie_error *err)
{
    leie_share_group g = {.line = node->line};
    leie_status st = leie_yaml_known(node, share_keys, err);
    st = st ? st : leie_named_parameters(&g.parameter, &g.n, set, node, err);
    st = st ? st : leie_yaml_number(node, "concentration", &g.concentration, err);
    if (!st && g.n < 2)
        st = leie_yaml_fail(node, err, "shares of one whole are two parameters or more");
    if (!st && !(g.concentration > 0))
        st = leie_yaml_fail(node, err, "shares need 'concentration' above zero: var p = p (1 - p) / (concentration + 1)");
    for (leie_size i = 0; !st && i < g.n; i++) {
        const leie_parameter *p = &set->parameter[g.parameter[i]];
        if (p->distribution != LEIE_FIXED)
            st = leie_yaml_fail(node, err, "the parameter '%s' has a distribution of its own and cannot be a share of a whole too", p->name);
        else if (!(p->value > 0))
            st = leie_yaml_fail(node, err, "the parameter '%s' is a share of a whole and needs a value above zero", p->name);
        for (leie_size o = 0; !st && o < set->groups; o++)
            for (leie_size x = 0; !st && x < set->group[o].n; x++)
                if (set->group[o].parameter[x] == g.parameter[i])
                    st = leie_yaml_fail(node, err, "the parameter '%s' is a share of another whole already", p->name);
    }
    st = st ? st : leie_scenario_grow((void **)&set->group, set->groups, sizeof *set->group, err);
    if (st)
        leie_free(g.parameter);
    else
        set->group[set->groups++] = g;
    return st;
}

static leie_status read_each(leie_scenarios *set, const leie_yaml *root, const char *key,
                             leie_status (*read)(leie_scenarios *, const leie_yaml *, leie_error *), leie_error *err)
{
    const leie_yaml *list = leie_yaml_get(root, key);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && list && i < leie_study_items(list); i++)
        st = read(set, leie_study_item(list, i), err);
    return st;
}

leie_status leie_read_parameters(leie_scenarios *set, const leie_yaml *root, leie_error *err)
{
    leie_status st = read_list(set, root, err);
    st = st ? st : read_each(set, root, "correlations", read_correlation, err);
    return st ? st : read_each(set, root, "shares", read_shares, err);
}
