/* Axes of tables and results as dimensions of a dataset. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_AXES_H
#define LEIE_IO_RESULT_AXES_H

#include "io/result/dataset.h"

/* A text variable over one dimension of n labels; a NULL among the texts counts as "". */
leie_status leie_dataset_texts(leie_dataset *ds, const char *name, const char *dim, leie_size n, char *const *text,
                               const char *long_name, leie_error *err);

/* A dimension whose coordinate is "region/code", with <dim>_region, <dim>_code and <dim>_name beside it.
 * noun is what one item is: "sector". */
leie_status leie_dataset_axis(leie_dataset *ds, const char *dim, const char *noun, const leie_axis *axis,
                              leie_error *err);

#endif
