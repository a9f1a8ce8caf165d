// SPDX-License-Identifier: GPL-3.0-or-later
/* An allocator with the interface of kernels/memory.h that fails when told to and counts what is alive. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "tests/faults/faults.h"

enum { ALIGN = 64 };

static fault_mode mode;
static long target;
static atomic_long calls, live;
static atomic_bool struck;

void fault_arm(fault_mode wanted, long n)
{
    mode = wanted;
    target = n;
    atomic_store(&calls, 0);
    atomic_store(&struck, false);
}

long fault_calls(void)
{
    return atomic_load(&calls);
}

bool fault_struck(void)
{
    return atomic_load(&struck);
}

long fault_live(void)
{
    return atomic_load(&live);
}

static bool refused(void)
{
    long call = atomic_fetch_add(&calls, 1) + 1;
    bool refuse = (mode == FAULT_ONCE && call == target) || (mode == FAULT_FROM_THERE && call >= target);
    if (refuse)
        atomic_store(&struck, true);
    return refuse;
}

void *leie_new(leie_size count, size_t size)
{
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes) || bytes > SIZE_MAX - 2 * ALIGN)
        return NULL;
    if (refused())
        return NULL;
    bytes = (bytes + ALIGN) / ALIGN * ALIGN;
    void *block = aligned_alloc(ALIGN, bytes);
    if (block) {
        memset(block, 0, bytes);
        atomic_fetch_add(&live, 1);
    }
    return block;
}

void *leie_resize(void *block, leie_size old, leie_size count, size_t size)
{
    void *grown = leie_new(count, size);
    if (!grown)
        return NULL;
    leie_size kept = old < count ? old : count;
    if (block && kept > 0)
        memcpy(grown, block, (size_t)kept * size);
    leie_free(block);
    return grown;
}

char *leie_strndup(const char *text, size_t length)
{
    if (!text || length >= INT64_MAX)
        return NULL;
    char *copy = leie_new((leie_size)length + 1, 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *leie_strdup(const char *text)
{
    return text ? leie_strndup(text, strlen(text)) : NULL;
}

void *leie_free(void *block)
{
    if (block)
        atomic_fetch_sub(&live, 1);
    free(block);
    return NULL;
}
