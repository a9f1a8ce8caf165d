/* A = Z diag(scale) by its non-zero cells, part by part: what products with a few columns read many times.
 *
 * Rows and columns are cut into the same parts. Within the block (output part, input part) the cells that add to
 * one output stand together, each as its position inside the input part (8 bits, 16 when the part is wide) and
 * its value as f32 high part, with or without an f32 low part:
 *
 *   a = high + low,  exact to 2^-49 of a;  cells below 1e-45 are dropped
 *
 * A block most of whose cells are used may be full: its zeros are kept too, and products along the store then read
 * no positions.
 *
 * A store is made for one direction, plain (outputs are rows) or transposed (outputs are columns), and serves
 * the other one too, slower with many columns.
 *
 *   plain       Y[i, :] += sum over j of a[i, j] X[j, :]
 *   transposed  Y[j, :] += sum over i of a[i, j] X[i, :]
 *
 * X and Y have leading dimension width, whole lanes, and are 64-byte aligned; the order of each sum depends on
 * the store alone. Along the store the cells of an output are summed block by block, before they are added to Y: no number is
 * rounded more often in a block than the input part has sectors, and once more; across it they are added one by one. Memory: 5 bytes for each cell that is not zero, 9 with low parts, 2 n parts beside.
 */
// SPDX-License-Identifier: GPL-3.0-or-later
#ifndef LEIE_KERNELS_BLOCKSTORE_H
#define LEIE_KERNELS_BLOCKSTORE_H

#include "kernels/survey.h"

enum {
    LEIE_LANES_F32 = 16,       // columns that go together in vector registers
    LEIE_PART_MAX = UINT16_MAX, // sectors of a part, at most
    LEIE_FULL_FROM = 55,        // per cent of a block from which all its cells are kept: perf/bench_density.c
    LEIE_FULL_NEVER = 101
};

typedef struct leie_blockstore {
    bool transposed; // outputs are columns of A
    leie_size parts;
    leie_size *first;  // [parts + 1]
    leie_size *start;  // [parts * parts + 1] of block (output part, input part) in high and low
    leie_size *place;  // [parts * parts + 1] of its positions, in bytes
    uint16_t *count;   // cells of each output, block by block
    float *high, *low; // low NULL without
    unsigned char *index;
} leie_blockstore;

/* Bytes of a store of so many non-zeros (an upper bound that leie_blockstore_new keeps to). */
leie_size leie_blockstore_bytes(leie_size n, leie_size nonzeros, leie_size parts, leie_size widest, bool exact);

/* Entries that so many cells take at most. */
leie_size leie_blockstore_room(leie_size n, leie_size cells, leie_size parts);

/* From Z as surveyed with the same scale; exact adds the low parts; blocks of full_from per cent and more are full. Memory: up
 * to 100 / full_from times as many entries as cells. Cost: one read of Z, on all threads; the
 * pages of a part are first written by the thread that fills it.
 * Errors: LEIE_ERR_NOMEM, LEIE_ERR_LIMIT (a part of more than LEIE_PART_MAX sectors). */
leie_status leie_blockstore_new(leie_blockstore *b, const leie_survey *survey, const leie_matrix *Z,
                                const double *scale, bool transposed, bool exact, int full_from, leie_error *err);
void leie_blockstore_free(leie_blockstore *b);

/* Survey and store with full blocks in one read of dense Z: for `room` entries, an estimate that may be generous, since what is not
 * filled takes no memory. When they are too few there is a survey alone, and b->high is NULL. Blocks lie in any order.
 * first [parts + 1] is copied. Errors as above. */
leie_status leie_blockstore_survey(leie_blockstore *b, leie_survey *survey, const leie_matrix *Z, const double *scale,
                                   leie_size parts, const leie_size *first, bool transposed, bool exact,
                                   leie_size room, leie_error *err);

/* One block of a product on one thread, in f32 with the high parts: out and in are parts, y [size of out, width]
 * and x [size of in, width] begin at their first rows; width 16 or 32. Cost: 2 width flops and 5 bytes per cell. */
void leie_blockstore_sweep(float *y, const leie_blockstore *b, bool transposed, leie_size out, leie_size in,
                           leie_size width, const float *x);

/* The same in f64 with both parts, or with f32 values where the store has no low parts: width 8, 16, 24 or 32.
 * Cost: 9 bytes per cell, 5 without low parts. */
void leie_blockstore_product(double *y, const leie_blockstore *b, bool transposed, leie_size out, leie_size in,
                             leie_size width, const double *x);

/* Whether positions inside a part of so many sectors take one byte each, else two. */
bool leie_blockstore_byte(leie_size sectors);

/* Entries of high (rounding up included): the size of a copy of it. */
leie_size leie_blockstore_entries(const leie_blockstore *b);

/* value[t] is the cell (output, input[t]) of A; what fn leaves there is the new one. Called once per output, from any
 * thread, worker 0 .. leie_threads() - 1. */
typedef void (*leie_redraw_fn)(void *ctx, leie_size output, leie_size n, const leie_index *input, float *value,
                               int worker);

/* Gives every cell a new value, made from base (of the layout of high, may be high itself); the store has no low
 * parts. norm[0] = the largest sum of |I - A| over an output, norm[1] over an input. A cell that was zero in f32 is no
 * cell. Cost: one read of base and index, one write of high. Errors: LEIE_ERR_NOMEM. */
leie_status leie_blockstore_redraw(leie_blockstore *b, const float *base, leie_redraw_fn fn, void *ctx, double norm[2],
                                   leie_error *err);

/* The cells of block (p, p) into m [size of p, ld], rows of A as rows; what is no cell is left alone. */
void leie_blockstore_domestic(double *m, leie_size ld, const leie_blockstore *b, leie_size p);

#endif
