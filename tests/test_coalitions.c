// SPDX-License-Identifier: GPL-3.0-or-later
/* Order-free shares of more interventions than are taken in all sets: sampled, with their error, beside the exact ones. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "io/leie_io.h"
#include "solver/scenario/coalitions.h"
#include "solver/scenario/outcome.h"
#include "tests/check.h"
#include "tests/results.h"
#include "tests/write_files.h"

enum { PLAYERS = LEIE_SHAPLEY_EXACT + 1, SETS = 1 << PLAYERS };

static const char *circular(void)
{
    return path_in(check_cases(), "circular/study.yaml");
}

// Measures that meet in the same cells, so that their order counts.
static int write_players(char *text, size_t room)
{
    static const char *const what[PLAYERS] = {
        "{operator: scale, matrix: A, rows: {regions: reg1}, cols: {regions: reg1}, kt: -0.3}",
        "{operator: scale, matrix: A, rows: {regions: reg2}, cols: {regions: reg1}, kt: -0.4}",
        "{operator: substitute, rows: {regions: reg2, sectors: s1}, cols: {regions: reg1}, share: 0.5, price: 0.8, to: {regions: reg1, sectors: s2}}",
        "{operator: shift, rows: s1, cols: {regions: reg1}, share: 0.4, price: 0.5, to: {regions: same, sectors: s3}}",
        "{operator: scale, matrix: S, rows: e1, cols: {sectors: s1}, kt: -0.5}",
        "{operator: scale, matrix: S, rows: e1, cols: {regions: reg1}, kt: -0.3}",
        "{operator: demand, cols: {regions: reg1}, per_head: 0.8}",
        "{operator: rebound, cols: {regions: reg1}, share: 0.7}",
        "{operator: trade, matrix: Y, rows: {regions: reg2, sectors: s2}, cols: {regions: reg1}, share: 0.6, to: {regions: reg1, sectors: same}}"};
    int used = snprintf(text, room, "leie: 1\nscenarios:\n");
    for (int p = 0; p < PLAYERS; p++)
        used += snprintf(text + used, room - (size_t)used, "  - {scenario: p%d, attribution: none, interventions: [%s]}\n", p, what[p]);
    return used;
}

// The players of a set, by inheritance.
static int write_set(char *text, size_t room, const char *code, unsigned set, const char *attribution)
{
    int used = snprintf(text, room, "  - {scenario: %s, attribution: %s, base: [", code, attribution);
    for (int p = 0; p < PLAYERS; p++)
        used += set >> p & 1 ? snprintf(text + used, room - (size_t)used, "p%d, ", p) : 0;
    return used + snprintf(text + used, room - (size_t)used, "]}\n");
}

/* Nine interventions: sampled shares add up to the total and lie near those over all 512 sets, as their errors say. */
static void test_sampled(void)
{
    static char text[65536];
    static double value[SETS];
    leie_dataset ds = {0};
    char output[512], assign[600], where[128];
    size_t used = (size_t)write_players(text, sizeof text);
    for (unsigned set = 1; set < SETS; set++) {
        char code[16];
        snprintf(code, sizeof code, "set%u", set);
        used += (size_t)write_set(text + used, sizeof text - used, code, set, "none");
    }
    write_set(text + used, sizeof text - used, "all", SETS - 1, "shapley");
    snprintf(assign, sizeof assign, "scenarios=%s", write_text(check_folder(), "players.yaml", text));
    snprintf(output, sizeof output, "%s", path_in(check_folder(), "players.nc"));
    result_run(&ds, circular(), output, assign);
    double base = result_value(&ds, "D_cba", "scenario=baseline|region=reg1|stressor=e1");
    for (unsigned set = 1; set < SETS; set++) {
        snprintf(where, sizeof where, "scenario=set%u|region=reg1|stressor=e1", set);
        value[set] = result_value(&ds, "D_cba", where) - base;
    }
    double sum = 0, distance = 0, errors = 0;
    for (int p = 0; p < PLAYERS; p++) {
        double exact = 0;
        for (unsigned set = 0; set < SETS; set++)
            exact += leie_shapley_weight(PLAYERS, __builtin_popcount(set), set >> p & 1) * value[set];
        snprintf(where, sizeof where, p ? "intervention=all/1 (%d)|region=reg1|stressor=e1" : "intervention=all/1|region=reg1|stressor=e1", p + 1);
        double share = result_value(&ds, "effect_share", where), error = result_value(&ds, "effect_share_error", where);
        check_true(fabs(share - exact) <= 4 * error + 1e-12);
        distance += fabs(share - exact);
        errors += error;
        sum += share;
    }
    check_near(sum, value[SETS - 1], 1e-12);
    check_true(errors > 1e-6 && errors < 0.05 * fabs(value[SETS - 1]));
    check_true(distance > 0.1 * errors); // an error that is far too wide says nothing
    leie_dataset_clear(&ds);
}

/* Eight interventions are taken in all sets, nine are not; weights are those of Shapley. */
static void test_exact(void)
{
    leie_intervention intervention[9] = {0};
    leie_size position[9];
    leie_error err = {0};
    for (int i = 0; i < 9; i++) {
        intervention[i].op = LEIE_OP_SCALE;
        position[i] = i;
    }
    leie_scenarios set = {.interventions = 9, .intervention = intervention};
    for (int players = 1; players <= 9; players++) {
        leie_scenario s = {.interventions = players, .intervention = position, .attribution = LEIE_ATTRIBUTE_SHAPLEY};
        leie_coalitions c;
        leie_size sets = 0;
        if (!check_ok(leie_coalitions_make(&c, &set, &s, false, &err), &err))
            return;
        check_true(c.exact == (players <= 8) && c.sampled == (players > 8));
        for (leie_size i = 0; i < c.n; i++)
            sets += c.kind[i] == LEIE_COALITION_SET;
        check_size(sets, players > 8 ? players : (1 << players) - 2);
        leie_coalitions_clear(&c);
    }
    check_near(leie_shapley_weight(4, 2, true), 1.0 / 12, 1e-15); // 1! 2! / 4!
    check_near(leie_shapley_weight(4, 1, true), 0.25, 1e-15);
    check_near(leie_shapley_weight(4, 4, true), 0.25, 1e-15);
    check_near(leie_shapley_weight(4, 2, false), -1.0 / 12, 1e-15); // 2! 1! / 4!
    check_near(leie_shapley_weight(4, 0, false), -0.25, 1e-15);
    check_near(leie_shapley_weight(8, 3, true), 1.0 / 168, 1e-15); // 2! 5! / 8!
}

/* Orders are permutations in pairs with their mirror images, and depend on the number of players alone. */
static void test_orders(void)
{
    leie_intervention intervention[PLAYERS] = {0};
    leie_size position[PLAYERS];
    leie_coalitions a, b;
    leie_error err = {0};
    for (int i = 0; i < PLAYERS; i++) {
        intervention[i].op = LEIE_OP_SCALE;
        position[i] = i;
    }
    leie_scenarios set = {.interventions = PLAYERS, .intervention = intervention};
    leie_scenario s = {.interventions = PLAYERS, .intervention = position, .attribution = LEIE_ATTRIBUTE_SHAPLEY};
    if (!check_ok(leie_coalitions_make(&a, &set, &s, false, &err), &err) || !check_ok(leie_coalitions_make(&b, &set, &s, false, &err), &err))
        return;
    check_true(a.sampled && !a.exact);
    leie_size first = 0, orders = 0, same = 0, counted[PLAYERS] = {0};
    while (a.kind[first] != LEIE_COALITION_ORDER)
        first++;
    check_size(a.n - first, 2 * LEIE_SHAPLEY_PAIRS * PLAYERS);
    for (leie_size at = first; at < a.n; at += PLAYERS, orders++) {
        unsigned seen = 0;
        for (leie_size t = 0; t < PLAYERS; t++) {
            seen |= 1u << a.added[at + t];
            check_size(a.added[at + t], b.added[at + t]);
            if (orders % 2) // the mirror image of the one before
                check_size(a.added[at + t], a.added[at - 1 - t]);
            same += at > first && a.added[at + t] == a.added[first + t];
        }
        counted[a.added[at]]++;
        check_size(seen, SETS - 1);
    }
    check_size(orders, 2 * LEIE_SHAPLEY_PAIRS);
    check_true(same < 4 * 2 * LEIE_SHAPLEY_PAIRS); // about one in nine by chance
    static const int drawn[] = {8, 1, 5, 2, 4, 3, 0, 7, 6}; // published shares hang on it
    for (int t = 0; t < PLAYERS; t++)
        check_size(a.added[first + t], drawn[t]);
    leie_size fixed = 0; // players in their own place: one in nine of each
    for (leie_size at = first; at < a.n; at += PLAYERS)
        for (leie_size t = 0; t < PLAYERS; t++)
            fixed += a.added[at + t] == t;
    check_true(fixed > 2 * LEIE_SHAPLEY_PAIRS / 2 && fixed < 2 * LEIE_SHAPLEY_PAIRS * 2);
    for (int p = 0; p < PLAYERS; p++)
        check_true(counted[p] > 0);
    leie_coalitions_clear(&a);
    leie_coalitions_clear(&b);
}

CHECK_SUITE(coalitions, {"orders", test_orders, NULL}, {"exact", test_exact, NULL}, {"sampled shares", test_sampled, NULL})
