/* A country of a world table replaced by a table of its own: its regions, with their own sector lists.
 *
 *   P [i, j]   share of the country's product i in the world's product j       sum over j = 1
 *   m [f]      what foreign sector f sells to the country in the world table   M [j, u] = sum_i P[i, j] Zm[i, u]
 *   b [j, w]   what foreign user w buys from the country of product j
 *
 *   foreign f (of product j) to user u     M[j, u] m[f] / sum over f of j      (shares of suppliers)
 *   product i to foreign user w            sum_j e[i] P[i, j] b[j, w] / sum over w        (national totals)
 *                                          sum_j b[j, w] e[i] P[i, j] / sum over i        (world totals)
 *
 * Flows among other countries, their final demand, pressures and output are copied to the bit. One exception,
 * on demand: with re-exports rerouted what passed through the country goes from supplier to user directly.
 *
 * world totals     foreign sales to the country and foreign purchases from it stay what they were. The
 *                  country's output becomes (I - A_d)^-1 (Y e + exports), its columns and the world's imports
 *                  of each product are met by GRAS, domestic use and primary inputs give way.
 * national totals  the country's table stays as it is. What a foreign sector sells more or less to it is booked
 *                  in a column of kind discrepancy of that sector's region, what a foreign industry buys more
 *                  or less in an input row of that name: outputs abroad do not change.
 *
 * Christis, Geerken, Vercalsteren and Vrancken (2017), Economic Systems Research 29(1).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_EMBED_H
#define LEIE_SOLVER_BUILD_EMBED_H

#include "solver/balance/balance.h"
#include "solver/build/aggregate.h"
#include "solver/build/construct.h"

/* Whose totals hold where the two tables meet. */
typedef enum leie_totals { LEIE_TOTALS_WORLD, LEIE_TOTALS_NATIONAL } leie_totals;

/* Imports that are exported again: left out on both sides, sent from supplier to user past the country, or
 * kept in a transit sector of the country for each product. */
typedef enum leie_re_exports { LEIE_RE_EXPORTS_REMOVE, LEIE_RE_EXPORTS_REROUTE, LEIE_RE_EXPORTS_KEEP } leie_re_exports;

/* "world", "national"; "remove", "reroute", "keep"; a negative number for another word. */
LEIE_API int leie_totals_find(const char *name);
LEIE_API int leie_re_exports_find(const char *name);

/* Before the code of a product in that of its transit sector. */
#define LEIE_TRANSIT "transit "

typedef struct leie_embed {
    const char *country;
    const leie_concordance *sectors; // the country's list to the world's, weights sum to one
    const leie_concordance *back;    // the world's list to the country's, for pressures and for exports that the
                                     // country's table does not split; NULL: sectors, by output
    leie_size others;
    const leie_concordance *other; // [others] lists of countries that were nested before, to the world's: what they sell to this
                                   // country counts as the product that it mostly is
    leie_totals totals;
    leie_re_exports re_exports;
    bool end_use;           // shares of suppliers by intermediate use, consumption and capital
    const double *pressure; // [R, k] shares of the regions in each stressor; below 0: by output. NULL: all by output
    const double *direct;   // [R] shares of the regions in direct pressures of final demand; NULL: by final demand
    const double *known;    // [k, n] known pressures of the country's sectors, NaN for unknown; the rest of the
                            // national row goes to the others. NULL: none
    leie_balance_opts balance; // world totals; 0 for 1e-12 and 10000 sweeps
} leie_embed;

/* Replaces the country by the regions of c, at its place in the order of regions. c is read only; a column of final use
 * that is the only one of its kind takes the code that the world's columns of that kind have, if they share one. Its columns of
 * kind export are what leaves the country, Ym's columns of kind export are re-exports. Both tables must be in the
 * same money. Every figure that moved is in t->adjusted: steps "imports", "exports", "output", "concordance",
 * "re_exports", "balance", "discrepancy".
 *
 * Without W in the world table, one row "value_added" takes what x leaves over the columns of Z.
 *
 * Errors: LEIE_ERR_DATA (unknown country or region that is there already; a sector that the concordance loses or
 * doubles, or that the world does not have; a foreign sector that sells to the country and has no product there;
 * totals that cannot be met), LEIE_ERR_UNIT (other money), LEIE_ERR_SINGULAR, LEIE_ERR_CONVERGE, LEIE_ERR_NOMEM.
 * Cost: one pass over Z, J n (n_w + m_w) for exports; world totals: one LU of n and GRAS. Memory: the cells of
 * the new Z twice. */
LEIE_API leie_status leie_table_embed(leie_table *t, const leie_iot *c, const leie_embed *how, leie_error *err);

#endif
