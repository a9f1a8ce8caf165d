/* Small zip archives and workbooks for tests. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_TESTS_WRITE_ZIP_H
#define LEIE_TESTS_WRITE_ZIP_H

#include <stddef.h>

typedef struct zip_part {
    const char *name, *text; // the text is not copied before the archive is written
} zip_part;

/* Writes an archive into a folder and returns its path; packed false: members are stored. The list ends with
 * a part without a name. */
const char *write_zip(const char *folder, const char *name, const zip_part *part, int packed);

/* A workbook of one sheet: what is between <sheetData> and </sheetData>, and shared strings (<si> ... </si>;
 * NULL for none). */
const char *write_workbook(const char *folder, const char *name, const char *sheet, const char *rows,
                           const char *strings);

/* The whole file in memory; the caller frees it with free. */
unsigned char *read_bytes(const char *path, size_t *size);

#endif
