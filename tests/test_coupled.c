// SPDX-License-Identifier: GPL-3.0-or-later
/* Stocks coupled to the economy: the case `coupled` against numpy, identities, mistakes; parts of a run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/compare/decompose.h"
#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static const char *coupled(void)
{
    return path_in(check_cases(), "coupled/study.yaml");
}

// A file in a fresh folder.
static void name_in(char path[512], const char *file)
{
    snprintf(path, 512, "%s", path_in(check_folder(), file));
}

static void run_into(leie_dataset *ds, const char *file, const char *set)
{
    char output[512];
    name_in(output, file);
    result_run(ds, coupled(), output, set);
}

// The value of the result that a row of answers.csv speaks of; NaN for one that is looked at elsewhere.
static double value_of(const leie_dataset *ds, const char *quantity, int year, const char *name)
{
    static const char *const replaced[][2] = {{"build", "aggregate/VL for quarry in build"}, {"make", "aggregate/VL for quarry in make"},
                                              {"extraction", "aggregate/VL for stone in build"}};
    char where[256], full[128] = "";
    if (strcmp(quantity, "stock_mass_table") == 0)
        snprintf(where, sizeof where, "year=%d|durable=%s", year, name);
    else if (strcmp(quantity, "nas_model") == 0)
        snprintf(where, sizeof where, "year=%d|region=%s", year, name);
    else if (strcmp(quantity, "loop_demand") == 0)
        snprintf(where, sizeof where, "loop_year=%d|durable=%s", year, name);
    else if (strcmp(quantity, "supplied") == 0) {
        snprintf(where, sizeof where, "loop_year=%d|recovery=%s/VL > aggregate|recovery_stage=supplied", year, name);
        return result_value(ds, "loop_recovery", where);
    } else if (strcmp(quantity, "loop_replaced_share") == 0) {
        for (int k = 0; k < 3; k++)
            if (strcmp(name, replaced[k][0]) == 0)
                snprintf(full, sizeof full, "%s", replaced[k][1]);
        snprintf(where, sizeof where, "loop_year=%d|replacement=%s", year, full);
    } else if (strncmp(quantity, "loop_D_", 7) == 0)
        snprintf(where, sizeof where, "loop_year=%d|region=VL|stressor=%s", year, name);
    else
        return NAN;
    return result_value(ds, quantity, where);
}

static void test_answers(void)
{
    static const char *const columns[] = {"quantity", "year", "name", "value", NULL};
    leie_dataset ds = {0};
    leie_csv csv = {0};
    leie_error err = {0};
    char quantity[64], name[64];
    bool more = true;
    leie_size rows = 0;
    char output[512];
    name_in(output, "coupled.nc");
    result_run(&ds, coupled(), output, NULL);
    if (!check_ok(leie_csv_open(&csv, path_in(check_cases(), "coupled/answers.csv"), columns, NULL, &err), &err))
        return;
    while (leie_csv_next(&csv, &more, &err) == LEIE_OK && more) {
        leie_size year = 0;
        double expected = 0;
        leie_csv_string(&csv, leie_csv_column(&csv, "quantity"), quantity, sizeof quantity, NULL);
        leie_csv_string(&csv, leie_csv_column(&csv, "name"), name, sizeof name, NULL);
        leie_csv_integer(&csv, leie_csv_column(&csv, "year"), &year, NULL);
        leie_csv_number(&csv, leie_csv_column(&csv, "value"), &expected, NULL);
        if (strcmp(quantity, "saving") == 0)
            continue;
        check_close(value_of(&ds, quantity, (int)year, name), expected, 1e-8, 1e-9);
        rows++;
    }
    check_size(rows, 195);
    leie_csv_close(&csv);
    check_true(leie_dataset_get(&ds, NULL, "loop_residual")->number[0] < 1e-10); // the tolerance of the rounds
    check_true(leie_dataset_get(&ds, NULL, "loop_footprint_residual")->number[0] < 1e-10);
    leie_dataset_clear(&ds);
}

static void test_other_readers(void)
{
    char output[512];
    name_in(output, "coupled.nc");
    result_run(NULL, coupled(), output, NULL);
    check_size(result_check_netcdf(output), 0);
}

// Twelve more years of life from 2020 on: the cohorts say how little that saves by 2035; the steady state would say 20 %.
static void test_longer_life(void)
{
    leie_dataset ds = {0};
    run_into(&ds, "longer.nc", NULL);
    double bought = 415.8 + 14.6, saved = -result_value(&ds, "edit_spending", "scenario=longer|year=2035|intervention=longer/1");
    check_near(saved / bought, 0.003084536019386741, 1e-9);
    leie_dataset_clear(&ds);
    run_into(&ds, "steady.nc", "stocks=~");
    saved = -result_value(&ds, "edit_spending", "scenario=longer|year=2035|intervention=longer/1");
    check_near(saved / bought, 0.2, 1e-12);
    leie_dataset_clear(&ds);
}

static const char ranges[] =
    "leie: 1\n"
    "parameters: {life: {value: 60, range: [50, 70]}}\n"
    "scenarios:\n"
    "  - scenario: longer\n"
    "    attribution: none\n"
    "    years: 2035\n"
    "    interventions:\n"
    "      - {operator: lifetime, rows: [build], cols: {regions: VL, kinds: gfcf}, life: 48, new_life: life, path: {type: step, from: 2020}}\n";

// Draws of a lifetime ask the same cohorts as scenarios: each kept draw is the scenario that `sample` makes of the same seed.
static void test_ranges(void)
{
    leie_dataset drawn = {0}, each = {0};
    char set[1024], text[2048], where[160], low[160];
    snprintf(set, sizeof set, "scenarios=%s|uncertainty={draws: 8, seed: 5, keep: true, scenarios: [longer]}", write_text(check_folder(), "ranges.yaml", ranges));
    run_into(&drawn, "drawn.nc", set);
    snprintf(text, sizeof text, "%s  - {scenario: many, base: longer, sample: {size: 8, seed: 5}}\n", ranges);
    snprintf(set, sizeof set, "scenarios=%s", write_text(check_folder(), "many.yaml", text));
    run_into(&each, "many.nc", set);
    for (int d = 0; d < 8; d++) {
        snprintf(low, sizeof low, "draw=%d|scenario=longer|year=2035|region=VL|stressor=stone", d);
        snprintf(where, sizeof where, "scenario=many/%d|year=2035|region=VL|stressor=stone", d + 1);
        check_near(result_value(&drawn, "scenario_footprint_draw", low), result_value(&each, "D_cba", where) + result_value(&each, "direct", where), 1e-12);
    }
    check_true(result_value(&drawn, "scenario_footprint_sd", "scenario=longer|year=2035|region=VL|stressor=stone") > 0);
    leie_dataset_clear(&drawn);
    leie_dataset_clear(&each);
}

// The decomposition of a scenario is held against its result: it has to ask the same cohorts.
static void test_decomposition(void)
{
    leie_dataset result = {0};
    leie_study study = {0};
    leie_decomposition d = {0};
    leie_error err = {0};
    run_into(&result, "longer.nc", NULL);
    if (!check_ok(leie_study_read(&study, coupled(), 0, NULL, &err), &err))
        return;
    const leie_decompose_side side[2] = {{.study = &study, .year = 2020, .result = &result, .name = "longer.nc"},
                                         {.study = &study, .year = 2035, .scenario = "longer", .result = &result, .name = "longer.nc"}};
    const leie_decompose_opts opts = {.region = "VL"};
    if (check_ok(leie_decompose(&d, side, &opts, NULL, &err), &err)) {
        leie_size stone = leie_labels_find(&d.step[0].sda.stressor, "stone");
        double from = d.step[0].sda.total_from[stone], to = d.step[0].sda.total_to[stone];
        check_true(to < from && to > 0.99 * from); // little is saved; the steady state would save a fifth of buildings
    }
    leie_decomposition_clear(&d);
    leie_study_clear(&study);
    leie_dataset_clear(&result);
}

// World: what is extracted more is used more, whoever buys it. Without replacement and growth nothing changes.
static void test_identities(void)
{
    leie_dataset ds = {0};
    run_into(&ds, "identities.nc", "stocks.supply=all");
    for (int year = 2020; year <= 2035; year += 5) {
        char where[64];
        snprintf(where, sizeof where, "loop_year=%d|region=ALL|stressor=stone", year);
        check_close(result_value(&ds, "loop_D_cba_change", where), result_value(&ds, "loop_D_pba_change", where), 1e-9, 1e-7);
    }
    check_true(result_value(&ds, "loop_secondary_used", "loop_year=2020|replacement=aggregate/VL for quarry in build") > 100);
    leie_dataset_clear(&ds);
    run_into(&ds, "still.nc", "stocks.replace=~|stocks.recovery=~");
    char year[64];
    snprintf(year, sizeof year, "loop_year=2035|region=VL|stressor=stone");
    check_true(result_value(&ds, "loop_D_cba_change", year) > 1000); // demand alone
    check_true(leie_dataset_find(&ds, "loop_recovery") == NULL);
    check_size(result_size(&ds, "loop_round"), 2); // the second one finds that nothing moves
    leie_dataset_clear(&ds);
}

static void test_same_bytes(void)
{
    char one[512], many[512];
    name_in(one, "one.nc");
    name_in(many, "many.nc");
    int before = leie_threads();
    leie_threads_set(1);
    result_run(NULL, coupled(), one, NULL);
    leie_threads_set(5);
    result_run(NULL, coupled(), many, NULL);
    leie_threads_set(before);
    check_true(result_same_file(one, many));
}

// ---- mistakes ----

// Runs the case with a file of its own in place of one of the study's.
static void refuse(const char *key, const char *text, leie_status expected, const char *piece)
{
    leie_study study;
    leie_run_info info = {0};
    leie_error err = {0};
    char path[512], set[640];
    if (text) {
        snprintf(path, sizeof path, "%s", write_text(check_folder(), "mistake.csv", text));
        snprintf(set, sizeof set, "stocks.%s=%s", key, path);
    } else
        snprintf(set, sizeof set, "%s", key);
    char *sets[] = {set};
    leie_status st = leie_study_read(&study, coupled(), 1, sets, &err);
    if (!st) {
        const leie_run_opts opts = {.output = path_in(check_folder(), "refused.nc")};
        st = leie_run(NULL, &study, &opts, NULL, &info, &err);
        leie_study_clear(&study);
        leie_run_info_clear(&info);
    }
    check_status(st, expected, NULL);
    check_has(err.text, piece);
}

// A plant takes no more than its capacity, in the unit of its file: the rest stays sorted.
static void test_capacity(void)
{
    leie_dataset ds = {0};
    char set[640];
    snprintf(set, sizeof set, "stocks.recovery=%s",
             write_text(check_folder(), "capacity.csv", "material,region,secondary,collection,sorting,yield,share,capacity,unit\n"
                                                        "concrete,VL,aggregate,0.95,0.92,0.9,1,0.3,kt\nbrick,VL,aggregate,0.9,0.85,0.8,0.7,,\n"));
    run_into(&ds, "capacity.nc", set);
    const leie_var *years = leie_dataset_find(&ds, "loop_year");
    bool bound = false;
    double before = 0; // what the table's own year supplies is in the table
    for (leie_size t = 0; years && t < years->count; t++) {
        char where[256];
        double stage[3];
        static const char *const names[] = {"sorted", "treated", "supplied"};
        for (int k = 0; k < 3; k++) {
            snprintf(where, sizeof where, "loop_year=%d|recovery=concrete/VL > aggregate|recovery_stage=%s", (int)years->integer[t], names[k]);
            stage[k] = result_value(&ds, "loop_recovery", where);
        }
        bound = bound || stage[0] > 0.3;
        check_near(stage[1], fmin(stage[0], 0.3), 1e-12);
        check_near(stage[2], 0.9 * stage[1], 1e-12);
        snprintf(where, sizeof where, "loop_year=%d|recovery=brick/VL > aggregate|recovery_stage=supplied", (int)years->integer[t]);
        double supply = stage[2] + result_value(&ds, "loop_recovery", where);
        before = t ? before : supply;
        snprintf(where, sizeof where, "loop_year=%d|replacement=aggregate/VL for quarry in build", (int)years->integer[t]);
        check_close(result_value(&ds, "loop_secondary_used", where) + result_value(&ds, "loop_secondary_unused", where), 0.69 * (supply - before), 1e-10, 1e-10); // meant for builders
    }
    check_true(bound);
    leie_dataset_clear(&ds);
}

#define DURABLES "product,region,rows,columns,value,unit,share\n"
#define RECOVERY "material,region,secondary,collection,sorting,yield,share\n"
#define REPLACE "secondary,region,rows,stressor,users,ratio,price,unit,to,share,most\n"

static void test_mistakes(void)
{
    refuse("durables", DURABLES "buildings,VL,build,gfcf,60,EUR/m2,0.8\n", LEIE_ERR_CHECK, "7202.03 kt into stock by the table and 4304.75 kt by the "
           "stock model, a gap of 67.3 %");
    refuse("durables", DURABLES "building,VL,build,gfcf,60,EUR/m2,0.8\n", LEIE_ERR_DATA, "mistake.csv:2: column 'product': unknown product of this region in the "
           "stock model 'building'");
    refuse("durables", DURABLES "buildings,VL,biuld,gfcf,60,EUR/m2,0.8\n", LEIE_ERR_DATA, "unknown sector 'biuld'");
    refuse("durables", DURABLES "buildings,VL,build,gfcg,60,EUR/m2,0.8\n", LEIE_ERR_DATA, "'gfcg' is neither a kind nor a code of final demand of VL");
    refuse("durables", DURABLES "buildings,VL,build,gfcf,60,EUR/h,0.8\n", LEIE_ERR_UNIT, "'EUR/h' with an intensity in 't/m2' does not turn MEUR into kt");
    refuse("durables", DURABLES "buildings,VL,build,gfcf,0,EUR/m2,0.8\n", LEIE_ERR_DATA, "a price or mass per money of 0");
    refuse("durables", DURABLES "buildings,VL,build,gfcf,95,EUR/m2,0.9\nroads,VL,build,gfcf,0.0185,t/EUR,0.2\n", LEIE_ERR_DATA,
           "durable 'roads/VL': with it the shares in what VL buys of 'build' from VL (column 'gfcf') add up to 1.1");
    refuse("intensities", "product,material,value,unit\nbuildings,glass,1,t/m2\n", LEIE_ERR_DATA, "the stock model has no 'glass' of 'buildings'");
    refuse("intensities", "product,material,value,unit\nbuildings,brick,1,t/m2\n", LEIE_ERR_DATA, "no intensity for 'buildings/concrete/VL'");
    refuse("recovery", RECOVERY "brick,VL,aggregate,1.2,1,1,1\n", LEIE_ERR_DATA, "column 'collection': found 1.2; it should lie between 0 and 1");
    refuse("recovery", RECOVERY "brick,VL,aggregate,1,1,1,0.7\nbrick,VL,sand,1,1,1,0.4\n", LEIE_ERR_DATA, "recovered add up to 1.1");
    refuse("recovery", RECOVERY "brik,VL,aggregate,1,1,1,1\n", LEIE_ERR_DATA, "'brick' is near");
    refuse("replace", REPLACE "sand,VL,quarry,,build,1,14,EUR/t,,,\n", LEIE_ERR_DATA, "unknown secondary material of the recovery file 'sand'");
    refuse("replace", REPLACE "aggregate,VL,quarry,stone,build,1,14,EUR/t,,,\n", LEIE_ERR_DATA, "and not both");
    refuse("replace", REPLACE "aggregate,VL,quarry,,build,1,14,m2/t,,,\n", LEIE_ERR_UNIT, "'m2/t' is neither a unit of");
    refuse("replace", REPLACE "aggregate,VL,quarry,,build,1,14,EUR/t,,0.5,\naggregate,VL,quarry,,build,1,14,EUR/t,,0.5,\n", LEIE_ERR_DATA,
           "could together replace 2 of the same purchases");
    refuse("stocks.rounds=2", NULL, LEIE_ERR_CONVERGE, "did not come to rest in 2 rounds");
    refuse("stocks.durable=x", NULL, LEIE_ERR_USAGE, "durable");
}

// ---- parts ----

static void test_parts(void)
{
    leie_dataset ds = {0};
    char study[512], text[2048], output[512];
    snprintf(text, sizeof text, "leie: 1\nstudy: parts\nstocks: ${LEIE_TEST_CASES}/houses/study.yaml\nsystems: [\"${LEIE_TEST_CASES}/stan/system.yaml\"]\n");
    setenv("LEIE_TEST_CASES", check_cases(), 1);
    snprintf(study, sizeof study, "%s", write_text(check_folder(), "parts.yaml", text));
    name_in(output, "parts.nc");
    result_run(&ds, study, output, NULL);
    check_near(result_value(&ds, "stock_inflow", "stock_item=houses/brick/BE-VLG|stock_year=2000"), 1900, 1e-12);
    check_near(result_value(&ds, "stan_reconciled", "stan_flow=m1"), 102.425960, 1e-6);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(coupled, {"a plant and its capacity", test_capacity, NULL}, {"answers", test_answers, NULL}, {"longer_life", test_longer_life, NULL}, {"ranges", test_ranges, NULL},
            {"decomposition", test_decomposition, NULL}, {"identities", test_identities, NULL},
            {"same_bytes", test_same_bytes, NULL}, {"mistakes", test_mistakes, NULL}, {"parts", test_parts, NULL},
            {"result in other readers", test_other_readers, result_needs_xarray})
