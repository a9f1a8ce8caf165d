/* The seal: 48 bytes after the end of a netCDF file, a mark of 16 bytes and the SHA-256 of everything
 * before; of a table file, which is large, the SHA-256 over sums of its blocks that all threads form (mapped.h). HDF5 ignores what follows its end of file, so other programs open sealed files unchanged, and
 * drop the seal when they change one. A sealed file that was damaged is known before HDF5 sees it, which
 * crashes on some damage (an object's size in a global heap) and reports none in plain values. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_SEAL_H
#define LEIE_IO_RESULT_SEAL_H

#include "io/result/mapped.h"

enum { LEIE_SEAL_SIZE = 48 };

typedef enum leie_seal_state { LEIE_SEAL_NONE, LEIE_SEAL_WHOLE, LEIE_SEAL_BROKEN } leie_seal_state;

/* The seal of size bytes in memory. */
void leie_seal_bytes(unsigned char seal[LEIE_SEAL_SIZE], const void *data, size_t size);

/* The seal of a file without one, by reading it once. Errors: LEIE_ERR_IO. */
leie_status leie_seal_file(unsigned char seal[LEIE_SEAL_SIZE], const char *path, leie_error *err);

/* The same over sums. Errors: LEIE_ERR_NOMEM too. */
leie_status leie_seal_sums(unsigned char seal[LEIE_SEAL_SIZE], const char *path, leie_error *err);

/* Whether a file ends with a seal over sums, and whether that is true; sha256 [65] receives what the seal says, which
 * stands for the file. Errors: LEIE_ERR_NOMEM. */
leie_status leie_seal_check_sums(leie_seal_state *state, char *sha256, const leie_mapped *m, leie_error *err);

/* Whether a file ends with a seal, and whether that is true; sha256 [65] (may be NULL) receives the hash of
 * the whole file, seal and all, from the same pass, or what a seal over sums says. Errors: LEIE_ERR_IO,
 * LEIE_ERR_NOMEM. */
leie_status leie_seal_check(leie_seal_state *state, char *sha256, const char *path, leie_error *err);

/* The hash [65] that a file ends with, true or not, by reading its end; "" without a seal. Errors:
 * LEIE_ERR_IO. */
leie_status leie_seal_stated(char *hex, const char *path, leie_error *err);

/* Whether a file without a seal was a result once: its bytes still name the attribute that all results have. */
leie_status leie_seal_trace(bool *found, const char *path, leie_error *err);

#endif
