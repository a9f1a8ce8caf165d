/* Rows of a matrix summed over groups of columns, such as what a sector sells to each region:
 *
 *   T[i, g] += sum over j with of[j] = g of m[i, j]
 *
 * T [rows, groups], of [cols] ascending; each sum in the order of columns. Blocks of a table file are added where they lie
 * (blocked.h), without making rows of them; cells they keep apart come last. Same bytes at any thread count.
 * Cost: one read of m on all threads. Work: for blocks one part for each thread. Errors: LEIE_ERR_NOMEM.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_GROUP_SUMS_H
#define LEIE_KERNELS_GROUP_SUMS_H

#include "kernels/matrix.h"

leie_status leie_matrix_group_sums(double *T, const leie_matrix *m, leie_size groups, const leie_index *of, leie_error *err);

#endif
