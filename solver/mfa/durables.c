// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/mfa/durables.h"

#include "kernels/memory.h"

double leie_durable_spending(const leie_durable *d, const leie_table *t)
{
    double sum = 0;
    for (leie_size i = 0; i < d->rows; i++)
        for (leie_size j = 0; j < d->cols; j++)
            sum += t->Y[d->row[i] * t->demand.n + d->col[j]];
    return d->share * sum;
}

double leie_durable_mass(const leie_durable *d, const leie_table *t)
{
    return d->mass * leie_durable_spending(d, t);
}

// One cell of Y, its shares so far and the good that added to it last.
static leie_status add_share(leie_edits *sum, const leie_durable *d, leie_size row, leie_size col, const leie_table *t, leie_error *err)
{
    const leie_edit *seen = leie_edits_find(sum, row, col);
    double share = (seen ? seen->now : 0) + d->share;
    if (share > 1 + 1e-9)
        return leie_fail(err, LEIE_ERR_DATA, "durable '%s': with it the shares in what %s buys of '%s' from %s (column '%s') add up to %g, more than all of it",
                         d->name, t->demand.region.code[t->demand.of[col]], t->sector.code[row],
                         t->sector.region.code[t->sector.of[row]], t->demand.code[col], share);
    return leie_edits_set(sum, row, col, 0, share, err);
}

leie_status leie_durables_check(const leie_durable *d, leie_size n, const leie_table *t, leie_error *err)
{
    leie_edits sum = {0};
    leie_status st = LEIE_OK;
    for (leie_size g = 0; g < n; g++)
        for (leie_size i = 0; i < d[g].rows; i++)
            for (leie_size j = 0; !st && j < d[g].cols; j++)
                st = add_share(&sum, &d[g], d[g].row[i], d[g].col[j], t, err);
    leie_edits_clear(&sum);
    return st;
}

leie_status leie_durables_change(leie_edits *Y, double *dy, const leie_durable *d, leie_size n, const double *factor,
                                 const leie_table *t, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size g = 0; g < n; g++) {
        double rise = d[g].share * (factor[g] - 1);
        for (leie_size i = 0; i < d[g].rows && rise != 0; i++)
            for (leie_size j = 0; !st && j < d[g].cols; j++) {
                double old = t->Y[d[g].row[i] * t->demand.n + d[g].col[j]];
                const leie_edit *seen = Y && old != 0 ? leie_edits_find(Y, d[g].row[i], d[g].col[j]) : NULL;
                if (dy)
                    dy[d[g].row[i]] += rise * old;
                if (Y && old != 0)
                    st = leie_edits_set(Y, d[g].row[i], d[g].col[j], old, (seen ? seen->now : old) + rise * old, err);
            }
    }
    return st;
}

void leie_durable_clear(leie_durable *d)
{
    leie_free(d->name);
    leie_free(d->row);
    leie_free(d->col);
    leie_free(d->item);
    leie_free(d->part);
    *d = (leie_durable){0};
}
