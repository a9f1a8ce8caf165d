/* What the readers of balancing share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_BALANCE_IMPL_H
#define LEIE_IO_READ_READ_BALANCE_IMPL_H

#include "io/read/lookup.h"
#include "io/read/read_balance.h"
#include "io/read/records.h"

/* Position of the label in column c, added when it is new. */
leie_status leie_balance_label(leie_index *at, leie_labels *labels, const leie_csv *csv, leie_size c, leie_error *err);

/* CSR of cells in any order, zeros left out; a cell that comes twice is named. */
leie_status leie_balance_csr(leie_csr *a, const leie_labels *row, const leie_labels *col, leie_cells *cells,
                             const char *path, leie_error *err);

/* The number in column c; *given is false for a blank field or c = -1. */
leie_status leie_balance_optional(double *value, bool *given, const leie_csv *csv, leie_size c, leie_error *err);

/* One NaN per label. NULL when out of memory. */
double *leie_balance_free_totals(leie_size n);

/* Takes the records of the file at a path. */
leie_status leie_balance_records(const char *path, const leie_record_file *file, void *ctx, leie_error *err);

/* Blocks, fixed cells, bounds and reliabilities, where there are files. */
leie_status leie_read_balance_cells(leie_balance_input *in, const leie_balance_files *files, leie_error *err);

#endif
