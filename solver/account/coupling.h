/* A small region f inside a world w: footprints of the region's final demand without solving the world for each
 * change in the region.
 *
 *   A = [Aff Afw; Awf Aww]     y = [yf; yw] final demand of the region, from itself and from the world
 *
 *   one-way      xf = Lff yf,  D = Sf xf + Mw (Awf xf + yw),  Mw = Sw Lww        the world buys nothing for it
 *   Schur        xf = (I - Aff - Afw Lww Awf)^-1 (yf + Afw Lww yw),  D = Sf xf + Mw (Awf xf + yw)   exact
 *   monolithic   D = S (I - A)^-1 y                                              exact
 *
 * One-way needs one transposed solve per stressor on the world, Schur n_f solves more: both are done once for all
 * scenarios of the region. How large the feedback is that one-way leaves out is measured, not assumed.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_COUPLING_H
#define LEIE_SOLVER_ACCOUNT_COUPLING_H

#include "solver/linear/linsys.h"
#include "solver/table/table.h"

typedef enum leie_coupling { LEIE_COUPLING_MONOLITHIC, LEIE_COUPLING_SCHUR, LEIE_COUPLING_ONE_WAY } leie_coupling;

/* "monolithic", "schur", "one_way"; a negative number for another word. */
LEIE_API int leie_coupling_find(const char *name);
LEIE_API const char *leie_coupling_name(leie_coupling coupling);

/* D [k, R] footprints of the final demand of R regions (columns that count; without direct pressures), which together
 * are the small region f.
 *
 * x  [n]  output for the demand of all of them, may be NULL
 * multipliers [k, n_w] Mw over the sectors outside, may be NULL; monolithic leaves it
 *
 * Errors: LEIE_ERR_DATA (a region that the table does not have, or all of them), LEIE_ERR_SINGULAR, LEIE_ERR_CONVERGE,
 * LEIE_ERR_NOMEM. Memory: a copy of the blocks of Z. */
LEIE_API leie_status leie_coupling_footprint(double *D, double *x, double *multipliers, const leie_table *t,
                                             const leie_labels *regions, leie_coupling coupling,
                                             const leie_linsys_opts *opts, leie_error *err);

#endif
