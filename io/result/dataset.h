/* A dataset in memory: dimensions, variables with labels and attributes, exactly what a NetCDF file
 * holds. Results are built as a dataset; the writer, `show` and `compare` know only datasets. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_H
#define LEIE_IO_RESULT_DATASET_H

#include "kernels/status.h"
#include "solver/table/labels.h"

enum { LEIE_RANK_MAX = 8 };

typedef enum leie_var_type { LEIE_VAR_DOUBLE, LEIE_VAR_INT, LEIE_VAR_TEXT } leie_var_type;

typedef struct leie_attribute {
    char *name;
    leie_var_type type;
    char *text;      // LEIE_VAR_TEXT
    leie_size n;     // numbers
    double *number;  // [n] for DOUBLE
    int64_t *integer; // [n] for INT
} leie_attribute;

typedef struct leie_attributes {
    leie_size n, room;
    leie_attribute *item;
} leie_attributes;

typedef struct leie_dim {
    char *name;
    leie_size n;
} leie_dim;

typedef struct leie_var {
    char *name;
    leie_var_type type;
    int rank;
    leie_index dim[LEIE_RANK_MAX]; // positions in dataset.dim
    leie_size count;               // product of the dimensions
    double *number;                // [count] for DOUBLE, NaN is missing
    int64_t *integer;              // [count] for INT
    char **text;                   // [count] for TEXT, owned
    leie_attributes attribute;
} leie_var;

typedef struct leie_dataset {
    leie_size dims, dim_room;
    leie_dim *dim;
    leie_size vars, var_room;
    leie_var **var;
    leie_attributes attribute; // global
} leie_dataset;

/* Adds a dimension; returns its position or a negative status (LEIE_ERR_DATA when the name is taken). */
LEIE_API leie_size leie_dataset_dim(leie_dataset *ds, const char *name, leie_size n, leie_error *err);
LEIE_API leie_size leie_dataset_find_dim(const leie_dataset *ds, const char *name);

/* Adds a variable over the named dimensions ("scenario year region", blanks between; "" for a scalar).
 * Numbers start as NaN, integers as 0, texts as "". units and long_name are required ("1" for
 * dimensionless; NULL units for texts). The pointer lives as long as the dataset. */
LEIE_API leie_status leie_dataset_var(leie_var **var, leie_dataset *ds, const char *name, leie_var_type type,
                                      const char *dims, const char *units, const char *long_name, leie_error *err);
LEIE_API leie_var *leie_dataset_find(const leie_dataset *ds, const char *name);

/* A dimension with its string coordinate variable of the same name, from a list of labels (and a
 * variable <name>_name when any label has a name). */
LEIE_API leie_status leie_dataset_coordinate(leie_dataset *ds, const char *name, leie_size n, char *const *code,
                                             char *const *label, const char *long_name, leie_error *err);

/* Attributes; var NULL for global ones. Setting a name again replaces it. */
LEIE_API leie_status leie_dataset_text(leie_dataset *ds, leie_var *var, const char *name, const char *text,
                                       leie_error *err);
LEIE_API leie_status leie_dataset_number(leie_dataset *ds, leie_var *var, const char *name, double value,
                                         leie_error *err);
LEIE_API leie_status leie_dataset_integer(leie_dataset *ds, leie_var *var, const char *name, int64_t value,
                                          leie_error *err);
LEIE_API const char *leie_dataset_get_text(const leie_dataset *ds, const leie_var *var, const char *name);

LEIE_API leie_status leie_var_set_text(leie_var *var, leie_size at, const char *text, leie_error *err);
LEIE_API void leie_dataset_clear(leie_dataset *ds);

#endif
