// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/cli/summary.h"
#include "tests/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = 2, REGIONS = 4, STRESSORS = 4, CATEGORIES = 2, ORIGINS = 2 };

static const char *const region[] = {"BE-VLG", "Flanders", "BE-WAL", "Wallonia", "BEL", "Belgium", "DEU", "Germany"};
static const char *const stressor[] = {"bio", "Biomass", "metal", "Metal ores",
                                       "co2", "CO2",     "sand",  "Sand by mining row"};
static const char *const stressor_unit[] = {"1000 t", "Mt", "Mt", "Mt"};
static const char *const stressor_kind[] = {"material", "material", "", "variant"};
static const char *const category[] = {"household", "", "gfcf", ""};
static const char *const origin[] = {"BE-VLG", "", "DEU", ""};
static const char *const scenario[] = {"baseline", ""};

static leie_var *variable(leie_dataset *ds, const char *name, leie_var_type type, const char *dims)
{
    leie_error err = {0};
    leie_var *var = NULL;
    check_ok(leie_dataset_var(&var, ds, name, type, dims, type == LEIE_VAR_TEXT ? NULL : "1", name, &err), &err);
    return var;
}

static void texts(leie_dataset *ds, const char *name, const char *dim, leie_size n, const char *const *text)
{
    leie_var *var = variable(ds, name, LEIE_VAR_TEXT, dim);
    for (leie_size i = 0; i < n; i++)
        leie_var_set_text(var, i, text[i], NULL);
}

// A dimension from pairs of code and name.
static void coordinate(leie_dataset *ds, const char *name, leie_size n, const char *const *pair)
{
    leie_labels labels = {0};
    leie_error err = {0};
    for (leie_size i = 0; i < n; i++)
        leie_labels_add(&labels, pair[2 * i], pair[2 * i + 1], NULL, NULL, &err);
    check_ok(leie_dataset_coordinate(ds, name, n, labels.code, labels.name, name, &err), &err);
    leie_labels_clear(&labels);
}

static void axes(leie_dataset *ds)
{
    leie_error err = {0};
    coordinate(ds, "scenario", 1, scenario);
    check_size(leie_dataset_dim(ds, "year", YEARS, &err), 1);
    leie_var *year = variable(ds, "year", LEIE_VAR_INT, "year");
    year->integer[0] = 2010;
    year->integer[1] = 2011;
    coordinate(ds, "region", REGIONS, region);
    coordinate(ds, "stressor", STRESSORS, stressor);
    texts(ds, "stressor_unit", "stressor", STRESSORS, stressor_unit);
    texts(ds, "stressor_kind", "stressor", STRESSORS, stressor_kind);
    coordinate(ds, "category", CATEGORIES, category);
    coordinate(ds, "origin", ORIGINS, origin);
}

/* Flanders 2011: 30,000 kt of biomass and 60 Mt of ores, of which 10 direct: 90 + 10 Mt, 6 million people. */
static void numbers(leie_dataset *ds)
{
    leie_var *D_cba = variable(ds, "D_cba", LEIE_VAR_DOUBLE, "scenario year region stressor");
    leie_var *direct = variable(ds, "direct", LEIE_VAR_DOUBLE, "scenario year region stressor");
    leie_var *population = variable(ds, "population", LEIE_VAR_DOUBLE, "year region");
    leie_var *by_category = variable(ds, "footprint_category", LEIE_VAR_DOUBLE, "scenario year region category stressor");
    leie_var *by_origin = variable(ds, "footprint_origin", LEIE_VAR_DOUBLE, "scenario year region origin stressor");
    for (int y = 0; y < YEARS; y++)
        for (int r = 0; r < REGIONS; r++) {
            double *d = D_cba->number + (y * REGIONS + r) * STRESSORS;
            double size = (y + 1) / 2.0 / (r + 1);
            d[0] = 30000 * size;
            d[1] = 60 * size;
            d[2] = 1e9;
            d[3] = 7 * size;
            direct->number[(y * REGIONS + r) * STRESSORS + 1] = 10 * size;
            population->number[y * REGIONS + r] = r == 3 ? NAN : 6e6;
            for (int c = 0; c < 2; c++) {
                by_category->number[((y * REGIONS + r) * 2 + c) * STRESSORS] = d[0] * (c ? 0.25 : 0.75);
                by_origin->number[((y * REGIONS + r) * 2 + c) * STRESSORS + 1] = d[1] * (c ? 0.9 : 0.1);
            }
        }
    leie_var *solver = variable(ds, "solver", LEIE_VAR_TEXT, "scenario year");
    leie_var *residual = variable(ds, "solver_residual", LEIE_VAR_DOUBLE, "scenario year");
    leie_var_set_text(solver, 0, "lu", NULL);
    leie_var_set_text(solver, 1, "block", NULL);
    residual->number[0] = 1e-16;
    residual->number[1] = 3e-14;
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[700];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "w");
    fputs(text, f);
    fclose(f);
}

static void study_of(leie_study *study, const char *extra)
{
    char text[2048], path[700];
    const char *folder = check_folder();
    leie_error err = {0};
    snprintf(text, sizeof text,
             "leie: 1\ntitle: Test\nlabel: demonstration\ntables: [{year: 2011, path: t}]\n"
             "nest: {country: BEL, regions: [BE-VLG, BE-WAL], keys: k.csv}\n"
             "groups: {BEL: [BE-VLG, BE-WAL]}\n%s",
             extra);
    write_text(folder, "study.yaml", text);
    write_text(folder, "targets.csv",
               "indicator,route,edition,region,material,per,kind,base_year,base_value,year,value,status,source\n"
               "RMC,rme,e,BE-VLG,TOTAL,capita,change,2010,,2030,-30,target,s\n"
               "RMC,rme,e,BE-WAL,TOTAL,capita,change,2010,,2030,-10,target,s\n"
               "RMC,rme,e,BE-VLG,TOTAL,capita,change,,,2050,-75,target,s\n");
    write_text(folder, "published.csv",
               "indicator,route,edition,averaging,region,year,value,unit,source\n"
               "RMC,rme,2021,none,BE-VLG,2010,28.2,t/person,s\n"
               "RMC,rme,2021,none,BE-VLG,2018,29.1,t/person,s\n"
               "RMC,rme,2023,3 years,BE-VLG,2010,30.4,t/person,s\n");
    snprintf(path, sizeof path, "%s/study.yaml", folder);
    check_ok(leie_study_read(study, path, 0, NULL, &err), &err);
}

// The summary of the dataset, to be freed; NULL after an error.
static char *summary_of(const leie_dataset *ds, const leie_study *study, leie_error *err)
{
    char *text = NULL;
    size_t size = 0;
    char output[] = "out.nc";
    const leie_run_info info = {.converged = true, .output = output};
    *err = (leie_error){0};
    FILE *f = open_memstream(&text, &size);
    leie_status st = leie_summary_print(f, ds, study, &info, err);
    fclose(f);
    if (!st)
        return text;
    free(text);
    return NULL;
}

// At most 40 lines of 100 characters (all of it ASCII here).
static void check_screen(const char *text)
{
    int lines = 0;
    for (const char *at = text; *at; lines++) {
        size_t length = strcspn(at, "\n");
        check_true(length <= 100);
        at += length + 1;
    }
    check_true(lines <= 40);
}

static void test_materials(void)
{
    leie_dataset ds = {0};
    leie_study study;
    leie_error err;
    axes(&ds);
    numbers(&ds);
    study_of(&study, "targets: targets.csv\npublished: published.csv\n");
    char *text = summary_of(&ds, &study, &err);
    check_screen(text);
    check_has(text, "Test, 2011  [demonstration]\n");
    check_has(text, "Mt | t per inhabitant       BE-VLG  BE-WAL    BEL  |  BE-VLG  BE-WAL   BEL\n");
    check_has(text, "Biomass                      30.00   15.00  10.00  |    5.00    2.50  1.67\n");
    check_has(text, "Metal ores                   70.00   35.00  23.33  |   11.67    5.83  3.89\n");
    check_has(text, "TOTAL                       100.00   50.00  33.33  |   16.67    8.33  5.56\n");
    check_has(text, "variant: Sand by mining ..    7.00    3.50   2.33");
    check_has(text, "others   DEU\nMt      25.0\nt/inh.     -\n");
    check_has(text, "household               22.50    3.75  22");
    check_has(text, "|  DEU                      54.00    9.00  54\n");
    check_has(text, "t/inh.  2010  2011\n");
    check_has(text, "BE-VLG   8.3  16.7\n");
    check_has(text, "Targets on 16.7 t/inh. of 2011 (no distance to a target): -30 % by 2030 = 11.7; -75 % by 2050 = 4.2\n");
    check_has(text, "Published: 28.2 t/person (2010, rme, none, 2021);\n           30.4 (2010, rme, 3 years, 2023)\n");
    check_has(text, "Solver: block, largest residual 3.0e-14 (goal 1e-12)\nResult: out.nc\n");
    free(text);
    leie_study_clear(&study);
    leie_dataset_clear(&ds);
}

static void test_plain_table(void)
{
    leie_dataset ds = {0};
    leie_study study;
    leie_error err;
    axes(&ds);
    numbers(&ds);
    leie_var *kind = leie_dataset_find(&ds, "stressor_kind");
    for (int k = 0; k < STRESSORS; k++)
        leie_var_set_text(kind, k, "", NULL);
    study_of(&study, "");
    char *text = summary_of(&ds, &study, &err);
    check_screen(text);
    check_has(text, "footprint 2011      unit    BE-VLG  BE-WAL     BEL    DEU\n");
    check_has(text, "Biomass             1000 t   30000   15000   10000   7500\n");
    check_has(text, "Result: out.nc\n");
    free(text);
    leie_study_clear(&study);
    leie_dataset_clear(&ds);
}

static void test_refused(void)
{
    leie_dataset ds = {0};
    leie_study study;
    leie_error err;
    study_of(&study, "targets: nowhere.csv\n");
    check_true(summary_of(&ds, &study, &err) == NULL);
    check_has(err.text, "no regions or no years");
    axes(&ds);
    check_true(summary_of(&ds, &study, &err) == NULL);
    check_has(err.text, "no variable D_cba(scenario, year, region, stressor)");
    numbers(&ds);
    check_true(summary_of(&ds, &study, &err) == NULL);
    check_has(err.text, "nowhere.csv");
    leie_study_clear(&study);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(summary, {"materials", test_materials, NULL}, {"plain table", test_plain_table, NULL},
            {"refused", test_refused, NULL})
