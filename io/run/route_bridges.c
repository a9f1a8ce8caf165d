// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/run/route_bridges.h"

#include <math.h>
#include <string.h>

#include "io/read/read_flows.h"

// One year at work.
typedef struct bridges {
    const leie_flow_accounts *a;
    const leie_accounts *accounts;
    leie_table *t;
    const leie_account_regions *q;
    leie_size M, y;
    double *factor, *definition; // [k, M], [M] NaN for materials whose parts have different ones
    bool *given, *covered;       // [M] covered: given, or above one that is
} bridges;

static leie_status open_bridges(bridges *d, leie_error *err)
{
    const leie_labels *s = &d->t->stressor;
    const leie_materials *m = &d->a->material;
    leie_size unused, unknown;
    d->factor = leie_new(s->n * d->M, sizeof *d->factor);
    d->definition = leie_new(d->M, sizeof *d->definition);
    d->given = leie_new(d->M, sizeof *d->given);
    d->covered = leie_new(d->M, sizeof *d->covered);
    if (!d->factor || !d->definition || !d->given || !d->covered)
        return leie_fail_memory(err, "bridge of the routes", s->n * d->M, sizeof *d->factor);
    leie_status st = leie_material_map_factors(d->factor, d->given, d->definition, &unused, &unknown, &d->a->map, m, s->n,
                                               s->code, s->kind, s->unit, err);
    for (leie_size i = LEIE_MATERIAL_FIRST; !st && i < d->M; i++)
        for (leie_index at = (leie_index)i; d->given[i] && at >= 0; at = m->parent[at]) {
            if (at != i && d->covered[at] && d->definition[at] != d->definition[i])
                d->definition[at] = NAN;
            else if (at != i && !d->covered[at])
                d->definition[at] = d->definition[i];
            d->covered[at] = true;
        }
    return st;
}

static void close_bridges(bridges *d)
{
    leie_free(d->factor);
    leie_free(d->definition);
    leie_free(d->given);
    leie_free(d->covered);
}

// Sums over stressors of one account, by material, brought up the tree; weighed with the definition or not.
static void weigh(double *to, const bridges *d, const double *account, bool defined)
{
    memset(to, 0, (size_t)d->M * sizeof *to);
    for (leie_size s = 0; s < d->t->stressor.n; s++)
        for (leie_size m = LEIE_MATERIAL_FIRST; m < d->M; m++)
            if (d->factor[s * d->M + m] != 0)
                to[m] += d->factor[s * d->M + m] * account[s] * (defined ? d->definition[m] : 1);
    for (leie_size m = d->M - 1; m >= LEIE_MATERIAL_FIRST; m--)
        to[d->a->material.parent[m]] += to[m];
}

// What stands beside the cells, as accounts by stressor: extraction on sectors with output, RMC, left out.
static void add_frame(double *frame, const bridges *d, leie_size q)
{
    const leie_accounts *a = d->accounts;
    leie_size k = a->k, M = d->M;
    double *sum = frame + 3 * M; // [k] work behind the three
    for (leie_size s = 0; s < k; s++)
        sum[s] = a->D_pba[q * k + s] + a->direct[q * k + s] - a->unallocated[q * k + s];
    weigh(frame, d, sum, true);
    for (leie_size s = 0; s < k; s++)
        sum[s] = a->D_cba[q * k + s] + a->direct[q * k + s];
    weigh(frame + M, d, sum, false);
    weigh(frame + 2 * M, d, a->left_out + q * k, false);
}

static void fill_material(double *bridge, const bridges *d, const double *frame, const leie_bridge_cells *cells,
                          leie_size flow, leie_size m)
{
    const leie_mfa *mfa = &d->a->mfa;
    double step[LEIE_BRIDGE_STEPS];
    double rmc = leie_flow_value(d->a, d->y, flow, LEIE_MFA_RMC, m, false, false), shown = rmc;
    if (d->a->average && !isnan(leie_flow_value(d->a, d->y, flow, LEIE_MFA_RMC, m, false, true)))
        shown = leie_flow_value(d->a, d->y, flow, LEIE_MFA_RMC, m, false, true);
    leie_bridge_frame f = {.de_rme = mfa->value[leie_mfa_at(mfa, d->y, flow, LEIE_MFA_DEU, m)], .de_io = frame[m],
                           .definition = d->definition[m], .left_out = frame[2 * d->M + m], .average = shown, .year = rmc};
    double end = leie_bridge_make(step, cells->n, cells->cell + m * cells->n, &f);
    double sum = shown;
    bridge[m] = shown;
    for (int s = 0; s < LEIE_BRIDGE_STEPS; s++) {
        bridge[(1 + s) * d->M + m] = step[s];
        sum += step[s];
    }
    double io = frame[d->M + m];
    bridge[(1 + LEIE_BRIDGE_STEPS) * d->M + m] = isnan(end) ? NAN : io - sum;
    bridge[(2 + LEIE_BRIDGE_STEPS) * d->M + m] = io;
}

// Parts with different definitions: the sum of the parts, missing when one is.
static void add_up(double *bridge, const bridges *d)
{
    const leie_materials *m = &d->a->material;
    for (leie_size above = d->M - 1; above >= 0; above--) {
        if (!d->covered[above] || !isnan(d->definition[above]))
            continue;
        for (int row = 0; row < LEIE_BRIDGE_ROWS; row++) {
            double sum = 0;
            for (leie_size i = LEIE_MATERIAL_FIRST; i < d->M; i++)
                if (m->parent[i] == above && d->covered[i])
                    sum += bridge[row * d->M + i];
            bridge[row * d->M + above] = sum;
        }
    }
}

static leie_status make_region(double *bridge, bridges *d, const leie_direct_source *source, leie_size q, leie_size flow,
                               double *frame, leie_error *err)
{
    leie_bridge_cells cells;
    double *definition = frame + 3 * d->M + d->accounts->k; // [M] of given materials
    for (leie_size m = 0; m < d->M; m++)
        definition[m] = d->given[m] ? d->definition[m] : 1;
    leie_status st = leie_bridge_cells_make(&cells, source, &d->a->rme, d->t->year, d->t, d->q, q, d->accounts, d->factor,
                                            definition, err);
    if (st)
        return st;
    add_frame(frame, d, q);
    for (leie_size m = 0; m < d->M; m++)
        if (d->covered[m] && !isnan(d->definition[m]))
            fill_material(bridge, d, frame, &cells, flow, m);
    add_up(bridge, d);
    if (cells.uncovered)
        st = leie_provenance_note(&d->t->provenance, LEIE_NOTE_FOUND, cells.uncovered, err,
                                  "reconciliation of %s: %lld rows of trade have no coefficient: in the step coverage",
                                  d->q->label.code[q], (long long)cells.uncovered);
    if (!st && cells.derived)
        st = leie_provenance_note(&d->t->provenance, LEIE_NOTE_ASSUMED, cells.derived, err,
                                  "reconciliation of %s: %lld products take the unit value of the flows themselves, so the step "
                                  "price holds only differences between origins",
                                  d->q->label.code[q], (long long)cells.derived);
    leie_bridge_cells_clear(&cells);
    return st;
}

static leie_status make_regions(double *bridge, bridges *d, const leie_direct_source *source, leie_error *err)
{
    leie_size size = 4 * d->M + d->accounts->k;
    double *frame = leie_new(size, sizeof *frame);
    leie_status st = frame ? LEIE_OK : leie_fail_memory(err, "bridge of the routes", size, sizeof *frame);
    for (leie_size q = 0; !st && q < d->q->label.n; q++) {
        leie_size flow = leie_labels_find(&d->a->q.label, d->q->label.code[q]);
        if (flow >= 0 && !isnan(leie_flow_value(d->a, d->y, flow, LEIE_MFA_RMC, LEIE_MATERIAL_TOTAL, false, false)))
            st = make_region(bridge + q * LEIE_BRIDGE_ROWS * d->M, d, source, q, flow, frame, err);
    }
    leie_free(frame);
    return st;
}

leie_status leie_route_bridges(double **bridge, const leie_flow_accounts *a, const leie_study *study, leie_table *t,
                               const leie_account_regions *q, const leie_accounts *accounts, leie_error *err)
{
    bridges d = {.a = a, .accounts = accounts, .t = t, .q = q, .M = a->material.label.n};
    leie_unit_value_list list = {0};
    leie_direct_source source = {.flows = &a->flows, .products = &a->products, .material = &a->material};
    leie_size size = q->label.n * LEIE_BRIDGE_ROWS * d.M;
    *bridge = leie_new(size, sizeof **bridge);
    leie_status st = *bridge ? LEIE_OK : leie_fail_memory(err, "bridge of the routes", size, sizeof **bridge);
    for (leie_size i = 0; !st && i < size; i++)
        (*bridge)[i] = NAN;
    while (d.y < a->mfa.Y && a->mfa.year[d.y] != t->year)
        d.y++;
    if (st || d.y == a->mfa.Y || !accounts->M)
        return st;
    if (study->flows.unit_values.real) {
        leie_provenance again = {0}; // the file is noted by the direct flows, or once here
        st = leie_read_unit_values(&list, &study->flows.unit_values, &a->material, t->unit,
                                   study->by & LEIE_BY_DIRECT ? &again : &t->provenance, err);
        source.given = &list;
        leie_provenance_clear(&again);
    }
    st = st ? st : open_bridges(&d, err);
    st = st ? st : make_regions(*bridge, &d, &source, err);
    close_bridges(&d);
    leie_unit_value_list_clear(&list);
    if (st)
        *bridge = leie_free(*bridge);
    return st;
}
