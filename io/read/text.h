/* Files as bytes: plain or gzip (by content, not by name), hashed while read; sheets of workbooks as CSV text, and files of
 * archives (container.h).
 *
 * The text is one block in memory, closed by a NUL that is not counted. A UTF-8 byte-order mark is
 * skipped; UTF-16 and embedded NULs are refused (LEIE_ERR_DATA) with the byte's position. SHA-256 is of
 * the file as it lies on disk.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_TEXT_H
#define LEIE_IO_READ_TEXT_H

#include "io/read/hash.h"
#include "kernels/status.h"
#include "solver/table/provenance.h"

typedef struct leie_text {
    char *path; // where it was read, for messages
    char *data; // [size + 1]
    leie_size size;
    leie_size bytes; // on disk
    char sha256[65];
} leie_text;

/* The most bytes of text that a packed file of that many bytes may become: 256 MiB and 200 for each byte. Tables pack ten
 * to thirty to one; deflate reaches 1032 to one, with bytes that mean harm. */
leie_size leie_text_most(leie_size bytes);

/* Reads a file; `path.gz` is tried when path does not exist. limit: largest size in memory; 0: leie_text_most of a packed
 * file, the size on disk of a plain one, 1 GiB of what is no file (a pipe, a device).
 * Errors: LEIE_ERR_IO (missing, a folder, unreadable, truncated or damaged gzip with the byte
 * position), LEIE_ERR_LIMIT, LEIE_ERR_NOMEM. */
leie_status leie_text_read(leie_text *text, const char *path, leie_size limit, leie_error *err);

/* A text from bytes in memory, which are taken over (data holds size + 1 bytes), as the file they came from. */
leie_status leie_text_take(leie_text *text, const char *path, char *data, leie_size size, leie_error *err);

/* Whether path or path.gz is there. Errors: LEIE_ERR_NOMEM. */
leie_status leie_text_exists(bool *there, const char *path, leie_error *err);
void leie_text_free(leie_text *text);

/* SHA-256 of a file (of a sheet: of its workbook) without keeping it. hex has room for 65. Errors: LEIE_ERR_IO. */
leie_status leie_hash_file(char *hex, leie_size *bytes, const char *path, leie_error *err);

/* Adds text's file to a provenance under the path that the study wrote (with .gz when that was read). */
leie_status leie_text_source(const leie_text *text, leie_provenance *p, const char *role, const char *shown,
                             const char *reader, leie_error *err);

#endif
