// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/linsys_examples.h"

#include <math.h>
#include <stdio.h>

#include "kernels/memory.h"
#include "tests/check.h"

void linsys_example_free(linsys_example *e)
{
    leie_matrix_free(&e->Z);
    leie_free(e->scale);
    leie_axis_clear(&e->axis);
}

void linsys_example_new(linsys_example *e, const leie_size *sizes, leie_size regions)
{
    leie_error err = {0};
    *e = (linsys_example){0};
    for (leie_size r = 0; r < regions; r++)
        for (leie_size i = 0; i < sizes[r]; i++) {
            char region[24], sector[24];
            snprintf(region, sizeof region, "R%lld", (long long)r);
            snprintf(sector, sizeof sector, "c%lld", (long long)(i + 1));
            check_size(leie_axis_add(&e->axis, region, sector, "", "", LEIE_DEMAND_HOUSEHOLD, &err), e->n++);
        }
    check_ok(leie_matrix_new_dense(&e->Z, e->n, e->n, &err), &err);
    e->scale = leie_new(e->n, sizeof *e->scale);
    for (leie_size j = 0; j < e->n; j++)
        e->scale[j] = 1;
}

double *linsys_cell(linsys_example *e, leie_size i, leie_size j)
{
    return &e->Z.val[i * e->Z.ld + j];
}

void linsys_example_sparse(linsys_example *e)
{
    leie_error err = {0};
    leie_matrix dense = e->Z;
    check_ok(leie_matrix_copy(&e->Z, &dense, LEIE_SPARSE, &err), &err);
    leie_matrix_free(&dense);
}

void linsys_example_random(linsys_example *e, const leie_size *sizes, leie_size regions, double density, double low,
                           double high, uint64_t *seed)
{
    linsys_example_new(e, sizes, regions);
    for (leie_size i = 0; i < e->n; i++)
        for (leie_size j = 0; j < e->n; j++) {
            double q = check_random(seed) < density ? pow(check_random(seed), 4) : 0;
            *linsys_cell(e, i, j) = e->axis.of[i] == e->axis.of[j] ? 20 * q : q;
        }
    for (leie_size j = 0; j < e->n; j++) {
        double sum = 0, output = 1000 * (0.5 + check_random(seed)), share = low + (high - low) * check_random(seed);
        for (leie_size i = 0; i < e->n; i++)
            sum += *linsys_cell(e, i, j);
        for (leie_size i = 0; i < e->n && sum > 0; i++)
            *linsys_cell(e, i, j) *= share * output / sum;
        e->scale[j] = 1 / output;
    }
}

leie_linsys *linsys_example_setup(linsys_example *e, leie_solver method)
{
    leie_error err = {0};
    leie_linsys *sys = NULL;
    leie_linsys_opts opts = {.method = method};
    check_ok(leie_linsys_setup(&sys, &e->Z, e->scale, &e->axis, &opts, &err), &err);
    return sys;
}

double linsys_true_residual(const linsys_example *e, bool transposed, leie_size k, const double *x, const double *b, leie_size c)
{
    double *ax = leie_new(e->n * k, sizeof *ax), r = 0, size = 0, total = 0, norm = 0;
    leie_matrix_product_ref(ax, &e->Z, transposed, e->scale, k, x);
    for (leie_size i = 0; i < e->n; i++) {
        double sum = 0;
        for (leie_size j = 0; j < e->n; j++) {
            leie_size row = transposed ? i : j, col = transposed ? j : i;
            sum += fabs((row == col) - leie_matrix_get(&e->Z, row, col) * e->scale[col]);
        }
        norm = fmax(norm, sum);
        r += fabs(b[i * k + c] - x[i * k + c] + ax[i * k + c]);
        size += fabs(b[i * k + c]);
        total += fabs(x[i * k + c]);
    }
    leie_free(ax);
    return r == 0 ? 0 : r / (size + norm * total);
}

double *linsys_random_array(leie_size count, uint64_t *seed)
{
    double *x = leie_new(count, sizeof *x);
    for (leie_size i = 0; i < count; i++)
        x[i] = 2.385 * check_random(seed);
    return x;
}
