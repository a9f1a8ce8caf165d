// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios from the workbooks of pycirk and MARIO, and from their sheets saved as CSV. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/read_scenario.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

static const char *circular_study(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

static char folder[512]; // of one test

static void write_sheet(const char *name, const char *text)
{
    write_text(folder, name, text);
}

// A workbook of one sheet that holds what a CSV text holds, every cell as a text.
static void write_book(const char *name, const char *sheet, const char *text)
{
    static char rows[16384];
    int used = snprintf(rows, sizeof rows, "<row><c t=\"inlineStr\"><is><t>");
    for (const char *at = text; *at; at++) {
        if (*at == '\n')
            used += snprintf(rows + used, sizeof rows - (size_t)used, "</t></is></c></row>%s", at[1] ? "<row><c t=\"inlineStr\"><is><t>" : "");
        else if (*at == ',')
            used += snprintf(rows + used, sizeof rows - (size_t)used, "</t></is></c><c t=\"inlineStr\"><is><t>");
        else
            used += snprintf(rows + used, sizeof rows - (size_t)used, "%c", *at);
    }
    write_workbook(folder, name, sheet, rows, NULL);
}

static void run_text(leie_dataset *ds, const char *text)
{
    char set[600], output[512];
    snprintf(set, sizeof set, "scenarios=%s", write_text(folder, "sheets.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(folder, "sheets.nc"));
    result_run(ds, circular_study(), output, set);
}

static double at(const leie_dataset *ds, const char *scenario, const char *rest)
{
    char where[256];
    snprintf(where, sizeof where, "scenario=%s|%s", scenario, rest);
    return result_value(ds, "D_cba", where);
}

#define PYCIRK                                                                                                        \
    ",,,,,,,,,,,,,,,,,,,,,,,,\n"                                                                                \
    "identifier,intervention,change_type,matrix,reg_o,cat_o,reg_d,cat_d,kt1,kp1,kt2,kp2,at1,at2,Copy,Sub,sk1,sk2,sk3,sk4,swk,"  \
    "reg_o_sc,cat_o_sc,reg_d_sc,cat_d_sc\n"

// The scenarios of the case as pycirk and MARIO would write them: the same answers.
static void test_sheets(void)
{
    static const char *const scenarios[] = {"efficiency", "lifetime", "loops", "intensity"};
    static const char text[] = "leie: 1\n"
                               "scenarios:\n"
                               "  - {scenario: efficiency, import: {format: pycirk, path: efficiency.csv}}\n"
                               "  - {scenario: lifetime, import: {format: pycirk, path: lifetime.csv}}\n"
                               "  - {scenario: loops, import: {format: pycirk, path: loops.csv}}\n"
                               "  - {scenario: intensity, import: {format: pycirk, path: intensity.csv}}\n"
                               "  - {scenario: shock, import: {format: mario, z: z.csv, Y: y.csv, e: e.csv}}\n"
                               "  - {scenario: percent, import: {format: mario, z: percent.csv}}\n"
                               "  - {scenario: book, import: {format: pycirk, path: book.xlsx}}\n"
                               "  - {scenario: second, import: {format: pycirk, path: other.xlsx, sheet: scenario_2}}\n"
                               "  - {scenario: mario, import: {format: mario, path: shock.xlsx}}\n"
                               "  - {scenario: newer, import: {format: mario, z: newer.csv, Y: y_newer.csv, e: e_newer.csv}}\n";
    static const char lifetime[] = PYCIRK "1,,,Y,All,s1,reg1,final,-20,60,,,,,,x,x,,,,50,All,s3,reg1,final\n";
    static const char loops[] = PYCIRK "1,,,A,reg2,s1,reg1,s2,-20,100,,,,,,x,x,,,,80,reg1,s2,reg1,s2\n2,,,A,reg2,s1,reg1,s3,-20,100,,,,,,x,x,,,,80,reg1,s2,reg1,s3\n3,,,A,reg2,s2,reg1,All,-20,100,,,,,,x,x,,,,80,reg1,s2,reg1,All\n";
    static const char percent[] = "row region,row level,row sector,column region,column level,column sector,type,value\n"
                               "reg1,Sector,s3,reg1,Sector,s1,Percentage,-0.15\nreg1,Sector,s3,reg1,Sector,s2,Percentage,-0.15\n"
                               "reg1,Sector,s3,reg1,Sector,s3,Percentage,-0.15\n";
    leie_dataset ds = {0}, own = {0};
    char rest[64];
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_sheet("efficiency.csv", PYCIRK "1,,,A,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,\n");
    write_sheet("lifetime.csv", lifetime);
    write_sheet("loops.csv", loops);
    write_sheet("intensity.csv", PYCIRK "1,,,e,,e1,reg1,s3,-20,50,-5,100,0.01,,,,,,,,,,,,\n");
    write_sheet("z.csv", "row region,row level,row sector,column region,column level,column sector,type,value\n"
                         "reg1,Sector,s3,reg1,Sector,s1,Percentage,-0.15\nreg1,Sector,s3,reg1,Sector,s1,Absolute,1.5\n");
    write_sheet("percent.csv", percent);
    write_sheet("y.csv", "row region,row level,row sector,column region,demand category,type,value\nreg1,Sector,s1,reg1,final,Update,14\n");
    write_sheet("e.csv", "row sector,column region,column level,column sector,type,value\ne1,reg1,Sector,s1,Absolute,5\n");
    // the names of MARIO 1, 'all', and rows that are left free
    write_sheet("newer.csv", "Region_from,Sector_from,Region_to,Sector_to,type,value\nreg1,s3,reg1,s1,Percentage,-0.15\nreg1,s3,reg1,s1,Absolute,1.5\n,,,,,\n");
    write_sheet("y_newer.csv", "Region_from,Sector_from,Region_to,Consumption category_to,type,value\nreg1,s1,reg1,final,Update,14\n");
    write_sheet("e_newer.csv", "Satellite account_from,Region_to,Sector_to,type,value\ne1,reg1,s1,Absolute,5\n");
    write_book("book.xlsx", "book", lifetime);
    write_book("other.xlsx", "scenario_2", loops);
    write_book("shock.xlsx", "z", percent);
    run_text(&ds, text);
    result_run(&own, circular_study(), path_in(folder, "own.nc"), NULL);
    for (int s = 0; s < 4; s++)
        for (int k = 0; k < 2; k++)
            for (int r = 0; r < 2; r++) {
                snprintf(rest, sizeof rest, "region=reg%d|stressor=e%d", r + 1, k + 1);
                check_near(at(&ds, scenarios[s], rest), at(&own, scenarios[s], rest), 1e-12);
                check_near(at(&ds, "percent", rest), at(&own, "efficiency", rest), 1e-12);
                check_near(at(&ds, "book", rest), at(&own, "lifetime", rest), 1e-12);
                check_near(at(&ds, "second", rest), at(&own, "loops", rest), 1e-12);
                check_near(at(&ds, "mario", rest), at(&own, "efficiency", rest), 1e-12);
            }
    // Z falls by 1.5 and rises by 1.5, Y stays 14, and 5 more of e1 is produced for the same output
    double before = at(&ds, "baseline", "region=reg1|stressor=e1") + at(&ds, "baseline", "region=reg2|stressor=e1");
    double after = at(&ds, "shock", "region=reg1|stressor=e1") + at(&ds, "shock", "region=reg2|stressor=e1");
    check_near(after, before + 5, 1e-12);
    for (int r = 1; r <= 2; r++) {
        snprintf(rest, sizeof rest, "region=reg%d|stressor=e1", r);
        check_near(at(&ds, "newer", rest), at(&ds, "shock", rest), 0);
    }
    leie_dataset_clear(&ds);
    leie_dataset_clear(&own);
}

static void refused_sheet(const char *row, const char *why)
{
    char text[1024], import[] = "leie: 1\nscenario: s\nimport: {format: pycirk, path: bad.csv}\n", file[512], assign[600];
    char *sets[] = {assign};
    leie_study study = {0};
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_error err = {0};
    snprintf(text, sizeof text, PYCIRK "%s\n", row);
    write_sheet("bad.csv", text);
    write_sheet("bad.yaml", import);
    snprintf(file, sizeof file, "%s", path_in(folder, "bad.yaml"));
    snprintf(assign, sizeof assign, "scenarios=%s", file);
    check_ok(leie_study_read(&study, circular_study(), 1, sets, &err), &err);
    check_status(leie_read_scenarios(&set, &study, &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "bad.csv:3");
    check_has(err.text, why);
    check_size(set.scenarios, 0);
    leie_provenance_clear(&p);
    leie_study_clear(&study);
}

static void test_refused_sheets(void)
{
    snprintf(folder, sizeof folder, "%s", check_folder());
    refused_sheet("1,,,Z,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,", "changes of 'Z' are not read (transactions");
    refused_sheet("1,,,V,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,", "changes of 'V' are not read (the supply table");
    refused_sheet("1,,,S,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,", "pressures 'e', 'r', 'm'");
    refused_sheet("1,,,Q,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,", "(A, Y and coefficients are)");
    refused_sheet("1,,,A,reg1,s3,reg1,All,-30,,,,,,,,,,,,,,,,", "without its penetration");
    refused_sheet("1,,,A,reg1,s3,reg1,All,-30,50,,,,,,x,x,,,,,reg1,s2,reg1,All", "without its weight");
    refused_sheet("1,,,A,reg1,s3,reg1,All,30,50,,,,,,x,x,,,,50,reg1,s2,reg1,All", "a rise cannot be substituted");
    refused_sheet("1,,,A,reg1,s3,reg1,All,-30,50,,,0.1,,,x,,,x,,50,reg1,s2,reg1,All", "additive change");
    refused_sheet("1,,,A,reg1,s3,reg1,All,lots,50,,,,,,,,,,,,,,,", "text where a number belongs");
}

static void refused_book(const char *import, const char *why)
{
    char text[600], assign[600], *sets[] = {assign};
    leie_study study = {0};
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_error err = {0};
    snprintf(text, sizeof text, "leie: 1\nscenario: s\nimport: %s\n", import);
    snprintf(assign, sizeof assign, "scenarios=%s", write_text(folder, "bad.yaml", text));
    check_ok(leie_study_read(&study, circular_study(), 1, sets, &err), &err);
    check_status(leie_read_scenarios(&set, &study, &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, why);
    leie_provenance_clear(&p);
    leie_study_clear(&study);
}

static void test_refused_books(void)
{
    snprintf(folder, sizeof folder, "%s", check_folder());
    write_book("book.xlsx", "scenario_1", PYCIRK "1,,,A,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,\n");
    write_sheet("sheet.csv", PYCIRK "1,,,A,reg1,s3,reg1,All,-30,50,,,,,,,,,,,,,,,\n");
    refused_book("{format: pycirk, path: book.xlsx}", "no sheet 's'; its sheets are: scenario_1");
    refused_book("{format: pycirk, path: book.xlsx, sheet: scenario_2}", "no sheet 'scenario_2'");
    refused_book("{format: pycirk, path: sheet.csv, sheet: scenario_1}", "is none");
    refused_book("{format: pycirk}", "needs 'path'");
    refused_book("{format: mario, path: book.xlsx}", "none of the sheets z, Y, v, e");
    refused_book("{format: mario, path: sheet.csv}", "MARIO's workbook");
    refused_book("{format: mario, path: book.xlsx, sheet: z}", "belongs to pycirk");
    write_book("sut.xlsx", "u", "Region_from,Commodity_from,Region_to,Activity_to,type,value\nreg1,s1,reg1,s2,Percentage,0.1\n");
    refused_book("{format: mario, path: sut.xlsx}", "supply and use, which are not read");
    write_sheet("switch.csv", "Region_from,Sector_from,Region_to,Sector_to,type,value\nreg1,s3,reg1,s1,Switch,1\n");
    refused_book("{format: mario, z: switch.csv}", "'Switch' is not read");
    refused_book("{format: mario}", "holds no change");
    refused_book("{path: book.xlsx}", "needs 'format'");
}

CHECK_SUITE(shocks, {"sheets", test_sheets, NULL}, {"refused sheets", test_refused_sheets, NULL}, {"refused books", test_refused_books, NULL})
