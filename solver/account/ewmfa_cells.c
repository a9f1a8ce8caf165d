// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/grow.h"
#include "kernels/memory.h"
#include "solver/account/ewmfa_impl.h"

// Work that goes with the cells of one account.
typedef struct builder {
    leie_mfa *mfa;
    const leie_flows *f;
    const leie_rme *rme; // NULL: none
    const leie_materials *m;
    leie_size y;         // position of the year at work
    leie_size first;     // its first cell
    double *value, *variance, *gap; // [M]
    bool *given, *work;             // [M]
    double *traded, *covered;       // [R, 2] t of the year
    leie_index *top;     // [products] a top material of a product valued per EUR, + 1
    leie_index *other;   // [products] another one, + 1
    leie_size bare;      // rows of trade without a coefficient
    double bare_tonnes;
    leie_size corrected, uncorrected; // rows valued per EUR with and without a reference price
    double shift[2];     // EUR added to imports and exports by the correction
} builder;

// ---- cells ----

static leie_status room_for_cell(leie_mfa *mfa, leie_error *err)
{
    if (mfa->cells < mfa->cell_room)
        return LEIE_OK;
    leie_size room = mfa->cell_room ? 2 * mfa->cell_room : 64, M = mfa->M;
    leie_mfa_cell *cell = leie_resize(mfa->cell, mfa->cells, room, sizeof *cell);
    mfa->cell = cell ? cell : mfa->cell;
    double *value = leie_resize(mfa->cell_value, mfa->cells * M, room * M, sizeof *value);
    mfa->cell_value = value ? value : mfa->cell_value;
    double *variance = leie_resize(mfa->cell_variance, mfa->cells * M, room * M, sizeof *variance);
    mfa->cell_variance = variance ? variance : mfa->cell_variance;
    if (!cell || !value || !variance)
        return leie_fail_memory(err, "cells of material flows", room * M, sizeof *value);
    mfa->cell_room = room;
    return LEIE_OK;
}

// Cell of (region, kind, partner) in the year at work, -1 when it is not there. Cells that belong together
// were added one after the other, so the search backwards is short.
static leie_size find_cell(const builder *b, leie_index region, leie_flow_kind kind, leie_index partner)
{
    for (leie_size c = b->mfa->cells - 1; c >= b->first; c--) {
        const leie_mfa_cell *cell = &b->mfa->cell[c];
        if (cell->region == region && cell->kind == kind && cell->partner == partner)
            return c;
    }
    return -1;
}

// The cell, added empty when it is not there.
static leie_status cell_of(leie_size *at, builder *b, leie_index region, leie_flow_kind kind, leie_index partner,
                           leie_error *err)
{
    leie_mfa *mfa = b->mfa;
    *at = find_cell(b, region, kind, partner);
    if (*at >= 0)
        return LEIE_OK;
    leie_status st = room_for_cell(mfa, err);
    if (st)
        return st;
    *at = mfa->cells++;
    mfa->cell[*at] = (leie_mfa_cell){.year = b->y, .region = region, .partner = partner, .kind = kind};
    memset(mfa->cell_value + *at * mfa->M, 0, (size_t)mfa->M * sizeof(double));
    memset(mfa->cell_variance + *at * mfa->M, 0, (size_t)mfa->M * sizeof(double));
    return LEIE_OK;
}

static void raise_status(leie_mfa_cell *cell, leie_flow_status status)
{
    if (status > cell->status)
        cell->status = status;
}

// ---- flows as they are ----

static leie_status note_gaps(builder *b, const leie_flow *row, leie_error *err)
{
    leie_mfa *mfa = b->mfa;
    for (leie_size m = 0; m < mfa->M; m++) {
        if (b->gap[m] == 0)
            continue;
        leie_status st = leie_grow(&mfa->gap, &mfa->gap_room, mfa->gaps, sizeof *mfa->gap, "gaps of the material tree", err);
        if (st)
            return st;
        mfa->gap[mfa->gaps++] = (leie_mfa_gap){.year = b->y, .region = row->region, .material = (leie_index)m,
                                               .kind = row->kind, .value = b->value[m], .gap = b->gap[m]};
    }
    return LEIE_OK;
}

// Rows first .. last - 1 of one (region, kind, partner) into its cell.
static leie_status add_rows(builder *b, leie_size first, leie_size last, leie_error *err)
{
    leie_mfa *mfa = b->mfa;
    const leie_flow *head = &b->f->row[first];
    leie_size at, M = mfa->M;
    leie_status st = cell_of(&at, b, head->region, head->kind, leie_flow_partner_region(b->f, head), err);
    if (st)
        return st;
    memset(b->value, 0, (size_t)M * sizeof *b->value);
    memset(b->variance, 0, (size_t)M * sizeof *b->variance);
    memset(b->given, 0, (size_t)M * sizeof *b->given);
    for (leie_size i = first; i < last; i++) {
        const leie_flow *row = &b->f->row[i];
        b->value[row->material] += row->tonnes;
        b->variance[row->material] += isnan(row->sd) ? 0 : row->sd * row->sd;
        b->given[row->material] = true;
        raise_status(&mfa->cell[at], row->status);
    }
    leie_materials_roll(b->m, b->value, b->given, b->gap, b->work);
    leie_materials_roll(b->m, b->variance, b->given, NULL, b->work);
    for (leie_size m = 0; m < M; m++) {
        mfa->cell_value[at * M + m] += b->value[m];
        mfa->cell_variance[at * M + m] += b->variance[m];
        mfa->used[m] |= b->value[m] != 0 && !isnan(b->value[m]);
    }
    return note_gaps(b, head, err);
}

static bool same_cell(const leie_flow *a, const leie_flow *b)
{
    return a->region == b->region && a->kind == b->kind && a->partner == b->partner;
}

static leie_status add_year(builder *b, leie_size first, leie_size last, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = first, next; !st && i < last; i = next) {
        for (next = i + 1; next < last && same_cell(&b->f->row[i], &b->f->row[next]);)
            next++;
        st = add_rows(b, i, next, err);
    }
    return st;
}

// ---- trade in raw material equivalents ----

// Products valued per EUR: a coefficient of money cannot hold for oil and stone at once.
static void watch_mix(builder *b, const leie_flow *row)
{
    leie_index top = (leie_index)leie_materials_top(b->m, row->material) + 1, product = row->tag[0];
    if (product < 0)
        return;
    if (!b->top[product])
        b->top[product] = top;
    else if (b->top[product] != top)
        b->other[product] = top;
}

static leie_status add_equivalents(builder *b, const leie_flow *row, leie_size key, leie_error *err)
{
    leie_mfa *mfa = b->mfa;
    leie_size at, M = mfa->M;
    leie_flow_kind kind = row->kind == LEIE_FLOW_IMP ? LEIE_FLOW_IMP_RME : LEIE_FLOW_EXP_RME;
    leie_status st = cell_of(&at, b, row->region, kind, leie_flow_partner_region(b->f, row), err);
    if (st || key < 0)
        return st; // no tonnes: a cell of zeros
    bool money = leie_rme_is_money(b->rme, key), corrected;
    double amount = leie_rme_amount(b->rme, row, key, &corrected);
    double share = isnan(row->sd) || row->tonnes == 0 ? 0 : row->sd / row->tonnes;
    const double *vector = b->rme->vector + key * M;
    for (leie_size m = 0; m < M; m++) {
        double value = amount * vector[m];
        mfa->cell_value[at * M + m] += value;
        mfa->cell_variance[at * M + m] += value * share * value * share;
        mfa->used[m] |= value != 0 && !isnan(value);
    }
    raise_status(&mfa->cell[at], row->status);
    if (money)
        watch_mix(b, row);
    b->corrected += corrected;
    b->uncorrected += money && !corrected;
    if (corrected && !isnan(row->value_eur))
        b->shift[row->kind == LEIE_FLOW_EXP] += amount - row->value_eur;
    return LEIE_OK;
}

// Whether a region reports equivalents of this kind itself, with any partner.
static bool reports(const builder *b, leie_index region, leie_flow_kind kind, leie_size cells)
{
    for (leie_size c = b->first; c < cells; c++)
        if (b->mfa->cell[c].region == region && b->mfa->cell[c].kind == kind)
            return true;
    return false;
}

static leie_status value_year(builder *b, leie_size first, leie_size last, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size cells = b->mfa->cells; // of flows as they are
    for (leie_size i = first; !st && i < last; i++) {
        const leie_flow *row = &b->f->row[i];
        if (row->kind != LEIE_FLOW_IMP && row->kind != LEIE_FLOW_EXP)
            continue;
        bool exports = row->kind == LEIE_FLOW_EXP;
        if (reports(b, row->region, exports ? LEIE_FLOW_EXP_RME : LEIE_FLOW_IMP_RME, cells))
            continue;
        leie_size key = leie_rme_key_of(b->rme, b->f, b->m, row);
        b->traded[row->region * 2 + exports] += row->tonnes;
        if (key >= 0 || row->tonnes == 0) {
            b->covered[row->region * 2 + exports] += row->tonnes;
            st = add_equivalents(b, row, key, err);
        } else {
            b->bare++;
            b->bare_tonnes += row->tonnes;
        }
    }
    double *share = b->mfa->covered + b->y * b->mfa->R * 2;
    for (leie_size r = 0; r < b->mfa->R * 2; r++)
        share[r] = b->traded[r] > 0 ? b->covered[r] / b->traded[r] : NAN;
    return st;
}

// ---- what was found ----

static leie_status note_found(const builder *b, leie_error *err)
{
    leie_mfa *mfa = b->mfa;
    leie_status st = LEIE_OK;
    if (b->bare)
        st = leie_provenance_note(&mfa->provenance, LEIE_NOTE_FOUND, b->bare, err,
                                  "trade without an RME coefficient: %.6g t in %lld rows, left out of IMP_RME and EXP_RME",
                                  b->bare_tonnes, (long long)b->bare);
    if (!st && b->rme && b->rme->reference.n)
        st = leie_provenance_note(&mfa->provenance, LEIE_NOTE_DONE, b->corrected, err,
                                  "coefficients per EUR are corrected to the price of each flow: %lld rows, worth %+.6g EUR of "
                                  "imports and %+.6g EUR of exports at reference prices; %lld rows have no reference price or no tonnes",
                                  (long long)b->corrected, b->shift[0], b->shift[1], (long long)b->uncorrected);
    for (leie_size p = 0; !st && p < b->f->tag[0].n; p++)
        if (b->other[p])
            st = leie_provenance_note(&mfa->provenance, LEIE_NOTE_FOUND, 1, err,
                                      "product '%s' has an RME coefficient per EUR and holds %s as well as %s: its price "
                                      "per tonne is that of neither", b->f->tag[0].code[p],
                                      b->m->label.code[b->top[p] - 1], b->m->label.code[b->other[p] - 1]);
    return st;
}

// ---- the whole ----

static leie_status list_years(leie_mfa *mfa, const leie_flows *f, leie_error *err)
{
    leie_size years = 0;
    for (leie_size i = 0; i < f->n; i++)
        years += i == 0 || f->row[i].year != f->row[i - 1].year;
    mfa->year = leie_new(years, sizeof *mfa->year);
    mfa->covered = leie_new(years * mfa->R * 2, sizeof *mfa->covered);
    mfa->used = leie_new(mfa->M, sizeof *mfa->used);
    if (!mfa->year || !mfa->covered || !mfa->used)
        return leie_fail_memory(err, "years of the flows", years * mfa->R, sizeof *mfa->covered);
    for (leie_size i = 0; i < f->n; i++)
        if (i == 0 || f->row[i].year != f->row[i - 1].year)
            mfa->year[mfa->Y++] = f->row[i].year;
    for (leie_size i = 0; i < years * mfa->R * 2; i++)
        mfa->covered[i] = NAN;
    for (int m = 0; m < LEIE_MATERIAL_FIRST; m++)
        mfa->used[m] = true;
    return LEIE_OK;
}

static leie_status builder_open(builder *b, leie_error *err)
{
    leie_size M = b->mfa->M, products = b->f->tag[0].n, R = b->mfa->R;
    b->value = leie_new(3 * M, sizeof *b->value);
    b->given = leie_new(2 * M, sizeof *b->given);
    b->traded = leie_new(4 * R, sizeof *b->traded);
    b->top = leie_new(2 * products, sizeof *b->top);
    if (!b->value || !b->given || !b->traded || !b->top)
        return leie_fail_memory(err, "material flows", 3 * M, sizeof *b->value);
    b->variance = b->value + M;
    b->gap = b->value + 2 * M;
    b->work = b->given + M;
    b->covered = b->traded + 2 * R;
    b->other = b->top + products;
    return LEIE_OK;
}

static void builder_close(builder *b)
{
    leie_free(b->value);
    leie_free(b->given);
    leie_free(b->traded);
    leie_free(b->top);
}

leie_status leie_mfa_cells_make(leie_mfa *mfa, const leie_flows *f, const leie_rme *rme, const leie_materials *m,
                                leie_error *err)
{
    builder b = {.mfa = mfa, .f = f, .rme = rme, .m = m};
    leie_status st = list_years(mfa, f, err);
    if (!st)
        st = builder_open(&b, err);
    for (leie_size first = 0, last; !st && first < f->n; first = last, b.y++) {
        for (last = first; last < f->n && f->row[last].year == f->row[first].year;)
            last++;
        b.first = mfa->cells;
        memset(b.traded, 0, (size_t)(4 * mfa->R) * sizeof *b.traded);
        st = add_year(&b, first, last, err);
        if (!st && rme)
            st = value_year(&b, first, last, err);
    }
    if (!st)
        st = note_found(&b, err);
    builder_close(&b);
    return st;
}
