// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blockstore.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "kernels/squeeze.h"

#define INLINE static inline __attribute__((always_inline))

enum {
    BYTE_WIDE = 256, // parts up to here have positions of 8 bits
    LINE = 64,       // entries to which a block is rounded up, and one to spare for what is written ahead
    STRIP = 16       // columns of dense Z that are turned together
};

typedef float f32x __attribute__((vector_size(LEIE_LANES_F32 * sizeof(float)), may_alias));
typedef double f64x __attribute__((vector_size(LEIE_LANES * sizeof(double)), may_alias));

/* ---- products ---- */

enum { VALUES = 256 }; // cells made f64 at a time

INLINE const float *load_high(float *value, const leie_blockstore *b, leie_size at, leie_size n)
{
    (void)value;
    (void)n;
    return b->high + at;
}

INLINE const double *load_both(double *value, const leie_blockstore *b, leie_size at, leie_size n)
{
    if (b->low)
        for (leie_size t = 0; t < n; t++)
            value[t] = (double)b->high[at + t] + (double)b->low[at + t];
    else
        for (leie_size t = 0; t < n; t++)
            value[t] = (double)b->high[at + t];
    return value;
}

typedef f32x f32_byte_lanes, f32_wide_lanes;
typedef f64x f64_byte_lanes, f64_wide_lanes;

#define REAL float
#define LANES_OF LEIE_LANES_F32
#define PIECE INT64_MAX
#define LOAD load_high
#define INDEX uint8_t
#define NAME(function) f32_byte_##function
#include "kernels/blockstore_loops.h"
#undef INDEX
#undef NAME
#define INDEX uint16_t
#define NAME(function) f32_wide_##function
#include "kernels/blockstore_loops.h"
#undef INDEX
#undef NAME
#undef REAL
#undef LANES_OF
#undef PIECE
#undef LOAD

#define REAL double
#define LANES_OF LEIE_LANES
#define PIECE VALUES
#define LOAD load_both
#define INDEX uint8_t
#define NAME(function) f64_byte_##function
#include "kernels/blockstore_loops.h"
#undef INDEX
#undef NAME
#define INDEX uint16_t
#define NAME(function) f64_wide_##function
#include "kernels/blockstore_loops.h"

bool leie_blockstore_byte(leie_size sectors)
{
    return sectors <= BYTE_WIDE;
}

static leie_size part_size(const leie_blockstore *b, leie_size p)
{
    return b->first[p + 1] - b->first[p];
}

/* Where the store keeps a block, and the counts of its outputs. */
typedef struct place {
    leie_size block, rows;
    const uint16_t *count;
    bool along, byte;
} place;

static place find_block(const leie_blockstore *b, bool transposed, leie_size out, leie_size in)
{
    bool along = transposed == b->transposed;
    leie_size o = along ? out : in, i = along ? in : out;
    return (place){.block = o * b->parts + i,
                   .rows = part_size(b, o),
                   .count = b->count + b->first[o] * b->parts + i * part_size(b, o),
                   .along = along,
                   .byte = part_size(b, i) <= BYTE_WIDE};
}

INLINE void sweep(float *y, const leie_blockstore *b, const place *p, const float *x, bool along, int groups)
{
    if (p->byte)
        f32_byte_block(y, b, p->block, p->count, p->rows, x, along, groups);
    else
        f32_wide_block(y, b, p->block, p->count, p->rows, x, along, groups);
}

LEIE_CLONES
static void sweep_any(float *y, const leie_blockstore *b, const place *p, leie_size width, const float *x)
{
    if (width == LEIE_LANES_F32 && p->along)
        sweep(y, b, p, x, true, 1);
    else if (width == LEIE_LANES_F32)
        sweep(y, b, p, x, false, 1);
    else if (p->along)
        sweep(y, b, p, x, true, 2);
    else
        sweep(y, b, p, x, false, 2);
}

void leie_blockstore_sweep(float *y, const leie_blockstore *b, bool transposed, leie_size out, leie_size in,
                           leie_size width, const float *x)
{
    place p = find_block(b, transposed, out, in);
    assert(width == LEIE_LANES_F32 || width == 2 * LEIE_LANES_F32);
    sweep_any(y, b, &p, width, x);
}

INLINE void product(double *y, const leie_blockstore *b, const place *p, const double *x, int groups)
{
    if (p->byte && p->along)
        f64_byte_block(y, b, p->block, p->count, p->rows, x, true, groups);
    else if (p->byte)
        f64_byte_block(y, b, p->block, p->count, p->rows, x, false, groups);
    else if (p->along)
        f64_wide_block(y, b, p->block, p->count, p->rows, x, true, groups);
    else
        f64_wide_block(y, b, p->block, p->count, p->rows, x, false, groups);
}

LEIE_CLONES
static void product_any(double *y, const leie_blockstore *b, const place *p, leie_size width, const double *x)
{
    if (width == LEIE_LANES)
        product(y, b, p, x, 1);
    else if (width == 2 * LEIE_LANES)
        product(y, b, p, x, 2);
    else if (width == 3 * LEIE_LANES)
        product(y, b, p, x, 3);
    else
        product(y, b, p, x, 4);
}

void leie_blockstore_product(double *y, const leie_blockstore *b, bool transposed, leie_size out, leie_size in,
                             leie_size width, const double *x)
{
    place p = find_block(b, transposed, out, in);
    assert(width > 0 && width % LEIE_LANES == 0 && width <= LEIE_WIDTH);
    product_any(y, b, &p, width, x);
}

/* ---- from Z ---- */

/* A store being filled. */
typedef struct filling {
    leie_blockstore *b;
    const leie_matrix *Z;
    const double *scale;
    leie_size widest;
    double *turned;  // [workers, STRIP, widest] cells of dense Z, output by output
    leie_size *next; // [workers, n + parts] where the next cell of a block (sparse, transposed: an output) goes
} filling;

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

/* Cells val [count] at positions col, of one output, from entry n of a block on. */
INLINE void put_run(leie_blockstore *b, leie_size start, unsigned char *index, bool byte, leie_size n,
                    const double *val, const leie_index *col, leie_size count)
{
    float *high = b->high + start + n;
    for (leie_size t = 0; t < count; t++)
        high[t] = (float)val[t];
    if (b->low) {
        float *low = b->low + start + n;
        for (leie_size t = 0; t < count; t++)
            low[t] = (float)(val[t] - (double)high[t]);
    }
    for (leie_size t = 0; byte && t < count; t++)
        index[n + t] = (unsigned char)col[t];
    for (leie_size t = 0; !byte && t < count; t++)
        ((uint16_t *)(void *)index)[n + t] = (uint16_t)col[t];
}

/* The cells a [size] of one output of a block behind the n there are; returns how many there are then. */
LEIE_CLONES
static leie_size put_output(leie_blockstore *b, leie_size block, leie_size n, const double *a, leie_size size)
{
    double val[LEIE_SQUEEZE_ROOM];
    leie_index col[LEIE_SQUEEZE_ROOM];
    unsigned char *index = b->index + b->place[block];
    for (leie_size i = 0; i < size; i += LEIE_SQUEEZE_MAX) {
        leie_size cells = size - i < LEIE_SQUEEZE_MAX ? size - i : LEIE_SQUEEZE_MAX;
        leie_size count = leie_squeeze(val, col, a + i, cells, (leie_index)i);
        if (size <= BYTE_WIDE)
            put_run(b, b->start[block], index, true, n, val, col, count);
        else
            put_run(b, b->start[block], index, false, n, val, col, count);
        n += count;
    }
    return n;
}

/* Output i of block (out, in), whose cells end at entry n of the block. */
static void close_output(leie_blockstore *b, leie_size out, leie_size in, leie_size i, leie_size n, leie_size *end)
{
    b->count[b->first[out] * b->parts + in * part_size(b, out) + i] = (uint16_t)(n - *end);
    *end = n;
}

/* Rows of part r of dense Z, plain: blocks (r, in). */
static void fill_dense_rows(const filling *f, leie_size r, double *a, leie_size *next)
{
    leie_blockstore *b = f->b;
    for (leie_size i = 0; i < part_size(b, r); i++) {
        const double *z = f->Z->val + (b->first[r] + i) * f->Z->ld;
        for (leie_size in = 0; in < b->parts; in++) {
            for (leie_size j = 0; j < part_size(b, in); j++)
                a[j] = z[b->first[in] + j] * f->scale[b->first[in] + j];
            leie_size n = put_output(b, r * b->parts + in, next[in], a, part_size(b, in));
            close_output(b, r, in, i, n, &next[in]);
        }
    }
}

/* a[c, i] = z[i, c] scale[c] for a strip of columns, rows widest apart in a. */
LEIE_CLONES
static void turn(double *a, leie_size widest, const double *z, leie_size ld, const double *scale, leie_size rows,
                 leie_size columns)
{
    for (leie_size i = 0; i < rows; i++) {
        for (leie_size c = 0; c < STRIP; c += LEIE_LANES) // the next strip
            __builtin_prefetch(z + i * ld + STRIP + c);
        for (leie_size c = 0; c < columns; c++)
            a[c * widest + i] = z[i * ld + c] * scale[c];
    }
}

/* The same, transposed: blocks (out, r), columns in strips. */
static void fill_dense_columns(const filling *f, leie_size r, double *a, leie_size *next)
{
    leie_blockstore *b = f->b;
    leie_size rows = part_size(b, r);
    const double *z = f->Z->val + b->first[r] * f->Z->ld;
    for (leie_size out = 0; out < b->parts; out++)
        for (leie_size j = b->first[out]; j < b->first[out + 1]; j += STRIP) {
            leie_size columns = b->first[out + 1] - j < STRIP ? b->first[out + 1] - j : STRIP;
            turn(a, f->widest, z + j, f->Z->ld, f->scale + j, rows, columns);
            for (leie_size c = 0; c < columns; c++) {
                leie_size n = put_output(b, out * b->parts + r, next[out], a + c * f->widest, rows);
                close_output(b, out, r, j + c - b->first[out], n, &next[out]);
            }
        }
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
            bool byte = part_size(b, in) <= BYTE_WIDE;
            for (; t < count && col[t] < b->first[in + 1]; t++)
                n = put(b, b->start[block], b->index + b->place[block], byte, n, val[t] * f->scale[col[t]],
                        col[t] - b->first[in]);
            close_output(b, r, in, i - b->first[r], n, &next[in]);
        }
    }
}

/* The cells of each column in the rows of part r, counted; then where the first of each goes. */
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
        leie_size n = 0, last = 0;
        for (leie_size j = b->first[out]; j < b->first[out + 1]; j++) {
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
    bool byte = part_size(b, r) <= BYTE_WIDE;
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
            leie_size block = out * b->parts + r;
            if ((float)a != 0)
                next[j] = put(b, b->start[block], b->index + b->place[block], byte, next[j], a, i - b->first[r]);
        }
    }
}

static leie_status fill_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const filling *f = ctx;
    leie_size room = f->Z->rows + f->b->parts, *next = f->next + worker * room;
    double *a = f->turned + worker * STRIP * f->widest;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        memset(next, 0, (size_t)room * sizeof *next);
        if (f->Z->form == LEIE_DENSE && f->b->transposed)
            fill_dense_columns(f, r, a, next);
        else if (f->Z->form == LEIE_DENSE)
            fill_dense_rows(f, r, a, next);
        else if (f->b->transposed)
            fill_sparse_columns(f, r, next);
        else
            fill_sparse_rows(f, r, next);
    }
    return LEIE_OK;
}

static leie_size rounded(leie_size entries)
{
    return (entries / LINE + 1) * LINE;
}

leie_size leie_blockstore_bytes(leie_size n, leie_size nonzeros, leie_size parts, leie_size widest, bool exact)
{
    leie_size entries = nonzeros + parts * parts * LINE, values = exact ? 2 : 1;
    leie_size each = values * (leie_size)sizeof(float) + (widest <= BYTE_WIDE ? 1 : 2);
    return entries * each + n * parts * (leie_size)sizeof(uint16_t) + 2 * parts * parts * (leie_size)sizeof(leie_size);
}

/* Where each block goes, and room for all. */
static leie_status lay_out(leie_blockstore *b, const leie_survey *survey, bool exact, leie_error *err)
{
    leie_size parts = survey->parts, blocks = parts * parts, n = survey->first[parts];
    b->parts = parts;
    b->first = leie_new(parts + 1, sizeof *b->first);
    b->start = leie_new(blocks + 1, sizeof *b->start);
    b->place = leie_new(blocks + 1, sizeof *b->place);
    b->count = leie_new(n * parts, sizeof *b->count);
    if (!b->first || !b->start || !b->place || !b->count)
        return leie_fail_memory(err, "the blocks of A", blocks, 2 * sizeof *b->start);
    memcpy(b->first, survey->first, (size_t)(parts + 1) * sizeof *b->first);
    for (leie_size o = 0; o < parts; o++)
        for (leie_size i = 0; i < parts; i++) {
            leie_size block = o * parts + i;
            leie_size room = rounded(b->transposed ? survey->count[i * parts + o] : survey->count[block]);
            b->start[block + 1] = b->start[block] + room;
            b->place[block + 1] = b->place[block] + room * (part_size(b, i) <= BYTE_WIDE ? 1 : 2);
        }
    b->high = leie_new_pages(b->start[blocks], sizeof *b->high);
    b->low = exact ? leie_new_pages(b->start[blocks], sizeof *b->low) : NULL;
    b->index = leie_new_pages(b->place[blocks], 1);
    if (!b->high || (exact && !b->low) || !b->index)
        return leie_fail_memory(err, "the non-zeros of A", b->start[blocks], sizeof *b->high);
    return LEIE_OK;
}

leie_status leie_blockstore_new(leie_blockstore *b, const leie_survey *survey, const leie_matrix *Z,
                                const double *scale, bool transposed, bool exact, leie_error *err)
{
    filling f = {.b = b, .Z = Z, .scale = scale};
    leie_size workers = leie_threads();
    *b = (leie_blockstore){.transposed = transposed};
    for (leie_size p = 0; p < survey->parts; p++)
        if (survey->first[p + 1] - survey->first[p] > f.widest)
            f.widest = survey->first[p + 1] - survey->first[p];
    if (f.widest > LEIE_PART_MAX)
        return leie_fail(err, LEIE_ERR_LIMIT, "a part of %lld sectors; %d are the most", (long long)f.widest,
                         LEIE_PART_MAX);
    leie_status st = lay_out(b, survey, exact, err);
    if (st)
        goto done;
    f.turned = leie_new(workers * STRIP, (size_t)f.widest * sizeof *f.turned);
    f.next = leie_new(workers, (size_t)(Z->rows + survey->parts) * sizeof *f.next);
    if (!f.turned || !f.next) {
        st = leie_fail_memory(err, "filling the blocks of A", workers * STRIP * f.widest, sizeof *f.turned);
        goto done;
    }
    leie_parallel_for(survey->parts, 1, fill_parts, &f, NULL);
done:
    leie_free(f.turned);
    leie_free(f.next);
    if (st)
        leie_blockstore_free(b);
    return st;
}

/* ---- new values ---- */

/* A store getting new values. */
typedef struct redrawing {
    const leie_blockstore *b;
    const float *base;
    leie_redraw_fn fn;
    void *ctx;
    leie_size n;
    float *value;      // [workers, n] the cells of one output
    leie_index *input; // [workers, n]
    double *sums;      // [parts, n] |I - A| over the outputs of a part, by input
    double *norm;      // [parts] the largest sum of an output
} redrawing;

/* The cells of output o, wherever they are: to value and input (value NULL: from value back into the store). */
static leie_size gather_output(const redrawing *r, leie_size part, leie_size i, const leie_size *at, float *value,
                               leie_index *input)
{
    const leie_blockstore *b = r->b;
    leie_size n = 0;
    for (leie_size in = 0; in < b->parts; in++) {
        leie_size block = part * b->parts + in, count = b->count[b->first[part] * b->parts + in * part_size(b, part) + i];
        const unsigned char *index = b->index + b->place[block];
        leie_index first = (leie_index)b->first[in];
        memcpy(value + n, r->base + b->start[block] + at[in], (size_t)count * sizeof *value);
        if (part_size(b, in) <= BYTE_WIDE)
            for (leie_size t = 0; t < count; t++)
                input[n + t] = first + (leie_index)index[at[in] + t];
        else
            for (leie_size t = 0; t < count; t++)
                input[n + t] = first + (leie_index)((const uint16_t *)(const void *)index)[at[in] + t];
        n += count;
    }
    return n;
}

static void scatter_output(const redrawing *r, leie_size part, leie_size i, leie_size *at, const float *value)
{
    const leie_blockstore *b = r->b;
    for (leie_size in = 0; in < b->parts; in++) {
        leie_size block = part * b->parts + in, count = b->count[b->first[part] * b->parts + in * part_size(b, part) + i];
        memcpy(b->high + b->start[block] + at[in], value, (size_t)count * sizeof *value);
        value += count;
        at[in] += count;
    }
}

/* sums[input[t]] += |a_t|; the sum of all |a_t|, four chains side by side. */
static double add_sizes(double *sums, const leie_index *input, const float *value, leie_size n)
{
    double chain[4] = {0};
    leie_size t = 0;
    for (; t + 4 <= n; t += 4)
        for (int c = 0; c < 4; c++) {
            double size = fabs((double)value[t + c]);
            sums[input[t + c]] += size;
            chain[c] += size;
        }
    for (; t < n; t++) {
        double size = fabs((double)value[t]);
        sums[input[t]] += size;
        chain[0] += size;
    }
    return (chain[0] + chain[1]) + (chain[2] + chain[3]);
}

/* By how much |1 - a| differs from 1 + |a| for the cell (o, o), 0 where there is none. */
static double redrawn_diagonal(leie_size o, leie_size n, const leie_index *input, const float *value)
{
    leie_size low = 0, high = n;
    while (low < high) {
        leie_size middle = (low + high) / 2;
        if (input[middle] < o)
            low = middle + 1;
        else
            high = middle;
    }
    double a = low < n && input[low] == o ? (double)value[low] : 0;
    return fabs(1 - a) - 1 - fabs(a);
}

static leie_status redraw_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const redrawing *r = ctx;
    const leie_blockstore *b = r->b;
    float *value = r->value + worker * r->n;
    leie_index *input = r->input + worker * r->n;
    leie_size *at = leie_new(b->parts, sizeof *at);
    if (!at)
        return leie_fail_memory(err, "new values of A", b->parts, sizeof *at);
    for (leie_size part = first; part < last; part++) {
        double *sums = r->sums + part * r->n, norm = 0;
        memset(at, 0, (size_t)b->parts * sizeof *at);
        memset(sums, 0, (size_t)r->n * sizeof *sums);
        for (leie_size i = 0; i < part_size(b, part); i++) {
            leie_size o = b->first[part] + i, n = gather_output(r, part, i, at, value, input);
            r->fn(r->ctx, o, n, input, value, worker);
            double sum = 1 + add_sizes(sums, input, value, n), diagonal = redrawn_diagonal(o, n, input, value);
            sum += diagonal;
            sums[o] += 1 + diagonal;
            norm = sum > norm ? sum : norm;
            scatter_output(r, part, i, at, value);
        }
        r->norm[part] = norm;
    }
    leie_free(at);
    return LEIE_OK;
}

leie_status leie_blockstore_redraw(leie_blockstore *b, const float *base, leie_redraw_fn fn, void *ctx, double norm[2],
                                   leie_error *err)
{
    leie_size n = b->first[b->parts], workers = leie_threads();
    redrawing r = {.b = b, .base = base, .fn = fn, .ctx = ctx, .n = n};
    assert(!b->low);
    r.value = leie_new(workers, (size_t)n * sizeof *r.value);
    r.input = leie_new(workers, (size_t)n * sizeof *r.input);
    r.sums = leie_new(b->parts, (size_t)n * sizeof *r.sums);
    r.norm = leie_new(b->parts, sizeof *r.norm);
    leie_status st = LEIE_OK;
    if (!r.value || !r.input || !r.sums || !r.norm)
        st = leie_fail_memory(err, "new values of A", (workers + b->parts) * n, sizeof *r.sums);
    st = st ? st : leie_parallel_for(b->parts, 1, redraw_parts, &r, err);
    if (!st) {
        norm[0] = norm[1] = 0;
        for (leie_size part = 0; part < b->parts; part++)
            norm[0] = r.norm[part] > norm[0] ? r.norm[part] : norm[0];
        for (leie_size i = 0; i < n; i++) {
            double sum = 0;
            for (leie_size part = 0; part < b->parts; part++)
                sum += r.sums[part * n + i];
            norm[1] = sum > norm[1] ? sum : norm[1];
        }
    }
    leie_free(r.value);
    leie_free(r.input);
    leie_free(r.sums);
    leie_free(r.norm);
    return st;
}

leie_size leie_blockstore_entries(const leie_blockstore *b)
{
    return b->start[b->parts * b->parts];
}

void leie_blockstore_domestic(double *m, leie_size ld, const leie_blockstore *b, leie_size p)
{
    leie_size block = p * b->parts + p, at = 0, n = part_size(b, p);
    const uint16_t *count = b->count + b->first[p] * b->parts + p * n;
    const unsigned char *index = b->index + b->place[block];
    const float *high = b->high + b->start[block], *low = b->low ? b->low + b->start[block] : NULL;
    for (leie_size o = 0; o < n; o++)
        for (leie_size t = 0; t < count[o]; t++, at++) {
            leie_size i = n <= BYTE_WIDE ? index[at] : ((const uint16_t *)(const void *)index)[at];
            double a = (double)high[at] + (low ? (double)low[at] : 0);
            m[b->transposed ? i * ld + o : o * ld + i] = a;
        }
}

void leie_blockstore_free(leie_blockstore *b)
{
    leie_free(b->first);
    leie_free(b->start);
    leie_free(b->place);
    leie_free(b->count);
    leie_free(b->high);
    leie_free(b->low);
    leie_free(b->index);
    *b = (leie_blockstore){0};
}
