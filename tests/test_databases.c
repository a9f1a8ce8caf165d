// SPDX-License-Identifier: GPL-3.0-or-later
/* Databases whose files are not at hand: the same small world of two regions and two sectors, written here in the form
 * in which each publisher ships it, and found by `auto` where file names tell. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "io/read/read_table.h"
#include "kernels/memory.h"
#include "solver/leie.h"
#include "tests/check.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

enum { N = 4, M = 4, TEXT = 20000 };

static double Z_of(int i, int j)
{
    return 10 * (i + 1) + j + 0.385;
}

static double Y_of(int i, int j)
{
    return 100 + 10 * i + j + 0.25;
}

static double x_of(int i)
{
    double x = 0;
    for (int j = 0; j < N; j++)
        x += Z_of(i, j) + Y_of(i, j);
    return x;
}

// Lines "label<separator>values": Z and then Y, as far as they are wanted.
static char *write_rows(char *to, const char *const label[N], char separator, bool Z, bool Y)
{
    for (int i = 0; i < N; i++) {
        to += sprintf(to, "%s", label[i]);
        bool first = !label[i][0];
        for (int j = Z ? 0 : N; j < (Y ? N + M : N); j++, first = false) {
            if (!first)
                *to++ = separator;
            to += sprintf(to, "%.17g", j < N ? Z_of(i, j) : Y_of(i, j - N));
        }
        *to++ = '\n';
    }
    *to = '\0';
    return to;
}

static leie_status read_by(leie_table *t, const char *format, const char *path, int year, const char *region,
                           const char *valuation, leie_error *err)
{
    leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT,
                              .layout = (char *)(uintptr_t)format,
                              .region = (char *)(uintptr_t)region,
                              .valuation = (char *)(uintptr_t)valuation,
                              .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    return leie_read_table(t, &spec, year, err);
}

// The whole world, wherever its labels come from.
static void check_world(const char *format, const char *path, int year, leie_size inputs, double first_input)
{
    leie_table t;
    leie_error err = {0};
    check_ok(read_by(&t, format, path, year, NULL, NULL, &err), &err);
    check_size(t.sector.n, N);
    check_size(t.demand.n, M);
    check_size(t.input.n, inputs);
    for (int i = 0; i < N && t.sector.n == N && t.demand.n == M; i++) {
        check_near(t.x[i], x_of(i), 1e-14);
        for (int j = 0; j < N; j++) {
            check_near(leie_matrix_get(&t.Z, i, j), Z_of(i, j), 0);
            check_near(t.Y[i * M + j], Y_of(i, j), 0);
        }
    }
    check_near(t.W && t.input.n ? t.W[0] : 0, first_input, 0);
    check_true(t.demand.n < 2 || (t.demand.kind[0] == LEIE_DEMAND_HOUSEHOLD && t.demand.kind[1] == LEIE_DEMAND_GFCF));
    leie_table_clear(&t);
}

// ---- OECD: the editions differ in file names and in rows of taxes ----

static void test_icio(void)
{
    static const char *const label[N] = {"AUS_A01", "AUS_C", "BEL_A01", "BEL_C"};
    static const char *const file[] = {"ICIO2021_2018.csv", "ICIO2023_2018.csv", "2018_SML.csv"};
    for (int f = 0; f < 3; f++) {
        char text[TEXT], *to = text + sprintf(text, "V1,AUS_A01,AUS_C,BEL_A01,BEL_C,AUS_HFCE,AUS_GFCF,BEL_HFCE,BEL_GFCF,%s\n",
                                              f ? "OUT" : "TOTAL");
        for (int i = 0; i < N; i++) {
            to += sprintf(to, "%s", label[i]);
            for (int j = 0; j < N + M; j++)
                to += sprintf(to, ",%.17g", j < N ? Z_of(i, j) : Y_of(i, j - N));
            to += sprintf(to, ",%.17g\n", x_of(i));
        }
        to += sprintf(to, f ? "TLS,1,2,3,4,5,6,7,8,0\n" : "AUS_TAXSUB,1,2,3,4,5,6,7,8,0\n");
        to += sprintf(to, f ? "VA,5,6,7,8,0,0,0,0,0\nOUT" : "VALU,5,6,7,8,0,0,0,0,0\nOUTPUT");
        for (int j = 0; j < N + M; j++)
            to += sprintf(to, ",%.17g", j < N ? x_of(j) : 0);
        sprintf(to, ",0\n");
        check_world("auto", write_text(check_folder(), file[f], text), 2018, 2, 1);
    }
}

// ---- WIOD 2013: a workbook with titles, four levels of labels and rows of totals ----

static void test_wiod2013(void)
{
    static const char *const region[] = {"AUS", "AUS", "BEL", "BEL"}, *const sector[] = {"c1", "c2", "c1", "c2"},
                             *const demand[] = {"c37", "c41", "c37", "c41"}, *const total[] = {"r60", "r64", "r66", "r69"};
    char rows[TEXT], *to = rows + sprintf(rows, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>Intercountry table</v></c></row>");
    for (int level = 0; level < 4; level++) {
        to += sprintf(to, "<row r=\"%d\"><c r=\"A%d\" t=\"str\"><v>(millions)</v></c>", level + 3, level + 3);
        for (int j = 0; j <= N + M; j++) {
            const char *word = level == 2 ? (j < N + M ? region[j % N] : "") : level == 3 ? (j < N ? sector[j] : j < N + M ? demand[j - N] : "c60") : "name";
            to += sprintf(to, "<c r=\"%c%d\" t=\"str\"><v>%s</v></c>", 'E' + j, level + 3, word);
        }
        to += sprintf(to, "</row>");
    }
    for (int i = 0; i < N + 4; i++) {
        to += sprintf(to, "<row r=\"%d\"><c r=\"A%d\" t=\"str\"><v>x</v></c><c t=\"str\"><v>name, long</v></c><c t=\"str\"><v>%s</v></c>"
                      "<c t=\"str\"><v>%s</v></c>", i + 7, i + 7, i < N ? region[i] : "TOT", i < N ? sector[i] : total[i - N]);
        for (int j = 0; j <= N + M; j++)
            to += sprintf(to, "<c><v>%.17g</v></c>", i == N + 1 ? (j < N ? 9 : 0.0) : i == N + 3 ? (j < N ? x_of(j) : 0.0) : i >= N ? 1 :
                          j == N + M ? x_of(i) : j < N ? Z_of(i, j) : Y_of(i, j - N));
        to += sprintf(to, "</row>");
    }
    check_world("auto", write_workbook(check_folder(), "wiot95_row_apr12.xlsx", "WIOT_1995", rows, NULL), 1995, 1, 9);
}

// ---- Eora in full: labels beside it, and regions with lists of their own ----

static void test_eora(void)
{
    static const char *const none[N] = {"", "", "", ""};
    char folder[600], T[TEXT], FD[TEXT];
    snprintf(folder, sizeof folder, "%s/eora", check_folder());
    mkdir(folder, 0700);
    write_rows(T, none, '\t', true, false);
    write_rows(FD, none, '\t', false, true);
    write_text(folder, "Eora_2015_bp_T.txt", T);
    write_text(folder, "Eora_2015_bp_FD.txt", FD);
    write_text(folder, "Eora_2015_bp_VA.txt", "3.5\t1\t1\t1\n");
    write_text(folder, "Eora_2015_bp_Q.txt", "7\t0\t0\t1\n");
    write_text(folder, "Eora_2015_bp_QY.txt", "2\t0\t0\t0\n");
    // Australia by industries and commodities, Belgium by industries of its own
    write_text(folder, "labels_T.txt", "Australia\tAUS\tIndustries\tWheat\nAustralia\tAUS\tCommodities\tWheat\nBelgium\tBEL\tIndustries\tBeer\nBelgium\tBEL\tIndustries\tSteel\n");
    write_text(folder, "labels_FD.txt", "Australia\tAUS\tFinal demand\tHousehold final consumption P.3h\nAustralia\tAUS\tFinal demand\tGross fixed capital formation P.51\n"
               "Belgium\tBEL\tFinal demand\tHousehold final consumption P.3h\nBelgium\tBEL\tFinal demand\tGross fixed capital formation P.51\n");
    write_text(folder, "labels_VA.txt", "Primary inputs\tCompensation of employees D.1\n");
    write_text(folder, "labels_Q.txt", "CO2 emissions (Gg)\tfuel\n");
    check_world("auto", folder, 2015, 1, 3.5);
    leie_table t;
    leie_error err = {0};
    check_ok(read_by(&t, "eora", folder, 2015, NULL, NULL, &err), &err);
    check_text(t.sector.n > 1 ? t.sector.code[1] : "", "Commodities: Wheat");
    check_text(t.stressor.n ? t.stressor.unit[0] : "", "kt");
    check_near(t.F_Y ? t.F_Y[0] : 0, 2, 0);
    leie_table_clear(&t);
    write_text(folder, "labels_T.txt", "Australia\tAUS\tIndustries\tWheat\nAustralia\tAUS\tCommodities\tWheat\nBelgium\tBEL\tIndustries\tBeer\n");
    check_status(read_by(&t, "eora", folder, 2015, NULL, NULL, &err), LEIE_ERR_DATA, &err);
}

// ---- GLORIA made symmetric, and its valuations ----

static void write_gloria(const char *folder, bool symmetric)
{
    static const char *const none[N] = {"", "", "", ""};
    char text[TEXT];
    write_rows(text, none, ',', true, false);
    write_text(folder, "20240111_120secMother_AllCountries_002_T-Results_2022_059_Markup001(full).csv", text);
    write_rows(text, none, ',', false, true);
    write_text(folder, "20240111_120secMother_AllCountries_002_Y-Results_2022_059_Markup001(full).csv", text);
    write_text(folder, "20240111_120secMother_AllCountries_002_V-Results_2022_059_Markup001(full).csv", "6,0,0,0\n0,0,6,0\n");
    const zip_part book[] = {
        {"xl/workbook.xml", "<workbook><sheets><sheet name=\"Regions\" id=\"a\"/><sheet name=\"Sectors\" id=\"b\"/><sheet name=\"Value added and "
                            "final demand\" id=\"c\"/><sheet name=\"Satellites\" id=\"d\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"a\" Type=\"t/worksheet\" Target=\"a.xml\"/><Relationship Id=\"b\" Type=\"t/worksheet\" "
                                       "Target=\"b.xml\"/><Relationship Id=\"c\" Type=\"t/worksheet\" Target=\"c.xml\"/><Relationship Id=\"d\" "
                                       "Type=\"t/worksheet\" Target=\"d.xml\"/></R>"},
        {"xl/a.xml", "<w><sheetData><row><c t=\"str\"><v>Region_acronyms</v></c></row><row><c t=\"str\"><v>AUS</v></c></row><row><c t=\"str\">"
                     "<v>BEL</v></c></row></sheetData></w>"},
        {"xl/b.xml", symmetric ? "<w><sheetData><row><c t=\"str\"><v>Sector_names</v></c></row><row><c t=\"str\"><v>Wheat</v></c></row><row><c t=\"str\">"
                                 "<v>Steel</v></c></row></sheetData></w>"
                               : "<w><sheetData><row><c t=\"str\"><v>Sector_names</v></c></row><row><c t=\"str\"><v>Wheat</v></c></row></sheetData></w>"},
        {"xl/c.xml", "<w><sheetData><row><c t=\"str\"><v>Value_added_names</v></c><c t=\"str\"><v>Final_demand_names</v></c></row><row><c t=\"str\">"
                     "<v>Wages</v></c><c t=\"str\"><v>Household final consumption P.3h</v></c></row><row><c/><c t=\"str\"><v>Gross fixed capital "
                     "formation P.51</v></c></row></sheetData></w>"},
        {"xl/d.xml", "<w><sheetData/></w>"},
        {NULL, NULL}};
    write_zip(folder, "GLORIA_ReadMe_059.xlsx", book, 1);
}

static void test_gloria(void)
{
    leie_table t;
    leie_error err = {0};
    const char *folder = check_folder();
    write_gloria(folder, true);
    check_world("gloria_io", folder, 2022, 2, 6);
    // read as supply and use it has half of the rows that the labels ask for
    check_status(read_by(&t, "auto", folder, 2022, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "4 columns, expected the 8 labels");
    write_gloria(folder, false);
    check_world("auto", folder, 2022, 2, 6);
    // purchasers' prices are other files, which are not there
    err = (leie_error){0};
    check_status(read_by(&t, "gloria", folder, 2022, NULL, "purchasers", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "Markup005");
}

// ---- EUREGIO: three lines and three columns of labels ----

static void test_euregio(void)
{
    static const char *const label[N] = {"Belgium,BE10,ss1", "Belgium,BE10,ss2", "Belgium,BE21,ss1", "Belgium,BE21,ss2"};
    char text[TEXT], *to = text;
    to += sprintf(to, ",,,Belgium,Belgium,Belgium,Belgium,Belgium,Belgium,Belgium,Belgium\n"
                      ",,,BE10,BE10,BE21,BE21,BE10,BE10,BE21,BE21\n"
                      ",,,ss1,ss2,ss1,ss2,Household_consumption,GFCF,Household_consumption,GFCF\n");
    to = write_rows(to, label, ',', true, true);
    sprintf(to, ",,Labour costs,4,5,6,7,0,0,0,0\n");
    check_world("auto", write_text(check_folder(), "RegionalIOtable_2010.csv", text), 2010, 1, 4);
    // a category that the description does not know is named
    leie_table t;
    leie_error err = {0};
    char *word = strstr(text, "GFCF");
    memcpy(word, "XXXX", 4);
    check_status(read_by(&t, "auto", write_text(check_folder(), "RegionalIOtable_2010.csv", text), 2010, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "'XXXX' of 'BE10'");
}

// ---- FIGARO supply and use: records of two files ----

static void test_figaro_sut(void)
{
    leie_table t;
    leie_error err = {0};
    char folder[600];
    snprintf(folder, sizeof folder, "%s/figaro", check_folder());
    mkdir(folder, 0700);
    write_text(folder, "flatfile_eu-ic-use_25ed_2021.csv", "icuseRow,icuseCol,refArea,rowPi,counterpartArea,colPi,obsValue\n"
               "BE_CPA_A01,BE_A01,BE,CPA_A01,BE,A01,2.385\nBE_CPA_A01,BE_P3_S14,BE,CPA_A01,BE,P3_S14,7\nDE_CPA_A01,BE_A01,DE,CPA_A01,BE,A01,1.5\n"
               "W2_D1,BE_A01,W2,D1,BE,A01,5\n");
    write_text(folder, "flatfile_eu-ic-supply_25ed_2021.csv", "icsupRow,icsupCol,refArea,rowPi,counterpartArea,colPi,obsValue\n"
               "BE_CPA_A01,BE_A01,BE,CPA_A01,BE,A01,9.385\nDE_CPA_A01,DE_A01,DE,CPA_A01,DE,A01,1.5\n");
    check_ok(read_by(&t, "auto", folder, 2021, NULL, NULL, &err), &err);
    leie_size product = leie_axis_find(&t.sector, "BE", "CPA_A01"), industry = leie_axis_find(&t.sector, "BE", "A01");
    check_true(product >= 0 && industry >= 0);
    if (product >= 0 && industry >= 0) {
        check_near(leie_matrix_get(&t.Z, product, industry), 2.385, 0); // use
        check_near(leie_matrix_get(&t.Z, industry, product), 9.385, 0); // supply
        check_near(t.x[industry], 9.385, 0);
        check_near(t.W[industry], 5, 0);
    }
    leie_table_clear(&t);
}

// ---- Eurostat's symmetric tables ----

/* Two products, L68 beside its parts, P5M beside P52 and P53, and totals; the second country has half of everything. */
static char cp1700[60000];

static const char *write_cp1700(void)
{
    static const char *const row[] = {"CPA_A01", "CPA_L68A", "CPA_L68", "CPA_TOTAL"},
                      *const col[] = {"CPA_A01", "CPA_L68A", "TU", "P3_S14", "P52", "P53", "P5M"}, *const flow[] = {"DOM", "IMP", "TOTAL"};
    static const double share[] = {0.75, 0.25, 1};
    char *to = cp1700 + sprintf(cp1700, "freq,unit,stk_flow,prd_use,prd_ava,geo\\TIME_PERIOD\t2010 \t2015 \n");
    for (int g = 0; g < 2; g++)
        for (int f = 0; f < 3; f++)
            for (int j = 0; j < 7; j++)
                for (int i = 0; i < 4; i++)
                    to += sprintf(to, "A,MIO_EUR,%s,%s,%s,%s\t: \t%.17g p\n", flow[f], col[j], row[i], g ? "NL" : "BE",
                                  share[f] * (g ? 0.5 : 1) * (10 * (i + 1) + j));
    sprintf(to, "A,MIO_EUR,TOTAL,CPA_A01,D1,BE\t: \t5 \nA,MIO_EUR,TOTAL,CPA_A01,P1,BE\t: \t: \n");
    return write_text(check_folder(), "estat_naio_10_cp1700.tsv", cp1700);
}

static void test_eurostat(void)
{
    leie_table t;
    leie_error err = {0};
    const char *path = write_cp1700();
    check_status(read_by(&t, "auto", path, 2015, NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "dimension 'geo' has 2 codes, BE ... NL: choose one with 'region'");
    err = (leie_error){0};
    check_status(read_by(&t, "auto", path, 2014, "BE", NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no '2014' in dimension 'time'");
    err = (leie_error){0};
    check_ok(read_by(&t, "auto", path, 2015, "BE", NULL, &err), &err);
    check_size(t.sector.region.n, 1);
    check_size(t.sector.n, 3); // L68B has no values, so that L68 stays
    check_size(t.demand.n, 3); // P52 and P53 have: P5M goes
    check_text(t.sector.n ? t.sector.code[0] : "", "A01");
    leie_size a01 = leie_axis_find(&t.sector, "BE", "A01"), l68a = leie_axis_find(&t.sector, "BE", "L68A");
    check_near(a01 < 0 || l68a < 0 ? 0 : leie_matrix_get(&t.Z, l68a, a01), 0.75 * 20, 0);
    check_near(t.Y ? t.Y[0] : 0, 0.75 * 13, 0);
    leie_size imports = leie_labels_find(&t.input, "imports of CPA_A01"), wages = leie_labels_find(&t.input, "D1");
    check_near(imports < 0 || l68a < 0 ? 0 : t.W[imports * t.sector.n + l68a], 0.25 * 11, 0);
    check_near(wages < 0 || a01 < 0 ? 0 : t.W[wages * t.sector.n + a01], 5, 0);
    check_size(t.provenance.sources, 1);
    // the same in an archive, alone or in a folder of it
    const zip_part part[] = {{"x/estat_naio_10_cp1700.tsv", cp1700}, {NULL, NULL}};
    leie_table zipped;
    check_ok(read_by(&zipped, "auto", write_zip(check_folder(), "naio.zip", part, 1), 2015, "BE", NULL, &err), &err);
    check_near(toy_sum(&zipped.Z), toy_sum(&t.Z), 0);
    check_size(zipped.sector.n, 3);
    leie_table_clear(&zipped);
    leie_table_clear(&t);
}

// ---- from labels of databases to common codes ----

/* Every label of the release has targets, and its weights add up to one; without weights it has one target. */
static void check_concordance(const char *file, leie_size labels)
{
    char path[1000];
    leie_concordance c = {0};
    leie_provenance p = {0};
    leie_error err = {0};
    leie_size found = 0;
    snprintf(path, sizeof path, "%s/../../datasets/concordances/%s.csv", check_cases(), file);
    const leie_path at_path = {.real = path, .shown = path};
    check_ok(leie_read_concordance(&c, &at_path, "test", &p, &err), &err);
    for (leie_size a = 0; a < c.n; a++) {
        double weights = 0;
        bool first = true;
        for (leie_size b = 0; b < c.n; b++) {
            bool same = strcmp(c.link[a].from, c.link[b].from) == 0;
            first &= !same || b >= a;
            weights += same ? c.link[b].weight : 0;
            check_true(a == b || !same || strcmp(c.link[a].to, c.link[b].to) != 0);
        }
        check_near(weights, 1, 1e-15);
        found += first;
    }
    check_size(found, labels);
    leie_concordance_clear(&c);
    leie_provenance_clear(&p);
}

static void test_concordances(void)
{
    check_concordance("exiobase3_regions_iso3", 49);
    check_concordance("exiobase3_ixi_nace64", 163);
    check_concordance("exiobase3_pxp_cpa64", 200);
    check_concordance("mrio_regions_iso3", 271);
    check_concordance("iso2_iso3", 252);
    check_concordance("iso3_exiobase3_regions", 262);
    check_concordance("iso3_figaro_regions", 50);
    check_concordance("iso3_wiod2013_regions", 41);
    check_concordance("figaro_regions_iso3", 51);
    check_concordance("figaro_sectors_nace", 65);
    check_concordance("icio2023_sectors_nace", 45);
    check_concordance("wiod2016_sectors_nace", 56);
}

CHECK_SUITE(databases, {"concordances", test_concordances, NULL}, {"ICIO", test_icio, NULL}, {"WIOD 2013", test_wiod2013, NULL}, {"Eora", test_eora, NULL},
            {"GLORIA", test_gloria, NULL}, {"EUREGIO", test_euregio, NULL}, {"FIGARO supply and use", test_figaro_sut, NULL},
            {"Eurostat", test_eurostat, NULL})
