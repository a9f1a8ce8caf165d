/* What the files about matrices in blocks share: parts, blocks and their cells. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKED_IMPL_H
#define LEIE_KERNELS_BLOCKED_IMPL_H

#include "kernels/blocked.h"

static inline leie_size leie_blocked_size(const leie_blocked *b, leie_size p)
{
    return b->store.first[p + 1] - b->store.first[p];
}

static inline leie_size leie_blocked_part(const leie_blocked *b, leie_size i)
{
    leie_size low = 0, high = b->store.parts;
    while (high - low > 1) {
        leie_size middle = low + (high - low) / 2;
        if (b->store.first[middle] <= i)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A block of the store: cells of its outputs one after another. */
typedef struct leie_block {
    leie_size outputs, inputs;
    const uint16_t *count; // [outputs]
    const float *high, *low;
    const unsigned char *index;
    bool byte;
} leie_block;

static inline leie_block leie_block_at(const leie_blockstore *s, leie_size out, leie_size in)
{
    leie_size at = out * s->parts + in, outputs = s->first[out + 1] - s->first[out];
    leie_size inputs = s->first[in + 1] - s->first[in];
    return (leie_block){.outputs = outputs,
                        .inputs = inputs,
                        .count = s->count + s->first[out] * s->parts + in * outputs,
                        .high = s->high + s->start[at],
                        .low = s->low ? s->low + s->start[at] : NULL,
                        .index = s->index + s->place[at],
                        .byte = leie_blockstore_byte(inputs)};
}

static inline leie_size leie_block_cells(const leie_block *k)
{
    leie_size cells = 0;
    for (leie_size o = 0; o < k->outputs; o++)
        cells += k->count[o];
    return cells;
}

static inline leie_size leie_block_position(const leie_block *k, leie_size t)
{
    return k->byte ? k->index[t] : ((const uint16_t *)(const void *)k->index)[t];
}

static inline double leie_block_cell(const leie_block *k, leie_size t)
{
    return (double)k->high[t] + (k->low ? (double)k->low[t] : 0);
}

static inline double leie_blocked_undo(const leie_blocked *b, leie_size j)
{
    return b->scale[j] != 0 ? 1 / b->scale[j] : 0;
}

#endif
