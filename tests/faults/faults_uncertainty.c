// SPDX-License-Identifier: GPL-3.0-or-later
/* Studies with uncertain inputs and back-casts, from the file to the result. */
#include <stdio.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

static leie_status run_study(const char *path, leie_size sets, char *const *set, leie_error *err)
{
    char output[128];
    fault_path(output, sizeof output, "uncertainty.nc");
    leie_study study = {0};
    leie_dataset ds = {0};
    leie_run_info info = {0};
    const leie_run_opts opts = {.output = output, .force = true};
    leie_status st = leie_study_read(&study, path, sets, set, err);
    st = st ? st : leie_run(&ds, &study, &opts, NULL, &info, err);
    remove(output);
    leie_dataset_clear(&ds);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
    return st;
}

static leie_status run(leie_size sets, char *const *set, leie_error *err)
{
    return run_study("tests/cases/circular/study.yaml", sets, set, err);
}

static leie_status whole(leie_error *err)
{
    static char without[] = "scenarios=~", inputs[] =
        "uncertainty={draws: 3, keep: true, ranking: 3, inputs: [{matrix: A, cv: 0.1, within: region, rho: 0.5}, {matrix: Y, cv: 0.1},"
        " {matrix: S, cv: 0.1}, {matrix: keys, cols: {regions: '*'}, cv: 0.1}]}";
    static char *const set[] = {without, inputs};
    return run(2, set, err);
}
FAULT_SCENARIO(uncertainty_whole, whole)

/* Few columns of A, with Y and S. */
static leie_status narrow(leie_error *err)
{
    static char inputs[] = "uncertainty={draws: 3, years: 2015, inputs: [{matrix: A, cols: {regions: AA, sectors: farm}, cv: 0.1}, {matrix: Y, cv: 0.1}, {matrix: S, cv: 0.1}]}";
    static char *const set[] = {inputs};
    return run_study("tests/cases/tiny/study.yaml", 1, set, err);
}
FAULT_SCENARIO(uncertainty_narrow, narrow)

/* The parameters of a scenario over draws, keys of industries, outputs of scenarios by sector. */
static leie_status drawn(leie_error *err)
{
    static char file[] = "scenarios=drawn.yaml",
                inputs[] = "uncertainty={draws: 3, keep: true, scenarios: all, inputs: [{matrix: keys, rows: {sectors: s1}, cv: 0.1}]}",
                accounts[] = "accounts={by: [origin_sector, multiplier]}";
    static char *const set[] = {file, inputs, accounts};
    return run(3, set, err);
}
FAULT_SCENARIO(scenarios_drawn, drawn)

/* Table and parameters in one draw. */
static leie_status joint(leie_error *err)
{
    static char file[] = "scenarios=drawn.yaml",
                inputs[] = "uncertainty={draws: 3, keep: true, joint: true, scenarios: all, inputs: [{matrix: A, cv: 0.1}, {matrix: S, cv: 0.1}]}";
    static char *const set[] = {file, inputs};
    return run(2, set, err);
}
FAULT_SCENARIO(joint_draws, joint)

static leie_status backcast(leie_error *err)
{
    static char casts[] = "backcast={backcast: two, scenario: all, targets: [{region: reg1, stressor: e2, value: 18}],"
                          " levers: [{parameter: reach, from: 0, to: 1, cost: 2}, {parameter: reached, from: 0, to: 1}]}";
    static char *const set[] = {casts};
    return run(1, set, err);
}
FAULT_SCENARIO(backcast, backcast)
