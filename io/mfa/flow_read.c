// SPDX-License-Identifier: GPL-3.0-or-later
/* The files of a material flow system. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/mfa/flow_impl.h"
#include "io/mfa/mfa_dataset.h"
#include "io/read/lookup.h"
#include "io/read/records.h"
#include "kernels/grow.h"

static const double SD_OF_95 = 3.919927969080108; // width of a 95 % interval of a normal distribution, in sd

#define STOCK "stock:"

// ---- processes and flows ----

static leie_status take_process(void *ctx, const leie_csv *csv, leie_error *err)
{
    static const char *const words[] = {"", "no", "yes", NULL};
    leie_flow_reading *r = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE], stock[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "process"), c_stock = leie_csv_column(csv, "stock");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    st = st ? st : leie_csv_string(csv, c_stock, stock, sizeof stock, err);
    if (st)
        return st;
    int word = leie_yaml_word(stock, words);
    if (word < 0)
        return leie_csv_fail(csv, c_stock, LEIE_ERR_DATA, err, "'%s' should be yes or no", stock);
    return leie_lookup_add_label(&r->sys->process, csv, c, code, name, NULL, word == 2 ? "stock" : "", err);
}

// The process in a column, -1 when the field is empty; added when the study lists no processes.
static leie_status find_process(leie_index *at, leie_flow_reading *r, const leie_csv *csv, const char *column, leie_error *err)
{
    char code[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, column), found = 0;
    leie_labels *process = &r->sys->process;
    *at = -1;
    leie_status st = leie_csv_string(csv, c, code, sizeof code, err);
    if (st || !code[0])
        return st;
    if (r->sys->study->processes.real)
        st = leie_lookup_label(&found, csv, c, process, "process", err);
    else if ((found = leie_labels_find(process, code)) < 0) {
        found = process->n;
        st = leie_lookup_add_label(process, csv, c, code, NULL, NULL, NULL, err);
    }
    *at = (leie_index)found;
    return st;
}

static leie_status add_flow(leie_flow_reading *r, leie_index from, leie_index to, leie_error *err)
{
    leie_flow_system *sys = r->sys;
    leie_size n = sys->flow.n - 1, room = r->flow_room;
    void *list = sys->from;
    leie_status st = leie_grow(&list, &room, n, sizeof *sys->from, "a material flow system", err);
    sys->from = list;
    list = sys->to;
    st = st ? st : leie_grow(&list, &r->flow_room, n, sizeof *sys->to, "a material flow system", err);
    sys->to = list;
    if (st)
        return st;
    sys->from[n] = from;
    sys->to[n] = to;
    return LEIE_OK;
}

static leie_status take_flow(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_flow_reading *r = ctx;
    char code[LEIE_LABEL_SIZE], name[LEIE_LABEL_SIZE];
    leie_index from, to;
    leie_size c = leie_csv_column(csv, "flow");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    st = st ? st : leie_csv_string(csv, leie_csv_column(csv, "name"), name, sizeof name, err);
    st = st ? st : find_process(&from, r, csv, "from", err);
    st = st ? st : find_process(&to, r, csv, "to", err);
    if (!st && strncmp(code, STOCK, sizeof STOCK - 1) == 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s': names that begin with " STOCK " are kept for stock changes", code);
    if (!st && from == to)
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "flow '%s' goes from %s%s to itself", code, from < 0 ? "outside" : "",
                           from < 0 ? "" : r->sys->process.code[from]);
    st = st ? st : leie_lookup_add_label(&r->sys->flow, csv, c, code, name, NULL, NULL, err);
    return st ? st : add_flow(r, from, to, err);
}

static leie_status add_stocks(leie_flow_reading *r, leie_error *err)
{
    char code[LEIE_LABEL_SIZE + sizeof STOCK];
    leie_status st = LEIE_OK;
    for (leie_size p = 0; p < r->sys->process.n && !st; p++) {
        if (strcmp(r->sys->process.kind[p], "stock") != 0)
            continue;
        snprintf(code, sizeof code, STOCK "%s", r->sys->process.code[p]);
        leie_size at = leie_labels_add(&r->sys->flow, code, "stock change", NULL, "stock", err);
        st = at < 0 ? (leie_status)at : add_flow(r, (leie_index)p, -1, err);
    }
    return st;
}

// ---- values ----

static leie_status find_layer(leie_index *layer, const leie_flow_reading *r, const leie_csv *csv, leie_error *err)
{
    leie_size c = leie_csv_column(csv, "layer"), at = 0;
    leie_status st = c >= 0 && csv->field[c].size ? leie_lookup_label(&at, csv, c, &r->sys->study->layer, "layer", err) : LEIE_OK;
    *layer = (leie_index)at;
    return st;
}

// Position of the year in column c of a record, -1 without one; *wanted false for a year that is not asked for.
static leie_status find_year_in(leie_size *t, bool *wanted, const leie_flow_reading *r, const leie_csv *csv, leie_size c, leie_error *err)
{
    leie_size year = 0;
    *t = -1;
    *wanted = true;
    if (c < 0 || !csv->field[c].size)
        return LEIE_OK;
    leie_status st = leie_csv_integer(csv, c, &year, err);
    *wanted = false;
    for (leie_size k = 0; k < r->sys->study->years && !st; k++)
        if (r->sys->study->year[k] == year) {
            *t = k;
            *wanted = true;
        }
    return st;
}

static leie_status find_year(leie_size *t, bool *wanted, const leie_flow_reading *r, const leie_csv *csv, leie_error *err)
{
    return find_year_in(t, wanted, r, csv, leie_csv_column(csv, "year"), err);
}

// Width of low to high in standard deviations.
static leie_status read_interval(double *width, const leie_csv *csv, leie_error *err)
{
    char text[LEIE_LABEL_SIZE];
    leie_size c = leie_csv_column(csv, "interval");
    leie_status st = leie_csv_string(csv, c, text, sizeof text, err);
    if (!st && strcmp(text, "uniform") == 0)
        *width = sqrt(12);
    else if (!st && text[0] && strcmp(text, "95") != 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' should be 95 or uniform", text);
    return st;
}

// Standard deviation from sd, relative, low and high, gsd, or quality: exactly one of them.
static leie_status read_sd(double *sd, const leie_csv *csv, const leie_flow_study *study, double value, leie_error *err)
{
    double relative = NAN, low = NAN, high = NAN, gsd = NAN, width = SD_OF_95;
    *sd = NAN;
    leie_status st = leie_mfa_number(sd, csv, leie_csv_column(csv, "sd"), err);
    st = st ? st : leie_mfa_number(&relative, csv, leie_csv_column(csv, "relative"), err);
    st = st ? st : leie_mfa_number(&low, csv, leie_csv_column(csv, "low"), err);
    st = st ? st : leie_mfa_number(&high, csv, leie_csv_column(csv, "high"), err);
    st = st ? st : leie_mfa_number(&gsd, csv, leie_csv_column(csv, "gsd"), err);
    st = st ? st : read_interval(&width, csv, err);
    if (st)
        return st;
    leie_size c = leie_csv_column(csv, "quality"), class = -1;
    if (c >= 0 && csv->field[c].size && (st = leie_lookup_label(&class, csv, c, &study->quality, "data-quality class", err)))
        return st;
    int given = !isnan(*sd) + !isnan(relative) + (!isnan(low) || !isnan(high)) + !isnan(gsd) + (class >= 0);
    if (isnan(value))
        return given ? leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "an uncertainty without a value") : LEIE_OK;
    if (given != 1)
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err,
                             "%s: give sd, relative, low and high, gsd or quality (sd 0 for a constant)",
                             given ? "several uncertainties" : "a value without uncertainty");
    if (!isnan(relative))
        *sd = relative * fabs(value);
    if (!isnan(low) || !isnan(high)) {
        if (!(low <= value && value <= high))
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "the value %g is not between low %g and high %g", value, low, high);
        *sd = (high - low) / width;
    }
    if (!isnan(gsd) && !(gsd >= 1))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a geometric standard deviation of %g; it is 1 or more", gsd);
    if (!isnan(gsd))
        *sd = fabs(value) * sqrt(expm1(log(gsd) * log(gsd)));
    if (class >= 0)
        *sd = study->quality_sd[class] * fabs(value);
    if (!(*sd >= 0))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "an uncertainty of %g; it should be zero or more", *sd);
    return LEIE_OK;
}

// Value and uncertainty in the unit that their layer has here.
static leie_status convert(leie_flow_value *v, leie_flow_reading *r, leie_size layer, const leie_csv *csv, leie_error *err)
{
    const leie_labels *in = &r->sys->study->measured_in;
    const char *to = v->kind == LEIE_QUANTITY_FLOW ? in->name[layer] : v->kind == LEIE_QUANTITY_CONCENTRATION ? in->unit[layer] : "1";
    double factor = 1;
    if (r->unit_to[v->kind] != to)
        r->unit[v->kind] = (leie_unit_memory){0};
    r->unit_to[v->kind] = to;
    leie_status st = leie_mfa_unit(&factor, &r->unit[v->kind], csv, leie_csv_column(csv, "unit"), to, err);
    v->value *= factor;
    v->sd *= factor;
    return st;
}

// Value, uncertainty and year of a record become an entry of the list.
static leie_status take_value(leie_flow_reading *r, leie_quantity_kind kind, leie_size item, leie_size layer, const char *column, const leie_csv *csv,
                              leie_error *err)
{
    leie_flow_value v = {.kind = kind, .item = item, .value = NAN, .line = csv->line};
    bool wanted, share = kind == LEIE_QUANTITY_TRANSFER || (kind == LEIE_QUANTITY_CONCENTRATION && !leie_flow_layer_apart(r->sys->study, layer));
    leie_size c = leie_csv_column(csv, column);
    leie_status st = find_year(&v.year, &wanted, r, csv, err);
    st = st ? st : leie_mfa_number(&v.value, csv, c, err);
    st = st ? st : read_sd(&v.sd, csv, r->sys->study, v.value, err);
    st = st ? st : convert(&v, r, layer, csv, err);
    if (!st && kind == LEIE_QUANTITY_CONCENTRATION && !share && v.value < 0)
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a concentration of %g; it should be zero or more", v.value);
    if (!st && share && (v.value < 0 || v.value > 1))
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a %s of %g; it should lie between 0 and 1",
                           kind == LEIE_QUANTITY_CONCENTRATION ? "concentration" : "transfer coefficient", v.value);
    if (st || !wanted)
        return st;
    void *list = r->value;
    st = leie_grow(&list, &r->value_room, r->values, sizeof *r->value, "a material flow system", err);
    r->value = list;
    if (!st)
        r->value[r->values++] = v;
    return st;
}

static leie_status take_amount(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_flow_reading *r = ctx;
    leie_size flow = 0;
    leie_index layer;
    leie_status st = leie_lookup_label(&flow, csv, leie_csv_column(csv, "flow"), &r->sys->flow, "flow", err);
    st = st ? st : find_layer(&layer, r, csv, err);
    return st ? st : take_value(r, LEIE_QUANTITY_FLOW, flow * r->sys->study->layer.n + layer, layer, "value", csv, err);
}

// The item of a list of ratios, added when it is new.
static leie_status find_ratio(leie_size *at, leie_labels *list, leie_flow_ratio **of, leie_size *room, const leie_csv *csv,
                              const char *code, leie_flow_ratio ratio, leie_error *err)
{
    *at = leie_labels_find(list, code);
    if (*at >= 0) {
        if ((*of)[*at].flow == ratio.flow && (*of)[*at].layer == ratio.layer)
            return LEIE_OK;
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%s' was of another flow or layer before", code);
    }
    void *grown = *of;
    leie_status st = leie_grow(&grown, room, list->n, sizeof **of, "a material flow system", err);
    *of = grown;
    *at = list->n;
    st = st ? st : leie_lookup_add_label(list, csv, -1, code, NULL, NULL, NULL, err);
    if (!st)
        (*of)[*at] = ratio;
    return st;
}

static leie_status take_concentration(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_flow_reading *r = ctx;
    char code[2 * LEIE_LABEL_SIZE];
    leie_size flow = 0, at = 0, c = leie_csv_column(csv, "layer");
    leie_flow_ratio ratio;
    leie_status st = leie_lookup_label(&flow, csv, leie_csv_column(csv, "flow"), &r->sys->flow, "flow", err);
    st = st ? st : find_layer(&ratio.layer, r, csv, err);
    if (st)
        return st;
    if (ratio.layer == 0)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a concentration is of a substance, not of goods");
    ratio.flow = (leie_index)flow;
    snprintf(code, sizeof code, "%s/%s", r->sys->flow.code[flow], r->sys->study->layer.code[ratio.layer]);
    st = find_ratio(&at, &r->sys->concentration, &r->sys->concentration_of, &r->concentration_room, csv, code, ratio, err);
    return st ? st : take_value(r, LEIE_QUANTITY_CONCENTRATION, at, ratio.layer, "value", csv, err);
}

static leie_status take_transfer(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_flow_reading *r = ctx;
    char code[LEIE_LABEL_SIZE];
    leie_size flow = 0, at = 0, c = leie_csv_column(csv, "flow");
    leie_flow_ratio ratio;
    leie_status st = leie_csv_label(csv, leie_csv_column(csv, "transfer"), code, sizeof code, err);
    st = st ? st : leie_lookup_label(&flow, csv, c, &r->sys->flow, "flow", err);
    st = st ? st : find_layer(&ratio.layer, r, csv, err);
    if (st)
        return st;
    if (r->sys->from[flow] < 0 || r->sys->flow.kind[flow][0])
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%s' leaves no process, so it has no transfer coefficient",
                             r->sys->flow.code[flow]);
    ratio.flow = (leie_index)flow;
    st = find_ratio(&at, &r->sys->transfer, &r->sys->transfer_of, &r->transfer_room, csv, code, ratio, err);
    return st ? st : take_value(r, LEIE_QUANTITY_TRANSFER, at, 0, "value", csv, err);
}

static bool field_given(const leie_csv *csv, const char *column)
{
    leie_size c = leie_csv_column(csv, column);
    return c >= 0 && csv->field[c].size > 0;
}

// A coefficient that is uncertain or unknown is a quantity: relation/flow, relation/flow/layer, or relation for a constant.
static leie_status take_coefficient(leie_relation_term *term, bool *again, leie_flow_reading *r, const char *relation, const leie_csv *csv, leie_error *err)
{
    leie_labels *list = &r->sys->coefficient;
    char code[3 * LEIE_LABEL_SIZE];
    int used = snprintf(code, sizeof code, "%s", relation);
    if (term->flow >= 0)
        used += snprintf(code + used, sizeof code - (size_t)used, "/%s", r->sys->flow.code[term->flow]);
    if (term->flow >= 0 && term->layer > 0)
        snprintf(code + used, sizeof code - (size_t)used, "/%s", r->sys->study->layer.code[term->layer]);
    leie_size at = leie_labels_find(list, code);
    *again = at >= 0;
    leie_status st = LEIE_OK;
    if (at < 0) {
        at = list->n;
        st = leie_lookup_add_label(list, csv, -1, code, NULL, NULL, NULL, err);
    }
    term->item = (leie_index)at;
    term->year = -1; // a term of every year; its values say what is known in which
    term->coefficient = 1;
    return st ? st : take_value(r, LEIE_QUANTITY_COEFFICIENT, at, 0, "coefficient", csv, err);
}

static bool is_uncertain(const leie_csv *csv)
{
    static const char *const columns[] = {"sd", "relative", "low", "high", "gsd", "quality"};
    bool uncertain = !field_given(csv, "coefficient");
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        uncertain |= field_given(csv, columns[k]);
    return uncertain;
}

static leie_status take_relation(void *ctx, const leie_csv *csv, leie_error *err)
{
    leie_flow_reading *r = ctx;
    char code[LEIE_LABEL_SIZE];
    bool wanted, again = false;
    leie_relation_term term = {.flow = -1, .item = -1};
    leie_size flow = 0, c = leie_csv_column(csv, "relation"), c_flow = leie_csv_column(csv, "flow");
    leie_status st = leie_csv_label(csv, c, code, sizeof code, err);
    if (!st && csv->field[c_flow].size) {
        st = leie_lookup_label(&flow, csv, c_flow, &r->sys->flow, "flow", err);
        term.flow = (leie_index)flow;
    }
    st = st ? st : find_layer(&term.layer, r, csv, err);
    st = st ? st : find_year(&term.year, &wanted, r, csv, err);
    if (st || !wanted)
        return st;
    if (is_uncertain(csv))
        st = take_coefficient(&term, &again, r, code, csv, err);
    else
        st = leie_csv_number(csv, leie_csv_column(csv, "coefficient"), &term.coefficient, err);
    if (st || again)
        return st;
    leie_size at = leie_labels_find(&r->sys->relation, code);
    if (at < 0) {
        at = r->sys->relation.n;
        st = leie_lookup_add_label(&r->sys->relation, csv, c, code, NULL, NULL, NULL, err);
    }
    term.relation = (leie_index)at;
    void *list = r->sys->term;
    st = st ? st : leie_grow(&list, &r->term_room, r->sys->terms, sizeof term, "a material flow system", err);
    r->sys->term = list;
    if (!st)
        r->sys->term[r->sys->terms++] = term;
    return st;
}

static leie_status take_correlation(void *ctx, const leie_csv *csv, leie_error *err)
{
    static const char *const flow_column[] = {"flow", "with"}, *const layer_column[] = {"layer", "with_layer"};
    static const char *const year_column[] = {"year", "with_year"};
    leie_flow_reading *r = ctx;
    leie_flow_correlation x = {.value = 0};
    bool wanted[2];
    leie_status st = leie_csv_number(csv, leie_csv_column(csv, "correlation"), &x.value, err);
    for (int e = 0; e < 2 && !st; e++) {
        leie_size flow = 0, layer = 0, c = leie_csv_column(csv, layer_column[e]);
        st = leie_lookup_label(&flow, csv, leie_csv_column(csv, flow_column[e]), &r->sys->flow, "flow", err);
        if (!st && c >= 0 && csv->field[c].size)
            st = leie_lookup_label(&layer, csv, c, &r->sys->study->layer, "layer", err);
        st = st ? st : find_year_in(&x.year[e], &wanted[e], r, csv, leie_csv_column(csv, year_column[e]), err);
        x.flow[e] = (leie_index)flow;
        x.layer[e] = (leie_index)layer;
    }
    if (!st && (x.year[0] < 0) != (x.year[1] < 0) && wanted[0] && wanted[1])
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "give year and with_year, or neither");
    if (st || !wanted[0] || !wanted[1])
        return st;
    void *list = r->sys->correlation;
    st = leie_grow(&list, &r->correlation_room, r->sys->correlations, sizeof x, "a material flow system", err);
    r->sys->correlation = list;
    if (!st)
        r->sys->correlation[r->sys->correlations++] = x;
    return st;
}

// ---- the files ----

static leie_status read_file(leie_flow_reading *r, const leie_path *path, const leie_record_file *file, leie_error *err)
{
    return leie_records_read_given(path, r->sys->study->year[0], file, r, &r->sys->provenance, err);
}

#define UNCERTAIN "year", "sd", "relative", "low", "high", "interval", "gsd", "quality", "unit", "source", "note"

leie_status leie_flow_read_files(leie_flow_reading *r, leie_error *err)
{
    static const char *const process[] = {"process", NULL}, *const process_more[] = {"name", "stock", "source", "note", NULL};
    static const char *const flow[] = {"flow", "from", "to", NULL}, *const flow_more[] = {"name", "source", "note", NULL};
    static const char *const amount[] = {"flow", "value", NULL}, *const amount_more[] = {"layer", UNCERTAIN, NULL};
    static const char *const share[] = {"flow", "layer", "value", NULL}, *const share_more[] = {UNCERTAIN, NULL};
    static const char *const transfer[] = {"transfer", "flow", "value", NULL};
    static const char *const relation[] = {"relation", "flow", "coefficient", NULL};
    static const char *const relation_more[] = {"layer", UNCERTAIN, NULL};
    static const char *const tied[] = {"flow", "with", "correlation", NULL};
    static const char *const tied_more[] = {"layer", "with_layer", "year", "with_year", "source", "note", NULL};
    static const leie_record_file correlations = {tied, tied_more, "correlations", take_correlation};
    static const leie_record_file processes = {process, process_more, "processes", take_process};
    static const leie_record_file flows = {flow, flow_more, "flows", take_flow};
    static const leie_record_file values = {amount, amount_more, "values", take_amount};
    static const leie_record_file shares = {share, share_more, "concentrations", take_concentration};
    static const leie_record_file transfers = {transfer, amount_more, "transfers", take_transfer};
    static const leie_record_file relations = {relation, relation_more, "relations", take_relation};
    const leie_flow_study *s = r->sys->study;
    leie_status st = read_file(r, &s->processes, &processes, err);
    st = st ? st : read_file(r, &s->flows, &flows, err);
    if (!st && !r->sys->flow.n)
        st = leie_fail(err, LEIE_ERR_DATA, "%s: no flows", s->flows.shown);
    st = st ? st : add_stocks(r, err);
    st = st ? st : read_file(r, &s->values, &values, err);
    st = st ? st : read_file(r, &s->concentrations, &shares, err);
    st = st ? st : read_file(r, &s->transfers, &transfers, err);
    st = st ? st : read_file(r, &s->relations, &relations, err);
    return st ? st : read_file(r, &s->correlations, &correlations, err);
}
