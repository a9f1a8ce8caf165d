// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/intake.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/read/gzip.h"
#include "io/read/inflate.h"
#include "kernels/memory.h"

enum { BLOCK = 1 << 18 };

struct leie_intake {
    char *path; // for messages
    leie_zip_stream *member;
    char *memory;
    leie_size size, at; // of the memory
    int file;           // -1 for none
    leie_inflater *z;   // gzip
    unsigned char *block;     // [BLOCK] bytes of the file as it is on disk
    leie_size have, used;     // bytes in the block, bytes taken from it
    leie_size before;         // bytes of the file before the block
    bool at_end, ended;       // of the file; of the last gzip member
};

static leie_status stream_new(leie_intake **intake, const char *path, leie_error *err)
{
    leie_intake *s = leie_new(1, sizeof *s);
    char *copy = leie_strdup(path);
    if (!s || !copy) {
        leie_free(s);
        leie_free(copy);
        return leie_fail_memory(err, path, 1, sizeof *s);
    }
    s->path = copy;
    s->file = -1;
    *intake = s;
    return LEIE_OK;
}

leie_intake *leie_intake_close(leie_intake *s)
{
    if (!s)
        return NULL;
    leie_zip_stream_close(s->member);
    leie_inflater_free(s->z);
    if (s->file >= 0)
        close(s->file);
    leie_free(s->memory);
    leie_free(s->block);
    leie_free(s->path);
    return leie_free(s);
}

// The next block of the file.
static leie_status take_block(leie_intake *s, leie_error *err)
{
    s->before += s->have;
    s->have = s->used = 0;
    while (s->have < BLOCK && !s->at_end) {
        ssize_t n = read(s->file, s->block + s->have, (size_t)(BLOCK - s->have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return leie_fail(err, LEIE_ERR_IO, "%s: %s after byte %lld", s->path, strerror(errno),
                             (long long)(s->before + s->have));
        s->at_end = n == 0;
        s->have += n;
    }
    return LEIE_OK;
}

static leie_status begin_file(leie_intake *s, const char *path, leie_error *err)
{
    struct stat info;
    s->file = open(path, O_RDONLY | O_CLOEXEC);
    if (s->file < 0 || fstat(s->file, &info))
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return leie_fail(err, LEIE_ERR_IO, "%s: a folder where a file belongs", path);
    s->block = leie_new(BLOCK, 1);
    if (!s->block)
        return leie_fail_memory(err, path, BLOCK, 1);
    leie_status st = take_block(s, err);
    if (st || !leie_is_gzip(s->block, s->have))
        return st;
    s->z = leie_inflater_new(LEIE_WRAPPING_GZIP);
    return s->z ? LEIE_OK : leie_fail_memory(err, path, 1, 0);
}

leie_status leie_intake_open(leie_intake **intake, const char *path, leie_error *err)
{
    leie_intake *s = NULL;
    leie_status st = stream_new(&s, path, err);
    st = st ? st : begin_file(s, path, err);
    if (st)
        leie_intake_close(s);
    else
        *intake = s;
    return st;
}

leie_status leie_intake_open_member(leie_intake **intake, const leie_zip *zip, leie_size member, leie_error *err)
{
    leie_intake *s = NULL;
    leie_status st = stream_new(&s, zip->path, err);
    st = st ? st : leie_zip_stream_open(&s->member, zip, member, err);
    if (st)
        leie_intake_close(s);
    else
        *intake = s;
    return st;
}

leie_status leie_intake_open_memory(leie_intake **intake, char *data, leie_size size, leie_error *err)
{
    leie_intake *s = NULL;
    leie_status st = stream_new(&s, "memory", err);
    if (st) {
        leie_free(data);
        return st;
    }
    s->memory = data;
    s->size = size;
    *intake = s;
    return LEIE_OK;
}

static leie_status read_plain(leie_intake *s, char *data, leie_size room, leie_size *got, leie_error *err)
{
    leie_status st = LEIE_OK;
    while (!st && *got < room) {
        if (s->used == s->have) {
            st = s->at_end ? LEIE_OK : take_block(s, err);
            if (st || s->have == s->used)
                return st;
        }
        leie_size n = s->have - s->used < room - *got ? s->have - s->used : room - *got;
        memcpy(data + *got, s->block + s->used, (size_t)n);
        s->used += n;
        *got += n;
    }
    return st;
}

// Behind a member: another one, or padding up to the end of the file.
static leie_status next_member(leie_intake *s, bool *more, leie_error *err)
{
    *more = false;
    for (;;) {
        if (s->used == s->have) {
            leie_status st = s->at_end ? LEIE_OK : take_block(s, err);
            if (st || s->used == s->have)
                return st;
        }
        if (s->block[s->used]) {
            *more = s->block[s->used] == 0x1f;
            return *more ? LEIE_OK
                         : leie_fail(err, LEIE_ERR_IO, "%s: something that is not gzip at byte %lld, behind the last "
                                     "member", s->path, (long long)(s->before + s->used));
        }
        s->used++;
    }
}

static leie_status inflate_some(leie_intake *s, char *data, leie_size room, leie_size *got, bool *end, leie_error *err)
{
    leie_inflate_flow flow = {.in = s->block, .in_size = s->have, .in_at = s->used, .out = data, .out_room = room};
    leie_inflate_state state = leie_inflater_step(s->z, &flow);
    bool hungry = flow.in_at == s->have && flow.out_at == 0;
    bool more = true;
    leie_status st = LEIE_OK;
    s->used = flow.in_at;
    *got = flow.out_at;
    if (state == LEIE_INFLATE_NO_MEMORY)
        return leie_fail_memory(err, s->path, 1, 0);
    if (state == LEIE_INFLATE_DAMAGED)
        return leie_fail(err, LEIE_ERR_IO, "%s: damaged gzip data before byte %lld", s->path,
                         (long long)(s->before + s->used));
    if (state == LEIE_INFLATE_DONE) {
        leie_inflater_restart(s->z);
        st = next_member(s, &more, err);
        *end = !more;
    } else if (hungry) {
        st = s->at_end ? LEIE_OK : take_block(s, err);
        if (!st && s->used == s->have)
            st = leie_fail(err, LEIE_ERR_IO, "%s: truncated gzip data: the file ends at byte %lld inside a member",
                           s->path, (long long)(s->before + s->have));
    }
    return st;
}

static leie_status read_gzip(leie_intake *s, char *data, leie_size room, leie_size *got, leie_error *err)
{
    leie_status st = LEIE_OK;
    while (!st && *got < room && !s->ended) {
        leie_size n = 0;
        st = inflate_some(s, data + *got, room - *got, &n, &s->ended, err);
        *got += n;
    }
    return st;
}

static leie_status read_stream(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    return leie_intake_read(ctx, data, room, got, err);
}

leie_stream leie_intake_stream(leie_intake *s)
{
    return (leie_stream){.name = s->path, .read = read_stream, .ctx = s, .packed = s->member || s->z};
}

leie_status leie_intake_read(leie_intake *s, char *data, leie_size room, leie_size *got, leie_error *err)
{
    *got = 0;
    if (s->member)
        return leie_zip_stream_read(s->member, data, room, got, err);
    if (s->file >= 0)
        return s->z ? read_gzip(s, data, room, got, err) : read_plain(s, data, room, got, err);
    *got = s->size - s->at < room ? s->size - s->at : room;
    memcpy(data, s->memory + s->at, (size_t)*got);
    s->at += *got;
    return LEIE_OK;
}
