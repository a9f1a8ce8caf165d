// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/flows.h"

#include <stdlib.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"

static const char *const kinds[LEIE_FLOW_KINDS] = {
    "DE",  "IMP",   "EXP",   "UDE",     "BI_IN",   "BI_OUT", "DPO", "RCV",
    "IMP_W", "EXP_W", "IMP_RME", "EXP_RME", "DMI",     "DMC",    "RMI", "RMC"};
static const char *const statuses[LEIE_FLOW_STATUSES] = {"given", "estimated", "balanced", "provisional", "imputed"};

static int find_word(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const char *leie_flow_kind_name(leie_flow_kind kind)
{
    return kinds[kind];
}

int leie_flow_kind_find(const char *name)
{
    return find_word(kinds, LEIE_FLOW_KINDS, name);
}

const char *leie_flow_status_name(leie_flow_status status)
{
    return statuses[status];
}

int leie_flow_status_find(const char *name)
{
    return find_word(statuses, LEIE_FLOW_STATUSES, name);
}

// The kind that the other side of a trade reports, the kind itself when there is no other side.
static leie_flow_kind other_side(leie_flow_kind kind)
{
    switch (kind) {
    case LEIE_FLOW_IMP:
        return LEIE_FLOW_EXP;
    case LEIE_FLOW_EXP:
        return LEIE_FLOW_IMP;
    case LEIE_FLOW_IMP_W:
        return LEIE_FLOW_EXP_W;
    case LEIE_FLOW_EXP_W:
        return LEIE_FLOW_IMP_W;
    default:
        return kind;
    }
}

bool leie_flow_trades(leie_flow_kind kind)
{
    return other_side(kind) != kind || kind == LEIE_FLOW_IMP_RME || kind == LEIE_FLOW_EXP_RME;
}

leie_status leie_flows_add(leie_flows *f, const leie_flow *row, leie_error *err)
{
    leie_status st = leie_grow(&f->row, &f->room, f->n, sizeof *f->row, "flows", err);
    if (st)
        return st;
    f->row[f->n++] = *row;
    return LEIE_OK;
}

leie_index leie_flow_partner_region(const leie_flows *f, const leie_flow *row)
{
    return row->partner < 0 ? -1 : f->partner_region[row->partner];
}

// ---- partners ----

// Regions that others may name as partners must be partners themselves, so that trade can be mirrored.
static leie_status find_partners(leie_flows *f, leie_error *err)
{
    for (leie_size r = 0; r < f->region.n; r++) {
        if (leie_labels_find(&f->partner, f->region.code[r]) >= 0)
            continue;
        leie_size at = leie_labels_add(&f->partner, f->region.code[r], NULL, NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
    }
    f->partner_region = leie_new(f->partner.n, sizeof *f->partner_region);
    if (!f->partner_region)
        return leie_fail_memory(err, "partners", f->partner.n, sizeof *f->partner_region);
    for (leie_size p = 0; p < f->partner.n; p++)
        f->partner_region[p] = (leie_index)leie_labels_find(&f->region, f->partner.code[p]);
    return LEIE_OK;
}

static leie_status refuse_own_trade(const leie_flows *f, leie_error *err)
{
    for (leie_size i = 0; i < f->n; i++)
        if (leie_flow_partner_region(f, &f->row[i]) == f->row[i].region)
            return leie_fail(err, LEIE_ERR_DATA, "line %lld of the flows: '%s' trades with itself",
                             (long long)f->row[i].line, f->region.code[f->row[i].region]);
    return LEIE_OK;
}

// ---- order ----

// By year, region, kind and partner; then what tells two rows of one cell apart.
static int by_cell(const void *a, const void *b)
{
    const leie_flow *p = a, *q = b;
    const leie_size left[] = {p->year, p->region, p->kind, p->partner, p->material, p->tag[0], p->tag[1], p->tag[2],
                              p->tag[3], p->line};
    const leie_size right[] = {q->year, q->region, q->kind, q->partner, q->material, q->tag[0], q->tag[1], q->tag[2],
                               q->tag[3], q->line};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] < right[i] ? -1 : 1;
    return 0;
}

static bool same_flow(const leie_flow *a, const leie_flow *b)
{
    return a->year == b->year && a->region == b->region && a->kind == b->kind && a->partner == b->partner &&
           a->material == b->material && memcmp(a->tag, b->tag, sizeof a->tag) == 0;
}

static leie_status refuse_repeated(const leie_flows *f, leie_error *err)
{
    for (leie_size i = 1; i < f->n; i++)
        if (same_flow(&f->row[i - 1], &f->row[i]))
            return leie_fail(err, LEIE_ERR_DATA, "line %lld of the flows repeats line %lld: %s of '%s' in %d",
                             (long long)f->row[i].line, (long long)f->row[i - 1].line, kinds[f->row[i].kind],
                             f->region.code[f->row[i].region], f->row[i].year);
    return LEIE_OK;
}

// ---- mirrors ----

// First row of (year, region, kind, partner) or of what comes after it, in sorted rows.
static leie_size lower_bound(const leie_flows *f, leie_size n, int year, leie_index region, leie_flow_kind kind,
                             leie_index partner)
{
    const leie_flow key = {.year = year, .region = region, .kind = kind, .partner = partner, .material = -1,
                           .tag = {-1, -1, -1, -1}, .line = -1};
    leie_size low = 0, high = n;
    while (low < high) {
        leie_size middle = low + (high - low) / 2;
        if (by_cell(&f->row[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Whether `region` reports a flow of this kind with a partner, among the first n rows.
static bool reports(const leie_flows *f, leie_size n, int year, leie_index region, leie_flow_kind kind,
                    leie_index partner)
{
    leie_size at = lower_bound(f, n, year, region, kind, partner);
    return at < n && f->row[at].year == year && f->row[at].region == region && f->row[at].kind == kind &&
           f->row[at].partner == partner;
}

static leie_status add_mirrors(leie_flows *f, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size n = f->n;
    for (leie_size i = 0; !st && i < n; i++) {
        leie_flow row = f->row[i];
        leie_flow_kind kind = other_side(row.kind);
        leie_index other = leie_flow_partner_region(f, &row);
        if (kind == row.kind || other < 0)
            continue;
        leie_index own = (leie_index)leie_labels_find(&f->partner, f->region.code[row.region]);
        if (reports(f, n, row.year, other, kind, own))
            continue;
        row.kind = kind;
        row.region = other;
        row.partner = own;
        row.line = 0;
        st = leie_flows_add(f, &row, err);
    }
    f->mirrored = f->n - n;
    if (!st && f->mirrored)
        st = leie_provenance_note(&f->provenance, LEIE_NOTE_ASSUMED, f->mirrored, err,
                                  "interregional trade that one side alone reports is taken over by the other side");
    return st;
}

leie_status leie_flows_close(leie_flows *f, leie_error *err)
{
    leie_status st = find_partners(f, err);
    st = st ? st : refuse_own_trade(f, err);
    if (st)
        return st;
    if (f->n)
        qsort(f->row, (size_t)f->n, sizeof *f->row, by_cell);
    st = refuse_repeated(f, err);
    st = st ? st : add_mirrors(f, err);
    if (!st && f->mirrored)
        qsort(f->row, (size_t)f->n, sizeof *f->row, by_cell);
    return st;
}

// A list of the same order under new codes.
static leie_size rename_list(leie_labels *list, leie_size n, const char *const *from, const char *const *to, leie_error *err)
{
    leie_labels renamed = {0};
    leie_size count = 0;
    for (leie_size i = 0; i < list->n; i++) {
        const char *code = list->code[i];
        for (leie_size k = 0; k < n; k++)
            if (strcmp(from[k], list->code[i]) == 0)
                code = to[k];
        count += code != list->code[i];
        leie_size at = leie_labels_add(&renamed, code, list->name[i], list->unit[i], list->kind[i], err);
        if (at < 0) {
            leie_labels_clear(&renamed);
            return at;
        }
    }
    leie_labels_clear(list);
    *list = renamed;
    return count;
}

leie_size leie_flows_rename(leie_flows *f, leie_size n, const char *const *from, const char *const *to, leie_error *err)
{
    leie_size regions = rename_list(&f->region, n, from, to, err);
    leie_size partners = regions < 0 ? regions : rename_list(&f->partner, n, from, to, err);
    return partners < 0 ? partners : regions;
}

void leie_flows_clear(leie_flows *f)
{
    leie_labels_clear(&f->region);
    leie_labels_clear(&f->partner);
    for (int t = 0; t < LEIE_FLOW_TAGS; t++)
        leie_labels_clear(&f->tag[t]);
    leie_free(f->partner_region);
    leie_free(f->row);
    leie_free(f->edition);
    leie_provenance_clear(&f->provenance);
    *f = (leie_flows){0};
}
