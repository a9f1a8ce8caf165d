/* How a stock model is tied to a table: the files of the key `stocks` of a study.
 *
 *   durables     product,region,rows,columns,value,unit[,share,source]
 *                rows: sectors that sell the product, separated by blanks; columns: kinds or codes of final demand of the
 *                region. value: mass per money (t/EUR), money per mass (EUR/t), or another unit of the product per money
 *                (m2/EUR). No region: every region in which the stock model has the product
 *   intensities  product,material,value,unit[,region,source]: mass of the material per mass or unit of the product; a
 *                product without a row holds one material, itself
 *   recovery     material,secondary,collection,sorting,yield[,product,region,share,capacity,unit,stressor,source]
 *   replace      secondary,users,ratio[,region,rows,stressor,price,unit,to_region,to,to_price,to_unit,share,most,source]
 *                users: sectors of the region, blanks between; rows: sectors whose sales to them are replaced (of any
 *                region), or stressor: extraction by the users themselves
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_STOCK_LINKS_H
#define LEIE_IO_MFA_STOCK_LINKS_H

#include "io/mfa/stock_study.h"
#include "solver/mfa/loop.h"

typedef struct leie_stock_links {
    leie_size durables, recoveries, replacements;
    leie_durable *durable;         // [durables]
    leie_recovery *recovery;       // [recoveries]
    leie_replacement *replacement; // [replacements]
    leie_labels secondary;
    leie_size loose;               // items of the stock model that no durable puts into stock
    leie_provenance provenance;
} leie_stock_links;

/* Reads the links of a stock model to a table of one year. Errors: LEIE_ERR_DATA with path, line, column and the nearest
 * known label (a product, region, sector, column, material or stressor that is not there, shares above one, an item
 * without intensity, cells replaced twice), LEIE_ERR_UNIT for units that do not fit. */
leie_status leie_stock_links_read(leie_stock_links *links, const leie_study_stocks *study, const leie_stock_study *model,
                                  const leie_stock_data *data, const leie_table *t, leie_error *err);
void leie_stock_links_clear(leie_stock_links *links);

#endif
