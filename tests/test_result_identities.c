// SPDX-License-Identifier: GPL-3.0-or-later
/* Identities of results that are read again: each kind of result passes, and each identity sees its own damage and names it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/result/dataset_join.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

static bool system_of(leie_dataset *ds, const char *path)
{
    leie_flow_study study = {0};
    leie_flow_system sys = {0};
    leie_reconciled r = {0};
    leie_error err = {0};
    leie_status st = leie_flow_study_read(&study, path_in(check_cases(), path), 0, NULL, &err);
    *ds = (leie_dataset){0};
    st = st ? st : leie_flow_system_run(&sys, &r, &study, &err);
    st = st ? st : leie_flow_dataset(ds, &sys, &r, &err);
    leie_reconciled_clear(&r);
    leie_flow_system_clear(&sys);
    leie_flow_study_clear(&study);
    return check_ok(st, &err);
}

static bool stocks_of(leie_dataset *ds)
{
    leie_stock_study study = {0};
    leie_stock_info info;
    leie_error err = {0};
    leie_status st = leie_stock_study_read(&study, path_in(check_cases(), "houses/study.yaml"), 0, NULL, &err);
    *ds = (leie_dataset){0};
    st = st ? st : leie_stock_run(ds, &study, &info, &err);
    leie_stock_study_clear(&study);
    return check_ok(st, &err);
}

static bool waste_of(leie_dataset *ds)
{
    leie_waste_study study = {0};
    leie_waste_info info;
    leie_error err = {0};
    leie_status st = leie_waste_study_read(&study, path_in(check_cases(), "waste/study.yaml"), 0, NULL, &err);
    *ds = (leie_dataset){0};
    st = st ? st : leie_waste_run(ds, &study, &info, &err);
    leie_waste_study_clear(&study);
    return check_ok(st, &err);
}

static leie_size fails(const leie_dataset *ds, leie_size *items, char *first, size_t size)
{
    leie_identities list = {0};
    leie_error err = {0};
    leie_size n = 0;
    check_ok(leie_identities_result(&list, ds, &err), &err);
    *items = list.n;
    first[0] = '\0';
    for (leie_size i = 0; i < list.n; i++)
        if (list.item[i].verdict == LEIE_FAIL && n++ == 0)
            snprintf(first, size, "%s: %s", list.item[i].name, list.item[i].worst);
    leie_identities_clear(&list);
    return n;
}

// All identities of a result hold; so many there are.
static void passes(const leie_dataset *ds, leie_size expected)
{
    leie_size items;
    char first[600];
    check_size(fails(ds, &items, first, sizeof first), 0);
    check_text(first, "");
    check_size(items, expected);
}

/* One number of a result is another one: an identity fails that is named so and names the place. Then the number is back. */
static void sees(leie_dataset *ds, const char *variable, leie_size at, double value, const char *identity, const char *where)
{
    leie_size items;
    char first[600];
    leie_var *v = leie_dataset_find(ds, variable);
    if (!check_true(v && v->number && at < v->count))
        return;
    double before = v->number[at];
    v->number[at] = value;
    check_true(fails(ds, &items, first, sizeof first) >= 1);
    check_has(first, identity);
    check_has(first, where);
    v->number[at] = before;
}

static void test_system(void)
{
    leie_dataset ds, copper;
    leie_size items;
    char first[600];
    if (!system_of(&ds, "stan/system.yaml"))
        return;
    passes(&ds, 9);
    double m1 = leie_dataset_find(&ds, "reconciled")->number[0];
    sees(&ds, "reconciled", 0, m1 * (1 + 1e-5), "in = out + change of stock", "goods 2016");
    sees(&ds, "reconciled", 0, NAN, "flows: missing where not observable", "m1 goods 2016");
    sees(&ds, "reconciled", 5, 20, "flows: missing where not observable", "m6 goods 2016");
    sees(&ds, "bound_low", 0, m1 + 1, "flows: within their bounds", "m1 goods 2016");
    sees(&ds, "bound_high", 0, m1 - 1, "flows: within their bounds", "m1 goods 2016");
    sees(&ds, "transfer_reconciled", 0, 1.2, "transfer coefficients: within their bounds", "TC 2016");
    sees(&ds, "reconciled_sd", 0, INFINITY, "no number is infinite", "reconciled_sd");
    check_ok(leie_dataset_number(&ds, NULL, "largest_relative_violation", 1e-3, NULL), NULL);
    check_size(fails(&ds, &items, first, sizeof first), 1);
    check_has(first, "violation that it states");
    leie_dataset_clear(&ds);
    if (!system_of(&copper, "copper/system.yaml")) // its data contradict each other; stocks, two layers and two years
        return;
    check_size(fails(&copper, &items, first, sizeof first), 1);
    check_has(first, "global test");
    leie_var *flow = leie_dataset_find(&copper, "reconciled");
    leie_size last = flow->count - 1; // change of the stock of collection, Cu, 2019
    sees(&copper, "reconciled", last, flow->number[last] + 1e-3, "in = out + change of stock", "collection Cu 2019");
    leie_dataset_clear(&copper);
}

/* Systems of a study stand in its result under their names, also one that is called like a variable of theirs. */
static void test_systems_inside(void)
{
    static const char *const name[] = {"stan", "flow"};
    for (int k = 0; k < 2; k++) {
        leie_dataset ds = {0}, part;
        leie_error err = {0};
        leie_size items;
        char first[600], variable[64], piece[64];
        if (!system_of(&part, "stan/system.yaml"))
            return;
        check_ok(leie_dataset_join(&ds, &part, name[k], &err), &err);
        passes(&ds, 9);
        snprintf(variable, sizeof variable, "%s_reconciled", name[k]);
        snprintf(piece, sizeof piece, "%s: in = out + change of stock", name[k]);
        sees(&ds, variable, 0, leie_dataset_find(&ds, variable)->number[0] + 1, piece, "mix goods 2016");
        sees(&ds, variable, 5, 20, "flows: missing where not observable, and there alone", "m6 goods 2016");
        snprintf(variable, sizeof variable, "%s_probability", name[k]);
        check_ok(leie_dataset_number(&ds, NULL, variable, 1e-3, &err), &err);
        check_size(fails(&ds, &items, first, sizeof first), 1);
        check_has(first, "global test");
        leie_dataset_clear(&ds);
    }
}

static void test_stocks(void)
{
    leie_dataset ds;
    if (!stocks_of(&ds))
        return;
    passes(&ds, 6);
    const double *stock = leie_dataset_find(&ds, "stock")->number, *cohort = leie_dataset_find(&ds, "stock_by_cohort")->number;
    sees(&ds, "stock", 5, stock[5] * (1 + 1e-6), "change of stock", "2005");
    sees(&ds, "inflow", 3, 1, "change of stock", "houses/concrete/BE-VLG 2003");
    sees(&ds, "net_addition", 3, 1, "net addition = inflow - outflow", "houses/concrete/BE-VLG 2003");
    sees(&ds, "stock_by_cohort", 5, cohort[5] + 1, "stock = its cohorts", "houses/concrete/BE-VLG 2000");
    leie_dataset_clear(&ds);
}

static void test_waste(void)
{
    leie_dataset ds;
    if (!waste_of(&ds))
        return;
    passes(&ds, 4);
    sees(&ds, "waste_exported", 0, 8000, "waste = treated + exported + without a treatment", "BE-VLG plastics");
    sees(&ds, "waste_treated", 4, 0, "waste = treated + exported + without a treatment", "BE-VLG textile");
    sees(&ds, "waste_generation", 1, -1, "waste generated below zero", "BE-WAL");
    leie_dataset_clear(&ds);
}

static void test_accounts(void)
{
    leie_dataset ds = {0};
    char path[512];
    snprintf(path, sizeof path, "%s", path_in(check_folder(), "t.nc"));
    result_run(&ds, path_in(check_cases(), "tiny/study.yaml"), path, NULL);
    passes(&ds, 9);
    check_true(leie_result_recognise(path));
    const double *d = leie_dataset_find(&ds, "D_cba")->number;
    sees(&ds, "D_cba", 0, d[0] * (1 + 1e-6), "D_cba = D_pba", "2015");
    sees(&ds, "footprint", 0, -1, "D_cba = footprint by sector", "2015");
    sees(&ds, "footprint_origin", 3, -1, "D_cba = footprint by origin", "2015");
    sees(&ds, "solver_residual", 1, 1e-9, "residual of the linear system", "2016");
    leie_dataset_clear(&ds);
}

// Not a result: a table file, text, something that is not there. A result without anything to check says so.
static void test_recognised(void)
{
    leie_error err = {0};
    leie_dataset ds = {0};
    leie_identities list = {0};
    check_true(!leie_result_recognise("nowhere.nc"));
    check_true(!leie_result_recognise(write_text(check_folder(), "text.nc", "text\n")));
    check_status(leie_identities_result(&list, &ds, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "nothing to check");
    leie_identities_clear(&list);
}

CHECK_SUITE(result_identities, {"a reconciled system", test_system, NULL}, {"systems inside", test_systems_inside, NULL}, {"stocks", test_stocks, NULL}, {"waste", test_waste, NULL},
            {"accounts", test_accounts, NULL}, {"what is a result", test_recognised, NULL})
