// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/write_files.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PATHS = 8, PATH_SIZE = 600, PACKED_SIZE = 1 << 16 };

const char *path_in(const char *folder, const char *name)
{
    static char path[PATHS][PATH_SIZE];
    static int next;
    char *to = path[next++ % PATHS];
    snprintf(to, PATH_SIZE, "%s/%s", folder, name);
    return to;
}

const char *write_bytes(const char *folder, const char *name, const void *data, size_t size)
{
    const char *path = path_in(folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
        perror(path);
        exit(2);
    }
    return path;
}

const char *write_text(const char *folder, const char *name, const char *text)
{
    return write_bytes(folder, name, text, strlen(text));
}

size_t gzip_member(unsigned char *packed, size_t room, const void *data, size_t size)
{
    z_stream z = {0};
    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        exit(2);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)size;
    z.next_out = packed;
    z.avail_out = (uInt)room;
    if (deflate(&z, Z_FINISH) != Z_STREAM_END)
        exit(2);
    size_t used = room - z.avail_out;
    deflateEnd(&z);
    return used;
}

const char *write_gzip(const char *folder, const char *name, const char *text)
{
    static unsigned char packed[PACKED_SIZE];
    return write_bytes(folder, name, packed, gzip_member(packed, sizeof packed, text, strlen(text)));
}
