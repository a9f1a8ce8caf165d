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

typedef leie_nesting nesting;

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
    st = st ? st : leie_nesting_F(&k, err);
    st = st ? st : leie_nesting_F_Y(&k, err);
    st = st ? st : leie_nesting_report(&k, err);
    if (!st)
        leie_table_replace(t, &k.to);
    nesting_clear(&k);
    return st;
}
