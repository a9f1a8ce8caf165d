// SPDX-License-Identifier: GPL-3.0-or-later
/* Domestic use by region of origin moved to the outputs of the regions, the purchases of their users and the cells
 * of the nation; reliabilities; how far regions are from a nation. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/balance/mrgras.h"
#include "solver/build/embed_impl.h"
#include "solver/build/split_impl.h"
#include "solver/table/table_impl.h"

static const double TOLERANCE = 1e-10, MOVED = 1e-9;
static const leie_size SWEEPS = 5000;

typedef struct problem {
    leie_csr a;
    bool *fixed;
    double *row, *col;
    leie_index *row_group, *col_group;
    double *nation; // [p (k + m)]
    char **row_name, **col_name;
    leie_blocks block;
} problem;

static void problem_clear(problem *p)
{
    for (leie_size i = 0; p->row_name && i < p->a.rows; i++)
        leie_free(p->row_name[i]);
    for (leie_size j = 0; p->col_name && j < p->a.cols; j++)
        leie_free(p->col_name[j]);
    leie_free(p->row_name);
    leie_free(p->col_name);
    leie_free(p->fixed);
    leie_free(p->row);
    leie_free(p->col);
    leie_free(p->row_group);
    leie_free(p->col_group);
    leie_free(p->nation);
    leie_blocks_clear(&p->block);
    leie_csr_free(&p->a);
}

// Columns: industries of all regions, then final columns of all regions.
static leie_size column(const leie_splitting *c, leie_size r, leie_size u)
{
    return u < c->k ? r * c->k + u : c->K + r * c->m + u - c->k;
}

static double *at_column(const leie_splitting *c, leie_size row, leie_size col)
{
    const leie_sut_layer *d = &c->to->layer[LEIE_DOMESTIC][LEIE_BASIC];
    return col < c->K ? &d->use[row * c->K + col] : &d->final[row * c->M + col - c->K];
}

static unsigned char *mark_at(const leie_splitting *c, leie_size row, leie_size col)
{
    return col < c->K ? &c->info->mark[LEIE_PART_USE][row * c->K + col]
                      : &c->info->mark[LEIE_PART_FINAL][row * c->M + col - c->K];
}

static leie_status name_lines(problem *b, const leie_splitting *c, leie_error *err)
{
    char text[2 * LEIE_PLACE_MAX], place[LEIE_PLACE_MAX];
    b->row_name = leie_new(c->P, sizeof *b->row_name);
    b->col_name = leie_new(c->K + c->M, sizeof *b->col_name);
    if (!b->row_name || !b->col_name)
        return leie_fail_memory(err, "names", c->P, sizeof *b->row_name);
    for (leie_size i = 0; i < c->P; i++) {
        snprintf(text, sizeof text, "sales of %s", leie_axis_place(place, &c->to->product, i));
        if (!(b->row_name[i] = leie_strdup(text)))
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    for (leie_size j = 0; j < c->K + c->M; j++) {
        const leie_axis *axis = j < c->K ? &c->to->account.sector : &c->to->account.demand;
        snprintf(text, sizeof text, "use by %s", leie_axis_place(place, axis, j < c->K ? j : j - c->K));
        if (!(b->col_name[j] = leie_strdup(text)))
            return leie_fail_memory(err, "names", 1, sizeof text);
    }
    return LEIE_OK;
}

static leie_status fill_cells(problem *b, const leie_splitting *c, leie_error *err)
{
    leie_size U = c->K + c->M, count = 0;
    for (leie_size i = 0; i < c->P; i++)
        for (leie_size j = 0; j < U; j++)
            count += *at_column(c, i, j) != 0;
    leie_status st = leie_csr_new(&b->a, c->P, U, count, err);
    if (!st && !(b->fixed = leie_new(count, sizeof *b->fixed)))
        st = leie_fail_memory(err, "fixed cells", count, sizeof *b->fixed);
    count = 0;
    for (leie_size i = 0; !st && i < c->P; i++) {
        for (leie_size j = 0; j < U; j++) {
            double cell = *at_column(c, i, j);
            if (cell == 0)
                continue;
            b->a.col[count] = (leie_index)j;
            b->fixed[count] = *mark_at(c, i, j) == LEIE_MARK_GIVEN;
            b->a.val[count++] = cell;
        }
        b->a.row[i + 1] = count;
    }
    return st;
}

// Rows: what the region makes. Columns: what its user takes, exports free. Blocks: the nation's cells.
static leie_status set_totals(problem *b, const leie_splitting *c, leie_error *err)
{
    leie_size U = c->K + c->M, users = c->k + c->m;
    const leie_sut_layer *d = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    leie_status st = leie_embed_new(&b->row, c->P, "totals", err);
    st = st ? st : leie_embed_new(&b->col, U, "totals", err);
    st = st ? st : leie_embed_new(&b->nation, c->p * users, "totals", err);
    b->row_group = leie_new(c->P, sizeof *b->row_group);
    b->col_group = leie_new(U, sizeof *b->col_group);
    if (!st && (!b->row_group || !b->col_group))
        st = leie_fail_memory(err, "groups", U, sizeof *b->col_group);
    if (st)
        return st;
    for (leie_size r = 0; r < c->N; r++) {
        for (leie_size i = 0; i < c->p; i++) {
            b->row[r * c->p + i] = c->q[r * c->p + i];
            b->row_group[r * c->p + i] = (leie_index)i;
        }
        for (leie_size u = 0; u < users; u++) {
            leie_acc sum = {0};
            for (leie_size i = 0; i < c->p; i++)
                leie_acc_add(&sum, leie_split_demand(c, r, i, u));
            leie_size j = column(c, r, u);
            b->col[j] = leie_split_is_export(c, u) && c->how->exports_by_output ? NAN : leie_acc_value(&sum);
            b->col_group[j] = (leie_index)u;
        }
    }
    bool *there = leie_new(c->p * users, sizeof *there);
    if (!there)
        return leie_fail_memory(err, "blocks", c->p * users, sizeof *there);
    for (leie_size i = 0; i < c->P; i++)
        for (leie_size at = b->a.row[i]; at < b->a.row[i + 1]; at++)
            there[b->row_group[i] * users + b->col_group[b->a.col[at]]] = true;
    for (leie_size i = 0; !st && i < c->p; i++)
        for (leie_size u = 0; !st && u < users; u++) {
            double nation = u < c->k ? d->use[i * c->k + u] : d->final[i * c->m + u - c->k];
            b->nation[i * users + u] = there[i * users + u] ? nation : NAN;
            if (!there[i * users + u] && nation != 0)
                st = leie_fail(err, LEIE_ERR_DATA, "%.9g of '%s' used by '%s' in the nation has no region to go to", nation,
                               c->s->product.code[i],
                               u < c->k ? c->s->account.sector.code[u] : c->s->account.demand.code[u - c->k]);
        }
    leie_free(there);
    return st ? st
              : leie_blocks_from_groups(&b->block, &b->a, b->row_group, c->p, b->col_group, users, b->nation, err);
}

static void take_back(leie_splitting *c, const problem *b)
{
    for (leie_size i = 0; i < c->P; i++)
        for (leie_size at = b->a.row[i]; at < b->a.row[i + 1]; at++) {
            double *cell = at_column(c, i, b->a.col[at]), before = *cell;
            *cell = b->a.val[at];
            unsigned char *mark = mark_at(c, i, b->a.col[at]);
            if (*mark == LEIE_MARK_ESTIMATED && fabs(*cell - before) > MOVED * fabs(before))
                *mark = LEIE_MARK_BALANCED;
        }
}

leie_status leie_split_balance(leie_splitting *c, leie_error *err)
{
    problem b = {0};
    leie_balance_opts limit = {c->how->balance.tolerance > 0 ? c->how->balance.tolerance : TOLERANCE,
                               c->how->balance.iterations > 0 ? c->how->balance.iterations : SWEEPS};
    leie_status st = fill_cells(&b, c, err);
    st = st ? st : set_totals(&b, c, err);
    st = st ? st : name_lines(&b, c, err);
    if (!st) {
        leie_margins m = {.row = b.row, .col = b.col, .block = &b.block, .fixed = b.fixed, .row_name = b.row_name,
                          .col_name = b.col_name};
        st = leie_mrgras(&b.a, &m, &limit, &c->info->balance, err);
    }
    if (!st)
        take_back(c, &b);
    problem_clear(&b);
    return st;
}

// ---- regions against a nation ----

static leie_status compare(leie_adjustments *list, const char *step, const leie_axis *regions, const double *value,
                           leie_size width, const leie_axis *nation, const double *total, leie_size own, const char *unit,
                           leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < regions->n; i++)
        if (leie_axis_find_in(nation, 0, regions->code[i]) < 0)
            return leie_fail(err, LEIE_ERR_DATA, "the national table has no '%s', the regions have", regions->code[i]);
    for (leie_size i = 0; !st && i < nation->n; i++) {
        leie_acc sum = {0};
        for (leie_size q = 0; q < regions->n; q++)
            if (strcmp(regions->code[q], nation->code[i]) == 0)
                leie_acc_add(&sum, leie_sum(value + q * width, width, 1));
        st = leie_adjustments_add(list, step, nation->region.code[0], nation->code[i], leie_sum(total + i * own, own, 1),
                                  leie_acc_value(&sum), unit, "regions against the nation", err);
    }
    return st;
}

leie_status leie_sut_add_up(leie_adjustments *list, const leie_sut *regions, const leie_sut *nation, leie_error *err)
{
    const leie_sut_layer *d = &regions->layer[LEIE_DOMESTIC][LEIE_BASIC], *D = &nation->layer[LEIE_DOMESTIC][LEIE_BASIC];
    const leie_sut_layer *m = &regions->layer[LEIE_IMPORTED][LEIE_BASIC], *M = &nation->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_size K = regions->account.sector.n, k = nation->account.sector.n;
    leie_size F = regions->account.demand.n, f = nation->account.demand.n;
    const char *unit = nation->account.unit;
    double *g = leie_new(K + k, sizeof *g);
    leie_status st = g ? LEIE_OK : leie_fail_memory(err, "outputs", K + k, sizeof *g);
    if (!st && (!d->use || !D->use))
        st = leie_fail(err, LEIE_ERR_DATA, "domestic use at basic prices is needed in both tables");
    st = st ? st : compare(list, "supply", &regions->product, regions->supply, K, &nation->product, nation->supply, k, unit, err);
    st = st ? st : compare(list, "use", &regions->product, d->use, K, &nation->product, D->use, k, unit, err);
    st = st ? st : compare(list, "final", &regions->product, d->final, F, &nation->product, D->final, f, unit, err);
    if (!st && m->use && M->use)
        st = compare(list, "imports", &regions->product, m->use, K, &nation->product, M->use, k, unit, err);
    if (!st) {
        leie_sut_industry_output(g, regions);
        leie_sut_industry_output(g + K, nation);
        st = compare(list, "output", &regions->account.sector, g, 1, &nation->account.sector, g + K, 1, unit, err);
    }
    leie_free(g);
    return st;
}

// ---- reliabilities ----

double leie_split_reliability(leie_split_part part, leie_mark mark, bool own)
{
    if (mark == LEIE_MARK_NONE)
        return 0;
    if (mark == LEIE_MARK_GIVEN)
        return 0.05;
    switch (part) {
    case LEIE_PART_SUPPLY:
    case LEIE_PART_INPUTS:
        return 0.3;
    case LEIE_PART_USE:
    case LEIE_PART_FINAL:
        return own ? 0.5 : 1;
    default:
        return 0.5;
    }
}
