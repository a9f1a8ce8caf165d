/* A file that replaces another one in a single step: it is written under a temporary name in the same
 * folder, forced to disk and renamed, so that the old file is whole until the new one is.
 *
 *   leie_temporary t = {0};
 *   st = leie_temporary_open(&t, path, err);
 *   if (!st) st = leie_temporary_write(&t, data, size, err);
 *   if (!st) st = leie_temporary_commit(&t, err);
 *   leie_temporary_drop(&t);
 *
 * One at a time. A symbolic link is followed. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_TEMPORARY_H
#define LEIE_IO_RESULT_TEMPORARY_H

#include "kernels/status.h"

typedef struct leie_temporary {
    char *target; // what it will be
    char *folder; // where both lie
    char *path;   // what it is called until then: folder/.name.XXXXXX.tmp
    int fd;       // open for reading and writing
} leie_temporary;

/* Creates the temporary file. Refuses a target that is there and is no regular file, or is read-only. */
leie_status leie_temporary_open(leie_temporary *t, const char *path, leie_error *err);

/* Writes size bytes behind what was written so far. */
leie_status leie_temporary_write(leie_temporary *t, const void *data, size_t size, leie_error *err);

/* The same behind what others have written into the file by its path. */
leie_status leie_temporary_append(leie_temporary *t, const void *data, size_t size, leie_error *err);

/* Takes out what others have written into the file by its path, at most `most` bytes: it is then empty. */
leie_status leie_temporary_take(leie_temporary *t, void *data, size_t *size, size_t most, leie_error *err);

/* Whether the folder has room for so many bytes; the message states both numbers. */
leie_status leie_temporary_room(const leie_temporary *t, leie_size bytes, leie_error *err);

/* fsync, close, rename, fsync of the folder. */
leie_status leie_temporary_commit(leie_temporary *t, leie_error *err);

/* Removes the file if it was not committed, and releases the record. */
void leie_temporary_drop(leie_temporary *t);

/* Path of the temporary file that is there now, NULL when none; may be called by a signal handler. */
const char *leie_temporary_current(void);

#endif
