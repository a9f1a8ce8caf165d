/* A supply-use table as Leie's folder of CSV files (read_sut.h reads it back), and the marks of a regional split. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITE_SUT_H
#define LEIE_IO_WRITE_WRITE_SUT_H

#include "solver/leie.h"

/* table.yaml, products.csv, industries.csv, categories.csv, supply.csv, use.csv, final.csv, inputs.csv, inputs_final.csv,
 * imports.csv, output.csv and F_<name>.csv, F_Y_<name>.csv. The folder is created; files of the same names are
 * replaced. Domestic use at basic prices carries the region of origin when the table has several. digits as in
 * write_csv.h; gzip packs the two large files, use.csv.gz and final.csv.gz.
 * Errors: LEIE_ERR_OUTPUT (a use.csv beside the use.csv.gz that is written, or the other way round), LEIE_ERR_DATA (a
 * number that is not finite), LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_write_sut(const char *folder, const leie_sut *s, int digits, bool gzip, leie_error *err);

/* marks.csv: part,region,code,to_region,to,mark,estimate,value,change,reliability  one row per cell that is not zero: whether
 * it was given, estimated or balanced, by how much balancing moved it, and its relative standard error. */
LEIE_API leie_status leie_write_marks(const char *folder, const leie_sut *s, const leie_split_info *info,
                                      leie_error *err);

/* adjustments.csv: step,region,code,before,after,unit,source. */
LEIE_API leie_status leie_write_adjustments(const char *folder, const leie_adjustments *list, leie_error *err);

#endif
