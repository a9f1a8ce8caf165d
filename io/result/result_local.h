/* Local accounts in a result: dimensions place, stock, port, port_flow, port_material. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_RESULT_LOCAL_H
#define LEIE_IO_RESULT_RESULT_LOCAL_H

#include "io/result/measure.h"

/* Adds the variables of local accounts; nothing when the sample year has none. stressor: those of the result.
 * Errors: LEIE_ERR_DATA for years with different places, stocks, ports or materials. */
leie_status leie_result_add_local(leie_dataset *ds, leie_size years, const leie_year *year, const leie_year *sample,
                                  const leie_labels *stressor, const leie_measures *m, leie_error *err);

#endif
