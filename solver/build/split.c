// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/split.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/build/split_impl.h"
#include "solver/table/table_impl.h"

static const double SHARES = 1e-9;

static const char *const part_name[LEIE_PARTS] = {"supply", "use", "final", "import_use", "import_final", "inputs"};

int leie_part_find(const char *name)
{
    for (int i = 0; i < LEIE_PARTS; i++)
        if (strcmp(name, part_name[i]) == 0)
            return i;
    return -1;
}

const char *leie_part_name(leie_split_part part)
{
    return part_name[part];
}

const char *leie_mark_name(leie_mark mark)
{
    static const char *const name[] = {"", "given", "estimated", "balanced"};
    return name[mark];
}

void leie_split_info_clear(leie_split_info *info)
{
    for (int i = 0; i < LEIE_PARTS; i++) {
        leie_free(info->estimate[i]);
        leie_free(info->mark[i]);
    }
    *info = (leie_split_info){0};
}

// ---- checks ----

static leie_status check_share(const leie_splitting *c, const double *of, leie_size step, const char *what,
                               const char *code, leie_error *err)
{
    const leie_labels *region = &c->how->shares->region;
    for (leie_size r = 0; r < c->N; r++)
        if (!(of[r * step] >= 0))
            return leie_fail(err, LEIE_ERR_DATA, "share of region '%s' in %s '%s' is %g: expected 0 to 1",
                             region->code[r], what, code, of[r * step]);
    double sum = leie_sum(of, c->N, step);
    return fabs(sum - 1) <= SHARES ? LEIE_OK
                                   : leie_fail(err, LEIE_ERR_DATA,
                                               "shares of the %lld regions in %s '%s' sum to %.12g: expected 1",
                                               (long long)c->N, what, code, sum);
}

static leie_status check_split(const leie_splitting *c, leie_error *err)
{
    const leie_nest *shares = c->how->shares;
    const leie_table *a = &c->s->account;
    if (c->s->product.region.n != 1)
        return leie_fail(err, LEIE_ERR_SHAPE, "a split needs a table of one region, found %lld",
                         (long long)c->s->product.region.n);
    if (c->N < 1)
        return leie_fail(err, LEIE_ERR_DATA, "no regions to split '%s' into", a->sector.region.code[0]);
    if (shares->sectors != c->k || shares->categories != c->m)
        return leie_fail(err, LEIE_ERR_SHAPE, "shares for %lld industries and %lld columns: the table has %lld and %lld",
                         (long long)shares->sectors, (long long)shares->categories, (long long)c->k, (long long)c->m);
    if (!c->s->layer[LEIE_DOMESTIC][LEIE_BASIC].use || !c->s->supply)
        return leie_fail(err, LEIE_ERR_DATA, "a split needs supply, and domestic use at basic prices");
    if (c->how->method == LEIE_TRADE_GIVEN && !c->how->given)
        return leie_fail(err, LEIE_ERR_USAGE, "trade 'given' needs a table of flows between the regions");
    if (c->how->method == LEIE_TRADE_GRAVITY && !c->how->distance)
        return leie_fail(err, LEIE_ERR_USAGE, "trade 'gravity' needs distances between the regions");
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < c->k; j++)
        st = check_share(c, shares->industry + j, c->k, "industry", a->sector.code[j], err);
    for (leie_size f = 0; !st && f < c->m; f++)
        st = check_share(c, shares->demand + f, c->m, "final use", a->demand.code[f], err);
    return st;
}

// ---- axes ----

static leie_status repeat_axis(leie_axis *to, const leie_axis *from, const leie_labels *region, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < region->n; r++) {
        for (leie_size i = 0; i < from->n; i++) {
            leie_size at = leie_axis_add(to, region->code[r], from->code[i], from->name[i], from->unit[i], from->kind[i], err);
            if (at < 0)
                return (leie_status)at;
        }
        leie_size at = leie_labels_find(&to->region, region->code[r]);
        if (at >= 0)
            st = leie_text_set(&to->region.name[at], region->name[r], err);
    }
    return st;
}

static leie_status make_axes(leie_splitting *c, leie_error *err)
{
    const leie_labels *region = &c->how->shares->region;
    leie_status st = leie_table_like(&c->to->account, &c->s->account, err);
    st = st ? st : repeat_axis(&c->to->account.sector, &c->s->account.sector, region, err);
    st = st ? st : repeat_axis(&c->to->account.demand, &c->s->account.demand, region, err);
    st = st ? st : repeat_axis(&c->to->product, &c->s->product, region, err);
    return st ? st : leie_labels_copy(&c->to->partner, &c->s->partner, err);
}

static leie_status new_marks(leie_splitting *c, leie_split_part part, leie_size count, leie_error *err)
{
    c->info->mark[part] = leie_new(count, 1);
    return c->info->mark[part] ? LEIE_OK : leie_fail_memory(err, "marks", count, 1);
}

// ---- known cells ----

static double *part_values(const leie_splitting *c, leie_split_part part, leie_size *cols)
{
    leie_sut *to = c->to;
    bool industry = part == LEIE_PART_SUPPLY || part == LEIE_PART_USE || part == LEIE_PART_IMPORT_USE || part == LEIE_PART_INPUTS;
    *cols = industry ? c->K : c->M;
    switch (part) {
    case LEIE_PART_SUPPLY:
        return to->supply;
    case LEIE_PART_USE:
        return to->layer[LEIE_DOMESTIC][LEIE_BASIC].use;
    case LEIE_PART_FINAL:
        return to->layer[LEIE_DOMESTIC][LEIE_BASIC].final;
    case LEIE_PART_IMPORT_USE:
        return to->layer[LEIE_IMPORTED][LEIE_BASIC].use;
    case LEIE_PART_IMPORT_FINAL:
        return to->layer[LEIE_IMPORTED][LEIE_BASIC].final;
    default:
        return to->account.W;
    }
}

static leie_status fail_known(const leie_splitting *c, const leie_known_cell *cell, leie_error *err, const char *why,
                              double found, double limit)
{
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: known %s %s: %.9g, the national cell is %.9g",
                     c->how->known_path ? c->how->known_path : "known cells", (long long)cell->line,
                     part_name[cell->part], why, found, limit);
}

/* Known cells of a part whose national cell is spread over the regions of its column (supply, imports, inputs): they
 * stay, the other regions share the rest in proportion. */
static leie_status keep_known(leie_splitting *c, leie_split_part part, leie_size rows, bool by_region, leie_error *err)
{
    leie_size cols, inner, N = c->N;
    double *value = part_values(c, part, &cols);
    unsigned char *mark = c->info->mark[part];
    inner = cols / N;
    for (leie_size q = 0; q < c->how->known; q++) {
        const leie_known_cell *cell = &c->how->cell[q];
        if (cell->part != part)
            continue;
        if (!value || cell->row >= rows || cell->col >= cols)
            return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: the table has no %s", c->how->known_path ? c->how->known_path : "",
                             (long long)cell->line, part_name[part]);
        leie_size block = by_region ? rows / N : rows, i = cell->row % block, j = cell->col % inner;
        double total = 0, given = cell->value, rest = 0;
        for (leie_size r = 0; r < N; r++) { // the national cell, and what others of it are known or estimated
            leie_size at = ((by_region ? r * block : 0) + i) * cols + r * inner + j;
            bool own = at == cell->row * cols + cell->col;
            total += value[at];
            given += !own && mark[at] == LEIE_MARK_GIVEN ? value[at] : 0;
            rest += !own && mark[at] != LEIE_MARK_GIVEN ? value[at] : 0;
        }
        double left = total - given;
        if (total >= 0 ? left < -SHARES * total : left > -SHARES * total)
            return fail_known(c, cell, err, "cells exceed the nation", given, total);
        if (rest == 0 && fabs(left) > SHARES * fabs(total))
            return fail_known(c, cell, err, "cell leaves a rest that no other region can take", given, total);
        for (leie_size r = 0; r < N; r++) {
            leie_size at = ((by_region ? r * block : 0) + i) * cols + r * inner + j;
            if (at == cell->row * cols + cell->col) {
                value[at] = cell->value;
                mark[at] = LEIE_MARK_GIVEN;
            } else if (mark[at] != LEIE_MARK_GIVEN)
                value[at] = rest != 0 ? value[at] * (left / rest) : 0;
        }
    }
    return LEIE_OK;
}

// ---- parts that follow the keys alone ----

static leie_status split_supply(leie_splitting *c, leie_error *err)
{
    const double *a = c->how->shares->industry;
    leie_status st = leie_embed_new(&c->to->supply, c->P * c->K, "supply", err);
    st = st ? st : new_marks(c, LEIE_PART_SUPPLY, c->P * c->K, err);
    for (leie_size r = 0; !st && r < c->N; r++)
        for (leie_size i = 0; i < c->p; i++)
            for (leie_size j = 0; j < c->k; j++) {
                leie_size at = (r * c->p + i) * c->K + r * c->k + j;
                c->to->supply[at] = c->s->supply[i * c->k + j] * a[r * c->k + j];
                c->info->mark[LEIE_PART_SUPPLY][at] = c->to->supply[at] != 0 ? LEIE_MARK_ESTIMATED : LEIE_MARK_NONE;
            }
    return st ? st : keep_known(c, LEIE_PART_SUPPLY, c->P, true, err);
}

// One layer in the rows of the region that uses.
static leie_status split_layer(leie_splitting *c, leie_origin o, leie_valuation v, leie_error *err)
{
    const leie_sut_layer *from = &c->s->layer[o][v];
    const leie_nest *share = c->how->shares;
    leie_status st = leie_sut_layer_new(c->to, o, v, err);
    leie_sut_layer *to = &c->to->layer[o][v];
    for (leie_size r = 0; !st && r < c->N; r++)
        for (leie_size i = 0; i < c->p; i++) {
            leie_size row = r * c->p + i;
            for (leie_size j = 0; j < c->k; j++)
                to->use[row * c->K + r * c->k + j] = from->use[i * c->k + j] * share->industry[r * c->k + j];
            for (leie_size f = 0; f < c->m; f++)
                to->final[row * c->M + r * c->m + f] = from->final[i * c->m + f] * share->demand[r * c->m + f];
        }
    return st;
}

static leie_status mark_imports(leie_splitting *c, leie_error *err)
{
    const leie_sut_layer *to = &c->to->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_status st = new_marks(c, LEIE_PART_IMPORT_USE, c->P * c->K, err);
    st = st ? st : new_marks(c, LEIE_PART_IMPORT_FINAL, c->P * c->M, err);
    for (leie_size i = 0; !st && to->use && i < c->P * c->K; i++)
        c->info->mark[LEIE_PART_IMPORT_USE][i] = to->use[i] != 0 ? LEIE_MARK_ESTIMATED : LEIE_MARK_NONE;
    for (leie_size i = 0; !st && to->use && i < c->P * c->M; i++)
        c->info->mark[LEIE_PART_IMPORT_FINAL][i] = to->final[i] != 0 ? LEIE_MARK_ESTIMATED : LEIE_MARK_NONE;
    st = st ? st : keep_known(c, LEIE_PART_IMPORT_USE, c->P, true, err);
    return st ? st : keep_known(c, LEIE_PART_IMPORT_FINAL, c->P, true, err);
}

/* Imports and taxes by user. Domestic layers other than basic prices would need margins between regions: left out
 * and noted. */
static leie_status split_layers(leie_splitting *c, leie_error *err)
{
    leie_size left = 0;
    leie_status st = LEIE_OK;
    for (int o = 0; !st && o < LEIE_ORIGINS; o++)
        for (int v = 0; !st && v < LEIE_VALUATIONS; v++) {
            if (!c->s->layer[o][v].use || (o == LEIE_DOMESTIC && v == LEIE_BASIC))
                continue;
            bool tax = v == LEIE_TAX || v == LEIE_SUBSIDY;
            if (tax || (o == LEIE_IMPORTED && v == LEIE_BASIC))
                st = split_layer(c, (leie_origin)o, (leie_valuation)v, err);
            else
                left++;
        }
    if (!st && left > 0)
        st = leie_provenance_note(&c->to->account.provenance, LEIE_NOTE_DROPPED, left, err,
                                  "%lld layers at other prices than basic are not split", (long long)left);
    return st ? st : mark_imports(c, err);
}

static leie_status split_inputs(leie_splitting *c, leie_error *err)
{
    const leie_table *a = &c->s->account;
    const leie_nest *share = c->how->shares;
    leie_status st = LEIE_OK;
    if (a->W)
        st = leie_embed_new(&c->to->account.W, c->v * c->K, "W", err);
    if (!st && a->W)
        st = new_marks(c, LEIE_PART_INPUTS, c->v * c->K, err);
    for (leie_size w = 0; !st && a->W && w < c->v; w++)
        for (leie_size r = 0; r < c->N; r++)
            for (leie_size j = 0; j < c->k; j++) {
                leie_size at = w * c->K + r * c->k + j;
                c->to->account.W[at] = a->W[w * c->k + j] * share->industry[r * c->k + j];
                c->info->mark[LEIE_PART_INPUTS][at] = c->to->account.W[at] != 0 ? LEIE_MARK_ESTIMATED : LEIE_MARK_NONE;
            }
    if (!st && a->W)
        st = keep_known(c, LEIE_PART_INPUTS, c->v, false, err);
    if (!st && c->s->inputs_final)
        st = leie_embed_new(&c->to->inputs_final, c->v * c->M, "inputs of final use", err);
    for (leie_size w = 0; !st && c->s->inputs_final && w < c->v; w++)
        for (leie_size r = 0; r < c->N; r++)
            for (leie_size f = 0; f < c->m; f++)
                c->to->inputs_final[w * c->M + r * c->m + f] = c->s->inputs_final[w * c->m + f] * share->demand[r * c->m + f];
    return st;
}

// Imports by partner: of each product in proportion to what the region imports of it.
static leie_status split_partners(leie_splitting *c, leie_error *err)
{
    leie_size B = c->s->partner.n;
    const leie_sut_layer *use = &c->to->layer[LEIE_IMPORTED][LEIE_BASIC];
    if (!c->s->imports || !use->use)
        return LEIE_OK;
    leie_status st = leie_embed_new(&c->to->imports, c->P * B, "imports", err);
    for (leie_size i = 0; !st && i < c->p; i++) {
        double all = 0;
        for (leie_size r = 0; r < c->N; r++)
            all += leie_sum(use->use + (r * c->p + i) * c->K, c->K, 1) + leie_sum(use->final + (r * c->p + i) * c->M, c->M, 1);
        for (leie_size r = 0; all != 0 && r < c->N; r++) {
            leie_size row = r * c->p + i;
            double part = (leie_sum(use->use + row * c->K, c->K, 1) + leie_sum(use->final + row * c->M, c->M, 1)) / all;
            for (leie_size b = 0; b < B; b++)
                c->to->imports[row * B + b] = c->s->imports[i * B + b] * part;
        }
    }
    return st;
}

static leie_status split_pressures(leie_splitting *c, leie_error *err)
{
    const leie_table *a = &c->s->account;
    const leie_nest *share = c->how->shares;
    leie_size S = a->stressor.n;
    const double *direct = share->direct ? share->direct : share->demand;
    if (S == 0)
        return LEIE_OK;
    leie_status st = a->F ? leie_embed_new(&c->to->account.F, S * c->K, "F", err) : LEIE_OK;
    if (!st && a->F_Y)
        st = leie_embed_new(&c->to->account.F_Y, S * c->M, "F_Y", err);
    for (leie_size s = 0; !st && s < S; s++)
        for (leie_size r = 0; r < c->N; r++) {
            bool keyed = share->pressure && share->pressure[r * S + s] >= 0;
            for (leie_size j = 0; a->F && j < c->k; j++)
                c->to->account.F[s * c->K + r * c->k + j] =
                    a->F[s * c->k + j] * (keyed ? share->pressure[r * S + s] : share->industry[r * c->k + j]);
            for (leie_size f = 0; a->F_Y && f < c->m; f++)
                c->to->account.F_Y[s * c->M + r * c->m + f] = a->F_Y[s * c->m + f] * direct[r * c->m + f];
        }
    return st;
}

// ---- quotients ----

// q by region is output in proportion, so that regions add up to what the nation uses.
static leie_status measure_outputs(leie_splitting *c, leie_error *err)
{
    const leie_sut_layer *use = &c->s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    leie_status st = leie_embed_new(&c->q, c->N * c->p, "outputs", err);
    for (leie_size i = 0; !st && i < c->p; i++) {
        double used = leie_sum(use->use + i * c->k, c->k, 1) + leie_sum(use->final + i * c->m, c->m, 1);
        double made = leie_sum(c->s->supply + i * c->k, c->k, 1);
        if (fabs(made - used) > c->info->imbalance) {
            c->info->imbalance = fabs(made - used);
            snprintf(c->info->place, sizeof c->info->place, "%s", c->s->product.code[i]);
        }
        for (leie_size r = 0; r < c->N; r++)
            c->q[r * c->p + i] =
                made != 0 ? leie_sum(c->to->supply + (r * c->p + i) * c->K, c->K, 1) * (used / made) : 0;
        if (made == 0 && used != 0)
            st = leie_fail(err, LEIE_ERR_DATA, "domestic product '%s' is used (%.9g) and made by nobody",
                           c->s->product.code[i], used);
    }
    return st;
}

// (part / whole of the region) / (part / whole of the nation) for count things.
static void quotients(double *slq, const double *x, leie_size N, leie_size count)
{
    double all = leie_sum(x, N * count, 1);
    for (leie_size r = 0; r < N; r++) {
        double own = leie_sum(x + r * count, count, 1);
        for (leie_size i = 0; i < count; i++) {
            double nation = leie_sum(x + i, N, count);
            slq[r * count + i] = own > 0 && nation > 0 ? (x[r * count + i] / own) / (nation / all) : 0;
        }
    }
}

static leie_status measure_quotients(leie_splitting *c, leie_error *err)
{
    double *g = NULL, all = leie_sum(c->q, c->N * c->p, 1);
    leie_index *industry_of = leie_new(c->p, sizeof *industry_of);
    c->product_of = leie_new(c->k, sizeof *c->product_of);
    leie_status st = c->product_of && industry_of ? LEIE_OK : leie_fail_memory(err, "partners", c->k, sizeof *c->product_of);
    if (!st)
        leie_sut_partners(c->product_of, industry_of, c->s);
    st = st ? st : leie_embed_new(&c->slq_i, c->N * c->p, "quotients", err);
    st = st ? st : leie_embed_new(&c->slq_j, c->N * c->k, "quotients", err);
    st = st ? st : leie_embed_new(&c->lambda, c->N, "quotients", err);
    st = st ? st : leie_embed_new(&g, c->N * c->k, "outputs", err);
    for (leie_size r = 0; !st && r < c->N; r++)
        for (leie_size j = 0; j < c->k; j++)
            g[r * c->k + j] = leie_sum(c->to->supply + r * c->p * c->K + r * c->k + j, c->p, c->K);
    if (!st) {
        quotients(c->slq_i, c->q, c->N, c->p);
        quotients(c->slq_j, g, c->N, c->k);
    }
    for (leie_size r = 0; !st && r < c->N; r++)
        c->lambda[r] = leie_flq_lambda(all > 0 ? leie_sum(c->q + r * c->p, c->p, 1) / all : 0, c->how->delta);
    leie_free(g);
    leie_free(industry_of);
    return st;
}

// ---- the split ----

static leie_status note_split(leie_splitting *c, leie_error *err)
{
    leie_provenance *p = &c->to->account.provenance;
    leie_size marks[4] = {0}, N = c->N;
    for (leie_size i = 0; i < c->P * c->K; i++)
        marks[c->info->mark[LEIE_PART_USE][i]]++;
    leie_status st = leie_provenance_note(
        p, LEIE_NOTE_DONE, N, err,
        "split into %lld regions by keys, trade between them by %s: technology and product mix of the nation; domestic use "
        "has %lld given, %lld estimated and %lld balanced cells",
        (long long)N, leie_trade_name(c->how->method), (long long)marks[LEIE_MARK_GIVEN],
        (long long)marks[LEIE_MARK_ESTIMATED], (long long)marks[LEIE_MARK_BALANCED]);
    if (!st && c->info->imbalance > 0)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, 1, err,
                                  "supply and use of the nation differ by up to %.6g ('%s'); regions sell what the nation uses",
                                  c->info->imbalance, c->info->place);
    if (!st && !c->how->unbalanced)
        st = leie_provenance_note(p, LEIE_NOTE_DONE, c->info->balance.iterations, err,
                                  "regions balanced to the nation by MR-GRAS in %lld sweeps, largest error of a total %.2g",
                                  (long long)c->info->balance.iterations, c->info->balance.error);
    return st;
}

static leie_status note_missing(leie_splitting *c, leie_error *err)
{
    leie_size places = 0, worst = -1;
    double most = 0;
    for (leie_size r = 0; r < c->N; r++)
        for (leie_size i = 0; i < c->p; i++) {
            double wanted = 0;
            for (leie_size f = 0; f < c->m; f++)
                wanted += leie_split_is_export(c, c->k + f) ? 0 : leie_split_demand(c, r, i, c->k + f);
            if (c->q[r * c->p + i] != 0 || !(wanted > 0))
                continue;
            places++;
            if (wanted > most) {
                most = wanted;
                worst = r * c->p + i;
            }
        }
    return places == 0 ? LEIE_OK
                       : leie_provenance_note(&c->to->account.provenance, LEIE_NOTE_FOUND, places, err,
                                              "%lld times a region has final demand for a product and no output of it, most "
                                              "%.9g of '%s' in '%s': bought from the others",
                                              (long long)places, most, c->s->product.code[worst % c->p],
                                              c->how->shares->region.code[worst / c->p]);
}

static leie_status keep_estimates(leie_splitting *c, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (int part = 0; !st && part < LEIE_PARTS; part++) {
        leie_size cols, rows = part == LEIE_PART_INPUTS ? c->v : c->P;
        const double *value = part_values(c, (leie_split_part)part, &cols);
        if (value && c->info->mark[part])
            st = leie_numbers_copy(&c->info->estimate[part], value, rows * cols, "estimates", err);
    }
    return st;
}

static leie_status set_output(leie_splitting *c, leie_error *err)
{
    leie_status st = leie_embed_new(&c->to->account.x, c->K, "output", err);
    if (!st)
        leie_sut_industry_output(c->to->account.x, c->to);
    return st;
}

leie_status leie_sut_split(leie_sut *to, const leie_sut *s, const leie_split_opts *how, leie_split_info *info,
                           leie_error *err)
{
    leie_size N = how->shares->region.n, p = s->product.n, k = s->account.sector.n, m = s->account.demand.n;
    leie_split_info own = {0};
    leie_splitting c = {.s = s, .how = how, .info = &own, .to = to, .N = N, .p = p, .k = k, .m = m,
                        .v = s->account.input.n, .P = N * p, .K = N * k, .M = N * m};
    *to = (leie_sut){0};
    leie_status st = check_split(&c, err);
    st = st ? st : make_axes(&c, err);
    st = st ? st : split_supply(&c, err);
    st = st ? st : measure_outputs(&c, err);
    st = st ? st : measure_quotients(&c, err);
    st = st ? st : split_layers(&c, err);
    st = st ? st : split_inputs(&c, err);
    st = st ? st : split_partners(&c, err);
    st = st ? st : split_pressures(&c, err);
    st = st ? st : leie_split_trade(&c, err);
    st = st ? st : keep_estimates(&c, err);
    if (!st && !how->unbalanced)
        st = leie_split_balance(&c, err);
    st = st ? st : set_output(&c, err);
    st = st ? st : note_split(&c, err);
    st = st ? st : note_missing(&c, err);
    double *work[] = {c.q, c.slq_i, c.slq_j, c.lambda};
    for (size_t i = 0; i < sizeof work / sizeof *work; i++)
        leie_free(work[i]);
    leie_free(c.product_of);
    if (st)
        leie_sut_clear(to);
    if (st || !info)
        leie_split_info_clear(&own);
    else
        *info = own;
    return st;
}
