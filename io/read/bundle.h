/* The files of a database, wherever they are: one file, a folder with what is below it, a zip archive, or a folder
 * of archives. Every file is an entry with a path that begins with the name of what was opened:
 *
 *   IOT_2011_ixi.zip/IOT_2011_ixi/satellite/F.txt
 *
 * Archives inside archives, hidden files and what Macs leave behind (__MACOSX) are no entries. Symbolic links on
 * disk are followed, at most LEIE_BUNDLE_DEPTH folders deep; those in archives are not.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_BUNDLE_H
#define LEIE_IO_READ_BUNDLE_H

#include "io/read/intake.h"
#include "io/read/text.h"

enum { LEIE_BUNDLE_DEPTH = 5, LEIE_BUNDLE_MOST = 200000 };

typedef struct leie_entry {
    char *path;       // as above, without .gz
    char *real;       // on disk; of an archive, the archive
    leie_size zip;    // archive it is in, -1 for none
    leie_size member; // in the archive
    leie_size bytes;  // as it is on disk, or inflated from an archive
} leie_entry;

typedef struct leie_bundle {
    char *path; // as opened
    leie_size n, room;
    leie_entry *entry; // [n] by path
    leie_size zips, zip_room;
    leie_zip *zip; // [zips]
} leie_bundle;

/* Errors: LEIE_ERR_IO, LEIE_ERR_DATA (archives with hostile names), LEIE_ERR_LIMIT (more than LEIE_BUNDLE_MOST). */
leie_status leie_bundle_open(leie_bundle *b, const char *path, leie_error *err);
void leie_bundle_close(leie_bundle *b);

/* A file to read from; of a workbook the sheet (NULL: the first one) as CSV. */
leie_status leie_bundle_intake(leie_intake **intake, const leie_bundle *b, leie_size entry, const char *sheet,
                               leie_error *err);

/* The path that readers of files take (container.h). NULL when out of memory; the caller frees it. */
char *leie_bundle_path(const leie_bundle *b, leie_size entry);

/* A small file as a checked text. limit: largest size, 0 for none. */
leie_status leie_bundle_text(leie_text *text, const leie_bundle *b, leie_size entry, const char *sheet,
                             leie_size limit, leie_error *err);

/* Notes an entry as a source with the SHA-256 of its file on disk (an archive is one file); one that was noted
 * before is not noted again. shown: how the study writes the path that was opened. */
leie_status leie_bundle_source(const leie_bundle *b, leie_size entry, leie_provenance *p, const char *role,
                               const char *shown, const char *reader, leie_error *err);

#endif
