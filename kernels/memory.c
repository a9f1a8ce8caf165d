// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // madvise
#include "kernels/memory.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGN = 64,
    PAGE = 4096,
    HUGE_PAGE = 1 << 21,
    HUGE_FROM = 2 * HUGE_PAGE, // bytes
    KEPT_FROM = 1 << 20,       // bytes of a block that stays while somebody holds
    KEPT_MOST = 256            // blocks
};

// ---- freed blocks that stay ----

typedef struct kept_block {
    void *block;
    size_t bytes;
} kept_block;

static struct {
    atomic_flag busy;
    atomic_int holders;
    int n;
    kept_block item[KEPT_MOST];
} kept = {.busy = ATOMIC_FLAG_INIT};

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&kept.busy, memory_order_acquire))
        ;
}

static void unlock(void)
{
    atomic_flag_clear_explicit(&kept.busy, memory_order_release);
}

static size_t bytes_of(void *block)
{
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
    return malloc_usable_size(block);
#else
    (void)block;
    return 0;
#endif
}

/* The smallest of those that are hardly larger, or NULL. */
static void *take_kept(size_t bytes)
{
    int best = -1;
    void *block = NULL;
    if (bytes < KEPT_FROM || !atomic_load(&kept.holders))
        return NULL;
    lock();
    for (int i = 0; i < kept.n; i++)
        if (kept.item[i].bytes >= bytes && kept.item[i].bytes - bytes <= kept.item[i].bytes / 4 &&
            (best < 0 || kept.item[i].bytes < kept.item[best].bytes))
            best = i;
    if (best >= 0) {
        block = kept.item[best].block;
        kept.item[best] = kept.item[--kept.n];
    }
    unlock();
    return block;
}

/* Whether a block stays. */
static bool keep(void *block)
{
    bool stays = false;
    if (!block || !atomic_load(&kept.holders))
        return false;
    size_t bytes = bytes_of(block);
    if (bytes < KEPT_FROM)
        return false;
    lock();
    if (kept.n < KEPT_MOST && atomic_load(&kept.holders)) {
        kept.item[kept.n++] = (kept_block){block, bytes};
        stays = true;
    }
    unlock();
    return stays;
}

/* Returns what stayed; false when nothing did. */
static bool release_kept(void)
{
    lock();
    bool any = kept.n > 0;
    while (kept.n > 0)
        free(kept.item[--kept.n].block);
    unlock();
    return any;
}

void leie_memory_hold(void)
{
    atomic_fetch_add(&kept.holders, 1);
}

void leie_memory_let_go(void)
{
    if (atomic_fetch_sub(&kept.holders, 1) == 1)
        release_kept();
}

// ---- blocks ----

/* Room for count items that is not zeroed; large blocks ask for huge pages. */
static void *take(leie_size count, size_t size, size_t *bytes)
{
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, bytes) || *bytes > SIZE_MAX - 2 * HUGE_PAGE)
        return NULL;
    *bytes = (*bytes + ALIGN) / ALIGN * ALIGN;
    void *block = take_kept(*bytes);
    size_t align = *bytes < HUGE_FROM ? ALIGN : HUGE_PAGE;
    if (block)
        return block;
    if (posix_memalign(&block, align, *bytes) != 0 && (!release_kept() || posix_memalign(&block, align, *bytes) != 0))
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
    leie_size stays = old < count ? old : count;
    if (block && stays > 0)
        memcpy(grown, block, (size_t)stays * size);
    leie_free(block);
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
    if (!keep(block))
        free(block);
    return NULL;
}

// ---- libraries ----

void *leie_library_malloc(size_t bytes)
{
    return bytes < KEPT_FROM ? malloc(bytes) : take(1, bytes, &bytes);
}

void *leie_library_calloc(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes < KEPT_FROM)
        return calloc(count, size);
    return leie_new(1, bytes);
}

void *leie_library_realloc(void *block, size_t bytes)
{
    return realloc(block, bytes);
}

void leie_library_free(void *block)
{
    leie_free(block);
}
