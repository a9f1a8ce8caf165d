// SPDX-License-Identifier: GPL-3.0-or-later
#include "solver/scenario/response.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernels/memory.h"
#include "kernels/parallel.h"
#include "kernels/sum.h"
#include "solver/linear/linsys_impl.h"
#include "solver/scenario/response_impl.h"

static const char *const methods[LEIE_METHODS] = {"auto", "lowrank", "iterate", "refactor"};

const char *leie_scenario_method_name(leie_scenario_method method)
{
    return methods[method];
}

int leie_scenario_method_find(const char *name)
{
    for (int m = 0; m < LEIE_METHODS; m++)
        if (strcmp(methods[m], name) == 0)
            return m;
    return -1;
}

// ---- opening ----

static leie_status make_classes(leie_classes *c, const leie_account_regions *q, leie_size R, bool by_origin, bool whole, leie_error *err)
{
    c->R = R;
    c->n = whole ? 0 : by_origin ? R : q->label.n;
    c->member = leie_new(c->n * R + 1, sizeof *c->member);
    if (!c->member)
        return leie_fail_memory(err, "classes of origin", c->n * R, sizeof *c->member);
    for (leie_size o = 0; o < c->n; o++)
        for (leie_size s = 0; s < R; s++)
            c->member[o * R + s] = by_origin ? o == s : q->member[o * R + s];
    return LEIE_OK;
}

// Products and categories as the accounts have them; a process is a product of its own.
static leie_status describe(leie_response *r, const bool exclude[LEIE_DEMAND_KINDS], leie_error *err)
{
    const leie_baseline *b = r->base;
    const leie_axis *demand = &b->t->demand;
    leie_status st = leie_axis_codes(&r->product, r->product_of, &b->t->sector, err);
    for (leie_size p = b->n; !st && p < b->N; p++) {
        leie_size at = leie_labels_find(&r->product, b->code[p]);
        if (at < 0)
            at = leie_labels_add(&r->product, b->code[p], NULL, NULL, NULL, err);
        st = at < 0 ? (leie_status)at : LEIE_OK;
        r->product_of[p] = (leie_index)at;
    }
    for (leie_size j = 0; !st && j < r->m; j++) {
        r->category_of[j] = -1;
        r->region_of[j] = b->demand_region[j];
        if (!leie_demand_counts(demand->kind[j]) || (exclude && exclude[demand->kind[j]]) || r->region_of[j] < 0)
            continue;
        leie_size c = leie_labels_find(&r->category, demand->code[j]);
        if (c < 0)
            c = leie_labels_add(&r->category, demand->code[j], demand->name[j], NULL, leie_demand_name(demand->kind[j]), err);
        st = c < 0 ? (leie_status)c : LEIE_OK;
        r->category_of[j] = (leie_index)c;
    }
    r->P = r->product.n;
    r->C = r->category.n;
    return st;
}

// x - A x - Y e
static leie_status imbalance(leie_response *r, leie_error *err)
{
    const leie_table *t = r->base->t;
    leie_size n = t->sector.n;
    double *buys = leie_new(n, sizeof *buys);
    if (!buys)
        return leie_fail_memory(err, "imbalance", n, sizeof *buys);
    for (leie_size i = 0; i < n; i++)
        buys[i] = t->x[i] > 0;
    leie_status st = leie_matrix_product(r->rest, &t->Z, false, NULL, 1, buys, err);
    for (leie_size i = 0; i < n && !st; i++)
        r->rest[i] = t->x[i] - (r->rest[i] + leie_sum(t->Y + i * r->m, r->m, 1));
    leie_free(buys);
    return st;
}

leie_status leie_response_open(leie_response *response, const leie_baseline *base, const leie_account_regions *q, bool by_origin,
                               const bool exclude[LEIE_DEMAND_KINDS], const leie_response_opts *opts, leie_error *err)
{
    leie_response r = {.base = base, .q = q, .k = base->k, .N = base->N, .m = base->m, .columns = base->m + 1};
    r.opts = opts ? *opts : (leie_response_opts){0};
    r.opts.tolerance = r.opts.tolerance > 0 ? r.opts.tolerance : 1e-10;
    leie_status st = make_classes(&r.classes, q, base->R, by_origin, r.opts.whole, err);
    r.K = r.k * (1 + r.classes.n);
    r.product_of = leie_new(r.N, sizeof *r.product_of);
    r.category_of = leie_new(r.m ? r.m : 1, sizeof *r.category_of);
    r.region_of = leie_new(r.m ? r.m : 1, sizeof *r.region_of);
    r.rest = leie_new(base->n, sizeof *r.rest);
    if (!st && (!r.product_of || !r.category_of || !r.region_of || !r.rest))
        st = leie_fail_memory(err, "a response", r.N, sizeof *r.rest);
    st = st ? st : leie_vectors_open(&r.vectors, r.N, err);
    st = st ? st : describe(&r, exclude, err);
    st = st ? st : imbalance(&r, err);
    if (st)
        leie_response_clear(&r);
    *response = r;
    return st;
}

leie_size leie_response_columns(const leie_response *r)
{
    return r->N / 8 > 256 ? r->N / 8 : 256;
}

leie_status leie_response_collect(leie_response *r, const leie_change *change, leie_factors *work, leie_error *err)
{
    return leie_factors_make(work, &r->vectors, change, &r->classes, leie_response_columns(r), true, err);
}

// ---- plan ----

static double flops_of(const leie_plan *plan)
{
    for (int c = 0; c < LEIE_SOLVERS - 1; c++)
        if (plan->candidate[c].solver == plan->solver)
            return plan->candidate[c].flops;
    return 0;
}

enum { ITERATIONS_EXPECTED = 8 }; // steps of refinement for a change of moderate size

/* What a system that is set up by itself costs beside its arithmetic, as flops: 10 ms at n = 6, so that thousands of changes
 * of a small table are not refactorised one by one. */
static const double FLOPS_ALONE = 2e7;

leie_status leie_response_plan_make(leie_response *r, leie_size changes, leie_error *err)
{
    const leie_table *t = r->base->t;
    leie_response_plan *p = &r->plan;
    leie_plan with = {0}, without = {0}, few = {0};
    double N = (double)r->N, K = (double)r->K, S = (double)changes, B = (double)(r->vectors.n);
    *p = (leie_response_plan){.scenarios = changes, .vectors = r->vectors.n, .rows = r->K};
    leie_status st = leie_plan_make(&without, &t->Z, &t->sector, 0, r->K, &r->opts.linsys, err);
    st = st ? st : leie_plan_make(&with, &t->Z, &t->sector, 0, r->K + r->vectors.n, &r->opts.linsys, err);
    st = st ? st : leie_plan_make(&few, &t->Z, &t->sector, 0, ITERATIONS_EXPECTED * r->K, &r->opts.linsys, err);
    if (st)
        return st;
    leie_size limit = leie_memory_limit(&r->opts.linsys);
    double rank = fmin(B, N);
    p->flops[LEIE_METHOD_LOWRANK] = flops_of(&with) + S * (rank * rank * (2.0 / 3 * rank + 4 * K) + 2 * K * rank * (double)r->columns);
    p->flops[LEIE_METHOD_ITERATE] = flops_of(&without) + S * (FLOPS_ALONE + flops_of(&few) + ITERATIONS_EXPECTED * 2 * K * (double)without.nonzeros);
    p->flops[LEIE_METHOD_REFACTOR] = flops_of(&without) + S * (FLOPS_ALONE + flops_of(&without));
    p->bytes[LEIE_METHOD_LOWRANK] = (leie_size)(8 * (N * (2 * K + B) + (double)r->columns * B));
    p->bytes[LEIE_METHOD_ITERATE] = (leie_size)(8 * N * 6 * K);
    p->bytes[LEIE_METHOD_REFACTOR] = (leie_size)(8 * N * (N + 4 * K));
    p->method = r->opts.method;
    if (p->method == LEIE_METHOD_AUTO) {
        p->method = LEIE_METHOD_LOWRANK;
        for (int m = LEIE_METHOD_ITERATE; m < LEIE_METHODS; m++)
            if (p->flops[m] < p->flops[p->method] || (limit > 0 && p->bytes[p->method] > limit && p->bytes[m] <= limit))
                p->method = (leie_scenario_method)m;
    }
    bool instead = p->method == LEIE_METHOD_REFACTOR && r->base->set->processes;
    if (instead)
        p->method = LEIE_METHOD_ITERATE; // a process has no place in the blocks of regions
    snprintf(p->why, sizeof p->why, "%lld changes of %lld vectors: %s%s, %.3g GFLOP (lowrank %.3g, iterate %.3g, refactor %.3g), %.1f MB",
             (long long)changes, (long long)r->vectors.n, methods[p->method], instead ? " (new products cannot be refactored)" : "", p->flops[p->method] / 1e9,
             p->flops[LEIE_METHOD_LOWRANK] / 1e9, p->flops[LEIE_METHOD_ITERATE] / 1e9, p->flops[LEIE_METHOD_REFACTOR] / 1e9,
             (double)p->bytes[p->method] / 1e6);
    return LEIE_OK;
}

// ---- the baseline ----

static void fill_S(leie_response *r)
{
    const leie_baseline *b = r->base;
    for (leie_size i = 0; i < b->n; i++)
        for (leie_size o = 0; o <= r->classes.n; o++)
            for (leie_size s = 0; s < r->k && leie_class_has(&r->classes, o, b->region[i]); s++)
                r->S[i * r->K + o * r->k + s] = leie_baseline_cell(b, LEIE_EDIT_S, s, i);
    for (leie_size i = 0; i < b->n; i++)
        for (leie_size c = 0; c < r->K; c++)
            r->norm_S[c] += fabs(r->S[i * r->K + c]);
}

// Vectors from .. to - 1 as columns: Q [N, to - from], zero before.
static void fill_Q(const leie_response *r, double *Q, leie_size from, leie_size to)
{
    leie_size ld = to - from;
    for (leie_size b = from; b < to; b++) {
        const leie_vector *v = &r->vectors.vector[b];
        if (v->unit >= 0)
            Q[v->unit * ld + b - from] = 1;
        for (leie_size i = 0; v->unit < 0 && i < v->cells; i++)
            Q[v->at[i] * ld + b - from] = v->value[i];
    }
}

// X = (I - A)'^-1 B, with |rho|_1 of every right-hand side from the residual of the linear system.
static leie_status solve_rows(leie_response *r, leie_size k, double *X, const double *B, double *rho, leie_error *err)
{
    leie_size n = r->base->n;
    leie_status st = leie_linsys_solve(r->sys, true, k, X, B, rho, err);
    for (leie_size c = 0; !st && c < k; c++)
        rho[c] *= leie_sum_abs(B + c, n, k) + r->norm * leie_sum_abs(X + c, n, k);
    if (!st && !leie_linsys_state(r->sys)->converged)
        st = leie_fail(err, LEIE_ERR_CONVERGE, "the baseline of scenarios did not reach its tolerance: residual %.2e",
                       leie_linsys_state(r->sys)->residual);
    return st;
}

// Rows of R for some vectors, turned, and what is kept of them.
typedef struct rows {
    leie_response *r;
    leie_size n;        // vectors
    double *R, *RY, *RP; // [N, n], [columns, n], [q P, n]
    double *rho, *sum;  // [n]
} rows;

// (R Y)', a slice of vectors at a time so that it stays near.
enum { SLICE = 64 };

static leie_status multiply_slice(void *ctx, leie_size first, leie_size last, int worker, leie_error *err)
{
    const rows *v = ctx;
    const leie_response *r = v->r;
    const leie_baseline *b = r->base;
    (void)worker, (void)err;
    for (leie_size slice = first; slice < last; slice++) {
        leie_size from = slice * SLICE, to = from + SLICE < v->n ? from + SLICE : v->n;
        for (leie_size i = 0; i < b->n; i++) {
            const double *row = v->R + i * v->n;
            for (leie_size j = 0; j < r->columns; j++) {
                double y = j < r->m ? b->t->Y[i * r->m + j] : r->rest[i];
                for (leie_size c = from; y != 0 && c < to; c++)
                    v->RY[j * v->n + c] += y * row[c];
            }
            for (leie_size j = 0; v->RP && j < r->m; j++) {
                double y = r->category_of[j] >= 0 ? b->t->Y[i * r->m + j] : 0;
                for (leie_size a = 0; y != 0 && a < r->q->label.n; a++) {
                    double *to_row = v->RP + (a * r->P + r->product_of[i]) * v->n;
                    for (leie_size c = from; r->q->member[a * b->R + r->region_of[j]] && c < to; c++)
                        to_row[c] += y * row[c];
                }
            }
        }
    }
    return LEIE_OK;
}

static leie_status new_arrays(double **const at[], const leie_size count[], int n, leie_error *err)
{
    for (int i = 0; i < n; i++) {
        *at[i] = count[i] ? leie_new(count[i], sizeof(double)) : NULL;
        if (count[i] && !*at[i])
            return leie_fail_memory(err, "the baseline of scenarios", count[i], sizeof(double));
    }
    return LEIE_OK;
}

static void clear_rows(rows *v)
{
    double *const arrays[] = {v->R, v->RY, v->RP, v->rho, v->sum};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
}

// Solves for the last n vectors.
static leie_status make_rows(rows *v, leie_response *r, leie_size n, leie_error *err)
{
    leie_size money = r->base->n, by_product = r->opts.product ? r->q->label.n * r->P : 0;
    *v = (rows){.r = r, .n = n};
    double **const at[] = {&v->R, &v->RY, &v->RP, &v->rho, &v->sum};
    const leie_size count[] = {r->N * n, r->columns * n, by_product * n, n, n};
    double *Q = leie_new(r->N * n, sizeof *Q);
    leie_status st = Q ? new_arrays(at, count, 5, err) : leie_fail_memory(err, "vectors of scenarios", r->N * n, sizeof *Q);
    if (!st)
        fill_Q(r, Q, r->vectors.n - n, r->vectors.n);
    st = st ? st : solve_rows(r, n, v->R, Q, v->rho, err);
    if (!st) // L is the identity on processes
        memcpy(v->R + money * n, Q + money * n, (size_t)((r->N - money) * n) * sizeof *Q);
    for (leie_size c = 0; !st && c < n; c++)
        v->sum[c] = leie_sum(v->R + c, r->N, n);
    st = st ? st : leie_parallel_for((n + SLICE - 1) / SLICE, 1, multiply_slice, v, err);
    leie_free(Q);
    return st;
}

// Columns of b behind those of a in rows of [count, na] and [count, nb].
static void join(double *to, leie_size count, const double *a, leie_size na, const double *b, leie_size nb)
{
    for (leie_size i = 0; i < count; i++) {
        memcpy(to + i * (na + nb), a + i * na, (size_t)na * sizeof *to);
        memcpy(to + i * (na + nb) + na, b + i * nb, (size_t)nb * sizeof *to);
    }
}

// The rows become those of the response, behind the ones it has; v is empty afterwards.
static leie_status take_rows(leie_response *r, rows *v, leie_error *err)
{
    leie_size by_product = r->opts.product ? r->q->label.n * r->P : 0, all = r->B + v->n;
    double **const mine[] = {&r->R, &r->RY, &r->RP, &r->rho_R, &r->sum_R}, **const theirs[] = {&v->R, &v->RY, &v->RP, &v->rho, &v->sum};
    const leie_size count[] = {r->N, r->columns, by_product, 1, 1};
    double *joined[5] = {0};
    for (int i = 0; r->B && i < 5; i++) {
        joined[i] = count[i] ? leie_new(count[i] * all, sizeof(double)) : NULL;
        if (count[i] && !joined[i]) {
            for (int x = 0; x < i; x++)
                leie_free(joined[x]);
            return leie_fail_memory(err, "the baseline of scenarios", count[i] * all, sizeof(double));
        }
        if (count[i])
            join(joined[i], count[i], *mine[i], r->B, *theirs[i], v->n);
    }
    for (int i = 0; i < 5; i++) {
        leie_free(*mine[i]);
        *mine[i] = r->B ? joined[i] : *theirs[i];
        if (!r->B)
            *theirs[i] = NULL;
    }
    r->B = all;
    return LEIE_OK;
}

static leie_status add_rows(leie_response *r, leie_error *err)
{
    rows v;
    leie_status st = make_rows(&v, r, r->vectors.n - r->B, err);
    st = st ? st : take_rows(r, &v, err);
    clear_rows(&v);
    return st;
}

leie_status leie_response_solve(leie_response *r, leie_error *err)
{
    const leie_table *t = r->base->t;
    leie_linsys_opts o = r->opts.linsys;
    leie_plan plan = {0};
    bool lowrank = r->plan.method == LEIE_METHOD_LOWRANK && r->vectors.n > 0;
    double **const at[] = {&r->S, &r->M, &r->rho_M, &r->norm_S, &r->sum_M};
    const leie_size count[] = {r->N * r->K, r->N * r->K, r->K, r->K, r->K};
    leie_status st = leie_plan_make(&plan, &t->Z, &t->sector, 0, r->K + (lowrank ? r->vectors.n : 0), &o, err);
    o.method = plan.solver;
    st = st ? st : new_arrays(at, count, 5, err);
    st = st ? st : leie_linsys_setup(&r->sys, &t->Z, r->base->scale, &t->sector, &o, err);
    if (st)
        return st;
    r->norm = r->sys->survey.norm[1];
    fill_S(r);
    st = solve_rows(r, r->K, r->M, r->S, r->rho_M, err);
    for (leie_size c = 0; !st && c < r->K; c++)
        r->sum_M[c] = leie_sum(r->M + c, t->sector.n, r->K);
    if (!st && lowrank)
        st = add_rows(r, err);
    if (r->sys)
        r->info = *leie_linsys_state(r->sys);
    return st;
}

leie_status leie_response_extend(leie_response *r, const leie_change *change, leie_factors *work, leie_error *err)
{
    if (r->plan.method != LEIE_METHOD_LOWRANK)
        return LEIE_OK;
    leie_status st = leie_response_collect(r, change, work, err);
    if (!st && r->vectors.n > r->B)
        st = add_rows(r, err);
    if (st)
        leie_vectors_shrink(&r->vectors, r->B);
    return st;
}

void leie_response_clear(leie_response *r)
{
    double *const arrays[] = {r->rest, r->S, r->M, r->R, r->RY, r->RP, r->rho_M, r->rho_R, r->norm_S, r->sum_M, r->sum_R};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++)
        leie_free(arrays[i]);
    leie_free(r->product_of);
    leie_free(r->category_of);
    leie_free(r->region_of);
    leie_free(r->classes.member);
    leie_labels_clear(&r->product);
    leie_labels_clear(&r->category);
    leie_vectors_clear(&r->vectors);
    leie_linsys_free(r->sys);
    *r = (leie_response){0};
}

// ---- effects ----

leie_status leie_effect_new(leie_effect *e, const leie_response *r, leie_error *err)
{
    leie_size q = r->q->label.n;
    *e = (leie_effect){0};
    e->total = leie_new(r->columns * r->K + 1, sizeof *e->total);
    e->direct = leie_new(r->m * r->k + 1, sizeof *e->direct);
    e->spent = leie_new(r->m + 1, sizeof *e->spent);
    e->product = r->opts.product ? leie_new(q * r->P * r->k + 1, sizeof *e->product) : NULL;
    if (e->total && e->direct && e->spent && (e->product || !r->opts.product))
        return LEIE_OK;
    leie_effect_clear(e);
    return leie_fail_memory(err, "the effect of a scenario", r->columns * r->K, sizeof *e->total);
}

void leie_effect_clear(leie_effect *e)
{
    leie_free(e->total);
    leie_free(e->product);
    leie_free(e->direct);
    leie_free(e->spent);
    *e = (leie_effect){0};
}

void leie_effect_start(leie_effect *e, const leie_response *r, const leie_change *change)
{
    memset(e->total, 0, (size_t)(r->columns * r->K) * sizeof *e->total);
    memset(e->direct, 0, (size_t)(r->m * r->k) * sizeof *e->direct);
    memset(e->spent, 0, (size_t)r->m * sizeof *e->spent);
    if (e->product)
        memset(e->product, 0, (size_t)(r->q->label.n * r->P * r->k) * sizeof *e->product);
    const leie_edits *F_Y = &change->part[LEIE_EDIT_F_Y], *Y = &change->part[LEIE_EDIT_Y];
    for (leie_size i = 0; i < F_Y->n; i++)
        e->direct[F_Y->edit[i].col * r->k + F_Y->edit[i].row] += F_Y->edit[i].now - F_Y->edit[i].old;
    for (leie_size i = 0; i < Y->n; i++)
        e->spent[Y->edit[i].col] += r->base->money[Y->edit[i].row] ? Y->edit[i].now - Y->edit[i].old : 0;
}

// M dy into the total, and by product.
void leie_effect_add_demand(leie_effect *e, const leie_response *r, const leie_edits *Y, const double *M)
{
    leie_size K = r->K, k = r->k, R = r->base->R;
    for (leie_size i = 0; i < Y->n; i++) {
        double dy = Y->edit[i].now - Y->edit[i].old;
        leie_size row = Y->edit[i].row, col = Y->edit[i].col;
        const double *m = M + row * K;
        for (leie_size c = 0; c < K && dy != 0; c++)
            e->total[col * K + c] += dy * m[c];
        for (leie_size a = 0; e->product && r->category_of[col] >= 0 && a < r->q->label.n; a++)
            for (leie_size s = 0; s < k && r->q->member[a * R + r->region_of[col]]; s++)
                e->product[(a * r->P + r->product_of[row]) * k + s] += dy * m[s];
    }
}
