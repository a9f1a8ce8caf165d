/* Where two results come from, and in what that differs: editions, options, program, files by hash. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_COMPARE_ORIGIN_H
#define LEIE_IO_COMPARE_ORIGIN_H

#include "io/compare/comparison.h"

typedef struct leie_origin_change {
    char what[96];        // "edition", "prices", "file of Z"
    char a[160], b[160];  // "" where a side says nothing
} leie_origin_change;

typedef struct leie_origin_changes {
    leie_size n, room;
    leie_origin_change *item; // [n]
    leie_size files;      // compared by hash
    leie_size same_files; // of them with the same bytes
} leie_origin_changes;

/* The edition of a result: the study's, else that of its material flows; NULL when none is stated. */
LEIE_API const char *leie_edition_of(const leie_dataset *ds);

/* Lists what differs. Files are matched by role and path, then by role and place in the list; with a year on each
 * side only the files of these years count. Errors: LEIE_ERR_NOMEM. */
LEIE_API leie_status leie_compare_origins(leie_origin_changes *list, const leie_compare_side side[2], leie_error *err);
LEIE_API void leie_origin_changes_clear(leie_origin_changes *list);

#endif
