// SPDX-License-Identifier: GPL-3.0-or-later
/* Stock models and material flow systems from their files. */
#include <stdio.h>

#include "io/leie_io.h"
#include "tests/faults/faults.h"

static leie_status stock(leie_error *err)
{
    leie_stock_study study = {0};
    leie_stock_info info;
    leie_dataset ds = {0};
    leie_status st = leie_stock_study_read(&study, "tests/cases/houses/study.yaml", 0, NULL, err);
    if (!st)
        st = leie_stock_run(&ds, &study, &info, err);
    leie_dataset_clear(&ds);
    leie_stock_study_clear(&study);
    return st;
}
FAULT_SCENARIO(stock, stock)

static leie_status reconcile_case(const char *path, leie_size sets, char *const *set, leie_size eliminate, leie_error *err)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    leie_status st = leie_flow_study_read(&study, path, sets, set, err);
    study.opts.eliminate = eliminate;
    st = st ? st : leie_flow_system_run(&sys, &r, &study, err);
    st = st ? st : leie_flow_dataset(&ds, &sys, &r, err);
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}

static leie_status reconcile(leie_error *err)
{
    return reconcile_case("tests/cases/copper/system.yaml", 0, NULL, 1, err);
}
FAULT_SCENARIO(reconcile, reconcile)

// Correlated errors and Huber's loss.
static leie_status reconcile_robust(leie_error *err)
{
    char correlations[] = "correlations=correlations.csv", huber[] = "solver.huber=0.5", *const set[] = {correlations, huber};
    return reconcile_case("tests/cases/stan/system.yaml", 2, set, 0, err);
}
FAULT_SCENARIO(reconcile_robust, reconcile_robust)

// Covariances and draws.
static leie_status reconcile_sampled(leie_error *err)
{
    char covariance[] = "covariance=all", sample[] = "sample={draws: 4}", *const set[] = {covariance, sample};
    return reconcile_case("tests/cases/stan/system.yaml", 2, set, 0, err);
}
FAULT_SCENARIO(reconcile_sampled, reconcile_sampled)

static leie_status waste_of(const char *path, leie_error *err)
{
    leie_waste_study study = {0};
    leie_waste_info info;
    leie_dataset ds = {0};
    leie_status st = leie_waste_study_read(&study, path, 0, NULL, err);
    if (!st)
        st = leie_waste_run(&ds, &study, &info, err);
    leie_dataset_clear(&ds);
    leie_waste_study_clear(&study);
    return st;
}

static leie_status waste(leie_error *err)
{
    return waste_of("tests/cases/waste/study.yaml", err);
}
FAULT_SCENARIO(waste, waste)

static leie_status waste_closure(leie_error *err)
{
    return waste_of("tests/cases/waste_io/study.yaml", err);
}
FAULT_SCENARIO(waste_closure, waste_closure)

// Stocks coupled to a table, with the loop and a longer life.
static leie_status coupled(leie_error *err)
{
    leie_study study = {0};
    leie_dataset ds = {0};
    leie_run_info info = {0};
    char output[128];
    fault_path(output, sizeof output, "coupled.nc");
    const leie_run_opts opts = {.output = output, .force = true};
    leie_status st = leie_study_read(&study, "tests/cases/coupled/study.yaml", 0, NULL, err);
    st = st ? st : leie_run(&ds, &study, &opts, NULL, &info, err);
    remove(output);
    leie_dataset_clear(&ds);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
    return st;
}
FAULT_SCENARIO(coupled_stocks, coupled)
