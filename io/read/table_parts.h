/* What the readers of the parts of a table file share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_TABLE_PARTS_H
#define LEIE_IO_READ_TABLE_PARTS_H

#include "io/result/dataset.h"
#include "io/result/mapped.h"
#include "solver/table/table.h"

/* A variable of a type over the named dimensions, written "(sector, buyer)". Errors: LEIE_ERR_DATA. */
leie_status leie_table_var(leie_var **v, const leie_dataset *ds, const char *name, leie_var_type type, const char *shape,
                           leie_error *err);

/* Takes the values of a variable (one of its arrays, items of that size) out of the dataset, or copies those that are
 * lent, by all threads. Errors: LEIE_ERR_NOMEM. */
leie_status leie_table_take(void **to, leie_var *v, void **values, size_t item, leie_error *err);

/* Z_start, Z_column and Z_value as compressed rows; none when they are not there. Errors: LEIE_ERR_DATA, LEIE_ERR_NOMEM. */
leie_status leie_table_rows(leie_csr *to, const leie_dataset *ds, leie_size n, leie_error *err);

/* The layout block: arrays that are lent stay in the file, which is taken over and emptied then. */
leie_status leie_table_blocks(leie_matrix *Z, const leie_dataset *ds, const leie_axis *axis, leie_mapped *mapped,
                              leie_error *err);

/* The layout single, as f64, with a note of what was rounded. */
leie_status leie_table_single(leie_table *t, const leie_dataset *ds, leie_error *err);

#endif
