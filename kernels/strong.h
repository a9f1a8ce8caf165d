/* Strong components of a square pattern: rows that reach each other along cells. Taken as blocks they make the matrix
 * block triangular: sectors of one block need each other, directly or by way of others.
 *
 * Tarjan (1972), SIAM J. Comput. 1(2), 146-160, without recursion.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_STRONG_H
#define LEIE_KERNELS_STRONG_H

#include "kernels/csr.h"
#include "kernels/status.h"

typedef struct leie_strong {
    leie_size n, blocks;
    leie_index *of;    // [n] the block of a row; a block comes before those that have cells in its columns
    leie_size *size;   // [blocks] rows
    leie_size *inside; // [blocks] cells of these rows in columns of the same block
} leie_strong;

/* Cost: O(n + nnz). Memory while it works: 4 n + n integers. Errors: LEIE_ERR_NOMEM; nothing is held then. */
leie_status leie_strong_new(leie_strong *s, const leie_csr *a, leie_error *err);
void leie_strong_free(leie_strong *s);

#endif
