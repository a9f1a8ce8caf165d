/* GRAS: totals of rows and columns, for tables with negative cells (mrgras.h without blocks).
 *
 *   A = P - N      x_ij = r_i p_ij s_j - n_ij / (r_i s_j)
 *
 * Junius and Oosterhaven (2003), Economic Systems Research 15(1), 87-96, with the objective of Lenzen, Wood
 * and Gallego (2007), ESR 19(4), 461-465.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_GRAS_H
#define LEIE_SOLVER_BALANCE_GRAS_H

#include "solver/balance/balance.h"

/* As leie_mrgras. Blocks in m are LEIE_ERR_USAGE. */
LEIE_API leie_status leie_gras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt,
                               leie_balance_info *info, leie_error *err);

#endif
