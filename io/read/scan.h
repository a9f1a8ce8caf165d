/* Wide matrix text: some header lines, then one line per row with labels in front and numbers behind, between one
 * separator. All threads read numbers while one of them fetches the next block of the stream, and a thread of its own
 * inflates a packed one.
 *
 *   leie_scan_open(&scan, &stream, '\t', &err);
 *   leie_scan_record(&scan, &err);                 scan.field [scan.fields]: once for each header line
 *   leie_scan_rows(&scan, &form, &sink, &err);     the rest
 *   leie_scan_close(&scan);
 *
 * Memory: two blocks of a MB, or of the longest line; two MB ahead. Lines end with LF or CRLF; blank lines are skipped; a field
 * may stand in double quotes, a line end inside quotes is refused. A byte-order mark is skipped, UTF-16 is refused;
 * labels must be UTF-8. What is wrong is named by file, line, label, column and text.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_SCAN_H
#define LEIE_IO_READ_SCAN_H

#include "io/read/ahead.h"
#include "io/read/csv.h"
#include "io/read/stream.h"
#include "kernels/numbers.h"

enum {
    LEIE_SCAN_LABELS_MOST = 8,
    LEIE_SCAN_LINE_MOST = 1 << 28,  // bytes of a line; longer ones are refused
    LEIE_SCAN_FIELDS_MOST = 1 << 22 // fields of a header line; more are refused
};

typedef struct leie_scan_block {
    char *data;
    leie_size room, size; // bytes
    leie_size at, cut;    // next byte to work on; behind the last whole line
} leie_scan_block;

typedef struct leie_scan {
    leie_stream stream;
    leie_ahead *ahead; // reads a packed stream, NULL for none
    char separator;
    bool end;                    // the stream has ended
    bool fetched;                // `next` is filled
    leie_scan_block block, next; // at work, and what comes behind it
    leie_size line;              // lines taken so far
    leie_size lines;             // rows that leie_scan_rows has read
    char *record;                // a copy of the last record
    leie_size record_room, record_at, record_line;
    leie_slice *field;           // [fields] of it, quotes removed; until the next one is read
    leie_size fields, field_room;
} leie_scan;

typedef struct leie_scan_form {
    leie_size labels; // fields in front of the numbers, up to LEIE_SCAN_LABELS_MOST
    leie_size count;  // numbers of a line; one empty field behind the last is no error when blanks are none
    char mark;        // decimal point
    bool blank;       // empty fields are zero
    leie_size most;   // lines that are placed before the first of them is taken; 0: as many as a block has
} leie_scan_form;

/* Where rows go. `place` is called for every line in order, by one thread while no other is at work, so that it may
 * grow what it fills; `take` by any thread in any order. */
typedef struct leie_scan_sink {
    void *ctx;
    /* The row that a line becomes by its labels (label [labels], until it returns); -1: it is left out. NULL: the
     * lines are rows 0, 1, 2, ... */
    leie_status (*place)(void *ctx, leie_size *row, const leie_slice *label, leie_error *err);
    /* Numbers go straight to *value + row * stride, `count` of them. NULL: they go to `take`. */
    double **value;
    leie_size stride;
    leie_status (*take)(void *ctx, leie_size row, const double *value, leie_error *err);
    /* Where the numbers of a row go, so that it is not taken; NULL for one that is. May be NULL. */
    double *(*room)(void *ctx, leie_size row);
    /* Lines come in rounds. `turn` is called between two of them, while no other thread is at work; then `settle`, by any
     * thread while lines of the next round are taken, for what the round before has left. Both or none. */
    void (*turn)(void *ctx);
    leie_status (*settle)(void *ctx, leie_error *err);
    /* What number `column` of a line is, for messages. May be NULL. */
    void (*name)(void *ctx, leie_size column, char *text, size_t size);
} leie_scan_sink;

/* Errors: those of the stream, LEIE_ERR_DATA (UTF-16), LEIE_ERR_NOMEM. Nothing is left to close when it fails. */
leie_status leie_scan_open(leie_scan *scan, const leie_stream *stream, char separator, leie_error *err);

/* The next line that is not blank as fields; fields 0 at the end. Errors: LEIE_ERR_DATA with the line. */
leie_status leie_scan_record(leie_scan *scan, leie_error *err);

/* Puts the last record back: it is read again, as a record or as a row. */
void leie_scan_back(leie_scan *scan);

/* Reads the rest. Errors: LEIE_ERR_DATA with line, label and column for what is no number and for another number of
 * fields; the first line with an error wins. */
leie_status leie_scan_rows(leie_scan *scan, const leie_scan_form *form, const leie_scan_sink *sink, leie_error *err);

/* An error at a line:  "name:line: ..." . */
leie_status leie_scan_fail(const leie_scan *scan, leie_size line, leie_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

void leie_scan_close(leie_scan *scan);

#endif
