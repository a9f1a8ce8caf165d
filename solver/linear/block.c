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
 *   r = b - M x from Z in f64;   M d = r by sweeps from d = 0;   x = x + d;   again until r is small
 *
 * Iterative refinement: Higham (2002), Accuracy and Stability of Numerical Algorithms, 12.1; each right-hand side
 * of a correction is scaled by a power of two, so that f32 holds it whatever its size. The transposed system is
 * the same with columns in place of rows and an order of its own. Arrays are [n, width], right-hand sides in lanes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blocklu.h"
#include "kernels/blockstore.h"
#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "solver/linear/linsys_impl.h"
#include "solver/linear/mixing.h"

enum {
    TOGETHER = 4, // parts in a group, of a table with many parts
    MANY_PARTS = 16,
    STRIPS = 4,        // groups of inputs whose products are formed apart
    SCATTER_MAX = 16,  // right-hand sides for which a store of the other direction will do
    ROW_GRAIN = 512,   // rows of element-wise work done together
    LARGE_PART = 1024, // sectors from which a part is inverted by all threads
    SMALL = 1000000,   // non-zeros times right-hand sides in a sweep that is not worth threads
    PATIENCE = 12      // sweeps without progress before a correction is ended
};
static const double REACH = 1e-6;    // by how much f32 sweeps are asked to make a residual smaller
static const double MARGIN = 0.1;    // of the change asked for
static const double PROGRESS = 0.5;  // of the best change within PATIENCE sweeps, of a residual by a correction
static const double FLOOR = 1e-5;    // changes below that no longer fall are rounding
static const double FALLING = 0.7;   // of the change before
static const double ROUNDING = 1e-7; // of f32: no correction is better
static const double HOPELESS = 1e6;  // a change that nothing good comes from

typedef struct block {
    const leie_linsys *sys;
    leie_size parts;
    const leie_size *first;   // [parts + 1] of the survey
    leie_size *offset;        // [parts] of an inverse in `inverse`
    float *inverse;           // of the domestic blocks
    leie_size *order[2];      // [parts] plain and transposed
    leie_size together;       // parts in a group
    leie_blockstore store[2]; // plain and transposed, made when a solve asks
    bool singular;            // a domestic block has no inverse:
    char why[128];            // which one
} block;

static leie_size size_of(const block *s, leie_size p)
{
    return s->first[p + 1] - s->first[p];
}

static bool has_store(const block *s, bool transposed)
{
    return s->store[transposed].high != NULL;
}

static void block_free(void *state)
{
    block *s = state;
    if (s) {
        leie_blockstore_free(&s->store[0]);
        leie_blockstore_free(&s->store[1]);
        leie_free(s->offset);
        leie_free(s->inverse);
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

static leie_size strip_room(leie_size together, leie_size widest, leie_size width)
{
    return STRIPS * together * widest * width;
}

/* Bytes of one solve of LEIE_WIDTH right-hand sides. */
static leie_size work_bytes(leie_size n, sizes s)
{
    return leie_mixing_bytes(n, LEIE_WIDTH) + 4 * n * LEIE_WIDTH * (leie_size)sizeof(double) +
           (n * LEIE_WIDTH + strip_room(TOGETHER, s.widest, LEIE_WIDTH)) * (leie_size)sizeof(float);
}

static leie_size bytes_of(leie_size n, leie_size nonzeros, sizes s)
{
    leie_size ld = leie_blocklu_stride(s.widest), setup = s.widest * (ld + s.widest) * (leie_size)sizeof(double);
    leie_size solve = work_bytes(n, s);
    return s.squares * (leie_size)sizeof(float) + leie_blockstore_bytes(n, nonzeros, s.parts, s.widest, false) +
           (setup > solve ? setup : solve);
}

static leie_size block_bytes(const leie_shape *shape)
{
    return bytes_of(shape->axis->n, shape->nonzeros, measure_parts(shape->axis));
}

/* ---- setup: domestic blocks ---- */

static void fill_domestic(const block *s, leie_size p, double *m, leie_size ld)
{
    leie_size first = s->first[p], n = size_of(s, p);
    for (leie_size i = 0; i < n; i++) {
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

static leie_status invert_part(block *s, leie_size p, leie_error *err)
{
    leie_size n = size_of(s, p), ld = leie_blocklu_stride(n);
    double *m = leie_new(n, (size_t)ld * sizeof *m), *work = leie_new(n + 2, (size_t)n * sizeof *work);
    int *pivot = leie_new(n, sizeof *pivot);
    leie_status st = LEIE_OK;
    if (!m || !work || !pivot) {
        st = leie_fail_memory(err, "the inverse of a domestic block", 2 * n, (size_t)n * sizeof *m);
        goto done;
    }
    fill_domestic(s, p, m, ld);
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
    block *s = ctx;
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size p = first; p < last && !st; p++)
        if (size_of(s, p) < LARGE_PART)
            st = invert_part(s, p, err);
    return st;
}

static leie_status invert_all(block *s, leie_error *err)
{
    leie_status st = LEIE_OK;
    for (leie_size p = 0; p < s->parts && !st; p++)
        if (size_of(s, p) >= LARGE_PART)
            st = invert_part(s, p, err);
    return st ? st : leie_parallel_for(s->parts, 1, invert_parts, s, err);
}

/* Without an inverse the system may still have a solution: dense LU will tell. */
static leie_status take_inverses(block *s, leie_error *err)
{
    leie_error found = {0};
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

static leie_status choose_orders(block *s, leie_error *err)
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

static leie_status take_room(block *s, leie_error *err)
{
    leie_size room = measure_parts(s->sys->axis).squares;
    s->offset = leie_new(s->parts, sizeof *s->offset);
    s->order[0] = leie_new(s->parts, sizeof *s->order[0]);
    s->order[1] = leie_new(s->parts, sizeof *s->order[1]);
    s->inverse = leie_new_pages(room, sizeof *s->inverse);
    if (!s->offset || !s->order[0] || !s->order[1] || !s->inverse)
        return leie_fail_memory(err, "the inverses of domestic blocks", room, sizeof *s->inverse);
    for (leie_size p = 0, next = 0; p < s->parts; p++) {
        s->offset[p] = next;
        next += size_of(s, p) * size_of(s, p);
    }
    return LEIE_OK;
}

static leie_status block_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    block *s = leie_new(1, sizeof *s);
    if (!s)
        return leie_fail_memory(err, "a block iteration", 1, sizeof *s);
    s->sys = sys;
    s->parts = sys->survey.parts;
    s->first = sys->survey.first;
    s->together = s->parts > MANY_PARTS ? TOGETHER : 1;
    *bytes = bytes_of(sys->axis->n, sys->survey.nonzeros, measure_parts(sys->axis));
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

/* The store that solves k right-hand sides of this direction: the one there is when it will do or when a second one
 * does not fit, else one made now. NULL when that fails. */
static const leie_blockstore *take_store(block *s, bool transposed, leie_size k, leie_error *err)
{
    const leie_linsys *sys = s->sys;
    sizes z = measure_parts(sys->axis);
    leie_size more = leie_blockstore_bytes(sys->axis->n, sys->survey.nonzeros, z.parts, z.widest, false);
    leie_size need = bytes_of(sys->axis->n, sys->survey.nonzeros, z) + more;
    leie_size limit = leie_memory_limit(&sys->opts);
    bool fits = limit == 0 || need <= limit;
    if (has_store(s, transposed))
        return &s->store[transposed];
    if (has_store(s, !transposed) && (k <= SCATTER_MAX || !fits))
        return &s->store[!transposed];
    if (leie_blockstore_new(&s->store[transposed], &sys->survey, sys->Z, sys->scale, transposed, false, err))
        return NULL;
    return &s->store[transposed];
}

/* ---- one sweep ---- */

/* One group of right-hand sides. */
typedef struct iterate {
    const block *s;
    const leie_blockstore *store;
    bool transposed;
    leie_mixing m;
    float *c;     // [n, width] right-hand sides of the correction
    float *strip; // [STRIPS, TOGETHER, widest, width] products of a strip of inputs
    leie_size widest;
    double size[LEIE_WIDTH]; // powers of two: c = r / size
    const leie_size *group;  // parts being updated
    leie_size group_n;
    bool *known; // [parts] whether g is more than zero
} iterate;

static float *strip_of(const iterate *it, leie_size strip, leie_size member)
{
    return it->strip + (strip * TOGETHER + member) * it->widest * it->m.width;
}

/* Item member x strip: the part of A g that comes to a part of the group from one strip of the others. */
static leie_status multiply_strips(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size parts = it->s->parts, width = it->m.width;
    (void)worker;
    (void)err;
    for (leie_size item = first; item < last; item++) {
        leie_size p = it->group[item / STRIPS], strip = item % STRIPS;
        float *y = strip_of(it, strip, item / STRIPS);
        memset(y, 0, (size_t)(size_of(it->s, p) * width) * sizeof *y);
        for (leie_size q = parts * strip / STRIPS; q < parts * (strip + 1) / STRIPS; q++)
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
        leie_size p = it->group[member], at = it->s->first[p] * width, count = size_of(it->s, p) * width;
        float *sum = strip_of(it, 0, member);
        for (leie_size strip = 1; strip < STRIPS; strip++)
            for (leie_size t = 0; t < count; t++)
                sum[t] += strip_of(it, strip, member)[t];
        for (leie_size t = 0; t < count; t++)
            sum[t] += it->c[at + t];
        leie_inverse_apply(it->m.g + at, it->s->inverse + it->s->offset[p], size_of(it->s, p), it->transposed, width,
                           sum);
    }
    return LEIE_OK;
}

static void sweep(iterate *it)
{
    const block *s = it->s;
    for (leie_size place = 0; place < s->parts; place += s->together) {
        it->group = s->order[it->transposed] + place;
        it->group_n = s->parts - place < s->together ? s->parts - place : s->together;
        leie_parallel_for(it->group_n * STRIPS, it->m.small ? it->group_n * STRIPS : 1, multiply_strips, it, NULL);
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
    leie_parallel_for(n, it->m.small ? n : ROW_GRAIN, pack_rows, both, NULL);
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

static leie_status iterate_group(iterate *it, leie_group *group, leie_error *err)
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
        correct(it, group, &p);                                                                      // M d = r
        leie_parallel_for(n, it->m.small ? n : ROW_GRAIN, add_rows, both, NULL);                     // x = x + d
        leie_status st = leie_group_judge(group, group->x, group->residual, group->residual_b, err); // r = b - M x
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

static leie_status give_in(const block *s, leie_group *group, leie_error *err)
{
    memset(group->x, 0, (size_t)(s->sys->axis->n * group->k) * sizeof *group->x);
    group->stalled = true;
    snprintf(group->why, sizeof group->why, "block iteration: %.100s", s->why);
    return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
}

static leie_status block_solve(void *state, leie_group *group, leie_error *err)
{
    block *s = state;
    leie_size n = s->sys->axis->n;
    leie_size width = (group->k + LEIE_LANES_F32 - 1) / LEIE_LANES_F32 * LEIE_LANES_F32;
    iterate it = {.s = s, .transposed = group->transposed, .widest = measure_parts(s->sys->axis).widest};
    if (s->singular)
        return give_in(s, group, err);
    it.store = take_store(s, group->transposed, group->k, err);
    if (!it.store)
        return LEIE_ERR_NOMEM;
    leie_status st = leie_mixing_new(&it.m, n, width, width * s->sys->survey.nonzeros <= SMALL, err);
    if (st)
        return st;
    it.c = leie_new(n, (size_t)width * sizeof *it.c);
    it.strip = leie_new(strip_room(TOGETHER, it.widest, width), sizeof *it.strip);
    it.known = leie_new(s->parts, sizeof *it.known);
    if (!it.c || !it.strip || !it.known)
        st = leie_fail_memory(err, "the block iteration", n * width, 2 * sizeof *it.c);
    else
        st = iterate_group(&it, group, err);
    leie_free(it.c);
    leie_free(it.strip);
    leie_free(it.known);
    leie_mixing_free(&it.m);
    return st;
}

const leie_backend leie_backend_block = {LEIE_WIDTH, block_bytes, block_setup, block_solve, block_free};
