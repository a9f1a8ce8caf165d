// SPDX-License-Identifier: GPL-3.0-or-later
/* The iteration of block.c: sweeps, corrections, and when to stop. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/block_impl.h"

enum { PATIENCE = 12 };              // sweeps without progress before a correction is ended
static const double REACH = 1e-6;    // by how much f32 sweeps are asked to make a residual smaller
static const double MARGIN = 0.1;    // of the change asked for
static const double PROGRESS = 0.5;  // of the best change within PATIENCE sweeps, of a residual by a correction
static const double FLOOR = 1e-5;    // changes below that no longer fall are rounding
static const double FALLING = 0.7;   // of the change before
static const double ROUNDING = 1e-7; // of f32: no correction is better
static const double HOPELESS = 1e6;  // a change that nothing good comes from

/* ---- one sweep ---- */

/* One group of right-hand sides. */
typedef struct iterate {
    const leie_block *s;
    const leie_blockstore *store;
    bool transposed;
    leie_mixing m;
    float *c;     // [n, width] right-hand sides of the correction
    float *strip; // [LEIE_STRIPS, LEIE_TOGETHER, widest, width] products of a strip of inputs
    double size[LEIE_WIDTH]; // powers of two: c = r / size
    const leie_size *group;  // parts being updated
    leie_size group_n;
    bool *known; // [parts] whether g is more than zero
} iterate;

static float *strip_of(const iterate *it, leie_size strip, leie_size member)
{
    return it->strip + (strip * LEIE_TOGETHER + member) * it->s->widest * it->m.width;
}

/* Item member x strip: the part of A g that comes to a part of the group from one strip of the others. */
static leie_status multiply_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size parts = it->s->parts, width = it->m.width;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size p = it->group[item / LEIE_STRIPS], strip = item % LEIE_STRIPS;
        float *y = strip_of(it, strip, item / LEIE_STRIPS);
        memset(y, 0, (size_t)(leie_block_size(it->s, p) * width) * sizeof *y);
        for (leie_size q = parts * strip / LEIE_STRIPS; q < parts * (strip + 1) / LEIE_STRIPS; q++)
            if (q != p && it->known[q])
                leie_blockstore_sweep(y, it->store, it->transposed, p, q, width, it->m.g + it->s->first[q] * width);
    }
    return LEIE_OK;
}

/* g_p = M_pp^-1 (c_p + its strips) */
static leie_status solve_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size width = it->m.width;
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
        leie_inverse_apply(it->m.g + at, it->s->inverse + it->s->offset[p], leie_block_size(it->s, p), it->transposed, width,
                           sum);
    }
    return LEIE_OK;
}

static void sweep(iterate *it)
{
    const leie_block *s = it->s;
    for (leie_size place = 0; place < s->parts; place += s->together) {
        it->group = s->order[it->transposed] + place;
        it->group_n = s->parts - place < s->together ? s->parts - place : s->together;
        leie_parallel_for(it->group_n * LEIE_STRIPS, it->m.small ? it->group_n * LEIE_STRIPS : 1, multiply_strips, it, NULL);
        leie_parallel_for(it->group_n, it->m.small ? it->group_n : 1, solve_parts, it, NULL);
        for (leie_size member = 0; member < it->group_n; member++)
            it->known[it->group[member]] = true;
    }
}

/* ---- one correction ---- */

/* What is asked of the corrections of one group, and what came of them. */
typedef struct progress {
    leie_size sweeps;
    double goal;              // on the change
    double worst;             // change of the last sweep; NaN or infinite when a right-hand side diverged
    double error[LEIE_WIDTH]; // estimated, |d|_1 / |x|_1 times what the last sweeps left of d
    double left[LEIE_WIDTH];  // the larger of that and the residual, 0 for right-hand sides that are done
} progress;

/* The largest of k numbers, NaN when there is one. */
static double largest(const double *value, leie_size k)
{
    double most = 0;
    for (leie_size c = 0; c < k; c++)
        if (!(value[c] <= most))
            most = value[c];
    return most;
}

/* The share of the error of right-hand side c that is left, if the last sweep helped as much as the one before. */
static double share_left(const iterate *it, leie_size c)
{
    return it->m.step > 1 ? it->m.change[c] * fmin(1, it->m.change[c] / it->m.before[c]) : it->m.change[c];
}

/* Whether the correction is good enough, cannot get better, or gets nowhere. */
static bool correction_ends(const iterate *it, leie_size k, double goal, double before, double worst)
{
    double left = 0;
    for (leie_size c = 0; c < k; c++)
        left = fmax(left, share_left(it, c));
    return left <= goal || (worst < FLOOR && worst > FALLING * before) || !(worst < HOPELESS);
}

/* M d = r by sweeps, to a relative change of goal; d stays in g. */
static void correct(iterate *it, const leie_group *group, progress *p)
{
    double best = INFINITY, before;
    leie_size best_sweep = p->sweeps, most = group->sys->opts.max_iterations;
    leie_mixing_begin(&it->m);
    memset(it->known, 0, (size_t)it->s->parts * sizeof *it->known);
    p->worst = INFINITY;
    for (;;) {
        sweep(it);
        p->sweeps++;
        leie_mixing_compare(&it->m);
        before = p->worst;
        p->worst = largest(it->m.change, group->k);
        if (p->worst <= PROGRESS * best) {
            best = p->worst;
            best_sweep = p->sweeps;
        }
        if (correction_ends(it, group->k, p->goal, before, p->worst) || p->sweeps >= most ||
            p->sweeps - best_sweep >= PATIENCE)
            return;
        leie_mixing_mix(&it->m);
    }
}

/* c = r / size, zero for right-hand sides that are done. */
static leie_status pack_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    void **both = ctx;
    iterate *it = both[0];
    const leie_group *g = both[1];
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < g->k; c++)
            it->c[i * it->m.width + c] = it->size[c] > 0 ? (float)(g->r[i * g->k + c] / it->size[c]) : 0;
    return LEIE_OK;
}

static void pack(iterate *it, leie_group *group, const progress *p)
{
    leie_size n = group->sys->axis->n, k = group->k;
    void *both[] = {it, group};
    for (leie_size c = 0; c < k; c++) {
        double most = 0;
        int exponent;
        for (leie_size i = 0; i < n && p->left[c] > 0; i++)
            most = fmax(most, fabs(group->r[i * k + c]));
        frexp(most, &exponent);
        it->size[c] = most > 0 ? ldexp(1, exponent) : 0;
    }
    leie_parallel_for(n, it->m.small ? n : LEIE_BLOCK_ROWS, pack_rows, both, NULL);
}

/* x = x + d for right-hand sides that did not diverge; t keeps the old x. */
static leie_status add_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    void **both = ctx;
    const iterate *it = both[0];
    const leie_group *g = both[1];
    (void)worker;
    (void)err;
    for (leie_size i = first; i < last; i++)
        for (leie_size c = 0; c < g->k; c++) {
            leie_size at = i * g->k + c;
            g->t[at] = g->x[at];
            if (isfinite(it->m.change[c]))
                g->x[at] += it->size[c] * (double)it->m.last_g[i * it->m.width + c];
        }
    return LEIE_OK;
}

/* ---- solve ---- */

/* |d|_1 / |x|_1 of right-hand side c after d was added to x. */
static double share_of_correction(const leie_group *group, leie_size c)
{
    double d = 0, x = 0;
    for (leie_size at = c; at < group->sys->axis->n * group->k; at += group->k) {
        d += fabs(group->x[at] - group->t[at]);
        x += fabs(group->x[at]);
    }
    return d == 0 ? 0 : d / x;
}

/* Takes note of a correction and its residuals. */
static void note(progress *p, const leie_group *group, const iterate *it)
{
    double tolerance = group->sys->opts.tolerance;
    for (leie_size c = 0; c < group->k; c++) {
        if (p->left[c] > 0)
            p->error[c] = share_of_correction(group, c) * fmin(1, fmax(share_left(it, c), ROUNDING));
        p->left[c] = fmax(group->residual[c], p->error[c]);
        if (p->left[c] <= tolerance)
            p->left[c] = 0;
    }
}

/* The change to ask for: what is left to do, in equal corrections that f32 can reach. */
static double goal_of(double left)
{
    double corrections = fmax(1, ceil(log(left) / log(REACH)));
    return MARGIN * fmin(0.1, pow(left, 1 / corrections));
}

/* Right-hand sides that a correction made worse get their old x back. */
static void take_back(leie_group *group, const double *residual, const double *residual_b)
{
    for (leie_size c = 0; c < group->k; c++) {
        if (group->residual[c] <= residual[c])
            continue;
        group->residual[c] = residual[c];
        group->residual_b[c] = residual_b[c];
        for (leie_size i = 0; i < group->sys->axis->n; i++)
            group->x[i * group->k + c] = group->t[i * group->k + c];
    }
}

/* Whether the iteration gives up after a correction that left so much of `before`; says why. Residuals within the
 * tolerance are enough when the error does not get smaller. */
static bool gives_up(leie_group *group, const progress *p, double before)
{
    const leie_linsys_opts *opts = &group->sys->opts;
    double now = largest(p->left, group->k);
    if (p->worst < HOPELESS && p->sweeps < opts->max_iterations && now <= PROGRESS * before)
        return false;
    if (leie_group_converged(group))
        return true;
    if (!(p->worst < HOPELESS))
        snprintf(group->why, sizeof group->why, "block iteration diverged after %lld sweeps", (long long)p->sweeps);
    else if (p->sweeps >= opts->max_iterations)
        snprintf(group->why, sizeof group->why, "block iteration: %lld sweeps were not enough", (long long)p->sweeps);
    else
        snprintf(group->why, sizeof group->why, "block iteration stalled at a residual of %.1e after %lld sweeps",
                 largest(group->residual, group->k), (long long)p->sweeps);
    group->stalled = p->sweeps < opts->max_iterations;
    return true;
}

static leie_status iterate_group(iterate *it, leie_block_judge *judge, leie_group *group, leie_error *err)
{
    leie_size n = group->sys->axis->n, k = group->k;
    double residual[LEIE_WIDTH], residual_b[LEIE_WIDTH];
    void *both[] = {it, group};
    progress p = {0};
    memset(group->x, 0, (size_t)(n * k) * sizeof *group->x);
    memcpy(group->r, group->b, (size_t)(n * k) * sizeof *group->r); // r = b
    for (leie_size c = 0; c < k; c++)
        group->residual[c] = group->residual_b[c] = p.left[c] = 1;
    for (;;) {
        double before = largest(p.left, k);
        memcpy(residual, group->residual, (size_t)k * sizeof *residual);
        memcpy(residual_b, group->residual_b, (size_t)k * sizeof *residual);
        p.goal = goal_of(group->sys->opts.tolerance / before);
        pack(it, group, &p);
        correct(it, group, &p);                                                        // M d = r
        leie_parallel_for(n, it->m.small ? n : LEIE_BLOCK_ROWS, add_rows, both, NULL); // x = x + d
        leie_status st = leie_block_residual(judge, err);                              // r = b - M x
        if (st)
            return st;
        group->iterations = p.sweeps;
        note(&p, group, it);
        if (largest(p.left, k) == 0)
            return LEIE_OK;
        if (gives_up(group, &p, before)) {
            take_back(group, residual, residual_b);
            return LEIE_OK;
        }
    }
}

static leie_status give_in(const leie_block *s, leie_group *group, leie_error *err)
{
    memset(group->x, 0, (size_t)(s->sys->axis->n * group->k) * sizeof *group->x);
    group->stalled = true;
    snprintf(group->why, sizeof group->why, "block iteration: %.100s", s->why);
    return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
}

/* One group as the team's work. */
typedef struct solving {
    iterate it;
    leie_block_judge judge;
    leie_group *group;
} solving;

static leie_status solve_group(void *ctx, leie_error *err)
{
    solving *all = ctx;
    return iterate_group(&all->it, &all->judge, all->group, err);
}

leie_status leie_block_solve(void *state, leie_group *group, leie_error *err)
{
    leie_block *s = state;
    leie_size n = s->sys->axis->n;
    leie_size width = (group->k + LEIE_LANES_F32 - 1) / LEIE_LANES_F32 * LEIE_LANES_F32;
    solving all = {.it = {.s = s, .transposed = group->transposed}, .group = group};
    iterate *it = &all.it;
    if (s->singular)
        return give_in(s, group, err);
    it->store = leie_block_store(s, group->transposed, err);
    if (!it->store)
        return LEIE_ERR_NOMEM;
    leie_status st = leie_mixing_new(&it->m, n, width, width * s->sys->survey.nonzeros <= LEIE_SMALL_SWEEP, err);
    if (st)
        return st;
    it->c = leie_new(n, (size_t)width * sizeof *it->c);
    it->strip = leie_new(leie_block_strips(s->widest, width), sizeof *it->strip);
    it->known = leie_new(s->parts, sizeof *it->known);
    if (!it->c || !it->strip || !it->known)
        st = leie_fail_memory(err, "the block iteration", n * width, 2 * sizeof *it->c);
    if (!st)
        st = leie_block_judge_new(&all.judge, s, it->store, group, err);
    if (!st)
        st = leie_parallel_team(solve_group, &all, err);
    leie_block_judge_free(&all.judge);
    leie_free(it->c);
    leie_free(it->strip);
    leie_free(it->known);
    leie_mixing_free(&it->m);
    return st;
}
