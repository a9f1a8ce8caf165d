/* Totals of another year for a supply-use table. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_UPDATE_H
#define LEIE_IO_READ_READ_UPDATE_H

#include "io/study/study.h"

/* region,account,item,year,value[,sd][,unit][,source]: the rows of one year. account = output, value_added, final, exports,
 * imports, trade; item = industry, category, product or region, blank for all. *total is the caller's to leie_free.
 * Errors: LEIE_ERR_DATA by line and label, also when the file has no row of the year. */
LEIE_API leie_status leie_read_totals(leie_account_total **total, leie_size *n, const leie_path *path, int year,
                                      const leie_sut *s, leie_provenance *p, leie_error *err);

/* Reads the totals of the nest's update and carries the table to that year. */
leie_status leie_update_sut(leie_sut *s, const leie_study_sut *spec, leie_error *err);

#endif
