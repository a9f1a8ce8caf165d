/* RAS: totals of rows and columns, for tables without negative cells.
 *
 *   x_ij = r_i a_ij s_j      r_i = u_i / sum_j a_ij s_j      s_j = v_j / sum_i r_i a_ij
 *
 * the least sum of x ln(x / a). Stone (1961); Bacharach (1970). */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_RAS_H
#define LEIE_SOLVER_BALANCE_RAS_H

#include "solver/balance/balance.h"

/* As leie_gras. A negative cell that is not fixed is LEIE_ERR_DATA, by its labels. */
LEIE_API leie_status leie_ras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt, leie_balance_info *info,
                              leie_error *err);

#endif
