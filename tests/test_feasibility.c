// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/balance/feasibility.h"
#include "solver/balance/gras.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

static char *const row_name[] = {(char[]){"A"}, (char[]){"B"}, (char[]){"C"}, (char[]){"D"}};
static char *const col_name[] = {(char[]){"w"}, (char[]){"x"}, (char[]){"y"}, (char[]){"z"}};

// Looks for faults of a 4 x 4 table; GRAS must refuse with the same first words and leave the table alone.
static leie_faults faults_of(const double *dense, const double *u, const double *v, const bool *fixed)
{
    leie_faults faults;
    leie_error err = {0}, again = {0};
    leie_csr a = table_of(dense, 4, 4), before = copy_of(&a);
    leie_margins m = {.row = u, .col = v, .fixed = fixed, .row_name = row_name, .col_name = col_name};
    leie_status st = leie_feasible(&faults, &a, &m, 0, &err);
    check_size(leie_gras(&a, &m, &(leie_balance_opts){.iterations = 2}, NULL, &again), st);
    check_text(again.text, err.text);
    check_true(st == LEIE_OK || memcmp(a.val, before.val, (size_t)a.nnz * sizeof(double)) == 0);
    leie_csr_free(&a);
    leie_csr_free(&before);
    return faults;
}

static void test_nothing_wrong(void)
{
    static const double a[] = {1, 2, 0, 0, 0, 3, -1, 0, 2, 0, 4, 0, 0, 0, 1, 5};
    static const double u[] = {4, -1, 7, 8}, v[] = {4, 2, 6, 6};
    check_size(faults_of(a, u, v, NULL).n, 0);
}

static void test_empty(void)
{
    static const double a[] = {1, 2, 0, 0, 0, 0, 0, 0, 2, 0, 4, 0, 0, 0, 1, 5};
    static const double u[] = {4, 2.385, 7, 8}, v[] = {4, 2, 6, 9.385};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 1);
    check_size(f.item[0].kind, LEIE_FAULT_EMPTY);
    check_size(f.item[0].row, 1);
    check_near(f.item[0].by, 2.385, 0);
    check_has(f.item[0].text, "row 'B' has a total of 2.385 and no cell that may move");
}

static void test_fixed_leave_nothing(void)
{
    static const double a[] = {1, 2, 0, 0, 0, 3, 1, 0, 2, 0, 4, 0, 0, 0, 1, 5};
    static const double u[] = {2.5, 4, 7, 8}, v[] = {3.5, 5, 7, 6};
    static const bool fixed[9] = {true, true};
    leie_faults f = faults_of(a, u, v, fixed);
    check_size(f.n, 1);
    check_near(f.item[0].by, -.5, 1e-15);
    check_has(f.item[0].text, "row 'A' has a total of 2.5, its fixed cells make 3, and no cell may move: 0.5 too much");
}

static void test_sign(void)
{
    static const double a[] = {1, 2, 0, 0, 0, 3, 1, 0, -2, 0, -4, 0, 0, 0, 1, 5};
    static const double u[] = {-3, 4, 7, 8}, v[] = {1, 5, 4, 6};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 2);
    check_size(f.item[0].kind, LEIE_FAULT_SIGN);
    check_has(f.item[0].text, "row 'A' has a total of -3 and only positive cells");
    check_has(f.item[1].text, "row 'C' has a total of 7 and only negative cells");
}

static void test_components(void)
{
    static const double a[] = {1, 2, 0, 0, 2, 3, 0, 0, 0, 0, 4, 1, 0, 0, 1, 5};
    static const double u[] = {4, 5, 6, 7}, v[] = {4, 5.5, 6, 6.5};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 2);
    check_size(f.item[0].kind, LEIE_FAULT_COMPONENT);
    check_near(f.item[0].by, -.5, 1e-14);
    check_has(f.item[0].text, "row 'A', row 'B' sum to 9, column 'w', column 'x' to 9.5, a difference of -0.5");
    check_has(f.item[1].text, "row 'C', row 'D' sum to 13");
    check_near(f.item[1].by, .5, 1e-14);
}

// Row A sells to w only, and w buys less than A has to sell.
static void test_cut(void)
{
    static const double a[] = {1, 0, 0, 0, 2, 3, 1, 1, 1, 2, 4, 1, 0, 1, 1, 5};
    static const double u[] = {5, 4, 4, 4}, v[] = {3, 4, 4, 6};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 1);
    check_size(f.item[0].kind, LEIE_FAULT_CUT);
    check_near(f.item[0].by, 2, 1e-12);
    check_has(f.item[0].text, "row 'A' (5 in all) against column 'w' (3 in all): the rows are 2 too large");
}

// Two rows that have to share two columns; a negative cell takes the same part as one turned round.
static void test_cut_with_negatives(void)
{
    static const double a[] = {1, 1, 0, 0, 2, 3, 0, 0, 1, -2, 4, 1, 0, 1, 1, 5};
    static const double u[] = {5, 4, 3, 4}, v[] = {3, 4, 4, 5};
    // row C can lower column x, so rows A and B fit after all
    check_size(faults_of(a, u, v, NULL).n, 0);
    double b[16];
    memcpy(b, a, sizeof b);
    b[9] = 2;
    leie_faults f = faults_of(b, u, v, NULL);
    check_size(f.n, 1);
    check_has(f.item[0].text, "row 'A', row 'B' (9 in all) against column 'w', column 'x' (7 in all)");
}

// A column that wants more than the rows with cells in it have to give; other totals are free.
static void test_cut_with_free_lines(void)
{
    static const double a[] = {1, 1, 0, 0, 2, 3, 0, 0, 0, 0, 4, 1, 0, 0, 1, 5};
    static const double u[] = {2, 3, NAN, 4}, v[] = {6, NAN, 4, 5};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 1);
    check_size(f.item[0].col, 0);
    check_near(f.item[0].by, -1, 1e-12);
    check_has(f.item[0].text, "row 'A', row 'B' (5 in all) against column 'w' (6 in all): the columns are 1 too large");
}

/* Column y wants more than row A has. The free row F could relieve A of column x and of no more: what it
 * adds is looked for along cells whose flow is taken back. */
static void test_cut_behind_a_free_line(void)
{
    static const double a[] = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 2, 1, 0, 0, 1, 5};
    static const double u[] = {4, NAN, 5, 4}, v[] = {4, 6, 4, 5};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 1);
    check_near(f.item[0].by, -2, 1e-12);
    check_has(f.item[0].text, "row 'A' (4 in all) against column 'x' (6 in all): the columns are 2 too large");
}

// A line that its total of zero would empty is whole again when something else stands in the way.
static void test_restored(void)
{
    static const double a[] = {1, 2, 0, 0, 0, 3, 1, 0, 2, 0, 4, 0, 0, 0, 1, 5};
    static const double u[] = {0, -4, 7, 8}, v[] = {NAN, NAN, NAN, NAN};
    leie_faults f = faults_of(a, u, v, NULL);
    check_size(f.n, 1);
    check_has(f.item[0].text, "row 'B' has a total of -4 and only positive cells");
}

// Whatever the totals of another table with these cells are, they can be met; moved apart they can not.
static void test_random(void)
{
    for (uint64_t seed = 1; seed <= 60; seed++) {
        leie_faults faults;
        leie_error err = {0};
        made_table t = make_table(9, 11, .15, seed % 3 ? .2 : 0, seed);
        leie_margins m = {.row = t.u, .col = t.v};
        check_ok(leie_feasible(&faults, &t.a, &m, 0, &err), &err);
        t.u[seed % 9] += 1;
        check_status(leie_feasible(&faults, &t.a, &m, 0, &err), LEIE_ERR_DATA, &err);
        made_free(&t);
    }
}

static void test_blocks(void)
{
    static const double a[] = {1, 2, 3, 4}, u[] = {4, 7}, v[] = {5, 6};
    leie_faults faults;
    leie_error err = {0};
    leie_blocks block = {0};
    leie_csr t = table_of(a, 2, 2);
    check_ok(leie_blocks_add(&block, "nothing", NULL, 0, 2.5, 0, &err), &err);
    check_ok(leie_blocks_add(&block, "diagonal", (leie_size[]){0, 3}, 2, -4, 0, &err), &err);
    leie_margins m = {.row = u, .col = v, .block = &block};
    check_status(leie_feasible(&faults, &t, &m, 0, &err), LEIE_ERR_DATA, &err);
    check_size(faults.n, 2);
    check_has(err.text, "block 'nothing' has a total of 2.5 and no cell that may move (and 1 more)");
    check_has(faults.item[1].text, "block 'diagonal' has a total of -4 and only positive cells");
    leie_blocks_clear(&block);
    leie_csr_free(&t);
}

CHECK_SUITE(feasibility, {"nothing wrong", test_nothing_wrong, NULL}, {"no cells", test_empty, NULL},
            {"fixed cells leave nothing to move", test_fixed_leave_nothing, NULL},
            {"impossible signs", test_sign, NULL}, {"components", test_components, NULL},
            {"a row against its columns", test_cut, NULL}, {"negative cells", test_cut_with_negatives, NULL},
            {"free totals", test_cut_with_free_lines, NULL},
            {"a cut behind a free line", test_cut_behind_a_free_line, NULL}, {"restored", test_restored, NULL},
            {"random tables", test_random, NULL}, {"blocks", test_blocks, NULL})
