// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/csr.h"

#include "kernels/memory.h"

leie_status leie_csr_new(leie_csr *a, leie_size rows, leie_size cols, leie_size nnz, leie_error *err)
{
    *a = (leie_csr){.rows = rows, .cols = cols, .nnz = nnz};
    a->row = leie_new(rows + 1, sizeof *a->row);
    a->col = leie_new(nnz, sizeof *a->col);
    a->val = leie_new(nnz, sizeof *a->val);
    if (a->row && a->col && a->val)
        return LEIE_OK;
    leie_csr_free(a);
    return leie_fail_memory(err, "a sparse matrix", nnz, sizeof *a->col + sizeof *a->val);
}

void leie_csr_free(leie_csr *a)
{
    leie_free(a->row);
    leie_free(a->col);
    leie_free(a->val);
    *a = (leie_csr){0};
}
