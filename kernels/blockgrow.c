// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blockgrow.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/blockfill_impl.h"
#include "kernels/blocked_impl.h"
#include "kernels/clones.h"
#include "kernels/memory.h"

struct leie_blockgrow {
    leie_size n, part, next; // the part whose rows come; the row that should come next
    double *rows;            // [widest, n] those of the part
    leie_blocked b;
    double *row_sum, *col_sum, *diagonal; // [n] of A: sums of sizes, and its diagonal
    leie_filling f;
    leie_size *end, *place;  // [parts] where the next block of an output part goes
    leie_cells apart;        // cells of Z that the store cannot have, row by row
};

// ---- room ----

static leie_size unit_of(const leie_blockstore *s, leie_size in)
{
    return leie_blockstore_byte(s->first[in + 1] - s->first[in]) ? 1 : 2;
}

/* Entries that a block takes. */
static leie_size room_of(const leie_blocked *b, leie_size out, leie_size in)
{
    const leie_blockstore *s = &b->store;
    leie_size cells = b->survey.count[s->transposed ? in * s->parts + out : out * s->parts + in];
    return leie_block_rounded(leie_block_entries(s, LEIE_FULL_FROM, out, in, cells));
}

/* Each output part begins where all blocks before could end. */
static leie_status take_store(leie_blockgrow *g, leie_size parts, const leie_size *first, leie_error *err)
{
    leie_blockstore *s = &g->b.store;
    leie_status st = leie_filling_room(s, parts, first, err);
    leie_size entries = 0, bytes = 0;
    for (leie_size o = 0; !st && o < parts; o++) {
        g->end[o] = entries;
        g->place[o] = bytes;
        for (leie_size i = 0; i < parts; i++) {
            leie_size room = leie_block_rounded((first[o + 1] - first[o]) * (first[i + 1] - first[i]));
            entries += room;
            bytes += room * unit_of(s, i);
        }
    }
    if (st)
        return st;
    s->start[parts * parts] = entries;
    s->place[parts * parts] = bytes;
    s->high = leie_new_addresses(entries, sizeof *s->high);
    s->low = leie_new_addresses(entries, sizeof *s->low);
    s->index = leie_new_addresses(bytes, 1);
    return s->high && s->low && s->index ? LEIE_OK : leie_fail_memory(err, "addresses for the blocks of A", entries, 9);
}

/* The rows of one part, and what its blocks are surveyed and filled with. */
static leie_status take_rows(leie_blockgrow *g, leie_error *err)
{
    g->rows = leie_new_pages(g->f.widest * g->n, sizeof *g->rows);
    g->row_sum = leie_new(g->n, sizeof *g->row_sum);
    g->col_sum = leie_new(g->n, sizeof *g->col_sum);
    g->diagonal = leie_new(g->n, sizeof *g->diagonal);
    g->f.work_bytes = leie_condense_bytes(g->f.widest);
    g->f.work = leie_new(1, (size_t)g->f.work_bytes);
    if (g->rows && g->row_sum && g->col_sum && g->diagonal && g->f.work)
        return LEIE_OK;
    return leie_fail_memory(err, "the rows of a part", g->f.widest * g->n, sizeof *g->rows);
}

leie_status leie_blockgrow_new(leie_blockgrow **to, const double *scale, leie_size parts, const leie_size *first, bool transposed,
                               leie_error *err)
{
    leie_size n = first[parts];
    leie_blockgrow *g = *to = leie_new(1, sizeof *g);
    if (!g)
        return leie_fail_memory(err, "a table in blocks", 1, sizeof *g);
    g->n = g->b.n = n;
    g->b.loose = true;
    g->b.store.transposed = transposed;
    g->b.scale = leie_new(n, sizeof *g->b.scale);
    g->b.row_sum = leie_new(n, sizeof *g->b.row_sum);
    g->end = leie_new(parts, sizeof *g->end);
    g->place = leie_new(parts, sizeof *g->place);
    leie_status st = g->b.scale && g->b.row_sum && g->end && g->place ? LEIE_OK : leie_fail_memory(err, "the scale of a table", n, sizeof *scale);
    if (!st)
        memcpy(g->b.scale, scale, (size_t)n * sizeof *scale);
    g->f = (leie_filling){.b = &g->b.store, .survey = &g->b.survey, .scale = g->b.scale, .full_from = LEIE_FULL_FROM};
    st = st ? st : leie_filling_widest(&g->f.widest, parts, first, err);
    st = st ? st : leie_survey_begin(&g->b.survey, parts, first, err);
    st = st ? st : take_store(g, parts, first, err);
    st = st ? st : take_rows(g, err);
    if (st)
        *to = leie_blockgrow_free(g);
    return st;
}

leie_blockgrow *leie_blockgrow_free(leie_blockgrow *g)
{
    if (!g)
        return NULL;
    leie_blocked_clear(&g->b);
    leie_cells_free(&g->apart);
    leie_free(g->rows);
    leie_free(g->row_sum);
    leie_free(g->col_sum);
    leie_free(g->diagonal);
    leie_free(g->f.work);
    leie_free(g->end);
    leie_free(g->place);
    return leie_free(g);
}

// ---- rows ----

/* Cells z of Z that are zero in A as f32, not finite there, or NaN. */
LEIE_CLONES
static leie_size count_odd(const double *z, const double *scale, leie_size n)
{
    leie_size odd = 0;
    for (leie_size j = 0; j < n; j++) {
        float size = fabsf((float)(z[j] * scale[j]));
        odd += (z[j] != 0) & (!(size > 0) | !(size <= FLT_MAX));
    }
    return odd;
}

/* Sum of n numbers, eight chains side by side. */
LEIE_CLONES
static double sum_row(const double *z, leie_size n)
{
    enum { CHAINS = 8 };
    double chain[CHAINS] = {0}, sum = 0;
    leie_size j = 0;
    for (; j + CHAINS <= n; j += CHAINS)
        for (int c = 0; c < CHAINS; c++)
            chain[c] += z[j + c];
    for (int c = 0; c < CHAINS; c++)
        sum += chain[c];
    for (; j < n; j++)
        sum += z[j];
    return sum;
}

/* What is zero in A goes apart; what is not finite makes the matrix unfit. */
static leie_status take_odd(leie_blockgrow *g, bool *unfit, leie_size i, const double *z, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size j = 0; !st && j < g->n; j++) {
        float a = (float)(z[j] * g->b.scale[j]);
        *unfit |= !isfinite(a);
        if (z[j] != 0 && a == 0)
            st = leie_cells_add(&g->apart, i, j, z[j], err);
    }
    return st;
}

/* Block (p, q) of Z, of the part whose rows are in: surveyed, placed, filled. */
static void close_block(leie_blockgrow *g, leie_size p, leie_size q)
{
    leie_blockstore *s = &g->b.store;
    leie_size out = s->transposed ? q : p, in = s->transposed ? p : q, left = s->first[q];
    const leie_piece piece = {.z = g->rows + left, .ld = g->n, .rows = s->first[p + 1] - s->first[p],
                              .columns = s->first[q + 1] - left, .scale = g->b.scale + left, .turned = s->transposed};
    leie_survey_block(&g->b.survey, piece.z, piece.ld, g->b.scale, p, q, g->row_sum + s->first[p], g->col_sum + left);
    leie_size room = room_of(&g->b, out, in);
    s->start[out * s->parts + in] = g->end[out];
    s->place[out * s->parts + in] = g->place[out];
    g->end[out] += room;
    g->place[out] += room * unit_of(s, in);
    leie_filling_block(&g->f, out, in, g->b.survey.count[p * s->parts + q], piece, 0);
}

/* The blocks of the part whose rows are in; the rows of the next one take their place. */
static void close_part(leie_blockgrow *g)
{
    const leie_blockstore *s = &g->b.store;
    leie_size p = g->part++, end = s->first[p + 1];
    if (g->next < end)
        memset(g->rows + (g->next - s->first[p]) * g->n, 0, (size_t)((end - g->next) * g->n) * sizeof *g->rows);
    g->next = end;
    for (leie_size q = 0; q < s->parts; q++)
        close_block(g, p, q);
}

leie_status leie_blockgrow_row(leie_blockgrow *g, bool *unfit, leie_size i, const double *values, leie_error *err)
{
    *unfit = i < g->next;
    if (*unfit)
        return LEIE_OK;
    while (i >= g->b.store.first[g->part + 1])
        close_part(g);
    double *next = g->rows + (g->next - g->b.store.first[g->part]) * g->n, *row = next + (i - g->next) * g->n;
    memset(next, 0, (size_t)(row - next) * sizeof *row); // rows that are left out are zero
    memcpy(row, values, (size_t)g->n * sizeof *row);
    g->next = i + 1;
    g->diagonal[i] = values[i] * g->b.scale[i];
    g->b.row_sum[i] = sum_row(values, g->n);
    return count_odd(values, g->b.scale, g->n) ? take_odd(g, unfit, i, values, err) : LEIE_OK;
}

leie_status leie_blockgrow_finish(leie_blocked **to, leie_blockgrow *g, leie_error *err)
{
    leie_csr *apart = &g->b.apart;
    *to = NULL;
    while (g->part < g->b.store.parts)
        close_part(g);
    leie_survey_close(&g->b.survey, g->diagonal, g->row_sum, g->col_sum);
    leie_status st = leie_csr_new(apart, g->n, g->n, g->apart.n, err);
    for (leie_size t = 0; !st && t < g->apart.n; t++) {
        apart->col[t] = g->apart.cell[t].col;
        apart->val[t] = g->apart.cell[t].val;
        apart->row[g->apart.cell[t].row + 1] = t + 1;
    }
    for (leie_size i = 0; !st && i < g->n; i++)
        apart->row[i + 1] = apart->row[i + 1] > apart->row[i] ? apart->row[i + 1] : apart->row[i];
    st = st ? st : leie_blocked_take(to, &g->b, err);
    leie_blockgrow_free(g);
    return st;
}

// ---- packing ----

/* Blocks of output part `out` move down to entry *entries and byte *bytes; what they leave goes back to the system. */
static void pack_part(leie_blocked *b, leie_size out, leie_size *entries, leie_size *bytes)
{
    leie_blockstore *s = &b->store;
    leie_size left = s->start[out * s->parts], left_bytes = s->place[out * s->parts], end = left, end_bytes = left_bytes;
    for (leie_size in = 0; in < s->parts; in++) {
        leie_size at = out * s->parts + in, room = room_of(b, out, in), size = room * unit_of(s, in);
        memmove(s->high + *entries, s->high + s->start[at], (size_t)room * sizeof *s->high);
        memmove(s->low + *entries, s->low + s->start[at], (size_t)room * sizeof *s->low);
        memmove(s->index + *bytes, s->index + s->place[at], (size_t)size);
        end = s->start[at] + room;
        end_bytes = s->place[at] + size;
        s->start[at] = *entries;
        s->place[at] = *bytes;
        *entries += room;
        *bytes += size;
    }
    left = left > *entries ? left : *entries;
    left_bytes = left_bytes > *bytes ? left_bytes : *bytes;
    leie_give_pages(s->high + left, (size_t)(end - left) * sizeof *s->high);
    leie_give_pages(s->low + left, (size_t)(end - left) * sizeof *s->low);
    leie_give_pages(s->index + left_bytes, (size_t)(end_bytes - left_bytes));
}

void leie_blocked_pack(leie_blocked *b)
{
    leie_blockstore *s = &b->store;
    leie_size entries = 0, bytes = 0;
    for (leie_size out = 0; b->loose && out < s->parts; out++)
        pack_part(b, out, &entries, &bytes);
    if (b->loose) {
        s->start[s->parts * s->parts] = entries;
        s->place[s->parts * s->parts] = bytes;
    }
    b->loose = false;
}
