// SPDX-License-Identifier: GPL-3.0-or-later
/* The country's own table taken apart: exports away from final demand, imports by product of the world,
 * re-exports out or into transit sectors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/embed_impl.h"
#include "solver/table/table_impl.h"

// A column is odd when inputs miss output by more than this share.
static const double COLUMN = 1e-6;

leie_status leie_embed_new(double **to, leie_size count, const char *what, leie_error *err)
{
    *to = leie_new(count, sizeof **to);
    return *to ? LEIE_OK : leie_fail_memory(err, what, count, sizeof **to);
}

int leie_end_use(leie_demand_kind kind)
{
    return kind == LEIE_DEMAND_HOUSEHOLD || kind == LEIE_DEMAND_NPISH || kind == LEIE_DEMAND_GOVERNMENT ? 1 : 2;
}

void leie_enclave_clear(leie_enclave *c)
{
    double *array[] = {c->P, c->Z, c->Y, c->M, c->W, c->x, c->e, c->ship};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++)
        leie_free(array[i]);
    leie_free(c->of);
    leie_free(c->transit);
    leie_free(c->use);
    leie_free(c->from);
    leie_axis_clear(&c->sector);
    leie_axis_clear(&c->demand);
    *c = (leie_enclave){0};
}

// ---- axes ----

static double re_export(const leie_iot *from, leie_size i)
{
    const leie_axis *d = &from->table.demand;
    double sum = 0;
    for (leie_size f = 0; from->Ym && f < d->n; f++)
        if (d->kind[f] == LEIE_DEMAND_EXPORT)
            sum += from->Ym[i * d->n + f];
    return sum;
}

static leie_status add_sector(leie_enclave *c, const leie_axis *axis, leie_size i, bool transit, leie_error *err)
{
    char code[LEIE_PLACE_MAX], name[LEIE_PLACE_MAX];
    snprintf(code, sizeof code, "%s%s", transit ? LEIE_TRANSIT : "", axis->code[i]);
    snprintf(name, sizeof name, "%s%.100s", transit ? "Transit of " : "", axis->name[i][0] ? axis->name[i] : axis->code[i]);
    leie_size at = leie_axis_add(&c->sector, axis->region.code[axis->of[i]], code, transit ? name : axis->name[i],
                                 axis->unit[i], LEIE_DEMAND_HOUSEHOLD, err);
    if (at < 0)
        return (leie_status)at;
    c->of[at] = (leie_index)i;
    c->transit[at] = transit;
    return LEIE_OK;
}

// The world's column that own column f is: the only code of its kind in the world, and f the only one in its region; -1: none.
static leie_size world_column(const leie_axis *world, const leie_axis *own, leie_size f)
{
    leie_size r = own->of[f], found = -1;
    for (leie_size g = own->first[r]; g < own->first[r + 1]; g++)
        if (g != f && own->kind[g] == own->kind[f])
            return -1;
    for (leie_size g = 0; g < world->n; g++) {
        if (world->kind[g] != own->kind[f])
            continue;
        if (found >= 0 && strcmp(world->code[g], world->code[found]) != 0)
            return -1;
        found = found < 0 ? g : found;
    }
    leie_size taken = found < 0 ? -1 : leie_axis_find_in(own, r, world->code[found]);
    return taken >= 0 && taken != f ? -1 : found;
}

// Columns of final demand but exports. Those that are the world's take its codes, so that all regions have one list.
static leie_status add_columns(leie_enclave *c, const leie_axis *own, const leie_table *t, leie_provenance *notes,
                               leie_error *err)
{
    leie_size renamed = 0, last = -1;
    for (leie_size f = 0; f < own->n; f++) {
        if (own->kind[f] == LEIE_DEMAND_EXPORT)
            continue;
        leie_size same = world_column(&t->demand, own, f);
        const char *code = same < 0 ? own->code[f] : t->demand.code[same];
        const char *name = same < 0 ? own->name[f] : t->demand.name[same];
        leie_size at = leie_axis_add(&c->demand, own->region.code[own->of[f]], code, name, own->unit[f], own->kind[f], err);
        if (at < 0)
            return (leie_status)at;
        c->from[at] = (leie_index)f;
        renamed += strcmp(code, own->code[f]) != 0;
        last = strcmp(code, own->code[f]) != 0 && last < 0 ? at : last;
    }
    if (renamed == 0)
        return LEIE_OK;
    return leie_provenance_note(notes, LEIE_NOTE_DONE, renamed, err,
                                "%lld columns of final use take the world table's codes of the same kind: '%s' is '%s'",
                                (long long)renamed, own->code[c->from[last]], c->demand.code[last]);
}

static leie_status name_regions(leie_axis *axis, const leie_labels *region, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size r = 0; !st && r < axis->region.n; r++) {
        leie_size of = leie_labels_find(region, axis->region.code[r]);
        if (of >= 0)
            st = leie_text_set(&axis->region.name[r], region->name[of], err);
    }
    return st;
}

static leie_status make_axes(leie_enclave *c, const leie_iot *from, const leie_table *t, const leie_embed *how,
                             leie_provenance *notes, leie_error *err)
{
    const leie_axis *axis = &from->table.sector, *demand = &from->table.demand;
    c->of = leie_new(2 * axis->n, sizeof *c->of);
    c->transit = leie_new(2 * axis->n, sizeof *c->transit);
    c->from = leie_new(demand->n, sizeof *c->from);
    if (!c->of || !c->transit || !c->from)
        return leie_fail_memory(err, "sectors of the nest", 2 * axis->n, sizeof *c->of);
    leie_status st = LEIE_OK;
    for (leie_size r = 0; r < axis->region.n; r++)
        for (int transit = 0; transit <= (how->re_exports != LEIE_RE_EXPORTS_REMOVE); transit++)
            for (leie_size i = axis->first[r]; !st && i < axis->first[r + 1]; i++)
                if (!transit || re_export(from, i) > 0)
                    st = add_sector(c, axis, i, transit, err);
    st = st ? st : add_columns(c, demand, t, notes, err);
    if (!st)
        st = name_regions(&c->sector, &axis->region, err);
    if (!st)
        st = name_regions(&c->demand, &demand->region, err);
    c->n = c->sector.n;
    c->m = c->demand.n;
    c->R = c->sector.region.n;
    return st;
}

static leie_status make_uses(leie_enclave *c, const leie_embed *how, leie_error *err)
{
    c->G = how->end_use ? LEIE_END_USES : 1;
    c->use = leie_new(c->n + c->m, sizeof *c->use);
    if (!c->use)
        return leie_fail_memory(err, "classes of use", c->n + c->m, sizeof *c->use);
    for (leie_size f = 0; how->end_use && f < c->m; f++)
        c->use[c->n + f] = leie_end_use(c->demand.kind[f]);
    return LEIE_OK;
}

// ---- the concordance ----


// Column of the world's product in the country's list of the world table, for each target of the concordance.
static leie_status find_targets(leie_index *at, const leie_table *t, const leie_around *w, const leie_concordance *c,
                                leie_error *err)
{
    for (leie_size j = 0; j < c->to.n; j++) {
        leie_size region = t->sector.of[w->first];
        leie_size found = leie_axis_find_in(&t->sector, region, c->to.code[j]);
        if (found < 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: the world table has no sector '%s' in '%s'",
                             c->path ? c->path : "concordance", c->to.code[j], t->sector.region.code[region]);
        at[j] = (leie_index)(found - w->first);
    }
    return LEIE_OK;
}

static leie_status check_lost(const leie_enclave *c, const leie_table *t, const leie_around *w, const leie_embed *how,
                              leie_error *err)
{
    for (leie_size j = 0; j < c->J; j++) {
        double all = leie_sum(c->P + j, c->n, c->J);
        double x = t->x ? t->x[w->first + j] : 0;
        if (all == 0 && x != 0)
            return leie_fail(err, LEIE_ERR_DATA,
                             "%s: the concordance loses sector '%s' of %s in the world table, with output %.9g: nothing "
                             "of the country's list goes to it",
                             how->sectors->path ? how->sectors->path : "concordance", t->sector.code[w->first + j],
                             how->country, x);
    }
    return LEIE_OK;
}

static leie_status make_P(leie_enclave *c, const leie_iot *from, const leie_table *t, const leie_around *w,
                          const leie_embed *how, leie_error *err)
{
    leie_labels codes = {0};
    const leie_axis *axis = &from->table.sector;
    leie_index *item = leie_new(axis->n, sizeof *item), *at = leie_new(how->sectors->to.n, sizeof *at);
    double *weight = NULL;
    leie_size K = how->sectors->to.n;
    leie_status st = item && at ? LEIE_OK : leie_fail_memory(err, "concordance", axis->n, sizeof *item);
    if (!st)
        st = leie_axis_codes(&codes, item, axis, err);
    if (!st)
        st = leie_embed_new(&weight, codes.n * K, "concordance", err);
    if (!st)
        st = leie_concordance_weights(weight, how->sectors, &codes, err);
    if (!st)
        st = find_targets(at, t, w, how->sectors, err);
    if (!st)
        st = leie_embed_new(&c->P, c->n * c->J, "concordance", err);
    for (leie_size i = 0; !st && i < c->n; i++)
        for (leie_size k = 0; k < K; k++)
            c->P[i * c->J + at[k]] += weight[item[c->of[i]] * K + k];
    if (!st)
        st = check_lost(c, t, w, how, err);
    leie_labels_clear(&codes);
    leie_free(item);
    leie_free(at);
    leie_free(weight);
    return st;
}

// ---- flows ----

static void take_Z(leie_enclave *c, const leie_iot *from)
{
    leie_size mm = from->table.demand.n;
    for (leie_size i = 0; i < c->n; i++) {
        if (c->transit[i])
            continue;
        for (leie_size j = 0; j < c->n; j++)
            if (!c->transit[j])
                c->Z[i * c->n + j] = leie_matrix_get(&from->table.Z, c->of[i], c->of[j]);
        const double *y = from->table.Y + c->of[i] * mm;
        for (leie_size f = 0; f < c->m; f++)
            c->Y[i * c->m + f] = y[c->from[f]];
        for (leie_size f = 0; f < mm; f++)
            if (from->table.demand.kind[f] == LEIE_DEMAND_EXPORT)
                c->e[i] += y[f];
        c->x[i] = from->table.x[c->of[i]];
    }
}

// M[j, u] = sum_i P[i, j] Zm[i, u], in the row of the user's class
static void take_M(leie_enclave *c, const leie_iot *from)
{
    leie_size U = c->n + c->m, mm = from->table.demand.n;
    for (leie_size i = 0; i < c->n; i++) {
        if (c->transit[i]) { // bought to be sold
            double re = re_export(from, c->of[i]);
            for (leie_size j = 0; j < c->J; j++)
                c->M[(j * c->G) * U + i] += c->P[i * c->J + j] * re;
            c->e[i] = c->x[i] = re;
            continue;
        }
        for (leie_size j = 0; j < c->J; j++) {
            double weight = c->P[i * c->J + j];
            if (weight == 0)
                continue;
            for (leie_size u = 0; u < U; u++) {
                double cell = u < c->n ? (c->transit[u] ? 0 : leie_matrix_get(&from->Zm, c->of[i], c->of[u]))
                                       : from->Ym[c->of[i] * mm + c->from[u - c->n]];
                c->M[(j * c->G + c->use[u]) * U + u] += weight * cell;
            }
        }
    }
}

// A column that misses its output (rounding of the sources) is noted and closed by the inputs.
static leie_status take_W(leie_enclave *c, const leie_iot *from, leie_provenance *notes, leie_error *err)
{
    leie_size odd = 0, worst = -1, v = from->table.input.n, own = from->table.sector.n;
    double most = 0;
    char place[LEIE_PLACE_MAX];
    c->v = v + (v == 0);
    leie_status st = leie_embed_new(&c->W, c->v * c->n, "inputs of the nest", err);
    for (leie_size j = 0; !st && j < c->n; j++) {
        if (c->transit[j])
            continue;
        leie_acc paid = {0};
        for (leie_size w = 0; w < v; w++) {
            c->W[w * c->n + j] = from->table.W[w * own + c->of[j]];
            leie_acc_add(&paid, c->W[w * c->n + j]);
        }
        leie_acc_add(&paid, leie_sum(c->Z + j, c->n, c->n));
        leie_acc_add(&paid, leie_sum(c->M + j, c->J * c->G, c->n + c->m));
        double off = c->x[j] - leie_acc_value(&paid);
        if (v == 0 || fabs(off) > COLUMN * fabs(c->x[j])) {
            odd += v > 0;
            if (fabs(off) > most) {
                most = fabs(off);
                worst = j;
            }
        }
        c->W[(c->v - 1) * c->n + j] += off;
    }
    if (!st && odd > 0)
        st = leie_provenance_note(notes, LEIE_NOTE_REPAIRED, odd, err,
                                  "inputs of %s missed output in %lld columns, by %.9g in '%s': the last input row "
                                  "takes the difference",
                                  from->table.sector.region.code[0], (long long)odd, most,
                                  leie_axis_place(place, &c->sector, worst));
    return st;
}

static leie_status check_iot(const leie_iot *from, const leie_table *t, leie_error *err)
{
    const leie_table *own = &from->table;
    if (!own->x || !own->Y || !from->Ym || from->Zm.rows != own->sector.n)
        return leie_fail(err, LEIE_ERR_DATA, "a nest needs output, final demand and the imports by product");
    if (own->unit && t->unit && strcmp(own->unit, t->unit) != 0)
        return leie_fail(err, LEIE_ERR_UNIT,
                         "the country's table is in %s, the world's in %s: give the rate in 'bridge: currency'", own->unit,
                         t->unit);
    return LEIE_OK;
}

leie_status leie_enclave_make(leie_enclave *c, const leie_iot *from, const leie_table *t, const leie_around *w,
                              const leie_embed *how, leie_provenance *notes, leie_error *err)
{
    leie_status st = check_iot(from, t, err);
    c->J = w->J;
    c->product = t->sector.code + w->first;
    if (!st)
        st = make_axes(c, from, t, how, notes, err);
    if (!st)
        st = make_uses(c, how, err);
    if (!st)
        st = make_P(c, from, t, w, how, err);
    if (!st)
        st = leie_embed_new(&c->Z, c->n * c->n, "Z of the nest", err);
    if (!st)
        st = leie_embed_new(&c->Y, c->n * c->m, "Y of the nest", err);
    if (!st)
        st = leie_embed_new(&c->M, c->J * c->G * (c->n + c->m), "imports of the nest", err);
    if (!st)
        st = leie_embed_new(&c->x, c->n, "output of the nest", err);
    if (!st)
        st = leie_embed_new(&c->e, c->n, "exports of the nest", err);
    if (st)
        return st;
    take_Z(c, from);
    take_M(c, from);
    return take_W(c, from, notes, err);
}
