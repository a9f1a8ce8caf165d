// SPDX-License-Identifier: GPL-3.0-or-later
/* Zip archives: members come out whole or not at all, whatever the archive says. */
#include "io/read/zip.h"
#include "io/read/intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/write_files.h"
#include "tests/write_zip.h"

static char *long_text(leie_size size)
{
    char *text = leie_new(size + 1, 1);
    uint64_t state = 11;
    for (leie_size i = 0; i < size; i++)
        text[i] = (char)('0' + (int)(check_random(&state) * 10));
    return text;
}

static void test_members(void)
{
    enum { SIZE = 700000 };
    leie_zip zip;
    leie_error err = {0};
    char *text = long_text(SIZE), *data = NULL, piece[1000];
    for (int packed = 0; packed < 2; packed++) {
        leie_zip_stream *stream = NULL;
        leie_size size = 0, got = 1000, total = 0;
        const zip_part part[] = {{"top/", ""}, {"top/z.txt", text}, {"a.txt", "2.385"}, {"empty", ""}, {NULL, NULL}};
        check_ok(leie_zip_open(&zip, write_zip(check_folder(), "a.zip", part, packed), &err), &err);
        check_size(zip.n, 3); // folders are no members
        check_text(zip.member[0].name, "a.txt");
        check_size(leie_zip_find(&zip, "top/z.txt"), 2);
        check_size(leie_zip_find(&zip, "z.txt"), -1);
        for (leie_size m = 0; m < zip.n; m++) {
            check_ok(leie_zip_read(&data, &size, &zip, m, 0, &err), &err);
            check_text(data, m == 0 ? "2.385" : m == 1 ? "" : text);
            data = leie_free(data);
        }
        check_ok(leie_zip_stream_open(&stream, &zip, 2, &err), &err);
        while (got == (leie_size)sizeof piece && !leie_zip_stream_read(stream, piece, sizeof piece, &got, &err)) {
            check_true(memcmp(piece, text + total, (size_t)got) == 0);
            total += got;
        }
        check_size(total, SIZE);
        leie_zip_stream_close(stream);
        check_status(leie_zip_read(&data, &size, &zip, 2, SIZE - 1, &err), LEIE_ERR_LIMIT, &err);
        leie_zip_close(&zip);
        err = (leie_error){0};
    }
    leie_free(text);
}

static void refused(const zip_part *part, leie_status expected, const char *why)
{
    leie_zip zip;
    leie_error err = {0};
    check_status(leie_zip_open(&zip, write_zip(check_folder(), "bad.zip", part, 1), &err), expected, &err);
    check_has(err.text, why);
    leie_zip_close(&zip);
}

static void test_names(void)
{
    refused((const zip_part[]){{"../etc/passwd", "x"}, {NULL, NULL}}, LEIE_ERR_DATA, "leads out of the archive");
    refused((const zip_part[]){{"a/..", "x"}, {NULL, NULL}}, LEIE_ERR_DATA, "leads out of the archive");
    refused((const zip_part[]){{"/etc/passwd", "x"}, {NULL, NULL}}, LEIE_ERR_DATA, "is an absolute path");
    refused((const zip_part[]){{"C:/a", "x"}, {NULL, NULL}}, LEIE_ERR_DATA, "is an absolute path");
    refused((const zip_part[]){{"a\\b", "x"}, {NULL, NULL}}, LEIE_ERR_DATA, "has a backslash");
    leie_zip zip;
    leie_error err = {0};
    const zip_part fine[] = {{"..a/b..", "x"}, {NULL, NULL}};
    check_ok(leie_zip_open(&zip, write_zip(check_folder(), "fine.zip", fine, 1), &err), &err);
    leie_zip_close(&zip);
}

// Replaces every occurrence of a piece in the archive's bytes by another of the same length.
static const char *tamper(const char *path, const void *from, const void *to, size_t length, int skip)
{
    size_t size;
    unsigned char *data = read_bytes(path, &size);
    for (size_t i = 0; i + length <= size; i++)
        if (memcmp(data + i, from, length) == 0 && skip-- <= 0)
            memcpy(data + i, to, length);
    const char *changed = write_bytes(check_folder(), "tampered.zip", data, size);
    free(data);
    return changed;
}

static void test_twice(void)
{
    leie_zip zip;
    leie_error err = {0};
    const zip_part part[] = {{"one.txt", "1"}, {"two.txt", "2"}, {NULL, NULL}};
    const char *path = tamper(write_zip(check_folder(), "twice.zip", part, 1), "two.txt", "one.txt", 7, 0);
    check_status(leie_zip_open(&zip, path, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "two members are called 'one.txt'");
}

// A name that is damaged in the directory only: the file would be missed, and one that may be missing without a word.
static void test_both_places(void)
{
    leie_zip zip;
    leie_error err = {0};
    const zip_part part[] = {{"one.txt", "1"}, {"two.txt", "2"}, {NULL, NULL}};
    const char *path = tamper(write_zip(check_folder(), "names.zip", part, 1), "two.txt", "twp.txt", 7, 1);
    check_status(leie_zip_open(&zip, path, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "tampered.zip: damaged: the directory says 'twp.txt' where the member says 'two.txt'");
    size_t size;
    unsigned char *data = read_bytes(path, &size);
    err = (leie_error){0};
    check_status(leie_zip_open_memory(&zip, data, (leie_size)size, "memory", &err), LEIE_ERR_IO, &err);
    check_has(err.text, "memory: damaged: the directory says");
    free(data);
}

static leie_status read_first(const char *path, leie_error *err)
{
    leie_zip zip;
    char *data = NULL;
    leie_size size;
    leie_status st = leie_zip_open(&zip, path, err);
    st = st ? st : leie_zip_read(&data, &size, &zip, 0, 1 << 24, err);
    leie_free(data);
    leie_zip_close(&zip);
    return st;
}

// A member that states another size than it has: in the directory (second occurrence) only.
static void test_sizes(void)
{
    leie_error err = {0};
    char *text = long_text(1000);
    const zip_part part[] = {{"a.txt", text}, {NULL, NULL}};
    const unsigned char size[4] = {0xe8, 3, 0, 0}, less[4] = {0xe7, 3, 0, 0}, more[4] = {0xe9, 3, 0, 0},
                        bomb[4] = {0, 0, 0, 0x40};
    const char *path = write_zip(check_folder(), "size.zip", part, 1);
    check_ok(read_first(path, &err), &err);
    check_true(read_first(tamper(path, size, less, 4, 0), &err) != LEIE_OK);
    check_has(err.text, "inflates to more bytes than it states");
    err = (leie_error){0};
    check_true(read_first(tamper(path, size, more, 4, 0), &err) != LEIE_OK);
    check_has(err.text, "truncated");
    err = (leie_error){0};
    leie_zip zip;
    leie_zip_stream *stream;
    check_ok(leie_zip_open(&zip, tamper(path, size, bomb, 4, 0), &err), &err);
    check_status(leie_zip_stream_open(&stream, &zip, 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "states more bytes than its packed data can hold");
    leie_zip_close(&zip);
    leie_free(text);
}

/* Bytes `at` behind every header of a kind (1 2: of the directory, 3 4: of the member itself) are set. */
static const char *set_headers(const char *path, char a, char b, size_t at, const void *to, size_t length)
{
    size_t size;
    unsigned char *data = read_bytes(path, &size);
    const char mark[4] = {'P', 'K', a, b};
    for (size_t i = 0; i + at + length <= size; i++)
        if (memcmp(data + i, mark, 4) == 0)
            memcpy(data + i + at, to, length);
    const char *changed = write_bytes(check_folder(), "headers.zip", data, size);
    free(data);
    return changed;
}

// A link as Unix tools pack it, a member with a password, and a stored member with a byte that is not its own.
static void test_members_refused(void)
{
    leie_error err = {0};
    const zip_part part[] = {{"a.txt", "/etc/passwd"}, {NULL, NULL}};
    const char *path = write_zip(check_folder(), "plain.zip", part, 0);
    const unsigned char unix_made[1] = {3}, link[4] = {0, 0, 0xff, 0xa1}, secret[2] = {1, 0};
    check_ok(read_first(path, &err), &err);
    check_status(read_first(set_headers(set_headers(path, 1, 2, 5, unix_made, 1), 1, 2, 38, link, 4), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a symbolic link, which is not followed");
    err = (leie_error){0};
    check_status(read_first(set_headers(set_headers(path, 1, 2, 8, secret, 2), 3, 4, 6, secret, 2), &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "encrypted; decrypt the archive first");
    err = (leie_error){0};
    check_status(read_first(tamper(path, "passwd", "passwe", 6, 0), &err), LEIE_ERR_IO, &err);
    // a packed one whose stated check sum is that of another text
    const unsigned char crc[4] = {1, 2, 3, 4};
    err = (leie_error){0};
    path = write_zip(check_folder(), "packed.zip", part, 1);
    check_status(read_first(set_headers(set_headers(path, 1, 2, 16, crc, 4), 3, 4, 14, crc, 4), &err), LEIE_ERR_IO, &err);
    check_has(err.text, "stated 04030201");
}

/* Every archive with one byte changed, and every one cut off: an error or the right text, never a crash. */
static void test_damage(void)
{
    leie_error err = {0};
    char *text = long_text(300);
    const zip_part part[] = {{"a.txt", text}, {NULL, NULL}};
    size_t size;
    unsigned char *data = read_bytes(write_zip(check_folder(), "whole.zip", part, 1), &size);
    int errors = 0;
    for (size_t i = 0; i < size; i++) {
        data[i] ^= 0x41;
        errors += read_first(write_bytes(check_folder(), "flipped.zip", data, size), &err) != LEIE_OK;
        data[i] ^= 0x41;
    }
    check_true(errors > 150); // all of the packed data: 1/2 of its text's length
    for (size_t i = 0; i < size; i++)
        check_true(read_first(write_bytes(check_folder(), "cut.zip", data, i), &err) != LEIE_OK);
    free(data);
    leie_free(text);
}

/* The same text from a plain file, a gzip file of several members, an archive, and memory, in pieces of all sizes. */
static void test_intakes(void)
{
    enum { SIZE = 900000 };
    leie_zip zip;
    leie_error err = {0};
    char *text = long_text(SIZE), *piece = leie_new(SIZE, 1);
    unsigned char *packed = leie_new(SIZE, 1);
    const char *folder = check_folder();
    const zip_part part[] = {{"a", text}, {NULL, NULL}};
    size_t size = gzip_member(packed, SIZE, text, 400000);
    size += gzip_member(packed + size, SIZE - size, text + 400000, SIZE - 400000);
    write_bytes(folder, "padded.gz", packed, size + 700);
    write_bytes(folder, "text.gz", packed, size);
    write_text(folder, "text", text);
    check_ok(leie_zip_open(&zip, write_zip(folder, "a.zip", part, 1), &err), &err);
    for (int source = 0; source < 5; source++)
        for (leie_size room = 1000; room <= SIZE; room *= 30) {
            static const char *const name[] = {"text", "text.gz", "padded.gz"};
            leie_intake *intake = NULL;
            leie_size total = 0, got = room;
            leie_status st = source < 3    ? leie_intake_open(&intake, path_in(folder, name[source]), &err)
                             : source == 3 ? leie_intake_open_member(&intake, &zip, 0, &err)
                                           : leie_intake_open_memory(&intake, leie_strdup(text), SIZE, &err);
            while (!st && got == room && !(st = leie_intake_read(intake, piece, room, &got, &err))) {
                check_true(total + got <= SIZE && memcmp(piece, text + total, (size_t)got) == 0);
                total += got;
            }
            check_ok(st, &err);
            check_size(total, SIZE);
            leie_intake_close(intake);
        }
    leie_intake *cut = NULL;
    leie_size got = 1;
    check_ok(leie_intake_open(&cut, write_bytes(folder, "cut.gz", packed, size - 9), &err), &err);
    leie_status st = LEIE_OK;
    while (!st && got)
        st = leie_intake_read(cut, piece, 1000, &got, &err);
    check_status(st, LEIE_ERR_IO, &err);
    check_has(err.text, "truncated");
    leie_intake_close(cut);
    leie_zip_close(&zip);
    leie_free(text);
    leie_free(piece);
    leie_free(packed);
}

static void test_no_archive(void)
{
    leie_zip zip;
    leie_error err = {0};
    const char *path = write_text(check_folder(), "text.zip", "region,value\n");
    check_true(!leie_is_zip(path));
    check_status(leie_zip_open(&zip, path, &err), LEIE_ERR_IO, &err);
    err = (leie_error){0};
    check_status(leie_zip_open(&zip, path_in(check_folder(), "missing.zip"), &err), LEIE_ERR_IO, &err);
    check_has(err.text, "missing.zip");
}

CHECK_SUITE(zip, {"members", test_members, NULL}, {"names", test_names, NULL}, {"twice", test_twice, NULL},
            {"names in both places", test_both_places, NULL}, {"sizes", test_sizes, NULL}, {"members refused", test_members_refused, NULL}, {"damage", test_damage, NULL}, {"intakes", test_intakes, NULL}, {"no archive", test_no_archive, NULL})
