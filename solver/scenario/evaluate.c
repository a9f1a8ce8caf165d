// SPDX-License-Identifier: GPL-3.0-or-later
/* One change by the low-rank formula of response.h. K runs fastest: C', M W and the rest are [used, K]. */
#include <math.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/blocklu.h"
#include "kernels/memory.h"
#include "solver/scenario/response_impl.h"

enum { MW, RW, SMALL, FULL, RIGHT, GATHER }; // work arrays

leie_status leie_work_room(double **array, leie_size *room, leie_size count, leie_error *err)
{
    if (count <= *room)
        return LEIE_OK;
    leie_free(*array);
    *array = leie_new(count, sizeof **array);
    *room = *array ? count : 0;
    return *array ? LEIE_OK : leie_fail_memory(err, "work on a scenario", count, sizeof **array);
}

// Y' += A' B' for row-major arrays: out [cols, K] += in [cols, used] C' [used, K].
static void add_product(double *out, leie_size cols, leie_size K, leie_size used, const double *in, leie_size ld, const double *minus)
{
    if (cols && K && used)
        leie_blas_gemm_minus(K, cols, used, minus, K, in, ld, out, K);
}

// Whether the vectors of a change lie side by side among the shared ones, as they do in a sweep.
static bool side_by_side(const leie_factors *f)
{
    for (leie_size u = 1; u < f->used; u++)
        if (f->vector[u] != f->vector[0] + u)
            return false;
    return f->used > 0;
}

// M W [rank, K] and R W [rank, used], transposed.
static void project(const leie_response *r, const leie_factors *f, double *mw, double *rw)
{
    bool near = side_by_side(f);
    for (leie_size a = 0; a < f->rank; a++) {
        memset(mw + a * r->K, 0, (size_t)r->K * sizeof *mw);
        memset(rw + a * f->used, 0, (size_t)f->used * sizeof *rw);
        for (leie_size w = f->first[a]; w < f->first[a + 1]; w++) {
            const double *m = r->M + f->weight[w].row * r->K, *row = r->R + f->weight[w].row * r->B;
            double value = f->weight[w].value;
            for (leie_size c = 0; c < r->K; c++)
                mw[a * r->K + c] += value * m[c];
            const double *from = near ? row + f->vector[0] : row;
            for (leie_size u = 0; near && u < f->used; u++)
                rw[a * f->used + u] += value * from[u];
            for (leie_size u = 0; !near && u < f->used; u++)
                rw[a * f->used + u] += value * row[f->vector[u]];
        }
    }
}

// right = mw + rw X - X for the columns of A, X [used, K]; with X' = C_S alone (`start`) the right-hand side of C.
static void small_residual(double *right, const leie_response *r, const leie_factors *f, const double *mw, const double *rw, const double *X)
{
    leie_size K = r->K;
    for (leie_size a = 0; a < f->rank; a++)
        for (leie_size c = 0; c < K; c++)
            right[a * K + c] = mw[a * K + c] + f->S[a * K + c] - X[a * K + c];
    for (leie_size a = 0; a < f->rank; a++)
        for (leie_size u = 0; u < f->used; u++) {
            double value = rw[a * f->used + u];
            for (leie_size c = 0; c < K && value != 0; c++)
                right[a * K + c] += value * X[u * K + c];
        }
}

// The bound of response.h, the worst over the rows.
static double bound(const leie_response *r, const leie_factors *f, const double *C, const double *T)
{
    double worst = 0, norm = r->norm - f->row_change;
    for (leie_size c = 0; c < r->K; c++) {
        double rho = r->rho_M[c], sum = r->sum_M[c], change = 0, s = r->norm_S[c], rise = f->pressure[c % r->k];
        for (leie_size u = 0; u < f->used; u++) {
            double value = C[u * r->K + c];
            rho += fabs(value) * r->rho_R[f->vector[u]];
            sum += value * r->sum_R[f->vector[u]];
            if (u < f->rank)
                change += fabs(T[u * r->K + c]) * r->vectors.vector[f->vector[u]].norm;
        }
        double least = s > rise ? s - rise : 0, most = fmax(norm, 0) * fabs(sum); // |(I - A*)'| |m*| is also at least |s*|
        double size = least + fmax(most, least);
        if (rho + change > 0)
            worst = fmax(worst, size > 0 ? (rho + change) / size : INFINITY);
    }
    return worst;
}

// C' = C_S' and, for the vectors of A, the solution of the small system, refined when need be. Returns the bound.
static leie_status solve_small(double *worst, const leie_response *r, leie_response_work *w, leie_error *err)
{
    const leie_factors *f = &w->factors;
    leie_size K = r->K, rank = f->rank, used = f->used;
    double *C = w->C, *T = w->T, *small = w->small;
    memcpy(C, f->S, (size_t)(used * K) * sizeof *C);
    *worst = INFINITY;
    if (rank > w->room_pivot) {
        leie_free(w->pivot);
        w->pivot = leie_new(rank, sizeof *w->pivot);
        w->room_pivot = w->pivot ? rank : 0;
    }
    leie_status st = rank && !w->pivot ? leie_fail_memory(err, "work on a scenario", rank, sizeof *w->pivot)
                                       : leie_work_room(&w->lu_work, &w->room_lu, 2 * rank, err);
    if (st)
        return st;
    leie_size ld = rank ? leie_blocklu_stride(rank) : 0;
    for (leie_size a = 0; a < rank; a++)
        for (leie_size b = 0; b < rank; b++)
            small[a * ld + b] = (a == b) - w->RW[a * used + b];
    if (rank && leie_blocklu_factor(small, rank, ld, w->pivot, w->lu_work) >= 0)
        return LEIE_OK; // singular to working precision: solved by itself
    for (int step = 0; step < 3; step++) {
        small_residual(T, r, f, w->MW, w->RW, C);
        if (step > 0)
            *worst = bound(r, f, C, T);
        if (step > 0 && (*worst <= 0.1 * r->opts.tolerance || step == 2))
            break;
        if (rank)
            leie_blocklu_solve(small, rank, ld, w->pivot, false, K, T);
        for (leie_size i = 0; i < rank * K; i++)
            C[i] += T[i];
    }
    return LEIE_OK;
}

// R dy of the columns of Y that changed, added to the gathered R y; and by product.
static leie_status gather_demand(const leie_response *r, leie_response_work *w, const leie_edits *Y, leie_error *err)
{
    const leie_factors *f = &w->factors;
    leie_size used = f->used, q = r->q->label.n, R = r->base->R;
    leie_status st = leie_work_room(&w->dRY, &w->room_dRY, r->columns * used, err);
    st = st || !r->RP ? st : leie_work_room(&w->dRP, &w->room_dRP, q * r->P * used, err);
    if (st)
        return st;
    for (leie_size j = 0; j < r->columns; j++)
        for (leie_size u = 0; u < used; u++)
            w->dRY[j * used + u] = r->RY[j * r->B + f->vector[u]];
    for (leie_size j = 0; r->RP && j < q * r->P; j++)
        for (leie_size u = 0; u < used; u++)
            w->dRP[j * used + u] = r->RP[j * r->B + f->vector[u]];
    for (leie_size i = 0; i < Y->n; i++) {
        double dy = Y->edit[i].now - Y->edit[i].old;
        leie_size row = Y->edit[i].row, col = Y->edit[i].col;
        const double *from = r->R + row * r->B;
        for (leie_size u = 0; u < used && dy != 0; u++)
            w->dRY[col * used + u] += dy * from[f->vector[u]];
        for (leie_size a = 0; r->RP && r->category_of[col] >= 0 && a < q; a++)
            for (leie_size u = 0; u < used && r->q->member[a * R + r->region_of[col]]; u++)
                w->dRP[(a * r->P + r->product_of[row]) * used + u] += dy * from[f->vector[u]];
    }
    return LEIE_OK;
}

// Adds C (R y + R dy); by product only the rows of class 0.
static leie_status add_multipliers(leie_effect *e, const leie_response *r, leie_response_work *w, const leie_edits *Y, leie_error *err)
{
    leie_size used = w->factors.used, k = r->k, K = r->K;
    leie_status st = gather_demand(r, w, Y, err);
    st = st ? st : leie_work_room(&w->gather, &w->room[GATHER], used * K, err);
    if (st)
        return st;
    for (leie_size i = 0; i < used * K; i++)
        w->gather[i] = -w->C[i];
    add_product(e->total, r->columns, K, used, w->dRY, used, w->gather);
    if (!e->product)
        return LEIE_OK;
    for (leie_size u = 0; u < used; u++)
        for (leie_size s = 0; s < k; s++)
            w->gather[u * k + s] = -w->C[u * K + s];
    add_product(e->product, r->q->label.n * r->P, k, used, w->dRP, used, w->gather);
    return LEIE_OK;
}

static leie_status room_for_factors(const leie_response *r, leie_response_work *w, leie_error *err)
{
    leie_size rank = w->factors.rank, used = w->factors.used, K = r->K, ld = rank ? leie_blocklu_stride(rank) : 0;
    leie_status st = leie_work_room(&w->MW, &w->room[MW], rank * K + 1, err);
    st = st ? st : leie_work_room(&w->RW, &w->room[RW], rank * used + 1, err);
    st = st ? st : leie_work_room(&w->small, &w->room[SMALL], rank * ld + 1, err);
    st = st ? st : leie_work_room(&w->C, &w->room[FULL], used * K + 1, err);
    return st ? st : leie_work_room(&w->T, &w->room[RIGHT], used * K + 1, err);
}

leie_status leie_response_evaluate(leie_effect *e, const leie_response *r, const leie_change *change, leie_response_work *w,
                                   leie_error *err)
{
    leie_vectors known = r->vectors; // read alone
    w->by_itself = false;
    leie_effect_start(e, r, change);
    e->converged = false;
    e->method = LEIE_METHOD_AUTO;
    e->residual = 0;
    if (r->plan.method != LEIE_METHOD_LOWRANK)
        return LEIE_OK;
    leie_status st = leie_factors_make(&w->factors, &known, change, &r->classes, leie_response_columns(r), false, err);
    st = st ? st : room_for_factors(r, w, err);
    if (st)
        return st;
    e->rank = w->factors.rank;
    project(r, &w->factors, w->MW, w->RW);
    st = solve_small(&e->residual, r, w, err);
    if (st || !(e->residual <= r->opts.tolerance))
        return st;
    e->converged = true;
    e->method = LEIE_METHOD_LOWRANK;
    leie_effect_add_demand(e, r, &change->part[LEIE_EDIT_Y], r->M);
    return w->factors.used ? add_multipliers(e, r, w, &change->part[LEIE_EDIT_Y], err) : LEIE_OK;
}

leie_status leie_response_multipliers(double *M, const leie_response *r, leie_response_work *w, leie_error *err)
{
    // column-major: M* (N x k, leading dimension N) = M + R'(N x used) C'(used x k), a block of sectors at a time
    enum { BLOCK = 512 };
    const leie_factors *f = &w->factors;
    leie_size used = f->used, k = r->k, K = r->K;
    bool near = side_by_side(f);
    for (leie_size s = 0; w->by_itself && s < k; s++)
        for (leie_size i = 0; i < r->N; i++)
            M[s * r->N + i] = w->own[i * k + s];
    if (w->by_itself)
        return LEIE_OK;
    leie_status st = leie_work_room(&w->gather, &w->room[GATHER], BLOCK * used + used * k + BLOCK * k, err);
    if (st)
        return st;
    double *rows = w->gather, *C = rows + BLOCK * used, *out = C + used * k;
    for (leie_size u = 0; u < used; u++)
        for (leie_size s = 0; s < k; s++)
            C[u * k + s] = -w->C[u * K + s];
    for (leie_size first = 0; first < r->N; first += BLOCK) {
        leie_size count = r->N - first < BLOCK ? r->N - first : BLOCK;
        for (leie_size i = 0; i < count; i++) {
            for (leie_size u = 0; !near && u < used; u++)
                rows[i * used + u] = r->R[(first + i) * r->B + f->vector[u]];
            memcpy(out + i * k, r->M + (first + i) * K, (size_t)k * sizeof *out);
        }
        if (near)
            add_product(out, count, k, used, r->R + first * r->B + f->vector[0], r->B, C);
        else
            add_product(out, count, k, used, rows, used, C);
        for (leie_size s = 0; s < k; s++)
            for (leie_size i = 0; i < count; i++)
                M[s * r->N + first + i] = out[i * k + s];
    }
    return LEIE_OK;
}

void leie_response_work_clear(leie_response_work *w)
{
    double *const arrays[] = {w->MW, w->RW, w->small, w->C, w->T, w->gather, w->lu_work, w->dRY, w->dRP, w->own};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    leie_free(w->pivot);
    leie_factors_clear(&w->factors);
    *w = (leie_response_work){0};
}
