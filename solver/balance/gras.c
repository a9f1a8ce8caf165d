// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/gras.h"

#include "solver/balance/mrgras.h"

leie_status leie_gras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt, leie_balance_info *info,
                      leie_error *err)
{
    if (m->block && m->block->n > 0)
        return leie_fail(err, LEIE_ERR_USAGE, "GRAS knows totals of rows and columns only: %lld blocks need MR-GRAS",
                         (long long)m->block->n);
    return leie_mrgras(a, m, opt, info, err);
}
