// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/ahead.h"

#include <pthread.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"

struct leie_ahead {
    leie_stream stream;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t news;         // a block was filled or emptied, or the end
    char *data;                  // [LEIE_AHEAD_BLOCKS, LEIE_AHEAD_BLOCK]
    leie_size size[LEIE_AHEAD_BLOCKS];
    int free[LEIE_AHEAD_BLOCKS], frees; // blocks that wait to be filled, the last one first
    int order[LEIE_AHEAD_BLOCKS];       // block number i of the stream, i modulo their number
    leie_size filled, emptied;   // blocks so far
    leie_size used;              // bytes of the block that is being emptied
    bool end, stop;              // nothing more will be filled; nobody wants more
    leie_error error;            // behind the last block
};

static bool wait_for_room(leie_ahead *a, int *slot)
{
    pthread_mutex_lock(&a->lock);
    while (!a->stop && a->frees == 0)
        pthread_cond_wait(&a->news, &a->lock);
    bool more = !a->stop;
    if (more)
        *slot = a->free[--a->frees];
    pthread_mutex_unlock(&a->lock);
    return more;
}

static void *read_ahead(void *ctx)
{
    leie_ahead *a = ctx;
    leie_thread_unbind();
    int slot = 0;
    for (bool end = false; !end && wait_for_room(a, &slot);) {
        leie_size got = 0;
        leie_status st = a->stream.read(a->stream.ctx, a->data + slot * LEIE_AHEAD_BLOCK, LEIE_AHEAD_BLOCK, &got, &a->error);
        end = st || got < LEIE_AHEAD_BLOCK;
        pthread_mutex_lock(&a->lock);
        a->size[slot] = st ? 0 : got;
        a->order[a->filled++ % LEIE_AHEAD_BLOCKS] = slot;
        a->end = end;
        pthread_cond_signal(&a->news);
        pthread_mutex_unlock(&a->lock);
    }
    return NULL;
}

leie_ahead *leie_ahead_new(const leie_stream *stream)
{
    leie_ahead *a = leie_new(1, sizeof *a);
    if (!a)
        return NULL;
    a->stream = *stream;
    a->data = leie_new_addresses(LEIE_AHEAD_BLOCKS * LEIE_AHEAD_BLOCK, 1);
    for (a->frees = 0; a->frees < LEIE_AHEAD_BLOCKS; a->frees++)
        a->free[a->frees] = a->frees;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->news, NULL);
    if (a->data && pthread_create(&a->thread, NULL, read_ahead, a) == 0)
        return a;
    pthread_cond_destroy(&a->news);
    pthread_mutex_destroy(&a->lock);
    leie_free(a->data);
    return leie_free(a);
}

leie_ahead *leie_ahead_free(leie_ahead *a)
{
    if (!a)
        return NULL;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_signal(&a->news);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    pthread_cond_destroy(&a->news);
    pthread_mutex_destroy(&a->lock);
    leie_free(a->data);
    return leie_free(a);
}

// The block to empty; false at the end.
static bool wait_for_block(leie_ahead *a)
{
    pthread_mutex_lock(&a->lock);
    while (a->filled == a->emptied && !a->end)
        pthread_cond_wait(&a->news, &a->lock);
    bool more = a->filled > a->emptied;
    pthread_mutex_unlock(&a->lock);
    return more;
}

static void give_back(leie_ahead *a, int slot)
{
    pthread_mutex_lock(&a->lock);
    a->emptied++;
    a->free[a->frees++] = slot;
    a->used = 0;
    pthread_cond_signal(&a->news);
    pthread_mutex_unlock(&a->lock);
}

static leie_status read_stream(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    leie_ahead *a = ctx;
    *got = 0;
    while (*got < room && wait_for_block(a)) {
        int slot = a->order[a->emptied % LEIE_AHEAD_BLOCKS];
        leie_size left = a->size[slot] - a->used;
        leie_size n = left < room - *got ? left : room - *got;
        memcpy(data + *got, a->data + slot * LEIE_AHEAD_BLOCK + a->used, (size_t)n);
        *got += n;
        a->used += n;
        if (a->used == a->size[slot])
            give_back(a, slot);
    }
    return *got < room && a->error.code ? leie_fail(err, a->error.code, "%s", a->error.text) : LEIE_OK;
}

leie_stream leie_ahead_stream(leie_ahead *a)
{
    return (leie_stream){.name = a->stream.name, .read = read_stream, .ctx = a};
}
