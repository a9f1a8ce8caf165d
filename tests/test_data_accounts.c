// SPDX-License-Identifier: GPL-3.0-or-later
/* Accounts of real tables, read from the shared data. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/csv.h"
#include "io/run/run.h"
#include "tests/check.h"

typedef struct wiod {
    leie_study study;
    leie_table t;
    leie_account_regions q;
    leie_accounts a;
} wiod;

static void wiod_make(wiod *w, unsigned by)
{
    leie_error err = {0};
    *w = (wiod){0};
    setenv("LEIE_DATA", check_data(), 1);
    check_ok(leie_study_read(&w->study, "tests/studies/wiod-2011.yaml", 0, NULL, &err), &err);
    check_ok(leie_assemble(&w->t, &w->study, 2011, NULL, &err), &err);
    check_ok(leie_account_regions_all(&w->q, &w->t.sector, &err), &err);
    check_ok(leie_accounts_make(&w->a, &w->t, &w->q, &(leie_accounts_opts){.by = by}, &err), &err);
}

static void wiod_clear(wiod *w)
{
    leie_accounts_clear(&w->a);
    leie_account_regions_clear(&w->q);
    leie_table_clear(&w->t);
    leie_study_clear(&w->study);
}

// The three numbers of one line of the reference against ours, and direct pressures.
static void check_record(const wiod *w, const leie_csv *csv, const leie_size column[6])
{
    char stressor[128], region[32];
    double value[4];
    leie_error err = {0};
    check_ok(leie_csv_string(csv, column[0], stressor, sizeof stressor, &err), &err);
    check_ok(leie_csv_string(csv, column[1], region, sizeof region, &err), &err);
    for (int i = 0; i < 4; i++)
        check_ok(leie_csv_number(csv, column[2 + i], &value[i], &err), &err);
    leie_size s = leie_labels_find(&w->t.stressor, stressor), q = leie_labels_find(&w->q.label, region);
    if (!check_true(s >= 0 && q >= 0))
        return;
    leie_size at = q * w->a.k + s;
    check_near(w->a.D_pba[at], value[0], 1e-12);
    check_near(w->a.unallocated[at], value[1], 1e-12);
    check_near(w->a.D_cba[at], value[2], 1e-9);
    check_near(w->a.direct[at], value[3], 1e-12);
}

// wiod2011_materials/reference_accounts.csv: dense LU with two refinement steps, in numpy.
static void test_reference(void)
{
    const char *const names[] = {"stressor",          "region", "d_pba_industry", "unallocated", "d_cba_industry",
                                 "direct_households", NULL};
    const char *const unit[] = {"unit", NULL};
    char path[1024];
    leie_csv csv = {0};
    leie_error err = {0};
    wiod w;
    wiod_make(&w, 0);
    snprintf(path, sizeof path, "%s/wiod2011_materials/reference_accounts.csv", check_data());
    check_ok(leie_csv_open(&csv, path, names, unit, &err), &err);
    leie_size column[6], lines = 0;
    for (int i = 0; i < 6; i++)
        column[i] = leie_csv_column(&csv, names[i]);
    for (bool more = true; check_ok(leie_csv_next(&csv, &more, &err), &err) && more; lines++)
        check_record(&w, &csv, column);
    check_size(lines, 50 * 41);
    leie_csv_close(&csv);
    wiod_clear(&w);
}

// 76.06 Mt of fossil CO2 on industries without output; the world's accounts close; nothing fails a check.
static void test_wiod_identities(void)
{
    leie_identities list = {0};
    leie_error err = {0};
    wiod w;
    wiod_make(&w, LEIE_BY_PRODUCT | LEIE_BY_CATEGORY | LEIE_BY_ORIGIN | LEIE_BY_SUPPLIER | LEIE_BY_TRADE);
    const leie_accounts *a = &w.a;
    leie_size co2 = leie_labels_find(&w.t.stressor, "Carbon dioxide, fossil [air]");
    double idle = 0;
    for (leie_size q = 0; q < a->q && co2 >= 0; q++)
        idle += a->unallocated[q * a->k + co2];
    check_near(idle, 76.06e6, 1e-4);
    for (leie_size s = 0; s < a->k; s++)
        check_true(leie_accounts_world_gap(a, s) <= 1e-12);
    check_true(a->worst_identity <= 1e-10);
    check_true(a->linsys.residual <= 1e-12);
    check_ok(leie_identities_table(&list, &w.t, &err), &err);
    check_ok(leie_identities_accounts(&list, &w.t, &w.q, a, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("%s: %g, %s\n", list.item[i].name, list.item[i].size, list.item[i].worst);
    leie_identities_clear(&list);
    wiod_clear(&w);
}

CHECK_SUITE(data_accounts, {"WIOD 2011 against the reference", test_reference, check_needs_data},
            {"WIOD 2011 identities", test_wiod_identities, check_needs_data})
