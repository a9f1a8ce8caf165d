/* A dense piece of Z as cells of a block store: what is not zero, as f32 high and low parts with positions. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_CONDENSE_H
#define LEIE_KERNELS_CONDENSE_H

#include "kernels/status.h"

typedef struct leie_piece {
    const double *z; // [rows, columns] of Z, leading dimension ld
    leie_size ld, rows, columns;
    const double *scale; // [columns]
    bool turned;         // outputs are columns, not rows
    bool all;            // zeros are kept too
    const struct leie_piece *next; // fetched from memory meanwhile; NULL for nothing
} leie_piece;

/* Where the cells go, output after output; no byte beyond them is written. */
typedef struct leie_cells_f32 {
    float *high, *low;    // a = z scale = high + low; low NULL: not wanted
    unsigned char *index; // positions of the inputs in the piece: bytes, or 16-bit numbers
    bool byte;
    uint16_t *count;      // [outputs]
} leie_cells_f32;

/* Bytes of work for pieces of so many inputs, 64-byte aligned. */
leie_size leie_condense_bytes(leie_size inputs);

/* Cells whose a is not zero, NaN included, or all, in the order of outputs and then inputs; returns their number. Same bytes on
 * any processor. Cost: one read of the piece. */
leie_size leie_condense(const leie_cells_f32 *to, const leie_piece *from, void *work);

/* The same by plain loops. */
leie_size leie_condense_ref(const leie_cells_f32 *to, const leie_piece *from);

#endif
