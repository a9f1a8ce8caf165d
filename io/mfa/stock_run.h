/* A stock study in, a dataset and its NetCDF file out: inflow, outflow, stock and net addition by item and
 * year, on request the stock by cohort. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_STOCK_RUN_H
#define LEIE_IO_MFA_STOCK_RUN_H

#include "io/mfa/stock_study.h"
#include "io/result/dataset.h"

typedef struct leie_stock_info {
    leie_size items, years, scaled; // scaled: (item, year) pairs in which a stock fell faster than lifetimes allow
    double gap;                     // largest |S(t) - S(t-1) - I(t) + O(t)| / S, over items and years
} leie_stock_info;

/* Dataset of a study:  dimensions item, year (and cohort),
 *   inflow(item, year) outflow stock net_addition, stock_by_cohort(item, year, cohort), years_scaled(item),
 *   hibernating(item, year) demolished abandoned, when the study has ends of life
 * Errors: those of leie_stock_data_read and leie_stocks_make. */
LEIE_API leie_status leie_stock_run(leie_dataset *ds, const leie_stock_study *study, leie_stock_info *info,
                                    leie_error *err);

/* Its two halves: the stocks of data that was read, and the dataset of these. */
leie_status leie_stock_compute(leie_stocks *s, const leie_stock_data *data, const leie_stock_study *study, leie_error *err);
leie_status leie_stock_dataset(leie_dataset *ds, const leie_stock_study *study, const leie_stock_data *data, const leie_stocks *s,
                               leie_error *err);

#endif
