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

// Belgium as supply and use: an industry makes its own product, exports are one column.
static void belgium(leie_sut *s, const leie_table *t)
{
    leie_error err = {0};
    leie_size r = leie_labels_find(&t->sector.region, "BEL"), first = t->sector.first[r], d = t->demand.first[r];
    *s = (leie_sut){.account = {.year = t->year}};
    s->account.unit = leie_strdup("MUSD");
    for (leie_size i = 0; i < P; i++) {
        leie_axis_add(&s->product, "BEL", t->sector.code[first + i], "", "", LEIE_DEMAND_HOUSEHOLD, &err);
        leie_axis_add(&s->account.sector, "BEL", t->sector.code[first + i], "", "", LEIE_DEMAND_HOUSEHOLD, &err);
    }
    for (leie_size f = 0; f < F; f++)
        leie_axis_add(&s->account.demand, "BEL", t->demand.code[d + f], "", "", t->demand.kind[d + f], &err);
    leie_axis_add(&s->account.demand, "BEL", "export", "", "", LEIE_DEMAND_EXPORT, &err);
    leie_labels_add(&s->account.input, "value_added", "", "", "", &err);
    s->supply = leie_new(P * P, sizeof *s->supply);
    s->account.W = leie_new(P, sizeof *s->account.W);
    check_ok(leie_sut_layer_new(s, LEIE_DOMESTIC, LEIE_BASIC, &err), &err);
    check_ok(leie_sut_layer_new(s, LEIE_IMPORTED, LEIE_BASIC, &err), &err);
    leie_sut_layer *home = &s->layer[LEIE_DOMESTIC][LEIE_BASIC], *from = &s->layer[LEIE_IMPORTED][LEIE_BASIC];
    for (leie_size i = 0; i < t->sector.n; i++) {
        bool own = t->sector.of[i] == r;
        leie_size p = i % P;
        for (leie_size j = 0; j < P; j++)
            (own ? home : from)->use[p * P + j] += leie_matrix_get(&t->Z, i, first + j);
        for (leie_size f = 0; f < F; f++)
            (own ? home : from)->final[p * COLUMNS + f] += t->Y[i * t->demand.n + d + f];
        if (!own)
            continue;
        double sold = leie_sum(home->use + p * P, P, 1) + leie_sum(home->final + p * COLUMNS, F, 1);
        home->final[p * COLUMNS + F] = t->x[i] - sold;
        s->supply[p * P + p] = t->x[i];
    }
    for (leie_size j = 0; j < P; j++)
        s->account.W[j] = t->x[first + j] - leie_sum(home->use + j, P, P) - leie_sum(from->use + j, P, P);
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

CHECK_SUITE(data_update, {"Belgium 2005 to 2011", test_roll, check_needs_data})
