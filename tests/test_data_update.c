// SPDX-License-Identifier: GPL-3.0-or-later
/* Belgium's rows and columns of the world table carried from 2005 to 2011 by totals of output, value added, final
 * demand, exports and imports, and held against the true table of 2011. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/write_files.h"

enum { P = 35, F = 5, COLUMNS = F + 1 }; // final demand, exports

static const char world_text[] =
    "leie: 1\nstudy: update\ntitle: update\n"
    "tables:\n"
    "  - {years: [2005, 2011], format: triplets, path: %s/wiod2013, labels: labels.csv, Z: 'Z_{year}.csv.gz',\n"
    "     Y: 'Y_{year}.csv.gz',\n"
    "     demand: [{code: households, kind: household}, {code: npish, kind: npish}, {code: government, kind: government},\n"
    "              {code: gfcf, kind: gfcf}, {code: inventories, kind: inventories}],\n"
    "     x_from: row, currency: USD, unit: MUSD, valuation: basic, prices: current, system: ixi, source: WIOD}\n";

static bool read_world(leie_table *t, int year)
{
    static char text[4096];
    leie_error err = {0};
    leie_study study = {0};
    snprintf(text, sizeof text, world_text, check_data());
    bool good = check_ok(leie_study_parse(&study, "update.yaml", text, 0, NULL, &err), &err) &&
                check_ok(leie_assemble(t, &study, year, NULL, &err), &err);
    leie_study_clear(&study);
    return good;
}

// Countries as regions of a supply-use table: an industry makes its own product, use of each other's products by region
// of origin, exports to everybody else in one column.
static void regions(leie_sut *s, const leie_table *t, const char *const *code, leie_size R)
{
    leie_error err = {0};
    leie_size N = R * P, M = R * COLUMNS;
    *s = (leie_sut){.account = {.year = t->year}};
    s->account.unit = leie_strdup("MUSD");
    leie_size first[4], demand[4];
    for (leie_size r = 0; r < R; r++) {
        leie_size at = leie_labels_find(&t->sector.region, code[r]);
        first[r] = t->sector.first[at];
        demand[r] = t->demand.first[at];
        for (leie_size i = 0; i < P; i++) {
            leie_axis_add(&s->product, code[r], t->sector.code[first[r] + i], "", "", LEIE_DEMAND_HOUSEHOLD, &err);
            leie_axis_add(&s->account.sector, code[r], t->sector.code[first[r] + i], "", "", LEIE_DEMAND_HOUSEHOLD, &err);
        }
        for (leie_size f = 0; f < F; f++)
            leie_axis_add(&s->account.demand, code[r], t->demand.code[demand[r] + f], "", "", t->demand.kind[demand[r] + f], &err);
        leie_axis_add(&s->account.demand, code[r], "export", "", "", LEIE_DEMAND_EXPORT, &err);
    }
    leie_labels_add(&s->account.input, "value_added", "", "", "", &err);
    s->supply = leie_new(N * N, sizeof *s->supply);
    s->account.W = leie_new(N, sizeof *s->account.W);
    check_ok(leie_sut_layer_new(s, LEIE_DOMESTIC, LEIE_BASIC, &err), &err);
    check_ok(leie_sut_layer_new(s, LEIE_IMPORTED, LEIE_BASIC, &err), &err);
    leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *from = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    for (leie_size i = 0; i < t->sector.n; i++) {
        leie_size own = -1, p = i % P;
        for (leie_size r = 0; r < R; r++)
            own = i >= first[r] && i < first[r] + P ? r : own;
        for (leie_size r = 0; r < R; r++) {
            leie_size row = (own >= 0 ? own : r) * P + p;
            for (leie_size j = 0; j < P; j++)
                (own >= 0 ? home : from)->use[row * N + r * P + j] += leie_matrix_get(&t->Z, i, first[r] + j);
            for (leie_size f = 0; f < F; f++)
                (own >= 0 ? home : from)->final[row * M + r * COLUMNS + f] += t->Y[i * t->demand.n + demand[r] + f];
        }
        if (own < 0)
            continue;
        leie_size row = own * P + p;
        double sold = leie_sum(home->use + row * N, N, 1) + leie_sum(home->final + row * M, M, 1);
        home->final[row * M + own * COLUMNS + F] = t->x[i] - sold;
        s->supply[row * N + row] = t->x[i];
    }
    for (leie_size r = 0; r < R; r++)
        for (leie_size j = 0; j < P; j++)
            s->account.W[r * P + j] = t->x[first[r] + j] - leie_sum(home->use + r * P + j, N, N) - leie_sum(from->use + r * P + j, N, N);
}

static void belgium(leie_sut *s, const leie_table *t)
{
    regions(s, t, (const char *const[]){"BEL"}, 1);
}

static double column_total(const leie_sut *s, leie_size f)
{
    return leie_sum(s->layer[LEIE_DOMESTIC][LEIE_BASIC].final + f, P, COLUMNS) +
           leie_sum(s->layer[LEIE_IMPORTED][LEIE_BASIC].final + f, P, COLUMNS);
}

static leie_size true_totals(leie_account_total *to, const leie_sut *s)
{
    leie_size n = 0;
    const leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *from = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    for (leie_size j = 0; j < P; j++) {
        to[n++] = (leie_account_total){LEIE_ACCOUNT_OUTPUT, 0, j, s->supply[j * P + j], 0, 0};
        to[n++] = (leie_account_total){LEIE_ACCOUNT_VALUE_ADDED, 0, j, s->account.W[j], 0, 0};
        to[n++] = (leie_account_total){LEIE_ACCOUNT_EXPORTS, 0, j, home->final[j * COLUMNS + F], 0, 0};
        to[n++] = (leie_account_total){LEIE_ACCOUNT_IMPORTS, 0, j,
                                       leie_sum(from->use + j * P, P, 1) + leie_sum(from->final + j * COLUMNS, COLUMNS, 1), 0, 0};
    }
    for (leie_size f = 0; f < F; f++)
        to[n++] = (leie_account_total){LEIE_ACCOUNT_FINAL, 0, f, column_total(s, f), 0, 0};
    return n;
}

// 100 sum |a - b| / sum |b| of use, domestic and imported.
static double wape(const leie_sut *a, const leie_sut *b)
{
    double miss = 0, all = 0;
    for (int o = 0; o < 2; o++)
        for (leie_size i = 0; i < P * P; i++) {
            miss += fabs(a->layer[o][LEIE_BASIC].use[i] - b->layer[o][LEIE_BASIC].use[i]);
            all += fabs(b->layer[o][LEIE_BASIC].use[i]);
        }
    return 100 * miss / all;
}

// The table of 2005 with every column in proportion to its output of 2011: what is known without balancing.
static void scale_columns(leie_sut *s, const leie_sut *b)
{
    for (int o = 0; o < 2; o++)
        for (leie_size i = 0; i < P * P; i++)
            s->layer[o][LEIE_BASIC].use[i] *=
                s->supply[i % P * (P + 1)] != 0 ? b->supply[i % P * (P + 1)] / s->supply[i % P * (P + 1)] : 0;
}

static void check_met(const leie_sut *s, const leie_sut *b, double tolerance)
{
    for (leie_size j = 0; j < P; j++) {
        check_close(s->supply[j * P + j], b->supply[j * P + j], tolerance, 1e-3);
        check_close(s->account.W[j], b->account.W[j], tolerance, 1e-3);
        const leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
        check_close(leie_sum(home->use + j * P, P, 1) + leie_sum(home->final + j * COLUMNS, COLUMNS, 1), s->supply[j * P + j],
                    1e-6, 1e-2);
    }
    for (leie_size f = 0; f < F; f++)
        check_close(column_total(s, f), column_total(b, f), tolerance, 1e-2);
}

static void test_roll(void)
{
    leie_error err = {0};
    leie_table t[2] = {{0}, {0}};
    leie_sut base, truth, naive, rolled;
    leie_account_total total[5 * P];
    if (!read_world(&t[0], 2005) || !read_world(&t[1], 2011))
        return;
    belgium(&truth, &t[1]);
    belgium(&naive, &t[0]);
    scale_columns(&naive, &truth);
    double before = wape(&naive, &truth), after[2] = {0};
    for (int wls = 0; wls < 2; wls++) {
        const leie_update how = {.year = 2011, .wls = wls == 1, .totals = true_totals(total, &truth), .total = total,
                                 .balance = {.tolerance = 1e-8}};
        leie_balance_info info;
        belgium(&rolled, &t[0]);
        if (check_ok(leie_sut_update(&rolled, &how, &info, &err), &err)) {
            check_size(rolled.account.year, 2011);
            check_met(&rolled, &truth, 1e-6);
            check_true(rolled.account.adjusted.n == LEIE_CHANGES_KEPT);
            after[wls] = wape(&rolled, &truth);
            check_true(after[wls] < 0.75 * before);
        }
        leie_sut_clear(&rolled);
    }
    if (getenv("LEIE_TEST_PRINT"))
        printf("use of 2011 from 2005, WAPE: columns scaled %.1f %%, SUT-RAS %.1f %%, least squares %.1f %%\n", before, after[0],
               after[1]);
    // Nothing known but the output of all: the structure of 2005, larger.
    belgium(&base, &t[0]);
    belgium(&rolled, &t[0]);
    double all = 0;
    for (leie_size j = 0; j < P; j++)
        all += base.supply[j * P + j];
    const leie_account_total grown = {LEIE_ACCOUNT_OUTPUT, 0, -1, 1.5 * all, 0, 2};
    const leie_update how = {.year = 2006, .totals = 1, .total = &grown};
    if (check_ok(leie_sut_update(&rolled, &how, NULL, &err), &err))
        for (leie_size j = 0; j < P; j++)
            check_close(rolled.supply[j * P + j], 1.5 * base.supply[j * P + j], 1e-9, 1e-6);
    leie_account_total wrong = {LEIE_ACCOUNT_FINAL, 0, 0, -5, 0, 7};
    const leie_update bad = {.year = 2006, .totals = 1, .total = &wrong};
    check_status(leie_sut_update(&base, &bad, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "final BEL households");
    check_size(base.account.year, 2005);
    leie_sut_clear(&base);
    leie_sut_clear(&rolled);
    leie_sut_clear(&truth);
    leie_sut_clear(&naive);
    leie_table_clear(&t[0]);
    leie_table_clear(&t[1]);
}

enum { R3 = 3, N3 = R3 * P, M3 = R3 * COLUMNS };

// What region r sells to region q.
static double trade(const leie_sut *s, leie_size r, leie_size q)
{
    const leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC];
    double sum = 0;
    for (leie_size i = r * P; i < (r + 1) * P; i++)
        sum += leie_sum(home->use + i * N3 + q * P, P, 1) + leie_sum(home->final + i * M3 + q * COLUMNS, F, 1);
    return sum;
}

static leie_size regional_totals(leie_account_total *to, const leie_sut *s, bool with_trade)
{
    const leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *from = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    leie_size n = 0;
    for (leie_size r = 0; r < R3; r++) {
        for (leie_size j = 0; j < P; j++) {
            leie_size row = r * P + j;
            double imports = leie_sum(from->use + row * N3, N3, 1) + leie_sum(from->final + row * M3, M3, 1);
            to[n++] = (leie_account_total){LEIE_ACCOUNT_OUTPUT, r, j, s->supply[row * N3 + row], 0, 0};
            to[n++] = (leie_account_total){LEIE_ACCOUNT_VALUE_ADDED, r, j, s->account.W[row], 0, 0};
            to[n++] = (leie_account_total){LEIE_ACCOUNT_IMPORTS, r, j, imports, 0, 0};
            to[n++] = (leie_account_total){LEIE_ACCOUNT_EXPORTS, r, j, home->final[row * M3 + r * COLUMNS + F], 0, 0};
        }
        for (leie_size f = 0; f < F; f++)
            to[n++] = (leie_account_total){LEIE_ACCOUNT_FINAL, r, f,
                                           leie_sum(home->final + r * COLUMNS + f, N3, M3) + leie_sum(from->final + r * COLUMNS + f, N3, M3), 0, 0};
        for (leie_size q = 0; with_trade && q < R3; q++)
            if (q != r)
                to[n++] = (leie_account_total){LEIE_ACCOUNT_TRADE, r, q, trade(s, r, q), 0, 0};
    }
    return n;
}

// 100 sum |a - b| / sum |b| of use across regions.
static double wape_across(const leie_sut *a, const leie_sut *b)
{
    double miss = 0, all = 0;
    for (leie_size i = 0; i < N3; i++)
        for (leie_size j = 0; j < N3; j++)
            if (i / P != j / P) {
                double is = a->layer[LEIE_DOMESTIC][LEIE_BASIC].use[i * N3 + j], was = b->layer[LEIE_DOMESTIC][LEIE_BASIC].use[i * N3 + j];
                miss += fabs(is - was);
                all += fabs(was);
            }
    return 100 * miss / all;
}

/* Three regions with real trade between them, Belgium, the Netherlands and France in the world table, from 2005 to 2011:
 * totals of trade between regions are met, and bring what crosses their borders nearer to the truth. */
static void test_regions(void)
{
    static const char *const code[R3] = {"BEL", "NLD", "FRA"};
    static leie_account_total total[R3 * (4 * P + F + R3)];
    leie_error err = {0};
    leie_table t[2] = {{0}, {0}};
    leie_sut truth, base, rolled;
    double across[4] = {0}, before;
    if (!read_world(&t[0], 2005) || !read_world(&t[1], 2011))
        return;
    regions(&truth, &t[1], code, R3);
    regions(&base, &t[0], code, R3);
    before = wape_across(&base, &truth);
    for (int way = 0; way < 4; way++) { // without and with totals of trade, by SUT-RAS and by least squares
        bool known = way % 2 == 1;
        const leie_update how = {.year = 2011, .wls = way >= 2, .totals = regional_totals(total, &truth, known), .total = total,
                                 .balance = {.tolerance = 1e-7}};
        leie_balance_info info;
        regions(&rolled, &t[0], code, R3);
        if (check_ok(leie_sut_update(&rolled, &how, &info, &err), &err)) {
            across[way] = wape_across(&rolled, &truth);
            for (leie_size r = 0; known && r < R3; r++)
                for (leie_size q = 0; q < R3; q++)
                    if (q != r)
                        check_close(trade(&rolled, r, q), trade(&truth, r, q), 1e-5, 1e-2);
        }
        leie_sut_clear(&rolled);
    }
    for (int way = 0; way < 4; way++)
        check_true(across[way] < 0.85 * before);
    if (getenv("LEIE_TEST_PRINT"))
        printf("use across borders of 2011, WAPE: of 2005 %.1f %%; SUT-RAS %.1f %%, with totals of trade %.1f %%; least squares %.1f %%, "
               "%.1f %%\n",
               before, across[0], across[1], across[2], across[3]);
    leie_sut_clear(&truth);
    leie_sut_clear(&base);
    leie_table_clear(&t[0]);
    leie_table_clear(&t[1]);
}

CHECK_SUITE(data_update, {"Belgium 2005 to 2011", test_roll, check_needs_data},
            {"three regions with totals of trade", test_regions, check_needs_data})
