/* CSV in memory, field by field. Running out of memory is remembered and reported once, by leie_csv_text_save. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_CSV_TEXT_H
#define LEIE_IO_WRITE_CSV_TEXT_H

#include "kernels/status.h"

typedef struct leie_csv_text {
    char *data; // [size]
    leie_size size, room;
    bool failed;   // out of memory
    bool infinite; // a number was not finite
} leie_csv_text;

/* A field, quoted when it must be (RFC 4180), with the separator or line end behind it. */
void leie_csv_text_field(leie_csv_text *t, const char *text, char behind);

/* The shortest text that reads back to the value; an empty field for NaN. */
void leie_csv_text_number(leie_csv_text *t, double value, char behind);

/* A text as it is. */
void leie_csv_text_raw(leie_csv_text *t, const char *text);

/* Writes the file in one step and forgets the text. Errors: LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM, LEIE_ERR_DATA (an
 * infinite number). */
leie_status leie_csv_text_save(leie_csv_text *t, const char *path, leie_error *err);
void leie_csv_text_clear(leie_csv_text *t);

#endif
