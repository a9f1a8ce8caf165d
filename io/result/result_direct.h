/* Direct flows by industry, product and category in a result. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_DIRECT_H
#define LEIE_IO_RESULT_RESULT_DIRECT_H

#include "io/result/result.h"

/* Adds to a dataset that has its axes, for computed years with direct flows, in 1000 t:
 *
 *   dmi_sector, dmc_sector, ptb_sector    (scenario, year, region, material, sector) own sectors of the region only
 *   dmi_product, dmc_product, ptb_product (scenario, year, region, material, product)
 *   dmi_category                          (scenario, year, region, material, category)
 *   imports_unspread, exports_unspread    (scenario, year, region, material) tonnes that no industry could be found for
 *
 * Errors: LEIE_ERR_NOMEM. */
leie_status leie_result_add_direct(leie_dataset *ds, const leie_flow_accounts *a, leie_size years, const leie_year *year,
                                   const leie_account_regions *q, leie_error *err);

#endif
