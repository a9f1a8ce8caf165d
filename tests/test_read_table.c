// SPDX-License-Identifier: GPL-3.0-or-later
/* Tables and extensions from files. */
#include "io/read/read_table.h"
#include "tests/check.h"
#include "tests/write_files.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

// ---- Leie's CSV folder ----

typedef struct named_file {
    const char *name, *text;
} named_file;

// Two regions with unequal sector lists; rows in mixed order.
static const named_file good[] = {
    {"table.yaml", "year: 2015\ncurrency: EUR\nunit: MEUR\nvaluation: basic\n"},
    {"sectors.csv", "sector,region,name,unit\nfarm,AA,Farming,\nmine,BB,Mining,\nfab,AA,\"Factories, all\",\n"},
    {"regions.csv", "region,name\nAA,Upper Valley\nBB,Island\n"},
    {"categories.csv", "category,name,kind\nhh,Households,household\nstock,Stock changes,inventories\n"},
    {"Z.csv",
     "value,region,sector,to_region,to_sector\n2.385,AA,farm,AA,fab\n1.25,BB,mine,AA,fab\n-0.5,AA,fab,AA,farm\n"},
    {"Y.csv", "region,sector,to_region,category,value\nAA,fab,BB,hh,7.5\nAA,farm,AA,stock,-0.25\nBB,mine,AA,hh,3\n"},
    {"x.csv", "region,sector,value\nAA,farm,2.135\nAA,fab,7\nBB,mine,4.25\n"},
    {"W.csv", "input,region,sector,value\nwages,AA,fab,1.5\ntaxes,AA,fab,0.25\nwages,BB,mine,2\n"},
    {"stressors.csv",
     "stressor,name,unit,kind,basis\nore,Gross ore,t,material,territory\nco2,Carbon dioxide,kt,,residence\n"},
    {"F_air.csv", "stressor,region,sector,value,unit\nco2,AA,fab,5.5,kt\nco2,BB,mine,700,t\n"},
    {"F_Y_air.csv", "stressor,region,category,value,unit\nco2,BB,hh,1.5,kt\n"},
    {"F_ores.csv", "stressor,region,sector,value,unit\nore,BB,mine,1200,t\n"}};

enum { GOOD_FILES = sizeof good / sizeof good[0] };

// The good folder with one file in place of its own (or left out for NULL).
static leie_status read_changed(leie_table *t, const char *name, const char *text, const leie_labels *demand,
                                leie_error *err)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    for (size_t i = 0; i < GOOD_FILES; i++)
        if (!name || strcmp(good[i].name, name) != 0)
            write_text(folder, good[i].name, good[i].text);
    if (text)
        write_text(folder, name, text);
    leie_study_tables spec = {.path = {.shown = (char *)(uintptr_t) "tables", .real = folder}};
    if (demand)
        spec.demand = *demand;
    *err = (leie_error){0};
    return leie_read_table(t, &spec, 2015, err);
}

static void test_csv_table(void)
{
    leie_table t;
    leie_error err;
    check_ok(read_changed(&t, NULL, NULL, NULL, &err), &err);
    check_size(t.sector.n, 3);
    check_text(t.sector.code[1], "fab");
    check_text(t.sector.name[1], "Factories, all");
    check_text(t.sector.region.name[1], "Island");
    check_size(t.demand.n, 3); // AA hh, AA stock, BB hh
    check_text(t.demand.code[1], "stock");
    check_size(t.demand.kind[1], LEIE_DEMAND_INVENTORIES);
    check_near(leie_matrix_get(&t.Z, 0, 1), 2.385, 0);
    check_near(leie_matrix_get(&t.Z, 2, 1), 1.25, 0);
    check_near(t.Y[1 * 3 + 2], 7.5, 0);
    check_near(t.Y[0 * 3 + 1], -0.25, 0);
    check_near(t.x[2], 4.25, 1e-15); // row sum
    check_size(t.input.n, 2);
    check_near(t.W[0 * 3 + 2], 2, 0);
    check_size(t.stressor.n, 2); // air, then ores: by name of the file
    check_text(t.stressor.code[0], "co2");
    check_text(t.extension[0], "air");
    check_text(t.basis[0], "residence");
    check_text(t.basis[1], "territory");
    check_text(t.stressor.kind[1], "material");
    check_near(t.F[0 * 3 + 2], 0.7, 1e-15); // 700 t in kt
    check_near(t.F_Y[0 * 3 + 2], 1.5, 0);
    check_near(t.F[1 * 3 + 2], 1200, 0);
    check_text(t.unit, "MEUR");
    check_text(t.provenance.source[0].path, "tables/table.yaml");
    leie_table_clear(&t);
}

static void test_csv_table_without_lists(void)
{
    leie_table t;
    leie_error err;
    check_ok(read_changed(&t, "sectors.csv", NULL, NULL, &err), &err);
    check_text(t.sector.code[0], "farm"); // order of appearance in Z inside AA
    check_text(t.sector.code[1], "fab");
    check_text(t.sector.code[2], "mine");
    leie_table_clear(&t);
    leie_labels demand = {0};
    leie_labels_add(&demand, "hh", "Households", NULL, "household", &err);
    leie_labels_add(&demand, "stock", NULL, NULL, "inventories", &err);
    check_ok(read_changed(&t, "categories.csv", NULL, &demand, &err), &err);
    check_size(t.demand.kind[1], LEIE_DEMAND_INVENTORIES);
    leie_labels_clear(&demand);
    leie_table_clear(&t);
    check_status(read_changed(&t, "categories.csv", NULL, NULL, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "Y.csv:2: column 'category': category 'hh' has no kind: write categories.csv");
    check_ok(read_changed(&t, "W.csv", NULL, NULL, &err), &err);
    check_true(!t.W);
    leie_table_clear(&t);
}

static void test_bad_csv_tables(void)
{
    static const struct {
        const char *file, *text;
        leie_status status;
        const char *message;
    } cases[] = {
        {"Z.csv", NULL, LEIE_ERR_IO, "Z.csv: No such file"},
        {"Y.csv", NULL, LEIE_ERR_IO, "Y.csv: No such file"},
        {"table.yaml", NULL, LEIE_ERR_UNIT, "no unit of money"},
        {"table.yaml", "year: 2014\nunit: MEUR\n", LEIE_ERR_DATA,
         "the table is of year 2014 where the study expects 2015"},
        {"table.yaml", "unit: MEUR\ncurency: EUR\n", LEIE_ERR_DATA, "table.yaml:2"},
        {"sectors.csv", "region,sector\nAA,farm\nAA,fab\nAA,farm\n", LEIE_ERR_DATA,
         "sectors.csv:4: column 'sector': this sector was listed before"},
        {"sectors.csv", "region,sector\nAA,farm\nAA,fab\nBB,mne\n", LEIE_ERR_DATA,
         "column 'sector': unknown sector of region 'BB': 'mine'; 'mne' is near"},
        {"regions.csv", "region\nAA\nAA\n", LEIE_ERR_DATA, "regions.csv:3: column 'region': label 'AA' appears twice"},
        {"categories.csv", "category,kind\nhh,household\nstock,stocks\n", LEIE_ERR_DATA,
         "categories.csv:3: column 'kind': unknown kind 'stocks'"},
        {"categories.csv", "category,kind\nhh,household\nstok,inventories\n", LEIE_ERR_DATA,
         "Y.csv:3: column 'category': unknown category 'stock'; 'stok' is near"},
        {"Z.csv", "region,sector,to_region,to_sector,value\nAA,farm,AA,fab,1\nAA,fab,BB,mine,2\nAA,farm,AA,fab,1\n",
         LEIE_ERR_DATA, "Z.csv:4: this cell was given before"},
        {"Z.csv", "region,sector,to_region,to_sector,value\nAA,farn,AA,fab,1\n", LEIE_ERR_DATA,
         "Z.csv:2: column 'sector': unknown sector of region 'AA': 'farn'; 'farm' is near"},
        {"Z.csv", "region,sector,to_region,to_sector,value\nAA,farm,AB,fab,1\n", LEIE_ERR_DATA,
         "Z.csv:2: column 'to_region': unknown region 'AB'"},
        {"Z.csv", "region,sector,to_region,to_sector,value\nAA,farm,AA,fab,1e400\n", LEIE_ERR_DATA,
         "Z.csv:2: column 'value': a number too large"},
        {"Y.csv", "region,sector,to_region,category,value\nAA,fab,CC,hh,1\n", LEIE_ERR_DATA,
         "Y.csv:2: column 'to_region': unknown region 'CC'"},
        {"Y.csv", "region,sector,to_region,category,value\nAA,mine,AA,hh,1\n", LEIE_ERR_DATA,
         "Y.csv:2: column 'sector': unknown sector of region 'AA': 'mine'"},
        {"Y.csv", "region,sector,to_region,category,value\nAA,fab,AA,hh,1\nAA,fab,AA,hh,1\n", LEIE_ERR_DATA,
         "Y.csv:3: this cell was given before"},
        {"x.csv", "region,sector,value\nAA,farm,1\nAA,farm,1\n", LEIE_ERR_DATA, "x.csv:3: this cell was given before"},
        {"W.csv", "input,region,sector,value\nwages,AA,mine,1\n", LEIE_ERR_DATA,
         "W.csv:2: column 'sector': unknown sector"},
        {"F_air.csv", "stressor,region,sector,value,unit\nco2,AA,mine,1,kt\n", LEIE_ERR_DATA,
         "F_air.csv:2: column 'sector': unknown sector of region 'AA': 'mine'"},
        {"F_air.csv", "stressor,region,sector,value,unit\nso2,AA,fab,1,t\n", LEIE_ERR_DATA,
         "F_air.csv:2: column 'stressor': unknown stressor 'so2'; 'co2' is near"},
        {"stressors.csv", "stressor,unit\nco2,bananas\n", LEIE_ERR_UNIT,
         "stressors.csv:2: column 'unit': stressor 'co2': unit 'bananas'"},
        {"table.yaml", "unit: bananas\n", LEIE_ERR_UNIT, "table.yaml: unit of money: unit 'bananas'"},
        {"regions.csv", "region,name\nAA,Upper\nBB,Vall\xe9" "e\n", LEIE_ERR_DATA, "regions.csv:3: byte 0xe9 is not UTF-8"},
        {"F_air.csv", "stressor,region,sector,value,unit\nco2,AA,fab,1,m3\n", LEIE_ERR_UNIT,
         "F_air.csv:2: column 'unit': stressor 'co2' is in kt"},
        {"F_air.csv", "stressor,region,sector,value,unit\nco2,AA,fab,1,t\nco2,AA,fab,1,t\n", LEIE_ERR_DATA,
         "F_air.csv:3: this cell was given before"},
        {"F_Y_air.csv", "stressor,region,category,value,unit\nco2,BB,hh2,1,kt\n", LEIE_ERR_DATA,
         "F_Y_air.csv:2: column 'category': unknown category 'hh2'; 'hh' is near"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leie_table t;
        leie_error err;
        check_status(read_changed(&t, cases[i].file, cases[i].text, NULL, &err), cases[i].status, &err);
        check_has(err.text, cases[i].message);
        check_size(t.sector.n, 0); // nothing is left
    }
}

// Gzip members, CRLF and marks make no difference.
static void test_csv_table_packed(void)
{
    leie_table t;
    leie_error err;
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    for (size_t i = 0; i < GOOD_FILES; i++) {
        char name[64], text[600] = "\xef\xbb\xbf";
        size_t size = 3;
        for (const char *from = good[i].text; *from; from++) {
            if (*from == '\n')
                text[size++] = '\r';
            text[size++] = *from;
        }
        snprintf(name, sizeof name, "%s.gz", good[i].name);
        if (strcmp(good[i].name, "table.yaml") == 0)
            write_text(folder, "table.yaml", good[i].text);
        else
            write_gzip(folder, name, text);
    }
    leie_study_tables spec = {.path = {.shown = folder, .real = folder}};
    err = (leie_error){0};
    check_ok(leie_read_table(&t, &spec, 2015, &err), &err);
    check_size(t.stressor.n, 2);
    check_near(leie_matrix_get(&t.Z, 0, 1), 2.385, 0);
    leie_table_clear(&t);
}

// ---- triplets ----

static leie_path path_of(const char *folder, const char *name)
{
    char *path = (char *)(uintptr_t)path_in(folder, name);
    return (leie_path){.shown = path, .real = path};
}

static leie_status read_triplets(leie_table *t, const char *labels, const char *Z, const char *Y, const char *demand,
                                 leie_error *err)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "labels.csv", labels);
    write_text(folder, "Z.csv", Z);
    write_text(folder, "Y.csv", Y);
    leie_study_tables spec = {.format = LEIE_FORMAT_TRIPLETS,
                              .unit = (char *)(uintptr_t) "MUSD",
                              .labels = path_of(folder, "labels.csv"),
                              .Z = path_of(folder, "Z.csv"),
                              .Y = path_of(folder, "Y.csv")};
    *err = (leie_error){0};
    leie_labels_add(&spec.demand, "hh", "", "", "household", err);
    leie_labels_add(&spec.demand, "gfcf", "", "", "", err);
    if (demand) {
        write_text(folder, "demand.csv", demand);
        spec.demand_labels = path_of(folder, "demand.csv");
    }
    leie_status st = leie_read_table(t, &spec, 2011, err);
    leie_labels_clear(&spec.demand);
    return st;
}

static void test_triplets(void)
{
    static const char labels[] = "row,country,industry\n0,AA,c1\n1,AA,c2\n2,BB,c1\n";
    static const char Z[] = "row,col,value\n0,1,2.385\n2,2,5\n", Y[] = "row,col,value\n0,0,1\n1,3,-4.5\n";
    leie_table t;
    leie_error err;
    check_ok(read_triplets(&t, labels, Z, Y, NULL, &err), &err);
    check_size(t.demand.n, 4);
    check_text(t.demand.code[3], "gfcf");
    check_size(t.demand.kind[3], LEIE_DEMAND_GFCF);
    check_near(t.Y[1 * 4 + 3], -4.5, 0);
    check_near(t.x[0], 3.385, 1e-15);
    leie_table_clear(&t);
    check_ok(read_triplets(&t, labels, Z, "row,col,value\n2,1,6\n",
                           "col,region,category,kind\n0,AA,hh,household\n1,AA,away,export\n", &err),
             &err);
    check_size(t.demand.n, 2);
    check_near(t.Y[2 * 2 + 1], 6, 0);
    leie_table_clear(&t);
    static const struct {
        const char *labels, *Z, *Y, *demand, *message;
    } cases[] = {
        {"row,country,industry\n0,AA,c1\n2,AA,c2\n", Z, Y, NULL,
         "labels.csv:3: column 'row': number 2 where 1 is expected"},
        {"row,country,industry\n0,AA,c1\n1,AA,c1\n", Z, Y, NULL, "labels.csv:3: 'c1' of region 'AA' appears twice"},
        {"row,industry\n0,c1\n", Z, Y, NULL, "column 'region' (or 'country') is missing"},
        {labels, "row,col,value\n0,3,1\n", Y, NULL, "Z.csv:2: column 'col': 3 is outside 0 .. 2"},
        {labels, "row,col,value\n0,1,1\n0,1,2\n", Y, NULL, "Z.csv:3: this cell was given before"},
        {labels, "row,col,value\n0,1.5,1\n", Y, NULL, "'1.5' where a whole number belongs"},
        {labels, Z, "row,col,value\n0,4,1\n", NULL, "Y.csv:2: column 'col': 4 is outside 0 .. 3"},
        {labels, Z, "row,col,value\n0,1,2,5\n", NULL, "Y.csv:2: 4 fields where the header has 3 (a decimal comma?"},
        {labels, Z, Y, "col,region,category,kind\n0,CC,hh,household\n", "region 'CC' has no sectors in the table"},
        {labels, Z, Y, "col,region,category,kind\n0,AA,hh,housold\n", "unknown kind 'housold'"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        check_status(read_triplets(&t, cases[i].labels, cases[i].Z, cases[i].Y, cases[i].demand, &err), LEIE_ERR_DATA,
                     &err);
        check_has(err.text, cases[i].message);
        check_size(t.sector.n, 0);
    }
}

// ---- extensions of a study ----

static leie_status read_extension(leie_table *t, const char *F, const char *list, leie_error *err)
{
    char folder[512];
    check_ok(read_changed(t, NULL, NULL, NULL, err), err);
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "F.csv", F);
    leie_study_extension spec = {.name = (char *)(uintptr_t) "metals",
                                 .F = path_of(folder, "F.csv"),
                                 .basis = (char *)(uintptr_t) "territory",
                                 .kind = (char *)(uintptr_t) "material"};
    if (list) {
        write_text(folder, "list.csv", list);
        spec.stressors = path_of(folder, "list.csv");
    }
    return leie_read_extension(t, &spec, 2015, err);
}

static void test_extension(void)
{
    static const char F[] = "stressor,region,sector,value,unit\n\"Copper, content\",BB,mine,12.5,t\ntin,BB,mine,3,kg\n"
                            "tin,AA,fab,0.002,t\n";
    leie_table t;
    leie_error err = {0};
    check_ok(read_extension(&t, F, NULL, &err), &err);
    check_size(t.stressor.n, 4);
    check_text(t.stressor.code[2], "Copper, content");
    check_text(t.basis[2], "territory");
    check_text(t.stressor.kind[3], "material");
    check_near(t.F[3 * 3 + 1], 2, 1e-15); // 0.002 t in kg, the unit of tin's first row
    leie_table_clear(&t);
    check_ok(read_extension(&t, F, "stressor,name,unit\ntin,Tin in ores,t\n", &err), &err);
    check_size(t.stressor.n, 3);
    check_text(t.stressor.name[2], "Tin in ores");
    check_near(t.F[2 * 3 + 2], 0.003, 1e-15);
    const leie_provenance *p = &t.provenance;
    check_has(p->note[p->notes - 2].text, "rows of stressors that its list does not select");
    check_has(p->note[p->notes - 1].text, "converted");
    leie_table_clear(&t);
    check_status(read_extension(&t, F, "stressor\ntin\nzinc\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "stressor 'zinc' has no row");
    check_size(t.stressor.n, 2); // as it was
    leie_table_clear(&t);
    leie_study_extension none = {.name = (char *)(uintptr_t) "none"}, brought = {.name = (char *)(uintptr_t) "air"};
    err = (leie_error){0};
    check_ok(read_changed(&t, NULL, NULL, NULL, &err), &err);
    check_ok(leie_read_extension(&t, &brought, 2015, &err), &err);
    check_status(leie_read_extension(&t, &none, 2015, &err), LEIE_ERR_DATA, &err);
    leie_table_clear(&t);
}

// ---- a wide matrix ----

static const char matrix[] =
    ",,01,02,,C,E,\n,,One,Two,Total,Households,Exports,Total\n01,First,1.5,2.25,3.75,4,,8\n"
    "02,Second,0.5,,0.5,5,6,12\n,Imported,1,1,2,3,,\nD.1,Wages,2,3,5,,,\nP.1,Output,7.75,11.5,,,,\n";

static leie_status read_signed_matrix(leie_table *t, const char *text, double *sign, leie_error *err)
{
    char folder[512];
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_text(folder, "Z.csv", text);
    leie_study_tables spec = {.format = LEIE_FORMAT_MATRIX,
                              .unit = (char *)(uintptr_t) "MEUR",
                              .Z = path_of(folder, "Z.csv"),
                              .region = (char *)(uintptr_t) "BEL",
                              .output_row = (char *)(uintptr_t) "P.1",
                              .input_sign = sign,
                              .x_choice = LEIE_X_GIVEN};
    *err = (leie_error){0};
    leie_labels_add(&spec.demand, "C", "", "", "household", err);
    leie_labels_add(&spec.demand, "E", "Sales abroad", "", "export", err);
    leie_labels_add(&spec.inputs, "D.1", "", "", "", err);
    leie_labels_add(&spec.inputs, "Imported", "", "", "", err);
    leie_status st = leie_read_table(t, &spec, 2015, err);
    leie_labels_clear(&spec.demand);
    leie_labels_clear(&spec.inputs);
    return st;
}

static leie_status read_matrix(leie_table *t, const char *text, leie_error *err)
{
    return read_signed_matrix(t, text, NULL, err);
}

static void test_matrix_sign(void)
{
    double sign[2] = {-1, 1};
    leie_table t;
    leie_error err = {0};
    check_ok(read_signed_matrix(&t, matrix, sign, &err), &err);
    check_near(t.W[0], -2, 0);
    check_near(t.W[1], -3, 0);
    check_near(t.W[2], 1, 0);
    check_has(t.provenance.note[1].text, "input 'D.1' is counted with the sign -1, -5 MEUR in all");
    leie_table_clear(&t);
}

static void test_matrix(void)
{
    leie_table t;
    leie_error err;
    check_ok(read_matrix(&t, matrix, &err), &err);
    check_size(t.sector.n, 2);
    check_text(t.sector.name[0], "First");
    check_text(t.demand.name[0], "Households");
    check_text(t.demand.name[1], "Sales abroad");
    check_near(leie_matrix_get(&t.Z, 0, 1), 2.25, 0);
    check_near(leie_matrix_get(&t.Z, 1, 1), 0, 0);
    check_near(t.Y[1 * 2 + 1], 6, 0);
    check_near(t.x[1], 11.5, 0);
    check_text(t.input.name[0], "Wages");
    check_near(t.W[0 * 2 + 1], 3, 0);
    check_near(t.W[1 * 2 + 0], 1, 0);
    leie_table_clear(&t);
    check_status(read_matrix(&t, ";;01;02\n01;;1;2\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "separated by semicolons");
    check_status(read_matrix(&t, ",,01,01\n01,,1,2\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "label '01' appears twice");
    check_status(read_matrix(&t, ",,01,C\n01,,1,2\nD.1,,1,2\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "no column with the code 'E'");
    check_status(read_matrix(&t, ",,01,C,E\n01,,1,2,x\nD.1,,1,2,\nImported,,,,\nP.1,,,,\n", &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "Z.csv:2: column 'E': text where a number belongs: 'x'");
}

// ---- real tables ----

static leie_path data_path(const char *name)
{
    return path_of(check_data(), name);
}

static void wiod_spec(leie_study_tables *spec, leie_error *err)
{
    static const char *const kinds[] = {"household", "npish", "government", "gfcf", "inventories"};
    *spec = (leie_study_tables){
        .format = LEIE_FORMAT_TRIPLETS, .unit = (char *)(uintptr_t) "MUSD", .x_choice = LEIE_X_GIVEN};
    for (int k = 0; k < 5; k++)
        leie_labels_add(&spec->demand, k ? kinds[k] : "households", NULL, NULL, kinds[k], err);
    spec->labels = data_path("wiod2013/labels.csv");
    spec->Z = data_path("wiod2013/Z_{year}.csv.gz");
    spec->Y = data_path("wiod2013/Y_{year}.csv.gz");
    spec->x = data_path("wiod2013/x_{year}.csv.gz");
}

static void test_data_wiod(void)
{
    leie_study_tables spec;
    leie_error err = {0};
    wiod_spec(&spec, &err);
    for (int year = 1995; year <= 2011; year++) {
        leie_table t;
        check_ok(leie_read_table(&t, &spec, year, &err), &err);
        check_size(t.sector.n, 1435);
        check_size(t.demand.n, 205);
        if (year == 2011) { // README of the shared data: world output 141.768e12 USD
            check_near(leie_sum(t.x, t.sector.n, 1), 141.767904e6, 0);
            check_near(leie_sum(t.Y, t.sector.n * t.demand.n, 1), 69268600, 0);
            check_size(leie_matrix_nonzeros(&t.Z), 413525);
            check_size(leie_axis_find(&t.sector, "BEL", "c1"), 70);
        }
        leie_table_clear(&t);
    }
    leie_labels_clear(&spec.demand);
}

// The sum of every stressor is what the reference accounts give as production.
static void test_data_materials(void)
{
    leie_study_tables spec;
    leie_table t;
    leie_error err = {0};
    wiod_spec(&spec, &err);
    check_ok(leie_read_table(&t, &spec, 2011, &err), &err);
    leie_study_extension materials = {.name = (char *)(uintptr_t) "materials",
                                      .F = data_path("wiod2011_materials/F_materials.csv.gz"),
                                      .F_Y = data_path("wiod2011_materials/F_Y_materials.csv")};
    check_ok(leie_read_extension(&t, &materials, 2011, &err), &err);
    check_size(t.stressor.n, 50);
    leie_size co2 = leie_labels_find(&t.stressor, "Carbon dioxide, fossil [air]");
    leie_size bel = leie_labels_find(&t.sector.region, "BEL"), first = t.sector.first[bel];
    check_true(co2 >= 0);
    // README of the shared data: 70.19 Mt from industry, 28.77 from households
    check_near(leie_sum(t.F + co2 * 1435 + first, 35, 1), 70.19e6, 1e-4);
    check_near(leie_sum(t.F_Y + co2 * 205 + 5 * bel, 5, 1), 28768900.92, 1e-12);
    leie_table_clear(&t);
    leie_labels_clear(&spec.demand);
}

static void belgium_spec(leie_study_tables *spec, leie_error *err)
{
    static const char *const demand[][2] = {
        {"P.31/S14", "household"},    {"P.31/S15", "npish"},  {"P3./S13", "government"}, {"P.51", "gfcf"},
        {"P.52+P.53", "inventories"}, {"P.6/S21i", "export"}, {"P.6/S21x", "export"},    {"P.6/S22", "export"}};
    *spec = (leie_study_tables){.format = LEIE_FORMAT_MATRIX,
                                .unit = (char *)(uintptr_t) "MEUR",
                                .region = (char *)(uintptr_t) "BEL",
                                .output_row = (char *)(uintptr_t) "P.1",
                                .x_choice = LEIE_X_GIVEN,
                                .import_region = (char *)(uintptr_t) "IMP",
                                .import_name = (char *)(uintptr_t) "Imports"};
    for (size_t i = 0; i < sizeof demand / sizeof demand[0]; i++)
        leie_labels_add(&spec->demand, demand[i][0], NULL, NULL, demand[i][1], err);
    leie_labels_add(&spec->inputs, "B.1g", NULL, NULL, NULL, err);
    spec->Z = data_path("be_sut_2015/csv/tbl_10bis.csv");
    spec->imports = data_path("be_sut_2015/csv/tbl_9bis.csv");
}

static void test_data_belgium(void)
{
    leie_study_tables spec;
    leie_table t;
    leie_error err = {0};
    belgium_spec(&spec, &err);
    check_ok(leie_read_table(&t, &spec, 2015, &err), &err);
    check_size(t.sector.n, 64);
    check_size(t.demand.n, 8);
    check_near(leie_sum(t.W, 64, 1), 373301.7, 1e-6); // value added, README of the shared data
    check_text(t.demand.name[0], "Consumptie huishoudens");
    double row = 0; // what the first row sells is its output, but for rounding in the source
    for (leie_size j = 0; j < 64; j++)
        row += leie_matrix_get(&t.Z, 0, j);
    check_near(row + leie_sum(t.Y, 8, 1), t.x[0], 1e-8);
    check_has(t.provenance.note[0].text, "row 'P.51c'");
    check_ok(leie_read_imports(&t, &spec, 2015, &err), &err);
    check_size(t.sector.region.n, 2);
    leie_table_clear(&t);
    leie_labels_clear(&spec.demand);
    leie_labels_clear(&spec.inputs);
}

CHECK_SUITE(read_table, {"CSV table", test_csv_table, NULL},
            {"CSV table without lists", test_csv_table_without_lists, NULL},
            {"bad CSV tables", test_bad_csv_tables, NULL}, {"packed CSV table", test_csv_table_packed, NULL},
            {"triplets", test_triplets, NULL}, {"extension", test_extension, NULL}, {"matrix", test_matrix, NULL},
            {"matrix with a negative input", test_matrix_sign, NULL})
CHECK_SUITE(data_read, {"WIOD, 17 years", test_data_wiod, check_needs_data},
            {"WIOD materials", test_data_materials, check_needs_data},
            {"Belgium 2015", test_data_belgium, check_needs_data})
