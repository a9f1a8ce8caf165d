// SPDX-License-Identifier: GPL-3.0-or-later
/* Shared strings <si>, and the cells <c> of a sheet as CSV. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/read/workbook_impl.h"
#include "kernels/grow.h"
#include "kernels/memory.h"

enum { ROWS_MOST = 1048576, COLS_MOST = 16384, CELL_MOST = 1 << 20 };

// ---- shared strings ----

static leie_status strings_start(void *ctx, const char *name, const char **attribute, leie_error *err)
{
    leie_strings *s = ctx;
    (void)attribute, (void)err;
    if (strcmp(name, "rPh") == 0)
        s->depth_hint++;
    else if (strcmp(name, "t") == 0)
        s->depth_t++;
    return LEIE_OK;
}

static leie_status strings_end(void *ctx, const char *name, leie_error *err)
{
    leie_strings *s = ctx;
    if (strcmp(name, "rPh") == 0)
        s->depth_hint--;
    else if (strcmp(name, "t") == 0)
        s->depth_t--;
    if (strcmp(name, "si"))
        return LEIE_OK;
    leie_status st = leie_grow(&s->end, &s->room, s->n, sizeof *s->end, s->path, err);
    if (st)
        return st;
    s->end[s->n++] = s->text.size;
    return LEIE_OK;
}

static leie_status strings_text(void *ctx, const char *text, leie_size size, leie_error *err)
{
    leie_strings *s = ctx;
    return s->depth_t && !s->depth_hint ? leie_buffer_add(&s->text, text, size, s->limit, s->path, err) : LEIE_OK;
}

void leie_strings_reader(leie_xml_reader *reader, leie_strings *strings)
{
    strings->path = reader->path;
    reader->start = strings_start;
    reader->end = strings_end;
    reader->text = strings_text;
    reader->ctx = strings;
}

void leie_strings_clear(leie_strings *strings)
{
    leie_free(strings->text.data);
    leie_free(strings->end);
    *strings = (leie_strings){0};
}

// ---- where a cell is ----

static leie_status fail_cell(const leie_sheet *s, leie_error *err, const char *what)
{
    char column[8] = "";
    for (leie_size c = s->col + 1, at = 0; c > 0 && at < 6; c = (c - 1) / 26, at++) {
        memmove(column + 1, column, strlen(column) + 1);
        column[0] = (char)('A' + (c - 1) % 26);
    }
    return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s', cell %s%lld: %s", s->path, s->name, column,
                     (long long)s->row + 1, what);
}

// Column of a reference such as "AB12", from 0; -1 when it is none.
static leie_size column_of(const char *reference)
{
    leie_size column = 0;
    int letters = 0;
    for (; *reference >= 'A' && *reference <= 'Z'; reference++, letters++)
        column = letters < 4 ? 26 * column + (*reference - 'A' + 1) : COLS_MOST + 1;
    return letters && *reference >= '1' && *reference <= '9' ? column - 1 : -1;
}

static leie_status add_row(leie_sheet *s, leie_error *err)
{
    leie_status st = leie_grow(&s->row_fields, &s->row_room, s->rows, sizeof *s->row_fields, s->path, err);
    if (st)
        return st;
    s->row_fields[s->rows++] = 0;
    return LEIE_OK;
}

// A row begins: rows that the file leaves out are blank lines.
static leie_status start_row(leie_sheet *s, const char **attribute, leie_error *err)
{
    const char *reference = leie_xml_attribute(attribute, "r");
    char *end = NULL;
    leie_size row = s->rows;
    leie_status st = LEIE_OK;
    s->col = 0;
    if (reference) {
        row = strtoll(reference, &end, 10) - 1;
        if (*end || row < 0 || row >= ROWS_MOST)
            return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s': row '%.40s' is no row of a sheet", s->path, s->name,
                             reference);
        if (row < s->rows)
            return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s': row %lld comes after row %lld", s->path, s->name,
                             (long long)row + 1, (long long)s->rows);
    }
    if (row >= ROWS_MOST)
        return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s': more than %d rows", s->path, s->name, ROWS_MOST);
    while (!st && s->rows <= row)
        st = add_row(s, err);
    s->row = row;
    s->in_row = true;
    return st;
}

static leie_status start_cell(leie_sheet *s, const char **attribute, leie_error *err)
{
    const char *reference = leie_xml_attribute(attribute, "r"), *type = leie_xml_attribute(attribute, "t");
    leie_size column = s->col;
    if (!s->in_row)
        return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s': a cell outside of a row", s->path, s->name);
    if (reference)
        column = column_of(reference);
    if (column < 0 || column >= COLS_MOST)
        return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s', row %lld: '%.40s' is no cell of a sheet", s->path,
                         s->name, (long long)s->row + 1, reference ? reference : "a cell without reference");
    if (column < s->col)
        return leie_fail(err, LEIE_ERR_DATA, "%s: sheet '%s', row %lld: cell '%.40s' comes after one to its right",
                         s->path, s->name, (long long)s->row + 1, reference);
    s->col = column;
    snprintf(s->type, sizeof s->type, "%s", type ? type : "n");
    s->value.size = 0;
    s->in_cell = true;
    return LEIE_OK;
}

// ---- what is in it ----

static leie_status put(leie_sheet *s, const char *text, leie_size size, leie_error *err)
{
    return leie_buffer_add(&s->csv, text, size, s->limit, s->path, err);
}

// A text as a field: in quotes when it must be. Line breaks inside a cell become blanks, so that lines are rows.
static leie_status put_text(leie_sheet *s, const char *text, leie_size size, leie_error *err)
{
    bool quoted = memchr(text, ',', (size_t)size) || memchr(text, '"', (size_t)size) ||
                  (size && (text[0] == ' ' || text[size - 1] == ' '));
    leie_status st = quoted ? put(s, "\"", 1, err) : LEIE_OK;
    for (leie_size i = 0; !st && i < size; i++) {
        char c = text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
        st = put(s, &c, 1, err);
        if (!st && c == '"')
            st = put(s, "\"", 1, err);
    }
    return st || !quoted ? st : put(s, "\"", 1, err);
}

static leie_status put_shared(leie_sheet *s, leie_error *err)
{
    char text[32], *end = NULL;
    leie_size size = s->value.size < 31 ? s->value.size : 31;
    memcpy(text, s->value.data, (size_t)size);
    text[size] = '\0';
    leie_size at = strtoll(text, &end, 10);
    if (end == text || at < 0 || at >= s->shared->n)
        return fail_cell(s, err, "a shared string that the workbook does not have");
    leie_size first = at ? s->shared->end[at - 1] : 0;
    return s->shared->end[at] == first ? LEIE_OK
                                       : put_text(s, s->shared->text.data + first, s->shared->end[at] - first, err);
}

static leie_status finish_cell(leie_sheet *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    leie_size *fields = &s->row_fields[s->rows - 1];
    s->in_cell = false;
    if (s->value.size == 0) { // only a style
        s->col++;
        return LEIE_OK;
    }
    for (; !st && *fields < s->col; ++*fields) // cells that the file leaves out
        st = *fields ? put(s, ",", 1, err) : LEIE_OK;
    if (!st && *fields)
        st = put(s, ",", 1, err);
    const char *value = s->value.data;
    if (st)
        return st;
    if (strcmp(s->type, "s") == 0)
        st = put_shared(s, err);
    else if (strcmp(s->type, "b") == 0)
        st = value[0] == '1' ? put(s, "TRUE", 4, err) : put(s, "FALSE", 5, err);
    else
        st = put_text(s, value, s->value.size, err);
    *fields = ++s->col;
    if (s->width < s->col)
        s->width = s->col;
    return st;
}

// ---- events ----

static leie_status sheet_start(void *ctx, const char *name, const char **attribute, leie_error *err)
{
    leie_sheet *s = ctx;
    if (strcmp(name, "row") == 0)
        return start_row(s, attribute, err);
    if (strcmp(name, "c") == 0)
        return start_cell(s, attribute, err);
    if (!s->in_cell)
        return LEIE_OK;
    if (strcmp(name, "v") == 0)
        s->in_value = true;
    else if (strcmp(name, "t") == 0)
        s->in_text = true;
    else if (strcmp(name, "rPh") == 0)
        s->in_hint = true;
    return LEIE_OK;
}

static leie_status sheet_end(void *ctx, const char *name, leie_error *err)
{
    leie_sheet *s = ctx;
    if (strcmp(name, "row") == 0) {
        s->in_row = false;
        return s->rows && s->row_fields[s->rows - 1] ? put(s, "\n", 1, err) : LEIE_OK; // a blank row leaves no trace
    }
    if (strcmp(name, "c") == 0 && s->in_cell)
        return finish_cell(s, err);
    if (strcmp(name, "v") == 0)
        s->in_value = false;
    else if (strcmp(name, "t") == 0)
        s->in_text = false;
    else if (strcmp(name, "rPh") == 0)
        s->in_hint = false;
    return LEIE_OK;
}

static leie_status sheet_text(void *ctx, const char *text, leie_size size, leie_error *err)
{
    leie_sheet *s = ctx;
    if (!s->in_cell || s->in_hint || !(s->in_value || s->in_text))
        return LEIE_OK;
    if (s->value.size + size > CELL_MOST)
        return fail_cell(s, err, "a text of more than 1 MB");
    return leie_buffer_add(&s->value, text, size, 0, s->path, err);
}

void leie_sheet_reader(leie_xml_reader *reader, leie_sheet *sheet)
{
    reader->start = sheet_start;
    reader->end = sheet_end;
    reader->text = sheet_text;
    reader->ctx = sheet;
}

leie_status leie_sheet_finish(char **data, leie_size *size, const leie_sheet *s, leie_error *err)
{
    leie_size total = s->csv.size;
    for (leie_size i = 0; i < s->rows; i++)
        total += 1 + s->width - s->row_fields[i];
    if (s->limit && total > s->limit)
        return leie_fail(err, LEIE_ERR_LIMIT, "%s: sheet '%s': more than %lld bytes of text", s->path, s->name,
                         (long long)s->limit);
    char *text = leie_new(total + 1, 1), *to = text;
    if (!text)
        return leie_fail_memory(err, s->path, total + 1, 1);
    const char *from = s->csv.data ? s->csv.data : "", *end = from + s->csv.size;
    for (leie_size i = 0; i < s->rows; i++) {
        if (s->row_fields[i]) {
            leie_size missing = s->width - s->row_fields[i];
            const char *line = memchr(from, '\n', (size_t)(end - from));
            memcpy(to, from, (size_t)(line - from));
            to += line - from;
            from = line + 1;
            memset(to, ',', (size_t)missing);
            to += missing;
        }
        *to++ = '\n';
    }
    *data = text;
    *size = to - text;
    return LEIE_OK;
}

void leie_sheet_clear(leie_sheet *s)
{
    leie_free(s->csv.data);
    leie_free(s->value.data);
    leie_free(s->row_fields);
    *s = (leie_sheet){.path = s->path};
}
