// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/table/unit.h"
#include "tests/check.h"

static void factor_is(const char *from, const char *to, double expected)
{
    leie_error err = {0};
    double factor = 0;
    check_ok(leie_unit_factor(&factor, from, to, &err), &err);
    if (factor != expected) // exactly
        check_near(factor, expected, 0);
}

static void refused(const char *from, const char *to, const char *piece)
{
    leie_error err = {0};
    double factor = 2.385;
    check_status(leie_unit_factor(&factor, from, to, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, piece);
    check_near(factor, 2.385, 0);
}

static void test_factors(void)
{
    factor_is("kt", "t", 1000); // no knots
    factor_is("ton", "t", 1);   // no short tons
    factor_is("t", "Mt", 1e-6);
    factor_is("kg", "Gg", 1e-6);
    factor_is("Mm3", "m3", 1e6); // no cubic megametres
    factor_is("MEUR", "EUR", 1e6);
    factor_is("M.EUR", "MEUR", 1);
    factor_is("MIO_EUR", "1000 EUR", 1000);
    factor_is("M USD", "MUSD", 1);
    factor_is("Mio EUR", "kEUR", 1000);
    factor_is("TJ", "GJ", 1000);
    factor_is("kWh", "MJ", 3.6);
    factor_is("ktoe", "TJ", 41.868);
    factor_is("1000 p", "persons", 1000);
    factor_is("t/MEUR", "kg/kEUR", 1);
    factor_is("tkm", "kg km", 1000);
    factor_is("t/a", "t/year", 1);
}

static void test_products(void)
{
    factor_is("(kg/kg) (t)", "t", 1);
    factor_is("(g/t) (Mt)", "t", 1);
    factor_is("(t/kt) (kt)", "t", 1);
    factor_is("(t ore/t metal) (t metal)", "t ore", 1);
    factor_is("(kg CO2/TJ) (PJ)", "t CO2", 1);
    factor_is("(t/MEUR) (kEUR)", "kg", 1);
}

static void test_refused(void)
{
    refused("t", "MEUR", "'t' does not convert to 'MEUR'");
    refused("t CO2", "t CO2eq", "'t CO2' does not convert to 't CO2eq'");
    refused("t ore", "t", "does not convert");
    refused("EUR", "USD", "does not convert");
    refused("t/EUR", "EUR/t", "does not convert"); // UDUNITS would turn it upside down
    refused("degC", "K", "does not convert");
    refused("tonnse", "t", "'tonnse' is not known, the nearest unit is 'tonne'");
    refused("t", "MEURO", "unit 'MEURO': 'MEURO' is not known");
    refused("t", "t/(", "cannot be read");
    refused("", "t", "unit missing");
    refused("t", " ", "unit missing");
    check_true(leie_unit_known("1000 t"));
    check_true(leie_unit_known("MUSD"));
    check_true(leie_unit_known("%"));
    check_true(!leie_unit_known(""));
    check_true(!leie_unit_known("tonn"));
}

static void spelt(const char *unit, const char *expected)
{
    char text[64];
    leie_error err = {0};
    check_ok(leie_unit_spelling(text, sizeof text, unit, &err), &err);
    check_text(text, expected);
}

static void test_spellings(void)
{
    spelt("kt", "1000 t");
    spelt("t", "t");
    spelt("t/kt", "t/(1000 t)");
    spelt("Mm3", "1e6 m3");
    spelt("kWh", "kW h");
    spelt("M.EUR", "MEUR");
    spelt("t CO2", "t");
    spelt("t ore/t metal", "t/t");
    spelt("t CO2eq/MEUR", "t/MEUR");
    spelt("CO2", "1");
    char text[4];
    leie_error err = {0};
    check_status(leie_unit_spelling(text, sizeof text, "1000 t", &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "too long");
    err = (leie_error){0};
    check_status(leie_unit_spelling(text, sizeof text, "MtCO", &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "'MtCO' is not known");
    leie_unit_release();
    check_true(leie_unit_known("kt"));
    leie_unit_release();
}

CHECK_SUITE(unit, {"factors", test_factors, NULL}, {"products of units", test_products, NULL},
            {"what has no factor", test_refused, NULL}, {"spellings for files", test_spellings, NULL})
