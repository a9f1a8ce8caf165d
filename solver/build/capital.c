// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/build/capital.h"

#include <math.h>
#include <string.h>

#include "kernels/memory.h"

typedef struct capital {
    leie_table *t;
    leie_matrix Z;    // dense copy that K is added to
    double *invested; // [n, R] investment by table region: columns of kind gfcf, all signs
    double *used;     // [n, R] K by using region
    double *worn;     // [n] column sums of K
    leie_index *home; // [m] table region of each column, -1 for none
    double idle;      // consumption in regions without investment
    leie_size idle_regions;
} capital;

static leie_status open_capital(capital *k, leie_error *err)
{
    const leie_table *t = k->t;
    leie_size n = t->sector.n, R = t->sector.region.n, m = t->demand.n;
    k->invested = leie_new(n * R, sizeof *k->invested);
    k->used = leie_new(n * R, sizeof *k->used);
    k->worn = leie_new(n, sizeof *k->worn);
    k->home = leie_new(m, sizeof *k->home);
    if (!k->invested || !k->used || !k->worn || !k->home)
        return leie_fail_memory(err, "capital", n * R, sizeof *k->used);
    for (leie_size j = 0; j < m; j++) {
        k->home[j] = (leie_index)leie_labels_find(&t->sector.region, t->demand.region.code[t->demand.of[j]]);
        for (leie_size i = 0; t->demand.kind[j] == LEIE_DEMAND_GFCF && k->home[j] >= 0 && i < n; i++)
            k->invested[i * R + k->home[j]] += t->Y[i * m + j];
    }
    return leie_matrix_copy(&k->Z, &t->Z, LEIE_DENSE, err);
}

static void add_cell(capital *k, leie_size i, leie_size j, double value)
{
    k->Z.val[i * k->Z.ld + j] += value;
    k->used[i * k->t->sector.region.n + k->t->sector.of[j]] += value;
    k->worn[j] += value;
}

// Consumption of fixed capital over the product mix of the region's investment.
static leie_status spread(capital *k, const double *consumption, leie_error *err)
{
    const leie_axis *sector = &k->t->sector;
    leie_size n = sector->n, R = sector->region.n;
    for (leie_size r = 0; r < R; r++) {
        double mix = 0, total = 0;
        for (leie_size i = 0; i < n; i++)
            mix += fmax(k->invested[i * R + r], 0);
        for (leie_size j = sector->first[r]; j < sector->first[r + 1]; j++) {
            if (!(consumption[j] >= 0 && isfinite(consumption[j])))
                return leie_fail(err, LEIE_ERR_DATA, "consumption of fixed capital of %s %s is %g", sector->region.code[r],
                                 sector->code[j], consumption[j]);
            total += consumption[j];
            for (leie_size i = 0; mix > 0 && consumption[j] > 0 && i < n; i++)
                if (k->invested[i * R + r] > 0)
                    add_cell(k, i, j, consumption[j] * (k->invested[i * R + r] / mix));
        }
        if (total > 0 && mix <= 0) {
            k->idle += total;
            k->idle_regions++;
        }
    }
    return LEIE_OK;
}

// What one region uses of product i leaves its investment columns, each in proportion to its share.
static void take_from(capital *k, leie_size i, leie_size r, double rest)
{
    leie_table *t = k->t;
    leie_size m = t->demand.n, columns = 0, last = -1;
    double invested = k->invested[i * t->sector.region.n + r], taken = 0;
    for (leie_size j = 0; j < m; j++)
        if (t->demand.kind[j] == LEIE_DEMAND_GFCF && k->home[j] == r) {
            columns++;
            last = j;
        }
    for (leie_size j = 0; j < m; j++) {
        if (t->demand.kind[j] != LEIE_DEMAND_GFCF || k->home[j] != r)
            continue;
        double share = j == last ? rest - taken : invested > 0 ? rest * (t->Y[i * m + j] / invested) : rest / (double)columns;
        t->Y[i * m + j] -= share;
        taken += share;
    }
}

static leie_status note_net(const capital *k, leie_error *err)
{
    const leie_axis *sector = &k->t->sector;
    leie_size n = sector->n, R = sector->region.n, below = 0, worst = 0;
    double moved = 0, lowest = 0;
    for (leie_size r = 0; r < R; r++) {
        double net = 0;
        for (leie_size i = 0; i < n; i++) {
            net += k->invested[i * R + r] - k->used[i * R + r];
            moved += k->used[i * R + r];
        }
        below += net < 0;
        if (net < lowest) {
            lowest = net;
            worst = r;
        }
    }
    leie_provenance *p = &k->t->provenance;
    const char *unit = k->t->unit ? k->t->unit : "";
    leie_status st = leie_provenance_note(p, LEIE_NOTE_DONE, n, err,
                                          "capital is endogenous: %.6g %s of investment became inputs of industries, net "
                                          "investment stays in final demand", moved, unit);
    if (!st && below)
        st = leie_provenance_note(p, LEIE_NOTE_FOUND, below, err,
                                  "%lld regions wear out more than they invest, most of all %s with a net investment of %.6g %s",
                                  (long long)below, sector->region.code[worst], lowest, unit);
    if (!st && k->idle > 0)
        st = leie_provenance_note(p, LEIE_NOTE_DROPPED, k->idle_regions, err,
                                  "%lld regions have consumption of fixed capital (%.6g %s) and no investment: left as they are",
                                  (long long)k->idle_regions, k->idle, unit);
    return st;
}

leie_status leie_table_capital(leie_table *t, const double *consumption, const leie_cells *cells, leie_size input,
                               leie_error *err)
{
    capital k = {.t = t};
    leie_size n = t->sector.n, R = t->sector.region.n;
    leie_status st = open_capital(&k, err);
    if (!st && consumption)
        st = spread(&k, consumption, err);
    for (leie_size c = 0; !st && !consumption && c < cells->n; c++)
        add_cell(&k, cells->cell[c].row, cells->cell[c].col, cells->cell[c].val);
    for (leie_size r = 0; !st && !consumption && r < R; r++) { // given capital needs investment to come out of
        bool has = false;
        for (leie_size j = 0; j < t->demand.n; j++)
            has |= t->demand.kind[j] == LEIE_DEMAND_GFCF && k.home[j] == r;
        for (leie_size i = 0; !st && !has && i < n; i++)
            if (k.used[i * R + r] != 0)
                st = leie_fail(err, LEIE_ERR_DATA, "%s uses capital and has no column of kind gfcf", t->sector.region.code[r]);
    }
    if (!st)
        st = note_net(&k, err);
    for (leie_size i = 0; !st && i < n; i++)
        for (leie_size r = 0; r < R; r++)
            if (k.used[i * R + r] != 0)
                take_from(&k, i, r, k.used[i * R + r]);
    for (leie_size j = 0; !st && input >= 0 && j < n; j++)
        t->W[input * n + j] -= k.worn[j];
    if (!st) {
        leie_matrix_free(&t->Z);
        t->Z = k.Z;
        k.Z = (leie_matrix){0};
    }
    leie_matrix_free(&k.Z);
    leie_free(k.invested);
    leie_free(k.used);
    leie_free(k.worn);
    leie_free(k.home);
    return st;
}
