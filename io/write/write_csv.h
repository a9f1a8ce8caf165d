/* A table as Leie's CSV folder: table.yaml, regions.csv, sectors.csv, categories.csv, stressors.csv,
 * Z.csv.gz, Y.csv.gz, x.csv, W.csv, F_<name>.csv.gz, F_Y_<name>.csv.gz. Numbers are written with the
 * shortest text that reads back to the same value; reading the folder gives the same table. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_CSV_H
#define LEIE_IO_WRITE_WRITE_CSV_H

#include "solver/leie.h"

/* digits: significant digits, 0 for the shortest exact text. The folder is created; files that are
 * already there are replaced one by one through temporary files. Same table, same bytes. */
LEIE_API leie_status leie_write_csv_table(const char *folder, const leie_table *t, int digits, leie_error *err);

#endif
