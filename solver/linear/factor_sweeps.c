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
 * multipliers of industries) and the residuals are f64 by the factors themselves.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/blocklu.h"
#include "kernels/blockstore.h"
#include "kernels/factored.h"
#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/skinny.h"
#include "solver/linear/corrections.h"

enum {
    TOGETHER = 4,   // regions in a group that use the same old values
    SMALL = 300000, // numbers times right-hand sides that are not worth threads
    ROW_GRAIN = 512
};

typedef struct factored {
    const leie_linsys *sys;
    const leie_factored *f;
    leie_size *place; // [parts + 1] of G_r
    float *G;
    leie_size most;   // products of a region
    bool singular;    // a region has no G:
    char why[128];    // which one
} factored;

/* ---- memory ---- */

static leie_size squares_of(const leie_factored *f, leie_size *most)
{
    leie_size squares = 0;
    *most = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size P = leie_factored_products(f, r);
        squares += P * P;
        *most = P > *most ? P : *most;
    }
    return squares;
}

/* f64 numbers of the work on one region. */
static leie_size setup_room(leie_size P, leie_size I)
{
    return P * (leie_blocklu_stride(P) + P + 2 * I) + 3 * P;
}

static leie_size factored_bytes(const leie_shape *shape)
{
    const leie_factored *f = shape->Z->factors;
    leie_size most, n = shape->axis->n;
    if (!f)
        return 0;
    leie_size squares = squares_of(f, &most), products = f->product[f->parts], wide = LEIE_WIDTH;
    leie_size solve = leie_mixing_bytes(products, wide) + (2 * products + TOGETHER * most) * wide * (leie_size)sizeof(float) +
                      (7 * n + 3 * products) * wide * (leie_size)sizeof(double);
    return squares * (leie_size)sizeof(float) + solve;
}

static void factored_free(void *state)
{
    factored *s = state;
    if (s) {
        leie_free(s->place);
        leie_free(s->G);
        leie_free(s);
    }
}

/* ---- setup ---- */

/* C = B D [P, P] of region r; work [2 P I]. */
static void multiply_out(double *C, const factored *s, leie_size r, double *work)
{
    const leie_factored *f = s->f;
    leie_size I = f->made[r], P = leie_factored_products(f, r);
    const double *g = s->sys->scale + f->first[r], *q = g + I, *use = leie_factored_use(f, r);
    const double *supply = leie_factored_supply(f, r);
    double *B = work, *D = work + P * I;
    for (leie_size t = 0; t < P * I; t++)
        B[t] = -(use[t] * g[t % I]);
    for (leie_size t = 0; t < P * I; t++)
        D[t] = supply[t] * q[t % P];
    memset(C, 0, (size_t)(P * P) * sizeof *C);
    if (P > 0 && I > 0)
        leie_blas_gemm_minus(P, P, I, D, P, B, I, C, P); // as LAPACK sees them: C' = - D' (-B)'
}

/* G = (I - C diag(t))^-1 C. */
static leie_status make_G(factored *s, leie_size r, leie_error *err)
{
    leie_size I = s->f->made[r], P = leie_factored_products(s->f, r), ld = leie_blocklu_stride(P), bad = -1;
    const double *own = leie_factored_share(s->f, r, r);
    double *work = leie_new(setup_room(P, I), sizeof *work);
    int *pivot = leie_new(P, sizeof *pivot);
    if (!work || !pivot) {
        leie_free(work);
        leie_free(pivot);
        return leie_fail_memory(err, "the products of a region", setup_room(P, I), sizeof *work);
    }
    double *m = work, *C = m + P * ld, *rest = C + P * P;
    multiply_out(C, s, r, rest);
    for (leie_size i = 0; i < P; i++)
        for (leie_size j = 0; j < P; j++)
            m[i * ld + j] = (i == j) - C[i * P + j] * own[j];
    if (P > 0)
        bad = leie_blocklu_factor(m, P, ld, pivot, rest);
    if (P > 0 && bad < 0)
        leie_blocklu_solve(m, P, ld, pivot, false, P, C);
    for (leie_size t = 0; t < P * P; t++)
        s->G[s->place[r] + t] = (float)C[t];
    leie_free(work);
    leie_free(pivot);
    if (bad < 0)
        return LEIE_OK;
    return leie_fail(err, LEIE_ERR_SINGULAR, "the use of region '%s' of its own products has no inverse",
                     s->sys->axis->region.code[r]);
}

static leie_status make_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    leie_status st = LEIE_OK;
    (void)worker;
    for (leie_size r = first; r < last && !st; r++)
        st = make_G(ctx, r, err);
    return st;
}

/* Without G the system may still have a solution: dense LU will tell. */
static leie_status make_all(factored *s, leie_error *err)
{
    leie_error found = {0};
    leie_status st = leie_parallel_for(s->f->parts, 1, make_parts, s, &found);
    s->singular = st == LEIE_ERR_SINGULAR;
    snprintf(s->why, sizeof s->why, "%.120s", found.text);
    if (st && !s->singular && err && !err->code)
        *err = found;
    return s->singular ? LEIE_OK : st;
}

static leie_status factored_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_shape shape = leie_shape_of(sys);
    factored *s = leie_new(1, sizeof *s);
    leie_status st = LEIE_OK;
    if (!s)
        return leie_fail_memory(err, "an iteration over factors", 1, sizeof *s);
    s->sys = sys;
    s->f = sys->Z->factors;
    *bytes = factored_bytes(&shape);
    leie_size squares = squares_of(s->f, &s->most);
    s->place = leie_new(s->f->parts + 1, sizeof *s->place);
    s->G = leie_new_pages(squares, sizeof *s->G);
    if (!s->place || !s->G) {
        st = leie_fail_memory(err, "the products of regions", squares, sizeof *s->G);
        goto done;
    }
    for (leie_size r = 0; r < s->f->parts; r++)
        s->place[r + 1] = s->place[r] + leie_factored_products(s->f, r) * leie_factored_products(s->f, r);
    st = make_all(s, err);
done:
    if (st)
        factored_free(s);
    else
        *state = s;
    return st;
}

/* ---- one group of right-hand sides ---- */

typedef struct iterate {
    const factored *s;
    leie_corrections all;
    bool transposed, small;
    leie_size wide;   // whole f64 lanes
    double *r, *x;    // [n, wide] the residual, and what a correction makes of it
    double *d;        // [products, wide] unknowns in f64
    double *work;     // [products, wide]
    float *base, *c;  // [products, width] f or e; the right-hand side of G
    float *sum;       // [TOGETHER, most, width]
    leie_size group;  // first region being updated
    bool *known;      // [parts] whether the unknowns are more than zero
} iterate;

static const double *scale_of(const iterate *it, leie_size r, bool products)
{
    const leie_factored *f = it->s->f;
    return it->s->sys->scale + f->first[r] + (products ? f->made[r] : 0);
}

/* y += M x, or M' x, for a factor M [rows, cols]. */
static void multiply(double *y, double *m, leie_size rows, leie_size cols, bool transposed, leie_size wide,
                     const double *x)
{
    leie_matrix view = {.form = LEIE_DENSE, .rows = rows, .cols = cols, .ld = cols, .val = m};
    leie_window all = {0, rows, 0, cols};
    if (transposed)
        leie_skinny_transposed(y, &view, all, wide, x);
    else
        leie_skinny_plain(y, &view, all, wide, x);
}

static void scale_rows(double *to, const double *from, const double *scale, leie_size n, leie_size wide)
{
    for (leie_size i = 0; i < n; i++)
        for (leie_size c = 0; c < wide; c++)
            to[i * wide + c] = scale[i] * from[i * wide + c];
}

/* base = f_r or e_r and c = b_q + t f_r or t e_r, from r / size. Uses x and d of the region as work. */
static void begin_part(const iterate *it, leie_size r)
{
    const leie_factored *f = it->s->f;
    leie_size I = f->made[r], P = leie_factored_products(f, r), wide = it->wide, width = it->all.m.width;
    const double *b_g = it->r + f->first[r] * wide, *b_q = b_g + I * wide, *own = leie_factored_share(f, r, r);
    double *scaled = it->x + f->first[r] * wide, *d = it->d + f->product[r] * wide;
    memset(d, 0, (size_t)(P * wide) * sizeof *d);
    if (it->transposed) { // e = b_q + diag(1 / q) V' b_g
        multiply(d, leie_factored_supply(f, r), I, P, true, wide, b_g);
        scale_rows(d, d, scale_of(it, r, true), P, wide);
        for (leie_size t = 0; t < P * wide; t++)
            d[t] += b_q[t];
    } else { // f = U diag(1 / g) b_g
        scale_rows(scaled, b_g, scale_of(it, r, false), I, wide);
        multiply(d, leie_factored_use(f, r), P, I, false, wide, scaled);
    }
    for (leie_size p = 0; p < P; p++)
        for (leie_size c = 0; c < it->all.group->k; c++) {
            double size = it->all.size[c], base = size > 0 ? d[p * wide + c] / size : 0;
            double given = size > 0 && !it->transposed ? b_q[p * wide + c] / size : 0;
            leie_size at = (f->product[r] + p) * width + c;
            it->base[at] = (float)base;
            it->c[at] = (float)(given + own[p] * base);
        }
}

static leie_status begin_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    (void)worker;
    (void)err;
    for (leie_size r = first; r < last; r++)
        begin_part(it, r);
    return LEIE_OK;
}

static leie_status pack_rows(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size k = it->all.group->k;
    (void)worker;
    (void)err;
    leie_skinny_pack(it->r, it->wide, it->all.group->r, k, k, NULL, first, last);
    return LEIE_OK;
}

static leie_size row_grain(const iterate *it)
{
    return it->small ? it->s->f->n + 1 : ROW_GRAIN;
}

static leie_size part_grain(const iterate *it)
{
    return it->small ? it->s->f->parts + 1 : 1;
}

static void begin(void *ctx)
{
    iterate *it = ctx;
    memset(it->known, 0, (size_t)it->s->f->parts * sizeof *it->known);
    leie_parallel_for(it->s->f->n, row_grain(it), pack_rows, it, NULL);
    leie_parallel_for(it->s->f->parts, part_grain(it), begin_parts, it, NULL);
}

/* sum = c + what the other regions ask for (give) */
static leie_status gather_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_factored *f = it->s->f;
    leie_size width = it->all.m.width;
    (void)worker;
    (void)err;
    for (leie_size member = first; member < last; member++) {
        leie_size r = it->group + member;
        float *sum = it->sum + member * it->s->most * width;
        memcpy(sum, it->c + f->product[r] * width, (size_t)(leie_factored_products(f, r) * width) * sizeof *sum);
        leie_factored_gather_others(sum, f, it->transposed, r, width, it->all.m.g, it->known);
    }
    return LEIE_OK;
}

/* d_r = base + G_r sum, v_r = base + G_r' sum */
static leie_status apply_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_factored *f = it->s->f;
    leie_size width = it->all.m.width;
    (void)worker;
    (void)err;
    for (leie_size member = first; member < last; member++) {
        leie_size r = it->group + member, P = leie_factored_products(f, r), at = f->product[r] * width;
        float *g = it->all.m.g + at;
        leie_inverse_apply(g, it->s->G + it->s->place[r], P, it->transposed, width,
                           it->sum + member * it->s->most * width);
        for (leie_size t = 0; t < P * width; t++)
            g[t] += it->base[at + t];
    }
    return LEIE_OK;
}

static void sweep(void *ctx)
{
    iterate *it = ctx;
    leie_size parts = it->s->f->parts;
    for (it->group = 0; it->group < parts; it->group += TOGETHER) {
        leie_size members = parts - it->group < TOGETHER ? parts - it->group : TOGETHER;
        leie_parallel_for(members, it->small ? members : 1, gather_parts, it, NULL);
        leie_parallel_for(members, it->small ? members : 1, apply_parts, it, NULL);
        for (leie_size member = 0; member < members; member++)
            it->known[it->group + member] = true;
    }
}

/* ---- from the unknowns to x ---- */

/* The unknowns of a correction in f64, 0 for right-hand sides that diverged or are done. */
static leie_status widen_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    leie_size width = it->all.m.width, wide = it->wide, k = it->all.group->k;
    (void)worker;
    (void)err;
    for (leie_size i = it->s->f->product[first]; i < it->s->f->product[last]; i++)
        for (leie_size c = 0; c < wide; c++) {
            bool good = c < k && it->all.size[c] > 0 && isfinite(it->all.m.change[c]);
            it->d[i * wide + c] = good ? it->all.size[c] * (double)it->all.m.last_g[i * width + c] : 0;
        }
    return LEIE_OK;
}

/* Plain:       q = b_q + what all ask for, g = b_g + V diag(1 / q) q
 * Transposed:  v as it is, u = b_g + diag(1 / g) U' (sum over s of T_r[s] v_s) */
static void unfold_part(const iterate *it, leie_size r)
{
    const leie_factored *f = it->s->f;
    leie_size I = f->made[r], P = leie_factored_products(f, r), wide = it->wide, first = f->first[r] * wide;
    double *x_g = it->x + first, *x_q = x_g + I * wide, *work = it->work + f->product[r] * wide;
    const double *b_g = it->r + first, *b_q = b_g + I * wide, *v = it->d + f->product[r] * wide;
    if (it->transposed) {
        memset(work, 0, (size_t)(P * wide) * sizeof *work);
        leie_factored_gather(work, f, true, r, wide, it->d);
        memset(x_g, 0, (size_t)(I * wide) * sizeof *x_g);
        multiply(x_g, leie_factored_use(f, r), P, I, true, wide, work);
        scale_rows(x_g, x_g, scale_of(it, r, false), I, wide);
        for (leie_size t = 0; t < I * wide; t++)
            x_g[t] += b_g[t];
        memcpy(x_q, v, (size_t)(P * wide) * sizeof *x_q);
    } else {
        memcpy(x_q, b_q, (size_t)(P * wide) * sizeof *x_q);
        leie_factored_gather(x_q, f, false, r, wide, it->d);
        scale_rows(work, x_q, scale_of(it, r, true), P, wide);
        memcpy(x_g, b_g, (size_t)(I * wide) * sizeof *x_g);
        multiply(x_g, leie_factored_supply(f, r), I, P, false, wide, work);
    }
}

/* t = x, x = x + unfolded correction for the rows of a region. */
static leie_status add_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const iterate *it = ctx;
    const leie_group *g = it->all.group;
    (void)worker;
    (void)err;
    for (leie_size r = first; r < last; r++) {
        unfold_part(it, r);
        for (leie_size i = it->s->f->first[r]; i < it->s->f->first[r + 1]; i++)
            for (leie_size c = 0; c < g->k; c++) {
                leie_size at = i * g->k + c;
                g->t[at] = g->x[at];
                if (it->all.size[c] > 0 && isfinite(it->all.m.change[c]))
                    g->x[at] += it->x[i * it->wide + c];
            }
    }
    return LEIE_OK;
}

static void add(void *ctx)
{
    iterate *it = ctx;
    leie_parallel_for(it->s->f->parts, part_grain(it), widen_parts, it, NULL);
    leie_parallel_for(it->s->f->parts, part_grain(it), add_parts, it, NULL);
}

static leie_status judge(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    leie_group *g = it->all.group;
    return leie_group_judge(g, g->x, g->residual, g->residual_b, err);
}

/* ---- solve ---- */

static leie_status give_in(const factored *s, leie_group *group, leie_error *err)
{
    memset(group->x, 0, (size_t)(s->f->n * group->k) * sizeof *group->x);
    group->stalled = true;
    snprintf(group->why, sizeof group->why, "iteration over factors: %.100s", s->why);
    return leie_group_judge(group, group->x, group->residual, group->residual_b, err);
}

static leie_status take_room(iterate *it, leie_error *err)
{
    const leie_factored *f = it->s->f;
    leie_size products = f->product[f->parts], width = it->all.m.width;
    it->r = leie_new(2 * f->n + 3 * products, (size_t)it->wide * sizeof *it->r);
    it->base = leie_new(2 * products + TOGETHER * it->s->most, (size_t)width * sizeof *it->base);
    it->known = leie_new(f->parts, sizeof *it->known);
    if (!it->r || !it->base || !it->known)
        return leie_fail_memory(err, "an iteration over factors", 2 * f->n + 3 * products,
                                (size_t)it->wide * sizeof *it->r);
    it->x = it->r + f->n * it->wide;
    it->d = it->x + f->n * it->wide;
    it->work = it->d + products * it->wide;
    it->c = it->base + products * width;
    it->sum = it->c + products * width;
    return LEIE_OK;
}

static leie_status solve_group(void *ctx, leie_error *err)
{
    iterate *it = ctx;
    return leie_corrections_run(&it->all, err);
}

static leie_status factored_solve(void *state, leie_group *group, leie_error *err)
{
    const factored *s = state;
    leie_size width = (group->k + LEIE_LANES_F32 - 1) / LEIE_LANES_F32 * LEIE_LANES_F32;
    iterate it = {.s = s, .transposed = group->transposed, .wide = leie_skinny_width(group->k)};
    it.small = s->f->use_at[s->f->parts] * width <= SMALL;
    it.all = (leie_corrections){.group = group, .name = "iteration over factors", .ctx = &it, .begin = begin,
                                .sweep = sweep, .add = add, .judge = judge};
    double squares = (double)s->place[s->f->parts], shares = (double)s->f->share_at[s->f->parts];
    double factors = 2 * (double)s->f->use_at[s->f->parts] + shares;
    it.all.sweep_bytes = 4 * squares + 8 * shares;
    it.all.sweep_flops = 2 * (squares + shares) * (double)group->k;
    it.all.judge_bytes = 8 * factors;
    it.all.judge_flops = 2 * factors * (double)group->k;
    if (s->singular)
        return give_in(s, group, err);
    leie_status st = leie_mixing_new(&it.all.m, s->f->product[s->f->parts], width, it.small, err);
    if (!st)
        st = take_room(&it, err);
    if (!st)
        st = leie_parallel_team(solve_group, &it, err);
    leie_free(it.r);
    leie_free(it.base);
    leie_free(it.known);
    leie_mixing_free(&it.all.m);
    return st;
}

const leie_backend leie_backend_factored = {LEIE_WIDTH, factored_bytes, factored_setup, factored_solve, factored_free, NULL, NULL};
