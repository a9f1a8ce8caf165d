// SPDX-License-Identifier: GPL-3.0-or-later
/* Product technology without negatives: Almon (2000), Economic Systems Research 12(1), 27-43. */
#include <math.h>

#include "kernels/memory.h"
#include "kernels/sum.h"
#include "solver/build/construct_impl.h"
#include "solver/table/table_impl.h"

static const double TOLERANCE = 1e-12;
enum { ITERATIONS = 1000 };

// One row on its way.
typedef struct almon_row {
    const leie_technology *t;
    const double *shares; // [p, k]
    const double *u;      // [k]
    double sign;          // -1 for a row with a negative sum
    double sum, size;     // of u with the sign; of |u|
    double *z, *before;   // [p]
} almon_row;

static double floor_of(const almon_row *r, leie_size j)
{
    return fmin(r->sign * r->u[j], 0);
}

// z_j <- max(floor_j, (u_j - sum over h != j of z_h m_hj) / m_jj) for every industry j and its product i
static void sweep(almon_row *r)
{
    leie_size k = r->t->k;
    for (leie_size j = 0; j < k; j++) {
        leie_size i = r->t->product_of[j];
        leie_acc rest = {r->sign * r->u[j], 0};
        for (leie_size h = 0; h < r->t->p; h++)
            if (h != i)
                leie_acc_add(&rest, -r->z[h] * r->shares[h * k + j]);
        r->z[i] = fmax(floor_of(r, j), leie_acc_value(&rest) / r->shares[i * k + j]);
    }
}

// The cells above their floor are scaled, by how far they are above it, so that the row keeps its sum.
static void keep_sum(almon_row *r)
{
    leie_acc floors = {0}, above = {0};
    for (leie_size j = 0; j < r->t->k; j++) {
        double least = floor_of(r, j);
        leie_acc_add(&floors, least);
        leie_acc_add(&above, r->z[r->t->product_of[j]] - least);
    }
    double total = leie_acc_value(&above);
    double scale = total > 0 ? (r->sum - leie_acc_value(&floors)) / total : 1;
    for (leie_size j = 0; j < r->t->k; j++) {
        double least = floor_of(r, j), *z = &r->z[r->t->product_of[j]];
        *z = least + scale * (*z - least);
    }
}

static double largest_change(const almon_row *r)
{
    double change = 0;
    for (leie_size i = 0; i < r->t->p; i++)
        change = fmax(change, fabs(r->z[i] - r->before[i]));
    return change / r->size;
}

static void solve_row(almon_row *r, const leie_construct_opts *opts, leie_construct_info *info)
{
    double tolerance = opts->tolerance > 0 ? opts->tolerance : TOLERANCE, change = INFINITY;
    int most = opts->iterations > 0 ? opts->iterations : ITERATIONS, done = 0;
    for (leie_size j = 0; j < r->t->k; j++)
        r->z[r->t->product_of[j]] = r->sign * r->u[j];
    while (done < most && change > tolerance) {
        for (leie_size i = 0; i < r->t->p; i++)
            r->before[i] = r->z[i];
        sweep(r);
        keep_sum(r);
        change = largest_change(r);
        done++;
    }
    if (done > info->iterations)
        info->iterations = done;
    if (change > tolerance) {
        info->open++;
        info->open_change = fmax(info->open_change, change);
    }
    for (leie_size j = 0; j < r->t->k; j++) {
        leie_size i = r->t->product_of[j];
        info->floored += r->u[j] != 0 && r->z[i] <= floor_of(r, j);
        r->z[i] *= r->sign;
    }
}

static leie_status check_producers(const double *shares, const leie_technology *t, leie_error *err)
{
    char place[LEIE_PLACE_MAX];
    if (t->p != t->k)
        return leie_fail(err, LEIE_ERR_SHAPE,
                         "Almon's procedure needs as many products as industries, found %lld and %lld", (long long)t->p,
                         (long long)t->k);
    for (leie_size j = 0; j < t->k; j++)
        if (t->product_of[j] < 0 || t->industry_of[t->product_of[j]] != j || !(shares[t->product_of[j] * t->k + j] > 0))
            return leie_fail(err, LEIE_ERR_DATA,
                             "industry '%s' makes nothing of its own product: Almon's procedure needs a main producer",
                             leie_axis_place(place, &t->sut->account.sector, j));
    return LEIE_OK;
}

leie_status leie_almon_rows(double *z, const double *u, leie_size rows, const double *shares, const leie_technology *t,
                            const leie_construct_opts *opts, leie_construct_info *info, leie_error *err)
{
    leie_status st = check_producers(shares, t, err);
    if (st)
        return st;
    double *before = leie_new(t->p, sizeof *before);
    if (!before)
        return leie_fail_memory(err, "Almon's procedure", t->p, sizeof *before);
    for (leie_size i = 0; i < rows; i++) {
        const double *row = u + i * t->k;
        double sum = leie_sum(row, t->k, 1), sign = sum < 0 ? -1 : 1;
        almon_row r = {.t = t,
                       .shares = shares,
                       .u = row,
                       .sign = sign,
                       .sum = sign * sum,
                       .size = leie_sum_abs(row, t->k, 1),
                       .z = z + i * t->p,
                       .before = before};
        if (r.size > 0)
            solve_row(&r, opts, info);
    }
    leie_free(before);
    return LEIE_OK;
}
