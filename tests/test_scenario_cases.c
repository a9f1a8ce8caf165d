// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios on published examples, and on tables in factors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/toy_table.h"
#include "tests/write_files.h"

/* Seven coefficients in three columns of six: the example of Cetinay, Donati, Heijungs and Sprecher (2020), J. Ind. Ecol.,
 * as Perello has it (EEIOA). Answers by direct solves. */
static const double A6[6][6] = {{0.0008, 0.0074, 0.0015, 0.0078, 0.0032, 0.0052}, {0.0025, 0.0014, 0.0091, 0.0069, 0.0091, 0.0063},
                                {0.0081, 0.0044, 0.0064, 0.0047, 0.0089, 0.0091}, {0.0008, 0.0035, 0.0016, 0.0026, 0.0079, 0.0066},
                                {0.0053, 0.0048, 0.0057, 0.0057, 0.0093, 0.0039}, {0.008, 0.0059, 0.0093, 0.0025, 0.0018, 0.0074}};
static const double Y6[6] = {0.1188, 0.38, 0.8128, 0.244, 0.8844, 0.7126}, b6[6] = {0.8176, 0.6003, 0.849, 0.9223, 0.9476, 0.527};
static const double x6[6] = {0.13186664586501773, 0.403140548646114, 0.8369251262662529, 0.2595041577100151, 0.9045487957424788, 0.7315069658521256};
static const double adjoint6[6] = {0.8373218124310372, 0.6225250556872216, 0.8738056671340485, 0.9466819422484538, 0.9813298029138783, 0.5574278661057775};
static const struct {
    int row, col;
    double change;
} changes[7] = {{2, 1, -0.25}, {2, 5, -0.25}, {3, 4, 0.05}, {4, 1, 0.35}, {5, 1, 0.11}, {6, 4, -0.03}, {6, 5, 0.43}};

static void six_sectors(leie_table *t)
{
    toy_table(t, "XX s1 s2 s3 s4 s5 s6", "XX household", 1, 0);
    for (int i = 0; i < 6; i++) {
        t->x[i] = x6[i];
        t->Y[i] = Y6[i];
        t->F[i] = b6[i] * x6[i];
        for (int j = 0; j < 6; j++)
            *toy_Z(t, i, j) = A6[i][j] * x6[j];
    }
}

static void one_code(leie_selection *s, int number)
{
    char code[8];
    snprintf(code, sizeof code, "s%d", number);
    s->given = true;
    s->items = 1;
    s->item = leie_new(1, sizeof *s->item);
    s->item[0] = leie_strdup(code);
}

static void seven_changes(leie_scenarios *set)
{
    leie_error err = {0};
    set->intervention = leie_new(7, sizeof *set->intervention);
    set->scenario = leie_new(1, sizeof *set->scenario);
    set->interventions = 7;
    set->scenarios = 1;
    leie_scenario *s = &set->scenario[0];
    *s = (leie_scenario){.code = leie_strdup("seven"), .interventions = 7, .intervention = leie_new(7, sizeof *s->intervention), .value = leie_new(1, sizeof *s->value)};
    for (int i = 0; i < 7; i++) {
        leie_intervention *v = &set->intervention[i];
        char amount[32];
        *v = (leie_intervention){.name = leie_strdup("cell"), .op = LEIE_OP_SCALE, .matrix = LEIE_EDIT_A};
        s->intervention[i] = i;
        one_code(&v->row, changes[i].row);
        one_code(&v->col, changes[i].col);
        snprintf(amount, sizeof amount, "%g", changes[i].change);
        check_ok(leie_amount_read(&v->amount[LEIE_KT], amount, 0, NULL, &err), &err);
    }
}

static void test_cetinay(void)
{
    leie_table t;
    leie_scenarios set = {0};
    leie_baseline base = {0};
    leie_account_regions q = {0};
    leie_response r;
    leie_change change = {0};
    leie_effect effect = {0};
    leie_response_work work = {0};
    leie_error err = {0};
    double M[6], first = 0, after = 0;
    six_sectors(&t);
    seven_changes(&set);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    const leie_response_opts opts = {.method = LEIE_METHOD_LOWRANK};
    const leie_change_opts how = {.year = 2011};
    if (!check_ok(leie_baseline_make(&base, &t, &set, &err), &err) || !check_ok(leie_response_open(&r, &base, &q, false, NULL, &opts, &err), &err))
        return;
    check_ok(leie_change_open(&change, &base, &err), &err);
    check_ok(leie_change_apply(&change, &set.scenario[0], &how, &err), &err);
    check_ok(leie_response_collect(&r, &change, &work.factors, &err), &err);
    check_ok(leie_response_plan_make(&r, 1, &err), &err);
    check_ok(leie_response_solve(&r, &err), &err);
    check_ok(leie_effect_new(&effect, &r, &err), &err);
    check_ok(leie_response_evaluate(&effect, &r, &change, &work, &err), &err);
    check_true(effect.converged && effect.residual < 1e-14);
    check_size(effect.rank, 3); // seven cells in three columns
    for (int i = 0; i < 6; i++)
        check_near(r.M[i * r.K], adjoint6[i], 1e-13);
    for (int c = 0; c < 7; c++) // lambda' dA x
        first += adjoint6[changes[c].row - 1] * A6[changes[c].row - 1][changes[c].col - 1] * changes[c].change * x6[changes[c].col - 1];
    check_near(first, -0.0007892663318756413, 1e-12);
    check_near(effect.total[0], -0.0007893352252490438, 1e-11);
    check_ok(leie_response_multipliers(M, &r, &work, &err), &err);
    for (int i = 0; i < 6; i++)
        after += M[i] * Y6[i];
    check_near(after, 2.5415748324918908, 1e-14);
    leie_effect_clear(&effect);
    leie_response_work_clear(&work);
    leie_response_clear(&r);
    leie_change_clear(&change);
    leie_baseline_clear(&base);
    leie_account_regions_clear(&q);
    leie_scenarios_clear(&set);
    leie_table_clear(&t);
}

/* A table that stays in factors (trade shares): the scenarios of the assembled one; new values of all of A are refused. */
static void test_factored(void)
{
    static const char text[] =
        "leie: 1\nparameters: {less: {value: -0.2, range: [-0.3, -0.1]}}\nscenarios:\n  - scenario: less\n    interventions:\n"
        "      - {operator: scale, matrix: A, rows: {regions: r1, sectors: grain}, cols: {sectors: plants}, kt: less}\n"
        "      - {operator: demand, rows: {sectors: steel}, cols: {regions: r2}, per_head: 0.9}\n";
    static const char *const solvers[] = {"lu", "factored"};
    leie_dataset ds[2] = {{0}, {0}};
    char study[512], set[1200], file[512];
    snprintf(study, sizeof study, "%s", path_in(check_cases(), "trade_shares/study.yaml"));
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "factored.yaml", text));
    for (int s = 0; s < 2; s++) {
        snprintf(set, sizeof set, "scenarios=%s|solver={method: %s}|uncertainty={draws: 20, scenarios: all, inputs: [{matrix: S, cv: 0.1}]}", file, solvers[s]);
        result_run(&ds[s], study, path_in(check_folder(), "factored.nc"), set);
    }
    for (int r = 1; r <= 2; r++) {
        char where[64];
        snprintf(where, sizeof where, "scenario=less|region=r%d", r);
        check_near(result_value(&ds[1], "D_cba", where), result_value(&ds[0], "D_cba", where), 1e-10);
        check_near(result_value(&ds[1], "scenario_footprint_sd", where), result_value(&ds[0], "scenario_footprint_sd", where), 1e-8);
    }
    leie_dataset_clear(&ds[0]);
    leie_dataset_clear(&ds[1]);
    leie_study s;
    leie_run_info info = {0};
    leie_error err = {0};
    char key[] = "uncertainty={draws: 20, inputs: [{matrix: A, cv: 0.1}]}", *sets[] = {key}, output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "no.nc"));
    const leie_run_opts opts = {.output = output};
    if (check_ok(leie_study_read(&s, study, 1, sets, &err), &err)) {
        check_true(leie_run(NULL, &s, &opts, NULL, &info, &err) != LEIE_OK);
        check_has(err.text, "need the table itself, not its factors");
        leie_run_info_clear(&info);
        leie_study_clear(&s);
    }
}

/* Outputs, origins and multipliers of scenarios by sector add up to their accounts, whichever way the scenario was solved. */
static void test_outputs(void)
{
    static const char *const scenarios[] = {"efficiency", "respent", "loops", "intensity", "all"}, *const methods[] = {"lowrank", "iterate", "refactor"};
    char study[512], set[256], where[160], base[160];
    double lowrank[5] = {0};
    snprintf(study, sizeof study, "%s", path_in(check_cases(), "circular/study.yaml"));
    for (int m = 0; m < 3; m++) {
        leie_dataset ds = {0};
        snprintf(set, sizeof set, "accounts={by: [origin_sector, multiplier, category]}|solver={scenarios: %s}", methods[m]);
        result_run(&ds, study, path_in(check_folder(), "outputs.nc"), set);
        for (int s = 0; s < 5; s++) {
            for (int r = 1; r <= 2; r++) {
                snprintf(where, sizeof where, "scenario=%s|region=reg%d|stressor=e1", scenarios[s], r);
                check_near(result_sum(&ds, "footprint_origin_sector", "sector", "", where), result_value(&ds, "D_cba", where), 1e-11);
                snprintf(base, sizeof base, "scenario=%s|stressor=e1", scenarios[s]);
                check_near(result_sum(&ds, "production", "sector", r == 1 ? "reg1" : "reg2", base), result_value(&ds, "D_pba", where), 1e-11);
            }
            snprintf(where, sizeof where, "scenario=%s", scenarios[s]);
            double x = result_sum(&ds, "x", "sector", "", where);
            check_true(x > 0);
            snprintf(where, sizeof where, "scenario=%s|stressor=e1|sector=reg1/s3", scenarios[s]);
            double M = result_value(&ds, "multiplier", where), before = result_value(&ds, "multiplier", "scenario=baseline|stressor=e1|sector=reg1/s3");
            check_true(s == 1 ? M == before : M != before); // `respent` leaves A and S as they are
            lowrank[s] = m == 0 ? M : lowrank[s];
            check_near(M, lowrank[s], 1e-11); // whichever way they were solved for
        }
        leie_dataset_clear(&ds);
    }
}

CHECK_SUITE(scenario_cases, {"outputs by sector", test_outputs, NULL}, {"seven coefficients", test_cetinay, NULL}, {"factored tables", test_factored, NULL})
