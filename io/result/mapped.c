// SPDX-License-Identifier: GPL-3.0-or-later
#define _DEFAULT_SOURCE // MAP_NORESERVE, madvise
#include "io/result/mapped.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels/fletcher.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum { PAGE = 4096, SUM_BYTES = LEIE_FLETCHER_SUMS * 8, LENGTH_LINE = 17 };

leie_status leie_mapped_open(leie_mapped *m, const char *path, leie_error *err)
{
    struct stat info;
    *m = (leie_mapped){0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info)) {
        leie_fail(err, LEIE_ERR_IO, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return LEIE_ERR_IO;
    }
    leie_status st = LEIE_OK;
    if (info.st_size > 0) {
        void *at = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
        if (at == MAP_FAILED)
            st = leie_fail(err, LEIE_ERR_NOMEM, "%s: no room for the addresses of its %lld bytes: %s", path,
                           (long long)info.st_size, strerror(errno));
        else
            *m = (leie_mapped){.at = at, .bytes = (size_t)info.st_size};
    }
    close(fd);
    return st;
}

void leie_mapped_close(leie_mapped *m)
{
    if (m->at)
        munmap(m->at, m->bytes);
    *m = (leie_mapped){0};
}

void leie_mapped_rest(const void *from, size_t bytes)
{
    uintptr_t first = ((uintptr_t)from + PAGE - 1) / PAGE * PAGE, last = ((uintptr_t)from + bytes) / PAGE * PAGE;
    if (last > first)
        madvise((void *)first, last - first, MADV_DONTNEED);
}

// ---- sums ----

typedef struct summing {
    const leie_mapped *m;
    size_t bytes;
    uint64_t *sum; // [blocks, LEIE_FLETCHER_SUMS]
} summing;

static leie_status sum_blocks(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const summing *s = ctx;
    (void)worker;
    (void)err;
    for (leie_size b = first; b < last; b++) {
        size_t at = (size_t)b * LEIE_SUM_BLOCK, left = s->bytes - at;
        leie_fletcher(s->sum + b * LEIE_FLETCHER_SUMS, s->m->at + at, left < LEIE_SUM_BLOCK ? left : LEIE_SUM_BLOCK);
    }
    return LEIE_OK;
}

leie_status leie_mapped_sum(unsigned char *digest, const leie_mapped *m, size_t bytes, leie_error *err)
{
    leie_size blocks = (leie_size)((bytes + LEIE_SUM_BLOCK - 1) / LEIE_SUM_BLOCK);
    summing s = {.m = m, .bytes = bytes, .sum = leie_new(blocks, SUM_BYTES)};
    struct sha256_ctx sha;
    uint64_t length = bytes;
    if (!s.sum)
        return leie_fail_memory(err, "the sums of a file", blocks, SUM_BYTES);
    leie_parallel_for(blocks, 1, sum_blocks, &s, NULL);
    sha256_init(&sha);
    sha256_update(&sha, sizeof length, (const uint8_t *)&length);
    sha256_update(&sha, (size_t)blocks * SUM_BYTES, (const uint8_t *)s.sum);
    sha256_digest(&sha, SHA256_DIGEST_SIZE, digest);
    leie_free(s.sum);
    return LEIE_OK;
}

// ---- places ----

void leie_places_add(leie_places *p, const leie_mapped *m, const char *name, const void *data, size_t size, size_t align)
{
    size_t step = size >= PAGE ? PAGE : align;
    if (p->n == LEIE_PLACES_MOST || strlen(name) >= LEIE_PLACE_NAME)
        return;
    for (size_t at = 0; size > 0 && at + size <= m->bytes; at += step)
        if (m->at[at] == *(const unsigned char *)data && memcmp(m->at + at, data, size) == 0) {
            struct leie_place_of_var *item = &p->item[p->n++];
            strcpy(item->name, name);
            item->offset = at;
            item->bytes = size;
            return;
        }
}

size_t leie_places_print(char *text, const leie_places *p)
{
    size_t used = 0;
    for (leie_size i = 0; i < p->n; i++)
        used += (size_t)sprintf(text + used, "%s %zu %zu\n", p->item[i].name, p->item[i].offset, p->item[i].bytes);
    return used + (size_t)sprintf(text + used, "%016zu\n", used);
}

leie_status leie_places_parse(leie_places *p, const leie_mapped *m, size_t tail, leie_error *err)
{
    char line[LENGTH_LINE + 1] = "", text[LEIE_PLACES_TEXT];
    *p = (leie_places){0};
    if (m->bytes < tail + LENGTH_LINE)
        return LEIE_OK;
    size_t end = m->bytes - tail - LENGTH_LINE;
    memcpy(line, m->at + end, LENGTH_LINE);
    size_t length = strtoull(line, NULL, 10);
    if (length > end || length >= sizeof text)
        return leie_fail(err, LEIE_ERR_DATA, "the places of variables take %zu bytes, more than there can be", length);
    memcpy(text, m->at + end - length, length);
    text[length] = '\0';
    for (char *at = text, *next; *at; at = next) {
        struct leie_place_of_var *item = &p->item[p->n];
        next = strchr(at, '\n');
        if (p->n == LEIE_PLACES_MOST || !next || sscanf(at, "%47s %zu %zu", item->name, &item->offset, &item->bytes) != 3 ||
            item->offset > end || item->bytes > end - item->offset)
            return leie_fail(err, LEIE_ERR_DATA, "the place of variable %lld is not in the file", (long long)p->n);
        next++;
        p->n++;
    }
    return LEIE_OK;
}

const void *leie_places_find(const leie_places *p, const leie_mapped *m, const char *name, size_t *bytes)
{
    for (leie_size i = 0; i < p->n; i++)
        if (strcmp(p->item[i].name, name) == 0) {
            *bytes = p->item[i].bytes;
            return m->at + p->item[i].offset;
        }
    return NULL;
}
