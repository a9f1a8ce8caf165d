// SPDX-License-Identifier: GPL-3.0-or-later
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/write_files.h"

// ---- Leie's CSV folder ----

// Two products, two industries; product c is imported only. Margins and taxes are given for all origins.
static const char *write_folder(void)
{
    const char *folder = check_folder();
    write_text(folder, "table.yaml", "year: 2015\ncurrency: EUR\nunit: MEUR\n");
    write_text(folder, "supply.csv", "region,product,industry,value\nBE,a,A,90\nBE,b,A,10\nBE,b,B,50\n");
    write_text(folder, "use.csv",
               "region,product,origin,industry,valuation,value\n"
               "BE,a,domestic,B,basic,20\nBE,b,domestic,A,basic,15.5\nBE,c,import,B,basic,4\nBE,a,import,A,basic,1\n");
    write_text(folder, "final.csv",
               "region,product,origin,category,valuation,value\n"
               "BE,a,domestic,household,basic,60\nBE,a,domestic,export,basic,10\nBE,b,domestic,household,basic,44.5\n"
               "BE,c,import,household,basic,2.385\n");
    write_text(folder, "inputs.csv",
               "region,input,industry,value,kind\nBE,wages,A,83.5,\nBE,wages,B,25,\nBE,vat,B,1,product_tax\n");
    write_text(folder, "inputs_final.csv", "region,input,category,value\nBE,vat,household,3\n");
    write_text(folder, "imports.csv",
               "region,product,partner,valuation,value\nBE,a,FR,cif,1\nBE,c,FR,cif,5\nBE,c,DE,cif,1.385\n");
    write_text(folder, "F_air.csv", "stressor,region,sector,value,unit\nCO2,BE,A,7,kt\nCO2,BE,B,2,kt\n");
    return folder;
}

static leie_status read_folder(leie_sut *s, const char *folder, leie_error *err)
{
    const leie_sut_source from = {.folder = folder};
    *err = (leie_error){0};
    return leie_read_sut(s, &from, err);
}

static void test_csv(void)
{
    leie_error err;
    leie_sut s;
    leie_identities list = {0};
    check_ok(read_folder(&s, write_folder(), &err), &err);
    check_size(s.product.n, 3);
    check_size(s.account.sector.n, 2);
    check_size(s.account.year, 2015);
    check_near(s.supply[1 * 2 + 1], 50, 0);
    check_near(s.layer[LEIE_DOMESTIC][LEIE_BASIC].use[1 * 2], 15.5, 0);
    check_near(s.layer[LEIE_IMPORTED][LEIE_BASIC].final[2 * 2], 2.385, 0);
    check_true(s.account.demand.kind[1] == LEIE_DEMAND_EXPORT);
    check_text(s.account.input.kind[1], LEIE_INPUT_PRODUCT_TAX);
    check_near(s.inputs_final[1 * 2], 3, 0);
    check_near(s.imports[2 * 2 + 1], 1.385, 0);
    check_text(s.partner.code[1], "DE");
    check_near(s.account.F[1], 2, 0);
    check_ok(leie_identities_sut(&list, &s, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        check_true(list.item[i].verdict != LEIE_FAIL);
    leie_identities_clear(&list);
    leie_sut_clear(&s);
}

// The order of rows is free, labels are taken from the lists when there are any.
static void test_csv_lists(void)
{
    leie_error err;
    leie_sut s;
    const char *folder = write_folder();
    write_text(folder, "products.csv", "region,product,name\nBE,c,Cobalt\nBE,b,Bread\nBE,a,Apples\n");
    check_ok(read_folder(&s, folder, &err), &err);
    check_text(s.product.code[0], "c");
    check_text(s.product.name[2], "Apples");
    check_near(s.supply[2 * 2], 90, 0);
    leie_sut_clear(&s);
    write_text(folder, "products.csv", "region,product,name\nBE,b,Bread\nBE,a,Apples\n");
    check_status(read_folder(&s, folder, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "use.csv:4: column 'product': unknown product 'c'");
    check_true(s.supply == NULL && s.product.n == 0);
}

static void refuse(const char *file, const char *text, leie_status expected, const char *piece)
{
    leie_error err;
    leie_sut s;
    const char *folder = write_folder();
    write_text(folder, file, text);
    check_status(read_folder(&s, folder, &err), expected, &err);
    check_has(err.text, piece);
    leie_sut_clear(&s);
}

static void test_csv_errors(void)
{
    refuse("supply.csv", "region,product,industry,value\nBE,a,A,-3\nBE,b,B,5\n", LEIE_ERR_DATA,
           "supply of product 'BE a' by industry 'BE A' is -3: expected a number that is not negative");
    refuse("supply.csv", "region,product,industry,value\nBE,a,A,3\nBE,a,A,5\n", LEIE_ERR_DATA,
           "supply.csv:3: this cell was given before");
    refuse("use.csv", "region,product,origin,industry,valuation,value\nBE,a,import,A,producer,1\n", LEIE_ERR_DATA,
           "use.csv:2: column 'valuation': valuation 'producer': expected basic");
    refuse("use.csv", "region,product,origin,industry,valuation,value\nBE,a,NL,A,basic,1\n", LEIE_ERR_SHAPE,
           "products of 2 regions and industries of 1");
    refuse("final.csv", "region,product,origin,category,valuation,value\nBE,a,import,ministries,basic,1\n",
           LEIE_ERR_DATA, "category 'ministries' has no kind");
    refuse("imports.csv", "region,product,partner,valuation,value\nBE,a,FR,fob,1\n", LEIE_ERR_DATA,
           "valuation 'fob': imports are read at cif");
    refuse("table.yaml", "year: 2015\n", LEIE_ERR_UNIT, "has no unit of money");
}

static void test_recognise(void)
{
    leie_error err = {0};
    leie_sut s;
    leie_sut_format format;
    const char *folder = check_folder();
    check_ok(leie_sut_recognise(&format, folder, &err), &err);
    check_size(format, LEIE_SUT_AUTO);
    check_status(read_folder(&s, folder, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "no supply-use table: expected supply.csv");
    err = (leie_error){0};
    check_ok(leie_sut_recognise(&format, write_folder(), &err), &err);
    check_size(format, LEIE_SUT_CSV);
    check_size(leie_sut_format_find("be2015"), LEIE_SUT_BE2015);
    check_true(leie_sut_format_find("be2010") < 0);
}

// An interregional table: use by region of origin.
static void test_interregional(void)
{
    leie_error err;
    leie_sut s;
    const char *folder = check_folder();
    write_text(folder, "table.yaml", "year: 2015\ncurrency: EUR\nunit: MEUR\n");
    write_text(folder, "supply.csv", "region,product,industry,value\nN,a,a,10\nS,a,a,20\nS,b,b,5\n");
    write_text(folder, "use.csv",
               "region,product,origin,industry,valuation,value\nN,a,N,a,basic,1\nN,a,S,a,basic,2\nN,b,S,a,basic,3\n"
               "S,a,domestic,b,basic,4\n");
    write_text(folder, "final.csv",
               "region,product,origin,category,valuation,value\nN,a,N,household,basic,9\nS,a,S,household,basic,14\n"
               "S,b,S,household,basic,2\n");
    check_ok(read_folder(&s, folder, &err), &err);
    check_size(s.product.n, 3);
    const double *use = s.layer[LEIE_DOMESTIC][LEIE_BASIC].use; // rows N a, S a, S b; columns N a, S a, S b
    check_near(use[0], 1, 0);
    check_near(use[1 * 3], 2, 0);
    check_near(use[2 * 3], 3, 0);
    check_near(use[1 * 3 + 2], 4, 0);
    leie_iot t;
    const leie_construct_opts D = {.model = LEIE_MODEL_D};
    check_ok(leie_sut_complete(&s, NULL, &err), &err);
    check_ok(leie_construct(&t, &s, &D, NULL, &err), &err);
    check_size(t.table.sector.region.n, 2);
    check_near(leie_matrix_get(&t.table.Z, 1, 0), 2, 1e-15);
    leie_iot_clear(&t);
    leie_sut_clear(&s);
}

// ---- purchasers' to basic prices ----

static void make_purchasers(leie_sut *s)
{
    leie_error err;
    const char *folder = check_folder();
    write_text(folder, "table.yaml", "year: 2015\ncurrency: EUR\nunit: MEUR\n");
    write_text(folder, "supply.csv", "region,product,industry,value\nBE,good,good,100\nBE,trade,trade,30\n");
    write_text(folder, "imports.csv", "region,product,partner,valuation,value\nBE,good,world,cif,25\n");
    write_text(folder, "use.csv",
               "region,product,origin,industry,valuation,value\nBE,good,all,trade,purchaser,24\n"
               "BE,good,all,trade,trade_margin,3\nBE,good,all,trade,tax,2\nBE,good,all,trade,subsidy,1\n"
               "BE,trade,all,good,purchaser,5\n");
    write_text(folder, "final.csv",
               "region,product,origin,category,valuation,value\nBE,good,all,household,purchaser,135\n"
               "BE,good,all,household,trade_margin,22\nBE,good,all,household,tax,8\n");
    check_ok(read_folder(s, folder, &err), &err);
}

static void test_basic_prices(void)
{
    leie_error err = {0};
    leie_sut s;
    leie_sut_margins margins = {{0}, {0}};
    make_purchasers(&s);
    check_status(leie_sut_complete(&s, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "trade margins of 3 paid by 'BE trade' are earned by no product");
    leie_sut_clear(&s);
    err = (leie_error){0};
    make_purchasers(&s);
    check_true(leie_labels_add(&margins.trade, "trade", NULL, NULL, NULL, &err) == 0);
    check_ok(leie_sut_complete(&s, &margins, &err), &err);
    const leie_sut_layer *basic = &s.layer[LEIE_ALL_ORIGINS][LEIE_BASIC];
    check_near(basic->use[0 * 2 + 1], 20, 1e-15); // 24 - 3 - 2 + 1
    check_near(basic->use[1 * 2 + 1], 3, 1e-15);  // what trade earns on it
    check_near(basic->final[0], 105, 1e-15);
    check_near(basic->final[1], 22, 1e-15);
    // import proportionality: 25 of 125
    check_near(s.layer[LEIE_IMPORTED][LEIE_BASIC].use[1], 4, 1e-14);
    check_near(s.layer[LEIE_DOMESTIC][LEIE_BASIC].final[0], 84, 1e-14);
    check_near(s.layer[LEIE_DOMESTIC][LEIE_BASIC].final[1], 22, 1e-14);
    leie_labels_clear(&margins.trade);
    leie_sut_clear(&s);
}

static void test_incomplete(void)
{
    leie_error err = {0};
    leie_sut s;
    make_purchasers(&s);
    for (int v = LEIE_TRADE_MARGIN; v <= LEIE_SUBSIDY; v++) {
        leie_free(s.layer[LEIE_ALL_ORIGINS][v].use);
        leie_free(s.layer[LEIE_ALL_ORIGINS][v].final);
        s.layer[LEIE_ALL_ORIGINS][v] = (leie_sut_layer){0};
    }
    check_status(leie_sut_complete(&s, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "use (all) is given at purchasers' prices only");
    leie_sut_clear(&s);
}

// ---- the layout of the Belgian workbook of 2015 ----

/* A good (01), wholesale (46), retail (47). Margins of 20 on the good are a row of their own: made by 01 (2), 46
 * (12) and 47 (6); wholesale services earn 13 of them and retail services 7. */
#define SUPPLY_HEAD ",,01,46,47,P.1,P.7/S21i,P.7/S21x,P.7/S22\n,,,,,Output,,,\n"
#define USE_HEAD ",,01,46,47,,P.31/S14,P.31/S15,P3./S13,P.51,P.52+P.53,P.6/S21i,P.6/S21x,P.6/S22\n,,,,,Totaal,,,,,,,,\n"

static const char *write_belgian(void)
{
    static const struct {
        const char *file, *text;
    } sheets[] = {
        {"tbl_1.csv", SUPPLY_HEAD "01,,100,0,0,100,8,,\n46,,0,10,0,10,,,\n47,,0,0,0,0,,,\n,Handelsmarges,2,12,6,20,,,\n"
                                  ",Totaal,102,22,6,130,8,0,0\n,Totaal,102,22,6,130,8,0,0\n"},
        {"tbl_2.csv",
         USE_HEAD "01,,0,34,0,34,89,,,,,10,,\n46,,10,0,0,10,,,,,,,,\n47,,0,0,0,0,,,,,,,,\n"
                  ",Totaal,10,34,0,44,89,,,,,10,,\nD.211,,,,,,3,,,,,,,\n,CIF/FOB aanpassing,,,,,,,,,,,,\n"
                  ",Totaal,10,34,0,44,92,,,,,10,,\nD.1,,93,1,6,100,,,,,,,,\nD.29,,,,,,,,,,,,,\nD.39,,1,,,1,,,,,,,,\n"
                  "B.2n+B3.n,,,-13,,-13,,,,,,,,\nP.51c,,,,,,,,,,,,,\nP.1,,102,22,6,130,,,,,,,,\n"},
        {"tbl_3a.csv", USE_HEAD "01,,,,,,5,,,,,,,\n46,,,,,,,,,,,,,\n47,,,,,,,,,,,,,\n"},
        {"tbl_3b.csv", USE_HEAD "01,,,,,,,,,,,,,\n46,,,,,,,,,,,,,\n47,,,,,,,,,,,,,\n"},
        {"tbl_4.csv", USE_HEAD "01,,,4,,4,16,,,,,,,\n46,,,,,,,,,,,,,\n47,,,,,,,,,,,,,\n"},
        {"tbl_5.csv", USE_HEAD "01,,0,30,0,30,68,,,,,10,,\n46,,10,4,,14,9,,,,,,,\n47,,,,,,7,,,,,,,\n"},
        {"tbl_6.csv", USE_HEAD "01,,,,,,8,,,,,,,\n46,,,,,,,,,,,,,\n47,,,,,,,,,,,,,\n"},
        {"tbl_7.csv", USE_HEAD "01,,0,30,0,30,60,,,,,10,,\n46,,10,4,,14,9,,,,,,,\n47,,,,,,7,,,,,,,\n"},
        {"class_pro.csv", "Products,\n,\n01,Crops\n46,Wholesale\n"},
    };
    const char *folder = check_folder();
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++)
        write_text(folder, sheets[i].file, sheets[i].text);
    return folder;
}

static void test_belgian(void)
{
    static const double supply[] = {100, 0, 0, 1, 22, 0, 1, 0, 6};
    leie_error err;
    leie_sut s;
    leie_identities list = {0};
    if (!check_ok(read_folder(&s, write_belgian(), &err), &err))
        return;
    check_text(s.product.name[1], "Wholesale");
    for (int c = 0; c < 9; c++)
        check_near(s.supply[c], supply[c], 1e-14);
    check_near(s.layer[LEIE_ALL_ORIGINS][LEIE_TRADE_MARGIN].final[1 * 8], -9, 1e-14);
    check_near(s.account.W[4 * 3], -1, 0); // D.39 is a subsidy
    check_near(s.inputs_final[0], 3, 0);
    check_ok(leie_identities_sut(&list, &s, &err), &err);
    for (leie_size i = 0; i < list.n; i++)
        if (!check_true(list.item[i].verdict != LEIE_FAIL))
            printf("%s: %s\n", list.item[i].name, list.item[i].worst);
    leie_identities_clear(&list);
    leie_sut_clear(&s);
}

static void refuse_belgian(const char *file, const char *text, leie_status expected, const char *piece)
{
    leie_error err;
    leie_sut s;
    const char *folder = write_belgian();
    if (text)
        write_text(folder, file, text);
    else
        remove(path_in(folder, file));
    check_status(read_folder(&s, folder, &err), expected, &err);
    check_has(err.text, piece);
    leie_sut_clear(&s);
}

static void test_belgian_errors(void)
{
    refuse_belgian("tbl_6.csv", NULL, LEIE_ERR_IO, "tbl_6.csv");
    refuse_belgian("tbl_5.csv", USE_HEAD "01,,,,,,,,,,,,,\n46,,,,,,,,,,,,,\n", LEIE_ERR_DATA,
                   "tbl_5.csv: no row with the code '47'");
    refuse_belgian("tbl_1.csv", SUPPLY_HEAD "01,,100,0,0,100,8,,\n46,,0,10,0,10,,,\n47,,0,0,0,0,,,\n", LEIE_ERR_DATA,
                   "tbl_1.csv: no row with the code 'Handelsmarges'");
    refuse_belgian("tbl_1.csv",
                   SUPPLY_HEAD "01,,100,0,0,100,8,,\n46,,0,10,0,10,,,\n47,,0,0,0,0,,,\n,Handelsmarges,2,12,9,23,,,\n",
                   LEIE_ERR_DATA, "trade margins made, 23, are not those used by tbl_2 and tbl_5, 20");
    refuse_belgian("tbl_1.csv",
                   SUPPLY_HEAD "01,,100,0,0,100,8,,\n46,,-9,10,0,1,,,\n47,,0,0,0,0,,,\n,Handelsmarges,2,12,6,20,,,\n",
                   LEIE_ERR_DATA, "supply of product 'BEL 46' by industry 'BEL 01' is -8");
}

// ---- every identity sees its own damage ----

static const leie_identity *identity(const leie_identities *list, const char *piece)
{
    for (leie_size i = 0; i < list->n; i++)
        if (strstr(list->item[i].name, piece))
            return &list->item[i];
    return NULL;
}

static void check_damage(leie_sut *s, double *cell, const char *piece, const char *place)
{
    leie_error err = {0};
    leie_identities list = {0};
    double was = *cell;
    *cell += 40;
    check_ok(leie_identities_sut(&list, s, &err), &err);
    const leie_identity *found = identity(&list, piece);
    if (check_true(found != NULL)) {
        check_true(found->verdict == LEIE_FAIL);
        check_near(found->size, 40, 1e-12);
        check_has(found->worst, place);
    }
    *cell = was;
    leie_identities_clear(&list);
}

static void test_identities(void)
{
    leie_error err;
    leie_sut s;
    leie_sut_margins margins = {{0}, {0}};
    check_ok(read_folder(&s, write_folder(), &err), &err);
    check_damage(&s, &s.layer[LEIE_DOMESTIC][LEIE_BASIC].final[0], "supply of products = domestic use", "BE a (-40)");
    check_damage(&s, &s.layer[LEIE_IMPORTED][LEIE_BASIC].use[2 * 2 + 1], "imports of products", "BE c (-40)");
    check_damage(&s, &s.account.W[1], "use at basic prices + taxes + inputs", "BE B (40)");
    leie_sut_clear(&s);
    make_purchasers(&s);
    check_true(leie_labels_add(&margins.trade, "trade", NULL, NULL, NULL, &err) == 0);
    check_ok(leie_sut_complete(&s, &margins, &err), &err);
    check_damage(&s, &s.layer[LEIE_IMPORTED][LEIE_BASIC].use[1], "all = domestic + import, basic",
                 "good to BE trade (-40)");
    check_damage(&s, &s.layer[LEIE_ALL_ORIGINS][LEIE_TAX].final[0], "purchasers' = basic",
                 "good to BE household (-40)");
    check_damage(&s, &s.layer[LEIE_ALL_ORIGINS][LEIE_TRADE_MARGIN].use[1], "trade_margins of a use",
                 "to BE trade (40)");
    leie_labels_clear(&margins.trade);
    leie_sut_clear(&s);
}

CHECK_SUITE(read_sut, {"Leie's folder", test_csv, NULL}, {"lists of labels", test_csv_lists, NULL},
            {"mistakes in the folder", test_csv_errors, NULL}, {"layouts recognised", test_recognise, NULL},
            {"use by region of origin", test_interregional, NULL},
            {"purchasers' to basic prices", test_basic_prices, NULL}, {"nothing to strip", test_incomplete, NULL},
            {"Belgian layout", test_belgian, NULL}, {"mistakes in the Belgian layout", test_belgian_errors, NULL},
            {"identities see their damage", test_identities, NULL})
