/* One sector of a table cut into several parts, in one, some or all regions.
 *
 * A parent sector p of region r with output x_p becomes K parts with shares w[k] in its output:
 *
 *   x_k = w[k] x_p                                    sum over k: x_p
 *   Z[i, k] = Z[i, p] c[i, k]     columns             sum over k: Z[i, p]
 *   Z[k, j] = Z[p, j] s[k, j]     rows, Y likewise    sum over k: Z[p, j]
 *   F[f, k] = F[f, p] e[f, k]                         sum over k: F[f, p]
 *
 * c, s and e are shares from given weights, of the part's output where nothing is given. A coefficient a[i, k] fixes
 * Z[i, k] = a[i, k] x_k, and the other parts share what is left. Weights seldom agree with the outputs, so
 * columns and then rows are balanced by GRAS: each part buys (with primary inputs; where x is more than the column, the
 * rest is what purchases leave) w[k] of what the parent bought, and sells w[k] of what it sold. So every total of the parent is kept, and the
 * cells between other sectors are copied to the bit.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_DISAGGREGATE_H
#define LEIE_SOLVER_BUILD_DISAGGREGATE_H

#include "solver/table/table.h"

typedef enum leie_part_what {
    LEIE_PART_OUTPUT,      // share of the parent's output; sums to one over the parts
    LEIE_PART_ROW,         // weight of the part in what a buyer buys of the parent
    LEIE_PART_COLUMN,      // weight of the part in what the parent buys from a seller
    LEIE_PART_COEFFICIENT, // purchase from a seller per unit of the part's output
    LEIE_PART_EXTENSION,   // share of the parent's pressure; sums to one over the parts
    LEIE_PART_WHATS
} leie_part_what;

/* One weight. An empty text stands for all; the weight with the most exact place counts (item before region before
 * in). The weights of one place are relative to each other (inventories of two parts may move in opposite
 * directions, so they have signs), and a part without one there gets nothing; where they sum to 0 the shares of output
 * count. */
typedef struct leie_part_weight {
    leie_part_what what;
    leie_index part;
    char *in;     // region that is cut
    char *region; // of the buyer or seller
    char *item;   // buyer: sector or final-demand category; seller: sector or primary input; a stressor
    double value;
    leie_size line; // of the file, for messages
} leie_part_weight;

typedef struct leie_disaggregation {
    char *sector;      // the parent
    leie_labels part;  // K >= 2 codes and names
    leie_size regions; // 0: every region that has the parent
    char **region;     // [regions]
    char *path;        // of the weights, for messages
    leie_size weights, room;
    leie_part_weight *weight; // [weights]
    bool normalise;    // shares that do not sum to one are scaled, and noted; else they are refused
} leie_disaggregation;

/* "output", "row", "column", "coefficient", "extension"; find returns a negative number for anything else. */
LEIE_API const char *leie_part_what_name(leie_part_what what);
LEIE_API int leie_part_what_find(const char *name);

/* Appends a copy. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_disaggregation_add(leie_disaggregation *d, const leie_part_weight *weight, leie_error *err);
LEIE_API void leie_disaggregation_clear(leie_disaggregation *d);

/* Cuts the sector; the parts stand where it stood. The table has x. Notes tell shares, the largest move of the balances
 * by label, and shares that were scaled. In a table of several units columns are not balanced (they do not add up).
 * Errors: LEIE_ERR_DATA by label, with path and line of the weight: unknown parent, region, buyer, seller, stressor; a
 * code that is taken; a negative share; no share of output; shares that do not sum to one (1e-9); coefficients that
 * take more than there is; rows or columns that cannot meet their totals. LEIE_ERR_NOMEM. The table is then unchanged.
 * Cost: one pass over Z and a GRAS of K rows per region; memory: the cells of the new Z twice. */
LEIE_API leie_status leie_table_disaggregate(leie_table *t, const leie_disaggregation *d, leie_error *err);

#endif
