/* Accounts by another list of products:
 *
 *   D'[q, s, b] = sum over a of D[q, s, a] w[a, b]        sum over b of w[a, b] = 1
 *
 * for every breakdown by product bought (D_cba, D_imp); all other arrays stay. So a table with parts of a sector, or with
 * 64 products, is reported by the parents or by 21 sections, and adds up to the same totals.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_ACCOUNT_REGROUP_H
#define LEIE_SOLVER_ACCOUNT_REGROUP_H

#include "solver/account/accounts.h"
#include "solver/build/aggregate.h"

/* Replaces the products of a. A product that the concordance does not name stays as it is; *stayed counts these.
 * Errors: LEIE_ERR_DATA for weights of a product that do not sum to one (1e-9), or a concordance none of whose
 * products are there; LEIE_ERR_NOMEM. a is then unchanged. */
LEIE_API leie_status leie_accounts_regroup(leie_accounts *a, const leie_concordance *c, leie_size *stayed,
                                           leie_error *err);

#endif
