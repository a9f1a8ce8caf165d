// SPDX-License-Identifier: GPL-3.0-or-later
/* The new table: the world's cells in their places, the country's own table where the country was. */
#include "solver/build/embed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

static const char *const totals_name[] = {"world", "national"};
static const char *const re_exports_name[] = {"remove", "reroute", "keep"};

int leie_totals_find(const char *name)
{
    for (int i = 0; i < 2; i++)
        if (strcmp(name, totals_name[i]) == 0)
            return i;
    return -1;
}

int leie_re_exports_find(const char *name)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(name, re_exports_name[i]) == 0)
            return i;
    return -1;
}

/* One nest on its way. Places in the new table of what was in the old one and in the enclave; -1: not there. */
typedef struct nesting {
    const leie_embed *how;
    const leie_table *t;
    const leie_iot *own;
    leie_enclave c;
    leie_around w;
    leie_table to;
    leie_index *sector, *demand; // of the old table
    leie_index *inner, *column;  // of the enclave
    leie_index *discrepancy;     // [regions of the old table] column of each foreign region, -1
    double *miss_row;            // [n_w] sold to the country before, less now
    double *miss_col;            // [n_w] bought from it before, less now
} nesting;

static void nesting_clear(nesting *k)
{
    leie_enclave_clear(&k->c);
    leie_around_clear(&k->w);
    leie_table_clear(&k->to);
    leie_free(k->sector);
    leie_free(k->demand);
    leie_free(k->inner);
    leie_free(k->column);
    leie_free(k->discrepancy);
    leie_free(k->miss_row);
    leie_free(k->miss_col);
}

static bool gone(const nesting *k, leie_size i)
{
    return k->c.transit[i] && k->how->re_exports == LEIE_RE_EXPORTS_REROUTE;
}

// ---- axes ----

static leie_status check_regions(const nesting *k, leie_error *err)
{
    const leie_labels *world = &k->t->sector.region, *own = &k->own->table.sector.region;
    for (leie_size r = 0; r < own->n; r++)
        if (strcmp(own->code[r], k->how->country) != 0 && leie_labels_find(world, own->code[r]) >= 0)
            return leie_fail(err, LEIE_ERR_DATA, "region '%s' of '%s' is already in the table", own->code[r],
                             k->how->country);
    for (leie_size i = 0; i < k->w.J; i++)
        if (strcmp(leie_sector_unit(k->t, k->w.first + i), k->t->unit ? k->t->unit : "") != 0)
            return leie_fail(err, LEIE_ERR_UNIT, "sector '%s' of '%s' is in %s: a nest needs the table's money %s",
                             k->t->sector.code[k->w.first + i], k->how->country, leie_sector_unit(k->t, k->w.first + i),
                             k->t->unit ? k->t->unit : "");
    return LEIE_OK;
}

static leie_size copy_item(leie_axis *to, const leie_axis *from, leie_size i, leie_error *err)
{
    return leie_axis_add(to, from->region.code[from->of[i]], from->code[i], from->name[i], from->unit[i], from->kind[i], err);
}

static leie_status name_from(leie_axis *to, const leie_axis *from, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < from->region.n; r++) {
        leie_size at = leie_labels_find(&to->region, from->region.code[r]);
        if (at >= 0)
            st = leie_text_set(&to->region.name[at], from->region.name[r], err);
    }
    return st;
}

static leie_status place_inner(nesting *k, leie_axis *to, const leie_axis *from, leie_index *place, bool sectors,
                               leie_error *err)
{
    for (leie_size i = 0; i < from->n; i++) {
        place[i] = -1;
        if (sectors && gone(k, i))
            continue;
        leie_size at = copy_item(to, from, i, err);
        if (at < 0)
            return (leie_status)at;
        place[i] = (leie_index)at;
    }
    return name_from(to, from, err);
}

static leie_status make_sectors(nesting *k, leie_error *err)
{
    const leie_axis *old = &k->t->sector;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < old->n; i++) {
        if (i == k->w.first)
            st = place_inner(k, &k->to.sector, &k->c.sector, k->inner, true, err);
        k->sector[i] = -1;
        if (st || (i >= k->w.first && i < k->w.first + k->w.J))
            continue;
        leie_size at = copy_item(&k->to.sector, old, i, err);
        if (at < 0)
            return (leie_status)at;
        k->sector[i] = (leie_index)at;
    }
    return st ? st : name_from(&k->to.sector, old, err);
}

static leie_status add_discrepancy(nesting *k, leie_size r, leie_error *err)
{
    char code[LEIE_PLACE_MAX], name[LEIE_PLACE_MAX];
    if (k->how->totals != LEIE_TOTALS_NATIONAL || strcmp(k->t->sector.region.code[r], k->how->country) == 0)
        return LEIE_OK;
    snprintf(code, sizeof code, "discrepancy_%s", k->how->country);
    snprintf(name, sizeof name, "Sales to %s in the world table that its own table does not have", k->how->country);
    leie_size at = leie_axis_add(&k->to.demand, k->t->sector.region.code[r], code, name, "", LEIE_DEMAND_DISCREPANCY, err);
    if (at < 0)
        return (leie_status)at;
    k->discrepancy[r] = (leie_index)at;
    return LEIE_OK;
}

// Columns in the order of the regions of sectors, so that every region can have its discrepancy.
static leie_status make_columns(nesting *k, leie_error *err)
{
    const leie_axis *old = &k->t->demand;
    const leie_labels *region = &k->t->sector.region;
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < region->n; r++) {
        leie_size d = leie_labels_find(&old->region, region->code[r]);
        k->discrepancy[r] = -1;
        if (strcmp(region->code[r], k->how->country) == 0) {
            st = place_inner(k, &k->to.demand, &k->c.demand, k->column, false, err);
            for (leie_size f = k->w.dfirst; f < k->w.dfirst + k->w.dcount; f++)
                k->demand[f] = -1;
            continue;
        }
        for (leie_size f = d < 0 ? 0 : old->first[d]; d >= 0 && f < old->first[d + 1]; f++) {
            leie_size at = copy_item(&k->to.demand, old, f, err);
            if (at < 0)
                return (leie_status)at;
            k->demand[f] = (leie_index)at;
        }
        st = add_discrepancy(k, r, err);
    }
    return st ? st : name_from(&k->to.demand, old, err);
}

static leie_status make_axes(nesting *k, leie_error *err)
{
    leie_size n = k->t->sector.n, m = k->t->demand.n, R = k->t->sector.region.n;
    k->sector = leie_new(n, sizeof *k->sector);
    k->demand = leie_new(m, sizeof *k->demand);
    k->inner = leie_new(k->c.n, sizeof *k->inner);
    k->column = leie_new(k->c.m, sizeof *k->column);
    k->discrepancy = leie_new(R, sizeof *k->discrepancy);
    if (!k->sector || !k->demand || !k->inner || !k->column || !k->discrepancy)
        return leie_fail_memory(err, "places of a nest", n + m, sizeof *k->sector);
    leie_status st = make_sectors(k, err);
    return st ? st : make_columns(k, err);
}

// ---- flows ----

// What foreign sector f sells to user u of the enclave.
static double supply(const nesting *k, leie_size f, leie_size u)
{
    const leie_enclave *c = &k->c;
    leie_size g = c->use[u];
    return k->w.share[f * c->G + g] * c->M[(k->w.product[f] * c->G + g) * (c->n + c->m) + u];
}

// What goes past the country, from f to foreign user u (sectors first).
static double past(const nesting *k, leie_size f, leie_size u)
{
    const leie_enclave *c = &k->c;
    leie_acc acc = {0};
    for (leie_size i = 0; i < c->n; i++)
        if (gone(k, i) && c->x[i] != 0) {
            double in = supply(k, f, i), out = c->ship[i * (k->w.n + k->w.m) + u];
            if (in != 0 && out != 0)
                leie_acc_add(&acc, in * (out / c->x[i]));
        }
    return leie_acc_value(&acc);
}

static leie_status add_cell(leie_cells *cells, leie_size i, leie_size j, double v, leie_error *err)
{
    return v == 0 || i < 0 || j < 0 ? LEIE_OK : leie_cells_add(cells, i, j, v, err);
}

static leie_status foreign_row(nesting *k, leie_cells *cells, leie_size f, leie_error *err)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(&k->t->Z, f, &col, &val);
    leie_status st = LEIE_OK;
    bool reroute = k->how->re_exports == LEIE_RE_EXPORTS_REROUTE && k->w.product[f] >= 0;
    if (!reroute) { // to the bit
        for (leie_size c = 0; !st && c < count; c++)
            st = add_cell(cells, k->sector[f], k->sector[col ? col[c] : c], val[c], err);
    } else {
        for (leie_size j = 0; !st && j < k->w.n; j++)
            st = k->sector[j] < 0 ? LEIE_OK
                                  : add_cell(cells, k->sector[f], k->sector[j],
                                             leie_matrix_get(&k->t->Z, f, j) + past(k, f, j), err);
    }
    for (leie_size u = 0; !st && k->w.product[f] >= 0 && u < k->c.n; u++)
        st = add_cell(cells, k->sector[f], k->inner[u], supply(k, f, u), err);
    return st;
}

static leie_status make_Z(nesting *k, leie_error *err)
{
    leie_cells cells = {0};
    const leie_enclave *c = &k->c;
    leie_size U = k->w.n + k->w.m, n = k->to.sector.n;
    leie_status st = LEIE_OK;
    for (leie_size f = 0; !st && f < k->w.n; f++)
        if (k->sector[f] >= 0)
            st = foreign_row(k, &cells, f, err);
    for (leie_size i = 0; i < c->n; i++) {
        for (leie_size j = 0; !st && j < c->n; j++)
            st = add_cell(&cells, k->inner[i], k->inner[j], c->Z[i * c->n + j], err);
        for (leie_size u = 0; !st && u < k->w.n; u++)
            st = add_cell(&cells, k->inner[i], k->sector[u], c->ship[i * U + u], err);
    }
    if (!st)
        st = leie_matrix_from_cells(&k->to.Z, n, n, &cells, NULL, err);
    leie_cells_free(&cells);
    return st;
}

static leie_status make_Y(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size m = k->to.demand.n, old = k->w.m, U = k->w.n + old;
    leie_status st = leie_embed_new(&k->to.Y, k->to.sector.n * m, "Y", err);
    if (st)
        return st;
    for (leie_size f = 0; f < k->w.n; f++) {
        if (k->sector[f] < 0)
            continue;
        double *to = k->to.Y + k->sector[f] * m;
        bool reroute = k->how->re_exports == LEIE_RE_EXPORTS_REROUTE && k->w.product[f] >= 0;
        for (leie_size d = 0; d < old; d++)
            if (k->demand[d] >= 0)
                to[k->demand[d]] = reroute ? k->t->Y[f * old + d] + past(k, f, k->w.n + d) : k->t->Y[f * old + d];
        for (leie_size d = 0; k->w.product[f] >= 0 && d < c->m; d++)
            to[k->column[d]] = supply(k, f, c->n + d);
        leie_index disc = k->discrepancy[k->t->sector.of[f]];
        if (disc >= 0)
            to[disc] = k->miss_row[f];
    }
    for (leie_size i = 0; i < c->n; i++) {
        if (k->inner[i] < 0)
            continue;
        double *to = k->to.Y + k->inner[i] * m;
        for (leie_size d = 0; d < c->m; d++)
            to[k->column[d]] = c->Y[i * c->m + d];
        for (leie_size d = 0; d < old; d++)
            if (k->demand[d] >= 0)
                to[k->demand[d]] = c->ship[i * U + k->w.n + d];
    }
    return LEIE_OK;
}

static leie_status make_x(nesting *k, leie_error *err)
{
    leie_status st = leie_embed_new(&k->to.x, k->to.sector.n, "x", err);
    for (leie_size f = 0; !st && f < k->w.n; f++)
        if (k->sector[f] >= 0)
            k->to.x[k->sector[f]] = k->t->x[f];
    for (leie_size i = 0; !st && i < k->c.n; i++)
        if (k->inner[i] >= 0)
            k->to.x[k->inner[i]] = k->c.x[i];
    return st;
}

// ---- discrepancies ----

static leie_status find_discrepancies(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size U = k->w.n + k->w.m, G = c->G;
    leie_status st = leie_embed_new(&k->miss_row, k->w.n, "discrepancies", err);
    if (!st)
        st = leie_embed_new(&k->miss_col, U, "discrepancies", err);
    if (st)
        return st;
    for (leie_size f = 0; f < k->w.n; f++) {
        if (k->w.product[f] < 0)
            continue;
        leie_acc acc = {0};
        for (leie_size g = 0; g < G; g++)
            leie_acc_add(&acc, k->w.sale[f * G + g]);
        for (leie_size u = 0; u < c->n + c->m; u++)
            leie_acc_add(&acc, -supply(k, f, u));
        k->miss_row[f] = leie_acc_value(&acc);
    }
    for (leie_size u = 0; u < U; u++) {
        leie_acc acc = {0};
        for (leie_size j = 0; j < c->J; j++)
            leie_acc_add(&acc, k->w.buy[j * U + u]);
        for (leie_size i = 0; i < c->n; i++)
            leie_acc_add(&acc, -c->ship[i * U + u]);
        k->miss_col[u] = leie_acc_value(&acc);
    }
    return LEIE_OK;
}

// ---- inputs ----

static leie_size find_or_add(leie_labels *to, const char *code, const char *name, const char *kind, leie_error *err)
{
    leie_size at = leie_labels_find(to, code);
    return at >= 0 ? at : leie_labels_add(to, code, name, "", kind, err);
}

static leie_status world_inputs(nesting *k, leie_error *err)
{
    leie_table *to = &k->to;
    leie_size n = to->sector.n, old = k->w.n;
    double *paid = NULL;
    leie_status st = LEIE_OK;
    if (k->t->W) {
        for (leie_size v = 0; v < k->t->input.n; v++)
            for (leie_size f = 0; f < old; f++)
                if (k->sector[f] >= 0)
                    to->W[v * n + k->sector[f]] = k->t->W[v * old + f];
        return LEIE_OK;
    }
    st = leie_embed_new(&paid, old, "inputs of the world", err);
    if (!st)
        leie_matrix_col_sums(paid, &k->t->Z);
    for (leie_size f = 0; !st && f < old; f++)
        if (k->sector[f] >= 0)
            to->W[k->sector[f]] = k->t->x[f] - paid[f];
    leie_free(paid);
    return st ? st
              : leie_provenance_note(&to->provenance, LEIE_NOTE_ASSUMED, 1, err,
                                     "the world table has no inputs: 'value_added' is what output leaves over the columns");
}

static leie_status make_W(nesting *k, leie_error *err)
{
    leie_table *to = &k->to;
    const leie_labels *own = &k->own->table.input;
    leie_size n = to->sector.n, *row = leie_new(k->c.v, sizeof *row), miss = -1;
    leie_status st = row ? LEIE_OK : leie_fail_memory(err, "inputs", k->c.v, sizeof *row);
    if (!st && leie_table_odd_unit(k->t) >= 0) { // columns of mixed units have no sum
        leie_free(row);
        return LEIE_OK;
    }
    if (!st && !k->t->W && find_or_add(&to->input, "value_added", "Value added", "", err) < 0)
        st = LEIE_ERR_NOMEM;
    for (leie_size v = 0; !st && v < k->c.v; v++) {
        row[v] = v < own->n ? find_or_add(&to->input, own->code[v], own->name[v], own->kind[v], err)
                            : find_or_add(&to->input, "value_added", "Value added", "", err);
        st = row[v] < 0 ? (leie_status)row[v] : LEIE_OK;
    }
    if (!st && k->how->totals == LEIE_TOTALS_NATIONAL) {
        char code[LEIE_PLACE_MAX];
        snprintf(code, sizeof code, "discrepancy_%s", k->how->country);
        miss = find_or_add(&to->input, code, "Purchases from the country that its own table does not have",
                           LEIE_INPUT_ADJUSTMENT, err);
        st = miss < 0 ? (leie_status)miss : LEIE_OK;
    }
    if (!st)
        st = leie_embed_new(&to->W, to->input.n * n, "W", err);
    if (!st)
        st = world_inputs(k, err);
    for (leie_size i = 0; !st && i < k->c.n; i++)
        for (leie_size v = 0; k->inner[i] >= 0 && v < k->c.v; v++)
            to->W[row[v] * n + k->inner[i]] += k->c.W[v * k->c.n + i];
    for (leie_size f = 0; !st && miss >= 0 && f < k->w.n; f++)
        if (k->sector[f] >= 0)
            to->W[miss * n + k->sector[f]] = k->miss_col[f];
    leie_free(row);
    return st;
}

// ---- pressures ----

// How world product j's pressures spread over the enclave's sectors, before regional shares: [n, J].
static leie_status back_weights(double *weight, const nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    const leie_concordance *back = k->how->back;
    for (leie_size i = 0; i < c->n; i++)
        for (leie_size j = 0; j < c->J; j++)
            weight[i * c->J + j] = c->transit[i] ? 0 : back ? 0 : c->P[i * c->J + j];
    for (leie_size l = 0; back && l < back->n; l++) {
        const leie_link *link = &back->link[l];
        leie_size region = k->t->sector.of[k->w.first], j = leie_axis_find_in(&k->t->sector, region, link->from), hits = 0;
        if (j < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the world table has no sector '%s' in '%s'",
                             back->path ? back->path : "concordance", (long long)link->line, link->from,
                             k->how->country);
        for (leie_size i = 0; i < c->n; i++)
            if (!c->transit[i] && strcmp(c->sector.code[i], link->to) == 0) {
                weight[i * c->J + j - k->w.first] = link->weight;
                hits++;
            }
        if (hits == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the country's table has no sector '%s'",
                             back->path ? back->path : "concordance", (long long)link->line, link->to);
    }
    return LEIE_OK;
}

/* Shares [n] of the enclave's sectors in a pressure of world product j: by output of the sectors that it goes
 * to, with the concordance's weights; without output by the weights alone. */
static double pressure_shares(double *share, const nesting *k, const double *weight, leie_size j)
{
    const leie_enclave *c = &k->c;
    for (int by = 0; by < 2; by++) {
        leie_acc acc = {0};
        for (leie_size i = 0; i < c->n; i++) {
            share[i] = weight[i * c->J + j] * (by == 0 ? fmax(c->x[i], 0) : 1);
            leie_acc_add(&acc, share[i]);
        }
        double sum = leie_acc_value(&acc);
        if (!(sum > 0))
            continue;
        for (leie_size i = 0; i < c->n; i++)
            share[i] /= sum;
        return sum;
    }
    return 0;
}

// One pressure of one world product: regions by their key, inside a region by output; known cells stay.
static void spread_pressure(double *row, const nesting *k, leie_size s, double amount, const double *share)
{
    const leie_enclave *c = &k->c;
    leie_size stressors = k->t->stressor.n;
    bool keyed = k->how->pressure && k->how->pressure[s] >= 0;
    for (leie_size r = 0; r < c->R; r++) {
        leie_size first = c->sector.first[r], count = c->sector.first[r + 1] - first;
        double own = leie_sum(share + first, count, 1);
        for (leie_size i = first; i < first + count; i++) {
            double part = share[i];
            if (keyed) { // e_r of the product; a region without output of it takes the nation's pattern
                double in = 0, all = 0;
                if (own > 0)
                    in = share[i] / own;
                else
                    for (leie_size q = 0; q < c->n; q++) {
                        in += strcmp(c->sector.code[q], c->sector.code[i]) == 0 ? share[q] : 0;
                        all += share[q];
                    }
                part = k->how->pressure[r * stressors + s] * (own > 0 ? in : all > 0 ? in / all : 0);
            }
            row[i] += amount * part;
        }
    }
}

// Known cells replace what the keys gave; the rest of the national row is scaled to its total.
static leie_status keep_known(double *row, nesting *k, leie_size s, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size own = k->own->table.sector.n;
    const double *known = k->how->known ? k->how->known + s * own : NULL;
    leie_acc total = {0}, given = {0}, rest = {0};
    leie_size cells = 0;
    for (leie_size i = 0; known && i < c->n; i++) {
        bool fixed = !c->transit[i] && !isnan(known[c->of[i]]);
        leie_acc_add(&total, row[i]);
        leie_acc_add(fixed ? &given : &rest, fixed ? known[c->of[i]] : row[i]);
        cells += fixed;
    }
    if (cells == 0)
        return LEIE_OK;
    double left = leie_acc_value(&total) - leie_acc_value(&given), old = leie_acc_value(&rest);
    if (left < -1e-9 * fabs(leie_acc_value(&total)) || (old == 0 && left > 1e-9 * fabs(leie_acc_value(&total))))
        return leie_fail(err, LEIE_ERR_DATA,
                         "known '%s' in the regions of %s adds up to %.9g %s, the national row to %.9g, and %s",
                         k->t->stressor.code[s], k->how->country, leie_acc_value(&given), k->t->stressor.unit[s],
                         leie_acc_value(&total), left < 0 ? "the rest would be negative" : "no other sector can take the rest");
    for (leie_size i = 0; i < c->n; i++)
        row[i] = !c->transit[i] && !isnan(known[c->of[i]]) ? known[c->of[i]] : old > 0 ? row[i] * (fmax(left, 0) / old) : 0;
    return leie_provenance_note(&k->to.provenance, LEIE_NOTE_DONE, cells, err,
                                "'%s' of %s: %lld known cells (%.9g %s), the rest of the national row scaled by %.6g",
                                k->t->stressor.code[s], k->how->country, (long long)cells, leie_acc_value(&given),
                                k->t->stressor.unit[s], old > 0 ? fmax(left, 0) / old : 0);
}

static leie_status make_F(nesting *k, leie_error *err)
{
    leie_size n = k->to.sector.n, old = k->w.n, S = k->t->stressor.n;
    double *weight = NULL, *share = NULL, *row = NULL;
    if (S == 0 || !k->t->F)
        return LEIE_OK;
    leie_status st = leie_embed_new(&k->to.F, S * n, "F", err);
    if (!st)
        st = leie_embed_new(&weight, k->c.n * k->c.J, "weights", err);
    if (!st)
        st = leie_embed_new(&share, k->c.n * k->c.J, "shares", err);
    if (!st)
        st = leie_embed_new(&row, k->c.n, "pressures", err);
    if (!st)
        st = back_weights(weight, k, err);
    for (leie_size j = 0; !st && j < k->c.J; j++) // share of each product as rows [J, n]
        if (pressure_shares(share + j * k->c.n, k, weight, j) == 0)
            for (leie_size s = 0; !st && s < S; s++)
                if (k->t->F[s * old + k->w.first + j] != 0)
                    st = leie_fail(err, LEIE_ERR_DATA, "'%s' of '%s' in %s has no sector to go to in the country's table",
                                   k->t->stressor.code[s], k->t->sector.code[k->w.first + j], k->how->country);
    for (leie_size s = 0; !st && s < S; s++) {
        memset(row, 0, (size_t)k->c.n * sizeof *row);
        for (leie_size j = 0; j < k->c.J; j++)
            if (k->t->F[s * old + k->w.first + j] != 0)
                spread_pressure(row, k, s, k->t->F[s * old + k->w.first + j], share + j * k->c.n);
        st = keep_known(row, k, s, err);
        for (leie_size i = 0; i < k->c.n; i++)
            if (k->inner[i] >= 0)
                k->to.F[s * n + k->inner[i]] = row[i];
        for (leie_size f = 0; f < old; f++)
            if (k->sector[f] >= 0)
                k->to.F[s * n + k->sector[f]] = k->t->F[s * old + f];
    }
    leie_free(weight);
    leie_free(share);
    leie_free(row);
    return st;
}

// Column of region r that takes direct pressures of a kind: of that kind, else households, else its first.
static leie_size direct_column(const leie_enclave *c, leie_size r, leie_demand_kind kind)
{
    leie_size d = leie_labels_find(&c->demand.region, c->sector.region.code[r]);
    if (d < 0)
        return -1;
    for (int household = 0; household < 2; household++)
        for (leie_size f = c->demand.first[d]; f < c->demand.first[d + 1]; f++)
            if (c->demand.kind[f] == (household ? LEIE_DEMAND_HOUSEHOLD : kind))
                return f;
    return c->demand.first[d];
}

static leie_status make_F_Y(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size m = k->to.demand.n, old = k->w.m, S = k->t->stressor.n;
    double *share = NULL;
    if (!k->t->F_Y)
        return LEIE_OK;
    leie_status st = leie_embed_new(&k->to.F_Y, S * m, "F_Y", err);
    if (!st)
        st = leie_embed_new(&share, c->R, "shares", err);
    for (leie_size s = 0; !st && s < S; s++)
        for (leie_size f = 0; f < old; f++)
            if (k->demand[f] >= 0)
                k->to.F_Y[s * m + k->demand[f]] = k->t->F_Y[s * old + f];
    for (leie_size d = 0; !st && d < k->w.dcount; d++) {
        leie_demand_kind kind = k->t->demand.kind[k->w.dfirst + d];
        leie_acc acc = {0};
        for (leie_size r = 0; r < c->R; r++) {
            leie_size at = direct_column(c, r, kind);
            share[r] = at < 0 ? 0 : k->how->direct ? k->how->direct[r] : fmax(leie_sum(c->Y + at, c->n, c->m), 0);
            leie_acc_add(&acc, share[r]);
        }
        double sum = leie_acc_value(&acc);
        for (leie_size s = 0; s < S && !st; s++) {
            double amount = k->t->F_Y[s * old + k->w.dfirst + d];
            if (amount != 0 && !(sum > 0))
                st = leie_fail(err, LEIE_ERR_DATA, "direct '%s' of %s in '%s' has no final demand to go to",
                               k->t->stressor.code[s], k->how->country, k->t->demand.code[k->w.dfirst + d]);
            for (leie_size r = 0; !st && amount != 0 && r < c->R; r++)
                if (share[r] > 0)
                    k->to.F_Y[s * m + k->column[direct_column(c, r, kind)]] += amount * (share[r] / sum);
        }
    }
    leie_free(share);
    return st;
}

// ---- what it changed ----

static leie_status list_trade(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    leie_size U = c->n + c->m, W = k->w.n + k->w.m;
    const char *unit = k->t->unit, *by = k->how->totals == LEIE_TOTALS_WORLD ? "world table" : "national table";
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->J; j++) {
        leie_acc in = {0}, out = {0}, x = {0}, made = {0};
        for (leie_size g = 0; g < c->G; g++)
            leie_acc_add(&in, leie_sum(c->M + (j * c->G + g) * U, U, 1));
        for (leie_size i = 0; i < c->n; i++) {
            leie_acc_add(&out, c->P[i * c->J + j] * leie_sum(c->ship + i * W, W, 1));
            leie_acc_add(&made, c->transit[i] ? 0 : c->P[i * c->J + j] * c->x[i]);
        }
        leie_acc_add(&x, k->t->x[k->w.first + j]);
        const char *code = k->t->sector.code[k->w.first + j];
        st = leie_adjustments_add(&k->to.adjusted, "imports", k->how->country, code,
                                  leie_sum(k->w.total + j * c->G, c->G, 1), leie_acc_value(&in), unit, by, err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "exports", k->how->country, code, k->w.bought[j],
                                            leie_acc_value(&out), unit, by, err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "output", k->how->country, code, leie_acc_value(&x),
                                            leie_acc_value(&made), unit, "national table", err);
    }
    return st;
}

// How much of each product is split by the concordance: output, and the part that goes to its largest target.
static leie_status list_concordance(nesting *k, leie_error *err)
{
    const leie_enclave *c = &k->c;
    const char *path = k->how->sectors->path ? k->how->sectors->path : "concordance";
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < c->n; i++) {
        double most = 0;
        for (leie_size j = 0; j < c->J; j++)
            most = fmax(most, c->P[i * c->J + j]);
        if (!c->transit[i])
            st = leie_adjustments_add(&k->to.adjusted, "concordance", c->sector.region.code[c->sector.of[i]],
                                      c->sector.code[i], c->x[i], most * c->x[i], k->t->unit, path, err);
    }
    return st;
}

static leie_status list_re_exports(nesting *k, leie_error *err)
{
    const leie_table *own = &k->own->table;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; !st && i < own->sector.n; i++) {
        double sum = 0;
        for (leie_size f = 0; f < own->demand.n; f++)
            if (own->demand.kind[f] == LEIE_DEMAND_EXPORT)
                sum += k->own->Ym[i * own->demand.n + f];
        st = leie_adjustments_add(&k->to.adjusted, "re_exports", own->sector.region.code[own->sector.of[i]],
                                  own->sector.code[i], sum, k->how->re_exports == LEIE_RE_EXPORTS_REMOVE ? 0 : sum,
                                  k->t->unit, re_exports_name[k->how->re_exports], err);
    }
    return st;
}

static leie_status list_discrepancies(nesting *k, leie_error *err)
{
    const leie_axis *a = &k->t->sector;
    leie_status st = LEIE_OK;
    for (leie_size f = 0; !st && k->how->totals == LEIE_TOTALS_NATIONAL && f < k->w.n; f++) {
        if (k->w.product[f] < 0)
            continue;
        double sold = leie_sum(k->w.sale + f * k->c.G, k->c.G, 1), bought = 0;
        for (leie_size j = 0; j < k->c.J; j++)
            bought += k->w.buy[j * (k->w.n + k->w.m) + f];
        st = leie_adjustments_add(&k->to.adjusted, "discrepancy of sales", a->region.code[a->of[f]], a->code[f], sold,
                                  sold - k->miss_row[f], k->t->unit, "discrepancy column", err);
        st = st ? st : leie_adjustments_add(&k->to.adjusted, "discrepancy of purchases", a->region.code[a->of[f]],
                                            a->code[f], bought, bought - k->miss_col[f], k->t->unit, "discrepancy row", err);
    }
    return st;
}

static leie_status note_steps(leie_provenance *p, const leie_adjustments *list, const char *unit, leie_error *err)
{
    static const char *const step[] = {"re_exports", "imports", "exports", "output", "discrepancy of sales",
                                       "discrepancy of purchases"};
    leie_status st = LEIE_OK;
    for (size_t i = 0; !st && i < sizeof step / sizeof *step; i++) {
        leie_size most;
        double size = leie_adjustments_size(&most, list, step[i]);
        if (most >= 0 && size > 0)
            st = leie_provenance_note(p, LEIE_NOTE_DONE, list->n, err,
                                      "nest, %s: differences add up to %.6g %s, most in '%s' of %s (%.6g to %.6g)", step[i],
                                      size, unit ? unit : "", list->item[most].code, list->item[most].region,
                                      list->item[most].before, list->item[most].after);
    }
    return st;
}

static leie_status report(nesting *k, leie_error *err)
{
    leie_status st = leie_provenance_note(
        &k->to.provenance, LEIE_NOTE_DONE, k->c.n, err,
        "%s (%lld sectors) replaced by its own table: %lld regions, %lld sectors, %s totals, re-exports: %s", k->how->country,
        (long long)k->w.J, (long long)k->c.R, (long long)k->c.n, totals_name[k->how->totals],
        re_exports_name[k->how->re_exports]);
    st = st ? st : list_re_exports(k, err);
    st = st ? st : list_concordance(k, err);
    st = st ? st : list_trade(k, err);
    st = st ? st : list_discrepancies(k, err);
    return st ? st : note_steps(&k->to.provenance, &k->to.adjusted, k->t->unit, err);
}

// ---- the nest ----

static leie_status take_apart(nesting *k, leie_error *err)
{
    leie_status st = leie_table_like(&k->to, k->t, err);
    if (!st)
        st = leie_around_make(&k->w, k->t, k->how, &k->to.provenance, err);
    if (!st)
        st = check_regions(k, err);
    for (leie_size i = 0; !st && i < k->own->table.provenance.notes; i++) {
        const leie_note *note = &k->own->table.provenance.note[i];
        st = leie_provenance_note(&k->to.provenance, note->kind, note->count, err, "%s: %s", k->how->country, note->text);
    }
    for (leie_size i = 0; !st && i < k->own->table.provenance.sources; i++) {
        const leie_source *s = &k->own->table.provenance.source[i];
        st = leie_provenance_source(&k->to.provenance, s->role, s->path, s->reader, s->bytes, s->sha256, err);
    }
    if (!st)
        st = leie_adjustments_copy(&k->to.adjusted, &k->own->table.adjusted, err);
    if (!st)
        st = leie_enclave_make(&k->c, k->own, k->t, &k->w, k->how, &k->to.provenance, err);
    if (!st)
        st = leie_around_shares(&k->w, &k->c, k->t, k->how, &k->to.provenance, err);
    if (!st && k->how->totals == LEIE_TOTALS_WORLD)
        st = leie_enclave_balance(&k->c, &k->w, k->how, &k->to.adjusted, k->t->unit, &k->to.provenance, err);
    return st ? st : find_discrepancies(k, err);
}

leie_status leie_table_embed(leie_table *t, const leie_iot *c, const leie_embed *how, leie_error *err)
{
    nesting k = {.how = how, .t = t, .own = c};
    leie_status st = t->x ? LEIE_OK : leie_fail(err, LEIE_ERR_DATA, "a nest needs the output of the world table");
    st = st ? st : take_apart(&k, err);
    st = st ? st : make_axes(&k, err);
    st = st ? st : make_Z(&k, err);
    st = st ? st : make_Y(&k, err);
    st = st ? st : make_x(&k, err);
    st = st ? st : make_W(&k, err);
    st = st ? st : make_F(&k, err);
    st = st ? st : make_F_Y(&k, err);
    st = st ? st : report(&k, err);
    if (!st)
        leie_table_replace(t, &k.to);
    nesting_clear(&k);
    return st;
}
