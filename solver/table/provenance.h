/* Where a table came from, and what was done to it. Everything that the program repairs, drops,
 * assumes, aggregates or splits leaves a note with a count; the notes go into the log and into the
 * result file. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_PROVENANCE_H
#define LEIE_SOLVER_TABLE_PROVENANCE_H

#include "kernels/status.h"

typedef struct leie_source {
    char *role;      // Z, Y, x, labels, extension materials, keys, ...
    char *path;      // as written in the study (no absolute path, no expanded variable)
    char *reader;    // which reader
    leie_size bytes; // of the file as it is on disk
    char sha256[65]; // of the same bytes, lower-case hexadecimal
} leie_source;

typedef enum leie_note_kind {
    LEIE_NOTE_REPAIRED,
    LEIE_NOTE_DROPPED,
    LEIE_NOTE_ASSUMED,
    LEIE_NOTE_FOUND, // an oddity left as it is: imbalances, negatives, zero outputs
    LEIE_NOTE_DONE   // a step on purpose: aggregated, split, characterised
} leie_note_kind;

typedef struct leie_note {
    leie_note_kind kind;
    char *text;      // one sentence with labels and sizes
    leie_size count; // cells, rows or labels concerned
} leie_note;

/* A factor that was used by a characterisation: C of build/characterise.h, in the units of the table. */
typedef enum leie_factor_text {
    LEIE_FACTOR_GROUP,
    LEIE_FACTOR_STRESSOR,
    LEIE_FACTOR_REGION, // "" for all
    LEIE_FACTOR_SECTOR, // "" for all
    LEIE_FACTOR_UNIT,   // "1000 t per t"
    LEIE_FACTOR_TEXTS
} leie_factor_text;

typedef struct leie_used_factor {
    char *text[LEIE_FACTOR_TEXTS];
    double value;
} leie_used_factor;

typedef struct leie_provenance {
    leie_size sources, source_room;
    leie_source *source; // [sources]
    leie_size notes, note_room;
    leie_note *note; // [notes]
    leie_size factors, factor_room;
    leie_used_factor *factor; // [factors]
} leie_provenance;

LEIE_API leie_status leie_provenance_source(leie_provenance *p, const char *role, const char *path,
                                            const char *reader, leie_size bytes, const char *sha256,
                                            leie_error *err);
/* Adds a note; one that is already there, word for word, is not repeated (a table that was inspected, kept
 * in a file and read again). */
LEIE_API leie_status leie_provenance_note(leie_provenance *p, leie_note_kind kind, leie_size count, leie_error *err,
                                          const char *format, ...) __attribute__((format(printf, 5, 6)));
LEIE_API leie_status leie_provenance_factor(leie_provenance *p, const char *const text[LEIE_FACTOR_TEXTS], double value,
                                            leie_error *err);
LEIE_API leie_status leie_provenance_copy(leie_provenance *to, const leie_provenance *from, leie_error *err);
LEIE_API void leie_provenance_clear(leie_provenance *p);

/* "repaired", "dropped", "assumed", "found", "done". */
LEIE_API const char *leie_note_name(leie_note_kind kind);

#endif
