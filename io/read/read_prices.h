/* Price changes between two years: deflators by product and region, exchange rates apart. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_READ_PRICES_H
#define LEIE_IO_READ_READ_PRICES_H

#include "solver/table/table.h"

/* Price of what each sector sells in year `to` over year `from`, in the money of the table:
 *
 *   price_i = deflator_i(to) / deflator_i(from)  x  exchange_r(to) / exchange_r(from)
 *
 * deflators: region,product,year,value[,unit][,source][,note]; an empty region or product stands for all, the most
 * exact row counts (region and product, region, product, all). exchange: region,year,value[,...]: money of the table
 * per money of the region, an empty region for all; NULL where the deflators are in the money of the table already.
 * price [n of t]. Sectors without output need no row and have 1. Errors: LEIE_ERR_DATA (unknown labels, a value not
 * above zero, a repeated row, sectors with output that no row covers: how many and the first). */
LEIE_API leie_status leie_read_prices(double *price, const char *deflators, const char *exchange, int from, int to,
                                      const leie_table *t, leie_error *err);

#endif
