/* A part of a dataset: one dimension cut to neighbouring positions, in every variable over it. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_CUT_H
#define LEIE_IO_RESULT_DATASET_CUT_H

#include "io/result/dataset.h"

/* Keeps n positions of a dimension, from `from` on; variables without values only change their count. The values are not
 * lent. Errors: LEIE_ERR_SHAPE (positions that there are not, none). */
LEIE_API leie_status leie_dataset_cut(leie_dataset *ds, leie_size dim, leie_size from, leie_size n,
                                      leie_error *err);

#endif
