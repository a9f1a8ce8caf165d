/* D_cba and its breakdowns, D_imp and D_exp, from S', M', y and X = L y.
 *
 *   by product bought, by supplier     M diag(y_r)        weights y_r on rows of M'
 *   by origin                          diag(S) X_r        weights X_r on rows of S'
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/account/accounts_impl.h"

enum { STRESSOR_GRAIN = 16 }; // two cache lines of a row

// ---- sums over sectors ----

// Row j of M Y, region after region.
static leie_status multiply_columns(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    leie_accounts_work *w = ctx;
    leie_size k = w->a->k;
    const leie_size *start = w->t->sector.first;
    double *part = w->part + worker * k;
    for (leie_size j = first; j < last; j++)
        for (leie_size r = 0; r < w->a->R; r++) {
            leie_rows_weigh(part, k, w->M, w->t->Y + j, w->m, start[r], start[r + 1]);
            leie_row_add(w->MY + j * k, k, 1, part);
        }
    return LEIE_OK;
}

// Where each column of M Y belongs: account regions and categories, the world, outside.
static void add_columns(leie_accounts_work *w)
{
    leie_accounts *a = w->a;
    leie_size k = a->k;
    for (leie_size j = 0; j < w->m; j++) {
        const double *My = w->MY + j * k;
        leie_row_add(w->category[j] >= 0 ? a->D_cba_world : a->outside, k, 1, My);
        for (leie_size q = 0; q < a->q && w->category[j] >= 0; q++) {
            if (!leie_has_region(w, q, w->region[j]))
                continue;
            leie_row_add(a->D_cba + q * k, k, 1, My);
            if (a->by_category)
                leie_row_add(a->by_category + (q * a->C + w->category[j]) * k, k, 1, My);
        }
    }
    const leie_size *start = w->t->sector.first;
    for (leie_size r = 0; r < a->R; r++) {
        leie_rows_weigh(w->part, k, w->M, w->rest, 1, start[r], start[r + 1]);
        leie_row_add(a->imbalance, k, 1, w->part);
    }
}

// D_imp, D_exp, by origin and by supplier of account regions first .. last - 1.
static leie_status add_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    leie_accounts_work *w = ctx;
    leie_accounts *a = w->a;
    leie_size k = a->k, R = a->R, columns = w->columns;
    const leie_size *start = w->t->sector.first;
    double *part = w->part + worker * k;
    for (leie_size q = first; q < last; q++)
        for (leie_size r = 0; r < R; r++) {
            if (a->by_supplier)
                leie_rows_weigh(a->by_supplier + (q * R + r) * k, k, w->M, w->y + q, columns, start[r], start[r + 1]);
            if (leie_only_footprints(w))
                continue;
            double *origin = a->by_origin ? a->by_origin + (q * R + r) * k : part;
            leie_rows_weigh(origin, k, w->S, w->X + q, columns, start[r], start[r + 1]);
            if (!leie_has_region(w, q, r))
                leie_row_add(a->D_imp + q * k, k, 1, origin);
            if (!leie_has_region(w, q, r))
                continue;
            memset(part, 0, (size_t)k * sizeof *part);
            for (leie_size i = start[r]; i < start[r + 1]; i++) // S_r (x_r - X_r[r])
                leie_row_add(part, k, a->x[i] - w->X[i * columns + q], w->S + i * k);
            leie_row_add(a->D_exp + q * k, k, 1, part);
        }
    return LEIE_OK;
}

// ---- sectors spread over an output axis ----

// out[s, to[i]] += weight[i step] rows[i, s]; to NULL for the sectors themselves.
typedef struct spread {
    double *out; // [k, width]
    leie_size width;
    const leie_index *to;
    const double *rows; // [n, k]
    const double *weight;
    leie_size step, n, k;
} spread;

static leie_status spread_stressors(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    const spread *d = ctx;
    for (leie_size i = 0; i < d->n; i++) {
        double weight = d->weight[i * d->step];
        double *out = d->out + (d->to ? d->to[i] : i);
        for (leie_size s = first; s < last && weight != 0; s++)
            out[s * d->width] += weight * d->rows[i * d->k + s];
    }
    return LEIE_OK;
}

static leie_status spread_sectors(spread d, leie_error *err)
{
    return leie_parallel_for(d.k, STRESSOR_GRAIN, spread_stressors, &d, err);
}

// The breakdowns by product, sector and sector of origin of account region q.
static leie_status spread_region(leie_accounts_work *w, leie_size q, leie_error *err)
{
    leie_accounts *a = w->a;
    leie_size n = a->n, k = a->k, P = a->P;
    leie_status st = LEIE_OK;
    spread bought = {.rows = w->M, .weight = w->y + q, .step = w->columns, .n = n, .k = k};
    if (a->by_product) {
        bought.out = a->by_product + q * k * P;
        bought.width = P;
        bought.to = w->product;
        st = spread_sectors(bought, err);
    }
    if (a->by_sector && !st) {
        bought.out = a->by_sector + q * k * n;
        bought.width = n;
        bought.to = NULL;
        st = spread_sectors(bought, err);
    }
    if (a->by_origin_sector && !st)
        st = spread_sectors((spread){.out = a->by_origin_sector + q * k * n,
                                     .width = n,
                                     .rows = w->S,
                                     .weight = w->X + q,
                                     .step = w->columns,
                                     .n = n,
                                     .k = k},
                            err);
    return st;
}

// D_cba and money by product and category: M and Y row by row.
static leie_status add_product_categories(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    leie_accounts_work *w = ctx;
    leie_accounts *a = w->a;
    leie_size k = a->k, size = a->P * a->C;
    for (leie_size q = first; q < last; q++)
        for (leie_size i = 0; i < a->n; i++)
            for (leie_size j = 0; j < w->m; j++) {
                double y = w->t->Y[i * w->m + j];
                if (y == 0 || w->category[j] < 0 || !leie_has_region(w, q, w->region[j]))
                    continue;
                leie_size at = w->product[i] * a->C + w->category[j];
                if (leie_is_money(w->t, w->t->sector.unit[i]))
                    a->demand_product[q * size + at] += y;
                for (leie_size s = 0; s < k; s++)
                    a->by_product_category[(q * k + s) * size + at] += y * w->M[i * k + s];
            }
    return LEIE_OK;
}

// exp_by_sector = S (x - X_r[r]) and M, both [k, n].
static leie_status spread_table(leie_accounts_work *w, leie_error *err)
{
    leie_accounts *a = w->a;
    leie_size n = a->n, k = a->k;
    leie_status st = LEIE_OK;
    double *weight = leie_new(n, sizeof *weight);
    if (!weight)
        return leie_fail_memory(err, "accounts", n, sizeof *weight);
    if (a->exp_by_sector) {
        for (leie_size i = 0; i < n; i++)
            weight[i] = a->x[i] - w->X[i * w->columns + w->own[w->t->sector.of[i]]];
        st = spread_sectors((spread){a->exp_by_sector, n, NULL, w->S, weight, 1, n, k}, err);
    }
    if (a->M && !st) {
        for (leie_size i = 0; i < n; i++)
            weight[i] = 1;
        st = spread_sectors((spread){a->M, n, NULL, w->M, weight, 1, n, k}, err);
    }
    leie_free(weight);
    return st;
}

leie_status leie_footprints_make(leie_accounts_work *w, leie_error *err)
{
    leie_status st = leie_parallel_for(w->m, 1, multiply_columns, w, err);
    if (st)
        return st;
    add_columns(w);
    st = leie_parallel_for(w->a->q, 1, add_regions, w, err);
    for (leie_size q = 0; q < w->a->q && !st; q++)
        st = spread_region(w, q, err);
    if (!st && w->a->by_product_category)
        st = leie_parallel_for(w->a->q, 1, add_product_categories, w, err);
    return st ? st : spread_table(w, err);
}

// ---- D_imp by product bought ----

// Transposed:  B = S' outside q, 0 inside;  (S_out L)' = (I - A')^-1 B;  imp = S_out L diag(y_q) by product.
static leie_status imports_transposed(leie_accounts_work *w, leie_size q, double *B, leie_error *err)
{
    leie_accounts *a = w->a;
    leie_size k = a->k;
    for (leie_size i = 0; i < a->n; i++)
        for (leie_size s = 0; s < k; s++)
            B[i * k + s] = leie_has_region(w, q, w->t->sector.of[i]) ? 0 : w->S[i * k + s];
    leie_status st = leie_accounts_solve(w, true, k, B, B, "imports by product", err);
    if (st)
        return st;
    return spread_sectors(
        (spread){a->imp_by_product + q * k * a->P, a->P, w->product, B, w->y + q, w->columns, a->n, k}, err);
}

typedef struct origin_product {
    const leie_accounts_work *w;
    leie_size q;
    const double *X; // [n, P] L y_q, product by product
} origin_product;

static leie_status weigh_products(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)worker;
    (void)err;
    const origin_product *d = ctx;
    const leie_accounts *a = d->w->a;
    leie_size k = a->k, P = a->P;
    for (leie_size i = 0; i < a->n; i++) {
        if (leie_has_region(d->w, d->q, d->w->t->sector.of[i]))
            continue;
        for (leie_size s = first; s < last; s++)
            leie_row_add(a->imp_by_product + (d->q * k + s) * P, P, d->w->S[i * k + s], d->X + i * P);
    }
    return LEIE_OK;
}

// Plain:  X = L (y_q, product by product);  imp = S_out X.
static leie_status imports_plain(leie_accounts_work *w, leie_size q, double *B, leie_error *err)
{
    leie_size n = w->a->n, P = w->a->P;
    memset(B, 0, (size_t)(n * P) * sizeof *B);
    for (leie_size i = 0; i < n; i++)
        B[i * P + w->product[i]] = w->y[i * w->columns + q];
    leie_status st = leie_accounts_solve(w, false, P, B, B, "imports by product", err);
    origin_product d = {w, q, B};
    return st ? st : leie_parallel_for(w->a->k, STRESSOR_GRAIN, weigh_products, &d, err);
}

leie_status leie_imports_make(leie_accounts_work *w, leie_error *err)
{
    leie_size n = w->a->n, k = w->a->k, P = w->a->P;
    bool transposed = leie_imports_transposed(k, n, P);
    double *B = leie_new(n * (transposed ? k : P), sizeof *B);
    leie_status st = B ? LEIE_OK : leie_fail_memory(err, "imports by product", n * (transposed ? k : P), sizeof *B);
    for (leie_size q = 0; q < w->a->q && !st; q++)
        st = transposed ? imports_transposed(w, q, B, err) : imports_plain(w, q, B, err);
    leie_free(B);
    return st;
}
