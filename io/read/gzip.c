// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/gzip.h"

#include <string.h>

#ifdef LEIE_NO_ISAL
#include <zlib.h>
#else
#include <isa-l/igzip_lib.h>
#endif

#include "kernels/memory.h"

enum {
    MEMBER_LEAST = 18,  // header and trailer
    STEP_MOST = 1 << 30 // both libraries count with 32 bits
};

// What has been read and written so far.
typedef struct stream {
    const unsigned char *in; // borrowed
    leie_size in_size, in_at;
    char *out;
    leie_size out_room, out_at;
} stream;

typedef enum progress { MEMBER_DONE, MEMBER_GOES_ON, MEMBER_DAMAGED, MEMBER_NO_MEMORY } progress;

static leie_size at_most(leie_size size, leie_size most)
{
    return size < most ? size : most;
}

#ifdef LEIE_NO_ISAL

typedef z_stream inflater;

static void *inflater_alloc(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return leie_new(count, size);
}

static void inflater_release(void *opaque, void *block)
{
    (void)opaque;
    leie_free(block);
}

static inflater *inflater_new(void)
{
    inflater *z = leie_new(1, sizeof *z);
    if (!z)
        return NULL;
    z->zalloc = inflater_alloc;
    z->zfree = inflater_release;
    return inflateInit2(z, 15 + 16) == Z_OK ? z : leie_free(z); // 16: gzip wrapper
}

static inflater *inflater_free(inflater *z)
{
    if (z)
        inflateEnd(z);
    return leie_free(z);
}

static void inflater_restart(inflater *z)
{
    inflateReset(z);
}

static progress inflater_step(inflater *z, stream *s)
{
    leie_size in = at_most(s->in_size - s->in_at, STEP_MOST), out = at_most(s->out_room - s->out_at, STEP_MOST);
    z->next_in = (Bytef *)(uintptr_t)(s->in + s->in_at);
    z->avail_in = (uInt)in;
    z->next_out = (Bytef *)s->out + s->out_at;
    z->avail_out = (uInt)out;
    int code = inflate(z, Z_NO_FLUSH);
    s->in_at += in - z->avail_in;
    s->out_at += out - z->avail_out;
    if (code == Z_MEM_ERROR)
        return MEMBER_NO_MEMORY;
    if (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)
        return MEMBER_DAMAGED;
    return code == Z_STREAM_END ? MEMBER_DONE : MEMBER_GOES_ON;
}

#else

typedef struct inflate_state inflater;

static inflater *inflater_new(void)
{
    inflater *z = leie_new(1, sizeof *z);
    if (z) {
        isal_inflate_init(z);
        z->crc_flag = ISAL_GZIP;
    }
    return z;
}

static inflater *inflater_free(inflater *z)
{
    return leie_free(z);
}

static void inflater_restart(inflater *z)
{
    isal_inflate_reset(z);
}

static progress inflater_step(inflater *z, stream *s)
{
    leie_size in = at_most(s->in_size - s->in_at, STEP_MOST), out = at_most(s->out_room - s->out_at, STEP_MOST);
    z->next_in = (uint8_t *)(uintptr_t)(s->in + s->in_at);
    z->avail_in = (uint32_t)in;
    z->next_out = (uint8_t *)s->out + s->out_at;
    z->avail_out = (uint32_t)out;
    int code = isal_inflate(z);
    s->in_at += in - z->avail_in;
    s->out_at += out - z->avail_out;
    if (code < 0 || code > ISAL_OUT_OVERFLOW)
        return MEMBER_DAMAGED;
    return z->block_state == ISAL_BLOCK_FINISH ? MEMBER_DONE : MEMBER_GOES_ON;
}

#endif

bool leie_is_gzip(const void *data, leie_size size)
{
    const unsigned char *byte = data;
    return size >= 2 && byte[0] == 0x1f && byte[1] == 0x8b;
}

// Size of the text as the last member states it, when that is believable; else four times the file.
static leie_size first_room(const unsigned char *packed, leie_size size)
{
    leie_size stated = 0;
    for (int i = 1; size >= MEMBER_LEAST && i <= 4; i++)
        stated = stated << 8 | packed[size - i];
    return stated > size && stated / 1032 <= size ? stated : 4 * size;
}

static leie_status grow(stream *s, leie_size limit, const char *path, leie_error *err)
{
    if (limit && s->out_at >= limit)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %lld bytes when inflated", path, (long long)limit);
    leie_size room = 2 * s->out_room;
    char *grown = leie_resize(s->out, s->out_at, room + 1, 1);
    if (!grown)
        return leie_fail_memory(err, path, room + 1, 1);
    s->out = grown;
    s->out_room = room;
    return LEIE_OK;
}

// One member. The output grows only when it is full, so input that is used up with room left is cut off.
static leie_status inflate_member(inflater *z, stream *s, leie_size limit, const char *path, leie_error *err)
{
    for (;;) {
        switch (inflater_step(z, s)) {
        case MEMBER_DONE:
            return LEIE_OK;
        case MEMBER_DAMAGED:
            return leie_fail(err, LEIE_ERR_IO, "%s: damaged gzip data before byte %lld of %lld", path,
                             (long long)s->in_at, (long long)s->in_size);
        case MEMBER_NO_MEMORY:
            return leie_fail_memory(err, path, 1, sizeof *z);
        case MEMBER_GOES_ON:
            break;
        }
        if (s->out_at < s->out_room && s->in_at == s->in_size)
            return leie_fail(err, LEIE_ERR_IO, "%s: truncated gzip data: the file ends at byte %lld inside a member",
                             path, (long long)s->in_size);
        if (s->out_at == s->out_room) {
            leie_status st = grow(s, limit, path, err);
            if (st)
                return st;
        }
    }
}

static bool only_padding(const stream *s)
{
    for (leie_size i = s->in_at; i < s->in_size; i++)
        if (s->in[i])
            return false;
    return true;
}

leie_status leie_gzip_inflate(char **data, leie_size *size, const unsigned char *packed, leie_size packed_size,
                              leie_size limit, const char *path, leie_error *err)
{
    leie_status st = LEIE_OK;
    stream s = {.in = packed, .in_size = packed_size, .out_room = first_room(packed, packed_size)};
    inflater *z = inflater_new();
    s.out = leie_new(s.out_room + 1, 1);
    if (!z || !s.out)
        st = leie_fail_memory(err, path, s.out_room + 1, 1);
    while (!st && !only_padding(&s)) {
        if (!leie_is_gzip(packed + s.in_at, packed_size - s.in_at))
            st = leie_fail(err, LEIE_ERR_IO, "%s: something that is not gzip at byte %lld, behind the last member",
                           path, (long long)s.in_at);
        else
            st = inflate_member(z, &s, limit, path, err);
        if (!st)
            inflater_restart(z);
    }
    if (!st && limit && s.out_at > limit)
        st = leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %lld bytes when inflated", path, (long long)limit);
    inflater_free(z);
    if (st) {
        leie_free(s.out);
        return st;
    }
    s.out[s.out_at] = '\0';
    *data = s.out;
    *size = s.out_at;
    return LEIE_OK;
}
