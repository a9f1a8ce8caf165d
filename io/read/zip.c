// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/zip_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "io/read/inflate.h"
#include "kernels/memory.h"

enum {
    BLOCK = 1 << 18,       // packed bytes taken from the archive at once
    DEFLATE_RATIO = 1032,  // deflate cannot do better
    UNIX_TYPE = 0170000,   // of the file mode that Unix tools keep in the upper half of the attributes
    UNIX_LINK = 0120000
};

// ---- the directory ----

bool leie_is_zip(const char *path)
{
    unsigned char head[4] = {0};
    FILE *file = fopen(path, "rb");
    bool same = file && fread(head, 1, sizeof head, file) == sizeof head && head[0] == 'P' && head[1] == 'K' &&
                ((head[2] == 3 && head[3] == 4) || (head[2] == 5 && head[3] == 6));
    if (file)
        fclose(file);
    return same;
}

static leie_status fail_open(const leie_zip *zip, zip_error_t *why, leie_error *err)
{
    leie_status st = leie_fail(err, LEIE_ERR_IO, "%s: no readable zip archive: %s", zip->path, zip_error_strerror(why));
    zip_error_fini(why);
    return st;
}

// A handle of libzip on the archive; every stream has its own.
static leie_status open_handle(zip_t **handle, const leie_zip *zip, leie_error *err)
{
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip->data ? zip_source_buffer_create(zip->data, (zip_uint64_t)zip->bytes, 0, &why)
                                     : zip_source_file_create(zip->path, 0, -1, &why);
    if (!source)
        return fail_open(zip, &why, err);
    *handle = zip_open_from_source(source, ZIP_RDONLY, &why);
    if (*handle)
        return LEIE_OK;
    zip_source_free(source);
    return fail_open(zip, &why, err);
}

// Names stay inside the archive: what a careless program could be made to write elsewhere is refused.
static leie_status check_name(const leie_zip *zip, const char *name, leie_error *err)
{
    const char *why = NULL;
    if (name[0] == '/' || (name[0] && name[1] == ':'))
        why = "is an absolute path";
    else if (strchr(name, '\\'))
        why = "has a backslash";
    for (const char *part = name; !why && part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            why = "leads out of the archive";
    }
    return why ? leie_fail(err, LEIE_ERR_DATA, "%s: the name of member '%.200s' %s; refused", zip->path, name, why)
               : LEIE_OK;
}

static bool is_link(zip_t *handle, zip_uint64_t number)
{
    zip_uint8_t system = 0;
    zip_uint32_t attributes = 0;
    return zip_file_get_external_attributes(handle, number, 0, &system, &attributes) == 0 &&
           system == ZIP_OPSYS_UNIX && (attributes >> 16 & UNIX_TYPE) == UNIX_LINK;
}

static leie_status take_member(leie_zip *zip, zip_t *handle, zip_uint64_t number, leie_error *err)
{
    zip_stat_t info;
    const zip_uint64_t need = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_CRC | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(handle, number, 0, &info) || (info.valid & need) != need)
        return leie_fail(err, LEIE_ERR_IO, "%s: entry %llu of the directory cannot be read", zip->path,
                         (unsigned long long)number);
    size_t length = strlen(info.name);
    leie_status st = check_name(zip, info.name, err);
    if (st || length == 0 || info.name[length - 1] == '/') // a folder
        return st;
    if (info.size > INT64_MAX / 2 || info.comp_size > INT64_MAX / 2)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: member '%.200s' states an absurd size", zip->path, info.name);
    leie_zip_member *m = &zip->member[zip->n];
    *m = (leie_zip_member){.name = leie_strdup(info.name),
                           .size = (leie_size)info.size,
                           .packed = (leie_size)info.comp_size,
                           .number = (leie_size)number,
                           .crc = info.crc,
                           .method = info.comp_method,
                           .encrypted = (info.valid & ZIP_STAT_ENCRYPTION_METHOD) && info.encryption_method != 0,
                           .link = is_link(handle, number)};
    if (!m->name)
        return leie_fail_memory(err, zip->path, 1, length);
    zip->n++;
    return LEIE_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const leie_zip_member *)a)->name, ((const leie_zip_member *)b)->name);
}

static leie_status refuse_twice(const leie_zip *zip, leie_error *err)
{
    for (leie_size i = 1; i < zip->n; i++)
        if (strcmp(zip->member[i - 1].name, zip->member[i].name) == 0)
            return leie_fail(err, LEIE_ERR_DATA, "%s: two members are called '%.200s'; refused", zip->path,
                             zip->member[i].name);
    return LEIE_OK;
}

static leie_status read_directory(leie_zip *zip, leie_error *err)
{
    zip_t *handle = NULL;
    leie_status st = open_handle(&handle, zip, err);
    zip_int64_t entries = st ? 0 : zip_get_num_entries(handle, 0);
    if (!st && entries > LEIE_ZIP_MEMBERS_MOST)
        st = leie_fail(err, LEIE_ERR_LIMIT, "%s: %lld members, more than %d", zip->path, (long long)entries,
                       LEIE_ZIP_MEMBERS_MOST);
    zip->member = st ? NULL : leie_new(entries, sizeof *zip->member);
    if (!st && !zip->member)
        st = leie_fail_memory(err, zip->path, entries, sizeof *zip->member);
    for (zip_int64_t i = 0; !st && i < entries; i++)
        st = take_member(zip, handle, (zip_uint64_t)i, err);
    if (!st) {
        qsort(zip->member, (size_t)zip->n, sizeof *zip->member, by_name);
        st = refuse_twice(zip, err);
        st = st ? st : leie_zip_check_names(zip, err);
    }
    if (handle)
        zip_discard(handle);
    return st;
}

leie_status leie_zip_open_memory(leie_zip *zip, const void *data, leie_size bytes, const char *path, leie_error *err)
{
    *zip = (leie_zip){.path = leie_strdup(path), .data = data, .bytes = bytes};
    leie_status st = zip->path ? read_directory(zip, err) : leie_fail_memory(err, path, 1, strlen(path));
    if (st)
        leie_zip_close(zip);
    return st;
}

leie_status leie_zip_open(leie_zip *zip, const char *path, leie_error *err)
{
    return leie_zip_open_memory(zip, NULL, 0, path, err);
}

void leie_zip_close(leie_zip *zip)
{
    for (leie_size i = 0; zip->member && i < zip->n; i++)
        leie_free(zip->member[i].name);
    leie_free(zip->member);
    leie_free(zip->path);
    *zip = (leie_zip){0};
}

leie_size leie_zip_find(const leie_zip *zip, const char *name)
{
    const leie_zip_member key = {.name = (char *)(uintptr_t)name};
    const leie_zip_member *at = zip->n ? bsearch(&key, zip->member, (size_t)zip->n, sizeof key, by_name) : NULL;
    return at ? at - zip->member : -1;
}

// ---- a member ----

struct leie_zip_stream {
    const leie_zip *zip;       // borrowed
    const leie_zip_member *of; // borrowed
    zip_t *handle;
    zip_file_t *file;     // packed bytes, or libzip's own text for methods that we do not inflate
    leie_inflater *z;     // deflate only
    unsigned char *block; // [BLOCK] packed bytes
    leie_size have, used; // bytes in the block, bytes inflated
    leie_size taken;      // packed bytes taken from the archive
    leie_size given;      // bytes of text handed out
    uint32_t crc;         // of these
    bool ended;           // the packed data said so
};

static leie_status fail_member(const leie_zip_stream *s, leie_status code, leie_error *err, const char *what)
{
    return leie_fail(err, code, "%s: member '%.200s': %s", s->zip->path, s->of->name, what);
}

static leie_status check_member(const leie_zip_stream *s, leie_error *err)
{
    const leie_zip_member *m = s->of;
    if (m->encrypted)
        return fail_member(s, LEIE_ERR_DATA, err, "encrypted; decrypt the archive first");
    if (m->link)
        return fail_member(s, LEIE_ERR_DATA, err, "a symbolic link, which is not followed");
    if (m->method == ZIP_CM_STORE && m->size != m->packed)
        return fail_member(s, LEIE_ERR_IO, err, "stored, but its two sizes differ");
    if (m->method == ZIP_CM_DEFLATE && m->size / DEFLATE_RATIO > m->packed)
        return fail_member(s, LEIE_ERR_DATA, err, "states more bytes than its packed data can hold");
    if (m->method != ZIP_CM_STORE && !zip_compression_method_supported(m->method, 0))
        return fail_member(s, LEIE_ERR_DATA, err, "packed by a method that is not read here; use deflate");
    return LEIE_OK;
}

leie_status leie_zip_stream_open(leie_zip_stream **stream, const leie_zip *zip, leie_size member, leie_error *err)
{
    leie_zip_stream *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, zip->path, 1, sizeof *s);
    s->zip = zip;
    s->of = &zip->member[member];
    bool deflate = s->of->method == ZIP_CM_DEFLATE;
    leie_status st = check_member(s, err);
    st = st ? st : open_handle(&s->handle, zip, err);
    s->file = st ? NULL : zip_fopen_index(s->handle, (zip_uint64_t)s->of->number, deflate ? ZIP_FL_COMPRESSED : 0);
    if (!st && !s->file)
        st = fail_member(s, LEIE_ERR_IO, err, zip_strerror(s->handle));
    if (!st && deflate) {
        s->z = leie_inflater_new(LEIE_WRAPPING_NONE);
        s->block = leie_new(BLOCK, 1);
        if (!s->z || !s->block)
            st = leie_fail_memory(err, zip->path, BLOCK, 1);
    }
    if (st) {
        leie_zip_stream_close(s);
        return st;
    }
    *stream = s;
    return LEIE_OK;
}

leie_zip_stream *leie_zip_stream_close(leie_zip_stream *s)
{
    if (!s)
        return NULL;
    leie_inflater_free(s->z);
    leie_free(s->block);
    if (s->file)
        zip_fclose(s->file);
    if (s->handle)
        zip_discard(s->handle);
    return leie_free(s);
}

// Bytes as libzip gives them.
static leie_status take_bytes(leie_zip_stream *s, void *to, leie_size room, leie_size *got, leie_error *err)
{
    zip_int64_t n = zip_fread(s->file, to, (zip_uint64_t)room);
    if (n < 0)
        return fail_member(s, LEIE_ERR_IO, err, zip_file_strerror(s->file));
    *got = n;
    return LEIE_OK;
}

static leie_status take_block(leie_zip_stream *s, leie_error *err)
{
    leie_status st = take_bytes(s, s->block, BLOCK, &s->have, err);
    s->used = 0;
    s->taken += s->have;
    if (!st && s->have == 0)
        st = fail_member(s, LEIE_ERR_IO, err, "truncated: its packed data end too early");
    return st;
}

// One step. An inflater holds text back, so that packed bytes are needed only when it gives nothing without.
static leie_status inflate_some(leie_zip_stream *s, char *to, leie_size room, leie_size *got, leie_error *err)
{
    leie_inflate_flow flow = {.in = s->block, .in_size = s->have, .in_at = s->used, .out = to, .out_room = room};
    leie_inflate_state state = leie_inflater_step(s->z, &flow);
    bool hungry = flow.in_at == s->have && flow.out_at == 0;
    s->used = flow.in_at;
    *got = flow.out_at;
    s->ended = state == LEIE_INFLATE_DONE;
    if (state == LEIE_INFLATE_NO_MEMORY)
        return leie_fail_memory(err, s->zip->path, 1, 0);
    if (state == LEIE_INFLATE_DAMAGED)
        return leie_fail(err, LEIE_ERR_IO, "%s: member '%.200s': damaged before its packed byte %lld of %lld",
                         s->zip->path, s->of->name, (long long)(s->taken - s->have + s->used),
                         (long long)s->of->packed);
    return hungry && !s->ended ? take_block(s, err) : LEIE_OK;
}

/* The text is complete: nothing may come behind it, and the check sum must agree. A byte of room tells whether
 * the data go on. */
static leie_status check_end(leie_zip_stream *s, leie_error *err)
{
    char extra;
    leie_size got = 0;
    leie_status st = LEIE_OK;
    while (s->z && !st && !s->ended && got == 0)
        st = inflate_some(s, &extra, 1, &got, err);
    if (!st && !s->z)
        st = take_bytes(s, &extra, 1, &got, err);
    if (st)
        return st;
    if (got)
        return fail_member(s, LEIE_ERR_DATA, err, "inflates to more bytes than it states");
    if (s->crc != s->of->crc)
        return leie_fail(err, LEIE_ERR_IO, "%s: member '%.200s': damaged: check sum %08x, stated %08x", s->zip->path,
                         s->of->name, s->crc, s->of->crc);
    s->ended = true;
    return LEIE_OK;
}

leie_status leie_zip_stream_read(leie_zip_stream *s, char *data, leie_size room, leie_size *got, leie_error *err)
{
    leie_size left = s->of->size - s->given, want = room < left ? room : left;
    leie_status st = LEIE_OK;
    *got = 0;
    while (!st && *got < want) {
        leie_size n = 0;
        if (s->z && s->ended)
            return fail_member(s, LEIE_ERR_IO, err, "truncated: it inflates to fewer bytes than it states");
        st = s->z ? inflate_some(s, data + *got, want - *got, &n, err) : take_bytes(s, data + *got, want - *got, &n, err);
        if (!st && !s->z && n == 0)
            return fail_member(s, LEIE_ERR_IO, err, "truncated: the archive ends inside it");
        *got += n;
    }
    if (st)
        return st;
    s->crc = leie_crc32(s->crc, data, *got);
    s->given += *got;
    return *got < room ? check_end(s, err) : LEIE_OK;
}

leie_status leie_zip_read(char **data, leie_size *size, const leie_zip *zip, leie_size member, leie_size limit,
                          leie_error *err)
{
    const leie_zip_member *m = &zip->member[member];
    leie_zip_stream *s = NULL;
    leie_size got = 0;
    if (limit && m->size > limit)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: member '%.200s': %lld bytes, more than %lld", zip->path, m->name,
                         (long long)m->size, (long long)limit);
    leie_status st = leie_zip_stream_open(&s, zip, member, err);
    char *text = st ? NULL : leie_new(m->size + 1, 1);
    if (!st && !text)
        st = leie_fail_memory(err, zip->path, m->size + 1, 1);
    st = st ? st : leie_zip_stream_read(s, text, m->size + 1, &got, err);
    leie_zip_stream_close(s);
    if (st) {
        leie_free(text);
        return st;
    }
    text[got] = '\0';
    *data = text;
    *size = got;
    return LEIE_OK;
}
