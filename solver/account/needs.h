/* Footprints by what demand is for: need systems, work agendas, value chains, kinds of assets.
 *
 *   footprint[N] = sum over products p and categories c of w[p, c, N] D_cba[p, c]
 *
 * Weights come from rules (product, category) -> need; an empty product or category stands for every one, and of
 * the rules that fit only the most exact count: product and category, then product, then category, then neither.
 * Where weights of (p, c) sum to less than one the rest is "unassigned", the last need of a list. Lists may be
 * overlapping: the same demand in several needs, which therefore must not be added up, and no rest.
 *
 * Margins bring trade and transport to the good bought: purchases of product p in category c hold rate[p, x, c]
 * of margin product x per unit of money, which leaves x's own purchases in the same category, at most all of them.
 * The margin "tax" has no footprint and counts in money alone.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_NEEDS_H
#define LEIE_SOLVER_ACCOUNT_NEEDS_H

#include "solver/account/accounts.h"
#include "solver/build/aggregate.h"

typedef struct leie_need_rule {
    char *product, *category; // "" for every one
    leie_index need;
    double weight;
    leie_size line;
} leie_need_rule;

typedef struct leie_need_list {
    char *name;        // "need", "agenda", ...: the dimension of the result
    char *path;        // for messages
    bool overlapping;
    leie_labels need;  // code, name; "unassigned" is not among them
    leie_labels dutch; // the same codes with Dutch names, "" where there is none
    leie_size n, room;
    leie_need_rule *rule;
} leie_need_list;

LEIE_API leie_status leie_need_add(leie_need_list *list, const char *product, const char *category, const char *need,
                                   const char *name, const char *name_nl, double weight, leie_size line, leie_error *err);
LEIE_API void leie_need_list_clear(leie_need_list *list);

/* A margin of purchases: money of margin product per money of the good, at basic prices. */
typedef struct leie_trade_margin {
    char *product, *margin, *category; // category "" for every one; margin "tax" for taxes
    double rate;
    leie_size line;
} leie_trade_margin;

typedef struct leie_trade_margins {
    leie_size n, room;
    leie_trade_margin *item;
} leie_trade_margins;

LEIE_API leie_status leie_trade_margin_add(leie_trade_margins *m, const char *product, const char *margin, const char *category,
                                     double rate, leie_size line, leie_error *err);
LEIE_API void leie_trade_margins_clear(leie_trade_margins *m);

/* What margins did, summed over account regions. */
typedef struct leie_trade_margins_info {
    leie_size moved, short_of; // (region, margin product, category) moved, and those that had too little
    double money;              // moved
    leie_size unknown;         // rows whose product or margin the table lacks
} leie_trade_margins_info;

/* Moves margins to the goods in by_product_category and demand_product of accounts that have both. purchasers
 * [q, P, C] receives demand with margins and taxes. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_trade_margins_move(leie_accounts *a, double *purchasers, const leie_trade_margins *m,
                                       leie_trade_margins_info *info, leie_error *err);

/* weight [P, C, need.n + 1], the last being the rest. A product that no rule names has the weights of the products that it
 * stands for in `via`, if it is there (NULL: none): sum over links of link x weight. *unused counts rules that fit no product and category of the
 * accounts. Errors: LEIE_ERR_DATA for weights of one (product, category) above one in a list that does not
 * overlap, with the line; a negative weight or one above one. */
LEIE_API leie_status leie_need_weights(double *weight, leie_size *unused, const leie_need_list *list,
                                       const leie_concordance *via, const leie_labels *product, const leie_labels *category,
                                       leie_error *err);

/* by_need [q, N, k] and money [q, N] from weights and by_product_category [q, k, P, C] of the accounts; demand
 * [q, P, C]. N = need.n + 1. */
LEIE_API void leie_needs_weigh(double *by_need, double *money, leie_size N, const double *weight, const leie_accounts *a,
                               const double *demand);

#endif
