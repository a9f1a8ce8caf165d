// SPDX-License-Identifier: GPL-3.0-or-later
/* An allocator with the interface of kernels/memory.h that fails when told to and counts what is alive.
 * Blocks begin ALIGN bytes behind a header that lists them. */
#include <execinfo.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "tests/faults/faults.h"

enum { ALIGN = 64, FRAMES = 5, SKIPPED = 2, LOST_MAX = 3 };

typedef struct header header;
struct header {
    header *before, *after;
    void *frame[FRAMES]; // who asked, while tracing
    bool traced;
};
_Static_assert(sizeof(header) <= ALIGN, "the header lies in front of an aligned block");

static fault_mode mode;
static long target;
static atomic_long calls, live;
static atomic_bool struck;
static bool tracing;
static header all = {&all, &all, {0}, false}; // ring of live blocks
static atomic_flag busy = ATOMIC_FLAG_INIT;   // guards the ring
static void *refused_frame[FRAMES];

// What a child tries is tried by its parent as well: there the failure is seen, and the blocks are counted.
static void spare(void)
{
    mode = FAULT_NEVER;
}

__attribute__((constructor)) static void spare_children(void)
{
    pthread_atfork(NULL, NULL, spare);
}

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

/* Frames above the allocator. */
static void remember(void *frame[FRAMES])
{
    void *found[FRAMES + SKIPPED];
    int n = backtrace(found, FRAMES + SKIPPED);
    for (int i = 0; i < FRAMES; i++)
        frame[i] = i + SKIPPED < n ? found[i + SKIPPED] : NULL;
}

static void lock(void)
{
    while (atomic_flag_test_and_set(&busy))
        ;
}

static void unlock(void)
{
    atomic_flag_clear(&busy);
}

void fault_trace(bool on)
{
    memset(refused_frame, 0, sizeof refused_frame);
    lock();
    for (header *h = all.after; h != &all; h = h->after)
        h->traced = false;
    unlock();
    tracing = on;
}

/* One line per frame, by addr2line. */
static void print_frames(void *const frame[FRAMES])
{
    char **name = backtrace_symbols(frame, FRAMES);
    for (int i = 0; name && i < FRAMES && frame[i]; i++) {
        char *offset = strstr(name[i], "(+0x"), command[512];
        if (!offset)
            continue;
        offset[strcspn(offset, ")")] = '\0';
        *offset = '\0';
        snprintf(command, sizeof command, "addr2line -fpse '%.300s' %.40s | sed 's/^/        /'", name[i], offset + 2);
        fflush(stdout);
        if (system(command) != 0)
            break;
    }
    free(name);
}

void fault_trace_print(void)
{
    int lost = 0;
    if (refused_frame[0]) {
        printf("      refused:\n");
        print_frames(refused_frame);
    }
    for (header *h = all.after; h != &all && lost < LOST_MAX; h = h->after)
        if (h->traced) {
            printf("      lost:\n");
            print_frames(h->frame);
            lost++;
        }
}

/* Nothing stays here: every allocation is one. */
void leie_memory_hold(void)
{
}

void leie_memory_let_go(void)
{
}

/* Libraries are not refused anything. */
void *leie_library_malloc(size_t bytes)
{
    return malloc(bytes);
}

void *leie_library_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void *leie_library_realloc(void *block, size_t bytes)
{
    return realloc(block, bytes);
}

void leie_library_free(void *block)
{
    free(block);
}

static bool refused(void)
{
    long call = atomic_fetch_add(&calls, 1) + 1;
    bool refuse = (mode == FAULT_ONCE && call == target) || (mode == FAULT_FROM_THERE && call >= target);
    if (refuse && !atomic_exchange(&struck, true) && tracing)
        remember(refused_frame);
    return refuse;
}

void *leie_new(leie_size count, size_t size)
{
    size_t bytes;
    if (count < 0 || __builtin_mul_overflow((size_t)count, size, &bytes) || bytes > SIZE_MAX - 2 * ALIGN)
        return NULL;
    if (refused())
        return NULL;
    bytes = (bytes + ALIGN) / ALIGN * ALIGN + ALIGN;
    header *h = aligned_alloc(ALIGN, bytes);
    if (!h)
        return NULL;
    memset(h, 0, bytes);
    h->traced = tracing;
    if (tracing)
        remember(h->frame);
    lock();
    h->before = &all;
    h->after = all.after;
    h->before->after = h->after->before = h;
    unlock();
    atomic_fetch_add(&live, 1);
    return (char *)h + ALIGN;
}

void *leie_new_pages(leie_size count, size_t size)
{
    return leie_new(count, size);
}

void *leie_new_addresses(leie_size count, size_t size)
{
    return leie_new(count, size);
}

void leie_give_pages(void *from, size_t bytes)
{
    (void)from;
    (void)bytes;
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
    if (!block)
        return NULL;
    header *h = (header *)(void *)((char *)block - ALIGN);
    lock();
    h->before->after = h->after;
    h->after->before = h->before;
    unlock();
    atomic_fetch_sub(&live, 1);
    free(h);
    return NULL;
}
