// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/scenario.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

#define TAKES(role) (1u << LEIE_##role)

// What each operator is called and takes.
static const struct {
    const char *name;
    unsigned takes, needs;
} operators[LEIE_OPERATORS] = {
    [LEIE_OP_SCALE] = {"scale", TAKES(KT) | TAKES(KP) | TAKES(KT2) | TAKES(KP2) | TAKES(ADD), 0},
    [LEIE_OP_SET] = {"set", TAKES(VALUE), TAKES(VALUE)},
    [LEIE_OP_ADD] = {"add", TAKES(VALUE), TAKES(VALUE)},
    [LEIE_OP_SUBSTITUTE] = {"substitute", TAKES(SHARE) | TAKES(KP) | TAKES(QUANTITY) | TAKES(PRICE) | TAKES(AVAILABLE), TAKES(SHARE)},
    [LEIE_OP_SHIFT] = {"shift", TAKES(SHARE) | TAKES(KP) | TAKES(QUANTITY) | TAKES(PRICE) | TAKES(AVAILABLE), TAKES(SHARE)},
    [LEIE_OP_TRADE] = {"trade", TAKES(SHARE) | TAKES(KP) | TAKES(AVAILABLE), TAKES(SHARE)},
    [LEIE_OP_LIFETIME] = {"lifetime", TAKES(LIFE) | TAKES(NEW_LIFE) | TAKES(KP) | TAKES(REPAIR), TAKES(LIFE) | TAKES(NEW_LIFE)},
    [LEIE_OP_DISPLACE] = {"displace", TAKES(SHARE) | TAKES(RATE) | TAKES(PRICE), TAKES(SHARE) | TAKES(RATE)},
    [LEIE_OP_CAP] = {"cap", TAKES(LIMIT) | TAKES(QUANTITY) | TAKES(PRICE), TAKES(LIMIT)},
    [LEIE_OP_DEMAND] = {"demand", TAKES(POPULATION) | TAKES(PER_HEAD), 0},
    [LEIE_OP_PROCESS] = {"process", 0, 0},
    [LEIE_OP_REBOUND] = {"rebound", TAKES(SHARE), TAKES(SHARE)},
    [LEIE_OP_BALANCE] = {"balance", 0, 0},
};

static const char *const matrices[LEIE_EDITED] = {"A", "Y", "S", "F_Y"};

static const char *const roles[LEIE_AMOUNTS] = {"kt",    "kp",        "kt2",  "kp2",      "add",    "value", "share", "quantity",   "price",
                                                "available", "life", "new_life", "repair", "rate", "limit", "population", "per_head"};

const char *leie_operator_name(leie_operator op)
{
    return operators[op].name;
}

int leie_operator_find(const char *name)
{
    for (int i = 0; i < LEIE_OPERATORS; i++)
        if (strcmp(operators[i].name, name) == 0)
            return i;
    return -1;
}

unsigned leie_operator_takes(leie_operator op)
{
    return operators[op].takes;
}

unsigned leie_operator_needs(leie_operator op)
{
    return operators[op].needs;
}

const char *leie_edited_name(leie_edited matrix)
{
    return matrices[matrix];
}

int leie_edited_find(const char *name)
{
    for (int i = 0; i < LEIE_EDITED; i++)
        if (strcmp(matrices[i], name) == 0)
            return i;
    return -1;
}

const char *leie_amount_name(leie_amount_role role)
{
    return roles[role];
}

leie_size leie_scenarios_parameter(const leie_scenarios *set, const char *name)
{
    for (leie_size p = 0; p < set->parameters; p++)
        if (strcmp(set->parameter[p].name, name) == 0)
            return p;
    return -1;
}

leie_size leie_scenarios_find(const leie_scenarios *set, const char *code)
{
    for (leie_size s = 0; s < set->scenarios; s++)
        if (strcmp(set->scenario[s].code, code) == 0)
            return s;
    return -1;
}

bool leie_intervention_uses(const leie_intervention *v, leie_size parameter)
{
    bool uses = false;
    for (int a = 0; a < LEIE_AMOUNTS; a++)
        uses |= leie_amount_uses(&v->amount[a], parameter);
    for (leie_size i = 0; i < v->inputs; i++)
        uses |= leie_amount_uses(&v->input[i].amount, parameter);
    for (leie_size i = 0; i < v->pressures; i++)
        uses |= leie_amount_uses(&v->pressure[i].amount, parameter);
    return uses;
}

// ---- paths ----

// The logistic function of a share of the way, scaled to 0 .. 1.
static double s_curve(double way)
{
    const double steep = 10;
    double low = 1 / (1 + exp(steep / 2)), high = 1 / (1 + exp(-steep / 2));
    return (1 / (1 + exp(-steep * (way - 0.5))) - low) / (high - low);
}

// Between the points of a table, constant outside.
static double along_table(const leie_ramp *ramp, int year)
{
    leie_size last = ramp->points - 1, i = 0;
    if (year <= ramp->year[0])
        return ramp->share[0];
    if (year >= ramp->year[last])
        return ramp->share[last];
    while (ramp->year[i + 1] < year)
        i++;
    double way = (double)(year - ramp->year[i]) / (ramp->year[i + 1] - ramp->year[i]);
    return ramp->share[i] + way * (ramp->share[i + 1] - ramp->share[i]);
}

double leie_ramp_share(const leie_ramp *ramp, int year)
{
    if (ramp->kind == LEIE_RAMP_NONE)
        return 1;
    if (ramp->kind == LEIE_RAMP_TABLE)
        return along_table(ramp, year);
    if (ramp->kind == LEIE_RAMP_STEP)
        return year >= ramp->from;
    if (year <= ramp->from)
        return 0;
    if (year >= ramp->to)
        return 1;
    double way = (double)(year - ramp->from) / (ramp->to - ramp->from);
    return ramp->kind == LEIE_RAMP_LINEAR ? way : s_curve(way);
}

// ---- release ----

static void clear_texts(char **list, leie_size n)
{
    for (leie_size i = 0; list && i < n; i++)
        leie_free(list[i]);
    leie_free(list);
}

static void selection_clear(leie_selection *s)
{
    clear_texts(s->region, s->regions);
    clear_texts(s->item, s->items);
    clear_texts(s->label, s->names);
    *s = (leie_selection){0};
}

static void parts_clear(leie_process_part *part, leie_size n)
{
    for (leie_size i = 0; part && i < n; i++) {
        selection_clear(&part[i].row);
        leie_amount_clear(&part[i].amount);
    }
    leie_free(part);
}

void leie_intervention_clear(leie_intervention *v)
{
    selection_clear(&v->row);
    selection_clear(&v->col);
    selection_clear(&v->to);
    selection_clear(&v->to_col);
    for (int a = 0; a < LEIE_AMOUNTS; a++)
        leie_amount_clear(&v->amount[a]);
    parts_clear(v->input, v->inputs);
    parts_clear(v->pressure, v->pressures);
    leie_free(v->ramp.year);
    leie_free(v->ramp.share);
    leie_free(v->name);
    leie_free(v->region);
    leie_free(v->code);
    leie_free(v->title);
    leie_free(v->unit);
    *v = (leie_intervention){0};
}

void leie_scenario_clear(leie_scenario *s)
{
    leie_free(s->code);
    leie_free(s->title);
    leie_free(s->evidence);
    leie_free(s->omits);
    leie_free(s->intervention);
    leie_free(s->value);
    leie_free(s->year);
    *s = (leie_scenario){0};
}

void leie_scenarios_clear(leie_scenarios *set)
{
    for (leie_size i = 0; i < set->interventions; i++)
        leie_intervention_clear(&set->intervention[i]);
    for (leie_size i = 0; i < set->scenarios; i++)
        leie_scenario_clear(&set->scenario[i]);
    for (leie_size i = 0; i < set->parameters; i++)
        leie_parameter_clear(&set->parameter[i]);
    for (leie_size i = 0; i < set->groups; i++)
        leie_free(set->group[i].parameter);
    clear_texts(set->file, set->files);
    leie_free(set->group);
    leie_free(set->correlation);
    leie_free(set->intervention);
    leie_free(set->scenario);
    leie_free(set->parameter);
    leie_free(set->driver);
    *set = (leie_scenarios){0};
}
