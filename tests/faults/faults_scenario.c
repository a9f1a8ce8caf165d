// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios: their files, sheets of another program, and a run with processes, a projection, shares and a grid. */
#include <stdio.h>
#include <stdlib.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

#define STUDY "tests/cases/circular/study.yaml"

static leie_status read_files(leie_error *err)
{
    char set_short[] = "scenarios=short.yaml", *sets[] = {set_short};
    leie_study study = {0};
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_status st = leie_study_read(&study, STUDY, 1, sets, err);
    st = st ? st : leie_read_scenarios(&set, &study, &p, err);
    leie_scenarios_clear(&set);
    leie_provenance_clear(&p);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(scenario_files, read_files)

// The table and its scenarios, evaluated; the set that is read is the short one.
static leie_status evaluate(leie_error *err)
{
    char set_short[] = "scenarios=short.yaml", *sets[] = {set_short};
    leie_study study = {0};
    leie_table t = {0};
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_baseline base = {0};
    leie_account_regions q = {0};
    leie_outcomes o = {0};
    const leie_outcome_opts opts = {.response = {.product = true}, .by_origin = true, .last = true};
    leie_status st = leie_study_read(&study, STUDY, 1, sets, err);
    st = st ? st : leie_read_scenarios(&set, &study, &p, err);
    st = st ? st : leie_assemble(&t, &study, 2011, NULL, err);
    st = st ? st : leie_account_regions_all(&q, &t.sector, err);
    st = st ? st : leie_baseline_make(&base, &t, &set, err);
    st = st ? st : leie_outcomes_make(&o, &base, &q, &opts, err);
    leie_outcomes_clear(&o);
    if (base.t)
        leie_baseline_clear(&base);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_scenarios_clear(&set);
    leie_provenance_clear(&p);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(scenario_outcomes, evaluate)

static leie_status run(leie_error *err)
{
    char set_short[] = "scenarios=short.yaml", *sets[] = {set_short};
    leie_study study = {0};
    leie_dataset ds = {0};
    leie_run_info info = {0};
    char output[128];
    fault_path(output, sizeof output, "scenario.nc");
    const leie_run_opts opts = {.output = output, .force = true};
    leie_status st = leie_study_read(&study, STUDY, 1, sets, err);
    st = st ? st : leie_run(&ds, &study, &opts, NULL, &info, err);
    remove(output);
    leie_dataset_clear(&ds);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(scenario_run, run)
