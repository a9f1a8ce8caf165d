/* Direct flows in tonnes by industry, product and category: extraction of the table's extension, and traded
 * tonnes of the material flow accounts spread over users in proportion to money.
 *
 *   u[r, o, p, m]  tonnes of material m in imports of product p by region r from o, per unit of their money
 *   IMP[m, j]      sum over o, p of u[r, o, p, m] V[o, p, j]      V: imports of p from o that j of r uses, in money
 *   EXP[m, i]      sum over o of e[r, o, p, m] v[o, i]            v: exports to o of sector i, which makes p
 *   DMI = DE + IMP        DMC = DMI - EXP        PTB = IMP - EXP
 *
 * o is a region with flows of its own, or all others together. u and e are set up from the baseline (tonnes of the flows
 * over money of the table, or given unit values) and then applied to any table on the same axes: under a scenario
 * extraction follows output, and imports and exports follow their money. An account region of several table regions
 * leaves out trade among them; since both sides of such trade have the same unit value, DMC and PTB of the members add up
 * to those of the group in every scenario, and DMI does not.
 *
 * What a column in no footprint (an export of a national table) buys of another region is an import and an export of the
 * column's region. Such re-exports have no industry and stand in `unspread` too.
 *
 * Tonnes without a product, of a product that the table lacks or does not trade with such a partner, are not spread: they
 * stay in `unspread`, whatever the scenario, and belong to the totals.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_DIRECT_H
#define LEIE_SOLVER_ACCOUNT_DIRECT_H

#include "solver/account/accounts.h"
#include "solver/account/unit_value.h"
#include "solver/build/aggregate.h"
#include "solver/table/flows.h"

/* Unit values of one year. Partners are pools: 0 for all regions without flows of their own (and partners that the table
 * lacks), one for each region with flows. */
typedef struct leie_unit_values {
    leie_size R, regions, pools, P, M; // R of the table; regions that some account takes in
    leie_index *slot; // [R] place among these, -1 for none
    leie_index *pool; // [R]
    double *imp, *exp;  // [regions, pools, P, M] t per unit of money, NaN where the material is not known apart
    double *unspread;   // [regions, 2, pools, M] t of imports and of exports
    bool *has;          // [regions, 2] physical imports, exports
} leie_unit_values;

typedef struct leie_direct {
    leie_size q, n, P, C, M;
    double *de_sector;    // [M, n]
    double *de_category;  // [q, M, C] direct extraction by final demand
    double *imp_sector;   // [q, M, n] by industry that uses them
    double *exp_sector;   // [q, M, n] by industry that makes them
    double *imp_category; // [q, M, C]
    double *imp_product;  // [q, M, P]
    double *exp_product;  // [q, M, P]
    double *unspread;     // [q, 2, M]
} leie_direct;

/* What unit values are made of: flows (may be NULL) of the year, products of the flows as products of the table
 * where their codes differ (products may be NULL), and published unit values (may be NULL) for products without
 * flows. */
typedef struct leie_direct_source {
    const leie_flows *flows;
    const leie_concordance *products;
    const leie_unit_value_list *given;
    const leie_materials *material;
} leie_direct_source;

/* Errors: LEIE_ERR_NOMEM; u is empty then. Cost: one pass over Z per region, 2 regions pools P M doubles. */
LEIE_API leie_status leie_unit_values_make(leie_unit_values *u, const leie_direct_source *source, int year,
                                           const leie_table *t, const leie_account_regions *q,
                                           const leie_labels *product, leie_error *err);
LEIE_API void leie_unit_values_clear(leie_unit_values *u);

/* The direct flows of table t, which has the axes that u was made with. factor [k, M] and given [M] say what the
 * stressors are among the materials (leie_material_map_factors); product and category are the labels of the
 * accounts. Where a region, or a member of a group, has no physical trade its arrays are missing (NaN), not zero. */
LEIE_API leie_status leie_direct_make(leie_direct *d, const leie_unit_values *u, const leie_materials *m,
                                      const double *factor, const bool *given, const leie_table *t,
                                      const leie_account_regions *q, const leie_labels *product,
                                      const leie_labels *category, leie_error *err);
LEIE_API void leie_direct_clear(leie_direct *d);

#endif
