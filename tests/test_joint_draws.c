// SPDX-License-Identifier: GPL-3.0-or-later
/* Table and parameters of scenarios in one draw: beside the draws of each alone, what both have in common, stops, threads. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernels/parallel.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static const char text[] =
    "leie: 1\n"
    "parameters:\n"
    "  reach: {value: 0.5, range: [0.2, 0.9]}\n"
    "scenarios:\n"
    "  - scenario: less\n"
    "    attribution: none\n"
    "    interventions:\n"
    "      - {operator: scale, matrix: A, rows: {regions: reg1, sectors: s3}, cols: {regions: reg1}, kt: -0.3, kp: reach}\n"
    "  - {scenario: fixed, base: less, grid: {reach: [0.6]}}\n"
    "  - scenario: later\n"
    "    attribution: none\n"
    "    years: 2020\n"
    "    interventions: [{operator: demand, rows: {sectors: s3}, cols: {regions: reg1}, per_head: reach}]\n";

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

// Runs the case with joint draws and reads the result; options and inputs of `uncertainty`.
static bool run_joint(leie_dataset *ds, const char *options, const char *inputs)
{
    char file[512], output[512], set[1000];
    leie_error err = {0};
    result_stopping s;
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "joint.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "joint.nc"));
    snprintf(set, sizeof set, "scenarios=%s|uncertainty={%s, joint: true, scenarios: all, inputs: [%s]}", file, options, inputs);
    return check_ok(result_try(circular(), output, set, -1, &s, &err), &err) && check_ok(leie_netcdf_read(ds, output, false, &err), &err);
}

static double at(const leie_dataset *ds, const char *name, const char *scenario, int draw, const char *region)
{
    char where[160];
    snprintf(where, sizeof where, "draw=%d|scenario=%s|year=2011|region=%s|stressor=e1", draw, scenario, region);
    return result_value(ds, name, where);
}

/* The baseline of joint draws is the table that Monte Carlo draws; on a table that stays as it is the scenarios are those of
 * draws of parameters alone; a change is the difference of its draw. */
static void test_parts(void)
{
    leie_dataset ds = {0};
    if (!run_joint(&ds, "draws: 20, seed: 3, keep: true", "{matrix: A, cv: 0.1}, {matrix: S, cv: 0.2}, {matrix: Y, cv: 0.1}, {matrix: F_Y, cv: 0.1}"))
        return;
    for (int d = 0; d < 20; d++) {
        double base = at(&ds, "joint_footprint_draw", "baseline", d, "reg1"), less = at(&ds, "joint_footprint_draw", "less", d, "reg1");
        check_near(base, at(&ds, "footprint_draw", "less", d, "reg1"), 1e-12);
        check_near(at(&ds, "joint_footprint_change_draw", "less", d, "reg1"), less - base, 1e-9);
        check_true(fabs(less - at(&ds, "scenario_footprint_draw", "less", d, "reg1")) > 1e-6);
    }
    check_true(isnan(at(&ds, "joint_footprint_change_mean", "baseline", 0, "reg1")));
    check_true(at(&ds, "joint_footprint_sd", "fixed/1", 0, "reg1") > 0); // nothing of it varies, but the table does
    check_true(result_value(&ds, "joint_footprint_sd", "scenario=later|year=2020|region=reg1|stressor=e1") > 0);
    check_true(isnan(at(&ds, "joint_footprint_sd", "later", 0, "reg1")));
    check_true(result_value(&ds, "joint_draws_residual", "year=2011") < 1e-12);
    leie_dataset_clear(&ds);
    if (!run_joint(&ds, "draws: 20, seed: 3, keep: true", "{matrix: A, distribution: fixed}"))
        return;
    for (int d = 0; d < 20; d++) {
        check_near(at(&ds, "joint_footprint_draw", "less", d, "reg2"), at(&ds, "scenario_footprint_draw", "less", d, "reg2"), 1e-13);
        check_near(at(&ds, "joint_footprint_draw", "baseline", d, "reg1"), at(&ds, "D_cba", "baseline", d, "reg1") + at(&ds, "direct", "baseline", d, "reg1"), 1e-13);
    }
    leie_dataset_clear(&ds);
}

/* All final demand moves by one factor: footprints and changes move by the same, so that the range of a change is a small part
 * of what two ranges apart would give. */
static void test_common(void)
{
    leie_dataset ds = {0};
    if (!run_joint(&ds, "draws: 40, seed: 2, keep: true", "{matrix: Y, cv: 0.2, within: all, rho: 1}, {matrix: F_Y, cv: 0.2, distribution: fixed}"))
        return;
    double base = at(&ds, "D_cba", "baseline", 0, "reg1"), change = at(&ds, "D_cba", "fixed/1", 0, "reg1") - base;
    double direct = at(&ds, "direct", "baseline", 0, "reg1");
    for (int d = 0; d < 40; d++) {
        double factor = (at(&ds, "joint_footprint_draw", "baseline", d, "reg1") - direct) / base;
        check_near(at(&ds, "joint_footprint_change_draw", "fixed/1", d, "reg1"), factor * change, 1e-6); // factors of Y are f32
    }
    double sd = at(&ds, "joint_footprint_change_sd", "fixed/1", 0, "reg1"), own = at(&ds, "joint_footprint_sd", "fixed/1", 0, "reg1");
    check_near(sd / fabs(change), own / (base + change), 1e-5);
    check_true(sd < 0.2 * own);
    leie_dataset_clear(&ds);
}

/* The table and the parameter vary on their own, and a change is nearly the product of what they make of it:
 * var = p^2 + f^2 + p^2 f^2 / change^2, p the sd by the parameter alone, f by the table alone at the mean of the parameter. */
static void test_variance(void)
{
    static const char cells[] = "{matrix: A, rows: {regions: reg1, sectors: s3}, cols: {regions: reg1}, distribution: normal, cv: 0.15, within: all, rho: 1}";
    const double mean = (0.2 + 0.5 + 0.9) / 3;
    leie_dataset ds = {0}, alone = {0};
    if (!run_joint(&ds, "draws: 3000, seed: 2", cells) || !run_joint(&alone, "draws: 3000, seed: 2", "{matrix: A, distribution: fixed}"))
        return;
    double both = at(&ds, "joint_footprint_change_sd", "less", 0, "reg1"), f = mean / 0.6 * at(&ds, "joint_footprint_change_sd", "fixed/1", 0, "reg1");
    double p = at(&alone, "joint_footprint_change_sd", "less", 0, "reg1"), change = at(&alone, "joint_footprint_change_mean", "less", 0, "reg1");
    check_near(p, at(&ds, "scenario_footprint_sd_first_order", "less", 0, "reg1"), 0.02);
    check_true(f > 0.3 * p && both > 1.05 * p);
    check_near(both * both, p * p + f * f + p * p * f * f / (change * change), 0.05);
    leie_dataset_clear(&ds);
    leie_dataset_clear(&alone);
}

/* Stopped between draws and continued, on one thread and on three: the same bytes. */
static void test_bytes(void)
{
    char file[512], whole[512], parts[512], state[600], set[1000];
    leie_error err = {0};
    result_stopping s;
    int threads = leie_threads(), stopped = 0;
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "joint.yaml", text));
    snprintf(whole, sizeof whole, "%s", path_in(check_folder(), "whole.nc"));
    snprintf(parts, sizeof parts, "%s", path_in(check_folder(), "parts.nc"));
    snprintf(state, sizeof state, "%s.2011.joint-draws", parts);
    snprintf(set, sizeof set, "scenarios=%s|uncertainty={draws: 30, keep: true, joint: true, scenarios: all, inputs: [{matrix: A, cv: 0.1}, {matrix: Y, cv: 0.3, "
                              "distribution: normal}]}", file);
    leie_threads_set(1);
    check_ok(result_try(circular(), whole, set, -1, &s, &err), &err);
    leie_threads_set(3);
    for (int question = 30; question < 90 && stopped < 2; question += 7) {
        err = (leie_error){0};
        leie_status st = result_try(circular(), parts, set, question, &s, &err);
        if (st == LEIE_ERR_STOPPED && access(state, F_OK) == 0) {
            stopped++;
            err = (leie_error){0};
            check_ok(result_try(circular(), parts, set, -1, &s, &err), &err);
            check_has(s.text, "joint draws: continues from draw");
            check_true(access(state, F_OK) != 0);
            check_true(result_same_file(whole, parts));
        }
        unlink(parts);
    }
    leie_threads_set(threads);
    check_size(stopped, 2);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"{joint: true, inputs: [{matrix: A, cv: 0.1}]}", "need 'inputs' of the table and 'scenarios'"},
        {"{joint: true, scenarios: all}", "need 'inputs' of the table and 'scenarios'"},
        {"{joint: true, scenarios: all, method: sobol, inputs: [{matrix: A, cv: 0.1}]}", "no Sobol' points"},
        {"{joint: true, scenarios: [nothing], inputs: [{matrix: A, cv: 0.1}]}", "no scenario 'nothing'"},
    };
    char file[512], set[1000];
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "joint.yaml", text));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        leie_error err = {0};
        result_stopping s;
        snprintf(set, sizeof set, "scenarios=%s|uncertainty=%s", file, bad[i][0]);
        check_true(result_try(circular(), path_in(check_folder(), "no.nc"), set, -1, &s, &err) != LEIE_OK);
        check_has(err.text, bad[i][1]);
    }
}

CHECK_SUITE(joint_draws, {"parts", test_parts, NULL}, {"what both have in common", test_common, NULL}, {"variance", test_variance, NULL},
            {"bytes", test_bytes, NULL}, {"refused", test_refused, NULL})
