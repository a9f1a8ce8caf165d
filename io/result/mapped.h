/* A file as bytes in memory, read when they are looked at; what is written there stays with this process. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_MAPPED_H
#define LEIE_IO_RESULT_MAPPED_H

#include "kernels/status.h"

typedef struct leie_mapped {
    unsigned char *at;
    size_t bytes;
} leie_mapped;

/* Errors: LEIE_ERR_IO, LEIE_ERR_NOMEM (no room for the addresses). */
leie_status leie_mapped_open(leie_mapped *m, const char *path, leie_error *err);
void leie_mapped_close(leie_mapped *m);

/* Gives the memory of whole pages of a part back: they are read again when looked at. What this process wrote there is
 * lost. */
void leie_mapped_rest(const void *from, size_t bytes);

/* Fletcher's sums (kernels/fletcher.h) of every LEIE_SUM_BLOCK bytes of the first `bytes`, by all threads, in one
 * SHA-256: digest [32]. Errors: LEIE_ERR_NOMEM. */
enum { LEIE_SUM_BLOCK = 1 << 20 };
leie_status leie_mapped_sum(unsigned char *digest, const leie_mapped *m, size_t bytes, leie_error *err);

/* Where variables lie in a file, behind its end as netCDF sees it and in front of its seal (seal.h): lines of name,
 * offset and bytes, a line with their length in 16 characters. */
enum { LEIE_PLACE_NAME = 48, LEIE_PLACES_MOST = 64 };
typedef struct leie_places {
    leie_size n;
    struct leie_place_of_var {
        char name[LEIE_PLACE_NAME];
        size_t offset, bytes;
    } item[LEIE_PLACES_MOST];
} leie_places;

/* Looks for size bytes of data in the file, at a multiple of `align`, and adds their place; adds none when they are not
 * there as they are. */
void leie_places_add(leie_places *p, const leie_mapped *m, const char *name, const void *data, size_t size, size_t align);

/* text [LEIE_PLACES_TEXT], closed by a NUL; its length. */
enum { LEIE_PLACES_TEXT = LEIE_PLACES_MOST * (LEIE_PLACE_NAME + 48) + 64 };
size_t leie_places_print(char *text, const leie_places *p);

/* From the end of a file without its seal of `tail` bytes; none when there are none. Places outside of the file are
 * LEIE_ERR_DATA. */
leie_status leie_places_parse(leie_places *p, const leie_mapped *m, size_t tail, leie_error *err);

/* The bytes of a variable, NULL when the file does not say where they are. */
const void *leie_places_find(const leie_places *p, const leie_mapped *m, const char *name, size_t *bytes);

#endif
