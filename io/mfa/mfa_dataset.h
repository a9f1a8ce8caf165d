/* What results of stock models and material flow systems share: global attributes, sources, and how values
 * with a unit are read. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_MFA_MFA_DATASET_H
#define LEIE_IO_MFA_MFA_DATASET_H

#include "io/read/csv.h"
#include "io/read/place.h"
#include "io/result/dataset.h"
#include "io/study/study.h"

/* Title, summary, study, edition, label, method, version, and the hash of the study file. */
leie_status leie_mfa_head(leie_dataset *ds, const leie_study *head, const char *method, leie_error *err);

/* A variable of numbers with its values: dims as for leie_dataset_var, method for cell_methods. */
leie_status leie_mfa_numbers(leie_dataset *ds, const char *name, const char *dims, const char *unit, const char *what,
                             const char *method, const double *values, leie_error *err);

/* The files that were read: dimension `source` with role, path, bytes and SHA-256. */
leie_status leie_mfa_sources(leie_dataset *ds, const leie_provenance *p, leie_error *err);

/* Factor from the unit in column c of the current record to `to`; 1 when the field is empty or the file has
 * no such column (c = -1). The last unit is remembered. Errors: LEIE_ERR_UNIT at the record. */
typedef struct leie_unit_memory {
    char unit[64];
    double factor;
} leie_unit_memory;
leie_status leie_mfa_unit(double *factor, leie_unit_memory *memory, const leie_csv *csv, leie_size c, const char *to,
                          leie_error *err);

/* A number in a column that may be missing or empty: *value is then left as it is. */
leie_status leie_mfa_number(double *value, const leie_csv *csv, leie_size c, leie_error *err);

#endif
