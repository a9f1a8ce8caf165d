/* What `leie balance` reads: a prior, the totals it is moved to, and what is known about its cells.
 *
 *   prior          row,col,value        or wide: any other header is the columns' labels, with row labels in front
 *   totals         label,value[,sd]     lines that are not listed are free; sd: standard error, 0 exact
 *   blocks         block,row,col,value[,sd]    a set of cells from any number of records; value (and
 *                                       sd) in one of them, blank in the others
 *   fixed          row,col[,value]      cells that stay, at their prior or at the value
 *   bounds         row,col[,lower][,upper]     blank: no bound
 *   reliability    row,col,sd or relative      standard error, or its share of the cell: one of the two
 *
 * In the last four, row and col are a label, `*` for all, or a beginning and `*` (BE*); later records win.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_BALANCE_H
#define LEIE_IO_READ_READ_BALANCE_H

#include "solver/leie.h"

typedef struct leie_balance_files {
    const char *prior, *row_totals, *col_totals;       // paths; totals may be NULL
    const char *blocks, *fixed, *bounds, *reliability; // NULL for none
} leie_balance_files;

typedef struct leie_balance_input {
    leie_labels row, col;
    leie_csr prior;                                  // without its zeros
    double *row_total, *col_total, *row_sd, *col_sd; // NULL when there is no file; NaN: free
    leie_blocks block;
    bool *fixed;           // [nnz] NULL when there is no file
    double *lower, *upper; // [nnz]
    double *variance;      // [nnz]
    leie_margins margins;  // of all this; borrows it
} leie_balance_input;

/* Reads the files into a zero struct, which must not move while its margins are used. Errors: those of csv.h,
 * with path, line and column; LEIE_ERR_DATA (unknown label, a cell or total that is given twice, a selection
 * without cells, a cell without a reliability); nothing is left to clear then. */
LEIE_API leie_status leie_read_balance(leie_balance_input *in, const leie_balance_files *files, leie_error *err);
LEIE_API void leie_balance_input_clear(leie_balance_input *in);

/* The supply-use form: prior table,row,col,value and totals table,label,value, with table = use, supply or
 * imports. Totals of use are by user (with imports), of supply by industry; imports has one, for all. */
typedef struct leie_sut_input {
    leie_labels product, user, industry;
    leie_csr use, imports, supply;
    double *user_total, *output; // NaN: free
    leie_sut_prior prior;        // borrows the tables; no imports when the file has none
    leie_sut_totals totals;
} leie_sut_input;

LEIE_API leie_status leie_read_sut_prior(leie_sut_input *in, const char *prior, const char *totals, leie_error *err);
LEIE_API void leie_sut_input_clear(leie_sut_input *in);

#endif
