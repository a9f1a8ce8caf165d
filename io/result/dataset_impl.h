/* What the readers and writers of this folder share about datasets. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_IMPL_H
#define LEIE_IO_RESULT_DATASET_IMPL_H

#include "io/result/dataset.h"

/* The array that a variable is given. */
typedef enum leie_var_array {
    LEIE_ARRAY_NONE,   // none: only the header of a file is wanted, or the values are lent
    LEIE_ARRAY_FULL,   // number, integer or text
    LEIE_ARRAY_NARROW  // narrow
} leie_var_array;

/* Adds a variable over dimensions given by position, without attributes; its numbers are zero, its texts
 * "". Errors as leie_dataset_var. */
leie_status leie_dataset_add(leie_var **var, leie_dataset *ds, const char *name, leie_var_type type, int rank,
                             const leie_index *dim, leie_var_array array, leie_error *err);

/* Removes the variable at a position; those behind it move up. */
void leie_dataset_remove(leie_dataset *ds, leie_size at);

/* Sets an attribute of n numbers, or of a text (n is ignored): type says what values points to
 * (double, int64_t or char). */
leie_status leie_dataset_attribute(leie_dataset *ds, leie_var *var, const char *name, leie_var_type type,
                                   const void *values, leie_size n, leie_error *err);

#endif
