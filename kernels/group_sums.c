// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/group_sums.h"

#include <string.h>

#include "kernels/blocked_impl.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"

enum { ROW_GRAIN = 64 };

typedef struct grouping {
    double *T; // [rows, groups]
    const leie_matrix *m;
    leie_size groups, widest; // widest: rows of the largest part
    const leie_index *of;     // [cols]
    double *sum;              // [threads, widest]: one group
} grouping;

// ---- any form, row by row ----

static leie_status sum_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const grouping *g = ctx;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(g->m, i, &col, &val);
        for (leie_size t = 0; t < count; t++)
            g->T[i * g->groups + g->of[col ? col[t] : t]] += val[t];
    }
    return LEIE_OK;
}

// ---- blocks ----

/* sum[input] += weight cells of one output, which begin at t. */
static void add_cells(double *sum, const leie_block *k, leie_size t, leie_size count, double weight)
{
    if (k->byte && k->low)
        for (leie_size end = t + count; t < end; t++)
            sum[k->index[t]] += ((double)k->high[t] + (double)k->low[t]) * weight;
    else
        for (leie_size end = t + count; t < end; t++)
            sum[leie_block_position(k, t)] += leie_block_cell(k, t) * weight;
}

/* The sums of one group to the rows of part p, and zero again. */
static void put_group(const grouping *g, leie_size p, leie_size group, double *sum)
{
    const leie_blocked *b = g->m->blocked;
    leie_size n = leie_blocked_size(b, p);
    double *T = g->T + b->store.first[p] * g->groups + group;
    for (leie_size i = 0; i < n; i++)
        T[i * g->groups] += sum[i];
    memset(sum, 0, (size_t)n * sizeof *sum);
}

/* Outputs are columns: one after the other into the rows of part p, group by group. */
static void sum_columns(const grouping *g, leie_size p, double *sum)
{
    const leie_blocked *b = g->m->blocked;
    leie_index group = g->of[0];
    for (leie_size q = 0; q < b->store.parts; q++) {
        leie_block k = leie_block_at(&b->store, q, p);
        for (leie_size o = 0, at = 0; o < k.outputs; at += k.count[o++]) {
            leie_size j = b->store.first[q] + o;
            if (g->of[j] != group) {
                put_group(g, p, group, sum);
                group = g->of[j];
            }
            add_cells(sum, &k, at, k.count[o], leie_blocked_undo(b, j));
        }
    }
    put_group(g, p, group, sum);
}

/* Outputs are rows, and their cells stand in the order of columns. */
static void sum_outputs(const grouping *g, leie_size p)
{
    const leie_blocked *b = g->m->blocked;
    for (leie_size q = 0; q < b->store.parts; q++) {
        leie_block k = leie_block_at(&b->store, p, q);
        for (leie_size o = 0, at = 0; o < k.outputs; o++) {
            double *T = g->T + (b->store.first[p] + o) * g->groups;
            for (leie_size end = at + k.count[o]; at < end; at++) {
                leie_size j = b->store.first[q] + leie_block_position(&k, at);
                T[g->of[j]] += leie_block_cell(&k, at) * leie_blocked_undo(b, j);
            }
        }
    }
}

static leie_status sum_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const grouping *g = ctx;
    const leie_blocked *b = g->m->blocked;
    (void)err;
    for (leie_size p = first; p < last; p++) {
        if (b->store.transposed)
            sum_columns(g, p, g->sum + worker * g->widest);
        else
            sum_outputs(g, p);
        for (leie_size i = b->store.first[p]; b->apart.nnz > 0 && i < b->store.first[p + 1]; i++)
            for (leie_size t = b->apart.row[i]; t < b->apart.row[i + 1]; t++)
                g->T[i * g->groups + g->of[b->apart.col[t]]] += b->apart.val[t];
        leie_blocked_rest(b, !b->store.transposed, p);
    }
    return LEIE_OK;
}

leie_status leie_matrix_group_sums(double *T, const leie_matrix *m, leie_size groups, const leie_index *of, leie_error *err)
{
    grouping g = {.T = T, .m = m, .groups = groups, .of = of};
    if (m->form != LEIE_BLOCKED || m->rows == 0)
        return leie_parallel_for(m->rows, ROW_GRAIN, sum_rows, &g, err);
    for (leie_size p = 0; p < m->blocked->store.parts; p++)
        g.widest = leie_blocked_size(m->blocked, p) > g.widest ? leie_blocked_size(m->blocked, p) : g.widest;
    g.sum = leie_new(leie_threads() * g.widest, sizeof *g.sum);
    if (!g.sum)
        return leie_fail_memory(err, "sums over groups of columns", leie_threads() * g.widest, sizeof *g.sum);
    leie_status st = leie_parallel_for(m->blocked->store.parts, 1, sum_parts, &g, err);
    leie_free(g.sum);
    return st;
}
