/* What the numbers of a result are counted in: the units of its variables, and the one money of its years. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_MEASURE_H
#define LEIE_IO_RESULT_MEASURE_H

#include "io/result/result.h"

typedef enum leie_measure {
    LEIE_IN_MONEY,
    LEIE_IN_SECTOR,    // unit of what each sector sells
    LEIE_IN_STRESSOR,  // unit of each stressor
    LEIE_IN_INTENSITY, // the second per the first
    LEIE_MEASURES
} leie_measure;

/* Units of each measure in the spelling of the file. Where rows of one array have different units, units is "1"
 * and the attribute units_by names the variables that hold them. */
typedef struct leie_measures {
    char units[LEIE_MEASURES][160];
    const char *by[LEIE_MEASURES]; // NULL where units says it all
} leie_measures;

/* Units of the sectors of t and of the stressors of all years. Errors: LEIE_ERR_UNIT. */
leie_status leie_measures_of(leie_measures *m, const leie_table *t, const leie_labels *stressor, leie_error *err);

/* Unit of what sector i sells: its own or the table's. */
const char *leie_measure_sector(const leie_table *t, leie_size i);

/* All computed years in the currency, unit, valuation and system of the sample: else LEIE_ERR_UNIT. */
leie_status leie_money_same(leie_size years, const leie_year *year, const leie_year *sample, leie_error *err);

/* Whether an older result, from which years are taken, is in the money of t. */
bool leie_money_fits(const leie_dataset *old, const leie_table *t);

#endif
