// SPDX-License-Identifier: GPL-3.0-or-later
#include "io/read/matrix_builder.h"

#include <string.h>

#include "kernels/memory.h"
#include "kernels/squeeze.h"

leie_status leie_matrix_builder_begin(leie_matrix_builder *b, leie_size n, leie_error *err)
{
    *b = (leie_matrix_builder){.n = n, .room = (leie_size)(LEIE_MATRIX_DENSE_FROM * (double)n * (double)n) + n + LEIE_SQUEEZE_ROOM};
    leie_csr *a = &b->m.csr;
    b->m.form = LEIE_SPARSE;
    b->m.rows = b->m.cols = a->rows = a->cols = n;
    a->row = leie_new(n + 1, sizeof *a->row);
    a->col = leie_new_pages(b->room, sizeof *a->col);
    a->val = leie_new_pages(b->room, sizeof *a->val);
    if (a->row && a->col && a->val)
        return LEIE_OK;
    leie_matrix_builder_clear(b);
    return leie_fail_memory(err, "Z", (leie_size)(LEIE_MATRIX_DENSE_FROM * (double)n) + 1, (size_t)n * 12);
}

leie_status leie_matrix_builder_blocks(leie_matrix_builder *b, const double *scale, leie_size parts, const leie_size *first,
                                       leie_error *err)
{
    *b = (leie_matrix_builder){.n = first[parts]};
    return leie_blockgrow_new(&b->grow, scale, parts, first, true, err);
}

static leie_status grow_row(leie_matrix_builder *b, leie_size i, const double *values, leie_error *err)
{
    leie_status st = leie_blockgrow_row(b->grow, &b->unfit, i, values, err);
    return st || !b->unfit ? st : leie_fail(err, LEIE_ERR_LIMIT, "row %lld of Z does not fit blocks", (long long)i + 1);
}

// What there is, as a dense matrix.
static leie_status make_dense(leie_matrix_builder *b, leie_error *err)
{
    leie_matrix dense = {0};
    leie_csr *a = &b->m.csr;
    leie_status st = leie_matrix_new_dense(&dense, b->n, b->n, err);
    if (st)
        return st;
    for (leie_size i = 0; i < b->next; i++)
        for (leie_size c = a->row[i]; c < a->row[i + 1]; c++)
            dense.val[i * dense.ld + a->col[c]] = a->val[c];
    leie_csr_free(a);
    b->m = dense;
    b->dense = true;
    return LEIE_OK;
}

leie_status leie_matrix_builder_row(leie_matrix_builder *b, leie_size i, const double *values, leie_error *err)
{
    leie_csr *a = &b->m.csr;
    leie_status st = LEIE_OK;
    if (b->grow)
        return grow_row(b, i, values, err);
    if (!b->dense && (i < b->next || a->nnz + b->n + LEIE_SQUEEZE_ROOM > b->room))
        st = make_dense(b, err);
    if (st)
        return st;
    if (b->dense) {
        double *row = b->m.val + i * b->m.ld;
        for (leie_size j = 0; j < b->n; j++)
            row[j] += values[j];
        return LEIE_OK;
    }
    for (; b->next <= i; b->next++) // rows that are left out are zero
        a->row[b->next] = a->row[b->next + 1] = a->nnz;
    leie_size at = a->nnz;
    for (leie_size j = 0; j < b->n; j += LEIE_SQUEEZE_MAX) {
        leie_size width = b->n - j < LEIE_SQUEEZE_MAX ? b->n - j : LEIE_SQUEEZE_MAX;
        at += leie_squeeze(a->val + at, a->col + at, values + j, width, (leie_index)j);
    }
    a->nnz = a->row[b->next] = at;
    return LEIE_OK;
}

leie_status leie_matrix_builder_cell(leie_matrix_builder *b, leie_size i, leie_size j, double value, leie_error *err)
{
    leie_status st = b->dense ? LEIE_OK : make_dense(b, err);
    if (!st)
        b->m.val[i * b->m.ld + j] += value;
    return st;
}

leie_status leie_matrix_builder_finish(leie_matrix *m, leie_matrix_builder *b, leie_error *err)
{
    leie_csr *a = &b->m.csr;
    leie_status st = LEIE_OK;
    if (b->grow) {
        leie_blocked *blocks = NULL;
        st = leie_blockgrow_finish(&blocks, b->grow, err);
        *b = (leie_matrix_builder){0};
        if (!st)
            leie_matrix_from_blocked(m, &blocks);
        return st;
    }
    if (!b->dense) {
        for (; b->next < b->n; b->next++)
            a->row[b->next + 1] = a->nnz;
        if ((double)a->nnz >= LEIE_MATRIX_DENSE_FROM * (double)b->n * (double)b->n)
            st = make_dense(b, err);
    } else if ((double)leie_matrix_nonzeros(&b->m) < LEIE_MATRIX_DENSE_FROM * (double)b->n * (double)b->n) {
        leie_matrix sparse = {0};
        st = leie_matrix_copy(&sparse, &b->m, LEIE_SPARSE, err);
        if (!st) {
            leie_matrix_free(&b->m);
            b->m = sparse;
        }
    }
    if (st)
        return st;
    *m = b->m;
    *b = (leie_matrix_builder){0};
    return LEIE_OK;
}

void leie_matrix_builder_clear(leie_matrix_builder *b)
{
    leie_matrix_free(&b->m);
    leie_blockgrow_free(b->grow);
    *b = (leie_matrix_builder){0};
}
