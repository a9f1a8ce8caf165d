/* What deflate would gain on numbers: full numbers shrink by a seventh at 40 MB/s, which costs more than it saves; numbers with
 * many zeros or repeated ones shrink to a tenth. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_GAIN_H
#define LEIE_IO_RESULT_GAIN_H

#include "kernels/status.h"

enum { LEIE_GAIN_LEAST = 25 }; // per cent that must be gained

/* Per cent by which n numbers, shuffled byte by byte as HDF5 does, shrink: of all of them when they are few, else of stretches
 * that are spread over them, so that it depends on the numbers alone. Cost: at most 64 kB deflated, 2 ms. Errors:
 * LEIE_ERR_NOMEM. */
leie_status leie_gain_of(int *percent, const double *number, leie_size n, leie_error *err);

#endif
