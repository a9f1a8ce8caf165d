/* A table as Leie's CSV folder: table.yaml, regions.csv, sectors.csv, categories.csv, stressors.csv,
 * Z.csv.gz, Y.csv.gz, x.csv, W.csv, F_<name>.csv.gz, F_Y_<name>.csv.gz. Numbers are written with the
 * shortest text that reads back to the same value; reading the folder gives the same table. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_CSV_H
#define LEIE_IO_WRITE_WRITE_CSV_H

#include "solver/leie.h"

/* digits: significant digits, 0 for the shortest exact text. The folder is created; files of the table
 * that are already there are replaced one by one through temporary files (write, fsync, rename, and fsync
 * of the folder at the end). Same table, same bytes.
 *
 * Cells that are zero are left out, but for one cell of a row or column that would vanish with its label.
 * Reading gives extensions in order of their names, and each region's final-demand columns in order of
 * categories.csv.
 *
 * Errors: LEIE_ERR_OUTPUT with path and reason, also for a file of another table in the folder that would
 * be read with this one (Z.csv beside Z.csv.gz, a W.csv or F_<name>.csv that this table does not have):
 * nothing is written then; LEIE_ERR_DATA (a number that is not finite, a category of different kinds, an
 * extension whose name cannot be part of a file name); LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_write_csv_table(const char *folder, const leie_table *t, int digits, leie_error *err);

/* Imported use of the same table beside it, as Zm.csv.gz and Ym.csv.gz in the form of Z and Y: row i is what is
 * imported of the product group of sector i. Zm [n, n], Ym [n, m]. Errors as above. */
LEIE_API leie_status leie_write_csv_imports(const char *folder, const leie_table *t, const leie_matrix *Zm,
                                            const double *Ym, int digits, leie_error *err);

#endif
