// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/secondary.h"

#include <math.h>

#include "kernels/memory.h"

// ---- supply ----

// Waste of the region's industries at outputs x, in units of the stressor.
static double industry_waste(const leie_recovery *e, const leie_table *t, const double *x)
{
    double sum = 0;
    for (leie_size j = t->sector.first[e->region]; j < t->sector.first[e->region + 1]; j++)
        sum += t->x[j] > 0 ? t->F[e->stressor * t->sector.n + j] * (x[j] / t->x[j]) : 0;
    return sum;
}

void leie_recovery_follow(double stage[LEIE_RECOVERY_STAGES], const leie_recovery *e, double demolished, const leie_table *t, const double *x)
{
    double waste = e->stressor >= 0 ? e->per_stressor * industry_waste(e, t, x) : 0;
    stage[LEIE_RECOVERY_GENERATED] = e->share * (demolished + waste);
    stage[LEIE_RECOVERY_COLLECTED] = e->collection * stage[LEIE_RECOVERY_GENERATED];
    stage[LEIE_RECOVERY_SORTED] = e->sorting * stage[LEIE_RECOVERY_COLLECTED];
    stage[LEIE_RECOVERY_TREATED] = fmin(stage[LEIE_RECOVERY_SORTED], e->capacity);
    stage[LEIE_RECOVERY_SUPPLIED] = e->yield * stage[LEIE_RECOVERY_TREATED];
}

// ---- use ----

static leie_edited matrix_of(const leie_replacement *k)
{
    return k->pressure ? LEIE_EDIT_S : LEIE_EDIT_A;
}

double leie_replacement_use(const leie_replacement *k, const leie_baseline *b, const double *x)
{
    double sum = 0;
    for (leie_size i = 0; i < k->rows; i++)
        for (leie_size j = 0; j < k->users; j++)
            sum += leie_baseline_cell(b, matrix_of(k), k->row[i], k->user[j]) * x[k->user[j]];
    return sum;
}

double leie_replacement_share(const leie_replacement *k, double supply, double use)
{
    return use > 0 ? fmin(k->most, k->share * supply * k->ratio * k->price / use) : 0;
}

void leie_replacement_flow(double *dz, const leie_replacement *k, double theta, const leie_baseline *b, const double *x)
{
    double bought = k->to_price / (k->ratio * k->price);
    for (leie_size i = 0; i < k->rows && !k->pressure; i++)
        for (leie_size j = 0; j < k->users; j++) {
            double saved = theta * leie_baseline_cell(b, LEIE_EDIT_A, k->row[i], k->user[j]) * x[k->user[j]];
            dz[k->row[i]] -= saved;
            if (k->to >= 0)
                dz[k->to] += saved * bought;
        }
}

// A cell moved by `by` from where it is now.
static leie_status move_cell(leie_edits *edits, const leie_baseline *b, leie_edited matrix, leie_size row, leie_size col, double by, leie_error *err)
{
    const leie_edit *seen = leie_edits_find(edits, row, col);
    double old = seen ? seen->old : leie_baseline_cell(b, matrix, row, col), now = seen ? seen->now : old;
    return leie_edits_set(edits, row, col, old, now + by, err);
}

leie_status leie_replacement_edit(leie_edits *A, leie_edits *S, const leie_replacement *k, double theta, const leie_baseline *b, leie_error *err)
{
    double bought = k->to_price / (k->ratio * k->price);
    leie_edits *edits = k->pressure ? S : A;
    leie_status st = LEIE_OK;
    for (leie_size i = 0; i < k->rows && theta != 0; i++)
        for (leie_size j = 0; !st && j < k->users; j++) {
            double saved = theta * leie_baseline_cell(b, matrix_of(k), k->row[i], k->user[j]);
            if (saved == 0)
                continue;
            st = move_cell(edits, b, matrix_of(k), k->row[i], k->user[j], -saved, err);
            if (!st && !k->pressure && k->to >= 0)
                st = move_cell(A, b, LEIE_EDIT_A, k->to, k->user[j], saved * bought, err);
        }
    return st;
}

void leie_recovery_clear(leie_recovery *e)
{
    leie_free(e->name);
    leie_free(e->item);
    *e = (leie_recovery){0};
}

void leie_replacement_clear(leie_replacement *k)
{
    leie_free(k->name);
    leie_free(k->row);
    leie_free(k->user);
    *k = (leie_replacement){0};
}
