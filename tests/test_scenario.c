// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios in memory and from files: amounts, paths, selections, operators, what is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "solver/scenario/baseline.h"
#include "tests/check.h"
#include "tests/results.h"

// ---- amounts and paths ----

static double amount(const char *text)
{
    static char a[] = "a", b[] = "b_2";
    const leie_parameter parameter[] = {{.name = a}, {.name = b}};
    const double value[] = {2.385, 0.25};
    leie_amount read = {0};
    leie_error err = {0};
    check_ok(leie_amount_read(&read, text, 2, parameter, &err), &err);
    double v = leie_amount_value(&read, value, NAN);
    leie_amount_clear(&read);
    return v;
}

static void test_amounts(void)
{
    check_near(amount("0.3"), 0.3, 0);
    check_near(amount("-1.5e-2"), -0.015, 0);
    check_near(amount("a"), 2.385, 0);
    check_near(amount(" a * b_2 - 1 "), 2.385 * 0.25 - 1, 1e-15);
    check_near(amount("1 - (a + 2) / b_2 * 3"), 1 - (2.385 + 2) / 0.25 * 3, 1e-15);
    check_near(amount("--a"), 2.385, 0);
    check_near(amount("10 - 3 - 2"), 5, 0);
    leie_amount none = {0};
    check_near(leie_amount_value(&none, NULL, 7.5), 7.5, 0);
}

static void refuse_amount(const char *text, const char *why)
{
    static char share[] = "share";
    const leie_parameter parameter = {.name = share};
    leie_amount read = {0};
    leie_error err = {0};
    check_status(leie_amount_read(&read, text, 1, &parameter, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, why);
    check_true(read.text == NULL);
}

static void test_refused_amounts(void)
{
    char deep[80], chain[400] = "1";
    memset(deep, '(', 40);
    deep[40] = '\0';
    for (int i = 0; i < 40; i++)
        strcat(chain, "+1");
    refuse_amount("", "at the end");
    refuse_amount("shar", "did you mean 'share'?");
    refuse_amount("xyzzy", "unknown parameter 'xyzzy'");
    refuse_amount("1 +", "at the end");
    refuse_amount("(1", "closing parenthesis");
    refuse_amount("1 2", "nothing should follow");
    refuse_amount("1,5", "nothing should follow");
    refuse_amount("1..2", "'1..2'");
    refuse_amount("$", "is expected at '$'");
    refuse_amount(deep, "nested deeper");
    refuse_amount(chain, "more than 64");
}

static void test_ramps(void)
{
    int year[] = {2015, 2020, 2030};
    double share[] = {0.1, 0.3, 0.9};
    leie_ramp linear = {.kind = LEIE_RAMP_LINEAR, .from = 2020, .to = 2030}, curve = {.kind = LEIE_RAMP_S_CURVE, .from = 2020, .to = 2030};
    leie_ramp step = {.kind = LEIE_RAMP_STEP, .from = 2025}, none = {0};
    leie_ramp table = {.kind = LEIE_RAMP_TABLE, .points = 3, .year = year, .share = share};
    check_near(leie_ramp_share(&none, 1900), 1, 0);
    check_near(leie_ramp_share(&linear, 2019), 0, 0);
    check_near(leie_ramp_share(&linear, 2023), 0.3, 1e-15);
    check_near(leie_ramp_share(&linear, 2031), 1, 0);
    check_near(leie_ramp_share(&curve, 2025), 0.5, 1e-15);
    check_near(leie_ramp_share(&curve, 2022) + leie_ramp_share(&curve, 2028), 1, 1e-15);
    check_true(leie_ramp_share(&curve, 2021) > 0 && leie_ramp_share(&curve, 2021) < 0.1);
    check_near(leie_ramp_share(&curve, 2030), 1, 0);
    check_near(leie_ramp_share(&step, 2024) + leie_ramp_share(&step, 2025), 1, 0);
    check_near(leie_ramp_share(&table, 2010), 0.1, 0);
    check_near(leie_ramp_share(&table, 2025), 0.6, 1e-15);
    check_near(leie_ramp_share(&table, 2040), 0.9, 0);
}

// ---- the case `circular` ----

typedef struct open_case {
    leie_study study;
    leie_table table;
    leie_scenarios set;
    leie_baseline base;
} open_case;

static void open_circular(open_case *c)
{
    char path[512];
    leie_error err = {0};
    leie_provenance p = {0};
    snprintf(path, sizeof path, "%s/circular/study.yaml", check_cases());
    result_assemble(&c->study, &c->table, path, 2011, NULL);
    check_ok(leie_read_scenarios(&c->set, &c->study, &p, &err), &err);
    check_size(p.sources, 1);
    leie_provenance_clear(&p);
    check_ok(leie_baseline_make(&c->base, &c->table, &c->set, &err), &err);
}

static void close_case(open_case *c)
{
    leie_baseline_clear(&c->base);
    leie_scenarios_clear(&c->set);
    leie_table_clear(&c->table);
    leie_study_clear(&c->study);
}

// Value of the case's answers for a scenario.
static double answer(const char *scenario, int stressor, int region)
{
    char path[512], line[256], want[128];
    snprintf(path, sizeof path, "%s/circular/answers.csv", check_cases());
    snprintf(want, sizeof want, "%s,e%d,reg%d,", scenario, stressor + 1, region + 1);
    FILE *file = fopen(path, "r");
    double value = NAN;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, want, strlen(want)) == 0)
            value = strtod(line + strlen(want), NULL);
    if (file)
        fclose(file);
    check_true(!isnan(value));
    return value;
}

// Every scenario as a table, solved anew: D_cba is that of the answers.
static void test_tables(void)
{
    open_case c = {0};
    leie_error err = {0};
    open_circular(&c);
    check_size(c.set.scenarios, 6);
    leie_change change = {0};
    check_ok(leie_change_open(&change, &c.base, &err), &err);
    leie_account_regions q = {0};
    check_ok(leie_account_regions_all(&q, &c.table.sector, &err), &err);
    for (leie_size s = 0; s < c.set.scenarios; s++) {
        leie_table t = {0};
        leie_accounts a = {0};
        leie_change_opts opts = {.year = 2011};
        check_ok(leie_change_apply(&change, &c.set.scenario[s], &opts, &err), &err);
        check_ok(leie_change_table(&t, &change, &err), &err);
        check_ok(leie_accounts_make(&a, &t, &q, NULL, &err), &err);
        for (int k = 0; k < 2; k++)
            for (int r = 0; r < 2; r++)
                check_near(a.D_cba[r * 2 + k], answer(c.set.scenario[s].code, k, r), 1e-13);
        leie_accounts_clear(&a);
        leie_table_clear(&t);
    }
    leie_account_regions_clear(&q);
    leie_change_clear(&change);
    close_case(&c);
}

CHECK_SUITE(scenario, {"amounts", test_amounts, NULL}, {"refused_amounts", test_refused_amounts, NULL}, {"ramps", test_ramps, NULL},
            {"tables", test_tables, NULL})
