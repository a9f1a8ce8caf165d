// SPDX-License-Identifier: GPL-3.0-or-later
/* Stores from Z: each block in its place once a survey has counted its cells, or survey and store in one read of dense
 * Z, block by block while it is in the second cache. */
#include <stdatomic.h>
#include <string.h>

#include "kernels/blockfill_impl.h"
#include "kernels/condense.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    LINE = LEIE_BLOCK_LINE,
    PIECE_MOST = 512, // sectors of a part whose blocks pass through a dense piece in the second cache
    PIECES_FROM = 10  // where one cell of so many is used
};

typedef leie_filling filling;

static leie_size part_size(const leie_blockstore *b, leie_size p)
{
    return b->first[p + 1] - b->first[p];
}

leie_size leie_block_entries(const leie_blockstore *b, leie_size full_from, leie_size out, leie_size in, leie_size cells)
{
    leie_size all = part_size(b, out) * part_size(b, in);
    return 100 * cells >= full_from * all ? all : cells;
}

static leie_size cells_of(const filling *f, leie_size out, leie_size in)
{
    return f->survey->count[f->b->transposed ? in * f->b->parts + out : out * f->b->parts + in];
}

/* ---- dense Z ---- */

static leie_piece piece_of(const filling *f, leie_size out, leie_size in)
{
    const leie_blockstore *b = f->b;
    leie_size row = b->transposed ? in : out, col = b->transposed ? out : in;
    return (leie_piece){.z = f->Z->val + b->first[row] * f->Z->ld + b->first[col],
                        .ld = f->Z->ld,
                        .rows = part_size(b, row),
                        .columns = part_size(b, col),
                        .scale = f->scale + b->first[col],
                        .turned = b->transposed};
}

void leie_filling_block(const leie_filling *f, leie_size out, leie_size in, leie_size cells, leie_piece from, int worker)
{
    const leie_blockstore *b = f->b;
    leie_size block = out * b->parts + in;
    leie_cells_f32 to = {.high = b->high + b->start[block],
                         .low = b->low ? b->low + b->start[block] : NULL,
                         .index = b->index + b->place[block],
                         .byte = leie_blockstore_byte(part_size(b, in)),
                         .count = b->count + b->first[out] * b->parts + in * part_size(b, out)};
    from.all = leie_block_entries(f->b, f->full_from, out, in, cells) > cells;
    leie_condense(&to, &from, f->work + worker * f->work_bytes);
}

/* The same from dense Z; the block of `in` after this one is fetched from memory meanwhile. */
static void fill_dense_block(const filling *f, leie_size out, leie_size in, leie_size cells, int worker)
{
    bool last = in + 1 == f->b->parts;
    leie_piece from = piece_of(f, out, in), next = piece_of(f, out, last ? in : in + 1);
    from.next = last ? NULL : &next;
    leie_filling_block(f, out, in, cells, from, worker);
}

/* All blocks of output part `out`. */
static void fill_dense(const filling *f, leie_size out, int worker)
{
    for (leie_size in = 0; in < f->b->parts; in++)
        fill_dense_block(f, out, in, cells_of(f, out, in), worker);
}

/* ---- sparse Z ---- */

/* Writes value a of position i as entry n of a block; the next one goes over it when a is zero in f32. */
INLINE leie_size put(leie_blockstore *b, leie_size start, unsigned char *index, bool byte, leie_size n, double a,
                     leie_size i)
{
    float high = (float)a;
    b->high[start + n] = high;
    if (b->low)
        b->low[start + n] = (float)(a - (double)high);
    if (byte)
        index[n] = (unsigned char)i;
    else
        ((uint16_t *)(void *)index)[n] = (uint16_t)i;
    return n + (high != 0);
}

/* Output i of block (out, in), whose cells end at entry n of the block. */
static void close_output(leie_blockstore *b, leie_size out, leie_size in, leie_size i, leie_size n, leie_size *end)
{
    b->count[b->first[out] * b->parts + in * part_size(b, out) + i] = (uint16_t)(n - *end);
    *end = n;
}

static bool keeps_all(const filling *f, leie_size out, leie_size in)
{
    leie_size cells = cells_of(f, out, in);
    return leie_block_entries(f->b, f->full_from, out, in, cells) > cells;
}

/* All cells of output i of block (out, in), zero until they are put in their places; where they begin in the block. */
static leie_size clear_output(leie_blockstore *b, leie_size out, leie_size in, leie_size i)
{
    leie_size block = out * b->parts + in, inputs = part_size(b, in), at = i * inputs;
    unsigned char *index = b->index + b->place[block];
    memset(b->high + b->start[block] + at, 0, (size_t)inputs * sizeof *b->high);
    if (b->low)
        memset(b->low + b->start[block] + at, 0, (size_t)inputs * sizeof *b->low);
    for (leie_size t = 0; t < inputs; t++)
        if (leie_blockstore_byte(inputs))
            index[at + t] = (unsigned char)t;
        else
            ((uint16_t *)(void *)index)[at + t] = (uint16_t)t;
    b->count[b->first[out] * b->parts + in * part_size(b, out) + i] = (uint16_t)inputs;
    return at;
}

/* Rows of part r of sparse Z, plain. */
static void fill_sparse_rows(const filling *f, leie_size r, leie_size *next)
{
    leie_blockstore *b = f->b;
    for (leie_size i = b->first[r]; i < b->first[r + 1]; i++) {
        const leie_index *col;
        const double *val;
        leie_size t = 0, count = leie_matrix_row(f->Z, i, &col, &val);
        for (leie_size in = 0; in < b->parts; in++) {
            leie_size block = r * b->parts + in, n = next[in];
            bool byte = leie_blockstore_byte(part_size(b, in)), all = keeps_all(f, r, in);
            leie_size row = all ? clear_output(b, r, in, i - b->first[r]) : 0;
            for (; t < count && col[t] < b->first[in + 1]; t++) {
                leie_size j = col[t] - b->first[in];
                leie_size behind = put(b, b->start[block], b->index + b->place[block], byte, all ? row + j : n,
                                       val[t] * f->scale[col[t]], j);
                n = all ? n : behind;
            }
            if (!all)
                close_output(b, r, in, i - b->first[r], n, &next[in]);
        }
    }
}

/* The cells of each column in the rows of part r, counted; then where the first of each goes. next[n + part]: whether
 * the columns of a part keep all cells. */
static void place_columns(const filling *f, leie_size r, leie_size *next)
{
    leie_blockstore *b = f->b;
    for (leie_size i = b->first[r]; i < b->first[r + 1]; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(f->Z, i, &col, &val);
        for (leie_size t = 0; t < count; t++)
            next[col[t]] += (float)(val[t] * f->scale[col[t]]) != 0;
    }
    for (leie_size out = 0; out < b->parts; out++) {
        leie_size n = 0, last = 0, all = next[f->Z->rows + out] = keeps_all(f, out, r);
        for (leie_size j = b->first[out]; all && j < b->first[out + 1]; j++)
            next[j] = clear_output(b, out, r, j - b->first[out]);
        for (leie_size j = b->first[out]; !all && j < b->first[out + 1]; j++) {
            leie_size count = next[j];
            next[j] = n;
            n += count;
            close_output(b, out, r, j - b->first[out], n, &last);
        }
    }
}

/* The same, transposed. */
static void fill_sparse_columns(const filling *f, leie_size r, leie_size *next)
{
    leie_blockstore *b = f->b;
    bool byte = leie_blockstore_byte(part_size(b, r));
    place_columns(f, r, next);
    for (leie_size i = b->first[r]; i < b->first[r + 1]; i++) {
        const leie_index *col;
        const double *val;
        leie_size out = 0, count = leie_matrix_row(f->Z, i, &col, &val);
        for (leie_size t = 0; t < count; t++) {
            leie_size j = col[t];
            double a = val[t] * f->scale[j];
            while (j >= b->first[out + 1])
                out++;
            leie_size block = out * b->parts + r, all = next[f->Z->rows + out], row = i - b->first[r];
            if ((float)a == 0)
                continue;
            leie_size behind = put(b, b->start[block], b->index + b->place[block], byte, next[j] + (all ? row : 0), a, row);
            next[j] = all ? next[j] : behind;
        }
    }
}

/* ---- sparse Z with many cells, by dense pieces ---- */

/* Rows of part r, block after block through a dense piece in cache; next [rows]: the next cell of each. */
static void fill_by_pieces(const filling *f, leie_size r, leie_size *next, int worker)
{
    const leie_blockstore *b = f->b;
    const leie_csr *Z = &f->Z->csr;
    double *z = (double *)(void *)(f->work + worker * f->work_bytes + f->piece);
    leie_size rows = part_size(b, r), top = b->first[r];
    memcpy(next, Z->row + top, (size_t)rows * sizeof *next);
    for (leie_size p = 0; p < b->parts; p++) {
        leie_size out = b->transposed ? p : r, in = b->transposed ? r : p, left = b->first[p], columns = part_size(b, p);
        leie_size ld = (columns + LEIE_LANES - 1) / LEIE_LANES * LEIE_LANES;
        memset(z, 0, (size_t)(rows * ld) * sizeof *z);
        for (leie_size i = 0; i < rows; i++)
            for (; next[i] < Z->row[top + i + 1] && Z->col[next[i]] < left + columns; next[i]++)
                z[i * ld + Z->col[next[i]] - left] = Z->val[next[i]];
        leie_filling_block(f, out, in, cells_of(f, out, in),
                   (leie_piece){.z = z, .ld = ld, .rows = rows, .columns = columns, .scale = f->scale + left, .turned = b->transposed},
                   worker);
    }
}

/* ---- a store ---- */

/* Of dense Z the outputs of some parts, of sparse Z its rows. */
static leie_status fill_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const filling *f = ctx;
    leie_size room = f->Z->rows + f->b->parts, *next = f->next + worker * room;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        memset(next, 0, (size_t)room * sizeof *next);
        if (f->Z->form == LEIE_DENSE)
            fill_dense(f, r, worker);
        else if (f->piece > 0)
            fill_by_pieces(f, r, next, worker);
        else if (f->b->transposed)
            fill_sparse_columns(f, r, next);
        else
            fill_sparse_rows(f, r, next);
    }
    return LEIE_OK;
}

leie_size leie_blockstore_room(leie_size n, leie_size cells, leie_size parts)
{
    return (cells < n * n ? cells : n * n) + parts * parts * LINE;
}

leie_size leie_blockstore_bytes(leie_size n, leie_size nonzeros, leie_size parts, leie_size widest, bool exact)
{
    leie_size entries = nonzeros + parts * parts * LINE, values = exact ? 2 : 1;
    leie_size each = values * (leie_size)sizeof(float) + (leie_blockstore_byte(widest) ? 1 : 2);
    return entries * each + n * parts * (leie_size)sizeof(uint16_t) + 2 * parts * parts * (leie_size)sizeof(leie_size);
}

/* Room for blocks, and for so many entries and bytes of positions. */
leie_status leie_filling_room(leie_blockstore *b, leie_size parts, const leie_size *first, leie_error *err)
{
    leie_size blocks = parts * parts, n = first[parts];
    b->parts = parts;
    b->first = leie_new(parts + 1, sizeof *b->first);
    b->start = leie_new(blocks + 1, sizeof *b->start);
    b->place = leie_new(blocks + 1, sizeof *b->place);
    b->count = leie_new(n * parts, sizeof *b->count);
    if (!b->first || !b->start || !b->place || !b->count)
        return leie_fail_memory(err, "the blocks of A", blocks, 2 * sizeof *b->start);
    memcpy(b->first, first, (size_t)(parts + 1) * sizeof *b->first);
    return LEIE_OK;
}

static leie_status take_entries(leie_blockstore *b, leie_size entries, leie_size bytes, bool exact, leie_error *err)
{
    b->high = leie_new_pages(entries, sizeof *b->high);
    b->low = exact ? leie_new_pages(entries, sizeof *b->low) : NULL;
    b->index = leie_new_pages(bytes, 1);
    if (!b->high || (exact && !b->low) || !b->index)
        return leie_fail_memory(err, "the non-zeros of A", entries, sizeof *b->high);
    return LEIE_OK;
}

/* Each block behind the one before. */
static void lay_out(const filling *f)
{
    leie_blockstore *b = f->b;
    for (leie_size o = 0; o < b->parts; o++)
        for (leie_size i = 0; i < b->parts; i++) {
            leie_size block = o * b->parts + i, room = leie_block_rounded(leie_block_entries(f->b, f->full_from, o, i, cells_of(f, o, i)));
            b->start[block + 1] = b->start[block] + room;
            b->place[block + 1] = b->place[block] + room * (leie_blockstore_byte(part_size(b, i)) ? 1 : 2);
        }
}

leie_status leie_filling_widest(leie_size *widest, leie_size parts, const leie_size *first, leie_error *err)
{
    *widest = 0;
    for (leie_size p = 0; p < parts; p++)
        *widest = first[p + 1] - first[p] > *widest ? first[p + 1] - first[p] : *widest;
    if (*widest <= LEIE_PART_MAX)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_LIMIT, "a part of %lld sectors; %d are the most", (long long)*widest, LEIE_PART_MAX);
}

static leie_status take_work(filling *f, leie_error *err)
{
    leie_size workers = leie_threads();
    bool many = f->Z->form == LEIE_SPARSE && f->widest <= PIECE_MOST &&
                PIECES_FROM * f->survey->nonzeros >= f->Z->rows * f->Z->rows;
    f->work_bytes = f->Z->form == LEIE_DENSE || many ? leie_condense_bytes(f->widest) : 0;
    if (many) {
        f->piece = (f->work_bytes + LINE - 1) / LINE * LINE;
        f->work_bytes = f->piece + f->widest * (f->widest + LEIE_LANES) / LEIE_LANES * LEIE_LANES * (leie_size)sizeof(double);
    }
    f->work = leie_new(workers, (size_t)f->work_bytes);
    f->next = leie_new(workers, (size_t)(f->Z->rows + f->b->parts) * sizeof *f->next);
    if (!f->work || !f->next)
        return leie_fail_memory(err, "filling the blocks of A", workers, (size_t)f->work_bytes);
    return LEIE_OK;
}

leie_status leie_blockstore_new(leie_blockstore *b, const leie_survey *survey, const leie_matrix *Z, const double *scale,
                                bool transposed, bool exact, int full_from, leie_error *err)
{
    filling f = {.b = b, .survey = survey, .Z = Z, .scale = scale, .full_from = full_from};
    leie_size blocks = survey->parts * survey->parts;
    *b = (leie_blockstore){.transposed = transposed};
    leie_status st = leie_filling_widest(&f.widest, survey->parts, survey->first, err);
    st = st ? st : leie_filling_room(b, survey->parts, survey->first, err);
    if (!st) {
        lay_out(&f);
        st = take_entries(b, b->start[blocks], b->place[blocks], exact, err);
    }
    st = st ? st : take_work(&f, err);
    if (!st)
        leie_parallel_for(survey->parts, 1, fill_parts, &f, NULL);
    leie_free(f.work);
    leie_free(f.next);
    if (st)
        leie_blockstore_free(b);
    return st;
}

/* ---- survey and store in one read ---- */

/* A store being filled while its cells are counted. */
typedef struct surveying {
    filling f;
    leie_survey *survey;
    leie_size room, unit; // entries there are; bytes of a position
    atomic_llong used;    // more than room: the store is given up, the survey goes on
    double *out;          // [n] sums of |A| by output
    double *in;           // [parts, n] by input, of the outputs of a part
} surveying;

static leie_status survey_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    surveying *s = ctx;
    const filling *f = &s->f;
    leie_blockstore *b = f->b;
    (void)err;
    for (leie_size out = first; out < last; out++)
        for (leie_size in = 0; in < b->parts; in++) {
            leie_size row = b->transposed ? in : out, col = b->transposed ? out : in, block = out * b->parts + in;
            double *outs = s->out + b->first[out], *ins = s->in + out * f->Z->rows + b->first[in];
            leie_survey_block(s->survey, f->Z->val + b->first[row] * f->Z->ld + b->first[col], f->Z->ld, f->scale, row, col,
                              b->transposed ? ins : outs, b->transposed ? outs : ins);
            leie_size cells = s->survey->count[row * b->parts + col], entries = leie_block_rounded(leie_block_entries(f->b, f->full_from, out, in, cells));
            leie_size at = atomic_fetch_add(&s->used, entries);
            if (at + entries > s->room)
                continue;
            b->start[block] = at;
            b->place[block] = at * s->unit;
            fill_dense_block(f, out, in, cells, worker);
        }
    return LEIE_OK;
}

/* Sums by input over all outputs, in their order; norms. */
static void close_survey(surveying *s)
{
    leie_size n = s->f.Z->rows, parts = s->survey->parts;
    for (leie_size p = 1; p < parts; p++)
        for (leie_size i = 0; i < n; i++)
            s->in[i] += s->in[p * n + i];
    leie_survey_end(s->survey, s->f.Z, s->f.scale, s->f.b->transposed ? s->in : s->out, s->f.b->transposed ? s->out : s->in);
}

leie_status leie_blockstore_survey(leie_blockstore *b, leie_survey *survey, const leie_matrix *Z, const double *scale,
                                   leie_size parts, const leie_size *first, bool transposed, bool exact,
                                   leie_size room, leie_error *err)
{
    surveying s = {.f = {.b = b, .survey = survey, .Z = Z, .scale = scale, .full_from = LEIE_FULL_FROM}, .survey = survey, .room = room};
    leie_size n = Z->rows, blocks = parts * parts;
    *b = (leie_blockstore){.transposed = transposed};
    leie_status st = leie_survey_begin(survey, parts, first, err);
    st = st ? st : leie_filling_widest(&s.f.widest, parts, first, err);
    s.unit = leie_blockstore_byte(s.f.widest) ? 1 : 2;
    st = st ? st : leie_filling_room(b, parts, first, err);
    st = st ? st : take_entries(b, room, room * s.unit, exact, err);
    st = st ? st : take_work(&s.f, err);
    s.out = leie_new(n, sizeof *s.out);
    s.in = leie_new(parts, (size_t)n * sizeof *s.in);
    if (!st && (!s.out || !s.in))
        st = leie_fail_memory(err, "a survey of I - A", (parts + 1) * n, sizeof *s.out);
    if (!st) {
        leie_parallel_for(parts, 1, survey_parts, &s, NULL);
        close_survey(&s);
        b->start[blocks] = atomic_load(&s.used);
        b->place[blocks] = b->start[blocks] * s.unit;
    }
    if (st || b->start[blocks] > room)
        leie_blockstore_free(b);
    if (st)
        leie_survey_free(survey);
    leie_free(s.f.work);
    leie_free(s.f.next);
    leie_free(s.out);
    leie_free(s.in);
    return st;
}
