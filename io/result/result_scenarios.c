// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_scenarios.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/axes.h"
#include "io/result/result_impl.h"
#include "kernels/memory.h"

// ---- axes ----

leie_status leie_result_scenario_axis(leie_dataset *ds, const leie_scenarios *set, leie_error *err)
{
    leie_size n = 1 + (set ? set->scenarios : 0);
    char baseline[] = "baseline", none[] = "", **code = leie_new(n, sizeof *code), **name = leie_new(n, sizeof *name);
    leie_status st = code && name ? LEIE_OK : leie_fail_memory(err, "scenarios", n, sizeof *code);
    for (leie_size s = 0; !st && s < n; s++) {
        code[s] = s ? set->scenario[s - 1].code : baseline;
        name[s] = s ? set->scenario[s - 1].title : none;
    }
    st = st ? st : leie_dataset_coordinate(ds, "scenario", n, code, set ? name : NULL, "scenario", err);
    leie_free(code);
    leie_free(name);
    return st;
}

// Texts of the scenarios and their parameters.
static leie_status describe_scenarios(leie_dataset *ds, const leie_scenarios *set, leie_error *err)
{
    leie_var *evidence, *omits, *value;
    leie_status st = leie_dataset_var(&evidence, ds, "scenario_evidence", LEIE_VAR_TEXT, "scenario", NULL, "where the scenario comes from", err);
    st = st ? st : leie_dataset_var(&omits, ds, "scenario_omits", LEIE_VAR_TEXT, "scenario", NULL, "what the scenario leaves out", err);
    for (leie_size s = 0; !st && s < set->scenarios; s++) {
        st = leie_var_set_text(evidence, s + 1, set->scenario[s].evidence, err);
        st = st ? st : leie_var_set_text(omits, s + 1, set->scenario[s].omits, err);
    }
    if (st || !set->parameters)
        return st;
    leie_size P = set->parameters;
    char **name = leie_new(P, sizeof *name), **unit = leie_new(P, sizeof *unit), **source = leie_new(P, sizeof *source);
    if (!name || !unit || !source)
        st = leie_fail_memory(err, "parameters", P, sizeof *name);
    for (leie_size p = 0; !st && p < P; p++) {
        name[p] = set->parameter[p].name;
        unit[p] = set->parameter[p].unit;
        source[p] = set->parameter[p].source;
    }
    st = st ? st : leie_dataset_coordinate(ds, "parameter", P, name, NULL, "parameter of scenarios", err);
    st = st ? st : leie_dataset_texts(ds, "parameter_unit", "parameter", P, unit, "unit of the parameter", err);
    st = st ? st : leie_dataset_texts(ds, "parameter_source", "parameter", P, source, "where the value comes from", err);
    st = st ? st : leie_dataset_var(&value, ds, "parameter_value", LEIE_VAR_DOUBLE, "scenario parameter", "1", "value of the parameter, in its unit", err);
    for (leie_size s = 0; !st && s < set->scenarios; s++)
        memcpy(value->number + (s + 1) * P, set->scenario[s].value, (size_t)P * sizeof *value->number);
    leie_free(name);
    leie_free(unit);
    leie_free(source);
    return st;
}

// Where the interventions of each scenario begin on the axis of all; first [scenarios + 1].
static leie_size count_interventions(const leie_scenarios *set, leie_size *first)
{
    leie_size n = 0;
    for (leie_size s = 0; s < set->scenarios; s++) {
        first[s] = n;
        n += set->scenario[s].interventions;
    }
    return first[set->scenarios] = n;
}

static leie_status intervention_axis(leie_dataset *ds, const leie_scenarios *set, leie_size n, leie_error *err)
{
    leie_labels label = {0};
    leie_var *scenario, *op;
    leie_status st = LEIE_OK;
    for (leie_size s = 0; !st && s < set->scenarios; s++)
        for (leie_size i = 0; !st && i < set->scenario[s].interventions; i++) {
            const leie_intervention *v = &set->intervention[set->scenario[s].intervention[i]];
            char code[512];
            int used = snprintf(code, sizeof code, "%s/%s", set->scenario[s].code, v->name);
            if (leie_labels_find(&label, code) >= 0 && used < (int)sizeof code - 32) // inherited, or named alike
                snprintf(code + used, sizeof code - (size_t)used, " (%lld)", (long long)(i + 1));
            leie_size at = leie_labels_add(&label, code, NULL, NULL, NULL, err);
            st = at < 0 ? (leie_status)at : LEIE_OK;
        }
    st = st ? st : leie_dataset_coordinate(ds, "intervention", n, label.code, NULL, "intervention: scenario and name", err);
    st = st ? st : leie_dataset_var(&scenario, ds, "intervention_scenario", LEIE_VAR_TEXT, "intervention", NULL, "scenario of the intervention", err);
    st = st ? st : leie_dataset_var(&op, ds, "intervention_operator", LEIE_VAR_TEXT, "intervention", NULL, "operator of the intervention", err);
    leie_size at = 0;
    for (leie_size s = 0; !st && s < set->scenarios; s++)
        for (leie_size i = 0; !st && i < set->scenario[s].interventions; i++, at++) {
            st = leie_var_set_text(scenario, at, set->scenario[s].code, err);
            st = st ? st : leie_var_set_text(op, at, leie_operator_name(set->intervention[set->scenario[s].intervention[i]].op), err);
        }
    leie_labels_clear(&label);
    return st;
}

// ---- accounts ----

typedef struct context {
    leie_dataset *ds;
    leie_size years;
    const leie_year *year;
    const leie_scenarios *set;
    const leie_labels *stressor;
    const leie_measures *m;
    leie_size *first;     // [scenarios + 1]
    leie_size *map;       // stressors of a year to the axis
    double *values;       // a slab of one account
    leie_size room;
} context;

static leie_status room_for(context *c, leie_size count, leie_error *err)
{
    if (count <= c->room)
        return LEIE_OK;
    leie_free(c->values);
    c->values = leie_new(count, sizeof *c->values);
    c->room = c->values ? count : 0;
    return c->values ? LEIE_OK : leie_fail_memory(err, "scenarios", count, sizeof *c->values);
}

// Position of a calendar year on the axis.
static leie_size place_of(const context *c, int year)
{
    leie_size y = 0;
    while (c->year[y].year != year)
        y++;
    return y;
}

// base + change (and further changes with a sign) of one account into the slab of a scenario and year.
typedef struct account {
    const char *name;
    const double *base;
    leie_size count, change, less; // less -1: nothing is taken off
} account;

static leie_status fill_account(context *c, const account *a, const leie_outcome *out, const leie_year *from, leie_error *err)
{
    leie_var *var = leie_dataset_find(c->ds, a->name);
    if (!var || !a->base || a->change < 0)
        return LEIE_OK;
    leie_status st = room_for(c, a->count, err);
    if (st)
        return st;
    for (leie_size i = 0; i < a->count; i++)
        c->values[i] = a->base[i] + (out->total[a->change + i] - (a->less < 0 ? 0 : out->total[a->less + i]));
    leie_result_fill_slab(var, c->ds, (out->scenario + 1) * c->years + place_of(c, out->year), c->values, from->accounts.q,
                          from->table.stressor.n, c->map, from->accounts.P);
    return LEIE_OK;
}

// Gross trade valued with the multipliers of the scenario; products of a report are another list than the table's.
static void fill_gross(context *c, const leie_scenario_flow *flow, const leie_outcome *out, const leie_year *from)
{
    const leie_accounts *a = &flow->accounts;
    const struct {
        const char *name;
        const double *values;
        bool products;
    } list[] = {{"imports_rme", a->imp_rme, false},
                {"exports_rme", a->exp_rme, false},
                {"unallocated", a->unallocated, false},
                {"left_out", a->left_out, false},
                {"imports_rme_product", a->imp_rme_product, true},
                {"exports_rme_product", a->exp_rme_product, true},
                {"imports_rme_sector", a->imp_rme_sector, false},
                {"imports_rme_category", a->imp_rme_category, false},
                {"imports_rme_origin", a->imp_rme_origin, false}};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        leie_var *var = leie_dataset_find(c->ds, list[i].name);
        if (var && list[i].values && !(list[i].products && from->accounts.P != a->P))
            leie_result_fill_slab(var, c->ds, (out->scenario + 1) * c->years + place_of(c, out->year), list[i].values, a->q, a->k, c->map, a->P);
    }
}

// Footprint per inhabitant where the year has its population.
static void fill_per_capita(context *c, const leie_outcome *out, const leie_year *from)
{
    leie_var *head = leie_dataset_find(c->ds, "footprint_per_capita");
    const leie_var *people = leie_dataset_find(c->ds, "population");
    const leie_accounts *a = &from->accounts;
    const leie_outcome_shape *s = &from->outcomes.shape;
    leie_size y = place_of(c, out->year), regions = c->ds->dim[leie_dataset_find_dim(c->ds, "region")].n;
    if (!head || !people)
        return;
    for (leie_size r = 0; r < a->q; r++) {
        double inhabitants = people->number[y * regions + r];
        for (leie_size k = 0; k < a->k && inhabitants > 0; k++) {
            leie_size i = r * a->k + k, at = (((out->scenario + 1) * c->years + y) * regions + r) * c->stressor->n + c->map[k];
            head->number[at] = (a->D_cba[i] + out->total[s->D_cba + i] + a->direct[i] + out->total[s->direct + i]) / inhabitants;
        }
    }
}

// Products of the accounts and the new ones: by product, base values for the old, zero for the new.
static leie_status fill_products(context *c, const leie_outcome *out, const leie_year *from, leie_error *err)
{
    leie_var *var = leie_dataset_find(c->ds, "footprint_product");
    const leie_outcome_shape *s = &from->outcomes.shape;
    const leie_accounts *a = &from->accounts;
    if (!var || s->product < 0 || !a->by_product)
        return LEIE_OK;
    leie_size axis = c->ds->dim[leie_dataset_find_dim(c->ds, "product")].n, regions = c->ds->dim[leie_dataset_find_dim(c->ds, "region")].n;
    leie_size slab = (out->scenario + 1) * c->years + place_of(c, out->year);
    (void)err;
    for (leie_size r = 0; r < s->q; r++)
        for (leie_size p = 0; p < s->P; p++)
            for (leie_size k = 0; k < s->k; k++) {
                double base = p < a->P ? a->by_product[(r * s->k + k) * a->P + p] : 0;
                var->number[((slab * regions + r) * c->stressor->n + c->map[k]) * axis + p] =
                    base + out->total[s->product + (r * s->P + p) * s->k + k];
            }
    return LEIE_OK;
}

// Outputs and multipliers by sector, where they were asked for.
static void fill_outputs(context *c, const leie_outcome *out, const leie_year *from)
{
    const struct {
        const char *name;
        const double *values;
    } outputs[] = {{"x", out->outputs.x}, {"production", out->outputs.production}, {"footprint_origin_sector", out->outputs.origin},
                   {"multiplier", out->outputs.M}};
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        leie_var *var = outputs[i].values ? leie_dataset_find(c->ds, outputs[i].name) : NULL;
        if (var)
            leie_result_fill_slab(var, c->ds, (out->scenario + 1) * c->years + place_of(c, out->year), outputs[i].values, from->accounts.q,
                                  from->table.stressor.n, c->map, from->accounts.P);
    }
}

static leie_status fill_outcome(context *c, const leie_outcome *out, const leie_year *from, leie_error *err)
{
    const leie_accounts *a = &from->accounts;
    const leie_outcome_shape *s = &from->outcomes.shape;
    leie_size qk = s->q * s->k;
    const account accounts[] = {{"D_cba", a->D_cba, qk, s->D_cba, -1},
                                {"D_imp", a->D_imp, qk, s->D_cba, s->home},
                                {"D_exp", a->D_exp, qk, s->D_pba, s->home},
                                {"D_pba", a->D_pba, qk, s->D_pba, -1},
                                {"direct", a->direct, qk, s->direct, -1},
                                {"final_demand", a->final_demand, s->q * s->C, s->demand, -1},
                                {"footprint_category", a->by_category, qk * s->C, s->category, -1},
                                {"direct_category", a->direct_category, qk * s->C, s->direct_category, -1},
                                {"footprint_origin", a->by_origin, qk * s->R, s->origin, -1}};
    leie_status st = LEIE_OK;
    for (leie_size k = 0; k < s->k; k++)
        c->map[k] = leie_labels_find(c->stressor, from->table.stressor.code[k]);
    for (size_t i = 0; !st && i < sizeof accounts / sizeof accounts[0]; i++)
        st = fill_account(c, &accounts[i], out, from, err);
    if (!st)
        fill_per_capita(c, out, from);
    fill_outputs(c, out, from);
    return st ? st : fill_products(c, out, from, err);
}

// ---- one number per scenario and year ----

static leie_status fill_solutions(context *c, leie_error *err)
{
    leie_var *residual, *rank, *method, *over, *projection;
    leie_status st = leie_dataset_var(&residual, c->ds, "scenario_residual", LEIE_VAR_DOUBLE, "scenario year", "1",
                                      "largest residual of the changed systems, an upper bound from stored residuals where the method is lowrank", err);
    st = st ? st : leie_dataset_var(&rank, c->ds, "scenario_rank", LEIE_VAR_INT, "scenario year", "1", "rank of the change of A", err);
    st = st ? st : leie_dataset_var(&method, c->ds, "scenario_method", LEIE_VAR_TEXT, "scenario year", NULL, "how the changed systems were solved", err);
    st = st ? st : leie_dataset_var(&over, c->ds, "scenario_over_one", LEIE_VAR_INT, "scenario year", "1",
                                    "industries whose inputs rose above their output", err);
    st = st ? st : leie_dataset_var(&projection, c->ds, "projection", LEIE_VAR_INT, "year", "1",
                                    "1: no table, the last one with declared drivers", err);
    for (leie_size y = 0; !st && y < c->years; y++)
        for (leie_size i = 0; !st && i < c->year[y].outcomes.n; i++) {
            const leie_outcome *out = &c->year[y].outcomes.outcome[i];
            leie_size at = (out->scenario + 1) * c->years + place_of(c, out->year);
            residual->number[at] = out->residual;
            rank->integer[at] = out->rank;
            over->integer[at] = out->over_one;
            projection->integer[place_of(c, out->year)] = out->projection;
            st = leie_var_set_text(method, at, leie_scenario_method_name(out->method), err);
        }
    return st;
}

// ---- effects ----

typedef enum part { ALONE, SHARE, ERRORS, ORDER, REBOUND } part;

static const double *part_of(const leie_outcome *out, part p)
{
    const double *const parts[] = {out->alone, out->share, out->error, out->reverse, out->rebound};
    return parts[p];
}

static bool any_part(const context *c, part p)
{
    for (leie_size y = 0; y < c->years; y++)
        for (leie_size i = 0; i < c->year[y].outcomes.n; i++)
            if (part_of(&c->year[y].outcomes.outcome[i], p))
                return true;
    return false;
}

// One variable of effects: which part of an outcome, from where in the shape, over which dimensions behind region.
typedef struct effect {
    const char *name, *dims, *long_name;
    part from;
    size_t at;    // of the offset in leie_outcome_shape; SIZE_MAX: the arrays are [q, k] alone
    size_t inner; // of the number of items between region and stressor in leie_outcome_shape; SIZE_MAX for none
} effect;

static const effect effects[] = {
    {"effect_alone", "intervention year region stressor", "change of D_cba by the intervention alone", ALONE, offsetof(leie_outcome_shape, D_cba), SIZE_MAX},
    {"effect_alone_pba", "intervention year region stressor", "change of D_pba by the intervention alone", ALONE, offsetof(leie_outcome_shape, D_pba), SIZE_MAX},
    {"effect_share", "intervention year region stressor", "order-free share of the intervention in the change of D_cba", SHARE, offsetof(leie_outcome_shape, D_cba), SIZE_MAX},
    {"effect_share_home", "intervention year region stressor", "the part of effect_share that arises in the region itself", SHARE, offsetof(leie_outcome_shape, home), SIZE_MAX},
    {"effect_share_pba", "intervention year region stressor", "order-free share in the change of D_pba", SHARE, offsetof(leie_outcome_shape, D_pba), SIZE_MAX},
    {"effect_share_category", "intervention year region category stressor", "effect_share by final-demand category", SHARE, offsetof(leie_outcome_shape, category), offsetof(leie_outcome_shape, C)},
    {"effect_share_origin", "intervention year region origin stressor", "effect_share by region of extraction or emission", SHARE, offsetof(leie_outcome_shape, origin), offsetof(leie_outcome_shape, R)},
    {"effect_share_product", "intervention year region product stressor", "effect_share by product bought", SHARE, offsetof(leie_outcome_shape, product), offsetof(leie_outcome_shape, P)},
    {"effect_share_error", "intervention year region stressor", "standard error of effect_share", ERRORS, SIZE_MAX, SIZE_MAX},
    {"effect_order", "scenario year region stressor", "change of D_cba when the interventions come in reverse order", ORDER, SIZE_MAX, SIZE_MAX},
    {"effect_rebound", "scenario year region stressor", "change of D_cba by respending what was saved", REBOUND, SIZE_MAX, SIZE_MAX},
};

static leie_size shape_member(const leie_outcome_shape *s, size_t offset)
{
    leie_size value;
    memcpy(&value, (const char *)s + offset, sizeof value);
    return value;
}

// Values of one row (an intervention or a scenario) in one year.
static void fill_effect(context *c, leie_var *var, const effect *e, const double *values, leie_size row, const leie_outcome *out, const leie_year *from)
{
    const leie_outcome_shape *s = &from->outcomes.shape;
    leie_size inner = e->inner == SIZE_MAX ? 1 : shape_member(s, e->inner), axis = 1, regions = c->ds->dim[leie_dataset_find_dim(c->ds, "region")].n;
    if (e->inner != SIZE_MAX)
        axis = c->ds->dim[var->dim[3]].n;
    for (leie_size r = 0; r < s->q; r++)
        for (leie_size i = 0; i < inner; i++)
            for (leie_size k = 0; k < s->k; k++) {
                leie_size slab = (row * c->years + place_of(c, out->year)) * regions + r;
                leie_size to = c->map[k];
                var->number[(slab * axis + i) * c->stressor->n + to] = values[(r * inner + i) * s->k + k];
            }
}

static leie_status add_effect(context *c, const effect *e, leie_error *err)
{
    leie_var *var = NULL;
    if (!any_part(c, e->from))
        return LEIE_OK;
    for (leie_size y = 0; y < c->years; y++)
        if (c->year[y].outcomes.n && e->at != SIZE_MAX && shape_member(&c->year[y].outcomes.shape, e->at) < 0)
            return LEIE_OK; // not asked for
    leie_status st = leie_dataset_var(&var, c->ds, e->name, LEIE_VAR_DOUBLE, e->dims, c->m->units[LEIE_IN_STRESSOR], e->long_name, err);
    if (!st && c->m->by[LEIE_IN_STRESSOR])
        st = leie_dataset_text(c->ds, var, "units_by", c->m->by[LEIE_IN_STRESSOR], err);
    for (leie_size y = 0; !st && y < c->years; y++)
        for (leie_size o = 0; o < c->year[y].outcomes.n; o++) {
            const leie_year *from = &c->year[y];
            const leie_outcome *out = &from->outcomes.outcome[o];
            const double *values = part_of(out, e->from);
            leie_size size = from->outcomes.shape.size, qk = from->outcomes.shape.q * from->outcomes.shape.k;
            if (!values || out->scenario < 0)
                continue;
            for (leie_size k = 0; k < from->table.stressor.n; k++)
                c->map[k] = leie_labels_find(c->stressor, from->table.stressor.code[k]);
            if (e->from >= ORDER) {
                fill_effect(c, var, e, values, out->scenario + 1, out, from);
                continue;
            }
            for (leie_size i = 0; i < out->interventions; i++) {
                const double *row = e->at == SIZE_MAX ? values + i * qk : values + i * size + shape_member(&from->outcomes.shape, e->at);
                fill_effect(c, var, e, row, c->first[out->scenario] + i, out, from);
            }
        }
    return st;
}

// ---- what each intervention did ----

typedef struct report_field {
    const char *name, *long_name;
    size_t at;
    bool integer;
    int unit; // 0: 1, 1: money, 2: t
} report_field;

static const report_field report_fields[] = {
    {"edit_cells", "cells changed", offsetof(leie_edit_report, cells), true, 0},
    {"edit_clipped", "cells set to zero that would have become negative", offsetof(leie_edit_report, clipped), true, 0},
    {"edit_shares_clipped", "shares brought to between zero and one", offsetof(leie_edit_report, shares_clipped), true, 0},
    {"edit_spread_equally", "amounts that met no purchases to follow and went to all targets equally", offsetof(leie_edit_report, spread_equally), true, 0},
    {"edit_clipped_money", "what clipping added", offsetof(leie_edit_report, clipped_money), false, 1},
    {"edit_money_in", "sum of rises in A (at the output of the baseline) and Y", offsetof(leie_edit_report, money_in), false, 1},
    {"edit_money_out", "sum of falls in A (at the output of the baseline) and Y", offsetof(leie_edit_report, money_out), false, 1},
    {"edit_tonnes_in", "sum of rises in rows measured by mass", offsetof(leie_edit_report, tonnes_in), false, 2},
    {"edit_tonnes_out", "sum of falls in rows measured by mass", offsetof(leie_edit_report, tonnes_out), false, 2},
    {"edit_inputs", "net change of spending on inputs: the imbalance left in the columns of A", offsetof(leie_edit_report, inputs), false, 1},
    {"edit_spending", "net change of final demand", offsetof(leie_edit_report, spending), false, 1},
    {"edit_bound", "share of what was asked that the available supply allowed", offsetof(leie_edit_report, bound), false, 0},
};

static leie_status add_report(context *c, const report_field *f, leie_error *err)
{
    const char *units[] = {"1", c->m->units[LEIE_IN_MONEY], "t"};
    leie_var *var;
    leie_status st = leie_dataset_var(&var, c->ds, f->name, f->integer ? LEIE_VAR_INT : LEIE_VAR_DOUBLE, "intervention year", units[f->unit],
                                      f->long_name, err);
    for (leie_size y = 0; !st && y < c->years; y++)
        for (leie_size o = 0; o < c->year[y].outcomes.n; o++) {
            const leie_outcome *out = &c->year[y].outcomes.outcome[o];
            for (leie_size i = 0; out->scenario >= 0 && i < out->interventions; i++) {
                const char *from = (const char *)&out->report[out->drivers + i] + f->at;
                leie_size at = (c->first[out->scenario] + i) * c->years + place_of(c, out->year);
                if (f->integer)
                    memcpy(&var->integer[at], from, sizeof(int64_t));
                else
                    memcpy(&var->number[at], from, sizeof(double));
            }
        }
    return st;
}

// ---- the whole ----

leie_status leie_result_add_scenarios(leie_dataset *ds, leie_size years, const leie_year *year, const leie_scenarios *set,
                                      const leie_labels *stressor, const leie_measures *m, leie_error *err)
{
    context c = {.ds = ds, .years = years, .year = year, .set = set, .stressor = stressor, .m = m};
    c.first = leie_new(set->scenarios + 1, sizeof *c.first);
    c.map = leie_new(stressor->n + 1, sizeof *c.map);
    leie_status st = c.first && c.map ? LEIE_OK : leie_fail_memory(err, "scenarios", set->scenarios, sizeof *c.first);
    leie_size interventions = st ? 0 : count_interventions(set, c.first);
    st = st ? st : describe_scenarios(ds, set, err);
    st = st ? st : intervention_axis(ds, set, interventions, err);
    for (leie_size y = 0; !st && y < years; y++)
        for (leie_size o = 0; !st && o < year[y].outcomes.n; o++) {
            st = fill_outcome(&c, &year[y].outcomes.outcome[o], &year[y], err);
            if (!st && o < year[y].scenario_flows && year[y].scenario_flow[o].there)
                fill_gross(&c, &year[y].scenario_flow[o], &year[y].outcomes.outcome[o], &year[y]);
        }
    st = st ? st : fill_solutions(&c, err);
    for (size_t e = 0; !st && e < sizeof effects / sizeof effects[0]; e++)
        st = add_effect(&c, &effects[e], err);
    for (size_t f = 0; !st && f < sizeof report_fields / sizeof report_fields[0]; f++)
        st = add_report(&c, &report_fields[f], err);
    leie_free(c.first);
    leie_free(c.map);
    leie_free(c.values);
    return st;
}
