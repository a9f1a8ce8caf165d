/* Fletcher's sums of 32-bit words, to find damage at the speed of memory (they are no protection against forgery):
 *
 *   a = sum of w_i,   b = sum of a,   c = sum of b,   d = sum of c,   modulo 2^64
 *
 * in LEIE_FLETCHER_LANES interleaved streams, whose sums follow each other. Bytes behind the last whole word of all
 * lanes are taken as a word of zeros around them. Fletcher (1982), IEEE Trans. Commun. 30(1), 247-252; as in ZFS.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_FLETCHER_H
#define LEIE_KERNELS_FLETCHER_H

#include "kernels/status.h"

enum { LEIE_FLETCHER_LANES = 8, LEIE_FLETCHER_SUMS = 4 * LEIE_FLETCHER_LANES };

/* sum [LEIE_FLETCHER_SUMS] of bytes; data is read as it lies (little-endian). Cost: one read of data. */
void leie_fletcher(uint64_t *sum, const void *data, size_t bytes);

#endif
