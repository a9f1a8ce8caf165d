// SPDX-License-Identifier: GPL-3.0-or-later
/* Bytes, gzip and CSV: what is read, and what is said about bad input. */
#include "io/read/csv.h"
#include "tests/check.h"
#include "tests/write_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "io/read/hash.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

static const char *const columns[] = {"region", "value", NULL};

// ---- files ----

static void test_plain_and_hash(void)
{
    leie_text text;
    leie_error err = {0};
    const char *path = write_text(check_folder(), "abc", "abc");
    check_ok(leie_text_read(&text, path, 0, &err), &err);
    check_text(text.data, "abc");
    check_size(text.bytes, 3);
    // FIPS 180-2, appendix B.1
    check_text(text.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    char hex[65];
    leie_size bytes;
    check_ok(leie_hash_file(hex, &bytes, path, &err), &err);
    check_text(hex, text.sha256);
    check_size(bytes, 3);
    leie_text_free(&text);
}

static void test_gzip(void)
{
    enum { SIZE = 3000000 };
    leie_text text;
    leie_error err = {0};
    const char *folder = check_folder();
    char *data = leie_new(SIZE + 1, 1);
    unsigned char *packed = leie_new(SIZE, 1);
    uint64_t state = 7;
    for (int i = 0; i < SIZE; i++)
        data[i] = (char)('0' + (int)(check_random(&state) * 10));
    // three members, an empty one among them, and padding
    size_t size = gzip_member(packed, SIZE, data, 1000000);
    size += gzip_member(packed + size, SIZE - size, "", 0);
    size += gzip_member(packed + size, SIZE - size, data + 1000000, SIZE - 1000000);
    write_bytes(folder, "members.csv.gz", packed, size + 5);
    const char *path = path_in(folder, "members.csv"); // found with .gz behind it
    bool there = false;
    check_ok(leie_text_exists(&there, path, &err), &err);
    check_true(there);
    check_ok(leie_text_read(&text, path, 0, &err), &err);
    check_size(text.size, SIZE);
    check_true(text.data && memcmp(text.data, data, SIZE) == 0);
    check_size(text.bytes, (leie_size)size + 5);
    leie_text_free(&text);
    check_status(leie_text_read(&text, path, 2000000, &err), LEIE_ERR_LIMIT, &err);
    leie_free(data);
    leie_free(packed);
}

// Every cut and every changed byte of a small gzip file is refused.
static void test_gzip_damage(void)
{
    unsigned char packed[512];
    leie_text text;
    const char *folder = check_folder(), *plain = "region,value\nBE,2.385\nFR,7.1\nNL,0.25\n";
    size_t size = gzip_member(packed, sizeof packed, plain, strlen(plain));
    leie_error err = {0};
    for (size_t cut = 2; cut < size; cut++) {
        err.code = LEIE_OK;
        check_status(leie_text_read(&text, write_bytes(folder, "cut.gz", packed, cut), 0, &err), LEIE_ERR_IO, &err);
    }
    check_has(err.text, "truncated gzip data");
    check_has(err.text, "cut.gz");
    char position[64];
    snprintf(position, sizeof position, "at byte %zu", size - 1);
    check_has(err.text, position);
    for (size_t at = 10; at < size; at++) {
        err.code = LEIE_OK;
        packed[at] ^= 0x5a;
        check_status(leie_text_read(&text, write_bytes(folder, "bad.gz", packed, size), 0, &err), LEIE_ERR_IO, &err);
        packed[at] ^= 0x5a;
    }
    err.code = LEIE_OK;
    memcpy(packed + size, "tail", 4);
    check_status(leie_text_read(&text, write_bytes(folder, "tail.gz", packed, size + 4), 0, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "behind the last member");
}

static void test_files_refused(void)
{
    leie_text text;
    leie_error err = {0};
    const char *folder = check_folder();
    check_status(leie_text_read(&text, path_in(folder, "none.csv"), 0, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "none.csv: No such file");
    err.code = LEIE_OK;
    check_status(leie_text_read(&text, folder, 0, &err), LEIE_ERR_IO, &err);
    check_has(err.text, "a folder where a file belongs");
    err.code = LEIE_OK;
    check_status(leie_text_read(&text, write_bytes(folder, "nul", "a,b\n1\0,2\n", 9), 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a NUL at byte 5");
    err.code = LEIE_OK;
    check_status(leie_text_read(&text,
                                write_bytes(folder, "utf16",
                                            "\xff\xfe"
                                            "a\0",
                                            4),
                                0, &err),
                 LEIE_ERR_DATA, &err);
    check_has(err.text, "UTF-16 text; save it as UTF-8");
    err.code = LEIE_OK;
    check_status(leie_text_read(&text, write_text(folder, "long", "0123456789"), 9, &err), LEIE_ERR_LIMIT, &err);
    err.code = LEIE_OK;
    check_status(leie_text_read(&text, write_bytes(folder, "latin1", "a\nB\xe9ton\n", 8), 0, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "latin1:2: byte 0xe9 is not UTF-8");
}

// The same file twice is hashed once; another one, and another size, are not taken for it.
static void test_known_hashes(void)
{
    char path[600], first[65], again[65], other[65];
    leie_size bytes;
    leie_error err = {0};
    snprintf(path, sizeof path, "%s/tiny/2015/Z.csv", check_cases());
    check_ok(leie_hash_file(first, &bytes, path, &err), &err);
    int file = open(path, O_RDONLY);
    check_true(leie_hash_recall(again, file));
    check_text(again, first);
    close(file);
    check_ok(leie_hash_file(again, &bytes, path, &err), &err);
    check_text(again, first);
    snprintf(path, sizeof path, "%s/tiny/2015/Y.csv", check_cases());
    check_ok(leie_hash_file(other, &bytes, path, &err), &err);
    check_true(strcmp(first, other) != 0);
    // one that has just been written may be written again
    const char *fresh = write_text(check_folder(), "fresh", "1");
    check_ok(leie_hash_file(first, &bytes, fresh, &err), &err);
    file = open(fresh, O_RDONLY);
    check_true(!leie_hash_recall(again, file));
    close(file);
}

// A large file that is hashed beside other work has the hash that it has without; who asks too early waits.
static void test_hash_beside(void)
{
    enum { SIZE = 20000000 };
    char *bytes = leie_new(SIZE, 1), hex[65], expected[65];
    leie_size size;
    leie_error err = {0};
    for (leie_size i = 0; i < SIZE; i += 997)
        bytes[i] = (char)(i / 997);
    leie_hash_bytes(expected, bytes, SIZE);
    const char *path = write_bytes(check_folder(), "large", bytes, SIZE);
    struct timespec pause = {.tv_sec = 2, .tv_nsec = 100000000}; // a file that has just been written is hashed when asked for
    nanosleep(&pause, NULL);
    leie_threads_set(2);
    leie_hash_begin(path);
    check_ok(leie_hash_file(hex, &size, path, &err), &err);
    leie_threads_set(0);
    check_text(hex, expected);
    check_size(size, SIZE);
    int file = open(path, O_RDONLY);
    check_true(leie_hash_recall(hex, file));
    close(file);
    leie_free(bytes);
}

// ---- CSV ----

static void test_quotes_line_ends_and_mark(void)
{
    leie_csv csv = {0};
    leie_error err = {0};
    bool more;
    char region[64];
    double value;
    const char *path =
        write_text(check_folder(), "a.csv",
                   "\xef\xbb\xbf"
                   "value,\"region\"\r\n\r\n 2.385 ,\"Aquatic, \"\"plants\"\"\"\r\n-1e3,\"two\nlines\"\r\n7,");
    check_ok(leie_csv_open(&csv, path, columns, NULL, &err), &err);
    leie_size r = leie_csv_column(&csv, "region"), v = leie_csv_column(&csv, "value");
    check_size(r, 1);
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_size(csv.line, 3);
    check_ok(leie_csv_string(&csv, r, region, sizeof region, &err), &err);
    check_text(region, "Aquatic, \"plants\"");
    check_ok(leie_csv_number(&csv, v, &value, &err), &err);
    check_near(value, 2.385, 0);
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_size(csv.line, 4);
    check_ok(leie_csv_string(&csv, r, region, sizeof region, &err), &err);
    check_text(region, "two\nlines");
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_size(csv.line, 6);
    check_status(leie_csv_label(&csv, r, region, sizeof region, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a.csv:6: column 'region': nothing where a label belongs");
    check_ok(leie_csv_next(&csv, &more, &err), &err);
    check_true(!more);
    leie_csv_close(&csv);
}

// Reads a file to its end, every record as (region, value).
static leie_status read_file(const char *text, size_t size, leie_error *err)
{
    static const char *const optional[] = {"unit", NULL};
    leie_csv csv = {0};
    bool more = false;
    double value;
    char region[64];
    *err = (leie_error){0};
    leie_status st = leie_csv_open(&csv, write_bytes(check_folder(), "bad.csv", text, size), columns, optional, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more) {
        st = leie_csv_string(&csv, leie_csv_column(&csv, "region"), region, sizeof region, err);
        if (!st)
            st = leie_csv_number(&csv, leie_csv_column(&csv, "value"), &value, err);
    }
    leie_csv_close(&csv);
    return st;
}

static void test_bad_csv(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"", "an empty file where a header belongs"},
                 {"\n\r\n", "an empty file"},
                 {"region;value\nBE;1\n", "bad.csv:1: fields separated by semicolons"},
                 {"region\tvalue\nBE\t1\n", "separated by tabs"},
                 {"region,vlaue\n", "bad.csv:1: unknown column 'vlaue'; 'value' is near"},
                 {"region,unit\n", "column 'value' is missing"},
                 {"region,value,region\n", "column 'region' appears twice"},
                 {"region,value\nBE\n", "bad.csv:2: 1 fields where the header has 2"},
                 {"region,value\nBE,1\n\nFR,2,3,4\n", "bad.csv:4: 4 fields where the header has 2"},
                 {"region,unit,value\n3,1,5,2\n", "a decimal comma? numbers are written with a point"},
                 {"region,value\nBE,\"1,5\"\n",
                  "bad.csv:2: column 'value': a decimal comma where a decimal point belongs: '1,5'"},
                 {"region,value\nBE,abc\n", "text where a number belongs: 'abc'"},
                 {"region,value\nBE,12x\n", "something behind the number: '12x'"},
                 {"region,value\nBE,nan\n", "NaN or Inf"},
                 {"region,value\nBE,-Inf\n", "NaN or Inf"},
                 {"region,value\nBE,1e400\n", "too large for a double: '1e400'"},
                 {"region,value\nBE,\n", "nothing where a number belongs"},
                 {"region,value\n\"BE,1\n", "bad.csv:2: a quote that opens and never closes"},
                 {"region,value\n\"BE\"x,1\n", "'x' behind a closing quote"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leie_error err;
        check_status(read_file(cases[i].text, strlen(cases[i].text), &err), LEIE_ERR_DATA, &err);
        check_has(err.text, cases[i].message);
    }
}

static void test_long_line(void)
{
    enum { SIZE = 10000000 };
    leie_error err;
    char *text = leie_new(SIZE, 1);
    memset(text, 'x', SIZE);
    memcpy(text, "region,value\n", 13);
    check_status(read_file(text, SIZE, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "bad.csv:2: 1 fields");
    memcpy(text + SIZE - 3, ",1\n", 3);
    check_status(read_file(text, SIZE, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a text of 9999984 bytes, more than 63");
    memset(text, ',', SIZE);
    check_status(read_file(text, SIZE, &err), LEIE_ERR_LIMIT, &err);
    leie_free(text);
}

// Random bytes with the marks that matter among them: read or refused, nothing else.
static void test_noise(void)
{
    static const char marks[] = ",\"\n\r\"; 1.e-abc\t";
    uint64_t state = 42;
    leie_csv csv;
    const char *folder = check_folder();
    for (int i = 0; i < 2000 * check_effort(); i++) {
        char text[200] = "region,value\n";
        size_t size = 13 + (size_t)(check_random(&state) * 150);
        for (size_t k = 13; k < size; k++)
            text[k] = marks[(int)(check_random(&state) * (double)(sizeof marks - 1))];
        leie_error err = {0};
        bool more = false;
        csv = (leie_csv){0};
        leie_status st = leie_csv_open(&csv, write_bytes(folder, "noise", text, size), columns, NULL, &err);
        leie_size records = 0;
        while (!st && !(st = leie_csv_next(&csv, &more, &err)) && more)
            records++;
        check_true(records <= 150);
        check_true(st == LEIE_OK || err.code == st);
        leie_csv_close(&csv);
    }
}

CHECK_SUITE(text, {"plain and hash", test_plain_and_hash, NULL}, {"gzip", test_gzip, NULL},
            {"gzip damage", test_gzip_damage, NULL}, {"files refused", test_files_refused, NULL},
            {"known hashes", test_known_hashes, NULL}, {"hash beside", test_hash_beside, NULL})
CHECK_SUITE(csv, {"quotes, line ends, mark", test_quotes_line_ends_and_mark, NULL}, {"bad input", test_bad_csv, NULL},
            {"long line", test_long_line, NULL}, {"noise", test_noise, NULL})
