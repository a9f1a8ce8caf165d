// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/seal.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MARK_SIZE = 16, BLOCK = 64 * 1024 };
static const char MARK[MARK_SIZE + 1] = "Leie SHA-256 v1\n";

static void finish(unsigned char *seal, struct sha256_ctx *sha)
{
    memcpy(seal, MARK, MARK_SIZE);
    sha256_digest(sha, SHA256_DIGEST_SIZE, seal + MARK_SIZE);
}

void leie_seal_bytes(unsigned char seal[LEIE_SEAL_SIZE], const void *data, size_t size)
{
    struct sha256_ctx sha;
    sha256_init(&sha);
    sha256_update(&sha, size, data);
    finish(seal, &sha);
}

/* The seal of the first size bytes of an open file; what follows them goes to tail[0 .. most - 1].
 * Returns the number of bytes in tail, negative when the file could not be read. */
static long seal_stream(unsigned char *seal, unsigned char *tail, size_t most, FILE *file, leie_size size)
{
    unsigned char block[BLOCK];
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (leie_size left = size; left > 0;) {
        size_t n = fread(block, 1, left < BLOCK ? (size_t)left : BLOCK, file);
        if (n == 0)
            return -1;
        sha256_update(&sha, n, block);
        left -= (leie_size)n;
    }
    finish(seal, &sha);
    size_t n = fread(tail, 1, most, file);
    return ferror(file) ? -1 : (long)n;
}

static leie_status open_file(FILE **file, leie_size *size, const char *path, leie_error *err)
{
    struct stat st;
    *file = fopen(path, "rb");
    if (!*file || fstat(fileno(*file), &st)) {
        leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
        if (*file)
            fclose(*file);
        return LEIE_ERR_IO;
    }
    *size = (leie_size)st.st_size;
    return LEIE_OK;
}

leie_status leie_seal_file(unsigned char seal[LEIE_SEAL_SIZE], const char *path, leie_error *err)
{
    FILE *file;
    leie_size size;
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    long rest = seal_stream(seal, NULL, 0, file, size);
    fclose(file);
    return rest < 0 ? leie_fail(err, LEIE_ERR_IO, "%s: cannot be read", path) : LEIE_OK;
}

leie_status leie_seal_check(leie_seal_state *state, const char *path, leie_error *err)
{
    FILE *file;
    leie_size size;
    unsigned char found[LEIE_SEAL_SIZE] = {0}, seal[LEIE_SEAL_SIZE];
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    *state = LEIE_SEAL_NONE;
    if (size < LEIE_SEAL_SIZE || fseeko(file, -LEIE_SEAL_SIZE, SEEK_END) ||
        fread(found, 1, sizeof found, file) != sizeof found || memcmp(found, MARK, MARK_SIZE))
        goto done;
    rewind(file);
    if (seal_stream(seal, found, sizeof found, file, size - LEIE_SEAL_SIZE) != LEIE_SEAL_SIZE)
        st = leie_fail(err, LEIE_ERR_IO, "%s: cannot be read", path);
    else
        *state = memcmp(found, seal, sizeof seal) ? LEIE_SEAL_BROKEN : LEIE_SEAL_WHOLE;
done:
    fclose(file);
    return st;
}

// The first letter of the trace occurs in it once, so a mismatch only has to begin again.
leie_status leie_seal_trace(bool *found, const char *path, leie_error *err)
{
    static const char trace[] = "leie_version";
    size_t at = 0; // bytes of the trace that were just read
    FILE *file;
    leie_size size;
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    for (int c = getc(file); c != EOF && at < sizeof trace - 1; c = getc(file))
        at = c == trace[at] ? at + 1 : c == trace[0];
    *found = at == sizeof trace - 1;
    if (ferror(file))
        st = leie_fail(err, LEIE_ERR_IO, "%s: cannot be read", path);
    fclose(file);
    return st;
}
