// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/result/seal.h"

#include <errno.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MARK_SIZE = 16, BLOCK = 64 * 1024 };
static const char MARK[MARK_SIZE + 1] = "Leie SHA-256 v1\n", SUMS_MARK[MARK_SIZE + 1] = "Leie sums    v1\n";

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

leie_status leie_seal_sums(unsigned char seal[LEIE_SEAL_SIZE], const char *path, leie_error *err)
{
    leie_mapped m;
    leie_status st = leie_mapped_open(&m, path, err);
    memcpy(seal, SUMS_MARK, MARK_SIZE);
    st = st ? st : leie_mapped_sum(seal + MARK_SIZE, &m, m.bytes, err);
    leie_mapped_close(&m);
    return st;
}

static void put_hex(char *hex, const unsigned char *digest)
{
    for (int i = 0; i < SHA256_DIGEST_SIZE; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

leie_status leie_seal_check_sums(leie_seal_state *state, char *sha256, const leie_mapped *m, leie_error *err)
{
    unsigned char digest[SHA256_DIGEST_SIZE];
    *state = LEIE_SEAL_NONE;
    if (m->bytes < LEIE_SEAL_SIZE || memcmp(m->at + m->bytes - LEIE_SEAL_SIZE, SUMS_MARK, MARK_SIZE))
        return LEIE_OK;
    leie_status st = leie_mapped_sum(digest, m, m->bytes - LEIE_SEAL_SIZE, err);
    if (!st)
        *state = memcmp(digest, m->at + m->bytes - SHA256_DIGEST_SIZE, SHA256_DIGEST_SIZE) ? LEIE_SEAL_BROKEN : LEIE_SEAL_WHOLE;
    if (!st && sha256)
        put_hex(sha256, digest);
    return st;
}

/* Adds the next size bytes of an open file to a hash; false when there are not that many. */
static bool hash_stream(struct sha256_ctx *sha, FILE *file, leie_size size)
{
    unsigned char block[BLOCK];
    for (leie_size left = size; left > 0;) {
        size_t n = fread(block, 1, left < BLOCK ? (size_t)left : BLOCK, file);
        if (n == 0)
            return false;
        sha256_update(sha, n, block);
        left -= (leie_size)n;
    }
    return true;
}

static leie_status fail_read(leie_error *err, const char *path)
{
    return leie_fail(err, LEIE_ERR_IO, "%s: cannot be read", path);
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
    struct sha256_ctx sha;
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    sha256_init(&sha);
    st = hash_stream(&sha, file, size) ? LEIE_OK : fail_read(err, path);
    finish(seal, &sha);
    fclose(file);
    return st;
}

/* The last bytes of an open file when they are a seal. */
static bool find_seal(unsigned char seal[LEIE_SEAL_SIZE], FILE *file, leie_size size)
{
    return size >= LEIE_SEAL_SIZE && fseeko(file, -LEIE_SEAL_SIZE, SEEK_END) == 0 &&
           fread(seal, 1, LEIE_SEAL_SIZE, file) == LEIE_SEAL_SIZE &&
           (memcmp(seal, MARK, MARK_SIZE) == 0 || memcmp(seal, SUMS_MARK, MARK_SIZE) == 0);
}

leie_status leie_seal_stated(char *hex, const char *path, leie_error *err)
{
    FILE *file;
    leie_size size;
    unsigned char seal[LEIE_SEAL_SIZE];
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    hex[0] = '\0';
    if (find_seal(seal, file, size))
        put_hex(hex, seal + MARK_SIZE);
    fclose(file);
    return LEIE_OK;
}

leie_status leie_seal_check(leie_seal_state *state, char *sha256, const char *path, leie_error *err)
{
    FILE *file;
    leie_size size;
    unsigned char found[LEIE_SEAL_SIZE] = {0}, seal[LEIE_SEAL_SIZE], digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx sha, whole;
    leie_status st = open_file(&file, &size, path, err);
    if (st)
        return st;
    *state = LEIE_SEAL_NONE;
    bool sealed = find_seal(found, file, size);
    if (sealed && memcmp(found, SUMS_MARK, MARK_SIZE) == 0) {
        leie_mapped m;
        st = leie_mapped_open(&m, path, err);
        st = st ? st : leie_seal_check_sums(state, sha256, &m, err);
        leie_mapped_close(&m);
        goto done;
    }
    leie_size tail = sealed ? LEIE_SEAL_SIZE : 0;
    if (!sealed && !sha256)
        goto done;
    rewind(file);
    sha256_init(&sha);
    if (!hash_stream(&sha, file, size - tail)) {
        st = fail_read(err, path);
        goto done;
    }
    whole = sha;
    sha256_update(&whole, (size_t)tail, found);
    sha256_digest(&whole, sizeof digest, digest);
    if (sha256)
        put_hex(sha256, digest);
    finish(seal, &sha);
    if (sealed)
        *state = memcmp(found, seal, sizeof seal) ? LEIE_SEAL_BROKEN : LEIE_SEAL_WHOLE;
done:
    fclose(file);
    return st;
}

// The first letter of the trace occurs in it once, so a mismatch only has to begin again.
leie_status leie_seal_trace(bool *found, const char *path, leie_error *err)
{
    static const char trace[] = "sector_code"; // every result has it, and near its beginning
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
