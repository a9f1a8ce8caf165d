/* Gross trade of account regions valued with the multipliers of the seller, and its breakdowns.
 *
 *   u_i[q] = sum over table regions s in q of T[i, s]      what sector i sells to q
 *   IMP_RME[q] = sum over i outside q of M_i u_i[q]
 *   EXP_RME[q] = sum over i in q of M_i (T_i e - u_i[q] + lost_i) + M y of its columns that do not count
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/account/accounts_impl.h"

typedef struct gross {
    leie_accounts_work *w;
    const double *T;    // [n, R]
    const double *lost; // [n]
} gross;

// A column of Y of account region q that is in no footprint; excluded: because the user says so.
static bool stays_out(const leie_accounts_work *w, leie_size q, leie_size j, bool excluded)
{
    leie_demand_kind kind = w->t->demand.kind[j];
    return w->category[j] < 0 && leie_has_region(w, q, w->region[j]) &&
           (leie_demand_counts(kind) && w->opts->exclude[kind]) == excluded;
}

static double sold_to(const gross *g, leie_size i, leie_size q)
{
    double sum = 0;
    for (leie_size s = 0; s < g->w->a->R; s++)
        if (leie_has_region(g->w, q, s))
            sum += g->T[i * g->w->a->R + s];
    return sum;
}

static double sold_outside(const gross *g, leie_size i, leie_size q)
{
    double sum = g->lost[i];
    for (leie_size s = 0; s < g->w->a->R; s++)
        if (!leie_has_region(g->w, q, s))
            sum += g->T[i * g->w->a->R + s];
    return sum;
}

// out[s, at] += weight M[i, s]
static void add_product(double *out, const leie_accounts *a, leie_size at, double weight, const double *M)
{
    for (leie_size s = 0; s < a->k && weight != 0; s++)
        out[s * a->P + at] += weight * M[s];
}

// Imports of q from region r, which is outside it.
static void add_imports(const gross *g, leie_size q, leie_size r, double *part)
{
    leie_accounts *a = g->w->a;
    leie_size k = a->k;
    memset(part, 0, (size_t)k * sizeof *part);
    for (leie_size i = g->w->t->sector.first[r]; i < g->w->t->sector.first[r + 1]; i++) {
        double u = sold_to(g, i, q);
        leie_row_add(part, k, u, g->w->M + i * k);
        if (a->imp_rme_product)
            add_product(a->imp_rme_product + q * k * a->P, a, g->w->product[i], u, g->w->M + i * k);
        for (leie_size j = 0; a->imp_rme_category && j < g->w->m; j++)
            if (g->w->category[j] >= 0 && leie_has_region(g->w, q, g->w->region[j]))
                leie_row_add(a->imp_rme_category + (q * a->C + g->w->category[j]) * k, k, g->w->t->Y[i * g->w->m + j],
                             g->w->M + i * k);
    }
    leie_row_add(a->imp_rme + q * k, k, 1, part);
    if (a->imp_rme_origin)
        leie_row_add(a->imp_rme_origin + (q * a->R + r) * k, k, 1, part);
}

// Exports of region r, which is in q.
static void add_exports(const gross *g, leie_size q, leie_size r, double *part)
{
    leie_accounts *a = g->w->a;
    leie_size k = a->k;
    memset(part, 0, (size_t)k * sizeof *part);
    for (leie_size i = g->w->t->sector.first[r]; i < g->w->t->sector.first[r + 1]; i++) {
        double v = sold_outside(g, i, q);
        leie_row_add(part, k, v, g->w->M + i * k);
        if (a->exp_rme_product)
            add_product(a->exp_rme_product + q * k * a->P, a, g->w->product[i], v, g->w->M + i * k);
    }
    leie_row_add(a->exp_rme + q * k, k, 1, part);
}

// Columns of q in no footprint: exports and discrepancies leave q, what the user excluded is left out.
static void add_columns(const gross *g, leie_size q)
{
    leie_accounts *a = g->w->a;
    leie_size k = a->k, m = g->w->m;
    for (leie_size j = 0; j < m; j++) {
        if (stays_out(g->w, q, j, true))
            leie_row_add(a->left_out + q * k, k, 1, g->w->MY + j * k);
        if (!stays_out(g->w, q, j, false))
            continue;
        leie_row_add(a->exp_rme + q * k, k, 1, g->w->MY + j * k);
        for (leie_size i = 0; a->exp_rme_product && i < a->n; i++)
            add_product(a->exp_rme_product + q * k * a->P, a, g->w->product[i], g->w->t->Y[i * m + j], g->w->M + i * k);
    }
}

static leie_status add_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    const gross *g = ctx;
    double *part = g->w->part + worker * g->w->a->k;
    for (leie_size q = first; q < last; q++) {
        for (leie_size r = 0; r < g->w->a->R; r++)
            if (leie_has_region(g->w, q, r))
                add_exports(g, q, r, part);
            else
                add_imports(g, q, r, part);
        add_columns(g, q);
    }
    return LEIE_OK;
}

// imp_rme_sector of account regions: M_out Z over the columns of their sectors.
static leie_status add_users(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    const gross *g = ctx;
    leie_accounts *a = g->w->a;
    leie_size k = a->k, n = a->n;
    const leie_index *of = g->w->t->sector.of;
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *Z;
        leie_size count = leie_matrix_row(&g->w->t->Z, i, &col, &Z);
        for (leie_size q = first; q < last; q++) {
            if (leie_has_region(g->w, q, of[i]))
                continue;
            for (leie_size c = 0; c < count; c++) {
                leie_size j = col ? col[c] : c;
                for (leie_size s = 0; Z[c] != 0 && leie_has_region(g->w, q, of[j]) && s < k; s++)
                    a->imp_rme_sector[(q * k + s) * n + j] += Z[c] * g->w->M[i * k + s];
            }
        }
    }
    return LEIE_OK;
}

leie_status leie_gross_make(leie_accounts_work *w, const double *T, const double *lost, leie_error *err)
{
    gross g = {w, T, lost};
    leie_status st = leie_parallel_for(w->a->q, 1, add_regions, &g, err);
    if (!st && w->a->imp_rme_sector)
        st = leie_parallel_for(w->a->q, 1, add_users, &g, err);
    return st;
}
