/* Text files of one folder, one after the other: each collects in memory, goes to the disk plain or as gzip under a
 * temporary name, and takes its place with fsync and rename. The first failure is kept in `st`; everything after it does
 * nothing, and the temporary file is removed. Same text, same bytes.
 *
 *   leie_writer_new(&w, folder, 0, err);
 *   leie_writer_folder(&w, "");
 *   leie_writer_start(&w, "x.csv", false);
 *   leie_writer_field(&w, "region", ',');
 *   leie_writer_finish(&w);
 *   leie_writer_sync(&w);
 *   leie_writer_clear(&w);
 *   return w.st;
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_WRITE_WRITER_H
#define LEIE_IO_WRITE_WRITER_H

#include <zlib.h>

#include "solver/leie.h"

enum { LEIE_WRITER_NAME = 256 }; // longest file name

typedef struct leie_writer {
    leie_status st;
    leie_error *err;
    const char *folder; // borrowed
    int digits;         // of numbers, 0: as many as give the same number back
    char separator;     // a field that holds it is quoted; ',' unless set
    char *path, *temporary;
    int file; // -1 while closed
    bool gzip, deflating;
    z_stream z;
    gz_header header;
    char *text;            // buffers
    unsigned char *packed;
    size_t used;
} leie_writer;

/* Errors: LEIE_ERR_NOMEM; leie_writer_clear is called in any case. */
leie_status leie_writer_new(leie_writer *w, const char *folder, int digits, leie_error *err);
void leie_writer_clear(leie_writer *w);

/* Makes the folder ("") or one in it. LEIE_ERR_OUTPUT. */
void leie_writer_folder(leie_writer *w, const char *name);

/* Begins and ends a file of the folder; with gzip its name ends with .gz. LEIE_ERR_OUTPUT, LEIE_ERR_NOMEM. */
void leie_writer_start(leie_writer *w, const char *name, bool gzip);
void leie_writer_finish(leie_writer *w);

void leie_writer_text(leie_writer *w, const char *text);
void leie_writer_bytes(leie_writer *w, const char *text, size_t size);

/* A field, quoted when it must be (RFC 4180), with what is behind it: the separator, a line end, or NUL for nothing. */
void leie_writer_field(leie_writer *w, const char *text, char behind);

/* LEIE_ERR_DATA for a number that is not finite. */
void leie_writer_number(leie_writer *w, double value, char behind);

/* fsync of the folder. */
void leie_writer_sync(leie_writer *w);

/* The extensions of a table in order of their stressors; their names become parts of file names, else LEIE_ERR_DATA. */
leie_status leie_writer_extensions(leie_labels *list, const leie_table *t, leie_error *err);

#endif
