// SPDX-License-Identifier: GPL-3.0-or-later
/* Coefficients and final demand with the trade shares of one table and the totals by product of the other:
 *
 *   a_ij = T(trade)_ij  x  sum over regions of a_ij(technology)
 */
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/account/accounts_impl.h"
#include "solver/analysis/decomposition_impl.h"

/* One purchase of a product: its cells by region in both tables, `count` apart by `step`. Whether it has shares is
 * what this decides. */
typedef struct purchase {
    double sum[2];
    bool negative;
} purchase;

// The cell in a state. a0 and a1: this cell in both tables.
static double mixed(const purchase *p, double a0, double a1, int trade, int total)
{
    const double a[2] = {a0, a1};
    if (p->negative || trade == total)
        return a[total];
    if (!(p->sum[trade] > 0)) // not bought there: the shares are those of the other table
        return a[total];
    return a[trade] / p->sum[trade] * p->sum[total];
}

// ---- A ----

typedef struct mixing {
    leie_sda_work *w;
    leie_matrix *A;
    int trade, technology;
    leie_size most;     // regions that have one product, at most
    double *cells;      // [workers, 2, most, n]
    leie_size *unsplit, *borrowed; // [workers]
} mixing;

static void load(double *row, const leie_matrix *Z, leie_size i, const double *scale, leie_size n)
{
    const leie_index *col;
    const double *val;
    leie_size count = leie_matrix_row(Z, i, &col, &val);
    memset(row, 0, (size_t)n * sizeof *row);
    for (leie_size c = 0; c < count; c++)
        row[col ? col[c] : c] = val[c] * scale[col ? col[c] : c];
}

// All rows of one product.
static void mix_product(mixing *mx, leie_size product, int worker)
{
    leie_sda_work *w = mx->w;
    leie_size n = w->n, begin = w->first[product], count = w->first[product + 1] - begin;
    double *cell[2] = {mx->cells + (leie_size)worker * 2 * mx->most * n, NULL};
    cell[1] = cell[0] + mx->most * n;
    for (leie_size i = 0; i < count; i++)
        for (int t = 0; t < 2; t++)
            load(cell[t] + i * n, w->Z[t], w->row[begin + i], w->scale[t], n);
    for (leie_size j = 0; j < n; j++) {
        purchase p = {{0, 0}, false};
        for (leie_size i = 0; i < count; i++)
            for (int t = 0; t < 2; t++) {
                p.sum[t] += cell[t][i * n + j];
                p.negative |= cell[t][i * n + j] < 0;
            }
        mx->unsplit[worker] += p.negative;
        mx->borrowed[worker] += !p.negative && (p.sum[0] > 0) != (p.sum[1] > 0);
        for (leie_size i = 0; i < count; i++)
            mx->A->val[w->row[begin + i] * mx->A->ld + j] =
                mixed(&p, cell[0][i * n + j], cell[1][i * n + j], mx->trade, mx->technology);
    }
}

static leie_status mix_products(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    for (leie_size p = first; p < last; p++)
        mix_product(ctx, p, worker);
    return LEIE_OK;
}

leie_status leie_sda_mixed_A(leie_matrix *A, leie_sda_work *w, int trade, int technology, leie_error *err)
{
    mixing mx = {.w = w, .A = A, .trade = trade, .technology = technology};
    leie_size products = w->d->P - 1, workers = leie_threads();
    for (leie_size p = 0; p < products; p++)
        if (w->first[p + 1] - w->first[p] > mx.most)
            mx.most = w->first[p + 1] - w->first[p];
    leie_status st = leie_matrix_new_dense(A, w->n, w->n, err);
    mx.cells = st ? NULL : leie_new(workers * 2 * mx.most * w->n, sizeof *mx.cells);
    mx.unsplit = st ? NULL : leie_new(workers, sizeof *mx.unsplit);
    mx.borrowed = st ? NULL : leie_new(workers, sizeof *mx.borrowed);
    if (!st && (!mx.cells || !mx.unsplit || !mx.borrowed))
        st = leie_fail_memory(err, "trade shares", workers * 2 * mx.most * w->n, sizeof *mx.cells);
    if (!st)
        st = leie_parallel_for(products, 1, mix_products, &mx, err);
    for (leie_size i = 0; !st && trade && i < workers; i++) { // both mixed tables meet the same purchases: counted once
        w->d->unsplit += mx.unsplit[i];
        w->d->borrowed += mx.borrowed[i];
    }
    leie_free(mx.cells);
    leie_free(mx.unsplit);
    leie_free(mx.borrowed);
    return st;
}

// ---- final demand ----

static bool has_column(const leie_sda_work *w, leie_size q, leie_size j)
{
    return w->region[j] >= 0 && w->q->member[q * w->R + w->region[j]];
}

// One product in one column of an account region.
static void add_purchase(leie_sda_work *w, leie_size q, leie_size product, leie_size j)
{
    leie_size begin = w->first[product], end = w->first[product + 1], Q = w->d->q;
    const double *Y[2] = {w->side[0].t->Y, w->side[1].t->Y};
    purchase p = {{0, 0}, false};
    for (leie_size i = begin; i < end; i++)
        for (int t = 0; t < 2; t++) {
            double y = Y[t][w->row[i] * w->m + j];
            p.sum[t] += y;
            p.negative |= y < 0;
        }
    w->d->unsplit += p.negative;
    w->d->borrowed += !p.negative && (p.sum[0] > 0) != (p.sum[1] > 0);
    for (leie_size i = begin; i < end; i++) {
        leie_size at = w->row[i];
        double y0 = Y[0][at * w->m + j], y1 = Y[1][at * w->m + j];
        for (int trade = 0; trade < 2; trade++)
            for (int mix = 0; mix < 2; mix++)
                w->u[trade + 2 * mix][at * Q + q] += mixed(&p, y0, y1, trade, mix) / w->spent[mix][q];
    }
}

static leie_status set_spent(leie_sda_work *w, leie_error *err)
{
    for (leie_size q = 0; q < w->d->q; q++)
        for (int t = 0; t < 2; t++) {
            const leie_table *table = w->side[t].t;
            for (leie_size i = 0; i < w->n; i++)
                for (leie_size j = 0; j < w->m && leie_is_money(table, table->sector.unit[i]); j++)
                    w->spent[t][q] += has_column(w, q, j) ? table->Y[i * w->m + j] : 0;
            if (!(w->spent[t][q] > 0))
                return leie_fail(err, LEIE_ERR_DATA, "%s: final demand in money of table %d is %g: there is nothing to decompose",
                                 w->q->label.code[q], t, w->spent[t][q]);
        }
    return LEIE_OK;
}

leie_status leie_sda_demand(leie_sda_work *w, leie_error *err)
{
    leie_status st = set_spent(w, err);
    for (leie_size q = 0; !st && q < w->d->q; q++)
        for (leie_size p = 0; p < w->d->P - 1; p++)
            for (leie_size j = 0; j < w->m; j++)
                if (has_column(w, q, j))
                    add_purchase(w, q, p, j);
    return st;
}
