/* The non-zero cells of a stretch of dense ones: what makes products and stores skip zeros. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_SQUEEZE_H
#define LEIE_KERNELS_SQUEEZE_H

#include "kernels/status.h"

enum {
    LEIE_SQUEEZE_MAX = 256,                  // cells at a time
    LEIE_SQUEEZE_ROOM = LEIE_SQUEEZE_MAX + 8 // entries of val and col: whole registers are written
};

/* val[t], col[t] = value and position (from `first`) of the cells z [n] that are not zero, NaN included, in their
 * order; returns their number. Same result on any processor. Cost: one read of z. */
leie_size leie_squeeze(double *val, leie_index *col, const double *z, leie_size n, leie_index first);

/* The same by a plain loop. */
leie_size leie_squeeze_ref(double *val, leie_index *col, const double *z, leie_size n, leie_index first);

#endif
