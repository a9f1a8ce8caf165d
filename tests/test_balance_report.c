// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>

#include "solver/balance/balance_report.h"
#include "tests/balance_tables.h"
#include "tests/check.h"

static void test_totals_and_changes(void)
{
    static const double prior[] = {1, 2, -3, 4, 5, 0}, now[] = {1.5, 2, 1, 0, 8, 0};
    static const double u[] = {4, NAN}, v[] = {NAN, 10.5, 1};
    leie_error err = {0};
    leie_balance_report r;
    leie_blocks block = {0};
    leie_csr a = table_of(prior, 2, 3);
    double before[5];
    for (int c = 0; c < 5; c++) {
        before[c] = a.val[c];
        a.val[c] = now[c];
    }
    check_ok(leie_blocks_add(&block, "corner", (leie_size[]){0, 4}, 2, 9.5, 0, &err), &err);
    leie_margins m = {.row = u, .col = v, .block = &block};
    check_ok(leie_balance_report_make(&r, &a, before, &m, NULL, &err), &err);
    check_size(r.totals, 4); // one row, two columns, one block
    check_near(r.total[0].before, 0, 0);
    check_near(r.total[0].after, 4.5, 1e-15);
    check_near(r.total[0].error, .5 / 4.5, 1e-15);
    check_size(r.total[1].kind, LEIE_LINE_COL);
    check_size(r.total[1].at, 1);
    check_near(r.total[1].error, .5 / 10.5, 1e-15);
    check_near(r.total[3].error, 0, 0);
    check_near(r.error, .5 / 4.5, 1e-15);
    check_near(r.before, 9, 1e-15);
    check_near(r.after, 12.5, 1e-15);
    check_near(r.wape, 100 * 11.5 / 15, 1e-14);
    check_size(r.emptied, 1);
    check_size(r.turned, 1);
    check_size(r.changes, 4);
    check_size(r.change[0].row, 0); // -3 to 1, then 4 to 0: equal, in their order
    check_size(r.change[1].row, 1);
    check_near(r.change[2].after, 8, 0);
    leie_balance_report_clear(&r);
    leie_blocks_clear(&block);
    leie_csr_free(&a);
}

static void test_many_changes(void)
{
    leie_error err = {0};
    leie_balance_report r;
    made_table t = make_table(10, 10, 1, 0, 7);
    leie_csr after = copy_of(&t.a);
    for (leie_size c = 0; c < after.nnz; c++)
        after.val[c] += (double)(c * 37 % 100);
    check_ok(leie_balance_report_make(&r, &after, t.a.val, &(leie_margins){0}, NULL, &err), &err);
    check_size(r.changes, LEIE_CHANGES_KEPT);
    for (int k = 0; k < LEIE_CHANGES_KEPT; k++)
        check_near(r.change[k].after - r.change[k].before, 99 - k, 1e-12);
    leie_balance_report_clear(&r);
    leie_csr_free(&after);
    made_free(&t);
}

CHECK_SUITE(balance_report, {"totals and changes", test_totals_and_changes, NULL},
            {"the largest of many changes", test_many_changes, NULL})
