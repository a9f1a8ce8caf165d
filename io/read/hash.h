/* SHA-256 of bytes and of files. A file is hashed once: the hash is remembered with its device, number, size and times of
 * change, so that the check whether anything is new and the list of sources ask for the same file without reading it twice. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_HASH_H
#define LEIE_IO_READ_HASH_H

#include "kernels/status.h"

/* hex has room for 65. */
void leie_hash_bytes(char *hex, const void *data, size_t size);

/* SHA-256 of an open file from its beginning; its position is moved. path is for messages. Errors: LEIE_ERR_IO. */
leie_status leie_hash_open_file(char *hex, leie_size *bytes, int file, const char *path, leie_error *err);

/* Hashes a large file beside other work, when there are threads to do it: who asks for its hash later waits for what is left.
 * Nothing happens when it cannot, or when another file is being hashed so. */
void leie_hash_begin(const char *path);

/* Whether the hash of an open regular file is known, and remembering one. */
bool leie_hash_recall(char *hex, int file);
void leie_hash_remember(const char *hex, int file);

#endif
