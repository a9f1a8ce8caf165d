// SPDX-License-Identifier: GPL-3.0-or-later
/* Waste accounts: the case `waste` by hand, mistakes by name, EXIOBASE's published totals. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static leie_status run(leie_dataset *ds, leie_waste_info *info, const char *path, char *set, leie_error *err)
{
    leie_waste_study study;
    leie_status st = leie_waste_study_read(&study, path, set != NULL, &set, err);
    *ds = (leie_dataset){0};
    st = st ? st : leie_waste_run(ds, &study, info, err);
    leie_waste_study_clear(&study);
    return st;
}

static double at(const leie_dataset *ds, const char *name, leie_size k)
{
    const leie_var *var = leie_dataset_find(ds, name);
    return var && k < var->count ? var->number[k] : NAN;
}

// Two regions (BE-VLG, BE-WAL), plastics, textile, wood; chemical recycling, reuse, incineration.
static void test_routes(void)
{
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    check_ok(run(&ds, &info, path_in(check_cases(), "waste/study.yaml"), NULL, &err), &err);
    check_near(at(&ds, "waste_supply", 0), 5000 + 20000.5 + 60000 + 999.5, 1e-15);
    check_near(at(&ds, "waste_supply", 2), 48000, 1e-15); // kt in the file
    check_near(at(&ds, "waste_generation", 0), 86000 + 41000 + 48000, 1e-15);
    check_near(at(&ds, "waste_recovery", 0), 26000 + 8000 + 200, 1e-15);
    check_near(at(&ds, "waste_exported", 0), 8600, 1e-12);
    check_near(at(&ds, "waste_exported", 1), 5000, 1e-12); // 17,200 wanted
    check_near(at(&ds, "export_sent_back", 1), 12200, 1e-12);
    check_near(at(&ds, "export_sent_back", 2), 10250, 1e-12);
    double stays = 86000 - 8600 - 5000;
    check_near(at(&ds, "waste_treated", 0), 0.4 * stays, 1e-12);
    check_near(at(&ds, "secondary", 0), 0.6 * 0.4 * stays, 1e-12);
    check_near(at(&ds, "secondary", 1), 0.2 * 0.4 * stays, 1e-12);
    check_near(at(&ds, "secondary", 2), 0.9 * (0.25 * 41000 + 0.05 * 48000), 1e-12);
    check_near(at(&ds, "treatment_loss", 0), 0.2 * 0.4 * stays, 1e-12);
    check_near(at(&ds, "waste_treated", 9), 0, 1e-12); // Wallonia has a choice of its own for plastics
    check_near(at(&ds, "waste_treated", 11), 40000, 1e-12);
    check_near(at(&ds, "waste_unrouted", 4), 20500, 1e-12); // and none for textile
    check_near(info.unrouted, 20500, 1e-12);
    check_true(info.gap < 1e-15);
    check_near(at(&ds, "plants", 0), 0.4 * stays / 26000, 1e-12);
    check_near(at(&ds, "plants_low", 0), 0.4 * stays / 65000, 1e-12);
    check_near(at(&ds, "jobs", 1), 12 * (0.25 * 41000 + 0.05 * 48000) / 200, 1e-12);
    check_near(at(&ds, "plants_whole", 0), 2, 0); // 28,960 t in plants of 26,000
    check_near(at(&ds, "plants_whole_low", 0), 1, 0);
    check_near(at(&ds, "jobs_whole_high", 0), 2 * 40, 0);
    check_near(at(&ds, "area_whole", 0), 12 * 2, 1e-12);
    check_near(at(&ds, "area_whole_low", 0), 10 * 1, 1e-12);
    check_near(at(&ds, "area_whole_high", 0), 14 * 2, 1e-12);
    check_near(at(&ds, "area_by_size", 4), 12 * 2, 1e-12); // two plants of 12 ha: above 50,000 m2
    check_near(at(&ds, "area_by_size_low", 4), 10 * 1, 1e-12);
    check_near(at(&ds, "area_by_size_high", 4), 14 * 2, 1e-12);
    check_near(at(&ds, "area_by_size", 1), at(&ds, "area_whole", 1), 1e-12); // reuse banks of 2,800 m2
    check_near(at(&ds, "residual_waste", 0), (0.5 * 60999.5 + 0.7 * 40000 + 0.25 * 8000) / 500, 1e-12);
    check_near(at(&ds, "residual_over_target", 0), (0.5 * 60999.5 + 0.7 * 40000 + 0.25 * 8000) / 500 - 100, 1e-12);
    leie_dataset_clear(&ds);
}

// Residual waste by where it comes from: all of it counts, or what the study says.
static void test_residual_origins(void)
{
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    char all[] = "residual={shares: origins.csv, target: 100}", some[] = "residual={shares: origins.csv, count: [Households, commerce]}";
    double homes = (0.5 * 60000 + 0.7 * 40000 + 0.25 * 8000) / 500, public = 0.5 * 999.5 / 500, commerce = (0.1 * 20000.5 + 0.02 * 10000 + 0.3 * 5000) / 500;
    check_ok(run(&ds, &info, path_in(check_cases(), "waste/study.yaml"), all, &err), &err);
    check_near(at(&ds, "residual_waste", 0), homes + public + commerce, 1e-12);
    check_near(at(&ds, "residual_by_origin", 0), homes, 1e-12);
    check_near(at(&ds, "residual_by_origin", 2), commerce, 1e-12);
    check_text(leie_dataset_get_text(&ds, leie_dataset_find(&ds, "residual_waste"), "counts"), "Households, public, commerce");
    leie_dataset_clear(&ds);
    check_ok(run(&ds, &info, path_in(check_cases(), "waste/study.yaml"), some, &err), &err);
    check_near(at(&ds, "residual_waste", 0), homes + commerce, 1e-12);
    check_near(at(&ds, "residual_over_target", 0), homes + commerce - 100, 1e-12);
    check_near(at(&ds, "residual_by_origin", 1), public, 1e-12); // shown, not counted
    check_size(leie_dataset_find(&ds, "residual_counts")->integer[1], 0);
    leie_dataset_clear(&ds);
}

// The case `waste_io` against numpy; without treatments that buy, outputs are those of the table.
static void test_closure(void)
{
    static const char *const columns[] = {"variable", "where", "value", NULL};
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    leie_csv csv = {0};
    bool more = true;
    leie_size rows = 0;
    char still[] = "closure.inputs=~";
    check_ok(run(&ds, &info, path_in(check_cases(), "waste_io/study.yaml"), NULL, &err), &err);
    check_true(info.closure_residual < 1e-14 && info.closure_residual >= 0);
    if (!check_ok(leie_csv_open(&csv, path_in(check_cases(), "waste_io/answers.csv"), columns, NULL, &err), &err))
        return;
    while (leie_csv_next(&csv, &more, &err) == LEIE_OK && more) {
        char variable[64], where[128];
        double expected = 0;
        leie_csv_string(&csv, leie_csv_column(&csv, "variable"), variable, sizeof variable, NULL);
        leie_csv_string(&csv, leie_csv_column(&csv, "where"), where, sizeof where, NULL);
        leie_csv_number(&csv, leie_csv_column(&csv, "value"), &expected, NULL);
        check_near(result_value(&ds, variable, where), expected, 1e-12);
        rows++;
    }
    check_size(rows, 28);
    leie_csv_close(&csv);
    leie_dataset_clear(&ds);
    check_ok(run(&ds, &info, path_in(check_cases(), "waste_io/study.yaml"), still, &err), &err);
    check_near(result_value(&ds, "closed_output", "closed_sector=AA/goods"), 31.2 + 12.4 + 9.1 + 48.7 + 8.2, 1e-12);
    check_near(result_value(&ds, "closed_output", "closed_sector=BB/services"), 28.8 + 61.4 + 3.3 + 131.6, 1e-12);
    leie_dataset_clear(&ds);
}

// Waste for which no treatment is chosen: of final demand and sectors at their closed outputs, and what treatments leave.
static void test_closure_unrouted(void)
{
    leie_error err = {0};
    leie_dataset table, ds;
    leie_waste_info info;
    char still[] = "closure.inputs=~", choice[512];
    snprintf(choice, sizeof choice, "choice=%s", write_text(check_folder(), "choice.csv", "waste,treatment,share\nplastics,burn,1\n"));
    check_ok(run(&table, &info, path_in(check_cases(), "waste_io/study.yaml"), still, &err), &err);
    check_ok(run(&ds, &info, path_in(check_cases(), "waste_io/study.yaml"), choice, &err), &err);
    double goods = result_value(&ds, "closed_output", "closed_sector=AA/goods") / result_value(&table, "closed_output", "closed_sector=AA/goods");
    double services = result_value(&ds, "closed_output", "closed_sector=AA/services") / result_value(&table, "closed_output", "closed_sector=AA/services");
    double burned = 3100 + 5200 * goods + 900 * services;
    check_true(goods > 1);
    check_near(result_value(&ds, "closed_activity", "region=AA|treatment=burn"), burned, 1e-12);
    check_near(result_value(&ds, "closed_unrouted", "region=AA|waste=mixed"), 11800.5 + 8100 * goods + 2600 * services, 1e-12);
    check_near(result_value(&ds, "closed_unrouted", "region=AA|waste=ash"), 0.22 * burned, 1e-12);
    check_near(result_value(&ds, "closed_unrouted", "region=AA|waste=plastics") + 1, 1, 1e-9);
    leie_dataset_clear(&table);
    leie_dataset_clear(&ds);
}

static void refuse_closure(const char *key, const char *text, const char *piece)
{
    char set[512], *sets = set;
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    snprintf(set, sizeof set, "closure.%s=%s", key, write_text(check_folder(), "mistake.csv", text));
    check_true(run(&ds, &info, path_in(check_cases(), "waste_io/study.yaml"), sets, &err) != LEIE_OK);
    check_has(err.text, piece);
    leie_dataset_clear(&ds);
}

static void test_closure_mistakes(void)
{
    refuse_closure("waste", "treatment,waste,value\nburn,ash,0.7\nburn,mixed,0.6\n", "'burn' leaves 1.3 of waste per mass treated, more than it treats");
    refuse_closure("waste", "treatment,waste,value\nburn,ash,-0.1\n", "waste of -0.1 per mass treated");
    refuse_closure("waste", "treatment,waste,value\nburn,ashes,0.1\n", "mistake.csv:2: column 'waste': unknown waste 'ashes'");
    refuse_closure("inputs", "treatment,sector,value,unit\nburn,good,1,EUR/t\n", "unknown sector of the table 'good'");
    refuse_closure("inputs", "treatment,sector,value,unit\nburn,goods,1,m2/t\n", "column 'unit'");
}

// One file of the case replaced, then read: the message holds the piece.
static void refuse(const char *key, const char *text, const char *piece)
{
    char set[512];
    const char *folder = check_folder();
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    snprintf(set, sizeof set, "%s=%s", key, write_text(folder, "changed.csv", text));
    check_status(run(&ds, &info, path_in(check_cases(), "waste/study.yaml"), set, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, piece);
}

static void test_mistakes(void)
{
    refuse("choice", "waste,treatment,share\nplastics,reuse,0.4\nplastics,incineration,0.5\n", "add up to 0.9");
    refuse("choice", "waste,treatment,share\nplastic,reuse,1\n", "plastics");
    refuse("choice", "waste,treatment,share\nwood,reuse,1.5\nwood,incineration,-0.5\n", "0 and 1");
    refuse("exports", "region,waste,destination,share\nBE-VLG,wood,moon,0.1\n", "EU or non_EU");
    refuse("exports", "region,waste,destination,share\nBE-VLG,wood,EU,0.6\nBE-VLG,wood,non_EU,0.6\n", "add up to 1.2");
    refuse("yields", "treatment,product,yield\nreuse,goods,0.7\nreuse,parts,0.6\n", "1.3");
    refuse("plants", "plant,treatment,capacity,area,jobs\nbank,reuse,0,1,1\n", "capacity 0");
    refuse("treatments", "activity,treatment,recovers\nReusing,reuse,yes\n", "no activity 'Reusing'");
    refuse("population", "region,value\nBE-VLG,0\n", "population of 0");
    refuse("rows", "account,row\nwaste,wood\n", "no account 'waste'");
    refuse("residual.shares", "waste,share\nwood,2\n", "between 0 and 1");
    refuse("residual.shares", "waste,share,from\nwood,0.2,Industri\n", "'Industry' is near");
    refuse("residual.shares", "waste,share,from\nwood,0.2,\nwood,0.1,Households\n", "the waste 'wood' of 'Households' is in line 2 already");
    refuse("residual.shares", "waste,share,from\nwood,0.2,activities\nwood,0.1,Industry\n", "is in line 2 already");
    refuse("residual.shares", "waste,share\nwood,0.2\nwood,0.1\n", "in line 2 already");
}

static void test_units(void)
{
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    char set[512];
    snprintf(set, sizeof set, "rows=%s", write_text(check_folder(), "rows.csv", "account,row\nwaste_supply,wood\nwaste_supply,water\n"));
    check_status(run(&ds, &info, path_in(check_cases(), "waste/study.yaml"), set, &err), LEIE_ERR_UNIT, &err);
    check_has(err.text, "'water' is in 'm3'");
}

/* The six columns that are published for each region, results.xlsx of EXIOBASE 3.3.15 hybrid, in tonnes. */
static leie_size check_published(const leie_dataset *ds, leie_csv *csv, leie_error *err)
{
    static const char *const columns[] = {"extraction", "stock_additions", "waste_generation", "stock_depletion", "waste_recovery", "circularity_gap"};
    const leie_var *region = leie_dataset_find(ds, "region");
    leie_size found = 0;
    bool more = true;
    while (check_ok(leie_csv_next(csv, &more, err), err) && more)
        for (leie_size r = 0; r < region->count; r++) {
            if ((size_t)csv->field[0].size != strlen(region->text[r]) || memcmp(csv->field[0].at, region->text[r], strlen(region->text[r])) != 0)
                continue;
            found++;
            for (int k = 0; k < 6; k++) {
                double value;
                check_ok(leie_csv_number(csv, k + 1, &value, err), err);
                check_near(at(ds, columns[k], r), value, 1e-12);
            }
        }
    return found;
}

static void test_exiobase(void)
{
    leie_error err = {0};
    leie_dataset ds;
    leie_waste_info info;
    leie_csv csv = {.separator = ','};
    setenv("LEIE_DATA", check_data(), 1);
    check_ok(run(&ds, &info, path_in(check_cases(), "../studies/exiobase-waste/study.yaml"), NULL, &err), &err);
    check_size(info.regions, 48);
    check_size(info.wastes, 17);
    if (check_ok(leie_csv_open_wide(&csv, path_in(check_data(), "exiobase_hybrid_2011/results.xlsx#data_cou"), &err), &err)) {
        char name[128];
        check_ok(leie_csv_header(&csv, 6, name, sizeof name, &err), &err);
        check_text(name, "Circularity Gap (tonnes)");
        check_size(check_published(&ds, &csv, &err), 48);
        leie_csv_close(&csv);
    }
    check_true(info.gap < 1e-12);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(waste, {"residual waste by origin", test_residual_origins, NULL}, {"routes, caps, yields, plants by hand", test_routes, NULL}, {"mistakes by name", test_mistakes, NULL},
            {"a row that is no mass", test_units, NULL}, {"waste input-output against numpy", test_closure, NULL},
            {"waste without a treatment in it", test_closure_unrouted, NULL},
            {"mistakes of its files", test_closure_mistakes, NULL})
CHECK_SUITE(data_waste, {"EXIOBASE hybrid: 48 regions as published", test_exiobase, check_needs_data})
