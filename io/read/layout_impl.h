/* What the files that read by a layout share. A piece is a part of the layout with one file; pieces fill a reading,
 * which becomes a table. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_READ_LAYOUT_IMPL_H
#define LEIE_IO_READ_LAYOUT_IMPL_H

#include "io/read/axis_builder.h"
#include "io/read/grid.h"
#include "io/read/layout.h"
#include "io/read/matrix_builder.h"
#include "io/read/read_impl.h"

enum { LEIE_LABELS_MOST = 1 << 26 }; // bytes of a file of labels or units

/* ---- lists of labels that stand in files of their own ---- */

typedef struct leie_tuples {
    leie_size levels, n;
    char **text; // [n, levels]
} leie_tuples;

void leie_tuples_clear(leie_tuples *t);

/* ---- pieces ---- */

typedef struct leie_column {
    leie_role role;
    char *region, *code; // of sectors and demand
    leie_size at;        // position in its axis
} leie_column;

typedef struct leie_piece {
    const leie_yaml *part;
    const char *name; // of the part
    leie_size entry;
    char *sheet;      // NULL for none
    char *extension;  // that its stressors belong to
    char *shown;      // path of the entry, with the sheet, for messages
    leie_grid_form form;
    bool flat, cube, units, coefficients; // a cube is read as records, too
    leie_tuples row_list, col_list;
    leie_size cols;
    leie_column *col; // [cols]
    bool has_sector, has_other; // columns of sectors; of anything else
} leie_piece;

/* Rows that are not sectors, while their number is not known. */
typedef struct leie_extra {
    leie_labels row;       // code (a key of extension and code for stressors), name, unit; kind: the extension
    leie_size room;
    double **to_sector;    // [row.n][n], NULL before the first value
    double **to_demand;    // [row.n][m]
} leie_extra;

// A file that was used, and as what.
typedef struct leie_used {
    leie_size entry;
    const char *role; // borrowed from the layout
} leie_used;

typedef struct leie_reading {
    const leie_layout *layout;
    const leie_bundle *bundle;
    const leie_study_tables *spec;
    int year;
    const char *valuation; // basic or purchasers
    leie_table *t;
    leie_size pieces, room;
    leie_piece *piece;
    leie_axis_builder sector, demand;
    bool fixed;             // the table is there, with its axes: only extensions are read
    const char *only;       // the extension that is wanted, NULL: all
    const char *basis, *kind; // of the stressors, "" when not stated
    leie_labels unit;       // unit by key, as its name
    leie_matrix_builder Z;
    bool Z_begun, coefficients;
    double *x_row, *x_col;  // total output as a row and as a column state it; NULL when there is none
    leie_extra input, stressor;
    int depth, lists;       // of lists of lists; lists made so far
    leie_used *used; // [useds] in their order; sources when the last one is read: hashes are waited for
    leie_size useds, used_room;
    leie_size skipped, dropped, unselected, odd_units;
    double dropped_sum;
    char odd_unit[120];
} leie_reading;

/* Finds the files of all parts. Errors: LEIE_ERR_DATA for a part without a file, or with several. */
leie_status leie_pieces_find(leie_reading *r, leie_error *err);
void leie_piece_clear(leie_piece *p);

/* Labels of a list of the layout. */
leie_status leie_tuples_read(leie_tuples *t, leie_reading *r, const leie_yaml *part, const char *name, leie_error *err);

/* The units that a piece of shape units states. */
leie_status leie_units_read(leie_reading *r, const leie_piece *p, leie_error *err);

/* Reads the header of a grid and resolves its columns; sectors and demand go to the builders. */
leie_status leie_piece_columns(leie_reading *r, leie_piece *p, leie_error *err);

/* Reads the values of a grid; the axes are finished. */
leie_status leie_piece_values(leie_reading *r, leie_piece *p, leie_error *err);

/* The same two for records. */
leie_status leie_flat_labels(leie_reading *r, leie_piece *p, leie_error *err);
leie_status leie_flat_values(leie_reading *r, leie_piece *p, leie_error *err);

/* A Eurostat data set as such records, separated by tabs: the cut of the reading's year and of the study's region. Errors:
 * LEIE_ERR_DATA (no such region, year or dimension; several where one is meant), those of the reader. */
leie_status leie_cube_intake(leie_intake **intake, const leie_reading *r, const leie_piece *p, leie_error *err);

/* Whether a piece has no rows of sectors. */
bool leie_piece_has_stressors(const leie_piece *p);

/* Axes from the builders, kinds of demand columns, the unit of money that the files state, and whether the files are long
 * enough for what their headers promise. Errors: LEIE_ERR_DATA. */
leie_status leie_reading_axes(leie_reading *r, leie_error *err);

/* The rest of the table once all values are in: inputs, stressors, Z, x, notes, regions that belong together. */
leie_status leie_reading_finish(leie_reading *r, leie_error *err);

/* Its steps that an extension on a table that is there needs too. */
leie_status leie_reading_move_stressors(leie_reading *r, leie_error *err);
leie_status leie_reading_note_rest(leie_reading *r, leie_error *err);
void leie_extra_clear(leie_extra *e);

/* Adds a sector or a final-demand column to the builders. *fresh: it was not there. */
leie_status leie_reading_label(leie_reading *r, const leie_resolved *label, bool *fresh, leie_error *err);

/* Position of a row that is no sector, which is added when it is new; -1 for a stressor that is not selected. */
leie_status leie_reading_extra(leie_size *at, leie_reading *r, const leie_piece *p, const leie_resolved *label,
                               leie_error *err);
/* Notes that a file is used. */
leie_status leie_reading_uses(leie_reading *r, leie_size entry, const char *role, leie_error *err);
leie_status leie_reading_array(double **array, leie_size count, leie_error *err);

/* Key of a label in r->unit; key has room for 2 LEIE_CAPTURE_SIZE. */
void leie_unit_key(char *key, const char *list, const char *code);

/* The text of a key of a part, or otherwise. */
const char *leie_part_text(const leie_yaml *part, const char *key, const char *otherwise);

#endif
