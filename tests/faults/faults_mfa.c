// SPDX-License-Identifier: GPL-3.0-or-later
/* Stock models and material flow systems from their files. */
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

static leie_status reconcile(leie_error *err)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_dataset ds = {0};
    leie_status st = leie_flow_study_read(&study, "tests/cases/copper/system.yaml", 0, NULL, err);
    study.opts.eliminate = 1;
    st = st ? st : leie_flow_system_read(&sys, &study, err);
    st = st ? st : leie_reconcile(&r, &sys.system, &study.opts, err);
    st = st ? st : leie_flow_dataset(&ds, &sys, &r, err);
    leie_dataset_clear(&ds);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}
FAULT_SCENARIO(reconcile, reconcile)

// The same with correlated errors and Huber's loss.
static leie_status reconcile_robust(leie_error *err)
{
    char correlations[] = "correlations=correlations.csv", huber[] = "solver.huber=0.5", *const set[] = {correlations, huber};
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_status st = leie_flow_study_read(&study, "tests/cases/stan/system.yaml", 2, set, err);
    st = st ? st : leie_flow_system_read(&sys, &study, err);
    st = st ? st : leie_reconcile(&r, &sys.system, &study.opts, err);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return st;
}
FAULT_SCENARIO(reconcile_robust, reconcile_robust)

static leie_status waste(leie_error *err)
{
    leie_waste_study study = {0};
    leie_waste_info info;
    leie_dataset ds = {0};
    leie_status st = leie_waste_study_read(&study, "tests/cases/waste/study.yaml", 0, NULL, err);
    if (!st)
        st = leie_waste_run(&ds, &study, &info, err);
    leie_dataset_clear(&ds);
    leie_waste_study_clear(&study);
    return st;
}
FAULT_SCENARIO(waste, waste)
