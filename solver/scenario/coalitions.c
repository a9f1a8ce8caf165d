// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/coalitions.h"

#include "kernels/memory.h"
#include "kernels/random.h"
#include "solver/scenario/outcome.h"

enum { STREAM_ORDERS = 514 }; // beside those of sample.c; the orders depend on the number of players alone

static bool plays(const leie_scenarios *set, leie_size intervention)
{
    leie_operator op = set->intervention[intervention].op;
    return op != LEIE_OP_PROCESS && op != LEIE_OP_BALANCE;
}

double leie_shapley_weight(leie_size p, leie_size t, bool member)
{
    // member: (t - 1)! (p - t)! / p!    else: -t! (p - t - 1)! / p!
    leie_size before = member ? t - 1 : t;
    double weight = 1.0 / (double)p; // 1 / (p binomial(p - 1, before))
    for (leie_size i = 1; i <= before; i++)
        weight *= (double)i / (double)(p - i);
    return member ? weight : -weight;
}

static bool *append(leie_coalitions *c, leie_coalition_kind kind)
{
    c->kind[c->n] = kind;
    return c->on + c->n++ * c->interventions;
}

static void append_all(leie_coalitions *c, leie_coalition_kind kind)
{
    bool *on = append(c, kind);
    for (leie_size i = 0; i < c->interventions; i++)
        on[i] = true;
}

// All proper subsets of the players, or those of one player.
static void append_sets(leie_coalitions *c, bool all)
{
    for (leie_size mask = 1; mask + 1 < (leie_size)1 << (all ? c->players : 0); mask++) {
        bool *on = append(c, LEIE_COALITION_SET);
        for (leie_size p = 0; p < c->players; p++)
            on[c->player[p]] = mask >> p & 1;
    }
    for (leie_size p = 0; !all && p < c->players && c->players > 1; p++)
        append(c, LEIE_COALITION_SET)[c->player[p]] = true;
}

// Random orders and their mirror images: the sets of the first 1, 2, ... p - 1 players.
static void append_orders(leie_coalitions *c, leie_size *order)
{
    for (leie_size pair = 0; pair < LEIE_SHAPLEY_PAIRS; pair++) {
        const leie_random_stream s = {(uint64_t)c->players, STREAM_ORDERS, (uint32_t)pair};
        for (leie_size p = 0; p < c->players; p++)
            order[p] = p;
        for (leie_size p = c->players - 1; p > 0; p--) {
            leie_size other = (leie_size)(leie_random_word(&s, 0, p) % (uint32_t)(p + 1)), kept = order[p];
            order[p] = order[other];
            order[other] = kept;
        }
        for (int mirror = 0; mirror < 2; mirror++)
            for (leie_size t = 1; t <= c->players; t++) {
                leie_size at = c->n;
                bool *on = append(c, LEIE_COALITION_ORDER);
                for (leie_size p = 0; p < t; p++)
                    on[c->player[order[mirror ? c->players - 1 - p : p]]] = true;
                c->added[at] = c->player[order[mirror ? c->players - t : t - 1]];
            }
    }
}

leie_status leie_coalitions_make(leie_coalitions *c, const leie_scenarios *set, const leie_scenario *scenario, bool drivers,
                                 leie_error *err)
{
    leie_size I = scenario->interventions, rebounds = 0;
    *c = (leie_coalitions){.interventions = I, .player = leie_new(I + 1, sizeof *c->player)};
    for (leie_size i = 0; c->player && i < I; i++) {
        if (plays(set, scenario->intervention[i]))
            c->player[c->players++] = i;
        rebounds += set->intervention[scenario->intervention[i]].op == LEIE_OP_REBOUND;
    }
    bool explain = scenario->attribution != LEIE_ATTRIBUTE_NONE && c->players > 0;
    c->alone = explain;
    c->exact = explain && scenario->attribution == LEIE_ATTRIBUTE_SHAPLEY && c->players <= LEIE_SHAPLEY_EXACT;
    c->sampled = explain && scenario->attribution == LEIE_ATTRIBUTE_SHAPLEY && !c->exact;
    leie_size most = 4 + (c->exact ? (leie_size)1 << c->players : c->players) + (c->sampled ? 2 * LEIE_SHAPLEY_PAIRS * c->players : 0);
    c->kind = leie_new(most, sizeof *c->kind);
    c->on = leie_new(most * (I + 1), sizeof *c->on);
    c->added = leie_new(most, sizeof *c->added);
    leie_size *order = leie_new(c->players + 1, sizeof *order);
    if (!c->player || !c->kind || !c->on || !c->added || !order) {
        leie_free(order);
        leie_coalitions_clear(c);
        return leie_fail_memory(err, "sets of interventions", most * (I + 1), sizeof *c->on);
    }
    if (drivers)
        append(c, LEIE_COALITION_NONE);
    append_all(c, LEIE_COALITION_ALL);
    if (explain && c->players > 1)
        append_all(c, LEIE_COALITION_REVERSE);
    if (rebounds && explain) {
        bool *on = append(c, LEIE_COALITION_CALM);
        for (leie_size i = 0; i < I; i++)
            on[i] = set->intervention[scenario->intervention[i]].op != LEIE_OP_REBOUND;
    }
    if (explain)
        append_sets(c, c->exact);
    if (c->sampled)
        append_orders(c, order);
    leie_free(order);
    return LEIE_OK;
}

void leie_coalitions_clear(leie_coalitions *c)
{
    leie_free(c->player);
    leie_free(c->kind);
    leie_free(c->on);
    leie_free(c->added);
    *c = (leie_coalitions){0};
}
