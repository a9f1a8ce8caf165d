// SPDX-License-Identifier: GPL-3.0-or-later
/* Files of material flow accounts and what is said about bad ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/read/read_flows.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/write_files.h"

static const char *folder;

static leie_path path_to(const char *name, const char *text)
{
    char *real = leie_strdup(write_text(folder, name, text));
    return (leie_path){.real = real, .shown = leie_strdup(name)};
}

static void forget(leie_path *path)
{
    path->real = leie_free(path->real);
    path->shown = leie_free(path->shown);
}

#define LIST                                                                                                           \
    "code,parent,name_en,name_nl,renewable,energy\n"                                                                   \
    "MF1,,Biomass,Biomassa,yes,mixed\n"                                                                                \
    "MF11,MF1,Crops,Gewassen,yes,no\n"                                                                                 \
    "MF4,,Fossil,Fossiel,no,yes\n"

static void materials(leie_materials *m)
{
    leie_error err = {0};
    leie_path path = path_to("materials.csv", LIST);
    *m = (leie_materials){0};
    check_ok(leie_read_materials(m, &path, NULL, &err), &err);
    forget(&path);
}

static void test_materials(void)
{
    leie_materials m;
    folder = check_folder();
    materials(&m);
    check_size(m.label.n, LEIE_MATERIAL_FIRST + 3);
    leie_size crops = leie_labels_find(&m.label, "MF11");
    check_text(m.label.name[crops], "Crops");
    check_text(m.name_nl[crops], "Gewassen");
    check_text(m.label.code[m.parent[crops]], "MF1");
    check_size(leie_materials_top(&m, crops), m.parent[crops]);
    check_size(m.split[crops][0], LEIE_SPLIT_YES);
    leie_materials_clear(&m);
}

static void materials_refused(const char *text, const char *piece)
{
    leie_materials m = {0};
    leie_error err = {0};
    leie_path path = path_to("materials.csv", text);
    check_status(leie_read_materials(&m, &path, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "materials.csv");
    check_has(err.text, piece);
    check_size(m.label.n, 0);
    forget(&path);
}

static void test_materials_refused(void)
{
    folder = check_folder();
    materials_refused("code,parent,name_en,renewable,energy\nMF11,MF1,x,yes,no\n", ":2: column 'code': material 'MF11': its parent 'MF1'");
    materials_refused("code,parent,name_en,renewable,energy\nMF1,,x,ja,no\n", ":2: column 'renewable': 'ja' is not yes, no, mixed or empty");
    materials_refused("code,parent,name_en,renewable,energy\n", "no materials");
}

// ---- flows ----

#define HEAD "region,year,kind,partner,material,product,tonnes,sd,status,edition\n"

static void test_flows(void)
{
    leie_materials m;
    leie_flows f = {0};
    leie_error err = {0};
    folder = check_folder();
    materials(&m);
    leie_path path = path_to("flows.csv", HEAD "A,2012,IMP,ROW,MF4,oil,12.5,0.5,estimated,e1\n"
                                               "A,2011,DE,,MF1,,3,,,e1\n"
                                               "B,2011,EXP,A,MF11,grain,2,,provisional,e1\n");
    check_ok(leie_read_flows(&f, &path, NULL, &m, &err), &err);
    check_size(f.n, 4); // with the imports of A from B
    check_size(f.mirrored, 1);
    check_text(f.edition, "e1");
    check_size(f.row[0].year, 2011);
    check_size(f.row[1].kind, LEIE_FLOW_IMP);
    check_size(f.row[1].region, f.row[0].region);
    check_near(f.row[1].tonnes, 2, 0);
    check_size(f.row[3].status, LEIE_FLOW_ESTIMATED);
    check_near(f.row[3].sd, 0.5, 0);
    check_near(f.row[3].value_eur, NAN, 0);
    check_size(f.provenance.sources, 1);
    check_text(f.provenance.source[0].path, "flows.csv");
    leie_flows_clear(&f);
    forget(&path);
    path = path_to("flows.csv", HEAD "A,2011,DE,,MF1,,3,,,old\nA,2011,DE,,MF1,,4,,,new\n");
    check_ok(leie_read_flows(&f, &path, "new", &m, &err), &err);
    check_size(f.n, 1);
    check_near(f.row[0].tonnes, 4, 0);
    check_has(f.provenance.note[0].text, "other editions than 'new'");
    leie_flows_clear(&f);
    forget(&path);
    leie_materials_clear(&m);
}

static void flows_refused(const char *rows, const char *edition, const char *piece)
{
    char text[512];
    leie_materials m;
    leie_flows f = {0};
    leie_error err = {0};
    snprintf(text, sizeof text, HEAD "%s", rows);
    materials(&m);
    leie_path path = path_to("flows.csv", text);
    check_status(leie_read_flows(&f, &path, edition, &m, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "flows.csv");
    check_has(err.text, piece);
    check_size(f.n, 0);
    forget(&path);
    leie_materials_clear(&m);
}

static void test_flows_refused(void)
{
    folder = check_folder();
    flows_refused("A,2011,DEU,,MF1,,3,,,\n", NULL, ":2: column 'kind': unknown kind 'DEU'; one of DE, IMP, EXP");
    flows_refused("A,2011,DE,,MF12,,3,,,\n", NULL, ":2: column 'material'");
    flows_refused("A,2011,DE,,ENERGY,,3,,,\n", NULL, "'ENERGY' is computed from materials");
    flows_refused("A,2011,DE,,MF1,,-3,,,\n", NULL, ":2: column 'tonnes': DE of -3 t");
    flows_refused("A,2011,DE,,MF1,,3,-1,,\n", NULL, ":2: column 'sd': a standard deviation of -1 t");
    flows_refused("A,2011,DE,B,MF1,,3,,,\n", NULL, ":2: column 'partner': DE has no partner");
    flows_refused("A,2011,DE,,MF1,,3,,guess,\n", NULL, "unknown status 'guess'; one of given, estimated");
    flows_refused(",2011,DE,,MF1,,3,,,\n", NULL, "a flow needs a region");
    flows_refused("A,0,DE,,MF1,,3,,,\n", NULL, "0 is no year");
    flows_refused("A,2011,DE,,MF1,,3,,,\nA,2011,DE,,MF1,,4,,,\n", NULL, "line 3 of the flows repeats line 2");
    flows_refused("A,2011,DE,,MF1,,3,,,a\nA,2011,DE,,MF4,,3,,,b\n", NULL, ":3: column 'edition': edition 'b' beside 'a'");
    flows_refused("A,2011,DE,,MF1,,3,,,a\n", "c", "no flows of edition 'c'");
}

// ---- coefficients ----

#define RME_HEAD "direction,product,material,origin,year,value,unit\n"

static void test_rme(void)
{
    leie_materials m;
    leie_rme rme = {0};
    leie_error err = {0};
    folder = check_folder();
    materials(&m);
    leie_path path = path_to("rme.csv", RME_HEAD "imp,oil,MF4,,,1.2,t/t\nimp,oil,MF4,NO,,1.1,t/t\nimp,oil,MF4,NO,2012,1.05,t/t\n"
                                                 "exp,oil,MF4,,,2,kt/MEUR\nimp,grain,MF11,,,1.5,t/t\n");
    check_ok(leie_read_rme(&rme, &path, &m, NULL, &err), &err);
    check_size(rme.keys, 5);
    leie_size oil = leie_labels_find(&m.label, "MF4"), M = m.label.n;
    check_near(rme.vector[leie_rme_find(&rme, false, "oil", "", 2012) * M + oil], 1.2, 0);
    check_near(rme.vector[leie_rme_find(&rme, false, "oil", "SA", 2012) * M + oil], 1.2, 0);
    check_near(rme.vector[leie_rme_find(&rme, false, "oil", "NO", 2011) * M + oil], 1.1, 0);
    check_near(rme.vector[leie_rme_find(&rme, false, "oil", "NO", 2012) * M + oil], 1.05, 0);
    leie_size exports = leie_rme_find(&rme, true, "oil", "NO", 2012);
    check_near(rme.vector[exports * M + oil], 0.002, 1e-15);
    check_true(rme.item[rme.first[exports]].money);
    check_size(leie_rme_find(&rme, false, "stone", "", 2012), -1);
    leie_size grain = leie_rme_find(&rme, false, "grain", "", 2012) * M;
    check_near(rme.vector[grain + LEIE_MATERIAL_TOTAL], 1.5, 0);
    check_near(rme.vector[grain + LEIE_MATERIAL_NON_ENERGY], 1.5, 0);
    leie_rme_clear(&rme);
    forget(&path);
    leie_materials_clear(&m);
}

static void rme_refused(const char *rows, leie_status status, const char *piece)
{
    char text[512];
    leie_materials m;
    leie_rme rme = {0};
    leie_error err = {0};
    snprintf(text, sizeof text, RME_HEAD "%s", rows);
    materials(&m);
    leie_path path = path_to("rme.csv", text);
    check_status(leie_read_rme(&rme, &path, &m, NULL, &err), status, &err);
    check_has(err.text, "rme.csv");
    check_has(err.text, piece);
    forget(&path);
    leie_materials_clear(&m);
}

static void test_rme_refused(void)
{
    folder = check_folder();
    rme_refused("in,oil,MF4,,,1,t/t\n", LEIE_ERR_DATA, ":2: column 'direction': direction 'in' is neither imp nor exp");
    rme_refused("imp,,MF4,,,1,t/t\n", LEIE_ERR_DATA, "a coefficient needs a product");
    rme_refused("imp,oil,MF4,,,1,t\n", LEIE_ERR_UNIT, "'t' is not a mass per mass (t/t) or per money (t/EUR)");
    rme_refused("imp,oil,MF4,,,1,t/m3\n", LEIE_ERR_UNIT, "'t/m3' is not");
    rme_refused("imp,oil,MF4,,,1,t/t\nimp,oil,MF1,,,1,t/EUR\n", LEIE_ERR_UNIT, "line 3 is per EUR and line 2 per tonne");
}

// ---- unit values ----

#define UNIT_HEAD "direction,region,product,year,value,unit,material\n"

static leie_status unit_values(leie_unit_value_list *list, const char *text, const char *money, leie_error *err)
{
    leie_materials m;
    folder = check_folder();
    materials(&m);
    leie_path path = path_to("unit_values.csv", text);
    leie_status st = leie_read_unit_values(list, &path, &m, money, NULL, err);
    forget(&path);
    leie_materials_clear(&m);
    return st;
}

static void test_unit_values(void)
{
    leie_unit_value_list list = {0};
    leie_error err = {0};
    const leie_index all = LEIE_MATERIAL_TOTAL;
    check_ok(unit_values(&list, UNIT_HEAD "imp,A,oil,2011,2,t/kEUR,\nimp,A,oil,,3,kg/EUR,\nimp,,oil,2012,4,t/kEUR,\n"
                                          "imp,,oil,,5,t/kEUR,\nexp,A,oil,,6,t/kEUR,\nimp,A,grain,,7,t/kEUR,MF11\n", "MEUR", &err), &err);
    check_near(leie_unit_value_find(&list, false, "oil", "A", 2011, all), 2000, 1e-14);
    check_near(leie_unit_value_find(&list, false, "oil", "A", 2012, all), 3000, 1e-14); // region before year
    check_near(leie_unit_value_find(&list, false, "oil", "B", 2012, all), 4000, 1e-14);
    check_near(leie_unit_value_find(&list, false, "oil", "", 2013, all), 5000, 1e-14);
    check_near(leie_unit_value_find(&list, true, "oil", "A", 2011, all), 6000, 1e-14);
    check_near(leie_unit_value_find(&list, true, "oil", "B", 2011, all), NAN, 0);
    check_near(leie_unit_value_find(&list, false, "grain", "A", 2011, all), NAN, 0);
    check_near(leie_unit_value_find(&list, false, "stone", "A", 2011, all), NAN, 0);
    leie_unit_value_list_clear(&list);
}

static void unit_values_refused(const char *rows, leie_status status, const char *piece)
{
    char text[512];
    leie_unit_value_list list = {0};
    leie_error err = {0};
    snprintf(text, sizeof text, UNIT_HEAD "%s", rows);
    check_status(unit_values(&list, text, "MEUR", &err), status, &err);
    check_has(err.text, "unit_values.csv");
    check_has(err.text, piece);
    check_size(list.n, 0);
}

static void test_unit_values_refused(void)
{
    unit_values_refused("in,A,oil,,1,t/EUR,\n", LEIE_ERR_DATA, ":2: column 'direction': direction is imp or exp, found 'in'");
    unit_values_refused("imp,A,,,1,t/EUR,\n", LEIE_ERR_DATA, ":2: column 'product': a unit value needs a product");
    unit_values_refused("imp,A,oil,,-1,t/EUR,\n", LEIE_ERR_DATA, ":2: column 'value': a unit value of -1 t/EUR");
    unit_values_refused("imp,A,oil,,1,t/t,\n", LEIE_ERR_UNIT, "expected tonnes per money (t/MEUR)");
    unit_values_refused("imp,A,oil,,1,t/EUR,MF9\n", LEIE_ERR_DATA, "'MF9' is no material of the list");
    unit_values_refused("imp,A,oil,,1,t/EUR,\nimp,A,oil,,2,t/EUR,\n", LEIE_ERR_DATA, "line 3 of the unit values repeats line 2: 'oil'");
}

// ---- GDP ----

static leie_status gdp(double value[3], char currency[8], const char *text, leie_error *err)
{
    static const int year[] = {2011};
    leie_account_regions q = {0};
    leie_labels region = {0};
    char a[] = "A", b[] = "B", *members[] = {a, b};
    leie_labels_add(&region, "A", NULL, NULL, NULL, err);
    leie_labels_add(&region, "B", NULL, NULL, NULL, err);
    leie_account_regions_add_from(&q, &region, "A", NULL, 0, NULL, err);
    leie_account_regions_add_from(&q, &region, "B", NULL, 0, NULL, err);
    leie_account_regions_add_from(&q, &region, "AB", NULL, 2, members, err);
    leie_path path = path_to("gdp.csv", text);
    leie_status st = leie_read_gdp(value, currency, &path, year, 1, &q, &region, NULL, err);
    forget(&path);
    leie_account_regions_clear(&q);
    leie_labels_clear(&region);
    return st;
}

static void test_gdp(void)
{
    double value[3];
    char currency[8];
    leie_error err = {0};
    folder = check_folder();
    check_ok(gdp(value, currency, "region,year,value,unit\nA,2011,2.5,MEUR\nB,2011,1000,EUR\nB,2012,7,EUR\n", &err), &err);
    check_text(currency, "EUR");
    check_near(value[0], 2.5e6, 1e-15);
    check_near(value[2], 2.501e6, 1e-15);
    check_status(gdp(value, currency, "region,year,value,unit\nA,2011,2.5,MEUR\nB,2011,1,USD\n", &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "'USD' beside EUR: one currency is needed");
    err = (leie_error){0};
    check_status(gdp(value, currency, "region,year,value,unit\nA,2011,2.5,MEUR\nA,2011,1,EUR\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, ":3: column 'value': the GDP of 'A' in 2011 was given before");
}

CHECK_SUITE(read_flows, {"materials", test_materials, NULL}, {"materials refused", test_materials_refused, NULL},
            {"flows", test_flows, NULL}, {"flows refused", test_flows_refused, NULL},
            {"RME coefficients", test_rme, NULL}, {"RME coefficients refused", test_rme_refused, NULL},
            {"unit values", test_unit_values, NULL}, {"unit values refused", test_unit_values_refused, NULL}, {"GDP", test_gdp, NULL})
