// SPDX-License-Identifier: GPL-3.0-or-later
/* Material flow accounts of the member states against the values per head that Eurostat publishes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "tests/check.h"

typedef struct panel {
    const char *study, *total, *status, *published; // the study and the columns of the panel
    leie_mfa_indicator indicator;
    leie_flow_accounts a;
    leie_size compared, off;
} panel;

static leie_status open_panel(panel *p, leie_error *err)
{
    leie_study study = {0};
    setenv("LEIE_DATA", check_data(), 1);
    leie_status st = leie_study_read(&study, p->study, 0, NULL, err);
    if (!st)
        st = leie_flow_accounts_make(&p->a, &study, err);
    leie_study_clear(&study);
    return st;
}

static double number(const leie_csv *csv, const char *column)
{
    double value = NAN;
    leie_size c = leie_csv_column(csv, column);
    if (c >= 0 && csv->field[c].size)
        leie_csv_number(csv, c, &value, NULL);
    return value;
}

// One country and year: the total, its status, and total over population against the published value (three
// decimals). Portugal's DMC per head of 2022 and 2023 does not divide out.
static void compare(panel *p, const leie_csv *csv)
{
    char geo[16], flag[8];
    double published = number(csv, p->published), people = number(csv, "population"), total = number(csv, p->total);
    leie_size y = 0;
    leie_csv_string(csv, leie_csv_column(csv, "geo"), geo, sizeof geo, NULL);
    leie_csv_string(csv, leie_csv_column(csv, p->status), flag, sizeof flag, NULL);
    while (y < p->a.mfa.Y && p->a.mfa.year[y] != (int)number(csv, "year"))
        y++;
    leie_size q = leie_labels_find(&p->a.q.label, geo);
    if (!check_true(q >= 0 && y < p->a.mfa.Y))
        return;
    double mass = leie_flow_value(&p->a, y, q, p->indicator, LEIE_MATERIAL_TOTAL, false, false);
    check_near(mass, 1000 * total, 1e-14);
    int status = p->a.mfa.status[(y * p->a.mfa.q + q) * LEIE_MFA_INDICATORS + p->indicator];
    check_size(status == LEIE_FLOW_IMPUTED, strchr(flag, 'i') != NULL);
    p->compared++;
    if (fabs(mass / people - published) <= 0.00051)
        return;
    p->off++;
    check_true(strcmp(geo, "PT") == 0 && p->indicator == LEIE_MFA_DMC && p->a.mfa.year[y] >= 2022);
}

static void compare_panel(panel *p, leie_size off)
{
    char path[1024];
    leie_csv csv = {.separator = ','};
    leie_error err = {0};
    check_ok(open_panel(p, &err), &err);
    snprintf(path, sizeof path, "%s/eurostat_material/panel_2010_2023.csv", check_data());
    check_ok(leie_csv_open_wide(&csv, path, &err), &err);
    for (bool more = true; check_ok(leie_csv_next(&csv, &more, &err), &err) && more;)
        compare(p, &csv);
    check_size(p->compared, 378);
    check_size(p->off, off);
    leie_csv_close(&csv);
}

static void test_rmc(void)
{
    panel p = {.study = "tests/studies/eurostat-rmc.yaml", .total = "rmc_total_ths_t", .status = "rmc_total_status",
               .published = "rmc_pc_published_t", .indicator = LEIE_MFA_RMC};
    compare_panel(&p, 0);
    // Belgium, mean of 2010 to 2012: (149237.362 + 171722.529 + 156599.882) / 3 kt
    leie_size q = leie_labels_find(&p.a.q.label, "BE");
    check_near(leie_flow_value(&p.a, 1, q, LEIE_MFA_RMC, LEIE_MATERIAL_TOTAL, false, true), 477559773.0 / 3, 1e-14);
    leie_flow_accounts_clear(&p.a);
}

static void test_dmc(void)
{
    panel p = {.study = "tests/studies/eurostat-dmc.yaml", .total = "dmc_total_ths_t", .status = "dmc_total_status",
               .published = "dmc_pc_published_t", .indicator = LEIE_MFA_DMC};
    compare_panel(&p, 2);
    leie_flow_accounts_clear(&p.a);
}

CHECK_SUITE(data_flows, {"RMC per head of 27 countries", test_rmc, check_needs_data},
            {"DMC per head of 27 countries", test_dmc, check_needs_data})
