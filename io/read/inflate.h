/* Inflating in steps: ISA-L does the work, zlib when built with -DLEIE_NO_ISAL. What surrounds the data
 * (gzip files, members of a zip archive) is the caller's. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_INFLATE_H
#define LEIE_IO_READ_INFLATE_H

#include "kernels/status.h"

typedef enum leie_wrapping {
    LEIE_WRAPPING_NONE, // the bare data of RFC 1951, as in zip archives
    LEIE_WRAPPING_GZIP  // a member of RFC 1952; its check sum and length are verified
} leie_wrapping;

// What has been read and written so far.
typedef struct leie_inflate_flow {
    const unsigned char *in; // borrowed
    leie_size in_size, in_at;
    char *out; // borrowed
    leie_size out_room, out_at;
} leie_inflate_flow;

typedef enum leie_inflate_state {
    LEIE_INFLATE_DONE, // the end of the data, or of the member
    LEIE_INFLATE_GOES_ON, // input or room for output is used up
    LEIE_INFLATE_DAMAGED,
    LEIE_INFLATE_NO_MEMORY
} leie_inflate_state;

typedef struct leie_inflater leie_inflater;

/* NULL when out of memory. */
leie_inflater *leie_inflater_new(leie_wrapping wrapping);
leie_inflater *leie_inflater_free(leie_inflater *z);

/* Ready for the next member. */
void leie_inflater_restart(leie_inflater *z);

/* Inflates until the end, or until input or room are used up. */
leie_inflate_state leie_inflater_step(leie_inflater *z, leie_inflate_flow *flow);

/* CRC-32 (that of gzip and zip) of a text that continues one with check sum crc; start with 0. */
uint32_t leie_crc32(uint32_t crc, const void *data, leie_size size);

#endif
