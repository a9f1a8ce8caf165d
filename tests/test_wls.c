// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/balance/wls.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

static char *const rows[] = {(char[]){"A"}, (char[]){"B"}, (char[]){"C"}};
static char *const cols[] = {(char[]){"x"}, (char[]){"y"}, (char[]){"z"}};

/* ---- worked examples ---- */

// G' as a sparse matrix from a dense G [k, n].
static leie_csr by_cell(const double *G, leie_size k, leie_size n)
{
    double t[32];
    for (leie_size i = 0; i < k; i++)
        for (leie_size c = 0; c < n; c++)
            t[c * k + i] = G[i * n + c];
    return table_of(t, n, k);
}

// Two figures for the same thing, 10 and 5: Stanger (2018), IMF TNM 18/03.
static void test_two_cells(void)
{
    static const double G[] = {1, -1}, s[] = {10, 5}, v[] = {1, 1}, g[] = {0}, e[] = {0};
    double x[2];
    leie_error err = {0};
    leie_wls_info info;
    leie_csr t = by_cell(G, 1, 2);
    leie_wls_problem p = {.prior = s, .variance = v, .by_cell = &t, .target = g, .error = e};
    check_ok(leie_wls_solve(x, NULL, NULL, &p, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    check_near(x[0], 7.5, 1e-13);
    check_near(x[1], 7.5, 1e-13);
    leie_csr_free(&t);
}

// Uncertain cells under uncertain totals, two of which say 105 and 99 of the same sum; the figures are the
// closed form, checked against stacked least squares.
static void test_conflicting_totals(void)
{
    static const double G[] = {1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1};
    static const double s[] = {10, 20, 30, 40}, v[] = {1, 4, 9, 16};
    static const double g[] = {33, 68, 42, 105, 99}, e[] = {1, .25, .25, 4, 1};
    static const double theta[] = {10.739058221484042, 21.636845176639582, 31.178480046684925, 36.81752480136464};
    static const double fitted[] = {32.375903398123626, 67.99600484804957, 41.91753826816897, 100.37190824617319,
                                    100.37190824617319};
    static const double variance[] = {0.722494052161422, 1.0131910554768209, 0.9041035276614586, 1.0575417310615052};
    double x[4], sd[4];
    leie_error err = {0};
    leie_wls_info info;
    leie_csr t = by_cell(G, 5, 4);
    leie_wls_problem p = {.prior = s, .variance = v, .by_cell = &t, .target = g, .error = e};
    check_ok(leie_wls_solve(x, NULL, sd, &p, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    for (int c = 0; c < 4; c++) {
        check_near(x[c], theta[c], 1e-12);
        check_near(sd[c] * sd[c], variance[c], 1e-11);
    }
    for (int k = 0; k < 5; k++) {
        double sum = 0;
        for (int c = 0; c < 4; c++)
            sum += G[4 * k + c] * x[c];
        check_near(sum, fitted[k], 1e-12);
    }
    check_near(info.objective, 9.65704538313058, 1e-12);
    leie_csr_free(&t);
}

// Miller and Blair (2009), section 7.4.2: relative squares, and the chi-square form of Friedlander.
static void test_miller_blair(void)
{
    static const double A0[] = {.12, .10, .049, .21, .247, .265, .026, .249, .145}, x1[] = {421, 284, 283};
    static const double u[] = {245, 136, 159}, v[] = {251, 107, 182};
    static const double relative[] = {168.36493898708068, 53.11798535322649,  23.51707565969283,
                                      69.80158794585974,  -17.96831021491596, 84.16672226905611,
                                      12.833473067059568, 71.85032486168944,  74.3162020712511};
    static const double chi[] = {149.79427022867884, 54.68590774464546,  40.51982202667574,
                                 80.30579231715384,  -9.200257588389775, 64.89446527123602,
                                 20.8999374541674,   61.51434984374424,  76.58571270208836};
    double z[9], square[9];
    for (int k = 0; k < 9; k++) {
        z[k] = A0[k] * x1[k % 3];
        square[k] = z[k] * z[k];
    }
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr a = table_of(z, 3, 3), b = copy_of(&a);
    leie_margins m = {.row = u, .col = v};
    leie_wls_opts opt = {.limit.tolerance = 1e-13, .free_signs = true};
    check_ok(leie_wls(&a, &m, &opt, &info, &err), &err);
    opt.variance = square;
    check_ok(leie_wls(&b, &m, &opt, &info, &err), &err);
    check_true(info.converged);
    check_near(info.objective, 9.007949173331728, 1e-11);
    for (int k = 0; k < 9; k++) {
        check_near(a.val[k], chi[k], 1e-11);
        check_near(b.val[k], relative[k], 1e-11);
    }
    leie_csr_free(&a);
    leie_csr_free(&b);
}

// The same on coefficients with a >= 1e-5: the published optimum of sum (a + a0)^2 / a0 is 7.6203 (GAMS model
// library, iobalance), which is the least sum (a - a0)^2 / a0 plus 4 sum a.
static void test_published_optimum(void)
{
    static const double A0[] = {.12, .10, .049, .21, .247, .265, .026, .249, .145}, x1[] = {421, 284, 283};
    static const double u[] = {245, 136, 159}, v[] = {251, 107, 182};
    static const double expected[] = {.38634774658184606, .1627778585023372,      .12762786881406013,
                                      .1557609190776331,  1.0000000016158862e-05, .24884032886329285,
                                      .0540908592811384,  .21397270487792835,     .26664134295868924};
    double z[9], variance[9], lower[9];
    for (int k = 0; k < 9; k++) { // in flows: (a - a0)^2 / a0 = (z - z0)^2 / (a0 x^2)
        z[k] = A0[k] * x1[k % 3];
        variance[k] = A0[k] * x1[k % 3] * x1[k % 3];
        lower[k] = 1e-5 * x1[k % 3];
    }
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr a = table_of(z, 3, 3);
    leie_margins m = {.row = u, .col = v};
    leie_wls_opts opt = {.limit.tolerance = 1e-13, .variance = variance, .lower = lower};
    check_ok(leie_wls(&a, &m, &opt, &info, &err), &err);
    check_size(info.at_bound, 1);
    double sum = 0;
    for (int k = 0; k < 9; k++) {
        double c = a.val[k] / x1[k % 3];
        check_close(c, expected[k], 1e-4, 2e-5);
        sum += (c + A0[k]) * (c + A0[k]) / A0[k];
    }
    check_close(sum, 7.6203, 0, 6e-5);
    check_near(info.objective, 1.1560540557972534, 1e-6);
    leie_csr_free(&a);
}

/* ---- properties ---- */

static void test_totals_and_signs(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        leie_error err = {0};
        leie_balance_info info = {0};
        made_table t = make_table(14, 10, .4, .15, seed);
        leie_csr before = copy_of(&t.a);
        leie_margins m = {.row = t.u, .col = t.v};
        check_ok(leie_wls(&t.a, &m, &(leie_wls_opts){.limit.tolerance = 1e-12}, &info, &err), &err);
        check_true(info.converged);
        check_true(worst_total(&t.a, &m) <= 1.01e-12);
        for (leie_size c = 0; c < t.a.nnz; c++)
            check_true(before.val[c] * t.a.val[c] >= 0);
        leie_csr_free(&before);
        made_free(&t);
    }
}

// A negative cell that least squares alone would lift above zero stops there.
static void test_negative_cell_stops_at_zero(void)
{
    static const double A[] = {-1, 5, 5, 10}, u[] = {8, 12}, v[] = {8, 12};
    static const double expected[] = {0, 8, 8, 4};
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr a = table_of(A, 2, 2), free_signs = copy_of(&a);
    leie_margins m = {.row = u, .col = v};
    check_ok(leie_wls(&a, &m, NULL, &info, &err), &err);
    check_size(info.at_bound, 1);
    for (int k = 0; k < 4; k++)
        check_close(a.val[k], expected[k], 1e-9, 1e-9);
    check_ok(leie_wls(&free_signs, &m, &(leie_wls_opts){.free_signs = true}, &info, &err), &err);
    check_near(free_signs.val[0], 1.6 / 3, 1e-9);
    leie_csr_free(&a);
    leie_csr_free(&free_signs);
}

// Many active bounds: the conditions of Kuhn and Tucker, cell by cell, with multipliers from free cells.
static void test_bounds_are_optimal(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        leie_error err = {0};
        leie_balance_info info = {0};
        made_table t = make_table(10, 10, .7, 0, seed);
        leie_csr before = copy_of(&t.a);
        leie_size n = t.a.nnz;
        double *lower = leie_new(n, sizeof *lower), *upper = leie_new(n, sizeof *upper);
        for (leie_size c = 0; c < n; c++) { // wide enough for the table that the totals come from
            lower[c] = .9 * fmin(before.val[c], t.goal[c]);
            upper[c] = 1.05 * fmax(.7 * before.val[c], t.goal[c]);
        }
        leie_margins m = {.row = t.u, .col = t.v};
        leie_wls_opts opt = {.limit.tolerance = 1e-12, .lower = lower, .upper = upper};
        check_ok(leie_wls(&t.a, &m, &opt, &info, &err), &err);
        check_true(info.converged);
        check_true(info.at_bound > 0);
        check_true(worst_total(&t.a, &m) <= 1.01e-12);
        double there = 0;
        for (leie_size c = 0; c < n; c++) {
            check_true(t.a.val[c] >= lower[c] - 1e-12 && t.a.val[c] <= upper[c] + 1e-12);
            double d = t.a.val[c] - before.val[c], e = fmin(fmax(t.goal[c], lower[c]), upper[c]) - before.val[c];
            there += (d * (e - d)) / before.val[c]; // slope towards another table that meets the totals
        }
        check_true(there >= -1e-9);
        leie_free(lower);
        leie_free(upper);
        leie_csr_free(&before);
        made_free(&t);
    }
}

// Totals without errors hold; the doubtful one gives way.
static void test_reliable_totals_win(void)
{
    static const double a[] = {10, 20, 30, 40}, u[] = {33, 68}, v[] = {42, 60}, sd[] = {0, 3};
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr t = table_of(a, 2, 2);
    leie_margins m = {.row = u, .col = v, .col_sd = sd};
    check_ok(leie_wls(&t, &m, &(leie_wls_opts){.limit.tolerance = 1e-12}, &info, &err), &err);
    check_near(t.val[0] + t.val[1], 33, 1e-12);
    check_near(t.val[2] + t.val[3], 68, 1e-12);
    check_near(t.val[0] + t.val[2], 42, 1e-12);
    check_near(t.val[1] + t.val[3], 59, 1e-12);
    leie_csr_free(&t);
}

static void test_fixed_and_blocks(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_blocks block = {0};
    made_table t = make_table(6, 6, 1, 0, 9);
    leie_size cell[] = {0, 1, 6, 7};
    bool fixed[36] = {false};
    fixed[14] = true;
    t.a.val[14] = t.goal[14];
    double total = t.goal[0] + t.goal[1] + t.goal[6] + t.goal[7];
    check_ok(leie_blocks_add(&block, "corner", cell, 4, total, 0, &err), &err);
    leie_margins m = {.row = t.u, .col = t.v, .block = &block, .fixed = fixed};
    check_ok(leie_wls(&t.a, &m, &(leie_wls_opts){.limit.tolerance = 1e-12}, &info, &err), &err);
    check_true(info.converged);
    check_true(worst_total(&t.a, &m) <= 1.01e-12);
    check_near(t.a.val[14], t.goal[14], 0);
    leie_blocks_clear(&block);
    made_free(&t);
}

static void test_threads(void)
{
    leie_error err = {0};
    made_table t = make_table(300, 250, .5, .05, 2);
    leie_csr other = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v};
    leie_threads_set(1);
    check_ok(leie_wls(&t.a, &m, NULL, NULL, &err), &err);
    leie_threads_set(3);
    check_ok(leie_wls(&other, &m, NULL, NULL, &err), &err);
    leie_threads_set(0);
    check_true(memcmp(t.a.val, other.val, (size_t)t.a.nnz * sizeof(double)) == 0);
    leie_csr_free(&other);
    made_free(&t);
}

/* ---- refused ---- */

static void test_contradictions(void)
{
    static const double a[] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, u[] = {6, 15, 25}, v[] = {12, 15, 18};
    static const double good[] = {6, 15, 24}, upper[] = {9, 9, 9, 9, 9, 9, 7, 8, 5};
    double sd[3] = {0, -1, 0};
    leie_error err = {0};
    leie_csr t = table_of(a, 3, 3), before = copy_of(&t);
    leie_margins m = {.row = u, .col = v, .row_name = rows, .col_name = cols};
    check_status(leie_wls(&t, &m, &(leie_wls_opts){.free_signs = true}, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a difference of 1");
    err.code = LEIE_OK;
    m.row = good;
    check_status(leie_wls(&t, &m, &(leie_wls_opts){.upper = upper}, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "exact totals contradict each other or the bounds; what comes nearest misses row 'C' (24) by ");
    err.code = LEIE_OK;
    leie_blocks block = {0};
    check_ok(leie_blocks_add(&block, "row A again", (leie_size[]){0, 1, 2}, 3, 8, 0, &err), &err);
    m.block = &block;
    check_status(leie_wls(&t, &m, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "block 'row A again' (8) by ");
    check_has(err.text, "row 'A' (6) by -");
    err.code = LEIE_OK;
    m.row_sd = sd;
    check_status(leie_wls(&t, &m, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the standard error of row 'B' is -1");
    check_true(memcmp(t.val, before.val, sizeof a) == 0);
    leie_blocks_clear(&block);
    leie_csr_free(&t);
    leie_csr_free(&before);
}

static void test_bad_cells(void)
{
    static const double a[] = {1, 2, 3, 4}, u[] = {3, 7}, v[] = {4, 6}, low[] = {0, 0, 5, 0}, high[] = {9, 9, 4, 9};
    static const double variance[] = {1, 1, 1, -1};
    leie_error err = {0};
    leie_csr t = table_of(a, 2, 2);
    leie_margins m = {.row = u, .col = v, .row_name = rows, .col_name = cols};
    check_status(leie_wls(&t, &m, &(leie_wls_opts){.lower = low, .upper = high}, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "row 'B', column 'x' has bounds 5 and 4");
    err.code = LEIE_OK;
    check_status(leie_wls(&t, &m, &(leie_wls_opts){.variance = variance}, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "row 'B', column 'y' has variance -1");
    leie_csr_free(&t);
}

CHECK_SUITE(wls, {"two figures for one thing", test_two_cells, NULL},
            {"conflicting totals, each by its error", test_conflicting_totals, NULL},
            {"Miller and Blair 7.4.2 by least squares", test_miller_blair, NULL},
            {"a published optimum with a bound", test_published_optimum, NULL},
            {"totals met, signs kept", test_totals_and_signs, NULL},
            {"a negative cell stops at zero", test_negative_cell_stops_at_zero, NULL},
            {"many bounds", test_bounds_are_optimal, NULL},
            {"a doubtful total gives way", test_reliable_totals_win, NULL},
            {"fixed cells and blocks", test_fixed_and_blocks, NULL}, {"one thread and three", test_threads, NULL},
            {"contradictions by name", test_contradictions, NULL}, {"bad cells by name", test_bad_cells, NULL})
