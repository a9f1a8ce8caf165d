// SPDX-License-Identifier: GPL-3.0-or-later
/* Every operator on the embedded study (16 regions, 560 sectors): what is reported and what follows, against sums over the
 * table and multipliers of the baseline. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

enum { HOUSEHOLD, GFCF };

typedef struct walked {
    leie_study study;
    leie_table t;
    leie_dataset ds;
} walked;

// Scenarios in two parts: no literal is longer than C asks of a compiler.
static const char first_part[] =
    "leie: 1\n"
    "parameters: {reach: 0.5}\n"
    "scenarios:\n"
    "  - scenario: scale_a\n"
    "    interventions: [{operator: scale, name: a, matrix: A, rows: {sectors: c12}, cols: {regions: BE-VLG, sectors: c13}, kt: -0.2, kp: reach}]\n"
    "  - scenario: scale_s\n"
    "    interventions: [{operator: scale, name: a, matrix: S, rows: co2, cols: {regions: BE-VLG, sectors: c17}, kt: -0.2, kp: 0.5, kt2: -0.1, add: 0.001}]\n"
    "  - scenario: set_y\n"
    "    interventions: [{operator: set, name: a, matrix: Y, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, value: 1000}]\n"
    "  - scenario: add_y\n"
    "    interventions: [{operator: add, name: a, matrix: Y, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, value: 50}]\n"
    "  - scenario: add_a\n"
    "    interventions: [{operator: add, name: a, matrix: A, rows: {regions: BE-VLG, sectors: c21}, cols: {regions: BE-VLG, sectors: c18}, value: 10, flows: true}]\n"
    "  - scenario: substitute\n"
    "    interventions:\n"
    "      - {operator: substitute, name: a, rows: {sectors: c9}, cols: {regions: BE-VLG, sectors: c10}, cells: imported, share: 0.3, quantity: 0.8, price: 1.1,\n"
    "         to: {regions: BE-VLG, sectors: c16}}\n"
    "      - {operator: substitute, name: b, rows: {sectors: c11}, cols: {regions: BE-VLG, sectors: c18}, share: 0.3, available: 5, to: {regions: BE-VLG, sectors: c16}}\n"
    "  - scenario: shift\n"
    "    interventions: [{operator: shift, name: a, rows: [c14, c15], cols: {regions: BE-VLG, kinds: household}, share: 0.1, to: {regions: BE-VLG, sectors: c30},\n"
    "                     to_cols: {regions: BE-VLG, kinds: gfcf}}]\n"
    "  - scenario: trade\n"
    "    interventions: [{operator: trade, name: a, matrix: A, rows: {regions: CHN, sectors: c14}, cols: {regions: BE-VLG}, share: 0.5, to: {regions: BE-VLG, sectors: same}}]\n"
    "  - scenario: lifetime\n"
    "    interventions: [{operator: lifetime, name: a, rows: c14, cols: {regions: BE-VLG, kinds: household}, life: 8, new_life: 10, kp: 0.5, repair: 0.4,\n"
    "                     to: {regions: BE-VLG, sectors: c21}}]\n"
    "  - scenario: displace\n"
    "    interventions: [{operator: displace, name: a, rows: c14, cols: {regions: BE-VLG, kinds: household}, share: 0.1, rate: 0.6, price: 0.3,\n"
    "                     to: {regions: BE-VLG, sectors: c21}}]\n"
    "  - scenario: cap\n"
    "    interventions: [{operator: cap, name: a, matrix: Y, rows: {regions: BE-VLG, sectors: c16}, cols: {regions: ROW, kinds: [household, gfcf]}, limit: 1,\n"
    "                     to: {regions: BE-WAL, sectors: same}}]\n";

static const char second_part[] =
    "  - scenario: demand\n"
    "    interventions: [{operator: demand, name: a, cols: {regions: BE-VLG, kinds: household}, population: 1.05, per_head: 1.1}]\n"
    "  - scenario: idle\n"
    "    interventions: [{operator: process, name: a, region: BE-VLG, code: new_a, inputs: [{rows: {regions: BE-VLG, sectors: c17}, amount: 0.2}],\n"
    "                     pressures: [{rows: co2, amount: 0.05}]}]\n"
    "  - scenario: process\n"
    "    interventions:\n"
    "      - {operator: process, name: a, region: BE-VLG, code: new_b, inputs: [{rows: {regions: BE-VLG, sectors: c17}, amount: 0.2}], pressures: [{rows: co2, amount: 0.05}]}\n"
    "      - {operator: shift, name: b, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, share: 0.1, to: {regions: BE-VLG, sectors: new_b}}\n"
    "  - scenario: rebound\n"
    "    interventions:\n"
    "      - {operator: scale, name: a, matrix: Y, rows: {sectors: c3}, cols: {regions: BE-VLG, kinds: household}, kt: -0.1}\n"
    "      - {operator: rebound, name: b, cols: {regions: BE-VLG, kinds: household}, share: 0.8}\n"
    "  - scenario: balance\n"
    "    interventions:\n"
    "      - {operator: scale, name: a, matrix: A, rows: {sectors: c12}, cols: {regions: BE-VLG, sectors: c13}, kt: -0.2}\n"
    "      - {operator: balance, name: b, method: value_added, rows: value_added, cols: {regions: BE-VLG}}\n"
    "  - scenario: inputs\n"
    "    interventions:\n"
    "      - {operator: scale, name: a, matrix: A, rows: {sectors: c12}, cols: {regions: BE-VLG, sectors: c13}, kt: -0.2}\n"
    "      - {operator: balance, name: b, method: inputs, cols: {regions: BE-VLG}}\n"
    "  - scenario: cells\n"
    "    interventions:\n"
    "      - {operator: scale, name: a, matrix: A, rows: {names: \"Construction*\"}, cols: {regions: BE-VLG}, cells: domestic, kt: -0.1}\n"
    "      - {operator: scale, name: b, matrix: A, rows: {names: \"Construction*\"}, cols: {regions: BE-VLG}, cells: imported, kt: -0.1}\n"
    "  - scenario: clipped\n"
    "    interventions: [{operator: add, name: a, matrix: Y, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, value: -1e6}]\n"
    "  - scenario: order\n"
    "    interventions:\n"
    "      - {operator: scale, name: a, matrix: Y, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, kt: -0.5}\n"
    "      - {operator: add, name: b, matrix: Y, rows: {regions: BE-VLG, sectors: c3}, cols: {regions: BE-VLG, kinds: household}, value: 10}\n"
    "  - {scenario: derived, base: scale_a, grid: {reach: [0, 0.25, 0.5, 1]}}\n";

// ---- sums over the table ----

static bool fits(const char *wanted, const char *code)
{
    return !wanted || strcmp(wanted, code) == 0;
}

static bool in_region(const leie_axis *axis, leie_size i, const char *region)
{
    return fits(region, axis->region.code[axis->of[i]]);
}

// Purchases of sectors `from` by sector `to` of Flanders: of its own, of others, or all ('+', '-', 0).
static double inputs(const leie_table *t, const char *region, const char *from, const char *to, char which)
{
    double sum = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < t->sector.n; j++) {
            bool own = in_region(&t->sector, i, "BE-VLG"), taken = !which || own == (which == '+');
            if (in_region(&t->sector, j, "BE-VLG") && fits(to, t->sector.code[j]) && in_region(&t->sector, i, region) && fits(from, t->sector.code[i]) && taken &&
                t->x[j] > 0)
                sum += leie_matrix_get(&t->Z, i, j);
        }
    return sum;
}

// Positive purchases of final demand of a kind.
static double bought(const leie_table *t, const char *seller, const char *code, const char *region, leie_demand_kind kind)
{
    double sum = 0;
    for (leie_size i = 0; i < t->sector.n; i++)
        for (leie_size j = 0; j < t->demand.n; j++)
            if (in_region(&t->sector, i, seller) && fits(code, t->sector.code[i]) && in_region(&t->demand, j, region) && t->demand.kind[j] == kind)
                sum += fmax(0, t->Y[i * t->demand.n + j]);
    return sum;
}

static leie_size sector_of(const leie_table *t, const char *region, const char *code)
{
    for (leie_size i = 0; i < t->sector.n; i++)
        if (in_region(&t->sector, i, region) && fits(code, t->sector.code[i]))
            return i;
    check_true(false);
    return 0;
}

// ---- values of the result ----

static double edit(const walked *w, const char *name, const char *intervention)
{
    char where[96];
    snprintf(where, sizeof where, "intervention=%s", intervention);
    return result_value(&w->ds, name, where);
}

// What a scenario changes in an account of Flanders.
static double change(const walked *w, const char *name, const char *scenario, const char *rest)
{
    char now[160], before[160];
    snprintf(now, sizeof now, "scenario=%s|region=BE-VLG|%s", scenario, rest);
    snprintf(before, sizeof before, "scenario=baseline|region=BE-VLG|%s", rest);
    return result_value(&w->ds, name, now) - result_value(&w->ds, name, before);
}

static double multiplier(const walked *w, const char *sector)
{
    char where[96];
    snprintf(where, sizeof where, "scenario=baseline|stressor=co2|sector=%s", sector);
    return result_value(&w->ds, "multiplier", where);
}

// A rise and a fall of an intervention.
static void check_moved(const walked *w, const char *intervention, double in, double out)
{
    check_close(edit(w, "edit_money_in", intervention), in, 1e-12, 1e-9);
    check_close(edit(w, "edit_money_out", intervention), out, 1e-12, 1e-9);
}

static bool walk(walked *w, const char *scenarios, const char *name)
{
    char study[512], set[700], file[512];
    snprintf(study, sizeof study, "%s/../../datasets/scenarios/study.yaml", check_cases());
    snprintf(file, sizeof file, "%s", write_text(check_folder(), "walk.yaml", scenarios));
    snprintf(set, sizeof set, "scenarios=%s|accounts={by: [category, multiplier]}|backcast=~", file);
    result_run(&w->ds, study, path_in(check_folder(), name), set);
    result_assemble(&w->study, &w->t, study, 2011, NULL);
    return check_size(w->t.sector.n, 560);
}

static void leave(walked *w)
{
    leie_dataset_clear(&w->ds);
    leie_table_clear(&w->t);
    leie_study_clear(&w->study);
}

// ---- tests ----

static void check_cells(const walked *w)
{
    const leie_table *t = &w->t;
    double metals = inputs(t, NULL, "c12", "c13", 0), y = bought(t, "BE-VLG", "c3", "BE-VLG", LEIE_DEMAND_HOUSEHOLD);
    check_moved(w, "scale_a/a", 0, 0.1 * metals);
    check_near(edit(w, "edit_inputs", "scale_a/a"), -0.1 * metals, 1e-12);
    leie_size power = sector_of(t, "BE-VLG", "c17"), co2 = leie_labels_find(&t->stressor, "co2");
    check_near(change(w, "D_pba", "scale_s", "stressor=co2"), (0.9 * 0.9 - 1) * t->F[co2 * t->sector.n + power] + 0.001 * t->x[power], 1e-9);
    check_near(edit(w, "edit_spending", "set_y/a"), 1000 - y, 1e-12);
    check_near(change(w, "D_cba", "set_y", "stressor=co2"), (1000 - y) * multiplier(w, "BE-VLG/c3"), 1e-9);
    check_near(change(w, "D_cba", "add_y", "stressor=co2"), 50 * multiplier(w, "BE-VLG/c3"), 1e-9);
    check_moved(w, "add_y/a", 50, 0);
    check_moved(w, "add_a/a", 10, 0);
    check_near(edit(w, "edit_inputs", "add_a/a"), 10, 1e-12);
    check_near(edit(w, "edit_clipped_money", "clipped/a"), 1e6 - y, 1e-12);
    check_moved(w, "clipped/a", 0, y);
    check_near(change(w, "D_cba", "clipped", "stressor=co2"), -y * multiplier(w, "BE-VLG/c3"), 1e-9);
}

static void check_moves(const walked *w)
{
    const leie_table *t = &w->t;
    double plastics = inputs(t, NULL, "c9", "c10", '-'), minerals = inputs(t, NULL, "c11", "c18", 0), appliances = bought(t, NULL, "c14", "BE-VLG", LEIE_DEMAND_HOUSEHOLD);
    double both = appliances + bought(t, NULL, "c15", "BE-VLG", LEIE_DEMAND_HOUSEHOLD), chips = inputs(t, "CHN", "c14", NULL, 0);
    check_moved(w, "substitute/a", 0.3 * 0.88 * plastics, 0.3 * plastics);
    check_near(edit(w, "edit_inputs", "substitute/a"), -0.3 * 0.12 * plastics, 1e-9);
    check_near(edit(w, "edit_bound", "substitute/b"), 5 / (0.3 * minerals), 1e-12);
    check_moved(w, "substitute/b", 5, 5);
    check_moved(w, "shift/a", 0.1 * both, 0.1 * both);
    check_near(change(w, "final_demand", "shift", "category=households"), -0.1 * both, 1e-9);
    check_near(change(w, "final_demand", "shift", "category=gfcf"), 0.1 * both, 1e-9);
    check_moved(w, "trade/a", 0.5 * chips, 0.5 * chips);
    check_close(edit(w, "edit_inputs", "trade/a"), 0, 0, 1e-9);
    check_moved(w, "lifetime/a", 0.4 * 0.1 * appliances, 0.1 * appliances);
    check_moved(w, "displace/a", 0.03 * appliances, 0.06 * appliances);
    double exports = bought(t, "BE-VLG", "c16", "ROW", LEIE_DEMAND_HOUSEHOLD) + bought(t, "BE-VLG", "c16", "ROW", LEIE_DEMAND_GFCF);
    check_true(exports > 1);
    check_moved(w, "cap/a", exports - 1, exports - 1);
    check_near(change(w, "D_exp", "cap", "stressor=co2") < 0, 1, 0);
    check_close(change(w, "final_demand", "cap", "category=households"), 0, 0, 0);
}

static void check_wholes(const walked *w)
{
    const leie_table *t = &w->t;
    double food = bought(t, NULL, "c3", "BE-VLG", LEIE_DEMAND_HOUSEHOLD), own = bought(t, "BE-VLG", "c3", "BE-VLG", LEIE_DEMAND_HOUSEHOLD);
    double metals = inputs(t, NULL, "c12", "c13", 0);
    const char *households = "stressor=co2|category=households";
    char where[120];
    snprintf(where, sizeof where, "scenario=baseline|region=BE-VLG|%s", households);
    check_near(change(w, "footprint_category", "demand", households), 0.155 * result_value(&w->ds, "footprint_category", where), 1e-9);
    // a new sector without buyers leaves every bit; with them it sells, buys and emits
    const leie_var *D = leie_dataset_find(&w->ds, "D_cba"), *scenario = leie_dataset_find(&w->ds, "scenario");
    if (!check_true(D && scenario))
        return;
    leie_size each = D->count / scenario->count, idle = 0;
    while (idle < scenario->count && strcmp(scenario->text[idle], "idle") != 0)
        idle++;
    check_true(memcmp(D->number, D->number + idle * each, (size_t)each * sizeof(double)) == 0);
    check_near(change(w, "D_cba", "process", "stressor=co2"), 0.1 * own * (0.05 + 0.2 * multiplier(w, "BE-VLG/c17") - multiplier(w, "BE-VLG/c3")), 1e-8);
    // 80 % of what was saved is spent again
    check_near(edit(w, "edit_spending", "rebound/a"), -0.1 * food, 1e-12);
    check_near(edit(w, "edit_spending", "rebound/b"), 0.08 * food, 1e-9);
    check_near(change(w, "final_demand", "rebound", "category=households"), -0.02 * food, 1e-6);
    check_true(result_value(&w->ds, "effect_rebound", "scenario=rebound|region=BE-VLG|stressor=co2") > 0);
    check_true(isnan(result_value(&w->ds, "effect_rebound", "scenario=shift|region=BE-VLG|stressor=co2")));
    // repairs: value added takes what inputs leave; or the other inputs do
    check_near(edit(w, "edit_inputs", "balance/a"), -0.2 * metals, 1e-12);
    double world = 0;
    for (leie_size r = 0; r < t->sector.region.n; r++)
        for (int side = 0; side < 2; side++) {
            char at[120];
            snprintf(at, sizeof at, "scenario=%s|region=%s|stressor=value_added", side ? "balance" : "baseline", t->sector.region.code[r]);
            world += (side ? 1 : -1) * result_value(&w->ds, "D_pba", at);
        }
    check_close(world, 0, 0, 1e-2); // of 69 million
    check_near(edit(w, "edit_inputs", "inputs/b"), 0.2 * metals, 1e-9);
}

static void check_selections(const walked *w)
{
    double own = inputs(&w->t, NULL, "c18", NULL, '+'), others = inputs(&w->t, NULL, "c18", NULL, '-');
    check_moved(w, "cells/a", 0, 0.1 * own);
    check_moved(w, "cells/b", 0, 0.1 * others);
    // the second sees what the first left; the other way round 5 less are bought
    check_near(result_value(&w->ds, "effect_order", "scenario=order|region=BE-VLG|stressor=co2"), -5 * multiplier(w, "BE-VLG/c3"), 1e-8);
    check_close(result_value(&w->ds, "effect_order", "scenario=cells|region=BE-VLG|stressor=co2"), 0, 0, 1e-9);
    check_close(change(w, "D_cba", "derived/1", "stressor=co2"), 0, 0, 0);
    check_near(change(w, "D_cba", "derived/3", "stressor=co2"), change(w, "D_cba", "scale_a", "stressor=co2"), 1e-12);
    check_near(change(w, "D_cba", "derived/4", "stressor=co2") / change(w, "D_cba", "derived/3", "stressor=co2"), 2, 0.01);
}

static void test_operators(void)
{
    walked w = {0};
    char text[sizeof first_part + sizeof second_part];
    snprintf(text, sizeof text, "%s%s", first_part, second_part);
    if (walk(&w, text, "walk.nc")) {
        check_cells(&w);
        check_moves(&w);
        check_wholes(&w);
        check_selections(&w);
    }
    leave(&w);
}

/* Paths of the four kinds; sectors of a group of a concordance; drivers of projections. */
static void test_paths(void)
{
    static const char paths[] =
        "leie: 1\n"
        "drivers: [{operator: demand, cols: {regions: BE-VLG}, population: 1.05}]\n"
        "scenarios:\n"
        "  - {scenario: linear, years: [2011, 2015], interventions: [{operator: scale, matrix: S, rows: co2, cols: {regions: BE-VLG}, kt: -0.5,\n"
        "     path: {type: linear, from: 2011, to: 2031}}]}\n"
        "  - {scenario: curve, years: [2015, 2021], interventions: [{operator: scale, matrix: S, rows: co2, cols: {regions: BE-VLG}, kt: -0.5,\n"
        "     path: {type: s_curve, from: 2011, to: 2031}}]}\n"
        "  - {scenario: step, years: [2015, 2021], interventions: [{operator: scale, matrix: S, rows: co2, cols: {regions: BE-VLG}, kt: -0.5, path: {type: step, from: 2020}}]}\n"
        "  - {scenario: table, years: [2015], interventions: [{operator: scale, matrix: S, rows: co2, cols: {regions: BE-VLG}, kt: -0.5,\n"
        "     path: {type: table, values: {2011: 0.1, 2021: 0.6}}}]}\n";
    static const struct {
        const char *scenario;
        int year;
        double share;
    } expected[] = {{"linear", 2011, 0}, {"linear", 2015, 0.2}, {"curve", 2021, 0.5}, {"step", 2015, 0}, {"step", 2021, 1}, {"table", 2015, 0.3}};
    walked w = {0};
    if (walk(&w, paths, "paths.nc"))
        for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
            char rest[64], where[120];
            snprintf(rest, sizeof rest, "year=%d|stressor=co2", expected[i].year);
            snprintf(where, sizeof where, "scenario=baseline|region=BE-VLG|%s", rest);
            double base = result_value(&w.ds, "D_pba", where);
            check_close(change(&w, "D_pba", expected[i].scenario, rest), -0.5 * expected[i].share * base, 1e-9, 0);
        }
    double table = result_value(&w.ds, "D_cba", "scenario=baseline|region=BE-VLG|year=2011|stressor=co2");
    check_near(result_value(&w.ds, "D_cba", "scenario=baseline|region=BE-VLG|year=2015|stressor=co2"), 1.05 * table, 1e-12);
    double early = change(&w, "D_pba", "curve", "year=2015|stressor=co2"), late = result_value(&w.ds, "D_pba", "scenario=baseline|region=BE-VLG|year=2015|stressor=co2");
    check_true(early < 0 && early > -0.5 * 0.2 * late); // below the line before the middle
    leave(&w);
}

CHECK_SUITE(operators, {"operators", test_operators, NULL}, {"paths", test_paths, NULL})
