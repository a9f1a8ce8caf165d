// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios over draws of their parameters: beside the same draws as scenarios of their own, first order, stops, threads. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/leie_io.h"
#include "kernels/parallel.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static const char text[] =
    "leie: 1\n"
    "parameters:\n"
    "  reach: {value: 0.5, range: [0.2, 0.9]}\n"
    "  saving: {value: -0.3, distribution: normal, spread: 0.03}\n"
    "  glass: 0.5\n"
    "  metal: 0.3\n"
    "  paper: 0.2\n"
    "correlations: [{parameters: [reach, saving], rho: 0.5}]\n"
    "shares: [{parameters: [glass, metal, paper], concentration: 200}]\n"
    "scenarios:\n"
    "  - scenario: less\n"
    "    attribution: none\n"
    "    interventions:\n"
    "      - {operator: scale, matrix: A, rows: {regions: reg1, sectors: s3}, cols: {regions: reg1}, kt: saving, kp: reach}\n"
    "      - {operator: scale, matrix: S, rows: e1, cols: {sectors: s1}, kt: -0.4 * glass}\n"
    "      - {operator: scale, matrix: S, rows: e1, cols: {sectors: s2}, kt: -0.4 * metal}\n"
    "      - {operator: add, matrix: F_Y, rows: e1, cols: {regions: reg1}, value: 3 * reach}\n" // direct pressures move too
    "  - scenario: later\n"
    "    attribution: none\n"
    "    years: 2020\n"
    "    interventions:\n"
    "      - {operator: demand, rows: {sectors: s3}, cols: {regions: reg1}, per_head: reach}\n"
    "  - {scenario: still, attribution: none, interventions: [{operator: demand, cols: {regions: reg2}, per_head: 0.9}]}\n";

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

// Runs the case with the file's scenarios and a value of `uncertainty`; questions < 0: never stopped.
static leie_status run_case(const char *output, const char *file, const char *uncertainty, int questions, result_stopping *s, leie_error *err)
{
    char set[1000];
    snprintf(set, sizeof set, "scenarios=%s|uncertainty=%s", file, uncertainty);
    return result_try(circular(), output, set, questions, s, err);
}

static double at(const leie_dataset *ds, const char *name, const char *where)
{
    return result_value(ds, name, where);
}

/* The kept draws are the scenarios that `sample` makes of the same seed, one by one. */
static void test_draws(void)
{
    leie_dataset ds = {0}, each = {0};
    leie_error err = {0};
    result_stopping s;
    char file[512], output[512], sampled[4096], where[160];
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "drawn.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "drawn.nc"));
    if (!check_ok(run_case(output, file, "{draws: 24, seed: 5, keep: true, scenarios: [less, later]}", -1, &s, &err), &err) ||
        !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
        return;
    snprintf(sampled, sizeof sampled, "%s  - {scenario: many, base: less, sample: {size: 24, seed: 5}}\n", text);
    snprintf(file, sizeof file, "scenarios=%s", write_text(check_folder(), "sampled.yaml", sampled));
    result_run(&each, circular(), path_in(check_folder(), "sampled.nc"), file);
    double sum = 0;
    for (int d = 0; d < 24; d++) {
        snprintf(where, sizeof where, "draw=%d|scenario=less|year=2011|region=reg1|stressor=e1", d);
        double drawn = at(&ds, "scenario_footprint_draw", where);
        snprintf(where, sizeof where, "scenario=many/%d|year=2011|region=reg1|stressor=e1", d + 1);
        check_near(drawn, at(&each, "D_cba", where) + at(&each, "direct", where), 1e-12);
        sum += drawn;
    }
    check_near(at(&ds, "scenario_footprint_mean", "scenario=less|year=2011|region=reg1|stressor=e1"), sum / 24, 1e-12);
    const char *written = "scenario=less|year=2011|region=reg2|stressor=e2";
    check_near(at(&ds, "scenario_footprint_undrawn", written), at(&each, "D_cba", written) + at(&each, "direct", written), 1e-12);
    check_true(isnan(at(&ds, "scenario_footprint_mean", "scenario=less|year=2020|region=reg1|stressor=e1")));
    check_true(at(&ds, "scenario_footprint_sd", "scenario=later|year=2020|region=reg1|stressor=e1") > 0);
    check_true(isnan(at(&ds, "scenario_footprint_mean", "scenario=still|year=2011|region=reg1|stressor=e1")));
    leie_dataset_clear(&ds);
    leie_dataset_clear(&each);
}

/* First order beside the draws, with correlation and shares; shares of parameters add up to one. */
static void test_first_order(void)
{
    leie_dataset ds = {0};
    leie_error err = {0};
    result_stopping s;
    char file[512], output[512], where[160];
    static const char *const names[] = {"reach", "saving", "glass", "metal", "paper"};
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "drawn.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "drawn.nc"));
    if (!check_ok(run_case(output, file, "{draws: 3000, scenarios: all}", -1, &s, &err), &err) || !check_ok(leie_netcdf_read(&ds, output, false, &err), &err))
        return;
    for (int e = 1; e <= 2; e++) {
        snprintf(where, sizeof where, "scenario=less|year=2011|region=reg1|stressor=e%d", e);
        double sd = at(&ds, "scenario_footprint_sd", where), first = at(&ds, "scenario_footprint_sd_first_order", where);
        check_near(sd, first, 0.04);
        check_true(first > 0);
    }
    double sum = 0;
    for (int p = 0; p < 5; p++) {
        snprintf(where, sizeof where, "scenario=less|year=2011|region=reg1|parameter=%s", names[p]);
        sum += at(&ds, "parameter_share", where);
    }
    check_near(sum, 1, 1e-9);
    check_near(at(&ds, "parameter_share", "scenario=later|year=2020|region=reg1|parameter=reach"), 1, 1e-9);
    // one parameter, linear: sd of the triangle times the slope, and the draws of a hypercube follow closely
    double first = at(&ds, "scenario_footprint_sd_first_order", "scenario=later|year=2020|region=reg1|stressor=e1");
    check_near(at(&ds, "scenario_footprint_sd", "scenario=later|year=2020|region=reg1|stressor=e1"), first, 2e-3);
    leie_dataset_clear(&ds);
}

/* Stopped between draws and continued, on one thread and on three: the same bytes. */
static void test_bytes(void)
{
    static const char key[] = "{draws: 200, seed: 2, keep: true, method: sobol, scenarios: [later]}";
    leie_error err = {0};
    result_stopping s;
    char file[512], whole[512], parts[512], state[600];
    int threads = leie_threads(), stopped = 0;
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "drawn.yaml", text));
    snprintf(whole, sizeof whole, "%s", path_in(check_folder(), "whole.nc"));
    snprintf(parts, sizeof parts, "%s", path_in(check_folder(), "parts.nc"));
    snprintf(state, sizeof state, "%s.2011.scenario-draws", parts);
    leie_threads_set(1);
    check_ok(run_case(whole, file, key, -1, &s, &err), &err);
    leie_threads_set(3);
    for (int question = 0; question < 40 && stopped < 3; question++) {
        err = (leie_error){0};
        leie_status st = run_case(parts, file, key, question, &s, &err);
        if (st == LEIE_ERR_STOPPED && strstr(err.text, "of 200")) {
            stopped++;
            check_true(access(state, F_OK) == 0);
            err = (leie_error){0};
            check_ok(run_case(parts, file, key, -1, &s, &err), &err);
            check_has(s.text, "continues from draw");
            check_true(access(state, F_OK) != 0);
            check_true(result_same_file(whole, parts));
        }
        unlink(parts);
    }
    leie_threads_set(threads);
    check_size(stopped, 3);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"{scenarios: [nothing]}", "no scenario 'nothing'"},
        {"{scenarios: [still]}", "has a range or a distribution"},
        {"{scenarios: [less], method: sobol}", "no Sobol' points"},
        {"{draws: 40}", "or 'scenarios'"},
    };
    char file[512], output[512];
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "drawn.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "no.nc"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        leie_error err = {0};
        result_stopping s;
        check_true(run_case(output, file, bad[i][0], -1, &s, &err) != LEIE_OK);
        check_has(err.text, bad[i][1]);
    }
    leie_error err = {0};
    result_stopping s;
    check_true(run_case(output, "~", "{scenarios: all}", -1, &s, &err) != LEIE_OK);
    check_has(err.text, "the study has no 'scenarios'");
}

CHECK_SUITE(scenario_draws, {"draws", test_draws, NULL}, {"first order", test_first_order, NULL}, {"bytes", test_bytes, NULL},
            {"refused", test_refused, NULL})
