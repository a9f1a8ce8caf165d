// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/balance/ras.h"

#include "solver/balance/balance_impl.h"
#include "solver/balance/gras.h"

// On cells that are not negative the equations of GRAS are those of RAS, to the last bit.
leie_status leie_ras(leie_csr *a, const leie_margins *m, const leie_balance_opts *opt, leie_balance_info *info,
                     leie_error *err)
{
    char row[LEIE_LINE_NAME], col[LEIE_LINE_NAME];
    for (leie_size i = 0; i < a->rows; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            if (a->val[c] < 0 && !(m->fixed && m->fixed[c]))
                return leie_fail(err, LEIE_ERR_DATA,
                                 "RAS needs cells that are not negative: %s, %s is %.10g (GRAS takes it)",
                                 leie_line_name(row, m, LEIE_LINE_ROW, i),
                                 leie_line_name(col, m, LEIE_LINE_COL, a->col[c]), a->val[c]);
    return leie_gras(a, m, opt, info, err);
}
