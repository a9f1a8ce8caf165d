// SPDX-License-Identifier: GPL-3.0-or-later
/* Input that is made to harm: each gives a clear error, in bounded memory and time. What fuzzing found is in test_fuzz.c;
 * archives are in test_zip.c, table files in test_netcdf_table.c, documents in test_yaml.c. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "io/leie_io.h"
#include "io/read/csv.h"
#include "io/read/layout.h"
#include "io/read/read_table.h"
#include "io/read/scan.h"
#include "kernels/memory.h"
#include "tests/check.h"
#include "tests/fuzz/fuzz.h"
#include "tests/write_files.h"

enum { LINE = 100000000 };

// A file of `size` bytes made of one piece again and again, between a beginning and an end.
static const char *write_long(const char *begin, const char *piece, leie_size size, const char *end)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/long.csv", check_folder());
    FILE *file = fopen(path, "w");
    char block[1 << 16];
    size_t length = strlen(piece), filled = 0;
    while (filled + length <= sizeof block) {
        memcpy(block + filled, piece, length);
        filled += length;
    }
    fputs(begin, file);
    for (leie_size done = 0; done < size; done += (leie_size)filled)
        fwrite(block, 1, filled, file);
    fputs(end, file);
    fclose(file);
    return path;
}

static leie_status read_csv(const char *path, double *last, leie_error *err)
{
    leie_csv csv = {0};
    bool more = false;
    leie_status st = leie_csv_open_wide(&csv, path, err);
    while (!st && !(st = leie_csv_next(&csv, &more, err)) && more)
        for (leie_size c = 0; !st && c < csv.columns; c++)
            st = leie_csv_number(&csv, c, last, err);
    leie_csv_close(&csv);
    return st;
}

static void test_long_lines(void)
{
    leie_error err = {0};
    double last = 0;
    // a header of a hundred million columns
    check_status(read_csv(write_long("a", ",", LINE, "\n1\n"), &last, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "a header of 1000");
    // a field of a hundred million digits is a number, and too large; behind the point it is one that counts
    err = (leie_error){0};
    check_status(read_csv(write_long("a\n", "7", LINE, "\n"), &last, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "too large for a double");
    err = (leie_error){0};
    check_ok(read_csv(write_long("a\n0.", "0123456789", LINE, "\n"), &last, &err), &err);
    check_near(last, 0.012345678901234568, 1e-16);
    // a quote that never closes, and a hundred million fields where one belongs
    err = (leie_error){0};
    check_status(read_csv(write_long("a\n\"", "x,\n", LINE, ""), &last, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "never closes");
    err = (leie_error){0};
    check_status(read_csv(write_long("a\n", "1,", LINE, "\n"), &last, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "fields where the header has 1");
}

// A gzip file of 400 kB that inflates to 400 MB, member by member: refused at 256 MiB and 200 bytes for each of its own.
static void test_gzip_bomb(void)
{
    enum { MEMBER = 4 << 20, ROOM = 1 << 16, MEMBERS = 100 };
    char path[600], *text = leie_new(MEMBER, 1);
    unsigned char *packed = leie_new(ROOM, 1);
    memset(text, '0', MEMBER);
    size_t size = gzip_member(packed, ROOM, text, MEMBER);
    snprintf(path, sizeof path, "%s/bomb.csv.gz", check_folder());
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < MEMBERS; i++)
        fwrite(packed, 1, size, file);
    fclose(file);
    leie_free(text);
    leie_free(packed);
    leie_text got = {0};
    leie_error err = {0};
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    check_status(leie_text_read(&got, path, 0, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "bytes when inflated");
    getrusage(RUSAGE_SELF, &after);
#ifndef __SANITIZE_ADDRESS__ // which keeps freed blocks back
    check_true(after.ru_maxrss - before.ru_maxrss < 800 << 10); // kB: the bound, twice while it grows
#else
    (void)before, (void)after;
#endif
    leie_text_free(&got);
}

// A device that never ends is no table.
static void test_device(void)
{
    leie_text text = {0};
    leie_error err = {0};
    check_status(leie_text_read(&text, "/dev/zero", 1 << 20, &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "/dev/zero: more than 1048576 bytes");
    leie_text_free(&text);
}

/* A header of sixty thousand sectors over a file that cannot hold their cells: refused before memory is taken for
 * 29 GB of them. */
static void test_absurd_header(void)
{
    enum { COLUMNS = 60000 };
    char *text = leie_new(COLUMNS * 16 + 100, 1), *to = text + sprintf(text, "rowLabels");
    for (int i = 0; i < COLUMNS; i++)
        to += sprintf(to, ",BE_S%05d", i);
    sprintf(to, "\nBE_S00000,1,2,3\n");
    const char *path = write_text(check_folder(), "matrix_eu-ic-io_ind-by-ind_24ed_2021.csv", text);
    char figaro[] = "figaro";
    const leie_study_tables spec = {.format = LEIE_FORMAT_LAYOUT, .layout = figaro,
                                    .path = {.real = (char *)(uintptr_t)path, .shown = (char *)(uintptr_t)path}};
    leie_table t = {0};
    leie_error err = {0};
    check_status(leie_read_table(&t, &spec, 2021, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "bytes cannot hold 60000 rows of 60000 columns");
    leie_table_clear(&t);
    leie_free(text);
}

// Patterns that try everything, lists of lists without end, and lists that are maps.
static void test_layouts(void)
{
    static const char *const bad[][2] = {
        {"files: [{to: sector}]", "'files' should be a text"},
        {"files: {}", "empty map"},
        {"files: [a]\nlists: {T: {files: [a], columns: [1, 2, 3, 4, 5, 6, 7, 8, 9]}}", "'columns' should be a text, or a list of 1 to 8 texts"},
        {"files: [a]\nlists: {T: {product: []}}", "'product' should be"},
        {"files: [a]\nlists: [T]", "'lists' should be lists by their names"},
        {"files: [a]\nlists: {T: {sheet: x}}", "a list needs 'files' and 'columns'"}};
    leie_layout layout;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[600];
        leie_error err = {0};
        snprintf(text, sizeof text, "leie_layout: 1\nname: x\nparts:\n  - name: Z\n    %s\n", bad[i][0]);
        check_status(leie_layout_open(&layout, write_text(check_folder(), "x.yaml", text), &err), LEIE_ERR_DATA, &err);
        check_has(err.text, bad[i][1]);
    }
    char word[1001];
    leie_captures c = {0};
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    clock_t start = clock();
    check_true(!leie_pattern_match(&c, "{a}{b}{c}{d}{e}{f}{g}{h}z", word, false));
    check_true((double)(clock() - start) < 2.0 * CLOCKS_PER_SEC);
}

// Bytes without end: the same one for ever.
static leie_status read_endless(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    (void)err;
    memset(data, *(const char *)ctx, (size_t)room);
    *got = room;
    return LEIE_OK;
}

static void test_endless_stream(void)
{
    leie_error err = {0};
    leie_scan scan;
    char one = '1';
    const leie_stream stream = {.name = "endless", .read = read_endless, .ctx = &one};
    check_status(leie_scan_open(&scan, &stream, '\t', &err), LEIE_ERR_LIMIT, &err);
    check_has(err.text, "endless: a line of more than");
}

// A line of a hundred million fields in a matrix of two, by memory and by place.
static void test_wide_lines(void)
{
    const char *path = write_long("h\nr\t1\t2\nr\t", "3\t", LINE, "\n");
    FILE *file = fopen(path, "r");
    leie_size size = LINE + (1 << 16) + 100, got = 0;
    char *text = leie_new(size, 1);
    got = (leie_size)fread(text, 1, (size_t)size, file);
    fclose(file);
    leie_error err = {0};
    leie_scan scan;
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    fuzz_bytes bytes = {text, got, 0};
    const leie_stream stream = {.name = "wide", .read = fuzz_read, .ctx = &bytes};
    const leie_scan_sink sink = {.ctx = &bytes, .take = fuzz_take};
    check_ok(leie_scan_open(&scan, &stream, '\t', &err), &err);
    check_ok(leie_scan_record(&scan, &err), &err);
    check_status(leie_scan_rows(&scan, &(leie_scan_form){1, 2, '.', true, 0}, &sink, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "wide:3: row 'r', 50");
    check_has(err.text, "fields where 3 are expected");
    leie_scan_close(&scan);
    getrusage(RUSAGE_SELF, &after);
    check_true(after.ru_maxrss - before.ru_maxrss < 4 * (LINE / 1024)); // kB: the line, twice while it moves
    leie_free(text);
}

CHECK_SUITE(hostile, {"gzip bomb", test_gzip_bomb, NULL}, {"device", test_device, NULL}, {"layouts", test_layouts, NULL},
            {"absurd header", test_absurd_header, NULL},
            {"long lines", test_long_lines, NULL}, {"endless stream", test_endless_stream, NULL},
            {"wide lines", test_wide_lines, NULL})
