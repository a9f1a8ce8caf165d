/* Imports valued with the technology of the importing region (domestic-technology assumption):
 *
 *   A_r[p, j] = sum over regions s of A[(s, p), (r, j)]      inputs of product p wherever they come from
 *   M_r = S_r (I - A_r)^-1                                   [k, sectors of r]
 *   imports of region r in raw material equivalents: M_r times what others sell to it, product by product
 *
 * A product that r does not make (no sector of that code, or one without output) has no domestic technology:
 * it takes the multiplier of its seller, and the money concerned is counted.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/memory.h"
#include "solver/account/accounts_impl.h"

typedef struct domestic {
    leie_accounts_work *w;
    const double *T;  // [n, R]
    leie_size r, n;   // region at work, its sectors
    leie_index *at;   // [P] its sector of each product, -1 where it makes none
    leie_axis axis;   // its sectors
    leie_matrix A;    // [n, n] A_r
    double *M;        // [n, k] M_r'
} domestic;

static void clear(domestic *d)
{
    leie_matrix_free(&d->A);
    leie_axis_clear(&d->axis);
    d->M = leie_free(d->M);
}

static leie_status describe(domestic *d, leie_error *err)
{
    const leie_axis *sector = &d->w->t->sector;
    leie_size first = sector->first[d->r];
    d->n = sector->first[d->r + 1] - first;
    for (leie_size p = 0; p < d->w->a->P; p++)
        d->at[p] = -1;
    for (leie_size i = 0; i < d->n; i++) {
        leie_size at = leie_axis_add(&d->axis, sector->region.code[d->r], sector->code[first + i], NULL, NULL,
                                     LEIE_DEMAND_HOUSEHOLD, err);
        if (at < 0)
            return (leie_status)at;
        if (d->w->scale[first + i] > 0)
            d->at[d->w->product[first + i]] = (leie_index)i;
    }
    d->M = leie_new(d->n * d->w->a->k, sizeof *d->M);
    return d->M ? leie_matrix_new_dense(&d->A, d->n, d->n, err)
                : leie_fail_memory(err, "domestic technology", d->n * d->w->a->k, sizeof *d->M);
}

// A_r: rows of all regions added up by product, columns of r.
static void fill(domestic *d)
{
    const leie_table *t = d->w->t;
    leie_size first = t->sector.first[d->r];
    for (leie_size i = 0; i < t->sector.n; i++) {
        const leie_index *col;
        const double *Z;
        leie_size count = leie_matrix_row(&t->Z, i, &col, &Z);
        leie_index row = d->at[d->w->product[i]];
        for (leie_size c = 0; row >= 0 && c < count; c++) {
            leie_size j = (col ? col[c] : c) - first;
            if (j >= 0 && j < d->n)
                d->A.val[row * d->A.ld + j] += Z[c] * d->w->scale[first + j];
        }
    }
}

// M_r' = (I - A_r')^-1 S_r'
static leie_status multipliers(domestic *d, leie_error *err)
{
    leie_size k = d->w->a->k;
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = LEIE_SOLVER_LU, .tolerance = d->w->opts->linsys.tolerance};
    double *one = leie_new(d->n, sizeof *one);
    if (!one)
        return leie_fail_memory(err, "domestic technology", d->n, sizeof *one);
    for (leie_size i = 0; i < d->n; i++)
        one[i] = 1;
    leie_status st = leie_linsys_setup(&sys, &d->A, one, &d->axis, &opts, err);
    if (!st)
        st = leie_linsys_solve(sys, true, k, d->M, d->w->S + d->w->t->sector.first[d->r] * k, NULL, err);
    if (!st)
        d->w->unconverged |= !leie_linsys_state(sys)->converged;
    leie_linsys_free(sys);
    leie_free(one);
    return st;
}

// What regions outside q sell to r, which is in q.
static void value_imports(domestic *d, leie_size q)
{
    leie_accounts *a = d->w->a;
    leie_size k = a->k;
    for (leie_size i = 0; i < a->n; i++) {
        double u = d->T[i * a->R + d->r];
        if (u == 0 || leie_has_region(d->w, q, d->w->t->sector.of[i]))
            continue;
        leie_index row = d->at[d->w->product[i]];
        leie_row_add(a->imp_rme_domestic + q * k, k, u, row >= 0 ? d->M + row * k : d->w->M + i * k);
        if (row < 0 && leie_is_money(d->w->t, d->w->t->sector.unit[i]))
            a->dta_uncovered[q] += u;
    }
}

static leie_status make_region(domestic *d, leie_error *err)
{
    leie_status st = describe(d, err);
    if (!st && d->n) {
        fill(d);
        st = multipliers(d, err);
    }
    for (leie_size q = 0; !st && q < d->w->a->q; q++)
        if (leie_has_region(d->w, q, d->r))
            value_imports(d, q);
    clear(d);
    return st;
}

leie_status leie_domestic_make(leie_accounts_work *w, const double *T, leie_error *err)
{
    leie_status st = LEIE_OK;
    domestic d = {.w = w, .T = T, .at = leie_new(w->a->P, sizeof *d.at)};
    if (!d.at)
        return leie_fail_memory(err, "domestic technology", w->a->P, sizeof *d.at);
    for (d.r = 0; !st && d.r < w->a->R; d.r++)
        st = make_region(&d, err);
    leie_free(d.at);
    return st;
}
