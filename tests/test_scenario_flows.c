// SPDX-License-Identifier: GPL-3.0-or-later
/* RMI, trade in raw material equivalents and direct flows under scenarios: the case `ewmfa/direct_all`. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/results.h"

static leie_dataset ds;

static bool open_case(void)
{
    char output[512];
    snprintf(output, sizeof output, "%s/direct_all.nc", check_folder());
    ds = (leie_dataset){0};
    return result_run(&ds, "tests/cases/ewmfa/direct_all.yaml", output, NULL) == 2;
}

static double account(const char *name, const char *scenario, const char *region)
{
    char where[160];
    snprintf(where, sizeof where, "scenario=%s|year=2016|region=%s|stressor=ore", scenario, region);
    return result_value(&ds, name, where);
}

static double mfa(const char *scenario, const char *region, const char *indicator)
{
    char where[160];
    snprintf(where, sizeof where, "route=io|scenario=%s|year=2016|region=%s|indicator=%s|material=TOTAL", scenario, region, indicator);
    return result_value(&ds, "mfa", where);
}

static const char *const regions[] = {"AA", "BB", "CC", "EAST"};
static const char *const scenarios[] = {"baseline", "nothing", "all", "mixed"};

// D_cba of the low-rank formula and gross trade of the table that is solved anew meet; RMC is RMI less EXP_RME.
static void test_gross_identity(void)
{
    check_true(open_case());
    for (size_t s = 0; s < 4; s++)
        for (size_t r = 0; r < 4; r++) {
            const char *at = scenarios[s], *region = regions[r];
            double D_pba = account("D_pba", at, region), other = account("unallocated", at, region) + account("left_out", at, region);
            check_near(account("D_cba", at, region),
                       D_pba - other + account("imports_rme", at, region) - account("exports_rme", at, region), 1e-9);
            check_near(mfa(at, region, "RMI") - mfa(at, region, "EXP_RME"), mfa(at, region, "RMC") + account("unallocated", at, region) / 1000, 1e-9);
            check_near(mfa(at, region, "RTB"), mfa(at, region, "IMP_RME") - mfa(at, region, "EXP_RME"), 1e-12);
        }
    // by product it adds up
    double sum = 0;
    const leie_var *product = leie_dataset_find(&ds, "product");
    for (leie_size p = 0; p < product->count; p++) {
        char where[160];
        snprintf(where, sizeof where, "scenario=mixed|year=2016|region=AA|stressor=ore|product=%s", product->text[p]);
        double value = result_value(&ds, "imports_rme_product", where);
        sum += isnan(value) ? 0 : value; // the product that a scenario adds
    }
    check_near(sum, account("imports_rme", "mixed", "AA"), 1e-12);
    leie_dataset_clear(&ds);
}

// Nothing changed: the figures of the flows. All of final demand a quarter more: a quarter more of everything that has a user.
static void test_proportional(void)
{
    static const char *const indicator[] = {"IMP", "EXP", "DMI", "DMC", "RMI", "IMP_RME", "DEU"};
    check_true(open_case());
    for (size_t r = 0; r < 4; r++) {
        double unspread = r == 0 ? 0.012 : 0; // of no product
        for (size_t i = 0; i < sizeof indicator / sizeof indicator[0]; i++) {
            double before = mfa("baseline", regions[r], indicator[i]), apart = strchr("ID", indicator[i][0]) && i < 4 && i != 1 ? unspread : 0;
            check_near(mfa("nothing", regions[r], indicator[i]), before, 1e-12);
            check_near(mfa("all", regions[r], indicator[i]) - apart, 1.25 * (before - apart), 1e-11);
        }
    }
    check_near(mfa("baseline", "AA", "IMP"), 0.762, 1e-14);
    leie_dataset_clear(&ds);
}

// Groups: DMC, PTB, RMC and RTB are sums in every scenario; DMI, RMI, D_imp and D_exp are not, internal trade is out.
static void test_groups(void)
{
    static const char *const adds[] = {"DMC", "PTB", "RMC", "RTB"}, *const not[] = {"DMI", "RMI"};
    check_true(open_case());
    for (size_t s = 0; s < 4; s++) {
        const char *at = scenarios[s];
        for (size_t i = 0; i < 4; i++)
            check_close(mfa(at, "BB", adds[i]) + mfa(at, "CC", adds[i]), mfa(at, "EAST", adds[i]), 0, 1e-11);
        for (size_t i = 0; i < 2; i++)
            check_true(mfa(at, "BB", not[i]) + mfa(at, "CC", not[i]) > mfa(at, "EAST", not[i]) + 0.1);
        check_true(account("D_imp", at, "BB") + account("D_imp", at, "CC") > account("D_imp", at, "EAST") * 1.001);
        check_true(account("D_exp", at, "BB") + account("D_exp", at, "CC") > account("D_exp", at, "EAST") * 1.001);
    }
    // BB buys 95 t of fab and 44 t of oil of CC, CC 18 t of fab of BB: in no import of the group
    check_near(mfa("baseline", "BB", "IMP") + mfa("baseline", "CC", "IMP") - mfa("baseline", "EAST", "IMP"), 0.157, 1e-12);
    leie_dataset_clear(&ds);
}

// Households of AA buy half as much again of BB's fab: 600 t over 14.289 MEUR, 3.581 of them theirs.
static void test_by_hand(void)
{
    check_true(open_case());
    const char *where = "year=2016|region=AA|material=MF2|category=hh|scenario=%s";
    char base[160], mixed[160];
    snprintf(base, sizeof base, where, "baseline");
    snprintf(mixed, sizeof mixed, where, "mixed");
    check_near(result_value(&ds, "dmi_category", mixed) - result_value(&ds, "dmi_category", base), 0.6 / 14.289 * 3.581 / 2, 1e-9);
    leie_dataset_clear(&ds);
}

// A year without flows and a scenario that adds products: missing, not zero; a projection has them.
static void test_missing(void)
{
    check_true(open_case());
    check_true(isnan(result_value(&ds, "mfa", "route=io|scenario=all|year=2015|region=AA|indicator=DMI|material=TOTAL")));
    check_true(!isnan(result_value(&ds, "mfa", "route=io|scenario=all|year=2015|region=AA|indicator=RMI|material=TOTAL")));
    check_true(isnan(mfa("new", "AA", "DMI")) && isnan(mfa("new", "AA", "RMI")) && !isnan(mfa("new", "AA", "RMC")));
    double projected = result_value(&ds, "mfa", "route=io|scenario=mixed|year=2020|region=AA|indicator=DMI|material=TOTAL");
    check_near(projected, mfa("mixed", "AA", "DMI"), 1e-12); // no drivers
    leie_dataset_clear(&ds);
}

CHECK_SUITE(scenario_flows, {"gross trade of scenarios", test_gross_identity, NULL}, {"unit values are kept", test_proportional, NULL},
            {"groups of regions", test_groups, NULL}, {"a purchase by hand", test_by_hand, NULL},
            {"missing, not zero", test_missing, NULL})
