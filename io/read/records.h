/* The loop that every small file shares: open, take each record, note the source, close. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_RECORDS_H
#define LEIE_IO_READ_RECORDS_H

#include "io/read/place.h"

/* What is done with one record. */
typedef leie_status (*leie_record_fn)(void *ctx, const leie_csv *csv, leie_error *err);

typedef struct leie_record_file {
    const char *const *required, *const *optional; // columns
    const char *role;                              // in the provenance; NULL: no source is noted
    leie_record_fn take;
} leie_record_file;

/* Reads the file at a place, which must not be empty. p may be NULL: the source is not noted. */
leie_status leie_records_read(const leie_place *place, const leie_record_file *file, void *ctx, leie_provenance *p,
                              leie_error *err);

/* The file of a year (leie_place_of) when the study gives it; else nothing is read. */
leie_status leie_records_read_given(const leie_path *path, int year, const leie_record_file *file, void *ctx, leie_provenance *p,
                                    leie_error *err);

#endif
