/* Where streams come from: a plain or gzip file, a member of a zip archive, a block of memory. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_INTAKE_H
#define LEIE_IO_READ_INTAKE_H

#include "io/read/stream.h"
#include "io/read/zip.h"

typedef struct leie_intake leie_intake;

/* A file, gzip by content. Errors: LEIE_ERR_IO. */
leie_status leie_intake_open(leie_intake **intake, const char *path, leie_error *err);

/* A member of an archive, which outlives it. */
leie_status leie_intake_open_member(leie_intake **intake, const leie_zip *zip, leie_size member, leie_error *err);

/* A block of memory, which is taken over, also on failure. */
leie_status leie_intake_open_memory(leie_intake **intake, char *data, leie_size size, leie_error *err);

/* Fills data with `room` bytes; fewer only at the end. Errors: LEIE_ERR_IO (damaged, truncated). */
leie_status leie_intake_read(leie_intake *intake, char *data, leie_size room, leie_size *got, leie_error *err);

/* The same as a stream, which lives as long. */
leie_stream leie_intake_stream(leie_intake *intake);

leie_intake *leie_intake_close(leie_intake *intake);

#endif
