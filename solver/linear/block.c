// SPDX-License-Identifier: GPL-3.0-or-later
/* Iteration over regions. With M_rr = I - A_rr the domestic blocks, factored once, one sweep is
 *
 *   for regions r in order:   g_r = M_rr^-1 (b_r + sum over s != r of A_rs g_s)
 *
 * block Gauss-Seidel from x to g, in groups of regions that use the same old values (fewer barriers,
 * Hackbusch 2016, 3.3). The next x is found per right-hand side by Anderson's mixing of the last
 * DEPTH sweeps (Walker and Ni 2011, SIAM J. Numer. Anal. 49(4), 1715-1735):
 *
 *   f = g - x,   gamma = argmin |f - dF gamma|_2,   x = g - dG gamma
 *
 * The transposed system is the same with columns in place of rows and an order of its own. All arrays
 * are [n, width] with right-hand sides in lanes, so a right-hand side does not see the others.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "solver/linear/linsys_impl.h"

enum {
    DEPTH = 5,               // sweeps remembered
    REGIONS_TOGETHER = 8,    // of a table with many regions
    MANY_REGIONS = 16,
    ORDER_MAX = 2048,        // beyond so many regions they keep their own order
    ROW_GRAIN = 64,          // rows of a region updated together
    COLUMN_GRAIN = 256,      // columns, in the transposed system
    LANE_GRAIN = 512,        // rows of element-wise work done together
    SMALL = 1000000,         // stored values times right-hand sides in a sweep that is not worth threads
    PATIENCE = 12,           // sweeps without progress before giving up
    ARRAYS = 7 + 2 * DEPTH // of an iterate
};
static const double PROGRESS = 0.5;      // of the best change, within PATIENCE sweeps
static const double RESTART = 4;         // a change that grows so much makes its history worthless
static const double DEPENDENT = 1e-10;   // a remembered change that adds less than this is left out

typedef struct block {
    const leie_linsys *sys;
    leie_size regions;
    leie_size *offset;    // [regions] of the factors of a region in f
    double *f;            // factors of the domestic blocks
    int *pivot;           // [n]
    double *sizes;        // [2 n] work of the factorization
    leie_size *order[2];  // [regions] plain and transposed
    leie_size together;   // regions in a group
    leie_index *cut;      // [n, regions + 1] sparse Z, many regions: where a region starts in a row; else NULL
    bool singular;        // a domestic block has no inverse:
    char why[128];        // which one
} block;

static leie_size size_of(const leie_axis *axis, leie_size r)
{
    return axis->first[r + 1] - axis->first[r];
}

static leie_size factor_room(const leie_axis *axis)
{
    leie_size room = 0;
    for (leie_size r = 0; r < axis->region.n; r++)
        room += size_of(axis, r) * leie_blocklu_stride(size_of(axis, r));
    return room;
}

/* Entries of the cut: it must pay for itself, and stay small beside Z. */
static leie_size cut_room(const leie_matrix *Z, const leie_axis *axis)
{
    leie_size R = axis->region.n, room = (R + 1) * axis->n;
    return Z->form == LEIE_SPARSE && R > MANY_REGIONS && room <= Z->csr.nnz / 2 ? room : 0;
}

static leie_size block_bytes(const leie_matrix *Z, const leie_axis *axis)
{
    leie_size R = axis->region.n, weights = R <= ORDER_MAX ? R * R : 0;
    leie_size work = axis->n * (ARRAYS * LEIE_WIDTH + 4 * LEIE_GROUP);
    return (factor_room(axis) + weights + work) * (leie_size)sizeof(double) +
           cut_room(Z, axis) * (leie_size)sizeof(leie_index);
}

static void block_free(void *state)
{
    block *s = state;
    if (s) {
        leie_free(s->offset);
        leie_free(s->f);
        leie_free(s->cut);
        leie_free(s->pivot);
        leie_free(s->sizes);
        leie_free(s->order[0]);
        leie_free(s->order[1]);
        leie_free(s);
    }
}

/* ---- setup: domestic blocks ---- */

static void fill_domestic(const block *s, leie_size r, double *f, leie_size ld)
{
    const leie_axis *axis = s->sys->axis;
    leie_size first = axis->first[r], n = size_of(axis, r);
    for (leie_size i = 0; i < n; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(s->sys->Z, first + i, &col, &val);
        for (leie_size t = col ? 0 : first; t < (col ? count : first + n); t++) {
            leie_size j = col ? col[t] : t;
            if (j >= first && j < first + n)
                f[i * ld + j - first] = -(val[t] * s->sys->scale[j]);
        }
        f[i * ld + i] += 1;
    }
}

static leie_status factor_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    block *s = ctx;
    (void)worker;
    for (leie_size r = first; r < last; r++) {
        leie_size n = size_of(s->sys->axis, r), ld = leie_blocklu_stride(n);
        double *f = s->f + s->offset[r];
        fill_domestic(s, r, f, ld);
        leie_size start = s->sys->axis->first[r];
        if (leie_blocklu_factor(f, n, ld, s->pivot + start, s->sizes + 2 * start) >= 0)
            return leie_fail(err, LEIE_ERR_SINGULAR, "the domestic block of region '%s' has no inverse",
                             s->sys->axis->region.code[r]);
    }
    return LEIE_OK;
}

/* ---- setup: the order of regions ---- */

typedef struct weighing {
    const block *s;
    double *weight; // [regions, regions] sum of |Z| by block
} weighing;

static leie_status weigh_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const weighing *c = ctx;
    const leie_axis *axis = c->s->sys->axis;
    (void)worker;
    (void)err;
    for (leie_size i = axis->first[first]; i < axis->first[last]; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(c->s->sys->Z, i, &col, &val);
        double *row = c->weight + axis->of[i] * c->s->regions;
        for (leie_size t = 0; t < count; t++)
            row[axis->of[col ? col[t] : t]] += fabs(val[t]);
    }
    return LEIE_OK;
}

/* Next comes the region that takes least from those still to come, less what it gives them: old values
 * hurt it little, and its new ones help. weight[r, s] is what r takes from s (the other way round when
 * transposed); balance [R] and done [R] are work. */
static void order_regions(leie_size *order, const double *weight, leie_size R, bool transposed, double *balance,
                          bool *done)
{
    for (leie_size r = 0; r < R; r++) {
        done[r] = false;
        balance[r] = 0;
        for (leie_size s = 0; s < R; s++)
            balance[r] += s == r ? 0 : weight[r * R + s] - weight[s * R + r];
        balance[r] = transposed ? -balance[r] : balance[r];
    }
    for (leie_size place = 0; place < R; place++) {
        leie_size next = -1;
        for (leie_size r = 0; r < R; r++)
            if (!done[r] && (next < 0 || balance[r] < balance[next]))
                next = r;
        order[place] = next;
        done[next] = true;
        for (leie_size r = 0; r < R; r++) {
            double net = weight[r * R + next] - weight[next * R + r];
            balance[r] -= transposed ? -net : net;
        }
    }
}

static leie_status choose_orders(block *s, leie_error *err)
{
    leie_size R = s->regions;
    for (leie_size r = 0; r < R; r++)
        s->order[0][r] = s->order[1][r] = r;
    if (R > ORDER_MAX)
        return LEIE_OK;
    weighing c = {.s = s, .weight = leie_new(R * R, sizeof *c.weight)};
    double *balance = leie_new(R, sizeof *balance);
    bool *done = leie_new(R, sizeof *done);
    leie_status st = LEIE_OK;
    if (!c.weight || !balance || !done)
        st = leie_fail_memory(err, "the order of regions", R * R, sizeof(double));
    if (!st) {
        leie_parallel_for(R, 1, weigh_regions, &c, NULL);
        order_regions(s->order[0], c.weight, R, false, balance, done);
        order_regions(s->order[1], c.weight, R, true, balance, done);
    }
    leie_free(c.weight);
    leie_free(balance);
    leie_free(done);
    return st;
}

/* Where each region starts in the rows first .. last - 1 of Z. */
static leie_status cut_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    block *s = ctx;
    const leie_axis *axis = s->sys->axis;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(s->sys->Z, i, &col, &val), t = 0;
        for (leie_size r = 0; r <= s->regions; r++) {
            while (t < count && col[t] < axis->first[r])
                t++;
            s->cut[i * (s->regions + 1) + r] = (leie_index)t;
        }
    }
    return LEIE_OK;
}

static leie_status take_cut(block *s, leie_error *err)
{
    leie_size room = cut_room(s->sys->Z, s->sys->axis);
    if (room == 0)
        return LEIE_OK;
    s->cut = leie_new(room, sizeof *s->cut);
    if (!s->cut)
        return leie_fail_memory(err, "an index of regions", room, sizeof *s->cut);
    return leie_parallel_for(s->sys->axis->n, LANE_GRAIN, cut_rows, s, err);
}

static leie_status take_room(block *s, leie_error *err)
{
    leie_size n = s->sys->axis->n, room = factor_room(s->sys->axis);
    s->offset = leie_new(s->regions, sizeof *s->offset);
    s->order[0] = leie_new(s->regions, sizeof *s->order[0]);
    s->order[1] = leie_new(s->regions, sizeof *s->order[1]);
    s->pivot = leie_new(n, sizeof *s->pivot);
    s->sizes = leie_new(2 * n, sizeof *s->sizes);
    s->f = leie_new(room, sizeof *s->f);
    if (!s->offset || !s->order[0] || !s->order[1] || !s->pivot || !s->sizes || !s->f)
        return leie_fail_memory(err, "the factors of domestic blocks", room, sizeof *s->f);
    for (leie_size r = 0, next = 0; r < s->regions; r++) {
        s->offset[r] = next;
        next += size_of(s->sys->axis, r) * leie_blocklu_stride(size_of(s->sys->axis, r));
    }
    return LEIE_OK;
}

static leie_status block_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_error singular = {0};
    (void)bytes;
    block *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a block iteration", 1, sizeof *s);
    s->sys = sys;
    s->regions = sys->axis->region.n;
    s->together = s->regions > MANY_REGIONS ? REGIONS_TOGETHER : 1;
    leie_status st = take_room(s, err);
    if (!st)
        st = take_cut(s, err);
    if (!st)
        st = choose_orders(s, err);
    if (!st) // without an inverse the system may still have a solution: dense LU will tell
        s->singular = leie_parallel_for(s->regions, 1, factor_regions, s, &singular) != LEIE_OK;
    snprintf(s->why, sizeof s->why, "%.120s", singular.text);
    if (st)
        block_free(s);
    else
        *state = s;
    return st;
}

/* ---- one sweep ---- */

/* Arrays [n, width] of one group of right-hand sides. */
typedef struct iterate {
    const block *s;
    bool transposed, small;
    leie_size width;
    double *b, *x, *g;             // right-hand sides, iterate, what the sweep makes of it
    double *scaled;                // plain: diag(scale) g
    double *t;                     // what a region is solved for
    double *f, *last_g;            // g - x; g of the last sweep
    double *dg[DEPTH], *df[DEPTH]; // changes of g and f from sweep to sweep, the last at `newest`
    leie_size newest, kept;
    const leie_size *group;        // regions being updated, and their pieces
    leie_size group_n, item_first[REGIONS_TOGETHER + 1];
    double fresh[DEPTH][LEIE_WIDTH];       // df[newest]' df
    double pull[DEPTH][LEIE_WIDTH];        // f' df
    double gram[DEPTH][DEPTH][LEIE_WIDTH]; // df' df
    double gamma[DEPTH][LEIE_WIDTH];
    double change[LEIE_WIDTH], before[LEIE_WIDTH]; // |f|_1 / |g|_1 of the last sweep and the one before
} iterate;

/* Rows or columns of a region updated together: whole regions where the cut knows their entries. */
static leie_size grain_of(const iterate *it)
{
    if (!it->transposed)
        return ROW_GRAIN;
    return it->s->cut ? it->s->sys->axis->n : COLUMN_GRAIN;
}

/* leie_parallel_for over parts of the iterate, on one thread when it is small. */
static void spread(iterate *it, leie_size n, leie_size grain, leie_parallel_fn fn)
{
    leie_parallel_for(n, it->small ? n + 1 : grain, fn, it, NULL);
}

/* t = b + the part of A g that comes from other regions, for one piece of a region. */
static leie_status update_pieces(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_axis *axis = it->s->sys->axis;
    const leie_matrix *Z = it->s->sys->Z;
    leie_size width = it->width, R = it->s->regions;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size m = 0;
        while (item >= it->item_first[m + 1])
            m++;
        leie_size from = axis->first[it->group[m]], to = axis->first[it->group[m] + 1];
        leie_size i = from + (item - it->item_first[m]) * grain_of(it);
        leie_size end = to - i < grain_of(it) ? to : i + grain_of(it);
        memset(it->t + i * width, 0, (size_t)((end - i) * width) * sizeof(double));
        if (it->transposed) {
            const leie_index *cut = it->s->cut ? it->s->cut + it->group[m] : NULL;
            leie_skinny_transposed(it->t, Z, (leie_window){0, from, i, end, cut, R + 1}, width, it->g);
            leie_skinny_transposed(it->t, Z, (leie_window){to, axis->n, i, end, cut, R + 1}, width, it->g);
        } else {
            leie_skinny_plain(it->t, Z, (leie_window){i, end, 0, from, NULL, 0}, width, it->scaled);
            leie_skinny_plain(it->t, Z, (leie_window){i, end, to, axis->n, NULL, 0}, width, it->scaled);
        }
        for (leie_size row = i; row < end; row++) {
            double scale = it->transposed ? it->s->sys->scale[row] : 1;
            for (leie_size c = row * width; c < (row + 1) * width; c++)
                it->t[c] = it->b[c] + scale * it->t[c];
        }
    }
    return LEIE_OK;
}

/* g_r = M_rr^-1 t_r */
static leie_status solve_regions(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_axis *axis = it->s->sys->axis;
    (void)worker;
    (void)err;
    for (leie_size m = first; m < last; m++) {
        leie_size r = it->group[m], from = axis->first[r], to = axis->first[r + 1];
        leie_size n = size_of(axis, r);
        leie_blocklu_solve(it->s->f + it->s->offset[r], n, leie_blocklu_stride(n), it->s->pivot + from,
                           it->transposed, it->width, it->t + from * it->width);
        memcpy(it->g + from * it->width, it->t + from * it->width, (size_t)(n * it->width) * sizeof(double));
        if (!it->transposed)
            leie_skinny_pack(it->scaled, it->width, it->g, it->width, it->width, it->s->sys->scale, from, to);
    }
    return LEIE_OK;
}

static void sweep(iterate *it)
{
    const block *s = it->s;
    for (leie_size place = 0; place < s->regions; place += s->together) {
        it->group = s->order[it->transposed] + place;
        it->group_n = s->regions - place < s->together ? s->regions - place : s->together;
        for (leie_size m = 0; m < it->group_n; m++)
            it->item_first[m + 1] =
                it->item_first[m] + (size_of(s->sys->axis, it->group[m]) + grain_of(it) - 1) / grain_of(it);
        spread(it, it->item_first[it->group_n], 1, update_pieces);
        spread(it, it->group_n, 1, solve_regions);
    }
}

/* ---- Anderson mixing ---- */

/* df, dg: changes since the sweep before;  f = g - x. */
static leie_status subtract_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    iterate *it = ctx;
    double *df = it->df[it->newest], *dg = it->dg[it->newest];
    (void)worker;
    (void)err;
    for (leie_size t = first * it->width; t < last * it->width; t++) {
        double f = it->g[t] - it->x[t];
        df[t] = f - it->f[t];
        dg[t] = it->g[t] - it->last_g[t];
        it->f[t] = f;
        it->last_g[t] = it->g[t];
    }
    return LEIE_OK;
}

/* Per right-hand side: |f|_1 / |g|_1, 0 when f is 0. */
static void measure_change(iterate *it)
{
    double f[LEIE_WIDTH] = {0}, g[LEIE_WIDTH] = {0};
    for (leie_size i = 0; i < it->s->sys->axis->n; i++)
        for (leie_size c = 0; c < it->width; c++) {
            f[c] += fabs(it->f[i * it->width + c]);
            g[c] += fabs(it->g[i * it->width + c]);
        }
    for (leie_size c = 0; c < it->width; c++) {
        it->before[c] = it->change[c];
        it->change[c] = f[c] == 0 ? 0 : f[c] / g[c];
    }
}

/* u'v per right-hand side. */
static void dot_lanes(double *dot, const double *u, const double *v, leie_size n, leie_size width)
{
    memset(dot, 0, LEIE_WIDTH * sizeof *dot);
    for (leie_size i = 0; i < n; i++)
        for (leie_size c = 0; c < width; c++)
            dot[c] += u[i * width + c] * v[i * width + c];
}

/* Item 0 measures the change; then df[newest]' df[i] and f' df[i] for the changes kept. */
static leie_status dot_items(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    iterate *it = ctx;
    leie_size n = it->s->sys->axis->n;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        if (item == 0)
            measure_change(it);
        else if (item <= it->kept)
            dot_lanes(it->fresh[item - 1], it->df[it->newest], it->df[item - 1], n, it->width);
        else
            dot_lanes(it->pull[item - 1 - it->kept], it->f, it->df[item - 1 - it->kept], n, it->width);
    }
    return LEIE_OK;
}

/* gamma of right-hand side c: scaled normal equations by Cholesky, newest change first; a change that
 * depends on newer ones is left out. */
static void find_gamma(iterate *it, leie_size c)
{
    double low[DEPTH][DEPTH], rhs[DEPTH], size[DEPTH];
    leie_size index[DEPTH], count = 0;
    for (leie_size i = 0; i < DEPTH; i++)
        it->gamma[i][c] = 0;
    if (it->change[c] > RESTART * it->before[c])
        return;
    for (leie_size age = 0; age < it->kept; age++) {
        leie_size i = (it->newest + DEPTH - age) % DEPTH, p = count;
        double left = 1;
        size[p] = sqrt(it->gram[i][i][c]);
        if (!(size[p] > 0) || !isfinite(size[p]))
            continue;
        rhs[p] = it->pull[i][c] / size[p];
        for (leie_size q = 0; q < p; q++) {
            double sum = it->gram[i][index[q]][c] / size[p] / size[q];
            for (leie_size m = 0; m < q; m++)
                sum -= low[p][m] * low[q][m];
            low[p][q] = sum / low[q][q];
            left -= low[p][q] * low[p][q];
            rhs[p] -= low[p][q] * rhs[q];
        }
        if (!(left > DEPENDENT))
            continue;
        low[p][p] = sqrt(left);
        rhs[p] /= low[p][p];
        index[count++] = i;
    }
    for (leie_size p = count - 1; p >= 0; p--) {
        for (leie_size q = p + 1; q < count; q++)
            rhs[p] -= low[q][p] * rhs[q];
        rhs[p] /= low[p][p];
        it->gamma[index[p]][c] = rhs[p] / size[p];
    }
}

/* x = g - dG gamma, and the next sweep starts from x. */
static leie_status mix_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    iterate *it = ctx;
    leie_size width = it->width;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++) {
        double *x = it->x + i * width, *g = it->g + i * width;
        for (leie_size m = 0; m < it->kept; m++)
            for (leie_size c = 0; c < width; c++)
                g[c] -= it->gamma[m][c] * it->dg[m][i * width + c];
        memcpy(x, g, (size_t)width * sizeof *x);
    }
    if (!it->transposed)
        leie_skinny_pack(it->scaled, width, it->g, width, width, it->s->sys->scale, first, last);
    return LEIE_OK;
}

/* What sweep number `sweeps` (from 1) changed; last_g keeps what it found. */
static void compare(iterate *it, leie_size sweeps)
{
    it->newest = sweeps > 1 ? (sweeps - 2) % DEPTH : 0;
    it->kept = sweeps - 1 < DEPTH ? sweeps - 1 : DEPTH; // the first sweep has none to compare with
    spread(it, it->s->sys->axis->n, LANE_GRAIN, subtract_rows);
    spread(it, 1 + 2 * it->kept, 1, dot_items);
}

/* The next x. */
static void mix(iterate *it)
{
    for (leie_size m = 0; m < it->kept; m++)
        memcpy(it->gram[it->newest][m], it->fresh[m], sizeof it->fresh[m]);
    for (leie_size m = 0; m < it->kept; m++)
        memcpy(it->gram[m][it->newest], it->fresh[m], sizeof it->fresh[m]);
    for (leie_size c = 0; c < it->width; c++)
        find_gamma(it, c);
    spread(it, it->s->sys->axis->n, LANE_GRAIN, mix_rows);
}

/* ---- solve ---- */

/* Right-hand sides that reached their goal keep the values of that sweep. */
typedef struct progress {
    bool done[LEIE_WIDTH];
    double goal[LEIE_WIDTH]; // on the change
    double worst;            // change among those not done; NaN when one diverged
    double best;             // smallest worst so far that was a step forward
    leie_size best_sweep;
} progress;

/* x = g of the last sweep for right-hand side c. */
static void keep(leie_group *group, const iterate *it, leie_size c)
{
    for (leie_size i = 0; i < group->sys->axis->n; i++)
        group->x[i * group->k + c] = it->last_g[i * it->width + c];
}

/* Takes note of the last sweep; true when all right-hand sides are at their goal. */
static bool all_done(progress *p, leie_group *group, const iterate *it)
{
    bool all = true;
    p->worst = 0;
    for (leie_size c = 0; c < group->k; c++) {
        if (!p->done[c] && it->change[c] <= p->goal[c]) {
            keep(group, it, c);
            p->done[c] = true;
        }
        if (p->done[c])
            continue;
        all = false;
        if (!(it->change[c] <= p->worst))
            p->worst = it->change[c];
    }
    return all;
}

/* Right-hand sides whose true residual is above the tolerance go on, with a tighter goal. */
static leie_status judge(progress *p, leie_group *group, leie_error *err)
{
    leie_status st = leie_group_judge(group, group->x, group->residual, group->residual_b, err);
    for (leie_size c = 0; !st && c < group->k; c++)
        if (!(group->residual[c] <= group->sys->opts.tolerance)) {
            p->done[c] = false;
            p->goal[c] /= 10;
        }
    return st;
}

/* Whether the iteration should give up; says why. */
static bool stalled(progress *p, leie_group *group, leie_size sweeps)
{
    if (!isfinite(p->worst)) {
        snprintf(group->why, sizeof group->why, "block iteration diverged after %lld sweeps", (long long)sweeps);
        return true;
    }
    if (p->best_sweep == 0 || p->worst <= PROGRESS * p->best) {
        p->best = p->worst;
        p->best_sweep = sweeps;
    }
    if (sweeps - p->best_sweep < PATIENCE)
        return false;
    snprintf(group->why, sizeof group->why, "block iteration stalled at a change of %.1e after %lld sweeps", p->worst,
             (long long)sweeps);
    return true;
}

static leie_status iterate_group(iterate *it, leie_group *group, leie_error *err)
{
    leie_status st = LEIE_OK;
    progress p = {0};
    for (leie_size c = 0; c < group->k; c++)
        p.goal[c] = group->sys->opts.tolerance;
    for (leie_size c = 0; c < it->width; c++)
        it->change[c] = INFINITY;
    for (leie_size sweeps = 1;; sweeps++) {
        sweep(it);
        compare(it, sweeps);
        group->iterations = sweeps;
        if (all_done(&p, group, it)) {
            st = judge(&p, group, err);
            if (st || leie_group_converged(group))
                return st;
        } else if (stalled(&p, group, sweeps)) {
            group->stalled = true;
            break;
        }
        if (sweeps == group->sys->opts.max_iterations) {
            snprintf(group->why, sizeof group->why, "block iteration: %lld sweeps were not enough", (long long)sweeps);
            break;
        }
        mix(it);
    }
    for (leie_size c = 0; c < group->k; c++)
        if (!p.done[c])
            keep(group, it, c);
    return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
}

static leie_status block_solve(void *state, leie_group *group, leie_error *err)
{
    const block *s = state;
    const leie_matrix *Z = s->sys->Z;
    leie_size n = s->sys->axis->n, width = leie_skinny_width(group->k);
    if (s->singular) {
        memset(group->x, 0, (size_t)(n * group->k) * sizeof *group->x);
        group->stalled = true;
        snprintf(group->why, sizeof group->why, "block iteration: %.100s", s->why);
        return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
    }
    iterate *it = leie_new(1, sizeof *it);
    double *work = leie_new(ARRAYS * n, (size_t)width * sizeof *work);
    leie_status st = LEIE_OK;
    if (!it || !work) {
        st = leie_fail_memory(err, "the block iteration", ARRAYS * n, (size_t)width * sizeof *work);
        goto done;
    }
    it->s = s;
    it->transposed = group->transposed;
    it->width = width;
    it->small = width * (Z->form == LEIE_DENSE ? n * Z->ld : Z->csr.nnz) <= SMALL;
    double **array[] = {&it->b, &it->x, &it->g, &it->scaled, &it->t, &it->f, &it->last_g};
    leie_size next = 0;
    for (; next < ARRAYS - 2 * DEPTH; next++)
        *array[next] = work + next * n * width;
    for (leie_size m = 0; m < DEPTH; m++) {
        it->dg[m] = work + next++ * n * width;
        it->df[m] = work + next++ * n * width;
    }
    leie_skinny_pack(it->b, width, group->b, group->k, group->k, NULL, 0, n);
    st = iterate_group(it, group, err);
done:
    leie_free(work);
    leie_free(it);
    return st;
}

const leie_backend leie_backend_block = {LEIE_WIDTH, block_bytes, block_setup, block_solve, block_free};
