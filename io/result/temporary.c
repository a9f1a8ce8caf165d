// SPDX-License-Identifier: GPL-3.0-or-later
#define _XOPEN_SOURCE 700 // realpath
#include "io/result/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "kernels/memory.h"

// read by a signal handler: the text is complete before the flag is set
static char current[PATH_MAX];
static volatile sig_atomic_t current_set;

const char *leie_temporary_current(void)
{
    return current_set ? current : NULL;
}

static leie_status fail_errno(leie_error *err, const char *path, const char *what)
{
    return leie_fail(err, LEIE_ERR_OUTPUT, "%s: %s: %s", path, what, strerror(errno));
}

/* Free bytes for this user in a folder, -1 when unknown. */
static leie_size free_bytes(const char *folder)
{
    struct statvfs fs;
    leie_size bytes;
    if (statvfs(folder, &fs) || __builtin_mul_overflow(fs.f_bavail, fs.f_frsize, &bytes))
        return -1;
    return bytes;
}

/* The file that will be replaced: links are followed, and what is there must be a writable file. */
static leie_status resolve(char **target, const char *path, leie_error *err)
{
    struct stat st;
    char real[PATH_MAX];
    if (!path[0] || path[strlen(path) - 1] == '/')
        return leie_fail(err, LEIE_ERR_OUTPUT, "'%s' is no name for a file", path);
    if (stat(path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return leie_fail(err, LEIE_ERR_OUTPUT, "%s is a folder, expected a file", path);
        if (!S_ISREG(st.st_mode))
            return leie_fail(err, LEIE_ERR_OUTPUT, "%s is no regular file, so it cannot be replaced", path);
        if (access(path, W_OK) || !realpath(path, real))
            return fail_errno(err, path, "cannot be replaced");
        path = real;
    } else if (errno != ENOENT) {
        return fail_errno(err, path, "cannot be written");
    }
    *target = leie_strdup(path);
    return *target ? LEIE_OK : leie_fail_memory(err, "a path", (leie_size)strlen(path) + 1, 1);
}

/* Creates folder/.name.XXXXXX.tmp, which nobody else has. */
static leie_status create(leie_temporary *t, const char *name, leie_error *err)
{
    static unsigned counter;
    size_t room = strlen(t->folder) + strlen(name) + 16;
    if (room > sizeof current)
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s: the path is too long", t->target);
    char *path = leie_new((leie_size)room, 1);
    if (!path)
        return leie_fail_memory(err, "a path", (leie_size)room, 1);
    for (int tries = 0; tries < 4096; tries++) {
        unsigned mark = ((unsigned)getpid() * 4099u + counter++) & 0xffffffu;
        snprintf(path, room, "%s/.%s.%06x.tmp", t->folder, name, mark);
        t->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (t->fd >= 0 || errno != EEXIST)
            break;
    }
    if (t->fd < 0) {
        int code = errno;
        leie_free(path);
        return leie_fail(err, LEIE_ERR_OUTPUT, "%s: cannot write into folder '%s': %s", t->target, t->folder,
                         strerror(code));
    }
    t->path = path;
    strcpy(current, path);
    current_set = 1;
    return LEIE_OK;
}

leie_status leie_temporary_open(leie_temporary *t, const char *path, leie_error *err)
{
    *t = (leie_temporary){.fd = -1};
    leie_status st = resolve(&t->target, path, err);
    if (st)
        return st;
    const char *slash = strrchr(t->target, '/');
    const char *name = slash ? slash + 1 : t->target;
    if (!slash)
        t->folder = leie_strdup(".");
    else
        t->folder = slash == t->target ? leie_strdup("/") : leie_strndup(t->target, (size_t)(slash - t->target));
    st = t->folder ? create(t, name, err) : leie_fail_memory(err, "a path", (leie_size)strlen(path) + 1, 1);
    if (st)
        leie_temporary_drop(t);
    return st;
}

leie_status leie_temporary_room(const leie_temporary *t, leie_size bytes, leie_error *err)
{
    leie_size room = free_bytes(t->folder);
    if (room < 0 || room >= bytes)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_OUTPUT, "%s: disk full: up to %lld bytes needed, %lld free", t->target,
                     (long long)bytes, (long long)room);
}

leie_status leie_temporary_write(leie_temporary *t, const void *data, size_t size, leie_error *err)
{
    const char *at = data;
    size_t left = size;
    while (left > 0) {
        ssize_t done = write(t->fd, at, left < INT_MAX ? left : INT_MAX);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
            return leie_fail(err, LEIE_ERR_OUTPUT, "%s: disk full: %zu bytes needed, %zu written, %lld free (%s)",
                             t->target, size, size - left, (long long)free_bytes(t->folder), strerror(errno));
        if (done < 0)
            return fail_errno(err, t->target, "cannot be written");
        at += done;
        left -= (size_t)done;
    }
    return LEIE_OK;
}

leie_status leie_temporary_append(leie_temporary *t, const void *data, size_t size, leie_error *err)
{
    if (lseek(t->fd, 0, SEEK_END) < 0)
        return fail_errno(err, t->target, "cannot be written");
    return leie_temporary_write(t, data, size, err);
}

leie_status leie_temporary_take(leie_temporary *t, void *data, size_t *size, size_t most, leie_error *err)
{
    char *at = data;
    ssize_t n;
    *size = 0;
    while ((n = pread(t->fd, at + *size, most - *size, (off_t)*size)) > 0)
        *size += (size_t)n;
    if (n < 0 || *size == most || ftruncate(t->fd, 0) || lseek(t->fd, 0, SEEK_SET) < 0)
        return fail_errno(err, t->path, "cannot be read back");
    return LEIE_OK;
}

/* The rename lasts when the folder is on disk; file systems that cannot sync a folder say EINVAL. */
static leie_status sync_folder(const leie_temporary *t, leie_error *err)
{
    int fd = open(t->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return LEIE_OK; // a folder that may be written but not read
    leie_status st = fsync(fd) && errno != EINVAL ? fail_errno(err, t->folder, "cannot be synced") : LEIE_OK;
    close(fd);
    return st;
}

leie_status leie_temporary_commit(leie_temporary *t, leie_error *err)
{
    if (fsync(t->fd))
        return fail_errno(err, t->target, "cannot be written to disk");
    int fd = t->fd;
    t->fd = -1;
    if (close(fd))
        return fail_errno(err, t->target, "cannot be closed");
    if (rename(t->path, t->target))
        return fail_errno(err, t->target, "cannot be replaced");
    current_set = 0;
    t->path = leie_free(t->path);
    return sync_folder(t, err);
}

void leie_temporary_drop(leie_temporary *t)
{
    if (t->fd >= 0)
        close(t->fd);
    if (t->path) {
        unlink(t->path);
        current_set = 0;
    }
    leie_free(t->path);
    leie_free(t->folder);
    leie_free(t->target);
    *t = (leie_temporary){.fd = -1};
}
