// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/inflate.h"

#ifdef LEIE_NO_ISAL
#include <zlib.h>
#else
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#endif

#include "kernels/memory.h"

enum { STEP_MOST = 1 << 30 }; // both libraries count with 32 bits

static leie_size at_most(leie_size size, leie_size most)
{
    return size < most ? size : most;
}

#ifdef LEIE_NO_ISAL

struct leie_inflater {
    z_stream z;
};

static void *zlib_alloc(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return leie_new(count, size);
}

static void zlib_release(void *opaque, void *block)
{
    (void)opaque;
    leie_free(block);
}

leie_inflater *leie_inflater_new(leie_wrapping wrapping)
{
    leie_inflater *z = leie_new(1, sizeof *z);
    if (!z)
        return NULL;
    z->z.zalloc = zlib_alloc;
    z->z.zfree = zlib_release;
    int window = wrapping == LEIE_WRAPPING_GZIP ? 15 + 16 : -15; // 16: gzip wrapper, negative: none
    return inflateInit2(&z->z, window) == Z_OK ? z : leie_free(z);
}

leie_inflater *leie_inflater_free(leie_inflater *z)
{
    if (z)
        inflateEnd(&z->z);
    return leie_free(z);
}

void leie_inflater_restart(leie_inflater *z)
{
    inflateReset(&z->z);
}

leie_inflate_state leie_inflater_step(leie_inflater *z, leie_inflate_flow *s)
{
    leie_size in = at_most(s->in_size - s->in_at, STEP_MOST), out = at_most(s->out_room - s->out_at, STEP_MOST);
    z->z.next_in = (Bytef *)(uintptr_t)(s->in + s->in_at);
    z->z.avail_in = (uInt)in;
    z->z.next_out = (Bytef *)s->out + s->out_at;
    z->z.avail_out = (uInt)out;
    int code = inflate(&z->z, Z_NO_FLUSH);
    s->in_at += in - z->z.avail_in;
    s->out_at += out - z->z.avail_out;
    if (code == Z_MEM_ERROR)
        return LEIE_INFLATE_NO_MEMORY;
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        return LEIE_INFLATE_DAMAGED;
    return code == Z_STREAM_END ? LEIE_INFLATE_DONE : LEIE_INFLATE_GOES_ON;
}

static uint32_t crc_step(uint32_t crc, const void *data, leie_size size)
{
    return (uint32_t)crc32(crc, data, (uInt)size);
}

#else

struct leie_inflater {
    struct inflate_state z;
};

leie_inflater *leie_inflater_new(leie_wrapping wrapping)
{
    leie_inflater *z = leie_new(1, sizeof *z);
    if (z) {
        isal_inflate_init(&z->z);
        z->z.crc_flag = wrapping == LEIE_WRAPPING_GZIP ? ISAL_GZIP : ISAL_DEFLATE;
    }
    return z;
}

leie_inflater *leie_inflater_free(leie_inflater *z)
{
    return leie_free(z);
}

void leie_inflater_restart(leie_inflater *z)
{
    isal_inflate_reset(&z->z);
}

leie_inflate_state leie_inflater_step(leie_inflater *z, leie_inflate_flow *s)
{
    leie_size in = at_most(s->in_size - s->in_at, STEP_MOST), out = at_most(s->out_room - s->out_at, STEP_MOST);
    z->z.next_in = (uint8_t *)(uintptr_t)(s->in + s->in_at);
    z->z.avail_in = (uint32_t)in;
    z->z.next_out = (uint8_t *)s->out + s->out_at;
    z->z.avail_out = (uint32_t)out;
    int code = isal_inflate(&z->z);
    s->in_at += in - z->z.avail_in;
    s->out_at += out - z->z.avail_out;
    if (code < 0 || code > ISAL_OUT_OVERFLOW)
        return LEIE_INFLATE_DAMAGED;
    return z->z.block_state == ISAL_BLOCK_FINISH ? LEIE_INFLATE_DONE : LEIE_INFLATE_GOES_ON;
}

static uint32_t crc_step(uint32_t crc, const void *data, leie_size size)
{
    return crc32_gzip_refl(crc, data, (uint64_t)size);
}

#endif

uint32_t leie_crc32(uint32_t crc, const void *data, leie_size size)
{
    const char *at = data;
    for (leie_size done = 0; done < size; done += STEP_MOST)
        crc = crc_step(crc, at + done, at_most(size - done, STEP_MOST));
    return crc;
}
