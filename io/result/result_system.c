// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/result_system.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/result/dataset_identity.h"
#include "kernels/memory.h"
#include "solver/mfa/reconcile.h"
#include "solver/table/labels.h"

static const double CLOSED = 1e-6; // of the largest flow of a process, or of its bound
static const double NOTHING = 1e-6; // of the largest value of its kind: less is no size for a bound to be judged by

// ---- balances ----

typedef struct balances {
    const leie_dataset *ds;
    const leie_var *process, *flow; // reconciled (flow, layer, year)
    leie_size cells;                // layers x years
    double *net, *terms;            // [processes, cells]; NaN where a flow is missing
} balances;

static void describe_balance(char *out, size_t size, const void *ctx, leie_size at, double shown)
{
    const balances *b = ctx;
    const leie_var *layer = leie_dataset_find(b->ds, "layer"), *year = leie_dataset_find(b->ds, "year");
    leie_size cell = at % b->cells, years = year ? year->count : 1;
    snprintf(out, size, "%s %s %lld (%.4g)", b->process->text[at / b->cells], layer && layer->text ? layer->text[cell / years] : "",
             year && year->integer ? (long long)year->integer[cell % years] : 0, shown);
}

// A flow enters (sign 1) or leaves (-1) a process.
static void add_flow(balances *b, leie_size f, leie_size process, double sign)
{
    for (leie_size c = 0; process >= 0 && c < b->cells; c++) {
        double value = b->flow->number[f * b->cells + c];
        b->net[process * b->cells + c] += sign * value;
        b->terms[process * b->cells + c] = fmax(b->terms[process * b->cells + c], fabs(value));
    }
}

// The change of a stock leaves its process; it enters none, whatever its end is called.
static void add_flows(balances *b, const leie_labels *processes, const leie_var *from, const leie_var *to)
{
    const leie_var *name = leie_dataset_find(b->ds, "flow");
    leie_size flows = b->flow->count / b->cells;
    for (leie_size f = 0; f < flows; f++) {
        bool stock = name && name->text && strncmp(name->text[f], "stock:", 6) == 0;
        add_flow(b, f, leie_labels_find(processes, from->text[f]), -1);
        add_flow(b, f, stock ? -1 : leie_labels_find(processes, to->text[f]), 1);
    }
}

static leie_status add_balances(leie_identities *list, balances *b, leie_error *err)
{
    leie_size missing = 0, n = b->process->count * b->cells;
    leie_worst worst = {.threshold = CLOSED};
    for (leie_size i = 0; i < n; i++)
        if (isnan(b->net[i]))
            missing++;
        else if (b->terms[i] > 0)
            leie_worst_see(&worst, i, leie_gap(b->net[i], 0, b->terms[i]), b->net[i]);
    leie_status st = leie_identity_add(list, "in = out + change of stock: every process, layer and year", leie_judge(&worst), CLOSED,
                                       &worst, describe_balance, b, err);
    return st || !missing ? st
                          : leie_identity_say(list, "balances with flows that are not observable", LEIE_INFO, (double)missing, 0, err,
                                              "they cannot be judged");
}

static leie_status process_labels(leie_labels *labels, const leie_var *process, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size p = 0; p < process->count && !st; p++)
        st = leie_labels_add(labels, process->text[p], NULL, NULL, NULL, err) < 0 ? LEIE_ERR_NOMEM : LEIE_OK;
    return st;
}

static leie_status judge_balances(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    const leie_var *from = leie_dataset_find(ds, "flow_from"), *to = leie_dataset_find(ds, "flow_to");
    balances b = {.ds = ds, .process = leie_dataset_find(ds, "process"), .flow = leie_dataset_find(ds, "reconciled")};
    leie_labels labels = {0};
    if (!b.process) // nothing but relations
        return LEIE_OK;
    if (!from || !to || !from->text || !to->text || !b.process->text || !b.flow->number || from->count == 0)
        return leie_fail(err, LEIE_ERR_DATA, "a reconciled system without the ends of its flows");
    b.cells = b.flow->count / from->count;
    b.net = leie_new(b.process->count, (size_t)b.cells * sizeof *b.net);
    b.terms = leie_new(b.process->count, (size_t)b.cells * sizeof *b.terms);
    leie_status st = b.net && b.terms ? process_labels(&labels, b.process, err) : leie_fail_memory(err, "balances", b.process->count * b.cells, 16);
    if (!st) {
        add_flows(&b, &labels, from, to);
        st = add_balances(list, &b, err);
    }
    leie_labels_clear(&labels);
    leie_free(b.net);
    leie_free(b.terms);
    return st;
}

// ---- values ----

static const leie_var *number_named(const leie_dataset *ds, const char *prefix, const char *name)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const leie_var *v = leie_dataset_find(ds, full);
    return v && (v->number || v->integer) ? v : NULL;
}

// How far beyond its bounds a value is, relative to `size`, to itself, to the bound or to its standard deviation.
static double beyond(double value, double low, double high, double sd, double size)
{
    double far = fmax(isnan(low) ? 0 : low - value, isnan(high) ? 0 : value - high);
    double bound = far == low - value ? fabs(low) : isnan(high) ? 0 : fabs(high);
    return far > 0 ? far / fmax(fmax(size, fabs(value)), fmax(bound, isnan(sd) ? 0 : sd)) : 0;
}

static double largest_of(const leie_var *v)
{
    double largest = 0;
    for (leie_size i = 0; i < v->count; i++)
        largest = isnan(v->number[i]) ? largest : fmax(largest, fabs(v->number[i]));
    return largest;
}

// Values of one kind of quantity: missing only where not observable, within bounds.
static leie_status judge_values(leie_identities *list, const leie_dataset *ds, const char *prefix, const char *kind, leie_error *err)
{
    const leie_var *value = number_named(ds, prefix, "reconciled"), *state = number_named(ds, prefix, "state"), *sd = number_named(ds, prefix, "reconciled_sd");
    const leie_var *low = number_named(ds, prefix, "bound_low"), *high = number_named(ds, prefix, "bound_high");
    const leie_labelled cells = {ds, value};
    leie_worst missing = {0}, far = {.threshold = CLOSED};
    char name[96];
    if (!value)
        return LEIE_OK;
    if (!state || !state->integer || state->count != value->count)
        return leie_fail(err, LEIE_ERR_DATA, "a reconciled system without the states of its quantities");
    double size = NOTHING * largest_of(value);
    for (leie_size i = 0; i < value->count; i++) {
        bool there = !isnan(value->number[i]);
        leie_worst_see(&missing, i, there == (state->integer[i] == LEIE_MFA_NOT_OBSERVABLE), value->number[i]);
        if (there && low && high)
            leie_worst_see(&far, i, beyond(value->number[i], low->number[i], high->number[i], sd ? sd->number[i] : NAN, size), value->number[i]);
    }
    snprintf(name, sizeof name, "%s: missing where not observable, and there alone", kind);
    leie_status st = leie_identity_add(list, name, leie_judge(&missing), 0, &missing, leie_labelled_describe, &cells, err);
    snprintf(name, sizeof name, "%s: within their bounds", kind);
    return st || !low || !high ? st : leie_identity_add(list, name, leie_judge(&far), CLOSED, &far, leie_labelled_describe, &cells, err);
}

// ---- what the file states ----

static double stated(const leie_dataset *ds, const char *name)
{
    const leie_attribute *a = leie_dataset_get(ds, NULL, name);
    if (!a || a->n < 1)
        return NAN;
    return a->type == LEIE_VAR_DOUBLE ? a->number[0] : a->type == LEIE_VAR_INT ? (double)a->integer[0] : NAN;
}

static leie_status judge_statements(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    double violation = stated(ds, "largest_relative_violation"), probability = stated(ds, "probability"), level = stated(ds, "level_of_tests");
    leie_status st = leie_identity_say(list, "violation that it states, of all balances and relations", violation <= CLOSED ? LEIE_PASS : LEIE_FAIL,
                                       violation, CLOSED, err, "%s", "");
    if (st)
        return st;
    if (isnan(probability))
        return leie_identity_say(list, "global test: the data agree (sum of squares)", LEIE_SKIPPED, 0, 0, err, "nothing is redundant, or a robust fit");
    return leie_identity_say(list, "global test: the data agree (sum of squares)", probability < level ? LEIE_FAIL : LEIE_PASS, stated(ds, "objective"), 0,
                             err, "%g degrees of freedom, probability %.3g, level %g", stated(ds, "degrees_of_freedom"), probability, level);
}

leie_status leie_identities_system(leie_identities *list, const leie_dataset *ds, leie_error *err)
{
    leie_status st = judge_balances(list, ds, err);
    st = st ? st : judge_values(list, ds, "", "flows", err);
    st = st ? st : judge_values(list, ds, "concentration_", "concentrations", err);
    st = st ? st : judge_values(list, ds, "transfer_", "transfer coefficients", err);
    st = st ? st : judge_values(list, ds, "coefficient_", "coefficients of relations", err);
    return st ? st : judge_statements(list, ds, err);
}
