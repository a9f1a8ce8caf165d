// SPDX-License-Identifier: GPL-3.0-or-later
/* Wide matrix text: headers, labels, numbers, what is wrong with them by place, threads, blocks, hostile text. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/scan.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "tests/check.h"

// A text as a stream; it breaks behind `fail` bytes.
typedef struct memory_stream {
    const char *text;
    leie_size size, at, fail;
    bool packed; // read ahead by a thread of its own
} memory_stream;

static leie_status read_memory(void *ctx, char *data, leie_size room, leie_size *got, leie_error *err)
{
    memory_stream *m = ctx;
    *got = m->size - m->at < room ? m->size - m->at : room;
    if (m->fail && m->at + *got > m->fail)
        return leie_fail(err, LEIE_ERR_IO, "broken at byte %lld", (long long)m->fail);
    memcpy(data, m->text + m->at, (size_t)*got);
    m->at += *got;
    return LEIE_OK;
}

typedef struct matrix {
    double *value;
    leie_size rows, room, cols, skipped;
    char last[256]; // labels of the last line

} matrix;

static leie_status place_row(void *ctx, leie_size *row, const leie_slice *label, leie_error *err)
{
    matrix *m = ctx;
    snprintf(m->last, sizeof m->last, "%.*s|%.*s", (int)label[0].size, label[0].at, (int)label[1].size, label[1].at);
    if (label[0].size == 4 && memcmp(label[0].at, "skip", 4) == 0) {
        *row = -1;
        m->skipped++;
        return LEIE_OK;
    }
    *row = m->rows++;
    if (m->rows <= m->room)
        return LEIE_OK;
    m->room = 2 * m->rows;
    double *grown = leie_resize(m->value, *row * m->cols, m->room * m->cols, sizeof *grown);
    if (!grown)
        return leie_fail_memory(err, "rows", m->room, sizeof *grown);
    m->value = grown;
    return LEIE_OK;
}

static void name_column(void *ctx, leie_size column, char *text, size_t size)
{
    (void)ctx;
    snprintf(text, size, "c%lld", (long long)column);
}

static leie_status scan_stream(matrix *m, memory_stream *bytes, leie_size headers, const leie_scan_form *form, char separator,
                               leie_error *err)
{
    leie_scan scan;
    const leie_stream stream = {.name = "matrix.txt", .read = read_memory, .ctx = bytes, .packed = bytes->packed};
    const leie_scan_sink sink = {.ctx = m, .place = place_row, .value = &m->value, .stride = m->cols, .name = name_column};
    leie_status st = leie_scan_open(&scan, &stream, separator, err);
    for (leie_size i = 0; !st && i < headers; i++)
        st = leie_scan_record(&scan, err);
    if (!st)
        st = leie_scan_rows(&scan, form, &sink, err);
    leie_scan_close(&scan);
    return st;
}

static leie_status scan_text(matrix *m, const char *text, leie_size headers, const leie_scan_form *form, leie_error *err)
{
    memory_stream bytes = {.text = text, .size = (leie_size)strlen(text)};
    return scan_stream(m, &bytes, headers, form, '\t', err);
}

static void test_layout(void)
{
    leie_error err = {0};
    matrix m = {.cols = 3};
    leie_scan_form form = {.labels = 2, .count = 3, .mark = '.', .blank = true};
    const char *text = "\xef\xbb\xbfregion\t\tA\tA\tB\r\nsector\t\tx\ty\tx\r\n"
                       "A\t\"x \"\"new\"\"\"\t1.5\t0\t-2e3\r\n\r\nskip\tme\t1\t2\t3\nB\tx\t\t7\t0.0\t\nB\ty\t1\t2\t3";
    check_ok(scan_text(&m, text, 2, &form, &err), &err);
    check_size(m.rows, 3);
    check_size(m.skipped, 1);
    check_text(m.last, "B|y");
    const double expected[] = {1.5, 0, -2000, 0, 7, 0, 1, 2, 3};
    for (int i = 0; i < 9 && m.rows == 3; i++)
        check_near(m.value[i], expected[i], 0);
    leie_free(m.value);
}

// Records are fields as written; one that is put back is read again, as a record or as a row.
static void test_records(void)
{
    leie_error err = {0};
    leie_scan scan;
    matrix m = {.cols = 1};
    memory_stream bytes = {.text = "a,\"b \"\"c\"\", d\",\n\nx,\"y\"\"\",2.385\n", .size = 31};
    const leie_stream stream = {.name = "m", .read = read_memory, .ctx = &bytes};
    const leie_scan_form form = {.labels = 2, .count = 1, .mark = '.'};
    const leie_scan_sink sink = {.ctx = &m, .place = place_row, .value = &m.value, .stride = 1};
    check_ok(leie_scan_open(&scan, &stream, ',', &err), &err);
    check_ok(leie_scan_record(&scan, &err), &err);
    check_size(scan.fields, 3);
    check_true(scan.field[1].size == 8 && memcmp(scan.field[1].at, "b \"c\", d", 8) == 0 && scan.field[2].size == 0);
    for (int again = 0; again < 2; again++) {
        check_ok(leie_scan_record(&scan, &err), &err);
        check_size(scan.fields, 3);
        check_true(scan.field[1].size == 2 && memcmp(scan.field[1].at, "y\"", 2) == 0);
        leie_scan_back(&scan);
    }
    check_ok(leie_scan_rows(&scan, &form, &sink, &err), &err);
    check_text(m.last, "x|y\"");
    check_size(m.rows, 1);
    check_near(m.value ? m.value[0] : 0, 2.385, 0);
    check_ok(leie_scan_record(&scan, &err), &err);
    check_size(scan.fields, 0);
    leie_scan_close(&scan);
    leie_free(m.value);
}

static void test_mistakes(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"h\nA\tx\t1\t2\n", "matrix.txt:2: row 'A, x', 4 fields where 5 are expected"},
        {"h\nA\tx\t1\t2\t3\t4\n", "matrix.txt:2: row 'A, x', 6 fields where 5 are expected"},
        {"h\n\nA\tx\t1\t2\t3\nA\ty\t1\ttwo\t3\n",
         "matrix.txt:4: row 'A, y', column 'c1': text where a number belongs: 'two'"},
        {"h\nA\tx\t1\t2,5\t3\n", "column 'c1': a decimal comma where a decimal point belongs: '2,5'"},
        {"h\nA\tx\t1\tNaN\t3\n", "column 'c1': NaN or Inf"},
        {"h\nA\tx\t1\t2\t1e999\n", "column 'c2': a number too large for a double: '1e999'"},
        {"h\nA\n", "matrix.txt:2: 1 fields where 5 are expected"},
        {"h\nA\tx\n", "matrix.txt:2: 2 fields where 5 are expected"},
        {"h\nA\t\"x\t1\t2\t3\n", "matrix.txt:2: a quote that opens and does not close on its line"},
        {"h\nA\t\"x\"y\t1\t2\t3\n", "matrix.txt:2: 'y' behind a closing quote"},
        {"h\nA\tCaf\xe9\t1\t2\t3\n", "matrix.txt:2: byte 0xe9 is not UTF-8"},
        {"h\xe9\n", "matrix.txt:1: byte 0xe9 is not UTF-8"},
        {"\xff\xfeh\n", "matrix.txt: UTF-16 text"},
        // the first line with an error wins, whatever kind it is
        {"h\nA\tx\t1\tq\t3\nA\t\"y\t1\t2\t3\n", "matrix.txt:2: row 'A, x', column 'c1': text"},
        {"h\nA\t\"x\t1\t2\t3\nA\ty\t1\tq\t3\n", "matrix.txt:2: a quote"},
    };
    const leie_scan_form form = {.labels = 2, .count = 3, .mark = '.', .blank = true};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        leie_error err = {0};
        matrix m = {.cols = 3};
        check_status(scan_text(&m, cases[i].text, 1, &form, &err), LEIE_ERR_DATA, &err);
        check_has(err.text, cases[i].message);
        leie_free(m.value);
    }
    leie_error err = {0};
    matrix m = {.cols = 3};
    const leie_scan_form strict = {.labels = 2, .count = 3, .mark = '.'};
    check_status(scan_text(&m, "h\nA\tx\t1\t\t3\n", 1, &strict, &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "column 'c1': nothing where a number belongs");
    leie_free(m.value);
}

static void test_nul(void)
{
    leie_error err = {0};
    matrix m = {.cols = 3};
    const leie_scan_form form = {.labels = 2, .count = 3, .mark = '.', .blank = true};
    memory_stream bytes = {.text = "h\nA\0\tx\t1\t2\t3\n", .size = 14};
    check_status(scan_stream(&m, &bytes, 1, &form, '\t', &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "a NUL in a label");
    err = (leie_error){0};
    bytes = (memory_stream){.text = "h\nA\tx\t1\0\t2\t3\n", .size = 14};
    check_status(scan_stream(&m, &bytes, 1, &form, '\t', &err), LEIE_ERR_DATA, &err);
    check_has(err.text, "column 'c0': something behind the number: '1\\x00'");
    leie_free(m.value);
}

// ---- many blocks ----

// rows lines of cols numbers, each a value that its place tells.
static char *make_text(leie_size rows, leie_size cols, leie_size *size)
{
    char *text = leie_new(rows * (cols * 12 + 40) + 10, 1), *at = text;
    at += sprintf(at, "h\n");
    for (leie_size i = 0; text && i < rows; i++) {
        at += sprintf(at, "R%lld\ts", (long long)i);
        for (leie_size j = 0; j < cols; j++)
            at += (i + j) % 3 ? sprintf(at, "\t0") : sprintf(at, "\t%lld.%03lld", (long long)i, (long long)j % 1000);
        *at++ = '\n';
    }
    *size = at - text;
    return text;
}

static leie_size count_wrong(const matrix *m, leie_size rows)
{
    leie_size wrong = m->rows != rows;
    for (leie_size i = 0; !wrong && i < rows; i++)
        for (leie_size j = 0; j < m->cols; j++)
            wrong += m->value[i * m->cols + j] != ((i + j) % 3 ? 0 : (double)(1000 * i + j % 1000) / 1000);
    return wrong;
}

// 20 MB in blocks of 4 MB by one thread and several; short lines, and one that is longer than a block.
static void test_blocks_and_threads(void)
{
    static const leie_size shape[][2] = {{3000, 900}, {2, 900000}, {60000, 1}};
    for (size_t k = 0; k < 3; k++) {
        leie_size rows = shape[k][0], cols = shape[k][1], size;
        char *text = make_text(rows, cols, &size);
        for (int threads = 1; threads <= 3; threads += 2) {
            leie_error err = {0};
            matrix m = {.cols = cols};
            memory_stream bytes = {.text = text, .size = size};
            leie_threads_set(threads);
            check_ok(scan_stream(&m, &bytes, 1, &(leie_scan_form){2, cols, '.', true, 0}, '\t', &err), &err);
            check_size(count_wrong(&m, rows), 0);
            leie_free(m.value);
        }
        leie_threads_set(0);
        leie_free(text);
    }
}

// A stream that breaks says so; a bad number in a line before it comes first.
static void check_broken(const char *text, leie_size size, bool packed, leie_status expected, const char *message)
{
    const leie_scan_form form = {2, 900, '.', true, 0};
    leie_error err = {0};
    matrix m = {.cols = 900};
    memory_stream bytes = {.text = text, .size = size, .fail = 5000000, .packed = packed};
    check_status(scan_stream(&m, &bytes, 1, &form, '\t', &err), expected, &err);
    check_has(err.text, message);
    leie_free(m.value);
}

static void test_broken_stream(void)
{
    leie_size size;
    char *text = make_text(3000, 900, &size), *zero = strstr(text + 100000, "\t0\t");
    leie_threads_set(2);
    for (int packed = 0; packed < 2; packed++) {
        zero[1] = '0';
        check_broken(text, size, packed, LEIE_ERR_IO, "broken at byte 5000000");
        zero[1] = 'x';
        check_broken(text, size, packed, LEIE_ERR_DATA, "text where a number belongs: 'x'");
    }
    leie_threads_set(0);
    leie_free(text);
}

// What is read ahead by a thread of its own is the same, up to a thread that is stopped in the middle (broken_stream).
static void test_ahead(void)
{
    leie_size size;
    char *text = make_text(3000, 900, &size);
    const leie_scan_form form = {2, 900, '.', true, 0};
    leie_error err = {0};
    matrix m[2] = {{.cols = 900}, {.cols = 900}};
    leie_threads_set(2);
    for (int packed = 0; packed < 2; packed++) {
        memory_stream bytes = {.text = text, .size = size, .packed = packed};
        check_ok(scan_stream(&m[packed], &bytes, 1, &form, '\t', &err), &err);
        check_size(bytes.at, size);
    }
    leie_threads_set(0);
    check_size(m[0].rows, 3000);
    check_size(m[1].rows, m[0].rows);
    check_true(memcmp(m[0].value, m[1].value, (size_t)m[0].rows * 900 * sizeof(double)) == 0);
    leie_free(m[0].value);
    leie_free(m[1].value);
    leie_free(text);
}

typedef struct taken {
    double sum[100];
} taken;

static leie_status take_sum(void *ctx, leie_size row, const double *value, leie_error *err)
{
    taken *t = ctx;
    (void)err;
    t->sum[row] = value[0] + value[1] + value[2];
    return LEIE_OK;
}

static void test_take(void)
{
    leie_error err = {0};
    leie_scan scan;
    taken t = {{0}};
    memory_stream bytes = {.text = "1;2,5;3\n4;0;-1\n", .size = 15};
    const leie_stream stream = {.name = "m", .read = read_memory, .ctx = &bytes};
    const leie_scan_sink sink = {.ctx = &t, .take = take_sum};
    check_ok(leie_scan_open(&scan, &stream, ';', &err), &err);
    check_ok(leie_scan_rows(&scan, &(leie_scan_form){.count = 3, .mark = ','}, &sink, &err), &err);
    check_size(scan.lines, 2);
    check_near(t.sum[0], 6.5, 0);
    check_near(t.sum[1], 3, 0);
    leie_scan_close(&scan);
}

// ---- rounds ----

// Lines of two rounds: one is taken while the other is settled.
typedef struct rounds {
    double wait[2][4], settled[16]; // [half, line of a round]; by row
    leie_size first[2], lines[2], rows;
    int half;
} rounds;

static leie_status place_in_round(void *ctx, leie_size *row, const leie_slice *label, leie_error *err)
{
    rounds *r = ctx;
    (void)label;
    (void)err;
    *row = r->half * 4 + r->lines[r->half]++;
    r->rows++;
    return LEIE_OK;
}

static leie_status take_in_round(void *ctx, leie_size row, const double *value, leie_error *err)
{
    rounds *r = ctx;
    (void)err;
    r->wait[row / 4][row % 4] = value[0];
    return LEIE_OK;
}

static void turn_round(void *ctx)
{
    rounds *r = ctx;
    r->half ^= 1;
    r->lines[r->half] = 0;
    r->first[r->half] = r->rows;
}

static leie_status settle_round(void *ctx, leie_error *err)
{
    rounds *r = ctx;
    int half = r->half ^ 1;
    (void)err;
    for (leie_size i = 0; i < r->lines[half]; i++)
        r->settled[r->first[half] + i] += r->wait[half][i];
    return LEIE_OK;
}

// Every line is settled once, also those of a last round with a single one.
static void test_rounds(void)
{
    static const int threads[] = {1, 2, 5};
    for (int round = 0; round < 60; round++) {
        leie_size n = round % 10, most = 1 + round / 10 % 3;
        char text[200] = "h\tv\n";
        rounds r = {.half = 0};
        leie_error err = {0};
        leie_scan scan;
        for (leie_size i = 0; i < n; i++)
            snprintf(text + strlen(text), sizeof text - strlen(text), "r\t%g\n", 2.385 + (double)i);
        memory_stream bytes = {.text = text, .size = (leie_size)strlen(text), .packed = round / 30};
        const leie_stream stream = {.name = "m", .read = read_memory, .ctx = &bytes, .packed = bytes.packed};
        const leie_scan_form form = {.labels = 1, .count = 1, .mark = '.', .most = most};
        const leie_scan_sink sink = {.ctx = &r, .place = place_in_round, .take = take_in_round, .turn = turn_round, .settle = settle_round};
        leie_threads_set(threads[round % 3]);
        check_ok(leie_scan_open(&scan, &stream, '\t', &err), &err);
        check_ok(leie_scan_record(&scan, &err), &err);
        check_ok(leie_scan_rows(&scan, &form, &sink, &err), &err);
        leie_scan_close(&scan);
        for (leie_size i = 0; i < 16; i++)
            check_near(r.settled[i], i < n ? 2.385 + (double)i : 0, 1e-15);
    }
    leie_threads_set(0);
}

CHECK_SUITE(scan, {"layout", test_layout, NULL}, {"records", test_records, NULL}, {"mistakes", test_mistakes, NULL},
            {"NUL", test_nul, NULL}, {"blocks and threads", test_blocks_and_threads, NULL},
            {"broken stream", test_broken_stream, NULL}, {"ahead", test_ahead, NULL}, {"take", test_take, NULL}, {"rounds", test_rounds, NULL})
