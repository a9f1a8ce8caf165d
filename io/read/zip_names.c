// SPDX-License-Identifier: GPL-3.0-or-later
/* The name of a member stands in two places of an archive: in the directory, which is read, and in front of its bytes. When
 * they differ one of them is damaged, and a file that may be missing would be missed without a word. Little-endian numbers, as
 * the format has them (APPNOTE 6.3.9, sections 4.3.7 to 4.3.16 and 4.5.3). */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "io/read/zip_impl.h"
#include "kernels/memory.h"

enum { LOCAL = 30, ENTRY = 46, END = 22, END64 = 56, LOCATOR = 20, COMMENT = 65535, NAME = 65535 };

typedef struct archive {
    const leie_zip *zip;
    int file; // -1: in memory
    uint64_t size;
    unsigned char *tail; // [END + COMMENT]
    char *name, *local;  // [NAME] each
} archive;

static uint64_t number(const unsigned char *at, int bytes)
{
    uint64_t value = 0;
    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

static bool get(void *to, const archive *a, uint64_t at, size_t size)
{
    if (at > a->size || size > a->size - at)
        return false;
    if (a->file < 0)
        memcpy(to, (const char *)a->zip->data + at, size);
    return a->file < 0 || pread(a->file, to, size, (off_t)at) == (ssize_t)size;
}

// Where the directory begins and how many entries it has, by the record at the end or its successor for large archives.
static bool find_directory(uint64_t *at, uint64_t *entries, const archive *a)
{
    unsigned char large[END64];
    size_t size = a->size < END + COMMENT ? (size_t)a->size : END + COMMENT;
    if (size < END || !get(a->tail, a, a->size - size, size))
        return false;
    size_t end = size - END;
    while (end > 0 && memcmp(a->tail + end, "PK\5\6", 4) != 0)
        end--;
    if (memcmp(a->tail + end, "PK\5\6", 4) != 0)
        return false;
    *entries = number(a->tail + end + 10, 2);
    *at = number(a->tail + end + 16, 4);
    if (end < LOCATOR || memcmp(a->tail + end - LOCATOR, "PK\6\7", 4) != 0)
        return true;
    if (!get(large, a, number(a->tail + end - LOCATOR + 8, 8), END64) || memcmp(large, "PK\6\6", 4) != 0)
        return false;
    *entries = number(large + 32, 8);
    *at = number(large + 48, 8);
    return true;
}

// The place of a member's bytes that a large archive keeps behind its name: after the sizes that are not in the entry either.
static uint64_t large_offset(const archive *a, const unsigned char *entry, uint64_t extra)
{
    unsigned char field[4 + 24];
    uint64_t left = number(entry + 30, 2), before = 8 * ((number(entry + 24, 4) == UINT32_MAX) + (number(entry + 20, 4) == UINT32_MAX));
    while (left >= 4 && get(field, a, extra, 4)) {
        uint64_t size = number(field + 2, 2);
        if (number(field, 2) == 1)
            return size >= before + 8 && size <= 28 && get(field, a, extra + 4, before + 8) ? number(field + before, 8) : UINT64_MAX;
        if (size + 4 > left)
            break;
        left -= size + 4;
        extra += size + 4;
    }
    return UINT64_MAX;
}

// An entry of the directory against what stands in front of its bytes; what cannot be found is libzip's to refuse.
static leie_status check_entry(archive *a, const unsigned char *entry, uint64_t at, leie_error *err)
{
    unsigned char local[LOCAL];
    uint64_t length = number(entry + 28, 2), offset = number(entry + 42, 4);
    if (offset == UINT32_MAX)
        offset = large_offset(a, entry, at + ENTRY + length);
    if (!get(a->name, a, at + ENTRY, length) || !get(local, a, offset, LOCAL) || memcmp(local, "PK\3\4", 4) != 0)
        return LEIE_OK;
    uint64_t other = number(local + 26, 2);
    if (!get(a->local, a, offset + LOCAL, other) || (other == length && memcmp(a->name, a->local, length) == 0))
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_IO, "%s: damaged: the directory says '%.*s' where the member says '%.*s'", a->zip->path,
                     (int)(length < 200 ? length : 200), a->name, (int)(other < 200 ? other : 200), a->local);
}

leie_status leie_zip_check_names(const leie_zip *zip, leie_error *err)
{
    unsigned char entry[ENTRY];
    uint64_t at = 0, entries = 0;
    archive a = {.zip = zip, .file = zip->data ? -1 : open(zip->path, O_RDONLY | O_CLOEXEC), .size = (uint64_t)zip->bytes};
    leie_status st = LEIE_OK;
    if (!zip->data) {
        off_t size = a.file < 0 ? -1 : lseek(a.file, 0, SEEK_END);
        a.size = size < 0 ? 0 : (uint64_t)size;
    }
    a.tail = leie_new(END + COMMENT, 1);
    a.name = leie_new(NAME, 1);
    a.local = leie_new(NAME, 1);
    if (!a.tail || !a.name || !a.local)
        st = leie_fail_memory(err, zip->path, END + COMMENT, 1);
    if (!st && find_directory(&at, &entries, &a))
        for (uint64_t i = 0; !st && i < entries && get(entry, &a, at, ENTRY) && memcmp(entry, "PK\1\2", 4) == 0; i++) {
            st = check_entry(&a, entry, at, err);
            at += ENTRY + number(entry + 28, 2) + number(entry + 30, 2) + number(entry + 32, 2);
        }
    leie_free(a.tail);
    leie_free(a.name);
    leie_free(a.local);
    if (a.file >= 0)
        close(a.file);
    return st;
}
