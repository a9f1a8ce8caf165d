// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/gzip.h"

#include <string.h>

#include "io/read/inflate.h"
#include "kernels/memory.h"

enum { MEMBER_LEAST = 18 }; // header and trailer

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

static leie_status grow(leie_inflate_flow *s, leie_size limit, const char *path, leie_error *err)
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
static leie_status inflate_member(leie_inflater *z, leie_inflate_flow *s, leie_size limit, const char *path, leie_error *err)
{
    for (;;) {
        switch (leie_inflater_step(z, s)) {
        case LEIE_INFLATE_DONE:
            return LEIE_OK;
        case LEIE_INFLATE_DAMAGED:
            return leie_fail(err, LEIE_ERR_IO, "%s: damaged gzip data before byte %lld of %lld", path,
                             (long long)s->in_at, (long long)s->in_size);
        case LEIE_INFLATE_NO_MEMORY:
            return leie_fail_memory(err, path, 1, 0);
        case LEIE_INFLATE_GOES_ON:
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

static bool only_padding(const leie_inflate_flow *s)
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
    leie_inflate_flow s = {.in = packed, .in_size = packed_size, .out_room = first_room(packed, packed_size)};
    leie_inflater *z = leie_inflater_new(LEIE_WRAPPING_GZIP);
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
            leie_inflater_restart(z);
    }
    if (!st && limit && s.out_at > limit)
        st = leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %lld bytes when inflated", path, (long long)limit);
    leie_inflater_free(z);
    if (st) {
        leie_free(s.out);
        return st;
    }
    s.out[s.out_at] = '\0';
    *data = s.out;
    *size = s.out_at;
    return LEIE_OK;
}
