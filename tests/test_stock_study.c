// SPDX-License-Identifier: GPL-3.0-or-later
/* Stock studies: the case `houses` against SciPy, and mistakes by file, line and label. */
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/write_files.h"

static double value_of(const leie_dataset *ds, const char *variable, const char *item, leie_size year)
{
    const leie_var *items = leie_dataset_find(ds, "item"), *years = leie_dataset_find(ds, "year");
    for (leie_size i = 0; i < items->count; i++)
        if (strcmp(items->text[i], item) == 0)
            return leie_dataset_find(ds, variable)->number[i * years->count + year - years->integer[0]];
    return -1;
}

static void test_houses(void)
{
    static const char *const columns[] = {"item", "year", "inflow", "outflow", "stock", NULL};
    leie_error err = {0};
    leie_stock_study study;
    leie_stock_info info;
    leie_dataset ds = {0};
    leie_csv csv = {0};
    bool more = true;
    leie_size rows = 0;
    check_ok(leie_stock_study_read(&study, path_in(check_cases(), "houses/study.yaml"), 0, NULL, &err), &err);
    check_ok(leie_stock_run(&ds, &study, &info, &err), &err);
    check_size(info.items, 3);
    check_size(info.scaled, 3);
    check_true(info.gap < 1e-13);
    check_ok(leie_csv_open(&csv, path_in(check_cases(), "houses/answers.csv"), columns, NULL, &err), &err);
    while (!leie_csv_next(&csv, &more, &err) && more) {
        char item[64];
        leie_size year;
        check_ok(leie_csv_string(&csv, 0, item, sizeof item, &err), &err);
        check_ok(leie_csv_integer(&csv, 1, &year, &err), &err);
        for (leie_size c = 2; c < 5; c++) {
            double expected;
            check_ok(leie_csv_number(&csv, c, &expected, &err), &err);
            check_close(value_of(&ds, columns[c], item, year), expected, 1e-9, 1e-7);
        }
        rows++;
    }
    check_size(rows, 33);
    const leie_var *cohort = leie_dataset_find(&ds, "stock_by_cohort");
    check_true(cohort && cohort->count == 3 * 11 * 23);
    leie_csv_close(&csv);
    leie_dataset_clear(&ds);
    leie_stock_study_clear(&study);
}

// A small study in a fresh folder, with one of its files replaced.
static void refuse(const char *file, const char *text, leie_status expected, const char *message)
{
    const char *folder = check_folder();
    leie_error err = {0};
    leie_stock_study study = {0};
    leie_stock_info info;
    leie_dataset ds = {0};
    write_text(folder, "study.yaml",
               "leie: 1\nyears: 2001-2002\nunit: t\ninflow: inflow.csv\nstock: stock.csv\ninitial: initial.csv\n"
               "lifetimes: lifetimes.csv\n");
    write_text(folder, "inflow.csv", "product,year,value,unit\ncars,2001,5,t\ncars,2002,6,t\n");
    write_text(folder, "stock.csv", "product,year,value\nroads,2001,5\nroads,2002,6\n");
    write_text(folder, "initial.csv", "product,age,value\ncars,2,1.5\n");
    write_text(folder, "lifetimes.csv", "product,distribution,mean,sd\n,normal,12,3\n");
    write_text(folder, file, text);
    leie_status st = leie_stock_study_read(&study, path_in(folder, "study.yaml"), 0, NULL, &err);
    st = st ? st : leie_stock_run(&ds, &study, &info, &err);
    check_status(st, expected, &err);
    check_has(err.text, message);
    leie_dataset_clear(&ds);
    leie_stock_study_clear(&study);
}

static void test_bad_files(void)
{
    refuse("inflow.csv", "product,year,value\ncars,2001,5\n", LEIE_ERR_DATA, "inflow.csv: no inflow of 'cars' in 2002");
    refuse("inflow.csv", "product,year,value\ncars,2001,5\ncars,2001,6\n", LEIE_ERR_DATA, "inflow.csv:3: this cell was given before");
    refuse("inflow.csv", "product,year,value,unit\ncars,2001,5,m3\n", LEIE_ERR_UNIT, "inflow.csv:2: column 'unit'");
    refuse("inflow.csv", "product,year,value\ncars,2001,-5\n", LEIE_ERR_DATA, "an inflow of -5 for 'cars'");
    refuse("inflow.csv", "product,year,value\n,2001,5\n", LEIE_ERR_DATA, "the product is missing");
    refuse("inflow.csv", "product,year,value\n", LEIE_ERR_DATA, "initial.csv:2: unknown item 'cars'");
    refuse("stock.csv", "product,year,value\ncars,2001,5\n", LEIE_ERR_DATA, "stock.csv:2: 'cars' has an inflow already");
    refuse("stock.csv", "product,year,value\nroads,2001,50\nroads,2002,6\n", LEIE_ERR_DATA, "roads: the stock of 2002 is given as 6");
    refuse("initial.csv", "product,age,value\ncar,2,1.5\n", LEIE_ERR_DATA, "unknown item 'car'; 'cars' is near");
    refuse("initial.csv", "product,age,value\ncars,-1,1.5\n", LEIE_ERR_DATA, "an age of -1 years");
    refuse("initial.csv", "product,age,value\ncars,1,-1.5\n", LEIE_ERR_DATA, "a stock of -1.5 for 'cars'");
    refuse("lifetimes.csv", "product,distribution,mean,sd\ncars,normal,12,3\n", LEIE_ERR_DATA, "lifetimes.csv: no lifetime for 'roads'");
    refuse("lifetimes.csv", "product,distribution,mean\n,fixed,0\n", LEIE_ERR_DATA, "lifetimes.csv:2: a fixed lifetime with a mean of 0 years");
    refuse("lifetimes.csv", "product,distribution,mean\n,fixt,4\n", LEIE_ERR_DATA, "unknown distribution 'fixt'");
    refuse("lifetimes.csv", "product,distribution,mean\n,fixed,4\n,fixed,5\n", LEIE_ERR_DATA, "was given before, on line 2");
    refuse("lifetimes.csv", "product,year,distribution,mean\n,2001,fixed,4\n,2002,fixed,5\n", LEIE_ERR_DATA,
           "the study should say lifetime: {change: cohort}");
}

#define HEAD "leie: 1\nyears: 2001-2002\nunit: t\ninflow: inflow.csv\nlifetimes: lifetimes.csv\n"

static void test_bad_studies(void)
{
    refuse("study.yaml", HEAD "lifetme: 3\n", LEIE_ERR_DATA, "unknown key 'lifetme', did you mean 'lifetime'?");
    refuse("study.yaml", HEAD "lifetime: {change: cohrt}\n", LEIE_ERR_DATA, "did you mean 'cohort'?");
    refuse("study.yaml", HEAD "by: [cohorts]\n", LEIE_ERR_DATA, "'by' does not know 'cohorts'");
    refuse("study.yaml", HEAD "inflow_within_year: {age: 0.5, points: 3}\n", LEIE_ERR_DATA, "not both");
    refuse("study.yaml", HEAD "inflow_within_year: {age: 2}\n", LEIE_ERR_DATA, "'age' should lie between 0 and 1, found 2");
    refuse("study.yaml", HEAD "inflow_within_year: {points: 0}\n", LEIE_ERR_DATA, "'points' should lie between 1 and");
    refuse("study.yaml", "leie: 1\nyears: [2001, 2003]\nunit: t\n", LEIE_ERR_DATA, "2003 comes after 2001");
    refuse("study.yaml", "leie: 1\nyears: 2001\n", LEIE_ERR_DATA, "'unit' is missing");
    refuse("study.yaml", "leie: 1\nyears: 2001\nunit: tonk\n", LEIE_ERR_DATA, "the unit 'tonk' is not known");
    refuse("study.yaml", "leie: 1\nyears: 2001\nunit: t\n", LEIE_ERR_DATA, "needs 'inflow' or 'stock'");
    refuse("study.yaml", "leie: 1\nyears: 2001\nunit: t\nstock: a.csv\n", LEIE_ERR_DATA, "'lifetimes' is missing");
    refuse("study.yaml", "leie: 1\nunit: t\n", LEIE_ERR_DATA, "needs years");
}

// The row that names most wins, and rows of years hold from theirs on.
static void test_lifetimes_by_label(void)
{
    const char *folder = check_folder();
    leie_error err = {0};
    leie_stock_study study;
    leie_stock_info info;
    leie_dataset ds = {0};
    write_text(folder, "study.yaml", HEAD "lifetime: {change: cohort}\n");
    write_text(folder, "inflow.csv", "product,region,year,value,unit\ncars,BE,2001,5,kg\ncars,BE,2002,0,kg\n"
                                     "cars,FR,2001,7,kg\ncars,FR,2002,7,kg\nbus,BE,2001,1,t\nbus,BE,2002,1,t\n");
    write_text(folder, "lifetimes.csv", "product,region,year,distribution,mean\n,,,fixed,9\ncars,,,fixed,1\n"
                                        "cars,FR,2001,fixed,2\ncars,FR,2002,fixed,0.5\n");
    check_ok(leie_stock_study_read(&study, path_in(folder, "study.yaml"), 0, NULL, &err), &err);
    check_ok(leie_stock_run(&ds, &study, &info, &err), &err);
    check_near(value_of(&ds, "stock", "cars/BE", 2001), 0.005, 1e-14);
    check_near(value_of(&ds, "outflow", "cars/BE", 2002), 0.005, 1e-14);
    check_near(value_of(&ds, "stock", "cars/FR", 2002), 0.014, 1e-14);
    check_near(value_of(&ds, "stock", "bus/BE", 2002), 2, 1e-14);
    check_near(value_of(&ds, "net_addition", "bus/BE", 2002), 1, 1e-14);
    leie_dataset_clear(&ds);
    leie_stock_study_clear(&study);
}

CHECK_SUITE(stock_study, {"the case houses", test_houses, NULL}, {"bad files", test_bad_files, NULL},
            {"bad studies", test_bad_studies, NULL}, {"lifetimes by label", test_lifetimes_by_label, NULL})
