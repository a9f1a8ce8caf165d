/* Fuzz targets: each takes any bytes and must neither crash, nor leak, nor take long. They are run by libFuzzer (`make
 * fuzz`) and, on what it has found so far (tests/fuzz/kept), by the unit tests. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_FUZZ_FUZZ_H
#define LEIE_TESTS_FUZZ_FUZZ_H

#include "kernels/status.h"

typedef void (*fuzz_target)(const uint8_t *data, size_t size);

void fuzz_add(const char *name, fuzz_target target);
#define FUZZ_TARGET(name, target)                                                                                      \
    __attribute__((constructor)) static void fuzz_add_##target(void)                                              \
    {                                                                                                                  \
        fuzz_add(name, target);                                                                                   \
    }

/* The target of that name, NULL when there is none; and the name of number i, NULL behind the last. */
fuzz_target fuzz_find(const char *name);
const char *fuzz_name(int i);

/* The bytes as a file of that name in a folder of the fuzzer's own; the path is good until the next call. */
const char *fuzz_file(const char *name, const uint8_t *data, size_t size);

/* Bytes in memory as a stream for leie_scan: ctx is a fuzz_bytes. fuzz_take is a sink that forgets. */
typedef struct fuzz_bytes {
    const void *data;
    leie_size size, at;
} fuzz_bytes;
leie_status fuzz_read(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err);
leie_status fuzz_take(void *ctx, leie_size row, const double *value, leie_error *err);

/* Several files in one text: a line "#### name" begins each. They lie in the folder that is returned, which holds
 * nothing else; names that lead out of it are left out. */
const char *fuzz_unpack(const uint8_t *data, size_t size);

/* Assembles the tables of a study, of a few years at most. */
struct leie_study;
void fuzz_assemble(const struct leie_study *study);

/* Ends the program: two ways gave different answers. */
void fuzz_fail(const char *what);

#endif
