/* What the loops over a line of numbers share: bytes of a block as bits, and which fields are more than a zero. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_NUMBERS_IMPL_H
#define LEIE_KERNELS_NUMBERS_IMPL_H

#include "kernels/numbers.h"
#include "kernels/powers.h"

#define LEIE_INLINE static inline __attribute__((always_inline))

// Bytes of a block of 64, as bits.
typedef struct leie_marks {
    uint64_t separator, zero, mark;
} leie_marks;

// Bit 0: the last byte of the block before.
typedef struct leie_marks_before {
    uint64_t separator, zero, mark, second;
} leie_marks_before;

// The end of a line behind `left` bytes of a block ends its last field.
LEIE_INLINE void leie_marks_close(leie_marks *m, leie_size left)
{
    m->separator &= ((uint64_t)1 << left) - 1;
    m->separator |= (uint64_t)1 << left;
}

/* Separators behind fields that are neither "0" nor "0.0": a zero behind a separator, ... and a separator. A mask moved
 * by one byte takes in the last byte of the block before. */
LEIE_INLINE uint64_t leie_marks_ends(const leie_marks *m, leie_marks_before *b)
{
    uint64_t zero = m->zero & (m->separator << 1 | b->separator); // "0"
    uint64_t mark = m->mark & (zero << 1 | b->zero);              // "0."
    uint64_t second = m->zero & (mark << 1 | b->mark);            // "0.0"
    uint64_t ends = m->separator & ~(zero << 1 | b->zero | second << 1 | b->second);
    *b = (leie_marks_before){m->separator >> 63, zero >> 63, mark >> 63, second >> 63};
    return ends;
}

/* One field of any form; false when it is no number: *found says so. */
bool leie_numbers_field(double *value, leie_size field, const char *at, leie_size size, const leie_numbers_form *form,
                        leie_numbers_found *found);

/* leie_numbers_read with AVX-512, for lines of less than 2^32 bytes; false from _can where the processor is another. */
bool leie_numbers_batch_can(void);
bool leie_numbers_read_batch(double *value, leie_size count, const char *text, leie_size size,
                             const leie_numbers_form *form, leie_numbers_found *found);

#endif
