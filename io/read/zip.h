/* Zip archives: libzip reads the directory, members are inflated by our own streams (inflate.h).
 *
 * Nothing is ever extracted to disk. An archive is refused when a member's name leads out of it (.., an
 * absolute path, a drive, a backslash), occurs twice or is another one in front of its bytes. A member is refused when it is encrypted, when it
 * is a symbolic link, when it states a size that its packed bytes cannot hold (deflate reaches 1032 to 1),
 * and as soon as it inflates to more bytes than it states; its length and CRC-32 are checked at its end.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_ZIP_H
#define LEIE_IO_READ_ZIP_H

#include "kernels/status.h"

typedef struct leie_zip_member {
    char *name;
    leie_size size, packed; // bytes, as the directory states them
    leie_size number;       // in the directory
    uint32_t crc;
    int method;             // 0 stored, 8 deflate, others as libzip counts them
    bool encrypted, link;
} leie_zip_member;

typedef struct leie_zip {
    char *path;
    const void *data; // borrowed: an archive in memory; NULL: the file
    leie_size bytes;
    leie_size n;
    leie_zip_member *member; // [n] files only, folders left out; sorted by name
} leie_zip;

typedef struct leie_zip_stream leie_zip_stream;

enum { LEIE_ZIP_MEMBERS_MOST = 1 << 20 };

/* Whether a file begins like a zip archive. */
bool leie_is_zip(const char *path);

/* Reads the directory. Errors: LEIE_ERR_IO (missing, damaged, truncated), LEIE_ERR_DATA (names as above),
 * LEIE_ERR_LIMIT (more members than LEIE_ZIP_MEMBERS_MOST). */
leie_status leie_zip_open(leie_zip *zip, const char *path, leie_error *err);

/* The same for an archive that lies in memory for as long as it is used; path is for messages. */
leie_status leie_zip_open_memory(leie_zip *zip, const void *data, leie_size bytes, const char *path, leie_error *err);
void leie_zip_close(leie_zip *zip);

/* Position of a member by its whole name, -1 when it is not there. */
leie_size leie_zip_find(const leie_zip *zip, const char *name);

/* A member as a stream; several may be open at once, each used by one thread at a time. `zip` outlives it.
 * Errors: LEIE_ERR_IO and LEIE_ERR_DATA with archive and member. */
leie_status leie_zip_stream_open(leie_zip_stream **stream, const leie_zip *zip, leie_size member, leie_error *err);

/* Fills data with `room` bytes; fewer only at the end, which is checked. */
leie_status leie_zip_stream_read(leie_zip_stream *stream, char *data, leie_size room, leie_size *got, leie_error *err);
leie_zip_stream *leie_zip_stream_close(leie_zip_stream *stream);

/* A whole member in memory, closed by a NUL that is not counted; the caller frees it. limit: largest size,
 * 0 for none. */
leie_status leie_zip_read(char **data, leie_size *size, const leie_zip *zip, leie_size member, leie_size limit,
                          leie_error *err);

#endif
