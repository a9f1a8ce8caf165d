// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // madvise
#include "kernels/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGN = 64,
    PAGE = 4096,
    HUGE_PAGE = 1 << 21,
    HUGE_FROM = 2 * HUGE_PAGE // bytes
};

/* Room for count items that is not zeroed; large blocks ask for huge pages. */
static void *take(leie_size count, size_t size, size_t *bytes)
{
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, bytes) || *bytes > SIZE_MAX - 2 * HUGE_PAGE)
        return NULL;
    *bytes = (*bytes + ALIGN) / ALIGN * ALIGN;
    void *block = NULL;
    if (posix_memalign(&block, *bytes < HUGE_FROM ? ALIGN : HUGE_PAGE, *bytes) != 0)
        return NULL;
#ifdef MADV_HUGEPAGE
    if (*bytes >= HUGE_FROM) // the tail shares no huge page with what follows
        madvise(block, *bytes / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
#endif
    return block;
}

void *leie_new(leie_size count, size_t size)
{
    size_t bytes;
    void *block = take(count, size, &bytes);
    if (block)
        memset(block, 0, bytes);
    return block;
}

void *leie_new_pages(leie_size count, size_t size)
{
    size_t bytes;
    void *block = take(count, size, &bytes);
    if (block && bytes < HUGE_FROM)
        memset(block, 0, bytes);
    return block;
}

void *leie_new_addresses(leie_size count, size_t size)
{
    size_t bytes;
    void *block = take(count, size, &bytes);
    if (block && bytes < HUGE_FROM)
        memset(block, 0, bytes);
#ifdef MADV_NOHUGEPAGE
    if (block && bytes >= HUGE_FROM)
        madvise(block, bytes / PAGE * PAGE, MADV_NOHUGEPAGE);
#endif
    return block;
}

void leie_give_pages(void *from, size_t bytes)
{
    uintptr_t first = ((uintptr_t)from + PAGE - 1) / PAGE * PAGE, last = ((uintptr_t)from + bytes) / PAGE * PAGE;
    if (last > first)
        madvise((void *)first, last - first, MADV_DONTNEED);
}

void *leie_resize(void *block, leie_size old, leie_size count, size_t size)
{
    void *grown = leie_new(count, size);
    if (!grown)
        return NULL;
    leie_size kept = old < count ? old : count;
    if (block && kept > 0)
        memcpy(grown, block, (size_t)kept * size);
    free(block);
    return grown;
}

char *leie_strndup(const char *text, size_t length)
{
    if (!text || length >= INT64_MAX)
        return NULL;
    char *copy = malloc(length + 1); // without alignment: a table has many short labels
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *leie_strdup(const char *text)
{
    return text ? leie_strndup(text, strlen(text)) : NULL;
}

void *leie_free(void *block)
{
    free(block);
    return NULL;
}
