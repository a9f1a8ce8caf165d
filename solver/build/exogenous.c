// SPDX-License-Identifier: GPL-3.0-or-later
/* i, j sectors   f final-demand columns   u units of what is bought from the rest */
#include "solver/build/exogenous.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/table/table_impl.h"

enum { REMOVED = -1 };

typedef struct removal {
    const leie_table *t;
    const char *rest;
    leie_index *sector;    // [n] place in the new table, REMOVED
    leie_index *column;    // [m] the same of final demand
    leie_index *exports;   // [R] column of what each kept region sells to the rest, REMOVED
    leie_index *unit_of;   // [n] unit of each removed sector
    leie_labels unit;      // what removed sectors are measured in
    double *bought;        // [unit.n, n*] M
    double *bought_demand; // [unit.n, m*] M_Y
    leie_acc sold, inputs, finals, inside; // in the table's money: E, M, M_Y, and what stays inside the rest
    leie_table to;
} removal;

static void removal_clear(removal *r)
{
    leie_free(r->sector);
    leie_free(r->column);
    leie_free(r->exports);
    leie_free(r->unit_of);
    leie_free(r->bought);
    leie_free(r->bought_demand);
    leie_labels_clear(&r->unit);
    leie_table_clear(&r->to);
}

static leie_status removal_new(removal *r, leie_error *err)
{
    const leie_table *t = r->t;
    r->sector = leie_new(t->sector.n, sizeof *r->sector);
    r->column = leie_new(t->demand.n, sizeof *r->column);
    r->exports = leie_new(t->sector.region.n, sizeof *r->exports);
    r->unit_of = leie_new(t->sector.n, sizeof *r->unit_of);
    if (!r->sector || !r->column || !r->exports || !r->unit_of)
        return leie_fail_memory(err, "regions and sectors to remove", t->sector.n, sizeof *r->sector);
    return leie_table_like(&r->to, t, err);
}

// ---- who leaves ----

static leie_status find_code(leie_size *at, const leie_labels *codes, const char *code, const char *what, leie_error *err)
{
    *at = leie_labels_find(codes, code);
    if (*at >= 0)
        return LEIE_OK;
    const char *nearest = leie_labels_nearest(codes, code);
    return leie_fail(err, LEIE_ERR_DATA, "cannot remove the %s '%s': it is not in the table%s%s%s", what, code,
                     nearest ? ", the nearest is '" : "", nearest ? nearest : "", nearest ? "'" : "");
}

// Marks removed sectors and regions; exports[] is REMOVED for a region that leaves.
static leie_status mark(removal *r, const leie_exogenous *remove, leie_error *err)
{
    const leie_axis *sector = &r->t->sector;
    leie_labels codes = {0};
    leie_size at;
    leie_status st = leie_axis_codes(&codes, NULL, sector, err);
    for (leie_size k = 0; !st && k < remove->regions; k++) {
        st = find_code(&at, &sector->region, remove->region[k], "region", err);
        if (!st)
            r->exports[at] = REMOVED;
    }
    for (leie_size k = 0; !st && k < remove->sectors; k++)
        st = find_code(&at, &codes, remove->sector[k], "sector", err);
    leie_labels_clear(&codes);
    for (leie_size i = 0; !st && i < sector->n; i++) {
        bool leaves = r->exports[sector->of[i]] == REMOVED;
        for (leie_size k = 0; !leaves && k < remove->sectors; k++)
            leaves = strcmp(sector->code[i], remove->sector[k]) == 0;
        r->sector[i] = leaves ? REMOVED : 0;
    }
    return st;
}

// ---- the new axes ----

static leie_status add_sectors(removal *r, leie_error *err)
{
    const leie_axis *old = &r->t->sector;
    for (leie_size region = 0; region < old->region.n; region++) {
        leie_size kept = 0;
        for (leie_size i = old->first[region]; i < old->first[region + 1]; i++) {
            if (r->sector[i] == REMOVED)
                continue;
            leie_size at = leie_axis_add(&r->to.sector, old->region.code[region], old->code[i], old->name[i], old->unit[i],
                                         old->kind[i], err);
            if (at < 0)
                return (leie_status)at;
            r->sector[i] = (leie_index)at;
            kept++;
        }
        if (!kept && r->exports[region] != REMOVED)
            return leie_fail(err, LEIE_ERR_DATA, "nothing is left of region '%s': remove the region", old->region.code[region]);
        leie_status st = kept ? leie_text_set(&r->to.sector.region.name[r->to.sector.region.n - 1], old->region.name[region], err)
                              : LEIE_OK;
        if (st)
            return st;
    }
    return r->to.sector.n ? LEIE_OK : leie_fail(err, LEIE_ERR_DATA, "nothing is left of the table: every region is removed");
}

// The columns of a region that stays, and one for what it sells to the rest.
static leie_status add_region_columns(removal *r, leie_size region, leie_error *err)
{
    const leie_axis *old = &r->t->demand;
    const char *code = r->t->sector.region.code[region];
    char name[LEIE_PLACE_MAX];
    leie_size from = leie_labels_find(&old->region, code), at = 0;
    for (leie_size f = from < 0 ? 0 : old->first[from]; from >= 0 && f < old->first[from + 1]; f++) {
        if (strcmp(old->code[f], r->rest) == 0)
            return leie_fail(err, LEIE_ERR_DATA, "region '%s' has a final-demand category '%s' already: call the rest "
                             "otherwise", code, r->rest);
        at = leie_axis_add(&r->to.demand, code, old->code[f], old->name[f], old->unit[f], old->kind[f], err);
        if (at < 0)
            return (leie_status)at;
        r->column[f] = (leie_index)at;
    }
    snprintf(name, sizeof name, "sold to %.120s", r->rest);
    at = leie_axis_add(&r->to.demand, code, r->rest, name, "", LEIE_DEMAND_EXPORT, err);
    if (at < 0)
        return (leie_status)at;
    r->exports[region] = (leie_index)at;
    return leie_text_set(&r->to.demand.region.name[r->to.demand.region.n - 1], r->t->sector.region.name[region], err);
}

static leie_status add_columns(removal *r, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size f = 0; f < r->t->demand.n; f++)
        r->column[f] = REMOVED;
    for (leie_size region = 0; !st && region < r->t->sector.region.n; region++)
        if (r->exports[region] != REMOVED)
            st = add_region_columns(r, region, err);
    return st;
}

// The units of what is bought from the rest, the table's money first.
static leie_status add_units(removal *r, leie_error *err)
{
    const leie_table *t = r->t;
    leie_size at = leie_labels_add(&r->unit, t->unit && t->unit[0] ? t->unit : "1", NULL, NULL, NULL, err);
    for (leie_size i = 0; at >= 0 && i < t->sector.n; i++) {
        const char *unit = leie_sector_unit(t, i);
        if (r->sector[i] != REMOVED)
            continue;
        at = unit[0] ? leie_labels_find(&r->unit, unit) : 0;
        if (at < 0)
            at = leie_labels_add(&r->unit, unit, NULL, NULL, NULL, err);
        r->unit_of[i] = (leie_index)at;
    }
    if (at < 0)
        return (leie_status)at;
    r->bought = leie_new(r->unit.n * r->to.sector.n, sizeof *r->bought);
    r->bought_demand = leie_new(r->unit.n * r->to.demand.n, sizeof *r->bought_demand);
    return r->bought && r->bought_demand ? LEIE_OK
                                         : leie_fail_memory(err, "trade with the rest", r->unit.n * r->to.sector.n,
                                                            sizeof *r->bought);
}

// ---- flows ----

/* Row i of Z and Y. A kept one keeps its cells between kept sectors, the others are sold to the rest; a removed one is
 * bought by kept sectors and columns. Returns what a kept row sells to the rest. */
static leie_status keep_row(removal *r, leie_cells *cells, leie_size i, leie_error *err)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(&r->t->Z, i, &col, &val), m = r->t->demand.n, row = r->sector[i];
    const double *y = r->t->Y + i * m;
    leie_acc sold = {0};
    leie_status st = LEIE_OK;
    for (leie_size c = 0; !st && c < count; c++) {
        leie_size j = r->sector[col ? col[c] : c];
        if (j == REMOVED)
            leie_acc_add(&sold, val[c]);
        else if (cells)
            st = leie_cells_add(cells, row, j, val[c], err);
        else
            r->to.Z.val[row * r->to.Z.ld + j] = val[c];
    }
    double *to = r->to.Y + row * r->to.demand.n;
    for (leie_size f = 0; f < m; f++)
        if (r->column[f] == REMOVED)
            leie_acc_add(&sold, y[f]);
        else
            to[r->column[f]] = y[f];
    to[r->exports[r->t->sector.of[i]]] = leie_acc_value(&sold);
    leie_acc_add(&r->sold, leie_acc_value(&sold));
    return st;
}

static void move_row(removal *r, leie_acc *bought, leie_acc *bought_demand, leie_size i)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(&r->t->Z, i, &col, &val), m = r->t->demand.n, u = r->unit_of[i];
    const double *y = r->t->Y + i * m;
    for (leie_size c = 0; c < count; c++) {
        leie_size j = r->sector[col ? col[c] : c];
        leie_acc_add(j == REMOVED ? &r->inside : &bought[u * r->to.sector.n + j], val[c]);
        if (j != REMOVED)
            leie_acc_add(&r->inputs, val[c]);
    }
    for (leie_size f = 0; f < m; f++) {
        leie_size at = r->column[f];
        leie_acc_add(at == REMOVED ? &r->inside : &bought_demand[u * r->to.demand.n + at], y[f]);
        if (at != REMOVED)
            leie_acc_add(&r->finals, y[f]);
    }
}

static leie_status move_rows(removal *r, leie_error *err)
{
    leie_size n = r->to.sector.n, m = r->to.demand.n, units = r->unit.n;
    bool dense = r->t->Z.form == LEIE_DENSE;
    leie_cells cells = {0};
    leie_acc *bought = leie_new(units * (n + m), sizeof *bought);
    r->to.Y = leie_new(n * m, sizeof *r->to.Y);
    leie_status st = bought && r->to.Y ? LEIE_OK : leie_fail_memory(err, "trade with the rest", n * m, sizeof *bought);
    if (!st && dense)
        st = leie_matrix_new_dense(&r->to.Z, n, n, err);
    for (leie_size i = 0; !st && i < r->t->sector.n; i++)
        if (r->sector[i] == REMOVED)
            move_row(r, bought, bought + units * n, i);
        else
            st = keep_row(r, dense ? NULL : &cells, i, err);
    if (!st && !dense)
        st = leie_matrix_from_cells(&r->to.Z, n, n, &cells, NULL, err);
    for (leie_size k = 0; !st && k < units * n; k++)
        r->bought[k] = leie_acc_value(&bought[k]);
    for (leie_size k = 0; !st && k < units * m; k++)
        r->bought_demand[k] = leie_acc_value(&bought[units * n + k]);
    leie_cells_free(&cells);
    leie_free(bought);
    return st;
}

/* The kept columns of an array [rows, olds] in a new one [rows + more, news]; NULL stays NULL. */
static leie_status keep_columns(double **to, const double *from, leie_size rows, leie_size more, leie_size olds,
                                leie_size news, const leie_index *place, leie_error *err)
{
    if (!from)
        return LEIE_OK;
    *to = leie_new((rows + more) * news, sizeof **to);
    if (!*to)
        return leie_fail_memory(err, "a table without its rest", (rows + more) * news, sizeof **to);
    for (leie_size k = 0; k < rows; k++)
        for (leie_size i = 0; i < olds; i++)
            if (place[i] != REMOVED)
                (*to)[k * news + place[i]] = from[k * olds + i];
    return LEIE_OK;
}

static leie_status keep_arrays(removal *r, leie_error *err)
{
    const leie_table *t = r->t;
    leie_table *to = &r->to;
    leie_size n = t->sector.n, m = t->demand.n, news = to->sector.n, k = t->stressor.n;
    char name[LEIE_PLACE_MAX];
    leie_status st = keep_columns(&to->x, t->x, 1, 0, n, news, r->sector, err);
    st = st ? st : keep_columns(&to->F, t->F, k, 0, n, news, r->sector, err);
    st = st ? st : keep_columns(&to->F_Y, t->F_Y, k, 0, m, to->demand.n, r->column, err);
    st = st ? st : keep_columns(&to->W, t->W, t->input.n, 1, n, news, r->sector, err);
    if (st || !t->W)
        return st;
    snprintf(name, sizeof name, "bought from %.120s", r->rest);
    leie_size at = leie_labels_add(&to->input, r->rest, name, t->unit, NULL, err);
    if (at < 0)
        return (leie_status)at;
    memcpy(to->W + at * news, r->bought, (size_t)news * sizeof *to->W);
    return LEIE_OK;
}

// What is bought from the rest as stressors, one for each unit that something was bought in.
static leie_status add_trade(removal *r, leie_error *err)
{
    leie_table *to = &r->to;
    leie_size n = to->sector.n, m = to->demand.n, at = 0;
    leie_labels rows = {0};
    for (leie_size u = 0; at >= 0 && u < r->unit.n; u++) {
        char code[2 * LEIE_PLACE_MAX], name[2 * LEIE_PLACE_MAX];
        const char *unit = r->unit.code[u];
        snprintf(code, sizeof code, u ? "%.150s [%.120s]" : "%.150s", r->rest, unit);
        snprintf(name, sizeof name, "bought from %.150s", r->rest);
        at = leie_labels_add(&rows, code, name, unit, NULL, err);
    }
    at = at < 0 ? at : leie_table_add_stressors(to, &rows, "trade", "", err);
    for (leie_size u = 0; at >= 0 && u < r->unit.n; u++) {
        memcpy(to->F + (at + u) * n, r->bought + u * n, (size_t)n * sizeof *to->F);
        memcpy(to->F_Y + (at + u) * m, r->bought_demand + u * m, (size_t)m * sizeof *to->F_Y);
    }
    leie_labels_clear(&rows);
    return at < 0 ? (leie_status)at : LEIE_OK;
}

// ---- notes ----

// Pressures of what was removed are no longer in the table: how many, and the one with the largest share.
static leie_status note_pressures(removal *r, leie_error *err)
{
    const leie_table *t = r->t;
    leie_size count = 0, largest = 0;
    double most = 0;
    for (leie_size k = 0; k < t->stressor.n; k++) {
        leie_acc all = {0}, lost = {0};
        for (leie_size i = 0; i < t->sector.n; i++) {
            leie_acc_add(&all, fabs(t->F[k * t->sector.n + i]));
            leie_acc_add(&lost, r->sector[i] == REMOVED ? fabs(t->F[k * t->sector.n + i]) : 0);
        }
        for (leie_size f = 0; f < t->demand.n; f++) {
            leie_acc_add(&all, fabs(t->F_Y[k * t->demand.n + f]));
            leie_acc_add(&lost, r->column[f] == REMOVED ? fabs(t->F_Y[k * t->demand.n + f]) : 0);
        }
        double share = leie_acc_value(&lost) > 0 ? leie_acc_value(&lost) / leie_acc_value(&all) : 0;
        count += share > 0;
        if (share > most) {
            most = share;
            largest = k;
        }
    }
    return !count ? LEIE_OK
                  : leie_provenance_note(&r->to.provenance, LEIE_NOTE_DROPPED, count, err,
                                         "pressures of what was removed: of %lld stressors, the largest share of '%.60s' "
                                         "(%.1f %%)", (long long)count, t->stressor.code[largest], 100 * most);
}

// Z and Y added up.
static double total_use(const leie_table *t)
{
    leie_acc sum = {0};
    for (leie_size i = 0; i < t->sector.n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &val);
        for (leie_size c = 0; c < count; c++)
            leie_acc_add(&sum, val[c]);
    }
    leie_acc_add(&sum, leie_sum(t->Y, t->sector.n * t->demand.n, 1));
    return leie_acc_value(&sum);
}

static leie_status note_removal(removal *r, leie_error *err)
{
    const leie_table *t = r->t;
    char sums[400] = "";
    if (leie_table_odd_unit(t) < 0) {
        double sold = leie_acc_value(&r->sold), inputs = leie_acc_value(&r->inputs), finals = leie_acc_value(&r->finals),
               inside = leie_acc_value(&r->inside), after = total_use(&r->to);
        snprintf(sums, sizeof sums, "; use of %.12g %s before is %.12g kept (%.9g of it sold to the rest), %.9g and %.9g bought "
                 "from it by sectors and final demand, and %.9g inside it, which is left out: %.12g in all", total_use(t),
                 leie_sector_unit(t, 0), after, sold, inputs, finals, inside, after + inputs + finals + inside);
    }
    leie_status st = leie_provenance_note(&r->to.provenance, LEIE_NOTE_DONE, t->sector.n - r->to.sector.n, err,
                                          "%lld of %lld sectors removed, %lld of %lld regions kept, trade moved to '%s'%s",
                                          (long long)(t->sector.n - r->to.sector.n), (long long)t->sector.n,
                                          (long long)r->to.sector.region.n, (long long)t->sector.region.n, r->rest, sums);
    return st ? st : note_pressures(r, err);
}

leie_status leie_table_remove(leie_table *t, const leie_exogenous *remove, leie_error *err)
{
    removal r = {.t = t, .rest = remove->rest && remove->rest[0] ? remove->rest : "REST"};
    leie_status st = removal_new(&r, err);
    st = st ? st : mark(&r, remove, err);
    st = st ? st : add_sectors(&r, err);
    st = st ? st : add_columns(&r, err);
    st = st ? st : add_units(&r, err);
    st = st ? st : move_rows(&r, err);
    st = st ? st : keep_arrays(&r, err);
    st = st ? st : add_trade(&r, err);
    st = st ? st : note_removal(&r, err);
    if (!st)
        leie_table_replace(t, &r.to);
    removal_clear(&r);
    return st;
}
