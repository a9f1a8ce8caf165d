/* Gross trade between table regions, in money and valued with the multipliers of the selling sector.
 *
 *   T[i, s] = sum over j in s of Z[i, j] + sum over columns of s of Y[i, j]
 *   trade[r, s] = sum over money rows i in r of T[i, s]      embodied[k, r, s] = M_r T_r[s]
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/group_sums.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/account/accounts_impl.h"

typedef struct sales {
    leie_accounts_work *w;
    double *T; // [n, R]
} sales;

// What final demand adds to T of the sectors of regions first .. last - 1, and their trade in money.
static leie_status add_sales(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    const sales *d = ctx;
    const leie_table *t = d->w->t;
    leie_size R = d->w->a->R;
    for (leie_size i = t->sector.first[first]; i < t->sector.first[last]; i++) {
        double *T = d->T + i * R;
        for (leie_size j = 0; j < d->w->m; j++)
            if (d->w->region[j] >= 0)
                T[d->w->region[j]] += t->Y[i * d->w->m + j];
        if (d->w->a->trade && leie_is_money(t, t->sector.unit[i]))
            leie_row_add(d->w->a->trade + t->sector.of[i] * R, R, 1, T);
    }
    return LEIE_OK;
}

// embodied[k, r, s] of the selling regions r = first .. last - 1.
static leie_status value_sales(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    const sales *d = ctx;
    leie_accounts *a = d->w->a;
    leie_size k = a->k, R = a->R;
    const leie_size *start = d->w->t->sector.first;
    double *part = d->w->part + worker * k;
    for (leie_size r = first; r < last; r++)
        for (leie_size to = 0; to < R; to++) {
            leie_rows_weigh(part, k, d->w->M, d->T + to, R, start[r], start[r + 1]);
            for (leie_size s = 0; s < k; s++)
                a->trade_embodied[(s * R + r) * R + to] = part[s];
        }
    return LEIE_OK;
}

// lost [n]: what each sector sells to no region of the table or to nobody (the imbalance d of its row).
static void find_lost(double *lost, const leie_accounts_work *w)
{
    memcpy(lost, w->rest, (size_t)w->a->n * sizeof *lost);
    for (leie_size j = 0; j < w->m; j++)
        for (leie_size i = 0; i < w->a->n && w->region[j] < 0; i++)
            lost[i] += w->t->Y[i * w->m + j];
}

// trade_outside: columns of r that do not count, and what r sells to no region of the table or to nobody.
static void add_outside(leie_accounts_work *w, const double *lost)
{
    leie_accounts *a = w->a;
    leie_size k = a->k;
    const leie_size *start = w->t->sector.first;
    for (leie_size j = 0; j < w->m; j++)
        if (w->region[j] >= 0 && w->category[j] < 0)
            leie_row_add(a->trade_outside + w->region[j] * k, k, 1, w->MY + j * k);
    for (leie_size r = 0; r < a->R; r++) {
        leie_rows_weigh(w->part, k, w->M, lost, 1, start[r], start[r + 1]);
        leie_row_add(a->trade_outside + r * k, k, 1, w->part);
    }
}

leie_status leie_trade_make(leie_accounts_work *w, leie_error *err)
{
    leie_size n = w->a->n, R = w->a->R;
    sales d = {w, leie_new(n * R, sizeof *d.T)};
    double *lost = leie_new(n, sizeof *lost);
    leie_status st = d.T && lost ? LEIE_OK : leie_fail_memory(err, "trade", n * R, sizeof *d.T);
    if (!st)
        st = leie_matrix_group_sums(d.T, &w->t->Z, R, w->t->sector.of, err);
    if (!st)
        st = leie_parallel_for(R, 1, add_sales, &d, err);
    if (!st && w->a->trade)
        st = leie_parallel_for(R, 1, value_sales, &d, err);
    if (!st)
        find_lost(lost, w);
    if (!st && w->a->trade)
        add_outside(w, lost);
    if (!st && w->a->k)
        st = leie_gross_make(w, d.T, lost, err);
    if (!st && w->a->k && w->a->imp_rme_domestic)
        st = leie_domestic_make(w, d.T, err);
    leie_free(d.T);
    leie_free(lost);
    return st;
}
