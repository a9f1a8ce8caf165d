// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "solver/account/identities.h"
#include "solver/account/identities_impl.h"
#include "tests/check.h"
#include "tests/small_table.h"

enum { BY_ALL = (1 << 10) - 1 };

// The item whose name begins so; a failure is recorded when there is none.
static const leie_identity *find_item(const leie_identities *list, const char *name)
{
    static const leie_identity none;
    for (leie_size i = 0; i < list->n; i++)
        if (strncmp(list->item[i].name, name, strlen(name)) == 0)
            return &list->item[i];
    printf("no item '%s'\n", name);
    check_true(false);
    return &none;
}

static void check_item(const leie_identities *list, const char *name, leie_verdict verdict, leie_size count,
                       const char *worst)
{
    const leie_identity *item = find_item(list, name);
    check_size(item->verdict, verdict);
    check_size(item->count, count);
    check_has(item->worst, worst);
}

static leie_size count_verdict(const leie_identities *list, leie_verdict verdict)
{
    leie_size count = 0;
    for (leie_size i = 0; i < list->n; i++)
        count += list->item[i].verdict == verdict;
    return count;
}

// The three largest in order, equal ones as they came, NaN before everything.
static void test_worst(void)
{
    leie_worst worst = {.threshold = 1};
    const double size[7] = {0.5, 3, 2, 3, 1, 1.5, 7};
    for (int i = 0; i < 7; i++)
        leie_worst_see(&worst, i, size[i], -size[i]);
    check_size(worst.count, 5);
    check_near(worst.largest, 7, 0);
    check_size(worst.at[0], 6);
    check_size(worst.at[1], 1);
    check_size(worst.at[2], 3);
    leie_worst_see(&worst, 9, NAN, 4);
    check_size(worst.at[0], 9);
    check_size(worst.at[2], 1);
    check_near(worst.shown[1], -7, 0);
}

static void test_good_table(void)
{
    leie_table t;
    leie_identities list = {0};
    leie_error err = {0};
    small_table_pymrio(&t);
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_size(count_verdict(&list, LEIE_FAIL), 0);
    check_item(&list, "row balance", LEIE_PASS, 0, "");
    check_item(&list, "column balance", LEIE_SKIPPED, 0, "no primary inputs");
    check_item(&list, "column sums of A", LEIE_INFO, 1, "reg1 s2 (1.333)");
    check_item(&list, "every stressor has a unit", LEIE_PASS, 0, "");
    leie_identities_clear(&list);
    leie_table_clear(&t);
}

// Gives the table primary inputs that close its columns, and a row of hours that is not money.
static void close_columns(leie_table *t)
{
    leie_size n = t->sector.n;
    check_size(leie_labels_add(&t->input, "value added", NULL, NULL, NULL, NULL), 0);
    check_size(leie_labels_add(&t->input, "hours", NULL, "h", NULL, NULL), 1);
    t->W = leie_new(2 * n, sizeof *t->W);
    for (leie_size j = 0; j < n; j++) {
        t->W[j] = t->x[j];
        t->W[n + j] = 1e6;
        for (leie_size i = 0; i < n; i++)
            t->W[j] -= leie_matrix_get(&t->Z, i, j);
    }
}

static void test_balances(void)
{
    leie_table t;
    leie_identities list = {0};
    leie_error err = {0};
    small_table_pymrio(&t);
    close_columns(&t);
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "column balance", LEIE_PASS, 0, "");
    leie_identities_clear(&list);
    t.W[1] = t.W[7] = 0; // one column says nothing at all
    for (leie_size i = 0; i < 6; i++)
        t.Z.val[i * t.Z.ld + 1] = 0;
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "column balance", LEIE_PASS, 0, "");
    check_item(&list, "sectors with output that buy nothing", LEIE_INFO, 1, "reg1 s2");
    leie_identities_clear(&list);
    leie_table_clear(&t);
    small_table_pymrio(&t);
    close_columns(&t);
    t.Y[2] += 0.01; // reg1 s2 to reg1: rounding, against the mean output of 44.2
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "row balance", LEIE_INFO, 1, "reg1 s2 (0.01 MEUR)");
    check_near(find_item(&list, "row balance")->size, 0.01 / (265.0 / 6), 1e-9);
    leie_identities_clear(&list);
    t.Y[2] -= 2.01;
    t.W[3] += 7;
    t.W[4] = NAN;
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "row balance", LEIE_FAIL, 1, "reg1 s2 (-2 MEUR)");
    check_item(&list, "column balance", LEIE_FAIL, 2, "reg2 s2 (");
    check_has(find_item(&list, "column balance")->worst, ", reg2 s1 (7 MEUR)");
    leie_identities_clear(&list);
    leie_table_clear(&t);
}

// A hybrid table: tonnes in one row. Its column is not money, and money columns leave that row out.
static void test_hybrid_columns(void)
{
    const double Z[9] = {10, 20, 30, 30, 10, 0, 5, 0, 2}, Y[3] = {60, 55, 8}, F[3] = {8, 9, 2};
    leie_table t;
    leie_identities list = {0};
    leie_error err = {0};
    small_table(&t, "BE:s1: BE:s2:MEUR BE:steel:t", "BE:hh:household", "CO2:t:", Z, Y, F, NULL);
    check_size(leie_labels_add(&t.input, "value added", NULL, "MEUR", NULL, NULL), 0);
    t.W = leie_new(3, sizeof *t.W);
    t.W[0] = t.x[0] - 40;
    t.W[1] = t.x[1] - 30;
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "row balance", LEIE_PASS, 0, "");
    check_item(&list, "column balance of money rows and sectors", LEIE_PASS, 0, "");
    leie_identities_clear(&list);
    leie_table_clear(&t);
}

static void test_oddities(void)
{
    const double Z[9] = {10, -20, 3, 30, 10, 0, 0, 0, 0}, Y[9] = {60, 7, 0, 55, -5, 0, 0, -4, 0};
    const double F[6] = {8, -9, 2, 1, 1, 0};
    leie_table t;
    leie_identities list = {0};
    leie_error err = {0};
    small_table(&t, "BE:s1 BE:s2 BE:idle", "BE:hh:household BE:inv:inventories BE:npish:npish", "CO2:t: CH4::", Z, Y, F,
                NULL);
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "negative cells of Z", LEIE_INFO, 1, "BE s1 to BE s2 (-20 MEUR)");
    check_item(&list, "negative final demand", LEIE_INFO, 2, "BE s2 to BE inv (-5 MEUR), BE idle to BE inv (-4 MEUR)");
    check_item(&list, "negative output", LEIE_INFO, 1, "BE idle (-4 MEUR)");
    check_item(&list, "negative pressures", LEIE_INFO, 1, "CO2 of BE s2 (-9 t)");
    check_item(&list, "sectors without output", LEIE_INFO, 1, "BE idle (-4 MEUR)");
    check_item(&list, "purchases of sectors without output", LEIE_INFO, 1, "BE idle (3 MEUR)");
    check_item(&list, "pressures on sectors without output", LEIE_INFO, 1, "CO2 (2 t)");
    check_near(find_item(&list, "pressures on sectors without output")->size, 2.0 / 19, 1e-15);
    check_item(&list, "empty final-demand columns", LEIE_INFO, 1, "BE npish");
    check_item(&list, "every stressor has a unit", LEIE_FAIL, 1, "CH4");
    t.unit[0] = 0;
    leie_identities_clear(&list);
    check_ok(leie_identities_table(&list, &t, &err), &err);
    check_item(&list, "the table has a unit", LEIE_FAIL, 0, "no unit of money");
    leie_identities_clear(&list);
    leie_table_clear(&t);
}

// Accounts of a random table with a group of two regions.
static void make_accounts(leie_table *t, leie_account_regions *q, leie_accounts *a, unsigned by)
{
    leie_error err = {0};
    char first[] = "A", second[] = "C", *members[] = {first, second};
    small_table_random(t, 77, 3);
    check_ok(leie_account_regions_all(q, &t->sector, &err), &err);
    check_ok(leie_account_regions_add(q, &t->sector, "AC", NULL, 2, members, &err), &err);
    check_ok(leie_accounts_make(a, t, q, &(leie_accounts_opts){.by = by}, &err), &err);
}

static void clear_all(leie_table *t, leie_account_regions *q, leie_accounts *a, leie_identities *list)
{
    leie_identities_clear(list);
    leie_accounts_clear(a);
    leie_account_regions_clear(q);
    leie_table_clear(t);
}

static void test_good_accounts(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    leie_identities list = {0};
    leie_error err = {0};
    make_accounts(&t, &q, &a, BY_ALL);
    check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
    check_size(count_verdict(&list, LEIE_FAIL), 0);
    check_size(count_verdict(&list, LEIE_PASS), 15);
    check_item(&list, "residual", LEIE_PASS, 0, "right-hand sides");
    check_item(&list, "groups: D_imp among the members", LEIE_INFO, 3, "AC s");
    check_item(&list, "pressures for columns that do not count", LEIE_INFO, 3, "s0 (");
    clear_all(&t, &q, &a, &list);
    make_accounts(&t, &q, &a, 0);
    check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
    check_size(count_verdict(&list, LEIE_PASS), 5); // residual, world, regions, gross trade, groups
    clear_all(&t, &q, &a, &list);
}

// Each identity sees its own damage and names the place.
static void test_damaged_accounts(void)
{
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    leie_identities list = {0};
    leie_error err = {0};
    make_accounts(&t, &q, &a, BY_ALL);
    struct {
        double *value;
        leie_size at;
        const char *name, *worst;
    } damage[] = {
        {a.outside, 1, "world", "s1 ("},
        {a.D_exp, 1 * 3 + 2, "every region", "B s2 (1 t)"},
        {a.by_product, 2, "by product", "A s0 (1 t)"},
        {a.by_sector, 9 * 3 * 1 + 9 * 2, "by final product", "B s2 (1 t)"},
        {a.by_category, (2 * a.C + 1) * 3, "by final-demand category", "C s0 (1 t)"},
        {a.direct_category, 1, "direct pressures", "A s1 (1 t)"},
        {a.by_origin, (3 * 3 + 2) * 3 + 1, "by region of origin", "AC s1 (1 t)"},
        {a.by_origin_sector, 0, "by sector of origin", "A s0 (1 t)"},
        {a.by_supplier, (1 * 3 + 2) * 3, "by supplying region", "B s0 (1 t)"},
        {a.imp_by_product, 1, "imports by product", "A s0 (1 t)"},
        {a.exp_by_sector, 9 + 7, "exports by sector", "C s1 (1 t)"},
        {a.D_pba, 3 * 3, "groups: D_pba and D_cba", "AC s0 (-1 t)"},
        {a.trade_embodied, 9 + 1, "RMC", "A s1 (1 t)"},
    };
    for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
        damage[i].value[damage[i].at] += 1;
        check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
        const leie_identity *item = find_item(&list, damage[i].name);
        check_size(item->verdict, LEIE_FAIL);
        check_has(item->worst, damage[i].worst);
        damage[i].value[damage[i].at] -= 1;
        leie_identities_clear(&list);
    }
    a.linsys.residual = 2e-12;
    check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
    check_item(&list, "residual", LEIE_FAIL, 0, "|r| / |b| at most");
    clear_all(&t, &q, &a, &list);
}

// One region extracts nearly everything; the other one restocks less than it uses up.
static void test_plausibility(void)
{
    const double Z[4] = {10, 20, 3, 30}, Y[4] = {60, 7, 3, -2}, F[4] = {8, 1, 0, 40}, F_Y[4] = {0};
    leie_table t;
    leie_account_regions q = {0};
    leie_accounts a;
    leie_identities list = {0};
    leie_error err = {0};
    small_table(&t, "BE:s1 FR:s1", "BE:hh:household FR:inv:inventories", "sand:t: salt:t:", Z, Y, F, F_Y);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_ok(leie_accounts_make(&a, &t, &q, &(leie_accounts_opts){.by = LEIE_BY_ORIGIN}, &err), &err);
    check_ok(leie_identities_accounts(&list, &t, &q, &a, &err), &err);
    check_item(&list, "plausibility: one region has over half", LEIE_INFO, 2, "salt (FR 100.0 %), sand (BE 88.9 %)");
    check_item(&list, "plausibility: one region abroad", LEIE_INFO, 1, "BE salt (FR 100.0 %)");
    check_item(&list, "plausibility: negative footprints", LEIE_INFO, 2, "FR salt (-");
    clear_all(&t, &q, &a, &list);
}

CHECK_SUITE(identities, {"worst", test_worst, NULL}, {"good table", test_good_table, NULL},
            {"balances", test_balances, NULL}, {"hybrid columns", test_hybrid_columns, NULL},
            {"oddities", test_oddities, NULL}, {"good accounts", test_good_accounts, NULL},
            {"damaged accounts", test_damaged_accounts, NULL}, {"plausibility", test_plausibility, NULL})
