// SPDX-License-Identifier: GPL-3.0-or-later
/* Interventions of a scenario file: operators, selections, amounts, paths over years. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/read_scenario_impl.h"
#include "io/read/read_table.h"
#include "io/study/study_impl.h"
#include "kernels/memory.h"
#include "kernels/number.h"

static const char *const intervention_keys[] = {
    "operator", "name", "matrix", "rows", "cols", "cells", "to", "to_cols", "spread", "method", "path", "kt", "kp", "kt2", "kp2", "add",
    "value", "share", "quantity", "price", "available", "life", "new_life", "repair", "rate", "limit", "population", "per_head",
    "region", "code", "title", "unit", "inputs", "pressures", "flows", "note", NULL};
static const char *const cells_words[] = {"all", "domestic", "imported", NULL};
static const char *const spread_words[] = {"proportional", "equal", "nonzero", "pairs", NULL};
static const char *const repair_words[] = {"inputs", "value_added", NULL};
static const char *const ramp_words[] = {"none", "linear", "s_curve", "step", "table", NULL};
static const char *const ramp_keys[] = {"type", "from", "to", "values", NULL};
static const char *const sector_keys[] = {"regions", "sectors", "names", "group", NULL};
static const char *const demand_keys[] = {"regions", "categories", "names", "kinds", "group", NULL};
static const char *const stressor_keys[] = {"stressors", "names", "group", NULL};
static const char *const group_keys[] = {"concordance", "codes", NULL};
static const char *const part_keys[] = {"rows", "amount", NULL};

typedef enum axis { SECTORS, DEMAND, STRESSORS } axis;

leie_status leie_scenario_grow(void **array, leie_size n, size_t size, leie_error *err)
{
    void *grown = (n & (n - 1)) == 0 ? leie_resize(*array, n, n ? 2 * n : 1, size) : *array;
    if (!grown)
        return leie_fail_memory(err, "scenarios", n + 1, size);
    *array = grown;
    return LEIE_OK;
}

static leie_status append_text(char ***list, leie_size *n, const char *text, leie_error *err)
{
    leie_status st = leie_scenario_grow((void **)list, *n, sizeof **list, err);
    if (st)
        return st;
    (*list)[*n] = leie_strdup(text);
    if (!(*list)[*n])
        return leie_fail_memory(err, "a text", 1, strlen(text));
    ++*n;
    return LEIE_OK;
}

// ---- selections ----

leie_status leie_scenario_add_region(leie_selection *s, const leie_scenario_reader *r, const char *code, leie_error *err)
{
    for (leie_size g = 0; g < r->study->groups; g++) {
        const leie_study_group *group = &r->study->group[g];
        if (strcmp(group->code, code) != 0)
            continue;
        leie_status st = LEIE_OK;
        for (leie_size m = 0; !st && m < group->members; m++)
            st = append_text(&s->region, &s->regions, group->member[m], err);
        return st;
    }
    return append_text(&s->region, &s->regions, code, err);
}

static leie_status read_regions(leie_selection *s, const leie_scenario_reader *r, const leie_yaml *map, bool target, leie_error *err)
{
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, map, "regions", err);
    for (leie_size i = 0; !st && i < n; i++) {
        if (target && n == 1 && strcmp(list[i], "same") == 0)
            s->same_region = true;
        else
            st = leie_scenario_add_region(s, r, list[i], err);
    }
    leie_study_free_strings(list, n);
    return st;
}

static leie_status read_items(leie_selection *s, const leie_yaml *map, const char *key, bool target, leie_error *err)
{
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, map, key, err);
    for (leie_size i = 0; !st && i < n; i++) {
        if (target && n == 1 && strcmp(list[i], "same") == 0)
            s->same_item = true;
        else
            st = append_text(&s->item, &s->items, list[i], err);
    }
    leie_study_free_strings(list, n);
    return st;
}

static leie_status read_kinds(leie_selection *s, const leie_yaml *map, leie_error *err)
{
    char **list = NULL;
    leie_size n = 0;
    leie_status st = leie_study_strings(&list, &n, map, "kinds", err);
    for (leie_size i = 0; !st && i < n; i++) {
        int kind = leie_demand_find(list[i]);
        if (kind < 0)
            st = leie_yaml_fail(leie_yaml_get(map, "kinds"), err, "'%.100s' is no kind of final demand", list[i]);
        else
            s->kinds |= 1u << kind;
    }
    leie_study_free_strings(list, n);
    return st;
}

// The codes that a concordance links to the groups that are named.
static leie_status read_group(leie_selection *s, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "group");
    leie_concordance c = {0};
    leie_path path = {0};
    char **code = NULL;
    leie_size n = 0;
    if (!node)
        return LEIE_OK;
    leie_status st = leie_yaml_known(node, group_keys, err);
    st = st ? st : leie_study_path(&path, r->study, node, "concordance", &r->folder, err);
    st = st ? st : leie_study_strings(&code, &n, node, "codes", err);
    if (!st && (!path.real || !n))
        st = leie_yaml_fail(node, err, "'group' needs 'concordance', a file, and 'codes' of its column to");
    if (!st)
        st = leie_read_concordance(&c, &path, r->set ? "group of a scenario" : "group of uncertain inputs", r->p, err);
    for (leie_size i = 0; !st && i < n; i++) {
        leie_size before = s->items;
        for (leie_size l = 0; !st && l < c.n; l++)
            if (strcmp(c.link[l].to, code[i]) == 0)
                st = append_text(&s->item, &s->items, c.link[l].from, err);
        const char *nearest = leie_labels_nearest(&c.to, code[i]);
        if (!st && s->items == before)
            st = leie_yaml_fail(node, err, "%s has no group '%.100s'%s%s", path.shown, code[i], nearest ? ", the nearest is " : "",
                                nearest ? nearest : "");
    }
    leie_concordance_clear(&c);
    leie_study_path_clear(&path);
    leie_study_free_strings(code, n);
    return st;
}

// A key that is there and says nothing would select everything.
static leie_status refuse_empty(const leie_yaml *map, const char *key, const char *of, leie_error *err)
{
    for (leie_size i = 0; i < map->n; i++) {
        const leie_yaml *child = map->child[i];
        if ((key && strcmp(map->key[i], key) != 0) || (child->kind == LEIE_YAML_SCALAR ? !leie_yaml_null(child) : child->n > 0))
            continue;
        return leie_yaml_fail(child->line ? child : map, err, "'%s%s%s' names nothing: leave it out for all", of, *of ? "." : "", map->key[i]);
    }
    return LEIE_OK;
}

static leie_status read_selection(leie_selection *s, leie_scenario_reader *r, const leie_yaml *map, const char *key, axis a, bool target,
                                  leie_error *err)
{
    static const char *const *const keys[] = {sector_keys, demand_keys, stressor_keys};
    static const char *const items[] = {"sectors", "categories", "stressors"};
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_status st = refuse_empty(map, key, "", err);
    if (st || !node)
        return st;
    s->given = true;
    s->line = node->line;
    if (node->kind != LEIE_YAML_MAP) // codes alone
        return read_items(s, map, key, target, err);
    st = leie_yaml_known(node, keys[a], err);
    st = st ? st : refuse_empty(node, NULL, key, err);
    st = st ? st : read_regions(s, r, node, target, err);
    st = st ? st : read_items(s, node, items[a], target, err);
    st = st ? st : leie_study_strings(&s->label, &s->names, node, "names", err);
    st = st ? st : read_kinds(s, node, err);
    return st ? st : read_group(s, r, node, err);
}

leie_status leie_read_selection(leie_selection *s, const leie_study *study, leie_provenance *p, const leie_yaml *map, const char *key,
                                leie_selection_axis of, leie_error *err)
{
    static const axis axes[] = {[LEIE_SELECT_SECTORS] = SECTORS, [LEIE_SELECT_DEMAND] = DEMAND, [LEIE_SELECT_STRESSORS] = STRESSORS};
    leie_scenario_reader r = {.study = study, .p = p};
    return read_selection(s, &r, map, key, axes[of], false, err);
}

// ---- amounts ----

static leie_status read_amount(leie_amount *amount, const leie_scenario_reader *r, const leie_yaml *map, const char *key, leie_error *err)
{
    const char *text = NULL;
    leie_error why = {0};
    leie_status st = leie_yaml_text(map, key, &text, err);
    if (st || !text)
        return st;
    st = leie_amount_read(amount, text, r->set->parameters, r->set->parameter, &why);
    return st == LEIE_ERR_DATA ? leie_yaml_fail(leie_yaml_get(map, key), err, "'%s': %s", key, why.text)
                               : st ? leie_fail(err, st, "%s", why.text) : LEIE_OK;
}

// The operator's own, all that it needs and no others.
static leie_status read_amounts(leie_intervention *v, const leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int a = 0; !st && a < LEIE_AMOUNTS; a++) {
        const char *key = leie_amount_name((leie_amount_role)a);
        const leie_yaml *node = leie_yaml_get(map, key);
        if (node && !(leie_operator_takes(v->op) >> a & 1u))
            return leie_yaml_fail(node, err, "'%s' does not belong to the operator %s", key, leie_operator_name(v->op));
        if (!node && leie_operator_needs(v->op) >> a & 1u)
            return leie_yaml_fail(map, err, "intervention '%s': the operator %s needs '%s'", v->name, leie_operator_name(v->op), key);
        st = read_amount(&v->amount[a], r, map, key, err);
    }
    return st;
}

// ---- paths over years ----

static leie_status read_points(leie_ramp *ramp, const leie_yaml *node, leie_error *err)
{
    const leie_yaml *values = leie_yaml_get(node, "values");
    if (!values || values->kind != LEIE_YAML_MAP || values->n == 0)
        return leie_yaml_fail(node, err, "a path of type table needs 'values': {2020: 0.1, 2030: 0.4}");
    ramp->year = leie_new(values->n, sizeof *ramp->year);
    ramp->share = leie_new(values->n, sizeof *ramp->share);
    if (!ramp->year || !ramp->share)
        return leie_fail_memory(err, "a path", values->n, sizeof *ramp->share);
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < values->n; i++) {
        double year;
        if (leie_number_read(&year, values->key[i], (leie_size)strlen(values->key[i])) || year != (int)year)
            return leie_yaml_fail(values->child[i], err, "'values': a year is expected, found '%.40s'", values->key[i]);
        if (i && year <= ramp->year[i - 1])
            return leie_yaml_fail(values->child[i], err, "'values': years should rise, %d comes after %d", (int)year, ramp->year[i - 1]);
        ramp->year[i] = (int)year;
        st = leie_yaml_number(values, values->key[i], &ramp->share[i], err);
        ramp->points = i + 1;
    }
    return st;
}

static leie_status copy_ramp(leie_ramp *to, const leie_ramp *from, leie_error *err)
{
    *to = *from;
    to->year = NULL;
    to->share = NULL;
    if (!from->points)
        return LEIE_OK;
    to->year = leie_new(from->points, sizeof *to->year);
    to->share = leie_new(from->points, sizeof *to->share);
    if (!to->year || !to->share)
        return leie_fail_memory(err, "a path", from->points, sizeof *to->share);
    memcpy(to->year, from->year, (size_t)from->points * sizeof *to->year);
    memcpy(to->share, from->share, (size_t)from->points * sizeof *to->share);
    return LEIE_OK;
}

leie_status leie_read_ramp(leie_ramp *ramp, const leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, "path");
    int kind = LEIE_RAMP_NONE;
    leie_size from = 0, to = 0;
    if (!node)
        return copy_ramp(ramp, &r->ramp, err);
    leie_status st = leie_yaml_known(node, ramp_keys, err);
    st = st ? st : leie_study_choice(&kind, node, "type", ramp_words, err);
    st = st ? st : leie_yaml_integer(node, "from", &from, err);
    st = st ? st : leie_yaml_integer(node, "to", &to, err);
    if (st)
        return st;
    ramp->kind = (leie_ramp_kind)kind;
    ramp->from = (int)from;
    ramp->to = (int)to;
    if (kind == LEIE_RAMP_TABLE)
        return read_points(ramp, node, err);
    if (kind != LEIE_RAMP_NONE && !leie_yaml_get(node, "from"))
        return leie_yaml_fail(node, err, "a path of type %s needs 'from', a year", ramp_words[kind]);
    if ((kind == LEIE_RAMP_LINEAR || kind == LEIE_RAMP_S_CURVE) && ramp->to <= ramp->from)
        return leie_yaml_fail(node, err, "a path of type %s needs 'to', a year after %d", ramp_words[kind], ramp->from);
    return LEIE_OK;
}

// ---- processes ----

static leie_status read_parts(leie_process_part **part, leie_size *n, leie_scenario_reader *r, const leie_yaml *map, const char *key,
                              axis a, leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_status st = LEIE_OK;
    if (!node)
        return LEIE_OK;
    *part = leie_new(leie_study_items(node) + 1, sizeof **part);
    if (!*part)
        return leie_fail_memory(err, "a process", leie_study_items(node), sizeof **part);
    for (leie_size i = 0; !st && i < leie_study_items(node); i++) {
        const leie_yaml *item = leie_study_item(node, i);
        leie_process_part *p = &(*part)[(*n)++];
        st = leie_yaml_known(item, part_keys, err);
        st = st ? st : read_selection(&p->row, r, item, "rows", a, false, err);
        st = st ? st : read_amount(&p->amount, r, item, "amount", err);
        if (!st && (!p->row.given || !p->amount.text))
            st = leie_yaml_fail(item, err, "'%s' needs 'rows' and 'amount', per unit of output", key);
    }
    return st;
}

static leie_status read_process(leie_intervention *v, leie_scenario_reader *r, const leie_yaml *map, leie_error *err)
{
    leie_status st = leie_study_string(&v->region, map, "region", err);
    st = st ? st : leie_study_string(&v->code, map, "code", err);
    st = st ? st : leie_study_string(&v->title, map, "title", err);
    st = st ? st : leie_study_string(&v->unit, map, "unit", err);
    st = st ? st : read_parts(&v->input, &v->inputs, r, map, "inputs", SECTORS, err);
    st = st ? st : read_parts(&v->pressure, &v->pressures, r, map, "pressures", STRESSORS, err);
    if (!st && (!v->region || !v->code || !v->inputs))
        st = leie_yaml_fail(map, err, "a process needs 'region', 'code' and 'inputs'");
    v->process = r->set->processes;
    r->set->processes += !st;
    return st;
}

// ---- one intervention ----

static leie_status read_operator(leie_intervention *v, const leie_yaml *map, leie_error *err)
{
    const char *words[LEIE_OPERATORS + 1] = {0}, *matrices[LEIE_EDITED + 1] = {0};
    int op = -1, matrix = -1, cells = LEIE_CELLS_ALL, spread = LEIE_SPREAD_PROPORTIONAL, repair = LEIE_REPAIR_INPUTS;
    for (int i = 0; i < LEIE_OPERATORS; i++)
        words[i] = leie_operator_name((leie_operator)i);
    for (int i = 0; i < LEIE_EDITED; i++)
        matrices[i] = leie_edited_name((leie_edited)i);
    leie_status st = leie_study_choice(&op, map, "operator", words, err);
    st = st ? st : leie_study_choice(&matrix, map, "matrix", matrices, err);
    st = st ? st : leie_study_choice(&cells, map, "cells", cells_words, err);
    st = st ? st : leie_study_choice(&spread, map, "spread", spread_words, err);
    st = st ? st : leie_study_choice(&repair, map, "method", repair_words, err);
    if (!st && op < 0)
        st = leie_yaml_fail(map, err, "an intervention needs 'operator'");
    if (st)
        return st;
    v->op = (leie_operator)op;
    v->cells = (leie_cells_choice)cells;
    v->spread = (leie_spread)spread;
    v->repair = (leie_repair)repair;
    bool demand = op == LEIE_OP_SHIFT || op == LEIE_OP_LIFETIME || op == LEIE_OP_DISPLACE || op == LEIE_OP_DEMAND || op == LEIE_OP_REBOUND;
    bool own = demand || op == LEIE_OP_PROCESS || op == LEIE_OP_BALANCE || op == LEIE_OP_SUBSTITUTE;
    if (matrix < 0 && !own)
        return leie_yaml_fail(map, err, "the operator %s needs 'matrix': A, Y, S or F_Y", words[op]);
    v->matrix = matrix >= 0 ? (leie_edited)matrix : demand ? LEIE_EDIT_Y : LEIE_EDIT_A;
    bool cellwise = op == LEIE_OP_SCALE || op == LEIE_OP_SET || op == LEIE_OP_ADD;
    if (!cellwise && v->matrix != LEIE_EDIT_A && v->matrix != LEIE_EDIT_Y)
        return leie_yaml_fail(leie_yaml_get(map, "matrix"), err, "the operator %s works on A or Y", words[op]);
    if ((op == LEIE_OP_DEMAND || op == LEIE_OP_REBOUND) && v->matrix != LEIE_EDIT_Y)
        return leie_yaml_fail(leie_yaml_get(map, "matrix"), err, "the operator %s works on Y", words[op]);
    return LEIE_OK;
}

// Operators that take from cells in order to give elsewhere need targets, and those without give nothing.
static leie_status check_targets(const leie_intervention *v, const leie_yaml *map, leie_error *err)
{
    bool moves = v->op == LEIE_OP_SUBSTITUTE || v->op == LEIE_OP_SHIFT || v->op == LEIE_OP_TRADE || v->op == LEIE_OP_DISPLACE;
    bool may = moves || v->op == LEIE_OP_LIFETIME || v->op == LEIE_OP_CAP;
    if (moves && !v->to.given)
        return leie_yaml_fail(map, err, "intervention '%s': the operator %s needs 'to'", v->name, leie_operator_name(v->op));
    if (!may && (v->to.given || v->to_col.given))
        return leie_yaml_fail(map, err, "intervention '%s': the operator %s has no targets", v->name, leie_operator_name(v->op));
    if (v->op == LEIE_OP_LIFETIME && v->amount[LEIE_REPAIR].text && !v->to.given)
        return leie_yaml_fail(map, err, "intervention '%s': 'repair' needs 'to', the rows that repair", v->name);
    if (v->op == LEIE_OP_BALANCE && v->repair == LEIE_REPAIR_VALUE_ADDED && !v->row.items)
        return leie_yaml_fail(map, err, "intervention '%s': balance by value_added needs 'rows', the stressor of value added", v->name);
    return LEIE_OK;
}

// Keys that would be read and have no effect.
static leie_status check_unused(const leie_intervention *v, const leie_yaml *map, leie_error *err)
{
    static const char *const of_cells[] = {"rows", "cols", "cells", "spread"};
    const leie_yaml *path = leie_yaml_get(map, "path");
    if (path && v->op == LEIE_OP_PROCESS)
        return leie_yaml_fail(path, err, "a process has no path: nothing buys from it by itself, so give the start-up path to what does (substitute, shift, ...)");
    if (path && v->op == LEIE_OP_BALANCE)
        return leie_yaml_fail(path, err, "the operator balance has no path: it repairs what the interventions before it left");
    for (size_t i = 0; v->op == LEIE_OP_PROCESS && i < sizeof of_cells / sizeof of_cells[0]; i++)
        if (leie_yaml_get(map, of_cells[i]))
            return leie_yaml_fail(leie_yaml_get(map, of_cells[i]), err, "a process has 'inputs' and 'pressures', no '%s'", of_cells[i]);
    return LEIE_OK;
}

static leie_status read_one(leie_intervention *v, leie_scenario_reader *r, const leie_yaml *map, leie_size number, leie_error *err)
{
    char name[32];
    snprintf(name, sizeof name, "%lld", (long long)number);
    v->path = r->file;
    v->line = map->line;
    leie_status st = leie_yaml_known(map, intervention_keys, err);
    st = st ? st : read_operator(v, map, err);
    st = st ? st : leie_study_set_string(&v->name, name, err);
    st = st ? st : leie_study_string(&v->name, map, "name", err);
    if (!st && v->op == LEIE_OP_PROCESS)
        st = read_process(v, r, map, err);
    axis rows = v->matrix == LEIE_EDIT_A || v->matrix == LEIE_EDIT_Y ? SECTORS : STRESSORS;
    axis cols = v->matrix == LEIE_EDIT_A || v->matrix == LEIE_EDIT_S ? SECTORS : DEMAND;
    bool value_added = v->op == LEIE_OP_BALANCE && v->repair == LEIE_REPAIR_VALUE_ADDED;
    st = st ? st : read_selection(&v->row, r, map, "rows", value_added ? STRESSORS : rows, false, err);
    st = st ? st : read_selection(&v->col, r, map, "cols", cols, false, err);
    st = st ? st : read_selection(&v->to, r, map, "to", rows, true, err);
    st = st ? st : read_selection(&v->to_col, r, map, "to_cols", cols, true, err);
    st = st ? st : leie_yaml_flag(map, "flows", &v->flows, err);
    if (!st && v->flows && v->op != LEIE_OP_ADD && v->op != LEIE_OP_SET)
        st = leie_yaml_fail(leie_yaml_get(map, "flows"), err, "'flows' belongs to the operators add and set");
    st = st ? st : leie_read_ramp(&v->ramp, r, map, err);
    st = st ? st : read_amounts(v, r, map, err);
    st = st ? st : check_unused(v, map, err);
    return st ? st : check_targets(v, map, err);
}

leie_status leie_read_interventions(leie_size **position, leie_size *n, leie_scenario_reader *r, const leie_yaml *map, const char *key,
                                    leie_error *err)
{
    const leie_yaml *node = leie_yaml_get(map, key);
    leie_scenarios *set = r->set;
    leie_status st = LEIE_OK;
    if (!node)
        return LEIE_OK;
    if (node->kind != LEIE_YAML_LIST)
        return leie_yaml_fail(node, err, "'%s' should be a list of maps", key);
    for (leie_size i = 0; !st && i < node->n; i++) {
        st = leie_scenario_grow((void **)&set->intervention, set->interventions, sizeof *set->intervention, err);
        st = st ? st : leie_scenario_grow((void **)position, *n, sizeof **position, err);
        if (st)
            break;
        (*position)[(*n)++] = set->interventions;
        set->intervention[set->interventions] = (leie_intervention){0};
        st = read_one(&set->intervention[set->interventions++], r, node->child[i], i + 1, err);
    }
    return st;
}
