// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/balance/gras.h"
#include "solver/balance/mrgras.h"
#include "solver/balance/ras.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

static char *const rows[] = {(char[]){"agriculture"}, (char[]){"mining"}};
static char *const cols[] = {(char[]){"food"}, (char[]){"steel"}};

/* ---- worked examples ---- */

// Miller and Blair (2009), section 7.4.2: A0 diag(x1) to the totals of 'Z1'; recomputed to 1e-13.
static void test_miller_blair(void)
{
    static const double A0[] = {.12, .10, .049, .21, .247, .265, .026, .249, .145}, x1[] = {421, 284, 283};
    static const double u[] = {245, 136, 159}, v[] = {251, 107, 182};
    static const double expected[] = {165.21014820116218, 34.613604639477785, 45.17624715936012,
                                      63.52861968216022,  18.78617795340145,  53.68520236443834,
                                      22.261232116677625, 53.60021740712076,  83.13855047620153};
    double z[9];
    for (int k = 0; k < 9; k++)
        z[k] = A0[k] * x1[k % 3];
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr a = table_of(z, 3, 3);
    leie_margins m = {.row = u, .col = v};
    check_ok(leie_ras(&a, &m, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    check_true(info.iterations <= 25);
    for (int k = 0; k < 9; k++)
        check_near(a.val[k], expected[k], 1e-11);
    leie_csr_free(&a);
}

// Junius and Oosterhaven (2003) with the result of Temurshoev, Miller and Bouwmeester (2013), three decimals;
// the longer figures and multipliers are recomputed.
static void test_junius_oosterhaven(void)
{
    static const double A[] = {7, 3, 5, -3, 2, 9, 8, 0, -2, 0, 2, 0};
    static const double u[] = {15, 26, -1}, v[] = {9, 16, 17, -2};
    static const double printed[] = {8.424, 3.375, 5.200, -2.000, 3.001, 12.625, 10.374, 0, -2.425, 0, 1.425, 0};
    static const double expected[] = {8.424341459748527,   3.375236893680617,
                                      5.200421646570942,   -2,
                                      3.000997548468369,   12.624763106319744,
                                      10.374239345211889,  0,
                                      -2.4253390082172794, 0,
                                      1.4253390082172797,  0};
    static const double r_expected[] = {1, 1.246802669362933, 0.6852035782315463};
    static const double s_expected[] = {1.2034773513926467, 1.1250789645602057, 1.0400843293141884, 1.5};
    double r[3], s[4];
    leie_error err = {0};
    leie_balance_info info = {.r_out = r, .s_out = s};
    leie_csr a = table_of(A, 3, 4);
    leie_margins m = {.row = u, .col = v};
    check_ok(leie_gras(&a, &m, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    for (int k = 0; k < 12; k++) {
        check_close(cell_of(&a, k / 4, k % 4), printed[k], 0, 5e-4);
        check_near(cell_of(&a, k / 4, k % 4), expected[k], 1e-11);
    }
    for (int i = 0; i < 3; i++)
        check_near(r[i] / r[0], r_expected[i], 1e-10);
    for (int j = 0; j < 4; j++)
        check_near(s[j] * r[0], s_expected[j], 1e-10);
    leie_csr_free(&a);
}

// Two regions of two sectors with block totals, one block free; checked by a constrained entropy minimisation.
static void test_mrgras_toy(void)
{
    static const double A[] = {20, 8, 5, 2, 6, 30, 4, 7, 5, 3, 25, 9, 2, -4, 8, 40};
    static const double u[] = {39, 51, 46, 51}, v[] = {36, 41, 45, 65}, total[] = {69, 21, 8, NAN};
    static const leie_index group[] = {0, 0, 1, 1};
    static const double expected[] = {21.785744250420297, 8.937358547042603,   5.798663919915626,  2.4782332826209537,
                                      6.246244684184226,  32.030652518352866,  4.4334647793906266, 8.28963801807279,
                                      5.739097040790294,  3.5316008074058214,  26.526207446383047, 10.203094705419952,
                                      2.2289140246051575, -3.4996118728012706, 8.24166385431075,   44.02903399388635};
    leie_error err = {0};
    double r[4], s[4];
    leie_balance_info info = {.r_out = r, .s_out = s};
    leie_blocks block = {0};
    leie_csr a = table_of(A, 4, 4);
    check_ok(leie_blocks_from_groups(&block, &a, group, 2, group, 2, total, &err), &err);
    check_size(block.n, 3);
    leie_margins m = {.row = u, .col = v, .block = &block};
    check_ok(leie_mrgras(&a, &m, &(leie_balance_opts){.tolerance = 1e-13}, &info, &err), &err);
    check_true(info.converged);
    check_size(info.t.n, 3);
    for (int k = 0; k < 16; k++)
        check_near(a.val[k], expected[k], 1e-10);
    // x = r p s t in the first cells of the blocks with the extreme multipliers
    leie_size most = block.cell[block.first[info.t.at_most]], least = block.cell[block.first[info.t.at_least]];
    check_near(a.val[most], r[most / 4] * A[most] * s[most % 4] * info.t.most, 1e-12);
    check_near(a.val[least], r[least / 4] * A[least] * s[least % 4] * info.t.least, 1e-12);
    leie_blocks_clear(&block);
    leie_csr_free(&a);
}

/* ---- properties ---- */

static void test_totals_signs_zeros(void)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        leie_error err = {0};
        leie_balance_info info = {0};
        made_table t = make_table(12, 9, .4, .15, seed);
        leie_csr before = copy_of(&t.a);
        leie_margins m = {.row = t.u, .col = t.v};
        check_ok(leie_gras(&t.a, &m, NULL, &info, &err), &err);
        check_true(info.converged && info.error <= 1e-9);
        check_true(worst_total(&t.a, &m) <= 1.001e-9);
        for (leie_size c = 0; c < t.a.nnz; c++)
            check_true(before.val[c] * t.a.val[c] > 0);
        leie_csr_free(&before);
        made_free(&t);
    }
}

// Three times the prior changes nothing; twice the totals doubles the table when there are no negative cells.
static void test_scaling_invariance(void)
{
    leie_error err = {0};
    leie_balance_opts opt = {.tolerance = 1e-13};
    made_table t = make_table(8, 8, .6, 0, 11);
    leie_csr one = copy_of(&t.a), two = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v};
    check_ok(leie_gras(&one, &m, &opt, NULL, &err), &err);
    for (leie_size c = 0; c < two.nnz; c++)
        two.val[c] *= 3;
    for (int i = 0; i < 8; i++) {
        t.u[i] *= 2;
        t.v[i] *= 2;
    }
    check_ok(leie_gras(&two, &m, &opt, NULL, &err), &err);
    for (leie_size c = 0; c < two.nnz; c++)
        check_near(two.val[c], 2 * one.val[c], 1e-11);
    leie_csr_free(&one);
    leie_csr_free(&two);
    made_free(&t);
}

static void test_same_method(void)
{
    leie_error err = {0};
    leie_blocks none = {0};
    made_table t = make_table(10, 7, .5, 0, 3);
    leie_csr ras = copy_of(&t.a), gras = copy_of(&t.a), mrgras = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v}, with = {.row = t.u, .col = t.v, .block = &none};
    check_ok(leie_ras(&ras, &m, NULL, NULL, &err), &err);
    check_ok(leie_gras(&gras, &m, NULL, NULL, &err), &err);
    check_ok(leie_mrgras(&mrgras, &with, NULL, NULL, &err), &err);
    check_true(memcmp(ras.val, gras.val, (size_t)ras.nnz * sizeof(double)) == 0);
    check_true(memcmp(mrgras.val, gras.val, (size_t)ras.nnz * sizeof(double)) == 0);
    leie_csr_free(&ras);
    leie_csr_free(&gras);
    leie_csr_free(&mrgras);
    made_free(&t);
}

// A block that is a row does what the row's total would have done.
static void test_block_as_row(void)
{
    leie_error err = {0};
    leie_balance_opts opt = {.tolerance = 1e-12};
    leie_blocks block = {0};
    made_table t = make_table(6, 6, .7, .2, 5);
    leie_csr by_row = copy_of(&t.a), by_block = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v};
    check_ok(leie_gras(&by_row, &m, &opt, NULL, &err), &err);
    leie_size cells[6], count = 0;
    for (leie_size c = t.a.row[2]; c < t.a.row[3]; c++)
        cells[count++] = c;
    check_ok(leie_blocks_add(&block, "third row", cells, count, t.u[2], 0, &err), &err);
    t.u[2] = NAN;
    m.block = &block;
    check_ok(leie_mrgras(&by_block, &m, &opt, NULL, &err), &err);
    for (leie_size c = 0; c < by_row.nnz; c++)
        check_near(by_block.val[c], by_row.val[c], 1e-9);
    leie_blocks_clear(&block);
    leie_csr_free(&by_row);
    leie_csr_free(&by_block);
    made_free(&t);
}

// Overlapping blocks, all met at once.
static void test_overlapping_blocks(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_blocks block = {0};
    made_table t = make_table(9, 9, 1, .1, 8);
    leie_size cells[27];
    for (int b = 0; b < 3; b++) { // columns b .. b + 2 of the first nine rows, overlapping by two
        leie_acc goal = {0};
        leie_size count = 0;
        for (leie_size i = 0; i < 9; i++)
            for (leie_size j = b; j < b + 3; j++) {
                cells[count++] = i * 9 + j;
                leie_acc_add(&goal, t.goal[i * 9 + j]);
            }
        check_ok(leie_blocks_add(&block, NULL, cells, count, leie_acc_value(&goal), 0, &err), &err);
    }
    for (int j = 0; j < 5; j++)
        t.v[j] = NAN;
    leie_margins m = {.row = t.u, .col = t.v, .block = &block};
    check_ok(leie_mrgras(&t.a, &m, NULL, &info, &err), &err);
    check_true(info.converged);
    check_true(worst_total(&t.a, &m) <= 1.001e-9);
    leie_blocks_clear(&block);
    made_free(&t);
}

static void test_fixed_cells(void)
{
    leie_error err = {0};
    made_table t = make_table(7, 7, .8, .1, 21);
    bool fixed[49] = {false};
    for (leie_size c = 0; c < t.a.nnz; c += 5) { // known cells of the table that the totals come from
        fixed[c] = true;
        t.a.val[c] = t.goal[c];
    }
    leie_csr before = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v, .fixed = fixed};
    check_ok(leie_gras(&t.a, &m, NULL, NULL, &err), &err);
    for (leie_size c = 0; c < t.a.nnz; c += 5)
        check_near(t.a.val[c], before.val[c], 0);
    check_true(worst_total(&t.a, &m) <= 1.001e-9);
    leie_csr_free(&before);
    made_free(&t);
}

static void test_empty_total_empties_the_line(void)
{
    static const double A[] = {1, 2, 3, 4, 5, 6, -1, -2, 0};
    static const double u[] = {0, 18, -3}, v[] = {3, 4, 8};
    leie_error err = {0};
    leie_csr a = table_of(A, 3, 3);
    leie_margins m = {.row = u, .col = v};
    check_ok(leie_gras(&a, &m, NULL, NULL, &err), &err);
    for (int j = 0; j < 3; j++)
        check_near(cell_of(&a, 0, j), 0, 0);
    check_true(worst_total(&a, &m) <= 1.001e-9);
    leie_csr_free(&a);
}

static void test_threads(void)
{
    leie_error err = {0};
    made_table t = make_table(900, 700, .3, .05, 2);
    leie_csr other = copy_of(&t.a);
    leie_margins m = {.row = t.u, .col = t.v};
    leie_threads_set(1);
    check_ok(leie_gras(&t.a, &m, NULL, NULL, &err), &err);
    leie_threads_set(3);
    check_ok(leie_gras(&other, &m, NULL, NULL, &err), &err);
    leie_threads_set(0);
    check_true(memcmp(t.a.val, other.val, (size_t)t.a.nnz * sizeof(double)) == 0);
    leie_csr_free(&other);
    made_free(&t);
}

// Chains of blocks that share cells, spread over several workers.
static void test_threads_with_blocks(void)
{
    enum { WIDE = 120, BLOCKS = WIDE - 2 };
    leie_error err = {0};
    leie_blocks block = {0};
    leie_balance_opts opt = {.tolerance = 1e-6, .iterations = 20};
    made_table t = make_table(WIDE, WIDE, 1, .1, 2);
    leie_csr other = copy_of(&t.a);
    leie_size *cell = leie_new(3 * WIDE, sizeof *cell);
    for (leie_size b = 0; b < BLOCKS; b++) {
        leie_size count = 0;
        leie_acc goal = {0};
        for (leie_size i = 0; i < WIDE; i++)
            for (leie_size j = b; j < b + 3; j++) {
                cell[count++] = i * WIDE + j;
                leie_acc_add(&goal, t.goal[i * WIDE + j]);
            }
        check_ok(leie_blocks_add(&block, NULL, cell, count, leie_acc_value(&goal), 0, &err), &err);
    }
    leie_margins m = {.row = t.u, .block = &block};
    leie_threads_set(1);
    check_ok(leie_mrgras(&t.a, &m, &opt, NULL, &err), &err);
    leie_threads_set(3);
    check_ok(leie_mrgras(&other, &m, &opt, NULL, &err), &err);
    leie_threads_set(0);
    check_true(memcmp(t.a.val, other.val, (size_t)t.a.nnz * sizeof(double)) == 0);
    leie_free(cell);
    leie_blocks_clear(&block);
    leie_csr_free(&other);
    made_free(&t);
}

// Emptying one line leaves another with cells of one sign and a total of zero, which is emptied too.
static void test_emptied_in_turn(void)
{
    static const double A[] = {1, -2, 0, 0, 3, 4, 0, 2, 5}, u[] = {0, 8, 8}, v[] = {0, 6, 10};
    leie_error err = {0};
    leie_balance_info info = {0};
    leie_csr a = table_of(A, 3, 3);
    leie_margins m = {.row = u, .col = v};
    check_ok(leie_gras(&a, &m, NULL, &info, &err), &err);
    check_true(info.converged);
    check_near(cell_of(&a, 0, 0), 0, 0);
    check_near(cell_of(&a, 0, 1), 0, 0);
    check_true(worst_total(&a, &m) <= 1.001e-9);
    leie_csr_free(&a);
}

static void test_out_of_sweeps(void)
{
    leie_error err = {0};
    leie_balance_info info = {0};
    made_table t = make_table(12, 9, .4, .15, 4);
    leie_margins m = {.row = t.u, .col = t.v};
    check_ok(leie_gras(&t.a, &m, &(leie_balance_opts){.iterations = 1}, &info, &err), &err);
    check_true(!info.converged);
    check_size(info.iterations, 1);
    check_near(info.error, worst_total(&t.a, &m), 1e-6);
    made_free(&t);
}

/* ---- refused ---- */

static void test_refused(void)
{
    static const double A[] = {1, -2, 3, 4}, u[] = {2, 7}, v[] = {4, 5};
    leie_error err = {0};
    leie_csr a = table_of(A, 2, 2);
    leie_margins m = {.row = u, .col = v, .row_name = rows, .col_name = cols};
    check_status(leie_ras(&a, &m, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "row 'agriculture', column 'steel' is -2");
    err.code = LEIE_OK;
    a.val[2] = NAN;
    check_status(leie_gras(&a, &m, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "the cell of row 'mining' and column 'food' is nan");
    err.code = LEIE_OK;
    a.val[2] = 3;
    leie_blocks block = {0};
    leie_size cells[] = {0, 4};
    check_ok(leie_blocks_add(&block, "all", cells, 2, 3, 0, &err), &err);
    m.block = &block;
    check_status(leie_gras(&a, &m, NULL, NULL, &err), LEIE_ERR_USAGE, &err);
    check_has(err.text, "1 blocks need MR-GRAS");
    err.code = LEIE_OK;
    check_status(leie_mrgras(&a, &m, NULL, NULL, &err), LEIE_ERR_SHAPE, &err);
    check_has(err.text, "block 'all' has cell 5 of 4");
    err.code = LEIE_OK;
    check_status(leie_blocks_add(&block, "odd", (leie_size[]){1, 1}, 2, 3, 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "block 'odd': its cells are not in ascending order");
    leie_blocks_clear(&block);
    leie_csr_free(&a);
}

CHECK_SUITE(gras, {"RAS: Miller and Blair 7.4.2", test_miller_blair, NULL},
            {"GRAS: Junius and Oosterhaven", test_junius_oosterhaven, NULL},
            {"MR-GRAS: two regions with block totals", test_mrgras_toy, NULL},
            {"totals met, signs and zeros kept", test_totals_signs_zeros, NULL},
            {"scale of the prior does not matter", test_scaling_invariance, NULL},
            {"RAS, GRAS and MR-GRAS agree to the bit", test_same_method, NULL},
            {"a block that is a row", test_block_as_row, NULL}, {"overlapping blocks", test_overlapping_blocks, NULL},
            {"fixed cells", test_fixed_cells, NULL},
            {"a total of zero empties its line", test_empty_total_empties_the_line, NULL},
            {"emptied in turn", test_emptied_in_turn, NULL}, {"one thread and three", test_threads, NULL},
            {"one thread and three, with overlapping blocks", test_threads_with_blocks, NULL},
            {"out of sweeps", test_out_of_sweeps, NULL}, {"refused", test_refused, NULL})
