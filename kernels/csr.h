/* Compressed sparse rows: row i holds col[row[i]] .. col[row[i + 1] - 1], columns ascending. */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_CSR_H
#define LEIE_KERNELS_CSR_H

#include "kernels/status.h"

typedef struct leie_csr {
    leie_size rows, cols, nnz;
    leie_size *row;  // [rows + 1]
    leie_index *col; // [nnz]
    double *val;     // [nnz]
} leie_csr;

/* Room for nnz entries, zeroed. */
LEIE_API leie_status leie_csr_new(leie_csr *a, leie_size rows, leie_size cols, leie_size nnz, leie_error *err);
LEIE_API void leie_csr_free(leie_csr *a);

#endif
