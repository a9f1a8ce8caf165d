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

static const double HEAD = 0.5; // of the right-hand sides: a part that holds more goes first
enum { G, C, F, RHO, B, X, BOUNDED }; // |g|_1, |c|_1, |f|_1, |rho|_1, |b|_1 and |x|_1 of a part
enum { JUDGED = 3 }; // sums of block_residual.c

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
    leie_size *order;        // [parts]
    bool headed;             // the first of them is a group of its own
    const leie_size *group;  // parts being updated
    leie_size group_n;
    bool *known;       // [parts] whether g is more than zero
    const float *from; // [n, width] what is multiplied: g
    float *given;      // [n, width] c + its strips, what the inverses were applied to; NULL unless residuals may be bounds
    double *part;      // [parts, BOUNDED, width]
} iterate;

static float *strip_of(const iterate *it, leie_size strip, leie_size member)
{
    return it->strip + (strip * LEIE_TOGETHER + member) * it->s->widest * it->all.m.width;
}

/* Item strip x member (what members share stays in the caches): the part of A g, or of another `from`, that comes to a part
 * of the group from one strip of the others. */
static leie_status multiply_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size parts = it->s->parts, width = it->all.m.width;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size member = item % it->group_n, p = it->group[member], strip = item / it->group_n;
        float *y = strip_of(it, strip, member);
        memset(y, 0, (size_t)(leie_block_size(it->s, p) * width) * sizeof *y);
        for (leie_size q = parts * strip / LEIE_STRIPS; q < parts * (strip + 1) / LEIE_STRIPS; q++)
            if (q != p && it->known[q])
                leie_blockstore_sweep(y, it->store, it->transposed, p, q, width, it->from + it->s->first[q] * width);
    }
    return LEIE_OK;
}

/* The strips of a member of the group together; they stand in the first of them. */
static float *add_strips(const iterate *it, leie_size member, leie_size count)
{
    float *sum = strip_of(it, 0, member);
    for (leie_size strip = 1; strip < LEIE_STRIPS; strip++)
        for (leie_size t = 0; t < count; t++)
            sum[t] += strip_of(it, strip, member)[t];
    return sum;
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
        float *sum = add_strips(it, member, count);
        for (leie_size t = 0; t < count; t++)
            sum[t] += it->c[at + t];
        if (it->given)
            memcpy(it->given + at, sum, (size_t)count * sizeof *sum);
        leie_inverse_apply(it->all.m.g + at, it->s->inverse + it->s->offset[p], leie_block_size(it->s, p), it->transposed, width,
                           sum);
    }
    return LEIE_OK;
}

/* The group that begins at a place of the order, and the place after it. */
static leie_size take_group(iterate *it, leie_size place)
{
    leie_size most = place == 0 && it->headed ? 1 : it->s->together, left = it->s->parts - place;
    it->group = it->order + place;
    it->group_n = left < most ? left : most;
    return place + it->group_n;
}

static void multiply_group(iterate *it)
{
    leie_size items = it->group_n * LEIE_STRIPS;
    leie_parallel_for(items, it->all.m.small ? items : 1, multiply_strips, it, NULL);
}

static void sweep(void *ctx)
{
    iterate *it = ctx;
    const leie_block *s = it->s;
    it->from = it->all.m.g;
    for (leie_size place = 0; place < s->parts;) {
        place = take_group(it, place);
        multiply_group(it);
        leie_parallel_for(it->group_n, it->all.m.small ? it->group_n : 1, solve_parts, it, NULL);
        for (leie_size member = 0; member < it->group_n; member++) {
            it->known[it->group[member]] = true;
            leie_block_rest(s, it->store, it->transposed, it->group[member]);
        }
    }
}

/* The order of parts; one that holds most of the right-hand sides comes before all others: what they take from it is then
 * nearly right in the first sweep. */
static void choose_order(iterate *it)
{
    const leie_group *g = it->all.group;
    const leie_block *s = it->s;
    const leie_size *order = s->order[it->transposed];
    leie_size head = -1, next = 0;
    double whole[LEIE_WIDTH] = {0}, most = HEAD * (double)g->k;
    for (leie_size t = 0; t < s->sys->axis->n * g->k; t += g->k)
        for (leie_size c = 0; c < g->k; c++)
            whole[c] += fabs(g->b[t + c]);
    for (leie_size p = 0; p < s->parts; p++) {
        double own[LEIE_WIDTH] = {0}, share = 0;
        for (leie_size t = s->first[p] * g->k; t < s->first[p + 1] * g->k; t += g->k)
            for (leie_size c = 0; c < g->k; c++)
                own[c] += fabs(g->b[t + c]);
        for (leie_size c = 0; c < g->k; c++)
            share += own[c] > 0 ? own[c] / whole[c] : 0;
        head = share > most ? p : head;
        most = fmax(most, share);
    }
    it->headed = head >= 0;
    if (it->headed)
        it->order[next++] = head;
    for (leie_size place = 0; place < s->parts; place++)
        if (order[place] != head)
            it->order[next++] = order[place];
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
        for (leie_size c = 0; c < it->all.m.width; c++)
            it->c[i * it->all.m.width + c] = c < g->k && it->all.size[c] > 0 ? (float)(g->r[i * g->k + c] / it->all.size[c]) : 0;
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

/* ---- a residual without its product ---- */

/* What the last sweep left of M d = c in the parts of a group, d = g:
 *
 *   rho_p = c_p + sum over q != p of A_pq g_q - M_pp g_p = (s_p - g_p + A_pp g_p) + sum over late q of A_pq f_q
 *
 * s  what the inverse was applied to   f = g - x   late: q was not new yet when p took from it */
static leie_status close_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_group *group = it->all.group;
    const leie_mixing *m = &it->all.m;
    (void)worker;
    (void)err;
    for (leie_size member = first; member < last; member++) {
        leie_size p = it->group[member], at = it->s->first[p] * m->width, count = leie_block_size(it->s, p) * m->width;
        float *rho = add_strips(it, member, count);
        double *sum = it->part + p * BOUNDED * m->width;
        leie_blockstore_sweep(rho, it->store, it->transposed, p, p, m->width, m->g + at);
        memset(sum, 0, (size_t)(BOUNDED * m->width) * sizeof *sum);
        for (leie_size t = 0; t < count; t += m->width)
            for (leie_size c = 0; c < m->width; c++) {
                float g = m->g[at + t + c], left = rho[t + c] + (it->given[at + t + c] - g);
                sum[G * m->width + c] += (double)fabsf(g);
                sum[C * m->width + c] += (double)fabsf(it->c[at + t + c]);
                sum[F * m->width + c] += (double)fabsf(m->f[at + t + c]);
                sum[RHO * m->width + c] += (double)fabsf(left);
            }
        for (leie_size i = it->s->first[p]; i < it->s->first[p + 1]; i++)
            for (leie_size c = 0; c < group->k; c++) {
                sum[B * m->width + c] += fabs(group->b[i * group->k + c]);
                sum[X * m->width + c] += fabs(group->x[i * group->k + c]);
            }
    }
    return LEIE_OK;
}

static double sum_parts(const iterate *it, int what, leie_size c)
{
    double sum = 0;
    for (leie_size p = 0; p < it->s->parts; p++)
        sum += it->part[(p * BOUNDED + what) * it->all.m.width + c];
    return sum;
}

/* |A|_1 from |M|_1: a column of A sums up to |a_jj| - |1 - a_jj| more than that of M, at most 2 a_jj - 1 from 0 to 1. */
static double norm_of_A(const leie_block *s, double norm)
{
    double most = 0;
    for (leie_size p = 0; p < s->parts; p++)
        most = fmax(most, s->diagonal[p]);
    return norm - 1 + 2 * most;
}

/* residual = (size |rho|_1 + what f32 and f64 may have rounded) / (|b|_1 + |M|_1 |x|_1), of right-hand sides that took part.
 * No number is rounded more than `terms` times on its way through sums, along the store. Higham (2002), 3.1. */
static void bound(void *ctx)
{
    iterate *it = ctx;
    leie_group *g = it->all.group;
    const leie_block *s = it->s;
    double norm = s->sys->survey.norm[it->transposed], A = norm_of_A(s, norm);
    double terms = (double)(s->widest + s->parts / LEIE_STRIPS + LEIE_STRIPS + 16);
    double gamma = terms * 0x1p-24 / (1 - terms * 0x1p-24), fine = (terms + (double)s->parts) * 0x1p-53 + 0x1p-48;
    for (leie_size p = 0; p < s->parts; p++)
        it->known[p] = true; // late
    it->from = it->all.m.f;
    for (leie_size place = 0; place < s->parts;) {
        place = take_group(it, place);
        multiply_group(it);
        leie_parallel_for(it->group_n, it->all.m.small ? it->group_n : 1, close_parts, it, NULL);
        for (leie_size member = 0; member < it->group_n; member++)
            it->known[it->group[member]] = false;
    }
    for (leie_size c = 0; c < g->k; c++) {
        if (!(it->all.size[c] > 0))
            continue;
        double d = sum_parts(it, G, c), rounded = 2 * sum_parts(it, C, c) + (3 * A + 1) * d + 2 * A * sum_parts(it, F, c);
        double r = it->all.size[c] * (sum_parts(it, RHO, c) + gamma * (1 + gamma) * rounded), b = sum_parts(it, B, c), x = sum_parts(it, X, c);
        r += fine * (b + (1 + A) * x);
        g->residual[c] = isfinite(it->all.m.change[c]) ? r / (b + norm * x) : INFINITY;
        g->residual_b[c] = isfinite(it->all.m.change[c]) ? r / b : INFINITY;
    }
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

void leie_block_free_room(leie_block_room *room)
{
    void *arrays[] = {room->c, room->strip, room->given, room->part, room->order, room->known, room->wide, room->sum, room->judged};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    leie_mixing_free(&room->m);
    *room = (leie_block_room){0};
}

leie_status leie_block_take_room(leie_block *s, leie_size width, bool small, leie_error *err)
{
    leie_block_room *to = &s->room;
    leie_size n = s->sys->axis->n;
    bool bounds = s->sys->opts.bounds, exact = s->exact;
    if (to->width < width || to->bounds != bounds || (exact && !to->wide)) {
        leie_block_free_room(to);
        to->c = leie_new(n, (size_t)width * sizeof *to->c);
        to->strip = leie_new(leie_block_strips(s->widest, width), sizeof *to->strip);
        to->known = leie_new(s->parts, sizeof *to->known);
        to->order = leie_new(s->parts, sizeof *to->order);
        to->given = bounds ? leie_new(n, (size_t)width * sizeof *to->given) : NULL;
        to->part = bounds ? leie_new(s->parts * BOUNDED, (size_t)width * sizeof *to->part) : NULL;
        to->wide = exact ? leie_new(n, (size_t)width * sizeof *to->wide) : NULL;
        to->sum = exact ? leie_new(leie_threads() * s->widest, (size_t)width * sizeof *to->sum) : NULL;
        to->judged = exact ? leie_new(s->parts * JUDGED, (size_t)width * sizeof *to->judged) : NULL;
        bool there = to->c && to->strip && to->known && to->order && (!bounds || (to->given && to->part)) &&
                     (!exact || (to->wide && to->sum && to->judged));
        if (!there) {
            leie_block_free_room(to);
            return leie_fail_memory(err, "the block iteration", n * width, 2 * sizeof *to->c + sizeof *to->wide);
        }
        to->width = width;
        to->bounds = bounds;
    }
    leie_status st = leie_mixing_new(&to->m, n, width, small, err);
    if (st)
        leie_block_free_room(to);
    return st;
}

/* Across a store, and from Z, numbers are rounded up to n times: a bound of that says little. */
static bool has_bounds(const leie_block *s, const leie_blockstore *store, const leie_group *group)
{
    return s->sys->opts.bounds && s->exact && store->transposed == group->transposed;
}

leie_status leie_block_solve(void *state, leie_group *group, leie_error *err)
{
    leie_block *s = state;
    leie_size width = (group->k + LEIE_LANES_F32 - 1) / LEIE_LANES_F32 * LEIE_LANES_F32;
    iterate it = {.s = s, .transposed = group->transposed};
    it.all = (leie_corrections){.group = group, .name = "block iteration", .ctx = &it, .begin = begin, .sweep = sweep,
                                .add = add, .judge = judge, .bound = bound};
    double cells = (double)s->sys->survey.nonzeros;
    it.all.sweep_bytes = 5 * cells;
    it.all.judge_bytes = 9 * cells;
    it.all.sweep_flops = it.all.judge_flops = 2 * cells * (double)group->k;
    if (s->singular)
        return give_in(s, group, err);
    it.store = leie_block_store(s, group->transposed, err);
    if (!it.store)
        return LEIE_ERR_NOMEM;
    if (!has_bounds(s, it.store, group))
        it.all.bound = NULL;
    leie_status st = leie_block_take_room(s, width, width * s->sys->survey.nonzeros <= LEIE_SMALL_SWEEP, err);
    if (st)
        return st;
    leie_block_room *room = &s->room;
    it.all.m = room->m;
    it.c = room->c;
    it.strip = room->strip;
    it.known = room->known;
    it.order = room->order;
    it.given = room->given;
    it.part = room->part;
    it.judge = (leie_block_judge){.s = s, .store = it.store, .group = group, .width = leie_skinny_width(group->k), .wide = room->wide,
                                  .sum = room->sum, .part = room->judged};
    choose_order(&it);
    return leie_parallel_team(solve_group, &it, err);
}
