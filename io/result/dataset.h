/* A dataset in memory: dimensions, variables with labels and attributes, exactly what a NetCDF file
 * holds. Results are built as a dataset; the writer, `show` and `compare` know only datasets. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_H
#define LEIE_IO_RESULT_DATASET_H

#include "kernels/status.h"
#include "solver/table/labels.h"

enum { LEIE_RANK_MAX = 8 };

typedef enum leie_var_type { LEIE_VAR_DOUBLE, LEIE_VAR_INT, LEIE_VAR_TEXT } leie_var_type;

/* Numbers as they lie in a large variable of a table file: 32-bit reals, bytes, 16-bit integers without sign. */
typedef enum leie_raw { LEIE_RAW_NONE, LEIE_RAW_FLOAT, LEIE_RAW_BYTE, LEIE_RAW_SHORT, LEIE_RAWS } leie_raw;

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
    leie_size from; // the first of what a cut has left: its label where there are no others
} leie_dim;

typedef struct leie_var {
    char *name;
    leie_var_type type;
    int rank;
    leie_index dim[LEIE_RANK_MAX]; // positions in dataset.dim, slowest first (row-major)
    leie_size count;               // product of the dimensions
    double *number;                // [count] for DOUBLE, NaN is missing; NULL when only its header was read
    int64_t *integer;              // [count] for INT; likewise
    int32_t *narrow;               // [count] for INT in place of integer, where a large one keeps its 32 bits
    char **text;                   // [count] for TEXT, owned; likewise
    void *raw;                     // [count] in place of number or integer, where a large one stays as it lies
    leie_raw kind;                 // of raw
    bool lent;                     // number, narrow or raw belong to somebody else
    bool plain;                    // written as one block without compression
    leie_attributes attribute;
} leie_var;

typedef struct leie_dataset {
    leie_size dims, dim_room;
    leie_dim *dim;
    leie_size vars, var_room;
    leie_var **var;
    leie_attributes attribute; // global
} leie_dataset;

/* Names of dimensions and variables are a letter and then letters, digits and _ (as CF advises); texts
 * are UTF-8. What breaks this, or would not open in xarray, is LEIE_ERR_DATA.
 *
 * Adds a dimension; returns its position or a negative status: LEIE_ERR_DATA when the name is taken or
 * belongs to a variable over several dimensions, LEIE_ERR_SHAPE when n < 1 (a netCDF dimension of length
 * 0 would be an unlimited one). */
LEIE_API leie_size leie_dataset_dim(leie_dataset *ds, const char *name, leie_size n, leie_error *err);
/* Position of a dimension, -1 when it is not there. */
LEIE_API leie_size leie_dataset_find_dim(const leie_dataset *ds, const char *name);

/* Adds a variable over the named dimensions ("scenario year region", blanks between; "" for a scalar).
 * Numbers start as NaN, integers as 0, texts as "". units and long_name are required ("1" for
 * dimensionless; NULL units for texts). The pointer lives as long as the dataset. A variable with the name
 * of a dimension is its coordinate and has that dimension alone.
 * Errors: LEIE_ERR_DATA (name taken or malformed, unknown dimension, units or long_name missing),
 * LEIE_ERR_SHAPE (more than LEIE_RANK_MAX dimensions, one of them twice), LEIE_ERR_NOMEM; the dataset is then as
 * it was. */
LEIE_API leie_status leie_dataset_var(leie_var **var, leie_dataset *ds, const char *name, leie_var_type type,
                                      const char *dims, const char *units, const char *long_name, leie_error *err);
/* Adds a large variable, DOUBLE with number or INT with narrow (the other one is NULL), whose values stay
 * the caller's and must outlive the dataset; no value is missing. compress false: it is written as one
 * block, to be read at the speed of memory. Errors as leie_dataset_var. */
leie_status leie_dataset_lend(leie_var **var, leie_dataset *ds, const char *name, const char *dims, const char *units,
                              const char *long_name, double *number, int32_t *narrow, bool compress,
                              leie_error *err);
/* The same for numbers as they lie. */
leie_status leie_dataset_lend_raw(leie_var **var, leie_dataset *ds, const char *name, const char *dims,
                                  const char *units, const char *long_name, leie_raw kind, void *raw, bool compress,
                                  leie_error *err);
/* Bytes of one number; 8 for LEIE_RAW_NONE. */
size_t leie_raw_size(leie_raw kind);
/* The variable of that name, NULL when it is not there. */
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
/* Text of an attribute, NULL when it is not there or is a number. */
LEIE_API const char *leie_dataset_get_text(const leie_dataset *ds, const leie_var *var, const char *name);
/* The attribute of that name, NULL when it is not there. */
LEIE_API const leie_attribute *leie_dataset_get(const leie_dataset *ds, const leie_var *var, const char *name);

/* Sets one text of a text variable; a copy is kept. */
LEIE_API leie_status leie_var_set_text(leie_var *var, leie_size at, const char *text, leie_error *err);
/* Empties a dataset; the struct itself belongs to the caller. */
LEIE_API void leie_dataset_clear(leie_dataset *ds);

#endif
