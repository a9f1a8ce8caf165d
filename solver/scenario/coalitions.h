/* Which sets of interventions are evaluated for a scenario, and with which weights they count in what. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_SCENARIO_COALITIONS_H
#define LEIE_SOLVER_SCENARIO_COALITIONS_H

#include "solver/scenario/scenario.h"

typedef enum leie_coalition_kind {
    LEIE_COALITION_NONE,    // the drivers alone
    LEIE_COALITION_ALL,
    LEIE_COALITION_REVERSE, // all, in reverse order
    LEIE_COALITION_CALM,    // all without rebound
    LEIE_COALITION_SET,     // one of the sets of an exact attribution, or one intervention alone
    LEIE_COALITION_ORDER    // the first so many of a random order
} leie_coalition_kind;

typedef struct leie_coalitions {
    leie_size interventions, players, n;
    leie_size *player;         // [players] positions among the interventions
    leie_coalition_kind *kind; // [n]
    bool *on;                  // [n, interventions]
    leie_size *added;          // [n] ORDER: the player that joined last
    bool exact, sampled, alone;
} leie_coalitions;

/* Lists the sets for a scenario. drivers: whether the year is a projection with drivers. */
leie_status leie_coalitions_make(leie_coalitions *c, const leie_scenarios *set, const leie_scenario *scenario, bool drivers,
                                 leie_error *err);
void leie_coalitions_clear(leie_coalitions *c);

/* Shapley weight of a set of t players out of p in the share of a player in it (joins) or not. */
double leie_shapley_weight(leie_size p, leie_size t, bool member);

#endif
