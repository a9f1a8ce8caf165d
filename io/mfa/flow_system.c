// SPDX-License-Identifier: GPL-3.0-or-later
/* Variables and constraints of a material flow system. */
#include "io/mfa/flow_system.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/flow_impl.h"
#include "kernels/memory.h"

// ---- positions ----

static leie_size variable(const leie_flow_system *sys, leie_size flow, leie_size layer, leie_size t)
{
    return (flow * sys->study->layer.n + layer) * sys->study->years + t;
}

leie_size leie_flow_first_concentration(const leie_flow_system *sys)
{
    return sys->flow.n * sys->study->layer.n * sys->study->years;
}

leie_size leie_flow_first_transfer(const leie_flow_system *sys)
{
    return leie_flow_first_concentration(sys) + sys->concentration.n * sys->study->years;
}

leie_size leie_flow_first_coefficient(const leie_flow_system *sys)
{
    return leie_flow_first_transfer(sys) + sys->transfer.n * sys->study->years;
}

static leie_size balances(const leie_flow_system *sys)
{
    return sys->process.n * sys->study->layer.n * sys->study->years;
}

// ---- names ----

static void name_ratio(const leie_flow_system *sys, const char *what, const leie_labels *list, leie_size i, char *text, size_t size)
{
    snprintf(text, size, "%s '%s', %d", what, list->code[i / sys->study->years], sys->study->year[i % sys->study->years]);
}

static void name_layered(const leie_flow_system *sys, const char *what, const leie_labels *list, leie_size i, char *text, size_t size)
{
    leie_size T = sys->study->years, L = sys->study->layer.n;
    snprintf(text, size, "%s '%s', %s, %d", what, list->code[i / T / L], sys->study->layer.code[i / T % L], sys->study->year[i % T]);
}

void leie_flow_name(const void *ctx, bool constraint, leie_size i, char *text, size_t size)
{
    const leie_flow_system *sys = ctx;
    leie_size T = sys->study->years, first = constraint ? balances(sys) : leie_flow_first_concentration(sys);
    leie_size ratios = sys->concentration.n * T, transfers = sys->transfer.n * T;
    if (i < first)
        name_layered(sys, constraint ? "the balance of process" : "flow", constraint ? &sys->process : &sys->flow, i, text, size);
    else if (i < first + ratios)
        name_ratio(sys, "concentration", &sys->concentration, i - first, text, size);
    else if (i < first + ratios + transfers)
        name_ratio(sys, "transfer coefficient", &sys->transfer, i - first - ratios, text, size);
    else
        name_ratio(sys, constraint ? "relation" : "coefficient", constraint ? &sys->relation : &sys->coefficient, i - first - ratios - transfers, text, size);
}

// ---- variables ----

// The first variable of the years of a value's item.
static leie_size first_variable(const leie_flow_system *sys, const leie_flow_value *v)
{
    const leie_size begin[LEIE_QUANTITY_KINDS] = {0, leie_flow_first_concentration(sys), leie_flow_first_transfer(sys), leie_flow_first_coefficient(sys)};
    return begin[v->kind] + v->item * sys->study->years;
}

static leie_status set_value(leie_flow_system *sys, const leie_flow_value *v, leie_size t, leie_size *line, leie_error *err)
{
    char name[256];
    leie_size i = first_variable(sys, v) + t;
    const leie_path *const file[LEIE_QUANTITY_KINDS] = {&sys->study->values, &sys->study->concentrations, &sys->study->transfers, &sys->study->relations};
    if (line[i]) {
        leie_flow_name(sys, false, i, name, sizeof name);
        return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s was given before, on line %lld", file[v->kind]->shown,
                         (long long)v->line, name, (long long)line[i]);
    }
    line[i] = v->line;
    sys->system.value[i] = v->value;
    sys->system.sd[i] = v->sd;
    return LEIE_OK;
}

// Rows with a year first; rows without fill the years that are left, and may fill nothing but not overlap.
static leie_status set_values(leie_flow_reading *r, leie_error *err)
{
    leie_flow_system *sys = r->sys;
    leie_size n = sys->system.n;
    leie_size *dated = leie_new(n, sizeof *dated), *always = leie_new(n, sizeof *always);
    leie_status st = dated && always ? LEIE_OK : leie_fail_memory(err, "values of a material flow system", n, 2 * sizeof *dated);
    for (leie_size k = 0; k < r->values && !st; k++)
        if (r->value[k].year >= 0)
            st = set_value(sys, &r->value[k], r->value[k].year, dated, err);
    for (leie_size k = 0; k < r->values && !st; k++)
        for (leie_size t = 0; r->value[k].year < 0 && t < sys->study->years && !st; t++)
            if (!dated[first_variable(sys, &r->value[k]) + t])
                st = set_value(sys, &r->value[k], t, always, err);
    leie_free(dated);
    leie_free(always);
    return st;
}

// Unknown concentrations of a layer with a unit of its own begin at the mean of those that are measured.
static void start_concentrations(leie_flow_system *sys, leie_size layer)
{
    leie_mfa_system *s = &sys->system;
    leie_size T = sys->study->years, first = leie_flow_first_concentration(sys), count = 0;
    double sum = 0;
    for (leie_size i = 0; i < sys->concentration.n * T; i++)
        if (sys->concentration_of[i / T].layer == layer && !isnan(s->sd[first + i])) {
            sum += s->value[first + i];
            count++;
        }
    for (leie_size i = 0; i < sys->concentration.n * T; i++)
        if (sys->concentration_of[i / T].layer == layer && isnan(s->sd[first + i]))
            s->value[first + i] = sum > 0 ? sum / (double)count : 1;
}

// Where unknowns begin: flows at the mean size of what is measured in their layer, ratios in the middle.
static void set_starts(leie_flow_system *sys)
{
    leie_mfa_system *s = &sys->system;
    leie_size T = sys->study->years, L = sys->study->layer.n, flows = leie_flow_first_concentration(sys);
    for (leie_size layer = 0; layer < L; layer++) {
        double sum = 0;
        leie_size count = 0;
        for (leie_size i = layer * T; i < flows; i += (i + 1) % T ? 1 : (L - 1) * T + 1)
            if (!isnan(s->sd[i])) {
                sum += fabs(s->value[i]);
                count++;
            }
        for (leie_size i = layer * T; i < flows; i += (i + 1) % T ? 1 : (L - 1) * T + 1)
            if (isnan(s->sd[i]))
                s->value[i] = sum > 0 ? sum / (double)count : 1;
    }
    for (leie_size i = flows; i < s->n; i++)
        if (isnan(s->sd[i]))
            s->value[i] = i < leie_flow_first_coefficient(sys) ? 0.5 : 1;
    for (leie_size layer = 1; layer < L; layer++)
        if (leie_flow_layer_apart(sys->study, layer))
            start_concentrations(sys, layer);
}

static leie_status set_bounds(leie_flow_system *sys, leie_error *err)
{
    leie_mfa_system *s = &sys->system;
    leie_size block = sys->study->layer.n * sys->study->years, flows = leie_flow_first_concentration(sys);
    for (leie_size i = 0; i < s->n; i++) {
        s->low[i] = i < flows && sys->flow.kind[i / block][0] ? -INFINITY : 0;
        s->high[i] = i < flows ? INFINITY : 1;
    }
    for (leie_size i = leie_flow_first_coefficient(sys); i < s->n; i++) {
        s->low[i] = -INFINITY;
        s->high[i] = INFINITY;
    }
    for (leie_size i = 0; i < sys->concentration.n * sys->study->years; i++)
        if (leie_flow_layer_apart(sys->study, sys->concentration_of[i / sys->study->years].layer))
            s->high[flows + i] = INFINITY;
    for (leie_size k = 0; k < sys->study->negatives; k++) {
        leie_size flow = leie_labels_find(&sys->flow, sys->study->negative[k]);
        if (flow < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: 'negative' names '%s', which is no flow", sys->study->head.file,
                             sys->study->negative[k]);
        for (leie_size i = flow * block; i < (flow + 1) * block; i++)
            s->low[i] = -INFINITY;
    }
    return LEIE_OK;
}

// ---- constraints ----

static void add_term(leie_mfa_system *s, leie_size k, double coef, leie_size p, leie_size q)
{
    s->term[s->first[k + 1]++] = (leie_mfa_term){coef, (leie_index)p, (leie_index)q};
}

// Flows of each process, by process: into it first.
typedef struct ends {
    leie_size *first; // [process.n + 1]
    leie_index *flow; // [2 flow.n]
} ends;

static leie_status ends_new(ends *e, const leie_flow_system *sys, leie_error *err)
{
    leie_size P = sys->process.n, F = sys->flow.n;
    *e = (ends){.first = leie_new(P + 2, sizeof *e->first), .flow = leie_new(2 * F, sizeof *e->flow)};
    if (!e->first || !e->flow)
        return leie_fail_memory(err, "flows by process", P + 2 * F, sizeof *e->first);
    for (leie_size f = 0; f < F; f++) {
        if (sys->to[f] >= 0)
            e->first[sys->to[f] + 2]++;
        if (sys->from[f] >= 0)
            e->first[sys->from[f] + 2]++;
    }
    for (leie_size p = 0; p < P; p++)
        e->first[p + 2] += e->first[p + 1];
    for (leie_size f = 0; f < F; f++)
        if (sys->to[f] >= 0)
            e->flow[e->first[sys->to[f] + 1]++] = (leie_index)f;
    for (leie_size f = 0; f < F; f++)
        if (sys->from[f] >= 0)
            e->flow[e->first[sys->from[f] + 1]++] = (leie_index)f;
    return LEIE_OK;
}

// sum in - sum out - stock change = 0
static void add_balances(leie_flow_system *sys, const ends *e, leie_size *k)
{
    leie_mfa_system *s = &sys->system;
    for (leie_size p = 0; p < sys->process.n; p++)
        for (leie_size layer = 0; layer < sys->study->layer.n; layer++)
            for (leie_size t = 0; t < sys->study->years; t++, ++*k) {
                s->first[*k + 1] = s->first[*k];
                for (leie_size x = e->first[p]; x < e->first[p + 1]; x++) {
                    leie_size f = e->flow[x];
                    add_term(s, *k, sys->to[f] == p ? 1 : -1, variable(sys, f, layer, t), -1);
                }
            }
}

// substance = concentration x goods
static void add_concentrations(leie_flow_system *sys, leie_size *k)
{
    leie_mfa_system *s = &sys->system;
    for (leie_size c = 0; c < sys->concentration.n; c++)
        for (leie_size t = 0; t < sys->study->years; t++, ++*k) {
            leie_flow_ratio of = sys->concentration_of[c];
            s->first[*k + 1] = s->first[*k];
            add_term(s, *k, 1, variable(sys, of.flow, of.layer, t), -1);
            add_term(s, *k, -1, variable(sys, of.flow, 0, t), leie_flow_first_concentration(sys) + c * sys->study->years + t);
        }
}

// flow = transfer coefficient x all inputs of the process it leaves
static void add_transfers(leie_flow_system *sys, const ends *e, leie_size *k)
{
    leie_mfa_system *s = &sys->system;
    for (leie_size c = 0; c < sys->transfer.n; c++)
        for (leie_size t = 0; t < sys->study->years; t++, ++*k) {
            leie_flow_ratio of = sys->transfer_of[c];
            leie_size p = sys->from[of.flow], ratio = leie_flow_first_transfer(sys) + c * sys->study->years + t;
            s->first[*k + 1] = s->first[*k];
            add_term(s, *k, 1, variable(sys, of.flow, of.layer, t), -1);
            for (leie_size x = e->first[p]; x < e->first[p + 1]; x++)
                if (sys->to[e->flow[x]] == p)
                    add_term(s, *k, -1, variable(sys, e->flow[x], of.layer, t), ratio);
        }
}

// One term of a relation in year t: number x flow, number, coefficient x flow, or coefficient.
static void add_relation_term(leie_flow_system *sys, leie_size k, const leie_relation_term *term, leie_size t)
{
    leie_size flow = term->flow < 0 ? -1 : variable(sys, term->flow, term->layer, t);
    leie_size own = term->item < 0 ? -1 : leie_flow_first_coefficient(sys) + term->item * sys->study->years + t;
    add_term(&sys->system, k, term->coefficient, flow < 0 ? own : flow, flow < 0 ? -1 : own);
}

// sum of coefficient x flow = 0; the terms of a relation lie in the order of the file
static void add_relations(leie_flow_system *sys, const leie_size *order, leie_size *k)
{
    leie_mfa_system *s = &sys->system;
    for (leie_size relation = 0, begin = 0, end; relation < sys->relation.n; relation++, begin = end) {
        for (end = begin; end < sys->terms && sys->term[order[end]].relation == relation;)
            end++;
        for (leie_size t = 0; t < sys->study->years; t++, ++*k) {
            s->first[*k + 1] = s->first[*k];
            for (leie_size x = begin; x < end; x++) {
                const leie_relation_term *term = &sys->term[order[x]];
                if (term->year < 0 || term->year == t)
                    add_relation_term(sys, *k, term, t);
            }
        }
    }
}

// Positions of the relation terms, relation by relation.
static leie_status order_terms(leie_size **order, const leie_flow_system *sys, leie_error *err)
{
    leie_size *next = leie_new(sys->relation.n + 1, sizeof *next);
    *order = leie_new(sys->terms, sizeof **order);
    if (!next || !*order) {
        leie_free(next);
        return leie_fail_memory(err, "relations", sys->terms, sizeof **order);
    }
    for (leie_size x = 0; x < sys->terms; x++)
        next[sys->term[x].relation + 1]++;
    for (leie_size c = 0; c < sys->relation.n; c++)
        next[c + 1] += next[c];
    for (leie_size x = 0; x < sys->terms; x++)
        (*order)[next[sys->term[x].relation]++] = x;
    leie_free(next);
    return LEIE_OK;
}

static leie_status add_correlations(leie_flow_system *sys, leie_error *err)
{
    leie_mfa_system *s = &sys->system;
    leie_size T = sys->study->years;
    s->correlation = leie_new(sys->correlations * T + 1, sizeof *s->correlation);
    if (!s->correlation)
        return leie_fail_memory(err, "correlations", sys->correlations * T, sizeof *s->correlation);
    for (leie_size k = 0; k < sys->correlations; k++) {
        const leie_flow_correlation *x = &sys->correlation[k];
        for (leie_size t = 0; t < (x->year[0] < 0 ? T : 1); t++) {
            leie_size p = variable(sys, x->flow[0], x->layer[0], x->year[0] < 0 ? t : x->year[0]);
            leie_size q = variable(sys, x->flow[1], x->layer[1], x->year[1] < 0 ? t : x->year[1]);
            s->correlation[s->correlations++] = (leie_mfa_correlation){(leie_index)p, (leie_index)q, x->value};
        }
    }
    return LEIE_OK;
}

static leie_size terms_in_all(const leie_flow_system *sys, const ends *e)
{
    leie_size layers = sys->study->layer.n, n = e->first[sys->process.n] * layers + 2 * sys->concentration.n + sys->terms;
    for (leie_size c = 0; c < sys->transfer.n; c++) {
        leie_size p = sys->from[sys->transfer_of[c].flow];
        n += 1 + e->first[p + 1] - e->first[p];
    }
    return n * sys->study->years;
}

static leie_status set_up(leie_flow_reading *r, leie_error *err)
{
    leie_flow_system *sys = r->sys;
    leie_size T = sys->study->years, n = leie_flow_first_coefficient(sys) + sys->coefficient.n * T, *order = NULL, k = 0;
    leie_size m = balances(sys) + (sys->concentration.n + sys->transfer.n + sys->relation.n) * T;
    ends e = {0};
    leie_status st = n < INT32_MAX && m < INT32_MAX
                         ? ends_new(&e, sys, err)
                         : leie_fail(err, LEIE_ERR_LIMIT, "%s: %lld variables, expected fewer than 2^31", sys->study->head.file, (long long)n);
    st = st ? st : order_terms(&order, sys, err);
    st = st ? st : leie_mfa_system_new(&sys->system, n, m, terms_in_all(sys, &e), err);
    st = st ? st : set_values(r, err);
    st = st ? st : set_bounds(sys, err);
    st = st ? st : add_correlations(sys, err);
    if (!st) {
        sys->system.name = leie_flow_name;
        sys->system.name_ctx = sys;
        set_starts(sys);
        add_balances(sys, &e, &k);
        add_concentrations(sys, &k);
        add_transfers(sys, &e, &k);
        add_relations(sys, order, &k);
    }
    leie_free(e.first);
    leie_free(e.flow);
    leie_free(order);
    return st;
}

leie_status leie_flow_system_read(leie_flow_system *sys, const leie_flow_study *study, leie_error *err)
{
    leie_flow_reading r = {.sys = sys};
    *sys = (leie_flow_system){.study = study};
    leie_status st = leie_flow_read_files(&r, err);
    st = st ? st : set_up(&r, err);
    leie_free(r.value);
    if (st)
        leie_flow_system_clear(sys);
    return st;
}

void leie_flow_system_clear(leie_flow_system *sys)
{
    leie_labels_clear(&sys->process);
    leie_labels_clear(&sys->flow);
    leie_labels_clear(&sys->concentration);
    leie_labels_clear(&sys->transfer);
    leie_labels_clear(&sys->relation);
    leie_labels_clear(&sys->coefficient);
    leie_free(sys->from);
    leie_free(sys->to);
    leie_free(sys->concentration_of);
    leie_free(sys->transfer_of);
    leie_free(sys->term);
    leie_free(sys->correlation);
    leie_mfa_system_clear(&sys->system);
    leie_provenance_clear(&sys->provenance);
    *sys = (leie_flow_system){0};
}
