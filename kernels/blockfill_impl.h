/* What the files that fill block stores share. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKFILL_IMPL_H
#define LEIE_KERNELS_BLOCKFILL_IMPL_H

#include "kernels/blockstore.h"
#include "kernels/condense.h"

enum { LEIE_BLOCK_LINE = 64 }; // entries to which a block is rounded up, and one to spare for what is written ahead

/* A store being filled. */
typedef struct leie_filling {
    leie_blockstore *b;
    const leie_survey *survey;
    const leie_matrix *Z;
    const double *scale;
    leie_size widest;
    unsigned char *work; // [workers, work_bytes] of dense pieces
    leie_size work_bytes, piece; // of them, where a dense piece of sparse Z begins; 0 for none
    leie_size full_from; // per cent of cells from which a block keeps all
    leie_size *next; // [workers, n + parts] where the next cell of a block (sparse, transposed: an output) goes
} leie_filling;

static inline leie_size leie_block_rounded(leie_size entries)
{
    return (entries / LEIE_BLOCK_LINE + 1) * LEIE_BLOCK_LINE;
}

/* Sectors of the widest part. Errors: LEIE_ERR_LIMIT. */
leie_status leie_filling_widest(leie_size *widest, leie_size parts, const leie_size *first, leie_error *err);

/* Room for where blocks lie and for what they count. */
leie_status leie_filling_room(leie_blockstore *b, leie_size parts, const leie_size *first, leie_error *err);

/* Entries of a block with so many cells that are not zero; all of it is kept from full_from per cent. */
leie_size leie_block_entries(const leie_blockstore *b, leie_size full_from, leie_size out, leie_size in, leie_size cells);

/* Block (out, in) of so many cells, whose room is known, from a piece. Of f the store, work and full_from are needed. */
void leie_filling_block(const leie_filling *f, leie_size out, leie_size in, leie_size cells, leie_piece from, int worker);

#endif
