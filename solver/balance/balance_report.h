/* What balancing did: every total with its target, before and after, and the cells that moved most. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_BALANCE_BALANCE_REPORT_H
#define LEIE_SOLVER_BALANCE_BALANCE_REPORT_H

#include "solver/balance/balance.h"

typedef struct leie_balance_total {
    leie_line kind;
    leie_size at; // which row, column or block
    double target, before, after;
    double error; // |after - target| / max(|target|, sum of |cells| of the line)
} leie_balance_total;

typedef struct leie_balance_change {
    leie_size row, col;
    double before, after;
} leie_balance_change;

enum { LEIE_CHANGES_KEPT = 20 };

typedef struct leie_balance_report {
    leie_balance_info info;
    double before, after; // sum of all cells
    double wape;          // 100 sum |x - a| / sum |a|, 0 for an empty table
    double error;         // largest error of a total, summed anew
    leie_size emptied;    // cells that became zero
    leie_size turned;     // cells that changed sign
    leie_size totals;
    leie_balance_total *total; // [totals] rows, columns, blocks that have one
    leie_size changes;
    leie_balance_change change[LEIE_CHANGES_KEPT]; // largest |x - a| first
} leie_balance_report;

/* before [nnz]: the values that `after` had. info may be NULL. LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_balance_report_make(leie_balance_report *report, const leie_csr *after, const double *before,
                                              const leie_margins *m, const leie_balance_info *info, leie_error *err);
LEIE_API void leie_balance_report_clear(leie_balance_report *report);

#endif
