// SPDX-License-Identifier: GPL-3.0-or-later
/* The key `backcast` of a study: one map, or a list of them.
 *
 *   backcast:
 *     - backcast: rmc-2030                # a code of its own
 *       scenario: circular                # whose parameters are the levers
 *       year: 2030                        # default: the last year with a table
 *       targets:
 *         - {region: BE-VLG, change: -0.3, per: capita}        # against the table's year; all materials together
 *         - {region: BE-VLG, stressor: CO2, value: 40}         # in the unit of the stressor
 *       levers:
 *         - {parameter: recycled, from: 0, to: 0.6, cost: 2}   # cost of all of it; default 1
 *         - lifetime                                           # its range in the scenario file
 */
#include <math.h>
#include <string.h>

#include "io/study/study_impl.h"
#include "kernels/memory.h"

static const char *const backcast_keys[] = {"backcast", "scenario", "year", "targets", "levers", "note", NULL};
static const char *const target_keys[] = {"region", "stressor", "change", "value", "per", "note", NULL};
static const char *const lever_keys[] = {"parameter", "from", "to", "cost", "note", NULL};
static const char *const per_words[] = {"absolute", "capita", NULL};

static leie_status read_target(leie_study_goal *g, const leie_yaml *node, leie_error *err)
{
    int per = 0;
    leie_status st = leie_yaml_known(node, target_keys, err);
    bool change = !st && leie_yaml_get(node, "change"), value = !st && leie_yaml_get(node, "value");
    g->line = node->line;
    st = st ? st : leie_study_string(&g->region, node, "region", err);
    st = st ? st : leie_study_string(&g->stressor, node, "stressor", err);
    st = st ? st : leie_yaml_number(node, change ? "change" : "value", &g->level, err);
    st = st ? st : leie_study_choice(&per, node, "per", per_words, err);
    g->relative = change;
    g->per_capita = per == 1;
    if (!st && !g->region)
        st = leie_yaml_fail(node, err, "a target needs 'region'");
    if (!st && change == value)
        st = leie_yaml_fail(node, err, "a target needs 'change' (-0.3 for 30 %% less) or 'value', one of them");
    if (!st && change && !(g->level > -1))
        st = leie_yaml_fail(node, err, "'change' is a share of what there is: -0.3 for 30 %% less, found %g", g->level);
    return st;
}

static leie_status read_lever(leie_study_lever *l, const leie_yaml *node, leie_error *err)
{
    l->cost = 1;
    l->from = l->to = NAN;
    l->line = node->line;
    if (node->kind == LEIE_YAML_SCALAR)
        return leie_study_set_string(&l->parameter, node->text, err);
    leie_status st = leie_yaml_known(node, lever_keys, err);
    st = st ? st : leie_study_string(&l->parameter, node, "parameter", err);
    st = st ? st : leie_yaml_number(node, "from", &l->from, err);
    st = st ? st : leie_yaml_number(node, "to", &l->to, err);
    st = st ? st : leie_yaml_number(node, "cost", &l->cost, err);
    if (!st && !l->parameter)
        st = leie_yaml_fail(node, err, "a lever needs 'parameter'");
    if (!st && !(l->cost >= 0 && isfinite(l->cost)))
        st = leie_yaml_fail(node, err, "the cost of a lever may not be negative, found %g", l->cost);
    return st;
}

static leie_status read_backcast(leie_study_backcast *b, const leie_yaml *node, leie_error *err)
{
    leie_size year = 0;
    leie_status st = leie_yaml_known(node, backcast_keys, err);
    const leie_yaml *targets = st ? NULL : leie_yaml_get(node, "targets"), *levers = st ? NULL : leie_yaml_get(node, "levers");
    b->line = node->line;
    st = st ? st : leie_study_string(&b->name, node, "backcast", err);
    st = st ? st : leie_study_string(&b->scenario, node, "scenario", err);
    st = st ? st : leie_yaml_integer(node, "year", &year, err);
    b->year = (int)year;
    if (!st && (!b->name || !b->scenario || !targets || !levers))
        st = leie_yaml_fail(node, err, "'backcast' needs 'backcast' (a code), 'scenario', 'targets' and 'levers'");
    if (!st && (year < 0 || year > 9999))
        st = leie_yaml_fail(leie_yaml_get(node, "year"), err, "'year' should be a year, found %lld", (long long)year);
    if (!st && (leie_study_items(targets) > LEIE_GOALS_MAX || leie_study_items(levers) > LEIE_LEVERS_MAX))
        st = leie_yaml_fail(node, err, "at most %d targets and %d levers", LEIE_GOALS_MAX, LEIE_LEVERS_MAX);
    for (leie_size i = 0; !st && i < leie_study_items(targets); i++) {
        b->goals++;
        st = read_target(&b->goal[i], leie_study_item(targets, i), err);
    }
    for (leie_size i = 0; !st && i < leie_study_items(levers); i++) {
        b->levers++;
        st = read_lever(&b->lever[i], leie_study_item(levers, i), err);
    }
    return st;
}

leie_status leie_study_read_backcasts(leie_study *study, const leie_yaml *root, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(root, "backcast");
    if (!node)
        return LEIE_OK;
    leie_size n = leie_study_items(node);
    study->backcast = leie_new(n ? n : 1, sizeof *study->backcast);
    if (!study->backcast)
        return leie_fail_memory(err, "back-casting", n, sizeof *study->backcast);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < n; i++) {
        study->backcasts++;
        st = read_backcast(&study->backcast[i], leie_study_item(node, i), err);
        for (leie_size other = 0; !st && other < i; other++)
            if (strcmp(study->backcast[other].name, study->backcast[i].name) == 0)
                st = leie_yaml_fail(leie_study_item(node, i), err, "the backcast '%.100s' is there already", study->backcast[i].name);
    }
    if (!st && n && !study->scenario_files)
        st = leie_yaml_fail(node, err, "'backcast' needs 'scenarios': the files with the scenario and its parameters");
    return st;
}

void leie_study_backcast_clear(leie_study_backcast *b)
{
    leie_free(b->name);
    leie_free(b->scenario);
    for (leie_size i = 0; i < b->goals; i++) {
        leie_free(b->goal[i].region);
        leie_free(b->goal[i].stressor);
    }
    for (leie_size i = 0; i < b->levers; i++)
        leie_free(b->lever[i].parameter);
    *b = (leie_study_backcast){0};
}
