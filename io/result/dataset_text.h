/* A dataset as text: labels, units, values, and a variable as CSV. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_TEXT_H
#define LEIE_IO_RESULT_DATASET_TEXT_H

#include "io/result/dataset.h"

enum { LEIE_LABEL_ROOM = 512 };

/* Label of position i of a dimension: from its coordinate variable, else the position from 0. text has
 * LEIE_LABEL_ROOM bytes; the result is text or the label itself. */
LEIE_API const char *leie_dataset_label(char *text, const leie_dataset *ds, leie_size dim, leie_size i);

/* Units of a variable as a whole: "1000 t", or "by stressor_unit" where they differ by label (attribute
 * units_by). text has LEIE_LABEL_ROOM bytes. */
LEIE_API const char *leie_dataset_units(char *text, const leie_dataset *ds, const leie_var *v);

/* What units_by says of label i of a dimension: "t", or "/MUSD" for what follows the slash of a quotient; ""
 * when the dimension has no part in the units. */
LEIE_API void leie_dataset_label_unit(char text[LEIE_LABEL_ROOM], const leie_dataset *ds, const leie_var *v,
                                      leie_size dim, leie_size i);

/* Unit of the value at `here` [rank]. */
LEIE_API const char *leie_dataset_value_unit(char text[LEIE_LABEL_ROOM], const leie_dataset *ds, const leie_var *v,
                                             const leie_size *here);

/* Number of the value at `at` [rank]. */
LEIE_API leie_size leie_dataset_offset(const leie_dataset *ds, const leie_var *v, const leie_size *at);

/* Steps the positions that are marked free, the last one fastest; false after the last combination. */
LEIE_API bool leie_dataset_step(leie_size *at, const bool *free_dim, const leie_dataset *ds, const leie_var *v);

/* Value i to be read by programs: the fewest digits, from 15, that give the same number; "" when missing. */
LEIE_API const char *leie_dataset_exact(char *text, const leie_var *v, leie_size i);

/* Takes a piece of text. */
typedef void (*leie_dataset_put)(void *ctx, const char *text, size_t size);

/* One line per value: its labels, the value (empty when missing) and the unit, under a header. at [rank] fixes
 * dimensions, -1 and NULL leave them free. */
LEIE_API void leie_dataset_csv(const leie_dataset *ds, const leie_var *v, const leie_size *at, leie_dataset_put put,
                               void *ctx);

/* A field, quoted when it must be. */
LEIE_API void leie_dataset_csv_field(const char *text, leie_dataset_put put, void *ctx);

#endif
