// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/blockstore.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "kernels/clones.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"

#define INLINE static inline __attribute__((always_inline))

enum { BYTE_WIDE = 256 }; // parts up to here have positions of 8 bits

typedef float f32x __attribute__((vector_size(LEIE_LANES_F32 * sizeof(float)), may_alias));
typedef double f64x __attribute__((vector_size(LEIE_LANES * sizeof(double)), may_alias));

/* ---- products ---- */

enum {
    VALUES = 256, // cells made f64 at a time
    FETCHED = 16, // cells in a cache line of f32
    AHEAD = 512,  // cells between what is used and what is fetched
    FULL_ROWS = 4 // outputs of a full block that share rows of X
};

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

INLINE void fetch_high(const leie_blockstore *b, leie_size at)
{
    __builtin_prefetch(b->high + at);
}

INLINE void fetch_both(const leie_blockstore *b, leie_size at)
{
    __builtin_prefetch(b->high + at);
    __builtin_prefetch(b->low + at);
}

typedef f32x f32_byte_lanes, f32_wide_lanes;
typedef f64x f64_byte_lanes, f64_wide_lanes;

#define REAL float
#define LANES_OF LEIE_LANES_F32
#define PIECE INT64_MAX
#define LOAD load_high
#define FETCH fetch_high
#define INDEX uint8_t
#define WITH_FULL
#define NAME(function) f32_byte_##function
#include "kernels/blockstore_loops.h"
#undef INDEX
#undef WITH_FULL
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
#undef FETCH

#define REAL double
#define LANES_OF LEIE_LANES
#define PIECE VALUES
#define LOAD load_both
#define FETCH fetch_both
#define INDEX uint8_t
#define WITH_FULL
#define NAME(function) f64_byte_##function
#include "kernels/blockstore_loops.h"
#undef INDEX
#undef WITH_FULL
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
    leie_size block, rows, inputs;
    const uint16_t *count;
    bool along, byte, full;
} place;

/* Whether a block keeps all its cells: then products need no positions. */
static bool is_full(const uint16_t *count, leie_size rows, leie_size inputs)
{
    bool full = true;
    for (leie_size i = 0; full && i < rows; i++)
        full = count[i] == inputs;
    return full;
}

static place find_block(const leie_blockstore *b, bool transposed, leie_size out, leie_size in)
{
    bool along = transposed == b->transposed;
    leie_size o = along ? out : in, i = along ? in : out;
    const uint16_t *count = b->count + b->first[o] * b->parts + i * part_size(b, o);
    return (place){.block = o * b->parts + i,
                   .rows = part_size(b, o),
                   .inputs = part_size(b, i),
                   .count = count,
                   .along = along,
                   .full = along && is_full(count, part_size(b, o), part_size(b, i)),
                   .byte = part_size(b, i) <= BYTE_WIDE};
}

INLINE void sweep(float *y, const leie_blockstore *b, const place *p, const float *x, bool along, int groups)
{
    if (along && p->full)
        f32_byte_full(y, b, p->block, p->rows, p->inputs, x, groups);
    else if (p->byte)
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
    if (p->full)
        f64_byte_full(y, b, p->block, p->rows, p->inputs, x, groups);
    else if (p->byte && p->along)
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

/* The lines from p on that n values take, and some more: what is wanted soon. */
INLINE void fetch_lines(const float *p, leie_size n, int write)
{
    for (leie_size t = 0; t < n + FETCHED; t += FETCHED)
        if (write)
            __builtin_prefetch(p + t, 1);
        else
            __builtin_prefetch(p + t, 0);
}

/* The cells of output o, wherever they are, to value and input; those of the next output are fetched meanwhile. */
static leie_size gather_output(const redrawing *r, leie_size part, leie_size i, const leie_size *at, float *value,
                               leie_index *input)
{
    const leie_blockstore *b = r->b;
    leie_size n = 0;
    for (leie_size in = 0; in < b->parts; in++) {
        leie_size block = part * b->parts + in, count = b->count[b->first[part] * b->parts + in * part_size(b, part) + i];
        const unsigned char *index = b->index + b->place[block];
        leie_index first = (leie_index)b->first[in];
        fetch_lines(r->base + b->start[block] + at[in] + count, count, 0);
        fetch_lines(b->high + b->start[block] + at[in], count, 1);
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
