/* CSV with a header: comma, decimal point, RFC 4180 quotes, LF or CRLF, UTF-8. Columns are found by name,
 * their order is free. Everything else is refused by path, line and column name: a ragged row, a missing
 * or doubled column, a wrong separator (semicolon or tab: says so), a decimal comma (says so), text where
 * a number belongs, NaN, Inf, a number out of range, a header of more than a million
 * fields (LEIE_ERR_LIMIT).
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_CSV_H
#define LEIE_IO_READ_CSV_H

#include "io/read/text.h"

typedef struct leie_slice {
    const char *at; // not closed by NUL
    leie_size size;
} leie_slice;

typedef struct leie_csv {
    leie_text text;      // quoted fields are unquoted in place, so a record can be read once only
    char separator;      // ',' unless the caller set another before opening
    leie_size columns;   // in the file
    leie_slice *field;   // [columns] of the current record, quotes removed
    leie_slice *header;  // [columns]
    leie_size line;      // of the current record, from 1
    leie_size next_line; // of the record after it
    leie_size position;  // next byte
} leie_csv;

/* Opens a file and reads its header; the struct is zero but for a separator. required, optional:
 * NULL-terminated lists of names, optional may be NULL; a column that is in neither is LEIE_ERR_DATA with
 * the nearest known name. Nothing is left to close when it fails. */
leie_status leie_csv_open(leie_csv *csv, const char *path, const char *const *required, const char *const *optional,
                          leie_error *err);

/* The same for a file whose columns are labels: any names, blank ones too. */
leie_status leie_csv_open_wide(leie_csv *csv, const char *path, leie_error *err);

/* Position of a column by name, -1 when the file does not have it. */
leie_size leie_csv_column(const leie_csv *csv, const char *name);

/* Next record: sets *more false at the end. Blank lines are skipped. */
leie_status leie_csv_next(leie_csv *csv, bool *more, leie_error *err);

/* Field c of the current record as a number; an empty field is an error here. c from leie_csv_column. */
leie_status leie_csv_number(const leie_csv *csv, leie_size c, double *value, leie_error *err);

/* The same for an integer, |value| < 2^53. */
leie_status leie_csv_integer(const leie_csv *csv, leie_size c, leie_size *value, leie_error *err);

/* Field c as text into a buffer; too long is an error. An empty string for c = -1. */
leie_status leie_csv_string(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err);

/* Name of column c. */
leie_status leie_csv_header(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err);

/* As leie_csv_string for a field that may not be empty. */
leie_status leie_csv_label(const leie_csv *csv, leie_size c, char *buffer, size_t size, leie_error *err);

/* Error at the current record:  "path:line: column 'name': ..." ; c = -1 leaves the column out. */
leie_status leie_csv_fail(const leie_csv *csv, leie_size c, leie_status code, leie_error *err, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

void leie_csv_close(leie_csv *csv);

#endif
