/* Paths that lead into a file that holds others, so that whatever reads a file reads these too:
 *
 *   book.xlsx#sheet                      a sheet of a workbook (book.xlsx: its first one), as CSV text
 *   files.zip#name or files.zip/name     a file of a zip archive (files.zip: its only one)
 *
 * A file of an archive may be gzip (name.gz), and the folder that all files of an archive are in may be left out, so that an
 * archive of a folder reads like the folder. Nothing is unpacked on disk; zip.h says what is refused.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_CONTAINER_H
#define LEIE_IO_READ_CONTAINER_H

#include "kernels/status.h"
#include "solver/table/labels.h"

typedef enum leie_container { LEIE_CONTAINER_NONE, LEIE_CONTAINER_WORKBOOK, LEIE_CONTAINER_ZIP } leie_container;

/* What a path leads into. Of a path of length *length is the file that holds it; what stands behind # or / is the part. */
leie_container leie_container_of(const char *path, size_t *length);

/* Whether a path is a folder on disk, or an archive that stands for one. */
bool leie_is_folder(const char *path);
bool leie_is_folder_or_archive(const char *path);

/* The path of the file that is on disk. NULL when out of memory; the caller frees it. */
char *leie_container_file(const char *path);

/* A sheet from the bytes of its workbook; a file from its archive (leie_container_file). data [*size + 1] receives it, closed
 * by a NUL. limit: largest size, 0: leie_text_most of what is packed. Errors: LEIE_ERR_DATA (no such part, several and
 * none named), those of workbook.h and zip.h. */
leie_status leie_container_sheet(char **data, leie_size *size, const void *book, leie_size bytes, const char *path,
                                 leie_size limit, leie_error *err);
leie_status leie_container_member(char **data, leie_size *size, const char *path, leie_size limit, leie_error *err);

/* Whether an archive is there and has the file. Errors: those of zip.h. */
leie_status leie_container_has(bool *there, const char *path, leie_error *err);

/* The name of the file that a path leads to, for those who judge by endings: of an archive the file in it. name [size].
 * Errors: as for the file. */
leie_status leie_container_name(char *name, size_t size, const char *path, leie_error *err);

/* Names of the files in a folder, or in an archive that stands for one, sorted; not those of folders below it. Errors:
 * LEIE_ERR_IO, those of zip.h. */
leie_status leie_container_list(leie_labels *names, const char *folder, leie_error *err);

#endif
