// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TARGETS_MAX = 32, FILES_MAX = 32, PATH_SIZE = 512, NAME_SIZE = 64 };

static struct {
    const char *name;
    fuzz_target target;
} targets[TARGETS_MAX];
static int target_count;

void fuzz_add(const char *name, fuzz_target target)
{
    if (target_count == TARGETS_MAX)
        fuzz_fail("too many targets");
    targets[target_count].name = name;
    targets[target_count++].target = target;
}

fuzz_target fuzz_find(const char *name)
{
    for (int i = 0; i < target_count; i++)
        if (strcmp(targets[i].name, name) == 0)
            return targets[i].target;
    return NULL;
}

const char *fuzz_name(int i)
{
    return i < target_count ? targets[i].name : NULL;
}

void fuzz_fail(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}

// ---- files ----

static char folder[PATH_SIZE - NAME_SIZE - 2];
static char written[FILES_MAX][PATH_SIZE]; // by the last call
static int files;

static void remove_written(void)
{
    while (files > 0)
        unlink(written[--files]);
}

static void remove_folder(void)
{
    remove_written();
    rmdir(folder);
}

// In memory where the system has a place for that.
static void make_folder(void)
{
    if (folder[0])
        return;
    snprintf(folder, sizeof folder, "%s/leie-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (!mkdtemp(folder))
        fuzz_fail("no folder for files");
    atexit(remove_folder);
}

static void write_file(const char *name, const uint8_t *data, size_t size)
{
    char *path = written[files];
    snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0)
        return;
    files++;
    if (write(file, data, size) != (ssize_t)size)
        fuzz_fail("a file cannot be written");
    close(file);
}

const char *fuzz_file(const char *name, const uint8_t *data, size_t size)
{
    make_folder();
    remove_written();
    write_file(name, data, size);
    return files ? written[0] : "";
}

// "#### name": the name, "" when it leads out of the folder.
static void take_name(char name[NAME_SIZE], const char *line, size_t size)
{
    size_t length = size < NAME_SIZE ? size : 0;
    memcpy(name, line, length);
    name[length] = '\0';
    if (name[0] == '.' || strchr(name, '/') || strlen(name) != length)
        name[0] = '\0';
}

leie_status fuzz_read(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    fuzz_bytes *b = ctx;
    (void)err;
    *got = b->size - b->at < room ? b->size - b->at : room;
    memcpy(data, (const char *)b->data + b->at, (size_t)*got);
    b->at += *got;
    return LEIE_OK;
}

leie_status fuzz_take(void *ctx, leie_size row, const double *value, leie_error *err)
{
    (void)ctx;
    (void)row;
    (void)value;
    (void)err;
    return LEIE_OK;
}

const char *fuzz_unpack(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    make_folder();
    remove_written();
    while (end - at > 5 && memcmp(at, "#### ", 5) == 0 && files < FILES_MAX) {
        char name[NAME_SIZE];
        const char *line = memchr(at, '\n', (size_t)(end - at));
        if (!line)
            break;
        take_name(name, at + 5, (size_t)(line - at) - 5);
        const char *from = line + 1, *next = from;
        while (next && next < end && (end - next < 5 || memcmp(next, "#### ", 5) != 0)) {
            next = memchr(next, '\n', (size_t)(end - next));
            next = next ? next + 1 : NULL;
        }
        next = next ? next : end;
        if (name[0])
            write_file(name, (const uint8_t *)from, (size_t)(next - from));
        at = next;
    }
    return folder;
}
