// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/parallel.h"

enum {
    HASH_BLOCK = 1 << 16,
    KNOWN_MOST = 256,
    BESIDE_FROM = 1 << 24, // bytes of a file that is hashed beside other work
    FRESH = 2              // seconds within which a file may be written again without showing it
};

static void hash_digest(char *hex, struct sha256_ctx *hash)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

void leie_hash_bytes(char *hex, const void *data, size_t size)
{
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, size, data);
    hash_digest(hex, &hash);
}

// ---- what was hashed before ----

typedef struct known_file {
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec written, changed;
    char hex[65];
} known_file;

// The oldest one makes room for the next.
static struct {
    pthread_mutex_t lock;
    known_file file[KNOWN_MOST];
    size_t n;
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool identify(known_file *f, int file)
{
    struct stat info;
    if (fstat(file, &info) || !S_ISREG(info.st_mode))
        return false;
    *f = (known_file){.device = info.st_dev, .number = info.st_ino, .size = info.st_size, .written = info.st_mtim,
                      .changed = info.st_ctim};
    return true;
}

static bool is_same(const known_file *a, const known_file *b)
{
    return a->device == b->device && a->number == b->number && a->size == b->size &&
           a->written.tv_sec == b->written.tv_sec && a->written.tv_nsec == b->written.tv_nsec &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool is_fresh(const known_file *f)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec - f->changed.tv_sec < FRESH;
}

bool leie_hash_recall(char *hex, int file)
{
    known_file wanted;
    bool found = false;
    if (!identify(&wanted, file))
        return false;
    pthread_mutex_lock(&known.lock);
    size_t filled = known.n < KNOWN_MOST ? known.n : KNOWN_MOST;
    for (size_t i = 0; i < filled && !found; i++) {
        found = is_same(&known.file[i], &wanted);
        if (found)
            memcpy(hex, known.file[i].hex, sizeof known.file[i].hex);
    }
    pthread_mutex_unlock(&known.lock);
    return found;
}

void leie_hash_remember(const char *hex, int file)
{
    known_file f;
    if (!identify(&f, file) || is_fresh(&f))
        return;
    memcpy(f.hex, hex, sizeof f.hex);
    pthread_mutex_lock(&known.lock);
    known.file[known.n++ % KNOWN_MOST] = f;
    if (known.n == 2 * KNOWN_MOST)
        known.n = KNOWN_MOST;
    pthread_mutex_unlock(&known.lock);
}

// ---- files ----

static leie_status hash_bytes_of(char *hex, leie_size *bytes, int file, const char *path, leie_error *err)
{
    struct sha256_ctx hash;
    uint8_t block[HASH_BLOCK];
    *bytes = 0;
    sha256_init(&hash);
    for (;;) {
        ssize_t got = read(file, block, HASH_BLOCK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return leie_fail(err, LEIE_ERR_IO, "%s: %s after byte %lld", path, strerror(errno), (long long)*bytes);
        if (got == 0)
            break;
        sha256_update(&hash, (size_t)got, block);
        *bytes += got;
    }
    hash_digest(hex, &hash);
    leie_hash_remember(hex, file);
    return LEIE_OK;
}

// The one file that a thread of its own is hashing.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool running;
    int file;
    known_file what;
} beside = {.lock = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

static void *hash_beside(void *ctx)
{
    char hex[65];
    leie_size bytes;
    (void)ctx;
    leie_thread_unbind();
    leie_thread_behind();
    hash_bytes_of(hex, &bytes, beside.file, "", NULL); // what fails here fails again for who asks
    close(beside.file);
    pthread_mutex_lock(&beside.lock);
    beside.running = false;
    pthread_cond_broadcast(&beside.done);
    pthread_mutex_unlock(&beside.lock);
    return NULL;
}

static bool begin_beside(int file)
{
    char hex[65];
    known_file what;
    pthread_t thread;
    if (leie_threads() == 1 || !identify(&what, file) || what.size < BESIDE_FROM || is_fresh(&what) ||
        leie_hash_recall(hex, file))
        return false;
    pthread_mutex_lock(&beside.lock);
    bool begun = !beside.running;
    if (begun) {
        beside.file = file;
        beside.what = what;
        begun = beside.running = pthread_create(&thread, NULL, hash_beside, NULL) == 0;
    }
    pthread_mutex_unlock(&beside.lock);
    if (begun)
        pthread_detach(thread);
    return begun;
}

void leie_hash_begin(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file >= 0 && !begin_beside(file))
        close(file);
}

static void await_beside(int file)
{
    known_file wanted;
    if (!identify(&wanted, file))
        return;
    pthread_mutex_lock(&beside.lock);
    while (beside.running && is_same(&beside.what, &wanted))
        pthread_cond_wait(&beside.done, &beside.lock);
    pthread_mutex_unlock(&beside.lock);
}

leie_status leie_hash_open_file(char *hex, leie_size *bytes, int file, const char *path, leie_error *err)
{
    struct stat info;
    await_beside(file);
    if (leie_hash_recall(hex, file) && fstat(file, &info) == 0) {
        *bytes = (leie_size)info.st_size;
        return LEIE_OK;
    }
    return hash_bytes_of(hex, bytes, file, path, err);
}
