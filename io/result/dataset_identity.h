/* Identities among the variables of a dataset, cell by cell, for results that are read again.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_IO_RESULT_DATASET_IDENTITY_H
#define LEIE_IO_RESULT_DATASET_IDENTITY_H

#include "io/result/dataset.h"
#include "solver/account/identities_impl.h"

/* A variable that is added, or with sign -1 taken off. */
typedef struct leie_cell_term {
    const char *name;
    double sign;
} leie_cell_term;

/* total = sum of n terms, for every cell of the variable `total`: a term that has more dimensions is added up over them, and one
 * that has fewer counts in every cell. Gaps are relative to the largest number that takes part; missing parts count as zero, cells
 * of which all parts are missing are left out. The offenders are named by their labels. Nothing is added when one of the
 * variables is not there. Work: 2 doubles a cell. Errors: LEIE_ERR_NOMEM. */
leie_status leie_dataset_identity(leie_identities *list, const leie_dataset *ds, const char *name, double tolerance,
                                  const char *total, int n, const leie_cell_term *term, leie_error *err);

/* A variable with its dataset, and labels of a cell of it: "BE-VLG, 2011". For leie_identity_add, with such a pair as context. */
typedef struct leie_labelled {
    const leie_dataset *ds;
    const leie_var *var;
} leie_labelled;
void leie_labelled_describe(char *out, size_t size, const void *cells, leie_size at, double shown);

#endif
