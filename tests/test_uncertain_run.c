// SPDX-License-Identifier: GPL-3.0-or-later
/* The uncertainty of a study: its key, its part of the result, runs that are stopped and go on. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static const char usual[] = "uncertainty={draws: 60, seed: 3, keep: true, ranking: 4, quantiles: [0.05, 0.5, 0.95], inputs: ["
                            "{matrix: A, cv: 0.1}, {matrix: S, rows: e1, cv: 0.05, within: region, rho: 0.5},"
                            "{matrix: Y, range: [0.9, 1.1], distribution: uniform}]}";

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

/* Runs the case with the given key; returns the status. questions < 0: never stopped. */
static leie_status run_case(const char *output, const char *key, int questions, result_stopping *s, leie_error *err)
{
    char set[1100];
    snprintf(set, sizeof set, "%s|scenarios=~", key);
    return result_try(circular(), output, set, questions, s, err);
}

static void test_result(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    result_stopping s;
    char output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "u.nc"));
    if (!check_ok(run_case(output, usual, -1, &s, &err), &err) || !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
        return;
    double D_cba = result_value(&ds, "D_cba", "region=reg1|stressor=e1"), mean = result_value(&ds, "footprint_mean", "region=reg1|stressor=e1");
    double sd = result_value(&ds, "footprint_sd", "region=reg1|stressor=e1");
    check_near(mean, D_cba, 0.05);
    check_near(sd, result_value(&ds, "footprint_sd_first_order", "region=reg1|stressor=e1"), 0.3);
    const leie_var *q = leie_dataset_find(&ds, "footprint_quantile"), *draw = leie_dataset_find(&ds, "footprint_draw");
    const leie_var *share = leie_dataset_find(&ds, "driver_share"), *at = leie_dataset_find(&ds, "footprint_mean_at");
    if (!check_true(q && draw && share && at)) {
        leie_dataset_clear(&ds);
        return;
    }
    check_size(q->count, 2 * 2 * 3);
    check_size(draw->count, 60 * 2 * 2);
    for (leie_size i = 0; i + 2 < q->count; i += 3)
        check_true(q->number[i] < q->number[i + 1] && q->number[i + 1] < q->number[i + 2]);
    double sum = 0, low = INFINITY; // the statistics are those of the draws
    for (leie_size d = 0; d < 60; d++) {
        sum += draw->number[d * 4];
        low = fmin(low, draw->number[d * 4]);
    }
    check_near(sum / 60, mean, 1e-12);
    check_true(low < q->number[0]);
    check_near(at->number[9 * 4], mean, 1e-15);
    for (leie_size i = 0; i + 1 < 4; i++)
        check_true(share->number[i] >= share->number[i + 1] && share->number[i] > 0);
    check_has(result_note(&ds, "uncertainty"), "60 draws (latin, seed 3)");
    leie_dataset_clear(&ds);
}

/* Stopped after some draws and continued: the bytes of a run in one go, wherever it was stopped. */
static void test_continued(void)
{
    leie_error err = {0};
    result_stopping s;
    char whole[512], parts[512], state[600];
    snprintf(whole, sizeof whole, "%s", path_in(check_folder(), "whole.nc"));
    check_ok(run_case(whole, usual, -1, &s, &err), &err);
    for (int at = 5; at < 70; at += 17) {
        snprintf(parts, sizeof parts, "%s", path_in(check_folder(), "parts.nc"));
        snprintf(state, sizeof state, "%s.2011.draws", parts);
        err = (leie_error){0};
        check_status(run_case(parts, usual, at, &s, &err), LEIE_ERR_STOPPED, &err);
        if (at < 60)
            check_has(err.text, "of 60");
        check_true(access(state, F_OK) == 0);
        err = (leie_error){0};
        check_ok(run_case(parts, usual, -1, &s, &err), &err);
        check_has(s.text, "continues from draw");
        check_true(access(state, F_OK) != 0);
        check_true(result_same_file(whole, parts));
        unlink(parts);
        if (at == 39)
            break;
    }
}

/* Draws of other options, and damaged ones, are not continued. */
static void test_other_draws(void)
{
    leie_error err = {0};
    result_stopping s;
    char whole[512], output[512], state[600], other[1024];
    snprintf(whole, sizeof whole, "%s", path_in(check_folder(), "whole.nc"));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "other.nc"));
    snprintf(state, sizeof state, "%s.2011.draws", output);
    snprintf(other, sizeof other, "%s", usual);
    strstr(other, "seed: 3")[6] = '4';
    check_ok(run_case(whole, usual, -1, &s, &err), &err);
    check_status(run_case(output, other, 20, &s, &err), LEIE_ERR_STOPPED, &err);
    err = (leie_error){0};
    check_ok(run_case(output, usual, -1, &s, &err), &err);
    check_has(s.text, "other inputs or options");
    check_true(result_same_file(whole, output));
    unlink(output);
    err = (leie_error){0};
    check_status(run_case(output, usual, 20, &s, &err), LEIE_ERR_STOPPED, &err);
    FILE *file = fopen(state, "r+b");
    check_true(file && fseek(file, 3000, SEEK_SET) == 0 && fputc('x', file) == 'x' && fclose(file) == 0);
    err = (leie_error){0};
    check_ok(run_case(output, usual, -1, &s, &err), &err);
    check_true(result_same_file(whole, output));
    unlink(output);
    FILE *foreign = fopen(state, "w");
    check_true(foreign && fputs("somebody else's\n", foreign) >= 0 && fclose(foreign) == 0);
    err = (leie_error){0};
    check_status(run_case(output, usual, -1, &s, &err), LEIE_ERR_OUTPUT, &err);
    check_has(err.text, "is no file of leie");
    unlink(state);
}

static void test_refusals(void)
{
    static const char *const bad[][2] = {
        {"uncertainty={draws: 60}", "needs 'inputs'"},
        {"uncertainty={draws: 1, inputs: [{matrix: A, cv: 0.1}]}", "'draws' should lie between 2"},
        {"uncertainty={inputs: [{matrix: B, cv: 0.1}]}", "matrix"},
        {"uncertainty={inputs: [{matrix: A}]}", "needs 'cv'"},
        {"uncertainty={inputs: [{cv: 0.1}]}", "needs 'matrix'"},
        {"uncertainty={inputs: [{matrix: A, cv: -0.1}]}", "may not be negative"},
        {"uncertainty={inputs: [{matrix: A, cv: 0.1, rho: 0.5}]}", "rho needs a group"},
        {"uncertainty={inputs: [{matrix: A, shares: dirichlet}]}", "concentration"},
        {"uncertainty={inputs: [{matrix: S, cells: domestic, cv: 0.1}]}", "no 'cells'"},
        {"uncertainty={quantiles: [0.5, 0.1], inputs: [{matrix: A, cv: 0.1}]}", "ascend between 0 and 1"},
        {"uncertainty={method: quasi, inputs: [{matrix: A, cv: 0.1}]}", "method"},
        {"uncertainty={drawz: 7, inputs: [{matrix: A, cv: 0.1}]}", "drawz"},
        {"uncertainty={inputs: [{matrix: A, cols: {regions: reg9}, cv: 0.1}]}", "no region 'reg9'"},
        {"uncertainty={inputs: [{matrix: A, cols: {group: {codes: a}}, cv: 0.1}]}", "'group' needs 'concordance'"},
        {"uncertainty={inputs: [{matrix: A, range: [0.5], cv: 0.1}]}", "range"},
        {"uncertainty={method: sobol, inputs: [{matrix: A, shares: dirichlet, concentration: 9}]}", "Dirichlet"},
    };
    char output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "refused.nc"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        leie_error err = {0};
        result_stopping s;
        check_true(run_case(output, bad[i][0], -1, &s, &err) != LEIE_OK);
        check_has(err.text, bad[i][1]);
    }
}

/* A group of a concordance stands for its codes, and the file is a source. */
static void test_groups(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    result_stopping s;
    char output[512], key[1024];
    double sd[2];
    const char *list = write_text(check_folder(), "groups.csv", "from,to\ns1,goods\ns2,goods\ns3,services\n");
    for (int named = 0; named < 2; named++) {
        snprintf(output, sizeof output, "%s", path_in(check_folder(), "groups.nc"));
        if (named)
            snprintf(key, sizeof key, "uncertainty={draws: 20, inputs: [{matrix: A, rows: {sectors: [s1, s2]}, cv: 0.1}]}");
        else
            snprintf(key, sizeof key, "uncertainty={draws: 20, inputs: [{matrix: A, rows: {group: {concordance: %s, codes: goods}}, cv: 0.1}]}", list);
        if (!check_ok(run_case(output, key, -1, &s, &err), &err) || !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
            return;
        sd[named] = result_value(&ds, "footprint_sd", "region=reg1|stressor=e1");
        const leie_var *path = leie_dataset_find(&ds, "source_path");
        int found = 0;
        for (leie_size i = 0; path && i < path->count; i++)
            found += strstr(path->text[i], "groups.csv") != NULL;
        check_size(found, named ? 0 : 1);
        leie_dataset_clear(&ds);
    }
    check_near(sd[0], sd[1], 0);
    check_true(sd[0] > 0);
    snprintf(key, sizeof key, "uncertainty={draws: 20, inputs: [{matrix: A, rows: {group: {concordance: %s, codes: foods}}, cv: 0.1}]}", list);
    check_true(run_case(output, key, -1, &s, &err) != LEIE_OK);
    check_has(err.text, "no group 'foods'");
}

/* Keys of industries by the key of a study: first order and draws agree, and their rows are named as drivers. */
static void test_industries(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    result_stopping s;
    char output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "keys.nc"));
    if (!check_ok(run_case(output, "uncertainty={draws: 300, ranking: 3, inputs: [{matrix: keys, rows: {sectors: s1}, cv: 0.05}]}", -1, &s, &err), &err) ||
        !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
        return;
    double sd = result_value(&ds, "footprint_sd", "region=reg1|stressor=e1");
    check_near(sd, result_value(&ds, "footprint_sd_first_order", "region=reg1|stressor=e1"), 0.05);
    const leie_var *cell = leie_dataset_find(&ds, "driver_cell");
    if (check_true(cell && cell->text))
        check_has(cell->text[0], "keys reg");
    leie_dataset_clear(&ds);
}

/* The result of an uncertain year is taken over, and made anew when an option of its draws changes. */
static void test_reused(void)
{
    char output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "again.nc"));
    char set[1100];
    snprintf(set, sizeof set, "%s|scenarios=~", usual);
    check_size(result_run(NULL, circular(), output, set), 1);
    check_size(result_run(NULL, circular(), output, set), 0);
    strstr(set, "cv: 0.1}")[6] = '2';
    check_size(result_run(NULL, circular(), output, set), 1);
    check_size(result_run(NULL, circular(), output, "scenarios=~"), 1);
}

/* Industry keys of the three Belgian regions: they share technology and carbon per output, so that the footprints of Belgium and
 * of everybody else stay; what the regions dig up differs, and so do their own footprints. */
static void test_nested_keys(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    result_stopping s;
    char study[512], output[512];
    snprintf(study, sizeof study, "%s/../../datasets/scenarios/study.yaml", check_cases());
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "nested.nc"));
    if (!check_ok(result_try(study, output, "scenarios=~|backcast=~|uncertainty={draws: 12, ranking: 6, inputs: [{matrix: keys, cv: 0.2, rows: {regions: [BE-VLG, "
                                            "BE-WAL, BE-BRU], sectors: [c11, c13, c17, c18]}}]}", -1, &s, &err), &err) ||
        !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
        return;
    static const char *const still[] = {"region=BEL|stressor=co2", "region=NLD|stressor=co2", "region=CHN|stressor=oil_gas"};
    for (size_t i = 0; i < sizeof still / sizeof still[0]; i++)
        check_true(result_value(&ds, "footprint_sd", still[i]) < 1e-7 * result_value(&ds, "footprint_mean", still[i])); // A is f32
    double dug = result_value(&ds, "footprint_sd", "region=BE-VLG|stressor=construction");
    check_true(dug > 1e-3 * result_value(&ds, "footprint_mean", "region=BE-VLG|stressor=construction"));
    check_near(dug, result_value(&ds, "footprint_sd_first_order", "region=BE-VLG|stressor=construction"), 0.3);
    const leie_var *cell = leie_dataset_find(&ds, "driver_cell");
    if (check_true(cell && cell->text))
        check_has(cell->text[0], "keys BE-");
    leie_dataset_clear(&ds);
}

CHECK_SUITE(uncertain_run, {"result", test_result, NULL}, {"stopped and continued", test_continued, NULL},
            {"draws of another run", test_other_draws, NULL}, {"groups", test_groups, NULL},
            {"keys of industries", test_industries, NULL}, {"keys of a nest", test_nested_keys, NULL}, {"refusals", test_refusals, NULL}, {"taken over", test_reused, NULL})
