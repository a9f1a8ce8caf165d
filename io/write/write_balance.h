/* A balanced table and the report on it as a folder: balanced.csv, report.csv.
 *
 *   balanced.csv  [table,]row,col,value         cells that are not zero
 *   report.csv    item,row,col,target,before,after,error
 *
 * Items of the report: row, column, block (every total), change (the cells that moved most), and single
 * figures in `after`: iterations, converged, error, sum, wape, emptied, turned, at_bound, objective, and
 * the extreme multipliers r_least, r_most, s_least, ... with the line they belong to.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_BALANCE_H
#define LEIE_IO_WRITE_WRITE_BALANCE_H

#include "solver/leie.h"

typedef struct leie_balanced_part {
    const char *table; // "use", NULL when there is one table
    const leie_csr *a;
    const leie_labels *row, *col;
} leie_balanced_part;

/* The folder is created when it is not there; the files are replaced one by one, each in one step.
 * Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, LEIE_ERR_DATA (an infinite value). */
LEIE_API leie_status leie_write_balance(const char *folder, const leie_balanced_part *part, int parts,
                                        const leie_balance_report *report, const leie_margins *m, leie_error *err);

#endif
