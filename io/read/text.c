// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/read/container.h"
#include "io/read/gzip.h"
#include "kernels/memory.h"
#include "kernels/utf8.h"

enum { PIPE_MOST = 1 << 30, PACKED_LEAST = 1 << 28, PACKED_RATIO = 200 };

leie_size leie_text_most(leie_size bytes)
{
    return bytes > (INT64_MAX - PACKED_LEAST) / PACKED_RATIO ? INT64_MAX : PACKED_LEAST + PACKED_RATIO * bytes;
}

// Opens for reading and tells the size, 0 when it has none (a pipe); a folder is refused.
static leie_status open_file(int *file, leie_size *size, const char *path, leie_error *err)
{
    struct stat st;
    *file = open(path, O_RDONLY | O_CLOEXEC);
    if (*file < 0)
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
    const char *why = NULL;
    if (fstat(*file, &st))
        why = strerror(errno);
    else if (S_ISDIR(st.st_mode))
        why = "a folder where a file belongs";
    if (why) {
        close(*file);
        return leie_fail(err, LEIE_ERR_IO, "%s: %s", path, why);
    }
    *size = (leie_size)st.st_size;
    return LEIE_OK;
}

// Reads up to size bytes; fewer only at the end of the file.
static leie_status read_block(leie_size *got, int file, void *block, leie_size size, const char *path, leie_error *err)
{
    *got = 0;
    while (*got < size) {
        ssize_t n = read(file, (char *)block + *got, (size_t)(size - *got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return leie_fail(err, LEIE_ERR_IO, "%s: %s after byte %lld", path, strerror(errno), (long long)*got);
        if (n == 0)
            break;
        *got += n;
    }
    return LEIE_OK;
}

static leie_status open_real(int *file, leie_size *size, const char *path, leie_error *err)
{
    char *real = leie_container_file(path);
    leie_status st = real ? open_file(file, size, real, err) : leie_fail_memory(err, path, 1, strlen(path));
    leie_free(real);
    return st;
}

leie_status leie_hash_file(char *hex, leie_size *bytes, const char *path, leie_error *err)
{
    int file = -1;
    leie_size size = 0;
    leie_status st = open_real(&file, &size, path, err);
    if (st)
        return st;
    st = leie_hash_open_file(hex, bytes, file, path, err);
    close(file);
    return st;
}

/* The whole file as it is on disk, closed by a NUL. A file that is longer than its stated size (a pipe,
 * or one that grows) is read to its end. Its hash is taken from what is known, or computed. */
static leie_status read_all(leie_text *text, leie_size limit, leie_error *err)
{
    int file = -1;
    leie_size room = 0, got, n = 0;
    const char *path = text->path;
    char *block = NULL;
    leie_status st = open_real(&file, &room, path, err);
    if (st)
        return st;
    if (!limit && room == 0)
        limit = PIPE_MOST;
    if (limit && room > limit)
        st = leie_fail(err, LEIE_ERR_LIMIT, "%s: %lld bytes, more than %lld", path, (long long)room, (long long)limit);
    while (!st) {
        char *grown = leie_resize(block, n, room + 2, 1); // a byte more than expected shows the end
        if (!grown) {
            st = leie_fail_memory(err, path, room + 2, 1);
            break;
        }
        block = grown;
        st = read_block(&got, file, block + n, room + 1 - n, path, err);
        n += got;
        if (n <= room)
            break;
        room = 2 * n;
        if (!st && limit && n > limit)
            st = leie_fail(err, LEIE_ERR_LIMIT, "%s: more than %lld bytes", path, (long long)limit);
    }
    if (!st && !leie_hash_recall(text->sha256, file)) {
        leie_hash_bytes(text->sha256, block, (size_t)n);
        leie_hash_remember(text->sha256, file);
    }
    close(file);
    if (st) {
        leie_free(block);
        return st;
    }
    block[n] = '\0';
    text->data = block;
    text->bytes = text->size = n;
    return LEIE_OK;
}

// What is not UTF-8 is refused with its line, so that no label fails when the result is written.
static leie_status check_encoding(const leie_text *text, leie_error *err)
{
    leie_size at = leie_utf8_fault(text->data, text->size), line = 1;
    if (at < 0)
        return LEIE_OK;
    for (leie_size i = 0; i < at; i++)
        line += text->data[i] == '\n';
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: byte 0x%02x is not UTF-8 (Latin-1 or Windows-1252?); save it as UTF-8",
                     text->path, (long long)line, (unsigned char)text->data[at]);
}

// Drops a byte-order mark; refuses what is not UTF-8.
static leie_status check_text(leie_text *text, leie_error *err)
{
    const unsigned char *byte = (const unsigned char *)text->data;
    if (text->size >= 2 && ((byte[0] == 0xff && byte[1] == 0xfe) || (byte[0] == 0xfe && byte[1] == 0xff)))
        return leie_fail(err, LEIE_ERR_DATA, "%s: UTF-16 text; save it as UTF-8", text->path);
    if (text->size >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0) {
        text->size -= 3;
        memmove(text->data, text->data + 3, (size_t)text->size + 1);
    }
    const char *nul = memchr(text->data, '\0', (size_t)text->size);
    if (nul)
        return leie_fail(err, LEIE_ERR_DATA, "%s: a NUL at byte %lld: not UTF-8 text (UTF-16 or a binary file)",
                         text->path, (long long)(nul - text->data));
    return check_encoding(text, err);
}

// path, or path.gz when only that exists. NULL when out of memory.
static char *existing(const char *path)
{
    struct stat st;
    size_t length;
    if (leie_container_of(path, &length) || stat(path, &st) == 0 || errno != ENOENT)
        return leie_strdup(path);
    char *zipped = leie_new((leie_size)length + 4, 1);
    if (zipped) {
        memcpy(zipped, path, length);
        memcpy(zipped + length, ".gz", 4);
        if (stat(zipped, &st))
            zipped[length] = '\0'; // the message names what was asked for
    }
    return zipped;
}

leie_status leie_text_exists(bool *there, const char *path, leie_error *err)
{
    struct stat st;
    size_t length;
    leie_container kind = leie_container_of(path, &length);
    if (kind == LEIE_CONTAINER_ZIP)
        return leie_container_has(there, path, err);
    char *real = kind ? leie_container_file(path) : existing(path);
    if (!real)
        return leie_fail_memory(err, path, 1, strlen(path));
    *there = stat(real, &st) == 0;
    leie_free(real);
    return LEIE_OK;
}

// A gzip file or the sheet of a workbook, in place of what is on disk.
static leie_status unpack(leie_text *text, bool sheet, leie_size limit, leie_error *err)
{
    char *packed = text->data;
    leie_size most = limit ? limit : leie_text_most(text->bytes);
    leie_status st = LEIE_OK;
    if (leie_is_gzip(packed, text->bytes)) {
        text->data = NULL;
        st = leie_gzip_inflate(&text->data, &text->size, (unsigned char *)packed, text->bytes, most, text->path, err);
    } else if (sheet) {
        text->data = NULL;
        st = leie_container_sheet(&text->data, &text->size, packed, text->bytes, text->path, most, err);
    }
    if (packed != text->data)
        leie_free(packed);
    return st;
}

static leie_status read_member(leie_text *text, leie_size limit, leie_error *err)
{
    leie_status st = leie_hash_file(text->sha256, &text->bytes, text->path, err);
    return st ? st : leie_container_member(&text->data, &text->size, text->path, limit, err);
}

leie_status leie_text_read(leie_text *text, const char *path, leie_size limit, leie_error *err)
{
    *text = (leie_text){.path = existing(path)};
    if (!text->path)
        return leie_fail_memory(err, path, 1, strlen(path));
    size_t length;
    leie_container kind = leie_container_of(text->path, &length);
    leie_status st = kind == LEIE_CONTAINER_ZIP ? read_member(text, limit, err) : read_all(text, limit, err);
    if (!st && kind != LEIE_CONTAINER_ZIP)
        st = unpack(text, kind == LEIE_CONTAINER_WORKBOOK, limit, err);
    if (!st)
        st = check_text(text, err);
    if (st)
        leie_text_free(text);
    return st;
}

leie_status leie_text_take(leie_text *text, const char *path, char *data, leie_size size, leie_error *err)
{
    *text = (leie_text){.path = leie_strdup(path), .data = data, .size = size, .bytes = size};
    leie_status st = text->path ? check_text(text, err) : leie_fail_memory(err, path, 1, strlen(path));
    if (st)
        leie_text_free(text);
    return st;
}

void leie_text_free(leie_text *text)
{
    leie_free(text->path);
    leie_free(text->data);
    *text = (leie_text){0};
}

static bool ends_with_gz(const char *path)
{
    size_t length = strlen(path);
    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

leie_status leie_text_source(const leie_text *text, leie_provenance *p, const char *role, const char *shown,
                             const char *reader, leie_error *err)
{
    if (!ends_with_gz(text->path) || ends_with_gz(shown))
        return leie_provenance_source(p, role, shown, reader, text->bytes, text->sha256, err);
    char *zipped = leie_new((leie_size)strlen(shown) + 4, 1);
    if (!zipped)
        return leie_fail_memory(err, "a path", 1, strlen(shown) + 4);
    memcpy(zipped, shown, strlen(shown));
    memcpy(zipped + strlen(shown), ".gz", 4);
    leie_status st = leie_provenance_source(p, role, zipped, reader, text->bytes, text->sha256, err);
    leie_free(zipped);
    return st;
}
