// SPDX-License-Identifier: GPL-3.0-or-later
/* Iteration over parts of the table (regions, small neighbouring ones together). With M_pp = I - A_pp the domestic
 * blocks, inverted once, one sweep is
 *
 *   for parts p in order:   g_p = M_pp^-1 (c_p + sum over q != p of A_pq g_q)
 *
 * block Gauss-Seidel from x to g, in groups of parts that use the same old values (fewer barriers, Hackbusch
 * 2016, 3.3), mixed from sweep to sweep as mixing.h says. Sweeps are f32 on the non-zeros of A; they find
 * corrections to an x in f64:
 *
 *   r = b - M x in f64;   M d = r by sweeps from d = 0;   x = x + d;   again until r is small
 *
 * Iterative refinement: Higham (2002), Accuracy and Stability of Numerical Algorithms, 12.1; each right-hand side
 * of a correction is scaled by a power of two, so that f32 holds it whatever its size. The transposed system is
 * the same with columns in place of rows and an order of its own. Arrays are [n, width], right-hand sides in lanes.
 * This file sets the system up; block_solve.c iterates, block_residual.c forms r.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/block_impl.h"

enum {
    PART_SUMS = 9,     // of a solve: bounds of residuals and residuals, block_solve.c
    MANY_PARTS = 16,   // from which they go in groups
    ACROSS_MAX = 2,    // groups of right-hand sides that the store of the other direction solves: a store of their
                       // own takes as long as two of them gain by it (perf/bench_product.c)
    LARGE_PART = 1024  // sectors from which a part is inverted by all threads
};

leie_size leie_block_size(const leie_block *s, leie_size p)
{
    return s->first[p + 1] - s->first[p];
}

static bool has_store(const leie_block *s, bool transposed)
{
    return s->store[transposed].high != NULL;
}

static void block_free(void *state)
{
    leie_block *s = state;
    if (s) {
        leie_blockstore_free(&s->store[0]);
        leie_blockstore_free(&s->store[1]);
        leie_free(s->offset);
        leie_free(s->inverse);
        leie_free(s->diagonal);
        leie_free(s->base);
        leie_block_free_room(&s->room);
        leie_free(s->order[0]);
        leie_free(s->order[1]);
        leie_free(s);
    }
}

/* ---- memory ---- */

/* The sizes of parts that matter. */
typedef struct sizes {
    leie_size parts, widest, squares; // squares: sum of n_p^2
} sizes;

static sizes measure_parts(const leie_axis *axis)
{
    sizes s = {0};
    for (leie_size r = 0; r < axis->region.n; s.parts++) {
        leie_size begin = axis->first[r], n = leie_part_end(axis, &r) - begin;
        s.widest = n > s.widest ? n : s.widest;
        s.squares += n * n;
    }
    return s;
}

leie_size leie_block_strips(leie_size widest, leie_size width)
{
    return LEIE_STRIPS * LEIE_TOGETHER * widest * width;
}

/* Bytes of one solve of LEIE_WIDTH right-hand sides, with what bounds of residuals need. */
static leie_size work_bytes(leie_size n, sizes s)
{
    return leie_mixing_bytes(n, LEIE_WIDTH) + (5 * n + PART_SUMS * s.parts) * LEIE_WIDTH * (leie_size)sizeof(double) +
           (2 * n * LEIE_WIDTH + leie_block_strips(s.widest, LEIE_WIDTH)) * (leie_size)sizeof(float);
}

static leie_size store_bytes(const leie_shape *shape, sizes s, bool exact)
{
    leie_size n = shape->axis->n, cells = shape->nonzeros;
    bool full = shape->limit == 0 && shape->Z->form == LEIE_DENSE && 100 * cells >= LEIE_FULL_FROM * n * n;
    return leie_blockstore_bytes(n, full ? n * n : cells, s.parts, s.widest, exact);
}

static leie_size bytes_of(const leie_shape *shape, sizes s, bool exact)
{
    leie_size ld = leie_blocklu_stride(s.widest), setup = s.widest * (ld + s.widest) * (leie_size)sizeof(double);
    leie_size solve = work_bytes(shape->axis->n, s), store = shape->as_blocks || leie_shape_is_blocked(shape) ? 0 : store_bytes(shape, s, exact);
    return s.squares * (leie_size)sizeof(float) + store + (setup > solve ? setup : solve);
}

/* Low parts are kept unless the stated limit forbids it. */
static bool is_exact(const leie_shape *shape, sizes s)
{
    return shape->limit == 0 || bytes_of(shape, s, true) <= shape->limit;
}

static leie_size block_bytes(const leie_shape *shape)
{
    sizes s = measure_parts(shape->axis);
    return bytes_of(shape, s, is_exact(shape, s));
}

/* ---- setup: domestic blocks ---- */

static void fill_domestic(const leie_block *s, leie_size p, double *m, leie_size ld)
{
    leie_size first = s->first[p], n = leie_block_size(s, p);
    const leie_blockstore *from = s->base ? &s->store[1] : s->given ? &s->given->store : NULL;
    if (from)
        leie_blockstore_domestic(m, ld, from, p);
    for (leie_size i = 0; from && i < n; i++) {
        for (leie_size j = 0; j < n; j++)
            m[i * ld + j] = -m[i * ld + j];
        m[i * ld + i] += 1;
    }
    for (leie_size i = 0; !from && i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(s->sys->Z, first + i, &col, &val);
        for (leie_size t = col ? 0 : first; t < (col ? count : first + n); t++) {
            leie_size j = col ? col[t] : t;
            if (j >= first && j < first + n)
                m[i * ld + j - first] = -(val[t] * s->sys->scale[j]);
        }
        m[i * ld + i] += 1;
    }
}

static leie_status invert_part(leie_block *s, leie_size p, leie_error *err)
{
    leie_size n = leie_block_size(s, p), ld = leie_blocklu_stride(n);
    double *m = leie_new(n, (size_t)ld * sizeof *m), *work = leie_new(n + 2, (size_t)n * sizeof *work);
    int *pivot = leie_new(n, sizeof *pivot);
    leie_status st = LEIE_OK;
    if (!m || !work || !pivot) {
        st = leie_fail_memory(err, "the inverse of a domestic block", 2 * n, (size_t)n * sizeof *m);
        goto done;
    }
    fill_domestic(s, p, m, ld);
    s->diagonal[p] = 0;
    for (leie_size i = 0; i < n; i++)
        s->diagonal[p] = fmin(1, fmax(s->diagonal[p], 1 - m[i * ld + i]));
    if (leie_inverse_make(s->inverse + s->offset[p], m, n, ld, pivot, work) >= 0)
        st = leie_fail(err, LEIE_ERR_SINGULAR, "the domestic block of region '%s' has no inverse",
                       s->sys->axis->region.code[s->sys->axis->of[s->first[p]]]);
done:
    leie_free(m);
    leie_free(work);
    leie_free(pivot);
    return st;
}

static leie_status invert_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_block *s = ctx;
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size p = first; p < last && !st; p++)
        if (leie_block_size(s, p) < LARGE_PART)
            st = invert_part(s, p, err);
    return st;
}

static leie_status invert_all(leie_block *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size p = 0; p < s->parts && !st; p++)
        if (leie_block_size(s, p) >= LARGE_PART)
            st = invert_part(s, p, err);
    return st ? st : leie_parallel_for(s->parts, 1, invert_parts, s, err);
}

/* Without an inverse the system may still have a solution: dense LU will tell. */
static leie_status take_inverses(leie_block *s, leie_error *err)
{
    leie_error found = {0};
    double cubes = 0, squares = 0;
    for (leie_size p = 0; p < s->parts; p++) {
        double n = (double)leie_block_size(s, p);
        squares += n * n;
        cubes += n * n * n;
    }
    leie_profile_add(LEIE_WORK_FACTOR, (8 + 8 + 4) * squares, 8.0 / 3 * cubes); // read, factored, kept in f32
    leie_status st = invert_all(s, &found);
    s->singular = st == LEIE_ERR_SINGULAR;
    snprintf(s->why, sizeof s->why, "%.120s", found.text);
    if (st && !s->singular && err && !err->code)
        *err = found;
    return s->singular ? LEIE_OK : st;
}

/* ---- setup: the order of parts ---- */

/* Next comes the part that takes least from those still to come, less what it gives them: old values hurt it
 * little, and its new ones help. weight[r, s] is what r takes from s (the other way round when transposed);
 * balance [P] and done [P] are work. */
static void order_parts(leie_size *order, const double *weight, leie_size P, bool transposed, double *balance,
                        bool *done)
{
    for (leie_size r = 0; r < P; r++) {
        done[r] = false;
        balance[r] = 0;
        for (leie_size s = 0; s < P; s++)
            balance[r] += s == r ? 0 : weight[r * P + s] - weight[s * P + r];
        balance[r] = transposed ? -balance[r] : balance[r];
    }
    for (leie_size place = 0; place < P; place++) {
        leie_size next = -1;
        for (leie_size r = 0; r < P; r++)
            if (!done[r] && (next < 0 || balance[r] < balance[next]))
                next = r;
        order[place] = next;
        done[next] = true;
        for (leie_size r = 0; r < P; r++) {
            double net = weight[r * P + next] - weight[next * P + r];
            balance[r] -= transposed ? -net : net;
        }
    }
}

static leie_status choose_orders(leie_block *s, leie_error *err)
{
    double *balance = leie_new(s->parts, sizeof *balance);
    bool *done = leie_new(s->parts, sizeof *done);
    leie_status st = LEIE_OK;
    if (!balance || !done)
        st = leie_fail_memory(err, "the order of regions", s->parts, sizeof *balance);
    for (int transposed = 0; transposed < 2 && !st; transposed++)
        order_parts(s->order[transposed], s->sys->survey.weight, s->parts, transposed, balance, done);
    leie_free(balance);
    leie_free(done);
    return st;
}

static leie_status take_room(leie_block *s, leie_error *err)
{
    leie_size room = measure_parts(s->sys->axis).squares;
    s->offset = leie_new(s->parts, sizeof *s->offset);
    s->order[0] = leie_new(s->parts, sizeof *s->order[0]);
    s->order[1] = leie_new(s->parts, sizeof *s->order[1]);
    s->inverse = leie_new_pages(room, sizeof *s->inverse);
    s->diagonal = leie_new(s->parts, sizeof *s->diagonal);
    if (!s->offset || !s->order[0] || !s->order[1] || !s->inverse || !s->diagonal)
        return leie_fail_memory(err, "the inverses of domestic blocks", room, sizeof *s->inverse);
    for (leie_size p = 0, next = 0; p < s->parts; p++) {
        s->offset[p] = next;
        next += leie_block_size(s, p) * leie_block_size(s, p);
    }
    return LEIE_OK;
}

static leie_status block_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_shape shape = leie_shape_of(sys);
    sizes z = measure_parts(sys->axis);
    leie_block *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a block iteration", 1, sizeof *s);
    s->sys = sys;
    s->parts = sys->survey.parts;
    s->first = sys->survey.first;
    s->widest = z.widest;
    s->together = s->parts > MANY_PARTS ? LEIE_TOGETHER : 1;
    s->given = leie_linsys_blocks(sys);
    s->exact = s->given ? s->given->store.low != NULL : is_exact(&shape, z);
    if (sys->made) {
        s->store[sys->made->transposed] = *sys->made;
        *sys->made = (leie_blockstore){0};
    }
    *bytes = bytes_of(&shape, z, s->exact);
    leie_status st = take_room(s, err);
    if (!st)
        st = choose_orders(s, err);
    if (!st)
        st = take_inverses(s, err);
    if (st)
        block_free(s);
    else
        *state = s;
    return st;
}

/* Whether the store of the other direction serves one more group. */
static bool goes_across(leie_block *s)
{
    leie_shape shape = leie_shape_of(s->sys);
    sizes z = measure_parts(s->sys->axis);
    leie_size limit = leie_memory_limit(&s->sys->opts);
    leie_size both = bytes_of(&shape, z, s->exact) + store_bytes(&shape, z, s->exact);
    return s->across++ < ACROSS_MAX || (limit > 0 && both > limit);
}

void leie_block_rest(const leie_block *s, const leie_blockstore *store, bool transposed, leie_size p)
{
    if (s->given && store == &s->given->store)
        leie_blocked_rest(s->given, transposed == store->transposed, p);
}

// The direction of a first store: that of the groups to come, when there are more of them than of the other.
static bool first_direction(const leie_block *s, bool transposed)
{
    const leie_linsys_opts *o = &s->sys->opts;
    leie_size plain = (o->plain + LEIE_WIDTH - 1) / LEIE_WIDTH, turned = (o->transposed + LEIE_WIDTH - 1) / LEIE_WIDTH;
    return plain == turned ? transposed : turned > plain;
}

const leie_blockstore *leie_block_store(leie_block *s, bool transposed, leie_error *err)
{
    const leie_linsys *sys = s->sys;
    const leie_blockstore *given = s->given && !s->base ? &s->given->store : NULL;
    if (given && given->transposed == transposed)
        return given;
    if (has_store(s, transposed))
        return &s->store[transposed];
    if (given && goes_across(s))
        return given;
    if (has_store(s, !transposed) && (s->base || goes_across(s)))
        return &s->store[!transposed];
    bool other = !has_store(s, !transposed) && first_direction(s, transposed) != transposed && goes_across(s);
    bool made = other ? !transposed : transposed;
    double begun = leie_profile_begin(), cells = (double)sys->survey.nonzeros, n = (double)sys->axis->n;
    leie_status st = leie_blockstore_new(&s->store[made], &sys->survey, sys->Z, sys->scale, made, s->exact,
                                         sys->opts.memory_limit ? LEIE_FULL_NEVER : LEIE_FULL_FROM, err);
    leie_profile_end(LEIE_WORK_STORE, begun, (sys->Z->form == LEIE_DENSE ? 8 * n * n : 12 * cells) + (s->exact ? 9 : 5) * cells, 0);
    return st ? NULL : &s->store[made];
}

/* ---- new values ---- */

/* The one store that new values go to, and a copy of the values it was made with. */
static leie_status take_base(leie_block *s, leie_error *err)
{
    const leie_linsys *sys = s->sys;
    leie_blockstore_free(&s->store[0]);
    leie_blockstore_free(&s->store[1]);
    leie_status st = leie_blockstore_new(&s->store[1], &sys->survey, sys->Z, sys->scale, true, false, LEIE_FULL_NEVER, err);
    leie_size entries = st ? 0 : leie_blockstore_entries(&s->store[1]);
    s->base = st ? NULL : leie_new_pages(entries, sizeof *s->base);
    if (!st && !s->base)
        st = leie_fail_memory(err, "the cells of A", entries, sizeof *s->base);
    if (!st)
        memcpy(s->base, s->store[1].high, (size_t)entries * sizeof *s->base);
    s->exact |= !st; // residuals come from the store
    return st;
}

static leie_status block_redraw(void *state, leie_redraw_cells fn, void *ctx, double norm[2], leie_error *err)
{
    leie_block *s = state;
    leie_status st = s->base ? LEIE_OK : take_base(s, err);
    st = st ? st : leie_blockstore_redraw(&s->store[1], s->base, fn, ctx, norm, err);
    return st ? st : take_inverses(s, err);
}

const leie_backend leie_backend_block = {LEIE_WIDTH, block_bytes, block_setup, leie_block_solve, block_free, NULL, block_redraw};
