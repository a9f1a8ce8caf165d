/* A square matrix in blocks (blocked.h) from its rows as they arrive, part by part: nothing else is kept of it. Cells and
 * arrays are, bit by bit, those of leie_blocked_new of the whole matrix, dense.
 *
 * Memory: the blocks, and the rows of one part; addresses for every cell of Z, 9 to 10 bytes each, of which what is
 * filled takes memory: where a block begins in a file is not known before all blocks in front of it are filled, so each output
 * part begins where it would if all cells before were used. In small pages: huge ones would be half empty, and where memory went
 * back to the host of a virtual machine they come at a third of the speed.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKGROW_H
#define LEIE_KERNELS_BLOCKGROW_H

#include "kernels/blocked.h"

typedef struct leie_blockgrow leie_blockgrow;

/* Blocks of A = Z diag(scale), in parts that end at first [parts + 1]; both are copied. transposed as for blockstore.h. Errors:
 * LEIE_ERR_NOMEM, LEIE_ERR_LIMIT (a part too wide). */
leie_status leie_blockgrow_new(leie_blockgrow **g, const double *scale, leie_size parts, const leie_size *first, bool transposed,
                               leie_error *err);

/* Row i as values [n]. Rows ascend; those that are left out are zero. *unfit: the row is not behind the last one, or a cell of A
 * is no finite f32, and nothing that is here is good any more. Errors: LEIE_ERR_NOMEM. */
leie_status leie_blockgrow_row(leie_blockgrow *g, bool *unfit, leie_size i, const double *values, leie_error *err);

/* The matrix as it is; g is freed, in any case. Errors: LEIE_ERR_NOMEM. */
leie_status leie_blockgrow_finish(leie_blocked **b, leie_blockgrow *g, leie_error *err);

/* Accepts NULL, returns NULL. */
leie_blockgrow *leie_blockgrow_free(leie_blockgrow *g);

#endif
