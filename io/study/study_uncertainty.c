// SPDX-License-Identifier: GPL-3.0-or-later
/* The key `uncertainty` of a study:
 *
 *   uncertainty:
 *     draws: 1000
 *     seed: 1
 *     method: latin                     # random, latin, sobol
 *     quantiles: [0.025, 0.5, 0.975]
 *     keep: false                       # every draw in the result
 *     ranking: 20                       # cells that drive the variance
 *     years: 2011                       # default: all
 *     scenarios: all                    # draws of the parameters of scenarios, or a list of these
 *     joint: false                      # inputs and parameters in one draw too
 *     inputs:                           # the last rule that names a cell counts
 *       - {matrix: A, distribution: lognormal, cv: 0.1}
 *       - {matrix: A, cells: imported, cv: {at: 0.4, power: -0.2, most: 1}, within: column, rho: 0.5}
 *       - {matrix: Y, cols: {regions: BEL}, distribution: triangular, range: [0.8, 1, 1.1]}
 *       - {matrix: A, cols: {regions: BEL}, shares: dirichlet, concentration: 500}
 *       - {matrix: keys, cols: {regions: [BE-VLG, BE-WAL, BE-BRU]}, cv: 0.05}
 */
#include <math.h>
#include <string.h>

#include "io/read/read_scenario_impl.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const uncertainty_keys[] = {"draws", "seed", "method", "quantiles", "keep", "ranking", "years", "year", "scenarios", "joint", "inputs", NULL};
static const char *const input_keys[] = {"name", "matrix", "rows", "cols", "cells", "distribution", "cv", "range", "shares",
                                         "concentration", "within", "rho", "note", NULL};
static const char *const cv_keys[] = {"at", "power", "most", NULL};
static const char *const matrices[] = {"A", "Y", "S", "F_Y", "keys", NULL}; // in the order of leie_edited
static const char *const cells_words[] = {"all", "domestic", "imported", NULL};
static const char *const shares_words[] = {"lognormal", "dirichlet", NULL};

// A list of numbers; n is room, and becomes their number.
static leie_status read_numbers(double *value, leie_size *n, const leie_yaml *map, const char *key, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_size items = node ? leie_study_items(node) : 0;
    if (items > *n)
        return leie_yaml_fail(node, err, "'%s' holds at most %lld numbers", key, (long long)*n);
    for (leie_size i = 0; i < items; i++) {
        const leie_yaml *item = leie_study_item(node, i);
        const char *text = item->kind == LEIE_YAML_SCALAR ? item->text : "";
        if (leie_number_read(&value[i], text, (leie_size)strlen(text)) != LEIE_NUMBER_OK)
            return leie_yaml_fail(item, err, "'%s' should be a list of numbers, found '%.60s'", key, text);
    }
    *n = items;
    return LEIE_OK;
}

// cv: 0.1, or {at, power, most}.
static leie_status read_cv(leie_uncertain_rule *rule, const leie_yaml *node, leie_error *err)
{
    const leie_yaml *cv = leie_yaml_get(node, "cv");
    if (!cv || cv->kind != LEIE_YAML_MAP)
        return leie_yaml_number(node, "cv", &rule->cv, err);
    leie_status st = leie_yaml_known(cv, cv_keys, err);
    st = st ? st : leie_yaml_number(cv, "at", &rule->cv, err);
    st = st ? st : leie_yaml_number(cv, "power", &rule->power, err);
    return st ? st : leie_yaml_number(cv, "most", &rule->most, err);
}

static leie_status read_distribution(leie_uncertain_rule *rule, const leie_yaml *node, leie_error *err)
{
    const char *words[LEIE_DISTRIBUTIONS + 1] = {0}, *groupings[LEIE_GROUPINGS + 1] = {0};
    int distribution = LEIE_LOGNORMAL, grouping = LEIE_GROUP_NONE, shares = -1;
    double range[3];
    leie_size numbers = 3;
    for (int i = 0; i < LEIE_DISTRIBUTIONS; i++)
        words[i] = leie_distribution_name((leie_distribution)i);
    for (int i = 0; i < LEIE_GROUPINGS; i++)
        groupings[i] = leie_grouping_name((leie_grouping)i);
    if (leie_yaml_get(node, "range"))
        distribution = LEIE_TRIANGULAR;
    leie_status st = leie_study_choice(&distribution, node, "distribution", words, err);
    st = st ? st : read_cv(rule, node, err);
    st = st ? st : read_numbers(range, &numbers, node, "range", err);
    if (!st && (numbers == 1 || (numbers == 2 && distribution == LEIE_TRIANGULAR && !(range[0] < 1 && range[1] > 1))))
        st = leie_yaml_fail(leie_yaml_get(node, "range"), err, "'range' is [low, high] around 1, or [low, mode, high]: factors of the cell");
    rule->distribution = (leie_distribution)distribution;
    rule->ranged = numbers > 1;
    if (!st && rule->ranged) {
        rule->low = range[0];
        rule->high = range[numbers - 1];
        rule->mode = numbers == 3 ? range[1] : distribution == LEIE_UNIFORM ? range[0] : 1;
    }
    st = st ? st : leie_study_choice(&shares, node, "shares", shares_words, err);
    st = st ? st : leie_yaml_number(node, "concentration", &rule->concentration, err);
    rule->shares = shares >= 0;
    st = st ? st : leie_study_choice(&grouping, node, "within", groupings, err);
    rule->grouping = (leie_grouping)grouping;
    st = st ? st : leie_yaml_number(node, "rho", &rule->rho, err);
    if (!st && (shares == 1) != (rule->concentration > 0))
        st = leie_yaml_fail(node, err, "dirichlet shares need a concentration above zero, and nothing else has one");
    if (!st && !rule->ranged && rule->concentration == 0 && rule->cv == 0 && distribution != LEIE_FIXED)
        st = leie_yaml_fail(node, err, "an input needs 'cv', 'range', dirichlet shares, or 'distribution: fixed'");
    return st;
}

static leie_status read_input(leie_study *study, const leie_yaml *node, leie_size at, leie_error *err)
{
    static const leie_selection_axis rows[] = {LEIE_SELECT_SECTORS, LEIE_SELECT_SECTORS, LEIE_SELECT_STRESSORS, LEIE_SELECT_STRESSORS};
    static const leie_selection_axis cols[] = {LEIE_SELECT_SECTORS, LEIE_SELECT_DEMAND, LEIE_SELECT_SECTORS, LEIE_SELECT_DEMAND};
    leie_intervention *v = &study->uncertainty.inputs.cells.intervention[at];
    leie_uncertain_rule *rule = &study->uncertainty.inputs.rule[at];
    int matrix = -1, cells = LEIE_CELLS_ALL;
    leie_status st = leie_yaml_known(node, input_keys, err);
    st = st ? st : leie_study_choice(&matrix, node, "matrix", matrices, err);
    if (!st && matrix < 0)
        st = leie_yaml_fail(node, err, "an uncertain input needs 'matrix': A, Y, S, F_Y or keys");
    st = st ? st : leie_study_choice(&cells, node, "cells", cells_words, err);
    if (st)
        return st;
    rule->keys = matrix == LEIE_EDITED;
    rule->industries = rule->keys && leie_yaml_get(node, "rows");
    v->matrix = rule->industries ? LEIE_EDIT_A : rule->keys ? LEIE_EDIT_Y : (leie_edited)matrix;
    v->cells = (leie_cells_choice)cells;
    v->line = node->line;
    v->path = study->file;
    st = leie_study_set_string(&v->name, matrices[matrix], err);
    st = st ? st : leie_study_string(&v->name, node, "name", err);
    st = st ? st : leie_read_selection(&v->row, study, &study->uncertainty.sources, node, "rows", rows[v->matrix], err);
    st = st ? st : leie_read_selection(&v->col, study, &study->uncertainty.sources, node, "cols", cols[v->matrix], err);
    st = st ? st : read_distribution(rule, node, err);
    if (!st && rule->keys && ((v->row.given && v->col.given) || rule->grouping || cells))
        st = leie_yaml_fail(node, err, "keys are whole columns ('cols', of final demand) or whole rows ('rows', of industries): no 'cells' or 'within'");
    if (!st && (matrix == LEIE_EDIT_S || matrix == LEIE_EDIT_F_Y) && cells)
        st = leie_yaml_fail(node, err, "pressures are neither domestic nor imported: no 'cells'");
    rule->shares |= rule->keys;
    return st;
}

static leie_status read_inputs(leie_study *study, const leie_yaml *node, leie_error *err)
{
    leie_study_uncertainty *u = &study->uncertainty;
    const leie_yaml *list = leie_yaml_get(node, "inputs");
    leie_size n = list ? leie_study_items(list) : 0;
    if (n == 0 && !u->all_scenarios && u->scenarios == 0)
        return leie_yaml_fail(node, err, "'uncertainty' needs 'inputs', what is uncertain and how, or 'scenarios'");
    if (n == 0)
        return leie_uncertain_check(&u->inputs, err);
    u->inputs.cells.intervention = leie_new(n, sizeof *u->inputs.cells.intervention);
    u->inputs.rule = leie_new(n, sizeof *u->inputs.rule);
    if (!u->inputs.cells.intervention || !u->inputs.rule)
        return leie_fail_memory(err, "uncertain inputs", n, sizeof *u->inputs.cells.intervention);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        u->inputs.cells.interventions++;
        st = read_input(study, leie_study_item(list, i), i, err);
    }
    return st ? st : leie_uncertain_check(&u->inputs, err);
}

// all, or a list of codes.
static leie_status read_scenarios(leie_study *study, const leie_yaml *node, leie_error *err)
{
    leie_study_uncertainty *u = &study->uncertainty;
    const leie_yaml *list = leie_yaml_get(node, "scenarios");
    if (!list)
        return LEIE_OK;
    if (!study->scenario_files)
        return leie_yaml_fail(list, err, "the study has no 'scenarios', files that hold them");
    u->all_scenarios = list->kind == LEIE_YAML_SCALAR && strcmp(list->text, "all") == 0;
    return u->all_scenarios ? LEIE_OK : leie_study_strings(&u->scenario, &u->scenarios, node, "scenarios", err);
}

// Draws of both at once need both.
static leie_status read_joint(leie_study_uncertainty *u, const leie_yaml *node, leie_error *err)
{
    leie_status st = leie_yaml_flag(node, "joint", &u->joint, err);
    if (!st && u->joint && (u->inputs.cells.interventions == 0 || (!u->all_scenarios && u->scenarios == 0)))
        st = leie_yaml_fail(leie_yaml_get(node, "joint"), err, "'joint' draws need 'inputs' of the table and 'scenarios'");
    if (!st && u->joint && u->inputs.design == LEIE_DESIGN_SOBOL)
        st = leie_yaml_fail(leie_yaml_get(node, "joint"), err, "'joint' draws have no Sobol' points, which inputs and parameters would share: use random or latin");
    return st;
}

static leie_status read_quantiles(leie_study_uncertainty *u, const leie_yaml *node, leie_error *err)
{
    static const double usual[] = {0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975};
    u->quantiles = LEIE_QUANTILES_MAX;
    leie_status st = read_numbers(u->quantile, &u->quantiles, node, "quantiles", err);
    if (!st && u->quantiles == 0) {
        u->quantiles = sizeof usual / sizeof usual[0];
        memcpy(u->quantile, usual, sizeof usual);
    }
    for (leie_size i = 0; !st && i < u->quantiles; i++)
        if (!(u->quantile[i] >= 0 && u->quantile[i] <= 1) || (i && !(u->quantile[i] > u->quantile[i - 1])))
            st = leie_yaml_fail(leie_yaml_get(node, "quantiles"), err, "'quantiles' ascend between 0 and 1");
    return st;
}

leie_status leie_study_read_uncertainty(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "uncertainty");
    const char *designs[LEIE_DESIGNS + 1] = {0};
    leie_study_uncertainty *u = &study->uncertainty;
    leie_size seed = 1;
    int design = LEIE_DESIGN_LATIN;
    if (!node)
        return LEIE_OK;
    for (int i = 0; i < LEIE_DESIGNS; i++)
        designs[i] = leie_design_name((leie_design)i);
    u->line = node->line;
    u->inputs.draws = 1000;
    u->ranking = 20;
    leie_status st = leie_yaml_known(node, uncertainty_keys, err);
    st = st ? st : leie_yaml_integer(node, "draws", &u->inputs.draws, err);
    st = st ? st : leie_yaml_integer(node, "seed", &seed, err);
    st = st ? st : leie_study_choice(&design, node, "method", designs, err);
    st = st ? st : leie_yaml_flag(node, "keep", &u->keep, err);
    st = st ? st : leie_yaml_integer(node, "ranking", &u->ranking, err);
    if (!st && (leie_yaml_get(node, "years") || leie_yaml_get(node, "year")))
        st = leie_study_read_years(&u->year, &u->years, node, err);
    if (!st && (u->inputs.draws < 2 || u->inputs.draws > 10000000))
        st = leie_yaml_fail(leie_yaml_get(node, "draws"), err, "'draws' should lie between 2 and 10000000, found %lld",
                            (long long)u->inputs.draws);
    if (!st && (u->ranking < 0 || u->ranking > 1000))
        st = leie_yaml_fail(leie_yaml_get(node, "ranking"), err, "'ranking' should lie between 0 and 1000, found %lld",
                            (long long)u->ranking);
    u->inputs.seed = (uint64_t)seed;
    u->inputs.design = (leie_design)design;
    st = st ? st : read_quantiles(u, node, err);
    st = st ? st : read_scenarios(study, node, err);
    st = st ? st : read_inputs(study, node, err);
    return st ? st : read_joint(u, node, err);
}

static bool year_asked(const leie_study_uncertainty *u, int year)
{
    bool asked = u->years == 0;
    for (leie_size i = 0; i < u->years; i++)
        asked |= u->year[i] == year;
    return u->inputs.draws > 0 && asked;
}

bool leie_study_uncertain(const leie_study *study, int year)
{
    return study->uncertainty.inputs.cells.interventions > 0 && year_asked(&study->uncertainty, year);
}

bool leie_study_uncertain_scenarios(const leie_study *study, int year)
{
    return (study->uncertainty.all_scenarios || study->uncertainty.scenarios) && year_asked(&study->uncertainty, year);
}

void leie_study_uncertainty_clear(leie_study_uncertainty *u)
{
    leie_uncertain_clear(&u->inputs);
    leie_free(u->year);
    leie_study_free_strings(u->scenario, u->scenarios);
    leie_provenance_clear(&u->sources);
    *u = (leie_study_uncertainty){0};
}
