/* Bytes in order, wherever they come from: a file, a gzip file, a member of an archive. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_STREAM_H
#define LEIE_IO_READ_STREAM_H

#include "kernels/status.h"

/* Fills data with `room` bytes; *got is smaller only at the end. One thread at a time, not always the same one. */
typedef leie_status (*leie_stream_fn)(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err);

typedef struct leie_stream {
    const char *name; // for messages: a path, "archive: member"; borrowed
    leie_stream_fn read;
    void *ctx; // borrowed
    bool packed; // reading means inflating
} leie_stream;

#endif
