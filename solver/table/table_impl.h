/* What the files of solver/table/ and solver/build/ share: every step builds a new table beside the old
 * one and puts it in its place when it is whole, so a failed step leaves the old one as it was. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_SOLVER_TABLE_TABLE_IMPL_H
#define LEIE_SOLVER_TABLE_TABLE_IMPL_H

#include "solver/table/table.h"

/* Room for "region sector" in a message. */
enum { LEIE_PLACE_MAX = 160 };

/* Copies everything of a table but its axes, matrix and arrays into an empty one: texts, labels of
 * inputs and stressors with their extension and basis, provenance. */
leie_status leie_table_like(leie_table *to, const leie_table *from, leie_error *err);

/* Clears t and moves *by into it; *by is empty afterwards. */
void leie_table_replace(leie_table *t, leie_table *by);

/* Copy of a string into *to (freed before); NULL becomes "". */
leie_status leie_text_set(char **to, const char *text, leie_error *err);

/* Copy of count numbers; NULL gives NULL. */
leie_status leie_numbers_copy(double **to, const double *from, leie_size count, const char *what, leie_error *err);

/* "BEL c1": an item of an axis for messages; returns place [LEIE_PLACE_MAX]. */
const char *leie_axis_place(char *place, const leie_axis *axis, leie_size i);

/* Unit of sector i: its own or the table's; "" when neither is known. */
const char *leie_sector_unit(const leie_table *t, leie_size i);

/* The sector whose unit differs from that of sector 0, -1 when all agree: only then may a column of Z be
 * added up. */
leie_size leie_table_odd_unit(const leie_table *t);

/* x [n] = Z e + Y e, rows in parallel; the same bytes at any thread count. */
leie_status leie_table_row_totals(double *x, const leie_table *t, leie_error *err);

/* Notes how far x is from the columns e'Z + e'W, when the table has W and one unit: for a table that is
 * complete, with its imports. */
leie_status leie_table_note_columns(leie_table *t, leie_error *err);

/* Drops the notes after the first `notes`. */
void leie_provenance_rewind(leie_provenance *p, leie_size notes);

/* Forgets the factors behind the first `factors`. */
void leie_provenance_forget_factors(leie_provenance *p, leie_size factors);

#endif
