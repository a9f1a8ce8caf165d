// SPDX-License-Identifier: GPL-3.0-or-later
/* Back-casting: linear programmes, searches on known responses, responses of scenarios, the key of a study. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "io/read/read_scenario.h"
#include "kernels/simplex.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

/* Hillier and Lieberman, Introduction to Operations Research, the Wyndor Glass Co.: (2, 6), 36; prices 0, 3/2, 1. */
static void test_simplex(void)
{
    const double A[] = {1, 0, 0, 2, 3, 2}, b[] = {4, 12, 18}, c[] = {-3, -5}, low[] = {0, 0}, high[] = {INFINITY, INFINITY};
    double x[2], price[3];
    check_size(leie_simplex(x, price, 3, 2, A, b, c, low, high), LEIE_SIMPLEX_OPTIMAL);
    check_near(x[0], 2, 1e-12);
    check_near(x[1], 6, 1e-12);
    check_close(price[0], 0, 0, 1e-12);
    check_near(price[1], -1.5, 1e-12);
    check_near(price[2], -1, 1e-12);
    const double never[] = {4, -12, 18}, bad[] = {4, NAN, 18};
    check_size(leie_simplex(x, price, 3, 2, A, never, c, low, high), LEIE_SIMPLEX_INFEASIBLE);
    check_size(leie_simplex(x, price, 1, 2, A, b, c, low, high), LEIE_SIMPLEX_UNBOUNDED);
    check_size(leie_simplex(x, price, 3, 2, A, bad, c, low, high), LEIE_SIMPLEX_FAILED);
}

/* e_j = start_j exp(-sum a_ji t_i). */
typedef struct known {
    leie_size levers, goals;
    double start[4], a[4][4];
    int calls;
} known;

static leie_status decay(void *ctx, const double *t, double *e, leie_error *err)
{
    known *k = ctx;
    (void)err;
    k->calls++;
    for (leie_size j = 0; j < k->goals; j++) {
        double sum = 0;
        for (leie_size i = 0; i < k->levers; i++)
            sum += k->a[j][i] * t[i];
        e[j] = k->start[j] * exp(-sum);
    }
    return LEIE_OK;
}

static void test_one_lever(void)
{
    leie_error err = {0};
    known k = {.levers = 1, .goals = 1, .start = {22.2}, .a = {{0.8}}};
    leie_backcast b = {.levers = 1, .goals = 1, .cost = {3}, .goal = {15.54}};
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_FOUND);
    check_near(b.t[0], log(22.2 / 15.54) / 0.8, 1e-8);
    check_near(b.reached[0], 15.54, 1e-9);
    check_true(b.reached[0] <= 15.54);
    check_near(b.total, 3 * b.t[0], 1e-15);
    check_true(k.calls < 60);
    check_size(b.evaluations, k.calls);
    b = (leie_backcast){.levers = 1, .goals = 1, .goal = {5.55}}; // -75 %: not with this lever
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_INFEASIBLE);
    check_near(b.t[0], 1, 1e-12);
    check_near(b.missing[0], 22.2 * exp(-0.8) - 5.55, 1e-12);
    b = (leie_backcast){.levers = 1, .goals = 1, .goal = {30}};
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_MET);
    check_near(b.t[0], 0, 0);
}

/* A footprint that falls and rises again: the first crossing, and the least when there is none. */
static leie_status valley(void *ctx, const double *t, double *e, leie_error *err)
{
    (void)ctx;
    (void)err;
    e[0] = 10 + 100 * (t[0] - 0.43) * (t[0] - 0.43);
    return LEIE_OK;
}

static void test_valley(void)
{
    leie_error err = {0};
    leie_backcast b = {.levers = 1, .goals = 1, .goal = {11}};
    check_ok(leie_backcast_solve(&b, valley, NULL, &err), &err);
    check_size(b.end, LEIE_BACKCAST_FOUND);
    check_near(b.t[0], 0.33, 1e-7);
    b = (leie_backcast){.levers = 1, .goals = 1, .goal = {9}};
    check_ok(leie_backcast_solve(&b, valley, NULL, &err), &err);
    check_size(b.end, LEIE_BACKCAST_INFEASIBLE);
    check_close(b.t[0], 0.43, 0, 1e-6);
    check_near(b.missing[0], 1, 1e-6);
}

/* Levers by what they save for their cost: the best ones are pulled all the way, the last one in part. */
static void test_mix(void)
{
    leie_error err = {0};
    known k = {.levers = 3, .goals = 1, .start = {100}, .a = {{0.2, 0.1, 0.3}}};
    leie_backcast b = {.levers = 3, .goals = 1, .cost = {2, 0.5, 6}, .goal = {70}}; // saved per cost: 0.1, 0.2, 0.05
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_FOUND);
    double rest = log(100.0 / 70) - 0.1 - 0.2;
    check_near(b.t[1], 1, 1e-8);
    check_near(b.t[0], 1, 1e-8);
    check_near(b.t[2], rest / 0.3, 1e-6);
    check_near(b.reached[0], 70, 1e-8);
    check_near(b.total, 2.5 + 6 * rest / 0.3, 1e-6);
    check_near(b.price[0], 6 / (0.3 * 70), 1e-3); // dc/dt over de/dt of the lever at the margin
    check_true(b.evaluations < 120);
    b = (leie_backcast){.levers = 3, .goals = 1, .cost = {2, 0.5, 6}, .goal = {50}};
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_INFEASIBLE);
    check_near(b.missing[0], 100 * exp(-0.6) - 50, 1e-9);
    for (int i = 0; i < 3; i++)
        check_near(b.t[i], 1, 1e-9);
}

/* Two targets that two levers serve differently: both bind. */
static void test_two_targets(void)
{
    leie_error err = {0};
    known k = {.levers = 2, .goals = 2, .start = {100, 8}, .a = {{0.5, 0.1}, {0.1, 0.6}}};
    leie_backcast b = {.levers = 2, .goals = 2, .cost = {1, 1}, .goal = {80, 6}};
    double p = log(100.0 / 80), r = log(8.0 / 6), det = 0.5 * 0.6 - 0.01;
    check_ok(leie_backcast_solve(&b, decay, &k, &err), &err);
    check_size(b.end, LEIE_BACKCAST_FOUND);
    check_near(b.t[0], (0.6 * p - 0.1 * r) / det, 1e-6);
    check_near(b.t[1], (0.5 * r - 0.1 * p) / det, 1e-6);
    check_true(b.price[0] > 0 && b.price[1] > 0);
    b = (leie_backcast){.levers = 2, .goals = 2, .cost = {-1, 1}, .goal = {80, 6}};
    check_status(leie_backcast_solve(&b, decay, &k, &err), LEIE_ERR_DATA, &err);
}

// ---- scenarios ----

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

/* The changed table drawn up as a table of its own. */
static void expected_of(double *e, const leie_baseline *base, const leie_account_regions *q, const leie_scenario *scenario,
                        const double *value, leie_error *err)
{
    leie_change change = {0};
    leie_table t = {0};
    leie_accounts a;
    const leie_change_opts opts = {.value = value, .year = 2011};
    check_ok(leie_change_open(&change, base, err), err);
    check_ok(leie_change_apply(&change, scenario, &opts, err), err);
    check_ok(leie_change_table(&t, &change, err), err);
    check_ok(leie_accounts_make(&a, &t, q, NULL, err), err);
    for (leie_size r = 0; r < a.q; r++)
        for (leie_size s = 0; s < a.k; s++)
            e[r * (a.k + 1) + s] = a.D_cba[r * a.k + s] + a.direct[r * a.k + s];
    leie_accounts_clear(&a);
    leie_table_clear(&t);
    leie_change_clear(&change);
}

static void test_response(void)
{
    leie_study study;
    leie_table t;
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_baseline base = {0};
    leie_account_regions q = {0};
    leie_error err = {0};
    result_assemble(&study, &t, circular(), 2011, NULL);
    check_ok(leie_account_regions_all(&q, &t.sector, &err), &err);
    check_ok(leie_read_scenarios(&set, &study, &p, &err), &err);
    if (check_ok(leie_baseline_make(&base, &t, &set, &err), &err)) {
        for (leie_size s = 0; s < set.scenarios; s++) {
            leie_lever r;
            const leie_lever_opts opts = {.year = 2011};
            double e[6], expected[6], nothing[8] = {0}, *written = set.scenario[s].value;
            set.scenario[s].value = nothing; // what the calls change is then new to the response
            leie_status st = leie_lever_open(&r, &base, &q, &set.scenario[s], &opts, &err);
            set.scenario[s].value = written;
            if (!check_ok(st, &err))
                break;
            check_size(r.outputs, 6);
            for (int step = 0; step < 3; step++) {
                double value[8];
                for (leie_size i = 0; i < set.parameters; i++)
                    value[i] = set.scenario[s].value[i] * (1 - 0.3 * step);
                check_ok(leie_lever_at(&r, value, e, &err), &err);
                expected_of(expected, &base, &q, &set.scenario[s], value, &err);
                for (int o = 0; o < 6; o++)
                    if (o % 3 < 2)
                        check_near(e[o], expected[o], 1e-12);
                check_true(r.residual > 0 && r.residual < 1e-14);
            }
            leie_lever_close(&r);
        }
        leie_baseline_clear(&base);
    }
    leie_scenarios_clear(&set);
    leie_provenance_clear(&p);
    leie_account_regions_clear(&q);
    leie_table_clear(&t);
    leie_study_clear(&study);
}

static const char casts[] = "backcast=[{backcast: one, scenario: efficiency, targets: [{region: reg1, change: -0.02}], levers: [reach]},"
                            "{backcast: far, scenario: efficiency, targets: [{region: reg1, change: -0.5}], levers: [reach]},"
                            "{backcast: two, scenario: all, targets: [{region: reg1, stressor: e2, value: 18}, {region: reg1, change: -0.1}],"
                            " levers: [{parameter: reach, from: 0, to: 1, cost: 2}, {parameter: reached, from: 0, to: 1}]}]";

static void test_study(void)
{
    leie_dataset ds = {0};
    char output[512];
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "b.nc"));
    check_size(result_run(&ds, circular(), output, casts), 1);
    double D_cba = result_value(&ds, "D_cba", "scenario=baseline|region=reg1|stressor=e1");
    check_near(result_value(&ds, "goal_level", "goal=one/reg1/TOTAL"), 0.98 * D_cba, 1e-12);
    check_near(result_value(&ds, "goal_reached", "goal=one/reg1/TOTAL"), 0.98 * D_cba, 1e-8);
    check_near(result_value(&ds, "goal_missing", "goal=one/reg1/TOTAL"), 0, 0);
    check_near(result_value(&ds, "lever_value", "lever=one/reach"), result_value(&ds, "lever_intensity", "lever=one/reach"), 1e-12);
    check_near(result_value(&ds, "lever_intensity", "lever=far/reach"), 1, 1e-9);
    check_near(result_value(&ds, "goal_missing", "goal=far/reg1/TOTAL"),
               result_value(&ds, "goal_reached", "goal=far/reg1/TOTAL") - 0.5 * D_cba, 1e-9);
    check_true(result_value(&ds, "goal_reached", "goal=two/reg1/e2") <= 18 * (1 + 1e-8));
    const leie_var *status = leie_dataset_find(&ds, "backcast_status");
    if (check_true(status && status->count == 3)) {
        check_text(status->text[0], "found");
        check_text(status->text[1], "infeasible");
        check_text(status->text[2], "found");
    }
    leie_dataset_clear(&ds);
    check_size(result_run(NULL, circular(), output, casts), 0); // taken over
}

/* A target per head in a later year: the goal grows with the inhabitants. */
static void test_per_head(void)
{
    leie_dataset ds = {0};
    char output[512], set[2048];
    const char *people = write_text(check_folder(), "people.csv", "region,year,value,kind\nreg1,2011,1000,average\nreg2,2011,500,average\n"
                                                                 "reg1,2030,1100,average\nreg2,2030,500,average\n");
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "head.nc"));
    snprintf(set, sizeof set, "population=%s|backcast=[{backcast: head, scenario: efficiency, year: 2030, targets: [{region: reg1, change: -0.12, per: capita}], levers: [reach]},"
                              "{backcast: amount, scenario: efficiency, year: 2030, targets: [{region: reg1, value: 0.045, per: capita}], levers: [reach]},"
                              "{backcast: never, scenario: efficiency, year: 2030, targets: [{region: reg1, change: -0.6, per: capita}], levers: [reach]}]", people);
    result_run(&ds, circular(), output, set);
    double D_cba = result_value(&ds, "D_cba", "scenario=baseline|region=reg1|stressor=e1");
    check_near(result_value(&ds, "goal_level", "goal=head/reg1/TOTAL"), 0.88 * 1.1 * D_cba, 1e-12);
    check_near(result_value(&ds, "goal_reached", "goal=head/reg1/TOTAL"), 0.88 * 1.1 * D_cba, 1e-8);
    check_near(result_value(&ds, "goal_level", "goal=amount/reg1/TOTAL"), 0.045 * 1100, 1e-12);
    check_near(result_value(&ds, "goal_missing", "goal=never/reg1/TOTAL"),
               result_value(&ds, "goal_reached", "goal=never/reg1/TOTAL") - 0.4 * 1.1 * D_cba, 1e-9);
    const leie_var *status = leie_dataset_find(&ds, "backcast_status");
    if (check_true(status && status->count == 3)) {
        check_text(status->text[0], "found");
        check_text(status->text[2], "infeasible");
    }
    leie_dataset_clear(&ds);
}

/* A year after the last table: its drivers count, base 1.2 (1 - 0.4 t) = base, by low-rank updates and by iteration. */
static void test_projected(void)
{
    static const char text[] = "leie: 1\n"
                               "parameters: {less: 0}\n"
                               "path: {type: linear, from: 2011, to: 2031}\n"
                               "drivers: [{operator: demand, per_head: 1.2}]\n"
                               "scenarios: [{scenario: later, years: 2031, interventions: [{operator: scale, matrix: S, rows: e1, kt: less},\n"
                               "  {operator: scale, matrix: A, rows: {regions: reg1}, kt: less * 0}]}]\n";
    static const char *const methods[] = {"lowrank", "iterate"};
    for (int m = 0; m < 2; m++) {
        leie_dataset ds = {0};
        char set[900];
        snprintf(set, sizeof set, "scenarios=%s|solver={scenarios: %s}|backcast=[{backcast: kept, scenario: later, year: 2031, targets: [{region: reg1, "
                 "stressor: e1, change: 0}], levers: [{parameter: less, from: 0, to: -0.4}]}]", write_text(check_folder(), "later.yaml", text), methods[m]);
        result_run(&ds, circular(), path_in(check_folder(), "later.nc"), set);
        check_near(result_value(&ds, "lever_intensity", "year=2011|lever=kept/less"), (1 - 1 / 1.2) / 0.4, 1e-6);
        leie_dataset_clear(&ds);
    }
}

static void test_refusals(void)
{
    static const char *const bad[][2] = {
        {"backcast={scenario: efficiency}", "needs 'backcast'"},
        {"backcast={backcast: a, scenario: b, targets: [{region: reg1}], levers: [reach]}", "needs 'change'"},
        {"backcast={backcast: a, scenario: b, targets: [{change: -0.1}], levers: [reach]}", "needs 'region'"},
        {"backcast={backcast: a, scenario: b, targets: [{region: reg1, change: -30}], levers: [reach]}", "a share of what there is"},
        {"backcast={backcast: a, scenario: nothing, targets: [{region: reg1, change: -0.1}], levers: [reach]}", "no scenario 'nothing'"},
        {"backcast={backcast: a, scenario: efficiency, targets: [{region: reg1, change: -0.1}], levers: [reac]}", "did you mean 'reach'"},
        {"backcast={backcast: a, scenario: efficiency, targets: [{region: reg1, change: -0.1}], levers: [weight]}", "has no range"},
        {"backcast={backcast: a, scenario: efficiency, targets: [{region: reg7, change: -0.1}], levers: [reach]}", "no account region 'reg7'"},
        {"backcast={backcast: a, scenario: efficiency, year: 2030, targets: [{region: reg1, change: -0.1, per: capita}], levers: [reach]}",
         "population"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        leie_study study;
        leie_run_info info = {0};
        leie_error err = {0};
        char set[512], *sets[] = {set}, output[512];
        snprintf(set, sizeof set, "%s", bad[i][0]);
        snprintf(output, sizeof output, "%s", path_in(check_folder(), "no.nc"));
        const leie_run_opts opts = {.output = output};
        leie_status st = leie_study_read(&study, circular(), 1, sets, &err);
        if (!st) {
            st = leie_run(NULL, &study, &opts, NULL, &info, &err);
            leie_run_info_clear(&info);
            leie_study_clear(&study);
        }
        check_true(st != LEIE_OK);
        check_has(err.text, bad[i][1]);
    }
}

CHECK_SUITE(backcast, {"linear programmes", test_simplex, NULL}, {"one lever", test_one_lever, NULL}, {"a valley", test_valley, NULL},
            {"a mix of levers", test_mix, NULL}, {"two targets", test_two_targets, NULL}, {"responses of scenarios", test_response, NULL},
            {"study", test_study, NULL}, {"per head in a later year", test_per_head, NULL}, {"a year after the last table", test_projected, NULL}, {"refusals", test_refusals, NULL})
