// SPDX-License-Identifier: GPL-3.0-or-later
/* Scenarios in memory and from files: amounts, paths, selections, operators, what is refused. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/leie_io.h"
#include "solver/scenario/baseline.h"
#include "tests/check.h"
#include "tests/results.h"

// ---- amounts and paths ----

static double amount(const char *text)
{
    static char a[] = "a", b[] = "b_2";
    const leie_parameter parameter[] = {{.name = a}, {.name = b}};
    const double value[] = {2.385, 0.25};
    leie_amount read = {0};
    leie_error err = {0};
    check_ok(leie_amount_read(&read, text, 2, parameter, &err), &err);
    double v = leie_amount_value(&read, value, NAN);
    leie_amount_clear(&read);
    return v;
}

static void test_amounts(void)
{
    check_near(amount("0.3"), 0.3, 0);
    check_near(amount("-1.5e-2"), -0.015, 0);
    check_near(amount("a"), 2.385, 0);
    check_near(amount(" a * b_2 - 1 "), 2.385 * 0.25 - 1, 1e-15);
    check_near(amount("1 - (a + 2) / b_2 * 3"), 1 - (2.385 + 2) / 0.25 * 3, 1e-15);
    check_near(amount("--a"), 2.385, 0);
    check_near(amount("10 - 3 - 2"), 5, 0);
    leie_amount none = {0};
    check_near(leie_amount_value(&none, NULL, 7.5), 7.5, 0);
}

static void refuse_amount(const char *text, const char *why)
{
    static char share[] = "share";
    const leie_parameter parameter = {.name = share};
    leie_amount read = {0};
    leie_error err = {0};
    check_status(leie_amount_read(&read, text, 1, &parameter, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, why);
    check_true(read.text == NULL);
}

static void test_refused_amounts(void)
{
    char deep[80], chain[400] = "1";
    memset(deep, '(', 40);
    deep[40] = '\0';
    for (int i = 0; i < 40; i++)
        strcat(chain, "+1");
    refuse_amount("", "at the end");
    refuse_amount("shar", "did you mean 'share'?");
    refuse_amount("xyzzy", "unknown parameter 'xyzzy'");
    refuse_amount("1 +", "at the end");
    refuse_amount("(1", "closing parenthesis");
    refuse_amount("1 2", "nothing should follow");
    refuse_amount("1,5", "nothing should follow");
    refuse_amount("1..2", "'1..2'");
    refuse_amount("$", "is expected at '$'");
    refuse_amount(deep, "nested deeper");
    refuse_amount(chain, "more than 64");
}

static void test_ramps(void)
{
    int year[] = {2015, 2020, 2030};
    double share[] = {0.1, 0.3, 0.9};
    leie_ramp linear = {.kind = LEIE_RAMP_LINEAR, .from = 2020, .to = 2030}, curve = {.kind = LEIE_RAMP_S_CURVE, .from = 2020, .to = 2030};
    leie_ramp step = {.kind = LEIE_RAMP_STEP, .from = 2025}, none = {0};
    leie_ramp table = {.kind = LEIE_RAMP_TABLE, .points = 3, .year = year, .share = share};
    check_near(leie_ramp_share(&none, 1900), 1, 0);
    check_near(leie_ramp_share(&linear, 2019), 0, 0);
    check_near(leie_ramp_share(&linear, 2023), 0.3, 1e-15);
    check_near(leie_ramp_share(&linear, 2031), 1, 0);
    check_near(leie_ramp_share(&curve, 2025), 0.5, 1e-15);
    check_near(leie_ramp_share(&curve, 2022) + leie_ramp_share(&curve, 2028), 1, 1e-15);
    check_true(leie_ramp_share(&curve, 2021) > 0 && leie_ramp_share(&curve, 2021) < 0.1);
    check_near(leie_ramp_share(&curve, 2030), 1, 0);
    check_near(leie_ramp_share(&step, 2024) + leie_ramp_share(&step, 2025), 1, 0);
    check_near(leie_ramp_share(&table, 2010), 0.1, 0);
    check_near(leie_ramp_share(&table, 2025), 0.6, 1e-15);
    check_near(leie_ramp_share(&table, 2040), 0.9, 0);
}

// ---- the case `circular` ----

typedef struct open_case {
    leie_study study;
    leie_table table;
    leie_scenarios set;
    leie_baseline base;
} open_case;

static void open_circular(open_case *c)
{
    char path[512];
    leie_error err = {0};
    leie_provenance p = {0};
    snprintf(path, sizeof path, "%s/circular/study.yaml", check_cases());
    result_assemble(&c->study, &c->table, path, 2011, NULL);
    check_ok(leie_read_scenarios(&c->set, &c->study, &p, &err), &err);
    check_size(p.sources, 1);
    leie_provenance_clear(&p);
    check_ok(leie_baseline_make(&c->base, &c->table, &c->set, &err), &err);
}

static void close_case(open_case *c)
{
    leie_baseline_clear(&c->base);
    leie_scenarios_clear(&c->set);
    leie_table_clear(&c->table);
    leie_study_clear(&c->study);
}

// Value of the case's answers for a scenario.
static double answer(const char *scenario, int stressor, int region)
{
    char path[512], line[256], want[128];
    snprintf(path, sizeof path, "%s/circular/answers.csv", check_cases());
    snprintf(want, sizeof want, "%s,e%d,reg%d,", scenario, stressor + 1, region + 1);
    FILE *file = fopen(path, "r");
    double value = NAN;
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, want, strlen(want)) == 0)
            value = strtod(line + strlen(want), NULL);
    if (file)
        fclose(file);
    check_true(!isnan(value));
    return value;
}

// Every scenario as a table, solved anew: D_cba is that of the answers.
static void test_tables(void)
{
    open_case c = {0};
    leie_error err = {0};
    open_circular(&c);
    check_size(c.set.scenarios, 6);
    leie_change change = {0};
    check_ok(leie_change_open(&change, &c.base, &err), &err);
    leie_account_regions q = {0};
    check_ok(leie_account_regions_all(&q, &c.table.sector, &err), &err);
    for (leie_size s = 0; s < c.set.scenarios; s++) {
        leie_table t = {0};
        leie_accounts a = {0};
        leie_change_opts opts = {.year = 2011};
        check_ok(leie_change_apply(&change, &c.set.scenario[s], &opts, &err), &err);
        check_ok(leie_change_table(&t, &change, &err), &err);
        check_ok(leie_accounts_make(&a, &t, &q, NULL, &err), &err);
        for (int k = 0; k < 2; k++)
            for (int r = 0; r < 2; r++)
                check_near(a.D_cba[r * 2 + k], answer(c.set.scenario[s].code, k, r), 1e-13);
        leie_accounts_clear(&a);
        leie_table_clear(&t);
    }
    leie_account_regions_clear(&q);
    leie_change_clear(&change);
    close_case(&c);
}

// ---- whole runs ----

// One folder for a scenario file and the sheets it names.
static const char *scratch(void)
{
    static char folder[400];
    if (!folder[0])
        snprintf(folder, sizeof folder, "%.399s", check_folder());
    return folder;
}

// Runs a study with a scenario file of the given text in place of its own.
static void run_text(leie_dataset *ds, const char *study, const char *name, const char *text, const char *more)
{
    char file[512], output[512], set[1200];
    snprintf(file, sizeof file, "%.399s/%s.yaml", scratch(), name);
    snprintf(output, sizeof output, "%s/%s.nc", check_folder(), name);
    FILE *to = fopen(file, "w");
    if (!check_true(to != NULL))
        return;
    fputs(text, to);
    fclose(to);
    snprintf(set, sizeof set, "scenarios=%s%s%s", file, more ? "|" : "", more ? more : "");
    result_run(ds, study, output, set);
}

static const char *circular_study(void)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/circular/study.yaml", check_cases());
    return path;
}

static const char *flanders_study(void)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/../../datasets/scenarios/study.yaml", check_cases());
    return path;
}

static double at(const leie_dataset *ds, const char *name, const char *scenario, const char *rest)
{
    char where[256];
    snprintf(where, sizeof where, "scenario=%s|%s", scenario, rest);
    return result_value(ds, name, where);
}

// The same for a variable of whole numbers.
static double count_at(leie_dataset *ds, const char *name, const char *where)
{
    leie_var *v = leie_dataset_find(ds, name);
    if (!check_true(v && v->integer))
        return NAN;
    double *copy = leie_new(v->count, sizeof *copy);
    for (leie_size i = 0; i < v->count; i++)
        copy[i] = (double)v->integer[i];
    v->number = copy;
    double value = result_value(ds, name, where);
    v->number = leie_free(copy);
    return value;
}

// Every method gives the answers of numpy, and the baseline to the bit.
static void test_methods(void)
{
    const char *const methods[] = {"lowrank", "iterate", "refactor"};
    static const char *const scenarios[] = {"efficiency", "lifetime", "respent", "loops", "intensity", "all"};
    leie_dataset plain = {0};
    char output[512], set[64], rest[64];
    snprintf(output, sizeof output, "%s/plain.nc", check_folder());
    result_run(&plain, circular_study(), output, "scenarios=");
    for (int m = 0; m < 3; m++) {
        leie_dataset ds = {0};
        snprintf(set, sizeof set, "solver.scenarios=%s", methods[m]);
        snprintf(output, sizeof output, "%s/%s.nc", check_folder(), methods[m]);
        result_run(&ds, circular_study(), output, set);
        for (int k = 0; k < 2; k++)
            for (int r = 0; r < 2; r++) {
                snprintf(rest, sizeof rest, "region=reg%d|stressor=e%d", r + 1, k + 1);
                check_near(at(&ds, "D_cba", "baseline", rest), result_value(&plain, "D_cba", rest), 0);
                for (int s = 0; s < 6; s++)
                    check_near(at(&ds, "D_cba", scenarios[s], rest), answer(scenarios[s], k, r), 1e-12);
            }
        for (int s = 0; s < 6; s++) {
            snprintf(rest, sizeof rest, "scenario=%s", scenarios[s]);
            check_true(result_value(&ds, "scenario_residual", rest) <= 1e-12);
        }
        leie_dataset_clear(&ds);
    }
    leie_dataset_clear(&plain);
}

// Shares add up to the total, in all and in every breakdown; so do the breakdowns of the accounts.
static void test_shares(void)
{
    leie_dataset ds = {0};
    char output[512];
    snprintf(output, sizeof output, "%s/shares.nc", check_folder());
    result_run(&ds, circular_study(), output, NULL);
    double total = at(&ds, "D_cba", "all", "region=reg1|stressor=e1") - at(&ds, "D_cba", "baseline", "region=reg1|stressor=e1");
    check_close(result_sum(&ds, "effect_share", "intervention", "all/", "region=reg1|stressor=e1"), total, 1e-12, 1e-12);
    double first = result_value(&ds, "effect_share", "intervention=all/1|region=reg1|stressor=e1");
    check_close(result_sum(&ds, "effect_share_product", "product", "", "intervention=all/1|region=reg1|stressor=e1"), first, 1e-12, 1e-12);
    check_close(result_sum(&ds, "effect_share_origin", "origin", "", "intervention=all/1|region=reg1|stressor=e1"), first, 1e-12, 1e-12);
    check_near(result_sum(&ds, "footprint_product", "product", "", "scenario=all|region=reg1|stressor=e1"), at(&ds, "D_cba", "all", "region=reg1|stressor=e1"), 1e-13);
    check_near(result_sum(&ds, "footprint_origin", "origin", "", "scenario=all|region=reg1|stressor=e1"), at(&ds, "D_cba", "all", "region=reg1|stressor=e1"), 1e-13);
    // rebound apart: what it adds to the shift alone
    double respent = at(&ds, "D_cba", "respent", "region=reg1|stressor=e1") - at(&ds, "D_cba", "lifetime", "region=reg1|stressor=e1");
    check_close(at(&ds, "effect_rebound", "respent", "region=reg1|stressor=e1"), respent, 1e-12, 1e-12);
    // the other order: no rebound when it comes before the saving
    check_close(at(&ds, "effect_order", "respent", "region=reg1|stressor=e1"), -respent, 1e-12, 1e-12);
    leie_dataset_clear(&ds);
}

static const char wide[] =
    "leie: 1\n"
    "scenarios:\n"
    "  - scenario: power\n" // a row over all columns: row vectors, and a row of S over all sectors
    "    interventions:\n"
    "      - {operator: scale, matrix: A, rows: {sectors: c17}, kt: -0.2}\n"
    "      - {operator: scale, matrix: S, rows: co2, kt: -0.3}\n"
    "      - {operator: demand, rows: {sectors: c1}, cols: {regions: BE-VLG}, per_head: 0.9}\n"
    "  - scenario: work\n"
    "    interventions:\n"
    "      - {operator: process, region: BE-VLG, code: new, inputs: [{rows: {sectors: c30}, amount: 0.3}, {rows: {sectors: new}, amount: 0.1}], pressures: [{rows: co2, amount: 0.5}]}\n"
    "      - {operator: substitute, rows: {sectors: c12}, cols: {regions: BE-VLG}, share: 0.4, to: {regions: BE-VLG, sectors: new}}\n"
    "      - {operator: shift, rows: {sectors: c15}, cols: {regions: BE-VLG}, share: 0.1, to: {regions: BE-VLG, sectors: new}}\n";

// Row vectors and processes, against the changed system solved by itself.
static void test_wide(void)
{
    leie_dataset low = {0}, alone = {0};
    const char *const where[] = {"region=BE-VLG|stressor=co2", "region=CHN|stressor=co2", "region=BEL|stressor=iron", "region=DEU|stressor=value_added"};
    run_text(&low, flanders_study(), "wide", wide, "solver.scenarios=lowrank|backcast=~");
    run_text(&alone, flanders_study(), "wide_alone", wide, "solver.scenarios=iterate|backcast=~");
    check_true(count_at(&low, "scenario_rank", "scenario=power") <= 16);
    for (size_t i = 0; i < sizeof where / sizeof where[0]; i++)
        for (int s = 0; s < 2; s++) {
            const char *code = s ? "work" : "power";
            check_near(at(&low, "D_cba", code, where[i]), at(&alone, "D_cba", code, where[i]), 1e-10);
            check_near(at(&low, "D_pba", code, where[i]), at(&alone, "D_pba", code, where[i]), 1e-10);
            check_true(fabs(at(&low, "D_cba", code, where[i]) / at(&low, "D_cba", "baseline", where[i]) - 1) > 1e-9);
        }
    check_near(at(&low, "footprint_product", "work", "product=new|region=BE-VLG|stressor=co2"),
               at(&alone, "footprint_product", "work", "product=new|region=BE-VLG|stressor=co2"), 1e-10);
    check_true(at(&low, "footprint_product", "work", "product=new|region=BE-VLG|stressor=co2") > 0);
    leie_dataset_clear(&low);
    leie_dataset_clear(&alone);
}

// A year without a table: the last one with drivers, marked; a path; a grid.
static void test_projection(void)
{
    static const char text[] = "leie: 1\n"
                               "parameters: {less: -0.4}\n"
                               "drivers:\n"
                               "  - {operator: demand, per_head: 1.2}\n"
                               "scenarios:\n"
                               "  - scenario: later\n"
                               "    years: [2011, 2020, 2031]\n"
                               "    path: {type: linear, from: 2011, to: 2031}\n"
                               "    interventions:\n"
                               "      - {operator: scale, matrix: S, rows: e1, kt: less}\n"
                               "  - scenario: many\n"
                               "    grid: {less: [0, -0.2, -0.4]}\n"
                               "    interventions:\n"
                               "      - {operator: scale, matrix: S, rows: e1, kt: less}\n";
    static const char good[] = "leie: 1\n"
                               "parameters: {less: -0.4}\n"
                               "path: {type: linear, from: 2011, to: 2031}\n"
                               "drivers:\n"
                               "  - {operator: demand, per_head: 1.2}\n"
                               "scenarios:\n"
                               "  - scenario: later\n"
                               "    years: [2011, 2021, 2031]\n"
                               "    interventions:\n"
                               "      - {operator: scale, matrix: S, rows: e1, kt: less}\n"
                               "  - scenario: many\n"
                               "    grid: {less: [0, -0.2, -0.4]}\n"
                               "    years: 2031\n"
                               "    interventions:\n"
                               "      - {operator: scale, matrix: S, rows: e1, kt: less}\n";
    leie_dataset ds = {0};
    leie_study study = {0};
    leie_scenarios set = {0};
    leie_provenance p = {0};
    leie_error err = {0};
    char file[512], assign[600];
    char *sets[] = {assign};
    snprintf(file, sizeof file, "%s/path.yaml", check_folder());
    snprintf(assign, sizeof assign, "scenarios=%s", file);
    FILE *to = fopen(file, "w");
    fputs(text, to);
    fclose(to);
    check_ok(leie_study_read(&study, circular_study(), 1, sets, &err), &err);
    check_status(leie_read_scenarios(&set, &study, &p, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "path.yaml:8: unknown key 'path'");
    leie_study_clear(&study);
    leie_provenance_clear(&p);
    err = (leie_error){0};

    run_text(&ds, circular_study(), "projection", good, NULL);
    double base = at(&ds, "D_cba", "baseline", "year=2011|region=reg1|stressor=e1");
    check_near(at(&ds, "D_cba", "later", "year=2011|region=reg1|stressor=e1"), base, 0);
    check_near(at(&ds, "D_cba", "baseline", "year=2021|region=reg1|stressor=e1"), base * 1.1, 1e-13);
    check_near(at(&ds, "D_cba", "baseline", "year=2031|region=reg1|stressor=e1"), base * 1.2, 1e-13);
    check_near(at(&ds, "D_cba", "later", "year=2021|region=reg1|stressor=e1"), base * 1.1 * 0.8, 1e-13);
    check_near(at(&ds, "D_cba", "later", "year=2031|region=reg1|stressor=e1"), base * 1.2 * 0.6, 1e-13);
    check_near(result_value(&ds, "effect_share", "intervention=later/1|year=2031|region=reg1|stressor=e1"), base * 1.2 * -0.4, 1e-12);
    check_near(at(&ds, "D_cba", "many/2", "year=2031|region=reg1|stressor=e1"), base * 1.2 * 0.8, 1e-13);
    check_near(result_value(&ds, "parameter_value", "scenario=many/3|parameter=less"), -0.4, 0);
    check_true(isnan(at(&ds, "D_cba", "many/2", "year=2011|region=reg1|stressor=e1")));
    // the plan speaks of tables alone
    leie_run_info info = {0};
    const leie_run_opts explain = {.output = "none.nc", .explain = true};
    char again[600], *sets_again[] = {again};
    snprintf(again, sizeof again, "scenarios=%.399s/projection.yaml", scratch());
    check_ok(leie_study_read(&study, circular_study(), 1, sets_again, &err), &err);
    check_ok(leie_run(NULL, &study, &explain, NULL, &info, &err), &err);
    check_has(info.plan ? info.plan : "", "scenarios: ");
    leie_run_info_clear(&info);
    leie_study_clear(&study);
    check_near(count_at(&ds, "projection", "year=2011") + 2 * count_at(&ds, "projection", "year=2031"), 2, 0);
    leie_dataset_clear(&ds);
}

// Same bytes at any number of threads.
static void test_threads(void)
{
    char one[512], many[512];
    int threads = leie_threads();
    snprintf(one, sizeof one, "%s/one.nc", check_folder());
    snprintf(many, sizeof many, "%s/many.nc", check_folder());
    leie_threads_set(1);
    result_run(NULL, circular_study(), one, NULL);
    leie_threads_set(5);
    result_run(NULL, circular_study(), many, NULL);
    leie_threads_set(threads);
    check_true(result_same_file(one, many));
}

// ---- what is refused ----

static void refused(const char *interventions, leie_status code, const char *why)
{
    char file[512], assign[600], output[512];
    char *sets[] = {assign};
    leie_study study = {0};
    leie_run_info info = {0};
    leie_error err = {0};
    snprintf(file, sizeof file, "%s/refused.yaml", check_folder());
    snprintf(output, sizeof output, "%s/refused.nc", check_folder());
    snprintf(assign, sizeof assign, "scenarios=%s", file);
    FILE *to = fopen(file, "w");
    fprintf(to, "leie: 1\nparameters: {p: 0.5}\nscenario: s\ninterventions:\n%s", interventions);
    fclose(to);
    check_ok(leie_study_read(&study, circular_study(), 1, sets, &err), &err);
    const leie_run_opts opts = {.output = output, .force = true};
    check_status(leie_run(NULL, &study, &opts, NULL, &info, &err), code, &err);
    check_has(err.text, why);
    leie_run_info_clear(&info);
    leie_study_clear(&study);
}

static void test_refused(void)
{
    refused("  - {operator: scal, matrix: A, kt: 1}\n", LEIE_ERR_DATA, "refused.yaml:5: 'operator' does not know 'scal', did you mean 'scale'?");
    refused("  - {operator: scale, kt: 1}\n", LEIE_ERR_DATA, "needs 'matrix'");
    refused("  - {operator: scale, matrix: A, kt: q}\n", LEIE_ERR_DATA, "unknown parameter 'q'");
    refused("  - {operator: scale, matrix: A, share: 1}\n", LEIE_ERR_DATA, "'share' does not belong to the operator scale");
    refused("  - {operator: substitute, rows: s1, share: 1}\n", LEIE_ERR_DATA, "needs 'to'");
    refused("  - {operator: shift, matrix: S, rows: e1, share: 1, to: s2}\n", LEIE_ERR_DATA, "works on A or Y");
    refused("  - {operator: scale, matrix: A, rows: {sectors: s4}, kt: 1}\n", LEIE_ERR_DATA, "no sector 's4' in the table");
    refused("  - {operator: scale, matrix: A, rows: {regions: reg3}, kt: 1}\n", LEIE_ERR_DATA, "no region 'reg3' in the table, did you mean");
    refused("  - {operator: scale, matrix: A, rows: {sectors: \"x*\"}, kt: 1}\n", LEIE_ERR_DATA, "no sector 'x*'");
    refused("  - {operator: scale, matrix: Y, cols: {regions: reg1, kinds: gfcf}, kt: 1}\n", LEIE_ERR_DATA, "selects nothing");
    refused("  - {operator: scale, matrix: Y, rows: [], kt: 1}\n", LEIE_ERR_DATA, "refused.yaml:5: 'rows' names nothing");
    refused("  - {operator: scale, matrix: Y, rows: {}, kt: 1}\n", LEIE_ERR_DATA, "'rows' names nothing");
    refused("  - {operator: scale, matrix: Y, cols: , kt: 1}\n", LEIE_ERR_DATA, "'cols' names nothing");
    refused("  - {operator: scale, matrix: Y, rows: {sectors: []}, kt: 1}\n", LEIE_ERR_DATA, "'rows.sectors' names nothing");
    refused("  - {operator: lifetime, rows: s1, life: 0, new_life: 2}\n", LEIE_ERR_DATA, "must be above zero");
    refused("  - {operator: displace, rows: s1, share: 0.1, rate: 1.5, to: s2}\n", LEIE_ERR_DATA, "between 0 and 1");
    refused("  - {operator: set, matrix: A, rows: s1, value: 1 / (p - 0.5)}\n", LEIE_ERR_DATA, "an amount is not a number");
    refused("  - {operator: process, region: reg1, code: s1, inputs: [{rows: s1, amount: 1}]}\n", LEIE_ERR_DATA, "has a sector of that code already");
    refused("  - {operator: process, region: reg1, code: n, inputs: [{rows: s1, amount: 1}], path: {type: step, from: 2020}}\n", LEIE_ERR_DATA, "a process has no path");
    refused("  - {operator: process, region: reg1, code: n, inputs: [{rows: s1, amount: 1}], cols: s2}\n", LEIE_ERR_DATA, "no 'cols'");
    refused("  - {operator: balance, method: inputs, path: {type: step, from: 2020}}\n", LEIE_ERR_DATA, "balance has no path");
    refused("  - {operator: scale, matrix: A, kt: 1, path: {type: linear, from: 2020, to: 2010}}\n", LEIE_ERR_DATA, "a year after 2020");
}

// Clipping, bounds and sums above one are counted; a cap holds.
static void test_reports(void)
{
    static const char text[] = "leie: 1\n"
                               "scenarios:\n"
                               "  - scenario: odd\n"
                               "    interventions:\n"
                               "      - {operator: add, name: below, matrix: Y, rows: {regions: reg1, sectors: s2}, value: -3}\n"
                               "      - {operator: substitute, name: bound, rows: {regions: reg2, sectors: s1}, cols: {regions: reg2}, share: 0.5, available: 2, to: {regions: reg2, sectors: s3}}\n"
                               "      - {operator: cap, name: cap, matrix: Y, rows: {regions: reg2}, cols: {regions: reg1}, limit: 9, to: {regions: reg1, sectors: same}}\n"
                               "      - {operator: scale, name: much, matrix: A, rows: {regions: reg2, sectors: s3}, cols: {regions: reg2, sectors: s3}, kt: 3}\n";
    leie_dataset ds = {0};
    run_text(&ds, circular_study(), "reports", text, NULL);
    check_near(count_at(&ds, "edit_clipped", "intervention=odd/below"), 2, 0); // 2.5 in both columns
    check_near(result_value(&ds, "edit_clipped_money", "intervention=odd/below"), 1, 1e-14);
    check_near(result_value(&ds, "edit_spending", "intervention=odd/below"), -5, 1e-14);
    // x = 50 for reg2 s1; reg2 buys 1 + 10 + 9 of it
    check_near(result_value(&ds, "edit_bound", "intervention=odd/bound"), 0.2, 1e-13);
    check_near(result_value(&ds, "edit_money_in", "intervention=odd/bound"), 2, 1e-13);
    check_close(result_value(&ds, "edit_inputs", "intervention=odd/bound"), 0, 0, 1e-13);
    check_near(result_value(&ds, "edit_money_out", "intervention=odd/cap"), 5 + 10 + 3 - 9, 1e-13);
    check_close(result_value(&ds, "edit_spending", "intervention=odd/cap"), 0, 0, 1e-13);
    check_true(count_at(&ds, "scenario_over_one", "scenario=odd") >= 1);
    leie_dataset_clear(&ds);
}

CHECK_SUITE(scenario, {"amounts", test_amounts, NULL}, {"refused_amounts", test_refused_amounts, NULL}, {"ramps", test_ramps, NULL},
            {"tables", test_tables, NULL}, {"methods", test_methods, NULL}, {"shares", test_shares, NULL}, {"wide", test_wide, NULL},
            {"projection", test_projection, NULL}, {"threads", test_threads, NULL}, {"refused", test_refused, NULL},
            {"reports", test_reports, NULL})
