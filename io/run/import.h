/* A table of a study into Leie's table file. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_IMPORT_H
#define LEIE_IO_RUN_IMPORT_H

#include "io/run/run.h"
#include "io/write/write_netcdf_table.h"

typedef struct leie_import_opts {
    const char *output; // the file
    bool raw;           // the table as published: no extension, aggregation or nest
    leie_table_form form; // layout of Z
    bool compress;
    bool force;         // write it again although nothing has changed
} leie_import_opts;

/* Reads the table of one year and writes it. *same is set, and nothing read or written, when the file that
 * is there came from the same files, options and version of the program. t receives the table, empty when
 * *same. Errors: those of the readers and of leie_write_netcdf_table. */
LEIE_API leie_status leie_import(leie_table *t, bool *same, const leie_study *study, int year,
                                 const leie_import_opts *opts, const leie_watch *watch, leie_error *err);

#endif
