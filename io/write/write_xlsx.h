/* Tables and results as workbooks (.xlsx), by libxlsxwriter: a sheet README first, then one sheet per table or variable.
 *
 * Limits, all refused before anything is written: a sheet has at most 1,048,576 rows and 16,384 columns, a workbook at most
 * LEIE_XLSX_CELLS cells with a number other than zero (spreadsheets open no more), a text 32,767 characters. Numbers
 * keep 16 significant digits: the format's own limit; CSV and NetCDF keep all. Zero cells of Z, Y, W, F and F_Y stay blank. Same table, same
 * bytes: the date in the file is a fixed one. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_XLSX_H
#define LEIE_IO_WRITE_WRITE_XLSX_H

#include "io/result/dataset.h"
#include "solver/leie.h"

enum { LEIE_XLSX_CELLS = 20000000 };

/* Sheets: README, regions, sectors, categories, stressors, Z, Y, x, W, and F_<name> and F_Y_<name> for each extension. Memory: a few rows
 * for large tables. Errors: LEIE_ERR_LIMIT (with the sheet and what it would need), LEIE_ERR_DATA (a number that is not
 * finite), LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_write_xlsx_table(const char *path, const leie_table *t, leie_error *err);

/* A sheet per variable of a result: its last dimension lies across when there are two or more, else there is a line per value;
 * units stand in a column of their own, or under the labels that they belong to. Missing values are blank. */
LEIE_API leie_status leie_write_xlsx_result(const char *path, const leie_dataset *ds, leie_error *err);

#endif
