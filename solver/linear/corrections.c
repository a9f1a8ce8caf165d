// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/linear/corrections.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"

enum {
    PATIENCE = 12,   // sweeps without progress before a correction is ended
    SLAB_ROWS = 1024 // summed apart
};
static const double REACH = 4e-7;    // by how much f32 sweeps are asked to make a residual smaller: at n = 9,800 they get to 1.2e-7
static const double MARGIN = 0.1;    // of the change asked for
static const double CLOSE = 1;       // the same where a look costs little
static const double PROGRESS = 0.5;  // of the best change within PATIENCE sweeps, of a residual by a correction
static const double FLOOR = 1e-5;    // changes below that no longer fall are rounding
static const double FALLING = 0.7;   // of the change before
static const double ROUNDING = 1e-7; // of f32: no correction is better
static const double BOUND = 1e-4;    // of a correction: how fine bounds are at least
static const double FAR = 0.1;       // the residual from which a start is none
static const double HOPELESS = 1e6;  // a change that nothing good comes from

/* What is asked of the corrections of one group, and what came of them. */
typedef struct progress {
    leie_size sweeps;
    double goal;              // on the change
    double worst;             // change of the last sweep; NaN or infinite when a right-hand side diverged
    double error[LEIE_WIDTH]; // estimated, |d|_1 / |x|_1 times what the last sweeps left of d
    double left[LEIE_WIDTH];  // the larger of that and the residual, 0 for right-hand sides that are done
    double first[LEIE_WIDTH]; // what the first sweep of a correction leaves of an error, as far as known
    bool exact;               // r is the residual of x, not about that
    bool look;                // the residuals after this correction may be bounds
    double *work;             // [2, slabs, k]
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

/* The share of the error of right-hand side c that is left, if the last sweep helped as much as the one before; after a
 * first sweep behind which a look costs little, if it helped as much as that of the correction before. */
static double share_left(const leie_corrections *it, const progress *p, leie_size c)
{
    if (it->m.step > 1)
        return it->m.change[c] * fmin(1, it->m.change[c] / it->m.before[c]);
    return p->look ? fmin(it->m.change[c], p->first[c]) : it->m.change[c];
}

/* Whether the correction is good enough, cannot get better, or gets nowhere. */
static bool correction_ends(const leie_corrections *it, const progress *p, leie_size k, double before)
{
    double left = 0;
    for (leie_size c = 0; c < k; c++)
        left = fmax(left, share_left(it, p, c));
    return left <= p->goal || (p->worst < FLOOR && p->worst > FALLING * before) || !(p->worst < HOPELESS);
}

/* M d = r by sweeps, to a relative change of goal; d stays in g. */
static void correct(leie_corrections *it, progress *p)
{
    const leie_group *group = it->group;
    double best = INFINITY, before;
    leie_size best_sweep = p->sweeps, most = group->sys->opts.max_iterations;
    leie_mixing_begin(&it->m);
    it->begin(it->ctx);
    p->worst = INFINITY;
    for (;;) {
        double begun = leie_profile_begin();
        it->sweep(it->ctx);
        leie_profile_end(LEIE_WORK_SWEEP, begun, it->sweep_bytes, it->sweep_flops);
        p->sweeps++;
        begun = leie_profile_begin();
        leie_mixing_compare(&it->m);
        leie_profile_end(LEIE_WORK_MIXING, begun, 0, 0);
        for (leie_size c = 0; c < group->k && it->m.step == 2; c++)
            p->first[c] = it->m.change[c];
        before = p->worst;
        p->worst = largest(it->m.change, group->k);
        if (p->worst <= PROGRESS * best) {
            best = p->worst;
            best_sweep = p->sweeps;
        }
        if (correction_ends(it, p, group->k, before) || p->sweeps >= most ||
            p->sweeps - best_sweep >= PATIENCE)
            return;
        begun = leie_profile_begin();
        leie_mixing_mix(&it->m);
        leie_profile_end(LEIE_WORK_MIXING, begun, 0, 0);
    }
}

/* ---- sizes of right-hand sides, slab by slab of rows ---- */

typedef struct sizing {
    const leie_group *group;
    double *first, *second; // [slabs, k] |x - t|_1 and |x|_1, or the largest |r|
} sizing;

static leie_status size_shares(void *ctx, leie_size begin, leie_size end, int worker, leie_error *err)
{
    const sizing *j = ctx;
    leie_size k = j->group->k;
    const double *x = j->group->x, *t = j->group->t;
    double *d = j->first + begin / SLAB_ROWS * k, *sum = j->second + begin / SLAB_ROWS * k;
    (void)worker;
    (void)err;
    memset(d, 0, (size_t)k * sizeof *d);
    memset(sum, 0, (size_t)k * sizeof *sum);
    for (leie_size i = begin; i < end; i++)
        for (leie_size c = 0; c < k; c++) {
            d[c] += fabs(x[i * k + c] - t[i * k + c]);
            sum[c] += fabs(x[i * k + c]);
        }
    return LEIE_OK;
}

static leie_status size_largest(void *ctx, leie_size begin, leie_size end, int worker, leie_error *err)
{
    const sizing *j = ctx;
    leie_size k = j->group->k;
    double *most = j->first + begin / SLAB_ROWS * k;
    (void)worker;
    (void)err;
    memset(most, 0, (size_t)k * sizeof *most);
    for (leie_size i = begin; i < end; i++)
        for (leie_size c = 0; c < k; c++) {
            double r = fabs(j->group->r[i * k + c]);
            most[c] = r > most[c] ? r : most[c];
        }
    return LEIE_OK;
}

/* x = 0, r = b */
static leie_status clear_rows(void *ctx, leie_size begin, leie_size end, int worker, leie_error *err)
{
    const sizing *j = ctx;
    leie_size at = begin * j->group->k, count = (end - begin) * j->group->k;
    (void)worker;
    (void)err;
    memset(j->group->x + at, 0, (size_t)count * sizeof(double));
    memcpy(j->group->r + at, j->group->b + at, (size_t)count * sizeof(double));
    return LEIE_OK;
}

static leie_size slabs_of(const leie_group *group)
{
    return (group->sys->axis->n + SLAB_ROWS - 1) / SLAB_ROWS;
}

/* share[c] = |d|_1 / |x|_1 of each right-hand side after d was added to x. work [2, slabs, k] */
static void shares_of_correction(double *share, const leie_group *group, double *work)
{
    leie_size k = group->k, slabs = slabs_of(group);
    sizing j = {.group = group, .first = work, .second = work + slabs * k};
    leie_parallel_for(group->sys->axis->n, SLAB_ROWS, size_shares, &j, NULL);
    for (leie_size c = 0; c < k; c++) {
        double d = 0, x = 0;
        for (leie_size slab = 0; slab < slabs; slab++) {
            d += j.first[slab * k + c];
            x += j.second[slab * k + c];
        }
        share[c] = d == 0 ? 0 : d / x;
    }
}

/* Powers of two that bring the right-hand sides of a correction to about one; 0 for those that are done. */
static void measure(leie_corrections *it, const progress *p)
{
    leie_size k = it->group->k, slabs = slabs_of(it->group);
    sizing j = {.group = it->group, .first = p->work};
    leie_parallel_for(it->group->sys->axis->n, SLAB_ROWS, size_largest, &j, NULL);
    for (leie_size c = 0; c < k; c++) {
        double most = 0;
        int exponent;
        for (leie_size slab = 0; slab < slabs; slab++)
            most = fmax(most, j.first[slab * k + c]);
        frexp(most, &exponent);
        it->size[c] = p->left[c] > 0 && most > 0 ? ldexp(1, exponent) : 0;
    }
}

/* ---- corrections ---- */

/* Takes note of a correction and its residuals. */
static void note(progress *p, const leie_group *group, const leie_corrections *it)
{
    double tolerance = group->sys->opts.tolerance, share[LEIE_WIDTH];
    shares_of_correction(share, group, p->work);
    for (leie_size c = 0; c < group->k; c++) {
        if (p->left[c] > 0)
            p->error[c] = share[c] * fmin(1, fmax(share_left(it, p, c), ROUNDING));
        p->left[c] = fmax(group->residual[c], p->error[c]);
        if (p->left[c] <= tolerance)
            p->left[c] = 0;
    }
}

/* The change to ask for: what is left to do, in equal corrections that f32 can reach. */
static double goal_of(double left, bool look)
{
    double corrections = fmax(1, ceil(log(left) / log(REACH)));
    return (look ? CLOSE : MARGIN) * fmin(0.1, pow(left, 1 / corrections));
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
static bool gives_up(const leie_corrections *it, const progress *p, double before)
{
    leie_group *group = it->group;
    const leie_linsys_opts *opts = &group->sys->opts;
    double now = largest(p->left, group->k);
    if (p->worst < HOPELESS && p->sweeps < opts->max_iterations && now <= PROGRESS * before)
        return false;
    if (leie_group_converged(group))
        return true;
    if (!(p->worst < HOPELESS))
        snprintf(group->why, sizeof group->why, "%s diverged after %lld sweeps", it->name, (long long)p->sweeps);
    else if (p->sweeps >= opts->max_iterations)
        snprintf(group->why, sizeof group->why, "%s: %lld sweeps were not enough", it->name, (long long)p->sweeps);
    else
        snprintf(group->why, sizeof group->why, "%s stalled at a residual of %.1e after %lld sweeps", it->name,
                 largest(group->residual, group->k), (long long)p->sweeps);
    group->stalled = p->sweeps < opts->max_iterations;
    return true;
}

/* The residuals of linsys.h from r and x. */
static void weigh_start(leie_group *group)
{
    leie_size n = group->sys->axis->n, k = group->k;
    double r[LEIE_WIDTH] = {0}, b[LEIE_WIDTH] = {0}, x[LEIE_WIDTH] = {0};
    for (leie_size i = 0; i < n; i++)
        for (leie_size c = 0; c < k; c++) {
            r[c] += fabs(group->r[i * k + c]);
            b[c] += fabs(group->b[i * k + c]);
            x[c] += fabs(group->x[i * k + c]);
        }
    for (leie_size c = 0; c < k; c++) {
        group->residual[c] = r[c] == 0 ? 0 : r[c] / (b[c] + group->sys->survey.norm[group->transposed] * x[c]);
        group->residual_b[c] = r[c] == 0 ? 0 : r[c] / b[c];
    }
}

/* x = 0 and r = b. */
static void forget(leie_group *group, leie_size c)
{
    for (leie_size at = c; at < group->sys->axis->n * group->k; at += group->k) {
        group->x[at] = 0;
        group->r[at] = group->b[at];
    }
    group->residual[c] = group->residual_b[c] = 1;
}

/* x, r and their residuals before the first correction: of the start where it is near, else x = 0 and r = b. */
static leie_status begin(leie_corrections *it, progress *p, leie_error *err)
{
    leie_group *group = it->group;
    leie_status st = LEIE_OK;
    p->exact = true;
    for (leie_size c = 0; c < group->k; c++)
        p->first[c] = 1;
    if (!group->near) {
        leie_parallel_for(group->sys->axis->n, SLAB_ROWS, clear_rows, &(sizing){.group = group}, NULL);
        for (leie_size c = 0; c < group->k; c++)
            group->residual[c] = group->residual_b[c] = 1;
        return LEIE_OK;
    }
    if (group->known)
        weigh_start(group);
    else
        st = it->judge(it->ctx, err);
    p->exact = !group->known;
    for (leie_size c = 0; !st && c < group->k; c++)
        if (!(group->residual[c] <= FAR))
            forget(group, c);
    return st;
}

/* r = b - M x in f64. */
static leie_status judge(leie_corrections *it, progress *p, leie_error *err)
{
    double begun = leie_profile_begin();
    leie_status st = it->judge(it->ctx, err);
    leie_profile_end(LEIE_WORK_RESIDUAL, begun, it->judge_bytes, it->judge_flops);
    p->exact = true;
    return st;
}

/* Whether all is done by bounds of the residuals, which alone decide. */
static bool looks_done(leie_corrections *it, progress *p)
{
    double begun = leie_profile_begin();
    it->bound(it->ctx);
    leie_profile_end(LEIE_WORK_RESIDUAL, begun, it->sweep_bytes / 2, it->sweep_flops / 2);
    note(p, it->group, it);
    return leie_group_converged(it->group);
}

/* Corrections until all is done or nothing helps. */
static leie_status run(leie_corrections *it, progress *p, leie_error *err)
{
    leie_group *group = it->group;
    leie_size k = group->k;
    double residual[LEIE_WIDTH], residual_b[LEIE_WIDTH];
    for (;;) {
        double before = largest(p->left, k), tolerance = group->sys->opts.tolerance;
        memcpy(residual, group->residual, (size_t)k * sizeof *residual);
        memcpy(residual_b, group->residual_b, (size_t)k * sizeof *residual);
        p->look = it->bound && p->exact && BOUND * before <= tolerance;
        p->goal = goal_of(tolerance / before, p->look);
        measure(it, p);
        correct(it, p);   // M d = r
        it->add(it->ctx); // x = x + d
        group->iterations = p->sweeps;
        if (p->look && looks_done(it, p))
            return LEIE_OK;
        leie_status st = judge(it, p, err); // r = b - M x
        if (st)
            return st;
        note(p, group, it);
        if (largest(p->left, k) == 0)
            return LEIE_OK;
        if (gives_up(it, p, before)) {
            take_back(group, residual, residual_b);
            return LEIE_OK;
        }
    }
}

leie_status leie_corrections_run(leie_corrections *it, leie_error *err)
{
    leie_group *group = it->group;
    leie_size k = group->k, sizes = 2 * slabs_of(group) * k;
    progress p = {.work = leie_new(sizes, sizeof *p.work)};
    if (!p.work)
        return leie_fail_memory(err, "corrections", sizes, sizeof *p.work);
    leie_status st = begin(it, &p, err);
    if (!st) {
        memcpy(p.left, group->residual, (size_t)k * sizeof *p.left);
        st = run(it, &p, err);
    }
    leie_free(p.work);
    return st;
}
