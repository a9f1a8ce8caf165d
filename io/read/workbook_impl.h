/* What the files of the workbook reader share: XML events and what is made of them. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_WORKBOOK_IMPL_H
#define LEIE_IO_READ_WORKBOOK_IMPL_H

#include "io/read/zip.h"

/* ---- XML: expat without document types ---- */

/* An element begins; its name is without a namespace prefix. attribute: names and values, NULL at the end. */
typedef leie_status (*leie_xml_start)(void *ctx, const char *name, const char **attribute, leie_error *err);
typedef leie_status (*leie_xml_end)(void *ctx, const char *name, leie_error *err);
typedef leie_status (*leie_xml_text)(void *ctx, const char *text, leie_size size, leie_error *err);

typedef struct leie_xml_reader {
    const char *path, *part; // for messages
    leie_xml_start start;    // any of these may be NULL
    leie_xml_end end;
    leie_xml_text text;
    void *ctx;
} leie_xml_reader;

/* Errors: LEIE_ERR_DATA with path, part and line for what is no XML, a document type declaration, or more
 * than 64 levels; what the functions return. */
leie_status leie_xml_parse(const leie_xml_reader *reader, const char *data, leie_size size, leie_error *err);
leie_status leie_xml_parse_stream(const leie_xml_reader *reader, leie_zip_stream *stream, leie_error *err);

/* Value of an attribute by its name without prefix, NULL when it is not there. */
const char *leie_xml_attribute(const char **attribute, const char *name);

/* ---- shared strings ---- */

typedef struct leie_buffer {
    char *data; // [size], more allocated
    leie_size size, room;
} leie_buffer;

leie_status leie_buffer_add(leie_buffer *b, const char *text, leie_size size, leie_size limit, const char *path,
                            leie_error *err);

typedef struct leie_strings {
    leie_buffer text;
    leie_size n, room, limit;
    leie_size *end; // [n] of each string in text
    const char *path;
    int depth_t, depth_hint; // inside a text, inside a phonetic hint
} leie_strings;

void leie_strings_reader(leie_xml_reader *reader, leie_strings *strings);
void leie_strings_clear(leie_strings *strings);

/* ---- a sheet ---- */

typedef struct leie_sheet {
    const char *path, *name;    // borrowed
    const leie_strings *shared; // borrowed
    leie_size limit;
    leie_buffer csv;   // fields as found, rows one behind the other, without padding
    leie_buffer value; // of the current cell
    leie_size row, col, width;           // current row and next column, from 0; widest row
    leie_size rows, row_room, *row_fields; // [rows] fields of each row
    bool in_row, in_cell, in_value, in_text, in_hint;
    char type[16];
} leie_sheet;

void leie_sheet_reader(leie_xml_reader *reader, leie_sheet *sheet);

/* The CSV text with rows of equal width. */
leie_status leie_sheet_finish(char **data, leie_size *size, const leie_sheet *sheet, leie_error *err);
void leie_sheet_clear(leie_sheet *sheet);

#endif
