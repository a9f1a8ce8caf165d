// SPDX-License-Identifier: GPL-3.0-or-later
/* The matrices of the iteration over factors (factor_sweeps.c):  G_r = (I - C_r diag(t))^-1 C_r,  C_r = B_r D_r, in f32.
 */
#include <stdio.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/blocklu.h"
#include "kernels/inverse.h"
#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/profile.h"
#include "solver/linear/factor_impl.h"

/* ---- memory ---- */

static leie_size squares_of(const leie_factored *f)
{
    leie_size squares = 0;
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size P = leie_factored_products(f, r);
        squares += P * P;
    }
    return squares;
}

/* Of the largest part. */
static leie_size rows_of(const leie_factored *f)
{
    leie_size most = 0;
    for (leie_size r = 0; r < f->parts; r++)
        most = f->first[r + 1] - f->first[r] > most ? f->first[r + 1] - f->first[r] : most;
    return most;
}

static leie_size factored_bytes(const leie_shape *shape)
{
    const leie_factored *f = shape->Z->factors;
    leie_size n = shape->axis->n, width = LEIE_WIDTH;
    if (!f)
        return 0;
    leie_size products = f->product[f->parts];
    leie_size solve = leie_mixing_bytes(products, width) + 3 * products * width * (leie_size)sizeof(float) +
                      (4 * n + 2 * products + 2 * rows_of(f) * leie_threads()) * width * (leie_size)sizeof(double);
    return squares_of(f) * (leie_size)sizeof(float) + leie_factorcells_bytes(f) + solve;
}

leie_status leie_factor_room_for(leie_factor_state *s, leie_size width, bool small, leie_error *err)
{
    leie_factor_room *room = &s->room;
    leie_size products = s->f->product[s->f->parts], parts = 2 * s->rows * leie_threads();
    leie_status st = leie_mixing_new(&room->mixing, products, width, small, err);
    if (st)
        return st;
    leie_size numbers = parts + 2 * products + (3 * products + 1) / 2; // three arrays are f32
    if (width > room->held || leie_threads() > room->workers) {
        leie_free(room->part);
        room->part = leie_new_pages(numbers, (size_t)width * sizeof *room->part);
        room->workers = room->part ? leie_threads() : 0;
        room->held = width;
    }
    if (!room->part)
        return leie_fail_memory(err, "an iteration over factors", numbers, (size_t)width * sizeof *room->part);
    room->width = width;
    room->d = room->part + parts * width;
    room->work = room->d + products * width;
    room->base = (float *)(void *)(room->work + products * width);
    room->c = room->base + products * width;
    room->sum = room->c + products * width;
    return LEIE_OK;
}

static void factored_free(void *state)
{
    leie_factor_state *s = state;
    if (s) {
        leie_free(s->place);
        leie_free(s->G);
        leie_free(s->room.part);
        leie_mixing_free(&s->room.mixing);
        leie_free(s);
    }
}

/* ---- setup ---- */

/* Regions being set up. */
typedef struct setting {
    leie_factor_state *s;
    leie_size most_I, most_P;
    double *work; // [workers, doubles] I - C diag(t), and the room that its inversion needs
    float *dense; // [workers, floats] B, D, C, the inverse
    int *pivot;   // [workers, most_P]
    leie_size doubles, floats;
} setting;

static leie_status take_room(setting *j, leie_error *err)
{
    const leie_factored *f = j->s->f;
    leie_size workers = leie_threads();
    for (leie_size r = 0; r < f->parts; r++) {
        leie_size P = leie_factored_products(f, r);
        j->most_I = f->made[r] > j->most_I ? f->made[r] : j->most_I;
        j->most_P = P > j->most_P ? P : j->most_P;
    }
    leie_size P = j->most_P;
    j->doubles = P * leie_blocklu_stride(P) + P * P + 2 * P;
    j->doubles = (j->doubles + LEIE_LANES - 1) / LEIE_LANES * LEIE_LANES;
    j->floats = 2 * P * (j->most_I + P);
    j->work = leie_new(workers * j->doubles, sizeof *j->work);
    j->dense = leie_new(workers * j->floats, sizeof *j->dense);
    j->pivot = leie_new(workers * P, sizeof *j->pivot);
    if (j->work && j->dense && j->pivot)
        return LEIE_OK;
    return leie_fail_memory(err, "the products of a region", workers * j->doubles, sizeof *j->work);
}

/* to [rows, cols] = factor times m diag(scale) in f32. */
static void densify(float *to, const leie_matrix *m, const double *scale, double factor)
{
    memset(to, 0, (size_t)(m->rows * m->cols) * sizeof *to);
    for (leie_size i = 0; i < m->rows; i++) {
        const leie_index *col;
        const double *val;
        leie_size count = leie_matrix_row(m, i, &col, &val);
        for (leie_size t = 0; t < count; t++) {
            leie_size j = col ? col[t] : t;
            to[i * m->cols + j] = (float)(factor * val[t] * scale[j]);
        }
    }
}

/* -G = (I - C diag(t))^-1 (-C) is subtracted from nothing; false when there is no inverse. */
static bool make_G(const setting *j, leie_size r, int worker)
{
    leie_factor_state *s = j->s;
    leie_size I = s->f->made[r], P = leie_factored_products(s->f, r), ld = leie_blocklu_stride(P);
    const double *g = s->sys->scale + s->f->first[r], *q = g + I, *own = leie_factored_share(s->f, r, r);
    double *m = j->work + worker * j->doubles, *rest = m + j->most_P * leie_blocklu_stride(j->most_P);
    float *B = j->dense + worker * j->floats, *D = B + P * I, *C = D + P * I, *inverse = C + P * P;
    float *G = s->G + s->place[r];
    if (P == 0)
        return true;
    densify(B, &s->cells->use[r], g, 1);
    densify(D, &s->cells->supply[r], q, 1);
    memset(C, 0, (size_t)(P * P) * sizeof *C); // C = -B D, as LAPACK sees them C' = -D' B'
    if (I > 0)
        leie_blas_gemm_minus_f32(P, P, I, D, P, B, I, C, P);
    for (leie_size i = 0; i < P; i++)
        for (leie_size k = 0; k < P; k++)
            m[i * ld + k] = (i == k) + (double)C[i * P + k] * own[k];
    if (leie_inverse_make(inverse, m, P, ld, j->pivot + worker * j->most_P, rest) >= 0)
        return false;
    memset(G, 0, (size_t)(P * P) * sizeof *G); // G = 0 - inverse (-B D)
    leie_blas_gemm_minus_f32(P, P, P, C, P, inverse, P, G, P);
    return true;
}

static leie_status make_parts(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const setting *j = ctx;
    for (leie_size r = first; r < last; r++)
        if (!make_G(j, r, worker))
            return leie_fail(err, LEIE_ERR_SINGULAR, "the use of region '%s' of its own products has no inverse",
                             j->s->sys->axis->region.code[r]);
    return LEIE_OK;
}

/* Without G the system may still have a solution: dense LU will tell. */
static leie_status make_all(leie_factor_state *s, leie_error *err)
{
    leie_error found = {0};
    setting j = {.s = s};
    leie_status st = take_room(&j, err);
    if (!st) {
        leie_status made = leie_parallel_for(s->f->parts, 1, make_parts, &j, &found);
        s->singular = made == LEIE_ERR_SINGULAR;
        snprintf(s->why, sizeof s->why, "%.120s", found.text);
    }
    leie_free(j.work);
    leie_free(j.dense);
    leie_free(j.pivot);
    return st;
}

/* What setup cannot do without: C = B D, an inverse and a product for each region. */
static void count_work(const leie_factor_state *s)
{
    double flops = 0;
    for (leie_size r = 0; r < s->f->parts; r++) {
        double P = (double)leie_factored_products(s->f, r);
        flops += P * P * (2 * (double)s->f->made[r] + 4 * P);
    }
    leie_profile_add(LEIE_WORK_FACTOR, 4 * (double)s->place[s->f->parts] + 12 * (double)s->cells->stored, flops);
}

static leie_status factored_setup(void **state, const leie_linsys *sys, leie_size *bytes, leie_error *err)
{
    leie_shape shape = leie_shape_of(sys);
    leie_factor_state *s = leie_new(1, sizeof *s);
    leie_status st = LEIE_OK;
    if (!s)
        return leie_fail_memory(err, "an iteration over factors", 1, sizeof *s);
    s->sys = sys;
    s->f = sys->Z->factors;
    s->cells = sys->cells;
    s->rows = rows_of(s->f);
    *bytes = factored_bytes(&shape) - leie_factorcells_bytes(s->f) + s->cells->bytes;
    leie_size squares = squares_of(s->f);
    s->place = leie_new(s->f->parts + 1, sizeof *s->place);
    s->G = leie_new_pages(squares, sizeof *s->G);
    if (!s->place || !s->G) {
        st = leie_fail_memory(err, "the products of regions", squares, sizeof *s->G);
        goto done;
    }
    for (leie_size r = 0; r < s->f->parts; r++)
        s->place[r + 1] = s->place[r] + leie_factored_products(s->f, r) * leie_factored_products(s->f, r);
    st = make_all(s, err);
    count_work(s);
done:
    if (st)
        factored_free(s);
    else
        *state = s;
    return st;
}

const leie_backend leie_backend_factored = {LEIE_WIDTH, factored_bytes, factored_setup, leie_factor_solve, factored_free, NULL, NULL};
