// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/csv.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/number.h"
#include "solver/table/labels.h"

enum {
    SHOWN_MOST = 40, // bytes of a field in a message
    COLUMNS_LEAST = 16,
    COLUMNS_MOST = 1 << 20 // a table of that width has its own reader (scan.h)
};

static bool slice_is(leie_slice slice, const char *text)
{
    size_t size = strlen(text);
    return (size_t)slice.size == size && memcmp(slice.at, text, size) == 0;
}

static int shown_size(leie_slice slice)
{
    return slice.size < SHOWN_MOST ? (int)slice.size : SHOWN_MOST;
}

leie_status leie_csv_fail(const leie_csv *csv, leie_size c, leie_status code, leie_error *err, const char *format, ...)
{
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (c < 0)
        return leie_fail(err, code, "%s:%lld: %s", csv->text.path, (long long)csv->line, text);
    return leie_fail(err, code, "%s:%lld: column '%.*s': %s", csv->text.path, (long long)csv->line,
                     shown_size(csv->header[c]), csv->header[c].at, text);
}

// ---- records ----

/* The field at the reading position, unquoted in place; the position moves to its separator or line end.
 * Doubled quotes inside make the field shorter than what it took. */
static leie_status quoted_field(leie_csv *csv, leie_slice *field, leie_error *err)
{
    char *data = csv->text.data, *end = data + csv->text.size;
    char *from = data + csv->position + 1, *to = from;
    field->at = from;
    for (;; from++) {
        char *quote = memchr(from, '"', (size_t)(end - from));
        if (!quote)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a quote that opens and never closes");
        for (const char *c = from; c < quote; c++)
            csv->next_line += *c == '\n';
        memmove(to, from, (size_t)(quote - from));
        to += quote - from;
        from = quote + 1;
        if (from == end || *from != '"')
            break;
        *to++ = '"';
    }
    field->size = to - field->at;
    csv->position = from - data;
    if (from < end && *from != csv->separator && *from != '\n' &&
        !(*from == '\r' && from + 1 < end && from[1] == '\n') && !(*from == '\r' && from + 1 == end))
        return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "'%c' behind a closing quote", *from);
    return LEIE_OK;
}

static void plain_field(leie_csv *csv, leie_slice *field)
{
    const char *start = csv->text.data + csv->position, *at = start, *end = csv->text.data + csv->text.size;
    const char separator = csv->separator;
    while (at < end && *at != separator && *at != '\n')
        at++;
    csv->position = at - csv->text.data;
    if (at > start && at[-1] == '\r' && (at == end || *at == '\n'))
        at--;
    *field = (leie_slice){start, at - start};
}

/* Splits the record at the reading position into the first `room` fields and counts all. */
static leie_status split_record(leie_csv *csv, leie_slice *field, leie_size room, leie_size *count, leie_error *err)
{
    leie_slice spare;
    const char *data = csv->text.data;
    leie_size size = csv->text.size;
    *count = 0;
    csv->line = csv->next_line;
    for (;;) {
        leie_slice *into = *count < room ? &field[*count] : &spare;
        leie_status st = LEIE_OK;
        if (csv->position < size && data[csv->position] == '"')
            st = quoted_field(csv, into, err);
        else
            plain_field(csv, into);
        if (st)
            return st;
        ++*count;
        if (csv->position < size && data[csv->position] == '\r')
            csv->position++;
        if (csv->position == size)
            return LEIE_OK;
        if (data[csv->position++] == '\n') {
            csv->next_line++;
            return LEIE_OK;
        }
    }
}

static void skip_blank_lines(leie_csv *csv)
{
    const char *data = csv->text.data;
    leie_size size = csv->text.size, at = csv->position;
    while (at < size && (data[at] == '\n' || data[at] == '\r')) {
        csv->next_line += data[at] == '\n';
        at++;
    }
    csv->position = at;
}

static bool is_number(leie_slice field)
{
    double value;
    return leie_number_read(&value, field.at, field.size) == LEIE_NUMBER_OK;
}

static leie_status fail_ragged(const leie_csv *csv, leie_size found, leie_error *err)
{
    // "1,5" in place of "1.5" gives one field too many, and two numbers side by side
    bool comma = false;
    for (leie_size c = 0; found == csv->columns + 1 && c < csv->columns; c++)
        comma |= is_number(csv->field[c]) && is_number(csv->field[c + 1]);
    return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "%lld fields where the header has %lld%s", (long long)found,
                         (long long)csv->columns, comma ? " (a decimal comma? numbers are written with a point)" : "");
}

leie_status leie_csv_next(leie_csv *csv, bool *more, leie_error *err)
{
    leie_size found;
    skip_blank_lines(csv);
    *more = csv->position < csv->text.size;
    if (!*more)
        return LEIE_OK;
    leie_status st = split_record(csv, csv->field, csv->columns + 1, &found, err); // one more, for the message
    if (!st && found != csv->columns)
        st = fail_ragged(csv, found, err);
    return st;
}

// ---- header ----

static leie_status read_header(leie_csv *csv, const char *path, leie_error *err)
{
    skip_blank_lines(csv);
    if (csv->position == csv->text.size)
        return leie_fail(err, LEIE_ERR_DATA, "%s: an empty file where a header belongs", csv->text.path);
    leie_size room = COLUMNS_LEAST; // more than separators in the first line, and two
    for (leie_size i = csv->position; i < csv->text.size && csv->text.data[i] != '\n'; i++)
        room += csv->text.data[i] == csv->separator;
    if (room > COLUMNS_MOST)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: a header of %lld fields, more than %d", csv->text.path,
                         (long long)(room - COLUMNS_LEAST + 1), (int)COLUMNS_MOST - COLUMNS_LEAST);
    csv->header = leie_new(room, sizeof *csv->header);
    csv->field = leie_new(room, sizeof *csv->field);
    if (!csv->header || !csv->field)
        return leie_fail_memory(err, path, room, sizeof *csv->header);
    leie_status st = split_record(csv, csv->header, room, &csv->columns, err);
    if (!st && csv->columns > room)
        st = leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "a header over more than one line");
    return st;
}

// A header of one column that holds another separator is a file written with that separator.
static leie_status check_separator(const leie_csv *csv, leie_error *err)
{
    static const struct {
        char separator;
        const char *name;
    } others[] = {{';', "semicolons"}, {'\t', "tabs"}, {'|', "bars"}, {',', "commas"}};
    for (size_t i = 0; csv->columns == 1 && i < sizeof others / sizeof others[0]; i++)
        if (others[i].separator != csv->separator &&
            memchr(csv->header[0].at, others[i].separator, (size_t)csv->header[0].size))
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "fields separated by %s; '%c' is expected",
                                 others[i].name, csv->separator);
    return LEIE_OK;
}

leie_status leie_csv_open_wide(leie_csv *csv, const char *path, leie_error *err)
{
    *csv = (leie_csv){.separator = csv->separator ? csv->separator : ',', .next_line = 1};
    leie_status st = leie_text_read(&csv->text, path, 0, err);
    if (!st)
        st = read_header(csv, path, err);
    if (!st)
        st = check_separator(csv, err);
    if (st)
        leie_csv_close(csv);
    return st;
}

static bool listed(const char *const *names, leie_slice name)
{
    for (; names && *names; names++)
        if (slice_is(name, *names))
            return true;
    return false;
}

static leie_status fail_unknown_column(const leie_csv *csv, leie_slice name, const char *const *required,
                                       const char *const *optional, leie_error *err)
{
    char text[64];
    leie_labels known = {0};
    snprintf(text, sizeof text, "%.*s", shown_size(name), name.at);
    for (const char *const *n = required; n && *n; n++)
        leie_labels_add(&known, *n, NULL, NULL, NULL, NULL);
    for (const char *const *n = optional; n && *n; n++)
        leie_labels_add(&known, *n, NULL, NULL, NULL, NULL);
    const char *nearest = leie_labels_nearest(&known, text);
    char expected[256] = "";
    for (const char *const *n = required; n && *n; n++)
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s%s", n == required ? "" : ", ", *n);
    leie_status st =
        nearest ? leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "unknown column '%s'; '%s' is near", text, nearest)
                : leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "unknown column '%s'; the header holds %s", text, expected);
    leie_labels_clear(&known);
    return st;
}

static leie_status check_header(const leie_csv *csv, const char *const *required, const char *const *optional,
                                leie_error *err)
{
    for (leie_size c = 0; c < csv->columns; c++) {
        leie_slice name = csv->header[c];
        if (!listed(required, name) && !listed(optional, name))
            return fail_unknown_column(csv, name, required, optional, err);
        for (leie_size d = 0; d < c; d++)
            if (csv->header[d].size == name.size && memcmp(csv->header[d].at, name.at, (size_t)name.size) == 0)
                return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "column '%.*s' appears twice", shown_size(name),
                                     name.at);
    }
    for (const char *const *name = required; *name; name++)
        if (leie_csv_column(csv, *name) < 0)
            return leie_csv_fail(csv, -1, LEIE_ERR_DATA, err, "column '%s' is missing", *name);
    return LEIE_OK;
}

leie_status leie_csv_open(leie_csv *csv, const char *path, const char *const *required, const char *const *optional,
                          leie_error *err)
{
    leie_status st = leie_csv_open_wide(csv, path, err);
    if (st)
        return st;
    st = check_header(csv, required, optional, err);
    if (st)
        leie_csv_close(csv);
    return st;
}

leie_size leie_csv_column(const leie_csv *csv, const char *name)
{
    for (leie_size c = 0; c < csv->columns; c++)
        if (slice_is(csv->header[c], name))
            return c;
    return -1;
}

void leie_csv_close(leie_csv *csv)
{
    leie_text_free(&csv->text);
    leie_free(csv->field);
    leie_free(csv->header);
    *csv = (leie_csv){0};
}

// ---- fields ----

leie_status leie_csv_number(const leie_csv *csv, leie_size c, double *value, leie_error *err)
{
    leie_slice field = csv->field[c];
    leie_number_fault fault = leie_number_read(value, field.at, field.size);
    if (fault == LEIE_NUMBER_OK)
        return LEIE_OK;
    if (fault == LEIE_NUMBER_EMPTY)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s", leie_number_why(fault));
    return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "%s: '%.*s'", leie_number_why(fault), shown_size(field), field.at);
}

leie_status leie_csv_integer(const leie_csv *csv, leie_size c, leie_size *value, leie_error *err)
{
    double number;
    leie_status st = leie_csv_number(csv, c, &number, err);
    if (st)
        return st;
    if (number != floor(number) || fabs(number) >= 0x1p53)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "'%.*s' where a whole number belongs",
                             shown_size(csv->field[c]), csv->field[c].at);
    *value = (leie_size)number;
    return LEIE_OK;
}

static leie_status copy_slice(const leie_csv *csv, leie_size c, leie_slice from, char *buffer, size_t size,
                              leie_error *err)
{
    if ((size_t)from.size >= size)
        return leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "a text of %lld bytes, more than %zu: '%.*s...'",
                             (long long)from.size, size - 1, shown_size(from), from.at);
    memcpy(buffer, from.at, (size_t)from.size);
    buffer[from.size] = '\0';
    return LEIE_OK;
}

leie_status leie_csv_string(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err)
{
    buffer[0] = '\0';
    return c < 0 ? LEIE_OK : copy_slice(csv, c, csv->field[c], buffer, size, err);
}

leie_status leie_csv_header(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err)
{
    return copy_slice(csv, c, csv->header[c], buffer, size, err);
}

leie_status leie_csv_label(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err)
{
    leie_status st = leie_csv_string(csv, c, buffer, size, err);
    if (!st && !buffer[0])
        st = leie_csv_fail(csv, c, LEIE_ERR_DATA, err, "nothing where a label belongs");
    return st;
}
