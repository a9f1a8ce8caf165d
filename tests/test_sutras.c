// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "solver/balance/sutras.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

/* Two products, two industries and final users; the use table has a fall in stocks. */
static const double USE[] = {10, 25, 60, 30, 15, -5}, IMPORTS[] = {4, 0, 8, 2, 6, 1}, SUPPLY[] = {85, 5, 10, 45};

static char *const product[] = {(char[]){"crops"}, (char[]){"steel"}};
static char *const users[] = {(char[]){"farms"}, (char[]){"mills"}, (char[]){"households"}};

static double row_sum(const leie_csr *a, leie_size i)
{
    double sum = 0;
    for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
        sum += a->val[c];
    return sum;
}

static double col_sum(const leie_csr *a, leie_size j)
{
    double sum = 0;
    for (leie_size i = 0; i < a->rows; i++)
        sum += cell_of(a, i, j);
    return sum;
}

// Totals hold, supply meets use, and each cell is its prior times the multipliers of the model.
static void test_use_and_supply(void)
{
    static const double user[] = {46, 44, 65}, output[] = {102, 53};
    double r[2], s[5];
    leie_error err = {0};
    leie_balance_info info = {.r_out = r, .s_out = s};
    leie_csr use = table_of(USE, 2, 3), supply = table_of(SUPPLY, 2, 2);
    leie_sut_prior prior = {.use = &use, .supply = &supply};
    leie_sut_totals totals = {.user = user, .output = output, .imports = NAN};
    check_ok(leie_sutras(&prior, &totals, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    for (int p = 0; p < 2; p++)
        check_near(row_sum(&use, p), row_sum(&supply, p), 1e-12);
    for (int j = 0; j < 3; j++)
        check_near(col_sum(&use, j), user[j], 1e-12);
    for (int k = 0; k < 2; k++)
        check_near(col_sum(&supply, k), output[k], 1e-12);
    for (int p = 0; p < 2; p++) {
        double up = 0, down = 0; // r_p = sqrt(n_p / p_p)
        for (int j = 0; j < 3; j++) {
            double u = USE[3 * p + j];
            check_near(cell_of(&use, p, j), u > 0 ? u * r[p] * s[j] : u / (r[p] * s[j]), 1e-12);
            up += u > 0 ? u * s[j] : 0;
            down += u < 0 ? -u / s[j] : 0;
        }
        for (int k = 0; k < 2; k++) {
            check_near(cell_of(&supply, p, k), SUPPLY[2 * p + k] / (r[p] * s[3 + k]), 1e-12);
            down += SUPPLY[2 * p + k] / s[3 + k];
        }
        check_near(r[p], sqrt(down / up), 1e-11);
    }
    leie_csr_free(&use);
    leie_csr_free(&supply);
}

static void test_imports(void)
{
    static const double user[] = {50, 50, 74}, output[] = {100, 50};
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr use = table_of(USE, 2, 3), imports = table_of(IMPORTS, 2, 3), supply = table_of(SUPPLY, 2, 2);
    leie_sut_prior prior = {&use, &imports, &supply};
    leie_sut_totals totals = {.user = user, .output = output, .imports = 24};
    check_ok(leie_sutras(&prior, &totals, &(leie_balance_opts){.tolerance = 1e-12}, &info, &err), &err);
    check_true(info.converged);
    check_near(row_sum(&imports, 0) + row_sum(&imports, 1), 24, 1e-11);
    for (int j = 0; j < 3; j++)
        check_near(col_sum(&use, j) + col_sum(&imports, j), user[j], 1e-11);
    for (int p = 0; p < 2; p++)
        check_near(row_sum(&use, p), row_sum(&supply, p), 1e-11);
    check_near(cell_of(&imports, 0, 1), 0, 0);
    leie_csr_free(&use);
    leie_csr_free(&imports);
    leie_csr_free(&supply);
}

static void test_refused(void)
{
    static const double user[] = {46, 44, 65}, output[] = {102, 63};
    leie_error err = {0};
    leie_csr use = table_of(USE, 2, 3), supply = table_of(SUPPLY, 2, 2), three = table_of(USE, 3, 2);
    leie_csr before = copy_of(&use);
    leie_sut_prior prior = {.use = &use, .supply = &supply}, odd = {.use = &three, .supply = &supply};
    leie_sut_totals totals = {.user = user,
                              .output = output,
                              .imports = NAN,
                              .product_name = product,
                              .user_name = users,
                              .industry_name = users};
    check_status(leie_sutras(&odd, &totals, NULL, NULL, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "the use table has 3 products and the supply table 2");
    err.code = LEIE_OK;
    check_status(leie_sutras(&prior, &totals, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "row 'product crops', row 'product steel' sum to 0");
    check_has(err.text, "column 'use by farms'");
    check_has(err.text, "a difference of 10");
    check_true(memcmp(before.val, use.val, (size_t)use.nnz * sizeof(double)) == 0);
    leie_csr_free(&use);
    leie_csr_free(&supply);
    leie_csr_free(&three);
    leie_csr_free(&before);
}

CHECK_SUITE(sutras, {"use and supply", test_use_and_supply, NULL}, {"imports with a known sum", test_imports, NULL},
            {"refused", test_refused, NULL})
