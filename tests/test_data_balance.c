// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables of real size: WIOD's world table of 2011 (1,435 x 1,435) moved to the totals of 2010. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/csv.h"
#include "kernels/matrix.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/balance/feasibility.h"
#include "solver/balance/gras.h"
#include "solver/balance/mrgras.h"
#include "solver/balance/wls.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

enum { N = 1435, COUNTRY = 35, COUNTRIES = N / COUNTRY };

/* Z of a year, with the totals of rows and columns. */
static leie_csr read_year(int year, double *u, double *v)
{
    static const char *const columns[] = {"row", "col", "value", NULL};
    char path[1024];
    bool more = false;
    double i, j, value;
    leie_error err = {0};
    leie_csv csv = {0};
    leie_cells cells = {0};
    leie_matrix m = {0}, sparse = {0};
    snprintf(path, sizeof path, "%s/wiod2013/Z_%d.csv", check_data(), year);
    check_ok(leie_csv_open(&csv, path, columns, NULL, &err), &err);
    while (!err.code && !leie_csv_next(&csv, &more, &err) && more) {
        leie_csv_number(&csv, 0, &i, &err);
        leie_csv_number(&csv, 1, &j, &err);
        leie_csv_number(&csv, 2, &value, &err);
        leie_cells_add(&cells, (leie_size)i, (leie_size)j, value, &err);
        u[(leie_size)i] += value;
        v[(leie_size)j] += value;
    }
    leie_csv_close(&csv);
    check_ok(leie_matrix_from_cells(&m, N, N, &cells, NULL, &err), &err);
    check_ok(leie_matrix_copy(&sparse, &m, LEIE_SPARSE, &err), &err);
    leie_cells_free(&cells);
    leie_matrix_free(&m);
    return sparse.csr;
}

typedef struct years {
    leie_csr now, then; // 2011, 2010
    double *now_u, *now_v, *u, *v;
} years;

static years read_years(void)
{
    years y = {.now_u = leie_new(N, sizeof(double)),
               .now_v = leie_new(N, sizeof(double)),
               .u = leie_new(N, sizeof(double)),
               .v = leie_new(N, sizeof(double))};
    y.now = read_year(2011, y.now_u, y.now_v);
    y.then = read_year(2010, y.u, y.v);
    return y;
}

static void years_free(years *y)
{
    leie_csr_free(&y->now);
    leie_csr_free(&y->then);
    leie_free(y->now_u);
    leie_free(y->now_v);
    leie_free(y->u);
    leie_free(y->v);
}

// 100 sum |x - true| / sum |true|
static double wape(const leie_csr *x, const leie_csr *truth)
{
    leie_acc miss = {0}, mass = {0};
    double *row = leie_new(N, sizeof *row);
    for (leie_size i = 0; i < N; i++) {
        memset(row, 0, N * sizeof *row);
        for (leie_size c = truth->row[i]; c < truth->row[i + 1]; c++) {
            row[truth->col[c]] = truth->val[c];
            leie_acc_add(&mass, fabs(truth->val[c]));
        }
        for (leie_size c = x->row[i]; c < x->row[i + 1]; c++)
            row[x->col[c]] -= x->val[c];
        for (leie_size j = 0; j < N; j++)
            leie_acc_add(&miss, fabs(row[j]));
    }
    leie_free(row);
    return 100 * leie_acc_value(&miss) / leie_acc_value(&mass);
}

// Totals met, nearer to the true table than the prior was, the same bytes on one thread and three.
static void test_world(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    years y = read_years();
    leie_csr other = copy_of(&y.now);
    leie_margins m = {.row = y.u, .col = y.v};
    double before = wape(&y.now, &y.then);
    check_true(y.now.nnz > 400000);
    leie_threads_set(3);
    check_ok(leie_gras(&other, &m, NULL, &info, &err), &err);
    leie_threads_set(1);
    check_ok(leie_gras(&y.now, &m, NULL, &info, &err), &err);
    leie_threads_set(0);
    check_true(info.converged);
    check_true(worst_total(&y.now, &m) <= 1.001e-9);
    check_true(wape(&y.now, &y.then) < .5 * before);
    check_true(memcmp(y.now.val, other.val, (size_t)other.nnz * sizeof(double)) == 0);
    leie_csr_free(&other);
    years_free(&y);
}

// Flows inside each country, NaN for pairs of countries; and the country of each sector.
static double *domestic_flows(const leie_csr *a, leie_index *country)
{
    double *flow = leie_new(COUNTRIES * COUNTRIES, sizeof *flow);
    for (leie_size b = 0; b < COUNTRIES * COUNTRIES; b++)
        flow[b] = b % (COUNTRIES + 1) == 0 ? 0 : NAN;
    for (leie_size i = 0; i < N; i++) {
        country[i] = (leie_index)(i / COUNTRY);
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            flow[i / COUNTRY * COUNTRIES + a->col[c] / COUNTRY] += a->val[c];
    }
    return flow;
}

/* With the sum of each country's own flows known too. (All 1,681 pairs of countries can not be met with the
 * cells of 2011: eight pairs traded in 2010 only, and the values are rounded to millions.) */
static void test_domestic_flows(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_blocks block = {0};
    years y = read_years();
    leie_csr without = copy_of(&y.now);
    leie_index country[N];
    double *flow = domestic_flows(&y.then, country);
    check_ok(leie_blocks_from_groups(&block, &y.now, country, COUNTRIES, country, COUNTRIES, flow, &err), &err);
    check_size(block.n, COUNTRIES);
    leie_margins m = {.row = y.u, .col = y.v, .block = &block}, rest = {.row = y.u, .col = y.v};
    leie_balance_opts opt = {.tolerance = 1e-8};
    check_ok(leie_mrgras(&y.now, &m, &opt, &info, &err), &err);
    check_true(info.converged);
    check_true(worst_total(&y.now, &m) <= 1.001e-8);
    check_ok(leie_mrgras(&without, &rest, &opt, NULL, &err), &err);
    check_true(wape(&y.now, &y.then) < wape(&without, &y.then));
    leie_csr_free(&without);
    leie_blocks_clear(&block);
    leie_free(flow);
    years_free(&y);
}

static void test_least_squares(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    years y = read_years();
    leie_margins m = {.row = y.u, .col = y.v};
    double before = wape(&y.now, &y.then);
    check_ok(leie_wls(&y.now, &m, NULL, &info, &err), &err);
    check_true(info.converged);
    check_true(worst_total(&y.now, &m) <= 1.001e-9);
    check_true(wape(&y.now, &y.then) < .5 * before);
    years_free(&y);
}

// A seller with a million more than all buyers take: named, with the amount.
static void test_named(void)
{
    leie_error err = {0};
    leie_faults faults;
    years y = read_years();
    leie_margins m = {.row = y.u, .col = y.v};
    y.u[70] += 1e6;
    check_status(leie_feasible(&faults, &y.now, &m, 0, &err), LEIE_ERR_DATA, &err);
    check_size(faults.item[0].kind, LEIE_FAULT_COMPONENT);
    check_near(faults.item[0].by, 1e6, 1e-6);
    years_free(&y);
}

CHECK_SUITE(data_balance, {"the world of 2011 to the totals of 2010", test_world, check_needs_data},
            {"domestic flows given too", test_domestic_flows, check_needs_data},
            {"by least squares", test_least_squares, check_needs_data},
            {"a total that does not fit is named", test_named, check_needs_data})
