// SPDX-License-Identifier: GPL-3.0-or-later
/* The iteration of block.c: its sweeps and corrections. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/block_impl.h"
#include "solver/linear/corrections.h"

/* ---- one sweep ---- */

/* One group of right-hand sides. */
typedef struct iterate {
    const leie_block *s;
    const leie_blockstore *store;
    bool transposed;
    leie_corrections all;
    leie_block_judge judge;
    float *c;     // [n, width] right-hand sides of the correction
    float *strip; // [LEIE_STRIPS, LEIE_TOGETHER, widest, width] products of a strip of inputs
    const leie_size *group;  // parts being updated
    leie_size group_n;
    bool *known; // [parts] whether g is more than zero
} iterate;

static float *strip_of(const iterate *it, leie_size strip, leie_size member)
{
    return it->strip + (strip * LEIE_TOGETHER + member) * it->s->widest * it->all.m.width;
}

/* Item member x strip: the part of A g that comes to a part of the group from one strip of the others. */
static leie_status multiply_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size parts = it->s->parts, width = it->all.m.width;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size p = it->group[item / LEIE_STRIPS], strip = item % LEIE_STRIPS;
        float *y = strip_of(it, strip, item / LEIE_STRIPS);
        memset(y, 0, (size_t)(leie_block_size(it->s, p) * width) * sizeof *y);
        for (leie_size q = parts * strip / LEIE_STRIPS; q < parts * (strip + 1) / LEIE_STRIPS; q++)
            if (q != p && it->known[q])
                leie_blockstore_sweep(y, it->store, it->transposed, p, q, width, it->all.m.g + it->s->first[q] * width);
    }
    return LEIE_OK;
}

/* g_p = M_pp^-1 (c_p + its strips) */
static leie_status solve_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size width = it->all.m.width;
    (void)worker;
    (void)err;
    for (leie_size member = first; member < last; member++) {
        leie_size p = it->group[member], at = it->s->first[p] * width, count = leie_block_size(it->s, p) * width;
        float *sum = strip_of(it, 0, member);
        for (leie_size strip = 1; strip < LEIE_STRIPS; strip++)
            for (leie_size t = 0; t < count; t++)
                sum[t] += strip_of(it, strip, member)[t];
        for (leie_size t = 0; t < count; t++)
            sum[t] += it->c[at + t];
        leie_inverse_apply(it->all.m.g + at, it->s->inverse + it->s->offset[p], leie_block_size(it->s, p), it->transposed, width,
                           sum);
    }
    return LEIE_OK;
}

static void sweep(void *ctx)
{
    iterate *it = ctx;
    const leie_block *s = it->s;
    for (leie_size place = 0; place < s->parts; place += s->together) {
        it->group = s->order[it->transposed] + place;
        it->group_n = s->parts - place < s->together ? s->parts - place : s->together;
        leie_parallel_for(it->group_n * LEIE_STRIPS, it->all.m.small ? it->group_n * LEIE_STRIPS : 1, multiply_strips, it, NULL);
        leie_parallel_for(it->group_n, it->all.m.small ? it->group_n : 1, solve_parts, it, NULL);
        for (leie_size member = 0; member < it->group_n; member++) {
            it->known[it->group[member]] = true;
            leie_block_rest(s, it->store, it->transposed, it->group[member]);
        }
    }
}

/* ---- the steps of a correction ---- */

/* c = r / size, zero for right-hand sides that are done. */
static leie_status pack_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    iterate *it = ctx;
    const leie_group *g = it->all.group;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < g->k; c++)
            it->c[i * it->all.m.width + c] = it->all.size[c] > 0 ? (float)(g->r[i * g->k + c] / it->all.size[c]) : 0;
    return LEIE_OK;
}

static leie_size grain_of(const iterate *it)
{
    return it->all.m.small ? it->all.m.n : LEIE_BLOCK_ROWS;
}

static void begin(void *ctx)
{
    iterate *it = ctx;
    memset(it->known, 0, (size_t)it->s->parts * sizeof *it->known);
    leie_parallel_for(it->all.m.n, grain_of(it), pack_rows, it, NULL);
}

/* x = x + d for right-hand sides that did not diverge; t keeps the old x. */
static leie_status add_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_group *g = it->all.group;
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < g->k; c++) {
            leie_size at = i * g->k + c;
            g->t[at] = g->x[at];
            if (isfinite(it->all.m.change[c]))
                g->x[at] += it->all.size[c] * (double)it->all.m.last_g[i * it->all.m.width + c];
        }
    return LEIE_OK;
}

static void add(void *ctx)
{
    iterate *it = ctx;
    leie_parallel_for(it->all.m.n, grain_of(it), add_rows, it, NULL);
}

static leie_status judge(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    return leie_block_residual(&it->judge, err);
}

/* ---- solve ---- */

static leie_status give_in(const leie_block *s, leie_group *group, leie_error *err)
{
    snprintf(group->why, sizeof group->why, "block iteration: %.100s", s->why);
    return leie_group_give_in(group, err);
}

static leie_status solve_group(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    return leie_corrections_run(&it->all, err);
}

leie_status leie_block_solve(void *state, leie_group *group, leie_error *err)
{
    leie_block *s = state;
    leie_size n = s->sys->axis->n;
    leie_size width = (group->k + LEIE_LANES_F32 - 1) / LEIE_LANES_F32 * LEIE_LANES_F32;
    iterate it = {.s = s, .transposed = group->transposed};
    it.all = (leie_corrections){.group = group, .name = "block iteration", .ctx = &it, .begin = begin, .sweep = sweep,
                                .add = add, .judge = judge};
    double cells = (double)s->sys->survey.nonzeros;
    it.all.sweep_bytes = 5 * cells;
    it.all.judge_bytes = 9 * cells;
    it.all.sweep_flops = it.all.judge_flops = 2 * cells * (double)group->k;
    if (s->singular)
        return give_in(s, group, err);
    it.store = leie_block_store(s, group->transposed, err);
    if (!it.store)
        return LEIE_ERR_NOMEM;
    leie_status st = leie_mixing_new(&it.all.m, n, width, width * s->sys->survey.nonzeros <= LEIE_SMALL_SWEEP, err);
    if (st)
        return st;
    it.c = leie_new(n, (size_t)width * sizeof *it.c);
    it.strip = leie_new(leie_block_strips(s->widest, width), sizeof *it.strip);
    it.known = leie_new(s->parts, sizeof *it.known);
    if (!it.c || !it.strip || !it.known)
        st = leie_fail_memory(err, "the block iteration", n * width, 2 * sizeof *it.c);
    if (!st)
        st = leie_block_judge_new(&it.judge, s, it.store, group, err);
    if (!st)
        st = leie_parallel_team(solve_group, &it, err);
    leie_block_judge_free(&it.judge);
    leie_free(it.c);
    leie_free(it.strip);
    leie_free(it.known);
    leie_mixing_free(&it.all.m);
    return st;
}
