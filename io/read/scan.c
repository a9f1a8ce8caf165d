// SPDX-License-Identifier: GPL-3.0-or-later
#define _GNU_SOURCE // memrchr
#include "io/read/scan.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/utf8.h"

enum {
    BLOCK_SIZE = 1 << 20,  // bytes: several lines of a large table, and half of the second cache (bench_wide)
    FIRST_BLOCK = 1 << 16, // most files are small
    PIECE_SIZE = 1 << 16,  // bytes that a thread takes at a time, at least
    LINES_MOST = 1 << 14,  // lines of one round
    FIELDS_LEAST = 64,
    SHOWN_MOST = 60 // bytes of a text in a message
};

leie_status leie_scan_fail(const leie_scan *scan, leie_size line, leie_error *err, const char *format, ...)
{
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return leie_fail(err, LEIE_ERR_DATA, "%s:%lld: %s", scan->stream.name, (long long)line, text);
}

// ---- blocks ----

static leie_status block_grow(leie_scan_block *b, leie_size room, const char *name, leie_error *err)
{
    if (room <= b->room)
        return LEIE_OK;
    char *grown = leie_resize(b->data, b->size, room + LEIE_NUMBERS_PADDING, 1);
    if (!grown)
        return leie_fail_memory(err, name, room, 1);
    b->data = grown;
    b->room = room;
    return LEIE_OK;
}

/* Fills `next` behind what is left of the block, up to a whole line at least. */
static leie_status fetch(leie_scan *scan, leie_error *err)
{
    leie_scan_block *b = &scan->next;
    const leie_scan_block *last = &scan->block;
    leie_size left = last->size - last->cut, more = last->data ? BLOCK_SIZE : FIRST_BLOCK, got;
    *b = (leie_scan_block){.data = b->data, .room = b->room};
    leie_status st = block_grow(b, left + more, scan->stream.name, err);
    if (st)
        return st;
    if (left)
        memcpy(b->data, last->data + last->cut, (size_t)left);
    b->size = left;
    while (!scan->end && !b->cut) {
        // twice as much when a line is longer than the block
        st = block_grow(b, b->size == left ? b->room : 2 * b->room, scan->stream.name, err);
        if (!st)
            st = scan->stream.read(scan->stream.ctx, b->data + b->size, b->room - b->size, &got, err);
        if (st)
            return st;
        const char *newline = memrchr(b->data + b->size, '\n', (size_t)got);
        scan->end = got < b->room - b->size;
        b->size += got;
        b->cut = scan->end ? b->size : newline ? newline + 1 - b->data : 0;
        if (!b->cut && b->size > LEIE_SCAN_LINE_MOST)
            return leie_fail(err, LEIE_ERR_LIMIT, "%s: a line of more than %d bytes", scan->stream.name,
                             (int)LEIE_SCAN_LINE_MOST);
    }
    b->cut = scan->end ? b->size : b->cut;
    scan->fetched = true;
    return LEIE_OK;
}

// The next block is the one at work now; false when there is none.
static bool advance(leie_scan *scan)
{
    if (!scan->fetched)
        return false;
    leie_scan_block done = scan->block;
    scan->block = scan->next;
    scan->next = done;
    scan->fetched = false;
    return true;
}

leie_status leie_scan_open(leie_scan *scan, const leie_stream *stream, char separator, leie_error *err)
{
    *scan = (leie_scan){.stream = *stream, .separator = separator};
    leie_status st = fetch(scan, err);
    if (st) {
        leie_scan_close(scan);
        return st;
    }
    advance(scan);
    const unsigned char *byte = (const unsigned char *)scan->block.data;
    if (scan->block.size >= 3 && memcmp(byte, "\xef\xbb\xbf", 3) == 0)
        scan->block.at = 3;
    if (scan->block.size >= 2 && ((byte[0] == 0xff && byte[1] == 0xfe) || (byte[0] == 0xfe && byte[1] == 0xff))) {
        st = leie_fail(err, LEIE_ERR_DATA, "%s: UTF-16 text; save it as UTF-8", stream->name);
        leie_scan_close(scan);
    }
    return st;
}

void leie_scan_close(leie_scan *scan)
{
    leie_ahead_free(scan->ahead);
    leie_free(scan->block.data);
    leie_free(scan->next.data);
    leie_free(scan->record);
    leie_free(scan->field);
    *scan = (leie_scan){0};
}

// ---- lines and fields ----

typedef struct text_line {
    char *at;           // borrowed from the block
    leie_size size;     // without its end
    leie_size numbers;  // position of the first number
    leie_size row;      // where it goes, -1: nowhere
    leie_size number;   // of the line in the file, from 1
} text_line;

/* The next line of the block that is not blank; false when the block is used up. */
static bool next_line(text_line *line, leie_scan *scan)
{
    leie_scan_block *b = &scan->block;
    while (b->at < b->cut) {
        char *at = b->data + b->at, *end = memchr(at, '\n', (size_t)(b->cut - b->at));
        leie_size size = (end ? end : b->data + b->cut) - at;
        b->at += size + (end ? 1 : 0);
        scan->line++;
        if (size > 0 && at[size - 1] == '\r')
            size--;
        *line = (text_line){.at = at, .size = size, .number = scan->line};
        if (size > 0)
            return true;
    }
    return false;
}

/* One field of a line from *at, unquoted in place; *at moves behind its separator, or to size + 1 at the end. */
static leie_status take_field(leie_slice *field, const leie_scan *scan, const text_line *line, leie_size *at,
                              leie_error *err)
{
    char *from = line->at + *at, *end = line->at + line->size, *to = from;
    if (from == end || *from != '"') {
        const char *separator = memchr(from, scan->separator, (size_t)(end - from));
        *field = (leie_slice){from, (separator ? separator : end) - from};
        *at += field->size + 1;
        return LEIE_OK;
    }
    field->at = to;
    for (from++;; from++) {
        if (from == end)
            return leie_scan_fail(scan, line->number, err, "a quote that opens and does not close on its line");
        if (*from == '"' && (from + 1 == end || from[1] != '"'))
            break;
        from += *from == '"';
        *to++ = *from;
    }
    from++;
    if (from < end && *from != scan->separator)
        return leie_scan_fail(scan, line->number, err, "'%c' behind a closing quote", *from);
    field->size = to - field->at;
    *at = from - line->at + 1;
    return LEIE_OK;
}

static leie_status check_label(const leie_scan *scan, leie_size line, leie_slice label, leie_error *err)
{
    if (memchr(label.at, '\0', (size_t)label.size))
        return leie_scan_fail(scan, line, err, "a NUL in a label: not UTF-8 text (UTF-16 or a binary file)");
    leie_size at = leie_utf8_fault(label.at, label.size);
    if (at >= 0)
        return leie_scan_fail(scan, line, err, "byte 0x%02x is not UTF-8 (Latin-1 or Windows-1252?); save it as UTF-8",
                              (unsigned char)label.at[at]);
    return LEIE_OK;
}

static leie_status add_field(leie_scan *scan, leie_slice field, leie_error *err)
{
    if (scan->fields == LEIE_SCAN_FIELDS_MOST)
        return leie_scan_fail(scan, scan->record_line + 1, err, "more than %d fields", LEIE_SCAN_FIELDS_MOST);
    if (scan->fields == scan->field_room) {
        leie_size room = scan->field_room ? 2 * scan->field_room : FIELDS_LEAST;
        leie_slice *grown = leie_resize(scan->field, scan->fields, room, sizeof *grown);
        if (!grown)
            return leie_fail_memory(err, "fields", room, sizeof *grown);
        scan->field = grown;
        scan->field_room = room;
    }
    scan->field[scan->fields++] = field;
    return LEIE_OK;
}

// The line is cut in a copy, so that it can be put back.
static leie_status copy_line(leie_scan *scan, text_line *line, leie_error *err)
{
    if (line->size > scan->record_room) {
        char *grown = leie_resize(scan->record, 0, line->size, 1);
        if (!grown)
            return leie_fail_memory(err, "a header line", line->size, 1);
        scan->record = grown;
        scan->record_room = line->size;
    }
    scan->record_at = line->at - scan->block.data;
    scan->record_line = line->number - 1;
    line->at = memcpy(scan->record, line->at, (size_t)line->size);
    return LEIE_OK;
}

void leie_scan_back(leie_scan *scan)
{
    scan->block.at = scan->record_at;
    scan->line = scan->record_line;
}

leie_status leie_scan_record(leie_scan *scan, leie_error *err)
{
    text_line line;
    leie_slice field;
    scan->fields = 0;
    while (!next_line(&line, scan)) {
        leie_status failed = scan->fetched || scan->end ? LEIE_OK : fetch(scan, err);
        if (failed)
            return failed;
        if (!advance(scan))
            return LEIE_OK;
    }
    leie_status st = copy_line(scan, &line, err);
    if (st)
        return st;
    for (leie_size at = 0; at <= line.size;) {
        st = take_field(&field, scan, &line, &at, err);
        if (!st)
            st = check_label(scan, line.number, field, err);
        if (!st)
            st = add_field(scan, field, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

// ---- rows ----

// What the threads of one round share.
typedef struct rows_round {
    leie_scan *scan;
    const leie_scan_form *form;
    const leie_scan_sink *sink;
    leie_numbers_form numbers;
    text_line *line;          // [lines]
    leie_size lines, grain;   // lines of an item
    double *scratch;          // [threads, count] for sink->take
    bool alone;               // the other thread inflates
    bool fetch, settle;       // the first items: the next block, what the round before has left
    leie_error cut, fetched;  // kept apart: a bad number in a line before comes first
} rows_round;

/* Labels of a line, and where its numbers begin. */
static leie_status take_labels(leie_slice *label, text_line *line, const rows_round *r, leie_error *err)
{
    leie_size at = 0;
    for (leie_size k = 0; k < r->form->labels; k++) {
        if (at > line->size)
            return leie_scan_fail(r->scan, line->number, err, "%lld fields where %lld are expected", (long long)k,
                                  (long long)(r->form->labels + r->form->count));
        leie_status st = take_field(&label[k], r->scan, line, &at, err);
        if (!st)
            st = check_label(r->scan, line->number, label[k], err);
        if (st)
            return st;
    }
    if (at > line->size && r->form->count > 0)
        return leie_scan_fail(r->scan, line->number, err, "%lld fields where %lld are expected",
                              (long long)r->form->labels, (long long)(r->form->labels + r->form->count));
    line->numbers = at;
    return LEIE_OK;
}

/* Cuts the lines of a round, up to one with an error; none when the block is used up. */
static void cut_lines(rows_round *r)
{
    leie_error *err = &r->cut;
    leie_slice label[LEIE_SCAN_LABELS_MOST];
    leie_size bytes = 0;
    text_line line;
    leie_size most = r->form->most && r->form->most < LINES_MOST ? r->form->most : LINES_MOST;
    for (r->lines = 0; r->lines < most && next_line(&line, r->scan); r->lines++) {
        leie_status st = take_labels(label, &line, r, err);
        line.row = r->scan->lines++;
        if (!st && r->sink->place)
            st = r->sink->place(r->sink->ctx, &line.row, label, err);
        if (st)
            break;
        r->line[r->lines] = line;
        bytes += line.size;
    }
    r->grain = r->lines ? 1 + PIECE_SIZE / (1 + bytes / r->lines) : 1;
}

// "row 'AUS, food', " from what stands before the numbers.
static void show_labels(char *text, size_t size, const text_line *line, char separator)
{
    leie_size length = line->numbers - 1 < SHOWN_MOST ? line->numbers - 1 : SHOWN_MOST;
    text[0] = '\0';
    if (line->numbers < 2)
        return;
    int at = snprintf(text, size, "row '");
    for (leie_size i = 0; i < length && at < (int)size - 8; i++) {
        if (line->at[i] == separator)
            at += snprintf(text + at, size - (size_t)at, ", ");
        else if ((unsigned char)line->at[i] >= ' ')
            text[at++] = line->at[i];
    }
    snprintf(text + at, size - (size_t)at, "', ");
}

// A text that is no number, in one line: control characters and NUL as \xHH.
static void show_text(char *text, const char *at, leie_size size)
{
    for (leie_size i = 0; i < size; i++)
        text += sprintf(text, (unsigned char)at[i] < ' ' || at[i] == 0x7f ? "\\x%02x" : "%c", (unsigned char)at[i]);
    *text = '\0';
}

static leie_status fail_line(const rows_round *r, const text_line *line, const leie_numbers_found *found,
                             leie_error *err)
{
    char row[2 * SHOWN_MOST + 16], column[128] = "", text[4 * SHOWN_MOST + 1];
    leie_size labels = r->form->labels;
    show_labels(row, sizeof row, line, r->scan->separator);
    if (found->fault == LEIE_NUMBER_OK)
        return leie_scan_fail(r->scan, line->number, err, "%s%lld fields where %lld are expected", row,
                              (long long)(labels + found->fields), (long long)(labels + r->form->count));
    if (r->sink->name)
        r->sink->name(r->sink->ctx, found->field, column, sizeof column);
    if (!column[0])
        snprintf(column, sizeof column, "%lld", (long long)(labels + found->field + 1));
    leie_size shown = found->size < SHOWN_MOST ? found->size : SHOWN_MOST;
    if (shown == 0)
        return leie_scan_fail(r->scan, line->number, err, "%scolumn '%s': %s", row, column,
                              leie_number_why(found->fault));
    show_text(text, found->at, shown);
    return leie_scan_fail(r->scan, line->number, err, "%scolumn '%s': %s: '%s'", row, column, leie_number_why(found->fault), text);
}

static leie_status read_line(const rows_round *r, const text_line *line, int worker, leie_error *err)
{
    leie_numbers_found found = {0};
    leie_size count = r->form->count, size = line->size - line->numbers;
    if (line->row < 0)
        return LEIE_OK;
    double *room = r->sink->room ? r->sink->room(r->sink->ctx, line->row) : NULL;
    double *value = room ? room : r->scratch ? r->scratch + worker * count : *r->sink->value + line->row * r->sink->stride;
    memset(value, 0, (size_t)count * sizeof *value);
    bool good = leie_numbers_read(value, count, line->at + line->numbers, size, &r->numbers, &found);
    bool empty_behind = r->form->blank && found.fields == count + 1 && line->at[line->size - 1] == r->scan->separator;
    if (!good && !empty_behind)
        return fail_line(r, line, &found, err);
    return r->scratch && !room ? r->sink->take(r->sink->ctx, line->row, value, err) : LEIE_OK;
}

// The first items fetch and settle when the round does, the others read lines.
static leie_status round_item(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    rows_round *r = ctx;
    (void)last;
    if (r->fetch && first == 0) {
        fetch(r->scan, &r->fetched);
        return LEIE_OK;
    }
    if (r->settle && first == r->fetch)
        return r->sink->settle(r->sink->ctx, err);
    leie_size from = (first - r->fetch - r->settle) * r->grain, to = from + r->grain < r->lines ? from + r->grain : r->lines;
    for (leie_size i = from; i < to; i++) {
        leie_status st = read_line(r, &r->line[i], worker, err);
        if (st)
            return st;
    }
    return LEIE_OK;
}

static leie_status run_items(rows_round *r, leie_size items, leie_error *err)
{
    leie_status st = LEIE_OK;
    if (!r->alone)
        return leie_parallel_for(items, 1, round_item, r, err);
    for (leie_size item = 0; !st && item < items; item++)
        st = round_item(r, item, item + 1, leie_worker(), err);
    return st;
}

static leie_status run_round(rows_round *r, leie_error *err)
{
    r->fetch = !r->scan->fetched && !r->scan->end && !r->cut.code;
    leie_size items = (r->lines + r->grain - 1) / r->grain + r->fetch + r->settle;
    leie_status st = run_items(r, items, err);
    const leie_error *later = r->cut.code ? &r->cut : &r->fetched;
    r->settle = r->sink->settle && r->lines > 0;
    return st || !later->code ? st : leie_fail(err, later->code, "%s", later->text);
}

// Rounds until the stream has ended and nothing is left to settle.
static leie_status run_rounds(void *ctx, leie_error *err)
{
    rows_round *r = ctx;
    leie_status st = LEIE_OK;
    while (!st) {
        if (r->sink->turn)
            r->sink->turn(r->sink->ctx);
        cut_lines(r);
        st = run_round(r, err);
        if (!st && r->lines == 0 && !advance(r->scan))
            break;
    }
    return st;
}

// What comes behind the first block of a packed stream is inflated ahead.
static void begin_ahead(leie_scan *scan)
{
    if (!scan->stream.packed || scan->end || leie_threads() == 1)
        return;
    scan->ahead = leie_ahead_new(&scan->stream);
    if (scan->ahead)
        scan->stream = leie_ahead_stream(scan->ahead);
}

leie_status leie_scan_rows(leie_scan *scan, const leie_scan_form *form, const leie_scan_sink *sink, leie_error *err)
{
    leie_status st = LEIE_OK;
    rows_round r = {.scan = scan, .form = form, .sink = sink, .numbers = {scan->separator, form->mark, form->blank}};
    assert(!sink->value != !sink->take && form->labels <= LEIE_SCAN_LABELS_MOST);
    r.line = leie_new(LINES_MOST, sizeof *r.line);
    if (!sink->value)
        r.scratch = leie_new(leie_threads() * form->count, sizeof *r.scratch);
    if (!r.line || (!sink->value && !r.scratch))
        st = leie_fail_memory(err, "lines of numbers", form->count, sizeof *r.scratch);
    scan->lines = 0;
    begin_ahead(scan);
    r.alone = scan->ahead && leie_threads() == 2;
    if (!st)
        st = r.alone ? run_rounds(&r, err) : leie_parallel_team(run_rounds, &r, err);
    leie_free(r.line);
    leie_free(r.scratch);
    return st;
}
