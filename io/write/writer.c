// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/write/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/memory.h"
#include "kernels/number.h"

enum {
    BUFFER = 1 << 16,
    NUMBER_MAX = 40,
    GZIP_LEVEL = 6,
    GZIP_WINDOW = 15 + 16, // 16: a gzip header instead of one of zlib
    GZIP_MEMORY = 9,
    GZIP_UNKNOWN_OS = 255
};

static void fail_output(leie_writer *w, const char *what)
{
    w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: %s: %s", w->path, what, strerror(errno));
}

static char *join(const char *folder, const char *name, const char *ending)
{
    size_t size = strlen(folder) + strlen(name) + strlen(ending) + 2;
    char *path = leie_new((leie_size)size, 1);
    if (path)
        snprintf(path, size, "%s/%s%s", folder, name, ending);
    return path;
}

static void to_disk(leie_writer *w, const void *data, size_t size)
{
    const char *at = data;
    while (!w->st && size > 0) {
        ssize_t written = write(w->file, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            fail_output(w, "cannot be written");
            return;
        }
        at += written;
        size -= (size_t)written;
    }
}

// Empties the buffer; flush is Z_FINISH at the end of the file, else Z_NO_FLUSH.
static void drain(leie_writer *w, int flush)
{
    if (!w->gzip) {
        to_disk(w, w->text, w->used);
        w->used = 0;
        return;
    }
    w->z.next_in = (unsigned char *)w->text;
    w->z.avail_in = (uInt)w->used;
    do {
        w->z.next_out = w->packed;
        w->z.avail_out = BUFFER;
        if (!w->st && deflate(&w->z, flush) == Z_STREAM_ERROR)
            w->st = leie_fail(w->err, LEIE_ERR_INTERNAL, "%s: zlib refused to compress", w->path);
        to_disk(w, w->packed, BUFFER - w->z.avail_out);
    } while (!w->st && w->z.avail_out == 0);
    w->used = 0;
}

void leie_writer_bytes(leie_writer *w, const char *text, size_t size)
{
    while (!w->st && size > 0) {
        size_t part = size < BUFFER - w->used ? size : BUFFER - w->used;
        memcpy(w->text + w->used, text, part);
        w->used += part;
        text += part;
        size -= part;
        if (w->used == BUFFER)
            drain(w, Z_NO_FLUSH);
    }
}

void leie_writer_text(leie_writer *w, const char *text)
{
    leie_writer_bytes(w, text, strlen(text));
}

// A field, quoted when it must be (RFC 4180), with the separator or line end behind it.
void leie_writer_field(leie_writer *w, const char *text, char behind)
{
    const char special[] = {w->separator, '"', '\r', '\n', '\0'};
    if (!text[strcspn(text, special)] && text[0] != ' ' && (!text[0] || text[strlen(text) - 1] != ' ')) {
        leie_writer_text(w, text);
    } else {
        leie_writer_text(w, "\"");
        for (; *text; text++)
            leie_writer_bytes(w, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
        leie_writer_text(w, "\"");
    }
    if (behind)
        leie_writer_bytes(w, &behind, 1);
}

void leie_writer_number(leie_writer *w, double value, char behind)
{
    char text[NUMBER_MAX];
    if (!w->st && !isfinite(value))
        w->st = leie_fail(w->err, LEIE_ERR_DATA, "%s: a value is %g: expected a finite number", w->path, value);
    if (w->digits > 0) {
        snprintf(text, sizeof text, "%.*e", w->digits < 17 ? w->digits - 1 : 16, value);
        value = strtod(text, NULL);
    }
    leie_writer_bytes(w, text, (size_t)leie_number_write(text, value));
    leie_writer_bytes(w, &behind, 1);
}

// ---- one file ----

static bool start_deflate(leie_writer *w)
{
    w->z = (z_stream){0};
    w->header = (gz_header){.os = GZIP_UNKNOWN_OS};
    if (deflateInit2(&w->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    w->deflating = true;
    return deflateSetHeader(&w->z, &w->header) == Z_OK;
}

void leie_writer_start(leie_writer *w, const char *name, bool gzip)
{
    if (w->st)
        return;
    w->gzip = gzip;
    w->used = 0;
    w->path = join(w->folder, name, gzip ? ".gz" : "");
    w->temporary = join(w->folder, name, gzip ? ".gz.part" : ".part");
    if (!w->path || !w->temporary || (gzip && !start_deflate(w))) {
        w->st = leie_fail_memory(w->err, "output file", BUFFER, 1);
        return;
    }
    w->file = open(w->temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (w->file < 0)
        fail_output(w, "cannot be created");
}

void leie_writer_finish(leie_writer *w)
{
    if (!w->st)
        drain(w, Z_FINISH);
    if (!w->st && fsync(w->file) != 0)
        fail_output(w, "cannot be written");
    if (w->file >= 0 && close(w->file) != 0 && !w->st)
        fail_output(w, "cannot be written");
    if (!w->st && rename(w->temporary, w->path) != 0)
        fail_output(w, "cannot be replaced");
    if (w->st && w->temporary && w->file >= 0)
        unlink(w->temporary);
    w->file = -1;
    if (w->deflating)
        deflateEnd(&w->z);
    w->deflating = false;
    w->path = leie_free(w->path);
    w->temporary = leie_free(w->temporary);
}

void leie_writer_folder(leie_writer *w, const char *name)
{
    struct stat info;
    char *path = w->st ? NULL : join(w->folder, name, "");
    if (!path) {
        w->st = w->st ? w->st : leie_fail_memory(w->err, "a path", 1, strlen(w->folder));
        return;
    }
    if (!name[0])
        path[strlen(w->folder)] = '\0';
    int why = mkdir(path, 0777) == 0 ? 0 : errno;
    if (why && !(why == EEXIST && stat(path, &info) == 0 && S_ISDIR(info.st_mode)))
        w->st = leie_fail(w->err, LEIE_ERR_OUTPUT, "%s: the folder cannot be created: %s", path, strerror(why));
    leie_free(path);
}

leie_status leie_writer_extensions(leie_labels *list, const leie_table *t, leie_error *err)
{
    for (leie_size s = 0; s < t->stressor.n; s++) {
        const char *name = t->extension[s];
        if (!name[0] || strchr(name, '/') || strncmp(name, "Y_", 2) == 0 || strlen(name) > LEIE_WRITER_NAME - 16)
            return leie_fail(err, LEIE_ERR_DATA, "extension '%s' of stressor '%s' cannot be part of a file name", name,
                             t->stressor.code[s]);
        leie_size at = leie_labels_find(list, name);
        if (at < 0)
            at = leie_labels_add(list, name, NULL, NULL, NULL, err);
        if (at < 0)
            return (leie_status)at;
    }
    return LEIE_OK;
}

void leie_writer_sync(leie_writer *w)
{
    int folder = w->st ? -1 : open(w->folder, O_RDONLY);
    if (folder < 0)
        return;
    fsync(folder);
    close(folder);
}

leie_status leie_writer_new(leie_writer *w, const char *folder, int digits, leie_error *err)
{
    *w = (leie_writer){.err = err, .folder = folder, .digits = digits, .separator = ',', .file = -1};
    w->text = leie_new(BUFFER, 1);
    w->packed = leie_new(BUFFER, 1);
    if (!w->text || !w->packed)
        w->st = leie_fail_memory(err, "output buffers", 2 * BUFFER, 1);
    return w->st;
}

void leie_writer_clear(leie_writer *w)
{
    leie_free(w->text);
    leie_free(w->packed);
    w->text = NULL;
    w->packed = NULL;
}
