/* What the writers of the parts of a table file share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_TABLE_WRITER_H
#define LEIE_IO_WRITE_TABLE_WRITER_H

#include "io/result/dataset.h"
#include "io/write/write_netcdf_table.h"
#include "kernels/blocked.h"

typedef struct leie_table_writer {
    leie_dataset ds;
    const leie_table *t;
    leie_table_form form;
    bool compress;
    char money[128]; // unit of money for other programs, "1" when sectors differ or UDUNITS has none
    double *packed;  // a dense Z without the ends of its rows
    float *single;   // Z as f32
    leie_matrix blocks; // Z in blocks, when it was not
} leie_table_writer;

leie_status leie_table_dim(leie_table_writer *w, const char *name, leie_size n, leie_error *err);

/* A variable that the dataset borrows, with the SHA-256 of its values; in units of money. */
leie_status leie_table_put_array(leie_table_writer *w, const char *name, const char *dims, const char *units,
                                 const char *long_name, double *number, int32_t *narrow, leie_error *err);
leie_status leie_table_put_money(leie_table_writer *w, const char *name, const char *dims, const char *long_name,
                                 double *number, leie_error *err);

/* Z_start, Z_column and Z_value. */
leie_status leie_table_put_rows(leie_table_writer *w, const leie_csr *Z, leie_error *err);

/* The layouts block and single of write_netcdf_table.h. */
leie_status leie_table_put_blocks(leie_table_writer *w, leie_error *err);
leie_status leie_table_put_single(leie_table_writer *w, leie_error *err);

#endif
