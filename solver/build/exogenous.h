/* Regions and sectors taken out of the system, with their trade moved to a named rest. K kept, R removed:
 *
 *   Z* = Z_KK    x* = x_K    Y* = [Y_KK, E]    W* = [W_K; M]    F* = [F_K; M]    F_Y* = [F_YK, M_Y]
 *
 *   E[i, rest of i's region] = sum over j in R of Z[i, j] + sum over columns f of removed regions of Y[i, f]
 *   M[rest, j] = sum over i in R of Z[i, j]        M_Y[rest, f] = sum over i in R of Y[i, f]
 *
 * What is sold to the rest is a final-demand column of kind export, one per region: it counts in x and in no footprint. What
 * is bought from it is a primary input (where the table has some), so that columns stay complete, and a stressor of the
 * extension "trade": its footprint is what a final demand needs of the rest, directly and through others. Rows and columns
 * add up to the same x as before. What happens in the rest is left out: its pressures are none of this system's.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BUILD_EXOGENOUS_H
#define LEIE_SOLVER_BUILD_EXOGENOUS_H

#include "solver/table/table.h"

typedef struct leie_exogenous {
    leie_size regions, sectors;
    char **region; // [regions] codes of regions that leave, with their final demand
    char **sector; // [sectors] codes of sectors that leave in every region that has them
    char *rest;    // code of the category, the primary input and the stressor that stand for them
} leie_exogenous;

/* The lists may overlap. Goods in another unit than the table's money are bought in a stressor per unit ("REST [t]") and in
 * no primary input. The provenance notes what was moved, what stayed inside the rest, and which pressures were left out.
 * Errors: LEIE_ERR_DATA (a code that the table does not have, with the nearest; nothing left of the table or of a region; a
 * category or stressor of that code is there), LEIE_ERR_NOMEM; t is then unchanged. Cost: one read of Z. */
LEIE_API leie_status leie_table_remove(leie_table *t, const leie_exogenous *remove, leie_error *err);

#endif
