/* The allocator. It multiplies sizes itself and refuses what overflows; every block is 64-byte
 * aligned and zeroed. It lives alone in memory.c so that a test can link one that fails on purpose.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_MEMORY_H
#define LEIE_KERNELS_MEMORY_H

#include "kernels/status.h"

/* count items of size bytes, zeroed, 64-byte aligned; NULL when out of memory, on overflow or for a
 * negative count. count 0 gives a block that can be freed. */
LEIE_API void *leie_new(leie_size count, size_t size);

/* The same without a touch of what is large, for arrays that several threads fill: from a few huge pages on the
 * pages come zeroed from the system when they are first written, huge ones where it has them. Values that
 * nobody has written are not defined. */
LEIE_API void *leie_new_pages(leie_size count, size_t size);

/* The same in small pages, for large arrays that are filled in places: what lies between takes no memory. */
LEIE_API void *leie_new_addresses(leie_size count, size_t size);

/* Gives the whole pages of a part of such an array back to the system; what was there is not defined any more. */
LEIE_API void leie_give_pages(void *from, size_t bytes);

/* Grows or shrinks a block of old items to count items; new items are zero. NULL when it fails, and
 * the old block is untouched. block may be NULL (old is then 0). */
LEIE_API void *leie_resize(void *block, leie_size old, leie_size count, size_t size);

/* Copy of a string; NULL for NULL or when out of memory. */
LEIE_API char *leie_strdup(const char *text);

/* Copy of length bytes and a closing NUL. */
LEIE_API char *leie_strndup(const char *text, size_t length);

/* Between hold and let go, which may be nested and called by any thread, large blocks that are freed stay for those that ask
 * for as much, or up to a quarter less: work that takes the same arrays again and again then does not pay for
 * fresh pages each time. The last one to let go returns what is left to the system, and so does an allocation that
 * would fail otherwise. Without effect under the address sanitizer. */
void leie_memory_hold(void);
void leie_memory_let_go(void);

/* malloc, calloc, realloc and free for libraries that take their own arrays and can be told from where: the large
 * ones stay as above. Not for blocks of leie_new. */
void *leie_library_malloc(size_t bytes);
void *leie_library_calloc(size_t count, size_t size);
void *leie_library_realloc(void *block, size_t bytes);
void leie_library_free(void *block);

/* Releases a block; accepts NULL and returns NULL:  a = leie_free(a). */
LEIE_API void *leie_free(void *block);

#endif
