/* Footprints by need of one year, as the study says. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RUN_NEED_FOOTPRINTS_H
#define LEIE_IO_RUN_NEED_FOOTPRINTS_H

#include "io/result/result.h"

/* Margins to the goods, then every list of the study. a has by_product_category and demand_product, which are
 * released. Notes go to the table's provenance. Errors: those of the readers and of needs.h. */
leie_status leie_need_footprints(leie_year *year, const leie_study *study, leie_error *err);

void leie_year_needs_clear(leie_year *year);

#endif
