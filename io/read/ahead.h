/* A stream that a thread of its own reads ahead, for streams that take longer to read than what is done with their bytes:
 * packed ones. Bytes and errors come in the order of the stream; an error comes when the bytes before it have been read.
 * Memory: LEIE_AHEAD_BLOCKS of LEIE_AHEAD_BLOCK bytes at most: as many as were ever waiting, since the block that was emptied
 * last is filled first. Who empties them may stop for some milliseconds (a region of Z becoming blocks) without a stop here. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_AHEAD_H
#define LEIE_IO_READ_AHEAD_H

#include "io/read/stream.h"

enum { LEIE_AHEAD_BLOCKS = 32, LEIE_AHEAD_BLOCK = 1 << 18 };

typedef struct leie_ahead leie_ahead;

/* `stream` belongs to the thread until it is closed. NULL without memory or thread: read the stream itself. */
leie_ahead *leie_ahead_new(const leie_stream *stream);
leie_stream leie_ahead_stream(leie_ahead *a);

/* Ends the thread; what it has read ahead is lost. */
leie_ahead *leie_ahead_free(leie_ahead *a);

#endif
