// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/mfa/flow_run.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/mfa_dataset.h"
#include "kernels/memory.h"

/* The quantities of one kind: the variables from `first` on, over the same dimensions. */
typedef struct block {
    const char *prefix, *dims, *unit, *units_by, *what; // units_by: the variable that holds the units where they differ
    leie_size first;
    bool flows;
} block;

// Values of a block, in its units, or in `unit` where that is given.
static leie_status add_numbers(leie_dataset *ds, const block *b, const char *name, const char *unit, const char *what,
                               const double *values, leie_error *err)
{
    char full[64], text[128];
    leie_var *var = NULL;
    snprintf(full, sizeof full, "%s%s", b->prefix, name);
    snprintf(text, sizeof text, "%s: %s", b->what, what);
    leie_status st = leie_dataset_var(&var, ds, full, LEIE_VAR_DOUBLE, b->dims, unit ? unit : b->unit, text, err);
    if (!st && b->units_by && !unit)
        st = leie_dataset_text(ds, var, "units_by", b->units_by, err);
    if (!st && b->flows && strcmp(name, "test") != 0)
        st = leie_dataset_text(ds, var, "cell_methods", "year: sum", err);
    for (leie_size k = 0; !st && k < var->count; k++)
        var->number[k] = values[b->first + k];
    return st;
}

// States as integers that say what they mean (CF flags).
static leie_status add_states(leie_dataset *ds, const block *b, const leie_reconciled *r, leie_error *err)
{
    char name[64], meanings[256] = "", values[64] = "";
    leie_var *var = NULL;
    for (int k = 0; k < LEIE_MFA_STATES; k++) {
        size_t used = strlen(meanings);
        snprintf(meanings + used, sizeof meanings - used, "%s%s", k ? " " : "", leie_mfa_state_name((leie_mfa_state)k));
        for (char *c = meanings + used + 1; *c; c++)
            *c = *c == ' ' ? '_' : *c;
        used = strlen(values);
        snprintf(values + used, sizeof values - used, "%s%d", k ? " " : "", k);
    }
    snprintf(name, sizeof name, "%sstate", b->prefix);
    leie_status st = leie_dataset_var(&var, ds, name, LEIE_VAR_INT, b->dims, "1", "what the data say about it", err);
    st = st ? st : leie_dataset_text(ds, var, "flag_meanings", meanings, err);
    st = st ? st : leie_dataset_text(ds, var, "flag_numbers", values, err);
    for (leie_size k = 0; !st && k < var->count; k++)
        var->integer[k] = r->state[b->first + k];
    return st;
}

// Bounds; missing where there are none.
static leie_status add_bounds(leie_dataset *ds, const block *b, const leie_mfa_system *s, leie_error *err)
{
    static const char *const name[] = {"bound_low", "bound_high"}, *const what[] = {"lower bound", "upper bound"};
    const double *const bound[] = {s->low, s->high};
    leie_status st = LEIE_OK;
    for (int side = 0; side < 2 && !st; side++) {
        char full[64];
        st = add_numbers(ds, b, name[side], NULL, what[side], bound[side], err);
        snprintf(full, sizeof full, "%s%s", b->prefix, name[side]);
        leie_var *var = st ? NULL : leie_dataset_find(ds, full);
        for (leie_size k = 0; !st && k < var->count; k++)
            if (isinf(var->number[k]))
                var->number[k] = NAN;
    }
    return st;
}

static leie_status add_block(leie_dataset *ds, const block *b, const leie_flow_system *sys, const leie_reconciled *r,
                             leie_error *err)
{
    const leie_mfa_system *s = &sys->system;
    leie_status st = add_numbers(ds, b, "measured", NULL, "as given", s->value, err);
    if (!st) { // where unknowns began is not data
        char name[64];
        snprintf(name, sizeof name, "%smeasured", b->prefix);
        leie_var *var = leie_dataset_find(ds, name);
        for (leie_size k = 0; k < var->count; k++)
            if (isnan(s->sd[b->first + k]))
                var->number[k] = NAN;
    }
    st = st ? st : add_numbers(ds, b, "measured_sd", NULL, "standard deviation as given", s->sd, err);
    st = st ? st : add_numbers(ds, b, "reconciled", NULL, "reconciled or computed", r->value, err);
    st = st ? st : add_numbers(ds, b, "reconciled_sd", NULL, "standard deviation of the reconciled value", r->sd, err);
    st = st ? st : add_bounds(ds, b, s, err);
    st = st ? st : add_numbers(ds, b, "test", "1", "adjustment in its own standard deviations", r->test, err);
    if (!st && sys->study->opts.huber > 0)
        st = add_numbers(ds, b, "weight", "1", "weight of the measurement, 1 when it was not weighed down", r->weight, err);
    return st ? st : add_states(ds, b, r, err);
}

// ---- dimensions ----

static leie_status add_years(leie_dataset *ds, const leie_flow_study *study, leie_error *err)
{
    leie_var *var = NULL;
    leie_size dim = leie_dataset_dim(ds, "year", study->years, err);
    leie_status st = dim < 0 ? (leie_status)dim : leie_dataset_var(&var, ds, "year", LEIE_VAR_INT, "year", "1", "year", err);
    for (leie_size t = 0; t < study->years && !st; t++)
        var->integer[t] = study->year[t];
    return st;
}

// Where each flow comes from and goes to.
static leie_status add_ends(leie_dataset *ds, const leie_flow_system *sys, leie_error *err)
{
    leie_var *from = NULL, *to = NULL;
    leie_status st = leie_dataset_var(&from, ds, "flow_from", LEIE_VAR_TEXT, "flow", NULL, "process it leaves", err);
    st = st ? st : leie_dataset_var(&to, ds, "flow_to", LEIE_VAR_TEXT, "flow", NULL, "process it enters", err);
    for (leie_size f = 0; f < sys->flow.n && !st; f++) {
        const char *end = sys->flow.kind[f][0] ? "stock" : "";
        st = leie_var_set_text(from, f, sys->from[f] >= 0 ? sys->process.code[sys->from[f]] : "", err);
        st = st ? st : leie_var_set_text(to, f, sys->to[f] >= 0 ? sys->process.code[sys->to[f]] : end, err);
    }
    return st;
}

static leie_status add_labels(leie_dataset *ds, const char *name, const leie_labels *list, const char *what, leie_error *err)
{
    return list->n ? leie_dataset_coordinate(ds, name, list->n, list->code, list->name, what, err) : LEIE_OK;
}

static bool layers_apart(const leie_flow_study *study)
{
    bool apart = false;
    for (leie_size l = 0; l < study->layer.n; l++)
        apart |= leie_flow_layer_apart(study, l);
    return apart;
}

// Units of layers and of concentrations, where they are not all the same.
static leie_status add_units(leie_dataset *ds, const leie_flow_system *sys, leie_error *err)
{
    const leie_labels *in = &sys->study->measured_in;
    leie_var *unit = NULL;
    char text[128];
    if (!layers_apart(sys->study))
        return LEIE_OK;
    leie_status st = leie_dataset_var(&unit, ds, "layer_unit", LEIE_VAR_TEXT, "layer", NULL, "unit of flows in the layer", err);
    for (leie_size l = 0; l < in->n && !st; l++) {
        st = leie_unit_spelling(text, sizeof text, in->name[l], err);
        st = st ? st : leie_var_set_text(unit, l, text, err);
    }
    if (st || !sys->concentration.n)
        return st;
    st = leie_dataset_var(&unit, ds, "concentration_unit", LEIE_VAR_TEXT, "concentration", NULL, "unit of the concentration", err);
    for (leie_size c = 0; c < sys->concentration.n && !st; c++) {
        st = leie_unit_spelling(text, sizeof text, in->unit[sys->concentration_of[c].layer], err);
        st = st ? st : leie_var_set_text(unit, c, text, err);
    }
    return st;
}

static leie_status add_dimensions(leie_dataset *ds, const leie_flow_system *sys, leie_error *err)
{
    leie_status st = add_labels(ds, "flow", &sys->flow, "flow, or change of the stock of a process", err);
    st = st ? st : add_labels(ds, "layer", &sys->study->layer, "goods or substance", err);
    st = st ? st : add_years(ds, sys->study, err);
    st = st ? st : add_labels(ds, "process", &sys->process, "process", err);
    st = st ? st : add_labels(ds, "concentration", &sys->concentration, "flow and substance", err);
    st = st ? st : add_labels(ds, "transfer", &sys->transfer, "transfer coefficient", err);
    st = st ? st : add_labels(ds, "coefficient", &sys->coefficient, "coefficient of a relation: relation/flow", err);
    st = st ? st : add_units(ds, sys, err);
    return st ? st : add_ends(ds, sys, err);
}

// ---- the whole ----

static leie_status add_attributes(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"objective", r->objective},
                   {"probability", r->probability},
                   {"critical_test", r->critical},
                   {"critical_balance_test", r->nodal_critical},
                   {"level_of_tests", sys->study->opts.level},
                   {"tolerance", sys->study->opts.tolerance},
                   {"huber", sys->study->opts.huber > 0 ? sys->study->opts.huber : NAN},
                   {"largest_relative_violation", r->violation}};
    leie_status st = leie_mfa_head(ds, &sys->study->head, "weighted least squares with all balances, linearised successively", err);
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0] && !st; k++)
        if (!isnan(numbers[k].value))
            st = leie_dataset_number(ds, NULL, numbers[k].name, numbers[k].value, err);
    st = st ? st : leie_dataset_integer(ds, NULL, "degrees_of_freedom", r->dof, err);
    st = st ? st : leie_dataset_integer(ds, NULL, "set_aside", r->set_aside, err);
    return st ? st : leie_dataset_integer(ds, NULL, "iterations", r->iterations, err);
}

static leie_status add_balance_tests(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    const block balance = {"balance_", "process layer year", "1", NULL, "balance of what was measured", 0, false};
    return sys->process.n ? add_numbers(ds, &balance, "test", "1", "gap in its own standard deviations", r->nodal, err) : LEIE_OK;
}

// ---- draws ----

// Draws of one kind of quantity.
static leie_status add_draws(leie_dataset *ds, const block *b, const leie_reconcile_draws *d, leie_error *err)
{
    leie_status st = add_numbers(ds, b, "sampled_mean", NULL, "mean over draws", d->mean, err);
    st = st ? st : add_numbers(ds, b, "sampled_sd", NULL, "standard deviation over draws", d->sd, err);
    st = st ? st : add_numbers(ds, b, "sampled_low", NULL, "2.5 % quantile over draws", d->low, err);
    return st ? st : add_numbers(ds, b, "sampled_high", NULL, "97.5 % quantile over draws", d->high, err);
}

static leie_status add_sample(leie_dataset *ds, const block *flows, const block *shares, const block *transfers, const block *coefficients,
                              const leie_flow_system *sys, leie_error *err)
{
    const leie_flow_study *study = sys->study;
    leie_reconcile_draws d = {0};
    if (!study->draws)
        return LEIE_OK;
    leie_status st = leie_reconcile_sample(&d, &sys->system, &study->opts, study->draws, (uint64_t)study->seed, err);
    st = st ? st : add_draws(ds, flows, &d, err);
    if (!st && sys->concentration.n)
        st = add_draws(ds, shares, &d, err);
    if (!st && sys->transfer.n)
        st = add_draws(ds, transfers, &d, err);
    if (!st && sys->coefficient.n)
        st = add_draws(ds, coefficients, &d, err);
    st = st ? st : leie_dataset_integer(ds, NULL, "draws", d.draws, err);
    st = st ? st : leie_dataset_integer(ds, NULL, "draws_failed", d.failed, err);
    st = st ? st : leie_dataset_integer(ds, NULL, "seed", study->seed, err);
    leie_reconcile_draws_clear(&d);
    return st;
}

leie_status leie_flow_dataset(leie_dataset *ds, const leie_flow_system *sys, const leie_reconciled *r, leie_error *err)
{
    char unit[128];
    leie_status st = leie_unit_spelling(unit, sizeof unit, sys->study->unit, err);
    bool apart = layers_apart(sys->study);
    const block flows = {"", "flow layer year", apart ? "1" : unit, apart ? "layer_unit" : NULL, "flow", 0, true};
    const block shares = {"concentration_", "concentration year", "1", apart ? "concentration_unit" : NULL, "concentration", leie_flow_first_concentration(sys), false};
    const block transfers = {"transfer_", "transfer year", "1", NULL, "transfer coefficient", leie_flow_first_transfer(sys), false};
    const block coefficients = {"coefficient_", "coefficient year", "1", NULL, "coefficient of a relation", leie_flow_first_coefficient(sys), false};
    st = st ? st : add_attributes(ds, sys, r, err);
    st = st ? st : add_dimensions(ds, sys, err);
    st = st ? st : add_block(ds, &flows, sys, r, err);
    if (!st && sys->concentration.n)
        st = add_block(ds, &shares, sys, r, err);
    if (!st && sys->transfer.n)
        st = add_block(ds, &transfers, sys, r, err);
    if (!st && sys->coefficient.n)
        st = add_block(ds, &coefficients, sys, r, err);
    st = st ? st : add_balance_tests(ds, sys, r, err);
    st = st ? st : leie_flow_add_covariance(ds, sys, r, err);
    st = st ? st : add_sample(ds, &flows, &shares, &transfers, &coefficients, sys, err);
    st = st ? st : leie_mfa_sources(ds, &sys->provenance, err);
    if (st)
        leie_dataset_clear(ds);
    return st;
}
