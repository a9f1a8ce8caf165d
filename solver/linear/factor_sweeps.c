// SPDX-License-Identifier: GPL-3.0-or-later
/* Iteration over the factors of a multi-regional supply-use table, with a library type of its own (kernels/factored.h)
 * in the place of Z; A is never formed. With B_r = U_r diag(1 / g_r), D_r = V_r diag(1 / q_r) and T_r shares of origin,
 * the unknowns are the products that each region asks for, d, or the multipliers of products, v:
 *
 *   plain       d_r = B_r b_g + C_r (b_q + sum over s of T_s[r] d_s)        C_r = B_r D_r
 *   transposed  v_r = b_q + D_r' b_g + C_r' (sum over s of T_r[s] v_s)
 *
 * What r takes from itself, t = T_r[r], is solved for: with G_r = (I - C_r diag(t))^-1 C_r, inverted once, a sweep is
 *
 *   d_r = f_r + G_r  (b_q + t f_r + sum over s != r of T_s[r] d_s)          f_r = B_r b_g
 *   v_r = e_r + G_r' (t e_r + sum over s != r of T_r[s] v_s)                e_r = b_q + D_r' b_g
 *
 * in f32 on regions in groups, corrected and mixed as corrections.h says; what follows from d or v (outputs, and
 * multipliers of industries) and the residuals are f64 by the cells of the factors. What a solve takes of memory serves the
 * next one.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/inverse.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "solver/linear/corrections.h"
#include "solver/linear/factor_impl.h"

enum {
    TOGETHER = 8,  // regions in a group that use the same old values: perf/bench_factored.c
    SMALL = 300000 // numbers times right-hand sides that are not worth threads
};
static const double BRIEF_FROM = 1e-3; // residual before a correction that is hardly the last one

typedef struct iterate {
    const leie_factor_state *s;
    const leie_factor_room *room;
    leie_corrections all;
    bool transposed, small;
    bool added;      // whether x was made by a correction
    bool brief;      // residual of products alone
    bool begun;      // whether all unknowns are more than zero
    leie_size group; // first region being updated
} iterate;

static const double *scale_of(const iterate *it, leie_size r, bool products)
{
    const leie_factored *f = it->s->f;
    return it->s->sys->scale + f->first[r] + (products ? f->made[r] : 0);
}

static void scale_rows(double *to, const double *from, const double *scale, leie_size n, leie_size width)
{
    for (leie_size i = 0; i < n; i++)
        for (leie_size c = 0; c < width; c++)
            to[i * width + c] = scale[i] * from[i * width + c];
}

static void add_to(double *to, const double *from, leie_size n)
{
    for (leie_size t = 0; t < n; t++)
        to[t] += from[t];
}

/* Which right-hand sides [width] take a correction: those that neither diverged nor are done. */
static void find_good(bool *good, const iterate *it)
{
    for (leie_size c = 0; c < it->room->width; c++)
        good[c] = c < it->all.group->k && it->all.size[c] > 0 && isfinite(it->all.m.change[c]);
}

/* Work of a thread on one region: [rows, width] each. */
static double *given_of(const iterate *it, int worker)
{
    return it->room->part + 2 * worker * it->s->rows * it->room->width;
}

static double *made_of(const iterate *it, int worker)
{
    return given_of(it, worker) + it->s->rows * it->room->width;
}

/* The rows of a region of [n, k] into whole lanes, and `count` rows of a region from its row `at` on back. */
static void pack_part(const iterate *it, double *to, leie_size r, const double *from)
{
    const leie_size *first = it->s->f->first + r, k = it->all.group->k;
    leie_skinny_pack(to, it->room->width, from + first[0] * k, k, k, NULL, 0, first[1] - first[0]);
}

static void unpack_rows(const iterate *it, const double *from, const double *scale, leie_size at, leie_size count)
{
    leie_size k = it->all.group->k;
    leie_skinny_unpack(it->all.group->r + at * k, k, k, from, it->room->width, scale, 0, count);
}

static leie_size part_grain(const iterate *it)
{
    return it->small ? it->s->f->parts + 1 : 1;
}

/* ---- a correction begins ---- */

/* base = f_r or e_r and c = b_q + t f_r or t e_r, from r / size. */
static void begin_part(const iterate *it, leie_size r, int worker)
{
    const leie_factored *f = it->s->f;
    const leie_factor_room *room = it->room;
    leie_size I = f->made[r], P = leie_factored_products(f, r), width = room->width, k = it->all.group->k;
    double *b_g = given_of(it, worker), *d = made_of(it, worker), inverse[LEIE_WIDTH];
    const double *b_q = b_g + I * width, *own = leie_factored_share(f, r, r);
    pack_part(it, b_g, r, it->all.group->r);
    memset(d, 0, (size_t)(P * width) * sizeof *d);
    if (it->transposed) { // e = b_q + diag(1 / q) V' b_g
        leie_factorcells_supply(d, it->s->cells, r, true, width, b_g);
        scale_rows(d, d, scale_of(it, r, true), P, width);
        add_to(d, b_q, P * width);
    } else { // f = U diag(1 / g) b_g
        scale_rows(b_g, b_g, scale_of(it, r, false), I, width);
        leie_factorcells_use(d, it->s->cells, r, false, width, b_g);
    }
    for (leie_size c = 0; c < k; c++) // a power of two
        inverse[c] = it->all.size[c] > 0 ? 1 / it->all.size[c] : 0;
    memset(room->base + f->product[r] * width, 0, (size_t)(P * width) * sizeof *room->base);
    memset(room->c + f->product[r] * width, 0, (size_t)(P * width) * sizeof *room->c);
    for (leie_size p = 0; p < P; p++)
        for (leie_size c = 0; c < k; c++) {
            double base = d[p * width + c] * inverse[c], given = it->transposed ? 0 : b_q[p * width + c] * inverse[c];
            leie_size at = (f->product[r] + p) * width + c;
            room->base[at] = (float)base;
            room->c[at] = (float)(given + own[p] * base);
        }
}

static leie_status begin_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    (void)err;
    for (leie_size r = first; r < last; r++)
        begin_part(ctx, r, worker);
    return LEIE_OK;
}

static void begin(void *ctx)
{
    iterate *it = ctx;
    it->begun = false;
    leie_parallel_for(it->s->f->parts, part_grain(it), begin_parts, it, NULL);
}

/* ---- sweeps ---- */

/* d_r = base + G_r sum, v_r = base + G_r' sum */
static leie_status apply_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_factored *f = it->s->f;
    leie_size width = it->room->width;
    (void)err;
    for (leie_size member = first; member < last; member++) {
        leie_size r = it->group + member, P = leie_factored_products(f, r), at = f->product[r] * width;
        const leie_index *place = it->s->cells->trade.member + f->product[r];
        const float *base = it->room->base + at;
        float *made = (float *)(void *)made_of(it, worker);
        leie_inverse_apply(made, it->s->G + it->s->place[r], P, it->transposed, width, it->room->sum + at);
        for (leie_size p = 0; p < P; p++)
            for (leie_size c = 0; c < width; c++)
                it->all.m.g[place[p] * width + c] = made[p * width + c] + base[p * width + c];
    }
    return LEIE_OK;
}

/* sum = c + what the other regions ask for (give), then what the group makes of it. */
static void sweep(void *ctx)
{
    iterate *it = ctx;
    leie_size parts = it->s->f->parts;
    for (it->group = 0; it->group < parts; it->group += TOGETHER) {
        leie_size members = parts - it->group < TOGETHER ? parts - it->group : TOGETHER;
        leie_trade_others(it->room->sum, &it->s->cells->trade, it->transposed, it->small, it->group, it->group + members,
                          it->begun ? parts : it->group, it->room->width, it->all.m.g, it->room->c);
        leie_parallel_for(members, it->small ? members : 1, apply_parts, it, NULL);
    }
    it->begun = true;
}

/* ---- from the unknowns to x ---- */

/* The unknowns of a correction in f64, 0 for right-hand sides that diverged or are done. */
static leie_status widen_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size width = it->room->width;
    bool good[LEIE_WIDTH];
    (void)worker;
    (void)err;
    find_good(good, it);
    for (leie_size i = it->s->f->product[first]; i < it->s->f->product[last]; i++)
        for (leie_size c = 0; c < width; c++)
            it->room->d[i * width + c] = good[c] ? it->all.size[c] * (double)it->all.m.last_g[i * width + c] : 0;
    return LEIE_OK;
}

/* Plain:       q = b_q + what all ask for, g = b_g + V diag(1 / q) q
 * Transposed:  v as it is, u = b_g + diag(1 / g) U' (sum over s of T_r[s] v_s) */
static void unfold_part(const iterate *it, leie_size r, int worker)
{
    const leie_factored *f = it->s->f;
    leie_size I = f->made[r], P = leie_factored_products(f, r), width = it->room->width;
    double *b_g = given_of(it, worker), *b_q = b_g + I * width, *x_g = made_of(it, worker), *x_q = x_g + I * width;
    double *work = it->room->work + f->product[r] * width;
    const leie_index *place = it->s->cells->trade.member + f->product[r];
    pack_part(it, b_g, r, it->all.group->r);
    if (it->transposed) {
        memset(x_g, 0, (size_t)(I * width) * sizeof *x_g);
        leie_factorcells_use(x_g, it->s->cells, r, true, width, work);
        scale_rows(x_g, x_g, scale_of(it, r, false), I, width);
        add_to(x_g, b_g, I * width);
        for (leie_size p = 0; p < P; p++)
            memcpy(x_q + p * width, it->room->d + place[p] * width, (size_t)width * sizeof *x_q);
    } else {
        for (leie_size t = 0; t < P * width; t++)
            x_q[t] = b_q[t] + work[t];
        scale_rows(b_q, x_q, scale_of(it, r, true), P, width);
        memcpy(x_g, b_g, (size_t)(I * width) * sizeof *x_g);
        leie_factorcells_supply(x_g, it->s->cells, r, false, width, b_q);
    }
}

/* t = x, x = x + unfolded correction for the rows of a region. */
static leie_status add_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_group *g = it->all.group;
    leie_size k = g->k;
    bool good[LEIE_WIDTH];
    (void)err;
    find_good(good, it);
    for (leie_size r = first; r < last; r++) {
        const double *made = made_of(it, worker);
        unfold_part(it, r, worker);
        for (leie_size i = it->s->f->first[r]; i < it->s->f->first[r + 1]; i++, made += it->room->width)
            for (leie_size c = 0; c < k; c++) {
                double x = g->x[i * k + c];
                g->t[i * k + c] = x;
                g->x[i * k + c] = good[c] ? x + made[c] : x;
            }
    }
    return LEIE_OK;
}

static void add(void *ctx)
{
    iterate *it = ctx;
    leie_parallel_for(it->s->f->parts, part_grain(it), widen_parts, it, NULL);
    leie_trade_product(it->room->work, &it->s->cells->trade, it->transposed, it->small, it->room->width, it->room->d);
    leie_parallel_for(it->s->f->parts, part_grain(it), add_parts, it, NULL);
    it->added = true;
}

/* ---- residuals ---- */

/* What industries sell for, y_g = x_g - b_g, as add() made x_g. */
static void take_as_made(const iterate *it, leie_size first, leie_size count)
{
    const leie_group *g = it->all.group;
    for (leie_size t = first; t < first + count; t++)
        g->r[t] = g->x[t] - g->b[t];
}

/* Plain:       d_r = U_r diag(1 / g) x_g, y_g = V_r diag(1 / q) x_q
 * Transposed:  d_r = x_q, y_q = diag(1 / q) V_r' x_g */
static leie_status first_half(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_factored *f = it->s->f;
    leie_size width = it->room->width;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), begin = f->first[r];
        double *x = given_of(it, worker), *x_q = x + I * width, *y_g = made_of(it, worker), *y_q = y_g + I * width;
        const leie_index *place = it->s->cells->trade.member + f->product[r];
        const double *d = it->transposed ? x_q : y_q;
        pack_part(it, x, r, it->all.group->x);
        memset(y_g, 0, (size_t)((I + P) * width) * sizeof *y_g);
        if (it->transposed) {
            leie_factorcells_supply(y_q, it->s->cells, r, true, width, x);
            unpack_rows(it, y_q, scale_of(it, r, true), begin + I, P);
            if (it->brief) {
                take_as_made(it, begin * it->all.group->k, I * it->all.group->k);
                continue;
            }
        } else {
            scale_rows(x, x, scale_of(it, r, false), I + P, width);
            leie_factorcells_use(y_q, it->s->cells, r, false, width, x);
            leie_factorcells_supply(y_g, it->s->cells, r, false, width, x_q);
            unpack_rows(it, y_g, NULL, begin, I);
        }
        for (leie_size p = 0; p < P; p++)
            memcpy(it->room->d + place[p] * width, d + p * width, (size_t)width * sizeof *d);
    }
    return LEIE_OK;
}

/* Plain: y_q = what all parts take, made already. Transposed: y_g = diag(1 / g) U_r' what all parts give. */
static leie_status second_half(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_factored *f = it->s->f;
    leie_size width = it->room->width;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        leie_size I = f->made[r], P = leie_factored_products(f, r), begin = f->first[r];
        const double *work = it->room->work + f->product[r] * width;
        double *y_g = made_of(it, worker);
        if (it->transposed) {
            memset(y_g, 0, (size_t)(I * width) * sizeof *y_g);
            leie_factorcells_use(y_g, it->s->cells, r, true, width, work);
            unpack_rows(it, y_g, scale_of(it, r, false), begin, I);
        } else {
            unpack_rows(it, work, NULL, begin + I, P);
        }
    }
    return LEIE_OK;
}

/* A x or A' x in the place of the residual, then the residual. */
static leie_status judge_all(iterate *it, leie_error *err)
{
    leie_group *g = it->all.group;
    leie_parallel_for(it->s->f->parts, part_grain(it), first_half, it, NULL);
    if (!it->brief) {
        leie_trade_product(it->room->work, &it->s->cells->trade, it->transposed, it->small, it->room->width, it->room->d);
        leie_parallel_for(it->s->f->parts, part_grain(it), second_half, it, NULL);
    }
    return leie_group_weigh(g, g->x, g->residual, g->residual_b, err);
}

/* Multipliers of industries are exact by what a correction makes of those of products. Where another correction is to
 * come, the residual of products is therefore all of it, and needs no use. What is reported is judged by all factors. */
static leie_status judge(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    it->brief = it->transposed && it->added && leie_group_worst(it->all.group) > BRIEF_FROM;
    leie_status st = judge_all(it, err);
    if (st || !it->brief || !leie_group_converged(it->all.group))
        return st;
    it->brief = false;
    return judge_all(it, err);
}

/* ---- solve ---- */

static leie_status solve_group(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    return leie_corrections_run(&it->all, err);
}

leie_status leie_factor_solve(void *state, leie_group *group, leie_error *err)
{
    leie_factor_state *s = state;
    leie_size width = leie_skinny_width(group->k);
    iterate it = {.s = s, .room = &s->room, .transposed = group->transposed};
    it.small = s->f->use_at[s->f->parts] * width <= SMALL;
    it.all = (leie_corrections){.group = group, .name = "iteration over factors", .ctx = &it, .begin = begin,
                                .sweep = sweep, .add = add, .judge = judge};
    double squares = (double)s->place[s->f->parts], shares = (double)s->cells->trade.place[s->f->numbers];
    double cells = (double)s->cells->stored;
    it.all.sweep_bytes = 4 * (squares + shares);
    it.all.sweep_flops = 2 * (squares + shares) * (double)group->k;
    it.all.judge_bytes = 12 * cells + 8 * shares;
    it.all.judge_flops = 2 * (cells + shares) * (double)group->k;
    if (s->singular) {
        snprintf(group->why, sizeof group->why, "iteration over factors: %.100s", s->why);
        return leie_group_give_in(group, err);
    }
    leie_status st = leie_factor_room_for(s, width, it.small, err);
    if (st)
        return st;
    it.all.m = s->room.mixing;
    return leie_parallel_team(solve_group, &it, err);
}
